package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"weft/graph"
)

// GapKind is one of the ten kinds of gap.
type GapKind string

// The kinds of gap.
const (
	MISSING_TIE      GapKind = "MISSING_TIE"
	MISSING_MEMBER   GapKind = "MISSING_MEMBER"
	UNCOVERED_ISSUE  GapKind = "UNCOVERED_ISSUE"
	MISSING_CAPACITY GapKind = "MISSING_CAPACITY"
	MISSING_VOICE    GapKind = "MISSING_VOICE"
	SILO             GapKind = "SILO"
	FRAGILE_BRIDGE   GapKind = "FRAGILE_BRIDGE"
	COLD_TIE         GapKind = "COLD_TIE"
	UNREACHED_TARGET GapKind = "UNREACHED_TARGET"
	STALE_RECORD     GapKind = "STALE_RECORD"
)

// GapKinds lists the kinds in the order to show.
var GapKinds = []GapKind{MISSING_TIE, MISSING_MEMBER, UNCOVERED_ISSUE, MISSING_CAPACITY, MISSING_VOICE, SILO, FRAGILE_BRIDGE, COLD_TIE, UNREACHED_TARGET, STALE_RECORD}

// IsSuggestion reports whether gaps of a kind are suggestions: of a tie or a membership.
func (k GapKind) IsSuggestion() bool { return suggestionNames[k] != "" }

// Gap is something missing, with what speaks for it and what to do. Its ID is
// the same as long as it is about the same things. Likelihood and Value are set
// for suggestions (MISSING_TIE, MISSING_MEMBER) only, Likelihood where it can be told.
type Gap struct {
	ID         graph.ID
	Kind       GapKind
	Title      Message
	Nodes      []graph.ID // what it is about
	Links      []graph.ID // ties it is about
	Score      float64    // in [0,1]
	Likelihood float64
	Value      float64
	Evidence   float64 // the amount that speaks for it, before it is scaled: to compare one day's with another's
	Reasons    []Reason
	Worth      []Reason // of a suggestion, the parts of its value
	NextStep   NextStep

	subject []int32
	rank    float64
}

// Scope narrows gaps to those that touch something; the zero Scope is the whole
// network. Several set fields must all hold. Scores do not depend on scope.
type Scope struct {
	Coalition    graph.ID
	Issue        graph.ID
	Organization graph.ID
	Place        string
}

// GapQuestion says which gaps are wanted.
type GapQuestion struct {
	Scope   Scope
	Kinds   []GapKind // none means all
	Refused Refusals
	Limit   int // of suggestions a kind; 0 is 200
}

// draftGap is a gap before its kind's scale is known.
type draftGap struct {
	gap Gap
	evidence
}

// Found are gaps, best first.
type Found struct {
	Gaps    []Gap
	Limited bool // more suggestions could be made than are listed
	limited []GapKind
}

// Of returns those of some kinds, as if only they had been asked for.
func (f *Found) Of(kinds []GapKind) *Found {
	not := func(k GapKind) bool { return !slices.Contains(kinds, k) }
	out := &Found{Gaps: slices.DeleteFunc(slices.Clone(f.Gaps), func(g Gap) bool { return not(g.Kind) }), limited: slices.DeleteFunc(slices.Clone(f.limited), not)}
	out.Limited = len(out.limited) > 0
	return out
}

// Gaps returns the gaps that Find finds.
func (ix *Index) Gaps(ctx context.Context, q GapQuestion) ([]Gap, error) {
	found, err := ix.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	return found.Gaps, nil
}

