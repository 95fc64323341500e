package analysis

import (
	"cmp"
	"math"
	"slices"
)

// Layer is a way of having something in common that does not yet make a tie.
type Layer uint8

// The layers: issues worked on, coalitions, campaigns led or supported, people or
// organizations tied to, events and actions taken part in, words that names and
// descriptions use.
const (
	LayerIssues Layer = iota
	LayerCoalitions
	LayerCampaigns
	LayerPeople
	LayerEvents
	LayerWords
	LayerCount
)

// Coefficients of the evidence. They are few and not negative, and settled with
// `bench quality -fit` (docs/quality.md says how, and where by hand) on an inner hold-out of three generated networks, the
// sigma demo (ties) and the devolved parliaments (members), none of which
// docs/quality.md reports on. The grid is coarse, one coefficient is moved at a
// time, and what made no clear difference there stands at what the literature
// gives (rarity: resource allocation, Zhou, Lü, Zhang 2009; half-lives of two
// years; campaigns, people, events, capacities: as issues, since the tuning sets
// have none). Of second-order evidence .1 and not more: more finds newcomers
// more ties, and puts neighbours in common below it.
type Coefficients struct {
	Layer       [LayerCount]float64 // L: weight of a shared group
	Rarity      [LayerCount]float64 // g: exponent of the size of the group
	HalfLife    [LayerCount]float64 // h: days after which what has ended counts half
	Second      float64             // e3: second-order evidence
	Closure     float64             // eT: a shared partner, divided by its ties and a half, where such are tied
	Alike       float64             // eA: a tie to one that is close
	Place       float64             // the same place
	Capacity    float64             // each capacity one lacks and the other offers
	Ridge       float64             // of EASE, in mean sizes of a coalition
	Kin         float64             // members it shares other coalitions with
	Content     float64             // what a coalition it is in shares in issues and words
	Own         float64             // what it shares itself
	Issue       float64             // a shared issue, divided by the number who work on it
	Partner     float64             // a member who is a partner, divided by its ties
	MemberPlace float64             // the same place as the coalition
	Known       int                 // k: how many nearest actors second-order evidence goes through
}

var fitted = Coefficients{
	//        issues coalitions campaigns people events words
	Layer:    [LayerCount]float64{1, 1, 1, 1, .7, .1},
	Rarity:   [LayerCount]float64{1, 1, 1, 1, 1, .5},
	HalfLife: [LayerCount]float64{halfLife, halfLife, halfLife, halfLife, halfLife, halfLife},
	Second:   .1, Closure: 1.5, Alike: .3, Place: .02, Capacity: .05, Known: 50,
	Ridge: 5, Kin: 3, Content: 1, Own: 1, Issue: .3, Partner: .3, MemberPlace: .2,
}

// Fitted returns the coefficients that suggestions are made with.
func Fitted() Coefficients { return fitted }

// groups is who shares what with whom: the layers in one pair of lists. Group
// a is a node seen in a layer. The weight of actor i in group a is
//
//	w(i,a) = m(i,a) · √(2^(−age/h) · L · D(a)^(−g)),  D(a) = Σ_i m(i,a)
//
// with m the strength and trust of the membership, so that the evidence of a shared group is the
// plain product w(i,a)·w(j,a), the same from both sides to the last bit, and decays once: by
// the geometric mean of both memberships. D does not decay, or old groups would be taken for rare ones.
type groups struct {
	node   []int32 // of each group; of words −1
	word   []int32 // of each group from the first of words on, see Index.vocabulary
	layer  []Layer
	size   []float64 // D
	start  []int32   // of each actor, into group and weight
	group  []int32
	weight []float64
	begin  []int32 // of each group, into actor and share
	actor  []int32
	share  []float64
	sum    []float64 // of each actor, s(i) = Σ_j S2(i,j) = Σ_a w(i,a)·(W(a) − w(i,a)), W(a) = Σ_j w(j,a)
}

func (g *groups) of(i int32) ([]int32, []float64) {
	return g.group[g.start[i]:g.start[i+1]], g.weight[g.start[i]:g.start[i+1]]
}

func (g *groups) in(a int32) ([]int32, []float64) {
	return g.actor[g.begin[a]:g.begin[a+1]], g.share[g.begin[a]:g.begin[a+1]]
}

// membership is one actor in one group, by its weightiest link.
type membership struct {
	layer        Layer
	group, actor int32   // numbers of nodes
	mass         float64 // with the root of its decay, of which two make one
	size         float64 // without decay
}

