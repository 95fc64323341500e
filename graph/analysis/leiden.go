package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
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
	smallNet = 20_000 // pairs, up to which several orders are tried
	rounds   = 3      // how often the whole is begun again from the result
)

var leidenSalts = [...]string{"a", "b", "c", "d", "e", "f"}

// leiden is one run in the order that a salt gives.
func (n *Net) leiden(ctx context.Context, resolution float64, salt string) ([]int32, error) {
	size := n.Size()
	order, keys := identity(size), make([]uint64, size)
	for i := range order {
		keys[i] = spread(salt + string(n.IDs[i]))
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	base := renumbered(n, order) // node k there is order[k] of the net
	total := 0.0
	for _, d := range base.degree {
		total += d
	}
	in := identity(size)
	for round := 0; round < rounds && total > 0; round++ {
		before := slices.Clone(in)
		if err := base.pass(ctx, in, total, resolution); err != nil {
			return nil, err
		}
		if compact(in); slices.Equal(before, in) {
			break
		}
	}
	result := make([]int32, size)
	for k, i := range order {
		result[i] = in[k]
	}
	n.separate(result)
	return bySize(result, size), nil
}

// pass improves a partition once, from single nodes up through all levels.
func (g *weighted) pass(ctx context.Context, in []int32, total, resolution float64) error {
	at := identity(g.size()) // base node → node of the level
	level, here := g, slices.Clone(in)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		moved := level.move(here, total, resolution)
		count := compact(here)
		if count == level.size() || !moved && level != g {
			break
		}
		parts := level.refine(here, total, resolution)
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
		level, here = level.aggregate(parts, parted), next
	}
	for k := range in {
		in[k] = here[at[k]]
	}
	return nil
}

// spread is FNV-1a with a final mix: an order for ids that has nothing to do with them.
func spread(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}

// weighted is a graph at one level of aggregation; loop is twice the weight inside a node.
type weighted struct {
	start  []int32
	to     []int32
	weight []float64
	loop   []float64
	degree []float64
}

func (g *weighted) size() int { return len(g.start) - 1 }

func renumbered(n *Net, order []int32) *weighted {
	back := make([]int32, len(order))
	for k, i := range order {
		back[i] = int32(k)
	}
	g := &weighted{start: make([]int32, len(order)+1), to: make([]int32, 0, len(n.To)), weight: make([]float64, 0, len(n.To)),
		loop: make([]float64, len(order)), degree: make([]float64, len(order))}
	for k, i := range order {
		w := n.weights(i)
		for x, j := range n.of(i) {
			g.to, g.weight = append(g.to, back[j]), append(g.weight, w[x])
			g.degree[k] += w[x]
		}
		g.start[k+1] = int32(len(g.to))
	}
	return g
}

// tally sums the weights from a node to the groups around it.
type tally struct {
	weight []float64
	seen   []int32
}

func (t *tally) clear() {
	for _, c := range t.seen {
		t.weight[c] = 0
	}
	t.seen = t.seen[:0]
}

func (t *tally) add(c int32, w float64) {
	if t.weight[c] == 0 {
		t.seen = append(t.seen, c)
	}
	t.weight[c] += w
}

const gainFloor = 1e-10 // a move must gain more than rounding could

