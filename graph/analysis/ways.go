package analysis

import (
	"context"
	"math"
)

// BetweennessWithin estimates betweenness so that, with probability 0.9, no
// value is further from the truth than within times the number of all pairs.
// It samples shortest paths between random pairs, found from both ends
// (Borassi, Natale 2016), and counts how many go through each node.
//
// How many it takes depends on what is found. A first sample of its own tells about
// where each node stands; the allowed chance of error is then dealt out so that a node
// near many paths has most of it and the fewest paths suffice, by Chernoff's bound
//
//	P(b̃ − b ≥ ε) ≤ exp(−N·KL(b+ε ‖ b))
//
// Then as many are drawn afresh, and the bound is computed from these alone. Were it still
// wider than asked for, because the first sample misled, more would be drawn with a
// tenth of the chance of error. Error is the width reached.
func (n *Net) BetweennessWithin(ctx context.Context, within float64) (*Betweenness, error) {
	size := n.Size()
	b := &Betweenness{Reading: n.Reading, Value: make([]float64, size)}
	if size < 3 {
		b.Exact = true
		return b, nil
	}
	w, order := n.ways()
	pilot := int(math.Ceil(pilotWays / within))
	hits, err := w.count(ctx, 0, pilot)
	if err != nil {
		return nil, err
	}
	drawn := pilot
	for chance := chanceOfError * .9; ; chance /= 10 {
		deal := dealOf(hits, pilot, within, chance)
		found, err := w.count(ctx, uint64(drawn), deal.ways)
		if err != nil {
			return nil, err
		}
		drawn += deal.ways
		width := deal.width(hits, found, within)
		if width > within && chance > chanceOfError*1e-6 {
			hits, pilot = found, deal.ways
			continue
		}
		pairs := float64(size) * float64(size-1) / 2
		for k, i := range order {
			b.Value[i] = round(float64(found[k]) / float64(deal.ways) * pairs)
		}
		b.Sources, b.Error = deal.ways, round(width*pairs)
		return b, nil
	}
}

// pilotWays over the error asked for is the size of the first sample.
const pilotWays = 8

// deal is how the chance of error is dealt out: ways to be drawn, and for each
// count of the first sample the chance that a node with it gets, as −log.
type deal struct {
	ways   int
	chance map[int32]float64
}

// dealOf finds the least number of ways for which the chances of error of all
// nodes together stay below one chance, each node taken for one that stands
// somewhat higher than the first sample says. A fifth of the chance is dealt out evenly,
// in case a node stands much higher.
func dealOf(hits []int32, pilot int, within, chance float64) deal {
	nodes := map[int32]int{}
	for _, c := range hits {
		nodes[c]++
	}
	counts := sortedKeys(nodes)
	rate := make([]float64, len(counts))
	for k, c := range counts {
		high := (float64(c) + 1 + 2.5*math.Sqrt(float64(c)+1)) / float64(pilot)
		if rate[k] = float64(2 * within * within); high+within < .5 { // else the bound for any place (Hoeffding)
			rate[k] = min(divergence(high, high+within), divergence(high, max(0, high-within)))
		}
	}
	// Both sides of every node, each with chance exp(−ways·rate), summed in a fixed order.
	total := func(ways float64) (sum float64) {
		for k, c := range counts {
			sum += float64(2 * float64(nodes[c]) * math.Exp(-ways*rate[k]))
		}
		return sum
	}
	low, high := 1.0, 1.0
	for total(high) > chance*.8 {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if mid := math.Floor((low + high) / 2); total(mid) > chance*.8 {
			low = mid
		} else {
			high = mid
		}
	}
	d := deal{ways: int(high), chance: map[int32]float64{}}
	even := math.Log(2 * float64(len(hits)) / (chance * .2))
	for k, c := range counts {
		d.chance[c] = min(even, high*rate[k])
	}
	return d
}

// width is how far the truth may be from what was found, at most, over all
// nodes: where the divergence uses up the chance dealt out to the node.
func (d *deal) width(hits, found []int32, within float64) float64 {
	type both struct{ first, second int32 }
	seen := map[both]bool{}
	for k, c := range found {
		seen[both{hits[k], c}] = true
	}
	width := 0.0
	for s := range seen {
		x, budget := float64(s.second)/float64(d.ways), d.chance[s.first]/float64(d.ways)
		up := reachOf(func(e float64) float64 { return divergence(x, min(1, x+e)) }, budget, 1-x)
		down := reachOf(func(e float64) float64 { return divergence(x, max(0, x-e)) }, budget, x)
		width = max(width, up, down)
	}
	return width
}

