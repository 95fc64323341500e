package secrecy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/graph/store/sqlite"
	"weft/internal/neo4jtest"
	"weft/internal/web"
	"weft/resolvers"
)

var worlds = flag.Int("worlds", 500, "how many random worlds to compare on SQLite")

// stream is a random source that starts again when told to, so that both
// worlds draw the same ids for the same write however much they drew before.
type stream struct{ n uint64 }

func (s *stream) Read(b []byte) (int, error) {
	for i := range b {
		if i%32 == 0 {
			s.n++
		}
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, s.n))
		b[i] = sum[i%32]
	}
	return len(b), nil
}

// thing is a node or link of a world, with what decides who sees it.
type thing struct {
	id         graph.ID
	kind       string
	from, to   int // indexes of nodes, -1 for a node
	visibility graph.Visibility
	scopes     []graph.ID
	fields     graph.Fields
	secret     graph.Fields // fields beside, that only coordinators can tell
	consent    string       // scope of a story's valid consent, "" for none
}

// step is a later edit; hidden ones are padded in the world without.
type step struct {
	hidden bool
	do     func(*graph.Tx) error
}

type plan struct {
	nodes, links []thing
	steps        []step
	seeAs        string
	level        int
	coalition    graph.ID
}

var spelling = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func idOf(r *rand.Rand) graph.ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	return graph.ID(spelling.EncodeToString(b[:]))
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

var words = []string{"River", "Dawn", "Harbour", "Olive", "Water", "Permit", "نهر", "Ríos", "Alliance", "Union", "Legal", "Press", "Network", "River Dawn"}

func makePlan(seed uint64) *plan {
	r := rand.New(rand.NewPCG(seed, 7))
	p := &plan{}
	for range 2 {
		p.nodes = append(p.nodes, thing{id: idOf(r), kind: "Coalition", from: -1, visibility: graph.PUBLIC, fields: graph.Fields{"name": "Coalition " + pick(r, words...)}})
	}
	scopes := []graph.ID{p.nodes[0].id, p.nodes[1].id}
	p.seeAs = pick(r, "visitor", "member", "member:"+string(scopes[0]), "coordinator")
	switch {
	case p.seeAs == "coordinator":
		p.level = 2
	case strings.HasPrefix(p.seeAs, "member"):
		p.level = 1
		if p.seeAs != "member" {
			p.coalition = scopes[0]
		}
	}
	hide := func(t *thing) {
		t.visibility = pick(r, graph.PUBLIC, graph.PUBLIC, graph.MEMBERS, graph.COALITION, graph.COORDINATORS, graph.SEALED)
		if t.visibility == graph.COALITION {
			t.scopes = []graph.ID{pick(r, scopes...)}
		}
	}
	kinds := []string{"Organization", "Organization", "Organization", "Individual", "Issue", "Issue", "Coalition", "Campaign", "Community", "Event", "Source", "Story", "Action"}
	for range 14 + r.IntN(16) {
		t := thing{id: idOf(r), kind: pick(r, kinds...), from: -1, fields: graph.Fields{}, secret: graph.Fields{}}
		hide(&t)
		t.fields["name"] = pick(r, words...) + " " + pick(r, words...)
		if r.IntN(3) == 0 {
			t.fields["summary"] = "Works with " + pick(r, words...) + " on " + pick(r, words...)
			t.fields["place"] = pick(r, "GB", "PS", "Calvessa")
			t.fields["identifiers"] = []string{"reg:" + pick(r, words...)}
		}
		switch t.kind {
		case "Organization":
			t.fields["capacitiesOffered"], t.fields["classification"] = []string{pick(r, "LEGAL", "MEDIA")}, pick(r, "NGO", "UNION")
			t.fields["contactPointKinds"], t.fields["contactPointValues"], t.fields["contactPointVisibilities"] = []string{"EMAIL"}, []string{"a@example.org"}, []string{"PUBLIC"}
			if r.IntN(2) == 0 {
				t.secret = graph.Fields{"contactPointKinds": []string{"EMAIL", "PHONE"}, "contactPointValues": []string{"a@example.org", "55"}, "contactPointVisibilities": []string{"PUBLIC", "COORDINATORS"}}
			}
		case "Individual":
			if r.IntN(2) == 0 {
				t.secret = graph.Fields{"atRisk": true}
			}
		case "Story":
			t.consent = pick(r, "", "PUBLIC", "MEMBERS", "NAMED")
			if t.consent != "" {
				t.fields["consentScope"], t.fields["consentChannels"], t.fields["consentRecordedBy"], t.fields["consentHow"] = t.consent, []string{"DIRECTORY"}, "x", "spoken"
				if t.consent == "NAMED" {
					t.fields["consentNamed"] = []string{string(scopes[0])}
				}
				if r.IntN(4) == 0 {
					t.fields["consentWithdrawn"], t.consent = "2026-01-01", ""
				}
			}
		}
		p.nodes = append(p.nodes, t)
	}
	for range 60 + r.IntN(60) {
		t := thing{id: idOf(r), from: r.IntN(len(p.nodes)), to: r.IntN(len(p.nodes)), fields: graph.Fields{}}
		var fit []string
		for _, k := range graph.LinkKinds() {
			if t.from != t.to && k.Kind != graph.PART_OF && k.Joins(graph.NodeKind(p.nodes[t.from].kind), graph.NodeKind(p.nodes[t.to].kind)) {
				fit = append(fit, string(k.Kind))
			}
		}
		if len(fit) == 0 {
			continue
		}
		t.kind = pick(r, fit...)
		hide(&t)
		t.fields["since"], t.fields["strength"] = pick(r, "", "2019", "2024-05"), int64(r.IntN(6))
		if r.IntN(5) == 0 {
			t.fields["until"] = "2025"
		}
		p.links = append(p.links, t)
	}
	for range 6 {
		p.steps = append(p.steps, p.makeStep(r))
	}
	return p
}

