package secrecy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"weft/graph"
)

type vars = map[string]any

const (
	contactPoints = `contactPoints { kind value note visibility }`
	nodeFields    = `fragment N on Node { __typename id kind name ar: name(language: "ar") otherNames translations { language name } summary languages place latitude longitude identifiers web
		visibility scopes { id name } sources { id name title degree } version createdAt updatedAt lastConfirmedAt degree
		... on Organization { classification founded capacitiesOffered capacitiesNeeded openToCollaboration ` + contactPoints + ` }
		... on Individual { capacitiesOffered atRisk ` + contactPoints + ` }
		... on Issue { horizon issueStatus: status rights known { text source } }
		... on Coalition { purpose coalitionStatus: status openness capacitiesNeeded }
		... on Campaign { goal campaignStatus: status milestones { title } indicators { name target } measurements { indicator date value source } }
		... on Action { form pledged } ... on Event { date venue } ... on Community { size }
		... on Story { text tellerName consent { scope named purpose channels from until minor guardian recordedBy how withdrawn } }
		... on Source { title publisher url reliability } }`
	linkFields = `fragment L on Link { id kind from { id name degree } to { id name degree } label since until ended strength note visibility scopes { id } state sources { id name }
		assertedBy confirmedBy version createdAt updatedAt lastConfirmedAt details { __typename ... on Membership { role } ... on Targeting { readings { date power source } }
		... on Dialogue { contacts { date channel note } } ... on Work { capacity priority } } }`
	pageInfo  = ` pageInfo { hasNextPage hasPreviousPage startCursor endCursor } `
	entry     = `{ change at author verb class id kind fields { name before after } node { id name version } link { id version } from { id name } to { id name } }`
	payload   = ` { change node { id name version updatedAt degree sources { id } ... on Organization { ` + contactPoints + ` } } link { id kind version state from { id } to { id } sources { id } } removedLinks warnings { code text link } clientMutationId } }`
	listQuery = `query($filter: NodeFilter, $sort: Sort!, $first: Int, $after: String, $asOf: Date) { list: %s(filter: $filter, sort: $sort, first: $first, after: $after, asOf: $asOf)
		{ totalCount edges { cursor node { ...N } } ` + pageInfo + ` } } ` + nodeFields
	searchQuery = `query($text: String!, $filter: NodeFilter, $sort: Sort!, $first: Int, $after: String, $asOf: Date) {
		list: search(text: $text, filter: $filter, sort: $sort, first: $first, after: $after, asOf: $asOf) { totalCount edges { cursor node { match snippet node { id name degree updatedAt version } } } ` + pageInfo + `
		facets { name values { value count node { id name } } } } }`
	linksQuery = `query($of: ID!, $filter: LinkFilter, $first: Int, $after: String, $asOf: Date) { list: links(of: $of, filter: $filter, first: $first, after: $after, asOf: $asOf)
		{ totalCount edges { cursor node { ...L } } ` + pageInfo + ` } } ` + linkFields
	historyQuery = `query($id: ID!, $ties: Boolean! = false, $first: Int, $after: String) { list: history(id: $id, ties: $ties, first: $first, after: $after) { edges { cursor node ` + entry + ` } ` + pageInfo + ` } }`
	changesQuery = `query($first: Int, $after: String) { list: changes(first: $first, after: $after) { edges { cursor node ` + entry + ` } ` + pageInfo + ` } }`
	sinceQuery   = `query($since: Time!) { changesSince(since: $since) { since total limited counts { verb class kind count } } }`
	nearQuery    = `query($ids: [ID!]!, $depth: Int!, $kinds: [LinkKind!], $ended: Boolean! = false, $limit: Int!, $asOf: Date) { neighbourhood(ids: $ids, depth: $depth, kinds: $kinds, ended: $ended, limit: $limit, asOf: $asOf) }`
	nestedQuery  = `query($ids: [ID!]!) { nodes(ids: $ids) { id degree links(first: 5) { totalCount edges { cursor node { id kind from { id name degree } to { id name degree links(first: 3, filter: {ended: true}) { totalCount nodes { id } } } } } ` + pageInfo + ` } } }`
)

