package analysis

import (
	"math/bits"
	"slices"
)

// row is the evidence one actor shares with all others, one number an actor,
// kept sparse: only those in touched may differ from zero.
type row struct {
	value   []float64
	touched []int32
}

func (ix *Index) newRow() *row { return &row{value: make([]float64, len(ix.nodes))} }

func (r *row) add(j int32, x float64) {
	if x == 0 {
		return
	}
	if r.value[j] == 0 {
		r.touched = append(r.touched, j)
	}
	r.value[j] += x
}

func (r *row) clear() {
	for _, j := range r.touched {
		r.value[j] = 0
	}
	r.touched = r.touched[:0]
}

// order puts touched in order of number, each once and without those that came to zero:
// of many by a look at all, which is less than sorting them.
func (r *row) order() {
	if len(r.touched)*8 < len(r.value) {
		slices.Sort(r.touched)
		r.touched = slices.Compact(r.touched)
		return
	}
	r.touched = r.touched[:0]
	for j, x := range r.value {
		if x != 0 {
			r.touched = append(r.touched, int32(j))
		}
	}
}

// shared fills r with S2(i,j) = Σ_a w(i,a)·w(j,a) for every j: the groups both
// are in, rare ones counting more.
func (ix *Index) shared(i int32, r *row) {
	r.clear()
	groups, weights := ix.reps.of(i)
	for k, a := range groups {
		w := weights[k]
		actors, shares := ix.reps.in(a)
		for n, j := range actors {
			r.add(j, float64(w*shares[n]))
		}
	}
	r.value[i] = 0
}

// closure adds eT · T(i,j) = eT · Σ_z 1/(deg(z) + ½) over partners z of both.
func (ix *Index) closure(i int32, r *row) {
	for _, z := range ix.tied.of(i) {
		w := ix.shareOf(z)
		for _, j := range ix.tied.of(z) {
			if j != i {
				r.add(j, w)
			}
		}
	}
}

// partners adds what shared partners speak for: as far as they do in this network, and as far as there
// are more than by chance.
func (ix *Index) partners(i int32, own, total *row) {
	own.clear()
	ix.closure(i, own)
	for _, j := range own.touched {
		total.add(j, float64(ix.transitivity()*beyond(own.value[j], ix.metByChance(i, j))))
	}
}

// metByChance is about what closure would add up for two of so many ties, had everybody their ties by
// chance: eT · deg(i)·deg(j)/2m.
func (ix *Index) metByChance(i, j int32) float64 {
	return ix.byChance(j, float64(ix.tune.Closure*float64(ix.tied.degree(i))))
}

// ownPart is what a tie to j adds to the evidence for itself: those close to its other end are so
// for being tied to j as well, and so speak for a tie to j. Of a tie that is not there they would not.
func (ix *Index) ownPart(j int32, close []near) float64 {
	with, chance := ix.kinTies(j, close)
	own := 0.0
	for _, k := range close {
		if ix.tied.has(k.node, j) {
			own += float64(ix.tune.Alike*ix.shareOf(j)) / float64(ix.tied.degree(k.node))
		}
	}
	return beyond(with, chance) - beyond(max(0, with-own), chance)
}

// shareOf is how much a shared partner counts: resource allocation, as though each had half a
// tie more that nobody recorded. Else two who happen to know of a hub and of somebody else
// would be the strongest evidence there is that these two belong together.
func (ix *Index) shareOf(partner int32) float64 {
	return ix.tune.Closure / (float64(ix.tied.degree(partner)) + unseen)
}

// transitivity is how far shared partners speak for a tie in this network: c²/(c² + usual²),
// c the part of all evidence of shared partners that is of two who are tied. Where partners
// of partners keep apart, as the buyers of one seller may, they are not told to tie. A network
// that has few of them is taken to be as usual.
func (ix *Index) transitivity() float64 {
	return ix.memo.transitive.once(func() float64 {
		all, tied := few, few*usual
		for z := range int32(len(ix.nodes)) {
			d := float64(ix.tied.degree(z))
			all += d * (d - 1) / 2 / (d + unseen)
			for _, j := range ix.tied.of(z) {
				if j > z {
					for _, k := range common(ix.tied.of(z), ix.tied.of(j)) {
						tied += 1 / (float64(ix.tied.degree(k)) + unseen)
					}
				}
			}
		}
		c := tied / all
		return c * c / (float64(c*c) + usual*usual)
	})
}

