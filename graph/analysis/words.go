package analysis

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
	"unique"

	"weft/graph"
)

// What actors say of themselves is a layer too: two whose names and
// descriptions use the same rare words do related things, which is all that is
// known of a group that is new. A word is a group of those that use it; it is
// rare or common among what the viewer sees.

const (
	wordShare = 3     // a word that more than one in three texts use says nothing
	wordMost  = 2_000 // nor does one that more than this use
	wordFew   = 20    // in small networks words of up to this many are kept

	wordsNamed = 5 // words said in a reason
)

// textsOf returns the texts that say what an actor does. The name of a person does
// not.
func textsOf(t graph.Text) []string {
	switch t.Kind {
	case graph.KindOrganization:
		return append(namesOf(t), t.Summary)
	case graph.KindCoalition:
		return append(namesOf(t), t.Summary, t.Purpose)
	case graph.KindIndividual:
		return []string{t.Summary}
	}
	return nil
}

func namesOf(t graph.Text) []string {
	out := append([]string{t.Name}, t.OtherNames...)
	for _, in := range t.Translations {
		out = append(out, in.Name)
	}
	return out
}

// functionWords are those that say nothing of what a text is about, in the
// languages that the file names. In a small network they are as rare as others.
//
//go:embed functionwords.txt
var functionWordsFile string

var functionWords = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(functionWordsFile) {
		_, list, _ := strings.Cut(line, ":")
		for w := range strings.FieldsSeq(list) {
			all[graph.Fold(w)] = true
		}
	}
	return all
})

// wordsOf returns the distinct words of texts, ascending: runs of letters, folded,
// of two or more, without function words; of scripts without spaces their pairs of
// characters. A final s is left off, since most words that differ by it alone are one.
func wordsOf(texts []string) (out []string) {
	idle := functionWords()
	for _, text := range texts {
		if text == "" {
			continue
		}
		for _, w := range strings.FieldsFunc(graph.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			first, size := utf8.DecodeRuneInString(w)
			switch {
			case size == len(w): // a single letter
			case unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
				runes := []rune(w)
				for k := range runes[1:] {
					out = append(out, string(runes[k:k+2]))
				}
			case !idle[w]:
				out = append(out, root(w))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nameWords returns what tells a name from others, however it is written: its distinct
// words and numbers, folded, ascending, without function words and a final s.
func nameWords(name string) (out []string) {
	idle := functionWords()
	for _, w := range strings.FieldsFunc(graph.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if utf8.RuneCountInString(w) == 1 || !idle[w] {
			out = append(out, root(w))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func root(w string) string {
	if len(w) > 4 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		return w[:len(w)-1]
	}
	return w
}

// written returns a word as one of the texts writes it, in small letters; the word
// itself where none does so in one piece.
func written(word string, texts []string) string {
	for _, text := range texts {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			if root(graph.Fold(w)) == word {
				return strings.ToLower(w)
			}
		}
	}
	return word
}

// word is a word as it is kept: equal ones are one.
type word = unique.Handle[string]

// keptWords are the words of a text, as they are kept with it.
func keptWords(t graph.Text) any {
	list := wordsOf(textsOf(t))
	out := make([]word, len(list))
	for k, w := range list {
		out[k] = unique.Make(w)
	}
	return out
}

// readWords fills in the words of all nodes: of those that two or more use the
// numbers in the index's own list, in alphabetic order.
func (ix *Index) readWords(g *graph.Graph, read func(int, func(int))) {
	ix.text = func(id graph.ID) graph.Text {
		i, ok := g.Number(id)
		if !ok {
			return graph.Text{}
		}
		return g.Text(i)
	}
	said := make([][]word, len(ix.nodes))
	read(len(said), func(i int) { said[i] = g.OfText(int32(i), keptWords).([]word) })
	count := map[word]int32{}
	for _, list := range said {
		for _, w := range list {
			count[w]++
		}
	}
	var used []word
	for w, n := range count {
		if n > 1 {
			used = append(used, w)
		}
	}
	ix.vocabulary = make([]string, len(used))
	slices.SortFunc(used, func(a, b word) int { return strings.Compare(a.Value(), b.Value()) })
	for k, w := range used {
		ix.vocabulary[k] = w.Value()
		count[w] = -int32(k) // a number from here on
	}
	read(len(said), func(i int) {
		n := &ix.nodes[i]
		for _, w := range said[i] {
			if k := count[w]; k <= 0 {
				n.words = append(n.words, -k)
			}
		}
	})
}

// addWords appends the layer of words. The words of a node are scaled so that a
// long text is no more like others than a short one:
//
//	w(i,a) = √(L · D(a)^(−g)) / √(Σ_b D(b)^(−g)), b over the words of i
func (ix *Index) addWords(list []membership) ([]membership, []int32) {
	count := make([]int32, len(ix.vocabulary))
	texts := 0
	for i := range ix.nodes {
		if n := &ix.nodes[i]; !n.gone && len(n.words) > 0 {
			texts++
			for _, k := range n.words {
				count[k]++
			}
		}
	}
	most := int32(max(wordFew, min(wordMost, texts/wordShare)))
	words, rarity, first := []int32{}, []float64{}, len(list)
	number := make([]int32, len(ix.vocabulary))
	for k, n := range count {
		if number[k] = -1; n > 1 && n <= most {
			number[k] = int32(len(words))
			words = append(words, int32(k))
			rarity = append(rarity, math.Pow(float64(n), -ix.tune.Rarity[LayerWords]))
		}
	}
	// Actors come in order, so each word's are in order where they are put.
	next, all := make([]int32, len(words)), int32(0)
	for k, w := range words {
		next[k] = int32(first) + all
		all += count[w]
	}
	list = slices.Grow(list, int(all))[:first+int(all)]
	for i := range ix.nodes {
		n := &ix.nodes[i]
		if n.gone {
			continue
		}
		norm := 0.0
		for _, k := range n.words {
			if number[k] >= 0 {
				norm += rarity[number[k]]
			}
		}
		for _, k := range n.words {
			if w := number[k]; w >= 0 {
				list[next[w]] = membership{LayerWords, w, int32(i), 1 / math.Sqrt(norm), 1}
				next[w]++
			}
		}
	}
	return list, words
}

// wordOf returns the number in the vocabulary of a group that is a word.
func (g *groups) wordOf(a int32) int32 { return g.word[int(a)-len(g.node)+len(g.word)] }

// sayWords lists words as node i writes them, the weightiest first.
func (ix *Index) sayWords(i int32, list []near) string {
	if len(list) == 0 {
		return ""
	}
	texts := textsOf(ix.text(ix.nodes[i].id))
	out := make([]string, len(list))
	for k, n := range list {
		out[k] = written(ix.vocabulary[n.node], texts)
	}
	return strings.Join(out, ", ")
}