// Find finds the gaps of the kinds and scope asked for, best first. Scores
// are x/(x + median of the kind's positive evidence in this view), so that
// half of what is found of each kind is above one half.
func (ix *Index) Find(ctx context.Context, q GapQuestion) (*Found, error) {
	in, err := ix.within(q.Scope)
	if err != nil {
		return nil, err
	}
	wanted := func(k GapKind) bool { return len(q.Kinds) == 0 || slices.Contains(q.Kinds, k) }
	q.Limit = cmp.Or(q.Limit, 200)
	found, more := make([][]Gap, len(GapKinds)), make([]bool, len(GapKinds))
	find := func(ctx context.Context, n int) (err error) {
		kind, ctx := GapKinds[n], part(ctx, gapCourse[n], gapCourse[n+1])
		// A record's weight includes what other gaps rest on it: they are needed with it.
		if !wanted(kind) && (kind.IsSuggestion() || !wanted(STALE_RECORD)) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		tell(ctx, 0)
		switch kind {
		case MISSING_TIE:
			found[n], more[n], err = ix.missingTies(ctx, q, in)
		case MISSING_MEMBER:
			found[n], more[n], err = ix.missingMembers(ctx, q, in)
		case UNCOVERED_ISSUE:
			found[n] = ix.finish(kind, ix.uncoveredIssues())
		case MISSING_CAPACITY:
			found[n] = ix.finish(kind, ix.missingCapacities())
		case MISSING_VOICE:
			found[n] = ix.finish(kind, ix.missingVoices())
		case SILO:
			found[n] = ix.finish(kind, ix.silos())
		case FRAGILE_BRIDGE:
			found[n], err = ix.fragileBridges(ctx)
		case COLD_TIE:
			found[n] = ix.finish(kind, ix.coldTies())
		case UNREACHED_TARGET:
			found[n] = ix.finish(kind, ix.unreachedTargets())
		case STALE_RECORD:
			found[n] = ix.finish(kind, ix.staleRecords(slices.Concat(found...)))
		}
		return err
	}
	last := len(GapKinds) - 1 // which is found from the others
	several := func(ctx context.Context, suggestions bool) error {
		for n, kind := range GapKinds[:last] {
			if kind.IsSuggestion() == suggestions {
				if err := find(ctx, n); err != nil {
					return err
				}
			}
		}
		return nil
	}
	// Suggestions take longest, and not always all processors.
	beside := ctx
	if wanted(MISSING_TIE) || wanted(MISSING_MEMBER) {
		beside = silent(ctx)
	}
	var failed, failed2 error
	together(
		func() { failed = several(ctx, true) },
		func() { failed2 = several(beside, false) },
	)
	if err := cmp.Or(failed, failed2, ctx.Err()); err != nil {
		return nil, err
	}
	if err := find(ctx, last); err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	var limited []GapKind
	for n, kind := range GapKinds {
		if more[n] {
			limited = append(limited, kind)
		}
	}
	all = slices.DeleteFunc(all, func(g Gap) bool { return !wanted(g.Kind) || !in(&g) })
	slices.SortStableFunc(all, func(a, b Gap) int {
		return cmp.Or(compareDown(a.rank, b.rank), cmp.Compare(slices.Index(GapKinds, a.Kind), slices.Index(GapKinds, b.Kind)), cmp.Compare(a.ID, b.ID))
	})
	return &Found{all, len(limited) > 0, limited}, nil
}

// gapCourse is how far the search for gaps is when it turns to each kind.
var gapCourse = [...]float64{0, .5, .8, .81, .82, .83, .84, .95, .96, .97, 1}

// Mixed returns the same gaps with the best of every kind first, then the second
// of every kind, and so on: a first page on which neither a kind nor, see inTurn,
// somebody crowds out the others.
func Mixed(gaps []Gap) []Gap {
	gaps = inTurn(gaps, func(g *Gap) float64 { return g.rank })
	place := map[GapKind]float64{}
	keys := make([][2]float64, len(gaps))
	for n := range gaps {
		keys[n][0] = place[gaps[n].Kind]
		place[gaps[n].Kind]--
	}
	return byKeys(gaps, keys)
}

// Ready returns the suggestions among gaps, the likeliest first, then those of which
// that cannot be told, see inTurn.
func Ready(gaps []Gap) []Gap {
	return suggestions(gaps, func(g *Gap) float64 { return g.Likelihood }, func(g *Gap) bool { return true })
}

