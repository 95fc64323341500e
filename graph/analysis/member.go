package analysis

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"

	"weft/graph"
)

// memberModel is how like each other coalitions are, by who is in them: the
// closed-form ridge of EASE (Steck 2019), B = I − P·diag(1/P), P = (XᵀX + λI)⁻¹,
// λ in mean sizes of a coalition. Which go together is learnt from memberships that have ended
// as from others: what an actor was in counts less with time, and once.
// Above its limit, where the inverse would cost too much, likeness is the
// degree-normalised overlap of members.
type memberModel struct {
	coalitions []int32
	at         []int32            // the place of each node among them, -1 of what is none
	members    [][]int32          // on the day
	ever       [][]int32          // also those whose membership has ended
	once       [][]float64        // of each of ever, what the membership still counts: 2^(−age/h)
	size       []float64          // the sum of once
	in         [][]presence       // of each node, the coalitions it is or was in
	still      []float64          // what these count together
	actors     []int32            // those in any, ascending
	ridge      *ridge             // XᵀX + λI, nil when its inverse would cost too much
	learnt     perNode[[]float64] // of each coalition, its row of B: what being in others speaks for it
	best       perNode[[]near]    // of each coalition, bestMembers whoever refused
}

// presence is somebody in a coalition, by its place in the model, whether on the day, and what
// that still counts.
type presence struct {
	coalition int32
	live      bool
	weight    float64
}

const (
	easeLimit      = 10_000        // coalitions that are compared by EASE,
	easeWork       = 2_500_000_000 // in so many multiplications at most: a second of two processors
	learntKept     = 1_600         // coalitions of which what was learnt is kept: 20 MB
	perCoalition   = 10            // suggestions kept of each coalition
	overlapDamping = 5.0           // added to the size of a coalition when it is large enough to be compared without EASE
)

func (ix *Index) memberFit() *memberModel {
	return ix.memo.members.once(func() *memberModel {
		m := &memberModel{at: make([]int32, len(ix.nodes))}
		for c := range int32(len(ix.nodes)) {
			m.at[c] = -1
			if ix.nodes[c].kind == coalition && !ix.nodes[c].gone {
				m.at[c] = int32(len(m.coalitions))
				m.coalitions, m.members = append(m.coalitions, c), append(m.members, ix.membersOf(c))
				ever, once := ix.everIn(c)
				size := 0.0
				for _, w := range once {
					size += w
				}
				m.ever, m.once, m.size = append(m.ever, ever), append(m.once, once), append(m.size, size)
			}
		}
		m.in, m.still = make([][]presence, len(ix.nodes)), make([]float64, len(ix.nodes))
		for a, list := range m.ever {
			for k, i := range list {
				_, live := slices.BinarySearch(m.members[a], i)
				m.in[i] = append(m.in[i], presence{int32(a), live, m.once[a][k]})
				m.still[i] += m.once[a][k]
			}
		}
		for i, list := range m.in {
			if len(list) > 0 {
				m.actors = append(m.actors, int32(i))
			}
		}
		m.ridge = m.gram(ix.tune.Ridge)
		return m
	})
}

// gram factors XᵀX + λI, how many each two coalitions have or had in common; nil when that or its
// inverse would cost too much.
func (m *memberModel) gram(lambda float64) *ridge {
	n, members, pairs := len(m.coalitions), 0, 0
	for _, i := range m.actors {
		members += len(m.in[i])
		pairs += len(m.in[i]) * len(m.in[i])
	}
	if n > easeLimit || pairs > easeWork/10 {
		return nil
	}
	lambda *= max(1, float64(members)/float64(max(1, n)))
	rows, counts := make([][]near, n), &row{value: make([]float64, n)}
	for a := range rows {
		counts.clear()
		counts.add(int32(a), lambda)
		for _, i := range m.ever[a] {
			for _, p := range m.in[i] {
				counts.add(p.coalition, 1)
			}
		}
		counts.order()
		for _, b := range counts.touched {
			rows[a] = append(rows[a], near{b, counts.value[b]})
		}
	}
	return newRidge(rows, easeWork)
}