// makeStep makes an edit whose effect the viewer sees wholly or not at all.
func (p *plan) makeStep(r *rand.Rand) step {
	if r.IntN(2) == 0 {
		i := r.IntN(len(p.nodes))
		n, name := &p.nodes[i], "Changed "+pick(r, words...)
		if n.kind == "Individual" && p.sees(n) && p.level < 2 {
			risk := r.IntN(2) == 0
			return step{true, func(tx *graph.Tx) error { return tx.Change(n.id, nil, graph.Fields{"atRisk": risk}) }}
		}
		return step{!p.sees(n), func(tx *graph.Tx) error {
			return tx.Change(n.id, nil, graph.Fields{"summary": name})
		}}
	}
	l := &p.links[r.IntN(len(p.links))]
	act := r.IntN(3)
	return step{!p.seesLink(l), func(tx *graph.Tx) error {
		switch act {
		case 0:
			return tx.Confirm(l.id)
		case 1:
			return tx.ChangeLink(l.id, nil, graph.Fields{"note": "seen"})
		}
		_, err := tx.Remove(l.id, nil)
		return err
	}}
}

// sees is the rule of visibility written a second time, on purpose.
func (p *plan) sees(t *thing) bool {
	inScope := p.coalition != "" && slices.Contains(t.scopes, p.coalition)
	switch t.visibility {
	case graph.MEMBERS:
		if p.level < 1 {
			return false
		}
	case graph.COALITION:
		if p.level < 2 && !inScope {
			return false
		}
	case graph.COORDINATORS:
		if p.level < 2 {
			return false
		}
	case graph.SEALED:
		return false
	}
	if t.kind != "Story" {
		return true
	}
	switch t.consent {
	case "PUBLIC":
		return true
	case "MEMBERS":
		return p.level >= 1
	case "NAMED":
		return p.coalition == p.nodes[0].id
	}
	return false
}

func (p *plan) seesLink(l *thing) bool {
	return p.sees(l) && p.sees(&p.nodes[l.from]) && p.sees(&p.nodes[l.to])
}

// world is a plan made real.
type world struct {
	*graph.Directory
	http   http.Handler
	random *stream
}

var steward = graph.Viewer{Account: "steward", Level: graph.LevelSteward}

