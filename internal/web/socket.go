package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// SocketLimits says what WebSockets may take. A field left zero takes the
// default named beside it.
type SocketLimits struct {
	Open          int           // sockets of all clients together; 1,000
	Subscriptions int           // subscriptions of one socket; 20
	Init          time.Duration // from the upgrade to connection_init; 3 s
	Write         time.Duration // for the client to take a message; 5 s
	Ping          time.Duration // between checks that the client is there; 25 s
}

func (l SocketLimits) withDefaults() SocketLimits {
	if l.Open <= 0 {
		l.Open = 1_000
	}
	if l.Subscriptions <= 0 {
		l.Subscriptions = 20
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&l.Init, 3 * time.Second}, {&l.Write, 5 * time.Second}, {&l.Ping, 25 * time.Second}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// subprotocol is the only one spoken.
const subprotocol = "graphql-transport-ws"

// Close codes of the protocol.
const (
	closeInvalid       websocket.StatusCode = 4400
	closeUnauthorized  websocket.StatusCode = 4401
	closeForbidden     websocket.StatusCode = 4403
	closeSubprotocol   websocket.StatusCode = 4406
	closeInitTimeout   websocket.StatusCode = 4408
	closeDuplicate     websocket.StatusCode = 4409
	closeSecondInit    websocket.StatusCode = 4429
	closeServerStopped                      = websocket.StatusGoingAway
)

// upgrade answers a WebSocket handshake on /graphql and serves the socket.
func (e *edge) upgrade(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, refusal *Refusal) {
		e.meters.refusals.WithLabelValues(refusal.Limit).Inc()
		w.Header().Set("Content-Type", typeJSON+"; charset=utf-8")
		writeErrors(w, status, gqlerror.List{refusal.graphQL()})
	}
	if !e.mayConnect(r) {
		refuse(http.StatusForbidden, &Refusal{Code: codeForbidden, Limit: "origin",
			Message: "A page of another site may not connect. A program that is no browser sets the header " + ClientHeader + "."})
		return
	}
	if !handshake(r) {
		w.Header().Set("Sec-WebSocket-Version", "13")
		refuse(http.StatusBadRequest, invalid("handshake", "This is not a complete WebSocket handshake of version 13."))
		return
	}
	select {
	case e.sockets <- struct{}{}:
		defer func() { <-e.sockets }()
	default:
		w.Header().Set("Retry-After", "30")
		refuse(http.StatusServiceUnavailable, &Refusal{Code: codeUnavailable, Limit: "sockets",
			Message: "Too many live connections are open. Try again later."})
		return
	}
	exchangeOf(r.Context()).socket = true
	// Origin was checked above, more strictly than Accept would.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return // the connection went away while it was taken over
	}
	conn.SetReadLimit(int64(e.Limits.Body))
	e.meters.sockets.Inc()
	defer e.meters.sockets.Dec()
	newSocket(e, conn, r).serve()
}

// mayConnect is the CSRF check of sockets, to which neither CORS nor the
// custom header of browsers applies. Browsers always send Origin.
func (e *edge) mayConnect(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	switch len(origins) {
	case 0: // no browser; these cannot be set by a page that opens a socket
		return r.Header.Get(ClientHeader) != "" || strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
	case 1:
		if slices.Contains(e.Origins, origins[0]) {
			return true
		}
		u, err := url.Parse(origins[0])
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
	}
	return false
}

// handshake checks what websocket.Accept would refuse with a text that repeats
// the request.
func handshake(r *http.Request) bool {
	keys := r.Header.Values("Sec-WebSocket-Key")
	if len(keys) != 1 || !r.ProtoAtLeast(1, 1) || r.Header.Get("Sec-WebSocket-Version") != "13" || !hasToken(r.Header, "Connection", "Upgrade") {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0]))
	return err == nil && len(key) == 16
}

// socket is one connection speaking graphql-transport-ws. One goroutine reads
// and judges messages in order; each subscription has one that writes.
type socket struct {
	edge   *edge
	conn   *websocket.Conn
	r      *http.Request
	cancel context.CancelFunc

	// Of the reading goroutine.
	initialised bool
	ctx         context.Context // the viewer's, nil before connection_ack
	initTimer   *time.Timer

	running sync.WaitGroup

	// mu is held while a message is written, too: after the client's complete
	// for an id, nothing for that id is written, so it can be used again. A
	// holder waits no longer than the write deadline.
	mu   sync.Mutex
	subs map[string]*subscription
}

