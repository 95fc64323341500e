package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"weft/internal/web"
)

// peer is a client of graphql-transport-ws that says exactly what it is told.
type peer struct {
	t    *testing.T
	ctx  context.Context
	conn *websocket.Conn
}

func dial(t *testing.T, host string, headers ...string) *peer {
	t.Helper()
	p, res, err := tryDial(t, host, []string{"graphql-transport-ws"}, append([]string{"X-Weft-Client: test"}, headers...)...)
	if err != nil {
		t.Fatalf("%v %v", err, res)
	}
	return p
}

func tryDial(t *testing.T, host string, protocols []string, headers ...string) (*peer, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	h := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		h.Set(name, value)
	}
	conn, res, err := websocket.Dial(ctx, "ws://"+host+"/graphql", &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: h, Host: h.Get("Host")})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(4 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &peer{t, ctx, conn}, res, nil
}

func (p *peer) send(text string) {
	p.t.Helper()
	if err := p.conn.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) receive() string {
	p.t.Helper()
	_, data, err := p.conn.Read(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

func (p *peer) expect(want string) {
	p.t.Helper()
	if got := p.receive(); got != want {
		p.t.Fatalf("got %s\nwant %s", got, want)
	}
}

func (p *peer) init() {
	p.t.Helper()
	p.send(`{"type":"connection_init"}`)
	p.expect(`{"type":"connection_ack"}`)
}

func (p *peer) subscribe(id, query string) {
	p.t.Helper()
	p.send(`{"type":"subscribe","id":"` + id + `","payload":` + payload(query, nil) + `}`)
}

// closed reads until the socket ends and returns how.
func (p *peer) closed() websocket.CloseError {
	p.t.Helper()
	for {
		if _, _, err := p.conn.Read(p.ctx); err != nil {
			ce, ok := errors.AsType[websocket.CloseError](err)
			if !ok {
				p.t.Fatalf("no close frame: %v", err)
			}
			return ce
		}
	}
}

func TestSubscription(t *testing.T) {
	s := start(t)
	p := dial(t, s.host)
	p.init()
	p.send(`{"type":"subscribe","id":"a","payload":{"query":"subscription($n: Int!) { ticks(count: $n) }","variables":{"n":2}}}`)
	p.expect(`{"id":"a","type":"next","payload":{"data":{"ticks":1}}}`)
	p.expect(`{"id":"a","type":"next","payload":{"data":{"ticks":2}}}`)
	p.expect(`{"id":"a","type":"complete"}`)
	p.subscribe("a", `subscription { ticks(count: 0) }`) // the id is free again
	p.expect(`{"id":"a","type":"complete"}`)
	p.send(`{"type":"ping","payload":{"x":1}}`)
	p.expect(`{"type":"pong"}`)
	p.send(`{"type":"pong"}`)
	p.send(`{"type":"complete","id":"unknown"}`)
	p.send(`{"type":"ping"}`)
	p.expect(`{"type":"pong"}`)
	p.subscribe("quote \\\" ж", `subscription { viewer }`)
	p.expect(`{"id":"quote \" ж","type":"next","payload":{"data":{"viewer":"visitor"}}}`)
}

func TestViewerComesFromConnectionInit(t *testing.T) {
	s := start(t)
	p := dial(t, s.host)
	p.send(`{"type":"connection_init","payload":{"viewer":"member"}}`)
	p.expect(`{"type":"connection_ack"}`)
	p.subscribe("1", `subscription { viewer }`)
	p.expect(`{"id":"1","type":"next","payload":{"data":{"viewer":"member"}}}`)
}

func TestSubscriptionsThatFail(t *testing.T) {
	s := start(t)
	p := dial(t, s.host)
	p.init()
	for query, want := range map[string]string{
		`subscription { refuses }`:                                         "INTERNAL",
		`subscription { explodes }`:                                        "INTERNAL",
		`{ viewer }`:                                                       "INVALID",
		`mutation { rename(name: "guess") }`:                               "INVALID",
		`subscription { nothing }`:                                         "INVALID",
		`subscription {`:                                                   "INVALID",
		`subscription { silence viewer }`:                                  "INVALID",
		`subscription { __typename }`:                                      "INVALID",
		`subscription($n: Int!) { ticks(count: $n) }`:                      "INVALID",
		`subscription { ...F } fragment F on Subscription { ...F }`:        "INVALID",
		`subscription ` + strings.Repeat("{a", 40):                         "LIMITED",
		`subscription { ticks(count: 1) ` + strings.Repeat("@a", 30) + `}`: "LIMITED",
	} {
		p.subscribe("1", query)
		got := p.receive()
		var m struct {
			ID, Type string
			Payload  []struct{ Extensions struct{ Code string } }
		}
		if err := json.Unmarshal([]byte(got), &m); err != nil || m.ID != "1" || m.Type != "error" || len(m.Payload) == 0 || m.Payload[0].Extensions.Code != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if n := s.root.Renames.Load(); n != 0 {
		t.Errorf("the mutation ran %d times over a socket", n)
	}
	p.subscribe("1", `subscription { ticks(count: 0) }`)
	p.expect(`{"id":"1","type":"complete"}`)
}

// The close codes of the protocol, each by the shortest way to it.
func TestCloseCodes(t *testing.T) {
	s := start(t)
	subscribe := `{"type":"subscribe","id":"1","payload":{"query":"subscription { silence }"}}`
	const init = `{"type":"connection_init"}`
	for name, c := range map[string]struct {
		send   []string
		code   websocket.StatusCode
		reason string
	}{
		"second init":                {[]string{init, init}, 4429, "Too many initialisation requests"},
		"second init, no answer yet": {[]string{init, init, subscribe}, 4429, "Too many initialisation requests"},
		"subscribe before init":      {[]string{subscribe}, 4401, "Unauthorized"},
		"duplicate id":               {[]string{init, subscribe, subscribe}, 4409, "Subscriber for 1 already exists"},
		"bad JSON":                   {[]string{init, `{"type":`}, 4400, ""},
		"bad JSON before init":       {[]string{`nonsense`}, 4400, ""},
		"two values":                 {[]string{init, `{"type":"ping"}{"type":"ping"}`}, 4400, ""},
		"a list":                     {[]string{init, `[]`}, 4400, ""},
		"null":                       {[]string{init, `null`}, 4400, ""},
		"no type":                    {[]string{init, `{"id":"1"}`}, 4400, ""},
		"unknown type":               {[]string{init, `{"type":"start","id":"1"}`}, 4400, ""},
		"legacy terminate":           {[]string{init, `{"type":"connection_terminate"}`}, 4400, ""},
		"number as type":             {[]string{init, `{"type":1}`}, 4400, ""},
		"server's own type":          {[]string{init, `{"type":"next","id":"1","payload":{}}`}, 4400, ""},
		"no id":                      {[]string{init, `{"type":"subscribe","payload":{"query":"subscription { silence }"}}`}, 4400, ""},
		"empty id":                   {[]string{init, strings.Replace(subscribe, `"1"`, `""`, 1)}, 4400, ""},
		"number as id":               {[]string{init, strings.Replace(subscribe, `"1"`, `1`, 1)}, 4400, ""},
		"id of 1,000 bytes":          {[]string{init, strings.Replace(subscribe, `"1"`, `"`+strings.Repeat("x", 1000)+`"`, 1)}, 4400, ""},
		"complete without id":        {[]string{init, `{"type":"complete"}`}, 4400, ""},
		"no payload":                 {[]string{init, `{"type":"subscribe","id":"1"}`}, 4400, ""},
		"no query":                   {[]string{init, `{"type":"subscribe","id":"1","payload":{}}`}, 4400, ""},
		"number as query":            {[]string{init, `{"type":"subscribe","id":"1","payload":{"query":1}}`}, 4400, ""},
		"batch":                      {[]string{init, `{"type":"subscribe","id":"1","payload":[{"query":"subscription { silence }"}]}`}, 4400, ""},
		"text as init payload":       {[]string{`{"type":"connection_init","payload":"x"}`}, 4400, ""},
		"list as ping payload":       {[]string{`{"type":"ping","payload":[]}`}, 4400, ""},
		"deep message":               {[]string{init, strings.Repeat("[", 1000)}, 4400, ""},
		"expired viewer":             {[]string{`{"type":"connection_init","payload":{"viewer":"expired"}}`}, 4403, "Forbidden"},
		"bad viewer":                 {[]string{`{"type":"connection_init","payload":{"viewer":{}}}`}, 4403, "Forbidden"},
		"server not ready":           {[]string{`{"type":"connection_init","payload":{"viewer":"early"}}`}, 1013, "The server is not ready"},
		"message of 300 kB":          {[]string{init, `{"type":"ping","payload":{"x":"` + strings.Repeat("x", 300_000) + `"}}`}, 1009, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := dial(t, s.host)
			for _, text := range c.send {
				// The server may close while the rest is being sent.
				_ = p.conn.Write(p.ctx, websocket.MessageText, []byte(text))
			}
			if got := p.closed(); got.Code != c.code || (c.reason != "" && got.Reason != c.reason) || strings.Contains(got.Reason, "go ") {
				t.Errorf("closed with %d %q, want %d %q", got.Code, got.Reason, c.code, c.reason)
			}
		})
	}
	t.Run("binary message", func(t *testing.T) {
		p := dial(t, s.host)
		_ = p.conn.Write(p.ctx, websocket.MessageBinary, []byte(init))
		if got := p.closed(); got.Code != 4400 {
			t.Errorf("closed with %v", got)
		}
	})
	eventually(t, "no subscription is left behind", func() bool { return s.root.Open.Load() == 0 })
}

func TestOtherSubprotocolsAreRefused(t *testing.T) {
	s := start(t)
	for _, protocols := range [][]string{nil, {"graphql-ws"}, {"mqtt"}, {"GraphQL-Transport-WS"}} {
		p, _, err := tryDial(t, s.host, protocols, "X-Weft-Client: test")
		if err != nil {
			continue // the client itself refuses an answer without its subprotocol
		}
		if got := p.closed(); got.Code != 4406 || got.Reason != "Subprotocol not acceptable" {
			t.Errorf("%v: closed with %v", protocols, got)
		}
	}
}

func TestNoInitInTime(t *testing.T) {
	t.Parallel()
	s := start(t) // the real three seconds
	p := dial(t, s.host)
	begun := time.Now()
	p.send(`{"type":"ping"}`) // being there is not being initialised
	got := p.closed()
	if took := time.Since(begun); got.Code != 4408 || got.Reason != "Connection initialisation timeout" || took < 2500*time.Millisecond || took > 5*time.Second {
		t.Errorf("closed with %v after %v", got, took)
	}
	q := dial(t, s.host)
	q.init()
	time.Sleep(3500 * time.Millisecond)
	q.subscribe("1", `subscription { ticks(count: 0) }`)
	q.expect(`{"id":"1","type":"complete"}`)
}

func TestOriginOfSockets(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Origins = []string{"https://map.example"} })
	both := []string{"graphql-transport-ws"}
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{nil, 403},
		{[]string{"Cookie: session=x"}, 403},
		{[]string{"Origin: https://evil.example"}, 403},
		{[]string{"Origin: https://evil.example", "X-Weft-Client: t"}, 403},
		{[]string{"Origin: null"}, 403},
		{[]string{"Origin: "}, 403},
		{[]string{"Origin: http://" + s.host + ".evil.example"}, 403},
		{[]string{"Origin: http://map.example"}, 403},
		{[]string{"Origin: file://" + s.host}, 403},
		{[]string{"Host: weft.example", "Origin: https://weft.example.evil.example"}, 403},
		{[]string{"Host: weft.example", "Origin: https://weft.example:444"}, 403},
		{[]string{"Host: weft.example", "Origin: https://weft.example"}, 101},
		{[]string{"Origin: http://" + s.host}, 101},
		{[]string{"Origin: https://map.example"}, 101},
		{[]string{"X-Weft-Client: t"}, 101},
		{[]string{"Authorization: Bearer t"}, 101},
	} {
		_, res, err := tryDial(t, s.host, both, c.headers...)
		if res == nil || res.StatusCode != c.status {
			t.Errorf("%v: %v %v, want %d", c.headers, res, err, c.status)
			continue
		}
		for h, v := range always {
			if res.Header.Get(h) != v {
				t.Errorf("%v: %s: %q", c.headers, h, res.Header.Get(h))
			}
		}
	}
}

