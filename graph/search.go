package graph

import (
	"cmp"
	"fmt"
	"math/bits"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Sort is the order of a list of nodes.
type Sort string

// The orders. BEST is by how well the text matches, then by name; without
// text it is by name. Ties are broken by folded name, then id.
const (
	BEST    Sort = "BEST"
	NAME    Sort = "NAME"
	UPDATED Sort = "UPDATED" // newest first
	DEGREE  Sort = "DEGREE"  // most visible links first
)

// NodeFilter narrows a list of nodes. Values within one filter are
// alternatives, different filters must all hold; the zero filter lets all
// through. An issue or coalition that the viewer cannot see matches nothing.
type NodeFilter struct {
	Kinds           []NodeKind
	Issues          []ID // a WORKS_ON, AFFECTED_BY or ABOUT link to one of these issues
	Places          []string
	Capacities      []Capacity // offered or needed
	Coalitions      []ID       // a MEMBER_OF link to one of these coalitions
	Classifications []Classification
}

// NodeQuery asks for a page of nodes. First 0 is the default length.
type NodeQuery struct {
	Text   string
	Filter NodeFilter
	Sort   Sort // "" is BEST
	First  int
	After  string

	NoFacets bool // Search need not count them
}

// Hit is a node found, with the part of its text that matched.
type Hit struct {
	Node    Node
	Match   string // the name or text that matched best, "" without a search text
	Snippet string // a piece of the summary around the match, "" when the name matched
}

// FacetValue is one value of a facet and how many results have it. Node is the
// issue or coalition when the value is the id of one.
type FacetValue struct {
	Value string
	Count int
	Node  Node
}

// Facet counts the results by one property. Filters on that same property are
// left out of its counts, so that choosing a value does not hide the others.
type Facet struct {
	Name   string // kind, issue, place, capacity, coalition, classification
	Values []FacetValue
}

// SearchPage is a page of hits and the facets of the whole result.
type SearchPage struct {
	Page[Hit]
	Facets []Facet
}

// The facets, in order; also the bits of a failed filter.
const (
	facetKind = iota
	facetIssue
	facetPlace
	facetCapacity
	facetCoalition
	facetClassification
	facetCount
)

var facetNames = [facetCount]string{"kind", "issue", "place", "capacity", "coalition", "classification"}

const maxFacetValues = 50

// found is a result before it becomes a hit. It is ordered by key (greater
// first for UPDATED and DEGREE, which are kept negated), then name, then id.
type found struct {
	slot int32
	key  int64
}

// Nodes returns a page of the visible nodes that match.
func (v *View) Nodes(q NodeQuery) (*Page[Node], error) {
	p, err := v.query(q, nil)
	if err != nil {
		return nil, err
	}
	out := &Page[Node]{PageInfo: p.PageInfo, TotalCount: p.TotalCount}
	for i, h := range p.Nodes {
		out.Nodes = append(out.Nodes, h.Node)
		out.Edges = append(out.Edges, Edge[Node]{p.Edges[i].Cursor, h.Node})
	}
	return out, nil
}

// Search returns a page of the visible nodes that match, best first, and the
// facets of all of them. Names, identifiers, place and the first 500 bytes of
// the summary are searched, in any script; the last letters may be missing and
// a letter or two wrong. Order: a name that is the text, a name that starts
// with it, all words, words with typos; then folded name, then id.
func (v *View) Search(q NodeQuery) (*SearchPage, error) {
	var t *tally
	if !q.NoFacets {
		t = v.newTally()
		defer t.release()
	}
	p, err := v.query(q, t)
	if err != nil {
		return nil, err
	}
	out := &SearchPage{Page: *p}
	if t != nil {
		out.Facets = t.facets(v)
	}
	return out, nil
}

func (v *View) query(q NodeQuery, t *tally) (*Page[Hit], error) {
	n, err := v.pageSize(q.First)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(q.Text) > 200 {
		return nil, invalid("text", "the search text is longer than 200 characters: shorten it")
	}
	f, err := v.compile(&q.Filter)
	if err != nil {
		return nil, err
	}
	if q.Sort == "" {
		q.Sort = BEST
	}
	list := fmt.Sprintf("nodes %q %v %s", q.Text, q.Filter, q.Sort)
	var after *place
	if q.After != "" {
		k, err := v.openCursor(list, q.After)
		if err != nil {
			return nil, err
		}
		after = parsePlace(k)
	}
	less := func(a, b found) bool {
		if a.key != b.key {
			return a.key < b.key
		}
		return v.net.words.compare(a.slot, b.slot) < 0
	}
	top := firstOf[found]{n: n + 1, less: less}
	total, skipped := 0, 0
	offer := func(i int32, class int) {
		if !v.seesNode(i) {
			return
		}
		failed := f.failed(v, i)
		if t != nil {
			t.count(v, i, failed)
		}
		if failed != 0 {
			return
		}
		total++
		x := found{i, v.sortKey(i, class, q.Sort)}
		if after != nil && !after.before(v, x) {
			skipped++
			return
		}
		if len(top.items) > n && x.key == top.items[0].key && v.net.words.ranked(top.items[0].slot, i) {
			return // as most results are
		}
		top.offer(x)
	}
	if strings.TrimSpace(q.Text) == "" {
		for i := range int32(v.net.nodes.n) {
			offer(i, matchWords)
		}
	} else {
		v.net.words.find(v.net, q.Text, offer)
	}
	got := top.sorted()
	p := &Page[Hit]{TotalCount: total}
	p.PageInfo.HasNextPage, p.PageInfo.HasPreviousPage = len(got) > n, skipped > 0
	got = got[:min(n, len(got))]
	p.Nodes = make([]Hit, len(got))
	var wanted []*pattern
	words(strings.TrimSpace(Fold(q.Text)), func(w string) { wanted = append(wanted, newPattern(w)) })
	for i, x := range got {
		p.Nodes[i] = v.hit(x.slot, wanted)
	}
	next, cursor := 0, v.cursors(list)
	p.finish(func(h Hit) string {
		next++
		x := got[next-1]
		return cursor(place{x.key, v.net.words.doc(x.slot).names[0], h.Node.Core().ID}.String())
	})
	return p, nil
}

// place is where a list goes on: what its elements are ordered by.
type place struct {
	key  int64
	name string
	id   ID
}

func (p place) String() string {
	return strconv.FormatInt(p.key, 10) + "\n" + string(p.id) + "\n" + p.name
}

func parsePlace(s string) *place {
	key, rest, _ := strings.Cut(s, "\n")
	id, name, _ := strings.Cut(rest, "\n")
	n, _ := strconv.ParseInt(key, 10, 64)
	return &place{n, name, ID(id)}
}

// before reports whether x comes after the place p.
func (p *place) before(v *View, x found) bool {
	d := v.net.words.doc(x.slot)
	return cmp.Or(cmp.Compare(p.key, x.key), strings.Compare(p.name, d.names[0]), cmp.Compare(p.id, d.id)) < 0
}

func (v *View) sortKey(i int32, class int, by Sort) int64 {
	switch by {
	case UPDATED:
		return -v.net.nodes.at(i).node.Core().UpdatedAt.UnixMilli()
	case DEGREE:
		return -int64(v.degree(i, false))
	case NAME:
		return 0
	}
	return int64(class)
}

// hit says which part of a node matched. Only what is indexed is looked at.
func (v *View) hit(i int32, wanted []*pattern) Hit {
	h := Hit{Node: v.nodeAt(i)}
	if len(wanted) == 0 {
		return h
	}
	best, most := 0, 2*len(wanted)
	names := v.net.words.doc(i).names // folded, in the same order
	wordTexts(h.Node, func(name string) {
		if best < most {
			if s := overlap(wanted, names[0]); s > best {
				best, h.Match = s, name
			}
		}
		names = names[1:]
	}, func(other string) {
		if best == most {
			return
		}
		if s := overlap(wanted, Fold(other)); s > best {
			best, h.Match = s, ""
			h.Snippet = other
		}
	})
	if h.Match != "" {
		h.Snippet = ""
	}
	h.Snippet = shorten(h.Snippet, 160)
	return h
}

// overlap scores how much of a query a text has: two for a word found or
// started, one for a typo.
func overlap(wanted []*pattern, folded string) (score int) {
	for _, p := range wanted {
		best := 0
		words(folded, func(have string) {
			switch {
			case strings.HasPrefix(have, p.text):
				best = 2
			case best == 0 && p.near(have, letterMask(have)):
				best = 1
			}
		})
		score += best
	}
	return score
}

func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(s[:cut], ' '); space > most/2 {
		cut = space
	}
	return s[:cut] + "…"
}

