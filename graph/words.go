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
	words  []string // sorted
	masks  []uint64 // letters each word has
	shared []uint8  // how many bytes of each word, in whole letters, are those of the word before; at most mostShared
	start  []uint32 // of each word's nodes in nodes
	nodes  []int32
	first  []uint32    // of each slot's words in has
	has    []uint32    // words
	docs   []wordDoc   // by slot
	rank   []int32     // of each slot in the order of folded name, then id
	order  []int32     // the slots in that order
	others []otherName // names but the first of all slots, in order
}

// otherName is a name of the document in a slot.
type otherName struct{ slot, name int32 }

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
	b.words, b.masks, b.shared = make([]string, len(texts)), make([]uint64, len(texts)), make([]uint8, len(texts))
	before := ""
	for i, k := range bySort {
		place[k], b.words[i], b.masks[i], b.shared[i] = uint32(i), texts[k], letterMask(texts[k]), sharedStart(before, texts[k])
		before = texts[k]
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
	b.order = make([]int32, 0, n.nodes.n)
	for i := range b.docs {
		for k := range b.docs[i].names {
			if k == 0 {
				b.order = append(b.order, int32(i))
			} else {
				b.others = append(b.others, otherName{int32(i), int32(k)})
			}
		}
	}
	slices.SortFunc(b.others, func(x, y otherName) int { return strings.Compare(b.other(x), b.other(y)) })
	slices.SortFunc(b.order, func(x, y int32) int { return compareDocs(&b.docs[x], &b.docs[y]) })
	for r, i := range b.order {
		b.rank[i] = int32(r)
	}
	return b
}

func (b *wordBase) other(n otherName) string { return b.docs[n.slot].names[n.name] }

