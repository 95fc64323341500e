package analysis

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"

	"weft/graph"
)

// Partition returns a group for each node of the net, numbered by size from 0,
// and the modularity. It is the Leiden method (Traag, Waltman, van Eck 2019):
// move nodes, refine each group into well-connected parts, aggregate the parts,
// repeat. Every group is connected. Nodes are visited in an order that comes
// from a hash of their ids, so that reruns agree and small changes of
// the network change little. Small nets are tried in several such orders and
// the best is kept.
//
//	Q = Σ_c (in(c)/2m − γ·(deg(c)/2m)²)
func (n *Net) Partition(ctx context.Context, resolution float64) ([]int32, float64, error) {
	tries := 1
	if n.Pairs() <= smallNet {
		tries = 6
	}
	var best []int32
	quality := math.Inf(-1)
	for try := range tries {
		in, err := n.leiden(ctx, resolution, leidenSalts[try])
		if err != nil {
			return nil, 0, err
		}
		if q := n.Modularity(in, resolution); q > quality {
			best, quality = in, q
		}
	}
	return best, quality, nil
}

const (
	smallNet      = 20_000 // pairs, up to which several orders are tried
	rounds        = 3      // how often the whole is begun again from the result
	roundsOfLarge = 2      // and how often for larger nets
)

var leidenSalts = [...]string{"a", "b", "c", "d", "e", "f"}

// leiden is one run in the order that a salt gives. The nodes of large nets lie in memory
// by degree, since most links go to few nodes; they are visited in that order all the same.
func (n *Net) leiden(ctx context.Context, resolution float64, salt string) ([]int32, error) {
	size := n.Size()
	visit := n.shuffled(salt)
	order, limit := visit, rounds
	if n.Pairs() > smallNet {
		order = n.degreeOrder()
		back := inverted(order)
		for k, i := range visit {
			visit[k] = back[i]
		}
		limit = roundsOfLarge
	} else {
		visit = identity(size)
	}
	base := renumbered(n, order) // node k there is order[k] of the net
	total := 0.0
	for _, d := range base.degree {
		total += d
	}
	in := identity(size)
	for round := 0; round < limit && total > 0; round++ {
		before := slices.Clone(in)
		if err := base.pass(ctx, in, visit, total, resolution, n.Pairs() > smallNet, round > 0); err != nil {
			return nil, err
		}
		if compact(in); slices.Equal(before, in) {
			break
		}
	}
	separate(base.start, base.to, in)
	result := make([]int32, size)
	for k, i := range order {
		result[i] = in[k]
	}
	return bySize(result, size), nil
}

// pass improves a partition once, from single nodes up through all levels. In large nets
// those who gain are looked for first, on all processors, wherever most nodes have their place already.
func (g *weighted) pass(ctx context.Context, in, visit []int32, total, resolution float64, large, again bool) error {
	at := identity(g.size()) // base node → node of the level
	level, here := g, slices.Clone(in)
	for {
		first := visit
		if large && (again || level != g) {
			first = level.gaining(here, visit, total, resolution)
		}
		moved := level.move(ctx, here, first, total, resolution)
		if err := ctx.Err(); err != nil {
			return err
		}
		count := compact(here)
		if count == level.size() || !moved && level != g {
			break
		}
		parts := level.refine(here, count, total, resolution)
		parted := compact(parts)
		if parted == level.size() { // refinement keeps all apart: aggregate the groups themselves
			parts, parted = here, count
		}
		next := make([]int32, parted)
		for k, p := range parts {
			next[p] = here[k]
		}
		for k := range at {
			at[k] = parts[at[k]]
		}
		// The parts are visited in the order in which their first nodes were.
		seen, order := make([]bool, parted), make([]int32, 0, parted)
		for _, k := range visit {
			if p := parts[k]; !seen[p] {
				seen[p] = true
				order = append(order, p)
			}
		}
		level, here, visit = level.aggregate(parts, parted), next, order
	}
	for k := range in {
		in[k] = here[at[k]]
	}
	return nil
}

