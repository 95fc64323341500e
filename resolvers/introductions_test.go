package resolvers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"weft/graph"
	"weft/graph/analysis"
	"weft/graph/exchange"
)

const introductionFields = `{ id state whole parties { id name } broker { id name } gap reasons { message ` + messageFields + ` share nodes { id } links { id } }
	answers { party { name } choice note at } suggestedAt suggestedBy proposedAt madeAt dismissedAt dismissReason outcome outcomeNote outcomeAt lastStepAt link { id } }`

// askOf asks as the account of an organization: accounts come later, what they
// see is decided already.
func (a *api) askOf(organization graph.ID, query string, v vars) *answer {
	a.t.Helper()
	p := persona{"member", graph.Viewer{Account: "of " + organization, Level: graph.LevelMember, Organization: organization}}
	next, ctx := a.startIn(context.WithValue(a.t.Context(), personaKey{}, p), query, v)
	return a.read(next(ctx))
}

// introduce runs a mutation as a coordinator.
func (a *api) introduce(mutation, inputType string, input vars) *answer {
	a.t.Helper()
	return a.ask("coordinator", `mutation($input: `+inputType+`!) { edit: `+mutation+`(input: $input) { change clientMutationId introduction `+introductionFields+` } }`, vars{"input": input})
}

func (a *api) tie(one, other string) (id string) {
	a.t.Helper()
	for _, g := range a.ask("coordinator", `query($a: ID!) { gaps(kinds: [MISSING_TIE], scope: {organization: $a}, first: 100) { nodes { id nodes { id } } } }`, vars{"a": a.id(one)}).ok().at("gaps.nodes").([]any) {
		for _, n := range g.(map[string]any)["nodes"].([]any) {
			if n.(map[string]any)["id"] == string(a.id(other)) {
				return g.(map[string]any)["id"].(string)
			}
		}
	}
	return ""
}

