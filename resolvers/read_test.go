package resolvers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

func TestWhoIsAsking(t *testing.T) {
	a := newAPI(t)
	const q = `{ viewer { persona level pageCap may coalitions { name } network { name demo today counts { nodes links kinds { kind count } } } } }`
	for _, c := range []struct{ seeAs, persona, level, cap, nodes, may, coalitions string }{
		{"", "local", "STEWARD", "1000", "11", "25", `[]`},
		{"coordinator", "coordinator", "COORDINATOR", "1000", "11", "23", `[]`},
		{"member:" + string(a.id("Open Doors")), "", "MEMBER", "100", "10", "14", `[{"name":"Open Doors"}]`},
		{"member", "member", "MEMBER", "100", "9", "14", `[]`},
		{"visitor", "visitor", "VISITOR", "50", "8", "0", `[]`},
	} {
		r := a.ask(c.seeAs, q, nil).ok()
		if c.persona == "" {
			c.persona = c.seeAs
		}
		r.is("viewer.persona", `"`+c.persona+`"`).is("viewer.level", `"`+c.level+`"`).is("viewer.pageCap", c.cap).is("viewer.network.counts.nodes", c.nodes)
		r.is("viewer.coalitions", c.coalitions).is("viewer.network.name", `"Test network"`).is("viewer.network.today", `"2026-11-24"`)
		if n := len(r.at("viewer.may").([]any)); fmt.Sprint(n) != c.may {
			t.Errorf("as %q %d mutations may be called, want %s: %v", c.seeAs, n, c.may, r.at("viewer.may"))
		}
	}
}

// TestOneSeesAsAnOrganization wants its members to see what its coalitions see.
func TestOneSeesAsAnOrganization(t *testing.T) {
	a := newAPI(t)
	const q = `query($id: ID!) { viewer { level organization { name } coalitions { name } } node(id: $id) { name } }`
	meeting := vars{"id": a.id("Closed meeting")}
	a.ask("coordinator", `mutation($id: ID!) { confirm(input: {id: $id}) { change } }`, vars{"id": a.id("Harbour Law MEMBER_OF")}).ok() // claims open nothing
	a.ask("organization:"+string(a.id("Harbour Law")), q, meeting).ok().
		is("viewer", `{"coalitions":[{"name":"Open Doors"}],"level":"MEMBER","organization":{"name":"Harbour Law"}}`).is("node.name", `"Closed meeting"`)
	for _, none := range []graph.ID{a.id("Quiet House"), a.id("Residency"), graph.NewID()} { // hidden from members, no organization, nothing
		a.ask("organization:"+string(none), q, meeting).ok().is("viewer", `{"coalitions":[],"level":"MEMBER","organization":null}`).is("node", `null`)
	}
	for _, who := range []string{"", "visitor", "member", "coordinator"} {
		a.ask(who, q, meeting).ok().is("viewer.organization", `null`)
	}
}

func TestPersonasAreChosenByHeaderOrPayload(t *testing.T) {
	a := newAPI(t)
	public := New(a.directory, Options{})
	for _, c := range []struct {
		resolver        *Resolver
		header, payload string
		want            string
	}{
		{a.resolver, "", ``, "local"},
		{a.resolver, "visitor", ``, "visitor"},
		{a.resolver, "visitor", `{"X-Weft-See-As":"member"}`, "member"},
		{a.resolver, "steward", ``, "INVALID"},
		{a.resolver, "member:x", ``, "INVALID"},
		{a.resolver, "organization", ``, "INVALID"},
		{a.resolver, "organization:", ``, "INVALID"},
		{a.resolver, "organization:" + string(a.id("Harbour Law")), ``, "organization:" + string(a.id("Harbour Law"))},
		{a.resolver, "visitor:" + string(a.id("Open Doors")), ``, "INVALID"},
		{a.resolver, "", `[]`, "INVALID"},
		{public, "", ``, "visitor"},
		{public, "coordinator", ``, "FORBIDDEN"},
		{public, "", `{"X-Weft-See-As":"coordinator"}`, "FORBIDDEN"},
	} {
		req := httptest.NewRequest("POST", "/graphql", nil)
		req.Header.Set(SeeAs, c.header)
		ctx, err := c.resolver.Context(req, json.RawMessage(c.payload))
		got := string(graph.CodeOf(err))
		if err == nil {
			got = personaOf(ctx).name
		}
		if got != c.want {
			t.Errorf("header %q, payload %q: %s, want %s", c.header, c.payload, got, c.want)
		}
	}
	if a.resolver.Introspection(t.Context()) == public.Introspection(t.Context()) {
		t.Error("introspection is for personal mode alone")
	}
	if got := personaOf(context.Background()).viewer.Level; got != graph.LevelVisitor {
		t.Errorf("without a persona the level is %s", got)
	}
}

