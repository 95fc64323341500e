package analysis

import (
	"cmp"
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"weft/graph"
)

// Suggestion is a tie that is not there, in two numbers that are never
// blended: how likely it is to come about and last, and how much it would give.
type Suggestion struct {
	From, To   graph.ID
	Score      float64 // evidence for it, in [0,1): the amounts of Reasons add up to it
	Likelihood float64 // that the two are tied, or soon will be, see scale; 0 when that cannot be told
	Value      float64 // what it would open, in [0,1]
	Worth      []Reason
	Reasons    []Reason
	NextStep   NextStep
}

const (
	bridgingFloor = 0.2   // least score of a bridging suggestion, which likelihood rises with
	perActor      = 20    // suggestions kept of each actor before all are ranked
	scaleSample   = 256   // actors whose pairs the scale of scores is taken from,
	scalePairs    = 2_000 // and about how many pairs of each
	rowsOfAll     = 1_000 // actors whose pairs are looked at when ties of all are asked for
)

// isGroup reports whether a node is one that introductions are made between by
// default: an organization or coalition that is still there.
func (ix *Index) isGroup(i int32) bool {
	n := &ix.nodes[i]
	return !n.gone && !n.closed && (n.kind == organization || n.kind == coalition)
}

// Refusals are pairs that said no, in either order: they are never suggested again.
type Refusals map[[2]graph.ID]bool

// Refuse adds a pair.
func (r Refusals) Refuse(a, b graph.ID) { r[[2]graph.ID{min(a, b), max(a, b)}] = true }

func (r Refusals) has(a, b graph.ID) bool {
	return len(r) > 0 && r[[2]graph.ID{min(a, b), max(a, b)}]
}

// mayTie reports whether a tie between two actors would be new and welcome:
// both are there still, they have none, neither is member of the other, neither
// refused, is opposed or is targeted by the other's campaigns.
func (ix *Index) mayTie(i, j int32, refused Refusals) bool {
	if i == j || ix.nodes[i].gone || ix.nodes[i].closed || ix.nodes[j].gone || ix.nodes[j].closed || ix.tied.has(i, j) || refused.has(ix.nodes[i].id, ix.nodes[j].id) {
		return false
	}
	if against := ix.opposed(); against[i] || against[j] {
		return false
	}
	if slices.Contains(ix.live.ends(i), j) {
		return false // member, part, or influence: they know each other
	}
	return !ix.opposes(i, j) && !ix.opposes(j, i)
}

// opposes reports whether i leads or supports a campaign that targets j, itself or by
// an action, and j does not stand with it.
func (ix *Index) opposes(i, j int32) bool {
	foes := ix.memo.foes.once(func() map[int32][]int32 {
		foes := map[int32][]int32{}
		for k := range ix.links {
			l := &ix.links[k]
			if l.ended || l.kind != leads && l.kind != supports {
				continue
			}
			for _, k := range ix.aims(l.to) {
				if ix.links[k].stance <= 0 {
					foes[l.from] = append(foes[l.from], ix.links[k].to)
				}
			}
		}
		return foes
	})
	return len(foes) > 0 && slices.Contains(foes[i], j)
}

// half is the amount of evidence that makes a score of one half.
func (ix *Index) half() float64 { return ix.tieScale().half }

// ready makes what all suggestions of ties rest on: the scale and, meanwhile, the groups,
// which are found on one processor.
func (ix *Index) ready(ctx context.Context) error {
	var failed, failed2 error
	together(
		func() { _, failed = ix.readCommunities(silent(ctx)) },
		func() { _, failed2 = ix.readTieScale(ctx) },
	)
	return cmp.Or(failed, failed2)
}

func (ix *Index) tieScale() *scale {
	s, _ := ix.readTieScale(context.Background())
	return s
}

