package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// stepper finds the best of the ways with the fewest steps: a search in breadth from both ends
// at once. Its arrays are as long as the largest network it served, and are never emptied:
// marks of a search lie above those of all before it.
type stepper struct {
	ix          *Index
	a, b        int32
	tolls, pass []float64
	barred      []int32
	mark        []uint32 // of each node: base and the place in hops of the last hop to it
	base        uint32
	hops        []hop
	side        [2]rim
	next        []int32
	glance      int32 // of no meaning
	joints      []junction
	steps       int      // the fewest
	onward      []onward // of the nodes on shortest ways; the first is of none
}

// hop is a link that a search went over, at a place among the live links, to a node that is one
// step further from an end; other is the one before to the same node. The first is none, the next
// two lead to the ends. The last hop to a node has the place of its onward.
type hop struct{ from, at, other, onward int32 }

// onward is how one goes on from a node to b at the least cost, and over which link, by its place.
type onward struct {
	node, to, at int32
	cost         float64
}

// rim is the nodes that are furthest out on one side, how many links they have, and the marks they bear.
type rim struct {
	nodes      []int32
	volume     int32
	first, end uint32
}

// junction is a link on which the two sides have met, at a place among the live links.
type junction struct{ near, far, at int32 }

var steppers = sync.Pool{New: func() any { return new(stepper) }}

// ready makes s search the index for ways from a to b.
func (s *stepper) ready(ix *Index, a, b int32) *stepper {
	s.ix, s.a, s.b = ix, a, b
	s.tolls, s.pass = ix.tolls()
	if len(s.mark) < len(ix.nodes) {
		s.mark, s.base = make([]uint32, len(ix.nodes)), 1
	}
	return s
}

// best returns the k paths with the fewest steps.
func (s *stepper) best(ctx context.Context, k int) []way {
	first, ok := s.detour([]int32{s.a}, nil, nil, 0)
	if !ok {
		return nil
	}
	return bestWays(ctx, first, k, math.Inf(1), s.detour)
}

// detour returns the first of the paths that begin with head, over links, do not go on over a
// barred link and do not come back to head: of those with the fewest steps, by
// cost, then by nodes, then by links.
func (s *stepper) detour(head, links, barred []int32, _ float64) (way, bool) {
	start := head[len(head)-1]
	if s.barred = barred; !s.meet(start, head[:len(head)-1]) {
		return way{}, false
	}
	s.choose()
	next := s.of(start)
	w := way{nodes: slices.Clone(head), links: slices.Clone(links), cost: next.cost, from: len(links)}
	for n, k := range links {
		w.cost += billionths(s.ix.linkCost(k)) + s.passing(head[n+1])
	}
	for ; next.node != s.b; next = s.of(next.to) {
		w.nodes, w.links = append(w.nodes, next.to), append(w.links, s.ix.live.link[next.at])
	}
	w.steps = len(w.links)
	return w, true
}

// passing is what it costs to go through a node, nothing for the ends.
func (s *stepper) passing(i int32) float64 {
	if i == s.a || i == s.b {
		return 0
	}
	return s.pass[i]
}

// meet goes out from both ends, from the one with fewer links to follow, until they meet.
// Every shortest way goes over one of the joints then.
func (s *stepper) meet(start int32, closed []int32) bool {
	live, mark := &s.ix.live, s.mark
	if s.base += uint32(len(s.hops)); s.base > math.MaxUint32-2*uint32(len(live.to))-3 {
		clear(mark)
		s.base = 1
	}
	base := s.base
	for _, v := range closed {
		mark[v] = base
	}
	hops := append(s.hops[:0], hop{})
	for k, v := range [2]int32{start, s.b} {
		mark[v] = base + uint32(len(hops))
		s.side[k] = rim{append(s.side[k].nodes[:0], v), live.start[v+1] - live.start[v], mark[v], mark[v] + 1}
		hops = append(hops, hop{})
	}
	joints := s.joints[:0]
	for again := true; again && len(joints) == 0; {
		k := 0
		if s.side[1].volume < s.side[0].volume {
			k = 1
		}
		f, other := &s.side[k], &s.side[1-k]
		next, first := s.next[:0], base+uint32(len(hops))
		for _, v := range f.nodes { // memory brings the lists of all at once sooner than one after the other
			if x := live.start[v]; x < int32(len(live.to)) {
				s.glance += live.to[x]
			}
		}
		for _, v := range f.nodes {
			begin := live.start[v]
			for n, w := range live.to[begin:live.start[v+1]] {
				m := mark[w]
				met := m >= other.first && m < other.end
				if !met && (len(joints) > 0 || m >= base && m < first) { // nobody looks beyond where they meet
					continue
				}
				x := begin + int32(n)
				if len(s.barred) > 0 && (v == start || w == start) && slices.Contains(s.barred, live.link[x]) {
					continue
				}
				switch {
				case met && k == 0:
					joints = append(joints, junction{v, w, x})
				case met:
					joints = append(joints, junction{w, v, x})
				case m < base:
					mark[w] = base + uint32(len(hops))
					hops = append(hops, hop{from: v, at: x})
					next = append(next, w)
				default:
					mark[w] = base + uint32(len(hops))
					hops = append(hops, hop{from: v, at: x, other: int32(m - base)})
				}
			}
		}
		again = len(next) > 0
		f.nodes, s.next, f.volume, f.first, f.end = next, f.nodes, 0, first, base+uint32(len(hops))
		if len(joints) == 0 {
			for _, w := range next {
				f.volume += live.start[w+1] - live.start[w]
			}
		}
	}
	s.hops, s.joints = hops, joints
	return len(joints) > 0
}

// choose finds for each node on a shortest way how one goes on to b: from b to where the sides
// met, over the joints, and from there to the start.
func (s *stepper) choose() {
	s.onward = append(s.onward[:0], onward{})
	for _, j := range s.joints {
		s.of(j.far)
	}
	for n := 1; n < len(s.onward); n++ {
		s.back(n, func(_, u, _ int32) { s.of(u) })
	}
	s.of(s.b).cost = 0
	from := len(s.onward)
	for n := from - 1; n > 0; n-- {
		s.back(n, s.offer)
	}
	for _, j := range s.joints {
		s.offer(j.near, j.far, j.at)
	}
	for n := from; n < len(s.onward); n++ {
		s.back(n, func(v, u, x int32) { s.offer(u, v, x) })
	}
}

// of returns the onward of a node, which is new when there is none.
func (s *stepper) of(node int32) *onward {
	h := &s.hops[s.mark[node]-s.base]
	if h.onward == 0 {
		h.onward = int32(len(s.onward))
		s.onward = append(s.onward, onward{node, 0, -1, math.Inf(1)})
	}
	return &s.onward[h.onward]
}

// back yields the node v of onward n, each node u that it was met from, and the place of the link between them.
func (s *stepper) back(n int, yield func(v, u, x int32)) {
	v := s.onward[n].node
	for at := int32(s.mark[v] - s.base); at > 2; at = s.hops[at].other {
		yield(v, s.hops[at].from, s.hops[at].at)
	}
}

// offer lets v go on over the link at place x to w, whose onward is known, if that is better than
// what it had.
func (s *stepper) offer(v, w, x int32) {
	c := s.tolls[x] + s.passing(w) + s.of(w).cost
	link := s.ix.live.link
	if o := s.of(v); c < o.cost || c == o.cost && cmp.Or(cmp.Compare(w, o.to), cmp.Compare(link[x], link[o.at])) < 0 {
		o.to, o.at, o.cost = w, x, c
	}
}
