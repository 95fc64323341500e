package secrecy

import (
	"fmt"

	"weft/graph"
)

const (
	said      = `{ key english args { name nodes names ar: names(language: "ar") number text words } }`
	some      = `{ id name degree }`
	gapParts  = `{ id kind title ` + said + ` score likelihood value nodes ` + some + ` links { id } reasons { message { english } amount share nodes { id } links { id } } worth { message { english } amount share nodes { id } } nextStep { message { english } who { id } } }`
	gapQuery  = `query($id: ID!) { gap(id: $id) ` + gapParts + ` }`
	pathParts = `{ nodes ` + some + ` links { id } steps { english } strength }`
	gapsQuery = `query($scope: GapScope, $kinds: [GapKind!], $list: GapList!, $first: Int, $after: String, $asOf: Date) {
		list: gaps(scope: $scope, kinds: $kinds, list: $list, first: $first, after: $after, asOf: $asOf) { totalCount limited edges { cursor node ` + gapParts + ` } ` + pageInfo + ` } }`
	alliesQuery = `query($of: ID!, $issue: ID, $first: Int, $after: String) { list: allies(of: $of, issue: $issue, first: $first, after: $after) {
		totalCount edges { cursor node { node ` + some + ` score likelihood value reasons { message { english } } worth { message { english } } nextStep { message { english } } path ` + pathParts + ` } } ` + pageInfo + ` } }`
	healthParts     = `{ day nodes ties density components giant alone reach hub ` + some + ` hubShare core coreNumber periphery closure resilience cutPoints communities sentence { english } }`
	compareParts    = `{ before ` + healthParts + ` after ` + healthParts + ` sentence { english } added(first: 5) { totalCount nodes { id } } ended(first: 5) { totalCount nodes { id } } opened(first: 5) { totalCount limited nodes { id } } closed(first: 5) { totalCount nodes { id } } strengthened { totalCount } weakened { totalCount } }`
	introParts      = `{ id state whole parties { id } broker { id } gap reasons { message { english } share nodes { id } links { id } } answers { party { id } choice note at } suggestedAt suggestedBy dismissReason outcome link { id } }`
	coverageQuery   = `{ coverage { rows { label total need node { id } } columns { label total need } groups counts expected holes cells(holes: true, first: 30) { totalCount nodes { row column groups { id } weak expected hole suppressed nearest { id } reason { english } } } } }`
	brokersQuery    = `{ brokers { exact error brokers(first: 20) { totalCount edges { cursor node { node { id } betweenness constraint effectiveSize degree core cut roles { coordinator gatekeeper representative liaison itinerant } } } } } }`
	groupsQuery     = `{ groups { alone modularity groups(first: 20) { totalCount nodes { id name { english } size members(first: 50) { totalCount nodes { id } } issues { id } } } } }`
	projectionQuery = `{ projection { actors groups memberships pairs(first: 20) { totalCount nodes { a { id } b { id } groups } } } }`
	introQuery      = `query($of: ID, $first: Int, $after: String) { list: introductions(of: $of, first: $first, after: $after) { totalCount edges { cursor node ` + introParts + ` } ` + pageInfo + ` } }`
)