// readTieScale returns the scale of ties; one half is the median over the pairs the
// viewer could be shown. Of large networks it is taken from the pairs of 256 actors
// chosen by hash; of one without groups, from its people.
func (ix *Index) readTieScale(ctx context.Context) (*scale, error) {
	return ix.memo.ties.of(ctx, func() (*scale, error) {
		var all []int32
		for _, party := range []func(int32) bool{ix.isGroup, ix.isActor} {
			for i := range int32(len(ix.nodes)) {
				if party(i) {
					all = append(all, i)
				}
			}
			if len(all) > 1 {
				break
			}
		}
		among := make([]bool, len(ix.nodes))
		for _, i := range all {
			among[i] = true
		}
		some := ix.sample("scale of ties", all, scaleSample)
		rows := make([][]heard, len(some))
		err := during(ctx, len(some), 8, func() func(int) {
			f := ix.newAffinity()
			return func(n int) {
				i := some[n]
				f.unfitted(i)
				for k, step := 0, 1+len(f.total.touched)/scalePairs; k < len(f.total.touched); k += step {
					j := f.total.touched[k]
					if f.total.value[j] <= 0 || !among[j] || i == j || !ix.lacksTie(i, j) {
						continue
					}
					if tied := ix.tied.has(i, j); tied || ix.mayTie(i, j, nil) {
						x := f.total.value[j] + ix.fitOf(i, j)
						if tied {
							x -= ix.ownPart(j, f.kin(i).close)
						}
						rows[n] = append(rows[n], heard{x, tied})
					}
				}
			}
		})
		if err != nil {
			return nil, err
		}
		var open []float64
		for _, pairs := range rows {
			for _, p := range pairs {
				if !p.tied {
					open = append(open, p.evidence)
				}
			}
		}
		return newScale(cmp.Or(median(open), 1), rows), nil
	})
}

// pairOf is the evidence for a tie between i and j with its reasons. Second-
// order evidence is the mean of both directions.
func (ix *Index) pairOf(i, j int32, f *affinity) *evidence {
	e := &evidence{}
	ends := []int32{i, j}
	var words []near
	said := 0.0
	var pieces []piece
	ix.meet(i, j, func(a int32, x float64) {
		if ix.reps.layer[a] == LayerWords {
			said += x
			words = keepBest(words, near{ix.reps.wordOf(a), x}, wordsNamed)
			return
		}
		g := ix.reps.node[a]
		actors, _ := ix.reps.in(a)
		pieces = append(pieces, piece{"tie.shared." + layerNames[ix.reps.layer[a]], g, x,
			func() []Arg { return []Arg{ix.argNode("group", g), argCount("size", len(actors))} },
			func() []int32 { return append(ix.groupLinks(i, a), ix.groupLinks(j, a)...) }})
	})
	e.addPieces(ix, ends, pieces, "tie.more", "tie.more")
	if len(words) > 0 {
		e.add(ix, said, "tie.words", ends, nil, argText("words", ix.sayWords(i, words)))
	}
	through := map[int32]float64{}
	alike := map[int32]float64{}
	by := map[int32][]int32{}
	for _, way := range [2][2]int32{{i, j}, {j, i}} {
		kin := f.kin(way[0])
		for _, k := range kin.shared {
			if x := ix.sharedBy(k.node, way[1]); x > 0 && k.node != way[1] {
				through[k.node] += float64(float64(ix.tune.Second*k.value)/ix.reps.sum[k.node]*x) / 2
			}
		}
		with, chance := ix.kinTies(way[1], kin.close)
		for _, k := range kin.close {
			if ix.tied.has(k.node, way[1]) {
				alike[k.node] += float64(ix.tune.Alike*k.value) / float64(ix.tied.degree(k.node)) * beyond(with, chance) / with / 2
				by[k.node] = append(by[k.node], ix.tieLinks(k.node, way[1])...)
			}
		}
	}
	throughThem := func(key string, parts map[int32]float64, by map[int32][]int32) {
		if len(parts) == 0 {
			return
		}
		sum := 0.0
		for _, k := range sortedKeys(parts) {
			sum += parts[k]
		}
		best := nodesOf(top(parts, nodesNamed))
		names := best[:min(3, len(best))]
		var links []int32
		for _, k := range best {
			links = append(links, by[k]...)
		}
		e.add(ix, sum, key, append(slices.Clone(ends), names...), links, ix.argNodes("through", names), argCount("count", len(parts)))
	}
	throughThem("tie.second", through, nil)
	throughThem("tie.alike", alike, by)
	if shared := common(ix.tied.of(i), ix.tied.of(j)); len(shared) > 0 {
		ix.fewestTiesFirst(shared)
		sum := 0.0
		var links []int32
		for _, z := range shared {
			sum += ix.shareOf(z)
			links = append(append(links, ix.tieLinks(i, z)...), ix.tieLinks(j, z)...)
		}
		e.add(ix, float64(ix.transitivity()*beyond(sum, ix.metByChance(i, j))), "tie.partners", append(slices.Clone(ends), shared...), links, ix.argNodes("partners", shared), argCount("count", len(shared)))
	}
	if e.raw > 0 {
		ix.fitReasons(i, j, e)
	}
	return e
}

// fewestTiesFirst orders partners by how much each counts as a shared one.
func (ix *Index) fewestTiesFirst(partners []int32) {
	slices.SortFunc(partners, func(a, b int32) int {
		return cmp.Or(cmp.Compare(ix.tied.degree(a), ix.tied.degree(b)), cmp.Compare(a, b))
	})
}

