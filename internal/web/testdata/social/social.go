// Package social is the program behind the edge's tests: a tiny recursive
// schema executed by gqlgen, with resolvers that are slow, endless, failing
// and panicking on demand.
package social

//go:generate go run github.com/99designs/gqlgen generate

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
)

// Secret is part of every failure here; no answer and no log line may carry it.
const Secret = "hunter2-in-the-stack"

type viewerKey struct{}

// WithViewer names the viewer that the viewer fields report.
func WithViewer(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, viewerKey{}, name)
}

// Person knows a next person without end, so that any depth can be asked for.
type Person struct{ Name string }

// Bio is a kibibyte of text.
func (p Person) Bio() string { return strings.Repeat("weaving ", 128) }

// Knows is the next person.
func (p Person) Knows() *Person { return &Person{Name: p.Name + "'"} }

// Friends are as many people as asked for.
func (p Person) Friends(first int) []Person { return make([]Person, min(first, 10)) }

// Root resolves everything and counts what has side effects.
type Root struct {
	// Renames is how often the mutation ran.
	Renames atomic.Int64
	// Open is how many subscription producers are alive.
	Open atomic.Int64
}

// Query, Mutation and Subscription make Root the generated ResolverRoot.
func (r *Root) Query() QueryResolver               { return query{r} }
func (r *Root) Mutation() MutationResolver         { return mutation{r} }
func (r *Root) Subscription() SubscriptionResolver { return subscription{r} }

type query struct{ *Root }

func (query) Person(_ context.Context, name *string) (*Person, error) {
	if name == nil {
		return &Person{Name: "Ada"}, nil
	}
	return &Person{Name: *name}, nil
}

func (query) People(_ context.Context, first int) ([]Person, error) {
	return make([]Person, max(0, min(first, 10_000))), nil
}

func (query) Count(_ context.Context, of []int) (int, error) { return len(of), nil }

func (query) Match(context.Context, map[string]any) (bool, error) { return true, nil }

func (query) Broken(context.Context) (*string, error) {
	return nil, errors.New("open /var/lib/weft.db: " + Secret)
}

func (query) Panics(context.Context) (*string, error) { panic(Secret) }

func (query) Viewer(ctx context.Context) (string, error) { return Viewer(ctx), nil }

type mutation struct{ *Root }

func (m mutation) Rename(context.Context, string) (int, error) {
	return int(m.Renames.Add(1)), nil
}

type subscription struct{ *Root }

func (s subscription) Ticks(ctx context.Context, count int) (<-chan int, error) {
	return produce(ctx, s.Root, func(n int) (int, bool) { return n, n <= count }), nil
}

func (s subscription) Silence(ctx context.Context) (<-chan int, error) {
	ch := make(chan int)
	s.Open.Add(1)
	go func() {
		defer s.Open.Add(-1)
		defer close(ch)
		<-ctx.Done()
	}()
	return ch, nil
}

func (s subscription) Flood(ctx context.Context, size int) (<-chan string, error) {
	text := strings.Repeat("x", min(size, 1<<20))
	return produce(ctx, s.Root, func(int) (string, bool) { return text, true }), nil
}

func (s subscription) Refuses(context.Context) (<-chan *int, error) {
	return nil, errors.New("dial tcp 10.0.0.7:7687: " + Secret)
}

func (s subscription) Explodes(context.Context) (<-chan *int, error) { panic(Secret) }

func (s subscription) Viewer(ctx context.Context) (<-chan string, error) {
	name := Viewer(ctx)
	return produce(ctx, s.Root, func(n int) (string, bool) { return name, n <= 1 }), nil
}

// produce sends what event gives for 1, 2, 3 … until it says stop or ctx ends.
func produce[T any](ctx context.Context, r *Root, event func(n int) (T, bool)) <-chan T {
	ch := make(chan T)
	r.Open.Add(1)
	go func() {
		defer r.Open.Add(-1)
		defer close(ch)
		for n := 1; ; n++ {
			v, ok := event(n)
			if !ok {
				return
			}
			select {
			case ch <- v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ch
}

// Viewer is the name given to WithViewer.
func Viewer(ctx context.Context) string {
	if name, ok := ctx.Value(viewerKey{}).(string); ok {
		return name
	}
	return "nobody"
}
