package analysis

import (
	"math"
	"slices"

	"weft/graph"
)

const (
	enough     = 2.0  // workers that cover an issue
	weakWorker = 0.25 // what a worker on the issue above counts for the part
)

// workers returns who works on an issue or a part of it on the day, ascending;
// those who work against it do not count. It is kept: whoever changes it takes a copy.
func (ix *Index) workers(i int32) []int32 {
	return ix.memo.workers.of(i, len(ix.nodes), func() (out []int32) {
		for _, part := range ix.below(i) {
			ix.each(part, worksOn, false, func(l, who int32) {
				if !ix.links[l].against {
					out = append(out, who)
				}
			})
		}
		slices.Sort(out)
		return slices.Clip(slices.Compact(out))
	})
}

// cover is how many work on an issue, those on the issues above it counting a quarter.
func (ix *Index) cover(i int32) (cover float64, workers, upper []int32) {
	workers = ix.workers(i)
	for _, a := range ix.above(i)[1:] {
		ix.each(a, worksOn, false, func(l, who int32) {
			if _, has := slices.BinarySearch(workers, who); !has && !ix.links[l].against {
				upper = append(upper, who)
			}
		})
	}
	slices.Sort(upper)
	upper = slices.Compact(upper)
	return float64(len(workers)) + weakWorker*float64(len(upper)), workers, upper
}

// affected returns who is affected by an issue or a part of it, with the links
// that say so and the worst severity in [0,1].
func (ix *Index) affected(i int32) (who, links []int32, severity float64) {
	for _, part := range ix.below(i) {
		ix.each(part, affectedBy, false, func(l, one int32) {
			who, links = append(who, one), append(links, l)
			severity = max(severity, float64(scale5(ix.links[l].weight)))
		})
	}
	slices.Sort(who)
	return slices.Compact(who), links, severity
}

// scale5 maps 1 to 5 onto (0,1]; what is not said is middling.
func scale5(x uint8) float64 {
	if x == 0 {
		return middling / 5
	}
	return float64(x) / 5
}

func urgency(h graph.Horizon) float64 {
	switch h {
	case "URGENT":
		return 1
	case "MID_TERM":
		return .4
	}
	return 0
}

// uncoveredIssues finds issues that affect a community or are urgent and that
// fewer than two work on. The evidence is what is missing to two, times
// urgency and severity.
func (ix *Index) uncoveredIssues() (out []*draftGap) {
	for i := range int32(len(ix.nodes)) {
		n := &ix.nodes[i]
		if n.kind != issue || n.closed || n.gone {
			continue
		}
		cover, workers, upper := ix.cover(i)
		who, links, severity := ix.affected(i)
		if cover >= enough || n.horizon != "URGENT" && len(who) == 0 {
			continue
		}
		missing := (enough - cover) / enough
		g := ix.newGap("gap.issue", []int32{i}, nil, ix.argNode("issue", i), argCount("workers", len(workers)), argCount("above", len(upper)))
		g.add(ix, float64(missing*urgency(n.horizon)), "issue.urgent", []int32{i}, nil, ix.argNode("issue", i), argWords("horizon", "Horizon", string(n.horizon)))
		if len(who) > 0 {
			g.add(ix, float64(missing*severity), "issue.affects", append([]int32{i}, who...), links, ix.argNodes("communities", who))
		}
		g.gap.NextStep = NextStep{Message{"next.recruit", []Arg{ix.argNode("issue", i)}}, ix.ids(ix.recruits(i, workers))}
		out = append(out, g)
	}
	return out
}

