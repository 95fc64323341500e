package resolvers

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"weft/graph"
)

const payload = `{ change node { id name version } link { id kind version state } removedLinks warnings { code text link } clientMutationId }`

// do runs one mutation with an input.
func (a *api) do(seeAs, mutation, inputType string, input vars) *answer {
	a.t.Helper()
	return a.ask(seeAs, `mutation($input: `+inputType+`!) { `+mutation+`(input: $input) `+payload+` }`, vars{"input": input})
}

func TestAddAndChangeNodes(t *testing.T) {
	a := newAPI(t)
	r := a.do("member", "addNode", "AddNodeInput", vars{"kind": "Organization", "clientMutationId": "k1", "fields": vars{
		"name": "Lemon Cooperative", "otherNames": []string{"Lemon"}, "translations": []vars{{"language": "ar", "name": "ليمون"}}, "latitude": 48.5, "longitude": 2, "visibility": "PUBLIC",
		"organization": vars{"classification": "COMPANY", "founded": "2011-05", "capacitiesOffered": []string{"FUNDING"}, "openToCollaboration": true,
			"contactPoints": []vars{{"kind": "EMAIL", "value": "a@lemon.example", "visibility": "MEMBERS"}, {"kind": "PHONE", "value": "1", "note": "mornings"}}}}}).ok()
	r.is("addNode.clientMutationId", `"k1"`).is("addNode.node.version", `1`).is("addNode.warnings", `[]`)
	id := r.at("addNode.node.id")
	const q = `query($id: ID!) { node(id: $id) { version name otherNames translations { language name } latitude ... on Organization { classification founded capacitiesOffered openToCollaboration contactPoints { kind value note visibility } } } }`
	r = a.ask("", q, vars{"id": id}).ok()
	r.is("node", `{"capacitiesOffered":["FUNDING"],"classification":"COMPANY","contactPoints":[{"kind":"EMAIL","note":"","value":"a@lemon.example","visibility":"MEMBERS"},{"kind":"PHONE","note":"mornings","value":"1","visibility":"COORDINATORS"}],`+
		`"founded":"2011-05","latitude":48.5,"name":"Lemon Cooperative","openToCollaboration":true,"otherNames":["Lemon"],"translations":[{"language":"ar","name":"ليمون"}],"version":1}`)
	// Absent stays, null clears, a list replaces the list.
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": id, "expectedVersion": 1, "fields": vars{"otherNames": nil, "translations": []vars{}, "organization": vars{"founded": nil,
		"contactPoints": []vars{{"kind": "POSTAL", "value": "here", "visibility": "PUBLIC"}}}}}).ok().is("changeNode.node.version", `2`)
	r = a.ask("", q, vars{"id": id}).ok()
	r.is("node.otherNames", `[]`).is("node.translations", `[]`).is("node.founded", `null`).is("node.classification", `"COMPANY"`).is("node.latitude", `48.5`)
	r.is("node.contactPoints", `[{"kind":"POSTAL","note":"","value":"here","visibility":"PUBLIC"}]`)
	// A stale version, another kind's fields, a bad value, no name.
	change := func(fields vars, version int) *answer {
		return a.do("", "changeNode", "ChangeNodeInput", vars{"id": id, "expectedVersion": version, "fields": fields})
	}
	change(vars{"name": "Late"}, 1).refused(graph.CONFLICT, "expectedVersion")
	change(vars{"issue": vars{"status": "OPEN"}}, 2).refused(graph.INVALID, "issue")
	change(vars{"issue": vars{"status": "OPEN"}, "organization": vars{}}, 2).refused(graph.INVALID, "issue")
	change(vars{"organization": nil}, 2).refused(graph.INVALID, "organization")
	change(vars{"name": nil}, 2).refused(graph.INVALID, "name")
	change(vars{"web": []string{"javascript:alert(1)"}}, 2).refused(graph.INVALID, "web")
	change(vars{"organization": vars{"founded": "2011-13"}}, 2).refused(graph.INVALID, "")
	if r := change(vars{"issue": nil, "name": "Lemon"}, 2).ok(); r.at("changeNode.node.name") != "Lemon" {
		t.Error("null own fields of another kind stand in the way")
	}
	// Nothing to change is no change.
	change(vars{"name": "Lemon"}, 3).ok().is("changeNode.change", `null`).is("changeNode.node.version", `3`)
}

