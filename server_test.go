package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// scratch is a folder of the whole test run: the built program is in it.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "weft-server-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// built is the real program, as users get it, built at the first need.
var built = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "weft")
	build := exec.Command("go", "build", "-o", file, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return file, nil
})

// output collects what a program writes, for readers that do not wait for its end.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// server is a running `weft serve`, in this process or in one of its own.
type server struct {
	t           testing.TB
	host        string // where it listens
	out, err    *output
	interrupt   func()        // asks it to stop
	ended       chan struct{} // closed once it has ended and code is set
	code        int
	cmd         *exec.Cmd // nil in this process
	interrupted bool
}

// serveHere runs serve within the test, where what it does is counted as covered.
func serveHere(t testing.TB, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, out: &output{}, err: &output{}, interrupt: cancel, ended: make(chan struct{})}
	go func() {
		s.code = run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), s.out, s.err)
		close(s.ended)
	}()
	s.await()
	return s
}

// serve runs serve as a process of its own, with the environment of the test and env.
func serve(t testing.TB, env []string, args ...string) *server {
	t.Helper()
	s := start(t, env, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.await()
	return s
}

// start runs the program as a process of its own.
func start(t testing.TB, env []string, args ...string) *server {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, out: &output{}, err: &output{}, ended: make(chan struct{}), cmd: exec.Command(file, args...)}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.err
	s.cmd.Dir = t.TempDir() // nothing of a test may land in the source tree
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.interrupt = func() { s.cmd.Process.Signal(syscall.SIGTERM) }
	go func() {
		s.cmd.Wait()
		s.code = s.cmd.ProcessState.ExitCode()
		close(s.ended)
	}()
	return s
}

// await waits until the server says where it is, and stops it when the test ends.
func (s *server) await() {
	s.t.Helper()
	const sign = "Weft is at http://"
	until := time.Now().Add(60 * time.Second)
	for {
		if _, after, found := strings.Cut(s.out.String(), sign); found {
			if host, _, whole := strings.Cut(after, "\n"); whole {
				s.host = host
				break
			}
		}
		select {
		case <-s.ended:
			s.t.Fatalf("the server ended with %d instead of serving:\n%s%s", s.code, s.out, s.err)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(until) {
			s.interrupt()
			s.t.Fatalf("the server did not start:\n%s%s", s.out, s.err)
		}
	}
	s.t.Cleanup(func() {
		if !s.interrupted {
			s.stop()
		}
	})
}

// stop asks the server to stop and checks that it does, in order and in time.
func (s *server) stop() {
	s.t.Helper()
	s.interrupted = true
	s.interrupt()
	select {
	case <-s.ended:
	case <-time.After(later):
		if s.cmd != nil {
			s.cmd.Process.Kill()
		}
		s.t.Fatalf("the server did not stop:\n%s", s.err)
	}
	if s.code != 0 {
		s.t.Errorf("the server ended with %d:\n%s", s.code, s.err)
	}
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	s.t.Helper()
	s.interrupted = true
	s.cmd.Process.Kill()
	<-s.ended
}

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// weft runs a command within the test.
func weft(t testing.TB, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, &out, &err)
	return result{code, out.String(), err.String()}
}

