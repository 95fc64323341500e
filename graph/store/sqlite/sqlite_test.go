package sqlite_test

import (
	"path/filepath"
	"testing"

	"weft/graph"
	"weft/graph/store/sqlite"
	"weft/graph/store/storetest"
)

func open(t *testing.T, path string) graph.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(t.Context()) })
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() graph.Store {
		path := filepath.Join(t.TempDir(), "weft.db")
		return func() graph.Store { return open(t, path) }
	})
}
