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

// Cuts finds articulation points and bridges by depth-first search (Hopcroft,
// Tarjan 1973), without recursion.
func (n *Net) Cuts() (points []CutPoint, ties []CutTie) {
	size := int32(n.Size())
	order, low, under := make([]int32, size), make([]int32, size), make([]int32, size)
	parent, next := make([]int32, size), make([]int32, size)
	parts := map[int32][]int{}
	clock := int32(0)
	for root := range size {
		if order[root] != 0 {
			continue
		}
		whole := 0
		var path, tree []int32
		var bridges []int32
		enter := func(v, from int32) {
			clock++
			order[v], low[v], under[v], parent[v], next[v] = clock, clock, 1, from, n.Start[v]
			path, tree = append(path, v), append(tree, v)
			whole++
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
			if low[v] >= order[p] {
				parts[p] = append(parts[p], int(under[v]))
			}
			if low[v] > order[p] {
				bridges = append(bridges, v)
			}
		}
		for _, v := range tree {
			list := parts[v]
			rest := whole - 1
			for _, s := range list {
				rest -= s
			}
			if v != root && rest > 0 && len(list) > 0 {
				list = append(list, rest)
			}
			if len(list) > 1 {
				slices.SortFunc(list, func(a, b int) int { return b - a })
				points = append(points, CutPoint{v, list})
			}
		}
		for _, v := range bridges {
			ties = append(ties, CutTie{parent[v], v, whole - int(under[v]), int(under[v])})
		}
	}
	slices.SortFunc(points, func(a, b CutPoint) int { return cmp.Compare(a.Node, b.Node) })
	slices.SortFunc(ties, func(a, b CutTie) int {
		return cmp.Or(cmp.Compare(min(a.A, a.B), min(b.A, b.B)), cmp.Compare(max(a.A, a.B), max(b.A, b.B)))
	})
	return points, ties
}

// Components numbers the connected parts by size, largest first, and counts
// the nodes of each.
func (n *Net) Components() (of []int32, sizes []int) {
	of = make([]int32, n.Size())
	n.separate(of)
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
