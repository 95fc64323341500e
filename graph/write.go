package graph

import (
	"cmp"
	"maps"
	"slices"
)

func (tx *Tx) removeNode(verb Verb, n Node) (visible []ID) {
	id := n.Core().ID
	i, _ := tx.draft.nodeAt.get(id)
	s := tx.draft.nodes.at(i)
	slots := slices.Concat(s.out, s.in)
	v := tx.see()
	var links []*Link
	for _, j := range slots {
		l := tx.draft.links.at(j).link
		if v.seesLink(j, true) {
			visible = append(visible, l.ID)
		}
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b *Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range links {
		if _, still := tx.draft.linkAt.get(l.ID); still {
			tx.removeLink(verb, l)
		}
	}
	tx.log(Op{Verb: verb, Class: NODE, ID: id, Kind: string(n.Core().Kind), Before: FieldsOfNode(n), Sealed: n.Core().Visibility == SEALED})
	tx.draft.dropNode(id)
	slices.Sort(visible)
	return visible
}

func (tx *Tx) removeLink(verb Verb, l *Link) {
	tx.log(Op{Verb: verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To, Before: FieldsOfLink(l), Sealed: tx.linkSealed(l)})
	tx.draft.dropLink(l.ID)
}

// linkSealed reports whether a link is kept in a box: when it or one of its
// ends is sealed, since the link alone would tell of the sealed end.
func (tx *Tx) linkSealed(l *Link) bool {
	if l.Visibility == SEALED {
		return true
	}
	for _, id := range [2]ID{l.From, l.To} {
		if i, ok := tx.draft.nodeAt.get(id); ok && tx.draft.nodes.at(i).node.Core().Visibility == SEALED {
			return true
		}
	}
	return false
}

// putNode puts a node in the draft and logs it. A change of nothing is no
// change; one of what not everybody may read leaves version and date as they are
// (see common), since everybody who sees the node can read those.
func (tx *Tx) putNode(verb Verb, old, n Node) {
	op := Op{Verb: verb, Class: NODE, ID: n.Core().ID, Kind: string(n.Core().Kind)}
	b := n.Core()
	if old == nil {
		op.After = FieldsOfNode(n)
	} else {
		before, after := FieldsOfNode(old), FieldsOfNode(n)
		if before.Equal(after) {
			return
		}
		info := NodeInfoOf(b.Kind)
		if !tx.common(before, info.Field).Equal(tx.common(after, info.Field)) {
			b.Version, b.UpdatedAt = old.Core().Version+1, tx.now
			after = FieldsOfNode(n)
		}
		op.Before, op.After = differing(before, after, info.Field)
	}
	wasSealed := old != nil && old.Core().Visibility == SEALED
	isSealed := b.Visibility == SEALED
	op.Sealed = wasSealed || isSealed
	row := rowOfNode(n)
	op.Row = &row
	op.boxed = isSealed
	if old != nil && wasSealed != isSealed {
		tx.moveAcross(n, &op, isSealed)
		return
	}
	tx.draft.putNode(n)
	tx.log(op)
}

// moveAcross logs a node that became sealed or ceased to be. Its links are
// boxed or unboxed with it, in the order a store can write them: into the box
// links first, out of it the node first.
func (tx *Tx) moveAcross(n Node, op *Op, isSealed bool) {
	id := n.Core().ID
	i, _ := tx.draft.nodeAt.get(id)
	tx.draft.putNode(n)
	if !isSealed {
		tx.log(*op)
	} else {
		tx.seal[id] = true
	}
	s := tx.draft.nodes.at(i)
	for _, j := range slices.Concat(s.out, s.in) {
		l := tx.draft.links.at(j).link
		f := FieldsOfLink(l)
		link := Op{Verb: op.Verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To, Sealed: true}
		link.Before, link.After = differing(f, f, LinkInfoOf(l.Kind).Field)
		row := rowOfLink(l)
		link.Row = &row
		link.boxed = tx.linkSealed(l)
		tx.log(link)
		if isSealed {
			tx.seal[l.ID] = true
		}
	}
	if isSealed {
		tx.log(*op)
	}
}

func (tx *Tx) putLink(verb Verb, old, l *Link) {
	op := Op{Verb: verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To}
	wasSealed := false
	if old == nil {
		op.After = FieldsOfLink(l)
	} else {
		before, after, info := FieldsOfLink(old), FieldsOfLink(l), LinkInfoOf(l.Kind)
		if before.Equal(after) {
			return
		}
		if !tx.common(before, info.Field).Equal(tx.common(after, info.Field)) {
			l.Version, l.UpdatedAt = old.Version+1, tx.now
			after = FieldsOfLink(l)
		}
		op.Before, op.After = differing(before, after, info.Field)
		wasSealed = tx.linkSealed(old)
	}
	isSealed := tx.linkSealed(l)
	op.Sealed = wasSealed || isSealed
	if old != nil && isSealed && !wasSealed {
		tx.seal[l.ID] = true
	}
	row := rowOfLink(l)
	op.Row = &row
	op.boxed = isSealed
	tx.draft.putLink(l)
	tx.log(op)
}

func (tx *Tx) log(op Op) { tx.ops = append(tx.ops, op) }

// audienceFields are kept in both sides of every logged change, so that who
// could see a row then can be read off its entry.
var audienceFields = []string{"visibility", "scopes", "consentScope", "consentNamed", "consentChannels", "consentFrom", "consentUntil", "consentMinor", "consentGuardian", "consentWithdrawn"}

// differing returns the fields in which two states differ, and always those
// that say who sees the row. Of a list of structs it is all columns or none,
// since the row's own cut may need one column to judge another.
func differing(before, after Fields, find func(string) *Field) (b, a Fields) {
	b, a = Fields{}, Fields{}
	put := func(to, from Fields, k string) {
		if v, ok := from[k]; ok {
			to[k] = v
		} else {
			to[k] = nil
		}
	}
	both := maps.Clone(before)
	maps.Copy(both, after)
	groups := map[string]bool{}
	for k := range both {
		if !equalValue(before[k], after[k]) {
			put(b, before, k)
			put(a, after, k)
			if f := find(k); f != nil && f.Group != "" {
				groups[f.Group] = true
			}
		}
	}
	for k := range both {
		if f := find(k); slices.Contains(audienceFields, k) || f != nil && groups[f.Group] {
			put(b, before, k)
			put(a, after, k)
		}
	}
	return b, a
}

// noField is how the catalogue knows the fields of records: not at all.
func noField(string) *Field { return nil }

func equalValue(a, b any) bool { return (Fields{"": a}).Equal(Fields{"": b}) }

// common returns those fields of a row that everybody reads who sees it or may
// come to see it: no restricted ones, and the ids of public nodes only. That
// all who see the row now see a node too is not enough: the row, or an end of
// a link, may be opened to others later, and the version would tell them of
// what they still may not know.
func (tx *Tx) common(f Fields, find func(string) *Field) Fields {
	public := func(id string) bool {
		i, ok := tx.draft.nodeAt.get(ID(id))
		return ok && tx.draft.intern.list[tx.draft.nodes.at(i).audience] == audience{visibility: PUBLIC}
	}
	out := Fields{}
	for k, v := range f {
		field := find(k)
		if field == nil || field.Restricted || k == "version" || k == "updatedAt" {
			continue
		}
		if list, ok := v.([]string); ok && field.Type == REF {
			list = slices.Clone(list)
			if field.Group != "" { // a column keeps its length
				for i := range list {
					if !public(list[i]) {
						list[i] = ""
					}
				}
			} else if list = slices.DeleteFunc(list, func(id string) bool { return !public(id) }); len(list) == 0 {
				continue
			}
			v = list
		}
		out[k] = v
	}
	return out
}
