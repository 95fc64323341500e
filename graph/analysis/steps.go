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
	ix      *Index
	a, b    int32
	tolls   []float64
	mark    []uint32 // of each node: base for those not to be gone through, else base + 2·(1 + steps) + side
	base    uint32
	side    [2]rim
	next    []int32
	joints  []junction
	known   ledger // what it costs at least to go on to b, and over which link, for nodes on shortest ways
	barred  []int32
	landing []int32 // nodes to look back from
}

// rim is one side of the search: the nodes that are furthest out, and the links they have.
type rim struct {
	nodes  []int32
	volume int32
	mark   uint32
}

// junction is a link on which the two sides have met, by its place among the live links.
type junction struct{ near, far, at int32 }

var steppers = sync.Pool{New: func() any { return new(stepper) }}

// ready makes s search the index for ways from a to b.
func (s *stepper) ready(ix *Index, a, b int32) *stepper {
	s.ix, s.a, s.b, s.tolls = ix, a, b, ix.tolls()
	if len(s.mark) < len(ix.nodes) {
		s.mark, s.base = make([]uint32, len(ix.nodes)), 0
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
	s.choose(start)
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
	s.base += 2
	for _, f := range s.side {
		s.base = max(s.base, f.mark+2) &^ 1
	}
	if s.base > math.MaxUint32-2*uint32(len(mark))-4 {
		clear(mark)
		s.base = 2
	}
	base := s.base
	for _, v := range closed {
		mark[v] = base
	}
	for k, v := range [2]int32{start, s.b} {
		f := &s.side[k]
		f.nodes, f.volume, f.mark = append(f.nodes[:0], v), live.start[v+1]-live.start[v], base+2+uint32(k)
		mark[v] = f.mark
	}
	s.joints = s.joints[:0]
	for len(s.joints) == 0 {
		k := 0
		if s.side[1].volume < s.side[0].volume {
			k = 1
		}
		f, other := &s.side[k], s.side[1-k].mark
		f.mark += 2
		next, volume, mine := s.next[:0], int32(0), f.mark
		for _, v := range f.nodes {
			for x := live.start[v]; x < live.start[v+1]; x++ {
				w := live.to[x]
				switch m := mark[w]; {
				case m < base && len(s.joints) == 0: // nobody looks beyond where they meet
					if v == start && slices.Contains(s.barred, live.link[x]) {
						continue
					}
					mark[w] = mine
					next = append(next, w)
					volume += live.start[w+1] - live.start[w]
				case m == other:
					if (v == start || w == start) && slices.Contains(s.barred, live.link[x]) {
						continue
					}
					if j := (junction{v, w, x}); k == 0 {
						s.joints = append(s.joints, j)
					} else {
						s.joints = append(s.joints, junction{w, v, x})
					}
				}
			}
		}
		f.nodes, s.next, f.volume = next, f.nodes, volume
		if len(next) == 0 && len(s.joints) == 0 {
			return false
		}
	}
	return true
}

// choose notes for each node on a shortest way what it costs to go on to b, and over which link:
// from b to where the sides met, over the joints, and from there to the start.
func (s *stepper) choose(start int32) {
	live := &s.ix.live
	s.known.empty()
	list := s.landing[:0]
	for _, j := range s.joints {
		if s.known.of(j.far) == nil {
			s.known.improve(j.far, -1, math.Inf(1))
			list = append(list, j.far)
		}
	}
	for n := 0; n < len(list); n++ { // what lies behind them, step by step
		before := s.mark[list[n]] - 2
		for _, u := range live.ends(list[n]) {
			if s.mark[u] == before && s.known.of(u) == nil {
				s.known.improve(u, -1, math.Inf(1))
				list = append(list, u)
			}
		}
	}
	s.known.find(s.b).cost = 0
	for n := len(list) - 1; n >= 0; n-- {
		v := list[n]
		before := s.mark[v] - 2
		for x := live.start[v]; x < live.start[v+1]; x++ {
			if u := live.to[x]; s.mark[u] == before {
				s.offer(v, u, x)
			}
		}
	}
	list = list[:0]
	for _, j := range s.joints {
		if s.offer(j.near, j.far, j.at) {
			list = append(list, j.near)
		}
	}
	for n := 0; n < len(list); n++ {
		v := list[n]
		if v == start {
			continue
		}
		before := s.mark[v] - 2
		for x := live.start[v]; x < live.start[v+1]; x++ {
			if u := live.to[x]; s.mark[u] == before && !(u == start && slices.Contains(s.barred, live.link[x])) && s.offer(u, v, x) {
				list = append(list, u)
			}
		}
	}
	s.landing = list
}

// offer lets v go on over the link at place x to w, whose cost is known, if that is better than
// what it had, and reports whether v had nothing.
func (s *stepper) offer(v, w, x int32) bool {
	k, c := s.ix.live.link[x], s.tolls[x]+s.passing(w)+s.known.of(w).cost
	e := s.known.of(v)
	if e == nil {
		s.known.improve(v, k, c)
		return true
	}
	if c < e.cost || c == e.cost && cmp.Or(cmp.Compare(w, s.ix.links[e.by].far(v)), cmp.Compare(k, e.by)) < 0 {
		e.cost, e.by = c, k
	}
	return false
}