func TestAnIntroductionClosesAGap(t *testing.T) {
	a := demoAPI(t)
	legal, olive := a.id("org-lantern-legal"), a.id("org-olive-threshold")
	gap := a.tie("org-lantern-legal", "org-olive-threshold")
	if gap == "" {
		t.Fatal("the demo has no such gap any more")
	}
	in := vars{"gap": gap, "clientMutationId": "s1"}
	r := a.introduce("suggestIntroduction", "SuggestIntroductionInput", in).ok()
	r.is("edit.introduction.state", `"SUGGESTED"`).is("edit.introduction.gap", fmt.Sprintf("%q", gap)).is("edit.clientMutationId", `"s1"`)
	r.is("edit.introduction.broker.id", fmt.Sprintf("%q", a.id("ind-salma-lumari"))) // the best broker, as README.md says
	if n := len(r.at("edit.introduction.reasons").([]any)); n < 3 {
		t.Errorf("it keeps %d reasons", n)
	}
	if text := r.at("edit.introduction.reasons.0.message.english").(string); len(text) < 20 || text != a.ask("coordinator", `query($id: ID!) { gap(id: $id) { reasons { message { english } } } }`, vars{"id": gap}).ok().at("gap.reasons.0.message.english") {
		t.Errorf("its first reason says %q", text)
	}
	id := r.at("edit.introduction.id")
	a.introduce("suggestIntroduction", "SuggestIntroductionInput", in).ok().is("edit.introduction.id", fmt.Sprintf("%q", id)).is("edit.change", fmt.Sprintf("%q", r.at("edit.change")))
	a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gap}).refused(graph.CONFLICT, "b")
	a.ask("coordinator", `query($id: ID!) { gap(id: $id) { introduction { id state } } }`, vars{"id": gap}).ok().is("gap.introduction", fmt.Sprintf(`{"id":%q,"state":"SUGGESTED"}`, id))

	step := func(mutation string, want graph.IntroductionState) *answer {
		t.Helper()
		return a.introduce(mutation, "IntroductionInput", vars{"id": id}).ok().is("edit.introduction.state", fmt.Sprintf("%q", want))
	}
	step("proposeIntroduction", graph.PROPOSED)
	answered := a.askOf(legal, `mutation($in: AnswerIntroductionInput!) { answerIntroduction(input: $in) { introduction `+introductionFields+` } }`,
		vars{"in": vars{"id": id, "party": legal, "choice": "ACCEPT", "note": "Gladly."}}).ok()
	answered.is("answerIntroduction.introduction.state", `"ACCEPTED"`).is("answerIntroduction.introduction.whole", `false`)
	a.introduce("makeIntroduction", "IntroductionInput", vars{"id": id}).refused(graph.CONFLICT, "id")
	a.introduce("answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": olive, "choice": "ACCEPT"}).ok().is("edit.introduction.state", `"ACCEPTED"`)
	step("makeIntroduction", graph.MADE)
	const years = `{ introductionYears { year suggested proposed accepted declined dismissed made followed holding lasted gapsClosed } }`
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": gap, "reason": "Not now."}).ok() // which closes nothing
	a.ask("coordinator", years, nil).ok().is("introductionYears", `[{"accepted":1,"declined":0,"dismissed":0,"followed":0,"gapsClosed":0,"holding":0,"lasted":0,"made":1,"proposed":1,"suggested":1,"year":2026}]`)
	a.do("coordinator", "reopenGap", "ReopenGapInput", vars{"gap": gap}).ok()
	link := a.do("coordinator", "connect", "ConnectInput", vars{"kind": "IN_DIALOGUE_WITH", "from": legal, "to": olive, "fields": vars{"since": "2026-11-24", "visibility": "PUBLIC"}}).ok().at("connect.link.id")
	a.introduce("closeIntroduction", "CloseIntroductionInput", vars{"id": id, "outcome": "TIE", "link": link, "note": "They met."}).ok().
		is("edit.introduction.outcome", `"TIE"`).is("edit.introduction.link.id", fmt.Sprintf("%q", link)).is("edit.introduction.outcomeNote", `"They met."`)
	if a.tie("org-lantern-legal", "org-olive-threshold") != "" {
		t.Error("the gap is still there")
	}
	a.ask("coordinator", years, nil).ok().is("introductionYears", `[{"accepted":1,"declined":0,"dismissed":0,"followed":1,"gapsClosed":1,"holding":1,"lasted":0,"made":1,"proposed":1,"suggested":1,"year":2026}]`)
	a.ask("member", years, nil).refused(graph.FORBIDDEN, "")
	a.introduce("takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": id, "expectedLastStep": "2026-11-24T11:59:59Z"}).refused(graph.CONFLICT, "expectedLastStep")
	last := a.ask("coordinator", `{ introductions { nodes { lastStepAt } } }`, nil).ok().at("introductions.nodes.0.lastStepAt")
	a.introduce("takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": id, "expectedLastStep": last}).ok().is("edit.introduction.state", `"MADE"`).is("edit.introduction.link", `null`)
	a.introduce("dismissIntroduction", "DismissIntroductionInput", vars{"id": id, "reason": "x"}).refused(graph.CONFLICT, "id")
}

