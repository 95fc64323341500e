package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

func (w *world) called(ids []graph.ID) string {
	names := make([]string, len(ids))
	for k, id := range ids {
		names[k] = w.names[id]
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestCommonGround(t *testing.T) {
	w := newWorld(t)
	for _, o := range []string{"A", "B", "C"} {
		w.node(graph.KindOrganization, o, "place", "Ramla", "capacitiesOffered", []string{"LEGAL"})
	}
	w.node(graph.KindIssue, "Water")
	w.node(graph.KindCoalition, "Rivers")
	for _, o := range []string{"A", "B", "C"} {
		w.link(graph.WORKS_ON, o, "Water")
	}
	w.link(graph.MEMBER_OF, "A", "Rivers")
	w.link(graph.MEMBER_OF, "B", "Rivers", "until", "2020")
	w.link(graph.MEMBER_OF, "C", "Rivers")
	got, err := w.index().CommonGround([]graph.ID{w.ids["A"], w.ids["B"], w.ids["C"]})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Nodes) != 2 || w.names[got.Nodes[0].Node] != "Water" || w.called(got.Nodes[0].By) != "A B C" || len(got.Nodes[0].Links) != 3 ||
		w.names[got.Nodes[1].Node] != "Rivers" || w.called(got.Nodes[1].By) != "A C" {
		t.Errorf("shared: %+v", got.Nodes)
	}
	if !slices.Equal(got.Places, []string{"Ramla"}) || !slices.Equal(got.Capacities, []string{"LEGAL"}) {
		t.Errorf("places %v, capacities %v", got.Places, got.Capacities)
	}
	if _, err := w.index().CommonGround([]graph.ID{w.ids["A"]}); graph.CodeOf(err) != graph.INVALID {
		t.Errorf("one node: %v", err)
	}
}

func TestAlliesOnAnIssueNearAPlace(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Water")
	w.node(graph.KindIssue, "Wells")
	w.node(graph.KindIssue, "Land")
	w.link(graph.PART_OF, "Wells", "Water")
	for _, o := range []string{"Us", "Near", "Far", "Other", "Partner", "No"} {
		w.node(graph.KindOrganization, o, "place", map[bool]string{true: "Gaza", false: "GAZA"}[o == "Us"])
		w.link(graph.WORKS_ON, o, "Land")
	}
	w.node(graph.KindOrganization, "Away", "place", "Haifa")
	w.link(graph.WORKS_ON, "Away", "Land")
	for _, o := range []string{"Near", "Partner", "No", "Away"} {
		w.link(graph.WORKS_ON, o, "Wells")
	}
	w.link(graph.ALLIED_WITH, "Us", "Partner")
	w.link(graph.ALLIED_WITH, "Near", "Partner")
	refused := Refusals{}
	refused.Refuse(w.ids["Us"], w.ids["No"])
	got, err := w.index().Allies(t.Context(), AllyQuestion{Of: w.ids["Us"], Issue: w.ids["Water"], Place: "gaza", Refused: refused})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].To != w.ids["Near"] {
		t.Fatalf("allies %+v", got)
	}
	w.node(graph.KindOrganization, "Alone")
	paths, err := w.index().Paths(t.Context(), w.ids["Us"], []graph.ID{w.ids["Near"], w.ids["Alone"]})
	if err != nil || len(paths) != 2 || paths[1] != nil {
		t.Fatalf("paths %+v, %v", paths, err)
	}
	if p := paths[0]; p == nil || w.called(p.Nodes) != "Near Partner Us" || English(p.Steps[0]) != "Us is allied with Partner" {
		t.Errorf("path %+v", p)
	}
	if who := got[0].NextStep.Who; len(who) != 1 || who[0] != w.ids["Partner"] {
		t.Errorf("broker %v", w.called(who))
	}
}

