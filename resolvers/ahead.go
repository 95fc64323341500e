package resolvers

import (
	"context"
	"slices"
	"sync"
	"time"

	"weft/graph"
	"weft/graph/analysis"
	"weft/resolvers/message"
)

const (
	pulse       = 500 * time.Millisecond
	settled     = 4 // beats without a change, after which answers are made ahead
	stillThere  = 15 * time.Minute
	madeAheadOf = 4 // of those who asked last
)

// lately are those who asked anything not long ago, the last first.
type lately struct {
	mu  sync.Mutex
	who []caller
}

type caller struct {
	persona persona
	at      time.Time
}

// asks notes that somebody asks.
func (l *lately) asks(p persona) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.who) > 0 && l.who[0].persona.name == p.name {
		l.who[0].at = time.Now()
		return
	}
	l.who = slices.DeleteFunc(l.who, func(c caller) bool { return c.persona.name == p.name || time.Since(c.at) > stillThere })
	l.who = slices.Insert(l.who[:min(len(l.who), madeAheadOf-1)], 0, caller{p, time.Now()})
}

func (l *lately) list() (out []persona) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.who {
		if time.Since(c.at) <= stillThere {
			out = append(out, c.persona)
		}
	}
	return out
}

// Ahead makes what is asked of a whole network before it is asked, until the context
// ends: at once for who is expected first, and whenever the network has changed and
// then stayed as it is for two seconds for those who asked not long ago. It is made as
// if they asked, and remembered as that would be.
func (r *Resolver) Ahead(ctx context.Context) {
	first := visitor
	if p, err := r.persona(""); err == nil {
		first = p
	}
	r.lately.asks(first)
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	type state struct {
		revision int64
		day      graph.Date
	}
	var was state
	var making struct {
		context.Context
		giveUp context.CancelFunc
	}
	for still := 0; ; still++ {
		if v, err := r.directory.View(first.viewer, graph.SCREEN); err == nil {
			if is := (state{v.Revision(), v.Today()}); is != was {
				if making.giveUp != nil {
					making.giveUp()
				}
				still = 0
				if was == (state{}) {
					still = settled
				}
				was = is
			}
			if still == settled {
				making.Context, making.giveUp = context.WithCancel(ctx)
				go r.makeAhead(making.Context)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// makeAhead asks, one question after the other, as those who asked lately.
func (r *Resolver) makeAhead(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			_ = r.Recover(ctx, p)
		}
	}()
	q := query{r}
	for _, p := range r.lately.list() {
		ctx := context.WithValue(context.WithValue(ctx, personaKey{}, p), operationKey{}, &operation{})
		for _, ask := range []func() error{
			func() error { _, err := q.Gaps(ctx, nil, nil, message.GapsAll, nil, nil, nil); return err },
			func() error { _, err := q.Health(ctx, nil, nil); return err },
			func() error { _, err := q.Brokers(ctx, nil, nil); return err },
			func() error { _, err := q.Groups(ctx, nil, nil); return err },
			func() error {
				_, err := q.Coverage(ctx, analysis.BY_ISSUE, analysis.BY_CAPACITY, nil)
				return err
			},
		} {
			if ask() != nil { // whoever asks is told of it
				return
			}
		}
	}
}
