package analysis

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"weft/graph"
)

// Golden values: the counts and the two betweennesses, on the unweighted
// projection, that the README of the test data gives for this matrix.
func TestPaulRevere(t *testing.T) {
	w := revere(t)
	p, err := w.index().Project()
	if err != nil {
		t.Fatal(err)
	}
	if p.Memberships != 319 || p.Pairs() != 9706 || p.Groups != 7 || p.Size() != 254 {
		t.Fatalf("memberships %d, pairs %d, groups %d, actors %d; want 319, 9706, 7, 254", p.Memberships, p.Pairs(), p.Groups, p.Size())
	}
	b, err := p.Betweenness(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	order := identity(p.Size())
	slices.SortFunc(order, func(i, j int32) int { return compareDown(b.Value[i], b.Value[j]) })
	for k, want := range []struct {
		name  string
		value float64
	}{{"Revere.Paul", 4371.6}, {"Urann.Thomas", 2371.1}} {
		i := order[k]
		if w.names[p.IDs[i]] != want.name || math.Abs(b.Value[i]-want.value) > .05 {
			t.Errorf("rank %d is %s with %.2f, want %s with %.1f", k+1, w.names[p.IDs[i]], b.Value[i], want.name, want.value)
		}
	}
}

// distances by Floyd and Warshall, counts of shortest paths by definition.
func allDistances(n *Net) (d [][]int, paths [][]float64) {
	size := n.Size()
	d, paths = make([][]int, size), make([][]float64, size)
	for s := range size {
		d[s], paths[s] = make([]int, size), make([]float64, size)
		for i := range size {
			d[s][i] = size + 1
		}
		d[s][s], paths[s][s] = 0, 1
		for step := 1; step <= size; step++ {
			for i := range int32(size) {
				if d[s][i] != step-1 {
					continue
				}
				for _, j := range n.of(i) {
					if d[s][j] >= step {
						d[s][j] = step
						paths[s][j] += paths[s][i]
					}
				}
			}
		}
	}
	return d, paths
}

func components(n *Net, without int32, a, b int32) int {
	seen := make([]bool, n.Size())
	if without >= 0 {
		seen[without] = true
	}
	count := 0
	for s := range int32(n.Size()) {
		if seen[s] {
			continue
		}
		count++
		stack := []int32{s}
		seen[s] = true
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, j := range n.of(i) {
				if !seen[j] && !(i == a && j == b) && !(i == b && j == a) {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
	}
	return count
}

// Every measure against its definition, on two thousand random graphs.
func TestMeasuresAgainstDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 2000 {
		size := 2 + r.IntN(9)
		n := netFrom(size, randomEdges(r, size, .1+.5*r.Float64()))
		d, paths := allDistances(n)
		got, err := n.Betweenness(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		constraint, effective, cores := n.Constraint(), n.EffectiveSize(), n.Cores()
		points, ties := n.Cuts()
		of, sizes := n.Components()
		whole := components(n, -1, -1, -1)
		if len(sizes) != whole {
			t.Fatalf("trial %d: %d components, want %d", trial, len(sizes), whole)
		}
		groups := make([]int32, size)
		for i := range groups {
			groups[i] = int32(r.IntN(3)) - int32(r.IntN(2))*int32(r.IntN(2))
		}
		roles := n.BrokerageRoles(groups)
		for v := range int32(size) {
			want := 0.0
			for s := range size {
				for u := range s {
					if s != int(v) && u != int(v) && d[s][u] <= size && d[s][v]+d[v][u] == d[s][u] {
						want += paths[s][v] * paths[v][u] / paths[s][u]
					}
				}
			}
			if math.Abs(got.Value[v]-want) > 1e-7 {
				t.Fatalf("trial %d: betweenness of %d is %v, want %v", trial, v, got.Value[v], want)
			}
			deg := float64(n.degree(v))
			c, redundant := 0.0, 0.0
			for _, j := range n.of(v) {
				x := 1 / deg
				for _, q := range n.of(v) {
					if n.has(q, j) {
						x += 1 / deg / float64(n.degree(q))
						redundant += 1 / deg
					}
				}
				c += x * x
			}
			if deg == 0 {
				c = 1
			}
			if math.Abs(constraint[v]-c) > 1e-7 || math.Abs(effective[v]-(deg-redundant)) > 1e-7 {
				t.Fatalf("trial %d: constraint and effective size of %d are %v and %v, want %v and %v", trial, v, constraint[v], effective[v], c, deg-redundant)
			}
			cut := components(n, v, -1, -1) > whole
			at := slices.IndexFunc(points, func(p CutPoint) bool { return p.Node == v })
			if cut != (at >= 0) {
				t.Fatalf("trial %d: %d is a cut point: %v, want %v", trial, v, at >= 0, cut)
			}
			if cut {
				sum := 1
				for _, s := range points[at].Parts {
					sum += s
				}
				if sum != sizes[of[v]] || len(points[at].Parts) != components(n, v, -1, -1)-whole+1 {
					t.Fatalf("trial %d: parts of %d are %v in a component of %d", trial, v, points[at].Parts, sizes[of[v]])
				}
			}
			if want := roleOracle(n, groups, v); roles[v] != want {
				t.Fatalf("trial %d: roles of %d are %+v, want %+v", trial, v, roles[v], want)
			}
			for _, j := range n.of(v) {
				bridge := components(n, -1, v, j) > whole
				if is := slices.ContainsFunc(ties, func(t CutTie) bool { return t.A == v && t.B == j || t.A == j && t.B == v }); v < j && is != bridge {
					t.Fatalf("trial %d: %d-%d is a bridge: %v, want %v", trial, v, j, is, bridge)
				}
			}
		}
		for k := 1; k < size; k++ {
			in := coreOracle(n, k)
			for v := range size {
				if in[v] != (cores[v] >= k) {
					t.Fatalf("trial %d: core of %d is %d; in the %d-core: %v", trial, v, cores[v], k, in[v])
				}
			}
		}
	}
}

func roleOracle(n *Net, group []int32, b int32) (r Roles) {
	for a := range int32(n.Size()) {
		for c := range int32(n.Size()) {
			if a == c || !n.has(a, b) || !n.has(b, c) || n.has(a, c) || group[a] < 0 || group[b] < 0 || group[c] < 0 {
				continue
			}
			ga, gb, gc := group[a], group[b], group[c]
			if ga == gb && gb == gc {
				r.Coordinator++
			}
			if ga == gc && gb != ga {
				r.Itinerant++
			}
			if ga != gb && gb == gc {
				r.Gatekeeper++
			}
			if ga == gb && gb != gc {
				r.Representative++
			}
			if ga != gb && gb != gc && ga != gc {
				r.Liaison++
			}
		}
	}
	return r
}

func coreOracle(n *Net, k int) []bool {
	in := make([]bool, n.Size())
	for i := range in {
		in[i] = true
	}
	for changed := true; changed; {
		changed = false
		for i := range int32(n.Size()) {
			d := 0
			for _, j := range n.of(i) {
				if in[j] {
					d++
				}
			}
			if in[i] && d < k {
				in[i], changed = false, true
			}
		}
	}
	return in
}

func TestSampledBetweennessWithinItsBound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := netFrom(300, randomEdges(r, 300, .02))
	exact, _ := n.Betweenness(t.Context(), 0)
	sampled, _ := n.Betweenness(t.Context(), 60)
	if sampled.Exact || sampled.Error <= 0 || !exact.Exact || exact.Error != 0 {
		t.Fatalf("exact %v ±%v, sampled %v ±%v", exact.Exact, exact.Error, sampled.Exact, sampled.Error)
	}
	for i := range exact.Value {
		if math.Abs(exact.Value[i]-sampled.Value[i]) > sampled.Error {
			t.Errorf("node %d: %v against %v is beyond ±%v", i, sampled.Value[i], exact.Value[i], sampled.Error)
		}
	}
}

func TestLeiden(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	// Four planted groups of 30.
	var edges [][2]int
	for i := range 120 {
		for j := range i {
			p := .01
			if i/30 == j/30 {
				p = .4
			}
			if r.Float64() < p {
				edges = append(edges, [2]int{i, j})
			}
		}
	}
	n := netFrom(120, edges)
	in, q, err := n.Partition(t.Context(), 1)
	if err != nil || slices.Max(in) != 3 {
		t.Fatalf("%v groups, %v", slices.Max(in)+1, err)
	}
	for i := range 120 {
		if in[i] != in[i/30*30] {
			t.Errorf("node %d is not with its own", i)
		}
	}
	if again, _, _ := n.Partition(t.Context(), 1); !slices.Equal(in, again) {
		t.Error("two runs differ")
	}
	if q != n.Modularity(in, 1) || q < .5 {
		t.Errorf("modularity %v", q)
	}
	// The best partition of small graphs, by trying all.
	low, sum, best := 0, 0.0, 0.0
	for range 300 {
		n := netFrom(7, randomEdges(r, 7, .4))
		in, q, _ := n.Partition(t.Context(), 1)
		top := bestModularity(n)
		sum, best = sum+q, best+top
		if q < top-1e-9 {
			low++
		}
		of := slices.Clone(in)
		separate(n.Start, n.To, of)
		if slices.Max(of) != slices.Max(in) {
			t.Fatal("a group is not connected")
		}
	}
	if sum < .98*best {
		t.Errorf("on small graphs the mean modularity is %.4f of the best, %d of 300 below it", sum/best, low)
	}
}

func bestModularity(n *Net) float64 {
	best := math.Inf(-1)
	in := make([]int32, n.Size())
	var try func(k, groups int)
	try = func(k, groups int) {
		if k == n.Size() {
			best = max(best, n.Modularity(in, 1))
			return
		}
		for g := range groups + 1 {
			in[k] = int32(g)
			try(k+1, max(groups, g+1))
		}
	}
	try(0, 0)
	return best
}

func TestCancelled(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	n := netFrom(50, randomEdges(rand.New(rand.NewPCG(7, 8)), 50, .2))
	if _, err := n.Betweenness(ctx, 0); err == nil {
		t.Error("betweenness of a cancelled question came to an end")
	}
	if _, _, err := n.Partition(ctx, 1); err == nil {
		t.Error("groups of a cancelled question came to an end")
	}
	w := newWorld(t)
	w.node(graph.KindOrganization, "A")
	if _, err := w.index().Gaps(ctx, GapQuestion{}); err == nil {
		t.Error("gaps of a cancelled question came to an end")
	}
}