func TestCoverage(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Whole", "horizon", "URGENT")
	w.node(graph.KindIssue, "Part")
	w.node(graph.KindIssue, "Other")
	w.link(graph.PART_OF, "Part", "Whole")
	add := func(name, issue, place string) {
		w.node(graph.KindOrganization, name, "place", place)
		w.link(graph.WORKS_ON, name, issue)
	}
	for _, n := range strings.Fields("a b c d e f g h") {
		add(n, "Other", "North")
		add(n+"2", "Other", "South")
		add(n+"3", "Whole", "North")
	}
	add("z", "Part", "South")
	c, err := w.index().Coverage(BY_ISSUE, BY_PLACE)
	if err != nil {
		t.Fatal(err)
	}
	cell := func(row, column string) *Cell {
		for k := range c.Cells {
			if x := &c.Cells[k]; c.Rows[x.Row].Label == row && c.Columns[x.Column].Label == column {
				return x
			}
		}
		return &Cell{}
	}
	if x := cell("Whole", "South"); len(x.Groups) != 1 || w.names[x.Groups[0]] != "z" {
		t.Errorf("work on a part does not count for the whole: %+v", x)
	}
	holes := c.Holes()
	if len(holes) == 0 || c.Rows[holes[0].Row].Label != "Whole" || c.Columns[holes[0].Column].Label != "South" || len(holes[0].Nearest) == 0 {
		t.Fatalf("holes %+v", holes)
	}
	// Cells: Whole 8+1, Part 0+1 (and 8 weak), Other 8+8; sum 26, mean 26/6.
	want := (9*10 + 26.0/6) / 27
	if x := holes[0]; math.Abs(x.Expected-want) > 1e-9 || math.Abs(x.Hole-2*(want-1)/math.Sqrt(want+1)) > 1e-9 {
		t.Errorf("expected %v and hole %v, want %v", x.Expected, x.Hole, want)
	}
	if x := cell("Part", "South"); !x.Suppressed || x.Expected != 0 {
		t.Errorf("a row of one group is not suppressed: %+v", x)
	}
	for _, rows := range Dimensions {
		for _, columns := range Dimensions {
			if _, err := w.index().Coverage(rows, columns); (err != nil) != (rows == columns) {
				t.Errorf("%s by %s: %v", rows, columns, err)
			}
		}
	}
}

