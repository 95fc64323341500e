package analysis

import (
	"slices"

	"weft/graph"
)

// Holder is a member whose leaving would part a coalition.
type Holder struct {
	Node  graph.ID
	Parts [][]graph.ID // what would be left, largest first
}

// Holders returns the members of a coalition that alone hold it together: cut
// vertices of the ties among its members, those first that would part most.
// Members without a tie to another are left out, since nothing holds them now.
func (ix *Index) Holders(coalitionID graph.ID) ([]Holder, error) {
	c, err := ix.find(coalitionID, "coalition")
	if err != nil {
		return nil, err
	}
	n := ix.among(ix.membersOf(c))
	points, _ := n.Cuts()
	var out []Holder
	for _, p := range points {
		h := Holder{Node: n.IDs[p.Node]}
		rest := slices.DeleteFunc(slices.Clone(n.nodes), func(i int32) bool { return i == n.nodes[p.Node] })
		left := ix.among(rest)
		of, sizes := left.Components()
		whole, _ := n.Components()
		h.Parts = make([][]graph.ID, len(sizes))
		for k, part := range of {
			if at, _ := n.at(left.nodes[k]); whole[at] == whole[p.Node] {
				h.Parts[part] = append(h.Parts[part], left.IDs[k])
			}
		}
		h.Parts = slices.DeleteFunc(h.Parts, func(list []graph.ID) bool { return len(list) == 0 })
		out = append(out, h)
	}
	parted := func(h Holder) (n int) {
		for _, part := range h.Parts[1:] {
			n += len(part)
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Holder) int { return parted(b) - parted(a) })
	return out, nil
}

// among is the net of the ties among some actors, given in order of number.
func (ix *Index) among(nodes []int32) *Net {
	var pairs []netPair
	for _, i := range nodes {
		for k := ix.tied.start[i]; k < ix.tied.start[i+1]; k++ {
			if j := ix.tied.to[k]; i < j {
				if _, in := slices.BinarySearch(nodes, j); in {
					pairs = append(pairs, netPair{i, j, ix.tied.trust[k]})
				}
			}
		}
	}
	return ix.netOf(Reading{}, nodes, pairs)
}