// script is what a viewer asks, drawn from the plan alone, so that it is the
// same for every variant.
type script struct {
	*server
	r                      *rand.Rand
	seenNodes, hiddenNodes []*thing
	seenLinks, hiddenLinks []*thing
	hiddenBetween          []*thing // hidden links between two nodes that the viewer sees
	goneNodes              []*thing // removed, seen before
	hiddenRecords          []*thing
	hiddenChange           graph.ID
}

func newScript(s *server) *script {
	c := &script{server: s, r: rand.New(rand.NewPCG(s.seed, 0xa5c))}
	for _, t := range s.things {
		switch {
		case t.class == graph.RECORD && t.hides() && t.kind == "introduction":
			c.hiddenRecords = append(c.hiddenRecords, t)
		case t.class == graph.NODE && t.hides():
			c.hiddenNodes = append(c.hiddenNodes, t)
		case t.class == graph.NODE && t.seen[0] && t.removed:
			c.goneNodes = append(c.goneNodes, t)
		case t.class == graph.NODE && t.seen[0] && t != s.beacon:
			c.seenNodes = append(c.seenNodes, t)
		case t.class == graph.LINK && t.hides():
			c.hiddenLinks = append(c.hiddenLinks, t)
			if t.from.seen[0] && t.to.seen[0] && !t.from.removed && !t.to.removed {
				c.hiddenBetween = append(c.hiddenBetween, t)
			}
		case t.class == graph.LINK && t.seen[0]:
			c.seenLinks = append(c.seenLinks, t)
		}
	}
	// A change of which the viewer sees nothing; an invented id where there is none.
	c.hiddenChange = drawID(c.r)
	if s.variant != without {
		for i := range s.edits {
			if i < len(s.made) && s.made[i] != "" && !slices.ContainsFunc(s.edits[i].ops, func(o op) bool { return !o.thing.hides() }) {
				c.hiddenChange = s.made[i]
			}
		}
	}
	return c
}

func (c *script) one(list []*thing) graph.ID {
	if len(list) == 0 {
		return drawID(c.r)
	}
	return list[c.r.IntN(len(list))].id
}

func (c *script) ofKind(list []*thing, kinds ...graph.NodeKind) []*thing {
	return slices.DeleteFunc(slices.Clone(list), func(t *thing) bool { return !slices.Contains(kinds, graph.NodeKind(t.kind)) })
}

func ids(list []*thing) []graph.ID {
	out := []graph.ID{}
	for _, t := range list {
		out = append(out, t.id)
	}
	return out
}

// pages follows the cursors of a list to its end.
func (c *script) pages(name, query string, v vars) {
	for range 4 {
		data := c.ask(name, query, v)
		list, _ := data["list"].(map[string]any)
		info, _ := list["pageInfo"].(map[string]any)
		if info == nil || info["hasNextPage"] != true {
			return
		}
		v["after"] = info["endCursor"]
	}
}

var lists = []string{"organizations", "individuals", "issues", "coalitions", "campaigns", "actions", "events", "communities", "stories", "sources"}