// Bridging returns the suggestions among gaps that are likely enough, those
// first that would give most, see inTurn.
func Bridging(gaps []Gap) []Gap {
	return suggestions(gaps, func(g *Gap) float64 { return g.Value }, func(g *Gap) bool { return g.Score >= bridgingFloor && g.Value > 0 })
}

// inTurn returns gaps that come best first by a number, of which each counts a tenth
// less for every better one of its kind that names one of its nodes: who is in
// everything would else fill the first page, and nobody can act on that. Of equals those
// come first for which most speaks, counted alike.
func inTurn(gaps []Gap, by func(*Gap) float64) []Gap {
	type naming struct {
		kind GapKind
		node graph.ID
	}
	named := map[naming]int{}
	keys := make([][2]float64, len(gaps))
	for n := range gaps {
		g := &gaps[n]
		again := 0
		for _, id := range g.Nodes {
			again += named[naming{g.Kind, id}]
			named[naming{g.Kind, id}]++
		}
		turn := math.Pow(.9, float64(again))
		keys[n] = [2]float64{by(g) * turn, g.Score * turn}
	}
	return byKeys(gaps, keys)
}

// byKeys returns gaps in the order of their keys, the largest first; of equal ones in the order given.
func byKeys(gaps []Gap, keys [][2]float64) []Gap {
	order := identity(len(gaps))
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(compareDown(keys[a][0], keys[b][0]), compareDown(keys[a][1], keys[b][1]))
	})
	out := make([]Gap, len(gaps))
	for k, n := range order {
		out[k] = gaps[n]
	}
	return out
}

func suggestions(gaps []Gap, by func(*Gap) float64, keep func(*Gap) bool) (out []Gap) {
	for _, g := range gaps {
		if g.Kind.IsSuggestion() && keep(&g) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(compareDown(by(&a), by(&b)), compareDown(a.Score, b.Score), cmp.Compare(a.ID, b.ID))
	})
	return inTurn(out, by)
}

// newGap starts a gap about some nodes and links.
func (ix *Index) newGap(title string, nodes, links []int32, args ...Arg) *draftGap {
	return &draftGap{gap: Gap{Title: Message{title, args}, Nodes: ix.ids(nodes), Links: ix.linkIDs(links), subject: nodes}}
}

// finish gives gaps of one kind their scores, ids and order.
func (ix *Index) finish(kind GapKind, drafts []*draftGap) []Gap {
	amounts := make([]float64, len(drafts))
	for k, d := range drafts {
		amounts[k] = d.raw
	}
	half := median(amounts)
	out := make([]Gap, 0, len(drafts))
	for _, d := range drafts {
		if d.raw <= 0 {
			continue
		}
		g := d.gap
		g.Score, g.Reasons = d.settle(half)
		g.Evidence = round(d.raw)
		out = append(out, stamped(kind, g, g.Score))
	}
	return out
}

// stamped gives a gap its kind, id and rank.
func stamped(kind GapKind, g Gap, rank float64) Gap {
	g.Kind, g.rank = kind, round(rank)
	if kind.IsSuggestion() {
		g.ID = SuggestionID(kind, g.Nodes[0], g.Nodes[1])
	} else {
		about := slices.Clone(g.Nodes)
		slices.Sort(about)
		g.ID = hashOf(string(kind), append(append(about, g.Links...), g.ID)...)
	}
	return g
}

// suggestionNames begin the ids of suggestions, which name the two that they are
// about: of the many that could be made few are listed, and one that was listed
// in a narrower scope is to be found by its id all the same.
var suggestionNames = map[GapKind]string{MISSING_TIE: "tie-", MISSING_MEMBER: "member-"}

// SuggestionID returns the id that a suggestion of two has, in either order.
func SuggestionID(kind GapKind, a, b graph.ID) graph.ID {
	return graph.ID(suggestionNames[kind]) + min(a, b) + "-" + max(a, b)
}

