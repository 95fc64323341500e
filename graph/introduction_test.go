package graph_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weft/graph"
)

// meeting is a network of two parties, a broker and a bystander, each with an
// account, and an introduction of the two.
type meeting struct {
	*world
	a, b, broker, other graph.ID
	id                  graph.ID
}

func newMeeting(t *testing.T) *meeting {
	w := newWorld(t)
	m := &meeting{world: w, a: w.add(graph.KindOrganization, "Ash", nil), b: w.add(graph.KindOrganization, "Birch", nil),
		broker: w.add(graph.KindIndividual, "Bridge", nil), other: w.add(graph.KindOrganization, "Other", nil)}
	if m.a > m.b {
		m.a, m.b = m.b, m.a
	}
	m.edit(coordinator, func(tx *graph.Tx) (err error) {
		m.id, err = tx.SuggestIntroduction(m.b, m.a, m.broker, "", []graph.Ground{
			{Message: "open", Share: .7, Nodes: []graph.ID{m.a, m.b}}, {Message: "other", Share: .3, Nodes: []graph.ID{m.other}}})
		return err
	})
	return m
}

// of is the viewer whose account belongs to a node.
func of(id graph.ID) graph.Viewer {
	return graph.Viewer{Account: "of " + id, Level: graph.LevelMember, Organization: id}
}

func (m *meeting) seenBy(v graph.Viewer) *graph.Introduction { return m.see(v).Introduction(m.id) }

func (m *meeting) state(v graph.Viewer, want graph.IntroductionState) {
	m.t.Helper()
	got := graph.IntroductionState("")
	if i := m.seenBy(v); i != nil {
		got = i.State()
	}
	if got != want {
		m.t.Errorf("%s sees %q, want %q", v.Account, got, want)
	}
	if list := m.see(v).Introductions(); (len(list) == 1) != (want != "") {
		m.t.Errorf("%s is listed %d introductions", v.Account, len(list))
	}
}

func (m *meeting) propose() {
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.ProposeIntroduction(m.id) })
}

func (m *meeting) answer(by graph.Viewer, party graph.ID, choice graph.Choice, note string) *graph.Change {
	m.now = m.now.Add(time.Hour)
	return m.edit(by, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, party, choice, note) })
}

