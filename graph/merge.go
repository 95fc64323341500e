package graph

import (
	"cmp"
	"slices"
)

// Merge makes one node of two of the same kind: into takes the links, other
// names, identifiers, addresses and sources of from and whatever of its fields
// it lacks; from is removed. Links get new ids; one that would join into to
// itself goes.
func (tx *Tx) Merge(into, from ID) error {
	if err := tx.by.May(ActRemove); err != nil {
		return err
	}
	a, err := tx.stored(into, "into")
	if err != nil {
		return err
	}
	b, err := tx.stored(from, "from")
	if err != nil {
		return err
	}
	if into == from {
		return invalid("from", "a node cannot be merged into itself")
	}
	if a.Core().Kind != b.Core().Kind {
		return invalid("from", "only nodes of one kind can be merged: these are %s and %s", a.Core().Kind, b.Core().Kind)
	}
	if a.Core().Kind == KindStory {
		return invalid("from", "stories cannot be merged: each has a consent of its own")
	}
	n := copyNode(a)
	have, other := FieldsOfNode(a), FieldsOfNode(b)
	take := Fields{}
	for k, v := range other {
		field := NodeInfoOf(a.Core().Kind).Field(k)
		switch list, isList := v.([]string); {
		case field.System || k == "name" || k == "visibility" || k == "scopes" || k == "lastConfirmedAt":
		case isList && field.Group == "":
			old, _ := have[k].([]string)
			take[k] = slices.Concat(old, list)
		default:
			if _, has := have[k]; !has {
				take[k] = v
			}
		}
	}
	if name := b.Core().Name; name != a.Core().Name {
		old, _ := have["otherNames"].([]string)
		more, _ := other["otherNames"].([]string)
		take["otherNames"] = slices.Concat(old, more, []string{name})
	}
	if err := decodeNode(n, take, false); err != nil {
		return err
	}
	i, _ := tx.draft.nodeAt.get(from)
	s := tx.draft.nodes.at(i)
	var moved []*Link
	seen := map[*Link]bool{}
	for _, j := range slices.Concat(s.out, s.in) {
		l := copyLink(tx.draft.links.at(j).link)
		if l.From == from {
			l.From = into
		}
		if l.To == from {
			l.To = into
		}
		if l.From != l.To {
			moved = append(moved, l)
			seen[l] = tx.see().seesLink(j, true)
		}
	}
	// Those the author sees come first, so that their new ids are drawn the same
	// whatever else is moved.
	slices.SortFunc(moved, func(a, b *Link) int {
		if seen[a] != seen[b] {
			if seen[a] {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	tx.removeNode(MERGE, b)
	tx.putNode(MERGE, a, n)
	ids := map[ID]ID{}
	for _, l := range moved {
		was := l.ID
		l.ID = tx.NewID()
		ids[was] = l.ID
		tx.putLink(MERGE, nil, l)
	}
	tx.moveRecords(into, from, ids)
	return nil
}
