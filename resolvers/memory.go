package resolvers

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"weft/graph"
	"weft/graph/analysis"
	"weft/resolvers/message"
)

// memory keeps what analysis derived from views, as long as the network stays
// as it is. It is keyed by what the views show, so it is shared by viewers who
// see the same and by no others. What is asked for by several at once is made
// once; what nobody waits for any more is given up.
type memory struct {
	mu       sync.Mutex
	revision int64
	flights  map[string]*flight
	clock    int64
	weight   int
	slots    chan struct{} // one for each that may compute at once
}

// memoryWeight bounds what is kept, counted in nodes and links of indexes. A
// node or link takes about 200 bytes.
const memoryWeight = 4_000_000

// flight is an answer being made, or kept.
type flight struct {
	done    chan struct{}
	made    bool // done, without an error
	value   any
	err     error
	waiting int
	cancel  context.CancelFunc
	used    int64
	weight  int
	part    message.ProgressPart
	begun   atomic.Bool   // it waits for no slot any more
	share   atomic.Uint64 // how much is done, as bits of a float64 from 0 to 1, which order as numbers do
}

// tell notes that a share is done. Of several that tell at once the furthest counts.
func (f *flight) tell(share float64) {
	bits := math.Float64bits(share)
	for was := f.share.Load(); bits > was && !f.share.CompareAndSwap(was, bits); was = f.share.Load() {
	}
}

// progress is how far it has come.
func (f *flight) progress() *message.Progress {
	if !f.begun.Load() {
		return &message.Progress{Part: message.ProgressWaiting}
	}
	return &message.Progress{Part: f.part, Share: math.Float64frombits(f.share.Load())}
}

