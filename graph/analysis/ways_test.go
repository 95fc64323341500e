package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The sample is checked against exact values in many small networks: the
// bound may be broken in a tenth of them and is conservative.
func TestBetweennessWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	broken, trials := 0, 60
	for trial := range trials {
		size := 3 + r.IntN(80)
		n := netFrom(size, randomEdges(r, size, (.5+3*r.Float64())/float64(size)))
		exact, err := n.Betweenness(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		const within = .05
		got, err := n.BetweennessWithin(t.Context(), within)
		if err != nil {
			t.Fatal(err)
		}
		pairs := float64(size) * float64(size-1) / 2
		if got.Error > within*pairs+1e-9 || got.Sources == 0 {
			t.Fatalf("trial %d: ±%v of %v pairs from %d ways, want at most ±%v", trial, got.Error, pairs, got.Sources, within*pairs)
		}
		for i, x := range got.Value {
			if math.Abs(x-exact.Value[i]) > got.Error {
				t.Logf("trial %d: node %d has %v, %v is true, ±%v", trial, i, x, exact.Value[i], got.Error)
				broken++
				break
			}
		}
		if again, _ := n.BetweennessWithin(t.Context(), within); again.Value[0] != got.Value[0] || again.Error != got.Error {
			t.Fatalf("trial %d: two runs differ", trial)
		}
	}
	if broken > trials/10 {
		t.Errorf("the bound was broken in %d of %d networks", broken, trials)
	}
}

// Ways are drawn alike: what a large sample finds nears the exact value of every node.
func TestWaysAreFair(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	n := netFrom(40, randomEdges(r, 40, .08))
	exact, _ := n.Betweenness(t.Context(), 0)
	w, order := n.ways()
	const count = 400_000
	hits, err := w.count(t.Context(), 0, count)
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range order {
		p := exact.Value[i] / (40 * 39 / 2)
		if x := float64(hits[k]) / count; math.Abs(x-p) > 5*math.Sqrt(p*(1-p)/count)+1e-9 {
			t.Errorf("node %d is on %.5f of the ways, want %.5f", i, x, p)
		}
	}
}

// Blocks in parallel, with long and many paths, against a search from every node.
func TestExactBetweennessOfALargerNet(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	var edges [][2]int
	for i := 1; i < 700; i++ { // a tree with short cuts in its first half, and a long tail
		to := max(0, i-1-r.IntN(6))
		edges = append(edges, [2]int{i, to})
		if i < 350 && r.IntN(2) == 0 {
			if j := r.IntN(i); j != to {
				edges = append(edges, [2]int{i, j})
			}
		}
	}
	n := netFrom(700, edges)
	got, err := n.Betweenness(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	g, order := n.byDegree()
	sum := make([]float64, n.Size())
	s := newBrandes[int32, float64](g, math.MaxFloat64)
	for k := range int32(n.Size()) {
		s.source(g, k, nil, sum)
	}
	for k, i := range order {
		if math.Abs(got.Value[i]-sum[k]/2) > 1e-6 {
			t.Fatalf("node %d: %v, want %v", i, got.Value[i], sum[k]/2)
		}
	}
	// A path longer than eight bits count.
	var path [][2]int
	for i := 1; i < 600; i++ {
		path = append(path, [2]int{i - 1, i})
	}
	path = append(path, [2]int{0, 599})
	ring := netFrom(600, path)
	sampled, err := ring.Betweenness(t.Context(), 599)
	if err != nil {
		t.Fatal(err)
	}
	exact, _ := ring.Betweenness(t.Context(), 0)
	for i := range exact.Value {
		// On a ring of 2k nodes everybody is on (k−1)²/2 pairs' paths.
		if math.Abs(exact.Value[i]-299*299/2.) > 1e-6 || math.Abs(sampled.Value[i]/exact.Value[i]-1) > .01 {
			t.Fatalf("node %d of a ring: %v exact, %v sampled, want %v", i, exact.Value[i], sampled.Value[i], 299*299/2.)
		}
	}
}
