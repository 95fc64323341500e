package web_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"weft/internal/web"
	"weft/internal/web/testdata/social"
)

func TestQueriesAndMutationsRun(t *testing.T) {
	s := start(t)
	for query, want := range map[string]string{
		`{ person { name knows { name } } }`:              `{"data":{"person":{"name":"Ada","knows":{"name":"Ada'"}}}}`,
		`query($n: String) { person(name: $n) { name } }`: `{"data":{"person":{"name":"Ada"}}}`,
		`{ viewer }`:                     `{"data":{"viewer":"visitor"}}`,
		`mutation { rename(name: "x") }`: `{"data":{"rename":1}}`,
		`query A { viewer } `:            `{"data":{"viewer":"visitor"}}`,
		`{ p: person { ...F } } fragment F on Person { n: name }`:    `{"data":{"p":{"n":"Ada"}}}`,
		`{ match(filter: {and: [{name: "a"}, {and: [{}]}]}) }`:       `{"data":{"match":true}}`,
		"{ person(name: \"\U0001F9F5 نسيج\") { name } } # комментар": "{\"data\":{\"person\":{\"name\":\"\U0001F9F5 نسيج\"}}}",
	} {
		if got := s.post(query); got.StatusCode != 200 || got.body != want {
			t.Errorf("%s\n got %d %s\nwant %s", query, got.StatusCode, got.body, want)
		}
	}
	got := s.do("POST", "/graphql", `{"query":"query A{viewer} query B($of:[Int!]!){count(of:$of)}","operationName":"B","variables":{"of":[1,2,3]},"extensions":{"x":1}}`)
	if got.body != `{"data":{"count":3}}` {
		t.Errorf("named operation with variables: %s", got.body)
	}
}

// The specification "GraphQL over HTTP" tells the two media types apart by the
// status of refused operations.
func TestMediaTypesAndStatus(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		accept, query, media string
		status               int
	}{
		{"", `{ viewer }`, "application/json; charset=utf-8", 200},
		{"*/*", `{ viewer }`, "application/json; charset=utf-8", 200},
		{"application/json", `{ nothing }`, "application/json; charset=utf-8", 200},
		{"application/json", `{`, "application/json; charset=utf-8", 200},
		{"application/graphql-response+json", `{ viewer }`, "application/graphql-response+json; charset=utf-8", 200},
		{"application/graphql-response+json, application/json;q=.5", `{ nothing }`, "application/graphql-response+json; charset=utf-8", 400},
		{"application/graphql-response+json", `{`, "application/graphql-response+json; charset=utf-8", 400},
		{"application/graphql-response+json", `query($x: Int!) { people(first: $x) { name } }`, "application/graphql-response+json; charset=utf-8", 400},
		{"application/graphql-response+json", `{ broken }`, "application/graphql-response+json; charset=utf-8", 200},
	} {
		got := s.post(c.query, "Accept: "+c.accept)
		if got.StatusCode != c.status || got.Header.Get("Content-Type") != c.media {
			t.Errorf("%s as %q: %d %s %s", c.query, c.accept, got.StatusCode, got.Header.Get("Content-Type"), got.body)
		}
		if c.status == 400 && strings.Contains(got.body, `"data"`) {
			t.Errorf("%s: data in an answer to a refused request: %s", c.query, got.body)
		}
	}
}

