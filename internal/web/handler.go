// Package web is the HTTP edge: everything between the network and the
// resolvers. It decides what reaches them and what leaves.
//
// The idea is that a request pays before it costs. Size, nesting, fragments
// and variables are judged by the guard in time proportional to the bytes that
// arrived, before validation and execution, whose cost the sender controls.
// What passes runs on gqlgen's executor; the transports are the package's own,
// since gqlgen's accept more than Weft promises (GET, forms, the legacy
// WebSocket protocol) and close with other codes than graphql-transport-ws
// asks for.
//
// Every answer carries the same security headers, every error a code and a
// remedy, and no log line or metric holds anything that a person wrote.
package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/cors"
)

// ClientHeader must be present, with any value, on every POST to /graphql. A
// page of another site cannot set it without asking first.
const ClientHeader = "X-Weft-Client"

// RequestIDHeader carries the random id of the exchange, which INTERNAL errors
// and log lines repeat.
const RequestIDHeader = "X-Request-Id"

// Config is what the edge needs from the rest of the program. Only Schema is
// required.
type Config struct {
	// Schema runs the operations.
	Schema graphql.ExecutableSchema
	// Limits bounds single requests; zero fields take their defaults.
	Limits Limits
	// Sockets bounds WebSockets; zero fields take their defaults.
	Sockets SocketLimits
	// Extensions wrap execution, the first outermost.
	Extensions []graphql.HandlerExtension

	// Context puts the viewer and whatever else resolvers need in the
	// request's context, from which the result must derive. It is called once
	// for a POST, with no payload, and once for a socket, with the upgrade
	// request and the payload of connection_init (nil if there was none). An
	// error ends the request, respectively closes the socket with 4403; it
	// goes through ErrorPresenter.
	Context func(r *http.Request, payload json.RawMessage) (context.Context, error)
	// Introspection tells whether the viewer in ctx may read the schema.
	// Without it nobody may.
	Introspection func(ctx context.Context) bool
	// ErrorPresenter makes an error fit for the client. Without it every error
	// becomes INTERNAL. The edge adds the request id to INTERNAL errors.
	ErrorPresenter graphql.ErrorPresenterFunc
	// Recover turns a panic of a resolver into an error. Without it the stack
	// is logged, never the value, which may hold a person's words.
	Recover graphql.RecoverFunc

	// Origins are the other origins whose pages may use the API, written as
	// browsers write them: https://example.org. Empty means the same origin
	// only.
	Origins []string
	// Headers are what pages of those origins may send beside what the edge asks for.
	Headers []string
	// Personal serves one person on this machine: the peer must be loopback
	// and no proxy that says so, and the Host localhost, 127.0.0.1 or [::1], so
	// that no web page can reach the server through a name of its own (DNS
	// rebinding). Everything else is answered with 421.
	Personal bool

	// Assets is the built front end. Paths that name no file get index.html.
	Assets fs.FS
	// GraphiQL is the interactive API page, served below /graphiql/.
	GraphiQL fs.FS
	// Ready tells whether the program can answer; nil error means yes.
	Ready func(ctx context.Context) error
	// Metrics takes the edge's series and is served at /metrics to loopback
	// peers. Without it there is no such path.
	Metrics *prometheus.Registry
	// Stop closes all sockets when it is done; http.Server.Shutdown does not
	// know about them.
	Stop context.Context
	// Log takes a line a request. Without it nothing is logged.
	Log *slog.Logger
}

// edge is a Config with everything made from it.
type edge struct {
	Config
	documents *documents
	exec      *executor.Executor
	crossSite *http.CrossOriginProtection
	meters    *meters
	sockets   chan struct{} // one token for each open socket
}