// filter is a NodeFilter ready to be tested: sets by slot and number, nil or
// empty for any.
type filter struct {
	kinds      uint32 // bit a kind
	classes    uint64 // bit a number
	capacities uint32
	places     []bool // by number
	issues     map[int32]bool
	coalitions map[int32]bool

	anyClass, anyCapacity bool
}

func (v *View) compile(q *NodeFilter) (*filter, error) {
	f := &filter{}
	for _, k := range q.Kinds {
		i := nodeIndex(k)
		if i < 0 {
			return nil, invalid("kinds", "%.60q is no kind of node", k)
		}
		f.kinds |= 1 << i
	}
	slots := func(ids []ID) map[int32]bool {
		if len(ids) == 0 {
			return nil
		}
		m := map[int32]bool{}
		for _, id := range ids {
			if i, ok := v.slot(id); ok {
				m[i] = true
			}
		}
		return m
	}
	f.issues, f.coalitions = slots(q.Issues), slots(q.Coalitions)
	if len(q.Places) > 0 {
		wanted := map[string]bool{}
		for _, p := range q.Places {
			wanted[Fold(p)] = true
		}
		f.places = make([]bool, len(v.net.places))
		for i, p := range v.net.places {
			f.places[i] = wanted[Fold(p)]
		}
	}
	f.capacities, f.anyCapacity = capacityBits(q.Capacities), len(q.Capacities) == 0
	f.anyClass = len(q.Classifications) == 0
	for _, c := range q.Classifications {
		f.classes |= 1 << classNumber(c) &^ 1
	}
	return f, nil
}