func TestCatalogueIsAnswered(t *testing.T) {
	r := newAPI(t).ask("visitor", `{ catalogue { nodeKinds { kind plural actor defaultVisibility fields { name path type list own restricted system vocabulary { name } } }
		linkKinds { kind label inverse symmetric details defaultVisibility ends { from to } fields { name } } vocabularies { name values } } }`, nil).ok()
	r.is("catalogue.nodeKinds.1.kind", `"Individual"`).is("catalogue.linkKinds.0.inverse", `"has member"`).is("catalogue.linkKinds.0.details", `"Membership"`)
	r.is("catalogue.linkKinds.0.ends.0.to", `["Coalition"]`).is("catalogue.vocabularies.0.name", `"Visibility"`)
}

const everyNode = `
	__typename id kind name otherNames translations { language name } summary languages place latitude longitude identifiers web visibility scopes { id } sources { id name }
	version createdAt updatedAt lastConfirmedAt degree`

func TestNodesAnswerTheirOwnFields(t *testing.T) {
	a := newAPI(t)
	r := a.ask("", `query($id: ID!) { node(id: $id) {`+everyNode+` ... on Organization { classification founded dissolved capacitiesOffered openToCollaboration contactPoints { kind value note visibility } } } }`, vars{"id": a.id("Harbour Law")}).ok()
	r.is("node.classification", `"LAW_OFFICE"`).is("node.founded", `null`).is("node.capacitiesOffered", `["LEGAL"]`).is("node.latitude", `null`).is("node.summary", `""`)
	r.is("node.degree", `3`).is("node.lastConfirmedAt", `null`).is("node.createdAt", `"2026-11-24T12:00:00Z"`)
	r.is("node.contactPoints", `[{"kind":"EMAIL","note":"","value":"post@harbour.example","visibility":"PUBLIC"},{"kind":"PHONE","note":"","value":"+33 1","visibility":"COORDINATORS"}]`)
	r = a.ask("", `query($id: ID!) { node(id: $id) { ... on Organization { classification founded } ... on Individual { atRisk } } }`, vars{"id": a.id("Olive Union")}).ok()
	r.is("node", `{"classification":"UNION","founded":"1998-03"}`)
	r = a.ask("", `query($id: ID!) { node(id: $id) { ... on Organization { classification } } }`, vars{"id": a.id("Quiet House")}).ok()
	r.is("node", `{"classification":null}`)
	r = a.ask("", `query($id: ID!) { node(id: $id) { ... on Campaign { goal horizon start indicators { name unit baseline target } measurements { value } milestones { due } } } }`, vars{"id": a.id("Stay")}).ok()
	r.is("node", `{"goal":"Nobody loses residency","horizon":null,"indicators":[{"baseline":0,"name":"signatures","target":1000,"unit":""}],"measurements":[],"milestones":[],"start":null}`)
}

