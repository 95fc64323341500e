package graph_test

import (
	"context"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// world is a directory on a real store, and what tests do to it.
type world struct {
	t     *testing.T
	store graph.Store
	*graph.Directory
	now time.Time
}

var (
	steward     = graph.Viewer{Account: "steward", Level: graph.LevelSteward}
	coordinator = graph.Viewer{Account: "coordinator", Level: graph.LevelCoordinator}
	member      = graph.Viewer{Account: "member", Level: graph.LevelMember}
	visitor     = graph.Viewer{}
)

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return openWorld(t, s)
}

func openWorld(t *testing.T, s graph.Store) *world {
	t.Helper()
	w := &world{t: t, store: s, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	d, err := graph.Open(t.Context(), s, graph.Options{Key: make([]byte, 32), Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	w.Directory = d
	t.Cleanup(func() { d.Close(context.Background()) })
	return w
}

// edit commits fn as the viewer and fails the test on an error.
func (w *world) edit(by graph.Viewer, fn func(*graph.Tx) error) *graph.Change {
	w.t.Helper()
	c, err := w.Edit(w.t.Context(), by, graph.Request{}, fn)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// refuse wants fn to fail with a code and to leave nothing behind.
func (w *world) refuse(by graph.Viewer, code graph.Code, fn func(*graph.Tx) error) error {
	w.t.Helper()
	before := w.see(steward).Counts()
	_, err := w.Edit(w.t.Context(), by, graph.Request{}, fn)
	if graph.CodeOf(err) != code {
		w.t.Fatalf("got error %v (%s), want %s", err, graph.CodeOf(err), code)
	}
	if after := w.see(steward).Counts(); after.Nodes != before.Nodes || after.Links != before.Links {
		w.t.Fatalf("a refused edit left %v where %v was", after, before)
	}
	return err
}

func (w *world) add(kind graph.NodeKind, name string, f graph.Fields) graph.ID {
	w.t.Helper()
	var id graph.ID
	w.edit(steward, func(tx *graph.Tx) (err error) {
		all := graph.Fields{"name": name, "visibility": "PUBLIC"}
		for k, v := range f {
			all[k] = v
		}
		id, err = tx.Add(kind, all)
		return err
	})
	return id
}

func (w *world) connect(kind graph.LinkKind, from, to graph.ID, f graph.Fields) graph.ID {
	w.t.Helper()
	var id graph.ID
	w.edit(steward, func(tx *graph.Tx) (err error) {
		all := graph.Fields{"visibility": "PUBLIC"}
		for k, v := range f {
			all[k] = v
		}
		id, _, err = tx.Connect(kind, from, to, all)
		return err
	})
	return id
}

func (w *world) see(by graph.Viewer) *graph.View {
	w.t.Helper()
	v, err := w.View(by, graph.SCREEN)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// sound wants Verify to find nothing wrong.
func (w *world) sound() {
	w.t.Helper()
	r, err := w.Verify(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range r.Problems {
		w.t.Error("verify:", p)
	}
}

func date(t *testing.T, s string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