func TestStoriesAndTheirConsent(t *testing.T) {
	a := newAPI(t)
	consent := vars{"scope": "PUBLIC", "channels": []string{"DIRECTORY"}, "recordedBy": "Sam", "how": "in writing", "languages": []string{"fr"}}
	r := a.do("", "addNode", "AddNodeInput", vars{"kind": "Story", "fields": vars{"name": "An evening", "visibility": "PUBLIC", "story": vars{"text": "Late.", "consent": consent}}}).ok()
	id := r.at("addNode.node.id")
	const q = `query($id: ID!) { node(id: $id) { name ... on Story { consent { scope languages } } } }`
	a.ask("coordinator", q, vars{"id": id}).ok().is("node.consent", `{"languages":["fr"],"scope":"PUBLIC"}`)
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": id, "expectedVersion": 1, "fields": vars{"story": vars{"consent": vars{"languages": nil}}}}).ok()
	a.ask("coordinator", q, vars{"id": id}).ok().is("node.consent", `{"languages":[],"scope":"PUBLIC"}`)
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": id, "expectedVersion": 1, "fields": vars{"story": vars{"consent": nil}}}).refused(graph.INVALID, "consent")
	a.do("member", "addNode", "AddNodeInput", vars{"kind": "Story", "fields": vars{"name": "x", "story": vars{"consent": consent}}}).refused(graph.FORBIDDEN, "")
	a.ask("visitor", q, vars{"id": id}).ok().is("node.name", `"An evening"`)
	a.do("coordinator", "withdrawConsent", "WithdrawConsentInput", vars{"story": id}).refused(graph.FORBIDDEN, "")
	a.do("", "withdrawConsent", "WithdrawConsentInput", vars{"story": id}).ok().is("withdrawConsent.node", `null`)
	for _, seeAs := range []string{"visitor", "member", "coordinator", ""} {
		a.ask(seeAs, q, vars{"id": id}).ok().is("node", `null`)
	}
}

func TestLinksAreMadeChangedAndEnded(t *testing.T) {
	a := newAPI(t)
	in := vars{"kind": "MEMBER_OF", "from": a.id("Amal"), "to": a.id("Open Doors"), "fields": vars{"since": "2024", "strength": 3, "membership": vars{"role": "CHAIR"}}}
	r := a.do("member", "connect", "ConnectInput", in).ok().is("connect.link.kind", `"MEMBER_OF"`).is("connect.link.state", `"CLAIMED"`).is("connect.warnings", `[]`)
	id := r.at("connect.link.id")
	again := a.do("member", "connect", "ConnectInput", in).ok()
	again.is("connect.warnings.0.code", `"DUPLICATE_LINK"`).is("connect.warnings.0.link", fmt.Sprintf("%q", id))
	a.do("member", "connect", "ConnectInput", vars{"kind": "DRIVES", "from": a.id("Amal"), "to": a.id("Open Doors")}).refused(graph.INVALID, "kind")
	a.do("member", "connect", "ConnectInput", vars{"kind": "MEMBER_OF", "from": a.id("Amal"), "to": a.id("Open Doors"), "fields": vars{"work": vars{"priority": 1}}}).refused(graph.INVALID, "work")
	a.do("member", "changeLink", "ChangeLinkInput", vars{"id": id, "expectedVersion": 1, "fields": vars{"strength": nil, "membership": vars{"role": "OFFICER"}}}).ok().is("changeLink.link.version", `2`)
	a.do("member", "changeLink", "ChangeLinkInput", vars{"id": id, "expectedVersion": 1, "fields": vars{"note": "x"}}).refused(graph.CONFLICT, "expectedVersion")
	a.do("member", "confirm", "ConfirmInput", vars{"id": id}).refused(graph.FORBIDDEN, "")
	a.do("coordinator", "confirm", "ConfirmInput", vars{"id": id}).ok().is("confirm.link.state", `"CONFIRMED"`)
	a.do("coordinator", "dispute", "DisputeInput", vars{"id": id, "note": "she left"}).ok().is("dispute.link.state", `"DISPUTED"`)
	a.do("member", "end", "EndInput", vars{"id": id, "expectedVersion": 4, "until": "2025-06"}).ok().is("end.link.version", `5`)
	r = a.ask("", `query($id: ID!) { link(id: $id) { until ended strength note details { ... on Membership { role } } } }`, vars{"id": id}).ok()
	r.is("link", `{"details":{"role":"OFFICER"},"ended":true,"note":"she left","strength":0,"until":"2025-06"}`)
	a.do("coordinator", "removeNode", "RemoveNodeInput", vars{"id": id, "expectedVersion": 5}).refused(graph.INVALID, "id")
	a.do("coordinator", "removeLink", "RemoveLinkInput", vars{"id": id, "expectedVersion": 5}).ok().is("removeLink.link", `null`).is("removeLink.removedLinks", fmt.Sprintf("[%q]", id))
}