type subscription struct{ cancel context.CancelFunc }

func newSocket(e *edge, conn *websocket.Conn, r *http.Request) *socket {
	// A hijacked request's context is not promised to end with the connection.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	return &socket{edge: e, conn: conn, r: r.WithContext(ctx), cancel: cancel, subs: map[string]*subscription{}}
}

// closing is why a socket is closed.
type closing struct {
	code   websocket.StatusCode
	reason string
}

// serve runs the socket until it is closed by either side, and returns when
// all its subscriptions have ended.
func (s *socket) serve() {
	defer s.running.Wait()
	defer s.cancel()
	defer s.conn.CloseNow() //nolint:errcheck // closing what may be closed
	if s.conn.Subprotocol() != subprotocol {
		s.close(&closing{closeSubprotocol, "Subprotocol not acceptable"})
		return
	}
	s.initTimer = time.AfterFunc(s.edge.Sockets.Init, func() {
		s.close(&closing{closeInitTimeout, "Connection initialisation timeout"})
	})
	defer s.initTimer.Stop()
	stopped := context.AfterFunc(s.edge.Stop, func() {
		s.close(&closing{closeServerStopped, "The server is stopping"})
	})
	defer stopped()
	s.running.Go(s.watch)
	for {
		kind, data, err := s.conn.Read(s.r.Context())
		if err != nil {
			return
		}
		end := &closing{closeInvalid, "Only text messages are accepted"}
		if kind == websocket.MessageText {
			end = s.handle(data)
		}
		if end != nil {
			s.endAll()
			s.close(end)
			return
		}
	}
}

// endAll ends the subscriptions before the close frame, so that none
// writes after it.
func (s *socket) endAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, sub := range s.subs {
		sub.cancel()
		delete(s.subs, id)
	}
}

func (s *socket) close(c *closing) { _ = s.conn.Close(c.code, shorten(c.reason, 120)) }

// watch closes a connection whose client is gone without a word.
func (s *socket) watch() {
	tick := time.NewTicker(s.edge.Sockets.Ping)
	defer tick.Stop()
	for {
		select {
		case <-s.r.Context().Done():
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(s.r.Context(), 2*s.edge.Sockets.Write)
			err := s.conn.Ping(ctx)
			cancel()
			if err != nil {
				_ = s.conn.CloseNow()
				return
			}
		}
	}
}

// message is what both sides send.
type message struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// maxID is the longest id of a subscription; ids are repeated in every event.
const maxID = 128

// handle acts on one message and returns how to close if it breaks the
// protocol.
func (s *socket) handle(data []byte) *closing {
	if s.edge.Limits.scanJSON(data) != nil {
		return &closing{closeInvalid, "The message is nested too deep or holds too many values"}
	}
	var m message
	if json.Unmarshal(data, &m) != nil {
		return &closing{closeInvalid, "The message is not valid JSON"}
	}
	if m.Type == "subscribe" || m.Type == "complete" {
		if m.ID == nil || *m.ID == "" || len(*m.ID) > maxID {
			return &closing{closeInvalid, "The id must be a text of 1 to 128 bytes"}
		}
	} else if !empty(m.Payload) && m.Payload[0] != '{' {
		return &closing{closeInvalid, "The payload must be an object"}
	}
	switch m.Type {
	case "connection_init":
		return s.init(m.Payload)
	case "ping":
		s.send([]byte(`{"type":"pong"}`))
	case "pong":
	case "subscribe":
		return s.subscribe(*m.ID, m.Payload)
	case "complete":
		s.mu.Lock()
		defer s.mu.Unlock()
		if sub := s.subs[*m.ID]; sub != nil { // else both sides completed at once
			sub.cancel()
			delete(s.subs, *m.ID)
		}
	default:
		return &closing{closeInvalid, "The type of the message is unknown"}
	}
	return nil
}

func empty(payload json.RawMessage) bool { return len(payload) == 0 || string(payload) == "null" }

func (s *socket) init(payload json.RawMessage) *closing {
	if s.initialised {
		return &closing{closeSecondInit, "Too many initialisation requests"}
	}
	if !s.initTimer.Stop() {
		return &closing{closeInitTimeout, "Connection initialisation timeout"}
	}
	s.initialised = true
	if empty(payload) {
		payload = nil
	}
	ctx, denied := s.edge.viewer(s.r, payload)
	if denied != nil {
		if denied.Extensions["code"] == codeUnavailable { // clients come back after this one
			return &closing{websocket.StatusTryAgainLater, "The server is not ready"}
		}
		return &closing{closeForbidden, "Forbidden"}
	}
	s.ctx = ctx
	s.send([]byte(`{"type":"connection_ack"}`))
	return nil
}

