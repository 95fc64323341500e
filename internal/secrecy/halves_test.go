package secrecy

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/analysis"
	"weft/resolvers/message"
)

// TestHalves compares introductions in the eyes of those who are part of them:
// each party, the broker, and an outsider, who have accounts of an organization
// and so stand for no persona of TestWorlds. Two worlds differ in what the
// other party answered and noted, in which gap it was about, in who thought of
// it, and in reasons and a link that the viewer may not see.
func TestHalves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*halves) {
		roles := []string{"first party", "second party", "broker", "outsider"}
		for k, role := range roles {
			one, two := halvesSeen(t, seed, k, 0), halvesSeen(t, seed, k, 1)
			if one != two {
				t.Fatalf("LEAK in world %d to %s: one\n%s\ntwo\n%s", seed, role, one, two)
			}
		}
	}
}

// halvesSeen makes a world and returns all that the viewer of a role can read
// of its introduction and may do about it. With other set, what the viewer must
// not know is another.
func halvesSeen(t *testing.T, seed uint64, role, other int) string {
	t.Helper()
	shared, hidden := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, uint64(2+other)))
	var random randomness
	random.set(0)
	now := noon
	d, err := graph.Open(t.Context(), memory(t), graph.Options{Key: make([]byte, 32), Random: &random, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(context.Background())
	n, changed := 0, false
	edit := func(by graph.Viewer, fn func(*graph.Tx) error) error {
		n++
		random.set(n)
		now = noon.Add(time.Duration(n) * time.Second)
		c, err := d.Edit(t.Context(), by, graph.Request{}, fn)
		changed = c != nil
		return err
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	steward := graph.Viewer{Account: "steward", Level: graph.LevelSteward}
	var ids [6]graph.ID // first, second, broker, outsider, one whom only coordinators see, a public one
	for k := range ids {
		ids[k] = drawID(shared)
		f := graph.Fields{"name": fmt.Sprint("Org ", k), "visibility": "PUBLIC"}
		if k == 4 {
			f["visibility"] = "COORDINATORS"
		}
		must(edit(steward, func(tx *graph.Tx) error { return tx.AddAs(ids[k], graph.KindOrganization, f) }))
	}
	link := drawID(shared)
	must(edit(steward, func(tx *graph.Tx) error {
		_, err := tx.ConnectAs(link, graph.ALLIED_WITH, ids[0], ids[1], graph.Fields{"visibility": "COORDINATORS"})
		return err
	}))
	reason := func(of ...graph.ID) graph.Ground {
		m := analysis.Message{Key: "tie.partners", Args: []analysis.Arg{{Name: "partners", Type: analysis.ArgNodes, Nodes: of}}}
		if len(of) > 1 {
			m.Args = append(m.Args, analysis.Arg{Name: "count", Type: analysis.ArgCount, Number: float64(hidden.IntN(9))})
		}
		return graph.Ground{Message: message.WriteMessage(m), Nodes: of}
	}
	because := []graph.Ground{reason(ids[5])}
	for range hidden.IntN(3) {
		because = append(because, reason(ids[4]), reason(ids[4], ids[5]))
	}
	because = append(because, reason(ids[5], ids[2]))
	whole := 0.0
	for k := range because {
		because[k].Share = hidden.Float64()
		whole += because[k].Share
	}
	for k := range because {
		because[k].Share /= whole
	}
	gap := drawID(shared)
	if role != 2 { // the broker sees which gap it is to close
		gap = drawID(hidden)
	}
	must(edit(graph.Viewer{Account: graph.ID(fmt.Sprint("steward ", other)), Level: graph.LevelSteward}, func(tx *graph.Tx) error {
		_, err := tx.SuggestIntroduction(ids[0], ids[1], ids[2], gap, because)
		return err
	}))
	v, err := d.View(steward, graph.SCREEN)
	must(err)
	intro := v.Introductions()[0]
	id, parties := intro.ID, intro.Parties
	mine := 2 // which party the viewer is, in the introduction's order
	for p := range parties {
		if role < 2 && parties[p] == ids[role] {
			mine = p
		}
	}
	steps := shared.IntN(5)
	if steps > 0 {
		must(edit(steward, func(tx *graph.Tx) error { return tx.ProposeIntroduction(id) }))
	}
	if steps > 1 {
		made := steps == 4
		for p := range parties {
			r := shared
			if role == 3 || mine == 1-p && !made { // that it was made tells that both accepted
				r = hidden
			}
			choice, note := pick(r, graph.ACCEPT, graph.ACCEPT, graph.DECLINE), fmt.Sprint("note ", r.IntN(100))
			if made {
				choice = graph.ACCEPT
			}
			if mine == 1-p && r.IntN(3) == 0 && !made {
				n++ // it has not answered: the clock goes on all the same
				continue
			}
			if mine == 1-p {
				note = fmt.Sprint("note ", hidden.IntN(100))
			}
			must(edit(steward, func(tx *graph.Tx) error { return tx.AnswerIntroduction(id, parties[p], choice, note) }))
		}
		switch {
		case made:
			must(edit(steward, func(tx *graph.Tx) error { return tx.MakeIntroduction(id) }))
			which := []graph.ID{"", link}[hidden.IntN(2)]
			must(edit(steward, func(tx *graph.Tx) error { return tx.CloseIntroduction(id, graph.OutcomeTie, "", "") }))
			must(edit(steward, func(tx *graph.Tx) error { return tx.CloseIntroduction(id, graph.OutcomeTie, which, "") }))
		case steps == 3:
			must(edit(steward, func(tx *graph.Tx) error { return tx.DismissIntroduction(id, fmt.Sprint("why ", hidden.IntN(100))) }))
		}
	}
	viewer := graph.Viewer{Account: "viewer", Level: graph.LevelMember, Organization: ids[role]}
	var out []any
	look := func() {
		v, err := d.View(viewer, graph.SCREEN)
		must(err)
		for _, i := range v.Introductions() {
			out = append(out, message.NewIntroduction(v, i))
			i.Because = slices.DeleteFunc(i.Because, func(g graph.Ground) bool { return strings.Contains(g.Message, "COUNT") }) // see message.NewIntroduction
			out = append(out, i, i.State(), i.Open(), i.Whole(), i.Link())
		}
		out = append(out, "refused", v.Refused(), "by id", v.Introduction(id) != nil)
		embed, err := d.View(viewer, graph.EMBED)
		must(err)
		out = append(out, len(embed.Introductions()))
	}
	look()
	try := func(name string, fn func(*graph.Tx) error) {
		err := edit(viewer, fn)
		out = append(out, name, fmt.Sprint(err))
	}
	try("propose", func(tx *graph.Tx) error { return tx.ProposeIntroduction(id) })
	try("dismiss", func(tx *graph.Tx) error { return tx.DismissIntroduction(id, "x") })
	try("take back", func(tx *graph.Tx) error { return tx.TakeBackIntroduction(id, time.Time{}) })
	try("answer for the first", func(tx *graph.Tx) error { return tx.AnswerIntroduction(id, ids[0], graph.DECLINE, "mine") })
	try("answer for the second", func(tx *graph.Tx) error { return tx.AnswerIntroduction(id, ids[1], graph.DECLINE, "mine") })
	try("suggest it again", func(tx *graph.Tx) error {
		_, err := tx.SuggestIntroduction(ids[0], ids[1], "", "", nil)
		return err
	})
	try("close anew, as it is seen", func(tx *graph.Tx) error {
		return tx.CloseIntroduction(id, graph.OutcomeTie, "", "")
	})
	out = append(out, "something was changed:", changed)
	if role != 2 {
		try("make", func(tx *graph.Tx) error { return tx.MakeIntroduction(id) })
		try("close", func(tx *graph.Tx) error { return tx.CloseIntroduction(id, graph.OutcomeNothing, "", "") })
	}
	look()
	b, err := json.Marshal(out)
	must(err)
	return string(b)
}
