package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// peak is the most memory the server ever held, in bytes; 0 where that cannot be read.
func (s *server) peak() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		return 0
	}
	return n << 10
}

// spreading is n fragments of Organization that each spread the next twice.
func spreading(n int, form string) string {
	var b strings.Builder
	b.WriteString("{ organizations { nodes { ...F0 } } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Organization { "+form+" }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Organization { name }", n)
	return b.String()
}

// many repeats a format with a number in it.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// attacks are bodies that must be refused, by what they do.
func attacks() map[string]string {
	r := strings.Repeat
	return map[string]string{
		"self-spreading fragment":        body(`{ viewer { ...F } } fragment F on Viewer { level ...F }`, nil),
		"fragments in a circle":          body(`{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }`, nil),
		"unused cyclic fragment":         body(`{ viewer { level } } fragment F on Viewer { ...F }`, nil),
		"doubling fragments, 20":         body(spreading(20, "...F%d ...F%d"), nil),
		"doubling fragments, 24":         body(spreading(24, "...F%d ...F%d"), nil),
		"doubling fragments, 60":         body(spreading(60, "...F%d ...F%d"), nil),
		"doubling fragments, 64":         body(spreading(64, "...F%d ...F%d"), nil),
		"aliased doubling, 20":           body(spreading(20, "a: links { nodes { to { ...F%d } } } b: links { nodes { to { ...F%d } } }"), nil),
		"__typename × 990":               body("{ "+r("__typename ", 990)+"}", nil),
		"__typename × 5,000":             body("{ "+r("__typename ", 5_000)+"}", nil),
		"__typename × 10,000":            body("{ "+r("__typename ", 10_000)+"}", nil),
		"@a × 480":                       body("{ viewer "+r("@a ", 480)+"{ level } }", nil),
		"@a × 100,000":                   body("{ viewer "+r("@a ", 100_000)+"{ level } }", nil),
		"[ × 60,000":                     body("{ nodes(ids: "+r("[", 60_000), nil),
		"[ × 1,000,000":                  body("{ nodes(ids: "+r("[", 1_000_000), nil),
		"{ × 1,000,000":                  body(r("{a", 1_000_000), nil),
		"malformed JSON, 50 MiB":         `{"password":"hunter2",` + r("x", 50<<20),
		"malformed JSON":                 `{"password":"hunter2"`,
		"JSON [ × 200,000":               r("[", 200_000),
		"66 edits in one request":        body("mutation { "+many(66, `a%d: addNode(input: {kind: Issue, fields: {name: "guess"}}) { change } `)+"}", nil),
		"13 fields deep":                 body("{ organizations { nodes "+r("{ links { nodes { to ", 4)+"{ name"+r(" } } }", 4)+" } } }", nil),
		"31 aliases":                     body("{ viewer { "+many(31, "a%d: level ")+"} }", nil),
		"nested lists":                   body("{ organizations(first: 1000) { nodes { links(first: 1000) { nodes { to { links(first: 1000) { nodes { id } } } } } } } }", nil),
		"nested lists of variable size":  body("query($n: Int) { organizations(first: $n) { nodes { links(first: $n) { nodes { to { links(first: $n) { nodes { id } } } } } } } }", vars{"n": 2_000_000_000}),
		"1,000 operations":               body(many(1_000, "query Q%d { viewer { level } } "), nil),
		"1,000 requests in one":          "[" + r(body("{ viewer { level } }", nil)+",", 999) + body("{ viewer { level } }", nil) + "]",
		"480 unknown fields":             body("{ viewer { "+many(480, "n%d ")+"} }", nil),
		"a typing error":                 body("{ viewr { level } }", nil),
		"501 ids":                        body("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", vars{"ids": strings.Fields(r("x ", 501))}),
		"1,000,000 ids":                  `{"query":"query($ids: [ID!]!) { nodes(ids: $ids) { id } }","variables":{"ids":[` + r(`"x",`, 1_000_000) + `"x"]}}`,
		"a neighbourhood without bounds": body(`{ neighbourhood(ids: ["x"], depth: 1000000, limit: 2000000000) }`, nil),
		"variables 100,000 deep":         `{"query":"{viewer{level}}","variables":{"a":` + r("[", 100_000) + r("]", 100_000) + `}}`,
		"a name of 150 kB":               body(addOrganization, vars{"name": r("ж", 75_000)}),
		"a search of 150 kB":             body("query($t: String!) { search(text: $t) { totalCount } }", vars{"t": r("a ", 75_000)}),
		"a forged cursor":                body(`{ organizations(after: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") { totalCount } }`, nil),
		"a deferred part":                body("{ viewer { ... @defer { level } } }", nil),
		"a subscription by POST":         body("subscription { changes { kind } }", nil),
		"a huge operationName":           `{"query":"{viewer{level}}","operationName":"` + r("x", 200_000) + `"}`,
		"Cypher and SQL as an id":        body(`mutation { removeNode(input: {id: "x' OR 1=1; DROP TABLE nodes; MATCH (n) DETACH DELETE n //", expectedVersion: 1}) { change } }`, nil),
	}
}