// Requests that another site's page can send, and everything that is not one
// JSON operation.
func TestOnlyJSONPostsOfOurOwnClientsRun(t *testing.T) {
	s := start(t)
	const mutation = `{"query":"mutation { rename(name: \"x\") }"}`
	const form = `query=mutation+%7B+rename%28name%3A+%22x%22%29+%7D`
	const multipart = "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + mutation + "\r\n--b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{}\r\n--b--\r\n"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"GET with a query":              {"GET", "/graphql?" + form, "", nil, 405, "INVALID"},
		"HEAD":                          {"HEAD", "/graphql?" + form, "", nil, 405, ""},
		"PUT":                           {"PUT", "/graphql", mutation, []string{"Content-Type: application/json", "X-Weft-Client: t"}, 405, "INVALID"},
		"text/plain form":               {"POST", "/graphql", mutation, []string{"Content-Type: text/plain"}, 415, "INVALID"},
		"urlencoded form":               {"POST", "/graphql", form, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "INVALID"},
		"multipart form":                {"POST", "/graphql", multipart, []string{"Content-Type: multipart/form-data; boundary=b"}, 415, "INVALID"},
		"multipart form, no client":     {"POST", "/graphql", multipart, []string{"Content-Type: multipart/form-data; boundary=b", "-X-Weft-Client"}, 403, "FORBIDDEN"},
		"application/graphql":           {"POST", "/graphql", "mutation{rename(name:\"x\")}", []string{"Content-Type: application/graphql"}, 415, "INVALID"},
		"no type":                       {"POST", "/graphql", mutation, []string{"-Content-Type"}, 415, "INVALID"},
		"two types":                     {"POST", "/graphql", mutation, []string{"Content-Type: text/plain, application/json"}, 415, "INVALID"},
		"UTF-16":                        {"POST", "/graphql", mutation, []string{"Content-Type: application/json; charset=utf-16"}, 415, "INVALID"},
		"compressed":                    {"POST", "/graphql", mutation, []string{"Content-Encoding: gzip"}, 415, "INVALID"},
		"no client header":              {"POST", "/graphql", mutation, []string{"-X-Weft-Client"}, 403, "FORBIDDEN"},
		"empty client header":           {"POST", "/graphql", mutation, []string{"X-Weft-Client: "}, 403, "FORBIDDEN"},
		"foreign Origin":                {"POST", "/graphql", mutation, []string{"Origin: https://evil.example"}, 403, "FORBIDDEN"},
		"Origin null":                   {"POST", "/graphql", mutation, []string{"Origin: null"}, 403, "FORBIDDEN"},
		"cross-site by Sec-Fetch-Site":  {"POST", "/graphql", mutation, []string{"Sec-Fetch-Site: cross-site"}, 403, "FORBIDDEN"},
		"same-site by Sec-Fetch-Site":   {"POST", "/graphql", mutation, []string{"Sec-Fetch-Site: same-site"}, 403, "FORBIDDEN"},
		"batch":                         {"POST", "/graphql", "[" + mutation + "," + mutation + "]", nil, 400, "INVALID"},
		"subscription":                  {"POST", "/graphql", `{"query":"subscription { silence }"}`, nil, 200, "INVALID"},
		"subscription over SSE":         {"POST", "/graphql", `{"query":"subscription { silence }"}`, []string{"Accept: text/event-stream"}, 200, "INVALID"},
		"two mutations, none named":     {"POST", "/graphql", `{"query":"mutation A{rename(name:\"x\")} mutation B{rename(name:\"x\")}"}`, nil, 200, "INVALID"},
		"method override":               {"GET", "/graphql", mutation, []string{"X-HTTP-Method-Override: POST", "Content-Type: application/json", "X-Weft-Client: t"}, 405, "INVALID"},
		"expired viewer":                {"POST", "/graphql", mutation, []string{"Authorization: expired"}, 401, "UNAUTHENTICATED"},
		"server that is not ready":      {"POST", "/graphql", mutation, []string{"Authorization: early"}, 503, "UNAVAILABLE"},
		"no body":                       {"POST", "/graphql", "", nil, 400, "INVALID"},
		"no query":                      {"POST", "/graphql", `{}`, nil, 400, "INVALID"},
		"null query":                    {"POST", "/graphql", `{"query":null}`, nil, 400, "INVALID"},
		"number as query":               {"POST", "/graphql", `{"query":1}`, nil, 400, "INVALID"},
		"list as variables":             {"POST", "/graphql", `{"query":"{viewer}","variables":[]}`, nil, 400, "INVALID"},
		"text as variables":             {"POST", "/graphql", `{"query":"{viewer}","variables":"{}"}`, nil, 400, "INVALID"},
		"list as extensions":            {"POST", "/graphql", `{"query":"{viewer}","extensions":[]}`, nil, 400, "INVALID"},
		"number as operationName":       {"POST", "/graphql", `{"query":"{viewer}","operationName":7}`, nil, 400, "INVALID"},
		"two values":                    {"POST", "/graphql", mutation + mutation, nil, 400, "INVALID"},
		"unknown operation":             {"POST", "/graphql", `{"query":"{viewer}","operationName":"X"}`, nil, 200, "INVALID"},
		"persisted query without text":  {"POST", "/graphql", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, nil, 400, "INVALID"},
		"preflight of an unlisted site": {"OPTIONS", "/graphql", "", []string{"Origin: https://evil.example", "Access-Control-Request-Method: POST"}, 405, "INVALID"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.do(c.method, c.path, c.body, c.headers...)
			if got.StatusCode != c.status || code(got.body) != c.code {
				t.Errorf("got %d %s, want %d %s", got.StatusCode, got.body, c.status, c.code)
			}
			for h := range got.Header {
				if strings.HasPrefix(h, "Access-Control-") {
					t.Errorf("%s: %s", h, got.Header.Get(h))
				}
			}
		})
	}
	if n := s.root.Renames.Load(); n != 0 {
		t.Errorf("the mutation ran %d times", n)
	}
	if got := s.do("POST", "/graphql", mutation, "Origin: http://"+s.host); got.body != `{"data":{"rename":1}}` {
		t.Errorf("own page: %d %s", got.StatusCode, got.body)
	}
}

