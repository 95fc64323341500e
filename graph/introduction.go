package graph

import (
	"cmp"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Introduction is a tie in the making: two parties that somebody thinks should
// know each other, who brings them together, what each answered when asked, and
// what came of it. It is kept as a record. What it says is only what was done,
// with dates; its state follows from that.
//
// Who sees what of it is one rule. Coordinators see all. The broker sees all
// once the parties are asked. A party sees, once asked, its own half: not what
// the other answered or noted, so that either can say no without being seen to,
// and to it the state is that of its half. Nobody sees an introduction of whom
// one party is hidden from them, and a broker who is gone sees it no more.
type Introduction struct {
	ID            ID
	Parties       [2]ID
	BrokerID      ID       // "" when nobody is named, or to who may not see the broker
	GapID         ID       // the gap it is to close, "" if none
	Because       []Ground // the reasons at the time, each only to who sees all it rests on
	SuggestedAt   time.Time
	SuggestedBy   ID // account; only to coordinators
	ProposedAt    time.Time
	Answers       [2]Answer
	MadeAt        time.Time
	DismissedAt   time.Time
	DismissReason string
	OutcomeAt     time.Time
	Result        Outcome
	OutcomeNote   string
	LinkID        ID // the link it led to, "" if none or hidden

	side int // which half the viewer sees: 0 or 1, else bothHalves
	view *View
}

// Ground is one reason for an introduction: a message, as whoever asks puts it
// in text, what part of the whole it is (0 to who is no coordinator), and the
// ids of all that it rests on.
type Ground struct {
	Message string
	Share   float64
	Nodes   []ID
	Links   []ID
}

// Answer is what a party said when asked.
type Answer struct {
	Choice Choice
	Note   string
	At     time.Time
}

// Choice is the word of an answer, "" while there is none.
type Choice string

// The choices of a party.
const (
	ACCEPT  Choice = "ACCEPT"
	DECLINE Choice = "DECLINE"
)

// Outcome is what came of an introduction that was made.
type Outcome string

// The outcomes.
const (
	OutcomeTie     Outcome = "TIE"     // a tie followed
	OutcomeTalking Outcome = "TALKING" // they talk
	OutcomeNothing Outcome = "NOTHING" // nothing came of it
)

// IntroductionState is where an introduction stands.
type IntroductionState string

// The states, in order.
const (
	SUGGESTED IntroductionState = "SUGGESTED" // somebody thought of it; nobody was asked
	PROPOSED  IntroductionState = "PROPOSED"  // the parties were asked, apart
	ACCEPTED  IntroductionState = "ACCEPTED"  // both said yes
	DECLINED  IntroductionState = "DECLINED"  // one said no
	MADE      IntroductionState = "MADE"      // they were introduced
	DISMISSED IntroductionState = "DISMISSED" // it was given up
)

// MarshalGQL writes the word, null for none.
func (v Choice) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Choice) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Outcome) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Outcome) UnmarshalGQL(from any) error { return readWord(v, from) }

const (
	introductionRecord = "introduction"
	bothHalves         = 2
	noHalf             = -1
	maxNote            = 2000
	maxGrounds         = 20
)

// State tells where the introduction stands, to its viewer.
func (i *Introduction) State() IntroductionState {
	declined, accepted := false, true
	for p, a := range i.Answers {
		if i.side == bothHalves || i.side == p {
			declined = declined || a.Choice == DECLINE
			accepted = accepted && a.Choice == ACCEPT
		}
	}
	switch {
	case !i.DismissedAt.IsZero():
		return DISMISSED
	case !i.MadeAt.IsZero():
		return MADE
	case declined:
		return DECLINED
	case i.ProposedAt.IsZero():
		return SUGGESTED
	case accepted:
		return ACCEPTED
	}
	return PROPOSED
}

// Open reports whether the introduction still goes on.
func (i *Introduction) Open() bool {
	s := i.State()
	return s == SUGGESTED || s == PROPOSED || s == ACCEPTED
}

// LastStepAt tells when the last step was taken of those that the viewer sees.
func (i *Introduction) LastStepAt() time.Time {
	return slices.MaxFunc([]time.Time{i.SuggestedAt, i.ProposedAt, i.Answers[0].At, i.Answers[1].At, i.MadeAt, i.DismissedAt, i.OutcomeAt}, time.Time.Compare)
}