func TestRecords(t *testing.T) {
	a := newAPI(t)
	talk, target, stay := a.id("Harbour Law IN_DIALOGUE_WITH"), a.id("Stay TARGETS"), a.id("Stay")
	a.do("member", "recordContact", "RecordContactInput", vars{"link": talk, "contact": vars{"date": "2026-03", "channel": "MEETING", "note": "first"}}).ok().is("recordContact.link.version", `2`)
	a.do("member", "recordContact", "RecordContactInput", vars{"link": talk, "contact": vars{"date": "2025"}}).ok()
	a.ask("member", `query($id: ID!) { link(id: $id) { details { ... on Dialogue { contacts { date channel note } } } } }`, vars{"id": talk}).ok().
		is("link.details.contacts", `[{"channel":null,"date":"2025","note":""},{"channel":"MEETING","date":"2026-03","note":"first"}]`)
	a.do("member", "recordReading", "RecordReadingInput", vars{"link": target, "reading": vars{"date": "2026-01-05", "power": 4, "stance": -1, "source": a.id("Yearbook")}}).ok()
	a.do("member", "recordReading", "RecordReadingInput", vars{"link": target, "reading": vars{"date": "2026", "power": 9}}).refused(graph.INVALID, "reading.power")
	a.ask("member", `query($id: ID!) { link(id: $id) { details { ... on Targeting { readings { date power stance source } } } } }`, vars{"id": target}).ok().
		is("link.details.readings", fmt.Sprintf(`[{"date":"2026-01-05","power":4,"source":%q,"stance":-1}]`, a.id("Yearbook")))
	a.do("member", "recordMeasurement", "RecordMeasurementInput", vars{"campaign": stay, "measurement": vars{"indicator": "signatures", "date": "2026-02", "value": 250.5}}).ok().is("recordMeasurement.node.version", `2`)
	a.do("member", "recordMeasurement", "RecordMeasurementInput", vars{"campaign": stay, "measurement": vars{"indicator": "rainfall", "date": "2026-02", "value": 1}}).refused(graph.INVALID, "measurement.indicator")
	a.ask("member", `query($id: ID!) { node(id: $id) { ... on Campaign { measurements { indicator date value source } } } }`, vars{"id": stay}).ok().
		is("node.measurements", `[{"date":"2026-02","indicator":"signatures","source":null,"value":250.5}]`)
}

// An error names the argument that the caller wrote.
func TestErrorsNameTheArgument(t *testing.T) {
	a := newAPI(t)
	talk, stay, law := a.id("Harbour Law IN_DIALOGUE_WITH"), a.id("Stay"), a.id("Harbour Law")
	for _, c := range []struct {
		seeAs, mutation, input string
		in                     vars
		code                   graph.Code
		field                  string
	}{
		{"member", "recordContact", "RecordContactInput", vars{"link": graph.NewID(), "contact": vars{"date": "2026"}}, graph.NOT_FOUND, "link"},
		{"member", "recordReading", "RecordReadingInput", vars{"link": talk, "reading": vars{"date": "2026"}}, graph.INVALID, "link"},
		{"member", "recordReading", "RecordReadingInput", vars{"link": a.id("Stay TARGETS"), "reading": vars{"date": "2026", "source": law}}, graph.INVALID, "reading.source"},
		{"member", "recordMeasurement", "RecordMeasurementInput", vars{"campaign": law, "measurement": vars{"indicator": "signatures", "date": "2026", "value": 1}}, graph.INVALID, "campaign"},
		{"coordinator", "undo", "UndoInput", vars{"change": graph.NewID()}, graph.NOT_FOUND, "change"},
		{"", "withdrawConsent", "WithdrawConsentInput", vars{"story": law}, graph.NOT_FOUND, "story"},
		{"coordinator", "confirm", "ConfirmInput", vars{"id": graph.NewID()}, graph.NOT_FOUND, "id"},
		{"coordinator", "merge", "MergeInput", vars{"into": law, "from": stay}, graph.INVALID, "from"},
		{"coordinator", "addNode", "AddNodeInput", vars{"kind": "Story", "fields": vars{"name": "A day", "visibility": "PUBLIC", "story": vars{"text": "Early.", "consent": vars{"scope": "PUBLIC"}}}}, graph.INVALID, "consent.channels"},
	} {
		a.do(c.seeAs, c.mutation, c.input, c.in).refused(c.code, c.field)
	}
}