// shuffled lists the nodes in an order that comes from a hash of a salt and their ids. The
// first bits of the hash tell about where each belongs, then few have to be compared.
func (n *Net) shuffled(salt string) []int32 {
	size := n.Size()
	few := bits.Len(uint(size))
	keys, first := make([]uint64, size), make([]int32, size)
	parallel(size, 1<<12, func() func(int) {
		return func(i int) {
			keys[i] = spread(salt, n.IDs[i])
			first[i] = int32(keys[i] >> (64 - few))
		}
	})
	out, begin := gathered(first, 1<<few)
	for c := range 1 << few {
		if alike := out[begin[c]:begin[c+1]]; len(alike) > 1 {
			slices.SortFunc(alike, func(a, b int32) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
		}
	}
	return out
}

// spread is FNV-1a with a final mix: an order for ids that has nothing to do with them.
func spread(salt string, id graph.ID) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range [2]string{salt, string(id)} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}

// weighted is a graph at one level of aggregation; loop is twice the weight inside a node.
type weighted struct {
	start  []int32
	to     []int32
	weight []float64 // nil when every pair weighs 1
	loop   []float64
	degree []float64
}

func (g *weighted) size() int { return len(g.start) - 1 }

func renumbered(n *Net, order []int32) *weighted {
	size, back := len(order), inverted(order)
	g := &weighted{start: make([]int32, size+1), to: make([]int32, len(n.To)), loop: make([]float64, size), degree: make([]float64, size)}
	if slices.ContainsFunc(n.Weight, func(w float64) bool { return w != 1 }) {
		g.weight = make([]float64, len(n.To))
	}
	for k, i := range order {
		g.start[k+1] = g.start[k] + int32(n.degree(i))
	}
	parallel(size, 1<<12, func() func(int) {
		return func(k int) {
			at, i := g.start[k], order[k]
			for x, w := range n.weights(i) {
				g.to[at+int32(x)] = back[n.To[n.Start[i]+int32(x)]]
				g.degree[k] += w
			}
			if g.weight != nil {
				copy(g.weight[at:], n.weights(i))
			}
		}
	})
	return g
}

// of returns the neighbours of node k and the weights of its links.
func (g *weighted) of(k int32) ([]int32, []float64) {
	from, to := g.start[k], g.start[k+1]
	if g.weight == nil {
		return g.to[from:to], nil
	}
	return g.to[from:to], g.weight[from:to]
}

// tally sums the weights from a node to the groups around it. A group's mass lies
// beside, since both are looked at together.
type tally struct {
	group []struct{ weight, mass float64 }
	seen  []int32
}

func newTally(n int) *tally { return &tally{group: make([]struct{ weight, mass float64 }, n)} }

func (t *tally) clear() {
	for _, c := range t.seen {
		t.group[c].weight = 0
	}
	t.seen = t.seen[:0]
}

func (t *tally) add(c int32, w float64) {
	g := &t.group[c]
	if g.weight == 0 {
		t.seen = append(t.seen, c)
	}
	g.weight += w
}

const gainFloor = 1e-10 // a move must gain more than rounding could

// tally makes one that knows the masses of groups.
func (g *weighted) tally(in []int32) *tally {
	t := newTally(g.size())
	for k, c := range in {
		t.group[c].mass += g.degree[k]
	}
	return t
}

// best returns the group that node k gains most by being in, its own where it gains nothing.
func (g *weighted) best(k int32, in []int32, t *tally, total, resolution float64) int32 {
	t.clear()
	to := g.to[g.start[k]:g.start[k+1]]
	if g.weight == nil {
		for _, j := range to {
			t.add(in[j], 1)
		}
	} else {
		weight := g.weight[g.start[k]:g.start[k+1]]
		for x, j := range to {
			t.add(in[j], weight[x])
		}
	}
	own, scale := in[k], resolution*g.degree[k]/total
	home := t.group[own]
	best, gain := own, home.weight-float64(scale*(home.mass-g.degree[k]))+gainFloor*total
	for _, c := range t.seen {
		if x := t.group[c].weight - float64(scale*t.group[c].mass); c != own && x > gain {
			best, gain = c, x
		}
	}
	return best
}

