package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Directory is a network that is kept: a store, the network in memory at the
// store's newest known revision, and the one door through which edits go. It is
// safe for any number of users.
type Directory struct {
	store  Store
	keys   *keys
	random io.Reader
	now    func() time.Time
	log    *slog.Logger

	write   chan struct{} // holds one token while an edit or a follower changes the network
	intern  *interner
	network atomic.Pointer[Network]

	follow  bool
	checked atomic.Int64              // when the head was last confirmed, Unix ms
	away    atomic.Pointer[time.Time] // since when the log cannot be followed, nil while it can
	stop    context.CancelFunc
	closing <-chan struct{}
	done    sync.WaitGroup

	views struct {
		sync.Mutex
		network *Network
		made    map[string]*View
	}
	listeners struct {
		sync.Mutex
		all map[*listener]bool
	}
	removed removedLinks
}

// Options are what a directory needs beside its store.
type Options struct {
	Key      []byte           // 32 bytes; seals records, signs cursors, names changes
	Random   io.Reader        // nil: the system's
	Now      func() time.Time // nil: time.Now
	Progress func(rows int)   // called now and then while rows are loaded; may be nil
	Log      *slog.Logger     // nil: slog.Default()
	Follow   bool             // other servers write to the same database: follow its log
}

const (
	followEvery  = 250 * time.Millisecond
	followWithin = 2 * time.Second // a database that takes longer to say what is new is away
	staleAfter   = time.Second
	giveUpAfter  = 3 * time.Second  // of being away, on an edit that is under way,
	giveUpRow    = time.Millisecond // and for each of its rows, with which the database may be busy
	settleWithin = 3 * time.Second  // for finding out what became of an edit
)