func TestLinksAnswerEndsAndDetails(t *testing.T) {
	a := newAPI(t)
	r := a.ask("", `query($id: ID!) { link(id: $id) { kind label inverse symmetric since until ended strength state version assertedBy sources { name } from { name } to { name ... on Issue { status } }
		details { __typename ... on Work { capacity stance priority } } } }`, vars{"id": a.id("Harbour Law WORKS_ON")}).ok()
	r.is("link", `{"assertedBy":"other","details":{"__typename":"Work","capacity":"LEGAL","priority":0,"stance":null},"ended":false,"from":{"name":"Harbour Law"},"inverse":"is worked on by","kind":"WORKS_ON","label":"works on","since":null,"sources":[{"name":"Yearbook"}],"state":"CLAIMED","strength":0,"symmetric":false,"to":{"name":"Residency","status":"OPEN"},"until":null,"version":1}`)
	const links = `query($of: ID!, $filter: LinkFilter, $asOf: Date) { links(of: $of, filter: $filter, asOf: $asOf) { totalCount nodes { kind ended from { name } } }
		node(id: $of, asOf: $asOf) { degree links(filter: $filter) { totalCount } } }`
	doors := a.id("Open Doors")
	r = a.ask("", links, vars{"of": doors}).ok()
	r.is("links", `{"nodes":[{"ended":false,"from":{"name":"Harbour Law"},"kind":"MEMBER_OF"}],"totalCount":1}`).is("node", `{"degree":1,"links":{"totalCount":1}}`)
	r = a.ask("", links, vars{"of": doors, "filter": vars{"ended": true}}).ok()
	r.is("links.totalCount", `2`).is("links.nodes.1.ended", `true`)
	a.ask("", links, vars{"of": doors, "asOf": "2022"}).ok().is("links.totalCount", `2`).is("links.nodes.1.ended", `false`).is("node.degree", `2`)
	a.ask("", links, vars{"of": doors, "filter": vars{"direction": "OUT"}}).ok().is("links.totalCount", `0`)
}

func TestListsSearchAndShapes(t *testing.T) {
	a := newAPI(t)
	for _, info := range graph.NodeKinds() {
		field := strings.ToLower(info.Plural)
		r := a.ask("", `{ `+field+` { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { kind name } } nodes { id } } }`, nil).ok()
		for i := range r.at(field + ".edges").([]any) {
			r.is(fmt.Sprintf("%s.edges.%d.node.kind", field, i), `"`+string(info.Kind)+`"`)
		}
		if n := r.at(field + ".totalCount"); n == 0.0 && info.Kind != graph.KindAction && info.Kind != graph.KindCommunity {
			t.Errorf("%s has no entries", field)
		}
	}
	r := a.ask("", `{ organizations(filter: {classifications: [UNION], kinds: [Issue]}) { nodes { name } } }`, nil).ok()
	r.is("organizations.nodes", `[{"name":"Olive Union"}]`)
	r = a.ask("visitor", `{ search(text: "harb", filter: {places: ["FR"]}) { totalCount nodes { node { name } match snippet } facets { name values { value count node { name } } } } }`, nil).ok()
	r.is("search.nodes", `[{"match":"Harbour Law","node":{"name":"Harbour Law"},"snippet":""}]`).is("search.facets.0", `{"name":"kind","values":[{"count":1,"node":null,"value":"Organization"}]}`)
	r = a.ask("visitor", `query($ids: [ID!]!) { neighbourhood(ids: $ids, depth: 1) shape(kinds: [MEMBER_OF]) }`, vars{"ids": []any{a.id("Residency")}}).ok()
	if ids := r.at("neighbourhood.ids").([]any); len(ids) != 2 {
		t.Errorf("a visitor finds %d nodes around the issue, want the issue and Harbour Law", len(ids))
	}
	r.is("shape.linkIds", `["`+string(a.id("Harbour Law MEMBER_OF"))+`"]`)
}

