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
	ix     *Index
	a, b   int32
	tolls  []float64
	barred []int32
	mark   []uint32 // of each node: base and the place in hops of the last hop to it
	base   uint32
	hops   []hop
	side   [2]rim
	next   []int32
	joints []junction
	known  ledger  // of nodes on shortest ways: what it costs at least to go on to b, and over which link
	behind []int32 // nodes on shortest ways
}

// hop is a link that a search went over, at a place among the live links, to a node that is one
// step further from an end; other is the one before to the same node. The first stands for none.
type hop struct{ from, at, other int32 }

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
	s.ix, s.a, s.b, s.tolls = ix, a, b, ix.tolls()
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
	w := way{nodes: slices.Clone(head), links: slices.Clone(links), cost: s.known.of(start).cost, from: len(links)}
	for n, k := range links {
		w.cost += billionths(s.ix.linkCost(k)) + s.passing(head[n+1])
	}
	for at := start; at != s.b; {
		k := s.known.of(at).by
		at = s.ix.links[k].far(at)
		w.nodes, w.links = append(w.nodes, at), append(w.links, k)
	}
	w.steps = len(w.links)
	return w, true
}

// passing is what it costs to go through a node, nothing for the ends.
func (s *stepper) passing(i int32) float64 {
	if i == s.a || i == s.b {
		return 0
	}
	return s.ix.pass(i)
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
		next, volume, first := s.next[:0], int32(0), base+uint32(len(hops))
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
					hops = append(hops, hop{v, x, 0})
					next = append(next, w)
					volume += live.start[w+1] - live.start[w]
				default:
					mark[w] = base + uint32(len(hops))
					hops = append(hops, hop{v, x, int32(m - base)})
				}
			}
		}
		again = len(next) > 0
		f.nodes, s.next = next, f.nodes
		f.volume, f.first, f.end = volume, first, base+uint32(len(hops))
	}
	s.hops, s.joints = hops, joints
	return len(joints) > 0
}

// choose notes for each node on a shortest way what it costs to go on to b, and over which link:
// from b to where the sides met, over the joints, and from there to the start.
func (s *stepper) choose() {
	s.known.empty()
	list := s.behind[:0]
	add := func(v int32) {
		if s.known.of(v) == nil {
			s.known.improve(v, -1, math.Inf(1))
			list = append(list, v)
		}
	}
	for _, j := range s.joints {
		add(j.far)
	}
	for n := 0; n < len(list); n++ {
		s.back(list[n], func(u, _ int32) { add(u) })
	}
	s.known.find(s.b).cost = 0
	for n := len(list) - 1; n >= 0; n-- {
		s.back(list[n], func(u, x int32) { s.offer(list[n], u, x) })
	}
	list = list[:0]
	for _, j := range s.joints {
		add(j.near)
		s.offer(j.near, j.far, j.at)
	}
	for n := 0; n < len(list); n++ {
		s.back(list[n], func(u, x int32) {
			add(u)
			s.offer(u, list[n], x)
		})
	}
	s.behind = list
}

// back yields the nodes that v was met from, each with the place of the link between them.
func (s *stepper) back(v int32, yield func(u, x int32)) {
	for at := int32(s.mark[v] - s.base); at > 2; at = s.hops[at].other { // the ends have hops 1 and 2
		yield(s.hops[at].from, s.hops[at].at)
	}
}

// offer lets v go on over the link at place x to w, whose cost is known, if that is better than
// what it had.
func (s *stepper) offer(v, w, x int32) {
	k, c := s.ix.live.link[x], s.tolls[x]+s.passing(w)+s.known.of(w).cost
	if e := s.known.of(v); c < e.cost || c == e.cost && cmp.Or(cmp.Compare(w, s.ix.links[e.by].far(v)), cmp.Compare(k, e.by)) < 0 {
		e.cost, e.by = c, k
	}
}