func TestIntroductionsShowEachItsHalf(t *testing.T) {
	a := demoAPI(t)
	legal, olive, broker := a.id("org-lantern-legal"), a.id("org-olive-threshold"), a.id("org-river-dawn")
	id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": legal, "b": olive, "broker": broker}).ok().is("edit.introduction.broker.id", fmt.Sprintf("%q", broker)).at("edit.introduction.id")
	const one = `query($id: ID!) { introduction(id: $id) ` + introductionFields + ` introductions { nodes { id } totalCount } }`
	see := func(r *answer, there bool) *answer {
		t.Helper()
		r.ok()
		if (r.at("introduction") != nil) != there || r.at("introductions.totalCount") != map[bool]float64{true: 1}[there] {
			t.Errorf("it is there: %v, want %v", r.raw, there)
		}
		return r
	}
	for _, organization := range []graph.ID{legal, olive, broker} {
		see(a.askOf(organization, one, vars{"id": id}), false)
	}
	a.introduce("proposeIntroduction", "IntroductionInput", vars{"id": id}).ok()
	for _, seeAs := range []string{"visitor", "member"} {
		see(a.ask(seeAs, one, vars{"id": id}), false)
	}
	waiting := see(a.askOf(legal, one, vars{"id": id}), true).raw
	a.askOf(olive, `mutation($in: AnswerIntroductionInput!) { answerIntroduction(input: $in) { introduction { state } } }`, vars{"in": vars{"id": id, "party": olive, "choice": "DECLINE", "note": "Not with them."}}).
		ok().is("answerIntroduction.introduction.state", `"DECLINED"`)
	if now := see(a.askOf(legal, one, vars{"id": id}), true).raw; now != waiting {
		t.Errorf("that the other declined changed what a party sees:\n%s\n%s", waiting, now)
	}
	see(a.askOf(broker, one, vars{"id": id}), true).is("introduction.state", `"DECLINED"`).is("introduction.answers.0.note", `"Not with them."`).is("introduction.suggestedBy", `null`)
	see(a.ask("coordinator", one, vars{"id": id}), true).is("introduction.suggestedBy", `"local"`)

	// The refusal is a hard rule for those who may know, and for nobody else.
	const tie = `query($of: ID!) { allies(of: $of, first: 50) { nodes { node { id } } } }`
	suggested := func(r *answer) bool {
		r.ok()
		for _, n := range r.at("allies.nodes").([]any) {
			if n.(map[string]any)["node"].(map[string]any)["id"] == string(olive) {
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		who  string
		got  bool
		want bool
	}{
		{"a coordinator", suggested(a.ask("coordinator", tie, vars{"of": legal})), false},
		{"the broker", suggested(a.askOf(broker, tie, vars{"of": legal})), false},
		{"who declined", suggested(a.askOf(olive, tie, vars{"of": legal})), false},
		{"the other party", suggested(a.askOf(legal, tie, vars{"of": legal})), true},
		{"a member", suggested(a.ask("member", tie, vars{"of": legal})), true},
		{"a visitor", suggested(a.ask("visitor", tie, vars{"of": legal})), true},
	} {
		if c.got != c.want {
			t.Errorf("to %s the two are suggested: %v, want %v", c.who, c.got, c.want)
		}
	}
	if a.tie("org-lantern-legal", "org-olive-threshold") != "" {
		t.Error("coordinators are told of the gap though one declined")
	}
	a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": legal, "b": olive}).refused(graph.CONFLICT, "b")
	a.ask("coordinator", `query($of: ID!, $no: ID!) { introductions(states: [DECLINED], of: $of) { totalCount } made: introductions(states: [MADE]) { totalCount } no: introductions(of: $no) { totalCount } }`,
		vars{"of": broker, "no": a.id("org-cistern-road")}).ok().is("introductions.totalCount", `1`).is("made.totalCount", `0`).is("no.totalCount", `0`)
}

func TestIntroductionsAreCheckedBeforeTheyBegin(t *testing.T) {
	a := demoAPI(t)
	suggest := func(in vars) *answer { return a.introduce("suggestIntroduction", "SuggestIntroductionInput", in) }
	suggest(vars{}).refused(graph.INVALID, "a")
	suggest(vars{"a": a.id("org-river-dawn")}).refused(graph.INVALID, "a")
	suggest(vars{"gap": graph.NewID()}).refused(graph.NOT_FOUND, "gap")
	suggest(vars{"a": graph.NewID(), "b": a.id("org-river-dawn")}).refused(graph.NOT_FOUND, "a")
	suggest(vars{"a": a.id("issue-birth-registration"), "b": a.id("org-river-dawn")}).refused(graph.INVALID, "a")
	gaps := a.ask("coordinator", `{ issues: gaps(kinds: [UNCOVERED_ISSUE], first: 1) { nodes { id } } members: gaps(kinds: [MISSING_MEMBER], first: 1) { nodes { id nodes { name } } } }`, nil).ok()
	suggest(vars{"gap": gaps.at("issues.nodes.0.id")}).refused(graph.INVALID, "a") // a gap of one node says not who
	member := gaps.at("members.nodes.0.id")                                        // a coalition may be a party
	suggest(vars{"gap": member, "broker": a.id("org-river-dawn"), "noBroker": true}).refused(graph.INVALID, "noBroker")
	takeBack := func(made *answer) {
		t.Helper()
		a.introduce("takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": made.at("edit.introduction.id")}).ok().is("edit.introduction", `null`)
	}
	takeBack(suggest(vars{"gap": member, "noBroker": true}).ok().is("edit.introduction.broker", `null`))
	brokered := suggest(vars{"gap": member}).ok() // through the member best tied to who is invited
	a.ask("coordinator", `query($id: ID!) { gap(id: $id) { nextStep { who { id } } } }`, vars{"id": member}).ok().is("gap.nextStep.who.0.id", fmt.Sprintf("%q", brokered.at("edit.introduction.broker.id")))
	takeBack(brokered)
	// Two of whom nothing is known may be introduced all the same.
	suggest(vars{"a": a.id("ind-salma-lumari"), "b": a.id("org-optikon")}).ok().is("edit.introduction.gap", `null`).is("edit.introduction.reasons", `[]`)
	a.ask("coordinator", `mutation($id: ID!) { undo(input: {change: $id}) { change } }`, vars{"id": brokered.at("edit.change")}).refused(graph.NOT_FOUND, "change")
}

// TestWhatOthersDoIsNotNoticed takes an introduction through its life and lets
// everybody look, before and after each step, at all that could tell of it: gaps,
// allies, the list of introductions, dismissals, their own gap by its id, and a day of last year.
func TestWhatOthersDoIsNotNoticed(t *testing.T) {
	a := demoAPI(t)
	legal, olive, broker := a.id("org-lantern-legal"), a.id("org-olive-threshold"), a.id("org-river-dawn")
	gap := a.tie("org-lantern-legal", "org-olive-threshold")
	const look = `query($of: ID!, $to: ID!, $gap: ID!) { gaps(scope: {organization: $of}, first: 50) { nodes { id score likelihood value introduction { id state } } totalCount limited }
		then: gaps(asOf: "2025-10", scope: {organization: $of}, kinds: [MISSING_TIE], first: 50) { nodes { id score } totalCount }
		ready: gaps(list: READY, first: 50) { nodes { id score } totalCount } allies(of: $of, first: 50) { nodes { node { id } score likelihood } totalCount }
		other: allies(of: $to, first: 50) { nodes { node { id } score } } gap(id: $gap) { id score introduction { id state answers { choice note } } }
		introductions { nodes ` + introductionFields + ` totalCount } dismissals { nodes { id } totalCount } }`
	as := func(organization graph.ID) string { return "organization:" + string(organization) }
	everybody := map[string]string{"legal": as(legal), "olive": as(olive), "broker": as(broker), "outsider": as(a.id("org-cistern-road")), "member": "member", "visitor": "visitor"}
	seen := map[string]string{}
	for name, seeAs := range everybody {
		seen[name] = a.ask(seeAs, look, vars{"of": legal, "to": olive, "gap": gap}).ok().raw
	}
	// step wants that those named, and nobody else but coordinators, notice a step.
	step := func(what string, noticed ...string) {
		t.Helper()
		for name, seeAs := range everybody {
			is := a.ask(seeAs, look, vars{"of": legal, "to": olive, "gap": gap}).ok().raw
			if (is != seen[name]) != slices.Contains(noticed, name) {
				t.Errorf("%s: %s noticed it: %v\n%s", what, name, is != seen[name], firstDifference(seen[name], is))
			}
			seen[name] = is
		}
	}
	answer := func(seeAs string, party graph.ID, choice string) {
		t.Helper()
		a.ask(seeAs, `mutation($in: AnswerIntroductionInput!) { answerIntroduction(input: $in) { change } }`,
			vars{"in": vars{"id": a.ask("coordinator", `{ introductions(first: 1) { nodes { id } } }`, nil).ok().at("introductions.nodes.0.id"), "party": party, "choice": choice, "note": "In confidence."}}).ok()
	}
	id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gap, "broker": broker}).ok().at("edit.introduction.id")
	step("suggested")
	a.introduce("proposeIntroduction", "IntroductionInput", vars{"id": id}).ok()
	step("proposed", "legal", "olive", "broker")
	answer(as(olive), olive, "DECLINE")
	step("one declined", "olive", "broker")
	answer(as(legal), legal, "ACCEPT")
	step("the other accepted", "legal", "broker")
	a.introduce("makeIntroduction", "IntroductionInput", vars{"id": id}).refused(graph.CONFLICT, "id")
	answer("coordinator", olive, "ACCEPT") // thought again, and said so by telephone
	step("the first thought again", "olive", "broker")
	a.introduce("makeIntroduction", "IntroductionInput", vars{"id": id}).ok()
	step("made", "legal", "olive", "broker")
	a.introduce("closeIntroduction", "CloseIntroductionInput", vars{"id": id, "outcome": "TALKING"}).ok()
	step("they talk", "legal", "olive", "broker")
	for range 5 { // the outcome, that it was made, the answers, which are of one instant, that it was proposed, all
		a.introduce("takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": id}).ok()
	}
	step("taken back", "legal", "olive", "broker")
	a.ask("coordinator", look, vars{"of": legal, "to": olive, "gap": gap}).ok().is("introductions.totalCount", `0`).is("gap.introduction", `null`)
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": gap, "reason": "They know each other."}).ok()
	step("dismissed by coordinators")
}

