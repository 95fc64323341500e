package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// process is the edge in a process of its own.
type process struct {
	t    *testing.T
	host string
	pid  int
}

func startProcess(t *testing.T, kind string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "WEFT_WEB_TEST_SERVE="+kind)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil { // it ends by itself, with 0, when stdin closes
			t.Errorf("the server died: %v\n%.2000s", err, stderr.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &process{t: t, host: strings.TrimSpace(line), pid: cmd.Process.Pid}
}

// peak is the most memory the process ever held, in bytes.
func (p *process) peak() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		p.t.Skip("memory of another process can be read on Linux only")
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		p.t.Fatal(err)
	}
	return n << 10
}

// send posts a body and returns status and answer; a connection that the
// server breaks while the body is still being sent counts as status 0.
func (p *process) send(body string) (int, string, time.Duration) {
	p.t.Helper()
	req, err := http.NewRequest("POST", "http://"+p.host+"/graphql", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Weft-Client", "test")
	begun := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return 0, "", time.Since(begun)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Error(err)
	}
	return res.StatusCode, string(text), time.Since(begun)
}

func (p *process) alive() {
	p.t.Helper()
	if status, body, _ := p.send(payload(`{ viewer }`, nil)); status != 200 || body != `{"data":{"viewer":"visitor"}}` {
		p.t.Fatalf("the server does not answer: %d %s", status, body)
	}
}