// reads asks every root field of Query.
func (c *script) reads() {
	seen, hidden, invented := c.one(c.seenNodes), c.one(c.hiddenNodes), drawID(c.r)
	issue, hiddenIssue := c.one(c.ofKind(c.seenNodes, graph.KindIssue)), c.one(c.ofKind(c.hiddenNodes, graph.KindIssue))
	coalition, hiddenCoalition := c.one(c.ofKind(c.seenNodes, graph.KindCoalition)), c.one(c.ofKind(c.hiddenNodes, graph.KindCoalition))
	c.ask("viewer", `{ viewer { persona level may pageCap organization { id name degree } coalitions { id name degree } network { name demo today counts { nodes links kinds { kind count } } } } }`, nil)
	c.ask("catalogue", `{ catalogue { nodeKinds { kind fields { name restricted } } } }`, nil)
	node := `query($id: ID!, $asOf: Date) { node(id: $id, asOf: $asOf) { ...N } } ` + nodeFields
	for _, t := range []struct {
		name string
		id   graph.ID
	}{{"seen", seen}, {"hidden", hidden}, {"invented", invented}, {"removed", c.one(c.goneNodes)}, {"named", c.coalitions[2].id}} {
		c.ask("node "+t.name, node, vars{"id": t.id})
		c.ask("node "+t.name+" in the past", node, vars{"id": t.id, "asOf": "2024"})
		c.pages("links of "+t.name, linksQuery, vars{"of": t.id, "first": 4, "filter": vars{"ended": true}})
		c.pages("history of "+t.name, historyQuery, vars{"id": t.id, "first": 2})
		c.pages("history with ties of "+t.name, historyQuery, vars{"id": t.id, "ties": true, "first": 7})
		c.ask("neighbourhood of "+t.name, nearQuery, vars{"ids": []graph.ID{t.id}, "depth": 2, "limit": 500})
	}
	c.ask("nodes", `query($ids: [ID!]!) { nodes(ids: $ids) { ...N } } `+nodeFields, vars{"ids": []graph.ID{seen, hidden, invented, issue, hiddenIssue, coalition}})
	c.ask("nested", nestedQuery, vars{"ids": ids(c.seenNodes)[:min(8, len(c.seenNodes))]})
	c.ask("links to a hidden node", linksQuery, vars{"of": seen, "filter": vars{"other": hidden}})
	c.ask("links to an invented node", linksQuery, vars{"of": seen, "filter": vars{"other": invented}})
	c.ask("links by kind", linksQuery, vars{"of": coalition, "filter": vars{"kinds": []string{"MEMBER_OF"}, "direction": "IN", "otherKinds": []string{"Organization"}}})
	link := `query($id: ID!, $asOf: Date) { link(id: $id, asOf: $asOf) { ...L } } ` + linkFields
	c.ask("link seen", link, vars{"id": c.one(c.seenLinks)})
	c.ask("link hidden", link, vars{"id": c.one(c.hiddenLinks)})
	c.ask("link hidden in between", link, vars{"id": c.one(c.hiddenBetween)})
	c.ask("link invented", link, vars{"id": invented, "asOf": "2024"})
	c.pages("history of a link", historyQuery, vars{"id": c.one(c.seenLinks), "first": 2})
	c.ask("history of a hidden link", historyQuery, vars{"id": c.one(c.hiddenLinks)})
	sorts := []string{"NAME", "UPDATED", "DEGREE", "BEST"}
	for i, l := range lists {
		c.pages(l+" by "+sorts[i%4], fmt.Sprintf(listQuery, l), vars{"first": 3, "sort": sorts[i%4]})
	}
	c.pages("organizations by degree", fmt.Sprintf(listQuery, "organizations"), vars{"first": 4, "sort": "DEGREE"})
	c.pages("individuals by name", fmt.Sprintf(listQuery, "individuals"), vars{"first": 4, "sort": "NAME"})
	c.pages("organizations by update", fmt.Sprintf(listQuery, "organizations"), vars{"first": 4, "sort": "UPDATED"})
	c.ask("organizations of a hidden issue", fmt.Sprintf(listQuery, "organizations"), vars{"sort": "NAME", "filter": vars{"issues": []graph.ID{hiddenIssue}}})
	c.ask("organizations of an issue", fmt.Sprintf(listQuery, "organizations"), vars{"sort": "NAME", "filter": vars{"issues": []graph.ID{issue, hiddenIssue}}})
	c.ask("organizations of a hidden coalition", fmt.Sprintf(listQuery, "organizations"), vars{"sort": "NAME", "filter": vars{"coalitions": []graph.ID{hiddenCoalition}}})
	c.ask("organizations of the past", fmt.Sprintf(listQuery, "organizations"), vars{"sort": "DEGREE", "asOf": "2022-01-01"})
	for _, text := range []string{"", "harbour", "harbuor", "olive union", "foru", "نسيج", "wd:Q3", "PS", "about"} {
		c.pages("search "+text, searchQuery, vars{"text": text, "sort": "BEST", "first": 5})
	}
	c.pages("search by name", searchQuery, vars{"text": "", "sort": "NAME", "first": 9})
	c.pages("search by degree", searchQuery, vars{"text": "", "sort": "DEGREE", "first": 7})
	c.pages("search by update", searchQuery, vars{"text": "", "sort": "UPDATED", "first": 7})
	if len(c.hiddenNodes) > 0 {
		name, _ := c.hiddenNodes[c.r.IntN(len(c.hiddenNodes))].fields["name"].(string)
		c.ask("search a hidden name", searchQuery, vars{"text": name, "sort": "BEST"})
	}
	c.ask("search with filters", searchQuery, vars{"text": "", "sort": "NAME", "filter": vars{"kinds": []string{"Organization", "Individual"}, "places": []string{"PS", "FR"}, "capacities": []string{"LEGAL", "MEDIA"}}})
	c.ask("search by hidden issue", searchQuery, vars{"text": "", "sort": "NAME", "filter": vars{"issues": []graph.ID{hiddenIssue}}})
	c.ask("search by coalitions", searchQuery, vars{"text": "", "sort": "NAME", "filter": vars{"coalitions": []graph.ID{coalition, hiddenCoalition, invented}, "classifications": []string{"NGO"}}})
	c.ask("search in the past", searchQuery, vars{"text": "o", "sort": "DEGREE", "asOf": "2020"})
	c.ask("neighbourhood of all", nearQuery, vars{"ids": []graph.ID{seen, hidden, invented, issue}, "depth": 4, "limit": 10000})
	c.ask("neighbourhood cut short", nearQuery, vars{"ids": []graph.ID{seen}, "depth": 3, "limit": 5})
	c.ask("neighbourhood by kinds", nearQuery, vars{"ids": []graph.ID{coalition}, "depth": 3, "limit": 50, "kinds": []string{"MEMBER_OF", "ALLIED_WITH", "PART_OF"}})
	c.ask("neighbourhood of the past", nearQuery, vars{"ids": []graph.ID{seen}, "depth": 2, "limit": 50, "asOf": "2022"})
	c.ask("neighbourhood with ended ties", nearQuery, vars{"ids": []graph.ID{seen, coalition}, "depth": 3, "limit": 12, "ended": true, "asOf": "2023-06"})
	c.ask("neighbourhood in Arabic", `query($ids: [ID!]!) { neighbourhood(ids: $ids, depth: 2, language: "ar") }`, vars{"ids": []graph.ID{seen, hidden, issue}})
	c.ask("shape", `{ shape }`, nil)
	c.ask("shape by kinds", `query($k: [LinkKind!]) { shape(kinds: $k, asOf: "2023-05") }`, vars{"k": []string{"WORKS_ON", "PART_OF"}})
	c.pages("changes", changesQuery, vars{"first": 40})
	c.pages("changes in small pages", changesQuery, vars{"first": 9})
	c.ask("what changed ever", sinceQuery, vars{"since": "2000-01-01T00:00:00Z"})
	c.ask("what changed lately", sinceQuery, vars{"since": began.Add(time.Duration(c.r.IntN(len(c.edits)+1)) * time.Minute)})
	// Mistakes must not depend on what is there either.
	c.ask("mistake: a cursor of another list", changesQuery, vars{"after": "AAAAAAAAAAAAAAAAAAAA"})
	c.ask("mistake: a page too long", `query($of: ID!) { links(of: $of, first: 5000) { totalCount } }`, vars{"of": hidden})
	c.ask("mistake: no such field", `query($id: ID!) { node(id: $id) { nmae } }`, vars{"id": hidden})
	c.ask("mistake: depth", nearQuery, vars{"ids": []graph.ID{hidden}, "depth": 9, "limit": 5})
	c.ask("mistake: not an id", node, vars{"id": "x"})
	c.ask("mistake: too much", `{ organizations(first: 50) { nodes { links(first: 50) { nodes { to { links(first: 50) { nodes { to { links(first: 50) { totalCount nodes { id } } } } } } } } } } }`, nil)
}