func newMemory() *memory {
	return &memory{flights: map[string]*flight{}, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// recall returns what was made under key at a revision, or makes it. do gets a
// context that ends when nobody waits for its result.
func (m *memory) recall(ctx context.Context, revision int64, key string, part message.ProgressPart, do func(context.Context) (any, error)) (any, error) {
	m.mu.Lock()
	switch {
	case revision > m.revision: // what was withdrawn or erased goes from memory too
		m.flights, m.weight, m.revision = map[string]*flight{}, 0, revision
	case revision < m.revision:
		m.mu.Unlock()
		return m.compute(ctx, do)
	}
	f := m.flights[key]
	if f == nil {
		work, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel, part: part}
		m.flights[key] = f
		go m.fly(work, key, f, do)
	}
	m.clock++
	f.used = m.clock
	f.waiting++
	m.mu.Unlock()
	waits(ctx, f)
	select {
	case <-f.done:
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f.waiting--
	select {
	case <-f.done:
		return f.value, f.err
	default:
	}
	if f.waiting == 0 {
		f.cancel()
		m.drop(key, f)
	}
	return nil, ctx.Err()
}

// recollect returns what was made under key at a revision, nil for nothing.
func (m *memory) recollect(revision int64, key string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.flights[key]
	if revision != m.revision || f == nil || !f.made {
		return nil
	}
	m.clock++
	f.used = m.clock
	return f.value
}

func (m *memory) fly(ctx context.Context, key string, f *flight, do func(context.Context) (any, error)) {
	value, err := m.compute(ctx, func(ctx context.Context) (any, error) {
		f.begun.Store(true)
		return do(analysis.Reporting(ctx, f.tell))
	})
	f.cancel()
	m.mu.Lock()
	defer m.mu.Unlock()
	f.value, f.err, f.made = value, err, err == nil
	close(f.done)
	if m.flights[key] != f {
		return // of an older network, or given up
	}
	if err != nil {
		m.drop(key, f)
		return
	}
	f.weight = weigh(value)
	m.weight += f.weight
	for m.weight > memoryWeight {
		oldest, at := f, key
		for k, g := range m.flights {
			if g.made && g.used < oldest.used {
				oldest, at = g, k
			}
		}
		m.drop(at, oldest)
	}
}

func (m *memory) drop(key string, f *flight) {
	if m.flights[key] == f {
		delete(m.flights, key)
		m.weight -= f.weight
	}
}

// compute makes a value when a slot is free. A panic becomes an error here,
// since it would otherwise end the program.
func (m *memory) compute(ctx context.Context, do func(context.Context) (any, error)) (value any, err error) {
	select {
	case m.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		<-m.slots
		if p := recover(); p != nil {
			value, err = nil, &panicked{p}
		}
	}()
	return do(ctx)
}

// panicked is the value of a panic on its way to Recover.
type panicked struct{ value any }

func (*panicked) Error() string { return "analysis panicked" }

func weigh(value any) int {
	switch v := value.(type) {
	case *analysis.Index:
		nodes, links := v.Size()
		return nodes + links
	case *analysis.Found:
		return 50 * len(v.Gaps)
	case *analysis.Brokers:
		return len(v.Nodes)
	case *analysis.Communities:
		weight := v.Alone
		for _, g := range v.Groups {
			weight += len(g.Nodes)
		}
		return weight
	case *analysis.Projection:
		return v.Size() + v.Pairs()
	case *analysis.Coverage:
		return 10 * len(v.Cells)
	case *analysis.Comparison:
		return len(v.Added) + len(v.Ended) + 50*(len(v.Opened)+len(v.Closed))
	}
	return 1000
}

// index returns the index of a view, without what grants open.
func (r *Resolver) index(ctx context.Context, v *graph.View) (*analysis.Index, error) {
	v = v.WithoutGrants()
	value, err := r.recall(ctx, v, "index", message.ProgressReading, func(ctx context.Context) (any, error) { return analysis.ReadIndex(ctx, v) })
	if err != nil {
		return nil, err
	}
	return value.(*analysis.Index), nil
}

// recall makes something of a view, or remembers it.
func (r *Resolver) recall(ctx context.Context, v *graph.View, question string, part message.ProgressPart, do func(context.Context) (any, error)) (any, error) {
	value, err := r.memory.recall(ctx, v.Revision(), v.WithoutGrants().Key()+question, part, do)
	if p, ok := err.(*panicked); ok {
		return nil, r.Recover(ctx, p.value)
	}
	return value, err
}

// recollect returns what is remembered of a view, nil for nothing.
func (r *Resolver) recollect(v *graph.View, question string) any {
	return r.memory.recollect(v.Revision(), v.WithoutGrants().Key()+question)
}

// derive answers a question from the index of a view, or remembers the answer.
// question tells it from all others.
func derive[T any](ctx context.Context, r *Resolver, v *graph.View, question string, ask func(context.Context, *analysis.Index) (T, error)) (zero T, err error) {
	ix, err := r.index(ctx, v)
	if err != nil {
		return zero, err
	}
	value, err := r.recall(ctx, v, question, message.ProgressAnswering, func(ctx context.Context) (any, error) { return ask(ctx, ix) })
	if err != nil {
		return zero, err
	}
	return value.(T), nil
}

// ask answers a question of the network as of a day: say makes what the API
// answers of what was derived, and may give lists in it pages by the question.
func ask[T, A any](ctx context.Context, q query, asOf *graph.Date, question string, ask func(context.Context, *analysis.Index) (T, error), say func(*graph.View, string, T) A) (none A, err error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return none, err
	}
	found, err := derive(ctx, q.Resolver, v, question, ask)
	if err != nil {
		return none, err
	}
	return say(v, question, found), nil
}

// saying is say for a view.
func saying[T, A any](v *graph.View, say func(*graph.View, T) A) func(T) A {
	return func(one T) A { return say(v, one) }
}

// each says every one of what was found.
func each[T, A any](found []T, say func(T) A) []A {
	out := make([]A, len(found))
	for i, one := range found {
		out[i] = say(one)
	}
	return out
}

// page cuts what was found to a page and says what is on it. name and id tell
// the list and an element in it apart from others.
func page[T, A any](v *graph.View, name string, found []T, id func(T) graph.ID, first *int32, after *string, say func(T) A) (*graph.Page[A], error) {
	p, err := graph.PageOf(v, name, found, func(one T) string { return string(id(one)) }, int(orZero(first)), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, say), nil
}