// analyses asks the questions of package analysis, whose answers are numbers
// computed from much at once, and for introductions.
func (c *script) analyses() {
	// Another who sees more asks first: nobody may be told what was kept of that.
	for _, q := range []struct {
		query string
		vars  vars
	}{{gapsQuery, vars{"list": "ALL", "first": 20}}, {brokersQuery, nil}, {coverageQuery, nil}, {groupsQuery, nil}, {projectionQuery, nil}, {`{ health ` + healthParts + ` }`, nil}} {
		c.post("", q.query, q.vars)
	}
	hidden, invented := c.one(c.hiddenNodes), drawID(c.r)
	org, other := c.one(c.ofKind(c.seenNodes, graph.KindOrganization)), c.one(c.ofKind(c.seenNodes, graph.KindOrganization, graph.KindIndividual))
	coalition, campaign := c.one(c.ofKind(c.seenNodes, graph.KindCoalition)), c.one(c.ofKind(c.seenNodes, graph.KindCampaign))
	c.pages("gaps", gapsQuery, vars{"list": "ALL", "first": 20})
	c.ask("gaps of a coalition", gapsQuery, vars{"list": "READY", "scope": vars{"coalition": coalition}})
	c.ask("gaps of hidden", gapsQuery, vars{"list": "BRIDGING", "scope": vars{"issue": hidden}})
	c.ask("gaps of invented", gapsQuery, vars{"list": "ALL", "scope": vars{"organization": invented}})
	c.ask("gap invented", gapQuery, vars{"id": invented})
	c.ask("dismissals", `{ dismissals { totalCount nodes { id gap gapKind nodes { id } reason by at } } }`, nil)
	for _, t := range []struct {
		name                    string
		id, campaign, coalition graph.ID
	}{{"seen", org, campaign, coalition}, {"hidden", hidden, hidden, hidden}, {"invented", invented, invented, invented}} {
		c.ask("a tie with "+t.name, gapQuery, vars{"id": "tie-" + min(org, t.id) + "-" + max(org, t.id)})
		c.ask("a member of "+t.name, gapQuery, vars{"id": "member-" + min(org, t.coalition) + "-" + max(org, t.coalition)})
		c.ask("allies of "+t.name, alliesQuery, vars{"of": t.id, "first": 10})
		c.ask("allies on an issue that is "+t.name, alliesQuery, vars{"of": org, "issue": t.id, "first": 5})
		for _, by := range []string{"STRENGTH", "STEPS"} {
			c.ask("connections to "+t.name+" by "+by, `query($a: ID!, $b: ID!, $by: PathOrder!) { connections(from: $a, to: $b, k: 3, by: $by) `+pathParts+` }`, vars{"a": other, "b": t.id, "by": by})
		}
		c.ask("common ground with "+t.name, `query($ids: [ID!]!) { commonGround(ids: $ids) { shared { totalCount nodes { node { id } by { id } links { id } score } } places capacities } }`, vars{"ids": []graph.ID{other, t.id}})
		c.ask("influence of "+t.name, `query($c: ID!) { influencePaths(campaign: $c) { totalCount nodes { target { id } power stance strength weak path `+pathParts+` } } }`, vars{"c": t.campaign})
		c.ask("holders of "+t.name, `query($c: ID!) { holders(coalition: $c) { node { id } sizes } }`, vars{"c": t.coalition})
		c.ask("what if without "+t.name, `query($r: [ID!]) { whatIf(remove: $r) `+compareParts+` }`, vars{"r": []graph.ID{t.id}})
	}
	c.ask("coverage", coverageQuery, nil)
	c.ask("coverage of places", `{ coverage(rows: PLACE, columns: ISSUE) { groups counts expected rows { label total } columns { label total node { id } } } }`, nil)
	c.ask("brokers", brokersQuery, nil)
	c.ask("groups", groupsQuery, nil)
	c.ask("projection", projectionQuery, nil)
	c.ask("health", `{ health `+healthParts+` }`, nil)
	c.ask("trend", `{ trend(days: ["2022-01-01", "2025-06-01"]) `+healthParts+` }`, nil)
	c.ask("compare", `{ compare(before: "2022-01-01") `+compareParts+` }`, nil)
	c.pages("introductions", introQuery, vars{"first": 5})
	c.ask("introductions of hidden", introQuery, vars{"of": hidden})
	for i, t := range c.hiddenRecords {
		if i < 3 {
			c.ask("introduction hidden", `query($id: ID!) { introduction(id: $id) `+introParts+` }`, vars{"id": t.id})
		}
	}
	c.ask("introduction invented", `query($id: ID!) { introduction(id: $id) `+introParts+` }`, vars{"id": invented})
	c.ask("introduction years", `{ introductionYears { year suggested proposed made gapsClosed } }`, nil)
}

