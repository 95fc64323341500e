package quality

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// memberSplits hold out a random fifth of the memberships, five times; all links
// between an actor and a coalition go together. A network with dates also
// gets one split in time: what began in the last year, asked on the day before it.
func memberSplits(n *network, share float64, times int) []split {
	links, pairs := memberships(n.view)
	return randomSplits(n, links, pairs, share, times, 21)
}

// memberships are the pairs of actor and coalition of a view with their links.
func memberships(v *graph.View) (map[[2]graph.ID][]graph.ID, [][2]graph.ID) {
	g := v.Graph()
	links := map[[2]graph.ID][]graph.ID{}
	var pairs [][2]graph.ID
	for k, l := range g.Links {
		if graph.LinkKinds()[l.Kind].Kind == graph.MEMBER_OF {
			p := [2]graph.ID{g.IDs[l.From], g.IDs[l.To]}
			if links[p] == nil {
				pairs = append(pairs, p)
			}
			links[p] = append(links[p], g.Link(int32(k)).ID)
		}
	}
	slices.SortFunc(pairs, func(a, b [2]graph.ID) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return links, pairs
}

// twoMode is the memberships of a training network as a matrix: rows are all
// nodes, columns the coalitions.
func (a *arrays) twoMode() (m matrix, coalitions []int32, column map[int32]int32) {
	column = map[int32]int32{}
	for c := range int32(len(a.ids)) {
		if a.kinds[c] == graph.KindCoalition {
			column[c] = int32(len(coalitions))
			coalitions = append(coalitions, c)
			m.columns = append(m.columns, a.members[c])
		}
	}
	m.rows = make([][]int32, len(a.ids))
	for i := range a.groups {
		for _, c := range a.groups[i] {
			m.rows[i] = append(m.rows[i], column[c])
		}
	}
	return m, coalitions, column
}

// ridge is the λ of the EASE baseline that does best on this network: of a fifth
// of what is left, held out once more.
func ridge(m matrix) float64 {
	r := rand.New(rand.NewPCG(7, 22))
	inner := matrix{make([][]int32, len(m.rows)), make([][]int32, len(m.columns))}
	held := make([][]int32, len(m.rows))
	for i, list := range m.rows {
		for _, c := range list {
			if r.IntN(5) == 0 {
				held[i] = append(held[i], c)
			} else {
				inner.rows[i], inner.columns[c] = append(inner.rows[i], c), append(inner.columns[c], int32(i))
			}
		}
	}
	best, most := 0.0, -1.0
	for _, lambda := range []float64{1, 5, 20, 100, 500} {
		e := inner.ease("EASE", lambda)
		if e.row == nil {
			return lambda
		}
		var recalls []float64
		row := make([]float64, len(m.columns))
		for i := range m.rows {
			if len(held[i]) == 0 || len(inner.rows[i]) == 0 {
				continue
			}
			clear(row)
			e.row(int32(i), row)
			x, _ := atTenOf(row, inner.rows[i], held[i])
			recalls = append(recalls, x)
		}
		if x := mean(recalls); x > most {
			best, most = lambda, x
		}
	}
	return best
}

func atTenOf(row []float64, have, want []int32) (recall, precision float64) {
	var scores []float64
	var hits []bool
	for c, x := range row {
		if _, has := slices.BinarySearch(have, int32(c)); !has {
			scores, hits = append(scores, x), append(hits, slices.Contains(want, int32(c)))
		}
	}
	return atTen(scores, hits)
}

// weftMembers is what Weft gives every actor for every coalition, by actor.
func (a *arrays) weftMembers(coalitions []int32) (method, error) {
	rows := map[int32][]float64{}
	for k, c := range coalitions {
		list, err := a.ix.MemberEvidence(a.ids[c])
		if err != nil {
			return method{}, err
		}
		at := 0
		for _, x := range list {
			for a.ids[at] != x.Node {
				at++
			}
			if rows[int32(at)] == nil {
				rows[int32(at)] = make([]float64, len(coalitions))
			}
			rows[int32(at)][k] = x.Score
		}
	}
	return method{"Weft", func(i int32, row []float64) { copy(row, rows[i]) }}, nil
}

func (a *arrays) memberMethods(m matrix, coalitions []int32, few bool) ([]method, error) {
	weft, err := a.weftMembers(coalitions)
	if err != nil || few {
		return []method{weft}, err
	}
	list := []method{weft}
	if e := m.ease("EASE", ridge(m)); e.row != nil {
		list = append(list, e)
	}
	return append(list, m.itemJaccard(), m.userKNN(), m.threeSteps(), m.popularity()), nil
}

// judgeMembers is memberTallies as figures.
func judgeMembers(ctx context.Context, n *network, tune analysis.Coefficients, splits []split, few bool) ([]outcome, error) {
	list, err := memberTallies(ctx, n, tune, splits, few)
	return outcomes(list), err
}

// memberTallies asks each actor with a membership held out which coalitions it is
// missing from. Candidates are all coalitions it is not in that have members left.
func memberTallies(ctx context.Context, n *network, tune analysis.Coefficients, splits []split, few bool) ([]*tally, error) {
	var all tallies
	actors, positives := 0, 0
	for seed, s := range splits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, err := n.without(s.view, tune, s.held)
		if err != nil {
			return nil, err
		}
		m, coalitions, column := a.twoMode()
		want := make([][]int32, len(a.ids))
		for p := range s.want {
			i, ok1 := slices.BinarySearch(a.ids, p[0])
			c, ok2 := slices.BinarySearch(a.ids, p[1])
			if ok1 && ok2 && len(m.rows[i]) > 0 && len(a.members[c]) > 0 { // both ends survive
				want[i] = append(want[i], column[int32(c)])
			}
		}
		var of []int32
		for i := range want {
			slices.Sort(want[i])
			if len(want[i]) > 0 {
				of = append(of, int32(i))
				positives += len(want[i])
			}
		}
		actors += len(of)
		sizes := []int{}
		for _, i := range of {
			for _, c := range want[i] {
				sizes = append(sizes, len(m.columns[c]))
			}
		}
		quartile := quartiles(sizes)
		methods, err := a.memberMethods(m, coalitions, few)
		if err != nil {
			return nil, err
		}
		for _, x := range methods {
			t := all.of(x.name)
			rank, row := newRanking(), make([]float64, len(coalitions))
			var given answer
			answer := func(i int32) {
				clear(row)
				x.row(i, row)
				given.clear()
				for c := range row {
					if _, has := slices.BinarySearch(m.rows[i], int32(c)); !has && len(m.columns[c]) > 0 {
						_, hit := slices.BinarySearch(want[i], int32(c))
						given.add(row[c], hit, len(m.columns[c]))
					}
				}
			}
			if x.name == "Weft" {
				for i := range m.rows {
					if len(m.rows[i]) > 0 {
						answer(int32(i))
						t.judge(int32(i), &given, a.ix.MemberLikelihood)
					}
				}
			}
			for _, i := range of {
				answer(i)
				for c, x := range given.scores {
					rank.add(i, x, given.hits[c])
				}
				t.hear(i, &given, len(m.rows[i]) <= 2, quartile)
			}
			t.rank(rank, few, seed)
		}
	}
	if actors == 0 {
		return nil, nil
	}
	return all.counted(actors, positives), nil
}