// Whole reports whether the viewer sees both halves.
func (i *Introduction) Whole() bool { return i.side == bothHalves }

// PartyNodes returns the two parties.
func (i *Introduction) PartyNodes() []Node {
	return []Node{i.view.Node(i.Parties[0]), i.view.Node(i.Parties[1])}
}

// Broker returns who brings them together, nil when nobody is named.
func (i *Introduction) Broker() Node { return i.view.Node(i.BrokerID) }

// Link returns the link that it led to, nil if there is none.
func (i *Introduction) Link() *Link { return i.view.Link(i.LinkID) }

// fields returns the introduction as it is kept.
func (i *Introduction) fields() Fields {
	f := Fields{"visibility": string(COORDINATORS), "parties": []string{string(i.Parties[0]), string(i.Parties[1])}}
	text := func(name, value string) {
		if value != "" {
			f[name] = value
		}
	}
	when := func(name string, t time.Time) {
		if !t.IsZero() {
			f[name] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	text("broker", string(i.BrokerID))
	text("gap", string(i.GapID))
	text("suggestedBy", string(i.SuggestedBy))
	text("dismissReason", i.DismissReason)
	text("outcome", string(i.Result))
	text("outcomeNote", i.OutcomeNote)
	text("link", string(i.LinkID))
	when("suggestedAt", i.SuggestedAt)
	when("proposedAt", i.ProposedAt)
	when("madeAt", i.MadeAt)
	when("dismissedAt", i.DismissedAt)
	when("outcomeAt", i.OutcomeAt)
	for p, suffix := range [2]string{"First", "Second"} {
		text("answer"+suffix, string(i.Answers[p].Choice))
		text("note"+suffix, i.Answers[p].Note)
		when("answered"+suffix, i.Answers[p].At)
	}
	if len(i.Because) > 0 {
		var messages, nodes, links []string
		var shares []float64
		for _, g := range i.Because {
			messages, shares = append(messages, g.Message), append(shares, g.Share)
			nodes, links = append(nodes, strings.TrimSpace(joinIDs(g.Nodes))), append(links, strings.TrimSpace(joinIDs(g.Links)))
		}
		f["reasons"], f["reasonShares"], f["reasonNodes"], f["reasonLinks"] = messages, shares, nodes, links
	}
	return f
}

// introductionOf reads the introduction that a record keeps, false when it is none.
func introductionOf(r *Record) (*Introduction, bool) {
	parties := r.Fields.list("parties")
	if r.Kind != introductionRecord || len(parties) != 2 {
		return nil, false
	}
	f := r.Fields
	i := &Introduction{ID: r.ID, Parties: [2]ID{ID(parties[0]), ID(parties[1])}, BrokerID: ID(f.text("broker")), GapID: ID(f.text("gap")),
		SuggestedAt: f.when("suggestedAt"), SuggestedBy: ID(f.text("suggestedBy")), ProposedAt: f.when("proposedAt"), MadeAt: f.when("madeAt"),
		DismissedAt: f.when("dismissedAt"), DismissReason: f.text("dismissReason"), OutcomeAt: f.when("outcomeAt"), Result: Outcome(f.text("outcome")),
		OutcomeNote: f.text("outcomeNote"), LinkID: ID(f.text("link")), side: bothHalves}
	for p, suffix := range [2]string{"First", "Second"} {
		i.Answers[p] = Answer{Choice(f.text("answer" + suffix)), f.text("note" + suffix), f.when("answered" + suffix)}
	}
	messages, nodes, links := f.list("reasons"), f.list("reasonNodes"), f.list("reasonLinks")
	shares, _ := f["reasonShares"].([]float64)
	if len(nodes) == len(messages) && len(links) == len(messages) && len(shares) == len(messages) {
		for k := range messages {
			i.Because = append(i.Because, Ground{messages[k], shares[k], splitIDs(nodes[k]), splitIDs(links[k])})
		}
	}
	return i, true
}

func (f Fields) text(name string) string   { s, _ := f[name].(string); return s }
func (f Fields) list(name string) []string { l, _ := f[name].([]string); return l }

func (f Fields) when(name string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, f.text(name)) // what is no time is none
	return t
}

func splitIDs(s string) (out []ID) {
	for id := range strings.FieldsSeq(s) {
		out = append(out, ID(id))
	}
	return out
}

// halfOf is the rule of who sees what of an introduction.
func (v *View) halfOf(i *Introduction) int {
	if v.hides(i.Parties[0]) || v.hides(i.Parties[1]) || v.eyes.surface != SCREEN {
		return noHalf
	}
	own, asked := v.viewer.Organization, !i.ProposedAt.IsZero()
	switch {
	case v.viewer.rank() >= 2:
		return bothHalves
	case own == "" || !asked:
		return noHalf
	case own == i.BrokerID && !v.hides(own):
		return bothHalves
	case own == i.Parties[0]:
		return 0
	case own == i.Parties[1]:
		return 1
	}
	return noHalf
}

// cutIntroduction returns what the viewer may see of an introduction, nil when nothing.
func (v *View) cutIntroduction(r *Record) *Introduction {
	i, ok := introductionOf(r)
	if !ok {
		return nil
	}
	i.view, i.side = v, v.halfOf(i)
	if i.side == noHalf {
		return nil
	}
	if v.hides(i.BrokerID) {
		i.BrokerID = ""
	}
	if i.LinkID != "" && v.Link(i.LinkID) == nil {
		i.LinkID = ""
	}
	if v.viewer.rank() < 2 {
		i.SuggestedBy, i.DismissReason = "", ""
	}
	if i.side != bothHalves {
		i.Answers[1-i.side] = Answer{}
		i.GapID = ""
	}
	v.cutGrounds(i)
	return i
}

// cutGrounds leaves the reasons that the viewer sees all the ground of. Their
// shares are parts of what is left, so that they do not tell of what is not;
// and as the weight of each comes from all that a coordinator saw, those below
// are told neither shares nor an order.
func (v *View) cutGrounds(i *Introduction) {
	i.Because = slices.DeleteFunc(i.Because, func(g Ground) bool {
		return slices.ContainsFunc(g.Nodes, v.hides) || slices.ContainsFunc(g.Links, func(id ID) bool { return v.Link(id) == nil })
	})
	whole := 0.0
	for _, g := range i.Because {
		whole += g.Share
	}
	for k := range i.Because {
		g := &i.Because[k]
		switch {
		case v.viewer.rank() < 2:
			g.Share = 0
		case whole > 0:
			g.Share = math.Round(g.Share/whole*1e9) / 1e9
		}
	}
	if v.viewer.rank() < 2 {
		slices.SortFunc(i.Because, func(a, b Ground) int { return cmp.Compare(a.Message, b.Message) })
	}
}

// Introductions returns the introductions the viewer may see, the newest first,
// each cut to what they may see of it.
func (v *View) Introductions() []*Introduction {
	var out []*Introduction
	for _, r := range v.net.recordsWhere(func(r *Record) bool { return r.Kind == introductionRecord }) {
		if i := v.cutIntroduction(r); i != nil {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *Introduction) int {
		return cmp.Or(b.SuggestedAt.Compare(a.SuggestedAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Introduction returns an introduction cut to what the viewer may see, nil when
// that is nothing.
func (v *View) Introduction(id ID) *Introduction {
	if r, ok := v.net.records.get(id); ok {
		return v.cutIntroduction(r)
	}
	return nil
}

// Refused lists the pairs of whom the viewer may know that one said no.
func (v *View) Refused() (out [][2]ID) {
	for _, i := range v.Introductions() {
		if slices.ContainsFunc(i.Answers[:], func(a Answer) bool { return a.Choice == DECLINE }) {
			out = append(out, i.Parties)
		}
	}
	return out
}

// SuggestIntroduction records that two actors should be introduced, by whom and
// why, and returns its id. It takes a coordinator. One that is under way, or was
// declined, between the same two is CONFLICT.
func (tx *Tx) SuggestIntroduction(a, b, broker, gap ID, because []Ground) (ID, error) {
	if err := tx.by.May(ActVouch); err != nil {
		return "", err
	}
	for _, x := range []struct {
		id    ID
		field string
	}{{a, "a"}, {b, "b"}, {broker, "broker"}} {
		if x.id == "" && x.field == "broker" {
			continue
		}
		n, err := tx.stored(x.id, x.field)
		if err != nil {
			return "", err
		}
		if !NodeInfoOf(n.Core().Kind).Actor {
			return "", invalid(x.field, "an introduction is between organizations, individuals or coalitions, through one of them; this is a node of kind %s", n.Core().Kind)
		}
	}
	switch {
	case a == b:
		return "", invalid("b", "an introduction joins two different parties")
	case broker == a || broker == b:
		return "", invalid("broker", "who introduces the two is a third")
	case len(because) > maxGrounds:
		return "", invalid("because", "%d reasons are given; the most is %d", len(because), maxGrounds)
	}
	parties := [2]ID{min(a, b), max(a, b)}
	seen := tx.see()
	if slices.ContainsFunc(seen.Introductions(), func(i *Introduction) bool { return i.Parties == parties && i.Open() }) {
		return "", Errorf(CONFLICT, "an introduction of these two is under way already").At("b")
	}
	if slices.Contains(seen.Refused(), parties) { // also when it was given up since
		return "", Errorf(CONFLICT, "one of these two declined to be introduced: that stands until they say otherwise").At("b")
	}
	i := &Introduction{ID: tx.NewID(), Parties: parties, BrokerID: broker, GapID: gap, Because: because, SuggestedAt: tx.now, SuggestedBy: tx.by.Account}
	tx.keep(introductionRecord, i.ID, nil, i.fields())
	return i.ID, nil
}

// introduction returns an introduction as it is kept, for one who sees some of
// it, and which half they see.
func (tx *Tx) introduction(id ID) (*Introduction, int, error) {
	r, ok := tx.draft.records.get(id)
	if !ok {
		return nil, noHalf, notFound("id")
	}
	i, ok := introductionOf(r)
	if !ok {
		return nil, noHalf, notFound("id")
	}
	side := tx.see().halfOf(i)
	if side == noHalf {
		return nil, noHalf, notFound("id")
	}
	return i, side, nil
}

// step changes an introduction by a step that who sees both halves may take.
func (tx *Tx) step(id ID, act Act, do func(*Introduction) error) error {
	if err := tx.by.May(act); err != nil {
		return err
	}
	i, side, err := tx.introduction(id)
	if err != nil {
		return err
	}
	if side != bothHalves {
		return Errorf(FORBIDDEN, "this is for the broker and for coordinators")
	}
	before := i.fields()
	if err := do(i); err != nil {
		return err
	}
	tx.keep(introductionRecord, id, before, i.fields())
	return nil
}

func wrongStep(i *Introduction, what string) error {
	return Errorf(CONFLICT, "this introduction is %s: %s", strings.ToLower(string(i.State())), what).At("id")
}

// ProposeIntroduction records that both parties were asked, each apart. From
// now on they and the broker see it. It takes a coordinator.
func (tx *Tx) ProposeIntroduction(id ID) error {
	return tx.step(id, ActVouch, func(i *Introduction) error {
		switch {
		case !i.Open():
			return wrongStep(i, "it cannot be proposed any more")
		case i.ProposedAt.IsZero():
			i.ProposedAt = tx.now
		}
		return nil
	})
}

// AnswerIntroduction records what a party answered: the party itself, or a
// coordinator whom it told. An answer may be changed until they are introduced.
func (tx *Tx) AnswerIntroduction(id, party ID, choice Choice, note string) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	i, side, err := tx.introduction(id)
	if err != nil {
		return err
	}
	p := slices.Index(i.Parties[:], party)
	switch {
	case p < 0:
		return invalid("party", "this is not a party to the introduction")
	case side != p && tx.by.rank() < 2:
		return Errorf(FORBIDDEN, "each party answers for itself")
	case choice != ACCEPT && choice != DECLINE:
		return invalid("choice", "an answer is ACCEPT or DECLINE")
	}
	if err := checkNote("note", note); err != nil {
		return err
	}
	i.side = side // what is said of its state is said of the half that is seen
	if i.ProposedAt.IsZero() || !i.MadeAt.IsZero() || !i.DismissedAt.IsZero() {
		return wrongStep(i, "answers are taken once it is proposed and until it is made or given up")
	}
	if a := i.Answers[p]; a.Choice == choice && a.Note == note {
		return nil
	}
	before := i.fields()
	i.Answers[p] = Answer{choice, note, tx.now}
	tx.keep(introductionRecord, id, before, i.fields())
	return nil
}

// MakeIntroduction records that the two were introduced. Both must have
// accepted. It takes the broker or a coordinator.
func (tx *Tx) MakeIntroduction(id ID) error {
	return tx.step(id, ActAdd, func(i *Introduction) error {
		switch i.State() {
		case ACCEPTED:
			i.MadeAt = tx.now
		case MADE:
		default:
			return wrongStep(i, "both parties are to accept first")
		}
		return nil
	})
}

// CloseIntroduction records what came of an introduction that was made, and the
// link it led to, "" for none. It takes the broker or a coordinator, and may be
// said anew.
func (tx *Tx) CloseIntroduction(id ID, result Outcome, link ID, note string) error {
	return tx.step(id, ActAdd, func(i *Introduction) error {
		if i.State() != MADE {
			return wrongStep(i, "it has no outcome before it is made")
		}
		if result != OutcomeTie && result != OutcomeTalking && result != OutcomeNothing {
			return invalid("outcome", "an outcome is TIE, TALKING or NOTHING")
		}
		if err := checkNote("note", note); err != nil {
			return err
		}
		if link != "" {
			l, err := tx.storedLink(link, "link")
			if err != nil {
				return err
			}
			if ends := [2]ID{min(l.From, l.To), max(l.From, l.To)}; ends != i.Parties {
				return invalid("link", "the link does not join the two parties")
			}
		}
		if link == "" && tx.see().Link(i.LinkID) == nil {
			link = i.LinkID // who cannot see the link neither takes it away nor notices it
		}
		if i.Result != result || i.OutcomeNote != note { // the date must not tell of a link that may be hidden
			i.OutcomeAt = tx.now
		}
		i.Result, i.LinkID, i.OutcomeNote = result, link, note
		return nil
	})
}

// DismissIntroduction gives an introduction up that was not made, with a
// reason. It takes a coordinator.
func (tx *Tx) DismissIntroduction(id ID, reason string) error {
	return tx.step(id, ActVouch, func(i *Introduction) error {
		if err := checkNote("reason", reason); err != nil {
			return err
		}
		switch {
		case !i.MadeAt.IsZero():
			return wrongStep(i, "say its outcome instead")
		case i.DismissedAt.IsZero():
			i.DismissedAt, i.DismissReason = tx.now, reason
		}
		return nil
	})
}

// TakeBackIntroduction takes the last step of an introduction back: its outcome,
// that it was made or given up, the answers, that it was proposed. One that was
// only suggested is removed. It takes a coordinator, since a change of a record
// is taken back where it was made and not by Undo. expected is when the last step
// was taken that the author saw, zero for whatever: when there was another since, the
// error is CONFLICT.
func (tx *Tx) TakeBackIntroduction(id ID, expected time.Time) error {
	if err := tx.by.May(ActVouch); err != nil {
		return err
	}
	i, _, err := tx.introduction(id)
	if err != nil {
		return err
	}
	if !expected.IsZero() && !expected.Equal(i.LastStepAt()) {
		return Errorf(CONFLICT, "it went on since you read it. Read it again and decide anew").At("expectedLastStep")
	}
	before := i.fields()
	last := max(i.Answers[0].At.UnixNano(), i.Answers[1].At.UnixNano())
	switch answered := func(p int) bool { return i.Answers[p].Choice != "" }; {
	case !i.OutcomeAt.IsZero():
		i.OutcomeAt, i.Result, i.LinkID, i.OutcomeNote = time.Time{}, "", "", ""
	case !i.DismissedAt.IsZero():
		i.DismissedAt, i.DismissReason = time.Time{}, ""
	case !i.MadeAt.IsZero():
		i.MadeAt = time.Time{}
	case answered(0) || answered(1):
		for p := range i.Answers {
			if answered(p) && i.Answers[p].At.UnixNano() == last {
				i.Answers[p] = Answer{}
			}
		}
	case !i.ProposedAt.IsZero():
		i.ProposedAt = time.Time{}
	default:
		tx.forget(introductionRecord, id, before)
		return nil
	}
	tx.keep(introductionRecord, id, before, i.fields())
	return nil
}

// checkNote holds the notes and reasons of records to what other texts are held to.
func checkNote(field, note string) error {
	if len(note) > maxNote {
		return invalid(field, "%s is %d bytes long; the most is %d", field, len(note), maxNote)
	}
	return checkText(&Field{Name: field}, note)
}

// keep writes a record whose own rule says who may see and change it; before is
// nil for a new one. What changes nothing logs nothing.
func (tx *Tx) keep(kind string, id ID, before, after Fields) {
	op := Op{Verb: ADD, Class: RECORD, ID: id, Kind: kind, After: after}
	if before != nil {
		if before.Equal(after) {
			return
		}
		op.Verb = CHANGE
		op.Before, op.After = differing(before, after, noField)
	}
	r := &Record{id, kind, after}
	row := r.row()
	op.Row = &row
	tx.draft.putRecord(r)
	tx.log(op)
}

// forget removes a record.
func (tx *Tx) forget(kind string, id ID, before Fields) {
	tx.log(Op{Verb: REMOVE, Class: RECORD, ID: id, Kind: kind, Before: before})
	tx.draft.dropRecord(id)
}

// eraseRecords erases the introductions and dismissals that name a node or
// link which is being erased, with all that the log has of them.
func (tx *Tx) eraseRecords(id ID) {
	for _, r := range tx.draft.recordsWhere(func(r *Record) bool {
		return (r.Kind == introductionRecord || r.Kind == dismissalRecord) && r.names(id)
	}) {
		tx.erase[r.ID] = true
		tx.log(Op{Verb: ERASE, Class: RECORD, ID: r.ID, Kind: r.Kind, Before: r.Fields})
		tx.draft.dropRecord(r.ID)
	}
}

// names reports whether any field of the record holds the id.
func (r *Record) names(id ID) bool {
	for _, v := range r.Fields {
		switch v := v.(type) {
		case string:
			if v == string(id) {
				return true
			}
		case []string:
			if slices.ContainsFunc(v, func(s string) bool { return strings.Contains(s, string(id)) }) {
				return true
			}
		}
	}
	return false
}

// moveRecords makes introductions name into where they named from, when the two
// are merged, and links by the ids that these got. One between the two goes, since
// they are one.
func (tx *Tx) moveRecords(into, from ID, links map[ID]ID) {
	for _, r := range tx.draft.recordsWhere(func(r *Record) bool { return r.Kind == introductionRecord }) {
		i, ok := introductionOf(r)
		if !ok {
			continue
		}
		for p := range i.Parties {
			if i.Parties[p] == from {
				i.Parties[p] = into
			}
		}
		if i.Parties[0] == i.Parties[1] {
			tx.forget(introductionRecord, r.ID, r.Fields)
			continue
		}
		if i.Parties[0] > i.Parties[1] {
			i.Parties[0], i.Parties[1] = i.Parties[1], i.Parties[0]
			i.Answers[0], i.Answers[1] = i.Answers[1], i.Answers[0]
		}
		if i.BrokerID == from {
			i.BrokerID = into
		}
		if slices.Contains(i.Parties[:], i.BrokerID) {
			i.BrokerID = ""
		}
		i.LinkID = cmp.Or(links[i.LinkID], i.LinkID)
		for k := range i.Because {
			for n, id := range i.Because[k].Nodes {
				if id == from {
					i.Because[k].Nodes[n] = into
				}
			}
			for n, id := range i.Because[k].Links {
				i.Because[k].Links[n] = cmp.Or(links[id], id)
			}
		}
		tx.keep(introductionRecord, r.ID, r.Fields, i.fields())
	}
}

// moveBack takes back what a merger did to an introduction, as far as it is still as
// the merger left it. What a party answered since stays that party's.
func (tx *Tx) moveBack(o *Op) {
	r, there := tx.draft.records.get(o.ID)
	switch {
	case !there && o.After == nil && !o.Erased: // it was of the two that became one
		tx.keep(o.Kind, o.ID, nil, o.Before)
		return
	case !there || o.After == nil:
		return
	}
	before := maps.Clone(r.Fields)
	for k := range o.After {
		delete(before, k)
	}
	maps.Copy(before, o.Before)
	i, ok := introductionOf(r)
	was, ok2 := introductionOf(&Record{r.ID, r.Kind, before})
	if left := o.After.list("parties"); !ok || !ok2 || left != nil && !slices.Equal(left, r.Fields.list("parties")) {
		return
	}
	if i.Parties[0] == was.Parties[1] || i.Parties[1] == was.Parties[0] {
		i.Answers[0], i.Answers[1] = i.Answers[1], i.Answers[0]
	}
	i.Parties, i.Because = was.Parties, was.Because
	if i.BrokerID == ID(o.After.text("broker")) {
		i.BrokerID = was.BrokerID
	}
	if i.LinkID == ID(o.After.text("link")) {
		i.LinkID = was.LinkID
	}
	tx.keep(introductionRecord, r.ID, r.Fields, i.fields())
}