func TestListedOriginsOnly(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Origins = []string{"https://map.example"} })
	const preflight = "Access-Control-Request-Method: POST"
	ask := "Access-Control-Request-Headers: content-type,x-weft-client"
	if got := s.do("OPTIONS", "/graphql", "", "Origin: https://map.example", preflight, ask); got.Header.Get("Access-Control-Allow-Origin") != "https://map.example" ||
		got.Header.Get("Access-Control-Allow-Headers") != "content-type,x-weft-client" {
		t.Errorf("preflight of a listed origin: %d %v", got.StatusCode, got.Header)
	}
	if got := s.post(`{ viewer }`, "Origin: https://map.example", "Sec-Fetch-Site: cross-site"); got.StatusCode != 200 || got.Header.Get("Access-Control-Allow-Origin") != "https://map.example" {
		t.Errorf("listed origin: %d %s", got.StatusCode, got.body)
	}
	for _, o := range []string{"https://map.example.evil.example", "https://evilmap.example", "http://map.example", "https://map.example:444", "https://sub.map.example", "null"} {
		if got := s.do("OPTIONS", "/graphql", "", "Origin: "+o, preflight, ask); got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("preflight allowed for %s", o)
		}
		if got := s.post(`{ viewer }`, "Origin: "+o); got.StatusCode != 403 || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %s", o, got.StatusCode, got.body)
		}
	}
	for _, o := range []string{"*", "https://*.example", "map.example", "https://map.example/", "HTTPS://map.example", "null", "", "ftp://map.example"} {
		cfg := config(s.root, nil)
		cfg.Origins = []string{o}
		if _, err := web.Handler(cfg); err == nil {
			t.Errorf("origin %q was taken", o)
		}
	}
}

func TestHandlerNeedsASchema(t *testing.T) {
	if _, err := web.Handler(web.Config{}); err == nil {
		t.Error("no error")
	}
}

// The headers that must be on every answer, exactly.
var always = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
		"worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
}

const graphiqlPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

