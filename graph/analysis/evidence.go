package analysis

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"slices"

	"weft/graph"
)

// Message is a sentence before it is said: a key and typed arguments, so that
// it can be said in any language. [English] says it in English.
type Message struct {
	Key  string
	Args []Arg
}

// ArgType says how an argument is to be written.
type ArgType string

// The types of argument. NODES is a list of nodes; WORDS and WORD are values of
// the vocabulary that Text names in Words.
const (
	ArgNode    ArgType = "NODE"    // Nodes[0], called Names[0]
	ArgNodes   ArgType = "NODES"   // Nodes, called Names: the first ten of the Number that there are
	ArgCount   ArgType = "COUNT"   // a whole Number
	ArgNumber  ArgType = "NUMBER"  // a Number
	ArgPercent ArgType = "PERCENT" // a Number in [0,1]
	ArgDays    ArgType = "DAYS"    // a span of time, Number in days
	ArgDate    ArgType = "DATE"
	ArgText    ArgType = "TEXT"  // Text as it is, a place for instance
	ArgWords   ArgType = "WORDS" // Words of a closed list or kinds
)

// Arg is one argument of a message.
type Arg struct {
	Name   string
	Type   ArgType
	Text   string
	Words  []string
	Nodes  []graph.ID
	Names  []string
	Number float64
	Date   graph.Date
}

// Reason is one piece of evidence: what it says, how much it adds to the score,
// what part of the whole that is, and the nodes and links it rests on, of many those
// it rests on most.
type Reason struct {
	Message
	Amount float64 // the amounts of all reasons add up to the score
	Share  float64 // of the sum of positive amounts, in [0,1]
	Nodes  []graph.ID
	Links  []graph.ID
}

// arguments

func (ix *Index) argNode(name string, i int32) Arg {
	return Arg{Name: name, Type: ArgNode, Nodes: []graph.ID{ix.nodes[i].id}, Names: []string{ix.nodes[i].name}}
}

// How much a reason names of what it rests on, and how many reasons of one sort are told
// apart before the others are told together: nobody reads a hundred.
const (
	nodesNamed = 10
	linksNamed = 20
	toldApart  = 5
)

// argNodes are some nodes, those first that are to be named when they are many.
func (ix *Index) argNodes(name string, list []int32) Arg {
	all := len(list)
	list = list[:min(all, nodesNamed)]
	a := Arg{Name: name, Type: ArgNodes, Nodes: ix.ids(list), Names: make([]string, len(list)), Number: float64(all)}
	for k, i := range list {
		a.Names[k] = ix.nodes[i].name
	}
	return a
}

func argCount(name string, n int) Arg      { return Arg{Name: name, Type: ArgCount, Number: float64(n)} }
func argNumber(name string, x float64) Arg { return Arg{Name: name, Type: ArgNumber, Number: round(x)} }
func argPercent(name string, x float64) Arg {
	return Arg{Name: name, Type: ArgPercent, Number: round(x)}
}
func argDays(name string, days int32) Arg {
	return Arg{Name: name, Type: ArgDays, Number: float64(days)}
}
func argText(name, text string) Arg         { return Arg{Name: name, Type: ArgText, Text: text} }
func argDate(name string, d graph.Date) Arg { return Arg{Name: name, Type: ArgDate, Date: d} }

// argWords are words of a vocabulary of the catalogue, argCapacities those of a set.
func argWords(name, vocabulary string, words ...string) Arg {
	return Arg{Name: name, Type: ArgWords, Text: vocabulary, Words: words}
}
func argCapacities(name string, set uint32) Arg { return argWords(name, "Capacity", words(set)...) }

// words lists the capacities of a set.
func words(set uint32) (out []string) {
	for i, c := range capacities {
		if set>>i&1 == 1 {
			out = append(out, c)
		}
	}
	return out
}

// evidence gathers reasons while their raw amounts are added.
type evidence struct {
	reasons []Reason
	raw     float64
}

// add adds a reason of a raw amount. Of many nodes and links the first are named; the first
// nodes are what the gap is about.
func (e *evidence) add(ix *Index, amount float64, key string, nodes, links []int32, args ...Arg) {
	if amount == 0 {
		return
	}
	e.raw += amount
	e.reasons = append(e.reasons, Reason{Message: Message{key, args}, Amount: amount,
		Nodes: ix.ids(nodes[:min(len(nodes), 3+nodesNamed)]), Links: ix.linkIDs(links[:min(len(links), linksNamed)])})
}

