package analysis

import (
	"cmp"
	"maps"
	"slices"

	"weft/graph"
)

// NextStep is what to do about a gap, and who could do it, best first.
type NextStep struct {
	Message
	Who []graph.ID
}

const gainCap = .5 // the most that one tie is held to give, so that newcomers do not fill every list

// worth is the value of a tie between i and j:
//
//	4q(1−q) · (drop in Burt's constraint + new reach + group crossing) / 2
//
// where q is the overlap (Jaccard) of all they are linked with. It is largest for
// moderately weak ties (Rajkumar et al. 2022). Drop and reach are means of
// both ends, each capped at .5; crossing is 1 between two groups of two or more.
func (ix *Index) worth(i, j int32) (float64, []Reason) {
	a, b := ix.linked(i), ix.linked(j)
	both := len(common(a, b))
	q := 0.0
	if n := len(a) + len(b) - both; n > 0 {
		q = float64(both) / float64(n)
	}
	weight := 4 * float64(q*(1-q)) / 2
	var e evidence
	ends := []int32{i, j}
	drop := (ix.constraintDrop(i, j) + ix.constraintDrop(j, i)) / 2
	e.add(ix, float64(weight*drop), "value.constraint", ends, nil, argPercent("drop", drop))
	reach := (ix.newReach(i, j) + ix.newReach(j, i)) / 2
	e.add(ix, float64(weight*reach), "value.reach", ends, nil, argPercent("reach", reach))
	if p := ix.communities(); p[i] >= 0 && p[j] >= 0 && p[i] != p[j] {
		e.add(ix, weight, "value.crossing", ends, nil)
	}
	value := round(e.raw)
	return value, scaled(e.reasons, e.raw, value)
}

// linked returns every node that i is linked with on the day, in order.
func (ix *Index) linked(i int32) []int32 {
	var out []int32
	for _, k := range ix.live.of(i) {
		out = append(out, ix.links[k].far(i))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// constraintDrop is by how much a tie to j would lower Burt's constraint of i, on
// unweighted ties:
//
//	c(i) = Σ_j (p(i,j) + Σ_q p(i,q)·p(q,j))² = Σ_j (1 + s(i,j))² / deg(i)²,  s(i,j) = Σ_q 1/deg(q)
//
// with q tied to both; 1 for an actor without ties. The new tie adds j, and itself to s
// of the partners of both.
func (ix *Index) constraintDrop(i, j int32) float64 {
	list, shares := ix.tied.of(i), ix.closing(i)
	other := 1 / float64(ix.tied.degree(j)+1)
	before, after, own := 0.0, 0.0, 0.0
	theirs := ix.tied.of(j)
	for k, z := range list {
		x := 1 + shares[k]
		before += float64(x * x)
		for len(theirs) > 0 && theirs[0] < z {
			theirs = theirs[1:]
		}
		if len(theirs) > 0 && theirs[0] == z {
			x += other
			own += 1 / float64(ix.tied.degree(z))
		}
		after += float64(x * x)
	}
	was, d := 1.0, float64(len(list))
	if d > 0 {
		was = before / (d * d)
	}
	after = float64(after+float64((1+own)*(1+own))) / ((d + 1) * (d + 1))
	return min(gainCap, max(0, was-after))
}

// closing returns s(i,j) of constraintDrop for every j tied to i, in order.
func (ix *Index) closing(i int32) []float64 {
	return ix.memo.closing.of(i, len(ix.nodes), func() []float64 {
		list := ix.tied.of(i)
		out := make([]float64, len(list))
		for k, j := range list {
			for _, q := range common(list, ix.tied.of(j)) {
				out[k] += 1 / float64(ix.tied.degree(q))
			}
		}
		return out
	})
}

// newReach is the part of i's two-step surroundings that a tie to j would add,
// counting j and its partners against the partners of i.
func (ix *Index) newReach(i, j int32) float64 {
	mine, theirs := ix.tied.of(i), ix.tied.of(j)
	fresh := 1 + len(theirs) - len(common(mine, theirs))
	return min(gainCap, float64(fresh)/float64(fresh+len(mine)))
}

// introduction is the next step for a missing tie: through the best broker, who
// is tied to both (the largest product of tie weights), else through what they
// share, else directly. Of two that may be one it is to look whether they are,
// which those who would introduce them may know.
func (ix *Index) introduction(i, j int32) NextStep {
	step := ix.acquaint(i, j)
	if ix.mayBeOne(i, j) {
		step.Message = Message{"next.same", []Arg{ix.argNode("a", i), ix.argNode("b", j)}}
	}
	return step
}

// mayBeOne reports whether two nodes look like two records of one: of a kind, at
// no two places, and one has among its names what the other is called by.
func (ix *Index) mayBeOne(i, j int32) bool {
	a, b := &ix.nodes[i], &ix.nodes[j]
	if a.kind != b.kind || a.folded != b.folded && a.folded != "" && b.folded != "" {
		return false
	}
	shared := len(common(a.words, b.words))
	goesBy := func(one, other *node) bool {
		// Two of one name share its words, which is soon seen; those of people are not kept.
		if one.kind != individual && shared < len(wordsOf([]string{other.name})) {
			return false
		}
		name := nameWords(other.name)
		return len(name) > 0 && slices.ContainsFunc(namesOf(ix.text(one.id)), func(s string) bool { return slices.Equal(nameWords(s), name) })
	}
	return goesBy(a, b) || goesBy(b, a)
}

// acquaint is introduction of two that are surely two.
func (ix *Index) acquaint(i, j int32) NextStep {
	var brokers []near
	for _, z := range ix.friends(common(ix.tied.of(i), ix.tied.of(j))) {
		a, _ := ix.tied.find(i, z)
		b, _ := ix.tied.find(j, z)
		brokers = keepBest(brokers, near{z, round(ix.tied.trust[a] * ix.tied.trust[b])}, 3)
	}
	ends := []Arg{ix.argNode("a", i), ix.argNode("b", j)}
	if len(brokers) > 0 {
		who := nodesOf(brokers)
		return NextStep{Message{"next.introduce.broker", append(ends, ix.argNode("broker", who[0]))}, ix.ids(who)}
	}
	best := near{-1, 0}
	ix.meet(i, j, func(a int32, x float64) {
		if y := ix.reps.layer[a]; y != LayerWords && y != LayerIssues && x > best.value && ix.isActor(ix.reps.node[a]) && ix.mayAsk(ix.reps.node[a]) {
			best = near{ix.reps.node[a], x}
		}
	})
	if best.node >= 0 {
		return NextStep{Message{"next.introduce.group", append(ends, ix.argNode("group", best.node))}, ix.ids([]int32{best.node})}
	}
	return NextStep{Message{"next.introduce.directly", ends}, nil}
}

// layerNames name the layers in message keys.
var layerNames = [LayerCount]string{"issue", "coalition", "campaign", "person", "event", "words"}

// sortedKeys returns the keys of m in order, so that sums repeat.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