// mustWeft is weft for commands that are to succeed.
func mustWeft(t testing.TB, args ...string) result {
	t.Helper()
	r := weft(t, args...)
	if r.code != 0 {
		t.Fatalf("weft %s ended with %d:\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

// process runs a command as a process of its own.
func process(t testing.TB, env []string, args ...string) result {
	t.Helper()
	s := start(t, env, args...)
	select {
	case <-s.ended:
	case <-time.After(2 * time.Minute):
		s.cmd.Process.Kill()
		t.Fatalf("weft %s did not end:\n%s%s", strings.Join(args, " "), s.out, s.err)
	}
	return result{s.code, s.out.String(), s.err.String()}
}

// client has no limit on connections and reuses them.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// fault is an entry of an answer's errors.
type fault struct {
	Message    string
	Extensions struct{ Code, Rule, Field string }
}

// vars are the variables of an operation.
type vars = map[string]any

// body is a GraphQL request as JSON.
func body(query string, v vars) string {
	b, err := json.Marshal(map[string]any{"query": query, "variables": v})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// post sends a body to the API. Without an answer the status is 0.
func (s *server) post(seeAs, body string) (status int, answer []byte, err error) {
	req, err := http.NewRequest("POST", "http://"+s.host+"/graphql", strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Weft-Client", "test")
	if seeAs != "" {
		req.Header.Set("X-Weft-See-As", seeAs)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

// try runs an operation and decodes its data into into. The error is that of
// the way; faults are the answer's own.
func (s *server) try(seeAs, query string, v vars, into any) ([]fault, error) {
	_, text, err := s.post(seeAs, body(query, v))
	if err != nil {
		return nil, err
	}
	var a struct {
		Data   json.RawMessage
		Errors []fault
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("%w in %.300s", err, text)
	}
	if len(a.Errors) == 0 && into != nil {
		if err := json.Unmarshal(a.Data, into); err != nil {
			return nil, fmt.Errorf("%w in %.300s", err, a.Data)
		}
	}
	return a.Errors, nil
}

// ask runs an operation that must succeed.
func (s *server) ask(query string, v vars, into any) {
	s.t.Helper()
	if faults, err := s.try("", query, v, into); err != nil || len(faults) > 0 {
		s.t.Fatalf("%s\n%+v %v\n%s", query, faults, err, s.err)
	}
}

// refused runs an operation that must fail and returns why.
func (s *server) refused(query string, v vars) fault {
	s.t.Helper()
	faults, err := s.try("", query, v, nil)
	if err != nil || len(faults) == 0 {
		s.t.Fatalf("%s\nwas not refused: %v", query, err)
	}
	return faults[0]
}

// get fetches a path.
func (s *server) get(path string) (*http.Response, string) {
	s.t.Helper()
	res, err := client.Get("http://" + s.host + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

// counts are the nodes and links that the operator of the server sees.
func (s *server) counts() (nodes, links int) {
	s.t.Helper()
	var a struct {
		Viewer struct {
			Network struct{ Counts struct{ Nodes, Links int } }
		}
	}
	s.ask(`{ viewer { network { counts { nodes links } } } }`, nil, &a)
	return a.Viewer.Network.Counts.Nodes, a.Viewer.Network.Counts.Links
}

const addOrganization = `mutation Add($name: String!, $key: String, $summary: String) {
	addNode(input: {kind: Organization, clientMutationId: $key, fields: {name: $name, summary: $summary}}) { change node { id name version } } }`

// add adds an organization and returns its id.
func (s *server) add(name string) string {
	s.t.Helper()
	var a struct {
		AddNode struct{ Node struct{ ID string } }
	}
	s.ask(addOrganization, vars{"name": name}, &a)
	return a.AddNode.Node.ID
}

// readyFor says whether readiness becomes what is wanted before the time is over.
func (s *server) readyFor(status int, within time.Duration) (time.Duration, bool) {
	begun := time.Now()
	for time.Since(begun) < within {
		res, err := client.Get("http://" + s.host + "/readyz")
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == status {
				return time.Since(begun), true
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(begun), false
}

// file is a database of the test's own.
func file(t testing.TB) string { return filepath.Join(t.TempDir(), "weft.db") }

// tamper runs a statement on a database file behind Weft's back.
func tamper(t testing.TB, db, statement string) {
	t.Helper()
	c, err := sqlite.OpenConn(db, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqlitex.ExecuteTransient(c, statement, nil), c.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := serveHere(t, "--store", "sqlite:"+file(t), "--demo", "--name", "The inland network")
	if res, text := s.get("/healthz"); res.StatusCode != 200 || text != "ok\n" {
		t.Errorf("healthz: %d %q", res.StatusCode, text)
	}
	if res, text := s.get("/readyz"); res.StatusCode != 200 || text != "ready\n" {
		t.Errorf("readyz: %d %q", res.StatusCode, text)
	}
	var a struct {
		Viewer struct {
			Level, Persona string
			Network        struct {
				Name   string
				Demo   bool
				Counts struct{ Nodes, Links int }
			}
		}
	}
	const who = `{ viewer { level persona network { name demo counts { nodes links } } } }`
	s.ask(who, nil, &a)
	if v := a.Viewer; v.Level != "STEWARD" || v.Persona != "local" || v.Network.Name != "The inland network" || !v.Network.Demo || v.Network.Counts.Nodes < 200 || v.Network.Counts.Links < 500 {
		t.Errorf("%+v", v)
	}
	all := a.Viewer.Network.Counts.Nodes
	if faults, err := s.try("visitor", who, nil, &a); err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	if v := a.Viewer; v.Level != "VISITOR" || v.Network.Counts.Nodes >= all || v.Network.Counts.Nodes < 100 {
		t.Errorf("as a visitor: %+v", v)
	}
	res, text := s.get("/metrics")
	for _, series := range []string{"go_goroutines", "process_resident_memory_bytes", `weft_http_requests_total{route="/graphql",status="200"} 2`, "weft_http_request_seconds_bucket", "weft_sockets_open 0"} {
		if !strings.Contains(text, series) {
			t.Errorf("metrics: %d without %s", res.StatusCode, series)
		}
	}
	if _, err := site.ReadFile("frontend/dist/index.html"); err != nil {
		if !strings.Contains(s.err.String(), "without its front end") {
			t.Errorf("a program without pages does not say so:\n%s", s.err)
		}
		t.Log("SKIPPED: the front end is not built, its pages are not tested; run make")
		return
	}
	for _, path := range []string{"/", "/index.html", "/node/anything"} {
		res, text := s.get(path)
		if res.StatusCode != 200 || !strings.Contains(strings.ToLower(text), "<!doctype html>") || !strings.Contains(text, "/assets/") {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, text)
		}
	}
	s.testAPIPage(t)
}

// testAPIPage holds that the page of the API is whole and this server's own: every file that it names is here.
func (s *server) testAPIPage(t *testing.T) {
	res, page := s.get("/graphiql/")
	files := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if res.StatusCode != 200 || len(files) < 3 {
		t.Fatalf("the API page: %d %.200s", res.StatusCode, page)
	}
	for _, file := range files {
		res, text := s.get(file[1])
		if res.StatusCode != 200 || text == "" || file[1] != "/favicon.svg" && !strings.HasPrefix(file[1], "/graphiql/assets/") {
			t.Errorf("%s of the API page: %d", file[1], res.StatusCode)
		}
		if kind := res.Header.Get("Content-Type"); strings.HasSuffix(file[1], ".js") && !strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("%s is sent as %s", file[1], kind)
		}
	}
	for _, worker := range []string{"editor.worker", "json.worker", "graphql.worker"} {
		if found, _ := fs.Glob(site, "frontend/dist/graphiql/assets/"+worker+"-*.js"); len(found) != 1 {
			t.Errorf("%d files are the %s", len(found), worker)
		}
	}
}

// Every answer, whatever it is, carries the headers that keep a browser safe.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := serveHere(t, "--store", "sqlite::memory:", "--key-file", filepath.Join(t.TempDir(), "key"))
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/graphql", "/assets/none.js", "/graphiql/", "/../etc/passwd"} {
		res, _ := s.get(path)
		h := res.Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "script-src 'self';") || strings.Contains(csp, "http") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if !strings.Contains(csp, "require-trusted-types-for 'script'") || strings.Contains(strings.ReplaceAll(csp, "style-src 'self' 'unsafe-inline'", ""), "unsafe") ||
			!strings.HasPrefix(path, "/graphiql") && strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if h.Get("X-Request-Id") == "" || h.Get("Cache-Control") == "" || h.Get("Server") != "" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// What was kept before a stop is there after the next start.
func TestRestart(t *testing.T) {
	t.Parallel()
	db := file(t)
	s := serveHere(t, "--store", "sqlite:"+db, "--demo")
	id := s.add("جمعية الميناء · Harbour Society")
	nodes, links := s.counts()
	s.stop()
	if _, err := os.Stat(db + "-wal"); err == nil {
		t.Error("the log of the database is left beside it after an orderly stop")
	}
	s = serveHere(t, "--store", "sqlite:"+db, "--demo")
	if n, l := s.counts(); n != nodes || l != links {
		t.Errorf("%d nodes and %d links, were %d and %d", n, l, nodes, links)
	}
	var a struct {
		Node    struct{ Name string }
		History struct{ Nodes []struct{ Verb string } }
	}
	s.ask(`query($id: ID!) { node(id: $id) { name } history(id: $id) { nodes { verb } } }`, vars{"id": id}, &a)
	if a.Node.Name != "جمعية الميناء · Harbour Society" || len(a.History.Nodes) != 1 || a.History.Nodes[0].Verb != "ADD" {
		t.Errorf("%+v", a)
	}
	s.stop()
	if r := mustWeft(t, "verify", "--store", "sqlite:"+db); !strings.Contains(r.out, "All is sound.") {
		t.Error(r.out)
	}
}

// A stop lets what is under way finish, and waits for nobody for ever.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	text := body(`{ viewer { level } }`, nil)
	begin := func(t *testing.T, s *server) net.Conn {
		conn, err := net.Dial("tcp", s.host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-Weft-Client: test\r\nContent-Length: %d\r\n\r\n%s", s.host, len(text), text[:5])
		time.Sleep(100 * time.Millisecond) // until the server reads the body
		return conn
	}
	memory := func(t *testing.T) []string {
		return []string{"--store", "sqlite::memory:", "--key-file", filepath.Join(t.TempDir(), "key")}
	}
	t.Run("finishes", func(t *testing.T) {
		t.Parallel()
		s := serveHere(t, memory(t)...)
		conn := begin(t, s)
		done := make(chan struct{})
		go func() { s.stop(); close(done) }()
		time.Sleep(200 * time.Millisecond)
		if c, err := net.Dial("tcp", s.host); err == nil {
			c.Close()
			t.Error("connections are taken while stopping")
		}
		fmt.Fprint(conn, text[5:])
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal("what was under way was cut off:", err)
		}
		answer, _ := io.ReadAll(res.Body)
		if res.StatusCode != 200 || string(answer) != `{"data":{"viewer":{"level":"STEWARD"}}}` {
			t.Errorf("%d %s", res.StatusCode, answer)
		}
		<-done
	})
	t.Run("does not wait for ever", func(t *testing.T) {
		t.Parallel()
		s := serveHere(t, memory(t)...)
		begin(t, s)
		s.stop()
	})
	t.Run("ends sockets", func(t *testing.T) {
		t.Parallel()
		s := serveHere(t, memory(t)...)
		c := s.socket(t)
		c.init()
		c.send(`{"type":"subscribe","id":"1","payload":{"query":"subscription { changes { kind } }"}}`)
		s.stop()
		_, _, err := c.conn.Read(t.Context())
		if websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("the socket ended with %v", err)
		}
	})
	t.Run("by signal", func(t *testing.T) {
		t.Parallel()
		serve(t, nil, memory(t)...).stop()
	})
}

// Starts that would be dangerous or senseless are refused, with the remedy.
func TestRefusedStarts(t *testing.T) {
	t.Parallel()
	refused := func(t *testing.T, r result, words ...string) {
		t.Helper()
		if r.code != 1 {
			t.Errorf("ended with %d: %s%s", r.code, r.out, r.err)
		}
		for _, w := range words {
			if !strings.Contains(r.err, w) {
				t.Errorf("%q is not in: %s", w, r.err)
			}
		}
		if strings.Contains(r.err, "goroutine") || strings.Contains(r.out, "Weft is at") {
			t.Error(r.out, r.err)
		}
	}
	fresh := func(t *testing.T) string {
		db := file(t)
		s := serveHere(t, "--store", "sqlite:"+db)
		s.add("Somebody")
		s.stop()
		return db
	}
	t.Run("other machines could reach it", func(t *testing.T) {
		t.Parallel()
		for _, listen := range []string{"0.0.0.0:0", ":8080", "[::]:0", "192.0.2.1:80", "example.org:80", "127.0.0.1.example.org:80"} {
			db := file(t)
			refused(t, weft(t, "serve", "--store", "sqlite:"+db, "--listen", listen), "no accounts yet", "127.0.0.1", "SSH tunnel")
			if _, err := os.Stat(db); err == nil {
				t.Errorf("--listen %s is refused after a database was made", listen)
			}
		}
		refused(t, weft(t, "serve", "--store", "sqlite:"+file(t), "--listen", "8080"), "not an address", "127.0.0.1:8080")
	})
	t.Run("the port is taken", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		refused(t, weft(t, "serve", "--store", "sqlite:"+file(t), "--listen", l.Addr().String()), "taken", "--listen")
	})
	t.Run("a second process on the file", func(t *testing.T) {
		t.Parallel()
		db := file(t)
		s := serve(t, nil, "--store", "sqlite:"+db)
		for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"verify"}, {"demo"}} {
			refused(t, process(t, nil, append(args, "--store", "sqlite:"+db)...), "another Weft is using", "stop it first")
		}
		s.add("Still here")
		s.stop()
		if r := process(t, nil, "verify", "--store", "sqlite:"+db); r.code != 0 {
			t.Error(r)
		}
	})
	t.Run("the wrong key", func(t *testing.T) {
		t.Parallel()
		db, other := fresh(t), fresh(t)
		refused(t, weft(t, "verify", "--store", "sqlite:"+db, "--key-file", other+".key"), "not the key", "its own key file")
		missing := filepath.Join(t.TempDir(), "missing.key")
		refused(t, weft(t, "verify", "--store", "sqlite:"+db, "--key-file", missing), "not the key")
		if _, err := os.Stat(missing); err == nil {
			t.Error("a key that fits nothing is left behind")
		}
		mustWeft(t, "verify", "--store", "sqlite:"+db)
	})
	t.Run("no key at all", func(t *testing.T) {
		t.Parallel()
		db := fresh(t)
		if err := os.WriteFile(db+".key", []byte("nothing\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, weft(t, "verify", "--store", "sqlite:"+db), "not a key file", "--key-file")
	})
	t.Run("a key that others can read", func(t *testing.T) {
		t.Parallel()
		db := fresh(t)
		if info, err := os.Stat(db + ".key"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the key file is made with %v %v", info.Mode(), err)
		}
		if info, err := os.Stat(db); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("the database is made with %v %v", info.Mode(), err)
		}
		if err := os.Chmod(db+".key", 0o644); err != nil {
			t.Fatal(err)
		}
		refused(t, weft(t, "verify", "--store", "sqlite:"+db), "others on this machine", "chmod 600")
	})
	t.Run("a newer schema", func(t *testing.T) {
		t.Parallel()
		db := fresh(t)
		tamper(t, db, "PRAGMA user_version = 99")
		refused(t, weft(t, "serve", "--store", "sqlite:"+db, "--listen", "127.0.0.1:0"), "newer Weft", "schema 99", "install that version")
	})
	t.Run("no database", func(t *testing.T) {
		t.Parallel()
		text := filepath.Join(t.TempDir(), "letter.txt")
		if err := os.WriteFile(text, bytes.Repeat([]byte("Dear friends, "), 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, weft(t, "verify", "--store", "sqlite:"+text), "letter.txt")
		if b, _ := os.ReadFile(text); !bytes.HasPrefix(b, []byte("Dear friends")) {
			t.Error("the file was changed")
		}
	})
	t.Run("an address that is none", func(t *testing.T) {
		t.Parallel()
		key := filepath.Join(t.TempDir(), "key")
		refused(t, weft(t, "verify", "--store", "mysql://x", "--key-file", key), "sqlite:", "neo4j://")
		r := weft(t, "verify", "--store", "bolt://neo4j:hunter2@127.0.0.1:1", "--key-file", key)
		refused(t, r, "WEFT_NEO4J_PASSWORD")
		if strings.Contains(r.err, "hunter2") {
			t.Error("the password is repeated:", r.err)
		}
	})
}

// Each command explains itself, and a call that makes no sense ends with 2.
func TestHelp(t *testing.T) {
	t.Parallel()
	r := mustWeft(t, "--help")
	commands := []string{"serve", "import", "export", "demo", "backup", "restore", "verify", "version"}
	for _, c := range commands {
		if !strings.Contains(r.out, "\n  "+c+" ") {
			t.Errorf("--help does not name %s", c)
		}
		r := mustWeft(t, c, "--help")
		if !strings.Contains(r.out, "Usage: weft "+c) || !strings.Contains(r.out, "--store") || !strings.Contains(r.out, "WEFT_KEY_FILE") || r.err != "" {
			t.Errorf("%s --help: %s%s", c, r.out, r.err)
		}
	}
	for _, args := range [][]string{{"nonsense"}, {"serve", "--nonsense"}, {"import"}, {"export", "x", "--as", "admin"}, {"--store"}, {"verify", "more"}} {
		r := weft(t, args...)
		if r.code != 2 || !strings.Contains(r.err, "`weft --help`") || r.out != "" {
			t.Errorf("%v: %+v", args, r)
		}
	}
	if r := mustWeft(t, "version"); !strings.HasPrefix(r.out, "weft ") || !strings.Contains(r.out, "go1.") {
		t.Errorf("version: %s", r.out)
	}
}

// Neither the log nor the metrics hold a word that a person wrote, whether what
// was asked went well or not.
func TestLogsHoldNoNames(t *testing.T) {
	t.Parallel()
	const canary = "Zephyrine"
	db := file(t)
	s := serveHere(t, "--store", "sqlite:"+db)
	id := s.add(canary + " Adeyemi-Quartz")
	for _, q := range []struct {
		query string
		v     vars
	}{
		{`query ` + canary + ` { search(text: "` + canary + `") { nodes { node { name } } } }`, nil},
		{`{ search(text: "` + strings.Repeat(canary, 30) + `") { totalCount } }`, nil},
		{`{ ` + canary + ` }`, nil},
		{`{ ` + canary, nil},
		{`{ node(id: "` + canary + `") { name } }`, nil},
		{`query($f: NodeFilter) { organizations(filter: $f) { totalCount } }`, vars{"f": vars{"kinds": canary}}},
		{addOrganization, vars{"name": strings.Repeat(canary, 1000)}},
		{addOrganization, vars{"name": canary + "\x00"}},
		{`mutation($id: ID!) { changeNode(input: {id: $id, expectedVersion: 9, fields: {name: "` + canary + `"}}) { change } }`, vars{"id": id}},
		{`mutation($id: ID!) { connect(input: {kind: FUNDS, from: $id, to: "` + canary + `", fields: {note: "` + canary + `"}}) { change } }`, vars{"id": id}},
	} {
		if _, err := s.try("", q.query, q.v, nil); err != nil {
			t.Error(err)
		}
	}
	s.ask(`mutation($id: ID!) { erase(input: {id: $id}) { change } }`, vars{"id": id}, nil)
	s.post(canary, body(`{ viewer { level } }`, nil))
	s.post("member:"+canary, `{"query":"{viewer{level}}","operationName":"`+canary+`"}`)
	s.post("", `{"password":"`+canary+`"`)
	s.get("/" + canary + "?q=" + canary)
	s.get("/graphql?query=" + canary)
	_, metrics := s.get("/metrics")
	s.stop()
	for name, text := range map[string]string{"log": s.err.String(), "output": s.out.String(), "metrics": metrics} {
		for _, word := range []string{canary, "Adeyemi", id} {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s in the %s: …%s…", word, name, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
	if n := strings.Count(s.err.String(), "msg=request"); n < 15 {
		t.Errorf("%d requests are logged:\n%s", n, s.err)
	}
	// What was erased is nowhere in the files either.
	for _, suffix := range []string{"", "-wal", "-shm", "-lock"} {
		if b, err := os.ReadFile(db + suffix); err == nil && bytes.Contains(b, []byte(canary)) {
			t.Errorf("the erased name is in the file %s", filepath.Base(db+suffix))
		}
	}
}

// socket is a client of graphql-transport-ws.
type socket struct {
	t    testing.TB
	conn *websocket.Conn
}

// socket opens a WebSocket to the API.
func (s *server) socket(t testing.TB) *socket {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "ws://"+s.host+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"X-Weft-Client": {"test"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &socket{t, conn}
}

func (c *socket) send(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// receive waits a while for a message.
func (c *socket) receive() (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	return string(data), err
}

func (c *socket) init() {
	c.t.Helper()
	c.send(`{"type":"connection_init"}`)
	if got, err := c.receive(); err != nil || got != `{"type":"connection_ack"}` {
		c.t.Fatal(got, err)
	}
}
