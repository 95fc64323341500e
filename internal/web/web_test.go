package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"weft/internal/web"
	"weft/internal/web/testdata/social"
)

// TestMain is also the server that attacks run against: in a process of its
// own, an overflowing stack or an empty memory is a failed test, not a lost
// test run.
func TestMain(m *testing.M) {
	if os.Getenv("WEFT_WEB_TEST_SERVE") != "" {
		serveForAttacks()
		return
	}
	os.Exit(m.Run())
}

func serveForAttacks() {
	cfg := config(&social.Root{}, nil)
	if os.Getenv("WEFT_WEB_TEST_SERVE") == "unguarded" {
		const none = 1 << 40
		cfg.Limits = web.Limits{Body: none, Query: none, Variables: none, OperationName: none, JSONDepth: none, JSONValues: none, Tokens: none,
			Nesting: none, Directives: none, Operations: none, Fields: none, Depth: none, MetaDepth: none, Aliases: none, Roots: none}
	}
	h, err := web.Handler(cfg)
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the test has ended when its end of the pipe closes
		os.Exit(0)
	}()
	fmt.Println(l.Addr())
	panic(web.Server("", h).Serve(l))
}

// config is an edge like the program's: viewers from a header or from
// connection_init, introspection for the one called "member".
func config(root *social.Root, log io.Writer) web.Config {
	cfg := web.Config{
		Schema: social.NewExecutableSchema(social.Config{Resolvers: root}),
		Context: func(r *http.Request, payload json.RawMessage) (context.Context, error) {
			name := r.Header.Get("Authorization")
			if payload != nil {
				var init struct{ Viewer string }
				if err := json.Unmarshal(payload, &init); err != nil {
					return nil, coded("INVALID", "viewer must be text")
				}
				name = init.Viewer
			}
			switch name {
			case "expired":
				return nil, coded("UNAUTHENTICATED", "Sign in again.")
			case "early":
				return nil, coded("UNAVAILABLE", "Starting.")
			case "":
				name = "visitor"
			}
			return social.WithViewer(r.Context(), name), nil
		},
		Introspection: func(ctx context.Context) bool { return social.Viewer(ctx) == "member" },
		ErrorPresenter: func(ctx context.Context, err error) *gqlerror.Error {
			if g, ok := errors.AsType[*gqlerror.Error](err); ok && g.Extensions["code"] != nil {
				return g
			}
			return &gqlerror.Error{Message: "Something went wrong.", Path: graphql.GetPath(ctx), Extensions: map[string]any{"code": "INTERNAL"}}
		},
		Assets: fstest.MapFS{
			"index.html":           file("<!doctype html><title>Weft</title>"),
			"favicon.svg":          file("<svg/>"),
			"assets/app-4f1c2a.js": file(strings.Repeat("weave();", 1000)),
		},
		GraphiQL: fstest.MapFS{"index.html": file("<!doctype html><title>GraphiQL</title>"), "graphiql.js": file("start()")},
		Metrics:  prometheus.NewRegistry(),
	}
	if log != nil {
		cfg.Log = slog.New(slog.NewJSONHandler(log, nil))
	}
	return cfg
}

func file(text string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(text), Mode: fs.FileMode(0o444)}
}

func coded(code, message string) error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

// server is a running edge on a real listener.
type server struct {
	t    testing.TB
	host string // address and port
	root *social.Root
	log  *syncBuffer
	http *http.Server
}

func start(t testing.TB, change ...func(*web.Config)) *server {
	t.Helper()
	s := &server{t: t, root: &social.Root{}, log: &syncBuffer{}}
	cfg := config(s.root, s.log)
	for _, c := range change {
		c(&cfg)
	}
	h, err := web.Handler(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.host = l.Addr().String()
	s.http = web.Server("", h)
	go s.http.Serve(l) //nolint:errcheck // ends with ErrServerClosed
	t.Cleanup(func() { s.http.Close() })
	return s
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request; headers are "Name: value", and "-Name" takes one away.
func (s *server) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequest(method, "http://"+s.host+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set(web.ClientHeader, "test")
	}
	for _, h := range headers {
		name, value, set := strings.Cut(h, ": ")
		switch {
		case !set:
			req.Header.Del(strings.TrimPrefix(h, "-"))
		case name == "Host":
			req.Host = value
		default:
			req.Header.Set(name, value)
		}
	}
	res, err := client.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res, string(text)}
}

var client = &http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post runs one operation.
func (s *server) post(query string, headers ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/graphql", payload(query, nil), headers...)
}

func payload(query string, variables map[string]any) string {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// code is extensions.code of the first error of an answer, "" without one.
func code(body string) string {
	var v struct {
		Errors []struct {
			Extensions struct{ Code string }
		}
	}
	if json.Unmarshal([]byte(body), &v) != nil || len(v.Errors) == 0 {
		return ""
	}
	return v.Errors[0].Extensions.Code
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within 10 s: " + what)
		}
	}
}