func TestSuppose(t *testing.T) {
	w, _, _ := planted(t)
	ix := w.index()
	before, _ := ix.HealthOf(t.Context(), Reading{})
	same, err := ix.Suppose(Supposition{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := compared(t.Context(), ix, same, GapQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Added)+len(c.Ended)+len(c.Opened)+len(c.Closed)+len(c.Strengthened)+len(c.Weakened) > 0 {
		t.Errorf("supposing nothing changes %+v", c)
	}
	tied, err := ix.Suppose(Supposition{Links: []SupposedLink{{graph.ALLIED_WITH, w.ids["Ash"], w.ids["Birch"], 4}}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = compared(t.Context(), ix, tied, GapQuestion{}); err != nil {
		t.Fatal(err)
	}
	if len(c.Added) != 1 || len(c.Ended) != 0 || !slices.ContainsFunc(c.Closed, func(g Gap) bool { return g.Kind == MISSING_TIE && w.subject(g) == "Ash Birch" }) {
		t.Errorf("an alliance of Ash and Birch: added %v, closed %d gaps", c.Added, len(c.Closed))
	}
	gone, err := ix.Suppose(Supposition{Remove: []graph.ID{w.ids["Neck"]}})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = compared(t.Context(), ix, gone, GapQuestion{}); err != nil {
		t.Fatal(err)
	}
	if len(c.Ended) != 4 || c.After.Nodes != before.Nodes-1 || c.After.Components != before.Components+1 {
		t.Errorf("without Neck: %d links ended, %d nodes of %d, %d components of %d", len(c.Ended), c.After.Nodes, before.Nodes, c.After.Components, before.Components)
	}
	if _, err := gone.find(w.ids["Neck"], ""); graph.CodeOf(err) != graph.NOT_FOUND {
		t.Error("who has left is still found")
	}
	if _, err := ix.Suppose(Supposition{Remove: []graph.ID{graph.NewID()}}); graph.CodeOf(err) != graph.NOT_FOUND {
		t.Error("what is not there was removed")
	}
	if _, err := ix.Suppose(Supposition{Links: []SupposedLink{{graph.DRIVES, w.ids["Ash"], w.ids["Birch"], 0}}}); graph.CodeOf(err) != graph.INVALID {
		t.Error("organizations drive one another")
	}
	added, err := ix.Suppose(Supposition{Nodes: []SupposedNode{{"newcomer", graph.KindOrganization, "New"}}, Links: []SupposedLink{{graph.WORKS_ON, "newcomer", w.ids["Lone"], 0}}})
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := added.Gaps(t.Context(), GapQuestion{Kinds: []GapKind{UNCOVERED_ISSUE}})
	if err != nil || slices.ContainsFunc(gaps, func(g Gap) bool { return w.subject(g) == "Lone" }) {
		t.Errorf("a second group covers Lone: %v, %v", gaps, err)
	}
	if after, _ := ix.HealthOf(t.Context(), Reading{}); after.Ties != before.Ties || after.Nodes != before.Nodes {
		t.Error("supposing changed the index itself")
	}
}

func TestInfluencePaths(t *testing.T) {
	w, _, _ := planted(t)
	got, err := w.index().InfluencePaths(w.ids["Reach"])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got {
		switch w.names[f.Target] {
		case "Mayor":
			if f.Path == nil || f.Weak || math.Abs(f.Strength-.8) > 1e-9 {
				t.Errorf("Mayor: %+v", f)
			}
		case "Judge":
			if f.Path != nil || f.Strength != 0 {
				t.Errorf("Judge: %+v", f)
			}
		case "Ministry": // C3 influences Aide (4/5), who is affiliated with it (3/5)
			if f.Path == nil || len(f.Path.Links) != 2 || math.Abs(f.Strength-.48) > 1e-9 {
				t.Errorf("Ministry: %+v", f)
			}
		default:
			t.Errorf("no target: %s", w.names[f.Target])
		}
	}
	if len(got) != 3 {
		t.Errorf("%d targets", len(got))
	}
}

func TestScopes(t *testing.T) {
	w, _, _ := planted(t)
	ix := w.index()
	all, err := ix.Gaps(t.Context(), GapQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	score := map[graph.ID]float64{}
	for _, g := range all {
		score[g.ID] = g.Score
	}
	for _, s := range []struct {
		scope Scope
		has   string
		not   string
	}{
		{Scope{Coalition: w.ids["Needy"]}, "MISSING_CAPACITY Needy", "SILO Cough Smoke"},
		{Scope{Issue: w.ids["Wells"]}, "MISSING_TIE Ash Birch", "UNCOVERED_ISSUE Lone"},
		{Scope{Issue: w.ids["Smoke"]}, "SILO Cough Smoke", "UNCOVERED_ISSUE Lone"},
		{Scope{Organization: w.ids["Ash"]}, "MISSING_TIE Ash Birch", "FRAGILE_BRIDGE Neck"},
	} {
		gaps, err := ix.Gaps(t.Context(), GapQuestion{Scope: s.scope})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range gaps {
			names = append(names, string(g.Kind)+" "+w.subject(g))
			if was, ok := score[g.ID]; ok && was != g.Score {
				t.Errorf("%+v: %s has %v, in the whole %v", s.scope, names[len(names)-1], g.Score, was)
			}
		}
		if !slices.Contains(names, s.has) || slices.Contains(names, s.not) {
			t.Errorf("%+v: %v", s.scope, names)
		}
	}
	if _, err := ix.Gaps(t.Context(), GapQuestion{Scope: Scope{Issue: graph.NewID()}}); graph.CodeOf(err) != graph.NOT_FOUND {
		t.Errorf("an issue that is not there: %v", err)
	}
}

func TestHealthOnSeveralDays(t *testing.T) {
	w := newWorld(t)
	for _, o := range []string{"A", "B", "C"} {
		w.node(graph.KindOrganization, o)
	}
	w.link(graph.ALLIED_WITH, "A", "B", "since", "2020", "until", "2022")
	w.link(graph.ALLIED_WITH, "B", "C", "since", "2024-03")
	v := w.view(steward)
	date := func(s string) graph.Date { d, _ := graph.ParseDate(s); return d }
	for day, want := range map[string]int{"2019": 0, "2021": 1, "2023": 0, "2025": 1} {
		ix, err := ReadIndex(t.Context(), v.AsOf(date(day)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ix.HealthOf(t.Context(), Reading{}); err != nil || got.Ties != want {
			t.Errorf("%s: %+v, %v; want %d ties", day, got, err, want)
		}
	}
}

// A group that two left counts half after a half-life, by the mean age; and never one
// that began later.
func TestDecay(t *testing.T) {
	w := newWorld(t)
	for _, o := range []string{"A", "B", "C", "D"} {
		w.node(graph.KindOrganization, o)
	}
	w.node(graph.KindCoalition, "X")
	w.link(graph.MEMBER_OF, "A", "X")
	w.link(graph.MEMBER_OF, "B", "X", "until", "2025-06-15")
	w.link(graph.MEMBER_OF, "C", "X", "until", "2024-06-15")
	w.link(graph.MEMBER_OF, "D", "X", "since", "2027")
	ix := w.index()
	value := func(a, b string) float64 {
		i, _ := ix.number(w.ids[a])
		j, _ := ix.number(w.ids[b])
		return ix.sharedBy(i, j)
	}
	if r := value("A", "C") / value("A", "B"); math.Abs(r-math.Exp2(-365.0/2/730)) > 1e-9 {
		t.Errorf("half a year more weighs %v", r)
	}
	if r := value("B", "C") / value("A", "B"); math.Abs(r-math.Exp2(-2*365.0/2/730)) > 1e-9 {
		t.Errorf("a year more weighs %v", r)
	}
	if value("A", "D") != 0 {
		t.Error("what has not begun counts")
	}
}

// TestWhatFellOutOfTheListIsNotClosed lets a coalition that eleven would fit get a
// member: ten are listed before and after, and only the one that joined is closed.
func TestWhatFellOutOfTheListIsNotClosed(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Land")
	w.node(graph.KindCoalition, "Roofs")
	w.link(graph.WORKS_ON, "Roofs", "Land")
	w.node(graph.KindOrganization, "Member")
	w.link(graph.MEMBER_OF, "Member", "Roofs")
	for k := range 12 {
		o := fmt.Sprintf("Org %02d", k)
		w.node(graph.KindOrganization, o)
		w.link(graph.WORKS_ON, o, "Land")
	}
	ix := w.index()
	q := GapQuestion{Kinds: []GapKind{MISSING_MEMBER}}
	found, err := ix.Find(t.Context(), q)
	if err != nil || len(found.Gaps) != perCoalition || !found.Limited {
		t.Fatalf("%d gaps, limited: %v, %v", len(found.Gaps), found.Limited, err)
	}
	joins := found.Gaps[0].Nodes[0]
	after, err := ix.Suppose(Supposition{Links: []SupposedLink{{graph.MEMBER_OF, joins, w.ids["Roofs"], 0}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := compared(t.Context(), ix, after, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Closed) != 1 || c.Closed[0].Nodes[0] != joins || len(c.Opened) != 0 || !c.Limited {
		t.Errorf("closed %v, opened %v, limited: %v", c.Closed, c.Opened, c.Limited)
	}
	if want := "1 link would begin and 0 end, 0 ties would grow stronger; 1 gap would close and 0 open"; c.Sentence.English() != want {
		t.Errorf("it says %q", c.Sentence.English())
	}
	few, err := after.Find(t.Context(), GapQuestion{Kinds: []GapKind{SILO}})
	if err != nil || few.Limited {
		t.Errorf("a list without suggestions is limited: %v, %v", few, err)
	}
}