func TestHeadersOfEveryRoute(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Extensions = append(c.Extensions, panicking{}) })
	const (
		json, text, html = "application/json; charset=utf-8", "text/plain; charset=utf-8", "text/html; charset=utf-8"
		script           = "text/javascript; charset=utf-8"
		immutable        = "public, max-age=31536000, immutable"
	)
	upgrade := []string{"Connection: Upgrade", "Upgrade: websocket"}
	for _, c := range []struct {
		method, path, body string
		headers            []string
		status             int
		content, cache     string
		more               string // names of further headers
	}{
		{"POST", "/graphql", payload(`{ viewer }`, nil), nil, 200, json, "no-store", "Vary"},
		{"POST", "/graphql", payload(`{ people(first: 99) { name bio } }`, nil), []string{"Accept-Encoding: gzip"}, 200, json, "no-store", "Vary Content-Encoding"},
		{"POST", "/graphql", payload(`{ nothing }`, nil), nil, 200, json, "no-store", "Vary"},
		{"POST", "/graphql", payload(`{ panics }`, nil), nil, 200, json, "no-store", "Vary"},
		{"POST", "/graphql", payload(`query Panic { viewer }`, nil), nil, 200, json, "no-store", "Vary"},
		{"POST", "/graphql", `{`, nil, 400, json, "no-store", "Vary"},
		{"POST", "/graphql", strings.Repeat(" ", 300_000), nil, 413, json, "no-store", "Vary"},
		{"POST", "/graphql", ``, []string{"Content-Type: text/plain"}, 415, json, "no-store", "Vary"},
		{"POST", "/graphql", ``, []string{"-X-Weft-Client"}, 403, json, "no-store", "Vary"},
		{"GET", "/graphql", ``, nil, 405, json, "no-store", "Vary Allow"},
		{"GET", "/graphql", ``, upgrade, 403, json, "no-store", ""},
		{"GET", "/graphql", ``, append(upgrade, "X-Weft-Client: t"), 400, json, "no-store", "Sec-Websocket-Version"},
		{"GET", "/graphql/", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/explore/x7?q=1", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/index.html", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"HEAD", "/", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"POST", "/", ``, nil, 405, text, "no-store", "Vary Allow"},
		{"GET", "/favicon.svg", ``, nil, 200, "image/svg+xml", "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/assets/app-4f1c2a.js", ``, nil, 200, script, immutable, "Vary Accept-Ranges"},
		{"GET", "/assets/app-4f1c2a.js", ``, []string{"Accept-Encoding: gzip"}, 200, script, immutable, "Vary Content-Encoding"},
		{"GET", "/assets/gone-000000.js", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/assets/", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/assets/gone", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/missing.png", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/.env", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/a/../favicon.svg", ``, nil, 307, "text/html; charset=utf-8", "no-store", "Location"},
		{"GET", "/..%2f..%2fetc%2fpasswd.txt", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/graphiql", ``, nil, 307, "text/html; charset=utf-8", "no-store", "Location"},
		{"GET", "/graphiql/", ``, nil, 200, html, "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/graphiql/graphiql.js", ``, nil, 200, script, "no-cache", "Vary Etag Accept-Ranges"},
		{"GET", "/graphiql/none", ``, nil, 404, text, "no-store", "Vary"},
		{"GET", "/healthz", ``, nil, 200, text, "no-store", ""},
		{"GET", "/readyz", ``, nil, 200, text, "no-store", ""},
		{"GET", "/metrics", ``, []string{"X-Forwarded-For: 192.0.2.1"}, 404, text, "no-store", ""},
		{"GET", "/metrics", ``, []string{"Accept: text/plain"}, 200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "no-store", "Vary"},
	} {
		name := c.method + " " + c.path
		got := s.do(c.method, c.path, c.body, c.headers...)
		if got.StatusCode != c.status {
			t.Errorf("%s: %d %s, want %d", name, got.StatusCode, got.body, c.status)
		}
		want := maps.Clone(always)
		want["Content-Type"], want["Cache-Control"] = c.content, c.cache
		if strings.HasPrefix(c.path, "/graphiql/") {
			want["Content-Security-Policy"] = graphiqlPolicy
		}
		for h, v := range want {
			if got.Header.Get(h) != v || len(got.Header.Values(h)) != 1 {
				t.Errorf("%s: %s: %q, want %q", name, h, got.Header.Values(h), v)
			}
		}
		if len(got.Header.Get("X-Request-Id")) < 20 {
			t.Errorf("%s: X-Request-Id %q", name, got.Header.Get("X-Request-Id"))
		}
		known := append(slices.Collect(maps.Keys(want)), "X-Request-Id", "Date", "Content-Length", "Connection")
		for h := range got.Header {
			if !slices.Contains(known, h) && !slices.Contains(strings.Fields(c.more), h) {
				t.Errorf("%s: header %s: %q is not expected", name, h, got.Header.Get(h))
			}
		}
		for _, h := range strings.Fields(c.more) {
			if got.Header.Get(h) == "" {
				t.Errorf("%s: header %s is missing", name, h)
			}
		}
		if strings.Contains(got.Header.Get("Content-Security-Policy"), "unsafe") != strings.HasPrefix(c.path, "/graphiql/") {
			t.Errorf("%s: unsafe in the policy: %s", name, got.Header.Get("Content-Security-Policy"))
		}
	}
}

func TestFilesAreCachedAndCompressed(t *testing.T) {
	s := start(t)
	first := s.do("GET", "/", "")
	if again := s.do("GET", "/", "", "If-None-Match: "+first.Header.Get("ETag")); again.StatusCode != 304 || again.body != "" {
		t.Errorf("unchanged page: %d %q", again.StatusCode, again.body)
	}
	for path, name := range map[string]string{"/assets/app-4f1c2a.js": "file", "/graphql": "answer"} {
		method, body := "GET", ""
		if path == "/graphql" {
			method, body = "POST", payload(`{ people(first: 99) { bio } }`, nil)
		}
		plain := s.do(method, path, body)
		packed := s.do(method, path, body, "Accept-Encoding: gzip")
		z, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil || string(text) != plain.body || len(packed.body)*5 > len(text) {
			t.Errorf("%s: %v, %d bytes from %d packed, want %d", name, err, len(text), len(packed.body), len(plain.body))
		}
	}
}

func TestServerWithoutFrontEndSaysSo(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Assets, c.GraphiQL, c.Metrics = nil, nil, nil })
	for _, path := range []string{"/", "/graphiql/", "/metrics"} {
		if got := s.do("GET", path, ""); got.StatusCode != 404 || !strings.Contains(got.body, "make build") {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestPersonalModeAnswersThisMachineOnly(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Personal = true })
	_, port, _ := net.SplitHostPort(s.host)
	for host, want := range map[string]int{
		"localhost": 200, "localhost:" + port: 200, "127.0.0.1": 200, s.host: 200, "[::1]": 200, "[::1]:8080": 200,
		"evil.example": 421, "evil.example:" + port: 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
		"127.0.0.2": 421, "0.0.0.0:" + port: 421, "localhost:x": 421, "localhost:": 421, "127.1": 421, "::1": 421, "[::2]": 421, "LOCALHOST.": 421,
	} {
		for _, path := range []string{"/", "/graphql", "/healthz", "/metrics"} {
			method, body := "GET", ""
			if path == "/graphql" {
				method, body = "POST", payload(`{ viewer }`, nil)
			}
			if got := s.do(method, path, body, "Host: "+host); got.StatusCode != want {
				t.Errorf("%s with Host %s: %d, want %d", path, host, got.StatusCode, want)
			}
		}
	}
	// A page of another site that reached the server by its true name.
	if got := s.post(`mutation { rename(name: "x") }`, "Origin: http://evil.example"); got.StatusCode != 403 || s.root.Renames.Load() != 0 {
		t.Errorf("foreign page: %d %s", got.StatusCode, got.body)
	}
	for _, proxy := range []string{"X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Real-IP: 192.0.2.1", "Via: 1.1 proxy"} {
		if got := s.do("GET", "/", "", proxy); got.StatusCode != 421 {
			t.Errorf("through a proxy, %s: %d", proxy, got.StatusCode)
		}
	}
	h, err := web.Handler(func() web.Config { c := config(s.root, nil); c.Personal = true; return c }())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.RemoteAddr = "192.0.2.7:4711"
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 421 {
		t.Errorf("peer on another machine: %d", w.Code)
	}
}

