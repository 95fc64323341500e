package resolvers

import (
	"context"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
	"weft/resolvers/message"
)

// lasting is how long a tie must have held to have lasted.
const lasting = 365 // days

// Introduction answers one introduction.
func (q query) Introduction(ctx context.Context, id graph.ID) (*message.Introduction, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return message.NewIntroduction(v, v.Introduction(id)), nil
}

// Introductions lists introductions.
func (q query) Introductions(ctx context.Context, states []graph.IntroductionState, party *graph.ID, first *int32, after *string) (*message.IntroductionConnection, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(v.Introductions(), func(i *graph.Introduction) bool {
		return len(states) > 0 && !slices.Contains(states, i.State()) ||
			party != nil && i.BrokerID != *party && !slices.Contains(i.Parties[:], *party)
	})
	return page(v, written("introductions", states, orZero(party)), all, func(i *graph.Introduction) graph.ID { return i.ID }, first, after, saying(v, message.NewIntroduction))
}

// IntroductionYears counts what came of introductions, by the year they were suggested in.
func (q query) IntroductionYears(ctx context.Context) ([]message.IntroductionYear, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	found, err := q.allGaps(ctx, v, analysis.Scope{}, nil) // a dismissed gap is not closed
	if err != nil {
		return nil, err
	}
	open := map[graph.ID]bool{}
	for _, g := range found.Gaps {
		open[g.ID] = true
	}
	out := []message.IntroductionYear{}
	for _, i := range v.Introductions() {
		year := i.SuggestedAt.Year()
		at := slices.IndexFunc(out, func(y message.IntroductionYear) bool { return y.Year == year })
		if at < 0 {
			out, at = append(out, message.IntroductionYear{Year: year}), len(out)
		}
		y, answers := &out[at], map[graph.Choice]int{}
		for _, a := range i.Answers {
			answers[a.Choice]++
		}
		count := func(n *int, is bool) {
			if is {
				*n++
			}
		}
		made := !i.MadeAt.IsZero()
		followed, holding, lasted := followed(v, i)
		count(&y.Suggested, true)
		count(&y.Proposed, !i.ProposedAt.IsZero())
		count(&y.Accepted, answers[graph.ACCEPT] == 2)
		count(&y.Declined, answers[graph.DECLINE] > 0)
		count(&y.Dismissed, !i.DismissedAt.IsZero())
		count(&y.Made, made)
		count(&y.Followed, followed)
		count(&y.Holding, holding)
		count(&y.Lasted, lasted)
		count(&y.GapsClosed, made && closed(v, i, open))
	}
	return out, nil
}

// closed reports whether the gap that an introduction is for is there no more: of
// a tie or member that was missing, whether there is one now, since a suggestion
// that is not listed may only be less likely than others.
func closed(v *graph.View, i *graph.Introduction, open map[graph.ID]bool) bool {
	switch kind, _, _ := analysis.SuggestionOf(i.GapID); {
	case i.GapID == "":
		return false
	case kind == analysis.MISSING_TIE:
		return slices.ContainsFunc(v.LinksOf(i.Parties[0], graph.LinkFilter{Other: i.Parties[1]}), ties)
	case kind == analysis.MISSING_MEMBER:
		return len(v.LinksOf(i.Parties[0], graph.LinkFilter{Other: i.Parties[1], Kinds: []graph.LinkKind{graph.MEMBER_OF}})) > 0
	}
	return !open[i.GapID]
}

// ties reports whether a link is a tie or a membership.
func ties(l *graph.Link) bool {
	switch l.Kind {
	case graph.ALLIED_WITH, graph.IN_DIALOGUE_WITH, graph.FUNDS, graph.PART_OF, graph.AFFILIATED_WITH, graph.MEMBER_OF:
		return true
	}
	return false
}

// followed reports what tie followed an introduction that was made: the link it is
// said to have led to, or any tie of the two that began since. Whether one
// holds today, and whether one held for a year.
func followed(v *graph.View, i *graph.Introduction) (followed, holding, lasted bool) {
	if i.MadeAt.IsZero() {
		return false, false, false
	}
	made := graph.DateOf(i.MadeAt)
	for _, l := range v.LinksOf(i.Parties[0], graph.LinkFilter{Other: i.Parties[1], Ended: true}) {
		if !ties(l) {
			continue
		}
		start := l.Since
		if start == 0 {
			start = graph.DateOf(l.CreatedAt)
		}
		if l.ID != i.LinkID && start.Before(made) {
			continue
		}
		if v.Today().Before(start) {
			continue
		}
		followed = true
		end, holds := v.Today(), graph.Covers(l.Since, l.Until, v.Today())
		if !holds {
			end = l.Until
		}
		holding = holding || holds
		lasted = lasted || end.Days()-max(start.Days(), made.Days()) >= lasting
	}
	return followed, holding, lasted
}