// gaining lists those of the nodes who gain by moving as all stand now.
func (g *weighted) gaining(in, visit []int32, total, resolution float64) (out []int32) {
	gains := make([]bool, g.size())
	parallel(len(gains), 1<<11, func() func(int) {
		t := g.tally(in)
		return func(k int) { gains[k] = g.best(int32(k), in, t, total, resolution) != in[k] }
	})
	for _, k := range visit {
		if gains[k] {
			out = append(out, k)
		}
	}
	return out
}

// move lets each node to visit join the neighbouring group of most gain, and visits the
// neighbours of those that moved again, until nobody gains.
func (g *weighted) move(ctx context.Context, in, visit []int32, total, resolution float64) (moved bool) {
	n := g.size()
	t := g.tally(in)
	queue, waiting := make([]int32, 0, 2*n), make([]bool, n)
	for _, k := range visit {
		if g.start[k] < g.start[k+1] {
			queue, waiting[k] = append(queue, k), true
		}
	}
	for head := 0; head < len(queue); head++ {
		if head&(1<<14-1) == 0 && ctx.Err() != nil {
			return moved
		}
		k := queue[head]
		waiting[k] = false
		own, best := in[k], g.best(k, in, t, total, resolution)
		t.group[own].mass -= g.degree[k]
		t.group[best].mass += g.degree[k]
		if best == own {
			continue
		}
		in[k], moved = best, true
		for _, j := range g.to[g.start[k]:g.start[k+1]] {
			if in[j] != best && !waiting[j] {
				waiting[j] = true
				queue = append(queue, j)
			}
		}
		if head > 1<<16 && head > len(queue)/2 { // let go of what was visited
			queue = append(queue[:0], queue[head+1:]...)
			head = -1
		}
	}
	return moved
}

// refine splits each of count groups into parts: starting alone, a node that is
// well connected to its group joins the part of most gain, if it is still
// alone. Groups are independent of each other, so they are split on all processors.
func (g *weighted) refine(in []int32, count int, total, resolution float64) []int32 {
	n := g.size()
	part := identity(n)
	mass := slices.Clone(g.degree)
	alone := make([]bool, n)
	cut := make([]float64, n) // weight from the part to the rest of its group
	members, begin := gathered(in, count)
	parallel(count, 32, func() func(int) {
		t := newTally(n)
		return func(c int) {
			list := members[begin[c]:begin[c+1]]
			if len(list) < 2 {
				return
			}
			whole := 0.0
			for _, k := range list {
				whole += g.degree[k]
				alone[k] = true
				to, weight := g.of(k)
				for x, j := range to {
					if in[j] == int32(c) {
						cut[k] += weightAt(weight, x)
					}
				}
			}
			connected := func(p int32) bool {
				return cut[p] >= resolution*mass[p]*(whole-mass[p])/total
			}
			for _, k := range list {
				if !alone[k] || !connected(k) {
					continue
				}
				t.clear()
				to, weight := g.of(k)
				for x, j := range to {
					if in[j] == int32(c) && j != k {
						t.add(part[j], weightAt(weight, x))
					}
				}
				best, gain := k, 0.0
				for _, p := range t.seen {
					if x := t.group[p].weight - resolution*g.degree[k]*mass[p]/total; p != k && x > gain && connected(p) {
						best, gain = p, x
					}
				}
				if best == k {
					continue
				}
				cut[best] += cut[k] - 2*t.group[best].weight
				mass[best] += g.degree[k]
				mass[k] = 0
				alone[best] = false
				part[k] = best
			}
		}
	})
	return part
}

func weightAt(weight []float64, x int) float64 {
	if weight == nil {
		return 1
	}
	return weight[x]
}

