package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// realData returns the folder of a real network, and skips loudly without it.
func realData(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("WEFT_DATA")
	if root == "" {
		root = filepath.Join("..", "shared", "data")
	}
	dir, err := filepath.Abs(filepath.Join(root, name))
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		t.Skipf("SKIPPED: the real network %s is not here; set WEFT_DATA to the folder that holds it", name)
	}
	return dir
}

// importTwice imports a real network by command and again, and checks that only
// the first changed anything. It returns how long the first took, which is not
// asserted since machines differ.
func importTwice(t testing.TB, env []string, name string, nodes, links string, store ...string) time.Duration {
	t.Helper()
	args := append([]string{"import", realData(t, name), "--mapping", name, "--quiet"}, store...)
	if _, err := built(); err != nil { // not part of the time
		t.Fatal(err)
	}
	begun := time.Now()
	r := process(t, env, args...)
	took := time.Since(begun)
	if r.code != 0 || !strings.Contains("\n"+r.out, "\nnodes: "+nodes+"\n") || !strings.Contains(r.out, "\nlinks: "+links+"\n") || !strings.Contains(r.out, "can be undone") {
		t.Fatalf("%s: %+v", name, r)
	}
	r = process(t, env, args...)
	if r.code != 0 || strings.Count(r.out, ": 0 added, 0 changed, ") != 2 || strings.Contains(r.out, "can be undone") {
		t.Errorf("%s again: %+v", name, r)
	}
	return took
}

// columns are a shape, as far as the tests read it.
type columns struct {
	IDs           []string `json:"ids"`
	Names         []string `json:"names"`
	Kinds         []int    `json:"kinds"`
	NodeKinds     []string `json:"nodeKinds"`
	From          []int    `json:"from"`
	To            []int    `json:"to"`
	LinkKinds     []int    `json:"linkKinds"`
	LinkKindNames []string `json:"linkKindNames"`
}

type counted struct {
	TotalCount int
	Nodes      []struct {
		ID, Name string
		Degree   int
	}
}