// SuggestIntroduction suggests that two be introduced.
func (m mutation) SuggestIntroduction(ctx context.Context, in message.SuggestIntroductionInput) (*message.EditPayload, error) {
	s, problem := m.suggestion(ctx, in)
	return m.edit(ctx, "suggestIntroduction", in, "", func(tx *graph.Tx, _ *message.EditPayload) error {
		if problem != nil { // told only if this is not the same edit sent again
			return problem
		}
		_, err := tx.SuggestIntroduction(s.Parties[0], s.Parties[1], s.BrokerID, s.GapID, s.Because)
		return err
	})
}

// suggestion fills in what the input leaves out: the parties from the gap, the
// gap from the parties, from it the reasons and the best broker.
func (m mutation) suggestion(ctx context.Context, in message.SuggestIntroductionInput) (*graph.Introduction, error) {
	if in.NoBroker && in.Broker != "" {
		return nil, graph.Errorf(graph.INVALID, "a broker is named and none is wanted: give one of the two").At("noBroker")
	}
	out := &graph.Introduction{Parties: [2]graph.ID{in.A, in.B}, BrokerID: in.Broker, GapID: in.Gap}
	v, err := m.directory.View(personaOf(ctx).viewer, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	var found *analysis.Gap
	switch {
	case in.Gap != "":
		if found, err = m.findGap(ctx, v, in.Gap); err != nil {
			return nil, err
		}
		if found == nil {
			return nil, noGap()
		}
		if in.A == "" && in.B == "" && len(found.Nodes) == 2 {
			out.Parties = [2]graph.ID(found.Nodes)
		}
	case in.A != "" && in.B != "":
		refused := refusals(v)
		found, err = derive(ctx, m.Resolver, v, written("between", in.A, in.B, refused), func(ctx context.Context, ix *analysis.Index) (*analysis.Gap, error) {
			return ix.SuggestionBetween(ctx, in.A, in.B, refused)
		})
		if err != nil {
			return nil, err
		}
		if found != nil {
			out.GapID = found.ID
		}
	}
	if out.Parties[0] == "" || out.Parties[1] == "" {
		return nil, graph.Errorf(graph.INVALID, "say who is to be introduced: a and b, or a gap between two").At("a")
	}
	if found == nil {
		return out, nil
	}
	if kind, one, other := analysis.SuggestionOf(found.ID); kind != "" && (min(out.Parties[0], out.Parties[1]) != one || max(out.Parties[0], out.Parties[1]) != other) {
		return nil, graph.Errorf(graph.INVALID, "this gap is between two others than those named").At("gap")
	}
	if out.BrokerID == "" && !in.NoBroker {
		for _, id := range found.NextStep.Who {
			if n, ok := v.Node(id).(graph.Actor); ok && !slices.Contains(out.Parties[:], n.Core().ID) {
				out.BrokerID = id
				break
			}
		}
	}
	for _, r := range found.Reasons[:min(len(found.Reasons), 20)] {
		nodes := slices.Clone(r.Nodes)
		for _, a := range r.Args {
			nodes = append(nodes, a.Nodes...)
		}
		slices.Sort(nodes)
		out.Because = append(out.Because, graph.Ground{Message: message.WriteMessage(r.Message), Share: r.Share, Nodes: slices.Compact(nodes), Links: r.Links})
	}
	return out, nil
}

// ProposeIntroduction says that both parties were asked.
func (m mutation) ProposeIntroduction(ctx context.Context, in message.IntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "proposeIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.ProposeIntroduction(in.ID) })
}

// AnswerIntroduction says what a party answered.
func (m mutation) AnswerIntroduction(ctx context.Context, in message.AnswerIntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "answerIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.AnswerIntroduction(in.ID, in.Party, in.Choice, in.Note)
	})
}

// MakeIntroduction says that the two were introduced.
func (m mutation) MakeIntroduction(ctx context.Context, in message.IntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "makeIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.MakeIntroduction(in.ID) })
}

// CloseIntroduction says what came of an introduction.
func (m mutation) CloseIntroduction(ctx context.Context, in message.CloseIntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "closeIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.CloseIntroduction(in.ID, in.Outcome, in.Link, in.Note)
	})
}

// DismissIntroduction gives an introduction up.
func (m mutation) DismissIntroduction(ctx context.Context, in message.DismissIntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "dismissIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.DismissIntroduction(in.ID, in.Reason)
	})
}

// TakeBackIntroduction takes the last step back.
func (m mutation) TakeBackIntroduction(ctx context.Context, in message.TakeBackIntroductionInput) (*message.EditPayload, error) {
	return m.edit(ctx, "takeBackIntroduction", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.TakeBackIntroduction(in.ID, in.ExpectedLastStep)
	})
}
