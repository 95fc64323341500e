package resolvers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
	"weft/resolvers/message"
)

const (
	mostBrokers = 1_000
	maxDays     = 40
	maxSupposed = 100
)

// refusals are the pairs of whom the viewer may know that one said no.
func refusals(v *graph.View) analysis.Refusals {
	out := analysis.Refusals{}
	for _, p := range v.Refused() {
		out.Refuse(p[0], p[1])
	}
	return out
}

// written is what refusals and other parts of a question are told apart by.
func written(parts ...any) string {
	for i, p := range parts {
		if r, ok := p.(analysis.Refusals); ok {
			pairs := slices.Collect(maps.Keys(r))
			slices.SortFunc(pairs, func(a, b [2]graph.ID) int { return slices.Compare(a[:], b[:]) })
			parts[i] = pairs
		}
	}
	return fmt.Sprintf("%q", parts)
}

// allGaps returns the gaps of a view, dismissed or not. Those of some kinds are among
// those of all, if these are known.
func (r *Resolver) allGaps(ctx context.Context, v *graph.View, scope analysis.Scope, kinds []analysis.GapKind) (*analysis.Found, error) {
	refused := refusals(v)
	question := func(kinds []analysis.GapKind) string { return written("gaps", scope, kinds, refused) }
	if all, known := r.recollect(v, question(nil)).(*analysis.Found); known && len(kinds) > 0 {
		return all.Of(kinds), nil
	}
	kinds = slices.Clone(kinds)
	slices.Sort(kinds)
	return derive(ctx, r, v, question(kinds), func(ctx context.Context, ix *analysis.Index) (*analysis.Found, error) {
		return ix.Find(ctx, analysis.GapQuestion{Scope: scope, Kinds: kinds, Refused: refused})
	})
}

// openGaps returns the gaps of a view, without those dismissed.
func (r *Resolver) openGaps(ctx context.Context, v *graph.View, scope analysis.Scope, kinds []analysis.GapKind) (*analysis.Found, error) {
	found, err := r.allGaps(ctx, v, scope, kinds)
	if err != nil || v.Day() != v.Today() {
		return found, err
	}
	dismissed := map[graph.ID][]*graph.Dismissal{}
	for _, d := range v.Dismissals() {
		dismissed[d.Gap] = append(dismissed[d.Gap], d)
	}
	if len(dismissed) == 0 {
		return found, nil
	}
	open := *found
	open.Gaps = slices.DeleteFunc(slices.Clone(found.Gaps), func(g analysis.Gap) bool {
		return slices.ContainsFunc(dismissed[g.ID], func(d *graph.Dismissal) bool { return d.Holds(g.Evidence) })
	})
	return &open, nil
}

// shown answers gaps with the introductions under way between those they are about.
func shown(v *graph.View) func(analysis.Gap) *message.Gap {
	under := map[[2]graph.ID]*graph.Introduction{}
	for _, i := range v.Introductions() {
		if under[i.Parties] == nil { // the newest
			under[i.Parties] = i
		}
	}
	return func(g analysis.Gap) *message.Gap {
		var i *graph.Introduction
		if len(g.Nodes) == 2 {
			i = under[[2]graph.ID{min(g.Nodes[0], g.Nodes[1]), max(g.Nodes[0], g.Nodes[1])}]
		}
		return message.NewGap(v, g, message.NewIntroduction(v, i))
	}
}

// Gaps lists gaps.
func (q query) Gaps(ctx context.Context, scope *analysis.Scope, kinds []analysis.GapKind, list message.GapList, first *int32, after *string, asOf *graph.Date) (*message.GapConnection, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	found, err := q.openGaps(ctx, v, orZero(scope), kinds)
	if err != nil {
		return nil, err
	}
	gaps := found.Gaps
	switch list {
	case message.GapsReady:
		gaps = analysis.Ready(gaps)
	case message.GapsBridging:
		gaps = analysis.Bridging(gaps)
	default:
		gaps = analysis.Mixed(gaps)
	}
	p, err := page(v, written("gaps", orZero(scope), kinds, list), gaps, func(g analysis.Gap) graph.ID { return g.ID }, first, after, shown(v))
	if err != nil {
		return nil, err
	}
	return &message.GapConnection{Page: p, Limited: found.Limited}, nil
}

