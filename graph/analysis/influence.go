package analysis

import (
	"math"
	"slices"

	"weft/graph"
)

const weakPath = 0.1 // a path of influence whose product of strength/5 is less than this is weak

// Influence is how a campaign can reach one of its targets.
type Influence struct {
	Target   graph.ID
	Power    int // newest reading, 0 when not said
	Stance   int
	Strength float64 // product of strength/5 along the best path, 0 when there is none
	Path     *Path   // nil when nobody of the campaign reaches the target
	Weak     bool
}

// InfluencePaths returns, for every target of a campaign and of its actions, the
// best directed path of INFLUENCES (strength 2 or more) and AFFILIATED_WITH
// links from anybody who leads or supports it, strongest target first.
func (ix *Index) InfluencePaths(campaignID graph.ID) ([]Influence, error) {
	c, err := ix.find(campaignID, "campaign")
	if err != nil {
		return nil, err
	}
	found, _ := ix.influence(c)
	slices.SortStableFunc(found, func(a, b Influence) int { return b.Power - a.Power })
	return found, nil
}

// aims returns the links by which a campaign, and then those by which its actions
// target somebody.
func (ix *Index) aims(c int32) (out []int32) {
	aim := func(k, _ int32) { out = append(out, k) }
	ix.each(c, targets, true, aim)
	ix.each(c, partOf, false, func(_, a int32) { ix.each(a, targets, true, aim) })
	return out
}

// influence walks from the whole team at once: a shortest path search on −log(strength/5).
func (ix *Index) influence(c int32) (out []Influence, aims []int32) {
	readings := map[int32]int32{} // target → link
	for _, k := range ix.aims(c) {
		if _, has := readings[ix.links[k].to]; !has {
			readings[ix.links[k].to] = k
		}
	}
	team := slices.DeleteFunc(ix.leaders(c), func(i int32) bool { return !ix.isActor(i) })
	distance, by := ix.search(team, func(i int32, step func(to, link int32, cost float64)) {
		for _, k := range ix.live.of(i) {
			l := &ix.links[k]
			if l.from == i && (l.kind == influences && l.strength >= 2 || l.kind == affiliatedWith) {
				step(l.to, k, -math.Log(float64(l.strength)/5))
			}
		}
	})
	for _, t := range sortedKeys(readings) {
		k := readings[t]
		f := Influence{Target: ix.nodes[t].id, Power: int(ix.links[k].weight), Stance: int(ix.links[k].stance)}
		if d, ok := distance[t]; ok {
			var links []int32
			at := t
			for l, ok := by[at]; ok; l, ok = by[at] {
				links = append(links, l)
				at = ix.links[l].far(at)
			}
			slices.Reverse(links)
			f.Strength = round(math.Exp(-d))
			f.Weak = f.Strength < weakPath
			f.Path = ix.pathOf(at, links)
		}
		out, aims = append(out, f), append(aims, k)
	}
	return out, aims
}

// leaders returns who leads or supports a campaign, coalitions with their members.
func (ix *Index) leaders(c int32) []int32 {
	var out []int32
	for _, kind := range [2]uint8{leads, supports} {
		ix.each(c, kind, false, func(_, who int32) {
			out = append(out, who)
			if ix.nodes[who].kind == coalition {
				out = append(out, ix.allMembers(who)...)
			}
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unreachedTargets finds targets nobody of the campaign reaches, or only weakly.
func (ix *Index) unreachedTargets() (out []*draftGap) {
	for c := range int32(len(ix.nodes)) {
		if n := &ix.nodes[c]; n.kind != campaign || n.closed || n.gone {
			continue
		}
		found, aims := ix.influence(c)
		for k, f := range found {
			if f.Path != nil && !f.Weak {
				continue
			}
			l := aims[k]
			t := ix.links[l].to
			ends := []int32{c, t}
			g := ix.newGap("gap.target", ends, []int32{l}, ix.argNode("campaign", c), ix.argNode("target", t))
			g.add(ix, scale5(ix.links[l].weight), "target.power", ends, []int32{l}, ix.argNode("target", t), argCount("power", f.Power))
			if f.Path == nil {
				g.add(ix, 1, "target.unreached", ends, nil, ix.argNode("target", t), argCount("team", len(ix.leaders(c))))
			} else {
				links := ix.linkNumbers(f.Path)
				g.add(ix, .5-float64(f.Strength/weakPath)/2, "target.weak", ends, links, ix.argNode("target", t), argPercent("strength", f.Strength))
			}
			var openers []int32
			ix.each(t, influences, false, func(_, who int32) { openers = append(openers, who) })
			ix.each(t, affiliatedWith, false, func(_, who int32) { openers = append(openers, who) })
			slices.Sort(openers) // one may be both of influence and of the house
			who := nodesOf(ix.central(ix.friends(slices.Compact(openers)), 3))
			if len(who) > 0 {
				g.gap.NextStep = NextStep{Message{"next.open", []Arg{ix.argNode("target", t), ix.argNodes("who", who)}}, ix.ids(who)}
			} else {
				g.gap.NextStep = NextStep{Message{"next.seek.open", []Arg{ix.argNode("target", t)}}, nil}
			}
			out = append(out, g)
		}
	}
	return out
}

// search finds the cheapest way from any source to all that can be reached:
// costs and the last link on the way. Of equal costs the lower number goes first.
func (ix *Index) search(sources []int32, steps func(i int32, step func(to, link int32, cost float64))) (map[int32]float64, map[int32]int32) {
	cost, by, done := map[int32]float64{}, map[int32]int32{}, map[int32]bool{}
	q := &queue{}
	for _, s := range sources {
		cost[s] = 0
		q.push(near{s, 0})
	}
	for len(*q) > 0 {
		n := q.pop()
		if done[n.node] {
			continue
		}
		done[n.node] = true
		steps(n.node, func(to, link int32, c float64) {
			c = round(n.value + c)
			if old, ok := cost[to]; !ok || c < old {
				cost[to], by[to] = c, link
				q.push(near{to, c})
			}
		})
	}
	return cost, by
}

// queue is a binary heap: cheapest first, of equals the lower number.
type queue []near

func (q *queue) push(n near) {
	h := append(*q, n)
	k := len(h) - 1
	for k > 0 {
		up := (k - 1) / 2
		if !cheaper(n, h[up]) {
			break
		}
		h[k] = h[up]
		k = up
	}
	h[k] = n
	*q = h
}

func (q *queue) pop() near {
	h := *q
	first, n := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	for k := 0; len(h) > 0; {
		down := 2*k + 1
		if down >= len(h) {
			h[k] = n
			break
		}
		if down+1 < len(h) && cheaper(h[down+1], h[down]) {
			down++
		}
		if !cheaper(h[down], n) {
			h[k] = n
			break
		}
		h[k] = h[down]
		k = down
	}
	*q = h
	return first
}

func cheaper(a, b near) bool { return a.value < b.value || a.value == b.value && a.node < b.node }