// parliamentFacts asserts what is known of the parliament groups, through
// GraphQL over HTTP. All of it is public, so everybody sees the same.
func parliamentFacts(t testing.TB, s *server) {
	t.Helper()
	ask := func(query string, v vars, into any) {
		t.Helper()
		if faults, err := s.try("coordinator", query, v, into); err != nil || len(faults) > 0 {
			t.Fatalf("%s\n%+v %v", query, faults, err)
		}
	}
	equal := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}

	var who struct {
		Viewer struct {
			Network struct {
				Counts struct {
					Nodes, Links int
					Kinds        []struct {
						Kind  string
						Count int
					}
				}
			}
		}
	}
	for _, persona := range []string{"", "visitor"} {
		if faults, err := s.try(persona, `{ viewer { network { counts { nodes links kinds { kind count } } } } }`, nil, &who); err != nil || len(faults) > 0 {
			t.Fatal(faults, err)
		}
		counts := who.Viewer.Network.Counts
		kinds := map[string]int{}
		for _, k := range counts.Kinds {
			if k.Count > 0 {
				kinds[k.Kind] = k.Count
			}
		}
		equal("nodes", counts.Nodes, 2896)
		equal("links", counts.Links, 7641)
		equal("nodes by kind", kinds, map[string]int{"Organization": 1064, "Individual": 1017, "Coalition": 794, "Issue": 21})
	}

	var drawn struct{ Shape columns }
	ask(`{ shape }`, nil, &drawn)
	shape := drawn.Shape
	types := map[string]int{}
	for _, k := range shape.LinkKinds {
		types[shape.LinkKindNames[k]]++
	}
	equal("links by kind", types, map[string]int{"MEMBER_OF": 2705 + 2154 + 439, "WORKS_ON": 1166, "AFFILIATED_WITH": 755, "FUNDS": 422})

	// What tells officers, members and secretariats apart is the role.
	roles := map[string]int{}
	funds := 0
	for after := (*string)(nil); ; {
		var page struct {
			Coalitions struct {
				Nodes []struct {
					Links struct {
						TotalCount int
						Nodes      []struct {
							Kind    string
							Details struct {
								Role, Currency       string
								AmountFrom, AmountTo float64
							}
						}
					}
				}
				PageInfo struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
		ask(`query($after: String) { coalitions(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { links(first: 100, filter: {direction: IN}) {
			totalCount nodes { kind details { ... on Membership { role } ... on Funding { currency amountFrom amountTo } } } } } } }`, vars{"after": after}, &page)
		for _, c := range page.Coalitions.Nodes {
			equal("links of a coalition on one page", len(c.Links.Nodes), c.Links.TotalCount)
			for _, l := range c.Links.Nodes {
				switch d := l.Details; l.Kind {
				case "MEMBER_OF":
					roles[d.Role]++
				case "FUNDS":
					funds++
					if d.Currency != "GBP" || d.AmountFrom <= 0 || d.AmountTo < d.AmountFrom {
						t.Errorf("a gift of %v to %v %s", d.AmountFrom, d.AmountTo, d.Currency)
					}
				}
			}
		}
		if !page.Coalitions.PageInfo.HasNextPage {
			break
		}
		after = page.Coalitions.PageInfo.EndCursor
	}
	equal("officers", roles["CHAIR"]+roles["CONVENER"]+roles["OFFICER"], 2705)
	equal("members", roles["MEMBER"], 2154)
	equal("secretariats", roles["SECRETARIAT"], 439)
	equal("gifts to coalitions", funds, 422)

	issue := func(name string) string {
		t.Helper()
		var found struct {
			Search struct {
				Nodes []struct{ Node struct{ ID, Name string } }
			}
		}
		ask(`query($text: String!) { search(text: $text, filter: {kinds: [Issue]}, first: 1) { nodes { node { id name } } } }`, vars{"text": name}, &found)
		if len(found.Search.Nodes) != 1 || found.Search.Nodes[0].Node.Name != name {
			t.Fatalf("searching %s: %+v", name, found)
		}
		return found.Search.Nodes[0].Node.ID
	}
	var health struct {
		Links      struct{ TotalCount int }
		Coalitions counted
	}
	ask(`query($id: ID!) { links(of: $id, filter: {kinds: [WORKS_ON], direction: IN, otherKinds: [Coalition]}) { totalCount } coalitions(filter: {issues: [$id]}) { totalCount } }`,
		vars{"id": issue("Health, Medicine & Public Health")}, &health)
	equal("coalitions on health, by links", health.Links.TotalCount, 168)
	equal("coalitions on health, by filter", health.Coalitions.TotalCount, 168)

	var most struct{ Coalitions counted }
	ask(`{ coalitions(sort: DEGREE, first: 2) { totalCount nodes { name degree } } }`, nil, &most)
	if first, second := most.Coalitions.Nodes[0], most.Coalitions.Nodes[1]; first.Name != "Housing - Cross Party Group" || first.Degree != 85 || second.Degree >= 85 {
		t.Errorf("most links: %+v, then %+v", first, second)
	}

	var ireland struct{ Governance, Elsewhere, There counted }
	ask(`query($id: ID!) { governance: coalitions(filter: {issues: [$id], places: ["GB-NIR"]}) { totalCount } elsewhere: coalitions(filter: {issues: [$id]}) { totalCount }
		there: coalitions(filter: {places: ["GB-NIR"]}) { totalCount } }`, vars{"id": issue("Governance, Democracy & Political Reform")}, &ireland)
	equal("Northern Irish groups on governance", ireland.Governance.TotalCount, 0)
	if ireland.Elsewhere.TotalCount == 0 || ireland.There.TotalCount == 0 {
		t.Errorf("%d groups elsewhere, %d Northern Irish groups", ireland.Elsewhere.TotalCount, ireland.There.TotalCount)
	}

	var places struct{ Welsh, UK counted }
	ask(`{ welsh: coalitions(filter: {places: ["GB-WLS"]}, first: 1000) { totalCount nodes { id } } uk: coalitions(filter: {places: ["GB"]}, first: 1000) { totalCount nodes { id } } }`, nil, &places)
	place := map[string]int{}
	for k, list := range []counted{places.Welsh, places.UK} {
		equal("groups on one page", len(list.Nodes), list.TotalCount)
		for _, n := range list.Nodes {
			place[n.ID] = 1 << k
		}
	}
	tied := map[int]int{} // by organization, the places of its groups
	for i := range shape.From {
		for _, ends := range [][2]int{{shape.From[i], shape.To[i]}, {shape.To[i], shape.From[i]}} {
			if shape.NodeKinds[shape.Kinds[ends[0]]] == "Organization" {
				tied[ends[0]] |= place[shape.IDs[ends[1]]]
			}
		}
	}
	both := 0
	for _, p := range tied {
		if p == 3 {
			both++
		}
	}
	equal("organizations tied to both Welsh and UK groups", both, 22)

	// Importing twice left one change in the log.
	var log struct {
		Changes struct{ Nodes []struct{ Change string } }
	}
	ask(`{ changes(first: 1000) { nodes { change } } }`, nil, &log)
	if len(log.Changes.Nodes) != 1000 {
		t.Errorf("%d entries of the log on one page", len(log.Changes.Nodes))
	}
	for _, entry := range log.Changes.Nodes {
		if entry.Change != log.Changes.Nodes[0].Change {
			t.Fatal("importing the same again is in the log")
		}
	}
}

const (
	parliamentNodes = "2896 added, 0 changed, 0 as they were, 0 passed over"
	parliamentLinks = "7641 added, 0 changed, 0 as they were, 0 passed over"
)

func TestParliamentGroupsOnSQLite(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + file(t)
	took := importTwice(t, nil, "parliament-groups", parliamentNodes, parliamentLinks, "--store", store)
	begun := time.Now()
	s := serve(t, nil, "--store", store, "--quiet")
	t.Logf("imported on SQLite in %.2f s, serving after %.2f s", took.Seconds(), time.Since(begun).Seconds())
	parliamentFacts(t, s)
	s.stop()
	if r := process(t, nil, "verify", "--store", store); r.code != 0 || !strings.Contains(r.out, "2896 nodes, 7641 links") {
		t.Error(r)
	}
}

// The research organizations of the world: 51,824 relations are 30,988 facts,
// since most are told from both ends; 3 relate a record to itself and 3 close a
// circle. 6,842 targets have no record of their own.
func TestRORonSQLite(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the large network is not imported in short runs")
	}
	t.Parallel()
	store := "sqlite:" + file(t)
	took := importTwice(t, nil, "ror", "58212 added, 0 changed, 0 as they were, 0 passed over", "30982 added, 0 changed, 20836 as they were, 6 passed over", "--store", store)
	begun := time.Now()
	s := serve(t, nil, "--store", store, "--quiet")
	starting := time.Since(begun)
	if nodes, links := s.counts(); nodes != 58212 || links != 30982 {
		t.Errorf("%d nodes, %d links", nodes, links)
	}
	var found struct {
		Search struct {
			Nodes []struct{ Node struct{ Name, Place string } }
		}
	}
	var times []time.Duration
	for _, text := range []string{"Thailand Science Research", "สำนักงาน", "universty of oxfrod", "Max Planck", "جامعة", "inst", "Κέντρο", "000025p04", "polytechnic", "ministry of health"} {
		for range 5 {
			begun := time.Now()
			s.ask(`query($text: String!) { search(text: $text) { nodes { node { name place } } } }`, vars{"text": text}, &found)
			times = append(times, time.Since(begun))
		}
		if len(found.Search.Nodes) == 0 {
			t.Errorf("nothing is found for %s", text)
		}
	}
	slices.Sort(times)
	t.Logf("imported on SQLite in %.2f s, serving after %.2f s, searching over HTTP takes %v at the median and %v at worst, %d MiB held at most",
		took.Seconds(), starting.Seconds(), times[len(times)/2], times[len(times)-1], s.peak()>>20)
}