// Every attack is refused with a small answer, the process lives and its
// memory stays bounded; the demo network is untouched.
func TestAttacks(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite:"+file(t), "--demo", "--quiet")
	nodes, links := s.counts()
	before := s.peak()
	var worst time.Duration
	var slowest string
	for name, text := range attacks() {
		for range 2 { // the second time everything is warm
			begun := time.Now()
			status, answer, err := s.post("", text)
			took := time.Since(begun)
			if err != nil && len(text) < 1<<20 { // a larger one may be cut off while it is sent
				t.Errorf("%s: %v", name, err)
				continue
			}
			if err == nil && (status != 200 && status != 400 && status != 413 || !bytes.Contains(answer, []byte(`"errors":[`))) {
				t.Errorf("%s: %d %.300s", name, status, answer)
			}
			if len(answer) > 4<<10 {
				t.Errorf("%s: an answer of %d bytes", name, len(answer))
			}
			for _, word := range []string{"hunter2", "Did you mean", "goroutine", ".go:", "SELECT", "MATCH", "panic", `"INTERNAL"`} {
				if bytes.Contains(answer, []byte(word)) {
					t.Errorf("%s: %q in %.500s", name, word, answer)
				}
			}
			if len(text) < 1<<20 && took > worst {
				worst, slowest = took, name
			}
			if took > 5*time.Second {
				t.Errorf("%s: took %v", name, took)
			}
		}
	}
	if n, l := s.counts(); n != nodes || l != links {
		t.Errorf("%d nodes and %d links, were %d and %d", n, l, nodes, links)
	}
	grown := s.peak() - before
	t.Logf("%d attacks; the slowest below 1 MiB was %s, %v; memory grew by %d MiB at most", len(attacks()), slowest, worst, grown>>20)
	if grown > 96<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
}