func TestIntroductionsGoTheirWay(t *testing.T) {
	m := newMeeting(t)
	a, b, broker, other := of(m.a), of(m.b), of(m.broker), of(m.other)
	m.state(coordinator, graph.SUGGESTED)
	for _, v := range []graph.Viewer{a, b, broker, other, member, visitor} {
		m.state(v, "") // nobody is told before they are asked
	}
	m.refuse(a, graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, "") })
	m.refuse(coordinator, graph.CONFLICT, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, "") })
	m.refuse(a, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.ProposeIntroduction(m.id) })
	m.propose()
	if c := m.edit(coordinator, func(tx *graph.Tx) error { return tx.ProposeIntroduction(m.id) }); c != nil {
		t.Error("proposed twice is a change")
	}
	for _, v := range []graph.Viewer{coordinator, steward, a, b, broker} {
		m.state(v, graph.PROPOSED)
	}
	for _, v := range []graph.Viewer{other, member, visitor} {
		m.state(v, "")
	}
	// Each answers for itself, and sees its own half.
	m.refuse(b, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, "") })
	m.refuse(broker, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, "") })
	m.refuse(other, graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, "") })
	m.refuse(a, graph.INVALID, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.other, graph.ACCEPT, "") })
	m.refuse(a, graph.INVALID, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, "PERHAPS", "") })
	m.refuse(a, graph.INVALID, func(tx *graph.Tx) error {
		return tx.AnswerIntroduction(m.id, m.a, graph.ACCEPT, strings.Repeat("x", 2001))
	})
	m.answer(a, m.a, graph.ACCEPT, "Gladly.")
	m.state(a, graph.ACCEPTED)
	m.state(b, graph.PROPOSED)
	m.state(broker, graph.PROPOSED)
	if i := m.seenBy(b); i.Answers[0] != (graph.Answer{}) || i.Whole() || i.SuggestedBy != "" {
		t.Errorf("the other party sees %+v", i)
	}
	if i := m.seenBy(broker); i.Answers[0].Note != "Gladly." || i.SuggestedBy != "" {
		t.Errorf("the broker sees %+v", i)
	}
	m.refuse(broker, graph.CONFLICT, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	m.refuse(a, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	m.answer(coordinator, m.b, graph.ACCEPT, "Told me by phone.")
	m.state(broker, graph.ACCEPTED)
	m.refuse(broker, graph.CONFLICT, func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTalking, "", "") })
	m.edit(broker, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	for _, v := range []graph.Viewer{coordinator, a, b, broker} {
		m.state(v, graph.MADE)
	}
	m.refuse(a, graph.CONFLICT, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, m.a, graph.DECLINE, "") })
	m.refuse(coordinator, graph.CONFLICT, func(tx *graph.Tx) error { return tx.DismissIntroduction(m.id, "") })
	// The link it led to joins the two.
	wrong := m.connect(graph.ALLIED_WITH, m.a, m.other, nil)
	led := m.connect(graph.ALLIED_WITH, m.b, m.a, graph.Fields{"visibility": "COORDINATORS"})
	m.refuse(broker, graph.INVALID, func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTie, wrong, "") })
	m.refuse(broker, graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTie, led, "") })
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTie, led, "Allies since.") })
	if i := m.seenBy(coordinator); i.LinkID != led || i.Link() == nil || i.Result != graph.OutcomeTie {
		t.Errorf("the outcome is %+v", i)
	}
	if i := m.seenBy(a); i.LinkID != "" || i.Link() != nil || i.Result != graph.OutcomeTie {
		t.Errorf("to a party, from whom the link is hidden, the outcome is %+v", i)
	}
	// Step by step back, to nothing.
	for _, want := range []graph.IntroductionState{graph.MADE, graph.ACCEPTED, graph.PROPOSED, graph.PROPOSED, graph.SUGGESTED, ""} {
		m.edit(coordinator, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, time.Time{}) })
		m.state(coordinator, want)
		m.sound()
	}
	m.refuse(coordinator, graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, time.Time{}) })
}

func TestARefusalIsKnownToThoseWhoMay(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	m.answer(of(m.a), m.a, graph.ACCEPT, "")
	m.answer(of(m.b), m.b, graph.DECLINE, "Not with them.")
	m.state(coordinator, graph.DECLINED)
	m.state(of(m.broker), graph.DECLINED)
	m.state(of(m.b), graph.DECLINED)
	m.state(of(m.a), graph.ACCEPTED) // it is not told that the other said no
	for _, v := range []graph.Viewer{coordinator, of(m.broker), of(m.b)} {
		if r := m.see(v).Refused(); len(r) != 1 || r[0] != [2]graph.ID{m.a, m.b} {
			t.Errorf("%s knows of %v", v.Account, r)
		}
	}
	for _, v := range []graph.Viewer{of(m.a), of(m.other), member, visitor} {
		if r := m.see(v).Refused(); len(r) != 0 {
			t.Errorf("%s knows of %v", v.Account, r)
		}
	}
	m.refuse(coordinator, graph.CONFLICT, func(tx *graph.Tx) error {
		_, err := tx.SuggestIntroduction(m.a, m.b, "", "", nil)
		return err
	})
	// One may think again.
	m.answer(of(m.b), m.b, graph.ACCEPT, "After all.")
	m.state(coordinator, graph.ACCEPTED)
	if len(m.see(coordinator).Refused()) != 0 {
		t.Error("a refusal taken back still stands")
	}
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.DismissIntroduction(m.id, "They merged.") })
	m.state(of(m.a), graph.DISMISSED)
	if i := m.seenBy(of(m.a)); i.DismissReason != "" {
		t.Error("a party reads why coordinators gave it up")
	}
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, time.Time{}) })
	m.state(coordinator, graph.ACCEPTED)
}