func TestPersonalModeForSockets(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Personal = true })
	_, res, err := tryDial(t, s.host, []string{"graphql-transport-ws"}, "Host: evil.example", "Origin: http://evil.example")
	if err == nil || res.StatusCode != 421 {
		t.Errorf("rebound name: %v %v", res, err)
	}
	_, port, _ := net.SplitHostPort(s.host)
	if _, res, err = tryDial(t, s.host, []string{"graphql-transport-ws"}, "Host: localhost:"+port, "Origin: http://evil.example"); err == nil || res.StatusCode != 403 {
		t.Errorf("foreign page: %v %v", res, err)
	}
	if _, _, err = tryDial(t, s.host, []string{"graphql-transport-ws"}, "Host: localhost:"+port, "Origin: http://localhost:"+port); err != nil {
		t.Error(err)
	}
}

func TestTwentySubscriptionsASocket(t *testing.T) {
	s := start(t)
	p := dial(t, s.host)
	p.init()
	for i := range 20 {
		p.subscribe(fmt.Sprint(i), `subscription { silence }`)
	}
	p.subscribe("20", `subscription { silence }`)
	if got := p.receive(); !strings.Contains(got, `"id":"20","type":"error"`) || !strings.Contains(got, `"LIMITED"`) {
		t.Errorf("21st: %s", got)
	}
	if n := s.root.Open.Load(); n > 20 {
		t.Errorf("%d run", n)
	}
	p.send(`{"type":"complete","id":"7"}`)
	eventually(t, "the completed one ends", func() bool { return s.root.Open.Load() == 19 })
	p.subscribe("20", `subscription { ticks(count: 1) }`)
	p.expect(`{"id":"20","type":"next","payload":{"data":{"ticks":1}}}`)
	p.expect(`{"id":"20","type":"complete"}`)
	_ = p.conn.CloseNow()
	eventually(t, "all end with the socket", func() bool { return s.root.Open.Load() == 0 })
}