// everIn returns the actors that are or were in a group, ascending, and what that
// still counts.
func (ix *Index) everIn(group int32) (actors []int32, weights []float64) {
	best := map[int32]float64{}
	for _, k := range ix.ever.of(group) {
		l := &ix.links[k]
		ix.memberships(l, func(y Layer, actor, g int32) {
			if g == group && actor != group {
				best[actor] = max(best[actor], ix.decay(l, ix.tune.HalfLife[y]))
			}
		})
	}
	for _, i := range sortedKeys(best) {
		actors, weights = append(actors, i), append(weights, best[i])
	}
	return actors, weights
}

// toward is how much being in each coalition speaks for coalition to; nothing for itself.
func (m *memberModel) toward(to int32) []float64 {
	switch {
	case m.ridge == nil:
		w := make([]float64, len(m.coalitions))
		for _, z := range m.members[to] {
			for _, p := range m.in[z] {
				if p.live && p.coalition != to {
					w[p.coalition] += 1 / (float64(len(m.members[p.coalition])) + overlapDamping)
				}
			}
		}
		return w
	case len(m.coalitions) > learntKept:
		return m.learn(to)
	}
	return m.learnt.of(to, len(m.coalitions), func() []float64 { return m.learn(to) })
}

// learn finds a row of B.
func (m *memberModel) learn(to int32) []float64 {
	w := m.ridge.inverse(int(to))
	own := w[to]
	for a := range w {
		w[a] /= -own
	}
	w[to] = 0
	return w
}

// memberScores adds up what speaks for each actor outside coalition c, as
// memberEvidence says it for one.
func (ix *Index) memberScores(c int32, r *row) {
	r.clear()
	m := ix.memberFit()
	to := m.at[c]
	speaks, last := ix.contentOf(c), m.lastSteps(to)
	for a, w := range m.toward(to) {
		speaks[a] = w + float64(ix.tune.Content*speaks[a])
	}
	for _, i := range m.actors {
		sum := float64(ix.tune.Kin * m.threeSteps(i, to, last))
		for _, p := range m.in[i] {
			sum += float64(p.weight * speaks[p.coalition])
		}
		r.add(i, sum)
	}
	for _, t := range ix.issuesOf(c) {
		workers := ix.workers(t)
		for _, i := range workers {
			r.add(i, ix.tune.Issue/float64(len(workers)))
		}
	}
	words, weights := ix.wordsIn(c)
	for k, a := range words {
		actors, shares := ix.reps.in(a)
		for n, i := range actors {
			r.add(i, float64(ix.tune.Own*float64(weights[k]*shares[n])))
		}
	}
	for _, z := range m.members[to] {
		for _, i := range ix.tied.of(z) {
			r.add(i, ix.tune.Partner/float64(ix.tied.degree(z)))
		}
	}
	r.order()
	for _, i := range r.touched {
		if r.value[i] > 0 && ix.samePlace(i, c) {
			r.value[i] += ix.tune.MemberPlace
		}
	}
}

// threeSteps is the chance to get from an actor to coalition to in three random steps, over another
// coalition it is in and somebody there, each by what memberships still count:
//
//	Σ_a x(i,a)/n(i) · Σ_z x(z,a)/D(a) · 1/n(z),  a another coalition, z a member and not i
//
// with n(i) = Σ_a x(i,a), of i without this coalition, and D(a) = Σ_z x(z,a) (Cooper et al.
// 2014). It is from the side of the actors what EASE is from that of the coalitions: those in the same
// small circles are members. The last two steps, from each coalition, are those of anybody.
func (m *memberModel) threeSteps(i, to int32, last []float64) float64 {
	sum, all, in := 0.0, 0.0, false
	for _, p := range m.in[i] {
		if p.coalition == to {
			in = true
			continue
		}
		sum += float64(p.weight * last[p.coalition])
		all += p.weight
	}
	if in {
		if _, member := slices.BinarySearch(m.members[to], i); member { // not over itself
			for _, p := range m.in[i] {
				if p.coalition != to {
					sum -= float64(p.weight * m.lastStep(i, p))
				}
			}
		}
	}
	if sum == 0 {
		return 0
	}
	return sum / all
}

// lastSteps is the chance of the last two of three steps to a coalition, from each other one.
func (m *memberModel) lastSteps(to int32) []float64 {
	last := make([]float64, len(m.coalitions))
	for _, z := range m.members[to] {
		for _, p := range m.in[z] {
			if p.coalition != to {
				last[p.coalition] += m.lastStep(z, p)
			}
		}
	}
	return last
}

