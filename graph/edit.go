package graph

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"
)

// Tx is an edit in progress. Its verbs check everything on what the author
// sees, with what the Tx has done so far, and change a draft; nothing is kept
// or seen by others until the whole edit is committed. An error from a verb
// leaves the draft usable only for being given up: return the error.
type Tx struct {
	by     Viewer
	now    time.Time
	random io.Reader
	draft  *draft
	view   *View // of the draft, for the author
	store  Store
	open   func(*Change) error    // makes a change of the log readable
	revise func(ID) (int64, bool) // the revision of a change
	ops    []Op
	seal   map[ID]bool // sealed by this edit: their past is to be sealed too
	erase  map[ID]bool // erased by this edit: so is their past
	added  map[ID]bool // nodes added by this edit: it may use them even where the author cannot see them afterwards
}

// Warning is something about an edit that is done all the same.
type Warning struct {
	Code string // DUPLICATE_LINK
	Text string
	Link ID // the link it is like
}

// see returns the author's view of the draft.
func (tx *Tx) see() *View {
	for i := len(tx.view.allowed); i < len(tx.draft.intern.list); i++ {
		tx.view.allowed = append(tx.view.allowed, tx.view.eyes.allow(tx.draft.intern.list[i]))
	}
	return tx.view
}

// Now returns the time of the edit, the same in every try.
func (tx *Tx) Now() time.Time { return tx.now }

// Node returns a node as the author sees it now, nil when hidden or absent.
func (tx *Tx) Node(id ID) Node { return tx.see().Node(id) }

// Link returns a link as the author sees it now, nil when hidden or absent.
func (tx *Tx) Link(id ID) *Link { return tx.see().Link(id) }

// LinksOf returns the links of a node as the author sees them now.
func (tx *Tx) LinksOf(id ID, f LinkFilter) []*Link { return tx.see().LinksOf(id, f) }

// Identified returns the nodes with an identifier as the author sees them now.
func (tx *Tx) Identified(identifier string) []Node { return tx.see().Identified(identifier) }

// NewID draws an id that is the same in every try of the edit.
func (tx *Tx) NewID() ID { return drawID(tx.random) }

// Ops returns how many operations the edit has so far, so that a caller can
// tell whether a verb changed anything.
func (tx *Tx) Ops() int { return len(tx.ops) }

// slot returns the slot of a node that the author sees or that this edit added.
func (tx *Tx) slot(id ID) (int32, bool) {
	i, ok := tx.see().slot(id)
	if !ok && tx.added[id] {
		i, ok = tx.draft.nodeAt.get(id)
	}
	return i, ok
}

// stored returns a visible node as it is kept, uncut.
func (tx *Tx) stored(id ID, field string) (Node, error) {
	i, ok := tx.slot(id)
	if !ok {
		return nil, notFound(field)
	}
	return tx.draft.nodes.at(i).node, nil
}

func (tx *Tx) storedLink(id ID, field string) (*Link, error) {
	i, ok := tx.draft.linkAt.get(id)
	if !ok || !tx.see().seesLink(i, true) {
		return nil, notFound(field)
	}
	return tx.draft.links.at(i).link, nil
}

// Add adds a node of a kind with the given fields and returns its id.
func (tx *Tx) Add(kind NodeKind, f Fields) (ID, error) {
	id := tx.NewID()
	return id, tx.AddAs(id, kind, f)
}

// AddAs is Add with an id chosen by the caller, for imports. An id that is
// taken, by whatever, is CONFLICT: only ids are unique, and they are random.
func (tx *Tx) AddAs(id ID, kind NodeKind, f Fields) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	info := NodeInfoOf(kind)
	if info == nil {
		return invalid("kind", "%.60q is no kind of node", kind)
	}
	if err := tx.fresh(id); err != nil {
		return err
	}
	n := info.new()
	b := n.Core()
	b.ID, b.Kind, b.Version, b.CreatedAt, b.UpdatedAt, b.Visibility = id, kind, 1, tx.now, tx.now, info.DefaultVisibility
	if err := decodeNode(n, f, false); err != nil {
		return err
	}
	if b.Visibility == "" {
		b.Visibility = info.DefaultVisibility
	}
	if err := tx.checkNode(nil, n); err != nil {
		return err
	}
	tx.putNode(ADD, nil, n)
	if tx.added == nil {
		tx.added = map[ID]bool{}
	}
	tx.added[id] = true
	return nil
}

func (tx *Tx) fresh(id ID) error {
	if !id.Valid() {
		return invalid("id", "%.60q is not an id", id)
	}
	_, n := tx.draft.nodeAt.get(id)
	_, l := tx.draft.linkAt.get(id)
	_, r := tx.draft.records.get(id)
	if n || l || r {
		return Errorf(CONFLICT, "the id %s is taken", id).At("id")
	}
	return nil
}

