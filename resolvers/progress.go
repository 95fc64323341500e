package resolvers

import (
	"context"
	"net/http"
	"regexp"
	"sync"
	"time"

	"weft/graph"
	"weft/resolvers/message"
)

// Progress is the header by which a question gets a name, chosen at random by who
// asks, under which a subscription hears how far its answer has come.
const Progress = "X-Weft-Progress"

// watches are the questions under way that have a name, by who asks and that name.
type watches struct {
	mu sync.Mutex
	by map[watchName]*watch
}

type watchName struct{ persona, question string }

// watch is where a question is: the answer it waits for, nil before the first.
type watch struct {
	mu      sync.Mutex
	waitsOn *flight
}

type watchKey struct{}

var watchable = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// watched lets the question of a request be heard of while it is under way.
func (r *Resolver) watched(ctx context.Context, p persona, req *http.Request) (context.Context, error) {
	question := req.Header.Get(Progress)
	if question == "" {
		return ctx, nil
	}
	if !watchable.MatchString(question) {
		return nil, graph.Errorf(graph.INVALID, "%s is 16 to 64 letters, digits, - or _, chosen at random", Progress).At(Progress)
	}
	name, w := watchName{p.name, question}, &watch{}
	r.watches.mu.Lock()
	r.watches.by[name] = w
	r.watches.mu.Unlock()
	context.AfterFunc(req.Context(), func() {
		r.watches.mu.Lock()
		defer r.watches.mu.Unlock()
		if r.watches.by[name] == w {
			delete(r.watches.by, name)
		}
	})
	return context.WithValue(ctx, watchKey{}, w), nil
}

// waits notes that the question of a context waits for an answer.
func waits(ctx context.Context, f *flight) {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok {
		w.mu.Lock()
		w.waitsOn = f
		w.mu.Unlock()
	}
}

// where returns how far the answer that is waited for has come, nil before there is one.
func (w *watch) where() *message.Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waitsOn == nil {
		return nil
	}
	return w.waitsOn.progress()
}

const (
	lookAgain  = 100 * time.Millisecond
	notStarted = 5 * time.Second // how long the subscription waits for its question
)

// Progress tells how far a question has come, until it is answered or given up.
func (s subscription) Progress(ctx context.Context, of string) (<-chan *message.Progress, error) {
	if !watchable.MatchString(of) {
		return nil, graph.Errorf(graph.INVALID, "the name of a question is 16 to 64 letters, digits, - or _").At("of")
	}
	name := watchName{personaOf(ctx).name, of}
	out := make(chan *message.Progress)
	go func() {
		defer close(out)
		tick := time.NewTicker(lookAgain)
		defer tick.Stop()
		begun, met, told := time.Now(), false, message.Progress{Share: -1}
		for {
			s.watches.mu.Lock()
			w := s.watches.by[name]
			s.watches.mu.Unlock()
			switch {
			case w != nil:
				met = true
				if at := w.where(); at != nil && *at != told {
					select {
					case out <- at:
						told = *at
					case <-ctx.Done():
						return
					}
				}
			case met || time.Since(begun) > notStarted:
				return
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}
