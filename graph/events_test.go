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