func (s *socket) subscribe(id string, payload json.RawMessage) *closing {
	if s.ctx == nil {
		return &closing{closeUnauthorized, "Unauthorized"}
	}
	s.mu.Lock()
	taken, count := s.subs[id] != nil, len(s.subs)
	s.mu.Unlock()
	if taken {
		return &closing{closeDuplicate, "Subscriber for " + shorten(id, 64) + " already exists"}
	}
	if count >= s.edge.Sockets.Subscriptions {
		refusal := limited("subscriptions", s.edge.Sockets.Subscriptions, "One connection carries at most %d subscriptions. Complete one first.")
		s.fail(id, s.edge.refuse(refusal.Limit, gqlerror.List{refusal.graphQL()}))
		return nil
	}
	req, refusal := s.edge.Limits.decode(payload)
	if refusal != nil {
		if refusal.Code == codeInvalid { // no request at all
			return &closing{closeInvalid, refusal.Message}
		}
		s.fail(id, s.edge.refuse(refusal.Limit, gqlerror.List{refusal.graphQL()}))
		return nil
	}
	doc, op, errs := s.edge.find(req, func(kind ast.Operation) *Refusal {
		if kind != ast.Subscription {
			return invalid("operation kind", "Only subscriptions run over WebSocket. Send queries and mutations by POST.")
		}
		return nil
	})
	if errs != nil {
		s.fail(id, errs)
		return nil
	}
	opCtx, errs := s.edge.begin(s.ctx, req, doc, op)
	if errs != nil {
		s.fail(id, errs)
		return nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	sub := &subscription{cancel}
	s.mu.Lock()
	s.subs[id] = sub
	s.mu.Unlock()
	s.edge.meters.subscriptions.Inc()
	s.running.Go(func() {
		defer s.edge.meters.subscriptions.Dec()
		defer cancel()
		s.run(ctx, id, sub, opCtx)
	})
	return nil
}

// run sends the events of one subscription until either side ends it.
func (s *socket) run(ctx context.Context, id string, sub *subscription, opCtx *graphql.OperationContext) {
	defer func() {
		if v := recover(); v != nil {
			s.event(id, sub, "error", gqlerror.List{s.edge.present(ctx, s.edge.recovered(ctx, v))}, nil)
		}
	}()
	responses, ctx := s.edge.exec.DispatchOperation(ctx, opCtx)
	for {
		response := responses(ctx)
		switch {
		case response == nil:
			s.event(id, sub, "complete", nil, nil)
			return
		case response.Data == nil && len(response.Errors) > 0: // it could not start
			s.event(id, sub, "error", response.Errors, nil)
			return
		case !s.event(id, sub, "next", nil, response):
			return
		}
	}
}

// event sends a message of a subscription unless the subscription has ended,
// and tells whether it goes on. "complete" and "error" end it.
func (s *socket) event(id string, sub *subscription, kind string, errs gqlerror.List, response *graphql.Response) bool {
	text := frame(id, kind, errs, response)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subs[id] != sub {
		return false
	}
	if kind != "next" {
		delete(s.subs, id)
	}
	return s.write(text)
}

// fail sends the errors of a subscription that never began.
func (s *socket) fail(id string, errs gqlerror.List) { s.send(frame(id, "error", errs, nil)) }

func (s *socket) send(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(text)
}

// write needs mu. A client that does not take the message in time is cut off,
// which ends the reading goroutine and with it everything.
func (s *socket) write(text []byte) bool {
	ctx, cancel := context.WithTimeout(s.r.Context(), s.edge.Sockets.Write)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, text) == nil
}

// frame is the text of a message about a subscription.
func frame(id, kind string, errs gqlerror.List, response *graphql.Response) []byte {
	var b bytes.Buffer
	quoted, _ := json.Marshal(id) // a string always encodes
	b.WriteString(`{"id":`)
	b.Write(quoted)
	b.WriteString(`,"type":"` + kind + `"`)
	switch {
	case response != nil:
		b.WriteString(`,"payload":`)
		_ = writeResponse(&b, response) // a buffer takes everything
	case errs != nil:
		b.WriteString(`,"payload":`)
		encodeErrors(&b, errs)
	}
	b.WriteByte('}')
	return b.Bytes()
}