// reachOf is the largest e up to most for which f(e), which ascends from 0, is at most
// the budget, from above.
func reachOf(f func(float64) float64, budget, most float64) float64 {
	if most == 0 || f(most) <= budget {
		return most
	}
	low, high := 0.0, most
	for range 40 {
		if mid := (low + high) / 2; f(mid) <= budget {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// divergence is the relative entropy of a coin of chance p from one of chance q.
func divergence(p, q float64) float64 {
	sum := 0.0
	if p > 0 {
		sum += float64(p * math.Log(p/q))
	}
	if p < 1 {
		sum += float64((1 - p) * math.Log((1-p)/(1-q)))
	}
	return sum
}

// ways samples shortest paths between random pairs.
type ways struct {
	graph     *compactGraph
	component []int32
}

// ways returns a sampler of a net, which it renumbers: order[k] is the number in
// the net of its node k.
func (n *Net) ways() (w *ways, order []int32) {
	w = &ways{component: make([]int32, n.Size())}
	w.graph, order = n.byDegree()
	separate(w.graph.start, w.graph.to, w.component)
	return w, order
}

const wayChunk = 64 // ways a worker takes at a time

// count draws the ways of the given numbers and returns how many went through each
// node. Way k is the same whoever draws it, and counts are whole, so the sum is
// the same on any number of processors.
func (w *ways) count(ctx context.Context, first uint64, ways int) ([]int32, error) {
	chunks := (ways + wayChunk - 1) / wayChunk
	workers := make(chan *waySampler, 1024)
	err := during(ctx, chunks, 1, func() func(int) {
		s := newWaySampler(w)
		workers <- s
		return func(chunk int) {
			for k := chunk * wayChunk; k < min(ways, (chunk+1)*wayChunk); k++ {
				s.draw(first + uint64(k))
			}
		}
	})
	close(workers)
	if err != nil {
		return nil, err
	}
	total := make([]int32, w.graph.size())
	for s := range workers {
		for i, c := range s.hits {
			total[i] += c
		}
	}
	return total, nil
}

// waySampler is the work space of one worker.
type waySampler struct {
	*ways
	random dice
	met    []meeting
	mark   uint32
	side   [2]front
	joined []joint
	hits   []int32
}

// meeting is how a search met a node: mark tells which search and from which end.
type meeting struct {
	paths float64
	mark  uint32
	depth int32
}

// front is one end of a search: the nodes at its rim and the links they have.
type front struct {
	rim, next []int32
	volume    int
	depth     int32
}

// joint is a link on which the two ends have met, and the paths over it.
type joint struct {
	near, far int32
	paths     float64
}

func newWaySampler(w *ways) *waySampler {
	size := w.graph.size()
	return &waySampler{ways: w, met: make([]meeting, size), hits: make([]int32, size)}
}

// dice is the generator splitmix64 (Steele, Lea, Flood 2014).
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9E3779B97F4A7C15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (d *dice) below(n int) int32 { return int32((d.next() >> 32) * uint64(n) >> 32) }

func (d *dice) part() float64 { return float64(d.next()>>11) / (1 << 53) }

// draw draws way k and counts the nodes inside it.
func (s *waySampler) draw(k uint64) {
	s.random = dice(k*0xD1342543DE82EF95 + 1)
	size := s.graph.size()
	a, b := s.random.below(size), s.random.below(size-1)
	if b >= a {
		b++
	}
	if s.component[a] != s.component[b] || !s.search(a, b) {
		return
	}
	total := 0.0
	for _, j := range s.joined {
		total += j.paths
	}
	pick := float64(s.random.part() * total)
	at := 0
	for at < len(s.joined)-1 && pick >= s.joined[at].paths {
		pick -= s.joined[at].paths
		at++
	}
	s.walk(s.joined[at].near, a, b)
	s.walk(s.joined[at].far, a, b)
}

// search goes out from both ends, from the one with fewer links to follow, until they
// meet. Then every shortest path goes over one of the joints.
func (s *waySampler) search(a, b int32) bool {
	g := s.graph
	if s.mark += 2; s.mark == 0 {
		clear(s.met)
		s.mark = 2
	}
	s.joined = s.joined[:0]
	for k, v := range [2]int32{a, b} {
		f := &s.side[k]
		f.rim, f.depth, f.volume = append(f.rim[:0], v), 0, int(g.start[v+1]-g.start[v])
		s.met[v] = meeting{1, s.mark + uint32(k), 0}
	}
	for len(s.joined) == 0 {
		k := 0
		if s.side[1].volume < s.side[0].volume {
			k = 1
		}
		f, mine, other := &s.side[k], s.mark+uint32(k), s.mark+uint32(1-k)
		f.depth++
		f.next, f.volume = f.next[:0], 0
		for _, v := range f.rim {
			paths := s.met[v].paths
			for _, w := range g.of(v) {
				switch m := &s.met[w]; m.mark {
				case mine:
					if m.depth == f.depth {
						m.paths += paths
					}
				case other:
					s.joined = append(s.joined, joint{v, w, paths})
				default:
					*m = meeting{paths, mine, f.depth}
					f.next = append(f.next, w)
					f.volume += int(g.start[w+1] - g.start[w])
				}
			}
		}
		f.rim, f.next = f.next, f.rim
		if len(f.rim) == 0 && len(s.joined) == 0 {
			return false
		}
	}
	for k := range s.joined {
		s.joined[k].paths *= s.met[s.joined[k].far].paths
	}
	return true
}

// walk goes from v back to the end it was met from, over a path drawn among all
// shortest ones alike, and counts the nodes on it but the ends.
func (s *waySampler) walk(v, a, b int32) {
	for v != a && v != b {
		s.hits[v]++
		m := s.met[v]
		pick := float64(s.random.part() * m.paths)
		to := int32(-1)
		for _, w := range s.graph.of(v) {
			if x := &s.met[w]; x.mark == m.mark && x.depth == m.depth-1 {
				to = w
				if pick -= x.paths; pick < 0 {
					break
				}
			}
		}
		v = to
	}
}
