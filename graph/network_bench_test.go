package graph

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

var benchNodes = flag.Int("bench.nodes", 1_000_000, "organizations in the network that is measured; there are five links to each")

// bigNetwork makes a network of organizations with names of three common words
// and five times as many links with random ends, once.
var bigNetwork = sync.OnceValue(func() *Network {
	n := makeNetwork(*benchNodes)
	runtime.GC()
	return n
})

func benchID(class byte, i int) ID {
	var b [16]byte
	b[0] = class
	binary.BigEndian.PutUint64(b[8:], uint64(i)*0x9E3779B97F4A7C15)
	return ID(idText.EncodeToString(b[:]))
}

func makeNetwork(n int) *Network {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 5000)
	for i := range vocabulary {
		w := make([]byte, 4+r.IntN(7))
		for j := range w {
			w[j] = byte('a' + r.IntN(26))
		}
		vocabulary[i] = string(w)
	}
	d := emptyDraft(newInterner())
	for i := range n {
		d.putNode(&Organization{Base: Base{ID: benchID(1, i), Kind: KindOrganization, Version: 1, Visibility: PUBLIC,
			Name: fmt.Sprintf("%s %s %s", vocabulary[r.IntN(5000)], vocabulary[r.IntN(5000)], vocabulary[r.IntN(5000)])}})
	}
	for i := range 5 * n {
		d.putLink(&Link{ID: benchID(2, i), Kind: ALLIED_WITH, From: benchID(1, r.IntN(n)), To: benchID(1, r.IntN(n)), Visibility: PUBLIC, State: CONFIRMED, Version: 1})
	}
	return d.done(Head{Revision: 1})
}

func BenchmarkBuildNetwork(b *testing.B) {
	for b.Loop() {
		makeNetwork(*benchNodes)
	}
}

func BenchmarkApplyOneLink(b *testing.B) {
	n := bigNetwork()
	in := &interner{list: n.audiences, index: map[audience]uint32{}}
	for i, a := range n.audiences {
		in.index[a] = uint32(i)
	}
	i := 0
	for b.Loop() {
		i++
		d := n.edit(in)
		d.putLink(&Link{ID: benchID(3, i), Kind: ALLIED_WITH, From: benchID(1, i%*benchNodes), To: benchID(1, (i*7)%*benchNodes), Visibility: PUBLIC, State: CLAIMED})
		d.done(Head{Revision: 2})
	}
}

func BenchmarkOpenView(b *testing.B) {
	n := bigNetwork()
	for b.Loop() {
		n.For(Viewer{Level: LevelMember}, SCREEN, 2026<<9|11<<5|24, nil)
	}
}

func BenchmarkSearch(b *testing.B) {
	v := bigNetwork().For(Viewer{Level: LevelMember}, SCREEN, 2026<<9|11<<5|24, nil)
	doc := v.net.words.doc(7).names[0]
	for _, c := range []struct{ name, text string }{{"name", doc}, {"prefix of three", doc[:3]}, {"typo", "x" + doc[1:]}, {"nothing", "qqqqqqqqqq"}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Search(NodeQuery{Text: c.text}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNestedList reads a hundred nodes with five links each and the names at their ends.
func BenchmarkNestedList(b *testing.B) {
	v := bigNetwork().For(Viewer{Level: LevelMember}, SCREEN, 2026<<9|11<<5|24, nil)
	for b.Loop() {
		for i := range 100 {
			n := v.Node(benchID(1, i))
			links := v.LinksOf(n.Core().ID, LinkFilter{})
			for _, l := range links[:min(5, len(links))] {
				_ = l.ToNode().Core().Name
			}
		}
	}
}

func BenchmarkDepthThree(b *testing.B) {
	v := bigNetwork().For(Viewer{Level: LevelMember}, SCREEN, 2026<<9|11<<5|24, nil)
	for b.Loop() {
		if _, err := v.Neighbourhood([]ID{benchID(1, 3)}, 3, nil, false, 500); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMemory tells what the network takes, a node or link: its shape (slots, who is
// linked with whom, numbers by id), the bodies of nodes and links, and words.
func BenchmarkMemory(b *testing.B) {
	used := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for b.Loop() {
		before := used()
		n := makeNetwork(*benchNodes)
		whole := used()
		n.words = wordIndex{}
		wordless := used()
		for i := range int32(n.nodes.n) {
			n.nodes.at(i).node = nil
		}
		for i := range int32(n.links.n) {
			n.links.at(i).link = nil
		}
		shape := used()
		n.nodeAt, n.linkAt = shards[ID, int32]{}, shards[ID, int32]{}
		bare := used()
		each := float64(n.nodes.n + n.links.n)
		b.ReportMetric((whole-wordless)/each, "words-B/each")
		b.ReportMetric((wordless-shape)/each, "bodies-B/each")
		b.ReportMetric((shape-bare)/each, "ids-B/each")
		b.ReportMetric((bare-before)/each, "shape-B/each")
		runtime.KeepAlive(n)
	}
}