const (
	usual  = .15 // part of shared partners that are between two who are tied, in many networks
	unseen = .5  // ties that a partner has and nobody recorded
	few    = 5.  // and how much evidence of shared partners tells as much as knowing that
)

// alike adds eA · A²/(A + E), A = Σ_k R(i,k)/deg(k) over those k tied to j among the nearest of i by
// R = S2 + eT·T: whom those are tied to who are like i, or close to it. E is what A would be had these
// nearest their ties by chance, Σ_k R(i,k)·deg(j)/2m over all of them that have any, 2m the degrees
// of everybody (Newman, Girvan 2004): some of anybody's nearest are tied to a hub.
// It finds what neighbours in common cannot: partners of partners of partners,
// and the ties of one that has none yet.
func (ix *Index) alike(i int32, nearest []near, own, total *row) {
	own.clear()
	all := 0.0
	for _, k := range nearest {
		if d := ix.tied.degree(k.node); d > 0 {
			x := float64(ix.tune.Alike * k.value)
			all += x
			for _, j := range ix.tied.of(k.node) {
				if j != i {
					own.add(j, x/float64(d))
				}
			}
		}
	}
	for _, j := range own.touched {
		total.add(j, beyond(own.value[j], ix.byChance(j, all)))
	}
}

// kinTies is what alike adds up for one j, and what that would be by chance.
func (ix *Index) kinTies(j int32, close []near) (with, chance float64) {
	all := 0.0
	for _, k := range close {
		if d := ix.tied.degree(k.node); d > 0 {
			x := float64(ix.tune.Alike * k.value)
			all += x
			if ix.tied.has(k.node, j) {
				with += x / float64(d)
			}
		}
	}
	return with, ix.byChance(j, all)
}

// beyond is how far so much counts where there would be some by chance.
func beyond(with, chance float64) float64 {
	if with <= 0 {
		return 0
	}
	return float64(with*with) / (with + chance)
}

// byChance is the part with j of so much by which some are tied, had they their ties by chance.
func (ix *Index) byChance(j int32, all float64) float64 {
	return float64(all*float64(ix.tied.degree(j))) / float64(max(1, len(ix.tied.to)))
}

// near is an actor and how much another shares with it.
type near struct {
	node  int32
	value float64
}

// nearest returns the k actors with the largest values of r, largest first and
// of equals the lower id.
func nearest(r *row, k int) (out []near) {
	for _, j := range r.touched {
		if x := r.value[j]; x > 0 {
			out = keepBest(out, near{j, x}, k)
		}
	}
	return out
}

// keepBest puts n into a list of at most k, ordered by value down, then number.
func keepBest(list []near, n near, k int) []near {
	at := len(list)
	if at == k {
		if !better(n, list[k-1]) {
			return list
		}
		at--
	} else {
		list = append(list, n)
	}
	for at > 0 && better(n, list[at-1]) {
		list[at] = list[at-1]
		at--
	}
	list[at] = n
	return list
}

func better(a, b near) bool { return a.value > b.value || a.value == b.value && a.node < b.node }

// second adds e3 · S3(i,j) = e3 · Σ_k S2(i,k)·S2(k,j)/s(k), k among those nearest
// to i by S2 and s(k) = Σ_j S2(k,j), to total. The groups of all k are gone through
// together, each once:
//
//	Σ_k c(k)·S2(k,j) = Σ_a w(j,a)·Σ_k c(k)·w(k,a) − c(j)·Σ_a w(j,a)²
func (ix *Index) second(known []near, groups, total *row) {
	groups.clear()
	part := func(k near) float64 { return float64(ix.tune.Second*k.value) / ix.reps.sum[k.node] }
	for _, k := range known {
		c := part(k)
		in, weights := ix.reps.of(k.node)
		for x, a := range in {
			groups.add(a, float64(c*weights[x]))
		}
	}
	for _, a := range groups.touched {
		w := groups.value[a]
		actors, shares := ix.reps.in(a)
		for n, j := range actors {
			total.add(j, float64(w*shares[n]))
		}
	}
	for _, k := range known {
		_, weights := ix.reps.of(k.node)
		own := 0.0
		for _, w := range weights {
			own += float64(w * w)
		}
		total.value[k.node] -= float64(part(k) * own)
	}
}

// sharedBy is S2 of one pair.
func (ix *Index) sharedBy(i, j int32) (sum float64) {
	ix.meet(i, j, func(_ int32, x float64) { sum += x })
	return sum
}

