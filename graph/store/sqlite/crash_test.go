package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// endlessly commits changes and prints the id of each when it is kept.
func endlessly(path string) {
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for n := 0; ; n++ {
		var made *graph.Change
		err := s.Commit(context.Background(), func(h graph.Head) (*graph.Change, error) {
			made = follow(h, opsOf(rowsLike(1+n%40)))
			return made, nil
		})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(made.ID)
	}
}

// A process killed at any moment has kept every change that it acknowledged.
func TestKilledProcessKeepsWhatItAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft.db")
	var acknowledged []graph.ID
	for range 8 {
		c := child("write", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "ready" {
			t.Fatalf("the process says %q", lines.Text())
		}
		time.AfterFunc(time.Duration(20+rand.IntN(150))*time.Millisecond, func() { c.Process.Kill() })
		for lines.Scan() {
			id := graph.ID(strings.TrimSpace(lines.Text()))
			if !id.Valid() {
				break // cut off while writing the line, or an error, which the next check finds
			}
			acknowledged = append(acknowledged, id)
		}
		c.Wait()

		s := open(t, path)
		log, err := s.Changes(t.Context(), 0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		head, err := s.Load(t.Context(), func(graph.Row) error { rows++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		kept, at, ops := map[graph.ID]bool{}, graph.Head{}, 0
		for i := range log {
			if log[i].Revision != at.Revision+1 || log[i].Prev != at.Hash || log[i].Hash != log[i].Sum() {
				t.Fatalf("the chain breaks at %d", log[i].Revision)
			}
			at = graph.Head{Revision: log[i].Revision, Hash: log[i].Hash}
			kept[log[i].ID] = true
			ops += len(log[i].Ops)
		}
		if at != head || ops != rows {
			t.Fatalf("the head is at %d, the log at %d; %d rows of %d operations", head.Revision, at.Revision, rows, ops)
		}
		for _, id := range acknowledged {
			if !kept[id] {
				t.Fatalf("%s was acknowledged and is lost", id)
			}
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(acknowledged) < 50 {
		t.Errorf("only %d changes were acknowledged: this test proves little", len(acknowledged))
	}
	t.Logf("%d acknowledged changes in 8 killed processes", len(acknowledged))
}