// TestASuggestionIsForItsOwnTwo wants no introduction of two for the reasons of two others.
func TestASuggestionIsForItsOwnTwo(t *testing.T) {
	a := demoAPI(t)
	suggest := func(in vars) *answer { return a.introduce("suggestIntroduction", "SuggestIntroductionInput", in) }
	tie := a.tie("org-lantern-legal", "org-olive-threshold")
	suggest(vars{"gap": tie, "a": a.id("org-cistern-road"), "b": a.id("org-river-dawn")}).refused(graph.INVALID, "gap")
	suggest(vars{"gap": tie, "a": a.id("org-olive-threshold"), "b": a.id("org-lantern-legal")}).ok()
	// A gap that is not of two may be closed by introducing any two.
	silo := a.ask("coordinator", `{ gaps(kinds: [SILO], first: 1) { nodes { id } } }`, nil).ok().at("gaps.nodes.0.id")
	suggest(vars{"gap": silo, "a": a.id("org-cistern-road"), "b": a.id("org-optikon"), "noBroker": true}).ok()
}

// TestTwoAreIntroducedForWhatSpeaksForThem names the two of each listed gap in either order, and
// nobody's gap: what speaks for a tie is the same from both sides.
func TestTwoAreIntroducedForWhatSpeaksForThem(t *testing.T) {
	a := demoAPI(t)
	gaps := a.ask("coordinator", `{ gaps(kinds: [MISSING_TIE, MISSING_MEMBER], first: 40) { nodes { id nodes { id } } } }`, nil).ok().at("gaps.nodes").([]any)
	if len(gaps) < 20 {
		t.Fatalf("%d gaps", len(gaps))
	}
	for n, g := range gaps {
		g := g.(map[string]any)
		nodes := g["nodes"].([]any)
		one, other := nodes[n%2].(map[string]any)["id"], nodes[1-n%2].(map[string]any)["id"]
		r := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": one, "b": other}).ok()
		if r.is("edit.introduction.gap", fmt.Sprintf("%q", g["id"])); len(r.at("edit.introduction.reasons").([]any)) == 0 {
			t.Errorf("nothing speaks for introducing %s and %s", one, other)
		}
	}
	r := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": a.id("org-cistern-road"), "b": a.id("ind-salma-lumari")}).ok()
	r.is("edit.introduction.gap", `null`).is("edit.introduction.reasons", `[]`)
}