// Open loads everything the store keeps. Close the directory when done; that
// closes the store too.
func Open(ctx context.Context, store Store, o Options) (*Directory, error) {
	k, err := newKeys(o.Key)
	if err != nil {
		return nil, err
	}
	d := &Directory{store: store, keys: k, random: o.Random, now: o.Now, log: o.Log, intern: newInterner(), follow: o.Follow, write: make(chan struct{}, 1)}
	if d.random == nil {
		d.random = rand.Reader
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	d.listeners.all = map[*listener]bool{}
	d.removed = removedLinks{turn: make(chan struct{}, 1), of: map[ID][]ID{}}
	if err := d.load(ctx, o.Progress); err != nil {
		return nil, err
	}
	following, stop := context.WithCancel(context.Background())
	d.stop, d.closing = stop, following.Done()
	if d.follow {
		d.done.Go(func() { d.followLog(following) })
	}
	return d, nil
}

func (d *Directory) load(ctx context.Context, progress func(int)) error {
	draft := emptyDraft(d.intern)
	count := 0
	var boxes []Row // after all others, so that links in boxes find their ends
	head, err := d.store.Load(ctx, func(r Row) error {
		if count++; progress != nil && count%10_000 == 0 {
			progress(count)
		}
		if r.Class != BOX {
			return draft.put(r)
		}
		r, err := d.keys.unboxRow(r)
		boxes = append(boxes, r)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(boxes, compareRow) // nodes before the links between them
	for _, r := range boxes {
		if err := draft.put(r); err != nil {
			return err
		}
	}
	newest, err := d.store.Backwards(ctx, head.Revision, 0, 1)
	if err != nil {
		return err
	}
	for _, c := range newest {
		if c.ID != d.keys.changeID(c.Revision) {
			return wrongKey()
		}
	}
	d.network.Store(draft.done(head))
	d.checked.Store(d.now().UnixMilli())
	return nil
}

func wrongKey() error {
	return Errorf(INVALID, "this is not the key that the database was made with: start with its own key file; without it what is sealed cannot be read")
}

// Close stops following and closes the store. Subscriptions end.
func (d *Directory) Close(ctx context.Context) error {
	d.stop()
	d.done.Wait()
	return d.store.Close(ctx)
}

// Ready returns nil when answers are current: UNAVAILABLE when the log of a
// shared database could not be followed for a second, since what was withdrawn
// elsewhere must not stay visible here.
func (d *Directory) Ready() error {
	if d.follow && d.now().UnixMilli()-d.checked.Load() > staleAfter.Milliseconds() {
		return Errorf(UNAVAILABLE, "the database cannot be reached just now; nothing was lost, try again in a moment")
	}
	return nil
}

// View returns what the viewer may see on a surface, now.
func (d *Directory) View(viewer Viewer, surface Surface) (*View, error) {
	if err := d.Ready(); err != nil {
		return nil, err
	}
	if surface == REGISTER {
		if err := viewer.May(ActRegister); err != nil {
			return nil, err
		}
	}
	return d.viewOf(d.network.Load(), viewer, surface), nil
}

// viewOf keeps the views of the newest network, since the same few viewers ask
// again and again.
func (d *Directory) viewOf(n *Network, viewer Viewer, surface Surface) *View {
	today := DateOf(d.now())
	if len(viewer.Grants) > 0 {
		return n.For(viewer, surface, today, d.keys.cursors)
	}
	key := viewer.key() + "|" + string(surface) + "|" + today.String()
	d.views.Lock()
	defer d.views.Unlock()
	if d.views.network != n || len(d.views.made) > 1000 {
		d.views.network, d.views.made = n, map[string]*View{}
	}
	v := d.views.made[key]
	if v == nil {
		v = n.For(viewer, surface, today, d.keys.cursors)
		d.views.made[key] = v
	}
	return v
}

// Empty reports whether nothing was ever kept here.
func (d *Directory) Empty() bool { return d.network.Load().head.Revision == 0 }

// Request is what comes with an edit. Key is the client's idempotency key, ""
// for none: the same author's later edit with the same key and Input does
// nothing and returns the first one's change; with another Input it is CONFLICT.
type Request struct {
	Key   string
	Input []byte
}

// Edit runs fn as one transaction and returns its change, nil when it changed
// nothing. fn may run more than once and must have no effect but on the Tx;
// ids and time are the same in every run. When Edit returns an error nothing
// was kept, with one exception that its text names, UNAVAILABLE "it may or may
// not have been kept": then the same request with the same key is safe, and if
// it was kept this directory shows it as soon as the database answers.
// While the database of a directory that follows its log is away, edits are
// refused at once instead of waiting for it one after the other.
func (d *Directory) Edit(ctx context.Context, by Viewer, in Request, fn func(*Tx) error) (*Change, error) {
	if len(in.Key) > 200 {
		return nil, invalid("clientMutationId", "clientMutationId is longer than 200 bytes")
	}
	bound := d.keys.bind(in.Input)
	var seed [32]byte
	if _, err := io.ReadFull(d.random, seed[:]); err != nil {
		return nil, Errorf(INTERNAL, "the random source failed").Because(err)
	}
	now := d.now().UTC().Truncate(time.Millisecond)
	if err := d.begin(ctx); err != nil {
		return nil, err
	}
	defer d.end()
	asked := ctx
	var rows atomic.Int64
	ctx, stop := d.whileAnswering(ctx, &rows)
	defer stop()

	var made *Change
	var next *Network
	var replayed bool
	key := in.Key
	err := d.store.Commit(ctx, func(head Head) (*Change, error) {
		made, next, replayed = nil, nil, false
		if err := d.catchUp(ctx, head); err != nil {
			return nil, err
		}
		stream := mathrand.NewChaCha8(seed)
		if in.Key != "" {
			earlier, err := d.earlier(ctx, by, in.Key, bound)
			if err != nil || earlier != nil {
				made, replayed = earlier, true
				return nil, err
			}
		} else {
			key = "~" + string(drawID(stream))
		}
		base := d.network.Load()
		tx := &Tx{by: by, now: now, random: stream, draft: base.edit(d.intern), store: d.store, open: d.keys.openChange, revise: d.keys.revisionOf,
			seal: map[ID]bool{}, erase: map[ID]bool{}}
		tx.view = base.For(by, SCREEN, DateOf(now), d.keys.cursors)
		tx.view.net = tx.draft.Network
		if err := fn(tx); err != nil || len(tx.ops) == 0 {
			return nil, err
		}
		c, err := d.finish(ctx, tx, head, key, bound)
		if err != nil {
			return nil, err
		}
		rows.Store(int64(len(c.Ops)))
		made, next = c, tx.draft.done(Head{c.Revision, c.Hash})
		return c, nil
	})
	if made != nil && !replayed && errors.Is(err, ErrUnsettled) {
		err = d.settle(ctx, by.Account, key, &made, err)
		if err == nil {
			return made, d.catchUp(context.WithoutCancel(ctx), Head{Revision: made.Revision, Hash: made.Hash})
		}
	}
	if err != nil && CodeOf(err) == UNAVAILABLE && d.away.Load() != nil && asked.Err() == nil && !errors.Is(err, ErrUnsettled) {
		err = notKept().Because(err)
	}
	if err != nil {
		return nil, err
	}
	if next != nil {
		d.publish(next, made)
	}
	return made, nil
}

// begin waits for the turn to edit, which there is none of while the database is away.
func (d *Directory) begin(ctx context.Context) error {
	if err := d.turn(ctx); err != nil {
		return Errorf(UNAVAILABLE, "this was given up before it was done").Because(err)
	}
	if d.away.Load() != nil {
		d.end()
		return notKept()
	}
	return nil
}

// turn waits until nobody else changes the network; end gives the turn back.
func (d *Directory) turn(ctx context.Context) error {
	select {
	case d.write <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func notKept() *Error {
	return Errorf(UNAVAILABLE, "the database cannot be reached just now, so this edit was not kept: try again in a moment")
}

func (d *Directory) end() { <-d.write }

// whileAnswering returns a context that ends when the database has been away
// for too long: a connection that was lost without a word would else be waited
// for as long as the system likes. A database that takes in many rows is slow
// to tell what is new, and is given the longer.
func (d *Directory) whileAnswering(ctx context.Context, rows *atomic.Int64) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	if d.follow {
		go func() {
			tick := time.NewTicker(followEvery)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if since := d.away.Load(); since != nil && time.Since(*since) > giveUpAfter+time.Duration(rows.Load())*giveUpRow {
					stop()
				}
			}
		}()
	}
	return ctx, stop
}

// earlier returns the change made before under the same key, nil if there is none.
func (d *Directory) earlier(ctx context.Context, by Viewer, key string, bound [32]byte) (*Change, error) {
	c, err := d.store.ByKey(ctx, by.Account, key)
	if err != nil || c == nil {
		return nil, err
	}
	if c.InputHash != bound {
		return nil, Errorf(CONFLICT, "this clientMutationId was used for another edit: draw a new one").At("clientMutationId")
	}
	return c, d.keys.openChange(c)
}

// settle finds out whether a commit whose answer was lost was kept. When that
// takes too long the log will tell: a change that was kept is followed like one
// of another server.
func (d *Directory) settle(ctx context.Context, author ID, key string, made **Change, lost error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	for {
		c, err := d.store.ByKey(ctx, author, key)
		switch {
		case err == nil && c != nil:
			*made = c
			return d.keys.openChange(c)
		case err == nil:
			return lost
		}
		select {
		case <-ctx.Done():
			return Errorf(UNAVAILABLE, "the database went away in the middle of this edit, and it may or may not have been kept: that shows as soon as the database answers. Sending it again with the same clientMutationId does it once at most").Because(lost)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// finish turns the operations of an edit into the change that follows head:
// payloads are committed to, sealed rows and payloads go into boxes, and what
// the log holds of rows sealed or erased by this edit is to be rewritten.
func (d *Directory) finish(ctx context.Context, tx *Tx, head Head, key string, bound [32]byte) (*Change, error) {
	c := &Change{Revision: head.Revision + 1, At: tx.now, Author: tx.by.Account, Key: key, InputHash: bound, Prev: head.Hash, Ops: tx.ops}
	c.ID = d.keys.changeID(c.Revision)
	for i := range c.Ops {
		o := &c.Ops[i]
		o.Index = i
		clear := o.encode()
		o.Salt = make([]byte, saltSize)
		if _, err := io.ReadFull(d.random, o.Salt); err != nil {
			return nil, Errorf(INTERNAL, "the random source failed").Because(err)
		}
		o.Commitment = commit(o.Salt, clear)
		o.Payload = clear
		switch {
		case tx.erase[o.ID]:
			o.Payload, o.Salt, o.Erased, o.Sealed = nil, nil, true, false
		case o.Sealed || tx.seal[o.ID]:
			o.Sealed = true
			o.Payload, o.Salt = d.keys.sealOp(d.random, o.ID, o.Salt, clear), nil
		}
		if o.Row != nil && o.boxed {
			row := d.keys.boxRow(d.random, *o.Row)
			o.Row = &row
		}
	}
	c.Hash = c.Sum()
	for _, which := range []map[ID]bool{tx.seal, tx.erase} {
		for id := range which {
			if err := d.rewrite(ctx, c, id, tx.erase[id]); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// rewrite adds to c the erasing or sealing of everything the log has of id.
func (d *Directory) rewrite(ctx context.Context, c *Change, id ID, erase bool) error {
	for before := c.Revision; ; {
		list, err := d.store.History(ctx, []ID{id}, before, 200)
		if err != nil {
			return err
		}
		for _, old := range list {
			before = old.Revision
			for _, o := range old.Ops {
				switch {
				case o.Erased || o.Sealed && !erase:
				case erase:
					c.Rewrites = append(c.Rewrites, Rewrite{old.Revision, o.Index, nil})
				default:
					c.Rewrites = append(c.Rewrites, Rewrite{old.Revision, o.Index, d.keys.sealOp(d.random, o.ID, o.Salt, o.Payload)})
				}
			}
		}
		if len(list) < 200 {
			return nil
		}
	}
}

// catchUp applies changes that other servers made, up to head.
func (d *Directory) catchUp(ctx context.Context, head Head) error {
	for {
		now := d.network.Load()
		if now.head == head {
			d.checked.Store(d.now().UnixMilli())
			return nil
		}
		if now.head.Revision >= head.Revision {
			return Errorf(UNAVAILABLE, "the database is not the one this server started with, or went back in time: restart the server")
		}
		list, err := d.store.Changes(ctx, now.head.Revision, 100)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return Errorf(INTERNAL, "the log has a gap: run `weft verify`")
		}
		for i := range list {
			if err := d.apply(&list[i]); err != nil {
				return err
			}
		}
	}
}

// apply applies a change read from the log to the network.
func (d *Directory) apply(c *Change) error {
	now := d.network.Load()
	if c.Revision != now.head.Revision+1 || c.Prev != now.head.Hash || c.Sum() != c.Hash {
		return Errorf(INTERNAL, "the log's chain is broken: run `weft verify`")
	}
	if c.ID != d.keys.changeID(c.Revision) { // two servers began on one empty database, each with a key of its own
		return wrongKey()
	}
	if err := d.keys.openChange(c); err != nil {
		return err
	}
	draft := now.edit(d.intern)
	for i := range c.Ops {
		if err := draft.applyOp(&c.Ops[i]); err != nil {
			return err
		}
	}
	d.publish(draft.done(Head{c.Revision, c.Hash}), c)
	return nil
}

// applyOp applies a logged operation. One that was erased since can only mean
// that the row is gone.
func (d *draft) applyOp(o *Op) error {
	if o.Erased {
		d.dropLink(o.ID)
		d.dropNode(o.ID)
		d.dropRecord(o.ID)
		return nil
	}
	if o.After == nil {
		d.drop(o.Class, o.ID)
		return nil
	}
	row := Row{Class: o.Class, ID: o.ID, Kind: o.Kind, From: o.From, To: o.To, Fields: o.After}
	if o.Before != nil {
		var now Fields
		switch i, ok := int32(0), false; o.Class {
		case NODE:
			if i, ok = d.nodeAt.get(o.ID); ok {
				now = FieldsOfNode(d.nodes.at(i).node)
			}
		case LINK:
			if i, ok = d.linkAt.get(o.ID); ok {
				now = FieldsOfLink(d.links.at(i).link)
			}
		case RECORD:
			if r, is := d.records.get(o.ID); is {
				now = r.Fields
			}
		}
		row.Fields = Fields{}
		for k, v := range now {
			row.Fields[k] = v
		}
		for k, v := range o.After {
			if v == nil {
				delete(row.Fields, k)
			} else {
				row.Fields[k] = v
			}
		}
	}
	return d.put(row)
}

// followLog polls the log of a shared database until ctx ends.
func (d *Directory) followLog(ctx context.Context) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := d.pull(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			d.log.Warn("the log cannot be followed; answering UNAVAILABLE until it can", "err", errors.Join(err, errors.Unwrap(err)))
		}
		if err == nil && failing {
			d.log.Info("following the log again")
		}
		switch {
		case err == nil:
			d.away.Store(nil)
		case !failing:
			d.away.Store(new(time.Now()))
		}
		failing = err != nil
	}
}

// pull applies what is new in the log. The turn to write is taken only when
// there is something, and only to apply it: neither does a slow database hold
// up edits, nor a long edit the knowledge that there is nothing new.
func (d *Directory) pull(ctx context.Context) error {
	asked := d.now().UnixMilli()
	reading, cancel := context.WithTimeout(ctx, followWithin)
	defer cancel()
	list, err := d.store.Changes(reading, d.network.Load().head.Revision, 100)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if err := d.turn(ctx); err != nil {
			return err
		}
		defer d.end()
	}
	for i := range list {
		if list[i].Revision <= d.network.Load().head.Revision {
			continue // our own edit, or applied by one, meanwhile
		}
		if err := d.apply(&list[i]); err != nil {
			return err
		}
	}
	if len(list) < 100 {
		d.checked.Store(asked)
	}
	return nil
}

// Archive calls sink with every row, opened, for an archive: nodes, links,
// records, each in order of id. It is for operators, who hold the key.
// First start is told how many of each there are.
func (d *Directory) Archive(start func(nodes, links, records int) error, sink func(Row) error) error {
	n := d.network.Load()
	if err := start(n.nodeCount, n.linkCount, n.recordCount); err != nil {
		return err
	}
	return n.rows(sink)
}
