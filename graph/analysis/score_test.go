package analysis

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"weft/graph"
)

// randomIndex is a network of actors, issues and coalitions made straight as
// arrays: memberships per actor as given, half as many ties as actors.
func randomIndex(seed uint64, actors, groups, each int) *Index {
	r := rand.New(rand.NewPCG(seed, 9))
	c := Fitted()
	ix := &Index{today: 20_000, tune: &c}
	id := func(n int) graph.ID {
		return graph.ID([]byte{byte('a' + n/26/26/26/26%26), byte('a' + n/26/26/26%26), byte('a' + n/26/26%26), byte('a' + n/26%26), byte('a' + n%26)})
	}
	for n := range actors + groups {
		x := node{id: id(n), name: string(id(n)), kind: organization, offered: 1 << r.IntN(15), needed: 1 << r.IntN(15)}
		if n >= actors {
			x.kind = issue
			if n%2 == 0 {
				x.kind = coalition
			}
		} else if r.IntN(3) == 0 {
			x.place, x.folded = "here", "here"
		}
		ix.nodes = append(ix.nodes, x)
	}
	add := func(kind uint8, from, to int, ended bool) {
		l := link{id: id(len(ix.links)), kind: kind, from: int32(from), to: int32(to), strength: uint8(1 + r.IntN(5)), state: graph.CONFIRMED, lastHeld: ix.today, ended: ended}
		if ended {
			l.lastHeld -= int32(r.IntN(2000))
		}
		ix.links = append(ix.links, l)
	}
	for i := range actors {
		for range each {
			// A few groups are large, most small, as in real networks.
			g := actors + int(float64(groups)*math.Pow(r.Float64(), 2))
			kind := worksOn
			if g%2 == 0 {
				kind = memberOf
			}
			add(kind, i, g, r.IntN(5) == 0)
		}
	}
	for range actors / 2 {
		if i, j := r.IntN(actors), r.IntN(actors); i != j {
			add(alliedWith, i, j, false)
		}
	}
	ix.build()
	return ix
}

// layerOf is the layer that a group of randomIndex is seen in.
func layerOf(ix *Index, group int32) Layer {
	if ix.nodes[group].kind == coalition {
		return LayerCoalitions
	}
	return LayerIssues
}

// The evidence of every pair against the formulas, written out naively.
func TestScoresAgainstFormulas(t *testing.T) {
	for seed := range uint64(60) {
		ix := randomIndex(seed, 12, 8, 3)
		n := int32(len(ix.nodes))
		type key struct{ group, actor int32 }
		m := map[key]float64{}
		size := map[key]float64{}
		d := map[int32]float64{}
		for k := range ix.links {
			if l := &ix.links[k]; l.kind == worksOn || l.kind == memberOf {
				x := float64(l.strength) / 3 * math.Sqrt(math.Exp2(-float64(ix.today-l.lastHeld)/ix.tune.HalfLife[layerOf(ix, l.to)]))
				if at := (key{l.to, l.from}); x > m[at] {
					m[at], size[at] = x, float64(l.strength)/3
				}
			}
		}
		for k, x := range size {
			d[k.group] += x
		}
		s2 := func(i, j int32) (sum float64) {
			for a := range n {
				if x := m[key{a, i}] * m[key{a, j}]; i != j && x > 0 {
					y := layerOf(ix, a)
					sum += ix.tune.Layer[y] * x * math.Pow(d[a], -ix.tune.Rarity[y])
				}
			}
			return sum
		}
		s := func(k int32) (sum float64) {
			for j := range n {
				sum += s2(k, j)
			}
			return sum
		}
		all, tied := few, few*usual // of shared partners, and of those of two who are tied
		for i := range n {
			for j := range i {
				for z := range n {
					if ix.tied.has(i, z) && ix.tied.has(j, z) {
						x := 1 / (float64(ix.tied.degree(z)) + unseen)
						if all += x; ix.tied.has(i, j) {
							tied += x
						}
					}
				}
			}
		}
		closes := tied * tied / (tied*tied + usual*usual*all*all)
		f := ix.newAffinity()
		for i := range int32(12) {
			f.of(i)
			for j := range int32(12) {
				if i == j {
					continue
				}
				s3, tie := 0.0, 0.0
				for k := range n {
					if k != i && k != j && s2(i, k) > 0 {
						s3 += s2(i, k) * s2(k, j) / s(k)
					}
					if ix.tied.has(i, k) && ix.tied.has(j, k) {
						tie += 1 / (float64(ix.tied.degree(k)) + unseen)
					}
				}
				alike, all, ends := 0.0, 0.0, 0
				for k := range n {
					ends += ix.tied.degree(k)
					if k == i || ix.tied.degree(k) == 0 {
						continue
					}
					close := s2(i, k)
					for z := range n {
						if ix.tied.has(i, z) && ix.tied.has(k, z) {
							close += ix.tune.Closure / (float64(ix.tied.degree(z)) + unseen)
						}
					}
					if all += close; ix.tied.has(k, j) {
						alike += close / float64(ix.tied.degree(k))
					}
				}
				if alike > 0 {
					alike *= alike / (alike + all*float64(ix.tied.degree(j))/float64(ends))
				}
				if tie > 0 {
					tie *= tie / (tie + float64(ix.tied.degree(i)*ix.tied.degree(j))/float64(ends))
				}
				want := s2(i, j) + ix.tune.Second*s3 + ix.tune.Closure*closes*tie + ix.tune.Alike*alike
				if want > 0 {
					want += ix.fitOf(i, j)
				}
				if got := f.total.value[j]; math.Abs(got-want) > 1e-9 {
					t.Fatalf("seed %d: %d to %d is %v, want %v", seed, i, j, got, want)
				}
			}
		}
		for i := range int32(12) { // a pair is the mean of both directions
			for j := range i {
				e := ix.pairOf(i, j, f)
				f.of(i)
				there := f.total.value[j]
				f.of(j)
				back := f.total.value[i]
				want := (there + back) / 2
				if (there > 0) != (back > 0) { // what fits is added to what is there, once
					want += ix.fitOf(i, j) / 2
				}
				if math.Abs(e.raw-want) > 1e-9 {
					t.Fatalf("seed %d: the pair %d, %d has %v, its rows %v", seed, i, j, e.raw, want)
				}
			}
		}
	}
}