func TestRemoveUndoMergeErase(t *testing.T) {
	a := newAPI(t)
	law, union := a.id("Harbour Law"), a.id("Olive Union")
	// A coordinator sees all three links of the group; undo brings them back.
	r := a.do("coordinator", "removeNode", "RemoveNodeInput", vars{"id": law, "expectedVersion": 1}).ok().is("removeNode.node", `null`)
	if n := len(r.at("removeNode.removedLinks").([]any)); n != 3 {
		t.Errorf("%d links were removed along, want 3", n)
	}
	a.do("coordinator", "undo", "UndoInput", vars{"change": r.at("removeNode.change")}).ok()
	a.ask("", `query($id: ID!) { node(id: $id) { name degree } }`, vars{"id": law}).ok().is("node", `{"degree":3,"name":"Harbour Law"}`)
	a.do("coordinator", "merge", "MergeInput", vars{"into": law, "from": union}).ok().is("merge.node.name", `"Harbour Law"`)
	a.ask("", `query($a: ID!, $b: ID!) { nodes(ids: [$a, $b]) { otherNames degree } }`, vars{"a": law, "b": union}).ok().is("nodes", `[{"degree":2,"otherNames":["Olive Union"]},null]`)
	noor := a.id("Noor")
	change := a.do("", "changeNode", "ChangeNodeInput", vars{"id": noor, "expectedVersion": 1, "fields": vars{"summary": "private words"}}).ok().at("changeNode.change")
	a.do("coordinator", "erase", "EraseInput", vars{"id": noor}).refused(graph.FORBIDDEN, "")
	a.do("", "erase", "EraseInput", vars{"id": noor}).ok().is("erase.node", `null`)
	if r := a.do("", "undo", "UndoInput", vars{"change": change}); len(r.errors) != 1 {
		t.Errorf("an erased past was undone: %s", r.raw)
	}
}

func TestAnEditIsDoneOnceUnderItsKey(t *testing.T) {
	a := newAPI(t)
	in := vars{"kind": "Issue", "clientMutationId": "same", "fields": vars{"name": "Housing"}}
	first, second := a.do("", "addNode", "AddNodeInput", in).ok(), a.do("", "addNode", "AddNodeInput", in).ok()
	if first.raw != second.raw {
		t.Errorf("the second answer differs:\n%s\n%s", first.raw, second.raw)
	}
	a.ask("", `{ issues { totalCount } }`, nil).ok().is("issues.totalCount", `2`)
	in["fields"] = vars{"name": "Rent"}
	a.do("", "addNode", "AddNodeInput", in).refused(graph.CONFLICT, "clientMutationId")
	a.do("", "confirm", "ConfirmInput", vars{"id": a.id("Residency"), "clientMutationId": "same"}).refused(graph.CONFLICT, "clientMutationId")
	if key := request("confirm", keyless{}); key.Key != "" || key.Input != nil {
		t.Error("without a key the input is kept")
	}
}

type keyless struct{}

func (keyless) Key() string { return "" }

