package graph

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// distances returns the optimal string alignment distance of a to every start
// of b, from the table as the definition fills it.
func distances(a, b []rune) []int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := range table[i] {
			switch {
			case i == 0:
				table[i][j] = j
			case j == 0:
				table[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				table[i][j] = min(table[i-1][j]+1, table[i][j-1]+1, table[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					table[i][j] = min(table[i][j], table[i-2][j-2]+1)
				}
			}
		}
	}
	return table[len(a)]
}

// What the bits say of two words is what the table of their distances says.
func TestNearIsTheDistance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abcdeé")
	for _, more := range []rune("שلמ字") {
		letters = append(letters, more)
	}
	word := func(n int) []rune {
		w := make([]rune, n)
		for i := range w {
			w[i] = letters[r.IntN(2+r.IntN(len(letters)-1))]
		}
		return w
	}
	found := 0
	for range 50_000 {
		wanted := word(1 + r.IntN(12))
		if r.IntN(50) == 0 {
			wanted = word(55 + r.IntN(10))
		}
		have := append([]rune{}, wanted...)
		for range r.IntN(4) {
			i := r.IntN(len(have) + 1)
			switch r.IntN(4) {
			case 0:
				have = append(have[:i], append(word(1), have[i:]...)...)
			case 1:
				have = append(have[:max(i-1, 0)], have[i:]...)
			case 2:
				if i > 1 {
					have[i-1], have[i-2] = have[i-2], have[i-1]
				}
			case 3:
				if i > 0 {
					have[i-1] = word(1)[0]
				}
			}
		}
		if r.IntN(2) == 0 {
			have = append(have, word(r.IntN(8))...)
		}
		most := typosAllowed(string(wanted))
		want := false
		for _, d := range distances(wanted, have) {
			want = want || d <= most
		}
		want = want && most > 0 && len(wanted) <= longestWord && len(have) <= longestWord
		if got := newPattern(string(wanted)).near(string(have), letterMask(string(have))); got != want {
			t.Fatalf("%q is near %q: %v, want %v", string(have), string(wanted), got, want)
		}
		if want {
			found++
		}
	}
	if found < 5_000 {
		t.Errorf("only %d pairs were near", found)
	}
}

// Whatever order the words of a query are looked for in, and however many nodes
// are left, a node is found when each word is in it, and as well as it says.
func TestFindIsEachWordInTheNode(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	stems := []string{"research", "institute", "national", "academy", "science", "hospital", "harbour", "union", "law", "of", "for", "water", "wetter", "mission", "commission", "مركز", "المركز", "école"}
	spoil := func(w string) string {
		s := []rune(w)
		if i := r.IntN(len(s)); r.IntN(3) == 0 && i > 0 {
			s[i], s[i-1] = s[i-1], s[i]
		}
		return string(s)
	}
	d := emptyDraft(newInterner())
	for i := range 800 {
		name := ""
		for range 1 + r.IntN(5) {
			name += spoil(stems[r.IntN(len(stems))]) + " "
		}
		if i%10 == 0 {
			name += "Unique" + strconv.Itoa(i)
		}
		base := Base{ID: benchID(1, i), Kind: KindOrganization, Name: strings.TrimSpace(name)}
		if i%7 == 0 {
			base.OtherNames = []string{stems[r.IntN(len(stems))]}
		}
		d.putNode(&Organization{Base: base})
	}
	d.dropNode(benchID(1, 5))
	n := d.done(Head{})
	hits := 0
	for range 150 {
		text := ""
		for range 1 + r.IntN(4) {
			w := []rune(spoil(stems[r.IntN(len(stems))]))
			text += string(w[:max(1, len(w)-r.IntN(3))]) + " "
		}
		if r.IntN(3) == 0 {
			text += "uniqe" + strconv.Itoa(10*r.IntN(80))
		}
		got := map[int32]int{}
		n.words.find(n, text, func(slot int32, class int) { got[slot] = class })
		var wanted []string
		words(strings.TrimSpace(Fold(text)), func(w string) { wanted = append(wanted, w) })
		wanted = slices.DeleteFunc(wanted, func(w string) bool { return slices.Contains(wanted, "ال"+w) })
		patterns := make([]*pattern, len(wanted))
		for k, w := range wanted {
			patterns[k] = newPattern(w)
		}
		for i := range int32(n.nodes.n) {
			node := n.nodes.at(i).node
			if node == nil {
				continue
			}
			var have []string
			doc := docOf(node, func(w string) { have = append(have, w) })
			all, typo := true, false
			for _, p := range patterns {
				starts := slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, p.text) })
				near := slices.ContainsFunc(have, func(h string) bool { return p.near(h, letterMask(h)) })
				all, typo = all && (starts || near), typo || !starts
			}
			want := 0
			if all {
				want = classOf(doc.names, strings.TrimSpace(Fold(text)), typo)
				hits++
			}
			if got[i] != want {
				t.Fatalf("%q finds %q as %d, want %d", text, node.Core().Name, got[i], want)
			}
		}
	}
	if hits < 2_000 {
		t.Errorf("only %d nodes were found", hits)
	}
}