// move lets each node join the neighbouring group of most gain, and visits the
// neighbours of those that moved again, until nobody gains.
func (g *weighted) move(in []int32, total, resolution float64) (moved bool) {
	n := g.size()
	mass := make([]float64, n)
	for k, c := range in {
		mass[c] += g.degree[k]
	}
	queue, waiting := make([]int32, n, 2*n), make([]bool, n)
	for k := range queue {
		queue[k], waiting[k] = int32(k), true
	}
	t := &tally{weight: make([]float64, n)}
	for head := 0; head < len(queue); head++ {
		k := queue[head]
		waiting[k] = false
		t.clear()
		for x := g.start[k]; x < g.start[k+1]; x++ {
			t.add(in[g.to[x]], g.weight[x])
		}
		own, scale := in[k], resolution*g.degree[k]/total
		mass[own] -= g.degree[k]
		best, gain := own, t.weight[own]-float64(scale*mass[own])+gainFloor*total
		for _, c := range t.seen {
			if x := t.weight[c] - float64(scale*mass[c]); c != own && x > gain {
				best, gain = c, x
			}
		}
		mass[best] += g.degree[k]
		if best == own {
			continue
		}
		in[k], moved = best, true
		for x := g.start[k]; x < g.start[k+1]; x++ {
			if j := g.to[x]; !waiting[j] && in[j] != best {
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

// refine splits each group into parts: starting alone, a node that is well
// connected to its group joins the part of most gain, if it is still alone.
func (g *weighted) refine(in []int32, total, resolution float64) []int32 {
	n := g.size()
	part := identity(n)
	mass, group := slices.Clone(g.degree), make([]float64, n)
	alone := make([]bool, n)
	cut := make([]float64, n) // weight from the part to the rest of its group
	for k, c := range in {
		group[c] += g.degree[k]
		alone[k] = true
		for x := g.start[k]; x < g.start[k+1]; x++ {
			if in[g.to[x]] == c {
				cut[k] += g.weight[x]
			}
		}
	}
	connected := func(p, c int32) bool {
		return cut[p] >= resolution*mass[p]*(group[c]-mass[p])/total
	}
	t := &tally{weight: make([]float64, n)}
	for k := range int32(n) {
		c := in[k]
		if !alone[part[k]] || !connected(part[k], c) {
			continue
		}
		t.clear()
		for x := g.start[k]; x < g.start[k+1]; x++ {
			if j := g.to[x]; in[j] == c && j != k {
				t.add(part[j], g.weight[x])
			}
		}
		best, gain := part[k], 0.0
		for _, p := range t.seen {
			if x := t.weight[p] - resolution*g.degree[k]*mass[p]/total; p != part[k] && x > gain && connected(p, c) {
				best, gain = p, x
			}
		}
		if best == part[k] {
			continue
		}
		cut[best] += cut[part[k]] - 2*t.weight[best]
		mass[best] += g.degree[k]
		mass[part[k]] = 0
		alone[best] = false
		part[k] = best
	}
	return part
}

// aggregate makes each part one node.
func (g *weighted) aggregate(part []int32, count int) *weighted {
	out := &weighted{start: make([]int32, count+1), loop: make([]float64, count), degree: make([]float64, count)}
	members, at := make([]int32, len(part)), make([]int32, count+1)
	for _, p := range part {
		at[p+1]++
	}
	for p := range count {
		at[p+1] += at[p]
	}
	next := slices.Clone(at)
	for k, p := range part {
		members[next[p]] = int32(k)
		next[p]++
	}
	t := &tally{weight: make([]float64, count)}
	for p := range int32(count) {
		t.clear()
		for _, k := range members[at[p]:at[p+1]] {
			out.loop[p] += g.loop[k]
			out.degree[p] += g.degree[k]
			for x := g.start[k]; x < g.start[k+1]; x++ {
				if q := part[g.to[x]]; q == p {
					out.loop[p] += g.weight[x]
				} else {
					t.add(q, g.weight[x])
				}
			}
		}
		for _, q := range t.seen {
			out.to, out.weight = append(out.to, q), append(out.weight, t.weight[q])
		}
		out.start[p+1] = int32(len(out.to))
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

// separate gives every connected part of a group a group of its own.
func (n *Net) separate(in []int32) {
	seen := make([]bool, len(in))
	next := int32(0)
	out := make([]int32, len(in))
	var stack []int32
	for i := range int32(len(in)) {
		if seen[i] {
			continue
		}
		seen[i] = true
		for stack = append(stack[:0], i); len(stack) > 0; {
			k := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			out[k] = next
			for _, j := range n.of(k) {
				if !seen[j] && in[j] == in[i] {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
		next++
	}
	copy(in, out)
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
