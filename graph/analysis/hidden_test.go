package analysis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"weft/graph"
)

// randomWorld adds a random network of every kind of link that gaps look at.
// With hidden, as many nodes and links again are added that only coordinators see,
// among themselves and to the visible ones.
func randomWorld(t *testing.T, seed uint64, hidden bool) *world {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(seed, 1))
	var names []string
	kinds := map[string]graph.NodeKind{}
	add := func(prefix string, secret []any) {
		for n := range 14 {
			kind := []graph.NodeKind{graph.KindOrganization, graph.KindOrganization, graph.KindOrganization, graph.KindIndividual, graph.KindIssue,
				graph.KindCoalition, graph.KindCampaign, graph.KindCommunity}[r.IntN(8)]
			name := fmt.Sprint(prefix, n)
			f := append([]any{}, secret...)
			switch kind {
			case graph.KindOrganization:
				f = append(f, "place", []string{"North", "South"}[r.IntN(2)], "capacitiesOffered", []string{[]string{"LEGAL", "MEDIA"}[r.IntN(2)]})
			case graph.KindIssue:
				f = append(f, "horizon", []string{"URGENT", "LONG_TERM"}[r.IntN(2)])
			case graph.KindCoalition, graph.KindCampaign:
				f = append(f, "capacitiesNeeded", []string{"LEGAL", "RESEARCH"})
			}
			w.node(kind, name, f...)
			names, kinds[name] = append(names, name), kind
		}
		for range 60 {
			info := graph.LinkKinds()[r.IntN(len(graph.LinkKinds()))]
			a, b := names[r.IntN(len(names))], names[r.IntN(len(names))]
			if a != b && info.Joins(kinds[a], kinds[b]) && info.Kind != graph.PART_OF {
				w.link(info.Kind, a, b, append([]any{"strength", 1 + r.IntN(5)}, secret...)...)
			}
		}
	}
	add("v", nil)
	if hidden {
		w.count = 1000
		add("h", []any{"visibility", "COORDINATORS"})
	}
	return w
}

// To whom a part is hidden, every answer is that of a network without it.
func TestHiddenEqualsAbsentInRandomWorlds(t *testing.T) {
	trials := uint64(60)
	if testing.Short() {
		trials = 10
	}
	saidSomething := 0
	for seed := range trials {
		var got [2]string
		for k, hidden := range []bool{false, true} {
			w := randomWorld(t, seed, hidden)
			ix := NewIndex(w.view(graph.Viewer{Account: "m", Level: graph.LevelMember}))
			answer := []any{}
			keep := func(x any, err error) {
				answer = append(answer, x, fmt.Sprint(err))
			}
			gaps, err := ix.Gaps(t.Context(), GapQuestion{})
			keep(gaps, err)
			saidSomething += len(gaps)
			ties, err := ix.MissingTies(t.Context(), TieQuestion{Kinds: []graph.NodeKind{graph.KindOrganization, graph.KindIndividual}})
			keep(ties, err)
			for _, r := range []Reading{{}, {Shared: true}, {Kinds: []graph.LinkKind{graph.WORKS_ON, graph.FUNDS}}} {
				health, err := ix.HealthOf(t.Context(), r)
				keep(health, err)
				brokers, err := ix.Brokers(t.Context(), r, 100)
				keep(brokers, err)
				groups, err := ix.Communities(t.Context(), r)
				keep(groups, err)
			}
			for _, d := range Dimensions[1:] {
				cover, err := ix.Coverage(BY_ISSUE, d)
				keep(cover, err)
			}
			for _, by := range []PathOrder{BY_STRENGTH, BY_STEPS} {
				paths, err := ix.Connections(t.Context(), w.ids["v0"], w.ids["v1"], 4, by)
				keep(paths, err)
			}
			shared, err := ix.CommonGround([]graph.ID{w.ids["v0"], w.ids["v1"], w.ids["v2"]})
			keep(shared, err)
			text, err := json.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			got[k] = string(text)
		}
		if got[0] != got[1] {
			at := 0
			for at < min(len(got[0]), len(got[1])) && got[0][at] == got[1][at] {
				at++
			}
			t.Fatalf("world %d: answers differ from byte %d:\n%.300s\n%.300s", seed, at, got[0][max(0, at-100):], got[1][max(0, at-100):])
		}
	}
	if saidSomething == 0 {
		t.Error("the worlds have no gaps to tell apart")
	}
}