// The API is reached by JSON POST with the header alone, from this machine, by
// its own name: nothing a page of another site can send does anything.
func TestOtherWaysIn(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite:"+file(t), "--quiet", "--origins", "http://localhost:3000")
	edit := `mutation { addNode(input: {kind: Issue, fields: {name: "forged"}}) { change } }`
	whole := body(edit, nil)
	for name, c := range map[string]struct {
		method, path, body, kind string
		headers                  []string
	}{
		"GET":                         {"GET", "/graphql?query=" + strings.ReplaceAll(edit, " ", "%20"), "", "", []string{"X-Weft-Client: x"}},
		"a form":                      {"POST", "/graphql", "query=" + edit, "application/x-www-form-urlencoded", []string{"X-Weft-Client: x"}},
		"multipart":                   {"POST", "/graphql", "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + whole + "\r\n--b--\r\n", "multipart/form-data; boundary=b", []string{"X-Weft-Client: x"}},
		"text/plain":                  {"POST", "/graphql", whole, "text/plain", []string{"X-Weft-Client: x"}},
		"application/graphql":         {"POST", "/graphql", edit, "application/graphql", []string{"X-Weft-Client: x"}},
		"without the header":          {"POST", "/graphql", whole, "application/json", nil},
		"another origin":              {"POST", "/graphql", whole, "application/json", []string{"X-Weft-Client: x", "Origin: https://evil.example"}},
		"a cross-site fetch":          {"POST", "/graphql", whole, "application/json", []string{"X-Weft-Client: x", "Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}},
		"no origin at all":            {"POST", "/graphql", whole, "application/json", []string{"X-Weft-Client: x", "Sec-Fetch-Site: cross-site", "Origin: null"}},
		"a name that was rebound":     {"POST", "/graphql", whole, "application/json", []string{"X-Weft-Client: x", "Host: evil.example"}},
		"a proxy that speaks for one": {"POST", "/graphql", whole, "application/json", []string{"X-Weft-Client: x", "X-Forwarded-For: 192.0.2.1"}},
		"PUT":                         {"PUT", "/graphql", whole, "application/json", []string{"X-Weft-Client: x"}},
		"metrics through a proxy":     {"GET", "/metrics", "", "", []string{"X-Forwarded-For: 192.0.2.1"}},
		"a map of the source":         {"GET", "/assets/index.js.map", "", "", nil},
		"a way out of the folder":     {"GET", "/..%2f..%2fserver.go", "", "", nil},
	} {
		req, err := http.NewRequest(c.method, "http://"+s.host+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.kind != "" {
			req.Header.Set("Content-Type", c.kind)
		}
		for _, h := range c.headers {
			name, value, _ := strings.Cut(h, ": ")
			req.Header.Set(name, value)
			if name == "Host" {
				req.Host = value
			}
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode < 400 || res.StatusCode >= 500 || len(answer) > 4<<10 || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v %.300s", name, res.StatusCode, res.Header, answer)
		}
	}
	if nodes, _ := s.counts(); nodes != 0 {
		t.Errorf("%d nodes were added", nodes)
	}
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/schema.graphqls", "/sdl"} {
		if res, text := s.get(path); strings.Contains(text, "goroutine") || strings.Contains(text, "cmdline") || strings.Contains(text, "type Query") {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, text)
		}
	}
	// The positive control: an origin that the operator named may.
	req, _ := http.NewRequest("POST", "http://"+s.host+"/graphql", strings.NewReader(whole))
	for name, value := range map[string]string{"Content-Type": "application/json", "X-Weft-Client": "x", "Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"} {
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if nodes, _ := s.counts(); nodes != 1 || res.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
		t.Errorf("an origin of the operator's: %d nodes, %v", nodes, res.Header)
	}
}

// Sockets keep to the protocol and to their limits.
func TestSocketAttacks(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite:"+file(t), "--demo", "--quiet")
	for name, h := range map[string]http.Header{
		"another origin": {"Origin": {"https://evil.example"}, "X-Weft-Client": {"x"}},
		"no protocol":    {"X-Weft-Client": {"x"}, "Sec-Websocket-Protocol": {"graphql-ws"}},
		"a rebound name": {"X-Weft-Client": {"x"}, "Host": {"evil.example"}},
	} {
		o := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: h, Host: h.Get("Host")}
		if name == "no protocol" {
			o.Subprotocols = []string{"graphql-ws"}
		}
		conn, res, err := websocket.Dial(t.Context(), "ws://"+s.host+"/graphql", o)
		if err == nil {
			if _, _, err = conn.Read(t.Context()); websocket.CloseStatus(err) < 4000 {
				t.Errorf("%s: let in, then %v", name, err)
			}
			conn.CloseNow()
		} else if res == nil || res.StatusCode < 400 || res.StatusCode >= 500 {
			t.Errorf("%s: %v %v", name, res, err)
		}
	}
	sub := func(id string) string {
		return `{"type":"subscribe","id":"` + id + `","payload":{"query":"subscription { changes { kind } }"}}`
	}
	for name, c := range map[string]struct {
		init bool
		send []string
		code websocket.StatusCode
	}{
		"silence":               {false, nil, 4408},
		"a second init":         {true, []string{`{"type":"connection_init"}`}, 4429},
		"subscribing too early": {false, []string{sub("1")}, 4401},
		"no JSON":               {true, []string{`{"type":`}, 4400},
		"an unknown type":       {true, []string{`{"type":"start","id":"1"}`}, 4400},
		"the same id twice":     {true, []string{sub("1"), sub("1")}, 4409},
		"[ × 200,000":           {true, []string{strings.Repeat("[", 200_000)}, 4400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := s.socket(t)
			if c.init {
				k.init()
			}
			for _, text := range c.send {
				k.send(text)
			}
			text, err := k.receive()
			if websocket.CloseStatus(err) != c.code {
				t.Errorf("%.200s %v, want %d", text, err, c.code)
			}
		})
	}
	t.Run("an edit", func(t *testing.T) {
		t.Parallel()
		k := s.socket(t)
		k.init()
		k.send(`{"type":"subscribe","id":"1","payload":` + body(`mutation { addNode(input: {kind: Issue, fields: {name: "by socket"}}) { change } }`, nil) + `}`)
		if text, err := k.receive(); err != nil || !strings.Contains(text, `"type":"error"`) {
			t.Error(text, err)
		}
	})
	t.Run("5,000 subscriptions, never read", func(t *testing.T) {
		t.Parallel()
		before := s.peak()
		k := s.socket(t)
		k.init()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for i := range 5_000 { // the server may close at any time
			if k.conn.Write(ctx, websocket.MessageText, []byte(sub(strconv.Itoa(i)))) != nil {
				break
			}
		}
		_, metrics := s.get("/metrics")
		_, after, _ := strings.Cut(metrics, "\nweft_subscriptions_open ")
		if n, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(after, "\n", 2)[0])); err != nil || n > 21 { // one may be another test's
			t.Errorf("%d subscriptions are open, %v", n, err)
		}
		if grown := s.peak() - before; grown > 48<<20 {
			t.Errorf("memory grew by %d MiB", grown>>20)
		}
	})
}