// lastStep is the chance to get from a coalition to somebody in it, and on to one certain coalition.
func (m *memberModel) lastStep(z int32, in presence) float64 {
	return in.weight / (m.size[in.coalition] * m.still[z])
}

// contentOf is what a coalition shares in issues and words with every other one,
// in the order of the model.
func (ix *Index) contentOf(c int32) []float64 {
	m := ix.memberFit()
	out := make([]float64, len(m.coalitions))
	groups, weights := ix.reps.of(c)
	for k, a := range groups {
		if y := ix.reps.layer[a]; y != LayerIssues && y != LayerWords {
			continue
		}
		actors, shares := ix.reps.in(a)
		for n, i := range actors {
			if i != c && ix.nodes[i].kind == coalition {
				out[m.at[i]] += float64(weights[k] * shares[n])
			}
		}
	}
	return out
}

// wordsIn returns the words of node i, as groups, and its weights in them.
func (ix *Index) wordsIn(i int32) (groups []int32, weights []float64) {
	groups, weights = ix.reps.of(i)
	from, _ := slices.BinarySearch(groups, int32(len(ix.reps.node)-len(ix.reps.word)))
	return groups[from:], weights[from:]
}

func (ix *Index) samePlace(i, j int32) bool {
	return ix.traits[i].place != 0 && ix.traits[i].place == ix.traits[j].place
}

// memberEvidence is what speaks for actor i in coalition c.
func (ix *Index) memberEvidence(i, c int32) *evidence {
	m, e := ix.memberFit(), &evidence{}
	content, toward := ix.contentOf(c), m.toward(m.at[c])
	group := ix.argNode("coalition", c)
	var pieces []piece
	for _, p := range m.in[i] {
		at, still := p.coalition, p.weight
		other := m.coalitions[at]
		if other == c {
			continue
		}
		args := func() []Arg { return []Arg{ix.argNode("other", other), group} }
		links := func() []int32 { return ix.everBetween(i, other) }
		pieces = append(pieces, piece{"member.alike", other, float64(still * toward[at]), args, links},
			piece{"member.content", other, float64(still * float64(ix.tune.Content*content[at])), args, links})
	}
	e.addPieces(ix, []int32{i, c}, pieces, "member.near", "member.unlike", group)
	ix.kinEvidence(i, c, e)
	for _, t := range ix.issuesOf(c) {
		workers := ix.workers(t)
		if _, works := slices.BinarySearch(workers, i); works {
			var links []int32
			for _, k := range ix.workLinks(t) {
				if ix.links[k].from == i {
					links = append(links, k)
				}
			}
			e.add(ix, ix.tune.Issue/float64(len(workers)), "member.issue", []int32{i, c, t}, links, ix.argNode("issue", t))
		}
	}
	said, words := 0.0, []near{}
	ix.meet(i, c, func(a int32, x float64) {
		if ix.reps.layer[a] == LayerWords {
			said += float64(ix.tune.Own * x)
			words = keepBest(words, near{ix.reps.wordOf(a), x}, wordsNamed)
		}
	})
	e.add(ix, said, "member.words", []int32{i, c}, nil, argText("words", ix.sayWords(i, words)))
	sum, partners, links := 0.0, common(ix.tied.of(i), m.members[m.at[c]]), []int32{}
	ix.fewestTiesFirst(partners)
	for _, z := range partners {
		sum += ix.tune.Partner / float64(ix.tied.degree(z))
		links = append(links, ix.tieLinks(i, z)...)
	}
	if len(partners) > 0 {
		e.add(ix, sum, "member.partners", append([]int32{i, c}, partners...), links, ix.argNodes("partners", partners))
	}
	if e.raw > 0 && ix.samePlace(i, c) {
		e.add(ix, ix.tune.MemberPlace, "member.place", []int32{i, c}, nil, argText("place", ix.nodes[c].place))
	}
	return e
}

// everBetween returns the links between an actor and a coalition, ended ones too.
func (ix *Index) everBetween(i, c int32) (links []int32) {
	for _, k := range ix.ever.of(i) {
		if ix.links[k].far(i) == c {
			links = append(links, k)
		}
	}
	return links
}

