package neo4j_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/graph/store/storetest"
	"weft/internal/neo4jtest"
)

func options(at neo4jtest.Target) neo4j.Options {
	return neo4j.Options{User: at.User, Password: at.Password, Database: at.Database}
}

func open(t *testing.T, at neo4jtest.Target) graph.Store {
	t.Helper()
	s, err := neo4j.Open(t.Context(), at.URL, options(at))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

// empty returns the server of this process with no data in its database.
func empty(t *testing.T) neo4jtest.Target {
	t.Helper()
	at := neo4jtest.Server(t)
	neo4jtest.Empty(t, at)
	return at
}

// blank returns the server of this process with a database as it is when it is new.
func blank(t *testing.T) neo4jtest.Target {
	t.Helper()
	at := neo4jtest.Server(t)
	neo4jtest.Clear(t, at)
	return at
}

// cypher runs a statement as a person does beside Weft.
func cypher(t *testing.T, at neo4jtest.Target, text string, params map[string]any) []*driver.Record {
	t.Helper()
	d, err := driver.NewDriverWithContext(at.URL, driver.BasicAuth(at.User, at.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	session := d.NewSession(t.Context(), driver.SessionConfig{DatabaseName: at.Database})
	defer session.Close(t.Context())
	result, err := session.Run(t.Context(), text, params)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	records, err := result.Collect(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return records
}

// put returns one operation a row that writes it.
func put(rows ...graph.Row) []graph.Op {
	ops := make([]graph.Op, len(rows))
	for i := range rows {
		row := rows[i]
		salt := sha256.Sum256([]byte(row.ID))
		ops[i] = graph.Op{Verb: graph.ADD, Class: row.Class, ID: row.ID, Row: &row, Salt: salt[:],
			Payload: []byte(`{"verb":"ADD","id":"` + string(row.ID) + `"}`), Commitment: sha256.Sum256(salt[:])}
	}
	return ops
}

// follow returns the change of the operations that follows a head.
func follow(h graph.Head, ops []graph.Op) *graph.Change {
	c := &graph.Change{Revision: h.Revision + 1, ID: graph.NewID(), At: time.UnixMilli(1_800_000_000_000 + h.Revision).UTC(),
		Author: "author", Key: string(graph.NewID()), Prev: h.Hash, Ops: ops}
	c.Hash = c.Sum()
	return c
}

func commit(t *testing.T, s graph.Store, ops []graph.Op) *graph.Change {
	t.Helper()
	var made *graph.Change
	if err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { made = follow(h, ops); return made, nil }); err != nil {
		t.Fatal(err)
	}
	return made
}

func organization(name string) graph.Row {
	return graph.Row{Class: graph.NODE, ID: graph.NewID(), Kind: string(graph.KindOrganization), Fields: graph.Fields{"name": name, "visibility": "PUBLIC"}}
}

func load(t *testing.T, s graph.Store) ([]graph.Row, graph.Head) {
	t.Helper()
	var rows []graph.Row
	head, err := s.Load(t.Context(), func(r graph.Row) error { rows = append(rows, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return rows, head
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() graph.Store {
		at := empty(t)
		return func() graph.Store { return open(t, at) }
	})
}
