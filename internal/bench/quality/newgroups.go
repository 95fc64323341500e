package quality

import (
	"context"
	"math/rand/v2"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// newGroups is how well the members of a coalition are found of which nothing is
// known but its name, description and issues.
type newGroups struct {
	weft, popularity figure  // recall at ten, per coalition
	best             float64 // that could be reached
	coalitions       int
}

// judgeNewGroups takes all members from a random fifth of the coalitions with two
// or more, also those who left, and asks for them. Candidates are all actors that are still in a coalition;
// popularity ranks them by in how many.
func judgeNewGroups(ctx context.Context, n *network, tune analysis.Coefficients, times int) (newGroups, error) {
	var weft, popular, best []float64
	links, pairs := memberships(n.view)
	members := map[graph.ID][][2]graph.ID{}
	var all []graph.ID
	for _, p := range pairs {
		if members[p[1]] = append(members[p[1]], p); len(members[p[1]]) == 2 {
			all = append(all, p[1])
		}
	}
	slices.Sort(all)
	past, ended := n.view.Past(), map[graph.ID][]graph.ID{}
	for k, l := range past.Links {
		if past.Ended[k] && graph.LinkKinds()[l.Kind].Kind == graph.MEMBER_OF {
			ended[past.IDs[l.To]] = append(ended[past.IDs[l.To]], past.Link(int32(k)).ID)
		}
	}
	for seed := range times {
		if err := ctx.Err(); err != nil {
			return newGroups{}, err
		}
		r := rand.New(rand.NewPCG(uint64(seed), 23))
		held, fresh := heldOut{}, []graph.ID{}
		for _, k := range r.Perm(len(all))[:len(all)/5] {
			fresh = append(fresh, all[k])
			for _, id := range ended[all[k]] {
				held[id] = true
			}
			for _, p := range members[all[k]] {
				for _, id := range links[p] {
					held[id] = true
				}
			}
		}
		a, err := n.without(n.view, tune, held)
		if err != nil {
			return newGroups{}, err
		}
		var candidates []int32
		for i := range int32(len(a.ids)) {
			if len(a.groups[i]) > 0 {
				candidates = append(candidates, i)
			}
		}
		row := make([]float64, len(a.ids))
		for _, c := range fresh {
			list, err := a.ix.MemberEvidence(c)
			if err != nil {
				return newGroups{}, err
			}
			clear(row)
			for _, x := range list {
				i, _ := slices.BinarySearch(a.ids, x.Node)
				row[i] = x.Score
			}
			var mine, theirs []float64
			var hits []bool
			for _, i := range candidates {
				mine, theirs = append(mine, row[i]), append(theirs, float64(len(a.groups[i])))
				hits = append(hits, slices.Contains(members[c], [2]graph.ID{a.ids[i], c}))
			}
			x, _ := atTen(mine, hits)
			y, _ := atTen(theirs, hits)
			weft, popular, best = append(weft, x), append(popular, y), append(best, mostAtTen(hits))
		}
	}
	return newGroups{meanOf(weft, 3), meanOf(popular, 3), mean(best), len(weft)}, nil
}