// Connections that never get to the point are closed, and others are served meanwhile.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite:"+file(t), "--demo", "--quiet")
	s.counts()
	before := s.peak()
	const each = 300
	ended := make(chan time.Duration, 2*each)
	begun := time.Now()
	for i := range 2 * each {
		conn, err := net.Dial("tcp", s.host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		head := "POST /graphql HTTP/1.1\r\nHost: " + s.host + "\r\n"
		if i < each { // the rest begin a body
			head += "Content-Type: application/json\r\nX-Weft-Client: x\r\nContent-Length: 100\r\n\r\n{"
		}
		fmt.Fprint(conn, head)
		go func() {
			io.Copy(io.Discard, conn)
			ended <- time.Since(begun)
		}()
	}
	honest, worst := 0, time.Duration(0)
	for open := 2 * each; open > 0; {
		select {
		case took := <-ended:
			open--
			if took > 25*time.Second { // 15 for the request, and a slow machine
				t.Errorf("a connection was held for %v", took)
			}
		case <-time.After(50 * time.Millisecond):
			if time.Since(begun) > 40*time.Second {
				t.Fatalf("%d connections are still held", open)
			}
			begun := time.Now()
			s.counts()
			honest, worst = honest+1, max(worst, time.Since(begun))
		}
	}
	grown := s.peak() - before
	t.Logf("%d slow connections gone after %v; %d honest requests meanwhile, the slowest %v; memory grew by %d MiB", 2*each, time.Since(begun).Round(time.Millisecond), honest, worst, grown>>20)
	if worst > 3*time.Second || grown > 64<<20 {
		t.Error("slow clients cost others too much")
	}
}

