package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

// planted is a world with every kind of gap and, beside each, a decoy that only
// looks like it. want lists the subjects by kind, never the subjects that no
// gap of the kind may have.
func planted(t *testing.T) (w *world, want, never map[GapKind][]string) {
	w = newWorld(t)
	want, never = map[GapKind][]string{}, map[GapKind][]string{}
	org := func(names ...string) {
		for _, n := range names {
			w.node(graph.KindOrganization, n)
		}
	}
	issue := func(name string, f ...any) { w.node(graph.KindIssue, name, f...) }

	// MISSING_TIE: Ash and Birch share two small issues, an event and a partner. The
	// decoy pair shares one crowded issue; another pair shares as much and is tied.
	org("Ash", "Birch", "Cedar", "Dogwood", "Elm")
	issue("Wells")
	issue("Springs")
	issue("Crowded")
	w.node(graph.KindEvent, "Forum", "date", "2026-05-01")
	for _, o := range []string{"Ash", "Birch"} {
		w.link(graph.WORKS_ON, o, "Wells")
		w.link(graph.WORKS_ON, o, "Springs")
		w.link(graph.ALLIED_WITH, o, "Cedar")
		w.link(graph.TOOK_PART_IN, o, "Forum")
	}
	for _, o := range []string{"Ash", "Dogwood", "Elm"} {
		w.link(graph.WORKS_ON, o, "Crowded")
	}
	w.link(graph.ALLIED_WITH, "Dogwood", "Elm")
	for _, n := range strings.Fields("C1 C2 C3 C4 C5 C6 C7 C8") {
		org(n)
		w.link(graph.WORKS_ON, n, "Crowded")
	}
	want[MISSING_TIE] = []string{"Ash Birch"}
	never[MISSING_TIE] = []string{"Dogwood Elm", "Ash Cedar"}

	// MISSING_MEMBER: Fir is in all the coalitions that the members of Canopy are in.
	org("Fir", "Gum", "Hazel", "Stray")
	for _, c := range []string{"Canopy", "Roots", "Leaves"} {
		w.node(graph.KindCoalition, c)
		for _, o := range []string{"Gum", "Hazel"} {
			w.link(graph.MEMBER_OF, o, c)
		}
	}
	w.link(graph.MEMBER_OF, "Fir", "Roots")
	w.link(graph.MEMBER_OF, "Fir", "Leaves")
	want[MISSING_MEMBER] = []string{"Canopy Fir", "Lawyers Needy"} // Lawyers: see below
	never[MISSING_MEMBER] = []string{"Canopy Gum", "Canopy Stray"}

	// UNCOVERED_ISSUE: urgent, one worker. Decoys: two workers by way of a part; not pressing.
	issue("Lone", "horizon", "URGENT")
	w.link(graph.WORKS_ON, "Gum", "Lone")
	issue("Covered", "horizon", "URGENT")
	issue("Part of covered")
	w.link(graph.PART_OF, "Part of covered", "Covered")
	w.link(graph.WORKS_ON, "Gum", "Part of covered")
	w.link(graph.WORKS_ON, "Hazel", "Part of covered")
	issue("Quiet", "horizon", "LONG_TERM")
	want[UNCOVERED_ISSUE] = []string{"Lone"}
	never[UNCOVERED_ISSUE] = []string{"Covered", "Part of covered", "Quiet"}

	// MISSING_CAPACITY: Needy lacks legal help that a partner of a member offers. Decoy: Provided has it.
	w.node(graph.KindCoalition, "Needy", "capacitiesNeeded", []string{"LEGAL"})
	w.node(graph.KindCoalition, "Provided", "capacitiesNeeded", []string{"LEGAL"})
	w.node(graph.KindOrganization, "Lawyers", "capacitiesOffered", []string{"LEGAL"})
	w.link(graph.MEMBER_OF, "C1", "Needy")
	w.link(graph.MEMBER_OF, "Lawyers", "Provided")
	w.link(graph.ALLIED_WITH, "C1", "Lawyers")
	want[MISSING_CAPACITY] = []string{"Needy"}
	never[MISSING_CAPACITY] = []string{"Provided"}

	// MISSING_VOICE: Unheard has nobody of the affected; Heard has one who represents them.
	w.node(graph.KindCommunity, "Valley")
	w.node(graph.KindCampaign, "Unheard")
	w.node(graph.KindCampaign, "Heard")
	w.node(graph.KindIndividual, "Speaker", "visibility", "PUBLIC")
	w.link(graph.AFFECTED_BY, "Valley", "Covered", "severity", 4)
	w.link(graph.REPRESENTS, "Speaker", "Valley")
	for _, c := range []string{"Unheard", "Heard"} {
		w.link(graph.WORKS_ON, c, "Covered")
		w.link(graph.LEADS, "C2", c)
	}
	w.link(graph.SUPPORTS, "Speaker", "Heard")
	want[MISSING_VOICE] = []string{"Unheard"}
	never[MISSING_VOICE] = []string{"Heard"}

	// SILO: Smoke drives Cough with strangers on both. Decoy: Dust drives Smoke with one shared coalition.
	for _, i := range []string{"Smoke", "Cough", "Dust"} {
		issue(i)
	}
	org("S1", "S2", "K1", "K2", "D1")
	w.link(graph.DRIVES, "Smoke", "Cough", "weight", 5)
	w.link(graph.DRIVES, "Dust", "Smoke", "weight", 5)
	w.link(graph.WORKS_ON, "S1", "Smoke")
	w.link(graph.WORKS_ON, "S2", "Smoke")
	w.link(graph.WORKS_ON, "K1", "Cough")
	w.link(graph.WORKS_ON, "K2", "Cough")
	w.link(graph.WORKS_ON, "D1", "Dust")
	w.node(graph.KindCoalition, "Air")
	w.link(graph.MEMBER_OF, "S1", "Air")
	w.link(graph.MEMBER_OF, "D1", "Air")
	want[SILO] = []string{"Cough Smoke"}
	never[SILO] = []string{"Dust Smoke"}

	// FRAGILE_BRIDGE: two triangles by way of Neck. Decoy: Cedar has only single nodes around it but for one side.
	org("L1", "L2", "L3", "Neck", "R1", "R2", "R3")
	for _, side := range [2][3]string{{"L1", "L2", "L3"}, {"R1", "R2", "R3"}} {
		for k := range 3 {
			w.link(graph.ALLIED_WITH, side[k], side[(k+1)%3])
		}
		w.link(graph.ALLIED_WITH, "Neck", side[0])
		w.link(graph.ALLIED_WITH, "Neck", side[1])
	}
	want[FRAGILE_BRIDGE] = []string{"Neck"}
	never[FRAGILE_BRIDGE] = []string{"L1", "L3", "Cedar"}

	// Two triangles that hang together by one tie: one gap, not one more for each of its ends.
	for _, side := range [2][3]string{{"P1", "P2", "P3"}, {"Q1", "Q2", "Q3"}} {
		org(side[:]...)
		for k := range 3 {
			w.link(graph.ALLIED_WITH, side[k], side[(k+1)%3])
		}
	}
	w.link(graph.ALLIED_WITH, "P1", "Q1")
	want[FRAGILE_BRIDGE] = append(want[FRAGILE_BRIDGE], "P1 Q1")
	never[FRAGILE_BRIDGE] = append(never[FRAGILE_BRIDGE], "P1", "Q1")

	// Nobody parts the wheel, yet most ways between its spokes lead over its hub.
	org("Wheel")
	for k := range 12 {
		org(fmt.Sprint("W", k))
		w.link(graph.ALLIED_WITH, fmt.Sprint("W", k), "Wheel")
		if k > 0 {
			w.link(graph.ALLIED_WITH, fmt.Sprint("W", k), fmt.Sprint("W", k-1))
		}
	}
	want[FRAGILE_BRIDGE] = append(want[FRAGILE_BRIDGE], "Wheel")
	never[FRAGILE_BRIDGE] = append(never[FRAGILE_BRIDGE], "W5")

	// COLD_TIE: a yearly pair silent for six years; a monthly pair silent for a year. Decoys: weak; fresh; a slow habit.
	org("T1", "T2", "T3", "T4", "T5")
	dates := func(list ...string) []any {
		n := len(list)
		return []any{"contactDates", list, "contactChannels", slices.Repeat([]string{"MEETING"}, n), "contactNotes", slices.Repeat([]string{""}, n)}
	}
	w.link(graph.IN_DIALOGUE_WITH, "T1", "T2", append([]any{"strength", 5}, dates("2020-01-10")...)...)
	w.link(graph.IN_DIALOGUE_WITH, "T1", "T3", append([]any{"strength", 4}, dates("2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01")...)...)
	w.link(graph.IN_DIALOGUE_WITH, "T2", "T3", append([]any{"strength", 2}, dates("2020-01-10")...)...)
	w.link(graph.IN_DIALOGUE_WITH, "T1", "T4", append([]any{"strength", 5}, dates("2026-01-10")...)...)
	w.link(graph.IN_DIALOGUE_WITH, "T1", "T5", append([]any{"strength", 5}, dates("2005", "2010", "2015", "2020", "2025")...)...)
	want[COLD_TIE] = []string{"T1 T2", "T1 T3"}
	never[COLD_TIE] = []string{"T2 T3", "T1 T4", "T1 T5"}

	// UNREACHED_TARGET: the way to Judge is reversed; to Mayor there is one.
	w.node(graph.KindCampaign, "Reach")
	org("Ministry")
	for _, n := range []string{"Mayor", "Judge", "Aide"} {
		w.node(graph.KindIndividual, n, "visibility", "PUBLIC")
		if n != "Aide" {
			w.link(graph.TARGETS, "Reach", n)
		}
	}
	w.link(graph.TARGETS, "Reach", "Ministry")
	w.link(graph.LEADS, "C3", "Reach")
	w.link(graph.INFLUENCES, "C3", "Mayor", "strength", 4)
	w.link(graph.INFLUENCES, "Judge", "C3", "strength", 5)
	w.link(graph.INFLUENCES, "C3", "Aide", "strength", 4)
	w.link(graph.AFFILIATED_WITH, "Aide", "Ministry")
	want[UNREACHED_TARGET] = []string{"Judge Reach"}
	never[UNREACHED_TARGET] = []string{"Mayor Reach", "Ministry Reach"}

	// STALE_RECORD: Old was confirmed five years ago and matters. Decoy: Idle is as old and has no links.
	w.node(graph.KindOrganization, "Old", "lastConfirmedAt", "2021-01-01T00:00:00Z")
	w.node(graph.KindOrganization, "Idle", "lastConfirmedAt", "2021-01-01T00:00:00Z")
	w.link(graph.ALLIED_WITH, "Old", "C4")
	want[STALE_RECORD] = []string{"Old"}
	never[STALE_RECORD] = []string{"Idle", "C4"}
	return w, want, never
}