func TestIntroductionsShowNobodyWhomTheyHide(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	hide := func(id graph.ID, visibility graph.Visibility) {
		m.edit(steward, func(tx *graph.Tx) error { return tx.Change(id, nil, graph.Fields{"visibility": string(visibility)}) })
	}
	hide(m.broker, graph.COORDINATORS)
	hide(m.other, graph.COORDINATORS)
	if i := m.seenBy(of(m.a)); i == nil || i.BrokerID != "" || i.Broker() != nil || len(i.Because) != 1 || i.Because[0].Message != "open" {
		t.Errorf("a party sees the hidden broker or a reason that rests on what is hidden: %+v", i)
	}
	if i := m.seenBy(coordinator); i.Broker() == nil || len(i.Because) != 2 {
		t.Errorf("a coordinator sees %+v", i)
	}
	hide(m.b, graph.COORDINATORS)
	m.state(of(m.a), "") // the other party is hidden from it
	m.state(coordinator, graph.PROPOSED)
	for _, surface := range []graph.Surface{graph.EMBED, graph.EXPORT, graph.LIVE} {
		v, err := m.View(coordinator, surface)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Introductions())+len(v.Refused()) != 0 {
			t.Errorf("introductions come out on %s", surface)
		}
	}
}

func TestSuggestionsAreChecked(t *testing.T) {
	m := newMeeting(t)
	issue := m.add(graph.KindIssue, "Water", nil)
	hidden := m.add(graph.KindOrganization, "Hidden", graph.Fields{"visibility": "SEALED"})
	for _, c := range []struct {
		by           graph.Viewer
		a, b, broker graph.ID
		code         graph.Code
	}{
		{member, m.a, m.other, "", graph.FORBIDDEN},
		{coordinator, m.a, m.a, "", graph.INVALID},
		{coordinator, m.a, issue, "", graph.INVALID},
		{coordinator, m.a, m.other, m.a, graph.INVALID},
		{coordinator, m.a, m.other, issue, graph.INVALID},
		{coordinator, m.a, hidden, "", graph.NOT_FOUND},
		{coordinator, m.a, m.other, graph.NewID(), graph.NOT_FOUND},
		{coordinator, m.b, m.a, "", graph.CONFLICT}, // under way
	} {
		m.refuse(c.by, c.code, func(tx *graph.Tx) error {
			_, err := tx.SuggestIntroduction(c.a, c.b, c.broker, "", nil)
			return err
		})
	}
}

