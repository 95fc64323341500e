package graph

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
)

// View is what one viewer may see of a network on one surface, as of a day.
// Every answer is computed on it, after filtering. A View is immutable, safe
// for several goroutines, and costs nothing to make; one operation works on
// one View from start to end.
type View struct {
	net     *Network
	viewer  Viewer
	eyes    eyes
	allowed []bool // by audience number
	all     bool   // every audience is allowed, so that the ends of links need no look
	granted map[ID]bool
	day     Date   // links are those of this day
	secret  []byte // authenticates cursors
}

// For returns what the viewer may see of n on a surface, today. Visibility and
// consent are always those of today.
func (n *Network) For(viewer Viewer, surface Surface, today Date, secret []byte) *View {
	v := &View{net: n, viewer: viewer, day: today, secret: secret,
		eyes: eyes{rank: viewer.rank(), surface: surface, today: today}}
	v.eyes.circles = n.circlesOf(viewer, today)
	v.allowed, v.all = make([]bool, len(n.audiences)), true
	for i, a := range n.audiences {
		v.allowed[i] = i > 0 && v.eyes.allow(a)
		v.all = v.all && (i == 0 || v.allowed[i])
	}
	if surface == SCREEN {
		for _, g := range viewer.Grants {
			if viewer.rank() >= 3 && g.Second != "" && g.Second != viewer.Account && DateOf(g.Until) >= today {
				for _, id := range g.IDs {
					if v.granted == nil {
						v.granted = map[ID]bool{}
					}
					v.granted[id] = true
				}
			}
		}
	}
	return v
}

// circlesOf computes on the full network which coalitions the viewer's
// organization belongs to (confirmed, current, not as observer or funder) and
// which campaigns it leads or supports (confirmed, current).
func (n *Network) circlesOf(viewer Viewer, today Date) map[ID]bool {
	circles := map[ID]bool{}
	for _, c := range viewer.Coalitions {
		circles[c] = true
	}
	i, ok := n.nodeAt.get(viewer.Organization)
	if !ok {
		return circles
	}
	for _, j := range n.nodes.at(i).out {
		l := n.links.at(j)
		if l.link == nil || l.link.State != CONFIRMED || !Covers(l.since, l.until, today) {
			continue
		}
		switch d := l.link.Details.(type) {
		case *Membership:
			if d.Role != "OBSERVER" && d.Role != "FUNDER" {
				circles[l.link.To] = true
			}
		case *CampaignPart:
			circles[l.link.To] = true
		}
	}
	return circles
}

// AsOf returns the same view with the links of another day: those whose time
// may include it. The zero Date is today.
func (v *View) AsOf(day Date) *View {
	w := *v
	w.day = day.Last()
	if day == 0 {
		w.day = v.eyes.today
	}
	return &w
}

// Viewer returns who looks.
func (v *View) Viewer() Viewer { return v.viewer }

// Surface returns where the answers are shown.
func (v *View) Surface() Surface { return v.eyes.surface }

// Today returns the day the view was made.
func (v *View) Today() Date { return v.eyes.today }

// Day returns the day whose links the view shows.
func (v *View) Day() Date { return v.day }

func (v *View) seesNode(i int32) bool {
	s := v.net.nodes.at(i)
	return v.allowed[s.audience] || v.granted != nil && s.node != nil && v.granted[s.node.Core().ID]
}

// seesLink reports whether link slot i and both its ends are visible; unless
// ended is true, also that it holds on the view's day.
func (v *View) seesLink(i int32, ended bool) bool {
	l := v.net.links.at(i)
	return (v.allowed[l.audience] || v.granted != nil && l.link != nil && v.granted[l.link.ID]) &&
		(ended || Covers(l.since, l.until, v.day)) && (v.all || v.seesNode(l.from) && v.seesNode(l.to))
}

// slot returns the slot of a visible node.
func (v *View) slot(id ID) (int32, bool) {
	i, ok := v.net.nodeAt.get(id)
	return i, ok && v.seesNode(i)
}

// Node returns the node, nil when it is hidden or absent.
func (v *View) Node(id ID) Node {
	if i, ok := v.slot(id); ok {
		return v.nodeAt(i)
	}
	return nil
}

// nodeAt returns a visible node, cut to what the viewer may read.
func (v *View) nodeAt(i int32) Node { return v.redact(v.net.nodes.at(i).node) }

// Link returns the link, whether it holds or has ended, nil when it or one of
// its ends is hidden or absent.
func (v *View) Link(id ID) *Link {
	if i, ok := v.net.linkAt.get(id); ok && v.seesLink(i, true) {
		return v.linkAt(i)
	}
	return nil
}

func (v *View) linkAt(i int32) *Link { return v.redactLink(v.net.links.at(i).link) }

// Direction tells which links of a node are meant.
type Direction string

// The directions. Links of symmetric kinds are found in both.
const (
	OUT  Direction = "OUT"
	IN   Direction = "IN"
	BOTH Direction = "BOTH"
)

