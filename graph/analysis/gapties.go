package analysis

import (
	"context"
	"math"
	"slices"

	"weft/graph"
)

// fragileBridges finds cut vertices and bridges of the ties. Rank is by what
// would be parted: the nodes on the smaller side, parts of one node left out. An
// end of a bridge that parts no more than the bridge does is not told of again.
func (ix *Index) fragileBridges(ctx context.Context) ([]Gap, error) {
	n, err := ix.Net(Reading{})
	if err != nil {
		return nil, err
	}
	var out []*draftGap
	points, ties := n.Cuts()
	ties = slices.DeleteFunc(ties, func(t CutTie) bool { return min(t.Near, t.Far) < 2 })
	bridged := map[int32]bool{}
	for _, t := range ties {
		bridged[t.A], bridged[t.B] = true, true
	}
	parting := map[int32]bool{}
	for _, p := range points {
		parts := slices.DeleteFunc(slices.Clone(p.Parts), func(s int) bool { return s == 1 })
		if len(parts) < 2 {
			continue
		}
		parting[p.Node] = true
		if len(parts) == 2 && bridged[p.Node] {
			continue
		}
		parted := 0
		for _, s := range parts[1:] {
			parted += s
		}
		i := n.nodes[p.Node]
		g := ix.newGap("gap.bridge.actor", []int32{i}, nil, ix.argNode("actor", i))
		g.add(ix, float64(parted), "bridge.parted", append([]int32{i}, ix.tied.of(i)...), nil, argCount("count", parted), argCount("parts", len(parts)))
		g.gap.NextStep = NextStep{Message{"next.backup", []Arg{ix.argNode("actor", i)}}, ix.ids(nodesOf(ix.central(ix.friends(ix.tied.of(i)), 2)))}
		out = append(out, g)
	}
	for _, t := range ties {
		parted := min(t.Near, t.Far)
		i, j := n.nodes[t.A], n.nodes[t.B]
		ends := []int32{min(i, j), max(i, j)}
		links := ix.tieLinks(i, j)
		g := ix.newGap("gap.bridge.tie", ends, links, ix.argNode("a", ends[0]), ix.argNode("b", ends[1]))
		g.add(ix, float64(parted), "bridge.parted", ends, links, argCount("count", parted), argCount("parts", 2))
		g.gap.NextStep = NextStep{Message{"next.backup.tie", []Arg{ix.argNode("a", ends[0]), ix.argNode("b", ends[1])}}, ix.ids(ends)}
		out = append(out, g)
	}
	hubs, err := ix.hubs(ctx, n, parting)
	if err != nil {
		return nil, err
	}
	return ix.finish(FRAGILE_BRIDGE, append(out, hubs...)), nil
}

const (
	hubLeast = 8  // connected actors, below which somebody always stands in the middle
	hubShare = .5 // of the paths between others that a hub carries
)

// hubs finds actors that carry most of the shortest paths between the others of their
// connected part, beside those that part it.
func (ix *Index) hubs(ctx context.Context, n *Net, parting map[int32]bool) (out []*draftGap, err error) {
	b, err := ix.betweenness(ctx, n)
	if err != nil {
		return nil, err
	}
	of, sizes := n.Components()
	for k, x := range b.Value {
		size := float64(sizes[of[k]] - 1)
		if sizes[of[k]] < hubLeast || parting[int32(k)] {
			continue
		}
		share := x / (size * (size - 1) / 2)
		if share <= hubShare {
			continue
		}
		i := n.nodes[k]
		g := ix.newGap("gap.bridge.hub", []int32{i}, nil, ix.argNode("actor", i))
		// Below one: whatever parts the network comes first.
		g.add(ix, min(1, share), "bridge.carries", append([]int32{i}, ix.tied.of(i)...), nil, argPercent("share", min(1, share)))
		g.gap.NextStep = NextStep{Message{"next.backup", []Arg{ix.argNode("actor", i)}}, ix.ids(nodesOf(ix.central(ix.friends(ix.tied.of(i)), 2)))}
		out = append(out, g)
	}
	return out, nil
}