func TestIntroductionsOutliveRestartsMergesAndErasure(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	m.answer(of(m.a), m.a, graph.ACCEPT, "Yes, and greetings.")
	again := openWorld(t, m.store)
	was, is := m.seenBy(coordinator), again.see(coordinator).Introduction(m.id)
	if is == nil || is.State() != was.State() || is.Answers != was.Answers || is.ProposedAt != was.ProposedAt || !slices.EqualFunc(is.Because, was.Because, func(a, b graph.Ground) bool {
		return a.Message == b.Message && a.Share == b.Share && slices.Equal(a.Nodes, b.Nodes) && slices.Equal(a.Links, b.Links)
	}) {
		t.Errorf("after a restart it is\n%+v, it was\n%+v", is, was)
	}
	// Merging a party takes the introduction along, with the answer that is its.
	twin := m.add(graph.KindOrganization, "Ash again", nil)
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(twin, m.a) })
	i := m.seenBy(coordinator)
	p := slices.Index(i.Parties[:], twin)
	if p < 0 || i.Answers[p].Note != "Yes, and greetings." || i.Answers[1-p].Choice != "" || i.Parties[0] > i.Parties[1] {
		t.Errorf("after the merger it is %+v", i)
	}
	m.sound()
	// Erasing a party erases it with all the log has of it.
	m.edit(coordinator, func(tx *graph.Tx) error {
		return tx.DismissGap(graph.Dismissal{Gap: graph.NewID(), About: []graph.ID{twin, m.other}, Reason: "Greetings too.", Evidence: 1})
	})
	m.edit(steward, func(tx *graph.Tx) error { return tx.Erase(twin) })
	if v := m.see(coordinator); v.Introduction(m.id) != nil || len(v.Introductions())+len(v.Dismissals()) != 0 {
		t.Error("records outlived whom they name")
	}
	changes, err := m.store.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		for _, op := range c.Ops {
			if text := strings.ToLower(string(op.Payload)); strings.Contains(text, "greetings") {
				t.Errorf("the log still has %s", op.Payload)
			}
		}
	}
	m.sound()
	if openWorld(t, m.store).see(coordinator).Introduction(m.id) != nil {
		t.Error("after a restart it is back")
	}
	// Two parties that turn out to be one need no introduction.
	m = newMeeting(t)
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(m.a, m.b) })
	m.state(coordinator, "")
	m.sound()
}

func TestDismissalsHoldUntilMoreSpeaksForTheGap(t *testing.T) {
	d := graph.Dismissal{Evidence: 10}
	for evidence, want := range map[float64]bool{0: true, 10: true, 10.9: true, 11.1: false, 20: false} {
		if d.Holds(evidence) != want {
			t.Errorf("dismissed at 10, at %v it holds: %v", evidence, !want)
		}
	}
}

// TestARefusalOutlivesItsIntroduction wants one who said no not to be asked again because
// coordinators gave up what was declined.
func TestARefusalOutlivesItsIntroduction(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	m.answer(of(m.a), m.a, graph.DECLINE, "")
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.DismissIntroduction(m.id, "Declined.") })
	m.state(coordinator, graph.DISMISSED)
	m.refuse(coordinator, graph.CONFLICT, func(tx *graph.Tx) error {
		_, err := tx.SuggestIntroduction(m.a, m.b, "", "", nil)
		return err
	})
	if len(m.see(coordinator).Refused()) != 1 {
		t.Error("the refusal is forgotten")
	}
	// One that was given up before anybody declined may be thought of again.
	m = newMeeting(t)
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.DismissIntroduction(m.id, "Not yet.") })
	m.edit(coordinator, func(tx *graph.Tx) error {
		_, err := tx.SuggestIntroduction(m.a, m.b, "", "", nil)
		return err
	})
}

// TestABrokerWhoIsGoneSeesNothing removes the broker while the parties are asked.
func TestABrokerWhoIsGoneSeesNothing(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	m.answer(of(m.a), m.a, graph.ACCEPT, "For the broker.")
	m.state(of(m.broker), graph.PROPOSED)
	gone := m.edit(coordinator, func(tx *graph.Tx) error { _, err := tx.Remove(m.broker, nil); return err })
	m.state(of(m.broker), "")
	m.refuse(of(m.broker), graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	for _, v := range []graph.Viewer{coordinator, of(m.a), of(m.b)} {
		if i := m.seenBy(v); i == nil || i.Broker() != nil || i.BrokerID != "" {
			t.Errorf("%s sees %+v", v.Account, i)
		}
	}
	m.answer(of(m.b), m.b, graph.ACCEPT, "")
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.Undo(t.Context(), gone.ID) })
	m.state(of(m.broker), graph.MADE)
	m.sound()
}