func TestReadiness(t *testing.T) {
	stop, cancel := context.WithCancel(t.Context())
	var failure error
	s := start(t, func(c *web.Config) {
		c.Ready, c.Stop = func(context.Context) error { return failure }, stop
	})
	want := func(status int, body string) {
		t.Helper()
		if got := s.do("GET", "/readyz", ""); got.StatusCode != status || got.body != body {
			t.Errorf("%d %q", got.StatusCode, got.body)
		}
	}
	want(200, "ready\n")
	failure = errors.New("dial tcp 10.0.0.7: " + social.Secret)
	want(503, "not ready\n")
	failure = nil
	cancel()
	want(503, "not ready\n")
	if got := s.do("GET", "/healthz", ""); got.StatusCode != 200 {
		t.Errorf("a stopping server is alive: %d", got.StatusCode)
	}
}

func TestIntrospectionIsAskedFor(t *testing.T) {
	s := start(t)
	for _, q := range []string{introspectionQuery, `{ __schema { types { name } } }`, `{ ...F } fragment F on Query { ... { x: __type(name: "Person") { name } } }`} {
		got := s.post(q)
		if code(got.body) != "FORBIDDEN" || strings.Contains(got.body, "Person") {
			t.Errorf("visitor: %s", got.body)
		}
		if got := s.post(q, "Authorization: member"); code(got.body) != "" || !strings.Contains(got.body, "Person") {
			t.Errorf("member: %.300s", got.body)
		}
	}
	for _, q := range []string{`{ persn { name } }`, `{ person { nam } }`, `{ person(nam: "x") { name } }`, `{ ... on Persn { name } }`,
		`query($x: Fiter) { viewer }`, `{ match(filter: {nam: "x"}) }`, `{ person }`} {
		if got := s.post(q); code(got.body) != "INVALID" || strings.Contains(strings.ToLower(got.body), "did you mean") {
			t.Errorf("%s: %s", q, got.body)
		}
	}
}