// piece is evidence of which there may be much: through one node.
type piece struct {
	key    string // of its sentence
	node   int32
	amount float64
	args   func() []Arg
	links  func() []int32
}

// addPieces adds pieces about some ends: the weightiest apart and the others together, those that speak
// for it with the sentence more, and those that speak against it with less.
func (e *evidence) addPieces(ix *Index, ends []int32, pieces []piece, more, less string, about ...Arg) {
	pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.amount == 0 })
	slices.SortStableFunc(pieces, func(a, b piece) int { return compareDown(a.amount, b.amount) })
	against, _ := slices.BinarySearchFunc(pieces, 0, func(p piece, _ int) int { return compareDown(p.amount, 0) })
	speaks, others := pieces[:against], pieces[against:]
	if len(speaks) > toldApart+1 { // one alone is told as short
		speaks = speaks[:toldApart]
	}
	for _, p := range speaks {
		e.add(ix, p.amount, p.key, append(slices.Clone(ends), p.node), p.links(), p.args()...)
	}
	slices.Reverse(others)
	e.addTogether(ix, ends, pieces[len(speaks):against], more, about)
	e.addTogether(ix, ends, others, less, about)
}

func (e *evidence) addTogether(ix *Index, ends []int32, pieces []piece, key string, about []Arg) {
	var through, links []int32
	sum := 0.0
	for _, p := range pieces {
		sum += p.amount
		if !slices.Contains(through, p.node) {
			through = append(through, p.node)
			if len(links) < linksNamed {
				links = append(links, p.links()...)
			}
		}
	}
	if len(through) > 0 {
		e.add(ix, sum, key, append(slices.Clone(ends), through...), links, append(about, ix.argNodes("others", through))...)
	}
}

// settle scales the amounts so that they add up to the score raw/(raw+half),
// gives each its share, and puts the weightiest first.
func (e *evidence) settle(half float64) (score float64, reasons []Reason) {
	score = round(squash(e.raw, half))
	return score, scaled(e.reasons, e.raw, score)
}

// scaled brings reasons whose amounts add up to raw to add up to score.
func scaled(reasons []Reason, raw, score float64) []Reason {
	out := slices.Clone(reasons)
	positive := 0.0
	for _, r := range out {
		positive += max(0, r.Amount)
	}
	for k := range out {
		r := &out[k]
		if positive > 0 {
			r.Share = round(max(0, r.Amount) / positive)
		}
		if raw != 0 {
			r.Amount = round(float64(r.Amount*score) / raw)
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return compareDown(a.Amount, b.Amount) })
	return out
}

var hashText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// hashOf returns a stable id for a question about some things: the same on
// every machine, whatever else is in the network.
func hashOf(question string, ids ...graph.ID) graph.ID {
	sum := digest(question, ids...)
	return graph.ID(hashText.EncodeToString(sum[:]))
}

// digest is hashOf before it is written; it is in the same order.
func digest(question string, ids ...graph.ID) [16]byte {
	b := make([]byte, 0, 128)
	b = append(b, question...)
	for _, id := range ids {
		b = append(append(b, ' '), id...)
	}
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}

// sample returns at most k of the nodes, those whose hash with the question is
// smallest, in order of number. All of them when there are no more than k.
func (ix *Index) sample(question string, nodes []int32, k int) []int32 {
	if len(nodes) <= k {
		return nodes
	}
	type drawn struct {
		hash [16]byte
		node int32
	}
	list := make([]drawn, len(nodes))
	parallel(len(list), 1<<10, func() func(int) {
		return func(n int) { list[n] = drawn{digest(question, ix.nodes[nodes[n]].id), nodes[n]} }
	})
	// Hashes are spread evenly, so that those of the few smallest are among those below a bound.
	below := list[:0:0]
	for bound := 2 * k * 256 / len(nodes); len(below) < k; bound = 2*bound + 1 {
		below = below[:0]
		for _, d := range list {
			if int(d.hash[0]) <= bound {
				below = append(below, d)
			}
		}
	}
	list = below
	slices.SortFunc(list, func(a, b drawn) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	out := make([]int32, k)
	for n := range out {
		out[n] = list[n].node
	}
	slices.Sort(out)
	return out
}
