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
// server that follows the log of another must never be given a part. Here an
// operation is away while another handle holds the head, as it is for a moment
// within a commit: whoever asks must wait and then get it all.
func TestFollowerSeesWholeChanges(t *testing.T) {
	at := empty(t)
	writer := open(t, at)
	rows := []graph.Row{organization("a"), organization("b"), organization("c")}
	want := commit(t, writer, put(rows...))
	asks := map[string]func(s graph.Store) ([]graph.Change, error){
		"Changes": func(s graph.Store) ([]graph.Change, error) { return s.Changes(t.Context(), 0, 10) },
		"History": func(s graph.Store) ([]graph.Change, error) {
			return s.History(t.Context(), []graph.ID{rows[0].ID, rows[1].ID, rows[2].ID}, 0, 10)
		},
		"ByKey": func(s graph.Store) ([]graph.Change, error) {
			c, err := s.ByKey(t.Context(), want.Author, want.Key)
			if c == nil {
				return nil, err
			}
			return []graph.Change{*c}, err
		},
	}
	for name, ask := range asks {
		t.Run(name, func(t *testing.T) {
			follower := open(t, at)
			cypher(t, at, "MATCH (o:Op {revision: 1, index: 1}) REMOVE o:Op SET o:Away", nil)
			type answer struct {
				list []graph.Change
				err  error
			}
			answers := make(chan answer, 1)
			early := false
			err := writer.Commit(t.Context(), func(graph.Head) (*graph.Change, error) {
				go func() {
					list, err := ask(follower)
					answers <- answer{list, err}
				}()
				select {
				case a := <-answers:
					early = true
					answers <- a
				case <-time.After(time.Second):
				}
				cypher(t, at, "MATCH (o:Away) REMOVE o:Away SET o:Op", nil)
				return nil, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			a := <-answers
			if a.err != nil {
				t.Fatal(a.err)
			}
			if early || len(a.list) != 1 || len(a.list[0].Ops) != len(rows) {
				t.Errorf("given %v; before the head was free: %v", a.list, early)
			}
		})
	}
}