// Change sets the given fields of a node: absent ones stay, nil ones are
// cleared. expected is the version the author last saw; when the node has
// another the error is CONFLICT. nil means whatever the version. Fields equal
// to what is there change nothing and log nothing. Entries of lists that the
// author cannot see are kept.
func (tx *Tx) Change(id ID, expected *int, f Fields) error {
	if err := tx.by.May(ActChange); err != nil {
		return err
	}
	old, err := tx.stored(id, "id")
	if err != nil {
		return err
	}
	if err := checkVersion(expected, old.Core().Version); err != nil {
		return err
	}
	n := copyNode(old)
	if err := decodeNode(n, f, false); err != nil {
		return err
	}
	if _, given := f["sources"]; given {
		if err := tx.checkSources(nil, n.Core().Sources); err != nil {
			return err
		}
	}
	tx.keepHidden(old, n)
	if err := tx.checkNode(old, n); err != nil {
		return err
	}
	tx.putNode(CHANGE, old, n)
	return nil
}

// Connect adds a link and returns its id, with a warning when the author can
// see one that looks the same.
func (tx *Tx) Connect(kind LinkKind, from, to ID, f Fields) (ID, []Warning, error) {
	id := tx.NewID()
	w, err := tx.ConnectAs(id, kind, from, to, f)
	return id, w, err
}

// ConnectAs is Connect with an id chosen by the caller, for imports.
func (tx *Tx) ConnectAs(id ID, kind LinkKind, from, to ID, f Fields) ([]Warning, error) {
	if err := tx.by.May(ActAdd); err != nil {
		return nil, err
	}
	info := LinkInfoOf(kind)
	if info == nil {
		return nil, invalid("kind", "%.60q is no kind of link", kind)
	}
	if err := tx.fresh(id); err != nil {
		return nil, err
	}
	a, err := tx.stored(from, "from")
	if err != nil {
		return nil, err
	}
	b, err := tx.stored(to, "to")
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, invalid("to", "a link joins two different nodes")
	}
	if ka, kb := a.Core().Kind, b.Core().Kind; !info.Joins(ka, kb) {
		return nil, invalid("kind", "%s does not join %s to %s", kind, ka, kb)
	}
	l := &Link{ID: id, Kind: kind, From: from, To: to, Visibility: info.DefaultVisibility, State: CLAIMED,
		AssertedBy: tx.by.Account, Version: 1, CreatedAt: tx.now, UpdatedAt: tx.now}
	if err := decodeLink(l, f, false); err != nil {
		return nil, err
	}
	if l.Visibility == "" {
		l.Visibility = info.DefaultVisibility
	}
	if l.State == "" {
		l.State = CLAIMED
	}
	if err := tx.checkLink(nil, l); err != nil {
		return nil, err
	}
	if kind == PART_OF && tx.reaches(to, from) {
		return nil, invalid("to", "this would make a circle of PART_OF: %q is already part of %q", b.Core().Name, a.Core().Name)
	}
	warnings := tx.duplicates(l)
	tx.putLink(ADD, nil, l)
	return warnings, nil
}

// ChangeLink sets the given fields of a link, as [Tx.Change] does of a node.
// Its kind and ends never change.
func (tx *Tx) ChangeLink(id ID, expected *int, f Fields) error {
	return tx.alterLink(CHANGE, ActChange, id, expected, func(l *Link) error {
		if err := decodeLink(l, f, false); err != nil {
			return err
		}
		if _, given := f["sources"]; given {
			return tx.checkSources(nil, l.Sources)
		}
		return nil
	})
}

func (tx *Tx) alterLink(verb Verb, act Act, id ID, expected *int, alter func(*Link) error) error {
	if err := tx.by.May(act); err != nil {
		return err
	}
	old, err := tx.storedLink(id, "id")
	if err != nil {
		return err
	}
	if err := checkVersion(expected, old.Version); err != nil {
		return err
	}
	l := copyLink(old)
	if err := alter(l); err != nil {
		return err
	}
	tx.keepHiddenOfLink(old, l)
	if err := tx.checkLink(old, l); err != nil {
		return err
	}
	tx.putLink(verb, old, l)
	return nil
}

// Confirm says that a link or node is still right: a link becomes CONFIRMED.
func (tx *Tx) Confirm(id ID) error {
	if err := tx.by.May(ActVouch); err != nil {
		return err
	}
	if old, err := tx.stored(id, "id"); err == nil {
		n := copyNode(old)
		n.Core().LastConfirmedAt = tx.now
		tx.putNode(CONFIRM, old, n)
		return nil
	}
	return tx.alterLink(CONFIRM, ActVouch, id, nil, func(l *Link) error {
		l.State, l.ConfirmedBy, l.LastConfirmedAt = CONFIRMED, tx.by.Account, tx.now
		return nil
	})
}