// payloads are texts that mean something to a database, a shell, a page or a spreadsheet.
var payloads = []string{
	"'; DROP TABLE node; --", `" OR 1=1 --`, "x') DETACH DELETE n //", "`) MATCH (n) DETACH DELETE n //", "$name", "{name: 'x'}", "name* OR name:x NEAR/2", `"unclosed`, "NOT", "a AND", "%_%", "[a-z]*", "^$.*+?(",
	"${jndi:ldap://127.0.0.1/x}", "{{7*7}}", "$(id)", "../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "<script>alert(1)</script>", "javascript:alert(1)", "=1+1", "@SUM(A1)", "-2+3",
	"\u202egnp.exe", "\u0000", "\ufeff", "\u200f", "🧵🧶", "ﷺ", "e\u0301", "İ", "ß", strings.Repeat("a\u0301", 100), "0", "-1", "1e309", "null", "true", "NaN", "", " ", "\n",
}

// Every text goes through every kind of input as what it is: a text. No answer
// is a fault of the server, and what is written is read back as it was.
func TestPayloads(t *testing.T) {
	t.Parallel()
	db := file(t)
	s := serve(t, nil, "--store", "sqlite:"+db, "--quiet")
	anchor := s.add("Anchor")
	kept := 0
	for _, text := range payloads {
		for _, query := range []string{
			`query($p: String!) { search(text: $p, first: 5) { totalCount facets { name values { value count } } nodes { match snippet } } }`,
			`query($p: ID!) { node(id: $p) { id } nodes(ids: [$p]) { id } history(id: $p) { nodes { id } } neighbourhood(ids: [$p]) }`,
			`query($p: String!) { organizations(after: $p) { totalCount } }`,
			`query($p: String!) { organizations(filter: {places: [$p]}) { totalCount } }`,
			`query($p: ID!) { organizations(filter: {issues: [$p], coalitions: [$p]}) { totalCount } }`,
			`query($p: Date) { organizations(asOf: $p) { totalCount } }`,
			`mutation($p: ID!) { removeNode(input: {id: $p, expectedVersion: 1}) { change } }`,
			`mutation($p: ID!) { connect(input: {kind: FUNDS, from: $p, to: $p}) { change } }`,
			`mutation($p: ID!) { undo(input: {change: $p}) { change } }`,
		} {
			faults, err := s.try("", query, vars{"p": text}, nil)
			if err != nil {
				t.Fatalf("%s with %q: %v", query, text, err)
			}
			for _, f := range faults {
				if c := f.Extensions.Code; c != "INVALID" && c != "NOT_FOUND" && c != "LIMITED" || strings.Contains(f.Message, "SQL") || strings.Contains(f.Message, "syntax error") {
					t.Errorf("%s with %q: %+v", query, text, f)
				}
			}
		}
		var a struct {
			AddNode struct {
				Node struct{ ID, Name, Summary, Place string }
			}
		}
		faults, err := s.try("", `mutation($p: String!) { addNode(input: {kind: Organization, clientMutationId: $p, fields: {name: "Kept", summary: $p, place: $p, otherNames: [$p], identifiers: ["x:y"]}}) {
			node { id name ... on Organization { summary place } } } }`, vars{"p": text}, &a)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) > 0 {
			if faults[0].Extensions.Code != "INVALID" {
				t.Errorf("writing %q: %+v", text, faults)
			}
			continue
		}
		kept++
		want := strings.TrimSpace(text) // blanks around a text are not part of it
		if got := a.AddNode.Node; got.Name != "Kept" || got.Summary != want || got.Place != want {
			t.Errorf("%q is kept as %+v", text, got)
		}
	}
	if kept < len(payloads)/2 {
		t.Errorf("%d of %d texts could be kept", kept, len(payloads))
	}
	if n, l := s.counts(); n != kept+1 || l != 0 {
		t.Errorf("%d nodes and %d links, want %d and none", n, l, kept+1)
	}
	s.ask(`query($id: ID!) { node(id: $id) { name } }`, vars{"id": anchor}, nil)
	s.stop()
	if r := process(t, nil, "verify", "--store", "sqlite:"+db); r.code != 0 {
		t.Errorf("%+v", r)
	}
}