func TestFailuresKeepTheirSecrets(t *testing.T) {
	for name, change := range map[string]func(*web.Config){
		"with hooks":    func(*web.Config) {},
		"without hooks": func(c *web.Config) { c.ErrorPresenter = nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, change, func(c *web.Config) { c.Extensions = append(c.Extensions, panicking{}) })
			for _, q := range []string{`{ broken }`, `{ panics viewer }`, `query Panic { viewer }`, `query Private_person_name { broken }`} {
				got := s.post(q)
				if code(got.body) != "INTERNAL" || got.StatusCode != 200 {
					t.Errorf("%s: %d %s", q, got.StatusCode, got.body)
				}
				id := got.Header.Get("X-Request-Id")
				if !strings.Contains(got.body, `"requestId":"`+id+`"`) {
					t.Errorf("%s: request id %s is not in %s", q, id, got.body)
				}
				eventually(t, "the log line", func() bool { return strings.Contains(s.log.String(), `"id":"`+id+`"`) })
				if strings.Contains(got.body, social.Secret) {
					t.Errorf("%s: %s", q, got.body)
				}
			}
			s.do("POST", "/graphql", `{"query":"{ person(name: \"`+social.Secret+`\") { name } }","password":"`+social.Secret)
			s.do("POST", "/graphql?token="+social.Secret, payload(`query($n: String) { person(name: $n) { name } }`, map[string]any{"n": social.Secret}))
			s.do("GET", "/people/"+social.Secret, "", "Authorization: Bearer "+social.Secret, "Cookie: s="+social.Secret)
			s.do(strings.ToUpper(social.Secret), "/", "")
			eventually(t, "all log lines", func() bool { return strings.Count(s.log.String(), `"msg":"request"`) == 8 })
			log := s.log.String()
			for _, private := range []string{social.Secret, strings.ToUpper(social.Secret), "Private_person_name", "127.0.0.1", "broken"} {
				if strings.Contains(log, private) {
					t.Errorf("%q is in the log:\n%s", private, log)
				}
			}
			if !strings.Contains(log, `"nameLength":19`) || !strings.Contains(log, `"route":"/graphql"`) {
				t.Errorf("what should be in the log is not:\n%s", log)
			}
		})
	}
	s := start(t)
	if got := s.do("POST", "/graphql", `{"password":"`+social.Secret+`", nonsense`); strings.Contains(got.body, social.Secret) {
		t.Errorf("the answer repeats the body: %s", got.body)
	}
}

