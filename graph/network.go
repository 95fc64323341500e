package graph

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// Network is everything at one revision: nodes, links, records, who may see
// each, and the words they are found by. It is immutable and safe for any
// number of readers. The only way to read it is through a [View].
//
// Nodes and links sit in numbered slots of paged vectors. A change copies the
// pages it touches and shares the others, so applying one costs microseconds
// at any size. A slot whose node or link is gone stays empty until the next
// load.
type Network struct {
	head        Head
	nodes       vector[nodeSlot]
	links       vector[linkSlot]
	nodeAt      shards[ID, int32]
	linkAt      shards[ID, int32]
	identified  shards[string, []int32] // "scheme:value", folded → nodes
	records     shards[ID, *Record]
	recordCount int
	audiences   []audience // 0 is nobody
	places      []string   // 0 is none
	words       wordIndex
	nodeCount   int
	linkCount   int
}

type nodeSlot struct {
	node     Node // nil: empty
	out, in  []int32
	audience uint32
	place    uint32 // number in places; 0 is none
	offers   uint32 // capacities offered, a bit each in the order of their vocabulary
	needs    uint32 // capacities needed
	kind     uint8  // index into nodeKinds
	class    uint8  // number of the classification in its vocabulary, 0 for none
	grouped  bool   // a link to an issue or coalition has begun here
	kept     *kept  // see Graph.OfText
}

// kept is what was made of the text of a node, nil until it is asked for.
type kept = atomic.Pointer[any]

type linkSlot struct {
	link         *Link // nil: empty
	from, to     int32
	since, until Date // first and last day, 0 when open
	audience     uint32
	kind         uint8
	strength     uint8
}

// Record is a typed document beside the graph: an introduction, a dismissal,
// a batch of import. Its audience is said by its fields visibility and scopes,
// as for nodes.
type Record struct {
	ID     ID
	Kind   string
	Fields Fields
}

// Head returns the revision and hash the network is at.
func (n *Network) Head() Head { return n.head }