// recruits returns up to three who do not work on issue i but do on issues
// next to it: above, beside, driving or driven, most of them first.
func (ix *Index) recruits(i int32, workers []int32) []int32 {
	counts := map[int32]float64{}
	around := map[int32]bool{}
	for _, a := range ix.above(i)[1:] {
		around[a] = true
	}
	for _, out := range [2]bool{true, false} {
		ix.each(i, drives, out, func(_, other int32) { around[other] = true })
	}
	ix.each(i, partOf, true, func(_, parent int32) {
		ix.each(parent, partOf, false, func(_, sibling int32) { around[sibling] = true })
	})
	for _, a := range sortedKeys(around) {
		if a == i {
			continue
		}
		ix.each(a, worksOn, false, func(l, who int32) {
			if _, has := slices.BinarySearch(workers, who); !has && ix.isActor(who) && !ix.links[l].against && ix.mayAsk(who) {
				counts[who]++
			}
		})
	}
	return nodesOf(top(counts, 3))
}

// top returns the k largest, of equals the lower number.
func top(counts map[int32]float64, k int) (out []near) {
	for _, i := range sortedKeys(counts) {
		out = keepBest(out, near{i, counts[i]}, k)
	}
	return out
}

// silos finds two issues joined by DRIVES, both worked on, between whose
// workers there is no tie, no shared coalition and no shared worker.
func (ix *Index) silos() (out []*draftGap) {
	seen := map[[2]int32]bool{}
	for k := range ix.links {
		l := &ix.links[k]
		key := [2]int32{min(l.from, l.to), max(l.from, l.to)}
		if l.kind != drives || l.ended || l.from == l.to || seen[key] || ix.nodes[l.from].closed || ix.nodes[l.to].closed {
			continue
		}
		seen[key] = true
		a, b := ix.workers(l.from), ix.workers(l.to)
		if len(a) == 0 || len(b) == 0 || ix.acquainted(a, b) {
			continue
		}
		g := ix.newGap("gap.silo", []int32{l.from, l.to}, []int32{int32(k)}, ix.argNode("a", l.from), ix.argNode("b", l.to))
		g.add(ix, scale5(l.weight), "silo.drives", []int32{l.from, l.to}, []int32{int32(k)}, ix.argNode("a", l.from), ix.argNode("b", l.to))
		g.add(ix, math.Log2(1+float64(min(len(a), len(b)))), "silo.apart", append(slices.Clone(a), b...), ix.workLinks(l.from, l.to),
			ix.argNode("a", l.from), ix.argNode("b", l.to), argCount("countA", len(a)), argCount("countB", len(b)))
		x := (urgency(ix.nodes[l.from].horizon) + urgency(ix.nodes[l.to].horizon)) / 4
		g.add(ix, x, "silo.urgent", []int32{l.from, l.to}, nil, ix.argNode("a", l.from), ix.argNode("b", l.to))
		who := append(nodesOf(ix.central(ix.friends(a), 1)), nodesOf(ix.central(ix.friends(b), 1))...)
		g.gap.NextStep = NextStep{Message{"next.convene", []Arg{ix.argNodes("who", who)}}, ix.ids(who)}
		out = append(out, g)
	}
	return out
}

func (ix *Index) workLinks(issues ...int32) (out []int32) {
	for _, i := range issues {
		for _, part := range ix.below(i) {
			ix.each(part, worksOn, false, func(l, _ int32) { out = append(out, l) })
		}
	}
	return out
}

// central returns the k of a list with most ties.
func (ix *Index) central(list []int32, k int) (out []near) {
	for _, i := range list {
		out = keepBest(out, near{i, float64(ix.tied.degree(i))}, k)
	}
	return out
}

// acquainted reports whether two sets share somebody, a coalition or a tie;
// being in a coalition of the other set counts.
func (ix *Index) acquainted(a, b []int32) bool {
	if len(common(a, b)) > 0 {
		return true
	}
	mine, theirs := ix.coalitionsOf(a), ix.coalitionsOf(b)
	if len(common(mine, theirs)) > 0 || len(common(mine, b)) > 0 || len(common(theirs, a)) > 0 {
		return true
	}
	return slices.ContainsFunc(a, func(i int32) bool { return len(common(ix.tied.of(i), b)) > 0 })
}

func (ix *Index) coalitionsOf(list []int32) (out []int32) {
	for _, i := range list {
		ix.each(i, memberOf, true, func(_, c int32) { out = append(out, c) })
	}
	slices.Sort(out)
	return slices.Compact(out)
}