// What had ended by the day is shown when asked for; what had not begun never is.
func TestNeighbourhoodWithEndedLinks(t *testing.T) {
	a := newAPI(t)
	law, tie := a.id("Harbour Law"), a.id("Harbour Law MEMBER_OF")
	a.do("", "changeLink", "ChangeLinkInput", vars{"id": tie, "expectedVersion": 1, "fields": vars{"since": "2019", "until": "2021-06"}}).ok()
	const near = `query($ids: [ID!]!, $ended: Boolean! = false, $asOf: Date) { neighbourhood(ids: $ids, ended: $ended, asOf: $asOf) }`
	around := func(ended bool, day any) (links, degrees []any) {
		r := a.ask("", near, vars{"ids": []any{law}, "ended": ended, "asOf": day}).ok()
		at := slices.Index(r.at("neighbourhood.ids").([]any), any(string(law)))
		return r.at("neighbourhood.linkIds").([]any), r.at("neighbourhood.degrees").([]any)[at : at+1]
	}
	now, before := around(false, nil)
	then, after := around(true, nil)
	if slices.Contains(now, any(string(tie))) || !slices.Contains(then, any(string(tie))) || after[0] != before[0].(float64)+1 {
		t.Errorf("now %v of %v, with ended links %v of %v", now, before, then, after)
	}
	if links, _ := around(true, "2018"); slices.Contains(links, any(string(tie))) {
		t.Error("a link that had not begun is shown")
	}
}

func TestNeighbourhoodSpeaks(t *testing.T) {
	a := newAPI(t)
	law := a.id("Harbour Law")
	a.do("", "changeNode", "ChangeNodeInput", vars{"id": law, "expectedVersion": 1, "fields": vars{"translations": []vars{{"language": "ar-LB", "name": "قانون الميناء"}, {"language": "he", "name": "דין הנמל"}}}}).ok()
	for language, want := range map[any]string{nil: "Harbour Law", "": "Harbour Law", "fr": "Harbour Law", "ar": "قانون الميناء", "HE": "דין הנמל"} {
		r := a.ask("visitor", `query($ids: [ID!]!, $language: String) { neighbourhood(ids: $ids, depth: 0, language: $language) }`, vars{"ids": []any{law}, "language": language}).ok()
		if got := r.at("neighbourhood.names.0"); got != want {
			t.Errorf("in %v it is %v, want %s", language, got, want)
		}
	}
}

func TestPaging(t *testing.T) {
	a := newAPI(t)
	const q = `query($first: Int, $after: String) { organizations(first: $first, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`
	one := a.ask("", q, vars{"first": 2}).ok().is("organizations.nodes", `[{"name":"Harbour Law"},{"name":"Olive Union"}]`).is("organizations.pageInfo.hasNextPage", `true`)
	after := one.at("organizations.pageInfo.endCursor")
	a.ask("", q, vars{"first": 2, "after": after}).ok().is("organizations.nodes", `[{"name":"Quiet House"}]`).is("organizations.pageInfo.hasNextPage", `false`)
	a.ask("visitor", q, vars{"after": after}).refused(graph.INVALID, "after")
	a.ask("", q, vars{"after": "nonsense"}).refused(graph.INVALID, "after")
	for seeAs, most := range map[string]int{"visitor": 50, "member": 100, "coordinator": 1000, "": 1000} {
		a.ask(seeAs, q, vars{"first": most}).ok()
		a.ask(seeAs, q, vars{"first": most + 1}).refused(graph.LIMITED, "first")
	}
	a.ask("", q, vars{"first": -1}).refused(graph.INVALID, "first")
	const nested = `query($id: ID!, $first: Int, $after: String) { node(id: $id) { links(first: $first, after: $after) { nodes { kind } pageInfo { endCursor } } } }`
	law := a.id("Harbour Law")
	one = a.ask("", nested, vars{"id": law, "first": 1}).ok().is("node.links.nodes", `[{"kind":"MEMBER_OF"}]`)
	a.ask("", nested, vars{"id": law, "first": 1, "after": one.at("node.links.pageInfo.endCursor")}).ok().is("node.links.nodes", `[{"kind":"WORKS_ON"}]`)
}

