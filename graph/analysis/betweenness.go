package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Betweenness is, for each node of a net, the number of pairs of other nodes
// whose shortest paths go through it, shared between equally short paths
// (Freeman 1977; Brandes 2001). Estimated ones come from sampled sources
// (Brandes, Pich 2007): with probability 0.9 no value is further than Error from the truth.
type Betweenness struct {
	Reading Reading
	Value   []float64
	Sources int     // how many were used
	Exact   bool    // all sources were used
	Error   float64 // half width, 0 when exact
}

const blocks = 16 // partial sums; fixed, so that the sum is the same on any number of processors

// Betweenness computes it from all sources, or from at most sources of them
// when that is positive, chosen by hash.
//
// The bound is Hoeffding's over all n nodes: a source adds between 0 and n−2 to a
// node, so ε = (n−2)·n/2 · √(ln(2n/0.1) / 2k) for k sources.
func (n *Net) Betweenness(ctx context.Context, sources int) (*Betweenness, error) {
	size := n.Size()
	b := &Betweenness{Reading: n.Reading, Value: make([]float64, size), Sources: size, Exact: true}
	g, order := n.byDegree()
	from := identity(size)
	if sources > 0 && sources < size {
		keys := make([]uint64, size)
		for i := range from {
			keys[i] = spread("betweenness " + string(n.IDs[order[i]]))
		}
		slices.SortFunc(from, func(a, b int32) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(order[a], order[b])) })
		from = from[:sources]
		b.Sources, b.Exact = sources, false
		b.Error = float64(size-2) * float64(size) / 2 * math.Sqrt(math.Log(20*float64(size))/float64(2*sources))
	}
	leaves := make([]int32, size)
	if b.Exact {
		from, leaves = g.withoutLeaves()
	}
	partial := make([][]float64, blocks)
	parallel(blocks, 1, func() func(int) {
		s := newBrandes(size)
		return func(block int) {
			sum := make([]float64, size)
			partial[block] = sum
			for k := block; k < len(from); k += blocks {
				if ctx.Err() != nil {
					return
				}
				s.source(g, from[k], float64(leaves[from[k]]), sum)
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	scale := float64(size) / float64(max(1, b.Sources)) / 2 // every pair is met from both ends
	for k, i := range order {
		sum := 0.0
		for _, p := range partial {
			sum += p[k]
		}
		b.Value[i] = round(float64(sum * scale))
	}
	return b, nil
}

// byDegree renumbers the net so that nodes met often lie together in memory.
// order[k] is the number in the net of node k.
func (n *Net) byDegree() (*weighted, []int32) {
	order := identity(n.Size())
	slices.SortStableFunc(order, func(a, b int32) int { return n.degree(b) - n.degree(a) })
	back := make([]int32, len(order))
	for k, i := range order {
		back[i] = int32(k)
	}
	g := &weighted{start: make([]int32, len(order)+1), to: make([]int32, 0, len(n.To))}
	for k, i := range order {
		for _, j := range n.of(i) {
			g.to = append(g.to, back[j])
		}
		slices.Sort(g.to[g.start[k]:])
		g.start[k+1] = int32(len(g.to))
	}
	return g, order
}

// withoutLeaves returns the nodes that need a search of their own, and how many
// leaves each of them answers for: from a node with one tie, the way to
// everybody else is that of its neighbour, with the neighbour on it.
func (g *weighted) withoutLeaves() (from, leaves []int32) {
	degree := func(v int32) int32 { return g.start[v+1] - g.start[v] }
	leaves = make([]int32, g.size())
	for v := range int32(g.size()) {
		if degree(v) == 1 {
			if w := g.to[g.start[v]]; degree(w) > 1 {
				leaves[w]++
			}
		} else if degree(v) > 1 {
			from = append(from, v)
		}
	}
	return from, leaves
}

// brandes is the work space of one source.
type brandes struct {
	depth []int32
	paths []float64
	gain  []float64
	queue []int32
}

func newBrandes(n int) *brandes {
	s := &brandes{make([]int32, n), make([]float64, n), make([]float64, n), make([]int32, 0, n)}
	for i := range s.depth {
		s.depth[i] = -1
	}
	return s
}

// source adds to sum the dependencies of one source and of as many leaves that
// hang on it: counts of shortest paths forwards, then shares backwards,
// pulled from the nodes one step further.
func (s *brandes) source(g *weighted, from int32, leaves float64, sum []float64) {
	s.queue = append(s.queue[:0], from)
	s.depth[from], s.paths[from] = 0, 1
	for head := 0; head < len(s.queue); head++ {
		v := s.queue[head]
		d, p := s.depth[v]+1, s.paths[v]
		for _, w := range g.to[g.start[v]:g.start[v+1]] {
			switch s.depth[w] {
			case -1:
				s.depth[w], s.paths[w] = d, p
				s.queue = append(s.queue, w)
			case d:
				s.paths[w] += p
			}
		}
	}
	for k := len(s.queue) - 1; k > 0; k-- {
		v := s.queue[k]
		d, x := s.depth[v]+1, 0.0
		for _, w := range g.to[g.start[v]:g.start[v+1]] {
			if s.depth[w] == d {
				x += s.gain[w] // (1 + δ(w)) / σ(w)
			}
		}
		x = float64(x * s.paths[v])
		sum[v] += float64((1 + leaves) * x)
		s.gain[v] = (1 + x) / s.paths[v]
	}
	sum[from] += float64(leaves * float64(len(s.queue)-2))
	for _, v := range s.queue {
		s.depth[v], s.paths[v], s.gain[v] = -1, 0, 0
	}
}
