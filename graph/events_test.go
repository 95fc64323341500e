package graph_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"weft/graph"
)

// reads takes events until one of the given change, which it takes too.
func reads(t *testing.T, events <-chan graph.ChangeEvent, last graph.ID) (out []graph.ChangeEvent) {
	t.Helper()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatal("the subscription ended")
			}
			out = append(out, e)
			if e.Change == last {
				return out
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no event of the last change after %v", out)
		}
	}
}

func TestSlowReaders(t *testing.T) {
	subscribe := func(t *testing.T, w *world, v graph.Viewer) <-chan graph.ChangeEvent {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		events, err := w.Subscribe(ctx, v, graph.LIVE, "")
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	t.Run("are told of each change by its own id, never by a hidden one's", func(t *testing.T) {
		w := newWorld(t)
		org := w.add(graph.KindOrganization, "Org", graph.Fields{"contactPointKinds": []string{"EMAIL"}, "contactPointValues": []string{"a@example.org"}, "contactPointVisibilities": []string{"COORDINATORS"}})
		events := [2]<-chan graph.ChangeEvent{subscribe(t, w, visitor), subscribe(t, w, visitor)}
		change := func(f graph.Fields) graph.ID {
			return w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(org, nil, f) }).ID
		}
		hides := func(n int) {
			change(graph.Fields{"contactPointKinds": []string{"EMAIL"}, "contactPointValues": []string{fmt.Sprint("b", n, "@example.org")}, "contactPointVisibilities": []string{"COORDINATORS"}})
			w.edit(coordinator, func(tx *graph.Tx) error {
				_, err := tx.Add(graph.KindOrganization, graph.Fields{"name": "Hidden", "visibility": "COORDINATORS"})
				return err
			})
		}
		var seen []graph.ID
		for n := range 5 { // nobody reads meanwhile
			seen = append(seen, change(graph.Fields{"summary": fmt.Sprint("now ", n)}))
			hides(n)
		}
		last := change(graph.Fields{"summary": "the end"})
		for _, c := range events {
			got := reads(t, c, last)
			if len(got) != len(seen)+1 {
				t.Fatalf("%d events of %d changes: %v", len(got), len(seen)+1, got)
			}
			for n, e := range got[:len(seen)] {
				if e.Kind != graph.EventChanged || e.Change != seen[n] || e.Node.Core().Summary != fmt.Sprint("now ", n) {
					t.Errorf("event %d is %s of %s, change %s, want %s", n, e.Kind, e.ID, e.Change, seen[n])
				}
			}
		}
	})
	t.Run("are told to ask again once they are far behind, whatever is hidden", func(t *testing.T) {
		for _, hidden := range []bool{false, true} {
			w := newWorld(t)
			events := subscribe(t, w, visitor)
			level := "PUBLIC"
			if hidden {
				level = "COORDINATORS"
			}
			for range 200 {
				w.add(graph.KindIssue, "Issue", graph.Fields{"visibility": level})
			}
			time.Sleep(50 * time.Millisecond) // what is under way arrives
			end := w.add(graph.KindIssue, "the end", nil)
			resets := 0
			for last := graph.ID(""); last != end; {
				select {
				case e := <-events:
					last = e.ID
					if e.Kind == graph.EventReset {
						resets++
					} else if hidden && e.ID != end {
						t.Fatalf("an event of what is hidden: %v", e)
					}
				case <-time.After(10 * time.Second):
					t.Fatal("nothing comes")
				}
			}
			if (resets > 0) == hidden {
				t.Errorf("hidden %v: %d resets", hidden, resets)
			}
		}
	})
}

