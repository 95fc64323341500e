// Package neo4jtest gives tests a real Neo4j community server, with no Docker and nothing installed but Java and Maven.
//
// Maven fetches the server once per user (116 MB); Java runs it in a process of its own, which watches its standard
// input and so never outlives the test that started it, however that ends.
//
// A package's tests call Server and share what it gives. Each test binary starts one server, unless NEO4J_TEST_URL names
// a server that is already there, which all binaries of a `go test ./...` then take turns to use. Tests that stop or kill
// the server call Start for one of their own.
package neo4jtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Server gives a running server for the time of a test, which is skipped if this machine cannot have one.
//
// NEO4J_TEST_URL, with NEO4J_TEST_USER, NEO4J_TEST_PASSWORD and NEO4J_TEST_DATABASE, names an existing server whose
// content may be deleted; Server then waits until no other process is testing with it. Otherwise the first call starts a
// server for all tests of this process, which ends with the process and leaves nothing behind. The tests of one process
// share the server and see what the others wrote: call Clear for an empty one.
func Server(tb testing.TB) Target {
	tb.Helper()
	if url := os.Getenv("NEO4J_TEST_URL"); url != "" {
		target := Target{
			URL:      url,
			User:     envOr("NEO4J_TEST_USER", "neo4j"),
			Password: os.Getenv("NEO4J_TEST_PASSWORD"),
			Database: envOr("NEO4J_TEST_DATABASE", "neo4j"),
		}
		if err := takeTurn(tb, url); err != nil {
			tb.Fatalf("NEO4J_TEST_URL: %v", err)
		}
		if err := reachable(tb.Context(), target); err != nil {
			tb.Fatalf("NEO4J_TEST_URL: %v", err)
		}
		return target
	}
	target, err := ownServer()
	if errors.Is(err, ErrUnavailable) {
		tb.Skipf("%v; install a Java 17 JDK and Maven, or set NEO4J_TEST_URL to a server whose content may be deleted", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return target
}

// ownServer starts the server of this process at the first call.
var ownServer = sync.OnceValues(func() (Target, error) {
	// Fetching the server over a slow line is what takes long; starting takes seconds.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "weft-neo4j-")
	if err != nil {
		return Target{}, err
	}
	p, err := start(ctx, dir, 0, rand.Text(), testHeap, true)
	if err != nil {
		os.RemoveAll(dir)
		return Target{}, err
	}
	return p.Target(), nil
})

// Empty deletes every node and relationship in the target's database, and keeps its constraints and indexes. Making those
// takes Neo4j seconds, and with them go its plans of all queries: a test that is not about them calls this.
func Empty(tb testing.TB, target Target) {
	tb.Helper()
	clear(tb, target, false)
}

// Clear deletes everything in the target's database: nodes, relationships, constraints and indexes.
func Clear(tb testing.TB, target Target) {
	tb.Helper()
	clear(tb, target, true)
}

func clear(tb testing.TB, target Target, schema bool) {
	tb.Helper()
	ctx := tb.Context()
	driver, err := connect(target)
	if err != nil {
		tb.Fatal(err)
	}
	defer driver.Close(ctx)
	session := driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: target.Database})
	defer session.Close(ctx)

	query := func(text string, params map[string]any) []*neo4j.Record {
		tb.Helper()
		result, err := session.Run(ctx, text, params)
		if err != nil {
			tb.Fatalf("clear %s: %v", target.URL, err)
		}
		records, err := result.Collect(ctx)
		if err != nil {
			tb.Fatalf("clear %s: %v", target.URL, err)
		}
		return records
	}
	query("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", nil)
	if !schema {
		return
	}
	for _, record := range query("SHOW CONSTRAINTS YIELD name", nil) {
		query("DROP CONSTRAINT $name", record.AsMap())
	}
	// The two token look-up indexes are part of every fresh database.
	for _, record := range query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name", nil) {
		query("DROP INDEX $name", record.AsMap())
	}
}

// turn is this process's hold on the server of NEO4J_TEST_URL, kept as long as any of its tests uses it.
var turn struct {
	sync.Mutex
	tests   int
	release func()
}

// takeTurn waits until no other process is testing with the server at url, and holds it until tb ends.
func takeTurn(tb testing.TB, url string) error {
	turn.Lock()
	defer turn.Unlock()
	if turn.tests == 0 {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir := filepath.Join(cache, "weft")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		name := fmt.Sprintf("neo4j-tests-%x.lock", sha256.Sum256([]byte(url)))
		if turn.release, err = lock(tb.Context(), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	turn.tests++
	tb.Cleanup(func() {
		turn.Lock()
		defer turn.Unlock()
		if turn.tests--; turn.tests == 0 {
			turn.release()
		}
	})
	return nil
}

// reachable waits for a server that is still starting, and gives up at once on one that refuses the password.
func reachable(ctx context.Context, target Target) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	driver, err := connect(target)
	if err != nil {
		return err
	}
	defer driver.Close(ctx)
	for {
		err := driver.VerifyConnectivity(ctx)
		var refusal *neo4j.Neo4jError
		if err == nil || errors.As(err, &refusal) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", target.URL, err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func connect(target Target) (neo4j.DriverWithContext, error) {
	return neo4j.NewDriverWithContext(target.URL, neo4j.BasicAuth(target.User, target.Password, ""))
}

func envOr(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