// Gap answers one gap.
func (q query) Gap(ctx context.Context, id graph.ID, asOf *graph.Date) (*message.Gap, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	g, err := q.findGap(ctx, v, id)
	if err != nil || g == nil {
		return nil, err
	}
	return shown(v)(*g), nil
}

// findGap returns a gap, dismissed or not and, if it is a suggestion, listed or
// not; nil for none.
func (r *Resolver) findGap(ctx context.Context, v *graph.View, id graph.ID) (*analysis.Gap, error) {
	if kind, _, _ := analysis.SuggestionOf(id); kind != "" {
		refused := refusals(v)
		return derive(ctx, r, v, written("gap", id, refused), func(ctx context.Context, ix *analysis.Index) (*analysis.Gap, error) {
			return ix.Suggestion(ctx, id, refused)
		})
	}
	all, err := r.allGaps(ctx, v, analysis.Scope{}, nil)
	if err != nil {
		return nil, err
	}
	if k := slices.IndexFunc(all.Gaps, func(g analysis.Gap) bool { return g.ID == id }); k >= 0 {
		return &all.Gaps[k], nil
	}
	return nil, nil
}

// Dismissals lists the dismissals that hold for who asks.
func (q query) Dismissals(ctx context.Context, first *int32, after *string) (*message.DismissalConnection, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return page(v, "dismissals", v.Dismissals(), func(d *graph.Dismissal) graph.ID { return d.ID }, first, after, saying(v, message.NewDismissal))
}

// Allies lists who would be an ally of an actor and is not yet.
func (q query) Allies(ctx context.Context, of graph.ID, issue *graph.ID, place *string, kinds []graph.NodeKind, first *int32, after *string, asOf *graph.Date) (*message.AllyConnection, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	ask := analysis.AllyQuestion{Of: of, Issue: orZero(issue), Place: orZero(place), Kinds: kinds, Refused: refusals(v), Limit: v.PageCap()}
	question := written("allies", of, ask.Issue, ask.Place, kinds, ask.Refused, ask.Limit)
	found, err := derive(ctx, q.Resolver, v, question, func(ctx context.Context, ix *analysis.Index) ([]analysis.Suggestion, error) {
		return ix.Allies(ctx, ask)
	})
	if err != nil {
		return nil, err
	}
	shown, err := page(v, question, found, func(s analysis.Suggestion) graph.ID { return s.To }, first, after, saying(v, message.NewAlly))
	if err != nil {
		return nil, err
	}
	to := each(shown.Nodes, func(a *message.Ally) graph.ID { return a.Node().Core().ID })
	paths, err := derive(ctx, q.Resolver, v, written("paths", of, to), func(ctx context.Context, ix *analysis.Index) ([]*analysis.Path, error) {
		return ix.Paths(ctx, of, to)
	})
	if err != nil {
		return nil, err
	}
	for n, p := range paths {
		shown.Nodes[n].Path = message.NewPath(v, p)
	}
	return shown, nil
}

// CommonGround answers what nodes share.
func (q query) CommonGround(ctx context.Context, ids []graph.ID, asOf *graph.Date) (*message.CommonGround, error) {
	return ask(ctx, q, asOf, written("common", ids), func(_ context.Context, ix *analysis.Index) (*analysis.Common, error) {
		return ix.CommonGround(ids)
	}, message.NewCommonGround)
}

// Connections lists the best paths between two nodes.
func (q query) Connections(ctx context.Context, from, to graph.ID, k int32, by analysis.PathOrder, asOf *graph.Date) ([]message.Path, error) {
	if k < 1 || k > analysis.MaxPaths {
		return nil, graph.Errorf(graph.INVALID, "%d ways are asked for; ask for 1 to %d", k, analysis.MaxPaths).At("k")
	}
	return ask(ctx, q, asOf, written("connections", from, to, k, by), func(ctx context.Context, ix *analysis.Index) ([]*analysis.Path, error) {
		return ix.Connections(ctx, from, to, int(k), by)
	}, func(v *graph.View, _ string, found []*analysis.Path) []message.Path {
		return each(found, func(p *analysis.Path) message.Path { return *message.NewPath(v, p) })
	})
}

// Coverage crosses two dimensions.
func (q query) Coverage(ctx context.Context, rows, columns analysis.Dimension, asOf *graph.Date) (*message.Coverage, error) {
	return ask(ctx, q, asOf, written("coverage", rows, columns), func(_ context.Context, ix *analysis.Index) (*analysis.Coverage, error) {
		return ix.Coverage(rows, columns)
	}, message.NewCoverage)
}