// recordsWhere returns the records that are wanted, in order of id.
func (n *Network) recordsWhere(wanted func(*Record) bool) []*Record {
	var out []*Record
	for _, part := range n.records.parts {
		for _, r := range part {
			if wanted(r) {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Record) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

const pageSize = 256

// vector is a list in pages, shared between networks; see draft for writing.
type vector[T any] struct {
	pages []*[pageSize]T
	n     int
}

func (v *vector[T]) at(i int32) *T { return &v.pages[uint32(i)/pageSize][uint32(i)%pageSize] }

// sparse is an array of numbers, most of them 0, that is emptied at the cost of
// the others: work space for what touches a part of the network.
type sparse struct {
	of   []int32
	some []int32 // places that are not 0
}

// reset makes room for n numbers, all 0.
func (s *sparse) reset(n int) {
	for _, i := range s.some {
		s.of[i] = 0
	}
	if s.some = s.some[:0]; len(s.of) < n {
		s.of = make([]int32, n+n/8)
	}
}

// add adds x, above 0, to number i.
func (s *sparse) add(i, x int32) {
	if s.of[i] == 0 {
		s.some = append(s.some, i)
	}
	s.of[i] += x
}

const shardCount = 2048

// shards is a map in parts, shared between networks.
type shards[K ~string, V any] struct{ parts []map[K]V }

var shardSeed = maphash.MakeSeed()

func shardOf[K ~string](k K) int { return int(maphash.String(shardSeed, string(k)) % shardCount) }

func (s *shards[K, V]) get(k K) (v V, ok bool) {
	if s.parts == nil {
		return v, false
	}
	v, ok = s.parts[shardOf(k)][k]
	return v, ok
}

// draft is a network being made from another: it owns the pages and parts it
// has copied and may write them freely.
type draft struct {
	*Network
	intern    *interner
	ownNodes  map[int]bool
	ownLinks  map[int]bool
	ownParts  map[any]map[int]bool
	ownOut    map[int32]bool // adjacency lists already copied
	ownIn     map[int32]bool
	fresh     bool // made from nothing: everything is owned
	reindexed map[int32]bool
}

// interner numbers audiences and places. One belongs to a directory and is used
// by its one writer at a time; networks keep the prefix that existed when they were made.
type interner struct {
	list    []audience
	index   map[audience]uint32
	places  []string
	placeAt map[string]uint32
}

func newInterner() *interner {
	return &interner{list: []audience{{}}, index: map[audience]uint32{{}: 0}, places: []string{""}, placeAt: map[string]uint32{"": 0}}
}

func (in *interner) place(name string) uint32 {
	n, ok := in.placeAt[name]
	if !ok {
		name = strings.Clone(name)
		n = uint32(len(in.places))
		in.places = append(in.places, name)
		in.placeAt[name] = n
	}
	return n
}

func (in *interner) number(a audience) uint32 {
	n, ok := in.index[a]
	if !ok {
		a.scopes, a.named = strings.Clone(a.scopes), strings.Clone(a.named)
		n = uint32(len(in.list))
		in.list = append(in.list, a)
		in.index[a] = n
	}
	return n
}

// emptyDraft starts a network from nothing, for a load.
func emptyDraft(in *interner) *draft {
	d := (&Network{}).edit(in)
	d.fresh = true
	return d
}

// edit starts a draft on top of n.
func (n *Network) edit(in *interner) *draft {
	next := *n
	return &draft{Network: &next, intern: in, ownNodes: map[int]bool{}, ownLinks: map[int]bool{}, ownParts: map[any]map[int]bool{},
		ownOut: map[int32]bool{}, ownIn: map[int32]bool{}, reindexed: map[int32]bool{}}
}

// writable returns element i for writing, copying its page first if it is shared.
func writable[T any](v *vector[T], own map[int]bool, i int32) *T {
	p := int(i) / pageSize
	if !own[p] {
		if len(own) == 0 {
			v.pages = slices.Clone(v.pages)
		}
		page := *v.pages[p]
		v.pages[p] = &page
		own[p] = true
	}
	return v.at(i)
}

func grow[T any](v *vector[T], own map[int]bool) int32 {
	if v.n%pageSize == 0 {
		if len(own) == 0 {
			v.pages = slices.Clone(v.pages)
		}
		v.pages = append(v.pages, new([pageSize]T))
		own[len(v.pages)-1] = true
	}
	v.n++
	return int32(v.n - 1)
}

func setShard[K ~string, V any](d *draft, s *shards[K, V], k K, v V, drop bool) {
	own := d.ownParts[s]
	if own == nil {
		own = map[int]bool{}
		d.ownParts[s] = own
		if s.parts == nil {
			s.parts = make([]map[K]V, shardCount)
		} else {
			s.parts = slices.Clone(s.parts)
		}
	}
	p := shardOf(k)
	if !own[p] {
		own[p] = true
		if s.parts[p] = maps.Clone(s.parts[p]); s.parts[p] == nil {
			s.parts[p] = map[K]V{}
		}
	}
	if drop {
		delete(s.parts[p], k)
		return
	}
	s.parts[p][k] = v
}

// putNode adds or replaces a node.
func (d *draft) putNode(n Node) {
	b := n.Core()
	i, ok := d.nodeAt.get(b.ID)
	if !ok {
		i = grow(&d.nodes, d.ownNodes)
		setShard(d, &d.nodeAt, b.ID, i, false)
		d.nodeCount++
	}
	s := writable(&d.nodes, d.ownNodes, i)
	if s.node != nil {
		d.identify(s.node.Core().Identifiers, i, true)
	}
	story, _ := n.(*Story)
	s.node, s.kept, s.kind, s.audience = n, new(kept), uint8(nodeIndex(b.Kind)), d.intern.number(audienceOf(b.Visibility, b.Scopes, story))
	offered, needed := capacitiesOf(n)
	s.place, s.offers, s.needs, s.class = d.intern.place(b.Place), capacityBits(offered), capacityBits(needed), 0
	if o, ok := n.(*Organization); ok {
		s.class = classNumber(o.Classification)
	}
	d.identify(b.Identifiers, i, false)
	d.reindexed[i] = true
}

func (d *draft) identify(identifiers []string, i int32, drop bool) {
	for _, id := range identifiers {
		k := Fold(id)
		list, _ := d.identified.get(k)
		list = slices.DeleteFunc(slices.Clone(list), func(j int32) bool { return j == i })
		if !drop {
			list = append(list, i)
		}
		setShard(d, &d.identified, k, list, len(list) == 0)
	}
}

// putLink adds or replaces a link. Both ends must be there; it reports whether
// they are. The ends of a link never change.
func (d *draft) putLink(l *Link) bool {
	from, ok1 := d.nodeAt.get(l.From)
	to, ok2 := d.nodeAt.get(l.To)
	if !ok1 || !ok2 {
		return false
	}
	i, ok := d.linkAt.get(l.ID)
	if !ok {
		i = grow(&d.links, d.ownLinks)
		setShard(d, &d.linkAt, l.ID, i, false)
		d.linkCount++
		if !d.fresh {
			d.attach(from, i, d.ownOut, func(s *nodeSlot) *[]int32 { return &s.out })
			if groupKinds>>linkIndex(l.Kind)&1 != 0 {
				writable(&d.nodes, d.ownNodes, from).grouped = true
			}
			d.attach(to, i, d.ownIn, func(s *nodeSlot) *[]int32 { return &s.in })
		}
	}
	s := writable(&d.links, d.ownLinks, i)
	*s = linkSlot{link: l, from: from, to: to, since: l.Since.First(), until: l.Until.Last(), kind: uint8(linkIndex(l.Kind)),
		strength: uint8(l.Strength), audience: d.intern.number(audienceOf(l.Visibility, l.Scopes, nil))}
	return true
}

func (d *draft) attach(node, link int32, own map[int32]bool, list func(*nodeSlot) *[]int32) {
	l := list(writable(&d.nodes, d.ownNodes, node))
	if !own[node] {
		own[node] = true
		*l = append(make([]int32, 0, len(*l)+4), *l...)
	}
	*l = append(*l, link)
}

func (d *draft) detach(node, link int32, own map[int32]bool, list func(*nodeSlot) *[]int32) {
	l := list(writable(&d.nodes, d.ownNodes, node))
	if !own[node] {
		own[node] = true
		*l = slices.Clone(*l)
	}
	*l = slices.DeleteFunc(*l, func(j int32) bool { return j == link })
}

// dropLink removes a link if it is there.
func (d *draft) dropLink(id ID) {
	i, ok := d.linkAt.get(id)
	if !ok {
		return
	}
	s := writable(&d.links, d.ownLinks, i)
	d.detach(s.from, i, d.ownOut, func(s *nodeSlot) *[]int32 { return &s.out })
	d.detach(s.to, i, d.ownIn, func(s *nodeSlot) *[]int32 { return &s.in })
	*s = linkSlot{}
	setShard(d, &d.linkAt, id, 0, true)
	d.linkCount--
}

// dropNode removes a node and whatever links it has left.
func (d *draft) dropNode(id ID) {
	i, ok := d.nodeAt.get(id)
	if !ok {
		return
	}
	for _, list := range [][]int32{slices.Clone(d.nodes.at(i).out), slices.Clone(d.nodes.at(i).in)} {
		for _, j := range list {
			if l := d.links.at(j).link; l != nil {
				d.dropLink(l.ID)
			}
		}
	}
	s := writable(&d.nodes, d.ownNodes, i)
	d.identify(s.node.Core().Identifiers, i, true)
	*s = nodeSlot{}
	setShard(d, &d.nodeAt, id, 0, true)
	d.nodeCount--
	d.reindexed[i] = true
}

func (d *draft) putRecord(r *Record) {
	if _, ok := d.records.get(r.ID); !ok {
		d.recordCount++
	}
	setShard(d, &d.records, r.ID, r, false)
}

func (d *draft) dropRecord(id ID) {
	if _, ok := d.records.get(id); ok {
		d.recordCount--
		setShard(d, &d.records, id, nil, true)
	}
}

// put applies a row as read from a store or a log; drop removes the id.
func (d *draft) put(r Row) error {
	switch r.Class {
	case NODE:
		n, err := nodeOf(r)
		if err != nil {
			return err
		}
		d.putNode(n)
	case LINK:
		l, err := linkOf(r)
		if err != nil {
			return err
		}
		if !d.putLink(l) {
			return Errorf(INTERNAL, "the link %s has lost an end: run `weft verify`", l.ID)
		}
	case RECORD:
		d.putRecord(&Record{r.ID, r.Kind, r.Fields})
	default:
		return Errorf(INTERNAL, "a row of an unknown class was read: run `weft verify`")
	}
	return nil
}

func (d *draft) drop(class Class, id ID) {
	switch class {
	case NODE:
		d.dropNode(id)
	case LINK:
		d.dropLink(id)
	case RECORD:
		d.dropRecord(id)
	}
}

// done finishes the draft, which must not be used afterwards.
func (d *draft) done(head Head) *Network {
	d.settle()
	d.head = head
	return d.Network
}

// settle brings the parts that are made from others up to date, so that a
// View of the draft answers from all that was put so far.
func (d *draft) settle() {
	if d.fresh {
		d.scatter()
		d.fresh = false
	}
	if len(d.reindexed) > 0 {
		d.words = d.words.with(d.Network, d.reindexed)
		d.reindexed = map[int32]bool{}
	}
	d.audiences, d.places = d.intern.list, d.intern.places
}

// scatter makes the adjacency of a network loaded from nothing, in one array.
func (d *draft) scatter() {
	n, m := d.nodes.n, d.links.n
	out, in := make([]int32, n+1), make([]int32, n+1)
	for i := range int32(m) {
		s := d.links.at(i)
		out[s.from]++
		in[s.to]++
	}
	both := make([]int32, 2*m)
	next := int32(0)
	cut := func(count int32) []int32 {
		l := both[next : next : next+count]
		next += count
		return l
	}
	for i := range int32(n) {
		s := d.nodes.at(i)
		s.out, s.in = cut(out[i]), cut(in[i])
	}
	for i := range int32(m) {
		s := d.links.at(i)
		f := d.nodes.at(s.from)
		f.out = append(f.out, i)
		f.grouped = f.grouped || groupKinds>>s.kind&1 != 0
		t := d.nodes.at(s.to)
		t.in = append(t.in, i)
	}
}

// nodeOf makes the node that a row keeps.
func nodeOf(r Row) (Node, error) {
	info := NodeInfoOf(NodeKind(r.Kind))
	if info == nil {
		return nil, Errorf(INVALID, "%.60q is no kind of node", r.Kind)
	}
	n := info.new()
	n.Core().ID, n.Core().Kind = r.ID, info.Kind
	return n, decodeNode(n, r.Fields, true)
}

// linkOf makes the link that a row keeps.
func linkOf(r Row) (*Link, error) {
	info := LinkInfoOf(LinkKind(r.Kind))
	if info == nil {
		return nil, Errorf(INVALID, "%.60q is no kind of link", r.Kind)
	}
	l := &Link{ID: r.ID, Kind: info.Kind, From: r.From, To: r.To}
	return l, decodeLink(l, r.Fields, true)
}

func rowOfNode(n Node) Row {
	return Row{Class: NODE, ID: n.Core().ID, Kind: string(n.Core().Kind), Fields: FieldsOfNode(n)}
}

func rowOfLink(l *Link) Row {
	return Row{Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To, Fields: FieldsOfLink(l)}
}

func (r *Record) row() Row { return Row{Class: RECORD, ID: r.ID, Kind: r.Kind, Fields: r.Fields} }
