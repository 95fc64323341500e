package demo_test

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/demo"
)

// row is one row of a file: its filled columns by name.
type row map[string]string

// read parses a file strictly: one header, rows of its length, no stray quotes.
func read(t *testing.T, name string) (header []string, rows []row) {
	t.Helper()
	file, err := demo.Files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, record := range all[1:] {
		r := row{}
		for i, value := range record {
			if value != "" {
				r[all[0][i]] = value
			}
		}
		rows = append(rows, r)
	}
	return all[0], rows
}

// list splits a list cell; no text of the demo holds an escaped sign.
func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

// network is the pair, read once a test.
type network struct {
	nodes  map[string]row
	links  []row
	header struct{ nodes, links []string }
	order  []row
}

func load(t *testing.T) *network {
	t.Helper()
	n := &network{nodes: map[string]row{}}
	n.header.nodes, n.order = read(t, "nodes.csv")
	n.header.links, n.links = read(t, "links.csv")
	for i, r := range n.order {
		if r["id"] == "" || n.nodes[r["id"]] != nil {
			t.Fatalf("nodes.csv row %d: id %q is missing or used twice", i+2, r["id"])
		}
		n.nodes[r["id"]] = r
	}
	return n
}

// structural columns are the file's own; the others are fields of the catalogue.
var structural = []string{"id", "kind", "from", "to"}

// check compares one row with the fields of its kind.
func (n *network) check(t *testing.T, at string, r row, field func(string) *graph.Field) {
	t.Helper()
	groups := map[string]int{}
	for name, cell := range r {
		if slices.Contains(structural, name) {
			continue
		}
		f := field(name)
		if f == nil {
			t.Errorf("%s: %s has no field %s", at, r["kind"], name)
			continue
		}
		if f.System {
			t.Errorf("%s: %s is set by Weft, not by a file", at, name)
		}
		values := []string{cell}
		if f.List {
			values = list(cell)
		}
		if f.Group != "" {
			if size, seen := groups[f.Group]; seen && size != len(values) {
				t.Errorf("%s: the lists of %s differ in length: %s has %d, another %d", at, f.Group, name, len(values), size)
			}
			groups[f.Group] = len(values)
		}
		for _, v := range values {
			if v == "" && f.Group != "" {
				continue // an unknown entry of a parallel list
			}
			if problem := n.problem(f, v); problem != "" {
				t.Errorf("%s: %s: %q %s", at, name, v, problem)
			}
		}
	}
}

// problem says what is wrong with a value of a field, "" when nothing is.
func (n *network) problem(f *graph.Field, v string) string {
	if v != strings.TrimSpace(v) || v == "" {
		return "is empty or has blanks around it"
	}
	if f.Vocabulary != nil && !slices.Contains(f.Vocabulary.Values, v) {
		return "is not in the vocabulary " + f.Vocabulary.Name
	}
	switch f.Type {
	case graph.DATE:
		if d, err := graph.ParseDate(v); err != nil || d.IsZero() {
			return "is not a date"
		}
	case graph.TIME:
		if at, err := time.Parse(time.RFC3339, v); err != nil || at.After(today.Add(24*time.Hour)) {
			return "is not a time up to today"
		}
	case graph.REF:
		if n.nodes[v] == nil {
			return "is not the id of a node"
		}
	case graph.INTEGER:
		if _, err := strconv.Atoi(v); err != nil {
			return "is not a whole number"
		}
	case graph.NUMBER:
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return "is not a number"
		}
	case graph.BOOLEAN:
		if v != "true" && v != "false" {
			return "is not true or false"
		}
	}
	return ""
}

var today = func() time.Time {
	at, err := time.Parse(time.DateOnly, demo.Today)
	if err != nil {
		panic(err)
	}
	return at
}()

func TestNodesFollowTheCatalogue(t *testing.T) {
	n := load(t)
	for i, r := range n.order {
		at := "nodes.csv row " + strconv.Itoa(i+2) + " (" + r["id"] + ")"
		info := graph.NodeInfoOf(graph.NodeKind(r["kind"]))
		if info == nil {
			t.Errorf("%s: no kind %q", at, r["kind"])
			continue
		}
		if r["name"] == "" || r["summary"] == "" {
			t.Errorf("%s: every node of the demo has a name and a summary", at)
		}
		if (r["visibility"] == "COALITION") != (r["scopes"] != "") {
			t.Errorf("%s: scopes go with the visibility COALITION and with no other", at)
		}
		for _, v := range list(r["contactPointVisibilities"]) {
			if v == "COALITION" || v == "SEALED" {
				t.Errorf("%s: a contact point is for PUBLIC, MEMBERS or COORDINATORS, not %s", at, v)
			}
		}
		n.check(t, at, r, info.Field)
	}
}