// Dispute says that a link is in doubt; the note, when given, replaces the link's.
func (tx *Tx) Dispute(id ID, note string) error {
	return tx.alterLink(DISPUTE, ActVouch, id, nil, func(l *Link) error {
		l.State = DISPUTED
		if note != "" {
			return decodeLink(l, Fields{"note": note}, false)
		}
		return nil
	})
}

// End says when a link ended. A link that has ended stays in the past of both ends.
func (tx *Tx) End(id ID, expected *int, until Date) error {
	if until == 0 {
		return invalid("until", "say when it ended: 2026, 2026-11 or 2026-11-24")
	}
	return tx.alterLink(END, ActChange, id, expected, func(l *Link) error { l.Until = until; return nil })
}

// RecordContact adds a dated contact to a dialogue.
func (tx *Tx) RecordContact(link ID, c Contact) error {
	if c.Date == 0 {
		return invalid("date", "say when the contact was")
	}
	return tx.alterLink(NOTE, ActAdd, link, nil, func(l *Link) error {
		d, ok := l.Details.(*Dialogue)
		if !ok {
			return invalid("id", "contacts are recorded on IN_DIALOGUE_WITH links")
		}
		f := FieldsOfLink(l)
		return decodeLink(l, Fields{
			"contactDates":    append(listIn(f, "contactDates", len(d.Contacts)), c.Date.String()),
			"contactChannels": append(listIn(f, "contactChannels", len(d.Contacts)), string(c.Channel)),
			"contactNotes":    append(listIn(f, "contactNotes", len(d.Contacts)), c.Note),
		}, false)
	})
}

// RecordReading adds a dated reading of a target's power and stance.
func (tx *Tx) RecordReading(link ID, r Reading) error {
	if r.Date == 0 {
		return invalid("date", "say when the reading was made")
	}
	if err := checkReading(r); err != nil {
		return err
	}
	if r.Source != "" {
		if err := tx.checkSources(nil, []ID{r.Source}); err != nil {
			return err
		}
	}
	return tx.alterLink(NOTE, ActAdd, link, nil, func(l *Link) error {
		d, ok := l.Details.(*Targeting)
		if !ok {
			return invalid("id", "readings are recorded on TARGETS links")
		}
		if len(d.Readings) >= maxList {
			return Errorf(LIMITED, "this target has %d readings already, the most there is room for", maxList)
		}
		l.Details = &Targeting{append(slices.Clone(d.Readings), r)}
		return nil
	})
}

// RecordMeasurement adds a dated reading of one of a campaign's indicators.
func (tx *Tx) RecordMeasurement(campaign ID, m Measurement) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	if m.Date == 0 {
		return invalid("date", "say when it was measured")
	}
	old, err := tx.stored(campaign, "id")
	if err != nil {
		return err
	}
	was, ok := old.(*Campaign)
	if !ok {
		return invalid("id", "measurements are recorded on campaigns")
	}
	if m.Source != "" {
		if err := tx.checkSources(nil, []ID{m.Source}); err != nil {
			return err
		}
	}
	if len(was.Readings) >= maxList {
		return Errorf(LIMITED, "this campaign has %d measurements already, the most there is room for", maxList)
	}
	n := copyNode(old).(*Campaign)
	n.Readings = append(slices.Clone(was.Readings), m)
	slices.SortStableFunc(n.Readings, func(a, b Measurement) int {
		return cmp.Or(strings.Compare(a.Indicator, b.Indicator), a.Date.Compare(b.Date))
	})
	if err := tx.checkNode(old, n); err != nil {
		return err
	}
	tx.putNode(NOTE, old, n)
	return nil
}

func listIn(f Fields, name string, n int) []string {
	if l, ok := f[name].([]string); ok {
		return slices.Clone(l)
	}
	return make([]string, n)
}

// Remove removes a node with all its links, or a link. Undo brings it back. It
// returns the ids of the links removed that the author could see.
func (tx *Tx) Remove(id ID, expected *int) ([]ID, error) {
	if err := tx.by.May(ActRemove); err != nil {
		return nil, err
	}
	if n, err := tx.stored(id, "id"); err == nil {
		if err := checkVersion(expected, n.Core().Version); err != nil {
			return nil, err
		}
		return tx.removeNode(REMOVE, n), nil
	}
	l, err := tx.storedLink(id, "id")
	if err != nil {
		return nil, err
	}
	if err := checkVersion(expected, l.Version); err != nil {
		return nil, err
	}
	tx.removeLink(REMOVE, l)
	return []ID{id}, nil
}