// LinkFilter says which links of a node are wanted; the zero value all that
// hold on the view's day.
type LinkFilter struct {
	Kinds      []LinkKind
	Direction  Direction  // "" is BOTH
	Ended      bool       // also those that do not hold on the day
	Other      ID         // only with this node at the other end
	OtherKinds []NodeKind // only with nodes of these kinds at the other end
	begun      bool       // not those that begin after the day, ended or not
}

// eachLink calls yield with every visible link slot of a node and the slot of
// its other end, until yield returns false. A link of a node to itself comes once.
func (v *View) eachLink(i int32, f *LinkFilter, yield func(link, other int32) bool) {
	wanted, ends := linkSet(f.Kinds), uint64(0)
	for _, k := range f.OtherKinds {
		ends |= 1 << (nodeIndex(k) & 63)
	}
	s := v.net.nodes.at(i)
	for side, list := range [2][]int32{s.out, s.in} {
		for _, j := range list {
			l := v.net.links.at(j)
			other := l.to
			if side == 1 {
				other = l.from
				if other == i {
					continue
				}
			}
			if len(f.Kinds) > 0 && wanted>>l.kind&1 == 0 || !v.seesLink(j, f.Ended) || f.begun && l.since > v.day {
				continue
			}
			if !linkKinds[l.kind].Symmetric && (f.Direction == OUT && side == 1 || f.Direction == IN && side == 0) {
				continue
			}
			o := v.net.nodes.at(other)
			if len(f.OtherKinds) > 0 && ends>>o.kind&1 == 0 || f.Other != "" && o.node.Core().ID != f.Other {
				continue
			}
			if !yield(j, other) {
				return
			}
		}
	}
}

// linkSlots lists the visible links of a node in order: kind as in the
// catalogue, start, id.
func (v *View) linkSlots(i int32, f *LinkFilter) []int32 {
	var out []int32
	v.eachLink(i, f, func(j, _ int32) bool { out = append(out, j); return true })
	slices.SortFunc(out, v.compareLinks)
	return out
}

func (v *View) compareLinks(i, j int32) int {
	a, b := v.net.links.at(i), v.net.links.at(j)
	return cmp.Or(int(a.kind)-int(b.kind), a.link.Since.Compare(b.link.Since), cmp.Compare(a.link.ID, b.link.ID))
}

// LinksOf returns the links of a node, in order of kind, start and id; none
// for a node that is hidden or absent.
func (v *View) LinksOf(id ID, f LinkFilter) []*Link {
	i, ok := v.slot(id)
	if !ok {
		return nil
	}
	slots := v.linkSlots(i, &f)
	out := make([]*Link, len(slots))
	for k, j := range slots {
		out[k] = v.linkAt(j)
	}
	return out
}

// Degree returns how many links of the node the viewer sees on the day.
func (v *View) Degree(id ID) int {
	if i, ok := v.slot(id); ok {
		return v.degree(i, false)
	}
	return 0
}

// degree counts the visible links of a node that hold on the day, with past
// also those that had ended by then.
func (v *View) degree(i int32, past bool) (n int) {
	v.eachLink(i, &LinkFilter{Ended: past, begun: past}, func(int32, int32) bool { n++; return true })
	return n
}

// Identified returns the visible nodes that carry an identifier
// ("scheme:value", compared folded), in order of id.
func (v *View) Identified(identifier string) []Node {
	list, _ := v.net.identified.get(Fold(identifier))
	var out []Node
	for _, i := range list {
		if v.seesNode(i) {
			out = append(out, v.nodeAt(i))
		}
	}
	slices.SortFunc(out, func(a, b Node) int { return cmp.Compare(a.Core().ID, b.Core().ID) })
	return out
}

// Named returns the visible nodes of a kind one of whose names folds to the
// same as name, in order of id.
func (v *View) Named(kind NodeKind, name string) []Node {
	var out []Node
	k := uint8(nodeIndex(kind))
	v.net.words.find(v.net, name, func(i int32, class int) {
		if class == matchExact && v.seesNode(i) && v.net.nodes.at(i).kind == k {
			out = append(out, v.nodeAt(i))
		}
	})
	slices.SortFunc(out, func(a, b Node) int { return cmp.Compare(a.Core().ID, b.Core().ID) })
	return out
}

// Records returns the visible records of a kind, in order of id.
func (v *View) Records(kind string) []*Record {
	return v.net.recordsWhere(func(r *Record) bool { return r.Kind == kind && v.seesRecord(r) })
}

// Record returns a visible record, nil when it is hidden or absent.
func (v *View) Record(id ID) *Record {
	if r, ok := v.net.records.get(id); ok && v.seesRecord(r) {
		return r
	}
	return nil
}

func (v *View) seesRecord(r *Record) bool { return v.eyes.allow(recordAudience(r.Fields)) }