// TestMergingAPartyRenamesItsGap merges a party into another: the gap is of those that are left.
func TestMergingAPartyRenamesItsGap(t *testing.T) {
	a := demoAPI(t)
	legal, olive, stays := a.id("org-lantern-legal"), a.id("org-olive-threshold"), a.id("org-cistern-road")
	id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": legal, "b": olive}).ok().at("edit.introduction.id")
	a.do("coordinator", "merge", "MergeInput", vars{"into": stays, "from": olive}).ok()
	a.ask("coordinator", `query($id: ID!) { introduction(id: $id) { gap } }`, vars{"id": id}).ok().is("introduction.gap", fmt.Sprintf("%q", analysis.SuggestionID(analysis.MISSING_TIE, stays, legal)))
}

// TestTiesThatFollowedAreCounted lets two introductions go by: a tie that holds
// for a year, and one that ends at once. A tie from before does not count.
func TestTiesThatFollowedAreCounted(t *testing.T) {
	now := theDay()
	a := emptyAPI(t, now)
	a.write(func(tx *graph.Tx) error {
		for _, name := range []string{"Ash", "Birch", "Cedar", "Dogwood"} {
			id, err := tx.Add(graph.KindOrganization, graph.Fields{"name": name, "visibility": "PUBLIC"})
			if err != nil {
				return err
			}
			a.ids[name] = id
		}
		_, _, err := tx.Connect(graph.FUNDS, a.ids["Ash"], a.ids["Dogwood"], graph.Fields{"since": "2020"})
		return err
	})
	introduce := func(one, other string) any {
		id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": a.id(one), "b": a.id(other)}).ok().at("edit.introduction.id")
		a.introduce("proposeIntroduction", "IntroductionInput", vars{"id": id}).ok()
		for _, party := range []string{one, other} {
			a.introduce("answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": a.id(party), "choice": "ACCEPT"}).ok()
		}
		a.introduce("makeIntroduction", "IntroductionInput", vars{"id": id}).ok()
		return id
	}
	introduce("Ash", "Birch")
	introduce("Ash", "Cedar")
	introduce("Ash", "Dogwood")
	tie := func(one, other string, f vars) {
		f["visibility"] = "PUBLIC"
		a.do("coordinator", "connect", "ConnectInput", vars{"kind": "ALLIED_WITH", "from": a.id(one), "to": a.id(other), "fields": f}).ok()
	}
	tie("Birch", "Ash", vars{"since": "2026-12"})
	tie("Ash", "Cedar", vars{"since": "2026-12-01", "until": "2027-02-01"})
	const years = `{ introductionYears { year made followed holding lasted } }`
	a.ask("coordinator", years, nil).ok().is("introductionYears", `[{"followed":0,"holding":0,"lasted":0,"made":3,"year":2026}]`) // these ties are yet to begin
	*now = now.AddDate(0, 1, 15)
	a.ask("coordinator", years, nil).ok().is("introductionYears", `[{"followed":2,"holding":2,"lasted":0,"made":3,"year":2026}]`)
	*now = now.AddDate(1, 0, 0)
	a.ask("coordinator", years, nil).ok().is("introductionYears", `[{"followed":2,"holding":1,"lasted":1,"made":3,"year":2026}]`)
}

