package analysis

import (
	"context"
	"math"
	"slices"
)

// Betweenness is, for each node of a net, the number of pairs of other nodes
// whose shortest paths go through it, shared between equally short paths
// (Freeman 1977; Brandes 2001).
type Betweenness struct {
	Reading Reading
	Value   []float64
	Sources int     // how many sources, or sampled ways, it was computed from
	Exact   bool    // no estimate
	Error   float64 // with probability 0.9 no value is further than this from the truth; 0 when exact
}

const (
	chanceOfError = 0.1 // that some value is further off than Error
	blocks        = 16  // partial sums; fixed, so that the sum is the same on any number of processors
)

// Betweenness computes it from all sources, or from at most sources of them
// when that is positive, chosen by hash (Brandes, Pich 2007).
//
// The bound of an estimate is Hoeffding's over all n nodes: a source adds between 0 and n−2 to a
// node, so ε = (n−2)·n/2 · √(ln(2n/0.1) / 2k) for k sources.
func (n *Net) Betweenness(ctx context.Context, sources int) (*Betweenness, error) {
	size := n.Size()
	if sources <= 0 || sources >= size {
		return n.exactBetweenness(ctx)
	}
	g, order := n.byDegree()
	back := inverted(order)
	from := n.Sources(sources)
	for k, i := range from {
		from[k] = back[i]
	}
	sum, err := sumOver(ctx, size, len(from), func() func(int, []float64) {
		search := searcher[float32](g, 1e30, nil)
		return func(k int, sum []float64) { search(from[k], sum) }
	})
	if err != nil {
		return nil, err
	}
	b := &Betweenness{Reading: n.Reading, Value: make([]float64, size), Sources: sources,
		Error: float64(size-2) * float64(size) / 2 * math.Sqrt(math.Log(2*float64(size)/chanceOfError)/float64(2*sources))}
	scale := float64(size) / float64(sources) / 2 // every pair is met from both ends
	for k, i := range order {
		b.Value[i] = round(float64(sum[k] * scale))
	}
	return b, nil
}

// soon is how many neighbours an exact computation may look at: about a tenth of a
// second's work. soonWithin is the error of the estimate beyond that, in parts of all pairs.
const (
	soon       = 25_000_000
	soonWithin = 0.01
)

// BetweennessSoon computes it exactly when that is soon done, and otherwise estimates it
// as BetweennessWithin does, to a hundredth of all pairs.
func (n *Net) BetweennessSoon(ctx context.Context) (*Betweenness, error) {
	if n.exactWork() <= soon {
		return n.exactBetweenness(ctx)
	}
	return n.BetweennessWithin(ctx, soonWithin)
}

// exactWork is how many neighbours an exact computation looks at, at most.
func (n *Net) exactWork() (work int) {
	n.eachBlock(func(nodes, _ []int32) error {
		if len(nodes) < 3 {
			return nil
		}
		ends := 0
		for _, v := range nodes[1:] { // the head may have most of its links elsewhere
			ends += n.degree(v)
		}
		work += len(nodes) * 2 * ends
		return nil
	})
	return work
}

// Sources returns the nodes that an estimate from so many sources starts from.
func (n *Net) Sources(count int) []int32 {
	from := n.shuffled("betweenness ")
	return slices.Clone(from[:min(count, len(from))])
}