// What is said for a member adds up to what it is ranked by, above and below the
// bound of EASE.
func TestMemberEvidenceIsItsScore(t *testing.T) {
	for seed := range uint64(40) {
		ix := randomIndex(seed, 14, 9, 4)
		for i := range ix.nodes {
			n := &ix.nodes[i]
			if n.words = []int32{int32(i % 3)}; i%2 == 0 {
				n.words = append(n.words, int32(3+i%2))
			}
			if n.kind == coalition && i%4 == 0 {
				n.place, n.folded = "here", "here"
			}
		}
		ix.vocabulary = []string{"clean", "river", "school", "water"}
		ix.text = func(graph.ID) graph.Text { return graph.Text{} }
		ix.build()
		if seed%2 == 0 {
			m := ix.memberFit()
			m.ridge = nil
			for to := range m.coalitions {
				for a, w := range m.toward(int32(to)) {
					want := float64(len(common(m.members[a], m.members[to]))) / (float64(len(m.members[a])) + overlapDamping)
					if a == to {
						want = 0
					}
					if math.Abs(w-want) > 1e-12 {
						t.Fatalf("seed %d: coalition %d has %v for %d, want %v", seed, a, w, to, want)
					}
				}
			}
		}
		r := ix.newRow()
		for _, c := range ix.memberFit().coalitions {
			ix.memberScores(c, r)
			for i := range int32(14) {
				if got := ix.memberEvidence(i, c).raw; math.Abs(got-r.value[i]) > 1e-9 {
					t.Fatalf("seed %d: %d in %d has %v, its row %v", seed, i, c, got, r.value[i])
				}
			}
		}
	}
}

// The three random steps of kin against the formula, written out naively.
func TestKinAgainstFormula(t *testing.T) {
	for seed := range uint64(40) {
		ix := randomIndex(seed, 12, 9, 4)
		n := int32(len(ix.nodes))
		x := func(i, a int32) (best float64) {
			for k := range ix.links {
				if l := &ix.links[k]; l.kind == memberOf && l.from == i && l.to == a {
					best = max(best, ix.decay(l, ix.tune.HalfLife[LayerCoalitions]))
				}
			}
			return best
		}
		over := func(of func(int32) float64) (sum float64) {
			for j := range n {
				sum += of(j)
			}
			return sum
		}
		some := 0
		for to, c := range ix.memberFit().coalitions {
			last := ix.memberFit().lastSteps(int32(to))
			for i := range n {
				others := over(func(a int32) float64 {
					if a == c {
						return 0
					}
					return x(i, a)
				})
				want := over(func(a int32) float64 {
					if a == c || x(i, a) == 0 {
						return 0
					}
					return x(i, a) / others * over(func(z int32) float64 {
						if z == i || x(z, a) == 0 || !slices.Contains(ix.membersOf(c), z) {
							return 0
						}
						return x(z, a) / over(func(j int32) float64 { return x(j, a) }) / over(func(b int32) float64 { return x(z, b) })
					})
				})
				if got := ix.memberFit().threeSteps(i, int32(to), last); math.Abs(got-want) > 1e-9 {
					t.Fatalf("seed %d: %d in %d has %v, want %v", seed, i, c, got, want)
				}
				if want > 0 {
					some++
				}
			}
		}
		if some == 0 {
			t.Fatalf("seed %d: nobody has kin", seed)
		}
	}
}