func TestLinksFollowTheCatalogue(t *testing.T) {
	n := load(t)
	seen := map[string]bool{}
	for i, r := range n.links {
		at := "links.csv row " + strconv.Itoa(i+2) + " (" + r["id"] + ")"
		if r["id"] == "" || seen[r["id"]] {
			t.Errorf("%s: id is missing or used twice", at)
		}
		seen[r["id"]] = true
		info := graph.LinkInfoOf(graph.LinkKind(r["kind"]))
		from, to := n.nodes[r["from"]], n.nodes[r["to"]]
		switch {
		case info == nil:
			t.Errorf("%s: no kind %q", at, r["kind"])
			continue
		case from == nil || to == nil || r["from"] == r["to"]:
			t.Errorf("%s: it must join two nodes of nodes.csv, not %q and %q", at, r["from"], r["to"])
			continue
		case !info.Joins(graph.NodeKind(from["kind"]), graph.NodeKind(to["kind"])):
			t.Errorf("%s: %s does not join %s to %s", at, r["kind"], from["kind"], to["kind"])
		}
		since, _ := graph.ParseDate(r["since"])
		until, _ := graph.ParseDate(r["until"])
		if until.Before(since) {
			t.Errorf("%s: it ends %s, before it begins %s", at, until, since)
		}
		planned := from["start"] + to["windowFrom"] // what has not begun has parts that begin with it
		if day := graph.DateOf(today); day.Before(until) || day.Before(since) && r["since"] != planned {
			t.Errorf("%s: it happens after %s", at, demo.Today)
		}
		if s := r["strength"]; s != "" && (s < "1" || s > "5" || len(s) > 1) {
			t.Errorf("%s: strength %s is not 1 to 5", at, s)
		}
		if (r["visibility"] == "COALITION") != (r["scopes"] != "") {
			t.Errorf("%s: scopes go with the visibility COALITION and with no other", at)
		}
		n.check(t, at, r, info.Field)
	}
}

// TestDatedListsAreInOrder holds contacts, readings and measurements to the
// order of date that the catalogue promises.
func TestDatedListsAreInOrder(t *testing.T) {
	n := load(t)
	for _, r := range append(slices.Clone(n.order), n.links...) {
		for _, column := range []string{"contactDates", "readingDates", "measurementDates"} {
			dates := list(r[column])
			if !slices.IsSortedFunc(dates, func(a, b string) int {
				x, _ := graph.ParseDate(a)
				y, _ := graph.ParseDate(b)
				return x.Compare(y)
			}) {
				t.Errorf("%s: %s are not in order: %v", r["id"], column, dates)
			}
			if len(dates) > 0 && dates[len(dates)-1] > demo.Today {
				t.Errorf("%s: %s go beyond %s", r["id"], column, demo.Today)
			}
		}
		for _, name := range list(r["measurementIndicators"]) {
			if !slices.Contains(list(r["indicatorNames"]), name) {
				t.Errorf("%s: a measurement names the indicator %q, which it does not have", r["id"], name)
			}
		}
	}
}

// TestEveryColumnIsUsed keeps the header and the catalogue one: no column is
// always empty, and every field that a file may set has a column, except the
// few that the story has no use for.
func TestEveryColumnIsUsed(t *testing.T) {
	n := load(t)
	for _, file := range []struct {
		name   string
		header []string
		rows   []row
		fields func(func(*graph.Field))
		unused []string
	}{
		{"nodes.csv", n.header.nodes, n.order, func(yield func(*graph.Field)) {
			for _, info := range graph.NodeKinds() {
				for i := range info.Fields {
					yield(&info.Fields[i])
				}
			}
		}, []string{"version", "createdAt", "updatedAt"}},
		{"links.csv", n.header.links, n.links, func(yield func(*graph.Field)) {
			for _, info := range graph.LinkKinds() {
				for i := range info.Fields {
					yield(&info.Fields[i])
				}
			}
		}, []string{"version", "createdAt", "updatedAt", "assertedBy", "confirmedBy"}},
	} {
		for _, column := range file.header {
			if !slices.ContainsFunc(file.rows, func(r row) bool { return r[column] != "" }) {
				t.Errorf("%s: the column %s is empty in every row", file.name, column)
			}
		}
		file.fields(func(f *graph.Field) {
			if !slices.Contains(file.header, f.Name) && !slices.Contains(file.unused, f.Name) {
				t.Errorf("%s: no column for the field %s", file.name, f.Name)
			}
		})
	}
}

