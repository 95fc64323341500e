package graph

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// wordIndex finds nodes by the words of their names, identifiers, place and
// the first part of their summary. Whether a node matches a query, and how
// well, depends on that node and the query alone, so the index may hold all
// nodes without the order or the typos found telling anything of hidden ones.
//
// It is immutable: a large base, and beside it the few nodes indexed since.
// When those grow too many a new base is made.
type wordIndex struct {
	base  *wordBase
	late  map[int32]*wordDoc // indexed since; nil: gone since
	order []int32            // the slots of late, by rank order
}

type wordBase struct {
	words []string // sorted
	masks []uint64 // letters each word has
	start []uint32 // of each word's nodes in nodes
	nodes []int32
	first []uint32  // of each slot's words in has
	has   []uint32  // words
	docs  []wordDoc // by slot
	rank  []int32   // of each slot in the order of folded name, then id
	order []int32   // the slots in that order
	more  []bool    // of each slot, whether it has further names
}

type wordDoc struct {
	names []string // folded: name, other names, translations
	id    ID
	words []string // of a late document
}

const maxLate = 512 // late documents are looked through one by one

const summaryIndexed = 500

// wordTexts calls add with every text a node is found by.
func wordTexts(n Node, name, other func(string)) {
	b := n.Core()
	name(b.Name)
	for _, s := range b.OtherNames {
		name(s)
	}
	for _, t := range b.Translations {
		name(t.Name)
	}
	for _, s := range b.Identifiers {
		other(s)
	}
	other(b.Place)
	summary := b.Summary
	if len(summary) > summaryIndexed {
		cut := summaryIndexed
		for cut > 0 && !utf8.RuneStart(summary[cut]) {
			cut--
		}
		summary = summary[:cut]
	}
	other(summary)
}

func docOf(n Node, add func(word string)) wordDoc {
	d := wordDoc{id: n.Core().ID}
	wordTexts(n, func(s string) {
		f := Fold(s)
		d.names = append(d.names, f)
		words(f, add)
	}, func(s string) {
		if s != "" {
			words(Fold(s), add)
		}
	})
	return d
}

// with returns the index after the given slots have changed.
func (x wordIndex) with(n *Network, changed map[int32]bool) wordIndex {
	if x.base == nil || len(x.late)+len(changed) > maxLate {
		return wordIndex{base: newWordBase(n)}
	}
	late := make(map[int32]*wordDoc, len(x.late)+len(changed))
	for i, d := range x.late {
		late[i] = d
	}
	for i := range changed {
		node := n.nodes.at(i).node
		if node == nil {
			late[i] = nil
			continue
		}
		seen := map[string]bool{}
		d := docOf(node, func(w string) { seen[w] = true })
		for w := range seen {
			d.words = append(d.words, w)
		}
		late[i] = &d
	}
	out := wordIndex{base: x.base, late: late}
	for i := range late {
		out.order = append(out.order, i)
	}
	slices.Sort(out.order)
	return out
}

func newWordBase(n *Network) *wordBase {
	b := &wordBase{docs: make([]wordDoc, n.nodes.n), rank: make([]int32, n.nodes.n), first: make([]uint32, n.nodes.n+1)}
	numbers := map[string]uint32{}
	var texts []string
	type pair struct {
		word uint32
		node int32
	}
	var pairs []pair
	for i := range int32(n.nodes.n) {
		node := n.nodes.at(i).node
		if node == nil {
			continue
		}
		first := len(pairs)
		b.docs[i] = docOf(node, func(w string) {
			k, ok := numbers[w]
			if !ok {
				k = uint32(len(texts))
				w = strings.Clone(w)
				numbers[w] = k
				texts = append(texts, w)
			}
			for _, p := range pairs[first:] {
				if p.word == k {
					return
				}
			}
			pairs = append(pairs, pair{k, i})
		})
		b.first[i+1] = uint32(len(pairs))
	}
	for i := range n.nodes.n { // slots without a node have no words
		b.first[i+1] = max(b.first[i+1], b.first[i])
	}
	// Number words in sorted order and spread the pairs by word; nodes stay in order.
	bySort := make([]uint32, len(texts))
	for i := range bySort {
		bySort[i] = uint32(i)
	}
	slices.SortFunc(bySort, func(x, y uint32) int { return strings.Compare(texts[x], texts[y]) })
	place := make([]uint32, len(texts))
	b.words, b.masks = make([]string, len(texts)), make([]uint64, len(texts))
	for i, k := range bySort {
		place[k], b.words[i], b.masks[i] = uint32(i), texts[k], letterMask(texts[k])
	}
	b.start = make([]uint32, len(texts)+1)
	for _, p := range pairs {
		b.start[place[p.word]+1]++
	}
	for i := range texts {
		b.start[i+1] += b.start[i]
	}
	next := slices.Clone(b.start)
	b.nodes, b.has = make([]int32, len(pairs)), make([]uint32, len(pairs))
	for i, p := range pairs {
		w := place[p.word]
		b.nodes[next[w]] = p.node
		next[w]++
		b.has[i] = w
	}
	b.order, b.more = make([]int32, 0, n.nodes.n), make([]bool, n.nodes.n)
	for i := range b.docs {
		if names := b.docs[i].names; names != nil {
			b.order = append(b.order, int32(i))
			b.more[i] = len(names) > 1
		}
	}
	slices.SortFunc(b.order, func(x, y int32) int { return compareDocs(&b.docs[x], &b.docs[y]) })
	for r, i := range b.order {
		b.rank[i] = int32(r)
	}
	return b
}

