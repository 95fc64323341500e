package speed

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"weft/graph"
)

// served is a network as the program serves it: organizations with names of three words out
// of 5,000, in one of 200 places; each works on one of 7,000 issues, is in two of
// n/20 coalitions and has two alliances on the mean, drawn as structured
// draws pairs. One link in ten is for members only.
type served struct {
	organizations, issues, coalitions int
	words                             []string
	ties                              *network
	shown                             []bool // ties that a visitor sees
	strength                          []int
	links                             int
}

func newServed(n int) *served {
	r := rand.New(rand.NewPCG(5, uint64(n)))
	s := &served{organizations: n, issues: min(7_000, n), coalitions: n / 20, ties: structured(n, 2*n, 2), words: make([]string, 5_000)}
	for i := range s.words {
		w := make([]byte, 4+r.IntN(7))
		for j := range w {
			w[j] = byte('a' + r.IntN(26))
		}
		s.words[i] = string(w)
	}
	for range s.ties.pairs {
		s.shown, s.strength = append(s.shown, r.IntN(10) > 0), append(s.strength, 1+r.IntN(5))
	}
	return s
}

func (s *served) rows(sink func(graph.Row) error) error {
	r := rand.New(rand.NewPCG(6, 7))
	word := func() string { return s.words[r.IntN(len(s.words))] }
	for g := range s.coalitions {
		if err := sink(nodeRow(idOf('c', g), graph.KindCoalition, graph.Fields{"name": fmt.Sprint("coalition ", g)})); err != nil {
			return err
		}
	}
	for g := range s.issues {
		if err := sink(nodeRow(idOf('g', g), graph.KindIssue, graph.Fields{"name": fmt.Sprint("issue ", g)})); err != nil {
			return err
		}
	}
	for i := range s.organizations {
		f := graph.Fields{"name": word() + " " + word() + " " + word(), "place": fmt.Sprint("place ", r.IntN(200))}
		if err := sink(nodeRow(idOf('n', i), graph.KindOrganization, f)); err != nil {
			return err
		}
	}
	s.links = 0
	link := func(kind graph.LinkKind, from, to graph.ID, strength int, public bool) error {
		row := linkRow(idOf('p', s.links), kind, from, to, strength)
		if !public {
			row.Fields["visibility"] = "MEMBERS"
		}
		s.links++
		return sink(row)
	}
	for k, p := range s.ties.pairs {
		if err := link(graph.ALLIED_WITH, idOf('n', int(p[0])), idOf('n', int(p[1])), s.strength[k], s.shown[k]); err != nil {
			return err
		}
	}
	for i := range s.organizations {
		if err := link(graph.WORKS_ON, idOf('n', i), idOf('g', r.IntN(s.issues)), 3, true); err != nil {
			return err
		}
		for range 2 {
			if err := link(graph.MEMBER_OF, idOf('n', i), idOf('c', r.IntN(s.coalitions)), 3, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *served) open(ctx context.Context) (*graph.Directory, *keeper, error) {
	k := &keeper{rows: s.rows}
	d, err := k.open(ctx)
	return d, k, err
}

// alliance is organizations and alliances alone, strengths from 1 to 5, a
// tenth of them for members only: what ways are looked for in.
type alliance struct {
	ties     *network
	shown    []bool
	strength []int
}

func newAlliance(ties *network) *alliance {
	r := rand.New(rand.NewPCG(8, 9))
	a := &alliance{ties: ties}
	for range ties.pairs {
		a.shown, a.strength = append(a.shown, r.IntN(10) > 0), append(a.strength, 1+r.IntN(5))
	}
	return a
}

func (a *alliance) rows(sink func(graph.Row) error) error {
	for i := range a.ties.nodes {
		if err := sink(nodeRow(idOf('n', i), graph.KindOrganization, graph.Fields{"name": fmt.Sprint("o", i)})); err != nil {
			return err
		}
	}
	for k, p := range a.ties.pairs {
		row := linkRow(idOf('p', k), graph.ALLIED_WITH, idOf('n', int(p[0])), idOf('n', int(p[1])), a.strength[k])
		if !a.shown[k] {
			row.Fields["visibility"] = "MEMBERS"
		}
		if err := sink(row); err != nil {
			return err
		}
	}
	return nil
}

// seen is the ties that a visitor sees, as peers get them.
func (a *alliance) seen() *network {
	n := &network{name: "alliances", nodes: a.ties.nodes}
	for k, p := range a.ties.pairs {
		if a.shown[k] {
			n.pairs = append(n.pairs, p)
		}
	}
	return n
}

// costs are what it costs to go over each of the ties that a visitor sees: −log of how
// well it carries, nine tenths of its strength.
func (a *alliance) costs() (out []float64) {
	for k, strength := range a.strength {
		if a.shown[k] {
			out = append(out, -math.Log(.9*float64(strength)/5))
		}
	}
	return out
}

// quantile of a list, by the nearest rank.
func quantile(list []float64, q float64) float64 {
	t := slices.Sorted(slices.Values(list))
	return t[min(len(t)-1, int(q*float64(len(t))))]
}