func (p *plan) build(t testing.TB, store graph.Store, whole bool) *world {
	w := &world{random: &stream{}}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	d, err := graph.Open(t.Context(), store, graph.Options{Key: make([]byte, 32), Random: w.random, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	w.Directory = d
	edit := func(at uint64, fn func(*graph.Tx) error) error {
		w.random.n = at << 32
		_, err := d.Edit(t.Context(), steward, graph.Request{}, fn)
		return err
	}
	err = edit(1, func(tx *graph.Tx) error {
		for i := range p.nodes {
			n := &p.nodes[i]
			if !whole && !p.sees(n) {
				continue
			}
			f := graph.Fields{"visibility": string(n.visibility), "scopes": n.scopes}
			for k, v := range n.fields {
				f[k] = v
			}
			if whole || p.level >= 2 {
				for k, v := range n.secret {
					f[k] = v
				}
			}
			if err := tx.AddAs(n.id, graph.NodeKind(n.kind), f); err != nil {
				return err
			}
		}
		for i := range p.links {
			l := &p.links[i]
			if !whole && !p.seesLink(l) {
				continue
			}
			f := graph.Fields{"visibility": string(l.visibility), "scopes": l.scopes}
			for k, v := range l.fields {
				f[k] = v
			}
			if _, err := tx.ConnectAs(l.id, graph.LinkKind(l.kind), p.nodes[l.from].id, p.nodes[l.to].id, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range p.steps {
		// Every step also writes a sealed record, so that both logs grow alike.
		err := edit(uint64(i+3), func(tx *graph.Tx) error {
			if whole || !s.hidden {
				if err := s.do(tx); err != nil && graph.CodeOf(err) != graph.NOT_FOUND {
					return err
				}
			}
			return tx.PutRecord("Pad", padding(i), graph.Fields{"visibility": "SEALED", "n": int64(i)})
		})
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	r := resolvers.New(d, resolvers.Options{Name: "World", Personal: true, Log: quiet})
	w.http, err = web.Handler(web.Config{Schema: r.Schema(), Extensions: r.Extensions(), Context: r.Context, Introspection: r.Introspection,
		ErrorPresenter: r.Present, Recover: r.Recover, Personal: true, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func padding(i int) graph.ID { return idOf(rand.New(rand.NewPCG(2, uint64(i)))) }

// ask sends one operation and returns all of the answer that may be compared.
func (w *world) ask(seeAs, query string, variables map[string]any) (string, []byte) {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": variables})
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(web.ClientHeader, "secrecy")
	r.Header.Set(resolvers.SeeAs, seeAs)
	r.RemoteAddr = "127.0.0.1:9"
	a := httptest.NewRecorder()
	w.http.ServeHTTP(a, r)
	h := a.Header()
	h.Del("Date")
	h.Del(web.RequestIDHeader)
	var b strings.Builder
	h.Write(&b)
	return fmt.Sprintf("%d\n%s\n%s", a.Code, b.String(), a.Body), a.Body.Bytes()
}

const (
	nodeParts = `{ __typename id name summary place visibility version updatedAt degree sources { id } ` +
		`links(first: 50, filter: {ended: true}) { totalCount edges { cursor node { id kind state since until strength version label from { id name } to { id } } } pageInfo { hasNextPage endCursor } } ` +
		`... on Organization { contactPoints { kind value visibility } } ... on Individual { atRisk } }`
	searchQuery = `query($text: String!, $filter: NodeFilter, $sort: Sort!, $after: String) { search(text: $text, filter: $filter, sort: $sort, first: 4, after: $after) {
		totalCount facets { name values { value count node { id } } } pageInfo { hasNextPage endCursor } edges { cursor node { match snippet node { id name degree } } } } }`
	shapeQuery  = `query($ids: [ID!]!, $depth: Int!, $limit: Int!) { neighbourhood(ids: $ids, depth: $depth, limit: $limit) shape }`
	editPayload = `{ change node { id name version } link { id version } warnings { code link } removedLinks }`
)

// question is one template; page is the path of pageInfo to follow, "" for none.
type question struct {
	query string
	vars  map[string]any
	page  string
}

// questions are the templates, over ids that the viewer may and may not see.
func (p *plan) questions(r *rand.Rand) []question {
	node := func() graph.ID { return p.nodes[r.IntN(len(p.nodes))].id }
	hidden := func() graph.ID {
		for i := range p.nodes {
			if !p.sees(&p.nodes[i]) {
				return p.nodes[i].id
			}
		}
		return idOf(r)
	}
	link := func() graph.ID { return p.links[r.IntN(len(p.links))].id }
	m := func(pairs ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(string)] = pairs[i+1]
		}
		return out
	}
	search := func(text, sort string, filter map[string]any) question {
		return question{searchQuery, m("text", text, "sort", sort, "filter", filter), "search"}
	}
	var all []graph.ID
	for i := range p.nodes {
		all = append(all, p.nodes[i].id)
	}
	q := []question{
		{query: `{ viewer { persona level may pageCap coalitions { id } network { name today counts { nodes links kinds { kind count } } } } }`},
		{`query($id: ID!) { node(id: $id) ` + nodeParts + ` }`, m("id", node()), ""},
		{`query($id: ID!) { node(id: $id) ` + nodeParts + ` }`, m("id", hidden()), ""},
		{`query($id: ID!) { node(id: $id, asOf: "2020") ` + nodeParts + ` }`, m("id", node()), ""},
		{`query($ids: [ID!]!) { nodes(ids: $ids) ` + nodeParts + ` }`, m("ids", all[:min(20, len(all))]), ""},
		{`query($id: ID!) { link(id: $id) { id note version from { name } to { name } details { __typename } } }`, m("id", link()), ""},
		{`query($id: ID!) { links(of: $id, first: 50) { totalCount nodes { id } } }`, m("id", hidden()), ""},
		{`query($after: String) { organizations(first: 3, sort: DEGREE, after: $after) { totalCount nodes { id degree } pageInfo { hasNextPage endCursor } } }`, m(), "organizations"},
		{`query($after: String) { individuals(first: 3, sort: UPDATED, after: $after) { totalCount nodes { id atRisk version } pageInfo { hasNextPage endCursor } } }`, m(), "individuals"},
		{query: `{ issues { totalCount nodes { id name degree } } coalitions { totalCount nodes { id } } stories { totalCount nodes { id name text } } sources { totalCount } events { totalCount } communities { totalCount } campaigns { totalCount } actions { totalCount } }`},
		search("", "BEST", nil), search("", "DEGREE", nil), search("", "UPDATED", nil), search(pick(r, words...), "BEST", nil), search("rivr", "BEST", nil), search("harb", "NAME", nil),
		search("Allianse", "BEST", m("kinds", []string{"Organization", "Coalition"})), search("", "BEST", m("issues", []graph.ID{node(), hidden()})),
		search("", "BEST", m("coalitions", []graph.ID{p.nodes[0].id, hidden()})), search("", "NAME", m("capacities", []string{"LEGAL"}, "places", []string{"GB"})),
		{shapeQuery, m("ids", []graph.ID{node(), hidden()}, "depth", 2, "limit", 6), ""},
		{shapeQuery, m("ids", []graph.ID{node()}, "depth", 3, "limit", 100), ""},
		{`query($id: ID!, $after: String) { history(id: $id, first: 2, after: $after) { edges { cursor node { change verb at author fields { name before after } } } pageInfo { hasNextPage endCursor } } }`, m("id", node()), "history"},
		{`query($id: ID!) { history(id: $id) { nodes { verb } } }`, m("id", hidden()), ""},
		{`query($after: String) { changes(first: 9, after: $after) { edges { cursor node { change verb kind at fields { name before after } } } pageInfo { hasNextPage endCursor } } }`, m(), "changes"},
		{query: `{ organizations(first: 5000) { totalCount } }`},
		{`query($id: ID!) { node(id: $id) { nam } }`, m("id", hidden()), ""},
	}
	// The viewer's own writes, each seen by the reads after it.
	edit := func(name, input string, vars map[string]any) {
		q = append(q, question{`mutation($in: ` + input + `!) { ` + name + `(input: $in) ` + editPayload + ` }`, m("in", vars), ""})
	}
	for range 2 {
		edit("changeNode", "ChangeNodeInput", m("id", node(), "expectedVersion", 1, "fields", m("summary", "by the viewer", "sources", []graph.ID{})))
		edit("addNode", "AddNodeInput", m("kind", "Organization", "fields", m("name", "River Dawn", "visibility", "PUBLIC"), "clientMutationId", fmt.Sprint("k", r.IntN(2))))
		edit("connect", "ConnectInput", m("kind", pick(r, "ALLIED_WITH", "WORKS_ON", "PART_OF", "MEMBER_OF"), "from", node(), "to", node(), "fields", m("strength", 3)))
		edit("end", "EndInput", m("id", link(), "until", "2026-11", "expectedVersion", 1))
		edit("confirm", "ConfirmInput", m("id", link()))
		edit("recordContact", "RecordContactInput", m("link", link(), "contact", m("date", "2026-11-01")))
		edit("merge", "MergeInput", m("into", node(), "from", node()))
		edit("removeNode", "RemoveNodeInput", m("id", node(), "expectedVersion", 1))
		edit("erase", "EraseInput", m("id", node()))
	}
	edit("undo", "UndoInput", m("change", "LAST"))
	edit("connect", "ConnectInput", m("kind", "ALLIED_WITH", "from", hidden(), "to", node()))
	edit("changeNode", "ChangeNodeInput", m("id", hidden(), "expectedVersion", 1, "fields", m("name", "x")))
	q = append(q, q[10], q[4], q[20], q[24])
	return q
}

// compare asks both worlds everything and returns the first difference, and
// how many answers were compared.
func compare(p *plan, a, b *world, r *rand.Rand) (difference string, n int) {
	last := ""
	for i, q := range p.questions(r) {
		if in, ok := q.vars["in"].(map[string]any); ok && in["change"] == "LAST" {
			in["change"] = last
		}
		for {
			a.random.n, b.random.n = uint64(i+1000)<<32, uint64(i+1000)<<32
			one, body := a.ask(p.seeAs, q.query, q.vars)
			two, _ := b.ask(p.seeAs, q.query, q.vars)
			n++
			if one != two {
				return fmt.Sprintf("as %s, template %d\n%s\n%v\nwhole:   %s\nwithout: %s", p.seeAs, i, q.query, q.vars, around(one, two), around(two, one)), n
			}
			if strings.Contains(one, `"INTERNAL"`) || strings.Contains(one, `"rule":"validation"`) && !strings.Contains(q.query, " nam ") {
				return "an answer that proves nothing: " + q.query + one, n
			}
			var answer struct {
				Data map[string]struct {
					Change   string
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
			json.Unmarshal(body, &answer)
			for _, field := range answer.Data {
				if field.Change != "" {
					last = field.Change
				}
			}
			page := answer.Data[q.page].PageInfo
			if q.page == "" || !page.HasNextPage {
				break
			}
			q.vars["after"] = page.EndCursor
		}
	}
	return "", n
}

// around cuts a to where it begins to differ from b.
func around(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return "…" + a[max(i-300, 0):min(i+300, len(a))] + "…"
}

func memory(t testing.TB) graph.Store {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWorlds is the proof on SQLite.
func TestWorlds(t *testing.T) {
	var compared atomic.Int64
	t.Run("", func(t *testing.T) {
		for shard := range 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for seed := shard; seed < *worlds && !t.Failed(); seed += 4 {
					t.Run(fmt.Sprint("world ", seed), func(t *testing.T) {
						p := makePlan(uint64(seed))
						difference, n := compare(p, p.build(t, memory(t), true), p.build(t, memory(t), false), rand.New(rand.NewPCG(uint64(seed), 9)))
						compared.Add(int64(n))
						if difference != "" {
							t.Fatal(difference)
						}
					})
				}
			})
		}
	})
	t.Logf("%d worlds, %d pairs of answers", *worlds, compared.Load())
}

// TestStoresAlike wants Neo4j and SQLite to answer alike, to the byte, whole and without.
func TestStoresAlike(t *testing.T) {
	target := neo4jtest.Server(t)
	for seed := range 8 {
		t.Run(fmt.Sprint("world ", seed), func(t *testing.T) {
			p := makePlan(uint64(seed))
			neo4jtest.Clear(t, target)
			s, err := neo4j.Open(t.Context(), target.URL, neo4j.Options{User: target.User, Password: target.Password, Database: target.Database})
			if err != nil {
				t.Fatal(err)
			}
			// Neo4j whole against SQLite without: both proofs in one.
			if difference, _ := compare(p, p.build(t, s, true), p.build(t, memory(t), false), rand.New(rand.NewPCG(uint64(seed), 9))); difference != "" {
				t.Fatal(difference)
			}
		})
	}
}

// TestControl shows that the comparison can fail: a viewer who sees more than
// the plan believes gets other answers.
func TestControl(t *testing.T) {
	caught := 0
	for seed := range 20 {
		p := makePlan(uint64(seed))
		if p.level == 2 {
			continue
		}
		a, b := p.build(t, memory(t), true), p.build(t, memory(t), false)
		p.seeAs = "coordinator"
		if difference, _ := compare(p, a, b, rand.New(rand.NewPCG(uint64(seed), 9))); difference == "" {
			t.Errorf("world %d: a coordinator is answered as if nothing were hidden", seed)
		}
		caught++
	}
	if caught == 0 {
		t.Fatal("no world was tried")
	}
}