// After the client's complete nothing comes for that id, however fast the
// producer is, and the producer ends.
func TestCompleteIsFinal(t *testing.T) {
	s := start(t)
	p := dial(t, s.host)
	p.init()
	for range 30 {
		p.subscribe("1", `subscription { flood(size: 10) }`)
		p.receive()
		p.send(`{"type":"complete","id":"1"}`)
		p.subscribe("1", `subscription { ticks(count: 1) }`)
		for {
			got := p.receive()
			if got == `{"id":"1","type":"next","payload":{"data":{"ticks":1}}}` {
				break
			}
			if !strings.Contains(got, "flood") {
				t.Fatal(got)
			}
		}
		p.expect(`{"id":"1","type":"complete"}`) // and no flood after the first tick
		p.send(`{"type":"ping"}`)
		p.expect(`{"type":"pong"}`) // and no second complete
	}
	eventually(t, "the producers end", func() bool { return s.root.Open.Load() == 0 })
}

func TestSocketsAreLimitedTogether(t *testing.T) {
	s := start(t, func(c *web.Config) { c.Sockets.Open = 2 })
	first := dial(t, s.host)
	dial(t, s.host)
	_, res, err := tryDial(t, s.host, []string{"graphql-transport-ws"}, "X-Weft-Client: test")
	if err == nil || res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("third: %v %v", res, err)
	}
	_ = first.conn.Close(websocket.StatusNormalClosure, "")
	eventually(t, "a place to become free", func() bool {
		_, _, err := tryDial(t, s.host, []string{"graphql-transport-ws"}, "X-Weft-Client: test")
		return err == nil
	})
}

