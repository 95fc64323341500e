package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/internal/neo4jtest"
)

// refused wants Open to fail with a code and words, and no error in the chain
// to carry the password.
func refused(t *testing.T, url string, o neo4j.Options, code graph.Code, words ...string) {
	t.Helper()
	s, err := neo4j.Open(t.Context(), url, o)
	if err == nil {
		s.Close(context.Background())
		t.Fatalf("%s was opened", url)
	}
	if graph.CodeOf(err) != code {
		t.Errorf("%v is %s, want %s (%v)", err, graph.CodeOf(err), code, errors.Unwrap(err))
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not name %q (%v)", err, w, errors.Unwrap(err))
		}
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := fmt.Sprintf("%v %+v", e, e); o.Password != "" && strings.Contains(text, o.Password) {
			t.Errorf("an error carries the password: %s", text)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	at := blank(t)
	o := options(at)
	wrong := o
	wrong.Password = "not the password"
	refused(t, at.URL, wrong, graph.INVALID, "WEFT_NEO4J_PASSWORD")
	refused(t, at.URL, neo4j.Options{}, graph.INVALID, "WEFT_NEO4J_PASSWORD") // none at all
	absent := o
	absent.Database = "absent"
	refused(t, at.URL, absent, graph.INVALID, "WEFT_NEO4J_DATABASE")
	refused(t, strings.Replace(at.URL, "bolt://", "bolt+s://", 1), o, graph.UNAVAILABLE, "certificate", strings.TrimPrefix(at.URL, "bolt://"))
	refused(t, strings.Replace(at.URL, "bolt://", "http://", 1), o, graph.INVALID, "neo4j://")
	refused(t, "bolt://neo4j:"+o.Password+"@localhost", o, graph.INVALID)
	refused(t, "bolt://neo4j:"+o.Password+"%zz@localhost", o, graph.INVALID)
	refused(t, "neo4j://", o, graph.INVALID, "neo4j://localhost:7687")

	cypher(t, at, "CREATE (:Film {title: 'another application'})", nil)
	refused(t, at.URL, o, graph.INVALID, "another application", "empty database")
	if n := len(cypher(t, at, "SHOW CONSTRAINTS", nil)); n > 0 {
		t.Errorf("a refused database was given %d constraints", n)
	}
	neo4jtest.Clear(t, at)
	open(t, at)
	cypher(t, at, "MATCH (h:Head) SET h.schema = 99", nil)
	refused(t, at.URL, o, graph.INVALID, "newer Weft", "99")
}

func TestOpenUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "neo4j://" + listener.Addr().String()
	listener.Close()
	var told []string
	o := neo4j.Options{User: "neo4j", Password: "secret-5ca1", Wait: time.Second, Progress: func(text string) { told = append(told, text) }}
	start := time.Now()
	refused(t, url, o, graph.UNAVAILABLE, "does not answer", strings.TrimPrefix(url, "neo4j://"))
	if took := time.Since(start); took < time.Second || took > 10*time.Second {
		t.Errorf("waited %v of 1 s", took)
	}
	if len(told) != 1 || !strings.Contains(told[0], "waiting for the Neo4j server") {
		t.Errorf("told %q", told)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	o.Wait = time.Hour
	if _, err := neo4j.Open(ctx, url, o); graph.CodeOf(err) != graph.UNAVAILABLE || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up: %v", err)
	}
}

// Processes that start together with an empty database all open it.
func TestOpenTogether(t *testing.T) {
	at := blank(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := neo4j.Open(t.Context(), at.URL, options(at))
			if err != nil {
				t.Errorf("%v (%v)", err, errors.Unwrap(err))
				return
			}
			s.Close(context.Background())
		})
	}
	wg.Wait()
	if heads := cypher(t, at, "MATCH (h:Head) RETURN h", nil); len(heads) != 1 {
		t.Errorf("%d heads", len(heads))
	}
}

// The address of a cluster works for a single server too.
func TestOpenRouting(t *testing.T) {
	at := empty(t)
	at.URL = strings.Replace(at.URL, "bolt://", "neo4j://", 1)
	s := open(t, at)
	commit(t, s, put(organization("a")))
	if rows, _ := load(t, s); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}

// A wrong port is often that of a web server, which answers in its own way or
// waits for more.
func TestOpenAtOtherServers(t *testing.T) {
	o := neo4j.Options{User: "neo4j", Password: "secret-5ca1", Wait: time.Millisecond}
	silent := httptest.NewServer(http.NotFoundHandler())
	defer silent.Close()
	refused(t, strings.Replace(silent.URL, "http://", "bolt://", 1), o, graph.UNAVAILABLE, "does not answer")

	answering, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer answering.Close()
	go func() {
		for {
			c, err := answering.Accept()
			if err != nil {
				return
			}
			io.ReadFull(c, make([]byte, 20)) // the greeting
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			c.Close()
		}
	}()
	refused(t, "bolt://"+answering.Addr().String(), o, graph.INVALID, "7687")
}