// memberships yields the groups that link l puts somebody in.
func (ix *Index) memberships(l *link, yield func(layer Layer, actor, group int32)) {
	switch l.kind {
	case worksOn:
		if ix.isActor(l.from) && !l.against {
			yield(LayerIssues, l.from, l.to)
		}
	case memberOf:
		yield(LayerCoalitions, l.from, l.to)
	case leads, supports:
		if ix.isActor(l.from) {
			yield(LayerCampaigns, l.from, l.to)
		}
	case affiliatedWith: // organizations share people, people share organizations
		yield(LayerPeople, l.to, l.from)
		yield(LayerPeople, l.from, l.to)
	case tookPartIn:
		if ix.isActor(l.from) {
			yield(LayerEvents, l.from, l.to)
		}
	}
}

// listMemberships lists the memberships of all layers but words, in order of layer, group and
// actor, each once.
func (ix *Index) listMemberships() []membership {
	// They are counted to their groups, and put in order there.
	start := make([]int32, int(LayerWords)*len(ix.nodes)+1)
	at := func(y Layer, group int32) int { return int(y)*len(ix.nodes) + int(group) }
	for k := range ix.links {
		ix.memberships(&ix.links[k], func(y Layer, _, group int32) { start[at(y, group)+1]++ })
	}
	for k := range start[1:] {
		start[k+1] += start[k]
	}
	list, next := make([]membership, start[len(start)-1]), slices.Clone(start)
	for k := range ix.links {
		l := &ix.links[k]
		ix.memberships(l, func(y Layer, actor, group int32) {
			place := &next[at(y, group)]
			list[*place] = membership{y, group, actor, ix.mass(l, 2*ix.tune.HalfLife[y]), ix.mass(l, math.Inf(1))}
			*place++
		})
	}
	for k := range start[1:] {
		slices.SortFunc(list[start[k]:start[k+1]], func(a, b membership) int {
			return cmp.Or(cmp.Compare(a.actor, b.actor), compareDown(a.mass, b.mass), compareDown(a.size, b.size))
		})
	}
	return slices.CompactFunc(list, func(a, b membership) bool { return a.layer == b.layer && a.group == b.group && a.actor == b.actor })
}

func (ix *Index) makeGroups() groups {
	c := ix.tune
	list, words := ix.addWords(ix.listMemberships())
	g := groups{word: words, start: make([]int32, len(ix.nodes)+1), begin: []int32{}}
	for k, m := range list {
		if k == 0 || list[k-1].layer != m.layer || list[k-1].group != m.group {
			if m.layer == LayerWords {
				m.group = -1
			}
			g.node, g.layer, g.size = append(g.node, m.group), append(g.layer, m.layer), append(g.size, 0)
			g.begin = append(g.begin, int32(k))
		}
		g.size[len(g.size)-1] += m.size
		g.start[m.actor+1]++
	}
	g.begin = append(g.begin, int32(len(list)))
	for i := range ix.nodes {
		g.start[i+1] += g.start[i]
	}
	g.group, g.weight = make([]int32, len(list)), make([]float64, len(list))
	g.actor, g.share = make([]int32, len(list)), make([]float64, len(list))
	next := slices.Clone(g.start)
	for a := range g.node {
		y := g.layer[a]
		scale := math.Sqrt(c.Layer[y] * math.Pow(g.size[a], -c.Rarity[y]))
		for k := g.begin[a]; k < g.begin[a+1]; k++ {
			m := list[k]
			w := float64(m.mass * scale)
			g.actor[k], g.share[k] = m.actor, w
			g.group[next[m.actor]], g.weight[next[m.actor]] = int32(a), w
			next[m.actor]++
		}
	}
	g.sum = make([]float64, len(ix.nodes))
	for a := range g.node {
		actors, shares := g.in(int32(a))
		whole := 0.0
		for _, w := range shares {
			whole += w
		}
		for k, i := range actors {
			g.sum[i] += float64(shares[k] * (whole - shares[k]))
		}
	}
	return g
}

// groupLinks returns the links, also ended ones, that put actor i in group a.
func (ix *Index) groupLinks(i, a int32) (out []int32) {
	for _, k := range ix.ever.of(i) {
		ix.memberships(&ix.links[k], func(y Layer, actor, group int32) {
			if actor == i && y == ix.reps.layer[a] && group == ix.reps.node[a] {
				out = append(out, k)
			}
		})
	}
	return out
}
