package graph

import (
	"context"
	"slices"
)

// Undo reverses what the author can see of a change: the state it left must
// still be there, field by field, else the error is CONFLICT. With a node that
// was removed come back all links that were removed along with it, hidden ones
// too, as far as their other ends are still there; and after a merger introductions
// are again of whom they were. Others' changes take a
// coordinator. A change of which the author can see nothing, or nothing any
// more since it was erased, is NOT_FOUND.
func (tx *Tx) Undo(ctx context.Context, change ID) error {
	if err := tx.by.May(ActUndo); err != nil {
		return err
	}
	revision, ok := tx.revise(change)
	if !ok {
		return notFound("id")
	}
	list, err := tx.store.Changes(ctx, revision-1, 1)
	if err != nil {
		return err
	}
	if len(list) != 1 || list[0].ID != change {
		return notFound("id")
	}
	c := &list[0]
	if err := tx.open(c); err != nil {
		return err
	}
	judge := newPast(ctx, tx.see(), tx.store, tx.open)
	seen := map[int]bool{}
	removed := map[ID]bool{}
	for i := range c.Ops {
		o := &c.Ops[i]
		ok, err := judge.seesOp(o)
		if err != nil {
			return err
		}
		if ok && tx.see().tells(o) {
			seen[i] = true
			removed[o.ID] = o.Class == NODE && o.After == nil
		}
	}
	if len(seen) == 0 {
		return notFound("id")
	}
	merger := slices.ContainsFunc(c.Ops, func(o Op) bool { return o.Verb == MERGE })
	if c.Author != tx.by.Account {
		if err := tx.by.May(ActRemove); err != nil {
			return err
		}
	}
	for i := len(c.Ops) - 1; i >= 0; i-- {
		o := &c.Ops[i]
		along := o.Class == LINK && o.After == nil && !o.Erased && (removed[o.From] || removed[o.To])
		switch {
		case o.Class == RECORD && merger:
			tx.moveBack(o)
		case along && !tx.bothEnds(o):
			if seen[i] {
				return undoConflict()
			}
		case seen[i] || along:
			if err := tx.undo(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) bothEnds(o *Op) bool {
	_, from := tx.draft.nodeAt.get(o.From)
	_, to := tx.draft.nodeAt.get(o.To)
	return from && to
}

func undoConflict() error {
	return Errorf(CONFLICT, "what this change did was changed again since: undo the later change first").At("id")
}

// undo reverses one operation on the draft.
func (tx *Tx) undo(o *Op) error {
	if o.Class == RECORD {
		return invalid("id", "changes of records are taken back where they were made")
	}
	i, isNode := tx.draft.nodeAt.get(o.ID)
	j, isLink := tx.draft.linkAt.get(o.ID)
	if o.After == nil { // it was removed: bring it back
		if isNode || isLink {
			return undoConflict()
		}
		row := Row{Class: o.Class, ID: o.ID, Kind: o.Kind, From: o.From, To: o.To, Fields: o.Before}
		if o.Class == NODE {
			n, err := nodeOf(row)
			if err != nil {
				return err
			}
			n.Core().Version++
			n.Core().UpdatedAt = tx.now
			tx.putNode(UNDO, nil, n)
			return nil
		}
		l, err := linkOf(row)
		if err != nil {
			return err
		}
		if !tx.bothEnds(o) {
			return undoConflict()
		}
		l.Version++
		l.UpdatedAt = tx.now
		tx.putLink(UNDO, nil, l)
		return nil
	}
	if !isNode && !isLink {
		return undoConflict()
	}
	// Only what the author can read is looked at and put back: a change of what
	// is hidden from it is neither a conflict nor undone.
	v := tx.see()
	var now Fields
	var info func(string) *Field
	if isNode {
		n := tx.draft.nodes.at(i).node
		now, info = FieldsOfNode(v.redact(n)), NodeInfoOf(n.Core().Kind).Field
	} else {
		l := tx.draft.links.at(j).link
		now, info = FieldsOfLink(v.redactLink(l)), LinkInfoOf(l.Kind).Field
	}
	before := v.readable(o, o.Before)
	back, groups := Fields{}, map[string]bool{}
	for _, c := range v.fieldChanges(o) {
		if !equalValue(now[c.Name], c.After) {
			return undoConflict()
		}
		back[c.Name] = c.Before
		if g := info(c.Name).Group; g != "" {
			groups[g] = true
		}
	}
	for k := range o.Before {
		f := info(k)
		switch {
		case f == nil:
		case f.Group != "" && groups[f.Group]: // a list of structs comes back whole
			back[k] = before[k]
		case f.System && k != "version" && k != "createdAt" && k != "updatedAt" && len(back) > 0:
			back[k] = o.Before[k] // who said so goes with what was said
		}
	}
	if o.Before == nil { // it was added: take it away
		if isLink {
			tx.removeLink(UNDO, tx.draft.links.at(j).link)
			return nil
		}
		linked := false
		v.eachLink(i, &LinkFilter{Ended: true}, func(int32, int32) bool { linked = true; return false })
		if linked {
			return undoConflict()
		}
		tx.removeNode(UNDO, tx.draft.nodes.at(i).node)
		return nil
	}
	if isNode {
		old := tx.draft.nodes.at(i).node
		n := copyNode(old)
		if err := decodeNode(n, back, true); err != nil {
			return err
		}
		tx.keepHidden(old, n)
		tx.putNode(UNDO, old, n)
		return nil
	}
	old := tx.draft.links.at(j).link
	l := copyLink(old)
	if err := decodeLink(l, back, true); err != nil {
		return err
	}
	tx.keepHiddenOfLink(old, l)
	tx.putLink(UNDO, old, l)
	return nil
}
