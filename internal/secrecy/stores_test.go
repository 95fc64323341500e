package secrecy

import (
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/internal/neo4jtest"
)

// TestStores is the proof on Neo4j, and that Neo4j and SQLite answer the same
// world with the same bytes.
func TestStores(t *testing.T) {
	t.Parallel() // it mostly waits for Neo4j
	n := uint64(25)
	if *long {
		n = 250
	}
	if testing.Short() {
		n = 3
	}
	target := neo4jtest.Server(t)
	empty := func() graph.Store {
		neo4jtest.Clear(t, target)
		s, err := neo4j.Open(t.Context(), target.URL, neo4j.Options{User: target.User, Password: target.Password, Database: target.Database})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	began, pairs := time.Now(), 0
	for seed := *first; seed < *first+n; seed++ {
		p := makePlan(seed)
		onSQLite := made(t, p, whole, memory(t), nil)
		var first *server
		for _, v := range variants(seed) {
			s := made(t, p, v, empty(), first)
			if first == nil {
				first = s
				if d := onSQLite.differs(s); d != "" {
					t.Fatalf("SQLite and Neo4j differ in world %d for %s: %s", seed, p.persona, d)
				}
			} else if d := first.differs(s); d != "" {
				t.Fatalf("LEAK on Neo4j in world %d to %s: %s", seed, p.persona, d)
			}
			pairs += len(s.answers)
		}
	}
	t.Logf("%d worlds, %d pairs of answers compared in %s", n, pairs, time.Since(began).Round(time.Second))
}
