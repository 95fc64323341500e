package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weft/graph"
	"weft/graph/store"
	"weft/internal/neo4jtest"
)

func TestOpenRefuses(t *testing.T) {
	for address, remedy := range map[string]string{
		"":                                   "sqlite:weft.db",
		"weft.db":                            "sqlite:weft.db",
		"sqlite:":                            "sqlite:weft.db",
		"sqlite://":                          "sqlite:weft.db",
		"postgres://localhost":               "sqlite:",
		"http://localhost:7474":              "neo4j://",
		"neo4j://weft:hunter2@localhost":     "WEFT_NEO4J_PASSWORD",
		"bolt+ssc://:hunter2@localhost:7687": "WEFT_NEO4J_PASSWORD",
		"neo4j+s://weft@localhost":           "WEFT_NEO4J_USER",
		"bolt://weft:hun%zter2@localhost":    "neo4j://localhost:7687", // does not even parse
		"neo4j://localhost/movement":         "WEFT_NEO4J_DATABASE",
		"neo4j://":                           "neo4j://localhost:7687",
		"bolt:localhost":                     "neo4j://localhost:7687",
	} {
		s, err := store.Open(t.Context(), address, store.Options{})
		if err == nil {
			s.Close(context.Background())
		}
		if graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), remedy) {
			t.Errorf("Open(%q) = %v, want INVALID naming %s", address, err, remedy)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open(%q) repeats the password", address)
		}
	}
}

func TestOpenSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a file?with#odd %41 name.db")
	for _, address := range []string{"sqlite:" + path, "sqlite://" + path, "SQLite:" + path} {
		s, err := store.Open(t.Context(), address, store.Options{})
		if err != nil {
			t.Fatalf("Open(%q) = %v", address, err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if found, _ := filepath.Glob(filepath.Dir(path) + "/*.db"); len(found) != 1 || found[0] != path {
		t.Errorf("made %q", found)
	}
}

func TestOpenMemory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for range 2 { // each is a database of its own, and leaves nothing
		s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		head, err := s.Load(t.Context(), func(graph.Row) error { t.Error("a new database has a row"); return nil })
		if err != nil || head.Revision != 0 {
			t.Errorf("Load = %v, %v", head, err)
		}
		c := &graph.Change{Revision: 1, ID: graph.NewID(), Key: "k", Ops: []graph.Op{{ID: "b", Row: &graph.Row{Class: graph.BOX, ID: "b", Box: []byte("x")}}}}
		if err := s.Commit(t.Context(), func(graph.Head) (*graph.Change, error) { return c, nil }); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(os.Getenv("TMPDIR") + "/*"); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestOpenNeo4j(t *testing.T) {
	at := neo4jtest.Server(t)
	neo4jtest.Clear(t, at)
	t.Setenv("WEFT_NEO4J_USER", at.User)
	t.Setenv("WEFT_NEO4J_PASSWORD", at.Password)
	t.Setenv("WEFT_NEO4J_DATABASE", at.Database)
	s, err := store.Open(t.Context(), at.URL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	row := graph.Row{Class: graph.BOX, ID: "b", Box: []byte("x")}
	c := &graph.Change{Revision: 1, ID: graph.NewID(), Key: "k", Ops: []graph.Op{{ID: "b", Row: &row}}}
	if err := s.Commit(t.Context(), func(graph.Head) (*graph.Change, error) { return c, nil }); err != nil {
		t.Fatal(err)
	}
	rows := 0
	if head, err := s.Load(t.Context(), func(graph.Row) error { rows++; return nil }); err != nil || head.Revision != 1 || rows != 1 {
		t.Errorf("Load = %d rows at %v, %v", rows, head, err)
	}
	t.Setenv("WEFT_NEO4J_DATABASE", "absent")
	if s, err := store.Open(t.Context(), at.URL, store.Options{}); err == nil || graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), "WEFT_NEO4J_DATABASE") {
		t.Errorf("another database: %v, %v", s, err)
	}
}
