package graph

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"
	"sync"
)

// Shape is a part of the network in columns, for a canvas, a matrix or an
// outline: one entry a node in the first lists, one entry a link in the
// others. From and To are positions in IDs; kinds are positions in NodeKinds
// and LinkKinds. It is far smaller and faster to write than lists of objects.
type Shape struct {
	IDs       []ID       `json:"ids"`
	Kinds     []int      `json:"kinds"`
	Names     []string   `json:"names"`
	Degrees   []int      `json:"degrees"` // visible links in all, here or not; ended ones too where they were asked for
	Depths    []int      `json:"depths"`  // steps from the nodes asked for; 0 in a whole shape
	LinkIDs   []ID       `json:"linkIds"`
	From      []int      `json:"from"`
	To        []int      `json:"to"`
	LinkKinds []int      `json:"linkKinds"`
	Strengths []int      `json:"strengths"`
	States    []int      `json:"states"` // 0 claimed, 1 confirmed, 2 disputed
	Since     []Date     `json:"since"`
	Until     []Date     `json:"until"`
	NodeKinds []NodeKind `json:"nodeKinds"`     // what Kinds counts in
	LinkNames []LinkKind `json:"linkKindNames"` // what LinkKinds counts in
	Limited   bool       `json:"limited"`       // more nodes were within reach than the limit
}

// MarshalGQL writes the columns as one JSON object.
func (s *Shape) MarshalGQL(w io.Writer) { json.NewEncoder(w).Encode(s) }

// UnmarshalGQL exists because GraphQL scalars have it; a Shape is never an input.
func (s *Shape) UnmarshalGQL(any) error { return Errorf(INVALID, "a shape cannot be given") }

// MaxDepth and MaxShape bound what Neighbourhood may be asked for.
const (
	MaxDepth = 4
	MaxShape = 10_000
)

// Neighbourhood returns the nodes within depth steps of the given ones, over
// visible links of the given kinds (all when none are given) that hold on the
// day, with past also those that had ended by then, and every such link between
// them. When more than limit nodes are within reach the nearer come first, and
// of equally near ones those with most such links of any kind, then by id. Ids
// that are hidden or absent are passed over.
func (v *View) Neighbourhood(ids []ID, depth int, kinds []LinkKind, past bool, limit int) (*Shape, error) {
	switch {
	case depth < 0 || depth > MaxDepth:
		return nil, invalid("depth", "depth is %d; ask for 0 to %d", depth, MaxDepth)
	case limit < 1 || limit > MaxShape:
		return nil, invalid("limit", "limit is %d; ask for 1 to %d", limit, MaxShape)
	case len(ids) > 500:
		return nil, invalid("ids", "%d ids are given; the most is 500", len(ids))
	}
	f := &LinkFilter{Kinds: kinds, Ended: past, begun: past}
	w := v.newWalk()
	defer walks.Put(w)
	depthOf := &w.depth // and 1, by slot
	var order, ring []int32
	limited := false
	for _, id := range ids {
		if i, ok := v.slot(id); ok {
			if depthOf.of[i] == 0 && len(order) < limit {
				depthOf.add(i, 1)
				order = append(order, i)
			}
		}
	}
	ring = slices.Clone(order)
	for d := 1; d <= depth && len(ring) > 0 && len(order) < limit; d++ {
		next := w.next[:0]
		for _, i := range ring {
			v.eachLink(i, f, func(_, other int32) bool {
				if depthOf.of[other] == 0 {
					depthOf.add(other, int32(d+1))
					next = append(next, other)
				}
				return true
			})
		}
		w.next = next
		if room := limit - len(order); len(next) > room {
			limited = true
			next = v.mostLinked(next, room, past)
		}
		order = append(order, next...)
		ring = order[len(order)-len(next):]
	}
	return v.shape(order, w, f, limited), nil
}

// walk is the work space of a shape.
type walk struct {
	depth sparse // by slot, and 1; 0 for what was not come to
	place sparse // by slot, in the shape, and 1
	next  []int32
}

var walks = sync.Pool{New: func() any { return new(walk) }}

func (v *View) newWalk() *walk {
	w := walks.Get().(*walk)
	w.depth.reset(v.net.nodes.n)
	w.place.reset(v.net.nodes.n)
	return w
}