// Thousands of mangled operations: no answer is a fault of the server, none
// tells anything of its inside, and each is JSON.
func TestMangledRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite:"+file(t), "--demo", "--quiet")
	rng := rand.New(rand.NewPCG(1, 2))
	seeds := []string{
		body(`query A($t: String!, $f: NodeFilter, $n: Int) { search(text: $t, filter: $f, first: $n) { totalCount facets { name } nodes { match node { ...N } } } } fragment N on Node { id name degree links(first: 2) { nodes { kind to { name } } } }`,
			vars{"t": "river", "f": vars{"kinds": []string{"Organization"}, "places": []string{"Qasmira"}, "capacities": []string{"LEGAL"}}, "n": 5}),
		body(`query($ids: [ID!]!, $d: Date) { neighbourhood(ids: $ids, depth: 2, kinds: [MEMBER_OF], limit: 10, asOf: $d) }`, vars{"ids": []string{"0mz0s77nrkdgefwv7ytgbwxb7g"}, "d": "2025-02"}),
		body(`mutation M($i: ConnectInput!) { connect(input: $i) { change link { id } warnings { code } } }`, vars{"i": vars{"kind": "MEMBER_OF", "from": "a", "to": "b", "fields": vars{"since": "2020-13", "strength": 3, "membership": vars{"role": "CHAIR"}}}}),
		body(`mutation { addNode(input: {kind: Story, fields: {name: """a "b" c""", latitude: 1.5, story: {consent: {scope: PUBLIC, minor: false, from: "2020"}}}}) { node { id ... on Story { consent { scope } } } } }`, nil),
		body(`{ catalogue { nodeKinds { kind fields { name vocabulary { values } } } } viewer { may network { today counts { kinds { kind count } } } } shape(kinds: [FUNDS]) __schema { types { name } } }`, nil),
	}
	signs := []string{"{", "}", "[", "]", "(", ")", `"`, `\`, "$", "@", "...", ":", "!", "\x00", "\xff", "null", "1e9", "-1", "99999999999999999999", "#", "\u202e", "on Story {", "\n", ",", "true", `""`, "Organization", "first", "0"}
	codes := map[string]int{}
	for range 3_000 {
		text := seeds[rng.IntN(len(seeds))]
		for range 1 + rng.IntN(4) {
			at := rng.IntN(len(text))
			text = text[:at] + signs[rng.IntN(len(signs))] + text[min(len(text), at+rng.IntN(8)):]
		}
		status, answer, err := s.post([]string{"", "visitor", "member"}[rng.IntN(3)], text)
		if err != nil || status >= 500 || !json.Valid(answer) {
			t.Fatalf("%d %s %v\nfor %q", status, answer, err, text)
		}
		var a struct{ Errors []fault }
		if err := json.Unmarshal(answer, &a); err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Errors {
			codes[f.Extensions.Code]++
			if f.Extensions.Code == "INTERNAL" || f.Extensions.Code == "" {
				t.Fatalf("%+v\nfor %q\n%s", f, text, s.err)
			}
			for _, inside := range []string{"weft/", "goroutine", "*ast.", "gqlerror", "map[", "runtime error", ".go:", "strconv", "json:", "interface {}", "int64", "SQL"} {
				if strings.Contains(f.Message, inside) {
					t.Errorf("%q in %s\nfor %q", inside, f.Message, text)
				}
			}
		}
	}
	if strings.Contains(s.err.String(), "panic") {
		t.Errorf("a resolver panicked:\n%s", s.err)
	}
	t.Logf("3,000 mangled requests: %v", codes)
}

// What is no HTTP at all disturbs nobody.
func TestGarbage(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--store", "sqlite::memory:", "--quiet")
	for _, text := range []string{"\x16\x03\x01\x02\x00\x01\x00", "GET\r\n\r\n", strings.Repeat("A", 100_000), "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + strings.Repeat("c", 1<<20) + "\r\n\r\n"} {
		conn, err := net.Dial("tcp", s.host)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		fmt.Fprint(conn, text)
		answer, err := io.ReadAll(conn)
		conn.Close()
		if bytes.HasPrefix(answer, []byte("HTTP/1.1 2")) || errors.Is(err, context.Canceled) {
			t.Errorf("%.40q: %.200s", text, answer)
		}
	}
	s.counts()
}