// TestMergingAPartyKeepsWhatTheIntroductionLedTo merges a party whose ties get new
// ids: the link it led to, and those that reasons rest on, are known by them.
func TestMergingAPartyKeepsWhatTheIntroductionLedTo(t *testing.T) {
	w := newWorld(t)
	m := &meeting{world: w, a: w.add(graph.KindOrganization, "Ash", nil), b: w.add(graph.KindOrganization, "Birch", nil), other: w.add(graph.KindOrganization, "Other", nil)}
	shared := w.connect(graph.ALLIED_WITH, m.a, m.other, nil)
	m.edit(coordinator, func(tx *graph.Tx) (err error) {
		m.id, err = tx.SuggestIntroduction(m.a, m.b, "", "", []graph.Ground{{Message: "partners", Share: 1, Nodes: []graph.ID{m.a, m.b, m.other}, Links: []graph.ID{shared}}})
		return err
	})
	m.propose()
	m.answer(coordinator, m.a, graph.ACCEPT, "")
	m.answer(coordinator, m.b, graph.ACCEPT, "")
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) })
	led := w.connect(graph.IN_DIALOGUE_WITH, m.b, m.a, nil)
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTie, led, "") })
	twin := w.add(graph.KindOrganization, "Ash again", nil)
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(twin, m.a) })
	i := m.seenBy(coordinator)
	if i == nil || i.Link() == nil || len(i.Because) != 1 || len(i.Because[0].Links) != 1 {
		t.Fatalf("after the merger it is %+v", i)
	}
	if l := i.Link(); l.Kind != graph.IN_DIALOGUE_WITH || l.From != m.b || l.To != twin {
		t.Errorf("it led to %+v", l)
	}
	m.sound()
}

// TestAnswersAtOnce has both parties and a coordinator answer at the same time.
func TestAnswersAtOnce(t *testing.T) {
	m := newMeeting(t)
	m.propose()
	var all sync.WaitGroup
	for range 8 {
		for _, party := range []graph.ID{m.a, m.b} {
			for _, by := range []graph.Viewer{of(party), coordinator} {
				all.Go(func() {
					_, err := m.Edit(t.Context(), by, graph.Request{}, func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, party, graph.ACCEPT, "") })
					if err != nil {
						t.Errorf("%s: %v", by.Account, err)
					}
				})
			}
		}
	}
	all.Wait()
	m.state(coordinator, graph.ACCEPTED)
	m.sound()
}

// course is what an introduction is to be, by the rules alone.
type course struct {
	there, proposed, made, dismissed, closed bool
	answers                                  [2]graph.Choice
	order                                    []int // of the parties that answered, the latest last
}

// state is what somebody is to see: which half is 0 or 1, 2 is both, -1 nothing.
func (c *course) state(half int) graph.IntroductionState {
	no, yes := false, true
	for p, choice := range c.answers {
		if half == 2 || half == p {
			no, yes = no || choice == graph.DECLINE, yes && choice == graph.ACCEPT
		}
	}
	switch {
	case !c.there || half < 0 || half < 2 && !c.proposed:
		return ""
	case c.dismissed:
		return graph.DISMISSED
	case c.made:
		return graph.MADE
	case no:
		return graph.DECLINED
	case !c.proposed:
		return graph.SUGGESTED
	case yes:
		return graph.ACCEPTED
	}
	return graph.PROPOSED
}