// Brokers answers who stands between others.
func (q query) Brokers(ctx context.Context, reading *analysis.Reading, asOf *graph.Date) (*message.Brokers, error) {
	return ask(ctx, q, asOf, written("brokers", orZero(reading)), func(ctx context.Context, ix *analysis.Index) (*analysis.Brokers, error) {
		return ix.Brokers(ctx, orZero(reading), mostBrokers)
	}, message.NewBrokers)
}

// Groups answers the groups of the network.
func (q query) Groups(ctx context.Context, reading *analysis.Reading, asOf *graph.Date) (*message.Groups, error) {
	return ask(ctx, q, asOf, written("groups", orZero(reading)), func(ctx context.Context, ix *analysis.Index) (*analysis.Communities, error) {
		return ix.Communities(ctx, orZero(reading))
	}, message.NewGroups)
}

// Projection answers which actors share groups, and how many.
func (q query) Projection(ctx context.Context, groups []graph.NodeKind, asOf *graph.Date) (*message.Projection, error) {
	return ask(ctx, q, asOf, written("projection", groups), func(_ context.Context, ix *analysis.Index) (*analysis.Projection, error) {
		return ix.Project(groups...)
	}, message.NewProjection)
}

// Health answers the state of the network.
func (q query) Health(ctx context.Context, reading *analysis.Reading, asOf *graph.Date) (*message.Health, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	found, err := q.health(ctx, v, orZero(reading))
	if err != nil {
		return nil, err
	}
	return message.NewHealth(v, found), nil
}

func (r *Resolver) health(ctx context.Context, v *graph.View, reading analysis.Reading) (*analysis.Health, error) {
	return derive(ctx, r, v, written("health", reading), func(ctx context.Context, ix *analysis.Index) (*analysis.Health, error) {
		return ix.HealthOf(ctx, reading)
	})
}

// Trend answers the state of the network on several days.
func (q query) Trend(ctx context.Context, days []graph.Date, reading *analysis.Reading) ([]message.Health, error) {
	if len(days) > maxDays {
		return nil, graph.Errorf(graph.LIMITED, "%d days are given; the most is %d", len(days), maxDays).At("days")
	}
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	out := make([]message.Health, len(days))
	for i, day := range days {
		then := v.AsOf(day)
		found, err := q.health(ctx, then, orZero(reading))
		if err != nil {
			return nil, err
		}
		out[i] = *message.NewHealth(then, found)
	}
	return out, nil
}

// state returns one side of a comparison.
func (r *Resolver) state(ctx context.Context, v *graph.View, reading analysis.Reading, ask analysis.GapQuestion) (*analysis.State, error) {
	h, err := r.health(ctx, v, reading)
	if err != nil {
		return nil, err
	}
	found, err := r.allGaps(ctx, v, ask.Scope, ask.Kinds)
	if err != nil {
		return nil, err
	}
	ix, err := r.index(ctx, v)
	if err != nil {
		return nil, err
	}
	return &analysis.State{Index: ix, Health: h, Found: found}, nil
}

// Compare answers what changed between two days.
func (q query) Compare(ctx context.Context, before graph.Date, after *graph.Date, reading *analysis.Reading, scope *analysis.Scope, kinds []analysis.GapKind) (*message.Comparison, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	was, is := v.AsOf(before), v.AsOf(orZero(after))
	ask := analysis.GapQuestion{Scope: orZero(scope), Kinds: kinds, Refused: refusals(v)}
	then, err := q.state(ctx, was, orZero(reading), ask)
	if err != nil {
		return nil, err
	}
	now, err := q.state(ctx, is, orZero(reading), ask)
	if err != nil {
		return nil, err
	}
	question := written("compare", was.Day(), orZero(reading), ask.Scope, kinds, ask.Refused)
	found, err := derive(ctx, q.Resolver, is, question, func(context.Context, *analysis.Index) (*analysis.Comparison, error) {
		return analysis.Compare(then, now, ask)
	})
	if err != nil {
		return nil, err
	}
	return message.NewComparison(was, is, question, found), nil
}

