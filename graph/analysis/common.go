package analysis

import (
	"cmp"
	"context"
	"slices"

	"weft/graph"
)

// Shared is one thing that several nodes have in common.
type Shared struct {
	Node  graph.ID
	By    []graph.ID // which of those asked for are linked with it
	Links []graph.ID
	Score float64 // part of those asked for, divided by √ of the links it has
}

// Common is what nodes have in common.
type Common struct {
	Nodes      []Shared // linked with two or more of them, best first
	Places     []string // of two or more of them
	Capacities []string // offered by all of them
}

// CommonGround returns what 2 to 50 nodes share: the nodes linked with two or
// more of them, whatever the link, those shared by most first and of these the rarer.
func (ix *Index) CommonGround(ids []graph.ID) (*Common, error) {
	if len(ids) < 2 || len(ids) > 50 {
		return nil, graph.Errorf(graph.INVALID, "%d nodes are named; name 2 to 50", len(ids)).At("ids")
	}
	by := map[int32][]int32{}
	links := map[int32][]int32{}
	places := map[string][]string{}
	offered := ^uint32(0)
	var asked []int32
	for _, id := range ids {
		i, err := ix.find(id, "ids")
		if err != nil {
			return nil, err
		}
		asked = append(asked, i)
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	for _, i := range asked {
		for _, other := range ix.linked(i) {
			by[other] = append(by[other], i)
		}
		for _, k := range ix.live.of(i) {
			other := ix.links[k].far(i)
			links[other] = append(links[other], k)
		}
		if n := &ix.nodes[i]; n.folded != "" {
			places[n.folded] = append(places[n.folded], n.place)
		}
		offered &= ix.offers(i)
	}
	out := &Common{Capacities: words(offered)}
	for _, other := range sortedKeys(by) {
		if len(by[other]) < 2 {
			continue
		}
		part := float64(len(by[other])) / float64(len(asked))
		l := slices.Compact(links[other])
		out.Nodes = append(out.Nodes, Shared{ix.nodes[other].id, ix.ids(by[other]), ix.linkIDs(l),
			round(part * part / (1 + ix.passCost(other)))})
	}
	slices.SortStableFunc(out.Nodes, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(len(b.By), len(a.By)), compareDown(a.Score, b.Score))
	})
	for _, p := range sortedKeys(places) {
		if len(places[p]) > 1 {
			out.Places = append(out.Places, places[p][0])
		}
	}
	return out, nil
}

// AllyQuestion asks for allies of an actor, on an issue (or a part of it) and at
// a place when these are set.
type AllyQuestion struct {
	Of      graph.ID
	Issue   graph.ID
	Place   string
	Kinds   []graph.NodeKind
	Refused Refusals
	Limit   int // 0 is 10
}

// Allies returns who would be allies of an actor and is not yet, likeliest
// first. Paths finds how to reach them.
func (ix *Index) Allies(ctx context.Context, q AllyQuestion) ([]Suggestion, error) {
	var on []int32
	if q.Issue != "" {
		i, err := ix.find(q.Issue, "issue")
		if err != nil {
			return nil, err
		}
		on = ix.workers(i)
	}
	place := graph.Fold(q.Place)
	lists, err := ix.MissingTies(ctx, TieQuestion{Of: q.Of, Kinds: q.Kinds, Refused: q.Refused, Limit: cmp.Or(q.Limit, 10),
		within: func(_, j int32) bool {
			_, works := slices.BinarySearch(on, j)
			return (q.Issue == "" || works) && (place == "" || ix.nodes[j].folded == place)
		}})
	if err != nil {
		return nil, err
	}
	for k := range lists.Ready {
		if s := &lists.Ready[k]; s.To == q.Of {
			s.From, s.To = s.To, s.From
		}
	}
	return lists.Ready, nil
}