// SuggestionOf reads the id of a suggestion: its kind and the two it is about, ""
// for any other id.
func SuggestionOf(id graph.ID) (kind GapKind, a, b graph.ID) {
	for kind, name := range suggestionNames {
		if pair, ok := strings.CutPrefix(string(id), name); ok {
			one, other, _ := strings.Cut(pair, "-")
			return kind, graph.ID(one), graph.ID(other)
		}
	}
	return "", "", ""
}

// Suggestion returns the suggestion with an id, listed or not, nil when it cannot
// be made.
func (ix *Index) Suggestion(ctx context.Context, id graph.ID, refused Refusals) (*Gap, error) {
	kind, a, b := SuggestionOf(id)
	i, ok1 := ix.number(a)
	j, ok2 := ix.number(b)
	if kind == "" || a >= b || !ok1 || !ok2 {
		return nil, nil
	}
	if kind == MISSING_TIE {
		f := ix.newAffinity()
		if !ix.suggests(Gap{Kind: kind, Nodes: []graph.ID{a, b}}, refused, func(*Gap) bool { return true }, f) {
			return nil, nil
		}
		s := ix.suggest(i, j, f)
		s.NextStep = ix.introduction(i, j)
		g := ix.tieGap(s)
		return &g, nil
	}
	if ix.nodes[i].kind == coalition {
		i, j = j, i
	}
	if ix.nodes[j].kind != coalition {
		return nil, nil
	}
	list, err := ix.MissingMembers(ctx, ix.nodes[j].id, refused)
	if err != nil {
		return nil, err
	}
	if k := slices.IndexFunc(list, func(g Gap) bool { return g.ID == id }); k >= 0 {
		return &list[k], nil
	}
	return ix.furtherMember(i, j, refused), nil
}

// SuggestionBetween returns what is suggested of two nodes, in either order, listed or not: a tie, or of a
// coalition and an actor outside it a membership; nil when nothing can be.
func (ix *Index) SuggestionBetween(ctx context.Context, a, b graph.ID, refused Refusals) (*Gap, error) {
	i, ok1 := ix.number(a)
	j, ok2 := ix.number(b)
	if !ok1 || !ok2 {
		return nil, nil
	}
	kind := MISSING_MEMBER
	if ix.lacksTie(i, j) {
		kind = MISSING_TIE
	}
	return ix.Suggestion(ctx, SuggestionID(kind, a, b), refused)
}

// within returns whether a gap belongs to a scope. An actor of the gap must be
// in the coalition, work on the issue, or be at the place; a gap between actors
// needs all of them to be; an organization must be part of it or of its next step.
func (ix *Index) within(s Scope) (func(*Gap) bool, error) {
	tests := []func(*Gap) bool{}
	every := func(in map[int32]bool) func(*Gap) bool {
		return func(g *Gap) bool {
			for _, i := range g.subject {
				if !in[i] {
					return false
				}
			}
			return len(g.subject) > 0
		}
	}
	some := func(in map[int32]bool) func(*Gap) bool {
		return func(g *Gap) bool { return slices.ContainsFunc(g.subject, func(i int32) bool { return in[i] }) }
	}
	if s.Coalition != "" {
		c, err := ix.find(s.Coalition, "coalition")
		if err != nil {
			return nil, err
		}
		all, one := every(ix.around(c, ix.membersOf(c))), some(map[int32]bool{c: true})
		tests = append(tests, func(g *Gap) bool { return one(g) || all(g) })
	}
	if s.Issue != "" {
		i, err := ix.find(s.Issue, "issue")
		if err != nil {
			return nil, err
		}
		family := ix.below(i)
		about := map[int32]bool{}
		around := map[int32]bool{}
		for _, f := range family {
			about[f], around[f] = true, true
			for _, k := range ix.live.of(f) {
				if l := &ix.links[k]; l.to == f && (l.kind == worksOn || l.kind == affectedBy) {
					around[l.from] = true
				}
			}
		}
		one, all := some(about), every(around)
		tests = append(tests, func(g *Gap) bool { return one(g) || all(g) })
	}
	if s.Organization != "" {
		i, err := ix.find(s.Organization, "organization")
		if err != nil {
			return nil, err
		}
		tests = append(tests, func(g *Gap) bool {
			return slices.Contains(g.subject, i) || slices.Contains(g.NextStep.Who, s.Organization)
		})
	}
	if place := graph.Fold(s.Place); place != "" {
		tests = append(tests, func(g *Gap) bool {
			return !slices.ContainsFunc(g.subject, func(i int32) bool { return ix.nodes[i].folded != place })
		})
	}
	return func(g *Gap) bool {
		return !slices.ContainsFunc(tests, func(t func(*Gap) bool) bool { return !t(g) })
	}, nil
}