func recordAudience(f Fields) audience {
	visibility, _ := f["visibility"].(string)
	scopes, _ := f["scopes"].([]string)
	ids := make([]ID, len(scopes))
	for i, s := range scopes {
		ids[i] = ID(s)
	}
	return audienceOf(Visibility(visibility), ids, nil)
}

// Counts are the numbers of visible nodes, by kind in the catalogue's order,
// and of links that hold on the day.
type Counts struct {
	Nodes  int
	Links  int
	ByKind map[NodeKind]int
}

// Counts counts what is visible.
func (v *View) Counts() Counts {
	c := Counts{ByKind: map[NodeKind]int{}}
	var by [16]int
	for i := range int32(v.net.nodes.n) {
		if v.seesNode(i) {
			c.Nodes++
			by[v.net.nodes.at(i).kind]++
		}
	}
	for k, n := range by[:len(nodeKinds)] {
		if n > 0 {
			c.ByKind[nodeKinds[k].Kind] = n
		}
	}
	for i := range int32(v.net.links.n) {
		if v.seesLink(i, false) {
			c.Links++
		}
	}
	return c
}

// redact returns a copy of n that carries the view and holds only what the
// viewer may read: no restricted fields below their level, no contact point
// beyond its visibility, no id of a node that is hidden.
func (v *View) redact(n Node) Node {
	var out Node
	switch n := n.(type) {
	case *Organization:
		c := *n
		c.ContactPoints = v.contactPoints(n.ContactPoints)
		out = &c
	case *Individual:
		c := *n
		c.ContactPoints = v.contactPoints(n.ContactPoints)
		c.AtRisk = n.AtRisk && v.eyes.readsRestricted()
		out = &c
	case *Issue:
		c := *n
		c.Known = cut(v, n.Known, func(k *Claim) *ID { return &k.Source })
		out = &c
	case *Coalition:
		c := *n
		out = &c
	case *Campaign:
		c := *n
		c.Readings = cut(v, n.Readings, func(m *Measurement) *ID { return &m.Source })
		out = &c
	case *Action:
		c := *n
		out = &c
	case *Event:
		c := *n
		out = &c
	case *Community:
		c := *n
		out = &c
	case *Story:
		c := *n
		c.Consent.Named = v.visibleIDs(n.Consent.Named)
		if !v.eyes.readsRestricted() {
			c.Consent = Consent{}
		}
		out = &c
	case *Source:
		c := *n
		out = &c
	}
	b := out.Core()
	b.Sources, b.Scopes, b.view = v.visibleIDs(b.Sources), v.visibleIDs(b.Scopes), v
	return out
}

func (v *View) redactLink(l *Link) *Link {
	c := *l
	c.Sources, c.Scopes, c.view = v.visibleIDs(l.Sources), v.visibleIDs(l.Scopes), v
	if !v.eyes.readsRestricted() {
		c.AssertedBy, c.ConfirmedBy = "", ""
	}
	if t, ok := l.Details.(*Targeting); ok {
		c.Details = &Targeting{cut(v, t.Readings, func(r *Reading) *ID { return &r.Source })}
	}
	return &c
}

func (v *View) contactPoints(list []ContactPoint) []ContactPoint {
	var out []ContactPoint
	for _, p := range list {
		if v.eyes.allow(audience{visibility: p.Visibility}) {
			out = append(out, p)
		}
	}
	return out
}

func (v *View) visibleIDs(ids []ID) []ID {
	if !slices.ContainsFunc(ids, v.hides) {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), v.hides)
}

func (v *View) hides(id ID) bool { _, ok := v.slot(id); return !ok }

// cut returns list with every id that names no visible node emptied.
func cut[T any](v *View, list []T, id func(*T) *ID) []T {
	var out []T
	for i := range list {
		if p := id(&list[i]); *p != "" && v.hides(*p) {
			if out == nil {
				out = slices.Clone(list)
			}
			*id(&out[i]) = ""
		}
	}
	if out == nil {
		return list
	}
	return out
}

// Key tells what is derived from views apart: two views with equal keys show
// the same nodes and links, with the same times, to viewers of the same
// standing. It is for caches within the process and never leaves it.
func (v *View) Key() string {
	h := sha256.New()
	h.Write(v.net.head.Hash[:])
	fmt.Fprint(h, v.viewer.rank(), "|", v.eyes.surface, "|", v.eyes.today, "|", v.day, "|", v.allowed, "|", slices.Sorted(maps.Keys(v.granted)))
	return string(h.Sum(nil))
}

// Revision orders views of one directory by the changes they show. It is for
// caches within the process and never leaves it.
func (v *View) Revision() int64 { return v.net.head.Revision }

// WithoutGrants returns the view without what grants open to the viewer: what
// is sealed is for looking at, never for analysis.
func (v *View) WithoutGrants() *View {
	w := *v
	w.granted = nil
	return &w
}