func (c *script) edit(name, field string, in vars) map[string]any {
	input := string(field[0]-'a'+'A') + field[1:] + "Input!"
	c.clock.Add(1000)
	data := c.ask(name, `mutation($in: `+input+`) { `+field+`(input: $in)`+payload, vars{"in": in})
	out, _ := data[field].(map[string]any)
	return out
}

// addHiddenContact gives an organization a contact point that members do not
// see, or another one where other things are hidden.
func (c *script) addHiddenContact(org graph.ID) {
	if c.variant == without {
		return
	}
	_, err := c.directory.Edit(c.Context(), graph.Viewer{Account: "other", Level: graph.LevelSteward}, graph.Request{}, func(tx *graph.Tx) error {
		n, ok := tx.Node(org).(*graph.Organization)
		if !ok {
			return nil
		}
		f, have := graph.Fields{}, graph.FieldsOfNode(n)
		for k, v := range map[string]string{"contactPointKinds": "PHONE", "contactPointValues": fmt.Sprint("+49 ", c.variant), "contactPointNotes": "", "contactPointVisibilities": "COORDINATORS"} {
			list, _ := have[k].([]string)
			f[k] = append(slices.Clone(list), v)
		}
		return tx.Change(org, nil, f)
	})
	if err != nil {
		c.Fatal(err)
	}
}