// TestTheNetworkIsRich holds the demo to its size and variety: the screens need
// every kind and every value of every vocabulary at least once.
func TestTheNetworkIsRich(t *testing.T) {
	n := load(t)
	nodes, links, values := map[string]int{}, map[string]int{}, map[string]bool{}
	ended := 0
	for _, r := range n.order {
		nodes[r["kind"]]++
		info := graph.NodeInfoOf(graph.NodeKind(r["kind"]))
		visibility := r["visibility"]
		if visibility == "" {
			visibility = string(info.DefaultVisibility)
		}
		values["node visibility "+visibility] = true
		collect(values, r, info.Field)
	}
	for _, r := range n.links {
		links[r["kind"]]++
		if r["until"] != "" && r["kind"] != "TOOK_PART_IN" {
			ended++
		}
		info := graph.LinkInfoOf(graph.LinkKind(r["kind"]))
		visibility := r["visibility"]
		if visibility == "" {
			visibility = string(info.DefaultVisibility)
		}
		values["link visibility "+visibility] = true
		collect(values, r, info.Field)
	}
	for kind, least := range map[string]int{"Organization": 60, "Individual": 60, "Issue": 30, "Coalition": 9, "Campaign": 6, "Action": 12,
		"Event": 12, "Community": 10, "Story": 14, "Source": 12} {
		if nodes[kind] < least {
			t.Errorf("%d nodes of kind %s, want at least %d", nodes[kind], kind, least)
		}
	}
	for _, info := range graph.LinkKinds() {
		if links[string(info.Kind)] < 8 {
			t.Errorf("%d links of kind %s, want at least 8", links[string(info.Kind)], info.Kind)
		}
	}
	if len(n.links) < 600 || ended < 30 {
		t.Errorf("%d links, %d of them ended; want at least 600 and 30", len(n.links), ended)
	}
	for _, vocabulary := range graph.Vocabularies() {
		for _, value := range vocabulary.Values {
			if vocabulary.Name == "Visibility" {
				if !values["node visibility "+value] || !values["link visibility "+value] {
					t.Errorf("no node or no link of visibility %s", value)
				}
			} else if !values[vocabulary.Name+" "+value] {
				t.Errorf("the vocabulary %s: no row has %s", vocabulary.Name, value)
			}
		}
	}
	t.Logf("nodes %v; %d links (%d ended) %v", nodes, len(n.links), ended, links)
}

func collect(values map[string]bool, r row, field func(string) *graph.Field) {
	for name, cell := range r {
		if f := field(name); f != nil && f.Vocabulary != nil {
			for _, v := range strings.Split(cell, "|") {
				values[f.Vocabulary.Name+" "+v] = true
			}
		}
	}
}

// TestConsentComesInEveryState holds the stories to the states that the
// stories screen must tell apart.
func TestConsentComesInEveryState(t *testing.T) {
	n := load(t)
	soon := today.AddDate(0, 0, 31).Format(time.DateOnly)
	states := map[string]int{}
	for _, r := range n.order {
		if r["kind"] != "Story" {
			continue
		}
		until := r["consentUntil"]
		switch {
		case r["consentScope"] == "":
			states["none"]++
		case r["consentWithdrawn"] != "":
			states["withdrawn"]++
		case until != "" && until < demo.Today:
			states["expired"]++
		default:
			states["valid "+r["consentScope"]]++
			if until != "" && until <= soon {
				states["expiring"]++
			}
		}
		if r["consentMinor"] == "true" {
			states["minor"]++
			if r["consentGuardian"] == "" {
				t.Errorf("%s: a minor's consent names the guardian", r["id"])
			}
		}
		if (r["consentScope"] == "NAMED") != (r["consentNamed"] != "") {
			t.Errorf("%s: the scope NAMED names coalitions or campaigns, and no other does", r["id"])
		}
	}
	for _, state := range []string{"none", "withdrawn", "expired", "valid PUBLIC", "valid MEMBERS", "valid NAMED", "expiring", "minor"} {
		if states[state] == 0 {
			t.Errorf("no story whose consent is %s: %v", state, states)
		}
	}
}

// TestPeopleAtRiskAreNotShown keeps the demo a good example: a person at risk
// is seen by coordinators or stewards only, unless the person chose otherwise,
// and never placed on a map.
func TestPeopleAtRiskAreNotShown(t *testing.T) {
	n := load(t)
	found := 0
	for _, r := range n.order {
		if r["atRisk"] != "true" {
			continue
		}
		found++
		if r["visibility"] == "PUBLIC" || r["latitude"] != "" {
			t.Errorf("%s is at risk and is public or has coordinates", r["id"])
		}
	}
	if found < 5 {
		t.Errorf("%d individuals at risk, want at least 5", found)
	}
}

// TestNothingPointsToARealPlace holds addresses to names reserved for examples.
func TestNothingPointsToARealPlace(t *testing.T) {
	n := load(t)
	for _, r := range n.order {
		for _, column := range []string{"web", "url", "media", "contactPointValues"} {
			for _, v := range list(r[column]) {
				_, rest, isWeb := strings.Cut(v, "://")
				host, _, _ := strings.Cut(rest, "/")
				_, domain, isMail := strings.Cut(v, "@")
				if isWeb && !strings.HasSuffix(host, ".example") || isMail && !strings.HasSuffix(domain, ".example") ||
					strings.HasPrefix(v, "+") && !strings.HasPrefix(v, "+999") {
					t.Errorf("%s: %s %q may be a real address", r["id"], column, v)
				}
			}
		}
	}
}