func (ix *Index) fitReasons(i, j int32, e *evidence) {
	ends := []int32{i, j}
	e.add(ix, ix.placeFit(i, j), "tie.place", ends, nil, argText("place", ix.nodes[i].place))
	x := ix.capacityFit(i, j)
	if x == 0 {
		return
	}
	a, b := &ix.nodes[i], &ix.nodes[j]
	for _, way := range [2]struct {
		lacks, has int32
		set        uint32
	}{{i, j, a.needed &^ a.offered & b.offered}, {j, i, b.needed &^ b.offered & a.offered}} {
		if way.set != 0 {
			e.add(ix, x, "tie.capacity", ends, nil, ix.argNode("lacks", way.lacks), ix.argNode("has", way.has),
				argCapacities("capacities", way.set))
			x = 0 // both directions together are capped: the first carries the amount
		}
	}
}

// suggest weighs a suggestion from i to j; its next step is left to be filled in.
func (ix *Index) suggest(i, j int32, f *affinity) Suggestion {
	s := Suggestion{From: ix.nodes[i].id, To: ix.nodes[j].id}
	s.Score, s.Reasons = ix.pairOf(i, j, f).settle(ix.half())
	s.Likelihood = ix.tieScale().likelihood(s.Score)
	s.Value, s.Worth = ix.worth(i, j)
	return s
}

// TieQuestion says which missing ties are wanted.
type TieQuestion struct {
	Of      graph.ID // only those of this actor; "" for all
	Kinds   []graph.NodeKind
	Refused Refusals
	Limit   int // at most this many in each list; 0 is 50
	within  func(i, j int32) bool
}

// TieLists are suggestions in two orders: Ready by likelihood, Bridging by
// value among those likely enough.
type TieLists struct {
	Ready    []Suggestion
	Bridging []Suggestion
	Limited  bool // more could be suggested: of many actors only the thousand for whom most speaks are asked, of each the likeliest are kept, and of those the first are listed
}

// MissingTies suggests ties, additive evidence of Zhou, Lü, Zhang 2009 with
// second-order paths: score = S2 + e3·S3 + eT·T + F. Candidates are organizations
// and coalitions unless other kinds are named.
func (ix *Index) MissingTies(ctx context.Context, q TieQuestion) (*TieLists, error) {
	limit := cmp.Or(q.Limit, 50)
	asked, most := 1, 1
	var of []int32
	if q.Of != "" {
		i, err := ix.find(q.Of, "of")
		if err != nil {
			return nil, err
		}
		of = []int32{i}
	} else {
		for i := range int32(len(ix.nodes)) {
			if ix.wanted(i, q.Kinds) && (q.within == nil || q.within(i, i)) {
				of = append(of, i)
			}
		}
		most = len(of)
		of = ix.mostPromising(of, rowsOfAll)
		asked = len(of)
	}
	keep := max(perActor, 2*limit)
	if q.Of == "" {
		keep = perActor
	}
	if err := ix.ready(part(ctx, 0, .3)); err != nil {
		return nil, err
	}
	pairs, cut, err := ix.candidates(part(ctx, .3, .8), of, keep, func(i, j int32) bool {
		return ix.wanted(j, q.Kinds) && ix.mayTie(i, j, q.Refused) && (q.within == nil || q.within(i, j))
	})
	if err != nil {
		return nil, err
	}
	out := &TieLists{Limited: cut || asked < most || len(pairs) > limit}
	// Explaining costs more than ranking: only what may be shown is explained,
	// with room for what pairwise rounding and value move.
	all := make([]Suggestion, min(len(pairs), max(4*limit, 200)))
	err = during(part(ctx, .8, 1), len(all), 16, func() func(int) {
		return func(n int) {
			f := ix.newAffinity()
			all[n] = ix.suggest(pairs[n].i, pairs[n].j, f)
			f.done()
		}
	})
	if err != nil {
		return nil, err
	}
	order := func(by func(*Suggestion) float64) []int32 {
		list := identity(len(all))
		slices.SortStableFunc(list, func(x, y int32) int {
			a, b := &all[x], &all[y]
			return cmp.Or(compareDown(by(a), by(b)), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
		})
		return list
	}
	ready := order(func(s *Suggestion) float64 { return s.Score })
	ready = ready[:min(limit, len(ready))]
	bridging := slices.DeleteFunc(order(func(s *Suggestion) float64 { return s.Value }), func(n int32) bool {
		return all[n].Score < bridgingFloor || all[n].Value == 0
	})
	bridging = bridging[:min(limit, len(bridging))]
	listed := slices.Concat(ready, bridging)
	slices.Sort(listed)
	listed = slices.Compact(listed)
	parallel(len(listed), 16, func() func(int) {
		return func(k int) {
			n := listed[k]
			all[n].NextStep = ix.introduction(pairs[n].i, pairs[n].j)
		}
	})
	pick := func(list []int32) []Suggestion {
		out := make([]Suggestion, len(list))
		for k, n := range list {
			out[k] = all[n]
		}
		return out
	}
	out.Ready, out.Bridging = pick(ready), pick(bridging)
	return out, nil
}

// mostPromising returns at most so many of some actors, in order: those for
// whose ties most could speak.
func (ix *Index) mostPromising(of []int32, count int) []int32 {
	if len(of) <= count {
		return of
	}
	most := ix.reps.mostOf()
	list := make([]near, len(of))
	for k, i := range of {
		list[k] = near{i, round(ix.promise(i, most))}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(compareDown(a.value, b.value), cmp.Compare(a.node, b.node)) })
	out := nodesOf(list[:count])
	slices.Sort(out)
	return out
}