func TestErrorsOfOneAnswerAreFew(t *testing.T) {
	s := start(t)
	var q strings.Builder
	q.WriteString("{")
	for i := range 20 {
		fmt.Fprintf(&q, " a%d: broken", i)
	}
	q.WriteString("}")
	var v struct {
		Errors     []json.RawMessage
		Data       map[string]any
		Extensions struct{ ErrorsOmitted int }
	}
	got := s.post(q.String())
	if err := json.Unmarshal([]byte(got.body), &v); err != nil || len(v.Errors) != 10 || v.Extensions.ErrorsOmitted != 10 || len(v.Data) != 20 {
		t.Errorf("%v: %d errors, %d omitted, %s", err, len(v.Errors), v.Extensions.ErrorsOmitted, got.body)
	}
}

func TestMetricsCountWhatHappened(t *testing.T) {
	s := start(t)
	s.post(`{ viewer }`)
	s.post(`{`)
	s.post(strings.Repeat("{a", 40))
	s.do("GET", "/nothing.png", "")
	got := s.do("GET", "/metrics", "").body
	for _, want := range []string{
		`weft_http_requests_total{route="/graphql",status="200"} 3`,
		`weft_http_requests_total{route="/",status="404"} 1`,
		`weft_http_request_seconds_count{route="/graphql"} 3`,
		`weft_guard_refusals_total{rule="syntax"} 1`,
		`weft_guard_refusals_total{rule="nesting"} 1`,
		`weft_sockets_open 0`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

// Clients that leave at any moment leave nothing running.
func TestNothingIsLeftBehind(t *testing.T) {
	s := start(t)
	s.post(`{ viewer }`)
	client.CloseIdleConnections()
	time.Sleep(50 * time.Millisecond)
	before := runtime.NumGoroutine()
	for i := range 40 {
		conn, err := net.Dial("tcp", s.host)
		if err != nil {
			t.Fatal(err)
		}
		body := payload(`{ people(first: 9999) { name bio } }`, nil)
		fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Weft-Client: t\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:len(body)-i%2])
		time.Sleep(time.Duration(i) * time.Millisecond / 4)
		conn.Close()
		p := dial(t, s.host)
		if i%4 > 0 {
			p.init()
		}
		if i%4 > 1 {
			p.subscribe("1", `subscription { flood(size: 1000) }`)
			p.subscribe("2", `subscription { silence }`)
		}
		if i%4 > 2 {
			p.receive()
		}
		_ = p.conn.CloseNow()
	}
	eventually(t, "all producers end", func() bool { return s.root.Open.Load() == 0 })
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before+3 })
}

// Every wait of the server ends, whoever makes it wait.
func TestSlowClientsAreClosed(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for 15 s")
	}
	t.Parallel()
	s := start(t)
	const n = 50
	ended := make(chan time.Duration, 2*n)
	for range n {
		for limit, text := range map[time.Duration]string{
			5 * time.Second:  "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Drip: ",
			15 * time.Second: "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Weft-Client: t\r\nContent-Length: 1000\r\n\r\n{",
		} {
			conn, err := net.Dial("tcp", s.host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			begun := time.Now()
			go func() {
				fmt.Fprint(conn, text)
				go func() {
					for { // one byte a second, for as long as it lasts
						time.Sleep(time.Second)
						if _, err := fmt.Fprint(conn, " "); err != nil {
							return
						}
					}
				}()
				_, _ = io.Copy(io.Discard, bufio.NewReader(conn))
				ended <- time.Since(begun) - limit
			}()
		}
	}
	time.Sleep(time.Second)
	if got := s.post(`{ viewer }`); got.StatusCode != 200 {
		t.Errorf("an honest client waits: %d", got.StatusCode)
	}
	for range 2 * n {
		select {
		case late := <-ended:
			if late > 10*time.Second {
				t.Errorf("closed %v after its limit", late)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("a slow client is still connected")
		}
	}
}

func TestLargeHeadersAreRefused(t *testing.T) {
	s := start(t)
	if got := s.do("GET", "/", "", "X-Long: "+strings.Repeat("x", 64<<10)); got.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", got.StatusCode)
	}
}

func BenchmarkPost(b *testing.B) {
	s := start(b)
	for name, query := range map[string]string{
		"small":   `query Person { person { name knows { name } } }`,
		"refused": doubling(24, "...F%d ...F%d", "name"),
		"100 kB":  `{ people(first: 90) { bio } }`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.post(query)
			}
		})
	}
}
