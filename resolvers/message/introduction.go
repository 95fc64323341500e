package message

import (
	"encoding/json"
	"slices"
	"time"

	"weft/graph"
	"weft/graph/analysis"
)

// Introduction is an introduction as its viewer sees it.
type Introduction struct {
	ID            graph.ID
	State         graph.IntroductionState
	Whole         bool
	Gap           graph.ID
	Reasons       []Ground
	SuggestedAt   time.Time
	SuggestedBy   graph.ID
	ProposedAt    time.Time
	MadeAt        time.Time
	DismissedAt   time.Time
	DismissReason string
	Outcome       graph.Outcome
	OutcomeNote   string
	OutcomeAt     time.Time

	view *graph.View
	in   *graph.Introduction
}

// NewIntroduction answers an introduction from a view, nil for none. Numbers in
// its reasons count what a coordinator saw: others are not told them.
func NewIntroduction(v *graph.View, i *graph.Introduction) *Introduction {
	if i == nil {
		return nil
	}
	gap := i.GapID
	if kind, _, _ := analysis.SuggestionOf(gap); kind != "" { // a party may have been merged into another since
		gap = analysis.SuggestionID(kind, i.Parties[0], i.Parties[1])
	}
	out := &Introduction{i.ID, i.State(), i.Whole(), gap, []Ground{}, i.SuggestedAt, i.SuggestedBy, i.ProposedAt, i.MadeAt,
		i.DismissedAt, i.DismissReason, i.Result, i.OutcomeNote, i.OutcomeAt, v, i}
	for _, g := range i.Because {
		if m, ok := ReadMessage(v, g.Message); ok && (!counts(m) || v.Viewer().AtLeast(graph.LevelCoordinator)) {
			out.Reasons = append(out.Reasons, Ground{m, g.Share, v, g})
		}
	}
	return out
}

// counts reports whether a message says a number.
func counts(m analysis.Message) bool {
	return slices.ContainsFunc(m.Args, func(a analysis.Arg) bool {
		return a.Type == analysis.ArgCount || a.Type == analysis.ArgNumber || a.Type == analysis.ArgPercent || a.Type == analysis.ArgDays ||
			a.Type == analysis.ArgNodes && int(a.Number) > len(a.Nodes)
	})
}

// Parties are the two who are to be introduced.
func (i *Introduction) Parties() []graph.Node { return i.in.PartyNodes() }

// Broker is who introduces them.
func (i *Introduction) Broker() graph.Node { return i.in.Broker() }

// LastStepAt is when the last step was taken that the viewer sees.
func (i *Introduction) LastStepAt() time.Time { return i.in.LastStepAt() }

// Link is the link it led to.
func (i *Introduction) Link() *graph.Link { return i.in.Link() }

// Answers are those given so far that the viewer sees.
func (i *Introduction) Answers() []IntroductionAnswer {
	out := []IntroductionAnswer{}
	for p, a := range i.in.Answers {
		if a.Choice != "" {
			out = append(out, IntroductionAnswer{i.view.Node(i.in.Parties[p]), a.Choice, a.Note, a.At})
		}
	}
	return out
}

// IntroductionAnswer is what a party said when asked.
type IntroductionAnswer struct {
	Party  graph.Node
	Choice graph.Choice
	Note   string
	At     time.Time
}

// Ground is one reason for an introduction, as it was when it was suggested.
type Ground struct {
	Message analysis.Message
	Share   float64

	view   *graph.View
	ground graph.Ground
}

// Nodes are what it rests on.
func (g Ground) Nodes() []graph.Node { return nodesOf(g.view, g.ground.Nodes) }

// Links are what it rests on.
func (g Ground) Links() []*graph.Link { return linksOf(g.view, g.ground.Links) }

// WriteMessage returns a message as text to keep. Names are left out: they are
// read from the network again, so that nothing keeps what was renamed or erased.
func WriteMessage(m analysis.Message) string {
	args := each(m.Args, func(a analysis.Arg) analysis.Arg { a.Names = nil; return a })
	text, err := json.Marshal(analysis.Message{Key: m.Key, Args: args})
	if err != nil {
		panic("message: a message has no JSON form: " + err.Error())
	}
	return string(text)
}

// ReadMessage reads what WriteMessage wrote, with the names that nodes have now;
// false when it is no message or names a node that the view does not show.
func ReadMessage(v *graph.View, text string) (m analysis.Message, ok bool) {
	if json.Unmarshal([]byte(text), &m) != nil {
		return m, false
	}
	for k := range m.Args {
		a := &m.Args[k]
		for _, id := range a.Nodes {
			n := v.Node(id)
			if n == nil {
				return m, false
			}
			a.Names = append(a.Names, n.Core().Name)
		}
	}
	return m, true
}

// Dismissal is a gap that is not shown until more speaks for it.
type Dismissal struct {
	*graph.Dismissal
	Title *analysis.Message
}

// NewDismissal answers a dismissal from a view.
func NewDismissal(v *graph.View, d *graph.Dismissal) *Dismissal {
	out := &Dismissal{d, nil}
	if m, ok := ReadMessage(v, d.Title); ok {
		out.Title = &m
	}
	return out
}

// GapKind is the kind of the gap.
func (d *Dismissal) GapKind() analysis.GapKind { return analysis.GapKind(d.Kind) }

// IntroductionYear are the numbers of one year's introductions, by the year they were suggested in.
type IntroductionYear struct {
	Year                                             int
	Suggested, Proposed, Accepted, Declined, Made    int
	Followed, Holding, Lasted, GapsClosed, Dismissed int
}

// DismissGapInput says which gap is none, and why.
type DismissGapInput struct {
	Keyed
	Gap    graph.ID
	Reason string
}

// ReopenGapInput says which gap is to be shown again.
type ReopenGapInput struct {
	Keyed
	Gap graph.ID
}

// SuggestIntroductionInput says who should be introduced.
type SuggestIntroductionInput struct {
	Keyed
	Gap, A, B, Broker graph.ID
	NoBroker          bool
}

// IntroductionInput names an introduction.
type IntroductionInput struct {
	Keyed
	ID graph.ID
}

// TakeBackIntroductionInput says of which introduction the last step is taken back.
type TakeBackIntroductionInput struct {
	Keyed
	ID               graph.ID
	ExpectedLastStep time.Time
}

// AnswerIntroductionInput says what a party answered.
type AnswerIntroductionInput struct {
	Keyed
	ID, Party graph.ID
	Choice    graph.Choice
	Note      string
}

// CloseIntroductionInput says what came of an introduction.
type CloseIntroductionInput struct {
	Keyed
	ID      graph.ID
	Outcome graph.Outcome
	Link    graph.ID
	Note    string
}

// DismissIntroductionInput says which introduction is given up, and why.
type DismissIntroductionInput struct {
	Keyed
	ID     graph.ID
	Reason string
}
