package analysis

import (
	"cmp"
	"slices"
)

// CutPoint is a node whose leaving parts its component. Parts are the sizes of
// what it would leave, largest first.
type CutPoint struct {
	Node  int32
	Parts []int
}

// CutTie is a tie whose end parts its component, with the sizes of both sides;
// the side of B is Far.
type CutTie struct {
	A, B      int32
	Near, Far int
}

// Cuts finds articulation points and bridges: a node in several blocks parts
// what hangs on it in each, and a block of two nodes is a bridge.
func (n *Net) Cuts() (points []CutPoint, ties []CutTie) {
	first := make([]int, n.Size()) // of each node, what hangs on it in its first block
	parts := map[int32][]int{}     // of those in several blocks
	n.eachBlock(func(nodes, stands []int32) error {
		whole := 0
		for _, s := range stands {
			whole += int(s)
		}
		for k, v := range nodes {
			part := whole - int(stands[k])
			switch {
			case first[v] == 0:
				first[v] = part
			case parts[v] == nil:
				parts[v] = []int{first[v], part}
			default:
				parts[v] = append(parts[v], part)
			}
		}
		if len(nodes) == 2 {
			ties = append(ties, CutTie{nodes[0], nodes[1], int(stands[0]), int(stands[1])})
		}
		return nil
	})
	for _, v := range sortedKeys(parts) {
		slices.SortFunc(parts[v], func(a, b int) int { return b - a })
		points = append(points, CutPoint{v, parts[v]})
	}
	slices.SortFunc(ties, func(a, b CutTie) int {
		return cmp.Or(cmp.Compare(min(a.A, a.B), min(b.A, b.B)), cmp.Compare(max(a.A, a.B), max(b.A, b.B)))
	})
	return points, ties
}

// Components numbers the connected parts by size, largest first, and counts
// the nodes of each.
func (n *Net) Components() (of []int32, sizes []int) {
	of = make([]int32, n.Size())
	separate(n.Start, n.To, of)
	of = bySize(of, len(of))
	for _, c := range of {
		for int(c) >= len(sizes) {
			sizes = append(sizes, 0)
		}
		sizes[c]++
	}
	return of, sizes
}

// Cores returns the core number of each node: the largest k such that it belongs
// to a part in which everybody has k ties (Seidman 1983; Batagelj, Zaveršnik 2003).
func (n *Net) Cores() []int {
	size := n.Size()
	degree, most := make([]int, size), 0
	for i := range degree {
		degree[i] = n.degree(int32(i))
		most = max(most, degree[i])
	}
	start := make([]int, most+2) // by degree, into order
	for _, d := range degree {
		start[d+1]++
	}
	for d := range most + 1 {
		start[d+1] += start[d]
	}
	order, place := make([]int32, size), make([]int, size)
	next := slices.Clone(start)
	for i, d := range degree {
		place[i] = next[d]
		order[next[d]] = int32(i)
		next[d]++
	}
	for k := range order {
		v := order[k]
		for _, w := range n.of(v) {
			d := degree[w]
			if d <= degree[v] {
				continue
			}
			// Swap w with the first of its degree, then let that degree begin later.
			first := start[d]
			u := order[first]
			order[first], order[place[w]] = w, u
			place[u], place[w] = place[w], first
			start[d]++
			degree[w]--
		}
	}
	return degree
}
