package graph

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"
)

// HistoryEntry is one operation of the log as a viewer may read it.
type HistoryEntry struct {
	Change ID
	At     time.Time
	Author ID // "" for viewers below coordinator
	Verb   Verb
	Class  Class
	ID     ID
	Kind   string
	Fields []FieldChange // by name
	Node   Node          // what it is about, as it is now; nil for a link
	Link   *Link
	From   Node // of a link, also one that was removed, the nodes it joined, as they are now
	To     Node
}

// FieldChange is what an operation did to one field. A value is nil where the
// field was or is absent.
type FieldChange struct {
	Name          string
	Before, After any
}

const (
	historyBatch = 200
	historyTies  = 10_000 // of one node; of more, those that come first by kind, start and id
)

// History returns a page of what happened to a node or link, newest first; with
// ties, of a node also what happened to the links it has or had, also those that
// were removed, as far as the viewer sees or saw them.
// An entry is shown only to who passes the audience before it, after it and
// today's, so that what was once hidden does not come out by being opened.
func (d *Directory) History(ctx context.Context, v *View, id ID, ties bool, first int, after string) (*Page[HistoryEntry], error) {
	if v.Node(id) == nil && v.Link(id) == nil {
		return nil, notFound("id")
	}
	list, ids := "history ", []ID{id}
	if ties {
		list = "history with ties "
		for _, l := range v.LinksOf(id, LinkFilter{Ended: true}) {
			if ids = append(ids, l.ID); len(ids) > historyTies {
				break
			}
		}
		removed, err := d.removedLinksOf(ctx, v.net, id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, removed...) // whatever their number: some may be hidden, and none of those may count
	}
	return d.entries(ctx, v, list+string(id), first, after, func(at int64) func() ([]Change, bool, error) {
		return func() ([]Change, bool, error) {
			list, err := d.store.History(ctx, ids, at+1, historyBatch)
			if len(list) > 0 {
				at = list[len(list)-1].Revision - 1
			}
			return list, len(list) == historyBatch && at > 0, err
		}
	})
}

// Recent returns a page of everything that happened, newest first, to nodes
// and links the viewer sees, under the same rule as History.
func (d *Directory) Recent(ctx context.Context, v *View, first int, after string) (*Page[HistoryEntry], error) {
	return d.entries(ctx, v, "recent", first, after, func(at int64) func() ([]Change, bool, error) { return d.backwards(ctx, at, 64) })
}

// backwards reads the whole log from a revision back, part after part, at first so
// many operations and then more: it reports whether there may be another part.
func (d *Directory) backwards(ctx context.Context, at int64, batch int) func() ([]Change, bool, error) {
	from := 0
	return func() ([]Change, bool, error) {
		list, err := d.store.Backwards(ctx, at, from, batch)
		count := 0
		for i := range list {
			ops := list[i].Ops
			count += len(ops)
			at, from = list[i].Revision, ops[len(ops)-1].Index+1
		}
		more := count == batch
		batch = min(2*batch, 4096) // much may be hidden
		return list, more, err
	}
}

// Tally is what was done since an instant, in numbers.
type Tally struct {
	Since   time.Time
	Total   int
	Limited bool // more was done than is counted
	Counts  []TallyCount
}

// TallyCount is how often a verb was used on a kind.
type TallyCount struct {
	Verb  Verb
	Class Class
	Kind  string
	Count int
}

const mostTallied = 10_000 // entries counted

// Since counts what happened since an instant to nodes and links the viewer
// sees: the entries that Recent returns down to that instant, the newest 10,000
// of them, by class, kind and verb. Nothing but those entries decides where the
// count ends.
func (d *Directory) Since(ctx context.Context, v *View, since time.Time) (*Tally, error) {
	t := &Tally{Since: since, Counts: []TallyCount{}}
	counts := map[TallyCount]int{}
	err := d.told(ctx, v, d.backwards(ctx, v.net.head.Revision, 64), func(c *Change, o *Op, _ int) bool {
		if c.At.Before(since) {
			return false
		}
		if t.Limited = t.Total == mostTallied; t.Limited {
			return false
		}
		t.Total++
		counts[TallyCount{o.Verb, o.Class, o.Kind, 0}]++
		return true
	})
	if err != nil {
		return nil, err
	}
	for c, n := range counts {
		c.Count = n
		t.Counts = append(t.Counts, c)
	}
	slices.SortFunc(t.Counts, func(a, b TallyCount) int {
		return cmp.Or(-cmp.Compare(a.Class, b.Class), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Verb, b.Verb)) // nodes first
	})
	return t, nil
}