// kinEvidence adds the three steps of one actor, with the members it is most over.
func (ix *Index) kinEvidence(i, c int32, e *evidence) {
	m := ix.memberFit()
	to, mine, all := m.at[c], map[int32]float64{}, 0.0
	for _, p := range m.in[i] {
		if p.coalition != to {
			mine[p.coalition] = p.weight
			all += p.weight
		}
	}
	kin, sum := map[int32]float64{}, 0.0
	for _, z := range m.members[to] {
		for _, p := range m.in[z] {
			if w, shared := mine[p.coalition]; shared && z != i {
				x := float64(ix.tune.Kin*w) / all * m.lastStep(z, p)
				kin[z] += x
				sum += x
			}
		}
	}
	if len(kin) == 0 {
		return
	}
	who := nodesOf(top(kin, 3))
	var links []int32
	for _, z := range who {
		links = append(links, ix.everBetween(z, c)...)
	}
	circles := slices.Clone(m.in[i])
	slices.SortStableFunc(circles, func(a, b presence) int { return cmp.Compare(m.size[a.coalition], m.size[b.coalition]) }) // the smallest counts most
	for _, p := range circles {
		for _, z := range who {
			if _, in := slices.BinarySearch(m.ever[p.coalition], z); in && p.coalition != to && len(links) < linksNamed {
				links = append(append(links, ix.everBetween(i, m.coalitions[p.coalition])...), ix.everBetween(z, m.coalitions[p.coalition])...)
			}
		}
	}
	slices.Sort(links)
	links = slices.Compact(links)
	e.add(ix, sum, "member.kin", append([]int32{i, c}, who...), links, ix.argNode("coalition", c), ix.argNodes("who", who), argCount("count", len(kin)))
}

func (ix *Index) memberScale() *scale {
	s, _ := ix.readMemberScale(context.Background())
	return s
}

// readMemberScale returns the scale of memberships; one half is the median of the evidence
// of the best for each open coalition, whoever refused.
func (ix *Index) readMemberScale(ctx context.Context) (*scale, error) {
	return ix.memo.memberships.of(ctx, func() (*scale, error) {
		m := ix.memberFit()
		var open []int32
		for _, c := range m.coalitions {
			if !ix.nodes[c].closed {
				open = append(open, c)
			}
		}
		some := ix.sample("scale of members", open, scaleSample)
		rows, best := make([][]heard, len(some)), make([][]near, len(some))
		err := during(ctx, len(some), 4, func() func(int) {
			scores := ix.newRow()
			return func(n int) {
				c := some[n]
				ix.memberScores(c, scores)
				best[n] = m.best.of(m.at[c], len(m.coalitions), func() []near { return ix.bestMembers(c, scores, nil) })
				members := m.members[m.at[c]]
				rows[n] = make([]heard, 0, len(scores.touched))
				for _, i := range scores.touched {
					for len(members) > 0 && members[0] < i {
						members = members[1:]
					}
					if k := ix.nodes[i].kind; scores.value[i] > 0 && (k == organization || k == individual) {
						rows[n] = append(rows[n], heard{scores.value[i], len(members) > 0 && members[0] == i})
					}
				}
			}
		})
		if err != nil {
			return nil, err
		}
		var values []float64
		for _, x := range slices.Concat(best...) {
			values = append(values, x.value)
		}
		return newScale(cmp.Or(median(values), 1), rows), nil
	})
}

// bestMembers are the likeliest for a coalition among those who may join it, by its scores.
func (ix *Index) bestMembers(c int32, scores *row, refused Refusals) (best []near) {
	floor := 0.0
	for _, i := range scores.touched {
		if scores.value[i] < floor { // rounding moves it less
			continue
		}
		x := near{i, round(scores.value[i])}
		if x.value > 0 && (len(best) < 2*perCoalition || better(x, best[len(best)-1])) && ix.mayJoin(i, c, refused) {
			if best = keepBest(best, x, 2*perCoalition); len(best) == 2*perCoalition {
				floor = best[len(best)-1].value - 1e-9
			}
		}
	}
	return best
}

// bestFor is bestMembers of the coalition at a place in the model. That is kept for when
// nobody of it refused.
func (ix *Index) bestFor(place int, refused Refusals, scores func() *row) []near {
	m := ix.memberFit()
	c := m.coalitions[place]
	find := func(refused Refusals) []near {
		ix.memberScores(c, scores())
		return ix.bestMembers(c, scores(), refused)
	}
	best := m.best.of(int32(place), len(m.coalitions), func() []near { return find(nil) })
	if slices.ContainsFunc(best, func(x near) bool { return refused.has(ix.nodes[x.node].id, ix.nodes[c].id) }) {
		return find(refused)
	}
	return slices.Clone(best)
}

