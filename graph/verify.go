package graph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Report is what Verify found. A database is sound when Problems is empty.
type Report struct {
	Changes  int
	Nodes    int
	Links    int
	Records  int
	Problems []string // at most 100, each a sentence
}

// Verify replays the log from its start and compares the result with the rows
// that are stored: the chain of hashes, every commitment, every row, and that
// every link has its ends. Erased entries are compared by their commitments
// alone; rows that only erased entries tell of must be gone.
func (d *Directory) Verify(ctx context.Context) (*Report, error) {
	r := &Report{}
	problem := func(format string, args ...any) {
		if len(r.Problems) < 100 {
			r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
		}
	}
	in := newInterner()
	loaded := emptyDraft(in)
	var boxes []Row
	head, err := d.store.Load(ctx, func(row Row) error {
		if row.Class != BOX {
			loaded.verifyRow(row, problem)
		} else if open, err := d.keys.unboxRow(row); err != nil {
			problem("The sealed record %s cannot be opened with this key.", row.ID)
		} else {
			boxes = append(boxes, open)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(boxes, compareRow) // nodes before the links between them
	for _, row := range boxes {
		loaded.verifyRow(row, problem)
	}
	loaded.scatter()
	loaded.fresh = false
	replay := (&Network{}).edit(in)
	at := Head{}
	for at.Revision < head.Revision {
		list, err := d.store.Changes(ctx, at.Revision, 200)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			problem("The log ends at entry %d, but its head says %d.", at.Revision, head.Revision)
			break
		}
		for i := range list {
			c := &list[i]
			if c.Revision > head.Revision {
				break
			}
			if c.Revision != at.Revision+1 || c.Prev != at.Hash || c.Sum() != c.Hash || c.ID != d.keys.changeID(c.Revision) {
				problem("The chain is broken at entry %d of the log.", c.Revision)
			}
			at = Head{c.Revision, c.Hash}
			r.Changes++
			if err := d.keys.openChange(c); err != nil {
				problem("Entry %d of the log: %s.", c.Revision, err)
				continue
			}
			for k := range c.Ops {
				if err := replay.applyOp(&c.Ops[k]); err != nil {
					problem("Entry %d of the log cannot be replayed: %s.", c.Revision, err)
				}
			}
		}
	}
	if at != head {
		problem("The head of the log is not the end of its chain.")
	}
	r.Nodes, r.Links, r.Records = loaded.nodeCount, loaded.linkCount, loaded.recordCount
	var want, have []Row
	if err := replay.rows(func(row Row) error { want = append(want, row); return nil }); err != nil {
		return nil, err
	}
	if err := loaded.rows(func(row Row) error { have = append(have, row); return nil }); err != nil {
		return nil, err
	}
	compareRows(want, have, problem)
	return r, nil
}

func (d *draft) verifyRow(row Row, problem func(string, ...any)) {
	if err := d.put(row); err != nil {
		problem("The row %s cannot be used: %s.", row.ID, err)
	}
}

func compareRows(want, have []Row, problem func(string, ...any)) {
	i, j := 0, 0
	key := func(r Row) string { return string(r.Class) + " " + string(r.ID) }
	for i < len(want) || j < len(have) {
		switch {
		case j == len(have) || i < len(want) && compareRow(want[i], have[j]) < 0:
			problem("%s is in the log but not stored.", key(want[i]))
			i++
		case i == len(want) || compareRow(want[i], have[j]) > 0:
			problem("%s is stored but not in the log.", key(have[j]))
			j++
		default:
			w, h := want[i], have[j]
			if w.Kind != h.Kind || w.From != h.From || w.To != h.To || !bytes.Equal(w.Fields.Canonical(), h.Fields.Canonical()) {
				problem("%s differs from what the log says.", key(h))
			}
			i++
			j++
		}
	}
}

func compareRow(a, b Row) int {
	order := []Class{NODE, LINK, RECORD}
	return cmp.Or(slices.Index(order, a.Class)-slices.Index(order, b.Class), cmp.Compare(a.ID, b.ID))
}

// rows calls sink with every row: nodes, links, records, each in order of id.
func (n *Network) rows(sink func(Row) error) error {
	var nodes []Node
	for i := range int32(n.nodes.n) {
		if node := n.nodes.at(i).node; node != nil {
			nodes = append(nodes, node)
		}
	}
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(a.Core().ID, b.Core().ID) })
	for _, node := range nodes {
		if err := sink(rowOfNode(node)); err != nil {
			return err
		}
	}
	var links []*Link
	for i := range int32(n.links.n) {
		if l := n.links.at(i).link; l != nil {
			links = append(links, l)
		}
	}
	slices.SortFunc(links, func(a, b *Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range links {
		if err := sink(rowOfLink(l)); err != nil {
			return err
		}
	}
	for _, r := range n.recordsWhere(func(*Record) bool { return true }) {
		if err := sink(r.row()); err != nil {
			return err
		}
	}
	return nil
}