// The k best paths against all simple paths.
func TestConnectionsAgainstAllPaths(t *testing.T) {
	for seed := range uint64(300) {
		ix := randomIndex(seed, 6, 3, 2)
		a, b := int32(0), int32(1)
		var all []float64
		var walk func(at int32, cost float64, seen map[int32]bool)
		walk = func(at int32, cost float64, seen map[int32]bool) {
			if at == b {
				all = append(all, cost)
				return
			}
			if at != a {
				cost += ix.passCost(at)
			}
			for _, k := range ix.live.of(at) {
				if o := ix.links[k].far(at); !seen[o] {
					seen[o] = true
					walk(o, cost+ix.linkCost(k), seen)
					delete(seen, o)
				}
			}
		}
		walk(a, 0, map[int32]bool{a: true})
		slices.Sort(all)
		got, err := ix.Connections(t.Context(), ix.nodes[a].id, ix.nodes[b].id, 5, BY_STRENGTH)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != min(5, len(all)) {
			t.Fatalf("seed %d: %d paths, want %d of %d", seed, len(got), min(5, len(all)), len(all))
		}
		for k, p := range got {
			if math.Abs(p.Strength-math.Exp(-all[k])) > 1e-6 {
				t.Fatalf("seed %d: path %d has strength %v, want %v", seed, k, p.Strength, math.Exp(-all[k]))
			}
		}
	}
}

// The k paths of fewest steps, in order, against all simple paths: on networks with parallel
// links, links to oneself, and many equals.
func TestConnectionsByStepsAgainstAllPaths(t *testing.T) {
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 5))
		ix := randomIndex(seed, 4+r.IntN(5), 1+r.IntN(3), 1+r.IntN(2))
		for range r.IntN(12) {
			i, j := r.IntN(len(ix.nodes)), r.IntN(len(ix.nodes))
			ix.links = append(ix.links, link{id: graph.ID(fmt.Sprintf("z%03d", len(ix.links))), kind: alliedWith, from: int32(i), to: int32(j),
				strength: uint8(3 + r.IntN(2)), state: graph.CONFIRMED, lastHeld: ix.today})
		}
		if seed%2 == 0 {
			for k := range ix.links {
				ix.links[k].strength = 3
			}
		}
		ix.memo = memo{}
		ix.build()
		a, b := int32(0), int32(1)
		var all []way
		var walk func(w way)
		walk = func(w way) {
			at := w.nodes[len(w.nodes)-1]
			if at == b {
				w.steps = len(w.links)
				all = append(all, w)
				return
			}
			if at != a {
				w.cost += billionths(ix.passCost(at))
			}
			for _, k := range ix.live.of(at) {
				if o := ix.links[k].far(at); !slices.Contains(w.nodes, o) {
					walk(way{nodes: append(slices.Clone(w.nodes), o), links: append(slices.Clone(w.links), k), cost: w.cost + billionths(ix.linkCost(k))})
				}
			}
		}
		walk(way{nodes: []int32{a}})
		slices.SortFunc(all, compareWays)
		for _, k := range []int{1, 2, 7, MaxPaths} {
			got, err := ix.Connections(t.Context(), ix.nodes[a].id, ix.nodes[b].id, k, BY_STEPS)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != min(k, len(all)) {
				t.Fatalf("seed %d: %d paths, want %d of %d", seed, len(got), min(k, len(all)), len(all))
			}
			for n, p := range got {
				if want := ix.pathOf(a, all[n].links); !reflect.DeepEqual(p, want) {
					t.Fatalf("seed %d, %d paths: path %d is %v over %v, want %v over %v", seed, k, n, p.Nodes, p.Links, want.Nodes, want.Links)
				}
			}
		}
	}
}

func upTo(n int) (out []int) {
	for k := range n {
		out = append(out, k)
	}
	return out
}