func (ix *Index) wanted(i int32, kinds []graph.NodeKind) bool {
	if len(kinds) == 0 {
		return ix.isGroup(i)
	}
	n := &ix.nodes[i]
	return !n.gone && !n.closed && slices.ContainsFunc(kinds, func(k graph.NodeKind) bool { return nodeKind(k) == n.kind })
}

// pair is two actors, the lower number first, so that whoever is asked for what is said
// of two is the same.
type pair struct {
	i, j  int32
	value float64
}

// candidates returns the best pairs of each actor, likeliest first, each once,
// and whether any actor has as many as are kept, and so may have more.
// Rows are independent, so they are made on all processors.
func (ix *Index) candidates(ctx context.Context, of []int32, keep int, may func(i, j int32) bool) ([]pair, bool, error) {
	rows := make([][]near, len(of))
	err := during(ctx, len(of), 16, func() func(int) {
		return func(n int) {
			f := ix.newAffinity()
			i := of[n]
			f.unfitted(i)
			fit := ix.mostFit(i) + 1e-9
			for _, j := range f.total.touched {
				x := near{j, f.total.value[j]}
				if x.value <= 0 || len(rows[n]) == keep && x.value+fit < rows[n][keep-1].value {
					continue
				}
				x.value = round(x.value + ix.fitOf(i, j))
				if (len(rows[n]) < keep || better(x, rows[n][keep-1])) && may(i, j) {
					rows[n] = keepBest(rows[n], x, keep)
				}
			}
			f.done()
		}
	})
	if err != nil {
		return nil, false, err
	}
	var out []pair
	cut := false
	for n, list := range rows {
		cut = cut || len(list) == keep
		for _, x := range list {
			p := pair{of[n], x.node, x.value}
			if p.i > p.j {
				p.i, p.j = p.j, p.i
			}
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j), compareDown(a.value, b.value))
	})
	out = slices.CompactFunc(out, func(a, b pair) bool { return a.i == b.i && a.j == b.j })
	slices.SortFunc(out, func(a, b pair) int {
		return cmp.Or(compareDown(a.value, b.value), cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j))
	})
	return out, cut, nil
}

// Panic is what a panic in a goroutine of an analysis becomes in the goroutine
// that asked for it, where it can be recovered from.
type Panic struct {
	Value any
	Stack string // of the goroutine it was in
}

// parallel calls the function made by each worker for 0..n-1, in chunks. If one
// of them panics it does so with a [Panic], when all have ended.
func parallel(n, chunk int, worker func() func(int)) {
	_ = during(context.Background(), n, chunk, worker)
}

// together does several things at once.
func together(things ...func()) {
	parallel(len(things), 1, func() func(int) { return func(n int) { things[n]() } })
}

// during is parallel that tells how far it is, and begins no more chunks when the
// context ends; then it returns the context's error.
func during(ctx context.Context, n, chunk int, worker func() func(int)) error {
	var wait sync.WaitGroup
	var next struct {
		sync.Mutex
		at int
	}
	var failed atomic.Pointer[Panic]
	for range min(runtime.GOMAXPROCS(0), (n+chunk-1)/chunk) {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					failed.Store(&Panic{p, string(debug.Stack())})
				}
			}()
			do := worker()
			for {
				next.Lock()
				from := next.at
				next.at += chunk
				next.Unlock()
				if from >= n || ctx.Err() != nil {
					return
				}
				tell(ctx, float64(from)/float64(n))
				for k := from; k < min(n, from+chunk); k++ {
					do(k)
				}
			}
		})
	}
	wait.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
	return ctx.Err()
}

func nodesOf(list []near) []int32 {
	out := make([]int32, len(list))
	for k, n := range list {
		out[k] = n.node
	}
	return out
}
