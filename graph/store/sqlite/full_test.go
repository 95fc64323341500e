package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

// TestFullFile fills the file up to a limit of its own, on any machine.
func TestFullFile(t *testing.T) {
	opened, err := Open(t.Context(), filepath.Join(t.TempDir(), "weft.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close(context.Background())
	s := opened.(*store)
	if err := sqlitex.ExecuteTransient(s.writer, "PRAGMA max_page_count = 60", nil); err != nil {
		t.Fatal(err)
	}
	grow := func() error {
		return s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
			c := &graph.Change{Revision: h.Revision + 1, ID: graph.NewID(), Key: string(graph.NewID()), Prev: h.Hash}
			for range 5 {
				row := &graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "r", Fields: graph.Fields{"text": strings.Repeat("x", 1000)}}
				c.Ops = append(c.Ops, graph.Op{ID: row.ID, Payload: []byte("{}"), Row: row})
			}
			c.Hash = c.Sum()
			return c, nil
		})
	}
	acked := 0
	for err = grow(); err == nil; err = grow() {
		acked++
	}
	if graph.CodeOf(err) != graph.UNAVAILABLE || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("%s %v (%v)", graph.CodeOf(err), err, errors.Unwrap(err))
	}
	check := func() {
		t.Helper()
		rows := 0
		head, err := s.Load(t.Context(), func(graph.Row) error { rows++; return nil })
		if err != nil || rows != 5*acked || head.Revision != int64(acked) {
			t.Errorf("%d rows at revision %d, %d changes were acknowledged, %v", rows, head.Revision, acked, err)
		}
	}
	if acked == 0 {
		t.Fatal("nothing was kept")
	}
	check()
	if err := sqlitex.ExecuteTransient(s.writer, "PRAGMA max_page_count = 1000000", nil); err != nil {
		t.Fatal(err)
	}
	if err := grow(); err != nil {
		t.Errorf("with space again: %v", err)
	}
	acked++
	check()
}
