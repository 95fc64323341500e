package neo4j_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/internal/neo4jtest"
)

// attempt is a change that a writer tried to keep.
type attempt struct {
	id, author graph.ID
	key        string
	ops        int
	err        error // nil: acknowledged
}

// A server killed at any moment keeps every change that it acknowledged, all
// or nothing of the others, and tells afterwards which of those it kept. The
// handles go on by themselves when it is back.
func TestKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	p, err := neo4jtest.Start(t.Context(), t.TempDir(), 0)
	if errors.Is(err, neo4jtest.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	handles := []graph.Store{open(t, p.Target()), open(t, p.Target())}

	var mu sync.Mutex
	var attempts []attempt
	stop := make(chan struct{})
	var writers sync.WaitGroup
	defer writers.Wait()
	finish := sync.OnceFunc(func() { close(stop) })
	defer finish()
	for i := range 4 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				rows := make([]graph.Row, 1+rand.IntN(40))
				for i := range rows {
					rows[i] = organization("n")
				}
				a := attempt{author: graph.NewID(), key: string(graph.NewID()), ops: len(rows)}
				a.err = handles[i%2].Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
					c := follow(h, put(rows...))
					c.Author, c.Key = a.author, a.key
					c.Hash, a.id = c.Sum(), c.ID
					return c, nil
				})
				mu.Lock()
				attempts = append(attempts, a)
				mu.Unlock()
			}
		})
	}
	// More acknowledged changes, and then any moment in the middle of more.
	goesOn := func(more int) {
		t.Helper()
		count := func() (n int) {
			mu.Lock()
			defer mu.Unlock()
			for _, a := range attempts {
				if a.err == nil {
					n++
				}
			}
			return n
		}
		for until, end := count()+more, time.Now().Add(2*time.Minute); count() < until; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the writers do not go on")
			}
		}
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	}
	for range 3 {
		goesOn(20)
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := p.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	goesOn(10)
	finish()
	writers.Wait()

	log, err := handles[0].Changes(t.Context(), 0, 1<<30)
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
	rows, head := load(t, handles[1])
	if at != head || ops != len(rows) {
		t.Fatalf("the head is at %d, the log at %d; %d rows of %d operations", head.Revision, at.Revision, len(rows), ops)
	}
	acknowledged, unknown, found := 0, 0, 0
	for _, a := range attempts {
		if a.err == nil {
			acknowledged++
			if !kept[a.id] {
				t.Fatalf("%s was acknowledged and is lost", a.id)
			}
			continue
		}
		unknown++
		if graph.CodeOf(a.err) != graph.UNAVAILABLE {
			t.Errorf("a killed server: %v (%v)", a.err, errors.Unwrap(a.err))
		}
		c, err := handles[0].ByKey(t.Context(), a.author, a.key)
		if err != nil {
			t.Fatal(err)
		}
		if (c != nil) != kept[a.id] || c != nil && len(c.Ops) != a.ops {
			t.Errorf("ByKey says %v of a change that was kept: %v", c, kept[a.id])
		}
		if c != nil {
			found++
		}
	}
	t.Logf("%d changes acknowledged, %d outcomes unknown of which %d were kept, in 3 kills", acknowledged, unknown, found)
}

// Open waits for a server that is starting, and says so.
func TestOpenWaitsForServer(t *testing.T) {
	p, err := neo4jtest.Start(t.Context(), t.TempDir(), 0)
	if errors.Is(err, neo4jtest.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	s := open(t, p.Target())
	c := commit(t, s, put(organization("a")))
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := s.ByKey(ctx, c.Author, c.Key); graph.CodeOf(err) != graph.UNAVAILABLE {
		t.Errorf("ByKey without a server: %v", err)
	}
	restarted := make(chan error, 1)
	go func() {
		time.Sleep(700 * time.Millisecond)
		restarted <- p.Restart(t.Context())
	}()
	o := options(p.Target())
	told := 0
	o.Progress = func(string) { told++ }
	again, err := neo4j.Open(t.Context(), p.Target().URL, o)
	if err != nil {
		t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
	defer again.Close(t.Context())
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
	if told == 0 {
		t.Error("waited without a word")
	}
	for _, h := range []graph.Store{s, again} { // the old handle goes on too
		if rows, head := load(t, h); len(rows) != 1 || head.Hash != c.Hash {
			t.Errorf("%d rows at %d", len(rows), head.Revision)
		}
	}
}