// Withdraw records that the teller of a story withdrew consent: from this
// moment the story exists on no surface.
func (tx *Tx) Withdraw(story ID) error {
	if err := tx.by.May(ActSeal); err != nil {
		return err
	}
	i, ok := tx.draft.nodeAt.get(story)
	if !ok {
		return notFound("id")
	}
	old, isStory := tx.draft.nodes.at(i).node.(*Story)
	if !isStory {
		return notFound("id")
	}
	n := copyNode(old).(*Story)
	n.Consent.Withdrawn = DateOf(tx.now)
	tx.putNode(CHANGE, old, n)
	return nil
}

// Erase removes a node or link for good: with its links, and with everything
// the log kept of them. It cannot be undone.
func (tx *Tx) Erase(id ID) error {
	if err := tx.by.May(ActSeal); err != nil {
		return err
	}
	if i, ok := tx.draft.nodeAt.get(id); ok {
		s := tx.draft.nodes.at(i)
		tx.erase[id] = true
		for _, j := range slices.Concat(s.out, s.in) {
			tx.erase[tx.draft.links.at(j).link.ID] = true
		}
		tx.eraseRecords(id)
		tx.removeNode(ERASE, s.node)
		return nil
	}
	l, err := tx.storedLink(id, "id")
	if err != nil {
		return err
	}
	tx.erase[id] = true
	tx.eraseRecords(id)
	tx.removeLink(ERASE, l)
	return nil
}

// Restore writes a row as it is, for archives: system fields and all. A row
// with the same id is replaced; one that is equal changes nothing. Ids that a
// node names are not looked up: rows come in any order, and a network may name
// what has gone since.
func (tx *Tx) Restore(r Row) error {
	if err := tx.by.May(ActRestore); err != nil {
		return err
	}
	if !r.ID.Valid() {
		return invalid("id", "%.60q is not an id", r.ID)
	}
	switch r.Class {
	case NODE:
		n, err := nodeOf(r)
		if err != nil {
			return err
		}
		if n.Core().Name == "" {
			return invalid("name", "the node %s has no name", r.ID)
		}
		if err := checkValues(n); err != nil {
			return err
		}
		if i, ok := tx.draft.nodeAt.get(r.ID); ok {
			old := tx.draft.nodes.at(i).node
			if old.Core().Kind != n.Core().Kind {
				return Errorf(CONFLICT, "the id %s is taken by a node of another kind", r.ID).At("id")
			}
			tx.putNode(CHANGE, old, n)
			return nil
		}
		tx.putNode(ADD, nil, n)
	case LINK:
		l, err := linkOf(r)
		if err != nil {
			return err
		}
		a, okA := tx.draft.nodeAt.get(l.From)
		b, okB := tx.draft.nodeAt.get(l.To)
		if !okA || !okB {
			return invalid("from", "the link %s has an end that is not there", l.ID)
		}
		if !LinkInfoOf(l.Kind).Joins(tx.draft.nodes.at(a).node.Core().Kind, tx.draft.nodes.at(b).node.Core().Kind) {
			return invalid("kind", "%s does not join these two", l.Kind)
		}
		if i, ok := tx.draft.linkAt.get(r.ID); ok {
			old := tx.draft.links.at(i).link
			if old.Kind != l.Kind || old.From != l.From || old.To != l.To {
				return Errorf(CONFLICT, "the id %s is taken by another link", r.ID).At("id")
			}
			tx.putLink(CHANGE, old, l)
			return nil
		}
		tx.putLink(ADD, nil, l)
	case RECORD:
		return tx.PutRecord(r.Kind, r.ID, r.Fields)
	default:
		return invalid("class", "an archive holds nodes, links and records")
	}
	return nil
}

// PutRecord adds or replaces a record. Its fields visibility and scopes say
// who may see it.
func (tx *Tx) PutRecord(kind string, id ID, f Fields) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	r := &Record{id, kind, f}
	op := Op{Verb: ADD, Class: RECORD, ID: id, Kind: kind, After: f}
	if old, ok := tx.draft.records.get(id); ok {
		if old.Kind != kind || !tx.see().seesRecord(old) {
			return notFound("id")
		}
		if old.Fields.Equal(f) {
			return nil
		}
		op.Verb = CHANGE
		op.Before, op.After = differing(old.Fields, f, noField)
	}
	row := r.row()
	op.Row = &row
	op.boxed, op.Sealed = f["visibility"] == string(SEALED), f["visibility"] == string(SEALED)
	tx.draft.putRecord(r)
	tx.log(op)
	return nil
}

// Record returns a record as the author sees it now, nil when hidden or absent.
func (tx *Tx) Record(id ID) *Record { return tx.see().Record(id) }