func (ix *Index) around(center int32, list []int32) map[int32]bool {
	in := map[int32]bool{center: true}
	for _, i := range list {
		in[i] = true
	}
	return in
}

// below returns an issue with all that are part of it, itself first.
func (ix *Index) below(i int32) []int32 { return ix.reach(i, false) }

// above returns an issue with all that it is part of, itself first.
func (ix *Index) above(i int32) []int32 { return ix.reach(i, true) }

// reach walks PART_OF links from i, which may go in circles.
func (ix *Index) reach(i int32, up bool) []int32 {
	seen, out := map[int32]bool{i: true}, []int32{i}
	for k := 0; k < len(out); k++ {
		ix.each(out[k], partOf, up, func(_, other int32) {
			if !seen[other] && ix.nodes[other].kind == ix.nodes[i].kind {
				seen[other] = true
				out = append(out, other)
			}
		})
	}
	return out
}

// missingTies makes gaps of the suggestions that are wanted: of one
// organization when the scope names it, else of all. It reports whether there
// could be more.
func (ix *Index) missingTies(ctx context.Context, q GapQuestion, in func(*Gap) bool) ([]Gap, bool, error) {
	lists, err := ix.MissingTies(ctx, TieQuestion{Of: q.Scope.Organization, Refused: q.Refused, Limit: q.Limit,
		within: func(i, j int32) bool {
			return ix.isGroup(i) && ix.lacksTie(i, j) && (q.Scope == Scope{} || q.Scope.Organization != "" || in(&Gap{subject: []int32{i, j}}))
		}})
	if err != nil {
		return nil, false, err
	}
	var out []Gap
	seen := map[[2]graph.ID]bool{}
	for _, s := range append(lists.Ready, lists.Bridging...) {
		ends := [2]graph.ID{min(s.From, s.To), max(s.From, s.To)}
		if !seen[ends] {
			seen[ends] = true
			out = append(out, ix.tieGap(s))
		}
	}
	return out, lists.Limited, nil
}

// tieGap makes a gap of a suggestion.
func (ix *Index) tieGap(s Suggestion) Gap {
	ends := []graph.ID{min(s.From, s.To), max(s.From, s.To)}
	i, _ := ix.number(ends[0])
	j, _ := ix.number(ends[1])
	return stamped(MISSING_TIE, Gap{Title: Message{"gap.tie", []Arg{ix.argNode("a", i), ix.argNode("b", j)}},
		Nodes: ends, Score: s.Score, Likelihood: s.Likelihood, Value: s.Value, Evidence: round(float64(ix.half()*s.Score) / (1 - s.Score)),
		Reasons: s.Reasons, Worth: s.Worth, NextStep: s.NextStep, subject: []int32{i, j}}, s.Score)
}

// lacksTie reports whether what two actors lack would be a tie: of a coalition
// and an actor outside it it is a membership.
func (ix *Index) lacksTie(i, j int32) bool {
	return (ix.nodes[i].kind == coalition) == (ix.nodes[j].kind == coalition)
}
