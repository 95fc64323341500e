package analysis

import (
	"cmp"
	"context"
	"slices"

	"weft/graph"
)

// Supposition is a change that is only thought of: nodes and links taken away,
// links added between nodes that are there, nodes added.
type Supposition struct {
	Remove []graph.ID // nodes, which take their links with them, or links
	Nodes  []SupposedNode
	Links  []SupposedLink
}

// SupposedNode is a node to be added, under an id that links may name.
type SupposedNode struct {
	ID   graph.ID
	Kind graph.NodeKind
	Name string
}

// SupposedLink is a link to be added. Strength 0 is middling.
type SupposedLink struct {
	Kind     graph.LinkKind
	From, To graph.ID
	Strength int
}

// Suppose returns the index of a network in which the change had been made.
// Nothing is written; the index itself stays as it is.
func (ix *Index) Suppose(s Supposition) (*Index, error) {
	out := &Index{supposed: true, day: ix.day, today: ix.today, tune: ix.tune, vocabulary: ix.vocabulary, text: ix.text, nodes: slices.Clone(ix.nodes)}
	away := map[graph.ID]bool{}
	for _, id := range s.Remove {
		away[id] = true
		if i, ok := ix.number(id); ok {
			out.nodes[i].gone = true
			continue
		}
		if !slices.ContainsFunc(ix.links, func(l link) bool { return l.id == id }) {
			return nil, graph.Errorf(graph.NOT_FOUND, "nothing you can see has this id").At("remove")
		}
	}
	for _, n := range s.Nodes {
		info := graph.NodeInfoOf(n.Kind)
		if _, taken := ix.number(n.ID); info == nil || taken || n.ID == "" {
			return nil, graph.Errorf(graph.INVALID, "a supposed node needs a kind and an id of its own").At("nodes")
		}
		out.nodes = append(out.nodes, node{id: n.ID, name: n.Name, kind: nodeKind(n.Kind)})
	}
	slices.SortFunc(out.nodes, func(a, b node) int { return cmp.Compare(a.id, b.id) })
	for _, l := range ix.links {
		from, ok1 := out.number(ix.nodes[l.from].id)
		to, ok2 := out.number(ix.nodes[l.to].id)
		if ok1 && ok2 && !away[l.id] {
			l.from, l.to = from, to
			out.links = append(out.links, l)
		}
	}
	for _, l := range s.Links {
		info := graph.LinkInfoOf(l.Kind)
		from, err := out.find(l.From, "links")
		if err != nil {
			return nil, err
		}
		to, err := out.find(l.To, "links")
		if err != nil {
			return nil, err
		}
		if info == nil || !info.Joins(graph.NodeKinds()[out.nodes[from].kind].Kind, graph.NodeKinds()[out.nodes[to].kind].Kind) {
			return nil, graph.Errorf(graph.INVALID, "a link of kind %.40s does not join these two", l.Kind).At("links")
		}
		strength := uint8(middling)
		if l.Strength != 0 {
			strength = uint8(min(5, max(1, l.Strength)))
		}
		out.links = append(out.links, link{id: hashOf("supposed "+string(l.Kind), l.From, l.To), from: from, to: to, kind: linkKind(l.Kind),
			strength: strength, state: graph.CONFIRMED, lastHeld: ix.today})
	}
	slices.SortStableFunc(out.links, func(a, b link) int { return cmp.Compare(a.id, b.id) })
	out.build()
	return out, nil
}

// Comparison is what differs between two states of the network.
type Comparison struct {
	Before, After *Health
	Added         []graph.ID // links that hold only after
	Ended         []graph.ID // links that hold only before
	Strengthened  [][2]graph.ID
	Weakened      [][2]graph.ID
	Opened        []Gap
	Closed        []Gap
	Limited       bool // of Opened and Closed more may be there than are listed
	Sentence      Message
}

// State is what a comparison takes of each side: a network with its health and gaps.
type State struct {
	Index  *Index
	Health *Health
	Found  *Found
}

// StateOf measures the network and finds its gaps.
func (ix *Index) StateOf(ctx context.Context, r Reading, q GapQuestion) (*State, error) {
	h, err := ix.HealthOf(part(ctx, 0, .2), r)
	if err != nil {
		return nil, err
	}
	found, err := ix.Find(part(ctx, .2, 1), q)
	if err != nil {
		return nil, err
	}
	return &State{ix, h, found}, nil
}