func TestVisitorsMayCallNoMutation(t *testing.T) {
	a := newAPI(t)
	for coordinate, r := range policy {
		if r.act == "" || coordinate[:9] != "Mutation." {
			continue
		}
		name := coordinate[9:]
		input := schema().Types["Mutation"].Fields.ForName(name).Arguments.ForName("input").Type.Name()
		v := vars{}
		for _, f := range schema().Types[input].Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				v[f.Name] = map[string]any{"ID": a.id("Amal"), "Int": 1, "Date": "2026", "NodeKind": "Issue", "LinkKind": "DRIVES", "NodeFields": vars{}, "LinkFields": vars{}, "String": "x", "Choice": "ACCEPT", "Outcome": "TIE",
					"ContactInput": vars{"date": "2026"}, "ReadingInput": vars{"date": "2026"}, "MeasurementInput": vars{"indicator": "x", "date": "2026", "value": 1}}[f.Type.Name()]
			}
		}
		a.do("visitor", name, input, v).refused(graph.FORBIDDEN, "")
		for _, l := range []graph.Level{graph.LevelMember, graph.LevelCoordinator} {
			seeAs := map[graph.Level]string{graph.LevelMember: "member", graph.LevelCoordinator: "coordinator"}[l]
			if (graph.Viewer{Level: l}).May(r.act) != nil {
				a.do(seeAs, name, input, v).refused(graph.FORBIDDEN, "")
			}
		}
	}
}

// TestPolicyRefusesRootFields closes a root field that nothing else refuses.
func TestPolicyRefusesRootFields(t *testing.T) {
	a := newAPI(t)
	was := policy["Query.shape"]
	defer func() { policy["Query.shape"] = was }()
	policy["Query.shape"] = rule{level: graph.LevelCoordinator}
	a.ask("member", `{ shape }`, nil).refused(graph.FORBIDDEN, "")
	a.ask("coordinator", `{ shape __typename }`, nil).ok().is("__typename", `"Query"`)
	delete(policy, "Query.shape")
	a.ask("", `{ shape }`, nil).refused(graph.FORBIDDEN, "")
}

func TestHistoryAndChanges(t *testing.T) {
	a := newAPI(t)
	law := a.id("Harbour Law")
	a.do("coordinator", "changeNode", "ChangeNodeInput", vars{"id": law, "expectedVersion": 1, "fields": vars{"summary": "Lawyers.", "languages": []string{"fr", "ar"}}}).ok()
	r := a.ask("coordinator", `query($id: ID!) { history(id: $id) { nodes { change at author verb class kind id node { name } link { id } fields { name before after } } pageInfo { hasNextPage } } }`, vars{"id": law}).ok()
	r.is("history.nodes.0.verb", `"CHANGE"`).is("history.nodes.0.author", `"local"`).is("history.nodes.0.class", `"NODE"`).is("history.nodes.0.kind", `"Organization"`).is("history.nodes.0.node.name", `"Harbour Law"`)
	r.is("history.nodes.0.fields.0", `{"after":["fr","ar"],"before":null,"name":"languages"}`).is("history.nodes.1.verb", `"ADD"`).is("history.pageInfo.hasNextPage", `false`)
	const recent = `query($first: Int, $after: String) { changes(first: $first, after: $after) { nodes { id node { name } link { kind } } pageInfo { endCursor hasNextPage } } }`
	one := a.ask("visitor", recent, vars{"first": 1}).ok().is("changes.nodes.0.node.name", `"Harbour Law"`).is("changes.pageInfo.hasNextPage", `true`)
	rest := a.ask("visitor", recent, vars{"first": 50, "after": one.at("changes.pageInfo.endCursor")}).ok()
	for _, n := range rest.at("changes.nodes").([]any) {
		if id := n.(map[string]any)["id"]; id == string(a.id("Quiet House")) || id == string(a.id("Quiet House WORKS_ON")) {
			t.Errorf("a visitor reads of %v", n)
		}
	}

	tie, hidden := a.id("Harbour Law MEMBER_OF"), a.id("Quiet House WORKS_ON")
	a.do("coordinator", "changeLink", "ChangeLinkInput", vars{"id": tie, "expectedVersion": 1, "fields": vars{"strength": 4}}).ok()
	a.do("coordinator", "changeLink", "ChangeLinkInput", vars{"id": hidden, "expectedVersion": 1, "fields": vars{"strength": 2}}).ok()
	const withTies = `query($id: ID!, $ties: Boolean!, $first: Int, $after: String) { history(id: $id, ties: $ties, first: $first, after: $after) { nodes { id verb } pageInfo { endCursor hasNextPage } } }`
	a.ask("visitor", withTies, vars{"id": law, "ties": false, "first": 1}).ok().is("history.nodes.0.id", `"`+string(law)+`"`)
	r = a.ask("visitor", withTies, vars{"id": law, "ties": true, "first": 1}).ok()
	r.is("history.nodes.0", `{"id":"`+string(tie)+`","verb":"CHANGE"}`).is("history.pageInfo.hasNextPage", `true`)
	a.ask("visitor", withTies, vars{"id": law, "ties": true, "first": 1, "after": r.at("history.pageInfo.endCursor")}).ok().is("history.nodes.0", `{"id":"`+string(law)+`","verb":"CHANGE"}`)
	a.ask("visitor", withTies, vars{"id": law, "ties": false, "after": r.at("history.pageInfo.endCursor")}).refused(graph.INVALID, "after")
	issue := a.id("Residency")
	for who, sees := range map[string]bool{"visitor": false, "": true} {
		told := fmt.Sprint(a.ask(who, withTies, vars{"id": issue, "ties": true, "first": 50}).ok().at("history.nodes"))
		if strings.Contains(told, string(hidden)) != sees {
			t.Errorf("%q hears of a hidden tie: %s", who, told)
		}
	}
}

