package neo4j_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"weft/graph"
)

var steward = graph.Viewer{Account: "steward", Level: graph.LevelSteward}

func directory(t *testing.T, s graph.Store) *graph.Directory {
	t.Helper()
	d, err := graph.Open(t.Context(), s, graph.Options{Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	return d
}

// Two servers on one database, eight editors who each read a number and write
// it plus one: none of their edits is lost.
func TestTwoServersLoseNoEdit(t *testing.T) {
	const editors, each = 8, 25
	at := empty(t)
	servers := []*graph.Directory{directory(t, open(t, at)), directory(t, open(t, at))}
	var id graph.ID
	_, err := servers[0].Edit(t.Context(), steward, graph.Request{}, func(tx *graph.Tx) (err error) {
		id, err = tx.Add(graph.KindAction, graph.Fields{"name": "Sign the letter", "visibility": "PUBLIC"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var wg sync.WaitGroup
	for i := range editors {
		wg.Go(func() {
			for range each {
				_, err := servers[i%2].Edit(t.Context(), steward, graph.Request{}, func(tx *graph.Tx) error {
					n := tx.Node(id)
					if n == nil {
						return fmt.Errorf("the node is not there yet")
					}
					return tx.Change(id, nil, graph.Fields{"pledged": int64(n.(*graph.Action).Pledged + 1)})
				})
				if err != nil {
					t.Errorf("Edit: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	rows, head := load(t, open(t, at))
	if got := rows[0].Fields["pledged"]; got != int64(editors*each) {
		t.Errorf("%v pledged of %d", got, editors*each)
	}
	if head.Revision != editors*each+1 {
		t.Errorf("the head is at %d", head.Revision)
	}
	report, err := directory(t, open(t, at)).Verify(t.Context())
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("Verify = %v, %v", report.Problems, err)
	}
	t.Logf("%d edits by %d editors on two servers: %v each", editors*each, editors, took/(editors*each))
}

// Neo4j lets a reader see parts of a commit while it is being applied. A
// server that follows the log of another must never be given a part.
func TestFollowerSeesWholeChanges(t *testing.T) {
	at := empty(t)
	writer, follower := open(t, at), open(t, at)
	const n, size = 40, 400
	done := make(chan error, 1)
	go func() {
		for range n {
			rows := make([]graph.Row, size)
			for i := range rows {
				rows[i] = organization("n")
			}
			if err := writer.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return follow(h, put(rows...)), nil }); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	polls := 0
	for after := int64(0); after < n; polls++ {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		default:
		}
		list, err := follower.Changes(t.Context(), after, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if len(list[i].Ops) != size || list[i].Sum() != list[i].Hash {
				t.Fatalf("change %d came with %d of %d operations", list[i].Revision, len(list[i].Ops), size)
			}
			after = list[i].Revision
		}
	}
	t.Logf("%d polls", polls)
}
