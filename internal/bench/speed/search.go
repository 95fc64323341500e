package speed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"weft/graph"
	"weft/graph/exchange"
	"weft/graph/store/sqlite"
	"weft/internal/web"
	"weft/resolvers"
)

// search asks ROR as it is served, over HTTP: what somebody waits for who types.
func (b *bench) search(s *section) error {
	folder := filepath.Join(b.data, "ror")
	if _, err := os.Stat(folder); err != nil {
		s.say("ROR is not measured: %v.", err)
		return nil
	}
	d, err := b.ror(folder)
	if err != nil {
		return err
	}
	defer d.Close(b.ctx)
	address, stop, err := b.serve(d)
	if err != nil {
		return err
	}
	defer stop()
	names, err := rorNames(d)
	if err != nil {
		return err
	}
	queries := searches(names, 2_000)
	s.say("ROR (58,212 nodes, 30,982 links) served over HTTP by the same process that asks, 2,000 searches one after the other by each number of clients: whole names, the first letters of names and of words, words, " +
		"words with a letter wrong, two words of different names, names in other scripts and in parts, and the commonest words. Milliseconds.")
	s.line("\n| page | clients | median | 95th percentile | 99th percentile | largest | aim | met |\n|---|---|---|---|---|---|---|---|")
	for _, page := range []struct {
		first  int
		facets bool
	}{{8, false}, {20, false}, {50, true}} {
		for _, clients := range []int{1, 4} {
			runtime.GC()
			times, err := askAll(address, queries, page.first, page.facets, clients)
			if err != nil {
				return err
			}
			what := fmt.Sprint(page.first)
			if page.facets {
				what += ", all facets"
			}
			p99 := quantile(times, .99)
			s.line("| %s | %d | %.2f | %.2f | %.2f | %.2f | ≤ 10 | %s |", what, clients, 1e3*quantile(times, .5), 1e3*quantile(times, .95), 1e3*p99, 1e3*quantile(times, 1), met(p99 <= .010))
		}
	}
	return nil
}

// ror imports the real network into a database in memory.
func (b *bench) ror(folder string) (*graph.Directory, error) {
	store, err := sqlite.Open(b.ctx, sqlite.Memory, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	d, err := graph.Open(b.ctx, store, graph.Options{Key: make([]byte, 32)})
	if err != nil {
		return nil, err
	}
	m, err := exchange.MappingNamed("ror")
	if err != nil {
		return nil, err
	}
	batch, err := exchange.Read(b.ctx, os.DirFS(folder), exchange.ReadOptions{Mapping: m, Default: "ror"})
	if err != nil {
		return nil, err
	}
	_, err = exchange.Apply(b.ctx, d, graph.Viewer{Account: idOf('s', 1), Level: graph.LevelSteward}, batch, nil)
	return d, err
}

// serve answers as the program does, on a free port of this machine.
func (b *bench) serve(d *graph.Directory) (address string, stop func(), err error) {
	r := resolvers.New(d, resolvers.Options{Name: "bench", Personal: true})
	handler, err := web.Handler(web.Config{Schema: r.Schema(), Extensions: r.Extensions(), Context: r.Context, Introspection: r.Introspection,
		ErrorPresenter: r.Present, Recover: r.Recover, Personal: true, Stop: b.ctx})
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := web.Server(l.Addr().String(), handler)
	go server.Serve(l)
	return l.Addr().String(), func() { server.Close() }, nil
}

func rorNames(d *graph.Directory) (names []string, err error) {
	v, err := d.View(graph.Viewer{}, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	g := v.Graph()
	for i := range g.IDs {
		n := g.Node(int32(i)).Core()
		names = append(append(names, n.Name), n.OtherNames...)
	}
	return names, nil
}

// searches draws what people may type.
func searches(names []string, count int) (out []string) {
	r := rand.New(rand.NewPCG(1, 7))
	var foreign []string
	for _, n := range names {
		if strings.ContainsFunc(n, func(c rune) bool { return c > 0x590 }) { // Hebrew, Arabic and what comes after
			foreign = append(foreign, n)
		}
	}
	start := func(s string, least, most int) string {
		letters := []rune(s)
		return string(letters[:min(len(letters), least+r.IntN(most-least))])
	}
	wrong := func(s string) string {
		letters := []rune(s)
		if len(letters) > 3 {
			letters[1+r.IntN(len(letters)-2)] = 'a' + rune(r.IntN(26))
		}
		return string(letters)
	}
	one := func(list []string) string { return list[r.IntN(len(list))] }
	word := func() string {
		if w := strings.Fields(one(names)); len(w) > 0 {
			return one(w)
		}
		return "de"
	}
	common := []string{"research", "university", "institute", "of", "national", "center for", "hospital", "university of", "institute of technology", "the", "de", "medical center", "college",
		"foundation", "science", "international", "education", "government", "health", "s", "un", "res", "reserch", "univercity"}
	for len(out) < count {
		q := ""
		switch x := r.IntN(100); {
		case x < 20:
			q = one(names)
		case x < 40:
			q = start(one(names), 2, 10)
		case x < 50:
			q = start(word(), 2, 8)
		case x < 60:
			q = word()
		case x < 75:
			q = wrong(word())
		case x < 80:
			q = word() + " " + word()
		case x < 92 || len(foreign) == 0:
			q = one(common)
		case x < 96:
			q = one(foreign)
		default:
			q = start(one(foreign), 1, 7)
		}
		if len(q) <= 200 {
			out = append(out, q)
		}
	}
	return out
}

// askAll asks all queries, each of some clients the next when it has its answer, and
// returns how long each took.
func askAll(address string, queries []string, first int, facets bool, clients int) ([]float64, error) {
	fields := "totalCount pageInfo { hasNextPage endCursor } nodes { match snippet node { id kind name place degree } }"
	if facets {
		fields += " facets { name values { value count node { id name } } }"
	}
	document := "query($text: String!, $first: Int) { search(text: $text, first: $first) { " + fields + " } }"
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		times []float64
		fault error
	)
	next := make(chan string, len(queries))
	for _, q := range queries {
		next <- q
	}
	close(next)
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	for range clients {
		wait.Go(func() {
			for q := range next {
				t, err := askOnce(transport, address, document, map[string]any{"text": q, "first": first})
				lock.Lock()
				if times = append(times, t); err != nil && fault == nil {
					fault = fmt.Errorf("%q: %w", q, err)
				}
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return times, fault
}

func askOnce(transport *http.Transport, address, document string, variables map[string]any) (float64, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(web.ClientHeader, "bench")
	begun := time.Now()
	response, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	took := time.Since(begun).Seconds()
	if err == nil && (response.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors"`))) {
		err = fmt.Errorf("the answer is %s: %.200s", response.Status, answer)
	}
	return took, err
}