// Handler makes the edge. It fails on a Config that cannot be served safely,
// naming the field and the remedy.
//
// Routes: /graphql, /graphiql/, /healthz, /readyz, /metrics; everything else is
// the front end.
func Handler(cfg Config) (http.Handler, error) {
	if cfg.Schema == nil {
		return nil, errors.New("web: Config.Schema is missing")
	}
	cfg.Limits = cfg.Limits.withDefaults()
	cfg.Sockets = cfg.Sockets.withDefaults()
	if cfg.Context == nil {
		cfg.Context = func(r *http.Request, _ json.RawMessage) (context.Context, error) { return r.Context(), nil }
	}
	if cfg.Introspection == nil {
		cfg.Introspection = func(context.Context) bool { return false }
	}
	if cfg.Stop == nil {
		cfg.Stop = context.Background()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Ready == nil {
		cfg.Ready = func(context.Context) error { return nil }
	}
	e := &edge{
		Config:    cfg,
		documents: newDocuments(cfg.Schema.Schema(), cfg.Limits),
		exec:      executor.New(cfg.Schema),
		crossSite: http.NewCrossOriginProtection(),
		meters:    newMeters(cfg.Metrics),
		sockets:   make(chan struct{}, cfg.Sockets.Open),
	}
	e.exec.SetQueryCache(accepted{})
	e.exec.SetErrorPresenter(e.present)
	e.exec.SetRecoverFunc(e.recovered)
	for _, x := range cfg.Extensions {
		e.exec.Use(x)
	}

	api := http.Handler(http.HandlerFunc(e.post))
	if len(cfg.Origins) > 0 { // no origins would mean all to rs/cors
		for _, o := range cfg.Origins {
			if err := checkOrigin(o); err != nil {
				return nil, err
			}
			if err := e.crossSite.AddTrustedOrigin(o); err != nil {
				return nil, fmt.Errorf("web: origin %q: %w", o, err)
			}
		}
		api = cors.New(cors.Options{
			AllowedOrigins:   cfg.Origins,
			AllowedMethods:   []string{http.MethodPost},
			AllowedHeaders:   append([]string{"Accept", "Authorization", "Content-Type", ClientHeader}, cfg.Headers...),
			ExposedHeaders:   []string{RequestIDHeader},
			AllowCredentials: true,
			MaxAge:           600,
		}).Handler(api)
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("web: compression: %w", err)
	}
	api = compress(api)

	mux := http.NewServeMux()
	mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && hasToken(r.Header, "Upgrade", "websocket") {
			e.upgrade(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
	mux.HandleFunc("/healthz", e.health)
	mux.HandleFunc("/readyz", e.ready)
	if cfg.Metrics != nil {
		metrics := promhttp.HandlerFor(cfg.Metrics, promhttp.HandlerOpts{})
		mux.HandleFunc("/metrics", func(w http.ResponseWriter, r *http.Request) {
			if !local(r) {
				plain(w, http.StatusNotFound, "Not found.")
				return
			}
			metrics.ServeHTTP(w, r)
		})
	}
	if cfg.GraphiQL != nil {
		page, err := newSite(cfg.GraphiQL, "/graphiql/", false)
		if err != nil {
			return nil, fmt.Errorf("web: GraphiQL files: %w", err)
		}
		mux.Handle("/graphiql/", compress(page))
	}
	app, err := newSite(cfg.Assets, "/", true)
	if err != nil {
		return nil, fmt.Errorf("web: front end files: %w", err)
	}
	mux.Handle("/", compress(app))
	return e.observe(mux), nil
}

// checkOrigin refuses what is not one exact origin. rs/cors would read "*" and
// "https://*.org" as patterns.
func checkOrigin(o string) error {
	u, err := url.Parse(o)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" ||
		strings.ContainsAny(o, "*") || o != strings.ToLower(u.Scheme+"://"+u.Host) {
		return fmt.Errorf("web: origin %q is not an exact origin; write scheme, host and port like https://example.org", o)
	}
	return nil
}

// observe is around everything: it names the exchange, sets the headers every
// answer has, survives panics, and writes the log line and the metrics.
func (e *edge) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		x := &exchange{id: rand.Text()}
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		rec := &recorder{ResponseWriter: w}
		secure(rec.Header(), r.URL.Path)
		rec.Header().Set(RequestIDHeader, x.id)
		defer func() {
			v := recover()
			if v != nil && v != http.ErrAbortHandler {
				e.logPanic(r.Context())
				if rec.status == 0 {
					v = nil
					plain(rec, http.StatusInternalServerError, "Something went wrong on the server. Try again; if it happens again report the request id "+x.id+".")
				}
			}
			if rec.status == 0 { // net/http's answer to a handler that wrote nothing
				rec.status = http.StatusOK
			}
			route := r.Pattern
			if route == "" {
				route = "none"
			}
			took := time.Since(start)
			e.meters.request(route, rec.status, took, x.socket)
			e.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("id", x.id), slog.String("method", method(r.Method)), slog.String("route", route),
				slog.Int("status", rec.status), slog.Duration("took", took), slog.Any("operation", x))
			if v != nil { // an answer broken off must not look whole
				panic(http.ErrAbortHandler)
			}
		}()
		if e.Personal && !(local(r) && localName(r.Host)) {
			plain(rec, http.StatusMisdirectedRequest, "This server serves one person on this machine, not through a proxy. Open it as http://localhost with its port.")
			return
		}
		next.ServeHTTP(rec, r)
	})
}

