package speed

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weft/graph/analysis"
)

// readPairs reads the first two columns of a CSV file with a header as a
// network of all names in it.
func readPairs(name, file string) (*network, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	number := map[string]int32{}
	at := func(s string) int32 {
		n, ok := number[s]
		if !ok {
			n = int32(len(number))
			number[s] = n
		}
		return n
	}
	out := &network{name: name}
	for _, r := range rows[1:] {
		if i, j := at(r[0]), at(r[1]); i != j {
			out.pairs = append(out.pairs, [2]int32{min(i, j), max(i, j)})
		}
	}
	slices.SortFunc(out.pairs, func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
	out.pairs, out.nodes = slices.Compact(out.pairs), len(number)
	return out, nil
}

// keep writes a network for peers.
func (b *bench) keep(n *network) (*network, error) {
	n.file = filepath.Join(b.dir, strings.ReplaceAll(fmt.Sprint(n.name, n.nodes), " ", "-"))
	flat := make([]int32, 0, 2*len(n.pairs))
	for _, p := range n.pairs {
		flat = append(flat, p[0], p[1])
	}
	return n, write(n.file, flat)
}

func (n *network) String() string {
	return fmt.Sprintf("%s, %d nodes, %d pairs", n.name, n.nodes, len(n.pairs))
}

func (b *bench) betweenness(s *section) error {
	var real []*network
	for _, r := range [][2]string{{"parliament-groups", "parliament-groups/edges.csv"}, {"ROR", "ror/relationships.csv.gz"}} {
		n, err := readPairs(r[0], filepath.Join(b.data, r[1]))
		if err != nil {
			s.say("%s is not measured: %v.", r[0], err)
			continue
		}
		if n, err = b.keep(n); err != nil {
			return err
		}
		real = append(real, n)
	}
	s.say("Exact: all sources. Sampled: the same sources as igraph; NetworKit draws as many of its own. With a guarantee: absolute error of each share of all pairs at most .01 with probability .9, " +
		"by NetworKit's KADABRA and by Weft's sample of ways; the largest error found against the exact values is said where these are to be had. " +
		"Weft keeps numbers of ways in 32 bits, which shows in the sixth place on a million nodes.")
	s.head()
	for _, n := range real {
		if err := b.exact(s, n); err != nil {
			return err
		}
	}
	for _, n := range b.made() {
		n, err := b.keep(n)
		if err != nil {
			return err
		}
		if err := b.sampled(s, n); err != nil {
			return err
		}
		real = append(real, n)
	}
	for _, n := range real {
		if err := b.guaranteed(s, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) exact(s *section, n *network) error {
	net := n.net()
	var ours *analysis.Betweenness
	var theirs, slow *answer
	f, err := b.race(
		contender{name: "Weft", run: func(int) (float64, error) {
			return timed(func() (err error) { ours, err = net.Betweenness(b.ctx, 0); return err })
		}},
		b.peers.turns("igraph", request{"call": "betweenness_igraph", "path": n.file, "nodes": n.nodes, "out": n.file + ".i"}, &theirs),
		b.peers.turns("NetworKit", request{"call": "betweenness_networkit", "path": n.file, "nodes": n.nodes, "out": n.file + ".n"}, &slow).atMost(1))
	if err != nil {
		return err
	}
	s.row("exact, "+n.String(), f[0], f[1], 2, sameBetweenness(ours, theirs, 1))
	s.row("exact, "+n.String(), f[0], f[2], 2, sameBetweenness(ours, slow, 2))
	return nil
}

// sameBetweenness compares values, relative to the largest; peers that count
// both directions of a pair are divided.
func sameBetweenness(ours *analysis.Betweenness, a *answer, divide float64) string {
	if a == nil {
		return ""
	}
	theirs, err := readFloats(a.File)
	if err != nil || len(theirs) != len(ours.Value) {
		return "not compared"
	}
	worst := 0.0
	for i, x := range ours.Value {
		worst = max(worst, math.Abs(x-theirs[i]/divide))
	}
	return agreement(worst/max(1, slices.Max(ours.Value)), 1e-6)
}

func (b *bench) sampled(s *section, n *network) error {
	net := n.net()
	count := 64
	var ours *analysis.Betweenness
	ours, err := net.Betweenness(b.ctx, count) // which sources it takes
	if err != nil {
		return err
	}
	var theirs, other *answer
	f, err := b.race(
		contender{name: "Weft", run: func(int) (float64, error) {
			return timed(func() (err error) { ours, err = net.Betweenness(b.ctx, count); return err })
		}},
		b.peers.turns("NetworKit", request{"call": "betweenness_networkit", "path": n.file, "nodes": n.nodes, "count": count, "out": n.file + ".n"}, &other),
		b.peers.turns("igraph", request{"call": "betweenness_igraph", "path": n.file, "nodes": n.nodes, "sources": net.Sources(count), "out": n.file + ".i"}, &theirs))
	if err != nil {
		return err
	}
	work := fmt.Sprintf("%d sources, %s", count, n)
	s.row(work, f[0], f[1], 2.5, "other sources")
	// igraph sums over the sources alone, and halves.
	s.row(work, f[0], f[2], 2.5, sameBetweenness(ours, theirs, float64(count)/float64(n.nodes)))
	return nil
}

func (b *bench) guaranteed(s *section, n *network) error {
	net := n.net()
	const within, delta = .01, .1
	var ours *analysis.Betweenness
	var theirs *answer
	f, err := b.race(
		contender{name: "Weft", run: func(int) (float64, error) {
			return timed(func() (err error) { ours, err = net.BetweennessWithin(b.ctx, within); return err })
		}},
		b.peers.turns("NetworKit KADABRA", request{"call": "kadabra_networkit", "path": n.file, "nodes": n.nodes, "error": within, "delta": delta, "out": n.file + ".k"}, &theirs))
	if err != nil {
		return err
	}
	answers := fmt.Sprintf("%d ways", ours.Sources)
	if theirs != nil {
		answers += fmt.Sprintf(" against %d", theirs.Samples)
		if k, err := readFloats(theirs.File); err == nil && len(k) == n.nodes {
			pairs := float64(n.nodes) * float64(n.nodes-1) / 2
			apart := 0.0
			for i, x := range ours.Value {
				apart = max(apart, math.Abs(x/pairs-k[i]/2)) // NetworKit counts both directions of a pair
			}
			answers += fmt.Sprintf("; apart at most %.4f", apart)
		}
	}
	if n.nodes < 100_000 {
		exact, err := net.Betweenness(b.ctx, 0)
		if err != nil {
			return err
		}
		pairs, worst := float64(n.nodes)*float64(n.nodes-1)/2, 0.0
		for i, x := range ours.Value {
			worst = max(worst, math.Abs(x-exact.Value[i])/pairs)
		}
		answers += fmt.Sprintf("; error at most %.4f", worst)
	}
	s.row(fmt.Sprintf("within %g, %s", within, n), f[0], f[1], 3, answers)
	return nil
}