// missingMembers suggests members: likelihood × (1 + cover of recorded needs
// not covered yet), chosen greedily so that two who bring the same do not both
// count for it. It reports whether there could be more.
func (ix *Index) missingMembers(ctx context.Context, q GapQuestion, in func(*Gap) bool) ([]Gap, bool, error) {
	type match struct {
		i, c   int32
		rank   float64
		brings uint32  // of what the coalition needs,
		cover  float64 // which part
	}
	scale, err := ix.readMemberScale(part(ctx, 0, .5))
	if err != nil {
		return nil, false, err
	}
	m, half := ix.memberFit(), scale.half
	each, cut := make([][]match, len(m.coalitions)), make([]bool, len(m.coalitions))
	err = during(part(ctx, .5, .9), len(each), 8, func() func(int) {
		scores := sync.OnceValue(ix.newRow)
		return func(n int) {
			c := m.coalitions[n]
			// Outside a scope there is nothing to rank, unless one actor is asked for.
			if ix.nodes[c].closed || q.Scope.Organization == "" && !in(&Gap{subject: []int32{c}}) {
				return
			}
			list := ix.bestFor(n, q.Refused, scores)
			needs := ix.unmet(c)
			whole := needs
			cut[n] = slices.ContainsFunc(list[min(perCoalition, len(list)):], func(x near) bool { return in(&Gap{subject: []int32{x.node, c}}) })
			for range min(perCoalition, len(list)) {
				best, rank, covers := 0, -1.0, 0.0
				for k, x := range list {
					cover := covered(needs&ix.offers(x.node), whole)
					if r := round(squash(x.value, half) * (1 + cover)); r > rank {
						best, rank, covers = k, r, cover
					}
				}
				i := list[best].node
				list = slices.Delete(list, best, best+1)
				if in(&Gap{subject: []int32{i, c}}) {
					each[n] = append(each[n], match{i, c, rank, needs & ix.offers(i), covers})
				}
				needs &^= ix.offers(i)
			}
		}
	})
	if err != nil {
		return nil, false, err
	}
	all := slices.Concat(each...)
	// Explaining costs more than ranking: only what may be shown is explained.
	slices.SortFunc(all, func(a, b match) int {
		return cmp.Or(compareDown(a.rank, b.rank), cmp.Compare(a.c, b.c), cmp.Compare(a.i, b.i))
	})
	limited := len(all) > q.Limit || slices.Contains(cut, true)
	all = all[:min(len(all), q.Limit)]
	out := make([]Gap, len(all))
	err = during(part(ctx, .9, 1), len(all), 8, func() func(int) {
		return func(n int) {
			x := all[n]
			out[n] = ix.memberGap(x.i, x.c, ix.memberEvidence(x.i, x.c), half, x.brings, x.cover, x.rank)
		}
	})
	if err != nil {
		return nil, false, err
	}
	slices.SortStableFunc(out, func(a, b Gap) int { return cmp.Or(compareDown(a.rank, b.rank), cmp.Compare(a.ID, b.ID)) })
	return out, limited, nil
}

// unmet are the recorded needs of a coalition that nobody of it covers.
func (ix *Index) unmet(c int32) uint32 {
	needs := ix.nodes[c].needed
	for _, i := range ix.team(c, false) {
		needs &^= ix.offers(i)
	}
	return needs
}

// covered is how many of a set of capacities some are, as a part of one.
func covered(some, all uint32) float64 {
	return float64(bits.OnesCount32(some)) / float64(max(1, bits.OnesCount32(all)))
}

// furtherMember suggests i for the coalition c though others fit it better, nil when nothing speaks for it.
func (ix *Index) furtherMember(i, c int32, refused Refusals) *Gap {
	if !ix.suggests(Gap{Kind: MISSING_MEMBER, Nodes: ix.ids([]int32{i, c})}, refused, func(*Gap) bool { return true }, nil) {
		return nil
	}
	needs, e, half := ix.unmet(c), ix.memberEvidence(i, c), ix.memberScale().half
	brings := needs & ix.offers(i)
	cover := covered(brings, needs)
	g := ix.memberGap(i, c, e, half, brings, cover, round(squash(e.raw, half)*(1+cover)))
	return &g
}

