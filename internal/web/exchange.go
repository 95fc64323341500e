package web

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"
)

// exchange is what the edge knows about one request, or one socket. The
// goroutine that serves it is the only writer.
type exchange struct {
	id     string
	socket bool
	kind   ast.Operation // of the operation, "" before there is one
	name   string        // of the operation, as the client wrote it
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// nameSeed makes the hashes of operation names differ in each process: they
// tell lines of one run apart, and tell nothing to who guesses names.
var nameSeed = maphash.MakeSeed()

// LogValue shows the kind of operation, and of its name only length and hash:
// clients can put anything in a name.
func (x *exchange) LogValue() slog.Value {
	if x.socket {
		return slog.GroupValue(slog.String("kind", "socket"))
	}
	if x.kind == "" {
		return slog.GroupValue()
	}
	return slog.GroupValue(
		slog.String("kind", string(x.kind)),
		slog.Int("nameLength", len(x.name)),
		slog.String("nameHash", strconv.FormatUint(maphash.String(nameSeed, x.name), 16)))
}

// recorder remembers the status. Unwrap lets http.ResponseController and the
// WebSocket upgrade through.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the first final status on.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write is a success unless a status was written before.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap is the writer underneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// meters are the edge's Prometheus series. Labels come from fixed lists only.
type meters struct {
	requests      *prometheus.CounterVec
	seconds       *prometheus.HistogramVec
	refusals      *prometheus.CounterVec
	sockets       prometheus.Gauge
	subscriptions prometheus.Gauge
}

// newMeters registers the series; without a registry they are counted in vain.
func newMeters(registry *prometheus.Registry) *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "weft_http_requests_total", Help: "Answers by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "weft_http_request_seconds", Help: "Time from the first byte of a request to the last of its answer, sockets left out.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "weft_guard_refusals_total", Help: "Operations refused before execution, by the rule they broke.",
		}, []string{"rule"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "weft_sockets_open", Help: "Open WebSockets.",
		}),
		subscriptions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "weft_subscriptions_open", Help: "Running subscriptions on all WebSockets.",
		}),
	}
	if registry != nil {
		registry.MustRegister(m.requests, m.seconds, m.refusals, m.sockets, m.subscriptions)
	}
	return m
}

func (m *meters) request(route string, status int, took time.Duration, socket bool) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	if !socket {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}
