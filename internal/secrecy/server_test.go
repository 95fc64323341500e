package secrecy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/analysis"
	"weft/internal/web"
	"weft/resolvers"
	"weft/resolvers/message"
)

// variant says what becomes of the edits that the viewer may not see.
type variant int

const (
	whole   variant = iota // they are made
	without                // they are left out
	other                  // others of which the viewer may not see either are made instead
)

func (v variant) String() string {
	return [...]string{"the whole world", "the world without what is hidden", "the world with other hidden things"}[v]
}

// randomness is a random source that is set before every edit, so that the
// same edit draws the same ids whatever was drawn before.
type randomness struct{ *rand.ChaCha8 }

func (r *randomness) set(n int) {
	var seed [32]byte
	copy(seed[:], fmt.Sprint("weft", n))
	r.ChaCha8 = rand.NewChaCha8(seed)
}

// server is one variant of a world, served.
type server struct {
	testing.TB
	*plan
	variant
	directory *graph.Directory
	handler   http.Handler
	random    randomness
	clock     atomic.Int64
	decoys    *rand.Rand
	made      []graph.ID          // by edit: its change, "" when it changed nothing
	changes   map[graph.ID]string // what each change is in every variant
	asked     int
	answers   []answer
	skips     func(name string) bool // templates that are left out, none when nil
}

// answer is what the viewer got.
type answer struct{ name, request, raw string }

var (
	began = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	noon  = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
)