// TestArchivesHoldIntroductions restores an archive elsewhere and asks again.
func TestArchivesHoldIntroductions(t *testing.T) {
	a := demoAPI(t)
	gap := a.tie("org-lantern-legal", "org-olive-threshold")
	id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gap}).ok().at("edit.introduction.id")
	a.introduce("proposeIntroduction", "IntroductionInput", vars{"id": id}).ok()
	a.introduce("answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": a.id("org-lantern-legal"), "choice": "DECLINE", "note": "No.\nNot now."}).ok()
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": a.gapIDs("coordinator")[0], "reason": "=1+1"}).ok()
	var file bytes.Buffer
	if err := exchange.WriteArchive(t.Context(), a.directory, &file, nil); err != nil {
		t.Fatal(err)
	}
	archive, err := exchange.ReadArchive(t.Context(), bytes.NewReader(file.Bytes()), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := emptyAPI(t, theDay())
	if _, err := archive.Restore(t.Context(), b.directory, keeper, nil); err != nil {
		t.Fatal(err)
	}
	const all = `{ introductions { nodes ` + introductionFields + ` } dismissals { nodes { id gap title { english } reason at } } gaps(first: 50) { nodes { id score } totalCount } }`
	if x, y := a.ask("coordinator", all, nil).ok().raw, b.ask("coordinator", all, nil).ok().raw; x != y {
		t.Errorf("restored it is another:\n%s", firstDifference(x, y))
	}
}