// RequestID is the id of the exchange that ctx belongs to, "" outside one.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

func (e *edge) logPanic(ctx context.Context) {
	// The stack shows functions and addresses. The value may hold anybody's
	// words, so it stays out.
	e.Log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("id", RequestID(ctx)), slog.String("stack", string(debug.Stack())))
}

func (e *edge) health(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

func (e *edge) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if e.Stop.Err() != nil || e.Ready(ctx) != nil {
		plain(w, http.StatusServiceUnavailable, "not ready")
		return
	}
	plain(w, http.StatusOK, "ready")
}

// plain answers with one line of text. http.Error would drop Cache-Control.
func plain(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, line+"\n") // the peer may be gone; nobody is left to tell
}

// The policies. Nothing is loaded from, sent to or framed by anybody else, and
// script comes from files only, with no string ever turned into markup
// (Trusted Types).
const (
	appPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
		"connect-src 'self'; font-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'none'; require-trusted-types-for 'script'"
	// GraphiQL's editor writes style elements and style attributes while it
	// runs, and draws small pictures from data: addresses. All else, script
	// and markup above all, is as strict as on the application's page.
	graphiqlPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'none'; require-trusted-types-for 'script'"
	permissions = "accelerometer=(), browsing-topics=(), camera=(), geolocation=(), gyroscope=(), " +
		"magnetometer=(), microphone=(), payment=(), usb=()"
)

// secure sets the headers of every answer. Files relax Cache-Control later.
func secure(h http.Header, path string) {
	policy := appPolicy
	if strings.HasPrefix(path, "/graphiql/") {
		policy = graphiqlPolicy
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions)
	h.Set("Cache-Control", "no-store")
}

// local tells whether a request comes from this machine, and not from a proxy
// on it that speaks for others.
func local(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// localName tells whether a Host header names this machine itself.
func localName(host string) bool {
	if name, port, err := net.SplitHostPort(host); err == nil {
		if port == "" || strings.Trim(port, "0123456789") != "" {
			return false
		}
		if strings.HasPrefix(host, "[") {
			return name == "::1"
		}
		host = name
	}
	return host == "localhost" || host == "127.0.0.1" || host == "[::1]"
}

// hasToken tells whether a comma-separated header holds a token.
func hasToken(h http.Header, name, token string) bool {
	for _, v := range h.Values(name) {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

// method keeps invented methods out of logs.
func method(m string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}, m) {
		return m
	}
	return "other"
}

// Server is an http.Server for h whose every wait ends: headers within 5 s,
// the whole request within 15 s, the answer within 60 s, an idle connection
// after 60 s, and at most 16 kB of headers. WebSockets have limits of their
// own (SocketLimits).
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr:                         addr,
		Handler:                      h,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  15 * time.Second,
		WriteTimeout:                 60 * time.Second,
		IdleTimeout:                  60 * time.Second,
		MaxHeaderBytes:               16 << 10,
		DisableGeneralOptionsHandler: true,
		// net/http's own lines hold the peers' addresses, which Weft does not keep.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}
