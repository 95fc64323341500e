package resolvers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/executor"

	"weft/graph"
	"weft/graph/analysis"
	"weft/graph/demo"
	"weft/graph/exchange"
	"weft/graph/store/sqlite"
	"weft/internal/web"
	"weft/resolvers/message"
)

// keeper writes what tests need whole.
var keeper = graph.Viewer{Account: "keeper", Level: graph.LevelSteward}

// emptyAPI is the API over an empty store, on the day the demo is told.
func emptyAPI(t testing.TB, now *time.Time) *api {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := graph.Open(t.Context(), store, graph.Options{Key: make([]byte, 32), Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	a := &api{directory: d, log: &strings.Builder{}, ids: map[string]graph.ID{}}
	a.t, _ = t.(*testing.T)
	a.resolver = New(d, Options{Name: "Test network", Personal: true, Log: slog.New(slog.NewTextHandler(a.log, nil))})
	a.exec = executor.New(a.resolver.Schema())
	a.exec.SetErrorPresenter(a.resolver.Present)
	a.exec.SetRecoverFunc(a.resolver.Recover)
	for _, e := range a.resolver.Extensions() {
		a.exec.Use(e)
	}
	return a
}

func theDay() *time.Time {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return &now
}

// demoAPI is the API over the demo network, whose nodes go by their names in
// its files.
func demoAPI(t *testing.T) *api {
	t.Helper()
	a := emptyAPI(t, theDay())
	batch, err := exchange.Read(t.Context(), demo.Files, exchange.ReadOptions{Scheme: demo.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exchange.Apply(t.Context(), a.directory, keeper, batch, nil); err != nil {
		t.Fatal(err)
	}
	a.nameByIdentifier()
	return a
}

func (a *api) nameByIdentifier() {
	v, err := a.directory.View(keeper, graph.SCREEN)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, id := range v.Graph().IDs {
		for _, identifier := range v.Node(id).Core().Identifiers {
			if name, ok := strings.CutPrefix(identifier, demo.Scheme+":"); ok {
				a.ids[name] = id
			}
		}
	}
}

const (
	messageFields = `{ key english args { name type nodes names number date text words } }`
	reasonFields  = `{ message ` + messageFields + ` amount share nodes { id name } links { id kind } }`
	gapFields     = `{ id kind title ` + messageFields + ` score likelihood value nodes { id name kind } links { id } reasons ` + reasonFields +
		` nextStep { message ` + messageFields + ` who { id name } } introduction { id state } }`
	pathFields   = `{ nodes { id } links { id } steps ` + messageFields + ` strength }`
	basisFields  = `{ shared groups kinds }`
	healthFields = `{ basis ` + basisFields + ` day nodes ties density components giant alone reach hub { name } hubShare core coreNumber periphery closure resilience cutPoints communities sentence ` + messageFields + ` }`
	pageFields   = `pageInfo { hasNextPage endCursor } totalCount`
	changeFields = `{ before ` + healthFields + ` after ` + healthFields + ` sentence ` + messageFields + ` added { nodes { id kind } ` + pageFields + ` } ended { nodes { id } totalCount }
		strengthened { nodes { a { name } b { name } } totalCount } weakened { totalCount } opened { nodes ` + gapFields + ` totalCount } closed { nodes ` + gapFields + ` totalCount } }`
)

type question struct {
	query string
	vars  vars
}

// questions ask for all that analysis answers, of some nodes of the demo.
func questions(a *api) map[string]question {
	return map[string]question{
		"gaps":        {`{ gaps(first: 50) { edges { cursor } nodes ` + gapFields + pageFields + ` } }`, nil},
		"ready":       {`{ gaps(list: READY) { nodes ` + gapFields + pageFields + ` } }`, nil},
		"bridging":    {`{ gaps(list: BRIDGING) { nodes ` + gapFields + pageFields + ` } }`, nil},
		"gaps then":   {`{ gaps(asOf: "2024-12") { nodes ` + gapFields + pageFields + ` } }`, nil},
		"gaps of one": {`query($id: ID!) { gaps(scope: {organization: $id}) { nodes { id kind } ` + pageFields + ` } }`, vars{"id": a.id("org-olive-threshold")}},
		"gaps around": {`query($id: ID!) { gaps(scope: {coalition: $id}, kinds: [MISSING_MEMBER]) { nodes { id kind } ` + pageFields + ` } }`, vars{"id": a.id("coal-roofs-and-deeds")}},
		"allies": {`query($of: ID!) { allies(of: $of) { nodes { node { name } score likelihood value reasons ` + reasonFields + ` worth ` + reasonFields +
			` nextStep { message { english } } path ` + pathFields + ` } ` + pageFields + ` } }`, vars{"of": a.id("org-lantern-legal")}},
		"common": {`query($ids: [ID!]!) { commonGround(ids: $ids) { shared { nodes { node { name } by { name } links { id } score } ` + pageFields + ` } places capacities } }`,
			vars{"ids": []graph.ID{a.id("org-lantern-legal"), a.id("org-olive-threshold")}}},
		"connections":          {`query($a: ID!, $b: ID!) { connections(from: $a, to: $b, k: 3) ` + pathFields + ` }`, vars{"a": a.id("org-lantern-legal"), "b": a.id("org-harbour-press")}},
		"connections by steps": {`query($a: ID!, $b: ID!) { connections(from: $a, to: $b, k: 3, by: STEPS) ` + pathFields + ` }`, vars{"a": a.id("org-lantern-legal"), "b": a.id("org-harbour-press")}},
		"coverage": {`{ coverage { rows { node { name } label total need } columns { label } groups counts expected holes
			cells(holes: true) { nodes { row column groups { name } weak expected hole suppressed nearest { name } reason ` + messageFields + ` } ` + pageFields + ` } } }`, nil},
		"coverage by place": {`{ coverage(rows: COALITION, columns: PLACE) { rows { label } columns { label } counts cell(row: 0, column: 0) { hole } } }`, nil},
		"brokers": {`{ brokers { basis ` + basisFields + ` exact error brokers { nodes { node { name } betweenness constraint effectiveSize degree core cut
			roles { coordinator itinerant gatekeeper representative liaison } } ` + pageFields + ` } } }`, nil},
		"brokers by coalition": {`{ brokers(reading: {shared: true}) { basis ` + basisFields + ` brokers { nodes { node { name } betweenness } totalCount } } }`, nil},
		"groups":               {`{ groups { alone modularity groups { nodes { id name ` + messageFields + ` size issues { name } members { nodes { name } ` + pageFields + ` } } ` + pageFields + ` } } }`, nil},
		"projection":           {`{ projection { actors groups memberships pairs { nodes { a { name } b { name } groups } ` + pageFields + ` } } }`, nil},
		"health":               {`{ health ` + healthFields + ` }`, nil},
		"trend":                {`{ trend(days: ["2023-01-01", "2024-01-01", "2025-01-01", "2026-01-01"]) { day nodes ties giant } }`, nil},
		"compare":              {`{ compare(before: "2024-12") ` + changeFields + ` }`, nil},
		"what if": {`query($id: ID!, $a: ID!) { whatIf(remove: [$id], nodes: [{id: "new", kind: Organization, name: "New"}], links: [{kind: ALLIED_WITH, from: "new", to: $a}]) ` + changeFields + ` }`,
			vars{"id": a.id("org-paper-house"), "a": a.id("org-lantern-legal")}},
		"influence": {`query($id: ID!) { influencePaths(campaign: $id) { nodes { target { name } power stance strength weak path ` + pathFields + ` } ` + pageFields + ` } }`, vars{"id": a.id("camp-back-by-supper")}},
		"holders":   {`query($id: ID!) { holders(coalition: $id) { node { name } sizes } }`, vars{"id": a.id("coal-water-compact")}},
		"standing":  {`{ introductions { nodes { id } totalCount } dismissals { nodes { id } totalCount } }`, nil},
	}
}

// TestEveryQuestionIsAnsweredToEverybody also logs how long answers take: the
// first, when all is computed, and the next, when it is remembered.
func TestEveryQuestionIsAnsweredToEverybody(t *testing.T) {
	a := demoAPI(t)
	cold, warm := map[string]time.Duration{}, map[string]time.Duration{}
	timed := func(most map[string]time.Duration, name, seeAs string, q question) *answer {
		begun := time.Now()
		next, ctx := a.start(seeAs, q.query, q.vars)
		response := next(ctx)
		most[name] = max(most[name], time.Since(begun))
		return a.read(response).ok()
	}
	for _, seeAs := range []string{"visitor", "member", "coordinator"} {
		all := questions(a)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			q := all[name]
			if _, refusal := (web.Limits{}).Parse(q.query); refusal != nil {
				t.Errorf("the guard refuses %s: %v", name, refusal)
			}
			first, second := timed(cold, name, seeAs, q), timed(warm, name, seeAs, q)
			if first.raw != second.raw {
				t.Errorf("as %s, %s is answered in two ways", seeAs, name)
			}
			if strings.Contains(first.raw, `"english":""`) || strings.Contains(first.raw, `"key":""`) {
				t.Errorf("as %s, %s holds a message that says nothing", seeAs, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cold)) {
		t.Logf("%-22s %6.1f ms, %6.1f ms when asked again", name, float64(cold[name].Microseconds())/1000, float64(warm[name].Microseconds())/1000)
	}
}

// found is the gaps that somebody is told of, as kind and the names of what
// they are about.
func (a *api) found(seeAs string) map[string]int {
	a.t.Helper()
	names := map[string]string{}
	for name, id := range a.ids {
		names[string(id)] = name
	}
	out, cursor, ids := map[string]int{}, any(nil), map[string]bool{}
	for place := 0; ; {
		r := a.ask(seeAs, `query($after: String) { gaps(first: 50, after: $after) { nodes { id kind nodes { id } } pageInfo { hasNextPage endCursor } totalCount } }`, vars{"after": cursor}).ok()
		for _, g := range r.at("gaps.nodes").([]any) {
			gap := g.(map[string]any)
			about := []string{}
			for _, n := range gap["nodes"].([]any) {
				about = append(about, names[n.(map[string]any)["id"].(string)])
			}
			slices.Sort(about)
			name := gap["kind"].(string) + " " + strings.Join(about, " ")
			if _, before := out[name]; !before { // a subject may lack several capacities
				out[name] = place
			}
			ids[gap["id"].(string)] = true
			place++
		}
		if r.at("gaps.pageInfo.hasNextPage") != true {
			if total := int(r.at("gaps.totalCount").(float64)); total != place || len(ids) != total {
				a.t.Errorf("the pages hold %d gaps, %d of them different, the whole list %d", place, len(ids), total)
			}
			return out
		}
		cursor = r.at("gaps.pageInfo.endCursor")
	}
}

// TestTheDemosGapsAreFound looks for every gap that graph/demo/README.md names.
func TestTheDemosGapsAreFound(t *testing.T) {
	a := demoAPI(t)
	found := a.found("coordinator")
	for _, want := range []string{
		"MISSING_TIE org-lantern-legal org-olive-threshold",
		"MISSING_TIE org-river-dawn org-tessa-water-lab",
		"MISSING_MEMBER coal-roofs-and-deeds org-registry-watch",
		"MISSING_MEMBER coal-children-home org-teachers-union",
		"UNCOVERED_ISSUE issue-birth-registration",
		"UNCOVERED_ISSUE issue-widows-status",
		"UNCOVERED_ISSUE issue-fishing-zone",
		"MISSING_CAPACITY coal-open-gates",
		"MISSING_CAPACITY coal-roofs-and-deeds",
		"MISSING_CAPACITY camp-back-by-supper",
		"MISSING_CAPACITY coal-clear-sight",
		"MISSING_VOICE camp-eyes-off-the-gate",
		"MISSING_VOICE coal-clear-sight",
		"MISSING_VOICE evt-calvessa-panel-2026",
		"SILO issue-biometric-gates issue-medical-permits",
		"SILO issue-absentee-title issue-grazing-closure",
		"FRAGILE_BRIDGE org-harbour-press org-paper-house",
		"FRAGILE_BRIDGE org-cistern-road",
		"COLD_TIE org-highland-council org-justice-no-fence",
		"COLD_TIE org-corvane-mission org-old-quarter-committee",
		"COLD_TIE org-aldmoor-mission org-small-steps",
		"COLD_TIE org-sulmara-solidarity org-terrace-farmers",
		"UNREACHED_TARGET camp-back-by-supper ind-colonel-drast",
		"UNREACHED_TARGET camp-eyes-off-the-gate org-crossings-administration",
		"UNREACHED_TARGET camp-eyes-off-the-gate org-optikon",
		"STALE_RECORD org-highland-council",
		"STALE_RECORD ind-hassan-lumari",
		"STALE_RECORD org-teachers-union",
	} {
		if _, is := found[want]; !is {
			t.Errorf("not found: %s", want)
		}
	}
	for _, wrong := range []string{"MISSING_TIE org-permit-desk org-school-road", "COLD_TIE org-school-road org-sundreka-mission", "UNCOVERED_ISSUE issue-self-demolition", "MISSING_VOICE evt-title-panel-2025"} {
		if _, is := found[wrong]; is {
			t.Errorf("a look-alike was found: %s", wrong)
		}
	}
	for _, seeAs := range []string{"visitor", "member"} {
		if _, is := a.found(seeAs)["MISSING_TIE org-permit-desk org-school-road"]; !is {
			t.Errorf("to a %s the dialogue is hidden, so the tie is missing", seeAs)
		}
	}
	// The best of every kind are on the first page.
	first := map[string]bool{}
	for gap, place := range found {
		if place < len(analysis.GapKinds) {
			kind, _, _ := strings.Cut(gap, " ")
			first[kind] = true
		}
	}
	if len(first) != len(analysis.GapKinds) {
		t.Errorf("the first %d gaps are of %d kinds", len(analysis.GapKinds), len(first))
	}
}

func TestGapsExplainThemselves(t *testing.T) {
	a := demoAPI(t)
	for _, seeAs := range []string{"visitor", "coordinator"} {
		r := a.ask(seeAs, `{ gaps(first: 50) { nodes `+gapFields+` } }`, nil).ok()
		for _, g := range r.at("gaps.nodes").([]any) {
			gap := g.(map[string]any)
			sum, share := 0.0, 0.0
			for _, x := range gap["reasons"].([]any) {
				reason := x.(map[string]any)
				sum += reason["amount"].(float64)
				share += reason["share"].(float64)
				if len(reason["nodes"].([]any))+len(reason["links"].([]any)) == 0 {
					t.Errorf("a reason rests on nothing: %v", reason["message"])
				}
			}
			score := gap["score"].(float64)
			if d := sum - score; d > 1e-6 || d < -1e-6 || share < .999 || share > 1.001 {
				t.Errorf("%v: score %v, reasons add up to %v, shares to %v", gap["title"], score, sum, share)
			}
			if suggestion := gap["kind"] == "MISSING_TIE" || gap["kind"] == "MISSING_MEMBER"; (gap["likelihood"] != nil) != suggestion {
				t.Errorf("%v has likelihood %v", gap["kind"], gap["likelihood"])
			}
			one := a.ask(seeAs, `query($id: ID!) { gap(id: $id) `+gapFields+` }`, vars{"id": gap["id"]}).ok()
			if fmt.Sprint(one.at("gap")) != fmt.Sprint(g) {
				t.Errorf("by its id the gap is another: %v", one.raw)
			}
		}
	}
	// Two lists, never blended: one begins with the likeliest, the other with the one worth most.
	for list, field := range map[string]string{"READY": "likelihood", "BRIDGING": "value"} {
		gaps := a.ask("coordinator", `query($l: GapList!) { gaps(list: $l, first: 100) { nodes { likelihood value } } }`, vars{"l": list}).ok().at("gaps.nodes").([]any)
		number := func(g any) float64 { return g.(map[string]any)[field].(float64) }
		for _, g := range gaps {
			if number(g) > number(gaps[0]) {
				t.Errorf("%s has %v after %v", list, g, gaps[0])
			}
		}
		if len(gaps) < 20 || number(gaps[19]) >= number(gaps[0]) {
			t.Errorf("%s has %d gaps, and none with less than the first", list, len(gaps))
		}
	}
}

// without is the API over what one level sees of a network and nothing else:
// the same rows under the same ids.
func (a *api) without(seeAs string) *api {
	a.t.Helper()
	b := emptyAPI(a.t, theDay())
	b.ids = a.ids
	p, err := a.resolver.persona(seeAs)
	if err != nil {
		a.t.Fatal(err)
	}
	v, err := a.directory.View(p.viewer, graph.SCREEN)
	if err != nil {
		a.t.Fatal(err)
	}
	var rows []graph.Row
	err = a.directory.Archive(func(int, int, int) error { return nil }, func(r graph.Row) error {
		if r.Class == graph.NODE && v.Node(r.ID) != nil || r.Class == graph.LINK && v.Link(r.ID) != nil {
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
	b.write(func(tx *graph.Tx) error {
		for _, r := range rows {
			if err := tx.Restore(r); err != nil {
				return err
			}
		}
		return nil
	})
	return b
}

func (a *api) write(do func(*graph.Tx) error) {
	a.t.Helper()
	if _, err := a.directory.Edit(a.t.Context(), keeper, graph.Request{}, do); err != nil {
		a.t.Fatal(err)
	}
}

// TestHiddenIsAbsentInEveryAnalysis compares the demo network with what a level
// sees of it alone, after coordinators dismissed gaps and somebody declined an
// introduction, byte by byte.
func TestHiddenIsAbsentInEveryAnalysis(t *testing.T) {
	a := demoAPI(t)
	gap := a.ask("visitor", `{ gaps(list: READY, first: 1) { nodes { id nodes { id } } } }`, nil).ok()
	in := a.do("coordinator", "suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gap.at("gaps.nodes.0.id")}).ok().at("suggestIntroduction.change")
	if in == nil {
		t.Fatal("nothing was suggested")
	}
	id := a.ask("coordinator", `{ introductions { nodes { id } } }`, nil).ok().at("introductions.nodes.0.id")
	a.do("coordinator", "proposeIntroduction", "IntroductionInput", vars{"id": id}).ok()
	a.do("coordinator", "answerIntroduction", "AnswerIntroductionInput", vars{"id": id, "party": gap.at("gaps.nodes.0.nodes.0.id"), "choice": "DECLINE", "note": "No."}).ok()
	cold := a.ask("coordinator", `{ gaps(kinds: [COLD_TIE], first: 1) { nodes { id } } }`, nil).ok().at("gaps.nodes.0.id")
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": cold, "reason": "They meet in secret."}).ok()
	changed := 0
	for _, seeAs := range []string{"visitor", "member"} {
		b := a.without(seeAs)
		for name, q := range questions(a) {
			whole, alone := a.ask(seeAs, q.query, q.vars), b.ask(seeAs, q.query, q.vars)
			if x, y := fmt.Sprint(whole.raw, whole.errors), fmt.Sprint(alone.raw, alone.errors); x != y {
				t.Errorf("as %s, %s tells of what is hidden:\n%s", seeAs, name, firstDifference(x, y))
			}
			if a.ask("coordinator", q.query, q.vars).raw != whole.raw {
				changed++
			}
		}
	}
	if changed < 20 {
		t.Errorf("only %d answers differ to coordinators: little is hidden, so the test shows little", changed)
	}
}

func firstDifference(x, y string) string {
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	from := max(0, at-80)
	return fmt.Sprintf("  %.200q\n  %.200q", x[from:], y[from:])
}

func TestAnalysisRefusesWhatItCannotAnswer(t *testing.T) {
	a := demoAPI(t)
	law, hidden := a.id("org-lantern-legal"), graph.ID("")
	visitors, _ := a.directory.View(graph.Viewer{}, graph.SCREEN)
	for _, id := range slices.Sorted(maps.Values(a.ids)) {
		if visitors.Node(id) == nil {
			hidden = id
		}
	}
	for _, c := range []struct {
		query string
		vars  vars
		code  graph.Code
		field string
	}{
		{`query($id: ID!) { allies(of: $id) { totalCount } }`, vars{"id": "?"}, graph.NOT_FOUND, "of"},
		{`query($id: ID!) { gaps(scope: {organization: $id}) { totalCount } }`, vars{"id": "?"}, graph.NOT_FOUND, "organization"},
		{`query($id: ID!) { commonGround(ids: [$id]) { places } }`, vars{"id": law}, graph.INVALID, "ids"},
		{`query($id: ID!) { connections(from: $id, to: $id, k: 99) { strength } }`, vars{"id": law}, graph.INVALID, "k"},
		{`{ coverage(rows: ISSUE, columns: ISSUE) { groups } }`, nil, graph.INVALID, "columns"},
		{`{ whatIf { sentence { key } } }`, nil, graph.INVALID, "remove"},
		{`query($id: ID!) { whatIf(remove: [$id]) { sentence { key } } }`, vars{"id": "?"}, graph.NOT_FOUND, "remove"},
		{`query($id: ID!) { whatIf(links: [{kind: WORKS_ON, from: $id, to: $id}]) { sentence { key } } }`, vars{"id": law}, graph.INVALID, "links"},
		{`query($id: ID!) { influencePaths(campaign: $id) { totalCount } }`, vars{"id": "?"}, graph.NOT_FOUND, "campaign"},
		{`query($id: ID!) { holders(coalition: $id) { sizes } }`, vars{"id": "?"}, graph.NOT_FOUND, "coalition"},
		{`{ gaps(first: 51) { totalCount } }`, nil, graph.LIMITED, "first"},
		{`{ gaps(after: "x") { totalCount } }`, nil, graph.INVALID, "after"},
		{`query($d: [Date!]!) { trend(days: $d) { day } }`, vars{"d": slices.Repeat([]string{"2024"}, 41)}, graph.LIMITED, ""},
		{`{ introductionYears { year } }`, nil, graph.FORBIDDEN, ""},
	} {
		got := a.ask("visitor", c.query, c.vars)
		got.refused(c.code, c.field)
		if c.vars["id"] == "?" {
			for _, id := range []graph.ID{hidden, graph.NewID()} {
				other := a.ask("visitor", c.query, vars{"id": id})
				if fmt.Sprint(other.errors) != fmt.Sprint(got.errors) {
					t.Errorf("%s: hidden and absent are told apart: %v, %v", c.query, other.errors, got.errors)
				}
			}
		}
	}
	// Cursors are of their list.
	cursor := a.ask("visitor", `{ gaps(first: 1) { pageInfo { endCursor } } }`, nil).ok().at("gaps.pageInfo.endCursor")
	a.ask("visitor", `query($c: String) { gaps(after: $c, list: READY) { totalCount } }`, vars{"c": cursor}).refused(graph.INVALID, "after")
	a.ask("member", `query($c: String) { gaps(after: $c) { totalCount } }`, vars{"c": cursor}).refused(graph.INVALID, "after")
	cursor = a.ask("visitor", `{ coverage { cells(first: 1) { pageInfo { endCursor } } } }`, nil).ok().at("coverage.cells.pageInfo.endCursor")
	a.ask("visitor", `query($c: String) { coverage { cells(first: 1, after: $c) { pageInfo { hasPreviousPage } } } }`, vars{"c": cursor}).ok().is("coverage.cells.pageInfo.hasPreviousPage", `true`)
	a.ask("visitor", `query($c: String) { coverage(rows: PLACE) { cells(after: $c) { totalCount } } }`, vars{"c": cursor}).refused(graph.INVALID, "after")
	// Thirty questions in one operation are too many.
	many := ""
	for i := range 30 {
		many += fmt.Sprintf(`g%d: gaps(asOf: "20%02d-01-01") { totalCount } `, i, i)
	}
	a.ask("visitor", `{ `+many+` }`, nil).refused(graph.LIMITED, "")
}

func TestDismissals(t *testing.T) {
	now := theDay()
	a := emptyAPI(t, now)
	a.write(func(tx *graph.Tx) error {
		add := func(kind graph.NodeKind, name string, f graph.Fields) {
			f["name"], f["visibility"] = name, "PUBLIC"
			a.ids[name] = graph.ID(fmt.Sprintf("%026d", len(a.ids)+1)) // in this order
			if err := tx.AddAs(a.ids[name], kind, f); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"Ash", "Birch", "Cedar"} {
			add(graph.KindOrganization, name, graph.Fields{})
		}
		for _, name := range []string{"Water", "Land", "Law"} {
			add(graph.KindIssue, name, graph.Fields{})
		}
		for _, org := range []string{"Ash", "Birch"} {
			if _, _, err := tx.Connect(graph.WORKS_ON, a.ids[org], a.ids["Water"], nil); err != nil {
				return err
			}
		}
		_, _, err := tx.Connect(graph.WORKS_ON, a.ids["Cedar"], a.ids["Land"], nil)
		return err
	})
	const ties = `{ gaps(kinds: [MISSING_TIE]) { nodes { id title { english } } totalCount } }`
	r := a.ask("coordinator", ties, nil).ok().is("gaps.totalCount", `1`).is("gaps.nodes.0.title.english", `"Ash and Birch have much in common and no tie"`)
	gap := r.at("gaps.nodes.0.id")
	dismiss := func(seeAs, reason string) *answer {
		return a.do(seeAs, "dismissGap", "DismissGapInput", vars{"gap": gap, "reason": reason})
	}
	dismiss("visitor", "x").refused(graph.FORBIDDEN, "")
	dismiss("coordinator", "").refused(graph.INVALID, "reason")
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": graph.NewID(), "reason": "x"}).refused(graph.NOT_FOUND, "gap")
	a.do("coordinator", "reopenGap", "ReopenGapInput", vars{"gap": gap}).refused(graph.NOT_FOUND, "gap")

	// A coordinator's holds for coordinators, and for nobody else.
	if dismiss("coordinator", "They talk every week.").ok().at("dismissGap.change") == nil {
		t.Error("nothing was dismissed")
	}
	if dismiss("coordinator", "They talk every week.").ok().at("dismissGap.change") != nil {
		t.Error("dismissed twice in the same words is a change")
	}
	for seeAs, want := range map[string]string{"coordinator": `0`, "": `0`, "member": `1`, "visitor": `1`} {
		a.ask(seeAs, ties, nil).ok().is("gaps.totalCount", want)
	}
	const list = `{ dismissals { nodes { gap gapKind title { english } nodes { name } reason by at } totalCount } }`
	a.ask("coordinator", list, nil).ok().is("dismissals.nodes", fmt.Sprintf(`[{"at":"2026-11-24T12:00:00Z","by":"local","gap":%q,"gapKind":"MISSING_TIE","nodes":[{"name":"Ash"},{"name":"Birch"}],"reason":"They talk every week.","title":{"english":"Ash and Birch have much in common and no tie"}}]`, gap))
	a.ask("member", list, nil).ok().is("dismissals.totalCount", `0`)
	a.ask("coordinator", `query($id: ID!) { gap(id: $id) { id } }`, vars{"id": gap}).ok().is("gap.id", fmt.Sprintf("%q", gap))

	// Time alone does not bring it back, nor what is said of others; a second issue does.
	*now = now.AddDate(0, 3, 0)
	a.ask("coordinator", ties, nil).ok().is("gaps.totalCount", `0`)
	work := func(org, issue string) {
		a.write(func(tx *graph.Tx) error {
			_, _, err := tx.Connect(graph.WORKS_ON, a.ids[org], a.ids[issue], nil)
			return err
		})
	}
	work("Cedar", "Law")
	work("Ash", "Law")
	both := a.ask("coordinator", `query($a: ID!) { gaps(kinds: [MISSING_TIE], scope: {organization: $a}) { nodes { nodes { name } } } }`, vars{"a": a.ids["Ash"]}).ok()
	both.is("gaps.nodes", `[{"nodes":[{"name":"Ash"},{"name":"Cedar"}]}]`)
	work("Birch", "Law")
	work("Birch", "Land")
	work("Ash", "Land")
	a.ask("coordinator", `query($id: ID!) { gaps(kinds: [MISSING_TIE]) { nodes { id } } gap(id: $id) { id } }`, vars{"id": gap}).ok()
	if !slices.Contains(a.gapIDs("coordinator"), gap.(string)) {
		t.Error("the gap did not return when more spoke for it")
	}
	// Dismissed again it goes again; reopened it comes back.
	dismiss("coordinator", "Still no.").ok()
	a.ask("coordinator", list, nil).ok().is("dismissals.totalCount", `1`).is("dismissals.nodes.0.reason", `"Still no."`)
	if slices.Contains(a.gapIDs("coordinator"), gap.(string)) {
		t.Error("the gap did not go when dismissed again")
	}
	a.do("coordinator", "reopenGap", "ReopenGapInput", vars{"gap": gap}).ok()
	if !slices.Contains(a.gapIDs("coordinator"), gap.(string)) {
		t.Error("the gap did not come back when reopened")
	}
	// A member's is the member's own. Who wrote it is for coordinators.
	dismiss("member", "Not for us.").ok()
	if slices.Contains(a.gapIDs("member"), gap.(string)) || !slices.Contains(a.gapIDs("visitor"), gap.(string)) {
		t.Error("a member's dismissal is the member's alone")
	}
	a.ask("member", list, nil).ok().is("dismissals.nodes.0.by", `null`)
	other := context.WithValue(t.Context(), personaKey{}, persona{"member", graph.Viewer{Account: "another", Level: graph.LevelMember}})
	next, ctx := a.startIn(other, list, nil)
	a.read(next(ctx)).ok().is("dismissals.totalCount", `0`)
	// An edit sent again under its key is done once, though the gap is not shown any more.
	in := vars{"gap": gap, "reason": "Keyed.", "clientMutationId": "k"}
	first := a.do("coordinator", "dismissGap", "DismissGapInput", in).ok().at("dismissGap.change")
	if second := a.do("coordinator", "dismissGap", "DismissGapInput", in).ok().at("dismissGap.change"); first == nil || first != second {
		t.Errorf("sent twice under one key: %v, %v", first, second)
	}
}

func (a *api) gapIDs(seeAs string) (out []string) {
	a.t.Helper()
	for _, g := range a.ask(seeAs, `{ gaps(first: 50) { nodes { id } } }`, nil).ok().at("gaps.nodes").([]any) {
		out = append(out, g.(map[string]any)["id"].(string))
	}
	return out
}

// TestWhatANarrowScopeListsCanBeActedOn takes a tie that the list of the whole
// network lacks, since it holds the likeliest twenty of every actor only.
func TestWhatANarrowScopeListsCanBeActedOn(t *testing.T) {
	a := demoAPI(t)
	listed := map[any]bool{}
	all := a.ask("coordinator", `{ gaps(first: 1000) { nodes { id } limited } }`, nil).ok().is("gaps.limited", `true`)
	for _, g := range all.at("gaps.nodes").([]any) {
		listed[g.(map[string]any)["id"]] = true
	}
	const narrow = `query($of: ID!) { gaps(scope: {organization: $of}, kinds: [MISSING_TIE, MISSING_MEMBER], first: 1000) { nodes { id score value title { english } } totalCount } }`
	const one = `query($id: ID!) { gap(id: $id) { id score value title { english } } }`
	of := vars{"of": a.id("org-aerial-ledger")}
	var unlisted any
	for _, g := range a.ask("coordinator", narrow, of).ok().at("gaps.nodes").([]any) {
		g := g.(map[string]any)
		want, _ := json.Marshal(g)
		a.ask("coordinator", one, vars{"id": g["id"]}).ok().is("gap", string(want))
		if !listed[g["id"]] {
			unlisted = g["id"]
		}
	}
	if unlisted == nil {
		t.Fatal("the list of the whole network holds them all")
	}
	before := a.ask("coordinator", narrow, of).ok().at("gaps.totalCount").(float64)
	a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"gap": unlisted}).ok().is("edit.introduction.gap", fmt.Sprintf("%q", unlisted))
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": unlisted, "reason": "They know each other."}).ok()
	if after := a.ask("coordinator", narrow, of).ok().at("gaps.totalCount").(float64); after != before-1 {
		t.Errorf("%v gaps are left of %v when one was dismissed", after, before)
	}
	for _, none := range []string{"tie-", "tie-" + string(graph.NewID()) + "-" + string(graph.NewID()), "tie-x-y", "member-" + string(a.id("org-aerial-ledger")) + "-" + string(a.id("org-river-dawn"))} {
		a.ask("coordinator", one, vars{"id": none}).ok().is("gap", `null`)
	}
}

func TestPagesGoOnWhereTheListChanged(t *testing.T) {
	a := demoAPI(t)
	const q = `query($after: String) { gaps(first: 3, after: $after) { nodes { id } pageInfo { endCursor hasPreviousPage } } }`
	first := a.ask("coordinator", q, nil).ok()
	last, cursor := first.at("gaps.nodes.2.id"), first.at("gaps.pageInfo.endCursor")
	then := a.ask("coordinator", q, vars{"after": cursor}).ok().is("gaps.pageInfo.hasPreviousPage", `true`).at("gaps.nodes.0.id")
	a.do("coordinator", "dismissGap", "DismissGapInput", vars{"gap": last, "reason": "x"}).ok()
	after := a.ask("coordinator", q, vars{"after": cursor}).ok()
	if got := after.at("gaps.nodes.0.id"); got == last || got == nil {
		t.Errorf("after a gap that was dismissed comes %v; before it was %v", got, then)
	}
}

func TestMemoryMakesOnceAndGivesUp(t *testing.T) {
	m := newMemory()
	var mu sync.Mutex
	made := 0
	begun, enough := make(chan struct{}, 9), make(chan struct{})
	slow := func(ctx context.Context) (any, error) {
		mu.Lock()
		made++
		mu.Unlock()
		begun <- struct{}{}
		select {
		case <-enough:
			return 42, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if v, err := m.recall(t.Context(), 1, "k", message.ProgressAnswering, slow); v != 42 || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
		})
	}
	<-begun
	close(enough)
	all.Wait()
	if made != 1 {
		t.Errorf("made %d times for five who asked at once", made)
	}
	// One who leaves does not take it from the other; when all left it ends.
	one, leave := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	blocked := func(ctx context.Context) (any, error) {
		begun <- struct{}{}
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}
	all.Go(func() {
		if _, err := m.recall(one, 1, "slow", message.ProgressAnswering, blocked); !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
	})
	<-begun
	leave()
	all.Wait()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("what nobody waits for ended with %v", err)
	}
	// A panic is an error; an error is not kept; a newer network forgets the older.
	if _, err := m.recall(t.Context(), 1, "p", message.ProgressAnswering, func(context.Context) (any, error) { panic("x") }); err == nil {
		t.Error("a panic is no error")
	}
	if v, err := m.recall(t.Context(), 1, "p", message.ProgressAnswering, func(context.Context) (any, error) { return 1, nil }); v != 1 || err != nil {
		t.Errorf("an error was kept: %v, %v", v, err)
	}
	fresh := func(context.Context) (any, error) { return "new", nil }
	if v, _ := m.recall(t.Context(), 2, "p", message.ProgressAnswering, fresh); v != "new" {
		t.Errorf("of the newer network: %v", v)
	}
	if v, _ := m.recall(t.Context(), 1, "p", message.ProgressAnswering, func(context.Context) (any, error) { return "old", nil }); v != "old" {
		t.Errorf("of the older network: %v", v)
	}
	if len(m.flights) != 1 {
		t.Errorf("%d things are kept, want that of the newest network", len(m.flights))
	}
	// What weighs too much goes, the longest unused first.
	big := func(context.Context) (any, error) {
		return &analysis.Found{Gaps: make([]analysis.Gap, memoryWeight/50/2)}, nil
	}
	for _, key := range []string{"a", "b", "c"} {
		if _, err := m.recall(t.Context(), 2, key, message.ProgressAnswering, big); err != nil {
			t.Fatal(err)
		}
	}
	if m.flights["a"] != nil || m.flights["c"] == nil || m.weight > memoryWeight {
		t.Errorf("kept %d of weight %d", len(m.flights), m.weight)
	}
}
