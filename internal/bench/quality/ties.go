package quality

import (
	"cmp"
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// outcome is what one method reached on one network.
type outcome struct {
	method             string
	auc, ap            figure
	recall, precision  figure  // at ten, per actor
	best               float64 // recall at ten that could be reached
	hard               float64
	newcomers          figure // recall at ten of those with two or fewer
	quartiles          [4]float64
	actors, positives  int
	calibration, shown float64 // ECE over all candidates with evidence, and over the ten best of each actor
	aucs, aps          []float64
}

// tally gathers what a method gives over all seeds.
type tally struct {
	name              string
	actors, positives int
	aucs, aps         []float64 // of each seed
	aucMore, apMore   []float64 // of resamples
	recall, precision []float64 // of each actor
	best              []float64
	newcomers         []float64
	hard              []float64
	found, held       [4]float64
	said, saidAtTen   []scored // likelihoods
}

// tallies are those of all methods, in the order in which they were first heard.
type tallies []*tally

func (all *tallies) of(method string) *tally {
	for _, t := range *all {
		if t.name == method {
			return t
		}
	}
	*all = append(*all, &tally{name: method})
	return (*all)[len(*all)-1]
}

// counted notes in each how many were asked, and how much was held out.
func (all tallies) counted(actors, positives int) []*tally {
	for _, t := range all {
		t.actors, t.positives = actors, positives
	}
	return all
}

// answer is what a method gives the candidates of one actor.
type answer struct {
	scores  []float64
	hits    []bool
	degrees []int // how large each is
}

func (a *answer) clear() { a.scores, a.hits, a.degrees = a.scores[:0], a.hits[:0], a.degrees[:0] }

func (a *answer) add(score float64, hit bool, degree int) {
	a.scores, a.hits, a.degrees = append(a.scores, score), append(a.hits, hit), append(a.degrees, degree)
}

// hear takes an answer about an actor of whom something was held out.
func (t *tally) hear(actor int32, a *answer, newcomer bool, quartile func(degree int) int) {
	recall, precision := atTen(a.scores, a.hits)
	t.recall, t.precision, t.best = append(t.recall, recall), append(t.precision, precision), append(t.best, mostAtTen(a.hits))
	if newcomer {
		t.newcomers = append(t.newcomers, recall)
	}
	places := placesOf(a.scores)
	for c, hit := range a.hits {
		if hit {
			q := quartile(a.degrees[c])
			t.held[q]++
			t.found[q] += places[c]
		}
	}
}

// judge hears how likely Weft tells each candidate of an actor to be.
func (t *tally) judge(actor int32, a *answer, likelihood func(evidence float64) float64) {
	places := placesOf(a.scores)
	for c, hit := range a.hits {
		if a.scores[c] > 0 {
			s := scored{likelihood(a.scores[c]), actor, hit}
			t.said = append(t.said, s)
			if places[c] > .5 {
				t.saidAtTen = append(t.saidAtTen, s)
			}
		}
	}
}

// rank takes the order of all candidates of a seed, with resamples unless few are wanted.
func (t *tally) rank(r *ranking, few bool, seed int) {
	r.sort()
	auc, ap := r.curve(nil)
	t.aucs, t.aps = append(t.aucs, auc), append(t.aps, ap)
	if !few {
		x, y := r.curveResamples(8, uint64(seed))
		t.aucMore, t.apMore = append(t.aucMore, x...), append(t.apMore, y...)
	}
}

// quartiles returns which quarter of a list, which it sorts, a degree falls in.
func quartiles(degrees []int) func(degree int) int {
	slices.Sort(degrees)
	return func(d int) int {
		for q := 1; q < 4; q++ {
			if d <= degrees[q*len(degrees)/4] {
				return q - 1
			}
		}
		return 3
	}
}

func (t *tally) outcome(seed uint64) outcome {
	o := outcome{method: t.name, actors: t.actors, positives: t.positives, aucs: t.aucs, aps: t.aps}
	o.auc, o.ap = interval(mean(t.aucs), t.aucMore), interval(mean(t.aps), t.apMore)
	o.recall, o.precision = meanOf(t.recall, seed), meanOf(t.precision, seed)
	o.best = mean(t.best)
	o.newcomers, o.hard = meanOf(t.newcomers, seed), mean(t.hard)
	for q := range o.quartiles {
		o.quartiles[q] = t.found[q] / t.held[q]
	}
	o.calibration, o.shown = math.NaN(), math.NaN()
	if len(t.said) > 0 {
		o.calibration, o.shown = calibrationError(t.said), calibrationError(t.saidAtTen)
	}
	return o
}

// split is one way to hold out: what is asked of, from what, to find what.
type split struct {
	view *graph.View // the network as of the day of asking
	held heldOut     // links left out of it
	want map[[2]graph.ID]bool
}

const seeds = 5

// tiesOf are the tied pairs of a view with their links.
func tiesOf(v *graph.View) (map[[2]graph.ID][]graph.ID, [][2]graph.ID) {
	g := v.Graph()
	kind := func(i int32) graph.NodeKind { return graph.NodeKinds()[g.Kinds[i]].Kind }
	links := map[[2]graph.ID][]graph.ID{}
	for k, l := range g.Links {
		if l.From != l.To && tieLink(graph.LinkKinds()[l.Kind].Kind, kind(l.From), kind(l.To)) {
			pair := pairOf(g.IDs[l.From], g.IDs[l.To])
			links[pair] = append(links[pair], g.Link(int32(k)).ID)
		}
	}
	return links, slices.SortedFunc(maps.Keys(links), func(a, b [2]graph.ID) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
}

// tieSplits hold out a random fifth of the ties, five times. All links that
// make two actors tied go together.
func tieSplits(n *network, share float64, times int) []split {
	links, ties := tiesOf(n.view)
	return randomSplits(n, links, ties, share, times, 11)
}

// randomSplits hold out a random part of some pairs with all their links, as many
// times as asked, each with a seed of its own in a stream of random numbers.
func randomSplits(n *network, links map[[2]graph.ID][]graph.ID, pairs [][2]graph.ID, share float64, times int, stream uint64) (out []split) {
	for seed := range times {
		r := rand.New(rand.NewPCG(uint64(seed), stream))
		s := split{n.view, heldOut{}, map[[2]graph.ID]bool{}}
		for _, k := range r.Perm(len(pairs))[:int(share*float64(len(pairs)))] {
			s.hold(pairs[k], links)
		}
		out = append(out, s)
	}
	return out
}

// hold holds out a pair with its links.
func (s *split) hold(pair [2]graph.ID, links map[[2]graph.ID][]graph.ID) {
	s.want[pair] = true
	for _, id := range links[pair] {
		s.held[id] = true
	}
}

// newcomerSplits hold out all ties of a random tenth of those who have any: what
// is left of them is what they do and say.
func newcomerSplits(n *network, times int) (out []split) {
	links, ties := tiesOf(n.view)
	var tied []graph.ID
	for _, p := range ties {
		tied = append(tied, p[0], p[1])
	}
	slices.Sort(tied)
	tied = slices.Compact(tied)
	for seed := range times {
		r := rand.New(rand.NewPCG(uint64(seed), 13))
		fresh := map[graph.ID]bool{}
		for _, k := range r.Perm(len(tied))[:len(tied)/10] {
			fresh[tied[k]] = true
		}
		s := split{n.view, heldOut{}, map[[2]graph.ID]bool{}}
		for _, p := range ties {
			if fresh[p[0]] || fresh[p[1]] {
				s.hold(p, links)
			}
		}
		out = append(out, s)
	}
	return out
}

func pairOf(a, b graph.ID) [2]graph.ID { return [2]graph.ID{min(a, b), max(a, b)} }

const mostActors = 200 // asked on each seed

// tieMethods are Weft and the baselines on one training network. The last three
// read shared groups beside ties, as Weft does.
func (a *arrays) tieMethods(few bool) []method {
	numbers := map[graph.ID]int32{}
	for i, id := range a.ids {
		numbers[id] = int32(i)
	}
	weft := method{"Weft", func(i int32, row []float64) {
		list, err := a.ix.TieEvidence(a.ids[i])
		if err != nil {
			panic(err) // the actor was read from the same view
		}
		for _, c := range list {
			row[numbers[c.Node]] = c.Score
		}
	}}
	if few {
		return []method{weft}
	}
	m := matrix{a.tied, a.tied}
	list := []method{weft, commonNeighbours("CN", a.tied), adamicAdar("AA", a.tied), resourceAllocation("RA", a.tied),
		commonNeighbours("CN with groups", a.around), adamicAdar("AA with groups", a.around), resourceAllocation("RA with groups", a.around),
		m.itemJaccard(), m.userKNN(), m.threeSteps(), degreeOf("degree", a.tied)}
	if e := m.ease("EASE", 10); e.row != nil {
		list = append(list, e)
	}
	return list
}

// judgeTies is tieTallies as figures.
func judgeTies(ctx context.Context, n *network, tune analysis.Coefficients, splits []split, few bool) ([]outcome, error) {
	list, err := tieTallies(ctx, n, tune, splits, few)
	return outcomes(list), err
}

func outcomes(list []*tally) (out []outcome) {
	for _, t := range list {
		out = append(out, t.outcome(1))
	}
	return out
}

// tieTallies asks each actor with a tie held out for its missing ties. Candidates are all
// actors that have links left and are not tied with it.
func tieTallies(ctx context.Context, n *network, tune analysis.Coefficients, splits []split, few bool) ([]*tally, error) {
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
		want := make([][]int32, len(a.ids))
		number := func(id graph.ID) int32 {
			i, _ := slices.BinarySearch(a.ids, id)
			return int32(i)
		}
		for p := range s.want {
			i, j := number(p[0]), number(p[1])
			if len(a.around[i]) > 0 && len(a.around[j]) > 0 { // both ends survive
				want[i], want[j] = append(want[i], j), append(want[j], i)
			}
		}
		var candidates, of []int32
		degrees := []int{}
		for i := range int32(len(a.ids)) {
			if actor(a.kinds[i]) && len(a.around[i]) > 0 && (a.kinds[i] != graph.KindCoalition || len(a.tied[i]) > 0 || len(want[i]) > 0) {
				candidates = append(candidates, i)
			}
			if len(want[i]) > 0 {
				of = append(of, i)
				positives += len(want[i])
				for _, j := range want[i] {
					degrees = append(degrees, len(a.tied[j]))
				}
			}
		}
		quartile := quartiles(degrees)
		r := rand.New(rand.NewPCG(uint64(seed), 12))
		if len(of) > mostActors {
			r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
			of = of[:mostActors]
			slices.Sort(of)
		}
		anybody := slices.Clone(candidates) // a likelihood is told of whoever it is
		if len(anybody) > mostActors {
			r.Shuffle(len(anybody), func(i, j int) { anybody[i], anybody[j] = anybody[j], anybody[i] })
			anybody = anybody[:mostActors]
		}
		actors += len(of)
		hard := make([][]int32, len(of)) // hard to tell apart: a shared partner, group or place
		for k, i := range of {
			hard[k] = a.hardFor(r, i, candidates, want[i])
		}
		for _, m := range a.tieMethods(few) {
			t := all.of(m.name)
			rank, row := newRanking(), make([]float64, len(a.ids))
			var given answer
			answer := func(i int32) {
				clear(row)
				m.row(i, row)
				given.clear()
				for _, j := range candidates {
					if _, tied := slices.BinarySearch(a.tied[i], j); !tied && j != i {
						given.add(row[j], slices.Contains(want[i], j), len(a.tied[j]))
					}
				}
			}
			if m.name == "Weft" {
				for _, i := range anybody {
					answer(i)
					t.judge(i, &given, a.ix.TieLikelihood)
				}
			}
			hardRank := newRanking()
			for k, i := range of {
				answer(i)
				for c, x := range given.scores {
					rank.add(i, x, given.hits[c])
				}
				t.hear(i, &given, len(a.tied[i]) <= 2, quartile)
				for _, j := range want[i] {
					hardRank.add(i, row[j], true)
				}
				for _, j := range hard[k] {
					hardRank.add(i, row[j], false)
				}
			}
			t.rank(rank, few, seed)
			hardRank.sort()
			h, _ := hardRank.curve(nil)
			t.hard = append(t.hard, h)
		}
	}
	if actors == 0 {
		return nil, nil // nobody had anything else left to go by
	}
	return all.counted(actors, positives/2), nil
}

// hardFor draws ten candidates for each tie held out that look like partners and
// are not: they share a partner, a group or the place.
func (a *arrays) hardFor(r *rand.Rand, i int32, candidates, want []int32) (out []int32) {
	var like []int32
	for _, z := range a.around[i] {
		like = append(like, a.around[z]...)
	}
	for _, j := range candidates {
		if a.place[i] != "" && a.place[i] == a.place[j] {
			like = append(like, j)
		}
	}
	like = slices.DeleteFunc(distinct(like), func(j int32) bool {
		_, tied := slices.BinarySearch(a.tied[i], j)
		_, candidate := slices.BinarySearch(candidates, j)
		return tied || !candidate || j == i || slices.Contains(want, j)
	})
	for range 10 * len(want) {
		if len(like) > 0 {
			out = append(out, like[r.IntN(len(like))])
		}
	}
	return out
}