// sharedStart returns how many bytes two words have in common at their start, in
// whole letters, at most mostShared.
func sharedStart(a, b string) uint8 {
	n := 0
	for n < min(len(a), len(b), mostShared) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(b) && !utf8.RuneStart(b[n]) {
		n--
	}
	return uint8(n)
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

// ranked reports whether it is seen from their ranks that the first of two slots comes first.
func (x *wordIndex) ranked(i, j int32) bool {
	return len(x.late) == 0 && x.base.rank[i] < x.base.rank[j]
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
	found   []uint8 // by slot: words of the query found, in the low bits, and the bits below
	slots   []int32 // that have all words so far
	seen    []int32 // whose found is not zero
	columns [mostShared + 1]column
}

// The bits of matches.found beside the number of words.
const (
	foundTypo   = 0x80 // a word was found with a typo
	otherPrefix = 0x40 // a name but the first starts with the query
	otherExact  = 0x20 // a name but the first is the query
	foundWords  = 0x1f
)

const mostWords = 12 // of a query are looked for

var matchPool = sync.Pool{New: func() any { return new(matches) }}

// release empties the work space and gives it to the next.
func (m *matches) release() {
	if len(m.seen) > len(m.found)/16 {
		clear(m.found)
	} else {
		for _, i := range m.seen {
			m.found[i] = 0
		}
	}
	m.seen, m.slots = m.seen[:0], m.slots[:0]
	matchPool.Put(m)
}

// find returns the class of match of every matching slot.
func (x *wordIndex) find(n *Network, query string, each func(slot int32, class int)) {
	folded := strings.TrimSpace(Fold(query))
	var wanted []string
	words(folded, func(w string) {
		if len(wanted) < mostWords && !slices.Contains(wanted, w) {
			wanted = append(wanted, w)
		}
	})
	// The form of an Arabic word without its article stands for the word itself.
	wanted = slices.DeleteFunc(wanted, func(w string) bool { return slices.Contains(wanted, "ال"+w) })
	if len(wanted) == 0 || x.base == nil {
		return
	}
	b := x.base
	m := matchPool.Get().(*matches)
	defer m.release()
	if len(m.found) < n.nodes.n {
		m.found = make([]uint8, n.nodes.n+n.nodes.n/8)
	}
	found := m.found[:n.nodes.n]
	patterns := make([]*pattern, len(wanted))
	for k, w := range wanted {
		patterns[k] = newPattern(w)
	}
	// The rarest word first: the others are then looked for in few nodes. A word
	// with a typo is in none as it stands.
	slices.SortStableFunc(patterns, func(p, q *pattern) int { return cmp.Compare(b.count(p.text), b.count(q.text)) })
	for k, p := range patterns {
		if b.match(p, m, k); k == 0 {
			m.slots = append(m.slots, m.seen...)
		}
	}
	// Names are in order, so whether one is the query or starts with it is seen from
	// its place, without a look at it.
	from, same, to := nameRange(len(b.order), folded, func(r int) string { return b.docs[b.order[r]].names[0] })
	first, equal, last := nameRange(len(b.others), folded, func(k int) string { return b.other(b.others[k]) })
	for k, n := range b.others[first:last] {
		m.seen = append(m.seen, n.slot)
		if first+k < equal {
			found[n.slot] |= otherExact
		} else {
			found[n.slot] |= otherPrefix
		}
	}
	offer := func(i int32) {
		f := found[i]
		if int(f&foundWords) != len(wanted) {
			return
		}
		if len(x.late) > 0 {
			if _, changed := x.late[i]; changed {
				return
			}
		}
		r := int(b.rank[i])
		switch starts := r >= from && r < to; {
		case f&foundTypo != 0:
			each(i, matchTypo)
		case f&otherExact != 0, starts && r < same:
			each(i, matchExact)
		case f&otherPrefix != 0, starts:
			each(i, matchPrefix)
		default:
			each(i, matchWords)
		}
	}
	if len(m.slots) > len(found)/16 { // what lies side by side is read faster in its order
		for i := range found {
			if found[i]&foundWords != 0 {
				offer(int32(i))
			}
		}
	} else {
		for _, i := range m.slots {
			offer(i)
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

// nameRange returns where, among names in order, those that start with a text
// begin and end, and where those end that are the text itself.
func nameRange(n int, text string, name func(k int) string) (from, same, to int) {
	from = sort.Search(n, func(k int) bool { return name(k) >= text })
	to = from + sort.Search(n-from, func(k int) bool { return !strings.HasPrefix(name(from+k), text) })
	same = from + sort.Search(to-from, func(k int) bool { return len(name(from+k)) > len(text) })
	return from, same, to
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
			if int(f&foundWords) != k {
				continue
			}
			if k == 0 {
				m.seen = append(m.seen, i)
			}
			m.found[i] = f&foundTypo | uint8(k+1) | typo
		}
	}
	from, to := b.startingWith(p.text)
	if k > 0 && b.narrow(p, m, k, from, to) {
		return
	}
	for word := from; word < to; word++ {
		mark(word, 0)
	}
	if p.most > 0 {
		b.eachNear(p, &m.columns, func(word int) {
			if word < from || word >= to {
				mark(word, foundTypo)
			}
		})
	}
}

// eachNear calls yield with every word that is near the wanted one. Words are in
// order, so what was found out of the start of one is known of all that begin alike:
// a start that is near already, or from which nothing near can come, is looked at once.
func (b *wordBase) eachNear(p *pattern, columns *[mostShared + 1]column, yield func(word int)) {
	columns[0] = p.column()
	known := 0 // bytes of the word whose columns are known
	for i := 0; i < len(b.words); i++ {
		known = min(known, int(b.shared[i]))
		if bits.OnesCount64(p.mask&^b.masks[i]) > p.most {
			continue
		}
		word, decided, near := b.words[i], false, false
		c := &columns[known]
		for known < len(word) && known < mostShared {
			r, size := rune(word[known]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(word[known:])
			}
			known += size
			next := &columns[known]
			*next = *c
			next.step(p, r)
			if near = next.distance <= p.most; near || next.hopeless(c, p) {
				decided = true
				break
			}
			c = next
		}
		if near && !tooLong(word) {
			yield(i)
		}
		for decided && i+1 < len(b.words) && int(b.shared[i+1]) >= known {
			i++
			if near && !tooLong(b.words[i]) {
				yield(i)
			}
		}
	}
}

// narrow does for the few nodes that have all earlier words what match does for
// all, by the words of each. It reports whether they are few.
func (b *wordBase) narrow(p *pattern, m *matches, k, from, to int) bool {
	left := m.slots[:0]
	for _, i := range m.slots {
		if int(m.found[i]&foundWords) == k {
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
			m.found[i] = m.found[i]&foundTypo | uint8(k+1)
		case 1:
			m.found[i] = foundTypo | uint8(k+1)
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
func (p *pattern) near(word string, mask uint64) bool {
	if p.most == 0 || bits.OnesCount64(p.mask&^mask) > p.most || len(word) < p.length-p.most || tooLong(word) {
		return false
	}
	c := p.column()
	for _, r := range word {
		before := c
		c.step(p, r)
		if c.distance <= p.most {
			return true
		}
		if c.hopeless(&before, p) {
			return false
		}
	}
	return false
}

func tooLong(word string) bool {
	return len(word) > longestWord && utf8.RuneCountInString(word) > longestWord
}

// mostShared bounds how far words are compared by bytes: no start of a word that is
// longer can be near.
const mostShared = 4 * (longestWord + 3)

// column is one column of the table of distances between a pattern and the starts
// of a word, with all distances in the bits of a few numbers, so that those of all
// starts come from one pass over the word (Hyyrö, A bit-vector algorithm for computing
// Levenshtein and Damerau edit distances, 2003).
type column struct {
	vp, vn, d0 uint64
	before     uint64 // where the letter before stands in the pattern
	distance   int    // of the whole pattern from the start
	letters    int    // of the start
	least      int    // distance of any start of the pattern that can still come to be near
}

// column is that of the empty start.
func (p *pattern) column() column { return column{vp: ^uint64(0), distance: p.length} }

// step goes on by one letter.
func (c *column) step(p *pattern, r rune) {
	var at uint64
	if r < utf8.RuneSelf {
		at = p.ascii[r]
	} else {
		at = p.others[r]
	}
	last := uint64(1) << (p.length - 1)
	swapped := (^c.d0 & at) << 1 & c.before
	c.d0 = (at&c.vp + c.vp) ^ c.vp | at | c.vn | swapped
	hp, hn := c.vn|^(c.d0|c.vp), c.d0&c.vp
	if hp&last != 0 {
		c.distance++
	}
	if hn&last != 0 {
		c.distance--
	}
	hp, hn = hp<<1|1, hn<<1
	c.vp, c.vn = hn|^(c.d0|hp), hp&c.d0
	c.before = at
	c.letters++
	// Starts of the pattern that are shorter or longer by more than the typos allowed are further off than that.
	low, high := max(0, c.letters-p.most), min(p.length, c.letters+p.most)
	if low > high {
		c.least = p.most + 1
		return
	}
	short := uint64(1)<<low - 1
	value := c.letters + bits.OnesCount64(c.vp&short) - bits.OnesCount64(c.vn&short)
	c.least = value
	for j := low; j < high; j++ {
		value += int(c.vp>>j&1) - int(c.vn>>j&1)
		c.least = min(c.least, value)
	}
}

// hopeless reports whether no longer start can be near: distances only grow from a
// column to the next, but for two letters swapped, which go by the one before.
func (c *column) hopeless(before *column, p *pattern) bool {
	return c.least > p.most && before.least >= p.most
}