// Introductions and dismissals are told to whom they are shown, and to nobody else.
func TestEventsOfRecords(t *testing.T) {
	w := newWorld(t)
	a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
	party := graph.Viewer{Account: "party", Level: graph.LevelMember, Organization: a}
	viewers := map[string]graph.Viewer{"coordinator": coordinator, "party": party, "member": member, "visitor": visitor}
	events := map[string]<-chan graph.ChangeEvent{}
	for name, v := range viewers {
		c, err := w.Subscribe(t.Context(), v, graph.LIVE, "")
		if err != nil {
			t.Fatal(err)
		}
		events[name] = c
	}
	// hear does something and then something public, and wants of each viewer
	// what it hears before that.
	n := 0
	hear := func(what string, want map[string]graph.ChangeEvent, do func(tx *graph.Tx) error) {
		t.Helper()
		done := w.edit(coordinator, do).ID
		n++
		last := w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(b, nil, graph.Fields{"summary": fmt.Sprint(n)}) }).ID
		for name, c := range events {
			got := reads(t, c, last)
			got = got[:len(got)-1]
			e, told := want[name]
			if !told && len(got) > 0 || told && len(got) != 1 {
				t.Errorf("%s: a %s hears %+v, want %+v", what, name, got, e)
				continue
			}
			if e.Class, e.Change = graph.RECORD, done; told && fmt.Sprint(got[0]) != fmt.Sprint(e) {
				t.Errorf("%s: a %s hears %+v, want %+v", what, name, got[0], e)
			}
		}
	}
	var id graph.ID
	w.edit(coordinator, func(tx *graph.Tx) (err error) { id, err = tx.SuggestIntroduction(a, b, "", "", nil); return err })
	for name, c := range events { // taken apart, since its id is only now known
		if name != "coordinator" {
			continue
		}
		if e := <-c; e.Kind != graph.EventAdded || e.Class != graph.RECORD || e.ID != id || e.Introduction != id || e.Gap != "" {
			t.Errorf("a suggestion is heard as %+v", e)
		}
	}
	introduction := func(kind graph.EventKind) graph.ChangeEvent {
		return graph.ChangeEvent{Kind: kind, ID: id, Introduction: id}
	}
	hear("proposed", map[string]graph.ChangeEvent{"coordinator": introduction(graph.EventChanged), "party": introduction(graph.EventAdded)},
		func(tx *graph.Tx) error { return tx.ProposeIntroduction(id) })
	hear("the other's answer", map[string]graph.ChangeEvent{"coordinator": introduction(graph.EventChanged)},
		func(tx *graph.Tx) error { return tx.AnswerIntroduction(id, b, graph.ACCEPT, "") })
	gap := graph.NewID()
	var dismissal graph.ID
	hears := func(kind graph.EventKind) map[string]graph.ChangeEvent {
		return map[string]graph.ChangeEvent{"coordinator": {Kind: kind, ID: dismissal, Gap: gap}}
	}
	dismiss := func(reason string) func(*graph.Tx) error {
		return func(tx *graph.Tx) error {
			return tx.DismissGap(graph.Dismissal{Gap: gap, Kind: "MISSING_TIE", About: []graph.ID{a, b}, Title: "-", Reason: reason, Evidence: 1})
		}
	}
	w.edit(coordinator, dismiss("known"))
	first := <-events["coordinator"]
	if dismissal = first.ID; first.Kind != graph.EventAdded || first.Class != graph.RECORD || first.Gap != gap || first.Introduction != "" {
		t.Errorf("a dismissal is heard as %+v", first)
	}
	hear("dismissed anew", hears(graph.EventChanged), dismiss("known well"))
	hear("reopened", hears(graph.EventRemoved), func(tx *graph.Tx) error { return tx.ReopenGap(gap) })
}

// An introduction goes from who no longer sees one of its parties.
func TestIntroductionGoesWithItsParty(t *testing.T) {
	w := newWorld(t)
	a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
	var id graph.ID
	w.edit(coordinator, func(tx *graph.Tx) (err error) { id, err = tx.SuggestIntroduction(a, b, "", "", nil); return err })
	w.edit(coordinator, func(tx *graph.Tx) error { return tx.ProposeIntroduction(id) })
	events, err := w.Subscribe(t.Context(), graph.Viewer{Account: "party", Level: graph.LevelMember, Organization: a}, graph.LIVE, "")
	if err != nil {
		t.Fatal(err)
	}
	w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(b, nil, graph.Fields{"visibility": "COORDINATORS"}) })
	last := w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(a, nil, graph.Fields{"summary": "the end"}) }).ID
	got := map[graph.ID]graph.EventKind{}
	for _, e := range reads(t, events, last) {
		got[e.ID] = e.Kind
	}
	if got[b] != graph.EventRemoved || got[id] != graph.EventRemoved || got[a] != graph.EventChanged || len(got) != 3 {
		t.Errorf("heard %v", got)
	}
}