// mostLinked returns the n of some nodes that have most visible links, of equals
// those with the lowest ids. A node has no more visible links than links, so once
// n are found visible links are counted only of nodes that have as many links as the last.
func (v *View) mostLinked(nodes []int32, n int, past bool) []int32 {
	links := func(i int32) int {
		s := v.net.nodes.at(i)
		return min(len(s.out)+len(s.in), mostCounted)
	}
	var start [mostCounted + 2]int32 // of those with as many links, most first
	for _, i := range nodes {
		start[mostCounted-links(i)+1]++
	}
	for k := range mostCounted + 1 {
		start[k+1] += start[k]
	}
	order := make([]int32, len(nodes))
	for _, i := range nodes {
		k := mostCounted - links(i)
		order[start[k]] = i
		start[k]++
	}
	type counted struct {
		slot   int32
		degree int
	}
	top := firstOf[counted]{n: n, less: func(a, b counted) bool {
		return cmp.Or(b.degree-a.degree, cmp.Compare(v.net.words.doc(a.slot).id, v.net.words.doc(b.slot).id)) < 0
	}}
	for _, i := range order {
		if len(top.items) == n && links(i) < min(top.items[0].degree, mostCounted) {
			break
		}
		top.offer(counted{i, v.degree(i, past)})
	}
	out := order[:0]
	for _, c := range top.items {
		out = append(out, c.slot)
	}
	return out
}

const mostCounted = 1 << 10 // links tell nodes apart up to here

// Speak puts the names of a shape of this view in a language (BCP 47 tag), where
// nodes have one in it.
func (v *View) Speak(s *Shape, language string) {
	for k, id := range s.IDs {
		if i, ok := v.slot(id); ok {
			s.Names[k] = v.nodeAt(i).Core().NameIn(language)
		}
	}
}

// Shape returns the whole visible network on the day, with links of the given
// kinds, or of all when none are given.
func (v *View) Shape(kinds ...LinkKind) *Shape {
	var all []int32
	for i := range int32(v.net.nodes.n) {
		if v.seesNode(i) {
			all = append(all, i)
		}
	}
	w := v.newWalk()
	defer walks.Put(w)
	return v.shape(all, w, &LinkFilter{Kinds: kinds}, false)
}

// shape writes columns, nodes and links in order of id.
func (v *View) shape(slots []int32, w *walk, f *LinkFilter, limited bool) *Shape {
	n := len(slots)
	s := &Shape{Limited: limited, IDs: make([]ID, 0, n), Kinds: make([]int, 0, n), Names: make([]string, 0, n), Degrees: make([]int, 0, n), Depths: make([]int, 0, n),
		LinkIDs: []ID{}, From: []int{}, To: []int{}, LinkKinds: []int{}, Strengths: []int{}, States: []int{}, Since: []Date{}, Until: []Date{}}
	for _, k := range nodeKinds {
		s.NodeKinds = append(s.NodeKinds, k.Kind)
	}
	for _, k := range linkKinds {
		s.LinkNames = append(s.LinkNames, k.Kind)
	}
	slices.SortFunc(slots, func(a, b int32) int { return cmp.Compare(v.net.words.doc(a).id, v.net.words.doc(b).id) })
	at := &w.place
	for k, i := range slots {
		n := v.net.nodes.at(i)
		at.add(i, int32(k+1))
		s.IDs = append(s.IDs, n.node.Core().ID)
		s.Kinds = append(s.Kinds, int(n.kind))
		s.Names = append(s.Names, n.node.Core().Name)
		s.Depths = append(s.Depths, max(0, int(w.depth.of[i])-1))
	}
	var links []int32
	any := *f // degrees count links of all kinds
	any.Kinds = nil
	wanted := linkSet(f.Kinds)
	for _, i := range slots {
		degree := 0
		v.eachLink(i, &any, func(j, other int32) bool {
			degree++
			if at.of[other] > 0 {
				if l := v.net.links.at(j); l.from == i && (wanted == 0 || wanted>>l.kind&1 != 0) {
					links = append(links, j)
				}
			}
			return true
		})
		s.Degrees = append(s.Degrees, degree)
	}
	slices.SortFunc(links, func(a, b int32) int { return cmp.Compare(v.net.links.at(a).link.ID, v.net.links.at(b).link.ID) })
	for _, j := range links {
		l := v.net.links.at(j)
		s.LinkIDs = append(s.LinkIDs, l.link.ID)
		s.From = append(s.From, int(at.of[l.from])-1)
		s.To = append(s.To, int(at.of[l.to])-1)
		s.LinkKinds = append(s.LinkKinds, int(l.kind))
		s.Strengths = append(s.Strengths, int(l.strength))
		s.States = append(s.States, slices.Index([]LinkState{CLAIMED, CONFIRMED, DISPUTED}, l.link.State))
		s.Since = append(s.Since, l.link.Since)
		s.Until = append(s.Until, l.link.Until)
	}
	return s
}

// Graph is the visible network on the view's day as arrays, for analysis. Nodes
// are numbered densely in order of id and links in order of id, so that equal
// views give equal numbers on every machine and store. Out holds, for node i,
// the links Out[OutStart[i]:OutStart[i+1]] that start there, In those that end there.
type Graph struct {
	View     *View
	IDs      []ID
	Kinds    []uint8 // position in NodeKinds
	Links    []GraphLink
	Ended    []bool // by link; all false unless made by Past
	Out, In  []int32
	OutStart []int32
	InStart  []int32
	slots    []int32
	links    []int32
}