func compareDocs(x, y *wordDoc) int {
	if c := strings.Compare(x.names[0], y.names[0]); c != 0 {
		return c
	}
	return strings.Compare(string(x.id), string(y.id))
}

// doc returns what is known of the names in a slot.
func (x *wordIndex) doc(i int32) *wordDoc {
	if d, ok := x.late[i]; ok {
		return d
	}
	return &x.base.docs[i]
}

// compare orders two slots by folded name, then id.
func (x *wordIndex) compare(i, j int32) int {
	if len(x.late) > 0 {
		_, li := x.late[i]
		_, lj := x.late[j]
		if li || lj {
			return compareDocs(x.doc(i), x.doc(j))
		}
	}
	return int(x.base.rank[i]) - int(x.base.rank[j])
}

// How well a node matches, best first.
const (
	matchExact  = iota + 1 // a name is the query
	matchPrefix            // a name starts with it
	matchWords             // every word of it is found, or starts a word
	matchTypo              // with one letter wrong in four or more, two in eight or more
)

// matches collects the slots that match a query: it counts, for each slot, the
// words found so far and whether one needed a typo.
type matches struct {
	found []uint8 // words of the query found; typo in the high bit
	slots []int32
}

var matchPool = sync.Pool{New: func() any { return new(matches) }}

// find returns the class of match of every matching slot.
func (x *wordIndex) find(n *Network, query string, each func(slot int32, class int)) {
	folded := strings.TrimSpace(Fold(query))
	var wanted []string
	words(folded, func(w string) {
		if len(wanted) < 12 && !slices.Contains(wanted, w) {
			wanted = append(wanted, w)
		}
	})
	// The form of an Arabic word without its article stands for the word itself.
	wanted = slices.DeleteFunc(wanted, func(w string) bool { return slices.Contains(wanted, "ال"+w) })
	if len(wanted) == 0 || x.base == nil {
		return
	}
	m := matchPool.Get().(*matches)
	defer matchPool.Put(m)
	if len(m.found) < n.nodes.n {
		m.found = make([]uint8, n.nodes.n+n.nodes.n/8)
	}
	clear(m.found)
	m.slots = m.slots[:0]
	patterns := make([]*pattern, len(wanted))
	for k, w := range wanted {
		patterns[k] = newPattern(w)
	}
	// The rarest word first: the others are then looked for in few nodes. A word
	// with a typo is in none as it stands.
	slices.SortStableFunc(patterns, func(p, q *pattern) int { return cmp.Compare(x.base.count(p.text), x.base.count(q.text)) })
	for k, p := range patterns {
		x.base.match(p, m, k)
	}
	// Most nodes have one name, and whether that starts with the query is seen
	// from their rank, without a look at the name.
	name := func(r int) string { return x.base.docs[x.base.order[r]].names[0] }
	from := sort.Search(len(x.base.order), func(r int) bool { return name(r) >= folded })
	to := from + sort.Search(len(x.base.order)-from, func(r int) bool { return !strings.HasPrefix(name(from+r), folded) })
	const typo, count = 0x80, 0x7f
	for _, i := range m.slots {
		f := m.found[i]
		if int(f&count) != len(wanted) {
			continue
		}
		if len(x.late) > 0 {
			if _, changed := x.late[i]; changed {
				continue
			}
		}
		switch r := int(x.base.rank[i]); {
		case f&typo != 0:
			each(i, matchTypo)
		case x.base.more[i] || r >= from && r < to:
			each(i, classOf(x.base.docs[i].names, folded, false))
		default:
			each(i, matchWords)
		}
	}
	for _, i := range x.order {
		d := x.late[i]
		if d == nil {
			continue
		}
		all, typed := true, false
		for _, p := range patterns {
			best := 0
			for _, have := range d.words {
				switch {
				case strings.HasPrefix(have, p.text):
					best = 2
				case best == 0 && p.near(have, letterMask(have)):
					best = 1
				}
			}
			all, typed = all && best > 0, typed || best == 1
		}
		if all {
			each(i, classOf(d.names, folded, typed))
		}
	}
}

func classOf(names []string, query string, typo bool) int {
	if typo {
		return matchTypo
	}
	class := matchWords
	for _, name := range names {
		if name == query {
			return matchExact
		}
		if strings.HasPrefix(name, query) {
			class = matchPrefix
		}
	}
	return class
}