// introduces makes the viewer dismiss a gap, and introduce those it sees to
// each other and to those it does not.
func (c *script) introduces() {
	gap := drawID(c.r)
	if list, ok := c.ask("a gap", gapsQuery, vars{"list": "ALL", "first": 1})["list"].(map[string]any); ok {
		for _, e := range list["edges"].([]any) {
			gap = graph.ID(e.(map[string]any)["node"].(map[string]any)["id"].(string))
		}
	}
	edit := func(name, field, input string, in vars) map[string]any {
		c.clock.Add(1000)
		data := c.ask(name, fmt.Sprintf(`mutation($in: %s!) { %s(input: $in) { change introduction %s clientMutationId } }`, input, field, introParts), vars{"in": in})
		out, _ := data[field].(map[string]any)
		return out
	}
	org, other, hidden, invented := c.one(c.ofKind(c.seenNodes, graph.KindOrganization)), c.one(c.ofKind(c.seenNodes, graph.KindIndividual)), c.one(c.ofKind(c.hiddenNodes, graph.KindOrganization)), drawID(c.r)
	for i, id := range []graph.ID{gap, invented} {
		edit(fmt.Sprint("dismiss gap ", i), "dismissGap", "DismissGapInput", vars{"gap": id, "reason": "known"})
		edit(fmt.Sprint("reopen gap ", i), "reopenGap", "ReopenGapInput", vars{"gap": id})
	}
	edit("introduce over a gap", "suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gap})
	edit("introduce to hidden", "suggestIntroduction", "SuggestIntroductionInput", vars{"a": org, "b": hidden})
	edit("introduce to invented", "suggestIntroduction", "SuggestIntroductionInput", vars{"a": org, "b": invented})
	edit("introduce by hidden", "suggestIntroduction", "SuggestIntroductionInput", vars{"a": org, "b": other, "broker": hidden})
	introduce := func(name string, a, b graph.ID) graph.ID {
		made := edit(name, "suggestIntroduction", "SuggestIntroductionInput", vars{"a": a, "b": b})
		if i, ok := made["introduction"].(map[string]any); ok {
			return graph.ID(i["id"].(string))
		}
		return invented
	}
	id := introduce("introduce", org, other)
	edit("propose", "proposeIntroduction", "IntroductionInput", vars{"id": id})
	edit("answer", "answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": org, "choice": "ACCEPT"})
	edit("answer for the other", "answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": other, "choice": "ACCEPT"})
	edit("answer for a hidden one", "answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": hidden, "choice": "ACCEPT"})
	edit("make", "makeIntroduction", "IntroductionInput", vars{"id": id})
	edit("close with a hidden link", "closeIntroduction", "CloseIntroductionInput", vars{"id": id, "outcome": "TIE", "link": c.one(c.hiddenLinks)})
	edit("close", "closeIntroduction", "CloseIntroductionInput", vars{"id": id, "outcome": "NOTHING"})
	edit("take back", "takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": id})
	edit("give up", "dismissIntroduction", "DismissIntroductionInput", vars{"id": introduce("introduce another", c.one(c.ofKind(c.seenNodes, graph.KindOrganization)), org), "reason": "no"})
	for _, id := range []graph.ID{c.one(c.hiddenRecords), invented} {
		edit("propose hidden", "proposeIntroduction", "IntroductionInput", vars{"id": id})
		edit("answer hidden", "answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": org, "choice": "ACCEPT"})
		edit("make hidden", "makeIntroduction", "IntroductionInput", vars{"id": id})
		edit("take hidden back", "takeBackIntroduction", "TakeBackIntroductionInput", vars{"id": id})
		edit("give hidden up", "dismissIntroduction", "DismissIntroductionInput", vars{"id": id, "reason": "no"})
	}
	c.pages("introductions after", introQuery, vars{"first": 5})
}