// A client that never reads is cut off, and its subscriptions end.
func TestClientThatNeverReads(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *web.Config) { c.Sockets.Write = time.Second })
	p := dial(t, s.host)
	p.init()
	for i := range 20 {
		p.subscribe(fmt.Sprint(i), `subscription { flood(size: 200000) }`)
	}
	eventually(t, "they begin", func() bool { return s.root.Open.Load() > 10 })
	eventually(t, "they end", func() bool { return s.root.Open.Load() == 0 })
	if got := s.post(`{ viewer }`); got.StatusCode != 200 {
		t.Errorf("others: %d", got.StatusCode)
	}
}

// A client that does not answer pings is gone.
func TestSilentClientIsNoticed(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *web.Config) { c.Sockets.Ping, c.Sockets.Write = 100*time.Millisecond, 200*time.Millisecond })
	p := dial(t, s.host)
	p.init()
	p.subscribe("1", `subscription { silence }`)
	eventually(t, "it runs", func() bool { return s.root.Open.Load() == 1 })
	// Nobody reads here, so nobody answers.
	eventually(t, "it ends", func() bool { return s.root.Open.Load() == 0 })

	q := dial(t, s.host)
	q.init()
	q.subscribe("1", `subscription { silence }`)
	go func() { _, _, _ = q.conn.Read(q.ctx) }() // answers pings
	time.Sleep(1500 * time.Millisecond)
	if s.root.Open.Load() != 1 {
		t.Error("a client that answers was cut off")
	}
}

func TestSocketsCloseWhenTheServerStops(t *testing.T) {
	stop, cancel := context.WithCancel(t.Context())
	s := start(t, func(c *web.Config) { c.Stop = stop })
	var peers []*peer
	for range 5 {
		p := dial(t, s.host)
		p.init()
		p.subscribe("1", `subscription { silence }`)
		peers = append(peers, p)
	}
	eventually(t, "they run", func() bool { return s.root.Open.Load() == 5 })
	cancel()
	for _, p := range peers {
		if got := p.closed(); got.Code != websocket.StatusGoingAway {
			t.Errorf("closed with %v", got)
		}
	}
	eventually(t, "they end", func() bool { return s.root.Open.Load() == 0 })
	ctx, done := context.WithTimeout(t.Context(), 5*time.Second)
	defer done()
	if err := s.http.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}