// Compare tells what changed from one state to another: two days of a view, or
// what is and what is supposed; q is the question both gave their gaps for. A pair
// is strengthened when it is tied in both and the sum of strength · trust of its
// ties has grown.
func Compare(was, is *State, q GapQuestion) (*Comparison, error) {
	before, after := was.Index, is.Index
	out := &Comparison{Before: was.Health, After: is.Health, Limited: was.Found.Limited || is.Found.Limited}
	a, b := before.liveLinks(), after.liveLinks()
	out.Added, out.Ended = without(b, a), without(a, b)
	out.Strengthened, out.Weakened = tieChanges(before, after)
	var err error
	if out.Opened, err = before.gapsWithout(is.Found.Gaps, was.Found.Gaps, q); err != nil {
		return nil, err
	}
	if out.Closed, err = after.gapsWithout(was.Found.Gaps, is.Found.Gaps, q); err != nil {
		return nil, err
	}
	out.Sentence = Message{"compare", []Arg{argCount("added", len(out.Added)), argCount("ended", len(out.Ended)), argCount("strengthened", len(out.Strengthened)),
		argCount("closed", len(out.Closed)), argCount("opened", len(out.Opened)), argDate("from", before.day), argDate("to", after.day)}}
	if after.supposed {
		out.Sentence = Message{"suppose", out.Sentence.Args[:5]} // of one day
	}
	return out, nil
}

func (ix *Index) liveLinks() (out []graph.ID) {
	for _, l := range ix.links {
		if !l.ended {
			out = append(out, l.id)
		}
	}
	return out
}

// without returns the ids of a that are not in b; both ascend.
func without(a, b []graph.ID) (out []graph.ID) {
	for _, id := range a {
		if _, has := slices.BinarySearch(b, id); !has {
			out = append(out, id)
		}
	}
	return out
}

// gapsWithout returns the gaps of a, found elsewhere, that are not here, where b
// was found. A suggestion that is only not among the likeliest here is here.
func (ix *Index) gapsWithout(a, b []Gap, q GapQuestion) ([]Gap, error) {
	has := map[graph.ID]bool{}
	for _, g := range b {
		has[g.ID] = true
	}
	in, err := ix.within(q.Scope)
	if err != nil {
		return nil, err
	}
	f := ix.newAffinity()
	return slices.DeleteFunc(slices.Clone(a), func(g Gap) bool { return has[g.ID] || ix.suggests(g, q.Refused, in, f) }), nil
}

// suggests reports whether a suggestion could be made here, listed or not.
func (ix *Index) suggests(g Gap, refused Refusals, in func(*Gap) bool, f *affinity) bool {
	if !g.Kind.IsSuggestion() {
		return false
	}
	i, ok1 := ix.number(g.Nodes[0])
	j, ok2 := ix.number(g.Nodes[1])
	switch {
	case !ok1 || !ok2 || !in(&Gap{subject: []int32{i, j}}):
		return false
	case g.Kind == MISSING_TIE:
		return ix.isGroup(i) && ix.isGroup(j) && ix.lacksTie(i, j) && ix.mayTie(i, j, refused) && ix.pairOf(i, j, f).raw > 0
	}
	return ix.memberFit().at[j] >= 0 && !ix.nodes[j].closed && ix.mayJoin(i, j, refused) && ix.memberEvidence(i, j).raw > 0
}

func tieChanges(before, after *Index) (stronger, weaker [][2]graph.ID) {
	weight := func(ix *Index, i, j int32) (sum float64) {
		for _, k := range ix.tieLinks(i, j) {
			sum += float64(float64(ix.links[k].strength) * ix.links[k].trust())
		}
		return round(sum)
	}
	for i := range int32(len(before.nodes)) {
		a, ok := after.number(before.nodes[i].id)
		if !ok {
			continue
		}
		for _, j := range before.tied.of(i) {
			b, ok := after.number(before.nodes[j].id)
			if i > j || !ok || !after.tied.has(a, b) {
				continue
			}
			ends := [2]graph.ID{before.nodes[i].id, before.nodes[j].id}
			switch was, is := weight(before, i, j), weight(after, a, b); {
			case is > was:
				stronger = append(stronger, ends)
			case is < was:
				weaker = append(weaker, ends)
			}
		}
	}
	return stronger, weaker
}