// entries reads the log backwards until a page is full or the log ends. How
// much is read depends on what is hidden, what is returned does not. back
// begins to read at a revision; what it returns gives part after part, a large
// change perhaps in several, and says whether more may follow.
// TotalCount is what the page and those before it hold, one more when the list goes on.
func (d *Directory) entries(ctx context.Context, v *View, list string, first int, after string, back func(at int64) func() ([]Change, bool, error)) (*Page[HistoryEntry], error) {
	n, err := v.pageSize(first)
	if err != nil {
		return nil, err
	}
	// A cursor is a change and the place of an entry in it; the change's id
	// tells nothing of its revision.
	start, skip := v.net.head.Revision, -1
	if after != "" {
		key, err := v.openCursor(list, after)
		if err != nil {
			return nil, err
		}
		revision, ok := d.keys.revisionOf(ID(key[:26]))
		if !ok {
			return nil, invalid("after", "this cursor is not of this list: start again without after")
		}
		start = min(start, revision)
		skip, _ = strconv.Atoi(key[26:]) // we wrote it
	}
	p := &Page[HistoryEntry]{}
	var keys []string
	err = d.told(ctx, v, back(start), func(c *Change, o *Op, place int) bool {
		if c.Revision != start || place > skip {
			p.Nodes = append(p.Nodes, v.entry(c, o))
			keys = append(keys, string(c.ID)+strconv.Itoa(place))
		}
		return len(p.Nodes) <= n
	})
	if err != nil {
		return nil, err
	}
	p.PageInfo.HasNextPage, p.PageInfo.HasPreviousPage = len(p.Nodes) > n, after != ""
	p.TotalCount = len(p.Nodes)
	p.Nodes = p.Nodes[:min(n, len(p.Nodes))]
	next := 0
	p.finish(func(HistoryEntry) string { next++; return v.cursor(list, keys[next-1]) })
	return p, nil
}

// told gives the operations that the viewer may read of what read gives part
// after part, until one is not taken or the log ends, each with its place among
// those of its change: counted as the viewer sees them, since a cursor, which
// holds it, must not count hidden ones.
func (d *Directory) told(ctx context.Context, v *View, read func() ([]Change, bool, error), take func(*Change, *Op, int) bool) error {
	judge := newPast(ctx, v, d.store, d.keys.openChange)
	at, place := int64(0), -1
	for more := true; more; {
		var changes []Change
		var err error
		if changes, more, err = read(); err != nil {
			return err
		}
		for i := range changes {
			c := &changes[i]
			if err := d.keys.openChange(c); err != nil {
				return err
			}
			if c.Revision != at {
				at, place = c.Revision, -1
			}
			for k := range c.Ops {
				o := &c.Ops[k]
				if ok, err := judge.seesOp(o); err != nil {
					return err
				} else if !ok {
					continue
				}
				if !v.tells(o) {
					continue // it changed only what the viewer cannot read
				}
				place++
				if !take(c, o, place) {
					return nil
				}
			}
		}
	}
	return nil
}

// past judges entries of the log for a viewer. What is there no more is judged
// by what it last was, so that removing a hidden thing, or the hidden end of a
// link, does not bring out the entries it had.
type past struct {
	*View
	last  func(ID) (*Op, error) // the newest operation on a row, nil if there is none
	known map[ID]bool
}

func newPast(ctx context.Context, v *View, store Store, open func(*Change) error) *past {
	return &past{v, func(id ID) (*Op, error) {
		list, err := store.History(ctx, []ID{id}, v.net.head.Revision+1, 1)
		if err != nil || len(list) == 0 || len(list[0].Ops) == 0 {
			return nil, err
		}
		if err := open(&list[0]); err != nil {
			return nil, err
		}
		return &list[0].Ops[len(list[0].Ops)-1], nil
	}, map[ID]bool{}}
}