// TestIntroductionsInAnyOrder lets everybody try every step at every time, and wants
// each to be taken or refused as the rules say, and each to see what it may.
func TestIntroductionsInAnyOrder(t *testing.T) {
	for seed := range uint64(60) {
		m := newMeeting(t)
		r := rand.New(rand.NewPCG(seed, 1))
		c := course{there: true}
		actors := []graph.Viewer{coordinator, of(m.a), of(m.b), of(m.broker), of(m.other), member, visitor}
		halves := []int{2, 0, 1, 2, -1, -1, -1}
		for step := range 60 {
			who := r.IntN(len(actors))
			if r.IntN(2) == 0 {
				who = r.IntN(4)
			}
			by, half, high := actors[who], halves[who], who == 0
			sees := c.there && (high || half >= 0 && c.proposed)
			whole := c.state(2)
			open := whole == graph.SUGGESTED || whole == graph.PROPOSED || whole == graph.ACCEPTED
			p, choice := r.IntN(2), []graph.Choice{graph.ACCEPT, graph.ACCEPT, graph.DECLINE}[r.IntN(3)]
			var want graph.Code
			var do func(*graph.Tx) error
			then := func() {}
			// gate is what comes before the step itself: by whom it may be taken.
			gate := func(forCoordinators, bothHalves bool) bool {
				switch {
				case by.Level == "" || forCoordinators && !high:
					want = graph.FORBIDDEN
				case !sees:
					want = graph.NOT_FOUND
				case bothHalves && half != 2:
					want = graph.FORBIDDEN
				}
				return want == ""
			}
			conflict := func(is bool) bool {
				if is {
					want = graph.CONFLICT
				}
				return is
			}
			name := []string{"suggest", "propose", "answer", "answer", "answer", "make", "close", "dismiss", "take back"}[r.IntN(9)]
			switch name {
			case "suggest":
				do = func(tx *graph.Tx) error {
					id, err := tx.SuggestIntroduction(m.a, m.b, m.broker, "", nil)
					if err == nil {
						m.id = id
					}
					return err
				}
				if !high {
					want = graph.FORBIDDEN
				} else if !conflict(c.there && (open || c.answers[0] == graph.DECLINE || c.answers[1] == graph.DECLINE)) && c.there {
					continue // a second one beside the first is another test
				} else {
					then = func() { c = course{there: true} }
				}
			case "propose":
				do = func(tx *graph.Tx) error { return tx.ProposeIntroduction(m.id) }
				if gate(true, true) && !conflict(!open) {
					then = func() { c.proposed = true }
				}
			case "answer":
				do = func(tx *graph.Tx) error { return tx.AnswerIntroduction(m.id, []graph.ID{m.a, m.b}[p], choice, "") }
				switch {
				case !gate(false, false):
				case half != p && !high:
					want = graph.FORBIDDEN
				case !conflict(!c.proposed || c.made || c.dismissed) && c.answers[p] != choice:
					then = func() {
						c.answers[p] = choice
						c.order = append(slices.DeleteFunc(c.order, func(x int) bool { return x == p }), p)
					}
				}
			case "make":
				do = func(tx *graph.Tx) error { return tx.MakeIntroduction(m.id) }
				if gate(false, true) && !conflict(whole != graph.ACCEPTED && whole != graph.MADE) {
					then = func() { c.made = true }
				}
			case "close":
				do = func(tx *graph.Tx) error { return tx.CloseIntroduction(m.id, graph.OutcomeTalking, "", "") }
				if gate(false, true) && !conflict(whole != graph.MADE) {
					then = func() { c.closed = true }
				}
			case "dismiss":
				do = func(tx *graph.Tx) error { return tx.DismissIntroduction(m.id, "") }
				if gate(true, true) && !conflict(c.made) {
					then = func() { c.dismissed = true }
				}
			case "take back":
				do = func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, time.Time{}) }
				if !gate(true, true) {
					break
				}
				then = func() {
					switch n := len(c.order); {
					case c.closed:
						c.closed = false
					case c.dismissed:
						c.dismissed = false
					case c.made:
						c.made = false
					case n > 0:
						c.answers[c.order[n-1]], c.order = "", c.order[:n-1]
					case c.proposed:
						c.proposed = false
					default:
						c.there = false
					}
				}
			}
			m.now = m.now.Add(time.Minute)
			_, err := m.Edit(t.Context(), by, graph.Request{}, do)
			if got := graph.CodeOf(err); got != want {
				t.Fatalf("seed %d, step %d: %s by %s when it is %s: %q, %v; want %q", seed, step, name, by.Account, whole, got, err, want)
			}
			if err == nil {
				then()
			}
			for k, v := range actors {
				want := c.state(halves[k])
				if k == 3 && !c.proposed {
					want = "" // the broker sees all, once the parties are asked
				}
				m.state(v, want)
				if knows := c.there && (k == 0 || k < 4 && c.proposed) && (halves[k] == 2 && (c.answers[0] == graph.DECLINE || c.answers[1] == graph.DECLINE) ||
					halves[k] < 2 && halves[k] >= 0 && c.answers[halves[k]] == graph.DECLINE); (len(m.see(v).Refused()) == 1) != knows {
					t.Fatalf("seed %d, step %d: after %s, %s knows of a refusal: %v", seed, step, name, v.Account, !knows)
				}
			}
			if t.Failed() {
				t.Fatalf("seed %d, step %d: %s by %s", seed, step, name, by.Account)
			}
		}
		m.sound()
	}
}