// exactBetweenness splits the net where single nodes part it: a way between
// two blocks goes through the nodes between them, whatever it does within. So
// each block is searched by itself, its nodes standing for all that hangs on
// them, and a forest needs no search at all.
//
//	b(v) = ½·((N−1)² − Σ_B (N − r(v,B))²) + Σ_B ½·Σ_s r(s,B)·δ(s,v)
//
// N is the size of the component, r(s,B) how many nodes s stands for in block
// B, and δ(s,v) what the searches from s add to v with targets counted r times.
func (n *Net) exactBetweenness(ctx context.Context) (*Betweenness, error) {
	size := n.Size()
	b := &Betweenness{Reading: n.Reading, Value: make([]float64, size), Sources: size, Exact: true}
	apart, whole := make([]float64, size), make([]float64, size) // Σ c², N
	block := newBlockGraph(n)
	err := n.eachBlock(func(nodes, stands []int32) error {
		component := 0.0
		for _, r := range stands {
			component += float64(r)
		}
		for k, v := range nodes {
			c := component - float64(stands[k])
			whole[v] = component
			apart[v] += float64(c * c)
		}
		if len(nodes) < 3 {
			return nil
		}
		block.load(nodes, stands)
		g, weight := &block.graph, block.stands
		sum, err := sumOver(ctx, len(nodes), len(nodes), func() func(int, []float64) {
			search := searcher(g, 1e300, weight)
			return func(k int, sum []float64) { search(int32(k), sum) }
		})
		for k, x := range sum {
			b.Value[block.order[k]] += x
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for v := range b.Value {
		if whole[v] > 0 {
			others := whole[v] - 1
			b.Value[v] = round((b.Value[v] + float64(others*others) - apart[v]) / 2)
		}
	}
	return b, ctx.Err()
}

// sumOver adds up what sources add to a sum for each node: on all processors,
// in partial sums that depend on their number alone.
func sumOver(ctx context.Context, size, sources int, worker func() func(source int, sum []float64)) ([]float64, error) {
	count := blocks
	if size*sources < 1<<14 {
		count = 1
	}
	partial := make([][]float64, count)
	err := during(ctx, count, 1, func() func(int) {
		add := worker()
		return func(block int) {
			sum := make([]float64, size)
			partial[block] = sum
			for k := block; k < sources; k += count {
				if ctx.Err() != nil {
					return
				}
				add(k, sum)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, p := range partial[1:] {
		for k, x := range p {
			partial[0][k] += x
		}
	}
	return partial[0], nil
}

// compactGraph is neighbours alone: those of k are to[start[k]:start[k+1]].
type compactGraph struct{ start, to []int32 }

func (g *compactGraph) of(k int32) []int32 { return g.to[g.start[k]:g.start[k+1]] }
func (g *compactGraph) size() int          { return len(g.start) - 1 }

// degreeOrder lists the nodes by degree, the largest first, of equals the lower number.
func (n *Net) degreeOrder() []int32 {
	size, most := n.Size(), 0
	for i := range int32(size) {
		most = max(most, n.degree(i))
	}
	at := make([]int32, most+2) // where each degree begins
	for i := range int32(size) {
		at[most-n.degree(i)+1]++
	}
	for d := range most + 1 {
		at[d+1] += at[d]
	}
	order := make([]int32, size)
	for i := range int32(size) {
		d := most - n.degree(i)
		order[at[d]] = i
		at[d]++
	}
	return order
}

// byDegree renumbers the net so that nodes met often lie together in memory.
// order[k] is the number in the net of node k.
func (n *Net) byDegree() (*compactGraph, []int32) {
	order := n.degreeOrder()
	back := inverted(order)
	g := &compactGraph{start: make([]int32, len(order)+1), to: make([]int32, len(n.To))}
	for k, i := range order {
		g.start[k+1] = g.start[k] + int32(n.degree(i))
	}
	next := slices.Clone(g.start)
	for k, i := range order { // in order, so that every list of neighbours ascends
		for _, j := range n.of(i) {
			b := back[j]
			g.to[next[b]] = int32(k)
			next[b]++
		}
	}
	return g, order
}

// inverted returns where each number stands in an order.
func inverted(order []int32) []int32 {
	back := make([]int32, len(order))
	for k, i := range order {
		back[i] = int32(k)
	}
	return back
}

// brandes is the work space of searches from single sources: D holds numbers
// of steps, F counts of paths.
type brandes[D uint8 | int32, F float32 | float64] struct {
	depth []D
	paths []F
	gain  []F
	queue []int32
	next  []int32 // of each node in the queue, one after the other, its neighbours one step further
	begin []int32 // where those begin
	most  F       // paths that can be counted on with
}

func newBrandes[D uint8 | int32, F float32 | float64](g *compactGraph, most F) *brandes[D, F] {
	n := g.size()
	s := &brandes[D, F]{make([]D, n), make([]F, n), make([]F, n), make([]int32, n), make([]int32, len(g.to)/2), make([]int32, n+1), most}
	for i := range s.depth {
		s.depth[i] = ^D(0)
	}
	return s
}

// searcher returns a search from single sources, as brandes.source does it: in
// compact types, and where ways are too long or too many for these in wide ones.
func searcher[F float32 | float64](g *compactGraph, most F, weight []float64) func(from int32, sum []float64) {
	s := newBrandes[uint8](g, most)
	var wide *brandes[int32, float64]
	return func(from int32, sum []float64) {
		if s.source(g, from, weight, sum) {
			return
		}
		if wide == nil {
			wide = newBrandes[int32](g, math.MaxFloat64)
		}
		wide.source(g, from, weight, sum)
	}
}

// source adds to sum the dependencies on one source: counts of shortest paths
// forwards, then shares backwards, pulled from the nodes one step further.
// weight says how many each node stands for, nil for one. When paths are too
// long or too many for the types it adds nothing and reports false.
func (s *brandes[D, F]) source(g *compactGraph, from int32, weight []float64, sum []float64) bool {
	depth, paths, gain, queue, next := s.depth, s.paths[:len(s.depth)], s.gain[:len(s.depth)], s.queue, s.next
	unseen := ^D(0)
	queue[0] = from
	count, links, fits := 1, int32(0), true
	depth[from], paths[from] = 0, 1
	for head := 0; head < count; head++ {
		v := queue[head]
		d, p := depth[v]+1, paths[v]
		s.begin[head] = links
		if d == unseen || p > s.most {
			fits = false
			break
		}
		for _, w := range g.to[g.start[v]:g.start[v+1]] {
			switch depth[w] {
			case unseen:
				depth[w], paths[w] = d, p
				queue[count], next[links] = w, w
				count++
				links++
			case d:
				paths[w] += p
				next[links] = w
				links++
			}
		}
	}
	if fits {
		share := 1.0
		if weight != nil {
			share = weight[from]
		}
		for k := count - 1; k > 0; k-- {
			v := queue[k]
			x := F(0)
			for _, w := range next[s.begin[k]:links] {
				x += gain[w] // (r(w) + δ(w)) / σ(w)
			}
			links = s.begin[k]
			x = F(x * paths[v])
			sum[v] += float64(share * float64(x))
			if weight != nil {
				x += F(weight[v])
			} else {
				x++
			}
			gain[v] = x / paths[v]
		}
	}
	for _, v := range queue[:count] {
		depth[v] = unseen
	}
	return fits
}
