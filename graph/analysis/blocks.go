package analysis

import (
	"cmp"
	"slices"
)

// eachBlock yields the biconnected parts of a net, bridges among them, with
// what stands behind each of its nodes: stands[k] is how many nodes nodes[k]
// stands for in the block, itself and all that is reached from the block
// through it. Their sum is the size of the component. The slices are only
// lent. It is the depth-first search of Hopcroft and Tarjan (1973), without
// recursion; blocks come in an order that depends on the net alone.
func (n *Net) eachBlock(yield func(nodes, stands []int32) error) error {
	size := int32(n.Size())
	order, low, under := make([]int32, size), make([]int32, size), make([]int32, size)
	parent, next := make([]int32, size), make([]int32, size)
	hanging := make([]int32, size) // nodes in the blocks that a node is the head of, and beyond
	clock := int32(0)
	var path, open []int32          // open: nodes met whose block is not complete
	var nodes, stands, ends []int32 // of the blocks of one component; the first node of each is its head
	for root := range size {
		if order[root] != 0 || n.degree(root) == 0 {
			continue
		}
		nodes, stands, ends, open = nodes[:0], stands[:0], ends[:0], open[:0]
		first := clock
		enter := func(v, from int32) {
			clock++
			order[v], low[v], under[v], parent[v], next[v] = clock, clock, 1, from, n.Start[v]
			path, open = append(path, v), append(open, v)
		}
		for enter(root, -1); len(path) > 0; {
			v := path[len(path)-1]
			if next[v] < n.Start[v+1] {
				w := n.To[next[v]]
				next[v]++
				if order[w] == 0 {
					enter(w, v)
				} else if w != parent[v] {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			path = path[:len(path)-1]
			p := parent[v]
			if p < 0 {
				continue
			}
			low[p] = min(low[p], low[v])
			under[p] += under[v]
			if low[v] < order[p] {
				continue
			}
			// v's subtree is one block with p as its head, and what hangs on it.
			hanging[p] += under[v]
			nodes, stands = append(nodes, p), append(stands, -under[v]) // the size of the component is not known yet
			for more := true; more; {
				w := open[len(open)-1]
				open = open[:len(open)-1]
				nodes, stands = append(nodes, w), append(stands, 1+hanging[w])
				more = w != v
			}
			ends = append(ends, int32(len(nodes)))
		}
		from := int32(0)
		for _, to := range ends {
			stands[from] += clock - first
			if err := yield(nodes[from:to], stands[from:to]); err != nil {
				return err
			}
			from = to
		}
	}
	return nil
}

// blockGraph makes a graph of its own of each block in turn.
type blockGraph struct {
	n      *Net
	number []int32 // of the net's nodes in the block, from 1; 0 for all others
	order  []int32 // the net's numbers of the block's nodes, best linked first
	stands []float64
	graph  compactGraph
}

func newBlockGraph(n *Net) *blockGraph { return &blockGraph{n: n, number: make([]int32, n.Size())} }

// load makes the graph of a block. Pairs are looked for from the side of all but the
// head, which is in many blocks while others are in one only.
func (b *blockGraph) load(nodes, stands []int32) {
	n, head := b.n, nodes[0]
	for k, v := range nodes {
		b.number[v] = stands[k] // for a moment
	}
	b.order = append(b.order[:0], nodes...)
	slices.SortFunc(b.order, func(v, w int32) int { return cmp.Or(cmp.Compare(n.degree(w), n.degree(v)), cmp.Compare(v, w)) })
	b.stands = b.stands[:0]
	for _, v := range b.order {
		b.stands = append(b.stands, float64(b.number[v]))
	}
	for k, v := range b.order {
		b.number[v] = int32(k) + 1
	}
	count := len(nodes)
	g := &b.graph
	g.start = append(g.start[:0], make([]int32, count+1)...)
	for _, v := range nodes[1:] {
		for _, w := range n.of(v) {
			if b.number[w] != 0 {
				g.start[b.number[v]]++
				if w == head {
					g.start[b.number[head]]++
				}
			}
		}
	}
	for k := range count {
		g.start[k+1] += g.start[k]
	}
	g.to = append(g.to[:0], make([]int32, g.start[count])...)
	next := slices.Clone(g.start[:count])
	for k, v := range b.order {
		if v == head {
			continue
		}
		for _, w := range n.of(v) {
			if j := b.number[w]; j != 0 && w != head {
				g.to[next[j-1]] = int32(k)
				next[j-1]++
			}
		}
	}
	at := b.number[head] - 1
	for _, v := range nodes[1:] {
		if n.has(v, head) {
			j := b.number[v] - 1
			g.to[next[j]], g.to[next[at]] = at, j
			next[j]++
			next[at]++
		}
	}
	for _, v := range nodes {
		b.number[v] = 0
	}
}