// coldTies finds alliances and dialogues that mattered (strength 4 or more, or
// confirmed) and have been silent longer than the pair's own habit: beyond the
// 90th percentile of its intervals when there are four or more, else beyond
// twice the half-life.
func (ix *Index) coldTies() (out []*draftGap) {
	contacts := map[[2]int32][]int32{}
	key := func(l *link) [2]int32 { return [2]int32{min(l.from, l.to), max(l.from, l.to)} }
	for k := range ix.links {
		if l := &ix.links[k]; !l.ended && (l.kind == inDialogueWith || l.kind == alliedWith) {
			contacts[key(l)] = append(contacts[key(l)], l.contacts...)
		}
	}
	for k := range ix.links {
		l := &ix.links[k]
		if l.ended || l.from == l.to || l.kind != alliedWith && l.kind != inDialogueWith || l.strength < 4 && l.state != graph.CONFIRMED ||
			ix.nodes[l.from].closed || ix.nodes[l.to].closed {
			continue
		}
		days := slices.Clone(contacts[key(l)])
		slices.Sort(days)
		days = slices.Compact(days)
		last := l.confirmed
		if l.since != 0 {
			last = max(last, int32(l.since.Days()))
		}
		if len(days) > 0 {
			last = days[len(days)-1]
		}
		if last == 0 {
			continue // nothing says when it was alive
		}
		limit, own := coldAfter, false
		if len(days) > 4 {
			limit, own = habit(days), true
		}
		silent := ix.today - last
		if float64(silent) <= limit {
			continue
		}
		ends := []int32{l.from, l.to}
		g := ix.newGap("gap.cold", ends, []int32{int32(k)}, ix.argNode("a", l.from), ix.argNode("b", l.to), argDays("silent", silent))
		why := "cold.silent"
		if own {
			why = "cold.habit"
		}
		g.add(ix, math.Log2(float64(silent)/max(1, limit)), why, ends, []int32{int32(k)}, argDays("silent", silent), argDays("limit", int32(limit)))
		g.add(ix, float64(l.strength)/5, "cold.mattered", ends, []int32{int32(k)}, argCount("strength", int(l.strength)), argWords("state", "LinkState", string(l.state)))
		g.gap.NextStep = NextStep{Message{"next.renew", []Arg{ix.argNode("a", l.from), ix.argNode("b", l.to)}}, ix.ids(ends)}
		out = append(out, g)
	}
	return out
}

// habit is the 90th percentile of the intervals between contacts, in days, by
// linear interpolation.
func habit(days []int32) float64 {
	gaps := make([]float64, len(days)-1)
	for k := range gaps {
		gaps[k] = float64(days[k+1] - days[k])
	}
	slices.Sort(gaps)
	at := .9 * float64(len(gaps)-1)
	k := int(at)
	if k+1 == len(gaps) {
		return gaps[k]
	}
	return gaps[k] + float64((at-float64(k))*(gaps[k+1]-gaps[k]))
}

const staleAfter = 730 // days after which a record is worth looking at: the half-life of a tie

// staleRecords finds records that matter and that nobody has confirmed for over
// two years: (links seen + gaps it is evidence of) × years.
func (ix *Index) staleRecords(gaps []Gap) (out []*draftGap) {
	evidence := map[graph.ID]int{}
	for _, g := range gaps {
		if g.Kind.IsSuggestion() {
			continue
		}
		rests := slices.Clone(g.Nodes)
		for _, r := range g.Reasons {
			rests = append(rests, r.Nodes...)
		}
		slices.Sort(rests)
		for _, id := range slices.Compact(rests) {
			evidence[id]++
		}
	}
	for i := range int32(len(ix.nodes)) {
		n := &ix.nodes[i]
		age := ix.today - n.confirmed
		degree := len(ix.live.of(i))
		if n.gone || n.closed || n.confirmed == 0 || age <= staleAfter || n.kind == source || n.kind == story || n.kind == event || degree+evidence[n.id] == 0 {
			continue
		}
		years := float64(age) / 365
		g := ix.newGap("gap.stale", []int32{i}, nil, ix.argNode("record", i), argDays("age", age))
		g.add(ix, float64(years*float64(degree)), "stale.links", []int32{i}, ix.live.of(i), argCount("count", degree), argDays("age", age))
		g.add(ix, float64(years*float64(evidence[n.id])), "stale.gaps", []int32{i}, nil, argCount("count", evidence[n.id]), argDays("age", age))
		g.gap.NextStep = NextStep{Message{"next.confirm", []Arg{ix.argNode("record", i)}}, ix.ids([]int32{i})}
		out = append(out, g)
	}
	return out
}
