package resolvers

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// api is the whole API over a real store, without HTTP.
type api struct {
	t         *testing.T
	resolver  *Resolver
	exec      *executor.Executor
	directory *graph.Directory
	log       *strings.Builder
	ids       map[string]graph.ID // of the small network, by name
}

func newAPI(t *testing.T) *api {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	d, err := graph.Open(t.Context(), store, graph.Options{Key: make([]byte, 32), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	a := &api{t: t, directory: d, log: &strings.Builder{}, ids: map[string]graph.ID{}}
	a.resolver = New(d, Options{Name: "Test network", Personal: true, Log: slog.New(slog.NewTextHandler(a.log, nil))})
	a.exec = executor.New(a.resolver.Schema())
	a.exec.SetErrorPresenter(a.resolver.Present)
	a.exec.SetRecoverFunc(a.resolver.Recover)
	for _, e := range a.resolver.Extensions() {
		a.exec.Use(e)
	}
	a.fill()
	return a
}

// fill adds a small network in which something is hidden at every level.
func (a *api) fill() {
	a.t.Helper()
	steward := graph.Viewer{Account: "other", Level: graph.LevelSteward}
	_, err := a.directory.Edit(a.t.Context(), steward, graph.Request{}, func(tx *graph.Tx) error {
		for _, n := range []struct {
			kind graph.NodeKind
			name string
			f    graph.Fields
		}{
			{graph.KindOrganization, "Harbour Law", graph.Fields{"classification": "LAW_OFFICE", "place": "FR", "capacitiesOffered": []string{"LEGAL"},
				"contactPointKinds": []string{"EMAIL", "PHONE"}, "contactPointValues": []string{"post@harbour.example", "+33 1"}, "contactPointVisibilities": []string{"PUBLIC", "COORDINATORS"}}},
			{graph.KindOrganization, "Olive Union", graph.Fields{"classification": "UNION", "place": "FR", "founded": "1998-03"}},
			{graph.KindOrganization, "Quiet House", graph.Fields{"visibility": "COORDINATORS"}},
			{graph.KindIndividual, "Amal", graph.Fields{"visibility": "PUBLIC", "atRisk": true}},
			{graph.KindIndividual, "Noor", nil}, // MEMBERS
			{graph.KindIssue, "Residency", graph.Fields{"horizon": "URGENT", "status": "OPEN"}},
			{graph.KindCoalition, "Open Doors", graph.Fields{"status": "ACTIVE"}},
			{graph.KindCampaign, "Stay", graph.Fields{"goal": "Nobody loses residency", "indicatorNames": []string{"signatures"}, "indicatorTargets": []float64{1000}}},
			{graph.KindStory, "A morning", graph.Fields{"visibility": "PUBLIC", "text": "It was early.", "consentScope": "PUBLIC", "consentChannels": []string{"DIRECTORY"}, "consentRecordedBy": "Sam", "consentHow": "in writing"}},
			{graph.KindSource, "Yearbook", graph.Fields{"title": "Yearbook", "url": "https://yearbook.example"}},
		} {
			f := graph.Fields{"name": n.name}
			for k, v := range n.f {
				f[k] = v
			}
			id, err := tx.Add(n.kind, f)
			if err != nil {
				return err
			}
			a.ids[n.name] = id
		}
		id, err := tx.Add(graph.KindEvent, graph.Fields{"name": "Closed meeting", "visibility": "COALITION", "scopes": []string{string(a.ids["Open Doors"])}})
		if err != nil {
			return err
		}
		a.ids["Closed meeting"] = id
		for _, l := range []struct {
			kind     graph.LinkKind
			from, to string
			f        graph.Fields
		}{
			{graph.MEMBER_OF, "Harbour Law", "Open Doors", graph.Fields{"role": "CONVENER", "since": "2020"}},
			{graph.MEMBER_OF, "Olive Union", "Open Doors", graph.Fields{"role": "MEMBER", "since": "2021-05", "until": "2023"}},
			{graph.WORKS_ON, "Harbour Law", "Residency", graph.Fields{"capacity": "LEGAL", "sources": []string{string(a.ids["Yearbook"])}}},
			{graph.WORKS_ON, "Quiet House", "Residency", nil},
			{graph.IN_DIALOGUE_WITH, "Harbour Law", "Olive Union", nil},
			{graph.TARGETS, "Stay", "Amal", graph.Fields{"visibility": "PUBLIC"}},
		} {
			id, _, err := tx.Connect(l.kind, a.ids[l.from], a.ids[l.to], l.f)
			if err != nil {
				return err
			}
			a.ids[l.from+" "+string(l.kind)] = id
		}
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// vars are the variables of an operation, as JSON clients send them.
type vars = map[string]any

// start begins an operation as somebody.
func (a *api) start(seeAs, query string, v vars) (graphql.ResponseHandler, context.Context) {
	a.t.Helper()
	req := httptest.NewRequestWithContext(a.t.Context(), "POST", "/graphql", nil)
	req.Header.Set(SeeAs, seeAs)
	ctx, err := a.resolver.Context(req, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.startIn(ctx, query, v)
}

func (a *api) startIn(ctx context.Context, query string, v vars) (graphql.ResponseHandler, context.Context) {
	a.t.Helper()
	ctx = graphql.StartOperationTrace(ctx)
	b, err := json.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	var sent vars
	decoder := json.NewDecoder(strings.NewReader(string(b)))
	decoder.UseNumber()
	if err := decoder.Decode(&sent); err != nil {
		a.t.Fatal(err)
	}
	op, errs := a.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: sent})
	if len(errs) > 0 {
		response := a.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		return graphql.OneShot(response), ctx
	}
	return a.exec.DispatchOperation(ctx, op)
}

// answer is a response, its data by path.
type answer struct {
	t      *testing.T
	raw    string
	data   any
	errors gqlerror.List
}

func (a *api) ask(seeAs, query string, v vars) *answer {
	a.t.Helper()
	next, ctx := a.start(seeAs, query, v)
	return a.read(next(ctx))
}

func (a *api) read(r *graphql.Response) *answer {
	a.t.Helper()
	out := &answer{t: a.t, raw: string(r.Data), errors: r.Errors}
	if len(r.Data) > 0 {
		if err := json.Unmarshal(r.Data, &out.data); err != nil {
			a.t.Fatalf("the answer is not JSON: %v\n%s", err, r.Data)
		}
	}
	return out
}

// ok fails the test when there are errors.
func (r *answer) ok() *answer {
	r.t.Helper()
	if len(r.errors) > 0 {
		r.t.Fatalf("errors: %v", r.errors)
	}
	return r
}

// refused wants one error with a code and, unless "", a field.
func (r *answer) refused(code graph.Code, field string) {
	r.t.Helper()
	if len(r.errors) != 1 {
		r.t.Fatalf("want one error %s, got %v; data %s", code, r.errors, r.raw)
	}
	got, _ := r.errors[0].Extensions["field"].(string)
	if r.errors[0].Extensions["code"] != string(code) || got != field {
		r.t.Fatalf("got error %q %v, want %s at %q", r.errors[0].Message, r.errors[0].Extensions, code, field)
	}
}

// at returns what is at a path such as "node.links.nodes.0.id".
func (r *answer) at(path string) any {
	r.t.Helper()
	v := r.data
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(x) {
				r.t.Fatalf("there is no %s in %s", path, r.raw)
			}
			v = x[i]
		default:
			r.t.Fatalf("there is no %s in %s", path, r.raw)
		}
	}
	return v
}

// is wants the JSON of what is at a path.
func (r *answer) is(path, want string) *answer {
	r.t.Helper()
	b, _ := json.Marshal(r.at(path))
	if string(b) != want {
		r.t.Errorf("%s is %s, want %s", path, b, want)
	}
	return r
}

func (a *api) id(name string) graph.ID {
	a.t.Helper()
	if a.ids[name] == "" {
		a.t.Fatalf("there is no %q in the test network", name)
	}
	return a.ids[name]
}