// TestRemovedTiesStayInHistory removes a tie that a visitor saw and one that it
// did not, brings one back and removes it again.
func TestRemovedTiesStayInHistory(t *testing.T) {
	a := newAPI(t)
	law, issue := a.id("Harbour Law"), a.id("Residency")
	const history = `query($id: ID!) { history(id: $id, ties: true, first: 50) { nodes { id verb link { id } from { name } to { name } } } }`
	told := func(who string, id graph.ID) string { return a.ask(who, history, vars{"id": id}).ok().raw }
	told("visitor", law) // before anything was removed
	tie, hidden := a.id("Harbour Law WORKS_ON"), a.id("Quiet House WORKS_ON")
	removed := a.do("coordinator", "removeLink", "RemoveLinkInput", vars{"id": tie, "expectedVersion": 1}).ok().at("removeLink.change")
	before := told("visitor", issue)
	a.do("coordinator", "removeLink", "RemoveLinkInput", vars{"id": hidden, "expectedVersion": 1}).ok()
	if now := told("visitor", issue); now != before {
		t.Errorf("removing a hidden tie tells a visitor:\n%s\n%s", before, now)
	}
	entry := `{"id":"` + string(tie) + `","verb":"REMOVE","link":null,"from":{"name":"Harbour Law"},"to":{"name":"Residency"}}`
	for _, c := range []struct {
		who   string
		of    graph.ID
		entry string
		there bool
	}{
		{"visitor", law, entry, true}, {"visitor", issue, entry, true}, {"visitor", a.id("Olive Union"), entry, false},
		{"", issue, string(hidden), true}, {"visitor", issue, string(hidden), false},
	} {
		if got := told(c.who, c.of); strings.Contains(got, c.entry) != c.there {
			t.Errorf("the history of %s tells %q of %s: %v, want %v\n%s", c.of, c.who, c.entry, !c.there, c.there, got)
		}
	}
	a.ask("coordinator", `mutation($id: ID!) { undo(input: {change: $id}) { change } }`, vars{"id": removed}).ok()
	count := func() int { return strings.Count(told("visitor", law), string(tie)) }
	if n := count(); n != 6 { // added, removed and brought back, in each also as a link
		t.Errorf("a tie that was brought back is named %d times in %s", n, told("visitor", law))
	}
	version := a.ask("", `query($id: ID!) { link(id: $id) { version } }`, vars{"id": tie}).ok().at("link.version")
	a.do("coordinator", "removeLink", "RemoveLinkInput", vars{"id": tie, "expectedVersion": version}).ok()
	if n := count(); n != 4 {
		t.Errorf("a tie that was removed again is named %d times in %s", n, told("visitor", law))
	}
}