// GraphLink is a link between numbered nodes.
type GraphLink struct {
	From, To int32
	Kind     uint8 // position in LinkKinds
	Strength uint8 // 0 when not said
}

// Node returns node i as its viewer may read it.
func (g *Graph) Node(i int32) Node { return g.View.nodeAt(g.slots[i]) }

// Text is what a node says of itself, to everybody who sees it.
type Text struct {
	Kind             NodeKind
	Name             string
	OtherNames       []string
	Translations     []Translation
	Summary, Purpose string
}

// OfText returns what read makes of the text of node i. It is kept for all views for as
// long as the node stays as it is, so read must depend on the text alone, and be the
// same in all calls.
func (g *Graph) OfText(i int32, read func(Text) any) any {
	s := g.View.net.nodes.at(g.slots[i])
	if made := s.kept.Load(); made != nil {
		return *made
	}
	made := read(g.Text(i))
	s.kept.Store(&made)
	return made
}

// Text returns the text of node i.
func (g *Graph) Text(i int32) Text {
	n := g.View.net.nodes.at(g.slots[i]).node
	b := n.Core()
	t := Text{Kind: b.Kind, Name: b.Name, OtherNames: b.OtherNames, Translations: b.Translations, Summary: b.Summary}
	if c, ok := n.(*Coalition); ok {
		t.Purpose = c.Purpose
	}
	return t
}

// Link returns link i as its viewer may read it.
func (g *Graph) Link(i int32) *Link { return g.View.linkAt(g.links[i]) }

// Number returns the number of a node, false when it is hidden or absent.
func (g *Graph) Number(id ID) (int32, bool) {
	i, ok := slices.BinarySearch(g.IDs, id)
	return int32(i), ok
}

// Graph returns the view as arrays. It takes time in proportion to the whole
// network and is not kept: ask once an operation.
func (v *View) Graph() *Graph { return v.graph(false) }

// Past is Graph with the links that had ended by the view's day beside those
// that hold on it; Ended tells them apart. Links that begin later are left out.
func (v *View) Past() *Graph { return v.graph(true) }

func (v *View) graph(past bool) *Graph {
	g := &Graph{View: v}
	for i := range int32(v.net.nodes.n) {
		if v.seesNode(i) {
			g.slots = append(g.slots, i)
		}
	}
	id := func(i int32) ID { return v.net.words.doc(i).id }
	sortByID(g.slots, id)
	number := make([]int32, v.net.nodes.n)
	g.IDs, g.Kinds = make([]ID, len(g.slots)), make([]uint8, len(g.slots))
	for k, i := range g.slots {
		number[i], g.IDs[k], g.Kinds[k] = int32(k), id(i), v.net.nodes.at(i).kind
	}
	for j := range int32(v.net.links.n) {
		if v.seesLink(j, past) && (!past || v.net.links.at(j).since <= v.day) {
			g.links = append(g.links, j)
		}
	}
	sortByID(g.links, func(j int32) ID { return v.net.links.at(j).link.ID })
	g.Links, g.Ended = make([]GraphLink, len(g.links)), make([]bool, len(g.links))
	g.OutStart, g.InStart = make([]int32, len(g.slots)+1), make([]int32, len(g.slots)+1)
	for k, j := range g.links {
		l := v.net.links.at(j)
		g.Links[k] = GraphLink{number[l.from], number[l.to], l.kind, l.strength}
		g.Ended[k] = past && !Covers(l.since, l.until, v.day)
		g.OutStart[g.Links[k].From+1]++
		g.InStart[g.Links[k].To+1]++
	}
	for i := range g.slots {
		g.OutStart[i+1] += g.OutStart[i]
		g.InStart[i+1] += g.InStart[i]
	}
	g.Out, g.In = make([]int32, len(g.links)), make([]int32, len(g.links))
	out, in := slices.Clone(g.OutStart), slices.Clone(g.InStart)
	for k, l := range g.Links {
		g.Out[out[l.From]] = int32(k)
		out[l.From]++
		g.In[in[l.To]] = int32(k)
		in[l.To]++
	}
	return g
}

// sortByID orders slots by id. Ids are drawn or derived by chance, so their first eight
// bytes, compared as one number, tell nearly all apart.
func sortByID(slots []int32, id func(int32) ID) {
	type key struct {
		first uint64
		slot  int32
	}
	keys := make([]key, len(slots))
	for k, i := range slots {
		var first [8]byte
		copy(first[:], id(i))
		keys[k] = key{binary.BigEndian.Uint64(first[:]), i}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return cmp.Compare(id(a.slot), id(b.slot))
	})
	for k := range keys {
		slots[k] = keys[k].slot
	}
}
