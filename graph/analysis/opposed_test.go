package analysis

import (
	"slices"
	"testing"

	"weft/graph"
)

// TestOpposed wants that nobody is introduced to, invited beside, asked for help
// from or introduced through one that stands against the network's campaigns.
func TestOpposed(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Land")
	w.node(graph.KindCoalition, "Roofs", "capacitiesNeeded", []string{"MEDIA"})
	w.node(graph.KindCampaign, "Homes")
	w.node(graph.KindIndividual, "Minister")
	for _, o := range []string{"A", "B", "Ministry", "Party", "Court", "Company"} {
		w.node(graph.KindOrganization, o, "capacitiesOffered", []string{"MEDIA"})
		w.link(graph.WORKS_ON, o, "Land")
	}
	w.node(graph.KindOrganization, "C")
	w.link(graph.MEMBER_OF, "C", "Roofs")
	w.link(graph.WORKS_ON, "C", "Land")
	w.link(graph.ALLIED_WITH, "A", "C")
	target := func(who, stance string) {
		w.link(graph.TARGETS, "Homes", who, "readingDates", []string{"2020", "2021"}, "readingPower", []string{"3", "3"},
			"readingStance", []string{"1", stance}, "readingSources", []string{"", ""})
	}
	target("Minister", "-2")
	target("Company", "-1")
	target("Court", "0")
	w.link(graph.AFFILIATED_WITH, "Minister", "Ministry")
	w.link(graph.AFFILIATED_WITH, "Minister", "Party")
	w.link(graph.AFFILIATED_WITH, "Minister", "Court") // read otherwise itself
	for _, o := range []string{"A", "B", "C"} {
		w.link(graph.IN_DIALOGUE_WITH, o, "Company")
	}
	gaps, err := w.index().Gaps(t.Context(), GapQuestion{Kinds: []GapKind{MISSING_TIE, MISSING_MEMBER, MISSING_CAPACITY}})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, g := range gaps {
		found = append(found, string(g.Kind)+" "+w.called(g.Nodes))
		for _, bad := range []string{"Ministry", "Party", "Company", "Minister"} {
			if slices.Contains(g.Nodes, w.ids[bad]) || slices.Contains(g.NextStep.Who, w.ids[bad]) {
				t.Errorf("%s of %s, next step %v, names %s", g.Kind, w.called(g.Nodes), w.called(g.NextStep.Who), bad)
			}
		}
	}
	for _, want := range []string{"MISSING_TIE A B", "MISSING_TIE A Court", "MISSING_MEMBER A Roofs", "MISSING_CAPACITY Roofs"} {
		if !slices.Contains(found, want) {
			t.Errorf("%s is not found among %q", want, found)
		}
	}
	for _, not := range []string{"MISSING_TIE A Roofs", "MISSING_TIE B Roofs"} {
		if slices.Contains(found, not) {
			t.Errorf("found %s beside the missing membership", not)
		}
	}
}

// TestNobodyIsBackedUpByAnOpponent wants the next step of a hub to leave out who
// stands against, though it is the best tied of those around it.
func TestNobodyIsBackedUpByAnOpponent(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindOrganization, "Hub")
	spokes := []string{"A", "B", "C", "D", "E", "F", "G", "H"}
	for _, o := range spokes {
		w.node(graph.KindOrganization, o)
		w.link(graph.ALLIED_WITH, "Hub", o)
	}
	for k, o := range spokes { // a rim, so that nobody parts the wheel; and A is tied to more
		w.link(graph.ALLIED_WITH, o, spokes[(k+1)%len(spokes)])
	}
	w.link(graph.IN_DIALOGUE_WITH, "A", "C")
	w.node(graph.KindCampaign, "Homes")
	w.link(graph.TARGETS, "Homes", "A", "readingDates", []string{"2020"}, "readingPower", []string{"3"}, "readingStance", []string{"-2"}, "readingSources", []string{""})
	gaps, err := w.index().Gaps(t.Context(), GapQuestion{Kinds: []GapKind{FRAGILE_BRIDGE}})
	if err != nil {
		t.Fatal(err)
	}
	if len(gaps) != 1 || gaps[0].Title.Key != "gap.bridge.hub" || len(gaps[0].NextStep.Who) != 2 || slices.Contains(gaps[0].NextStep.Who, w.ids["A"]) {
		t.Fatalf("%+v", gaps)
	}
}

// TestWhoIsNoMoreIsNotIntroduced asks for the ties of an organization that was
// dissolved, and of one that shares an issue with it.
func TestWhoIsNoMoreIsNotIntroduced(t *testing.T) {
	w := newWorld(t)
	w.node(graph.KindIssue, "Land")
	w.node(graph.KindOrganization, "Gone", "dissolved", "2024")
	for _, o := range []string{"A", "B"} {
		w.node(graph.KindOrganization, o)
	}
	for _, o := range []string{"Gone", "A", "B"} {
		w.link(graph.WORKS_ON, o, "Land")
	}
	ix := w.index()
	for of, want := range map[string]int{"Gone": 0, "A": 1} {
		if found, err := ix.MissingTies(t.Context(), TieQuestion{Of: w.ids[of]}); err != nil || len(found.Ready) != want {
			t.Errorf("%s: %v, %v; want %d", of, found, err, want)
		}
	}
}