var (
	capacityWords = vocabularyOf(reflect.TypeFor[Capacity]()).Values
	classWords    = vocabularyOf(reflect.TypeFor[Classification]()).Values
)

func capacityBits(list []Capacity) (bits uint32) {
	for _, c := range list {
		if i := slices.Index(capacityWords, string(c)); i >= 0 {
			bits |= 1 << i
		}
	}
	return bits
}

func classNumber(c Classification) uint8 { return uint8(slices.Index(classWords, string(c)) + 1) }

// failed returns which filters a node fails, one bit a facet.
func (f *filter) failed(v *View, i int32) (bits uint8) {
	s := v.net.nodes.at(i)
	if f.kinds != 0 && f.kinds>>s.kind&1 == 0 {
		bits |= 1 << facetKind
	}
	if f.places != nil && !f.places[s.place] {
		bits |= 1 << facetPlace
	}
	if !f.anyClass && f.classes>>s.class&1 == 0 {
		bits |= 1 << facetClassification
	}
	if !f.anyCapacity && f.capacities&(s.offers|s.needs) == 0 {
		bits |= 1 << facetCapacity
	}
	if f.issues != nil || f.coalitions != nil {
		issue, coalition := f.issues == nil, f.coalitions == nil
		v.eachGroup(s, func(kind uint8, other int32) {
			if kind == memberIndex {
				coalition = coalition || f.coalitions[other]
			} else {
				issue = issue || f.issues[other]
			}
		})
		if !issue {
			bits |= 1 << facetIssue
		}
		if !coalition {
			bits |= 1 << facetCoalition
		}
	}
	return bits
}

var (
	memberIndex = uint8(linkIndex(MEMBER_OF))
	issueIndex  = uint8(nodeIndex(KindIssue))
	groupKinds  = uint64(1)<<linkIndex(WORKS_ON) | 1<<linkIndex(AFFECTED_BY) | 1<<linkIndex(ABOUT) | 1<<linkIndex(MEMBER_OF)
)

// eachGroup calls yield with every issue or coalition that a node is tied to, as the viewer sees.
func (v *View) eachGroup(s *nodeSlot, yield func(kind uint8, other int32)) {
	if !s.grouped {
		return
	}
	for _, j := range s.out {
		if l := v.net.links.at(j); groupKinds>>l.kind&1 != 0 && v.seesLink(j, false) {
			yield(l.kind, l.to)
		}
	}
}

