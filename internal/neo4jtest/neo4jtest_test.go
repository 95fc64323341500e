package neo4jtest

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// one runs a query that gives one value and returns it.
func one[T any](t *testing.T, target Target, query string) T {
	t.Helper()
	ctx := t.Context()
	driver, err := connect(target)
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(ctx)
	result, err := neo4j.ExecuteQuery(ctx, driver, query, nil, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(target.Database))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if len(result.Records) != 1 {
		t.Fatalf("%s: %d records, want 1", query, len(result.Records))
	}
	value, ok := result.Records[0].Values[0].(T)
	if !ok {
		t.Fatalf("%s: got %T", query, result.Records[0].Values[0])
	}
	return value
}

// startForTest starts a server with data in dir, or skips the test where Server would.
func startForTest(t *testing.T, dir string) *Process {
	t.Helper()
	p, err := Start(t.Context(), dir, 0)
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	return p
}

func TestServerIsTheCommunityServerAndShared(t *testing.T) {
	target := Server(t)
	if again := Server(t); again != target {
		t.Errorf("a second call gives %v, want %v", again, target)
	}
	if edition := one[string](t, target, "CALL dbms.components() YIELD edition RETURN edition"); edition != "community" {
		t.Errorf("edition %q, want community", edition)
	}
	if os.Getenv("NEO4J_TEST_URL") == "" {
		version := one[string](t, target, "CALL dbms.components() YIELD versions RETURN versions[0]")
		if version != Version {
			t.Errorf("version %q, want %q", version, Version)
		}
	}
}

func TestClear(t *testing.T) {
	target := Server(t)
	Clear(t, target)
	one[int64](t, target, "UNWIND range(1, 100) AS i CREATE (a:Thing {i: i})-[:NEXT]->(:Thing) RETURN count(a)")
	for _, schema := range []string{
		"CREATE CONSTRAINT thing FOR (n:Thing) REQUIRE n.id IS UNIQUE",
		"CREATE FULLTEXT INDEX words FOR (n:Thing) ON EACH [n.text]",
	} {
		driver, err := connect(target)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := neo4j.ExecuteQuery(t.Context(), driver, schema, nil, neo4j.EagerResultTransformer); err != nil {
			t.Fatal(err)
		}
		driver.Close(t.Context())
	}
	Clear(t, target)
	if nodes := one[int64](t, target, "MATCH (n) RETURN count(n)"); nodes != 0 {
		t.Errorf("%d nodes left", nodes)
	}
	if rules := one[int64](t, target, "SHOW CONSTRAINTS YIELD name RETURN count(*)"); rules != 0 {
		t.Errorf("%d constraints left", rules)
	}
	if indexes := one[int64](t, target, "SHOW INDEXES YIELD type WHERE type <> 'LOOKUP' RETURN count(*)"); indexes != 0 {
		t.Errorf("%d indexes left", indexes)
	}
}

func TestDataOutlivesKillAndRestart(t *testing.T) {
	p := startForTest(t, t.TempDir())
	target := p.Target()
	one[string](t, target, "CREATE (n:Kept {name: 'kept'}) RETURN n.name")

	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(target.URL, "bolt://")); err == nil {
		conn.Close()
		t.Fatal("the server answers after Kill")
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Target() != target {
		t.Errorf("after Restart the target is %v, want %v", p.Target(), target)
	}
	if kept := one[int64](t, target, "MATCH (n:Kept {name: 'kept'}) RETURN count(n)"); kept != 1 {
		t.Errorf("%d nodes after Kill and Restart, want 1", kept)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("a second stop: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p, err := Start(t.Context(), t.TempDir(), listener.Addr().(*net.TCPAddr).Port)
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err == nil {
		p.Kill()
	}
	if !errors.Is(err, errPortTaken) {
		t.Errorf("got %v, want that the port is in use", err)
	}
}

func TestWithoutJavaOrMaven(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Start(t.Context(), t.TempDir(), 0)
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "Java") {
		t.Errorf("without Java: %v", err)
	}

	bin, cache := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "java"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	_, err = Start(t.Context(), t.TempDir(), 0)
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "Maven") {
		t.Errorf("without Maven: %v", err)
	}
}

// TestServerEndsWithAKilledTest kills a process in the middle of its test and sees its server and data folder vanish.
func TestServerEndsWithAKilledTest(t *testing.T) {
	if report := os.Getenv("NEO4JTEST_REPORT"); report != "" {
		target := Server(t)
		if err := os.WriteFile(report, []byte(target.URL), 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		t.Fatal("nobody killed this process")
	}
	if _, _, err := installation(t.Context()); errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}

	temp := t.TempDir()
	report := filepath.Join(temp, "report")
	child := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithAKilledTest$")
	child.Env = append(os.Environ(), "NEO4JTEST_REPORT="+report, "NEO4J_TEST_URL=", "TMPDIR="+temp, "TMP="+temp)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child's server", func() bool { return fileSize(report) > 0 })
	url, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	child.Process.Kill()
	child.Wait()

	eventually(t, "the end of the server", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(string(url), "bolt://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	eventually(t, "the deletion of its data", func() bool {
		left, err := filepath.Glob(filepath.Join(temp, "weft-neo4j-*"))
		return err == nil && len(left) == 0
	})
}

func TestLockIsExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	release, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second lock: %v, want that it waits", err)
	}
	release()
	release, err = lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// eventually waits until what is there, and fails after a minute.
func eventually(t *testing.T, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if there() {
			return
		}
	}
	t.Fatalf("waited a minute for %s", what)
}