func (ix *Index) memberGap(i, c int32, e *evidence, half float64, brings uint32, cover, rank float64) Gap {
	likelihood, reasons := e.settle(half)
	score := round(min(1, rank))
	ends := []int32{i, c}
	if brings != 0 {
		reasons = append(reasons, Reason{Message: Message{"member.brings", []Arg{ix.argNode("actor", i), ix.argNode("coalition", c),
			argCapacities("capacities", brings)}}, Amount: round(score - likelihood), Nodes: ix.ids(ends)})
		reasons = scaled(reasons, score, score)
	}
	value, worth := ix.memberWorth(i, c, brings, cover)
	g := Gap{Title: Message{"gap.member", []Arg{ix.argNode("actor", i), ix.argNode("coalition", c)}}, Nodes: ix.ids(ends), Score: score,
		Likelihood: ix.memberScale().likelihood(likelihood), Value: value, Worth: worth, Evidence: round(e.raw), Reasons: reasons, NextStep: ix.invitation(i, c), subject: ends}
	return stamped(MISSING_MEMBER, g, rank)
}

// memberWorth is the value of i to the coalition c: half the part of its unmet
// needs that i covers, and half the part of i and its partners whom no member
// is tied to.
func (ix *Index) memberWorth(i, c int32, brings uint32, cover float64) (float64, []Reason) {
	var e evidence
	ends := []int32{i, c}
	if brings != 0 {
		e.add(ix, cover/2, "value.cover", ends, nil, ix.argNode("actor", i), ix.argNode("coalition", c), argCapacities("capacities", brings), argPercent("cover", cover))
	}
	known := map[int32]bool{}
	for _, z := range ix.memberFit().members[ix.memberFit().at[c]] {
		known[z] = true
		for _, y := range ix.tied.of(z) {
			known[y] = true
		}
	}
	var fresh []int32
	for _, z := range append([]int32{i}, ix.tied.of(i)...) {
		if !known[z] && z != c {
			fresh = append(fresh, z)
		}
	}
	reach := float64(len(fresh)) / float64(1+ix.tied.degree(i))
	e.add(ix, reach/2, "value.circle", append(nodesOf(ix.central(fresh, 10)), i, c), nil, ix.argNode("actor", i), argCount("count", len(fresh)), argPercent("reach", reach))
	value := round(e.raw)
	return value, scaled(e.reasons, e.raw, value)
}

// invitation is the next step for a missing member: through the member that it
// is best tied to, else directly.
func (ix *Index) invitation(i, c int32) NextStep {
	var brokers []near
	for _, z := range common(ix.tied.of(i), ix.memberFit().members[ix.memberFit().at[c]]) {
		if at, tied := ix.tied.find(i, z); tied && ix.mayAsk(z) {
			brokers = keepBest(brokers, near{z, round(ix.tied.trust[at])}, 3)
		}
	}
	ends := []Arg{ix.argNode("actor", i), ix.argNode("coalition", c)}
	if len(brokers) == 0 {
		return NextStep{Message{"next.invite", ends}, ix.ids([]int32{c})}
	}
	who := nodesOf(brokers)
	return NextStep{Message{"next.invite.broker", append(ends, ix.argNode("broker", who[0]))}, ix.ids(who)}
}

// mayJoin reports whether an organization or individual is outside a coalition
// and would be welcome there.
func (ix *Index) mayJoin(i, c int32, refused Refusals) bool {
	n := &ix.nodes[i]
	_, member := slices.BinarySearch(ix.memberFit().members[ix.memberFit().at[c]], i)
	return !member && !n.gone && !n.closed && (n.kind == organization || n.kind == individual) &&
		!refused.has(n.id, ix.nodes[c].id) && !ix.opposed()[i] && !ix.opposes(c, i) && !ix.refusesCoalition(i, c)
}

// refusesCoalition reports whether i works against an issue of c.
func (ix *Index) refusesCoalition(i, c int32) (against bool) {
	issues := ix.issuesOf(c)
	ix.each(i, worksOn, true, func(l, t int32) {
		_, has := slices.BinarySearch(issues, t)
		against = against || has && ix.links[l].against
	})
	return against
}

// MissingMembers suggests members of one coalition.
func (ix *Index) MissingMembers(ctx context.Context, c graph.ID, refused Refusals) ([]Gap, error) {
	return ix.Gaps(ctx, GapQuestion{Scope: Scope{Coalition: c}, Kinds: []GapKind{MISSING_MEMBER}, Refused: refused})
}