// serve carries out the edits of a plan up to the live ones. made are the
// changes of the whole world, nil when this is it.
func serve(t testing.TB, p *plan, v variant, store graph.Store, made []graph.ID) *server {
	t.Helper()
	s := &server{TB: t, plan: p, variant: v, changes: map[graph.ID]string{}}
	s.random.set(0)
	s.clock.Store(began.UnixMilli())
	quiet := slog.New(slog.DiscardHandler)
	d, err := graph.Open(t.Context(), store, graph.Options{Key: bytes.Repeat([]byte{7}, 32), Random: &s.random, Log: quiet,
		Now: func() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }})
	if err != nil {
		t.Fatal(err)
	}
	s.directory = d
	for i := range p.edits {
		if !p.edits[i].live {
			s.apply(i, made)
		}
	}
	r := resolvers.New(d, resolvers.Options{Name: "World", Personal: true, Log: quiet})
	s.handler, err = web.Handler(web.Config{Schema: r.Schema(), Extensions: r.Extensions(), Context: r.Context, Introspection: r.Introspection,
		ErrorPresenter: r.Present, Recover: r.Recover, Personal: true, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Store(noon.UnixMilli())
	return s
}

func (s *server) close() {
	if err := s.directory.Close(context.Background()); err != nil {
		s.Error(err)
	}
}

// apply carries out edit i as the variant wants it, and reports whether the
// viewer may see anything of it.
func (s *server) apply(i int, made []graph.ID) (seen bool) {
	e := &s.edits[i]
	s.random.set(i)
	s.clock.Store(began.Add(time.Duration(i) * time.Minute).UnixMilli())
	if e.live {
		s.clock.Store(noon.Add(time.Duration(i) * time.Second).UnixMilli())
	}
	changed := s.variant != other || made[i] != "" // whether the whole world's log has an entry
	author := graph.Viewer{Account: e.author, Level: graph.LevelSteward}
	key := e.key
	if s.variant != whole {
		key = ""
	}
	run := func(fn func(*graph.Tx) error) graph.ID {
		c, err := s.directory.Edit(s.Context(), author, graph.Request{Key: key}, fn)
		if err != nil {
			s.Fatalf("world %d: edit %d of %s: %v", s.seed, i, s.variant, err)
		}
		if c == nil {
			return ""
		}
		s.changes[c.ID] = fmt.Sprint("edit ", i)
		return c.ID
	}
	id := run(func(tx *graph.Tx) error {
		seen, s.decoys = false, rand.New(rand.NewPCG(s.seed, uint64(i))) // the edit may be tried again
		for k := range e.ops {
			o := &e.ops[k]
			if !o.thing.hides() {
				seen = true
			} else if s.variant != whole {
				if s.variant == other && changed {
					if err := s.decoy(tx); err != nil {
						return err
					}
				}
				continue
			}
			if err := s.carryOut(tx, o); err != nil {
				return fmt.Errorf("%s %s %s %v: %w", o.verb, o.thing.kind, o.thing.id, o.fields, err)
			}
		}
		if e.live && seen {
			return tx.Change(s.beacon.id, nil, graph.Fields{"summary": fmt.Sprint("edit ", i)})
		}
		return nil
	})
	if id == "" && s.variant == other && changed {
		id = run(s.decoy) // what the viewer sees of the edit changes nothing here: the log gets its entry all the same
	}
	s.made = append(s.made, id)
	return seen
}

// carryOut does one step, less what it tells of hidden things.
func (s *server) carryOut(tx *graph.Tx, o *op) error {
	t, f := o.thing, s.cut(o)
	switch o.verb {
	case "add":
		if t.class == graph.NODE {
			return tx.AddAs(t.id, graph.NodeKind(t.kind), f)
		}
		_, err := tx.ConnectAs(t.id, graph.LinkKind(t.kind), t.from.id, t.to.id, f)
		return err
	case "introduce":
		return s.introduce(tx, t, o.with)
	case "propose":
		return tx.ProposeIntroduction(t.id)
	case "answer":
		return tx.AnswerIntroduction(t.id, o.with[0].id, graph.Choice(f["choice"].(string)), "as they said")
	case "make":
		return tx.MakeIntroduction(t.id)
	case "close":
		link := graph.ID("")
		if l := o.with[0]; l != nil && (s.variant == whole || !l.hides()) {
			link = l.id
		}
		return tx.CloseIntroduction(t.id, graph.OutcomeTie, link, "they met")
	case "back":
		return tx.TakeBackIntroduction(t.id, time.Time{})
	case "dismiss":
		kind, about := analysis.MISSING_TIE, []graph.ID{t.about[0].id, t.about[1].id}
		if graph.NodeKind(t.about[1].kind) == graph.KindCoalition {
			kind = analysis.MISSING_MEMBER
		}
		slices.Sort(about)
		return tx.DismissGap(graph.Dismissal{Gap: gapID(kind, about), Kind: string(kind), About: about, Reason: "known", Evidence: 1e6})
	case "change":
		if t.class == graph.NODE {
			return tx.Change(t.id, nil, f)
		}
		return tx.ChangeLink(t.id, nil, f)
	case "end":
		return tx.End(t.id, nil, date(f["until"].(string)))
	case "confirm":
		return tx.Confirm(t.id)
	case "dispute":
		return tx.Dispute(t.id, "")
	case "contact":
		return tx.RecordContact(t.id, graph.Contact{Date: date(f["date"].(string)), Channel: "MEETING"})
	case "reading":
		return tx.RecordReading(t.id, graph.Reading{Date: date(f["date"].(string)), Power: 2, Source: graph.ID(f["source"].(string))})
	case "measurement":
		return tx.RecordMeasurement(t.id, graph.Measurement{Indicator: "signatures", Date: date(f["date"].(string)), Value: 5, Source: graph.ID(f["source"].(string))})
	case "remove":
		_, err := tx.Remove(t.id, nil)
		return err
	case "withdraw":
		return tx.Withdraw(t.id)
	case "undo":
		return tx.Undo(s.Context(), s.made[o.undoes])
	}
	return fmt.Errorf("no verb %q", o.verb)
}

// gapID is the id that the gap between two has, if there is one.
func gapID(kind analysis.GapKind, about []graph.ID) graph.ID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s ", kind, about[0], about[1]))
	return graph.ID(spelling.EncodeToString(sum[:16]))
}

