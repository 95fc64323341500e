package graph

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// EventKind says what happened to something in a viewer's eyes.
type EventKind string

// The kinds of event. Becoming visible is ADDED, becoming hidden is REMOVED:
// hiding equals deleting. RESET means: forget what you have and ask again.
const (
	EventAdded   EventKind = "ADDED"
	EventChanged EventKind = "CHANGED"
	EventRemoved EventKind = "REMOVED"
	EventReset   EventKind = "RESET"
)

// ChangeEvent is one thing that changed in what a viewer sees. Node or Link is
// the thing as it is now; for REMOVED only the ID and Class are set, for RESET nothing.
type ChangeEvent struct {
	Kind   EventKind
	Class  Class
	ID     ID
	Node   Node
	Link   *Link
	Change ID // the change that did it; continue after it
}

const maxEvents = 1000 // in one step; more are one RESET

// listener gathers what was touched since its reader last looked. A slow
// reader gets several changes as one step and never misses any.
type listener struct {
	wake chan struct{}
	mu   sync.Mutex
	step
}

// step is from one network to a later one, with what was touched between.
type step struct {
	before, after *Network
	touched       map[ID]Class
	change        ID
}

// publish makes a new network the one that answers come from, and tells
// listeners. It is called with the write lock held, so steps are in order.
func (d *Directory) publish(next *Network, c *Change) {
	before := d.network.Swap(next)
	d.checked.Store(d.now().UnixMilli())
	d.listeners.Lock()
	defer d.listeners.Unlock()
	for l := range d.listeners.all {
		l.add(before, next, c)
	}
}

func (l *listener) add(before, after *Network, c *Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.touched == nil {
		l.before, l.touched = before, map[ID]Class{}
	}
	l.after, l.change = after, c.ID
	for i := range c.Ops {
		o := &c.Ops[i]
		class := o.Class
		if o.Erased { // the log does not say what it was
			class = NODE
			if _, ok := l.before.linkAt.get(o.ID); ok {
				class = LINK
			}
		}
		l.touched[o.ID] = class
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *listener) take() step {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.step
	l.step = step{}
	return s
}

// Subscribe sends what changes in what the viewer sees, from now on, until ctx
// ends or the directory closes; then the channel is closed. after is the change
// the client last heard of, "" for none: when it is given the first event is
// RESET, since telling "nothing happened since" from "only hidden things
// happened" would leak. A change of what the viewer may see, and midnight, when
// links and consent begin and end, also give one RESET.
func (d *Directory) Subscribe(ctx context.Context, viewer Viewer, surface Surface, after ID) (<-chan ChangeEvent, error) {
	if err := d.Ready(); err != nil {
		return nil, err
	}
	out := make(chan ChangeEvent)
	l := &listener{wake: make(chan struct{}, 1)}
	d.listeners.Lock()
	d.listeners.all[l] = true
	d.listeners.Unlock()
	d.done.Go(func() {
		defer close(out)
		defer func() {
			d.listeners.Lock()
			defer d.listeners.Unlock()
			delete(d.listeners.all, l)
		}()
		send := func(events ...ChangeEvent) bool {
			for _, e := range events {
				select {
				case out <- e:
				case <-ctx.Done():
					return false
				case <-d.closing:
					return false
				}
			}
			return true
		}
		reset := ChangeEvent{Kind: EventReset}
		if after != "" && !send(reset) {
			return
		}
		midnight := time.NewTimer(untilMidnight(d.now()))
		defer midnight.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-d.closing:
				return
			case <-midnight.C:
				midnight.Reset(untilMidnight(d.now()))
				if !send(reset) {
					return
				}
			case <-l.wake:
				if s := l.take(); s.touched != nil && !send(d.eventsOf(s, viewer, surface)...) {
					return
				}
			}
		}
	})
	return out, nil
}

func untilMidnight(now time.Time) time.Duration {
	now = now.UTC()
	return now.Truncate(24 * time.Hour).Add(24*time.Hour + time.Second).Sub(now)
}

// eventsOf compares what the viewer saw before a change with what it sees after.
func (d *Directory) eventsOf(s step, viewer Viewer, surface Surface) []ChangeEvent {
	today := DateOf(d.now())
	a := s.before.For(viewer, surface, today, d.keys.cursors)
	b := d.viewOf(s.after, viewer, surface)
	if !maps.Equal(a.eyes.circles, b.eyes.circles) {
		return []ChangeEvent{{Kind: EventReset}}
	}
	touched := maps.Clone(s.touched)
	// A node that appears or disappears takes its links with it.
	for id, class := range maps.Clone(touched) {
		if class != NODE {
			continue
		}
		_, before := a.slot(id)
		_, after := b.slot(id)
		if before != after {
			for _, v := range []*View{a, b} {
				for _, l := range v.LinksOf(id, LinkFilter{Ended: true}) {
					touched[l.ID] = LINK
				}
			}
		}
	}
	var out []ChangeEvent
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		e := ChangeEvent{Class: touched[id], ID: id, Change: s.change}
		var before, after []byte
		switch e.Class {
		case NODE:
			before, after = nodeBytes(a.Node(id)), nodeBytes(b.Node(id))
			e.Node = b.Node(id)
		case LINK:
			before, after = linkBytes(a.Link(id)), linkBytes(b.Link(id))
			e.Link = b.Link(id)
		default:
			continue
		}
		switch {
		case bytes.Equal(before, after):
			continue
		case before == nil:
			e.Kind = EventAdded
		case after == nil:
			e.Kind = EventRemoved
		default:
			e.Kind = EventChanged
		}
		out = append(out, e)
	}
	if len(out) > maxEvents {
		return []ChangeEvent{{Kind: EventReset}}
	}
	// Nodes before the links that need them, and removed links before their ends.
	order := func(e ChangeEvent) int {
		switch {
		case e.Kind == EventRemoved && e.Class == LINK:
			return 0
		case e.Kind == EventRemoved:
			return 1
		case e.Class == NODE:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(x, y ChangeEvent) int { return cmp.Compare(order(x), order(y)) })
	return out
}

// nodeBytes is what a viewer can read of a node, nil for none.
func nodeBytes(n Node) []byte {
	if n == nil {
		return nil
	}
	return FieldsOfNode(n).Canonical()
}

func linkBytes(l *Link) []byte {
	if l == nil {
		return nil
	}
	return FieldsOfLink(l).Canonical()
}