// capacitiesOf returns what a node offers and needs.
func capacitiesOf(n Node) (offered, needed []Capacity) {
	switch n := n.(type) {
	case *Organization:
		return n.CapacitiesOffered, n.CapacitiesNeeded
	case *Individual:
		return n.CapacitiesOffered, nil
	case *Coalition:
		return nil, n.CapacitiesNeeded
	case *Campaign:
		return nil, n.CapacitiesNeeded
	}
	return nil, nil
}

// tally counts results by facet.
type tally struct {
	kinds      [16]int32
	capacities [32]int32
	classes    [64]int32
	places     sparse    // by number
	groups     [2]sparse // by slot: issues, coalitions
	seen       []int32   // groups of one node
}

var tallies = sync.Pool{New: func() any { return new(tally) }}

func (v *View) newTally() *tally {
	t := tallies.Get().(*tally)
	clear(t.kinds[:])
	clear(t.capacities[:])
	clear(t.classes[:])
	t.places.reset(len(v.net.places))
	for k := range t.groups {
		t.groups[k].reset(v.net.nodes.n)
	}
	return t
}

// release gives the work space to the next.
func (t *tally) release() { tallies.Put(t) }

// count adds a node to the facets whose own filter is the only one it fails.
func (t *tally) count(v *View, i int32, failed uint8) {
	in := func(facet int) bool { return failed&^(1<<facet) == 0 }
	s := v.net.nodes.at(i)
	if in(facetKind) {
		t.kinds[s.kind&15]++
	}
	if s.place != 0 && in(facetPlace) {
		t.places.add(int32(s.place), 1)
	}
	if in(facetClassification) {
		t.classes[s.class&63]++
	}
	if set := s.offers | s.needs; set != 0 && in(facetCapacity) {
		for ; set != 0; set &= set - 1 {
			t.capacities[bits.TrailingZeros32(set)]++
		}
	}
	if issue, coalition := in(facetIssue), in(facetCoalition); s.grouped && (issue || coalition) {
		t.seen = t.seen[:0] // several links to one issue count once
		v.eachGroup(s, func(kind uint8, other int32) {
			which := 0
			switch {
			case kind == memberIndex:
				which = 1
			case v.net.nodes.at(other).kind != issueIndex:
				return
			}
			if wanted := [2]bool{issue, coalition}[which]; wanted && !slices.Contains(t.seen, other) {
				t.seen = append(t.seen, other)
				t.groups[which].add(other, 1)
			}
		})
	}
}

// facets returns the counts, most first, then by value.
func (t *tally) facets(v *View) []Facet {
	type value struct {
		text  string
		count int32
		slot  int32 // of the issue or coalition
	}
	out := make([]Facet, facetCount)
	for k, name := range facetNames {
		list := firstOf[value]{n: maxFacetValues, less: func(a, b value) bool {
			return a.count > b.count || a.count == b.count && a.text < b.text
		}}
		add := func(text string, count, slot int32) {
			if count > 0 {
				list.offer(value{text, count, slot})
			}
		}
		groups := k == facetIssue || k == facetCoalition
		switch k {
		case facetKind:
			for i, n := range t.kinds[:len(nodeKinds)] {
				add(string(nodeKinds[i].Kind), n, 0)
			}
		case facetIssue, facetCoalition:
			c := &t.groups[0]
			if k == facetCoalition {
				c = &t.groups[1]
			}
			for _, i := range c.some {
				add(string(v.net.words.doc(i).id), c.of[i], i)
			}
		case facetPlace:
			for _, i := range t.places.some {
				add(v.net.places[i], t.places.of[i], 0)
			}
		case facetCapacity:
			for i, word := range capacityWords {
				add(word, t.capacities[i], 0)
			}
		case facetClassification:
			for i, word := range classWords {
				add(word, t.classes[i+1], 0)
			}
		}
		f := Facet{Name: name}
		for _, x := range list.sorted() {
			value := FacetValue{Value: x.text, Count: int(x.count)}
			if groups && v.seesNode(x.slot) {
				value.Node = v.nodeAt(x.slot)
			}
			f.Values = append(f.Values, value)
		}
		out[k] = f
	}
	return out
}