// TestAStepIsTakenBackOnlyAsItWasSeen lets a party answer while a coordinator takes
// back that it was asked: its answer stays, though the state is as it was.
func TestAStepIsTakenBackOnlyAsItWasSeen(t *testing.T) {
	m := newMeeting(t)
	m.now = m.now.Add(time.Minute)
	m.propose()
	saw := m.seenBy(coordinator).LastStepAt()
	m.answer(of(m.a), m.a, graph.ACCEPT, "Gladly.")
	m.state(coordinator, graph.PROPOSED)
	if m.seenBy(of(m.b)).LastStepAt() != saw {
		t.Error("a party learns when the other answered")
	}
	m.refuse(coordinator, graph.CONFLICT, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, saw) })
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, m.seenBy(coordinator).LastStepAt()) })
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.TakeBackIntroduction(m.id, saw) })
	m.state(coordinator, graph.SUGGESTED)
}

// TestUndoingAMergerGivesIntroductionsBack merges a party, or both into one, and undoes
// it: whoever it was before is asked again, with what it answered and nobody else.
func TestUndoingAMergerGivesIntroductionsBack(t *testing.T) {
	for try := range 6 { // ids are drawn, so that the order of the parties changes or stays
		m := newMeeting(t)
		m.propose()
		m.answer(of(m.a), m.a, graph.ACCEPT, "For this broker only.")
		twin := m.add(graph.KindOrganization, "Ash, another", nil)
		merged := m.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(twin, m.a) })
		m.state(of(twin), graph.ACCEPTED)
		if try%2 == 0 { // it goes on meanwhile
			m.answer(of(m.b), m.b, graph.DECLINE, "Not with them.")
		}
		m.edit(coordinator, func(tx *graph.Tx) error { return tx.Undo(t.Context(), merged.ID) })
		m.state(of(twin), "")
		i := m.seenBy(coordinator)
		if i == nil || i.Parties != [2]graph.ID{m.a, m.b} || i.Answers[0].Note != "For this broker only." || (i.Answers[1].Note == "Not with them.") != (try%2 == 0) || i.BrokerID != m.broker {
			t.Fatalf("after the undo it is %+v, of %s and %s", i, m.a, m.b)
		}
		m.sound()
	}
	m := newMeeting(t)
	m.propose()
	merged := m.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(m.a, m.b) })
	m.state(coordinator, "")
	m.edit(coordinator, func(tx *graph.Tx) error { return tx.Undo(t.Context(), merged.ID) })
	m.state(coordinator, graph.PROPOSED)
	m.state(of(m.b), graph.PROPOSED)
	// One who introduces them is none when merged into a party, and is one again.
	merged = m.edit(coordinator, func(tx *graph.Tx) error {
		twin, err := tx.Add(graph.KindIndividual, graph.Fields{"name": "Bridge, another", "visibility": "PUBLIC"})
		if err == nil {
			err = tx.Merge(twin, m.broker)
		}
		return err
	})
	m.state(of(m.broker), "")
	m.sound()
}