// version reads what an edit has to send along; 1 for what the viewer cannot see.
func (c *script) version(id graph.ID) int {
	data := c.ask("version", `query($id: ID!) { node(id: $id) { version } link(id: $id) { version } }`, vars{"id": id})
	for _, k := range []string{"node", "link"} {
		if m, ok := data[k].(map[string]any); ok {
			return int(m["version"].(float64))
		}
	}
	return 1
}

// writes makes the viewer edit what it sees, and try to edit and to find out
// what it does not.
func (c *script) writes() {
	seen, second, hidden, invented := c.one(c.seenNodes), c.one(c.seenNodes), c.one(c.hiddenNodes), drawID(c.r)
	org := c.one(c.ofKind(c.seenNodes, graph.KindOrganization))
	each := func(name string, do func(name string, id graph.ID), targets ...graph.ID) {
		for i, id := range targets {
			do(fmt.Sprint(name, " ", i), id)
		}
	}
	added := c.edit("add", "addNode", vars{"kind": "Organization", "fields": vars{"name": "Harbour Olive", "visibility": "PUBLIC", "identifiers": []string{"wd:Q1", "wd:Q2"},
		"organization": vars{"contactPoints": []vars{{"kind": "EMAIL", "value": "me@example.org", "visibility": "MEMBERS"}}}}})
	if len(c.hiddenNodes) > 0 {
		t := c.hiddenNodes[c.r.IntN(len(c.hiddenNodes))]
		c.edit("add what is there, hidden", "addNode", vars{"kind": t.kind, "fields": vars{"name": t.fields["name"], "identifiers": []string{"wd:Q1"}}})
	}
	c.edit("add with a hidden source", "addNode", vars{"kind": "Issue", "fields": vars{"name": "New", "sources": []graph.ID{c.one(c.ofKind(c.hiddenNodes, graph.KindSource))}}})
	c.edit("add for a hidden coalition", "addNode", vars{"kind": "Issue", "fields": vars{"name": "New", "visibility": "COALITION", "scopes": []graph.ID{c.coalitions[2].id}}})
	c.edit("add what one will not see", "addNode", vars{"kind": "Organization", "fields": vars{"name": "Quiet", "visibility": "COORDINATORS"}})
	each("change", func(name string, id graph.ID) {
		c.edit(name, "changeNode", vars{"id": id, "expectedVersion": c.version(id), "fields": vars{"summary": "As I see it", "sources": []graph.ID{}}})
	}, seen, hidden, invented, c.one(c.goneNodes))
	each("change of contact points", func(name string, id graph.ID) {
		c.edit(name, "changeNode", vars{"id": id, "expectedVersion": c.version(id), "fields": vars{"organization": vars{"contactPoints": []vars{{"kind": "PHONE", "value": "+33", "visibility": "PUBLIC"}}}}})
	}, org)
	if c.rank == 1 {
		made := c.edit("change to undo", "changeNode", vars{"id": org, "expectedVersion": c.version(org), "fields": vars{"organization": vars{"contactPoints": []vars{{"kind": "EMAIL", "value": "we@example.org", "visibility": "PUBLIC"}}}}})
		c.addHiddenContact(org)
		if made["change"] != nil {
			c.edit("undo beside what is hidden", "undo", vars{"change": made["change"]})
		}
	}
	each("change of another version", func(name string, id graph.ID) {
		c.edit(name, "changeNode", vars{"id": id, "expectedVersion": 77, "fields": vars{"name": "Renamed"}})
	}, second, hidden, invented)
	c.edit("change to a hidden source", "changeNode", vars{"id": second, "expectedVersion": c.version(second), "fields": vars{"sources": []graph.ID{c.one(c.ofKind(c.hiddenNodes, graph.KindSource))}}})
	c.edit("change of nothing", "changeNode", vars{"id": second, "expectedVersion": c.version(second), "fields": vars{}})
	// Links: duplicates of hidden ones, circles over hidden nodes, hidden ends.
	for i, t := range c.hiddenBetween {
		if i < 4 {
			c.edit("connect as hidden", "connect", vars{"kind": t.kind, "from": t.from.id, "to": t.to.id, "fields": vars{"since": "2019"}})
		}
	}
	for i, t := range c.seenLinks {
		if i < 3 && !t.removed {
			c.edit("connect again", "connect", vars{"kind": t.kind, "from": t.from.id, "to": t.to.id})
		}
	}
	circles := 0
	for _, l := range c.hiddenLinks {
		for _, m := range c.hiddenLinks {
			if l.kind == string(graph.PART_OF) && m.kind == l.kind && l.to == m.from && l.from.seen[0] && m.to.seen[0] && circles < 3 {
				circles++
				c.edit("close a circle", "connect", vars{"kind": l.kind, "from": m.to.id, "to": l.from.id})
			}
		}
	}
	c.edit("connect to hidden", "connect", vars{"kind": "ALLIED_WITH", "from": org, "to": hidden})
	c.edit("connect to invented", "connect", vars{"kind": "ALLIED_WITH", "from": org, "to": invented})
	c.edit("connect hidden to itself", "connect", vars{"kind": "WORKS_ON", "from": hidden, "to": hidden})
	c.edit("connect wrong kinds", "connect", vars{"kind": "FUNDS", "from": seen, "to": second})
	each("change of a link", func(name string, id graph.ID) {
		c.edit(name, "changeLink", vars{"id": id, "expectedVersion": c.version(id), "fields": vars{"note": "I was there", "sources": []graph.ID{}}})
	}, c.one(c.seenLinks), c.one(c.hiddenLinks), c.one(c.hiddenBetween), invented)
	each("end", func(name string, id graph.ID) {
		c.edit(name, "end", vars{"id": id, "until": "2026-11"})
	}, c.one(c.seenLinks), c.one(c.hiddenLinks), invented)
	each("confirm", func(name string, id graph.ID) { c.edit(name, "confirm", vars{"id": id}) }, c.one(c.seenLinks), seen, hidden, c.one(c.hiddenLinks))
	each("dispute", func(name string, id graph.ID) { c.edit(name, "dispute", vars{"id": id, "note": "no"}) }, c.one(c.seenLinks), c.one(c.hiddenLinks), hidden)
	dialogues := func(list []*thing, kind graph.LinkKind) []*thing {
		return slices.DeleteFunc(slices.Clone(list), func(t *thing) bool { return t.kind != string(kind) })
	}
	each("contact", func(name string, id graph.ID) {
		c.edit(name, "recordContact", vars{"link": id, "contact": vars{"date": "2026-11-20", "channel": "MEETING"}})
	}, c.one(dialogues(c.seenLinks, graph.IN_DIALOGUE_WITH)), c.one(dialogues(c.hiddenLinks, graph.IN_DIALOGUE_WITH)), c.one(c.hiddenLinks))
	each("reading", func(name string, id graph.ID) {
		c.edit(name, "recordReading", vars{"link": id, "reading": vars{"date": "2026-11-20", "power": 3}})
		c.edit(name+" with a hidden source", "recordReading", vars{"link": id, "reading": vars{"date": "2026-11-20", "source": c.one(c.ofKind(c.hiddenNodes, graph.KindSource))}})
	}, c.one(dialogues(c.seenLinks, graph.TARGETS)), c.one(dialogues(c.hiddenLinks, graph.TARGETS)))
	each("measurement", func(name string, id graph.ID) {
		c.edit(name, "recordMeasurement", vars{"campaign": id, "measurement": vars{"indicator": "signatures", "date": "2026-11-20", "value": 9}})
	}, c.one(c.ofKind(c.seenNodes, graph.KindCampaign)), c.one(c.ofKind(c.hiddenNodes, graph.KindCampaign)), hidden)
	// Merges, removals and undoing them, and keys used again.
	each("merge", func(name string, id graph.ID) {
		c.edit(name, "merge", vars{"into": org, "from": id})
	}, c.one(c.ofKind(c.seenNodes, graph.KindOrganization)), hidden, invented)
	each("remove", func(name string, id graph.ID) {
		if made := c.edit(name, "removeNode", vars{"id": id, "expectedVersion": c.version(id)}); made["change"] != nil {
			c.edit(name+", undone", "undo", vars{"change": made["change"]})
			c.ask("node brought back", nestedQuery, vars{"ids": []graph.ID{id}})
		}
	}, second, c.one(c.seenNodes), hidden, invented)
	each("remove a link", func(name string, id graph.ID) {
		c.edit(name, "removeLink", vars{"id": id, "expectedVersion": c.version(id)})
	}, c.one(c.seenLinks), c.one(c.hiddenLinks), c.one(c.hiddenBetween), invented, hidden)
	if made, _ := added["change"].(string); made != "" {
		c.edit("undo", "undo", vars{"change": made})
	}
	each("undo", func(name string, id graph.ID) { c.edit(name, "undo", vars{"change": id}) }, c.hiddenChange, invented)
	for i := range c.edits { // of some edits, of which the viewer may see something or nothing
		if i%3 == 0 && c.rank > 0 && !c.edits[i].live {
			id := c.made[i]
			if id == "" {
				id = invented
			}
			c.edit("undo an edit", "undo", vars{"change": id})
		}
	}
	c.edit("with a key", "addNode", vars{"kind": "Source", "fields": vars{"name": "Once"}, "clientMutationId": "k"})
	c.edit("with the key again", "addNode", vars{"kind": "Source", "fields": vars{"name": "Once"}, "clientMutationId": "k"})
	c.edit("with the key for another", "addNode", vars{"kind": "Source", "fields": vars{"name": "Twice"}, "clientMutationId": "k"})
	each("erase", func(name string, id graph.ID) { c.edit(name, "erase", vars{"id": id}) }, hidden, invented)
	each("withdraw", func(name string, id graph.ID) { c.edit(name, "withdrawConsent", vars{"story": id}) }, c.one(c.ofKind(c.hiddenNodes, graph.KindStory)), invented)
	// What they left.
	c.ask("shape after", `{ shape }`, nil)
	c.pages("changes after", changesQuery, vars{"first": 30})
	c.ask("what changed after", sinceQuery, vars{"since": noon})
	c.pages("search after", searchQuery, vars{"text": "", "sort": "UPDATED", "first": 20})
	c.pages("search after", searchQuery, vars{"text": "harbour", "sort": "DEGREE", "first": 20})
	c.ask("nested after", nestedQuery, vars{"ids": ids(c.seenNodes)[:min(15, len(c.seenNodes))]})
	c.pages("history after", historyQuery, vars{"id": seen, "first": 5})
	c.pages("history with ties after", historyQuery, vars{"id": seen, "ties": true, "first": 9})
}