// meet yields the groups both are in and what each adds to S2, in order of group.
func (ix *Index) meet(i, j int32, yield func(group int32, x float64)) {
	a, wa := ix.reps.of(i)
	b, wb := ix.reps.of(j)
	for m, n := 0, 0; m < len(a) && n < len(b); {
		switch {
		case a[m] < b[n]:
			m++
		case a[m] > b[n]:
			n++
		default:
			yield(a[m], float64(wa[m]*wb[n]))
			m++
			n++
		}
	}
}

// fitOf is F without refusals: the same place, and capacities one lacks and the
// other has. It is asked only of pairs that have other evidence.
func (ix *Index) fitOf(i, j int32) float64 {
	return ix.placeFit(i, j) + ix.capacityFit(i, j)
}

func (ix *Index) placeFit(i, j int32) float64 {
	if !ix.samePlace(i, j) {
		return 0
	}
	return ix.tune.Place
}

func (ix *Index) capacityFit(i, j int32) float64 {
	a, b := &ix.traits[i], &ix.traits[j]
	n := bits.OnesCount32(a.needed&^a.offered&b.offered) + bits.OnesCount32(b.needed&^b.offered&a.offered)
	return float64(ix.tune.Capacity * float64(min(n, 2)))
}

// affinity is one actor's row of S2 + e3·S3 + eT·T + eA·A + F, with scratch space, so
// that many rows are made without allocating.
type affinity struct {
	ix                   *Index
	first, groups, total *row // groups holds one number a group, not an actor
}

func (ix *Index) newAffinity() *affinity {
	if f, ok := ix.memo.affinities.Get().(*affinity); ok {
		return f
	}
	return &affinity{ix, ix.newRow(), &row{value: make([]float64, len(ix.reps.node))}, ix.newRow()}
}

// done keeps f for the next question: making rows as long as the network takes longer than
// many questions about one actor. What a panic left half done is not kept.
func (f *affinity) done() { f.ix.memo.affinities.Put(f) }

// of fills total with the whole evidence between i and every other actor. Direction
// matters in S3 and A only, whose paths go through the nearest of i.
func (f *affinity) of(i int32) {
	f.unfitted(i)
	f.total.order()
	for _, j := range f.total.touched {
		if f.total.value[j] > 0 {
			f.total.value[j] += f.ix.fitOf(i, j)
		}
	}
}

// unfitted is of without F, and in no order.
func (f *affinity) unfitted(i int32) {
	f.ix.shared(i, f.first)
	k := f.ix.memo.kin.of(i, len(f.ix.nodes), func() kin { return f.nearest(i) })
	f.copyFirst()
	f.ix.partners(i, f.first, f.total)
	f.ix.second(k.shared, f.groups, f.total)
	f.ix.alike(i, k.close, f.first, f.total)
	f.total.value[i] = 0
}

// copyFirst fills total with S2, which first holds.
func (f *affinity) copyFirst() {
	f.total.clear()
	for _, j := range f.first.touched {
		f.total.add(j, f.first.value[j])
	}
}

// kin are the actors nearest to one: by S2, and by S2 + eT·T.
type kin struct{ shared, close []near }

// kin returns the kin of an actor, which are found once.
func (f *affinity) kin(i int32) kin {
	return f.ix.memo.kin.of(i, len(f.ix.nodes), func() kin {
		f.ix.shared(i, f.first)
		return f.nearest(i)
	})
}

// nearest finds the kin of the actor whose S2 first holds.
func (f *affinity) nearest(i int32) kin {
	f.copyFirst()
	f.ix.closure(i, f.total)
	return kin{nearest(f.first, f.ix.tune.Known), nearest(f.total, f.ix.tune.Known)}
}

// mostFit is the largest fitOf of an actor with anybody.
func (ix *Index) mostFit(i int32) (most float64) {
	t := &ix.traits[i]
	if t.place != 0 {
		most += ix.tune.Place
	}
	if t.needed|t.offered != 0 {
		most += float64(2 * ix.tune.Capacity)
	}
	return most
}

// promise bounds what speaks for ties of an actor: the most that anybody could share with
// it, and have of its partners.
func (ix *Index) promise(i int32, most []float64) (sum float64) {
	groups, weights := ix.reps.of(i)
	for k, a := range groups {
		sum += float64(weights[k] * most[a])
	}
	for _, z := range ix.tied.of(i) {
		if ix.tied.degree(z) > 1 {
			sum += float64(ix.transitivity() * ix.shareOf(z))
		}
	}
	return sum
}
