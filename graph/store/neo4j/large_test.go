package neo4j_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"weft/graph"
)

// TestLargeChange writes 10,500 operations at once into an empty database, and
// again over themselves, as an import does. It says how long that takes and
// sets no limit, since a busy machine would break it.
func TestLargeChange(t *testing.T) {
	s := open(t, empty(t))
	rows := make([]graph.Row, 0, 10_500)
	for i := range 3_500 {
		n := organization(fmt.Sprint("organization ", i))
		n.Fields["summary"] = "Represents families whose residency has been revoked, from the first letter to the Supreme Court."
		n.Fields["languages"], n.Fields["latitude"], n.Fields["version"] = []string{"en", "ar"}, 31.5, int64(1)
		rows = append(rows, n)
	}
	for i := range 7_000 {
		rows = append(rows, graph.Row{Class: graph.LINK, ID: graph.NewID(), Kind: string(graph.LinkKinds()[i%17].Kind), From: rows[i%3_500].ID, To: rows[i*7%3_500].ID,
			Fields: graph.Fields{"since": "2019-05", "strength": int64(3), "state": "CONFIRMED"}})
	}
	for _, round := range []string{"into an empty database", "over themselves"} {
		start := time.Now()
		commit(t, s, put(rows...))
		t.Logf("10,500 operations %s: %v", round, time.Since(start))
	}
	start := time.Now()
	if got, _ := load(t, s); len(got) != len(rows) {
		t.Errorf("%d rows of %d", len(got), len(rows))
	}
	t.Logf("loading them: %v", time.Since(start))
	start = time.Now()
	ids := []graph.ID{rows[0].ID}
	for range 100 {
		if list, err := s.History(context.Background(), ids, 0, 20); err != nil || len(list) != 2 {
			t.Fatalf("History = %d, %v", len(list), err)
		}
	}
	t.Logf("history of a row: %v", time.Since(start)/100)
	start = time.Now()
	for range 100 {
		commit(t, s, put(rows[0]))
	}
	t.Logf("a small change: %v", time.Since(start)/100)
}
