package graph

import (
	"context"
	"slices"
)

// removedLinks are the links that nodes had and that were removed, hidden ones
// too. The log alone knows them: it is read for them when somebody first asks,
// and after that only what was added to it.
type removedLinks struct {
	turn  chan struct{} // holds one token while the log is read
	until int64         // the revision it was read up to
	of    map[ID][]ID   // by either end
}

const removedBatch = 4096

// removedLinksOf returns the removed links of a node that are not in the network.
func (d *Directory) removedLinksOf(ctx context.Context, n *Network, id ID) ([]ID, error) {
	r := &d.removed
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-r.turn }()
	if n.head.Revision > r.until {
		found, err := d.readRemoved(ctx, n, r.until)
		if err != nil {
			return nil, err
		}
		for end, links := range found {
			r.of[end] = append(r.of[end], links...)
		}
		r.until = n.head.Revision
	}
	gone := slices.DeleteFunc(slices.Clone(r.of[id]), n.has) // a removal may have been undone
	slices.Sort(gone)
	return slices.Compact(gone), nil
}

// readRemoved reads the log from the network's head back to a revision, which it
// leaves out. Only operations on what the network no longer has are opened.
func (d *Directory) readRemoved(ctx context.Context, n *Network, until int64) (map[ID][]ID, error) {
	of := map[ID][]ID{}
	read := d.backwards(ctx, n.head.Revision, removedBatch)
	for more := true; more; {
		var list []Change
		var err error
		if list, more, err = read(); err != nil {
			return nil, err
		}
		for i := range list {
			c := &list[i]
			if c.Revision <= until {
				return of, nil
			}
			c.Ops = slices.DeleteFunc(c.Ops, func(o Op) bool { return o.Erased || n.has(o.ID) })
			if err := d.keys.openChange(c); err != nil {
				return nil, err
			}
			for k := range c.Ops {
				if o := &c.Ops[k]; o.Class == LINK && o.After == nil {
					of[o.From] = append(of[o.From], o.ID)
					if o.To != o.From {
						of[o.To] = append(of[o.To], o.ID)
					}
				}
			}
		}
	}
	return of, nil
}

// has reports whether the network has a row of any class with this id.
func (n *Network) has(id ID) bool {
	_, node := n.nodeAt.get(id)
	_, link := n.linkAt.get(id)
	_, record := n.records.get(id)
	return node || link || record
}