// match marks the nodes that have the k-th word of a query, found exactly, as
// the start of a word, or with a typo. Nodes that lack an earlier word are passed over.
func (b *wordBase) match(p *pattern, m *matches, k int) {
	mark := func(word int, typo uint8) {
		for _, i := range b.nodes[b.start[word]:b.start[word+1]] {
			f := m.found[i]
			if int(f&0x7f) != k {
				continue
			}
			if k == 0 {
				m.slots = append(m.slots, i)
			}
			m.found[i] = f&0x80 | uint8(k+1) | typo
		}
	}
	from, to := b.startingWith(p.text)
	if k > 0 && b.narrow(p, m, k, from, to) {
		return
	}
	for word := from; word < to; word++ {
		mark(word, 0)
	}
	if p.most == 0 {
		return
	}
	for i, mask := range b.masks {
		if bits.OnesCount64(p.mask&^mask) <= p.most && (i < from || i >= to) && p.near(b.words[i], mask) {
			mark(i, 0x80)
		}
	}
}

// narrow does for the few nodes that have all earlier words what match does for
// all, by the words of each. It reports whether they are few.
func (b *wordBase) narrow(p *pattern, m *matches, k, from, to int) bool {
	left := m.slots[:0]
	for _, i := range m.slots {
		if int(m.found[i]&0x7f) == k {
			left = append(left, i)
		}
	}
	m.slots = left
	if len(left) > len(b.words)/64 {
		return false
	}
	for _, i := range left {
		best := uint8(0)
		for _, word := range b.has[b.first[i]:b.first[i+1]] {
			if int(word) >= from && int(word) < to {
				best = 2
				break
			}
			if best == 0 && p.near(b.words[word], b.masks[word]) {
				best = 1
			}
		}
		switch best {
		case 2:
			m.found[i] = m.found[i]&0x80 | uint8(k+1)
		case 1:
			m.found[i] = 0x80 | uint8(k+1)
		}
	}
	return true
}

// startingWith returns the range of words that start with a text.
func (b *wordBase) startingWith(text string) (from, to int) {
	from = sort.SearchStrings(b.words, text)
	to = from + sort.Search(len(b.words)-from, func(i int) bool { return !strings.HasPrefix(b.words[from+i], text) })
	return from, to
}

// count returns in how many nodes words start with a text, each word counted.
func (b *wordBase) count(text string) int {
	from, to := b.startingWith(text)
	return int(b.start[to] - b.start[from])
}

func typosAllowed(w string) int {
	switch n := utf8.RuneCountInString(w); {
	case n >= 8:
		return 2
	case n >= 4:
		return 1
	}
	return 0
}

func letterMask(w string) (mask uint64) {
	for _, r := range w {
		mask |= 1 << (uint32(r) * 0x9E3779B1 >> 26)
	}
	return mask
}

// pattern is a wanted word made ready to be compared with many others.
type pattern struct {
	text   string
	mask   uint64 // letters it has
	most   int    // typos allowed
	length int    // in letters
	ascii  [utf8.RuneSelf]uint64
	others map[rune]uint64 // where each letter stands, a bit a place
}

const longestWord = 60 // of longer words only the same start is found

func newPattern(w string) *pattern {
	p := &pattern{text: w, mask: letterMask(w), most: typosAllowed(w)}
	for _, r := range w {
		bit := uint64(1) << (p.length & 63)
		if r < utf8.RuneSelf {
			p.ascii[r] |= bit
		} else {
			if p.others == nil {
				p.others = map[rune]uint64{}
			}
			p.others[r] |= bit
		}
		p.length++
	}
	if p.length > longestWord {
		p.most = 0
	}
	return p
}

// near reports whether a word, or its start, is the wanted word with at most
// the typos allowed: a letter missing, added, changed, or two swapped (optimal
// string alignment distance). mask is of the letters that the word has.
//
// The distances of all starts of the word to the whole pattern come from one
// pass over it, with a column of the table of distances in the bits of a few
// numbers (Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau
// edit distances, 2003).
func (p *pattern) near(word string, mask uint64) bool {
	if p.most == 0 || bits.OnesCount64(p.mask&^mask) > p.most || len(word) < p.length-p.most ||
		len(word) > longestWord && utf8.RuneCountInString(word) > longestWord {
		return false
	}
	last := uint64(1) << (p.length - 1)
	distance := p.length
	vp, vn, d0, before := ^uint64(0), uint64(0), uint64(0), uint64(0)
	left := p.length + p.most // a start that is longer cannot be near
	for _, r := range word {
		if left == 0 || distance-left > p.most {
			return false
		}
		left--
		var at uint64
		if r < utf8.RuneSelf {
			at = p.ascii[r]
		} else {
			at = p.others[r]
		}
		swapped := (^d0 & at) << 1 & before
		d0 = (at&vp + vp) ^ vp | at | vn | swapped
		hp, hn := vn|^(d0|vp), d0&vp
		if hp&last != 0 {
			distance++
		}
		if hn&last != 0 {
			distance--
		}
		if distance <= p.most {
			return true
		}
		hp, hn = hp<<1|1, hn<<1
		vp, vn = hn|^(d0|hp), hp&d0
		before = at
	}
	return false
}