func TestWhatChangedSince(t *testing.T) {
	now := theDay()
	a := emptyAPI(t, now)
	const since = `query($since: Time!) { changesSince(since: $since) { total limited counts { verb class kind count } } }`
	var first, second graph.ID
	a.write(func(tx *graph.Tx) (err error) {
		if first, err = tx.Add(graph.KindOrganization, graph.Fields{"name": "Ash", "visibility": "PUBLIC"}); err != nil {
			return err
		}
		second, err = tx.Add(graph.KindOrganization, graph.Fields{"name": "Birch", "visibility": "PUBLIC"})
		return err
	})
	*now = now.Add(time.Hour)
	a.do("", "connect", "ConnectInput", vars{"kind": "ALLIED_WITH", "from": first, "to": second, "fields": vars{"visibility": "PUBLIC"}}).ok()
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": first, "expectedVersion": 1, "fields": vars{"summary": "A tree."}}).ok()
	a.do("", "addNode", "AddNodeInput", vars{"kind": "Issue", "fields": vars{"name": "Quiet", "visibility": "COORDINATORS"}}).ok()
	ask := func(who string, at time.Time) *answer { return a.ask(who, since, vars{"since": at}).ok() }
	const seen = `{"class":"NODE","count":1,"kind":"Organization","verb":"CHANGE"},{"class":"LINK","count":1,"kind":"ALLIED_WITH","verb":"ADD"}`
	ask("visitor", *now).is("changesSince", `{"counts":[`+seen+`],"limited":false,"total":2}`)
	ask("", *now).is("changesSince", `{"counts":[{"class":"NODE","count":1,"kind":"Issue","verb":"ADD"},`+seen+`],"limited":false,"total":3}`)
	ask("visitor", now.Add(-2*time.Hour)).is("changesSince.total", `4`).is("changesSince.counts.0", `{"class":"NODE","count":2,"kind":"Organization","verb":"ADD"}`)
	ask("", now.Add(time.Second)).is("changesSince", `{"counts":[],"limited":false,"total":0}`)
	a.write(func(tx *graph.Tx) error {
		for range 10_001 {
			if _, err := tx.Add(graph.KindSource, graph.Fields{"name": "Leaf", "visibility": "PUBLIC"}); err != nil {
				return err
			}
		}
		return nil
	})
	ask("visitor", *now).is("changesSince", `{"counts":[{"class":"NODE","count":10000,"kind":"Source","verb":"ADD"}],"limited":true,"total":10000}`)
}

func TestLiveChanges(t *testing.T) {
	a := newAPI(t)
	const q = `subscription($after: ID) { changes(after: $after) { kind class id change node { name } link { kind } } }`
	type heard struct {
		next func(context.Context) *answer
		ctx  context.Context
	}
	listen := func(seeAs string, v vars) heard {
		next, ctx := a.start(seeAs, q, v)
		return heard{func(ctx context.Context) *answer {
			ctx, stop := context.WithTimeout(ctx, 5*time.Second)
			defer stop()
			r := next(ctx)
			if r == nil {
				return nil
			}
			return a.read(r).ok()
		}, ctx}
	}
	visitor, coordinator := listen("visitor", nil), listen("coordinator", nil)
	again := listen("visitor", vars{"after": graph.NewID()})
	again.next(again.ctx).is("changes", `{"change":null,"class":null,"id":null,"kind":"RESET","link":null,"node":null}`)
	// The visitor hears nothing of the first edit: what it hears first is the second.
	quiet := a.id("Quiet House")
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": quiet, "expectedVersion": 1, "fields": vars{"summary": "x"}}).ok()
	coordinator.next(coordinator.ctx).is("changes.kind", `"CHANGED"`).is("changes.node.name", `"Quiet House"`)
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": a.id("Olive Union"), "expectedVersion": 1, "fields": vars{"name": "Olive Workers"}}).ok()
	visitor.next(visitor.ctx).is("changes.kind", `"CHANGED"`).is("changes.node.name", `"Olive Workers"`).is("changes.class", `"NODE"`)
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": a.id("Amal"), "expectedVersion": 1, "fields": vars{"visibility": "COORDINATORS"}}).ok()
	seen := map[any]bool{}
	for range 2 { // the node, and the link that went with it
		r := visitor.next(visitor.ctx).is("changes.kind", `"REMOVED"`).is("changes.node", `null`).is("changes.link", `null`)
		seen[r.at("changes.id")] = true
	}
	if !seen[string(a.id("Amal"))] || !seen[string(a.id("Stay TARGETS"))] {
		t.Errorf("hiding a node told a visitor of %v", seen)
	}
}