func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range append(upTo(40), 230, 300) {
		x := make([][]float64, n)
		for i := range x {
			x[i] = make([]float64, n)
			x[i][i] = 30 + float64(n)
		}
		zeros := []float64{0, .5, .9}[n%3] // with many, in parts of their own
		for i := range n {
			for j := range i {
				if r.Float64() >= zeros {
					x[i][j] = r.Float64()
					x[j][i] = x[i][j]
				}
			}
		}
		rows := make([][]near, n)
		for i := range x {
			for j, v := range x[i] {
				if v != 0 {
					rows[i] = append(rows[i], near{int32(j), v})
				}
			}
		}
		of := newRidge(rows, 1<<30)
		p := make([][]float64, n)
		for i := range p {
			p[i] = of.inverse(i)
		}
		if n > 1 && zeros == 0 && newRidge(rows, n*n*(n-1)-1) != nil || newRidge(rows, n*n*(n-1)) == nil {
			t.Fatalf("n=%d: what it may cost is not kept to", n)
		}
		for i := range n {
			for j := range n {
				sum := 0.0
				for k := range n {
					sum += x[i][k] * p[k][j]
				}
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(sum-want) > 1e-9 {
					t.Fatalf("n=%d: product at %d,%d is %v", n, i, j, sum)
				}
			}
		}
	}
}

func benchSizes(b *testing.B, run func(b *testing.B, ix *Index)) {
	for _, s := range []struct {
		name           string
		actors, groups int
	}{{"10k", 10_000, 7_000}, {"100k", 100_000, 7_000}} {
		ix := randomIndex(1, s.actors, s.groups, 5)
		b.Run(s.name, func(b *testing.B) { run(b, ix) })
	}
}

func BenchmarkTopTenOfOne(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		r := ix.newRow()
		i := int32(0)
		for b.Loop() {
			i = (i + 7919) % 10_000
			ix.shared(i, r)
			nearest(r, 10)
		}
	})
}

func BenchmarkAlliesOfOne(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		f := ix.newAffinity()
		i := int32(0)
		for b.Loop() {
			i = (i + 7919) % 10_000
			f.of(i)
			nearest(f.total, 10)
		}
	})
}

func BenchmarkTopTenOfAll(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		for b.Loop() {
			ix.TopShared(b.Context(), 10)
		}
	})
}

func BenchmarkBetweennessSampled(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		n, _ := ix.Net(Reading{Kinds: []graph.LinkKind{graph.ALLIED_WITH, graph.WORKS_ON, graph.MEMBER_OF}})
		for b.Loop() {
			n.Betweenness(b.Context(), 64)
		}
	})
}

func BenchmarkLeiden(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		n, _ := ix.Net(Reading{Kinds: []graph.LinkKind{graph.ALLIED_WITH, graph.WORKS_ON, graph.MEMBER_OF}})
		for b.Loop() {
			n.Partition(b.Context(), 1)
		}
	})
}

func BenchmarkConnections(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		for _, by := range []PathOrder{BY_STRENGTH, BY_STEPS} {
			for _, k := range []int{1, 4} {
				b.Run(fmt.Sprint(by, k), func(b *testing.B) {
					i := 0
					for b.Loop() {
						i = (i + 7919) % 10_000
						ix.Connections(b.Context(), ix.nodes[i].id, ix.nodes[(i+4999)%10_000].id, k, by)
					}
				})
			}
		}
	})
}

// TopShared is checked against rows made one by one.
func TestTopSharedOfAll(t *testing.T) {
	ix := randomIndex(3, 3000, 60, 3) // enough in a group to make pruning worthwhile
	all, err := ix.TopShared(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	r := ix.newRow()
	for i := range int32(300) {
		ix.shared(i, r)
		var want []near
		for j := range int32(3000) {
			if r.value[j] > 0 {
				want = append(want, near{j, r.value[j]})
			}
		}
		slices.SortFunc(want, func(a, b near) int { return cmp.Or(compareDown(a.value, b.value), cmp.Compare(a.node, b.node)) })
		want = want[:min(10, len(want))]
		for k, w := range want {
			got := all[i][k]
			at, _ := ix.number(got.Node)
			if math.Abs(got.Score-w.value) > 1e-12 || math.Abs(r.value[at]-w.value) > 1e-12 {
				t.Fatalf("%d: place %d is %v, want %v", i, k, got, w)
			}
			if k > 0 && (got.Score > all[i][k-1].Score || got.Score == all[i][k-1].Score && got.Node < all[i][k-1].Node) {
				t.Fatalf("%d: places %d and %d are in the wrong order", i, k-1, k)
			}
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	benchSizes(b, func(b *testing.B, ix *Index) {
		for b.Loop() {
			ix.build()
		}
	})
}

func BenchmarkMissingTiesOfAll(b *testing.B) {
	ix := randomIndex(1, 10_000, 7_000, 5)
	for b.Loop() {
		if _, err := ix.MissingTies(b.Context(), TieQuestion{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAPanicReachesWhoAsked(t *testing.T) {
	defer func() {
		if p, ok := recover().(Panic); !ok || p.Value != "broken" || p.Stack == "" {
			t.Errorf("recovered %+v", p)
		}
	}()
	parallel(100, 1, func() func(int) {
		return func(k int) {
			if k == 50 {
				panic("broken")
			}
		}
	})
	t.Error("no panic")
}
