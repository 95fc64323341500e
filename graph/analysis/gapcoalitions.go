package analysis

import (
	"slices"

	"weft/graph"
)

// team returns who carries a coalition, campaign or event on the day, ascending:
// members, leaders, supporters, or those who took part, also in a campaign's actions.
// Members who only observe or fund are asked for by silent.
func (ix *Index) team(c int32, silent bool) (out []int32) {
	for _, l := range ix.live.of(c) {
		x := &ix.links[l]
		if x.to != c {
			continue
		}
		switch x.kind {
		case memberOf, leads, supports, tookPartIn:
			if x.silent && !silent {
				continue
			}
			out = append(out, x.from)
		case partOf:
			if ix.nodes[x.from].kind == action {
				ix.each(x.from, tookPartIn, false, func(_, who int32) { out = append(out, who) })
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// allMembers returns the members of a coalition and of the coalitions in it,
// over any number of steps.
func (ix *Index) allMembers(c int32) (out []int32) {
	seen, waiting := map[int32]bool{c: true}, []int32{c}
	for k := 0; k < len(waiting); k++ {
		ix.each(waiting[k], memberOf, false, func(_, who int32) {
			if !seen[who] {
				seen[who] = true
				out = append(out, who)
				if ix.nodes[who].kind == coalition {
					waiting = append(waiting, who)
				}
			}
		})
	}
	return out
}

// offers returns the capacities an actor offers, also by the work it does.
func (ix *Index) offers(i int32) uint32 {
	set := ix.nodes[i].offered
	ix.each(i, worksOn, true, func(l, _ int32) { set |= ix.links[l].capacity })
	return set
}

// issuesOf returns what a coalition or campaign works on, or an event is about.
func (ix *Index) issuesOf(c int32) []int32 {
	return ix.memo.issues.of(c, len(ix.nodes), func() (out []int32) {
		for _, k := range ix.live.of(c) {
			if l := &ix.links[k]; l.from == c && (l.kind == worksOn && !l.against || l.kind == about) && ix.nodes[l.to].kind == issue {
				out = append(out, l.to)
			}
		}
		slices.Sort(out)
		return slices.Clip(slices.Compact(out))
	})
}

// needsOf returns the capacities recorded as needed by a coalition or campaign;
// for an issue, those that coalitions and campaigns working on it record.
func (ix *Index) needsOf(c int32, team []int32) (needed uint32) {
	if ix.nodes[c].kind != issue {
		return ix.nodes[c].needed
	}
	for _, i := range team {
		needed |= ix.recordedNeeds(i)
	}
	return needed
}

// recordedNeeds are those of a coalition or campaign, none of anybody else.
func (ix *Index) recordedNeeds(i int32) uint32 {
	if k := ix.nodes[i].kind; k == coalition || k == campaign {
		return ix.nodes[i].needed
	}
	return 0
}

// missingCapacities finds coalitions, campaigns and issues that need what none
// of their members offers.
func (ix *Index) missingCapacities() (out []*draftGap) {
	for c := range int32(len(ix.nodes)) {
		n := &ix.nodes[c]
		if n.gone || n.closed || n.kind != coalition && n.kind != campaign && n.kind != issue {
			continue
		}
		team := ix.team(c, false)
		if n.kind == issue {
			team = ix.workers(c)
		}
		needed := ix.needsOf(c, team)
		if needed == 0 {
			continue
		}
		for _, i := range append(slices.Clone(team), c) {
			needed &^= ix.offers(i)
		}
		for k := range capacities {
			if needed>>k&1 == 0 {
				continue
			}
			out = append(out, ix.missingCapacity(c, team, uint32(1)<<k))
		}
	}
	return out
}

// missingCapacity is the gap of one capacity: that it is needed, how pressing it is what it is
// needed for, and, which weighs most, who within two ties offers it, half as much at two as at
// one and the more of them there are the less each adds.
func (ix *Index) missingCapacity(c int32, team []int32, set uint32) *draftGap {
	what := argCapacities("capacity", set)
	g := ix.newGap("gap.capacity", []int32{c}, nil, ix.argNode("subject", c), what)
	g.gap.ID = hashOf("", graph.ID(words(set)[0])) // several of one node differ by the capacity
	reach, about := 1.0, []int32{c}
	if ix.nodes[c].kind != issue {
		g.add(ix, .5, "capacity.needed", []int32{c}, nil, ix.argNode("subject", c), what)
		about = ix.issuesOf(c)
	} else {
		reach = .25 // the need is that of others
		need := slices.DeleteFunc(slices.Clone(team), func(i int32) bool { return ix.recordedNeeds(i)&set == 0 })
		links := slices.DeleteFunc(ix.workLinks(c), func(l int32) bool {
			_, has := slices.BinarySearch(need, ix.links[l].from)
			return !has || ix.links[l].against
		})
		g.add(ix, .25*float64(len(need)), "capacity.issue", append([]int32{c}, need...), links, ix.argNode("subject", c), what)
	}
	urgent, pressing, working := 0.0, []int32{}, []int32{}
	for _, i := range about {
		if u := urgency(ix.nodes[i].horizon); u > 0 {
			urgent, pressing = max(urgent, u), append(pressing, i)
		}
	}
	for _, l := range ix.live.of(c) {
		if _, has := slices.BinarySearch(pressing, ix.links[l].to); has && ix.links[l].from == c {
			working = append(working, l)
		}
	}
	g.add(ix, float64(reach*urgent)/2, "capacity.urgent", append([]int32{c}, pressing...), working, ix.argNodes("issues", pressing))
	who, through, near := ix.reachable(team, set)
	if len(who) > 0 {
		g.add(ix, float64(reach*near)/(1+near), "capacity.reachable", who, through, ix.argNodes("who", who), what)
		g.gap.NextStep = NextStep{Message{"next.ask", []Arg{ix.argNode("who", who[0]), what}}, ix.ids(who[:min(3, len(who))])}
	} else {
		g.gap.NextStep = NextStep{Message{"next.seek", []Arg{what}}, nil}
	}
	return g
}

const offersNamed = 10 // actors who are named as offering something

// reachable returns who within two ties of a team offers a capacity, nearest first, the first
// few with all the ties that lead to them, and how near all of them are: one for each who is tied to the
// team, a half for each at two ties.
func (ix *Index) reachable(team []int32, set uint32) (who, links []int32, near float64) {
	steps := map[int32]int{}
	for _, i := range team {
		steps[i] = 0
	}
	ring := team
	for step := 1; step <= 2; step++ {
		var next []int32
		for _, i := range ring {
			for _, j := range ix.tied.of(i) {
				if _, seen := steps[j]; !seen && ix.mayAsk(j) {
					steps[j] = step
					next = append(next, j)
				}
			}
		}
		slices.Sort(next)
		for _, j := range next {
			if ix.offers(j)&set == 0 {
				continue
			}
			near += 1 / float64(step)
			if len(who) == offersNamed {
				continue
			}
			who = append(who, j)
			for _, i := range ix.tied.of(j) {
				if at, seen := steps[i]; seen && at == step-1 {
					links = append(links, ix.tieLinks(i, j)...)
				}
			}
		}
		ring = next
	}
	return who, links, near
}

// missingVoices finds campaigns, coalitions and panels on issues whose
// affected communities have no voice in them.
func (ix *Index) missingVoices() (out []*draftGap) {
	for c := range int32(len(ix.nodes)) {
		n := &ix.nodes[c]
		panel := n.kind == event && n.format == "PANEL"
		if n.gone || n.closed || n.kind != campaign && n.kind != coalition && !panel {
			continue
		}
		issues := ix.issuesOf(c)
		var who, links []int32
		severity, urgent := 0.0, 0.0
		for _, i := range issues {
			w, l, s := ix.affected(i)
			who, links = append(who, w...), append(links, l...)
			severity, urgent = max(severity, s), max(urgent, urgency(ix.nodes[i].horizon))
		}
		slices.Sort(who)
		who = slices.Compact(who)
		if len(who) == 0 || ix.hasVoice(c, who) {
			continue
		}
		g := ix.newGap("gap.voice", []int32{c}, nil, ix.argNode("subject", c), ix.argNodes("communities", who))
		g.add(ix, severity, "voice.affected", append(append([]int32{c}, issues...), who...), links, ix.argNodes("communities", who), ix.argNodes("issues", issues))
		g.add(ix, urgent/2, "voice.urgent", issues, nil, ix.argNodes("issues", issues))
		speakers := ix.speakers(who)
		g.gap.NextStep = NextStep{Message{"next.invite.voice", []Arg{ix.argNodes("who", speakers), ix.argNode("subject", c)}}, ix.ids(speakers)}
		out = append(out, g)
	}
	return out
}

// hasVoice reports whether an affected community or person has a role in c, or a
// member or role-holder represents one.
func (ix *Index) hasVoice(c int32, affected []int32) bool {
	team := ix.team(c, true)
	if len(common(team, affected)) > 0 {
		return true
	}
	return slices.ContainsFunc(team, func(i int32) bool {
		found := false
		ix.each(i, represents, true, func(_, w int32) {
			_, has := slices.BinarySearch(affected, w)
			found = found || has
		})
		return found
	})
}

// speakers returns up to three to invite: who represents the affected, else they themselves.
func (ix *Index) speakers(affected []int32) (out []int32) {
	for _, w := range affected {
		ix.each(w, represents, false, func(_, who int32) { out = append(out, who) })
	}
	slices.Sort(out)
	if out = ix.friends(slices.Compact(out)); len(out) == 0 {
		out = ix.friends(affected)
	}
	return out[:min(3, len(out))]
}
