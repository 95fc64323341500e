package quality

import (
	"context"
	"math"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// explained is whether the reasons of gaps are what they rest on.
type explained struct {
	network  string
	gaps     int
	furthest float64 // of a sum of summands from its score
	tried    int     // gaps whose reasons name links
	lowered  int     // of them, those that fell or went when these links were taken away
	kinds    map[analysis.GapKind][2]int
}

const explainedEach = 40 // of a kind

// judgeReasons adds up the reasons of the first gaps of every kind, takes the links
// they name away, and looks where the gap stands then: gone, with less evidence, or, of
// suggestions, further down among those of the same actor or coalition.
func judgeReasons(ctx context.Context, n *network, tune analysis.Coefficients) (*explained, error) {
	ix := analysis.NewIndexWith(n.view, tune)
	gaps, err := ix.Gaps(ctx, analysis.GapQuestion{Limit: explainedEach})
	if err != nil {
		return nil, err
	}
	e := &explained{network: n.name, kinds: map[analysis.GapKind][2]int{}}
	seen := map[analysis.GapKind]int{}
	for _, g := range gaps {
		if seen[g.Kind]++; seen[g.Kind] > explainedEach {
			continue
		}
		e.gaps++
		sum := 0.0
		var links []graph.ID
		for _, r := range g.Reasons {
			sum += r.Amount
			links = append(links, r.Links...)
		}
		e.furthest = max(e.furthest, math.Abs(sum-g.Score))
		slices.Sort(links)
		if links = slices.Compact(links); len(links) == 0 {
			continue
		}
		without, err := ix.Suppose(analysis.Supposition{Remove: links})
		if err != nil {
			return nil, err
		}
		lower, err := fell(ctx, ix, without, &g)
		if err != nil {
			return nil, err
		}
		e.tried++
		k := e.kinds[g.Kind]
		if k[1]++; lower {
			e.lowered++
			k[0]++
		}
		e.kinds[g.Kind] = k
	}
	return e, nil
}

// fell reports whether a gap stands lower in a network than it did.
func fell(ctx context.Context, before, after *analysis.Index, g *analysis.Gap) (bool, error) {
	switch g.Kind {
	case analysis.MISSING_TIE:
		was, err := placeOf(before.TieEvidence(g.Nodes[0]))(g.Nodes[1])
		if err != nil {
			return false, err
		}
		is, err := placeOf(after.TieEvidence(g.Nodes[0]))(g.Nodes[1])
		return is > was, err
	case analysis.MISSING_MEMBER:
		was, err := placeOf(before.MemberEvidence(g.Nodes[1]))(g.Nodes[0])
		if err != nil {
			return false, err
		}
		is, err := placeOf(after.MemberEvidence(g.Nodes[1]))(g.Nodes[0])
		return is > was, err
	}
	now, err := after.Gaps(ctx, analysis.GapQuestion{Kinds: []analysis.GapKind{g.Kind}})
	if err != nil {
		return false, err
	}
	at := slices.IndexFunc(now, func(x analysis.Gap) bool { return x.ID == g.ID })
	return at < 0 || now[at].Evidence < g.Evidence, nil
}

// placeOf returns the place of one in a list by its scores, counting those it is level with as before
// it; last when it is not there at all.
func placeOf(list []analysis.Closeness, err error) func(graph.ID) (int, error) {
	return func(id graph.ID) (int, error) {
		if err != nil {
			return 0, err
		}
		at := slices.IndexFunc(list, func(c analysis.Closeness) bool { return c.Node == id })
		if at < 0 {
			return math.MaxInt, nil
		}
		place := 0
		for _, c := range list {
			if c.Score >= list[at].Score {
				place++
			}
		}
		return place, nil
	}
}