// gathered lists the nodes of each group together, those of group c from begin[c] to begin[c+1].
func gathered(in []int32, count int) (members, begin []int32) {
	begin = make([]int32, count+1)
	for _, c := range in {
		begin[c+1]++
	}
	for c := range count {
		begin[c+1] += begin[c]
	}
	members, next := make([]int32, len(in)), slices.Clone(begin)
	for k, c := range in {
		members[next[c]] = int32(k)
		next[c]++
	}
	return members, begin
}

// aggregate makes each part one node, ranges of parts on all processors.
func (g *weighted) aggregate(part []int32, count int) *weighted {
	out := &weighted{start: make([]int32, count+1), loop: make([]float64, count), degree: make([]float64, count)}
	members, begin := gathered(part, count)
	type piece struct {
		to     []int32
		weight []float64
	}
	pieces := make([]piece, min(blocks, count))
	edge := func(n int) int { return n * count / len(pieces) }
	parallel(len(pieces), 1, func() func(int) {
		t := newTally(count)
		return func(n int) {
			made := &pieces[n]
			for p := int32(edge(n)); p < int32(edge(n+1)); p++ {
				t.clear()
				for _, k := range members[begin[p]:begin[p+1]] {
					out.loop[p] += g.loop[k]
					out.degree[p] += g.degree[k]
					to, weight := g.of(k)
					for x, j := range to {
						if q := part[j]; q == p {
							out.loop[p] += weightAt(weight, x)
						} else {
							t.add(q, weightAt(weight, x))
						}
					}
				}
				for _, q := range t.seen {
					made.to, made.weight = append(made.to, q), append(made.weight, t.group[q].weight)
				}
				out.start[p+1] = int32(len(t.seen))
			}
		}
	})
	for p := range count {
		out.start[p+1] += out.start[p]
	}
	out.to, out.weight = make([]int32, out.start[count]), make([]float64, out.start[count])
	for n, p := range pieces {
		copy(out.to[out.start[edge(n)]:], p.to)
		copy(out.weight[out.start[edge(n)]:], p.weight)
	}
	return out
}

func identity(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// compact renumbers groups densely in order of appearance and counts them.
func compact(in []int32) int {
	name := make([]int32, len(in)+1)
	count := int32(0)
	for k, c := range in {
		if name[c] == 0 {
			count++
			name[c] = count
		}
		in[k] = name[c] - 1
	}
	return int(count)
}

// bySize renumbers groups, largest first, of equals the one with the lower node.
func bySize(in []int32, n int) []int32 {
	count := compact(in)
	size := make([]int, count)
	for _, c := range in {
		size[c]++
	}
	order := identity(count)
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(size[b], size[a]) })
	rank := make([]int32, count)
	for k, c := range order {
		rank[c] = int32(k)
	}
	for k, c := range in {
		in[k] = rank[c]
	}
	return in[:n]
}

// separate gives every connected part of a group a group of its own. The neighbours of node k
// are to[start[k]:start[k+1]].
func separate(start, to, in []int32) {
	next := int32(0)
	out := make([]int32, len(in)) // from 1
	var stack []int32
	for i := range in {
		if out[i] != 0 {
			continue
		}
		next++
		out[i] = next
		for stack = append(stack[:0], int32(i)); len(stack) > 0; {
			k := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, j := range to[start[k]:start[k+1]] {
				if out[j] == 0 && in[j] == in[i] {
					out[j] = next
					stack = append(stack, j)
				}
			}
		}
	}
	for k, c := range out {
		in[k] = c - 1
	}
}

// Modularity returns how much more weight lies inside the groups than chance
// would put there (Newman, Girvan 2004), at a resolution (1 is usual).
func (n *Net) Modularity(in []int32, resolution float64) float64 {
	inside, mass, total := 0.0, make([]float64, len(in)+1), 0.0
	for i := range int32(n.Size()) {
		w := n.weights(i)
		for k, j := range n.of(i) {
			total += w[k]
			mass[in[i]] += w[k]
			if in[i] == in[j] {
				inside += w[k]
			}
		}
	}
	if total == 0 {
		return 0
	}
	q := inside / total
	for _, d := range mass {
		q -= float64(resolution * float64(d/total*float64(d/total)))
	}
	return round(q)
}