func (w *world) subject(g Gap) string {
	var names []string
	for _, id := range g.Nodes {
		names = append(names, w.names[id])
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestPlantedGaps(t *testing.T) {
	w, want, never := planted(t)
	ix := w.index()
	all, err := ix.Gaps(t.Context(), GapQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range GapKinds {
		var got []string
		for _, g := range all {
			if g.Kind == kind {
				got = append(got, w.subject(g))
			}
		}
		top := slices.Clone(got[:min(len(got), len(want[kind]))])
		slices.Sort(top)
		if !slices.Equal(top, want[kind]) {
			t.Errorf("%s: first come %v, want %v; all: %v", kind, top, want[kind], got)
		}
		for _, n := range never[kind] {
			if slices.Contains(got, n) {
				t.Errorf("%s: the decoy %s is listed", kind, n)
			}
		}
	}
}

// Every gap is in [0,1], adds up, is said in words without holes, and has an id of its own.
func TestGapsExplainThemselves(t *testing.T) {
	w, _, _ := planted(t)
	ix := w.index()
	all, err := ix.Gaps(t.Context(), GapQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[graph.ID]bool{}
	for n, g := range all {
		sum, share := 0.0, 0.0
		for _, r := range g.Reasons {
			sum += r.Amount
			share += r.Share
			if len(r.Nodes) == 0 {
				t.Errorf("%s %s: the reason %s names nothing", g.Kind, w.subject(g), r.Key)
			}
			said(t, r.Message)
		}
		if g.Score < 0 || g.Score > 1 || math.Abs(sum-g.Score) > 1e-6 || math.Abs(share-1) > 1e-6 {
			t.Errorf("%s %s: score %v, amounts %v, shares %v", g.Kind, w.subject(g), g.Score, sum, share)
		}
		if n > 0 && g.rank > all[n-1].rank {
			t.Errorf("%s %s is out of order", g.Kind, w.subject(g))
		}
		if ids[g.ID] {
			t.Errorf("two gaps have the id of %s %s", g.Kind, w.subject(g))
		}
		ids[g.ID] = true
		said(t, g.Title)
		said(t, g.NextStep.Message)
		if (g.Kind == MISSING_TIE) != (g.Likelihood > 0) { // of members too few are recorded to tell
			t.Errorf("%s %s: likelihood %v", g.Kind, w.subject(g), g.Likelihood)
		}
	}
}

// Whoever may join a coalition and has something that speaks for it can be suggested by id, listed or not.
func TestFurtherMembersAreFoundByTheirID(t *testing.T) {
	_, ix := zaruna(t)
	further := 0
	for _, c := range ix.memberFit().coalitions[:6] {
		coalition := ix.nodes[c].id
		listed, err := ix.MissingMembers(t.Context(), coalition, nil)
		if err != nil {
			t.Fatal(err)
		}
		speaks, err := ix.MemberEvidence(coalition)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range speaks {
			i, _ := ix.number(x.Node)
			id := SuggestionID(MISSING_MEMBER, x.Node, coalition)
			g, err := ix.Suggestion(t.Context(), id, nil)
			if want := x.Score > 0 && !ix.nodes[c].closed && ix.mayJoin(i, c, nil); err != nil || (g != nil) != want {
				t.Fatalf("%s in %s: %v, %v", ix.nodes[i].name, ix.nodes[c].name, g, err)
			}
			if g == nil || slices.ContainsFunc(listed, func(l Gap) bool { return l.ID == id }) {
				continue
			}
			further++
			sum := 0.0
			for _, r := range g.Reasons {
				sum += r.Amount
			}
			if g.ID != id || g.Score <= 0 || math.Abs(sum-g.Score) > 1e-6 {
				t.Errorf("%s: score %v, its reasons add up to %v", English(g.Title), g.Score, sum)
			}
		}
	}
	if further < 20 {
		t.Errorf("%d are not listed: this shows little", further)
	}
}

// Of much evidence the weightiest is told apart and the rest together, for and against, and all of it
// adds up; no reason names more than can be looked at.
func TestMuchEvidenceIsToldShortly(t *testing.T) {
	_, ix := zaruna(t)
	ends := []int32{0, 1}
	args, links := func() []Arg { return []Arg{ix.argNode("other", 2), ix.argNode("coalition", 1)} }, func() []int32 { return []int32{0, 1, 2} }
	for _, c := range []struct {
		amounts []float64
		told    []float64
		keys    string
	}{
		{nil, nil, ""},
		{[]float64{.1, 0, .2}, []float64{.2, .1}, "a a"},
		{[]float64{.1, .2, .3, .4, .5, .6}, []float64{.6, .5, .4, .3, .2, .1}, "a a a a a a"},
		{[]float64{-.5, .1, .2, -.25, .3, .4, .5, .6, .7}, []float64{.7, .6, .5, .4, .3, .3, -.75}, "a a a a a member.near member.unlike"},
		{[]float64{-.5}, []float64{-.5}, "member.unlike"},
	} {
		e, pieces, sum := &evidence{}, []piece{}, 0.0
		for k, x := range c.amounts {
			pieces = append(pieces, piece{"a", int32(2 + k), x, args, links})
			sum += x
		}
		e.addPieces(ix, ends, pieces, "member.near", "member.unlike", ix.argNode("coalition", 1))
		var keys []string
		for k, r := range e.reasons {
			keys = append(keys, r.Key)
			if k < len(c.told) && math.Abs(r.Amount-c.told[k]) > 1e-12 {
				t.Errorf("of %v reason %d says %v, not %v", c.amounts, k, r.Amount, c.told[k])
			}
		}
		if got := strings.Join(keys, " "); got != c.keys || math.Abs(e.raw-sum) > 1e-12 {
			t.Errorf("%v are told as %q and %v, not %q and %v", c.amounts, got, e.raw, c.keys, sum)
		}
		if r := e.reasons; len(c.told) == 7 {
			if text := English(r[6].Message); !strings.Contains(text, ix.nodes[2].name+" and "+ix.nodes[5].name) {
				t.Errorf("what speaks against it is %q, the weightiest not first", text)
			}
		}
	}
	many := make([]int32, 50)
	for k := range many {
		many[k] = int32(k)
	}
	e := &evidence{}
	e.add(ix, 1, "tie.partners", many, many, argCount("count", 50), ix.argNodes("partners", many))
	if r := e.reasons[0]; len(r.Nodes) != 3+nodesNamed || len(r.Links) != linksNamed || !strings.HasSuffix(English(r.Message), "and 47 more") {
		t.Errorf("of fifty %d nodes and %d links are named: %s", len(r.Nodes), len(r.Links), English(r.Message))
	}
}

var place = regexp.MustCompile(`\{(\w+)[|}]`)

// said checks that a message has words and an argument for every place in them.
func said(t *testing.T, m Message) {
	t.Helper()
	template, ok := english[m.Key]
	if !ok {
		t.Fatalf("%q has no English", m.Key)
	}
	for _, p := range place.FindAllStringSubmatch(template, -1) {
		if !slices.ContainsFunc(m.Args, func(a Arg) bool { return a.Name == p[1] }) {
			t.Errorf("%q says {%s} and has no such argument", m.Key, p[1])
		}
	}
	if s := English(m); s == "" || strings.ContainsAny(s, "{}|") {
		t.Errorf("%q is said as %q", m.Key, s)
	}
}

// Taking away the links that a reason names lowers the score.
func TestEvidenceMatters(t *testing.T) {
	w, _, _ := planted(t)
	ix := w.index()
	lists, err := ix.MissingTies(t.Context(), TieQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	tried, lower := 0, 0
	for _, s := range lists.Ready {
		for _, r := range s.Reasons {
			if len(r.Links) == 0 {
				continue
			}
			tried++
			without, err := ix.Suppose(Supposition{Remove: r.Links})
			if err != nil {
				t.Fatal(err)
			}
			i, _ := without.number(s.From)
			j, _ := without.number(s.To)
			f := ix.newAffinity()
			if without.pairOf(i, j, f).raw < ix.pairOf(i, j, f).raw {
				lower++
			}
		}
	}
	if tried < 20 || float64(lower) < .95*float64(tried) {
		t.Errorf("%d of %d removals lowered the evidence", lower, tried)
	}
}

// A network with hidden parts answers, to whom they are hidden from, like one
// without them, to the byte.
func TestHiddenEqualsAbsent(t *testing.T) {
	answers := func(hidden bool) string {
		w, _, _ := planted(t)
		if hidden {
			secret := []any{"visibility", "COORDINATORS"}
			w.count = 1000 // ids of the visible stay the same
			for _, n := range []string{"X1", "X2", "X3"} {
				w.node(graph.KindOrganization, n, secret...)
				w.link(graph.WORKS_ON, n, "Wells")
				w.link(graph.ALLIED_WITH, n, "Ash")
				w.link(graph.ALLIED_WITH, n, "R3")
				w.link(graph.MEMBER_OF, n, "Needy")
			}
			w.link(graph.ALLIED_WITH, "Ash", "Birch", secret...)
			w.link(graph.WORKS_ON, "Hazel", "Lone", secret...)
			w.node(graph.KindIssue, "Y", secret...)
			w.link(graph.DRIVES, "Y", "Smoke", secret...)
			w.link(graph.WORKS_ON, "K1", "Smoke", secret...)
			w.link(graph.INFLUENCES, "C3", "Judge", secret...)
		}
		ix := NewIndex(w.view(graph.Viewer{Account: "m", Level: graph.LevelMember}))
		gaps, err := ix.Gaps(t.Context(), GapQuestion{})
		if err != nil {
			t.Fatal(err)
		}
		health, err := ix.HealthOf(t.Context(), Reading{})
		if err != nil {
			t.Fatal(err)
		}
		brokers, err := ix.Brokers(t.Context(), Reading{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		cover, err := ix.Coverage(BY_ISSUE, BY_CAPACITY)
		if err != nil {
			t.Fatal(err)
		}
		paths, err := ix.Connections(t.Context(), w.ids["Ash"], w.ids["Birch"], 5, BY_STRENGTH)
		if err != nil {
			t.Fatal(err)
		}
		groups, err := ix.Communities(t.Context(), Reading{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal([]any{gaps, health, brokers, cover, paths, groups})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	a, b := answers(false), answers(true)
	if a != b {
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		t.Errorf("answers differ from byte %d: %.300s\n%.300s", at, a[max(0, at-100):], b[max(0, at-100):])
	}
}

func TestMixed(t *testing.T) {
	w, _, _ := planted(t)
	all, err := w.index().Gaps(t.Context(), GapQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	mixed := Mixed(all)
	kinds := map[GapKind]bool{}
	for _, g := range mixed[:len(GapKinds)] {
		kinds[g.Kind] = true
	}
	if len(kinds) != len(GapKinds) || len(mixed) != len(all) {
		t.Errorf("the first ten of %d are of %d kinds", len(mixed), len(kinds))
	}
}

func TestNobodyFillsAList(t *testing.T) {
	tie := func(score float64, a, b graph.ID) Gap {
		return stamped(MISSING_TIE, Gap{Nodes: []graph.ID{a, b}, Score: score, Likelihood: score}, score)
	}
	gaps := []Gap{tie(.9, "hub", "a"), tie(.89, "hub", "b"), tie(.88, "hub", "c"), tie(.8, "d", "e"), tie(.75, "f", "g"), tie(.7, "a", "f")}
	// hub's second counts .801 and its third .7128; a and f stand in a better one each: .567.
	want := "hub-a hub-b d-e f-g hub-c a-f"
	for name, list := range map[string][]Gap{"mixed": Mixed(gaps), "ready": Ready(gaps)} {
		var got []string
		for _, g := range list {
			got = append(got, string(g.Nodes[0]+"-"+g.Nodes[1]))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}

func TestTwoThatMayBeOne(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Wells")
	for name, fields := range map[string][]any{
		"Öpen Rivers":                     {"place", "Lumar"},
		"OR":                              {"otherNames", []string{"open rivers"}},
		"Open Rivers":                     {"place", "Qasmira"},
		"Far Table":                       nil,
		"The Public Services Union (PSU)": nil,
		"PSU, Public Service Union":       nil,
		"Public Service Union 2 (PSU)":    nil,
	} {
		w.node(graph.KindOrganization, name, fields...)
		w.link(graph.WORKS_ON, name, "Wells")
	}
	ix := w.index()
	for _, pair := range []struct {
		a, b string
		one  bool
	}{
		{"Öpen Rivers", "OR", true},
		{"Open Rivers", "OR", true},
		{"Open Rivers", "Öpen Rivers", false}, // at two places
		{"Far Table", "OR", false},
		{"The Public Services Union (PSU)", "PSU, Public Service Union", true},
		{"The Public Services Union (PSU)", "Public Service Union 2 (PSU)", false},
	} {
		g, err := ix.SuggestionBetween(t.Context(), w.ids[pair.a], w.ids[pair.b], nil)
		if err != nil || g == nil {
			t.Fatalf("%s and %s: %v, %v", pair.a, pair.b, g, err)
		}
		if g.Likelihood != 0 {
			t.Errorf("without a tie in the network, one of %s and %s is said to be likely by %v", pair.a, pair.b, g.Likelihood)
		}
		if one := g.NextStep.Message.Key == "next.same"; one != pair.one {
			t.Errorf("%s and %s: the next step is %s", pair.a, pair.b, English(g.NextStep.Message))
		}
	}
}
