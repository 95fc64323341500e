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
// the thing as it is now; for REMOVED only the ID and Class are set, for RESET
// nothing. A RECORD is an introduction, or a dismissal: ADDED when a gap is
// dismissed, REMOVED when it is shown again.
type ChangeEvent struct {
	Kind         EventKind
	Class        Class
	ID           ID
	Node         Node
	Link         *Link
	Introduction ID // its id, "" for all else
	Gap          ID // that a dismissal is of
	Change       ID // the change that did it; continue after it
}

const (
	maxEvents = 1000 // of one change; more are one RESET
	maxBehind = 64   // changes of which a reader has not yet taken the events; more are one RESET
)

// step is one change: the network before and after it, and what it touched.
// All listeners share it, so that viewers who see alike are answered once.
type step struct {
	before, after *Network
	touched       map[ID]Class
	change        ID

	mu     sync.Mutex
	events map[string][]ChangeEvent // by who looks
}

// listener holds the steps that its viewer's events are not yet made of. They
// are made at once, however slow the reader is, and of each change alone: of
// several changes taken together nobody could tell which of them the viewer may
// know of.
type listener struct {
	wake chan struct{}
	mu   sync.Mutex
	todo []*step
}

// publish makes a new network the one that answers come from, and tells
// listeners. It is called with the write lock held, so steps are in order.
func (d *Directory) publish(next *Network, c *Change) {
	before := d.network.Swap(next)
	d.checked.Store(d.now().UnixMilli())
	d.listeners.Lock()
	defer d.listeners.Unlock()
	if len(d.listeners.all) == 0 {
		return
	}
	s := &step{before: before, after: next, change: c.ID, touched: map[ID]Class{}, events: map[string][]ChangeEvent{}}
	for i := range c.Ops {
		o := &c.Ops[i]
		s.touched[o.ID] = o.Class
		if o.Erased { // the log does not say what it was
			s.touched[o.ID] = NODE
			if _, ok := before.linkAt.get(o.ID); ok {
				s.touched[o.ID] = LINK
			}
		}
	}
	for l := range d.listeners.all {
		l.add(s)
	}
}

func (l *listener) add(s *step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.todo = append(l.todo, s)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *listener) take() []*step {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.todo
	l.todo = nil
	return list
}

// Subscribe sends what changes in what the viewer sees, from now on, until ctx
// ends or the directory closes; then the channel is closed. A reader may be
// slow: it misses nothing, or is told by RESET that it does. after is the change
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
		reset := []ChangeEvent{{Kind: EventReset}}
		var ready [][]ChangeEvent // by change, the oldest first; none is empty
		if after != "" {
			ready = append(ready, reset)
		}
		midnight := time.NewTimer(untilMidnight(d.now()))
		defer midnight.Stop()
		for {
			var send chan<- ChangeEvent // nil, to which nothing can be sent, while there is nothing
			var next ChangeEvent
			if len(ready) > 0 {
				send, next = out, ready[0][0]
			}
			select {
			case <-ctx.Done():
				return
			case <-d.closing:
				return
			case send <- next:
				if ready[0] = ready[0][1:]; len(ready[0]) == 0 {
					ready = ready[1:]
				}
				continue
			case <-midnight.C:
				midnight.Reset(untilMidnight(d.now()))
				ready = append(ready, reset)
			case <-l.wake:
				for _, s := range l.take() {
					if events := d.eventsOf(s, viewer, surface); len(events) > 0 {
						ready = append(ready, events)
					}
				}
			}
			if len(ready) > maxBehind {
				ready = [][]ChangeEvent{reset}
			}
		}
	})
	return out, nil
}

func untilMidnight(now time.Time) time.Duration {
	now = now.UTC()
	return now.Truncate(24 * time.Hour).Add(24*time.Hour + time.Second).Sub(now)
}

// eventsOf compares what the viewer saw before a change with what it sees
// after, once for all who are the same viewer. Nobody may write to the result.
func (d *Directory) eventsOf(s *step, viewer Viewer, surface Surface) []ChangeEvent {
	today := DateOf(d.now())
	if len(viewer.Grants) > 0 {
		return s.seenBy(viewer, surface, today, d.keys.cursors)
	}
	key := viewer.key() + "|" + string(surface) + "|" + today.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	events, made := s.events[key]
	if !made {
		events = s.seenBy(viewer, surface, today, d.keys.cursors)
		s.events[key] = events
	}
	return events
}

func (s *step) seenBy(viewer Viewer, surface Surface, today Date, secret []byte) []ChangeEvent {
	a, b := s.before.For(viewer, surface, today, secret), s.after.For(viewer, surface, today, secret)
	if !maps.Equal(a.eyes.circles, b.eyes.circles) {
		return []ChangeEvent{{Kind: EventReset}}
	}
	touched := maps.Clone(s.touched)
	// A node that appears or disappears takes its links with it, and what is said about it.
	// Introductions and dismissals are part of no other surface; of them an event
	// tells the ids, to who may read them on the screen.
	was, is := s.before.For(viewer, SCREEN, today, secret), s.after.For(viewer, SCREEN, today, secret)
	saidBefore, saidAfter := sync.OnceValue(was.recordsByNode), sync.OnceValue(is.recordsByNode)
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
			for _, about := range []func() map[ID][]ID{saidBefore, saidAfter} {
				for _, r := range about()[id] {
					touched[r] = RECORD
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
		case RECORD:
			before, after = was.recordBytes(&e), is.recordBytes(&e)
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

// recordBytes is what the viewer can read of the introduction or dismissal that
// an event is about, nil for nothing, and says in the event what it is.
func (v *View) recordBytes(e *ChangeEvent) []byte {
	r, ok := v.net.records.get(e.ID)
	if !ok {
		return nil
	}
	if i := v.cutIntroduction(r); i != nil {
		e.Introduction = i.ID
		return i.fields().Canonical()
	}
	if d := v.cutDismissal(r); d != nil {
		e.Gap = d.Gap
		return d.fields("").Canonical()
	}
	return nil
}

// recordsByNode returns the introductions and dismissals that the viewer may
// see, by the nodes they are about.
func (v *View) recordsByNode() map[ID][]ID {
	by := map[ID][]ID{}
	for _, i := range v.Introductions() {
		for _, party := range i.Parties {
			by[party] = append(by[party], i.ID)
		}
	}
	for _, d := range v.Dismissals() {
		for _, id := range d.About {
			by[id] = append(by[id], d.ID)
		}
	}
	return by
}

func linkBytes(l *Link) []byte {
	if l == nil {
		return nil
	}
	return FieldsOfLink(l).Canonical()
}
