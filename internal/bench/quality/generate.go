package quality

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"weft/graph"
)

// generated makes a network of affiliation and ties by a process that is written
// here, so that what is found can be held against what was put in.
//
// Communities of interest have issues, coalitions and words of their own. Each
// organization belongs to one community, or two, is more or less active
// (log-normal), and may move to another community in the middle of the ten years
// that are told. Year by year it takes up issues and joins coalitions, nine in ten
// of its community, and lets go of some. Ties come about between partners of
// partners (closure), between those who share a small group they are both still in
// (foci), and anywhere in the network; each lasts a while. Its description is drawn
// from the words of its community and from common ones, by Zipf.
func generated(ctx context.Context, seed uint64, actors int, closure, foci float64) (*network, error) {
	n := network{name: fmt.Sprintf("generated %d", seed), made: true, words: true, dated: true, day: date("2025-06-15"),
		origin: fmt.Sprintf("%d organizations, of the ties %.0f%% by closure and %.0f%% by shared groups", actors, 100*closure, 100*foci)}
	return build(ctx, n, today, func(b *builder) {
		r := rand.New(rand.NewPCG(seed, 51))
		communities := max(3, actors/40)
		const years = 10
		start := today.AddDate(-years, 0, 0)
		type actor struct {
			key        string
			home       [2]int // community before and after it moves
			moves      int
			activity   float64
			issues, in map[string]int // until which year
			partners   []int
		}
		word := func(c int) string {
			k := int(math.Exp(r.Float64()*math.Log(30))) - 1
			if r.IntN(3) > 0 {
				return fmt.Sprintf("w%s%s", letters(c), letters(k))
			}
			return "common" + letters(int(math.Exp(r.Float64()*math.Log(200))))
		}
		text := func(c, words int) string {
			out := make([]string, words)
			for k := range out {
				out[k] = word(c)
			}
			return strings.Join(out, " ")
		}
		groupOf := func(c int, kinds string, many int) string {
			if r.IntN(10) == 0 {
				c = r.IntN(communities)
			}
			return fmt.Sprintf("%s-%d-%d", kinds, c, int(float64(many)*r.Float64()*r.Float64()))
		}
		for c := range communities {
			for k := range 6 {
				b.node(graph.KindIssue, fmt.Sprintf("issue-%d-%d", c, k), "name", text(c, 3))
			}
			for k := range 8 {
				b.node(graph.KindCoalition, fmt.Sprintf("coalition-%d-%d", c, k), "name", text(c, 3), "summary", text(c, 10))
				b.link(graph.WORKS_ON, fmt.Sprintf("coalition-%d-%d", c, k), fmt.Sprintf("issue-%d-%d", c, k%6))
			}
		}
		all := make([]*actor, actors)
		for i := range all {
			a := &actor{key: fmt.Sprintf("org-%d", i), activity: math.Exp(.8 * r.NormFloat64()), moves: years, issues: map[string]int{}, in: map[string]int{}}
			a.home[0] = r.IntN(communities)
			if a.home[1] = a.home[0]; r.IntN(3) == 0 {
				a.home[1], a.moves = r.IntN(communities), 2+r.IntN(years-3)
			}
			all[i] = a
			b.node(graph.KindOrganization, a.key, "name", "Org "+letters(i), "summary", text(a.home[1], 12), "place", fmt.Sprintf("P%d", (a.home[1]+r.IntN(3))%7))
		}
		day := func(year int) graph.Date { return graph.DateOf(start.AddDate(year, r.IntN(12), r.IntN(28))) }
		span := func(year, lasts int) []any {
			f := []any{"since", day(year).String(), "strength", 1 + r.IntN(5)}
			if year+lasts < years {
				f = append(f, "until", graph.DateOf(start.AddDate(year+lasts, 11, 28)).String())
			}
			return f
		}
		tie := map[[2]int]bool{}
		live := map[string][]int{} // who is in each group
		for year := range years {
			clear(live)
			for i, a := range all {
				home := a.home[0]
				if year >= a.moves {
					home = a.home[1]
				}
				lasts := func() int { // what one has moved away from is let go of
					n := 1 + r.IntN(years)
					if year < a.moves {
						n = min(n, a.moves-year)
					}
					return n
				}
				for range poisson(r, .3*a.activity) {
					if g := groupOf(home, "issue", 6); a.issues[g] <= year {
						n := lasts()
						b.link(graph.WORKS_ON, a.key, g, span(year, n)...)
						a.issues[g] = year + n + 1
					}
				}
				for range poisson(r, .4*a.activity) {
					if g := groupOf(home, "coalition", 8); a.in[g] <= year {
						n := lasts()
						b.link(graph.MEMBER_OF, a.key, g, span(year, n)...)
						a.in[g] = year + n + 1
					}
				}
				for _, set := range []map[string]int{a.issues, a.in} {
					for g, until := range set {
						if until > year {
							live[g] = append(live[g], i)
						}
					}
				}
			}
			for range actors / 3 {
				i := r.IntN(actors)
				if all[r.IntN(actors)].activity > all[i].activity { // the active have more
					i = r.IntN(actors)
				}
				j := r.IntN(actors)
				switch x := r.Float64(); {
				case x < closure && len(all[i].partners) > 0:
					z := all[i].partners[r.IntN(len(all[i].partners))]
					j = all[z].partners[r.IntN(len(all[z].partners))]
				case x < closure+foci:
					var mine []string
					for _, set := range []map[string]int{all[i].issues, all[i].in} {
						for g, until := range set {
							if until > year {
								mine = append(mine, g)
							}
						}
					}
					slices.Sort(mine)
					if len(mine) == 0 {
						continue
					}
					g := mine[r.IntN(len(mine))]
					if r.IntN(len(live[g])) > 4 { // small groups bring people together
						continue
					}
					slices.Sort(live[g])
					j = live[g][r.IntN(len(live[g]))]
				}
				if pair := [2]int{min(i, j), max(i, j)}; i != j && !tie[pair] {
					tie[pair] = true
					all[i].partners, all[j].partners = append(all[i].partners, j), append(all[j].partners, i)
					b.link(graph.ALLIED_WITH, all[i].key, all[j].key, span(year, 2+r.IntN(2*years))...)
				}
			}
		}
	})
}

func letters(n int) string {
	s := ""
	for n++; n > 0; n /= 26 {
		s += string(rune('a' + n%26))
	}
	return s
}

func poisson(r *rand.Rand, mean float64) (n int) {
	for p := r.Float64(); p > math.Exp(-mean); p *= r.Float64() {
		n++
	}
	return n
}
