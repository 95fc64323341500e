package resolvers

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"weft/graph"
	"weft/resolvers/message"
)

const named = "name-of-a-question"

// asking is the context of a request with the header that names its question.
func (a *api) asking(seeAs, question string) (context.Context, context.CancelFunc) {
	a.t.Helper()
	ctx, end := context.WithCancel(a.t.Context())
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", nil)
	req.Header.Set(SeeAs, seeAs)
	req.Header.Set(Progress, question)
	made, err := a.resolver.Context(req, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return made, end
}

// Who named a question hears that it waits for others', how far its answer has come,
// and when it ended. Others hear nothing.
func TestProgressOfAQuestion(t *testing.T) {
	a := demoAPI(t)
	const subscribe = `subscription($of: String!) { progress(of: $of) { part share } }`
	for range cap(a.resolver.memory.slots) { // as if others' questions were being answered
		a.resolver.memory.slots <- struct{}{}
	}
	next, ctx := a.start("coordinator", subscribe, vars{"of": named})
	other, otherCtx := a.start("visitor", subscribe, vars{"of": named})
	asked, end := a.asking("coordinator", named)
	answered := make(chan *answer)
	go func() {
		next, ctx := a.startIn(asked, `{ gaps(first: 1) { totalCount } }`, nil)
		got := a.read(next(ctx))
		end() // as a server does when it has answered
		answered <- got
	}()
	heard := a.read(next(ctx)).ok()
	heard.is("progress.part", `"WAITING"`).is("progress.share", `0`)
	for range cap(a.resolver.memory.slots) {
		<-a.resolver.memory.slots
	}
	if n := (<-answered).ok().at("gaps.totalCount"); n == 0.0 {
		t.Errorf("%v gaps", n)
	}
	for r := next(ctx); r != nil; r = next(ctx) { // ends with its question
		p := a.read(r).ok()
		if part := p.at("progress.part"); part != "READING" && part != "ANSWERING" {
			t.Errorf("after waiting comes %v", part)
		}
	}
	if r := other(otherCtx); r != nil {
		t.Errorf("a visitor hears of a coordinator's question: %s", r.Data)
	}
	if len(a.resolver.watches.by) != 0 {
		t.Error("the question is kept after its end")
	}
}

func TestFlightTellsTheFurthest(t *testing.T) {
	f := &flight{part: message.ProgressAnswering}
	if p := f.progress(); p.Part != message.ProgressWaiting {
		t.Errorf("before it begins: %+v", p)
	}
	f.begun.Store(true)
	for _, share := range []float64{.25, .5, .125} {
		f.tell(share)
	}
	if p := f.progress(); p.Part != message.ProgressAnswering || p.Share != .5 {
		t.Errorf("%+v", p)
	}
}

func TestNamesOfQuestions(t *testing.T) {
	a := newAPI(t)
	for _, bad := range []string{"short", strings.Repeat("x", 65), "with a space in it", "ünïcödé-ünïcödé-ünïcödé"} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", nil)
		req.Header.Set(Progress, bad)
		if _, err := a.resolver.Context(req, nil); err == nil || !strings.Contains(err.Error(), Progress) {
			t.Errorf("%q: %v", bad, err)
		}
		next, ctx := a.start("", `subscription($of: String!) { progress(of: $of) { share } }`, vars{"of": bad})
		a.read(next(ctx)).refused(graph.INVALID, "of")
	}
}

// What a whole network is asked is made before it is asked: at the start for who is
// expected, after a change for those who were there lately.
func TestMadeAhead(t *testing.T) {
	a := demoAPI(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { a.resolver.Ahead(ctx); close(ended) }()
	known := func(who string, kind string) bool {
		p, err := a.resolver.persona(who)
		if err != nil {
			t.Fatal(err)
		}
		v, err := a.directory.View(p.viewer, graph.SCREEN)
		if err != nil {
			t.Fatal(err)
		}
		a.resolver.memory.mu.Lock()
		defer a.resolver.memory.mu.Unlock()
		for key, f := range a.resolver.memory.flights {
			if strings.HasPrefix(key, v.Key()) && strings.Contains(key, kind) && f.made {
				return true
			}
		}
		return false
	}
	wait := func(who string) {
		t.Helper()
		for _, kind := range []string{`"gaps"`, `"health"`, `"brokers"`, `"groups"`, `"coverage"`} {
			for begun := time.Now(); !known(who, kind); time.Sleep(10 * time.Millisecond) {
				if time.Since(begun) > time.Minute {
					t.Fatalf("%s is not made for %q\n%s", kind, who, a.log)
				}
			}
		}
	}
	wait("")
	if known("visitor", `"gaps"`) {
		t.Error("it is made for somebody who never came")
	}
	_, end := a.asking("visitor", named)
	defer end()
	a.ask("", `mutation { addNode(input: {kind: Organization, fields: {name: "Somebody new"}}) { change } }`, nil).ok()
	wait("")
	wait("visitor")
	stop()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	if !slices.ContainsFunc(a.resolver.lately.list(), func(p persona) bool { return p.name == "visitor" }) {
		t.Error("a visitor who came is forgotten")
	}
}