// TestHiddenIsAbsent asks everything that takes an id for something hidden and
// for something that never was, and wants the same bytes.
func TestHiddenIsAbsent(t *testing.T) {
	a := newAPI(t)
	for seeAs, hidden := range map[string][]string{
		"visitor": {"Quiet House", "Noor", "Closed meeting", "Quiet House WORKS_ON", "Harbour Law IN_DIALOGUE_WITH"},
		"member":  {"Quiet House", "Closed meeting", "Quiet House WORKS_ON"},
	} {
		for _, name := range hidden {
			for _, q := range []string{
				`query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } link(id: $id) { id } }`,
				`query($id: ID!) { links(of: $id) { totalCount pageInfo { hasNextPage endCursor } } neighbourhood(ids: [$id], depth: 2) }`,
				`query($id: ID!) { search(filter: {issues: [$id]}) { totalCount facets { name values { value } } } organizations(filter: {coalitions: [$id]}) { totalCount } }`,
				`query($id: ID!) { history(id: $id) { nodes { change } } }`,
				`mutation($id: ID!) { changeNode(input: {id: $id, expectedVersion: 1, fields: {name: "x"}}) { change } }`,
				`mutation($id: ID!) { end(input: {id: $id, until: "2026"}) { change } }`,
				`mutation($id: ID!) { recordContact(input: {link: $id, contact: {date: "2026"}}) { change } }`,
				`mutation($id: ID!) { connect(input: {kind: WORKS_ON, from: $id, to: "` + string(a.id("Residency")) + `"}) { change } }`,
				`mutation($id: ID!) { addNode(input: {kind: Issue, fields: {name: "x", sources: [$id]}}) { change } }`,
				`mutation($id: ID!) { undo(input: {change: $id}) { change } }`,
			} {
				there, never := a.ask(seeAs, q, vars{"id": a.id(name)}), a.ask(seeAs, q, vars{"id": graph.NewID()})
				x, y := fmt.Sprint(there.raw, there.errors), fmt.Sprint(never.raw, never.errors)
				if x != y {
					t.Errorf("as %s, %s hidden: %s\n  hidden %s\n  absent %s", seeAs, name, q, x, y)
				}
			}
		}
	}
	r := a.ask("visitor", `{ issues { nodes { degree links { totalCount nodes { from { name } } } } } }`, nil).ok()
	r.is("issues.nodes.0", `{"degree":1,"links":{"nodes":[{"from":{"name":"Harbour Law"}}],"totalCount":1}}`)
}

// TestViewHoldsThePolicy asks, as a member, for every coordinate that takes
// more, and wants what somebody gets when there is nothing.
func TestViewHoldsThePolicy(t *testing.T) {
	a := newAPI(t)
	// What only introductions and dismissals have is asked in TestIntroductionsShowEachItsHalf and TestDismissals.
	asked := map[string]bool{"Query.introductionYears": true, "Introduction.suggestedBy": true, "Dismissal.by": true}
	for _, c := range []struct{ query, path, empty string }{
		{`query($id: ID!) { node(id: $id) { ... on Individual { atRisk } } }`, "Individual.atRisk", `false`},
		{`query($id: ID!) { node(id: $id) { ... on Story { consent { scope named purpose channels languages from until minor guardian recordedBy how withdrawn } } } }`, "Story.consent",
			`{"channels":[],"from":null,"guardian":"","how":"","languages":[],"minor":false,"named":[],"purpose":"","recordedBy":"","scope":null,"until":null,"withdrawn":null}`},
		{`query($id: ID!) { link(id: $id) { assertedBy } }`, "Link.assertedBy", `null`},
		{`query($id: ID!) { link(id: $id) { confirmedBy } }`, "Link.confirmedBy", `null`},
		{`query($id: ID!) { history(id: $id) { nodes { author } } }`, "HistoryEntry.author", `null`},
	} {
		asked[c.path] = true
		id := a.id(map[string]string{"Individual": "Amal", "Story": "A morning", "Link": "Harbour Law WORKS_ON", "HistoryEntry": "Olive Union"}[strings.Split(c.path, ".")[0]])
		if strings.HasSuffix(c.path, "confirmedBy") {
			a.ask("coordinator", `mutation($id: ID!) { confirm(input: {id: $id}) { link { state } } }`, vars{"id": id}).ok().is("confirm.link.state", `"CONFIRMED"`)
		}
		path := map[string]string{"Individual.atRisk": "node.atRisk", "Story.consent": "node.consent", "Link.assertedBy": "link.assertedBy", "Link.confirmedBy": "link.confirmedBy", "HistoryEntry.author": "history.nodes.0.author"}[c.path]
		a.ask("member", c.query, vars{"id": id}).ok().is(path, c.empty)
		full, _ := json.Marshal(a.ask("coordinator", c.query, vars{"id": id}).ok().at(path))
		if string(full) == c.empty {
			t.Errorf("%s is empty for a coordinator too: the test shows nothing", c.path)
		}
	}
	for name, r := range policy {
		if r.act == "" && r.level != graph.LevelVisitor && !asked[name] && !strings.HasPrefix(name, "Consent.") {
			t.Errorf("%s takes %s and is not asked here", name, r.level)
		}
	}
}