// WhatIf answers what a change would change.
func (q query) WhatIf(ctx context.Context, remove []graph.ID, nodes []analysis.SupposedNode, links []analysis.SupposedLink, reading *analysis.Reading, scope *analysis.Scope, kinds []analysis.GapKind, asOf *graph.Date) (*message.Comparison, error) {
	if n := len(remove) + len(nodes) + len(links); n == 0 || n > maxSupposed {
		return nil, graph.Errorf(graph.INVALID, "%d changes are supposed; name 1 to %d to remove or to add", n, maxSupposed).At("remove")
	}
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	ask := analysis.GapQuestion{Scope: orZero(scope), Kinds: kinds, Refused: refusals(v)}
	now, err := q.state(ctx, v, orZero(reading), ask)
	if err != nil {
		return nil, err
	}
	question := written("what if", remove, nodes, links, orZero(reading), ask.Scope, kinds, ask.Refused)
	found, err := derive(ctx, q.Resolver, v, question, func(ctx context.Context, ix *analysis.Index) (*analysis.Comparison, error) {
		supposed, err := ix.Suppose(analysis.Supposition{Remove: remove, Nodes: nodes, Links: links})
		if err != nil {
			return nil, err
		}
		then, err := supposed.StateOf(ctx, orZero(reading), ask)
		if err != nil {
			return nil, err
		}
		return analysis.Compare(now, then, ask)
	})
	if err != nil {
		return nil, err
	}
	return message.NewComparison(v, v, question, found), nil
}

// InfluencePaths answers how a campaign reaches its targets.
func (q query) InfluencePaths(ctx context.Context, campaign graph.ID, first *int32, after *string, asOf *graph.Date) (*message.InfluenceConnection, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	question := written("influence", campaign)
	found, err := derive(ctx, q.Resolver, v, question, func(_ context.Context, ix *analysis.Index) ([]analysis.Influence, error) {
		return ix.InfluencePaths(campaign)
	})
	if err != nil {
		return nil, err
	}
	return page(v, question, found, func(f analysis.Influence) graph.ID { return f.Target }, first, after, saying(v, message.NewInfluence))
}

// Holders lists the members who alone hold a coalition together.
func (q query) Holders(ctx context.Context, coalition graph.ID, asOf *graph.Date) ([]message.Holder, error) {
	return ask(ctx, q, asOf, written("holders", coalition), func(_ context.Context, ix *analysis.Index) ([]analysis.Holder, error) {
		return ix.Holders(coalition)
	}, func(v *graph.View, _ string, found []analysis.Holder) []message.Holder {
		return each(found, saying(v, message.NewHolder))
	})
}

// DismissGap says that a gap is none.
func (m mutation) DismissGap(ctx context.Context, in message.DismissGapInput) (*message.EditPayload, error) {
	d, problem := m.dismissal(ctx, in)
	return m.edit(ctx, "dismissGap", in, in.Gap, func(tx *graph.Tx, _ *message.EditPayload) error {
		if problem != nil { // told only if this is not the same edit sent again
			return problem
		}
		return tx.DismissGap(*d)
	})
}

func (m mutation) dismissal(ctx context.Context, in message.DismissGapInput) (*graph.Dismissal, error) {
	v, err := m.directory.View(personaOf(ctx).viewer, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	g, err := m.findGap(ctx, v, in.Gap)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, noGap()
	}
	return &graph.Dismissal{Gap: g.ID, Kind: string(g.Kind), About: g.Nodes, Title: message.WriteMessage(g.Title), Reason: in.Reason, Evidence: g.Evidence}, nil
}

func noGap() error {
	return graph.Errorf(graph.NOT_FOUND, "there is no such gap: it may have been closed").At("gap")
}

// ReopenGap shows a dismissed gap again.
func (m mutation) ReopenGap(ctx context.Context, in message.ReopenGapInput) (*message.EditPayload, error) {
	return m.edit(ctx, "reopenGap", in, in.Gap, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.ReopenGap(in.Gap) })
}

// Names are the names of the nodes that a sentence names, in a language where
// they have one.
func (m messageArg) Names(ctx context.Context, a *analysis.Arg, language *string) ([]string, error) {
	if language == nil || len(a.Names) == 0 {
		return a.Names, nil
	}
	v, err := m.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(a.Names)
	for k, id := range a.Nodes[:min(len(a.Nodes), len(names))] {
		if n := v.Node(id); n != nil {
			names[k] = n.Core().NameIn(*language)
		}
	}
	return names, nil
}