// bodyAttacks are requests that are refused before there is a document.
func bodyAttacks() map[string]string {
	return map[string]string{
		"[ × 1,000,000 in the query":   payload("{ count(of: "+strings.Repeat("[", 1_000_000), nil),
		"__typename × 10,000":          payload("{ "+strings.Repeat("__typename ", 10_000)+"}", nil),
		"@a × 100,000":                 payload("{ viewer "+strings.Repeat("@a ", 100_000)+"}", nil),
		"{ × 1,000,000 in the query":   payload(strings.Repeat("{a", 1_000_000), nil),
		"JSON [ × 1,000,000":           strings.Repeat("[", 1_000_000),
		"JSON [ × 200,000":             strings.Repeat("[", 200_000),
		"JSON { × 40,000":              strings.Repeat(`{"a":`, 40_000),
		"variables 100,000 deep":       `{"query":"{viewer}","variables":{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}}`,
		"variables 50 deep":            `{"query":"{viewer}","variables":` + strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50) + `}`,
		"extensions 50 deep":           `{"query":"{viewer}","extensions":` + strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50) + `}`,
		"list variable of 1,000,000":   `{"query":"query($of:[Int!]!){count(of:$of)}","variables":{"of":[` + strings.Repeat("1,", 1_000_000) + `1]}}`,
		"list variable of 100,000":     `{"query":"query($of:[Int!]!){count(of:$of)}","variables":{"of":[` + strings.Repeat("1,", 100_000) + `1]}}`,
		"200,000 empty lists":          `{"query":"{viewer}","variables":{"of":[` + strings.Repeat("[],", 60_000) + `1]}}`,
		"variables of 250 kB":          `{"query":"{viewer}","variables":{"n":"` + strings.Repeat("x", 250_000) + `"}}`,
		"operationName of 1,000 bytes": `{"query":"{viewer}","operationName":"` + strings.Repeat("x", 1_000) + `"}`,
		"operationName of 200 kB":      `{"query":"{viewer}","operationName":"` + strings.Repeat("x", 200_000) + `"}`,
		"malformed JSON, 50 MiB":       `{"password":"hunter2",` + strings.Repeat("x", 50<<20),
		"malformed JSON, 200 kB":       `{"password":"hunter2",` + strings.Repeat("x", 200_000),
		"unclosed text, 200 kB":        `{"query":"` + strings.Repeat(`\\`, 100_000),
		"escape at the end":            `{"query":"\`,
		"batch of 1,000":               "[" + strings.Repeat(payload("{viewer}", nil)+",", 999) + payload("{viewer}", nil) + "]",
		"1,000 queries in one object":  "{" + strings.Repeat(`"query":"{viewer}",`, 12_000) + `"query":"{viewer}"}`,
		"invalid UTF-8":                "{\"query\":\"{ viewer\xff\xfe }\"}",
		"NULs":                         strings.Repeat("\x00", 100_000),
		"UTF-16":                       "\xff\xfe{\x00}\x00",
		"byte order mark":              "\ufeff{}",
		"nothing":                      "",
		"a number":                     "1e999999999",
		"a huge number as a variable":  `{"query":"query($n:Int!){people(first:$n){name}}","variables":{"n":` + strings.Repeat("9", 100_000) + `}}`,
		"an exponent as a variable":    `{"query":"query($n:Int!){people(first:$n){name}}","variables":{"n":1e99999}}`,
		"text for a number":            `{"query":"query($n:Int!){people(first:$n){name}}","variables":{"n":"` + strings.Repeat("9", 100_000) + `"}}`,
	}
}

// Every shape of attack is refused with little, quickly, and the process lives.
func TestAttacksOverHTTP(t *testing.T) {
	p := startProcess(t, "guarded")
	p.alive()
	before := p.peak()
	all := bodyAttacks()
	for _, a := range attacks {
		all["document: "+a.name] = payload(a.query, nil)
	}
	worst, slowest := time.Duration(0), ""
	for name, body := range all {
		for range 2 { // the second time everything is warm
			status, answer, took := p.send(body)
			switch {
			case status == 0 && len(body) > 1<<20: // cut off while sending
			case status != 200 && status != 400 && status != 413:
				t.Errorf("%s: status %d", name, status)
			case name == "document: lone surrogate escape": // odd, not an attack
			case code(answer) != "INVALID" && code(answer) != "LIMITED":
				t.Errorf("%s: %d %.300s", name, status, answer)
			}
			if len(answer) > 4<<10 {
				t.Errorf("%s: an answer of %d bytes", name, len(answer))
			}
			if strings.Contains(answer, "hunter2") {
				t.Errorf("%s: the answer repeats the body: %.300s", name, answer)
			}
			if len(body) < 1<<20 && took > worst {
				worst, slowest = took, name
			}
			if took > 5*time.Second*slowdown {
				t.Errorf("%s: took %v", name, took)
			}
		}
		p.alive()
	}
	grown := p.peak() - before
	t.Logf("%d shapes; slowest below 1 MiB: %s, %v; memory grew by %d MiB at most", len(all), slowest, worst, grown>>20)
	if most := 64 << 20; grown > most && slowdown == 1 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
}

// Without the guard the same measures show the harm, so the test above can
// fail: time, memory and the size of the answer.
func TestAttacksHurtWithoutTheGuard(t *testing.T) {
	if testing.Short() || slowdown > 1 {
		t.Skip("takes seconds and hundreds of MiB")
	}
	p := startProcess(t, "unguarded")
	p.alive()
	before := p.peak()
	_, _, took := p.send(payload("{ "+strings.Repeat("__typename ", 5_000)+"}", nil))
	if took < 500*time.Millisecond {
		t.Errorf("overlapping fields: %v; is the guard still needed?", took)
	}
	_, _, doubled := p.send(payload(doubling(18, "a: knows { ...F%d } b: knows { ...F%d }", "name"), nil))
	grown := p.peak() - before
	if grown < 64<<20 {
		t.Errorf("memory grew by %d MiB; is the guard still needed?", grown>>20)
	}
	t.Logf("overlapping fields %v, doubling fragments %v, memory %d MiB", took, doubled, grown>>20)
	if _, answer, _ := p.send(payload("{ person { "+numbered("n%d ", 5_000)+"} }", nil)); len(answer) > 4<<10 {
		t.Errorf("errors are few even then: %d bytes", len(answer))
	}
}

// The limits of the request around the document are where they say.
func TestRequestLimits(t *testing.T) {
	s := start(t)
	deep := func(n int) string { return strings.Repeat(`{"and":[`, n/2) + strings.Repeat("]}", n/2) }
	for _, c := range []struct{ body, rule string }{
		{`{"query":"{viewer}","operationName":"` + strings.Repeat("x", 129) + `"}`, "operation name"},
		{`{"query":"query ` + strings.Repeat("x", 128) + `{viewer}","operationName":"` + strings.Repeat("x", 128) + `"}`, ""},
		{`{"query":"{viewer}","variables":{"n":"` + strings.Repeat("x", 192_000) + `"}}`, "variables"},
		{`{"query":"{viewer}","variables":{"n":"` + strings.Repeat("x", 191_900) + `"}}`, ""},
		{`{"query":"query($f:Filter!){match(filter:$f)}","variables":{"f":` + deep(18) + `}}`, ""},
		{`{"query":"query($f:Filter!){match(filter:$f)}","variables":{"f":` + deep(20) + `}}`, "json depth"},
		{`{"query":"query($of:[Int!]!){count(of:$of)}","variables":{"of":[1` + strings.Repeat(",1", 9_990) + `]}}`, ""},
		{`{"query":"query($of:[Int!]!){count(of:$of)}","variables":{"of":[1` + strings.Repeat(",1", 10_000) + `]}}`, "json values"},
		{`{"query":"{viewer}` + strings.Repeat(" ", 63_992) + `"}`, ""},
		{`{"query":"{viewer}` + strings.Repeat(" ", 63_993) + `"}`, "query"},
		{`{"query":"{viewer}"}` + strings.Repeat(" ", 256_000-20), ""},
		{`{"query":"{viewer}"}` + strings.Repeat(" ", 256_000-19), "body"},
	} {
		got := s.do("POST", "/graphql", c.body)
		var v struct {
			Errors []struct{ Extensions struct{ Code, Rule string } }
		}
		if err := json.Unmarshal([]byte(got.body), &v); err != nil {
			t.Fatal(err)
		}
		switch {
		case c.rule == "" && len(v.Errors) == 0:
		case c.rule != "" && len(v.Errors) == 1 && v.Errors[0].Extensions.Rule == c.rule && v.Errors[0].Extensions.Code == "LIMITED":
		default:
			t.Errorf("%.60s… (%d bytes): %d %s, want %q", c.body, len(c.body), got.StatusCode, got.body, c.rule)
		}
	}
}

// A body without Content-Length is cut off where the limit is.
func TestEndlessBody(t *testing.T) {
	s := start(t)
	r, w := io.Pipe()
	go func() {
		for {
			if _, err := w.Write(bytes.Repeat([]byte(" "), 64<<10)); err != nil {
				return
			}
		}
	}()
	req, err := http.NewRequest("POST", "http://"+s.host+"/graphql", r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Weft-Client", "test")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	r.Close()
	if res.StatusCode != 413 || code(string(text)) != "LIMITED" {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

// The same over WebSocket, where a message is at most as large as a body.
func TestAttacksOverWebSocket(t *testing.T) {
	p := startProcess(t, "guarded")
	p.alive()
	all := map[string]string{}
	for name, body := range bodyAttacks() {
		if len(body) > 1<<20 {
			body = body[:1<<20]
		}
		all["as a message: "+name] = body
		if json.Valid([]byte(body)) {
			all["as a payload: "+name] = `{"type":"subscribe","id":"1","payload":` + body + `}`
		}
	}
	for _, a := range attacks {
		all["document: "+a.name] = `{"type":"subscribe","id":"1","payload":` + payload(a.query, nil) + `}`
		all["document, as a subscription: "+a.name] = `{"type":"subscribe","id":"1","payload":` + payload(strings.Replace(a.query, "query", "subscription", 1), nil) + `}`
	}
	for name, text := range all {
		c := dial(t, p.host)
		c.init()
		// The server may cut the connection while it is still being sent to.
		_ = c.conn.Write(t.Context(), websocket.MessageText, []byte(text))
		kind, data, err := c.conn.Read(t.Context())
		if err == nil && (kind != websocket.MessageText || len(data) > 4<<10 || !bytes.Contains(data, []byte(`"type":"error"`))) {
			t.Errorf("%s: %.300s", name, data)
		}
		if status := websocket.CloseStatus(err); err != nil && status != 4400 && status != websocket.StatusMessageTooBig && len(text) < 256_000 {
			t.Errorf("%s: %v", name, err)
		}
		_ = c.conn.CloseNow()
		p.alive()
	}
}

// 500 documents with cyclic fragments of every nesting, and thousands of
// mangled operations: none is a server error, none ends the process.
func TestGeneratedAttacks(t *testing.T) {
	p := startProcess(t, "guarded")
	rng := rand.New(rand.NewPCG(1, 2))
	wrap := []string{"...%s", "knows { ...%s }", "... on Person { ...%s }", "knows { friends { ... { ...%s } } }", "a: knows { ...%s } ...%[1]s", "name ...%s bio"}
	for range 500 {
		n := 1 + rng.IntN(6)
		var b strings.Builder
		fmt.Fprintf(&b, "{ person { ...F%d } }", rng.IntN(n))
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Person { %s }", i, fmt.Sprintf(wrap[rng.IntN(len(wrap))], fmt.Sprint("F", (i+1)%n)))
		}
		if _, answer, _ := p.send(payload(b.String(), nil)); code(answer) != "INVALID" {
			t.Fatalf("%s\n%s", b.String(), answer)
		}
	}
	seeds := []string{
		payload(introspectionQuery, nil),
		payload(`query A($n: String, $f: Filter!) { person(name: $n) { ...P } match(filter: $f) } fragment P on Person { name knows { bio } }`, map[string]any{"n": "x", "f": map[string]any{"and": []any{map[string]any{"name": "y"}}}}),
		payload(`mutation { rename(name: """block "" text""") }`, nil),
	}
	signs := []string{"{", "}", "[", "]", "(", ")", "\"", "\\", "$", "@", "...", ":", "!", "\x00", "\xff", "null", "1e9", "#", "\u202e", "fragment F on Person {", "\n", ","}
	for range 3_000 {
		text := seeds[rng.IntN(len(seeds))]
		for range 1 + rng.IntN(4) {
			at, end := rng.IntN(len(text)), 0
			end = min(len(text), at+rng.IntN(8))
			text = text[:at] + signs[rng.IntN(len(signs))] + text[end:]
		}
		status, answer, _ := p.send(text)
		if status >= 500 || status == 0 || !json.Valid([]byte(answer)) {
			t.Fatalf("%d %s\nfor %q", status, answer, text)
		}
		for _, inside := range []string{"weft/", "goroutine", "*ast.", "gqlerror", "map[", "runtime error", "/root/", ".go:"} {
			if strings.Contains(answer, inside) {
				t.Fatalf("%q in %s\nfor %q", inside, answer, text)
			}
		}
	}
	p.alive()
}

// Requests that are no HTTP at all do not disturb anybody.
func TestGarbageOnTheWire(t *testing.T) {
	p := startProcess(t, "guarded")
	for _, text := range []string{
		"\x16\x03\x01\x02\x00\x01\x00", "GET\r\n\r\n", strings.Repeat("A", 100_000), "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
	} {
		conn, err := net.Dial("tcp", p.host)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Second))
		fmt.Fprint(conn, text)
		answer, _ := io.ReadAll(conn)
		conn.Close()
		if bytes.HasPrefix(answer, []byte("HTTP/1.1 2")) {
			t.Errorf("%.40q: %.200s", text, answer)
		}
	}
	p.alive()
}