// seesOp reports whether the viewer may read an entry of the log: it passes
// the audience before it, after it, and today's or the last.
func (p *past) seesOp(o *Op) (bool, error) {
	if !p.couldSee(o) {
		return false, nil
	}
	if o.Class == LINK {
		if i, ok := p.net.linkAt.get(o.ID); ok {
			return p.seesLink(i, true), nil
		}
		for _, end := range [2]ID{o.From, o.To} {
			if ok, err := p.sawNode(end); !ok {
				return false, err
			}
		}
		return p.saw(o.ID)
	}
	return p.sawNode(o.ID)
}

func (p *past) sawNode(id ID) (bool, error) {
	if i, ok := p.net.nodeAt.get(id); ok {
		return p.seesNode(i), nil
	}
	return p.saw(id)
}

// saw reports whether the viewer could see a row that is gone as it last was.
func (p *past) saw(id ID) (bool, error) {
	if saw, ok := p.known[id]; ok {
		return saw, nil
	}
	o, err := p.last(id)
	if err != nil {
		return false, err
	}
	p.known[id] = o != nil && p.couldSee(o)
	return p.known[id], nil
}

// couldSee reports whether the viewer passes the audience that an operation's
// row had before and has after it.
func (v *View) couldSee(o *Op) bool {
	if o.Erased || o.Class == RECORD {
		return false
	}
	for _, f := range [2]Fields{o.Before, o.After} {
		if f != nil && !v.eyes.allow(fieldsAudience(o, f)) {
			return false
		}
	}
	return true
}

// fieldsAudience reads the audience off the fields of a row or of its entry.
func fieldsAudience(o *Op, f Fields) audience {
	some := Fields{}
	for _, k := range audienceFields {
		if v := f[k]; v != nil {
			some[k] = v
		}
	}
	if o.Class == NODE && o.Kind == string(KindStory) {
		s := &Story{Base: Base{Kind: KindStory}}
		if decodeNode(s, some, true) != nil {
			return audience{}
		}
		return audienceOf(s.Visibility, s.Scopes, s)
	}
	return recordAudience(some)
}

func (v *View) entry(c *Change, o *Op) HistoryEntry {
	e := HistoryEntry{Change: c.ID, At: c.At, Verb: o.Verb, Class: o.Class, ID: o.ID, Kind: o.Kind, Node: v.Node(o.ID), Link: v.Link(o.ID),
		From: v.Node(o.From), To: v.Node(o.To)}
	if v.viewer.rank() >= 2 {
		e.Author = c.Author
	}
	e.Fields = v.fieldChanges(o)
	return e
}

// tells reports whether an operation that the viewer may read says anything to
// it: one that changed nothing but what it cannot read does not.
func (v *View) tells(o *Op) bool {
	return o.Before == nil || o.After == nil || len(v.fieldChanges(o)) > 0
}

// fieldChanges returns what an operation did to fields that the viewer reads.
func (v *View) fieldChanges(o *Op) (out []FieldChange) {
	before, after := v.readable(o, o.Before), v.readable(o, o.After)
	names := map[string]bool{}
	for _, f := range [2]Fields{before, after} {
		for k := range f {
			names[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(names)) {
		switch k {
		case "version", "createdAt", "updatedAt":
			continue
		}
		if !equalValue(before[k], after[k]) {
			out = append(out, FieldChange{k, before[k], after[k]})
		}
	}
	return out
}

// readable cuts logged fields to what the viewer could read of the row itself,
// by the same rule: the row is made and cut.
func (v *View) readable(o *Op, f Fields) Fields {
	if f == nil {
		return nil
	}
	set := Fields{}
	for k, x := range f {
		if x != nil {
			set[k] = x
		}
	}
	row := Row{Class: o.Class, ID: o.ID, Kind: o.Kind, From: o.From, To: o.To, Fields: set}
	if o.Class == NODE {
		n, err := nodeOf(row)
		if err != nil {
			return nil
		}
		return FieldsOfNode(v.redact(n))
	}
	l, err := linkOf(row)
	if err != nil {
		return nil
	}
	return FieldsOfLink(v.redactLink(l))
}
