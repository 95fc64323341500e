package neo4j_test

import (
	"context"
	"testing"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/graph/store/storetest"
	"weft/internal/neo4jtest"
)

func open(t *testing.T, at neo4jtest.Target) graph.Store {
	t.Helper()
	s, err := neo4j.Open(t.Context(), at.URL, neo4j.Options{User: at.User, Password: at.Password, Database: at.Database, Progress: func(text string) { t.Log(text) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() graph.Store {
		at := neo4jtest.Server(t)
		neo4jtest.Clear(t, at)
		return func() graph.Store { return open(t, at) }
	})
}