// introduce suggests an introduction, less the broker and the reasons that the
// viewer may not see.
func (s *server) introduce(tx *graph.Tx, t *thing, with []*thing) error {
	var broker graph.ID
	if b := with[0]; b != nil && (s.variant == whole || !b.hides()) {
		broker = b.id
	}
	var because []graph.Ground
	for k, n := range with[1:] {
		if n != nil && (s.variant == whole || !n.hides()) {
			text := message.WriteMessage(analysis.Message{Key: "member.issue", Args: []analysis.Arg{{Name: "issue", Type: analysis.ArgNode, Nodes: []graph.ID{n.id}}}})
			because = append(because, graph.Ground{Message: text, Share: []float64{.6, .4}[k], Nodes: []graph.ID{n.id}})
		}
	}
	id, err := tx.SuggestIntroduction(t.about[0].id, t.about[1].id, broker, "", because)
	if s.variant == whole {
		t.id = id
	} else if err == nil && t.id != id {
		return fmt.Errorf("the introduction is %s, and %s in the whole world", id, t.id)
	}
	return err
}

func date(s string) graph.Date {
	d, err := graph.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// cut returns the fields of a step as this variant has them. What the viewer
// cannot read of a thing it can see is left out, or is something else.
func (s *server) cut(o *op) graph.Fields {
	f := graph.Fields{}
	for k, v := range o.fields {
		f[k] = v
	}
	if s.variant == whole {
		return f
	}
	named := map[graph.ID]*thing{}
	for _, t := range s.things {
		named[t.id] = t
	}
	hidden := func(id string) bool { t := named[graph.ID(id)]; return t != nil && t.hides() }
	for _, k := range []string{"sources", "scopes"} {
		if l, ok := f[k].([]string); ok {
			f[k] = slices.DeleteFunc(slices.Clone(l), hidden)
		}
	}
	for _, k := range []string{"knownSources", "measurementSources", "readingSources"} {
		if l, ok := f[k].([]string); ok {
			l = slices.Clone(l)
			for i := range l {
				if hidden(l[i]) {
					l[i] = ""
				}
			}
			f[k] = l
		}
	}
	if id, ok := f["source"].(string); ok && hidden(id) {
		f["source"] = ""
	}
	if kinds, ok := f["contactPointKinds"].([]string); ok {
		columns := []string{"contactPointKinds", "contactPointValues", "contactPointNotes", "contactPointVisibilities"}
		cut := map[string][]string{}
		for i := range kinds {
			visible := s.sees("", graph.Fields{"visibility": f["contactPointVisibilities"].([]string)[i]})
			if !visible && s.variant == without {
				continue
			}
			for _, k := range columns {
				v := f[k].([]string)[i]
				if !visible && k == "contactPointValues" {
					v = "other " + v
				}
				cut[k] = append(cut[k], v)
			}
		}
		for _, k := range columns {
			f[k] = cut[k]
		}
	}
	if s.rank < 2 {
		if v, ok := f["atRisk"].(bool); ok {
			f["atRisk"] = s.variant == other && !v
		}
		if v, ok := f["consentPurpose"].(string); ok {
			f["consentPurpose"] = "to be told"
			if s.variant == other {
				f["consentPurpose"] = "other " + v
			}
		}
	}
	return f
}

// decoy adds something that the viewer may not see: a node like others, bound
// by a public link to one that it sees.
func (s *server) decoy(tx *graph.Tx) error {
	r := s.decoys
	kind, f := graph.KindOrganization, graph.Fields{"name": pick(r, words...) + " " + pick(r, words...), "summary": "About " + pick(r, words...), "place": pick(r, places...),
		"identifiers": []string{fmt.Sprint("wd:Q", r.IntN(8))}, "classification": "NGO", "capacitiesOffered": []string{"LEGAL"}}
	switch s.rank {
	case 0:
		f["visibility"] = pick(r, "MEMBERS", "COORDINATORS", "SEALED")
	case 1:
		f["visibility"] = pick(r, "COORDINATORS", "SEALED")
	case 2:
		f["visibility"] = "SEALED"
	}
	id := drawID(r)
	if err := tx.AddAs(id, kind, f); err != nil {
		return err
	}
	for range 3 {
		t := s.things[r.IntN(len(s.things))]
		if !t.seen[0] || t.class != graph.NODE || tx.Node(t.id) == nil {
			continue
		}
		var err error
		switch graph.NodeKind(t.kind) {
		case graph.KindIssue:
			_, err = tx.ConnectAs(drawID(r), graph.WORKS_ON, id, t.id, graph.Fields{"visibility": "PUBLIC"})
		case graph.KindOrganization, graph.KindIndividual, graph.KindCoalition:
			_, err = tx.ConnectAs(drawID(r), graph.ALLIED_WITH, t.id, id, graph.Fields{"visibility": "PUBLIC"})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// post sends one operation as a persona.
func (s *server) post(persona, query string, variables map[string]any) *httptest.ResponseRecorder {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		s.Fatal(err)
	}
	r := httptest.NewRequestWithContext(s.Context(), http.MethodPost, "http://127.0.0.1/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/graphql-response+json")
	r.Header.Set(web.ClientHeader, "secrecy")
	r.Header.Set(resolvers.SeeAs, persona)
	r.RemoteAddr = "127.0.0.1:9"
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// ask sends one operation, keeps the answer for the comparison, and returns
// its data.
func (s *server) ask(name, query string, variables map[string]any) map[string]any {
	if s.skips != nil && s.skips(name) {
		return nil
	}
	s.asked++
	s.random.set(1_000_000 + s.asked)
	w := s.post(s.persona, query, variables)
	header := w.Header()
	header.Del("Date")
	header.Del(web.RequestIDHeader)
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	if err := header.Write(&b); err != nil {
		s.Fatal(err)
	}
	b.Write(w.Body.Bytes())
	s.keep(name, fmt.Sprint(query, " ", variables), b.String())
	if strings.Contains(b.String(), `"INTERNAL"`) || strings.Contains(b.String(), `"rule":`) && !strings.HasPrefix(name, "mistake") {
		s.Errorf("world %d: %s proves nothing: %s", s.seed, name, b.String())
	}
	var got struct{ Data map[string]any }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		s.Fatal(err)
	}
	return got.Data
}

func (s *server) keep(name, request, raw string) {
	for _, m := range changeField.FindAllStringSubmatch(raw, -1) {
		if _, known := s.changes[graph.ID(m[1])]; !known {
			s.changes[graph.ID(m[1])] = fmt.Sprint("write ", len(s.answers))
		}
	}
	s.answers = append(s.answers, answer{name, request, raw})
}

var (
	changeField = regexp.MustCompile(`"change":"([0-9a-hjkmnp-tv-z]{26})"`)
	anyID       = regexp.MustCompile(`[0-9a-hjkmnp-tv-z]{26}`)
	anyCursor   = regexp.MustCompile(`"(cursor|startCursor|endCursor)":"([A-Za-z0-9_-]{40,})"`)
)

// masked replaces the ids of changes, alone and in the cursors of the log, by
// which change it is.
func (s *server) masked(text string) string {
	text = anyCursor.ReplaceAllStringFunc(text, func(m string) string {
		part := anyCursor.FindStringSubmatch(m)
		b, err := base64.RawURLEncoding.DecodeString(part[2])
		if err != nil || len(b) < 38 {
			return m
		}
		which, isChange := s.changes[graph.ID(b[12:38])]
		if !isChange {
			return m
		}
		return fmt.Sprintf("%q:cursor after %s, entry %s", part[1], which, b[38:])
	})
	return anyID.ReplaceAllStringFunc(text, func(id string) string {
		if which, isChange := s.changes[graph.ID(id)]; isChange {
			return which
		}
		return id
	})
}

// differs describes the first answer of two servers that is not the same, ""
// for none.
func (s *server) differs(o *server) string {
	for i := range min(len(s.answers), len(o.answers)) {
		a, b := s.answers[i], o.answers[i]
		x, y := a.raw, b.raw
		if x == y && a.name == b.name {
			continue
		}
		if (s.variant == without) != (o.variant == without) {
			if x, y = s.masked(x), o.masked(y); x == y && a.name == b.name {
				continue
			}
		}
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		cut := func(s string) string { return s[min(max(at-200, 0), len(s)):min(at+200, len(s))] }
		return fmt.Sprintf("%q\n%.600s\n--- %s\n%s\n--- %s: %q\n%s", a.name, strings.Join(strings.Fields(a.request), " "), s.variant, cut(x), o.variant, b.name, cut(y))
	}
	if len(s.answers) != len(o.answers) {
		return fmt.Sprintf("%d answers and %d", len(s.answers), len(o.answers))
	}
	return ""
}