func TestErrorsTellNoInternals(t *testing.T) {
	a := newAPI(t)
	a.ask("", `{ node(id: "x") { nonsense } }`, nil).refused(graph.INVALID, "")
	a.ask("", `{ node(id: `, nil).refused(graph.INVALID, "")
	a.ask("", `query($d: Date) { shape(asOf: $d) }`, vars{"d": "yesterday"}).refused(graph.INVALID, "")
	a.ask("", `query($k: [LinkKind!]) { shape(kinds: $k) }`, vars{"k": []string{"LIKES"}}).refused(graph.INVALID, "")
	a.ask("", `query($n: Int!) { neighbourhood(ids: [], depth: $n) }`, vars{"n": 99}).refused(graph.INVALID, "depth")
	a.ask("", `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, vars{"ids": make([]string, 501)}).refused(graph.LIMITED, "ids")
	nested := strings.Repeat(`links(first: 50) { nodes { to { `, 3) + `id` + strings.Repeat(` } } }`, 3)
	a.ask("visitor", `{ issues { nodes { `+nested+` } } }`, nil).refused(graph.LIMITED, "")
	for _, err := range []error{fmt.Errorf("secret cause"), graph.Errorf(graph.INTERNAL, "it failed").Because(fmt.Errorf("secret cause"))} {
		shown := a.resolver.Present(t.Context(), err)
		if strings.Contains(shown.Error(), "secret") || shown.Extensions["code"] != "INTERNAL" {
			t.Errorf("shown: %v", shown)
		}
	}
	if n := strings.Count(a.log.String(), "secret cause"); n != 2 {
		t.Errorf("the log has the cause %d times, want 2", n)
	}
	if err := a.resolver.Recover(t.Context(), "a person's words"); graph.CodeOf(err) != graph.INTERNAL || strings.Contains(a.log.String()+err.Error(), "person's words") {
		t.Error("a panic's value came out")
	}
	a.directory.Close(t.Context())
	if r := a.ask("", `mutation { addNode(input: {kind: Issue, fields: {name: "x"}}) { change } }`, nil); len(r.errors) != 1 || strings.Contains(r.errors[0].Message, "sql") {
		t.Errorf("after the store is gone: %v", r.errors)
	}
}

// Names come in the reader's language, of nodes and within sentences, where
// there is one.
func TestNamesInALanguage(t *testing.T) {
	a := demoAPI(t)
	olive := a.id("org-olive-threshold")
	const q = `query($id: ID!) { node(id: $id) { name en: name(language: "en-GB") he: name(language: "he") xx: name(language: "xx") }
		gaps(list: READY, scope: {organization: $id}, kinds: [MISSING_TIE], first: 1) { nodes { title { args { nodes names en: names(language: "en") } } } } }`
	r := a.ask("member", q, vars{"id": olive}).ok()
	r.is("node.name", `"عتبة الزيتون"`).is("node.en", `"Olive Threshold"`).is("node.xx", `"عتبة الزيتون"`)
	if he := r.at("node.he"); he == r.at("node.name") || he == r.at("node.en") {
		t.Errorf("in Hebrew it is called %v", he)
	}
	for _, arg := range r.at("gaps.nodes.0.title.args").([]any) {
		m := arg.(map[string]any)
		for k, id := range m["nodes"].([]any) {
			if id == string(olive) && (m["names"].([]any)[k] != "عتبة الزيتون" || m["en"].([]any)[k] != "Olive Threshold") {
				t.Errorf("the sentence names it %v, in English %v", m["names"], m["en"])
			}
		}
	}
}
