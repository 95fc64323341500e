package analysis

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

// How many random networks the oracles look at; more by hand.
var oracleWorlds = flag.Int("oracle-worlds", 240, "random networks that gaps are checked on")

// oracle finds gaps by their definitions, slowly, in the links that a view hands
// out. It shares no code with the index.
type oracle struct {
	v       *graph.View
	day     graph.Date
	ids     []graph.ID
	node    map[graph.ID]graph.Node
	links   []*graph.Link // that had begun by the day
	ties    map[pairOfIDs]bool
	refused Refusals
}

func newOracle(v *graph.View, ids []graph.ID, refused Refusals) *oracle {
	o := &oracle{v: v, day: v.Day(), node: map[graph.ID]graph.Node{}, refused: refused}
	seen := map[graph.ID]bool{}
	for _, id := range ids {
		n := v.Node(id)
		if n == nil {
			continue
		}
		o.ids, o.node[id] = append(o.ids, id), n
		for _, l := range v.LinksOf(id, graph.LinkFilter{Ended: true}) {
			if !seen[l.ID] && (l.Since == 0 || l.Since.First() <= o.day) {
				seen[l.ID] = true
				o.links = append(o.links, l)
			}
		}
	}
	slices.Sort(o.ids)
	slices.SortFunc(o.links, func(a, b *graph.Link) int { return strings.Compare(string(a.ID), string(b.ID)) })
	o.ties = map[pairOfIDs]bool{}
	for _, l := range o.links {
		if o.isTie(l) {
			o.ties[sortedPair(l.From, l.To)] = true
		}
	}
	return o
}

type pairOfIDs = [2]graph.ID

func sortedPair(a, b graph.ID) pairOfIDs { return pairOfIDs{min(a, b), max(a, b)} }

// holds reports whether a link is live: not ended as of the day. Who took part in
// what is over has taken part.
func (o *oracle) holds(l *graph.Link) bool {
	return l.Kind == graph.TOOK_PART_IN || l.Until == 0 || l.Until.Last() >= o.day
}

func (o *oracle) kind(id graph.ID) graph.NodeKind { return o.node[id].Core().Kind }

func (o *oracle) actor(id graph.ID) bool {
	k := o.kind(id)
	return k == graph.KindOrganization || k == graph.KindIndividual || k == graph.KindCoalition
}

// over reports whether a node is no more on the day.
func (o *oracle) over(id graph.ID) bool {
	switch n := o.node[id].(type) {
	case *graph.Organization:
		return n.Dissolved != 0 && n.Dissolved.First() <= o.day || n.Founded != 0 && n.Founded.First() > o.day
	case *graph.Coalition:
		return n.Status == "ENDED"
	case *graph.Campaign:
		return n.Status == "WON" || n.Status == "LOST" || n.Status == "ENDED"
	case *graph.Issue:
		return n.Status == "RESOLVED"
	}
	return false
}

// from and to list the other ends of live links of a kind.
func (o *oracle) from(id graph.ID, kind graph.LinkKind, ok ...func(*graph.Link) bool) (out []graph.ID) {
	for _, l := range o.links {
		if l.Kind == kind && l.From == id && o.holds(l) && (len(ok) == 0 || ok[0](l)) {
			out = append(out, l.To)
		}
	}
	return out
}

func (o *oracle) to(id graph.ID, kind graph.LinkKind, ok ...func(*graph.Link) bool) (out []graph.ID) {
	for _, l := range o.links {
		if l.Kind == kind && l.To == id && o.holds(l) && (len(ok) == 0 || ok[0](l)) {
			out = append(out, l.From)
		}
	}
	return out
}

func notAgainst(l *graph.Link) bool {
	d, _ := l.Details.(*graph.Work)
	return d == nil || d.Stance != "AGAINST"
}

// parts lists an issue and all that is part of it; wholes what it is part of.
func (o *oracle) parts(id graph.ID) []graph.ID {
	return o.spread([]graph.ID{id}, func(i graph.ID) []graph.ID { return o.to(i, graph.PART_OF) })
}

func (o *oracle) wholes(id graph.ID) []graph.ID {
	return o.spread([]graph.ID{id}, func(i graph.ID) []graph.ID { return o.from(i, graph.PART_OF) })[1:]
}

func (o *oracle) spread(out []graph.ID, next func(graph.ID) []graph.ID) []graph.ID {
	for k := 0; k < len(out); k++ {
		for _, id := range next(out[k]) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

func (o *oracle) workers(issue graph.ID) (out []graph.ID) {
	for _, p := range o.parts(issue) {
		out = append(out, o.to(p, graph.WORKS_ON, notAgainst)...)
	}
	return distinct(out)
}

func distinct(list []graph.ID) []graph.ID { slices.Sort(list); return slices.Compact(list) }

func (o *oracle) affected(issue graph.ID) (out []graph.ID) {
	for _, p := range o.parts(issue) {
		out = append(out, o.to(p, graph.AFFECTED_BY)...)
	}
	return distinct(out)
}

// isTie is the definition of a tie.
func (o *oracle) isTie(l *graph.Link) bool {
	if !o.holds(l) || !o.actor(l.From) || !o.actor(l.To) {
		return false
	}
	switch l.Kind {
	case graph.ALLIED_WITH, graph.IN_DIALOGUE_WITH, graph.FUNDS, graph.PART_OF, graph.AFFILIATED_WITH:
		return true
	}
	return false
}

func (o *oracle) tied(a, b graph.ID) bool { return o.ties[sortedPair(a, b)] }

func (o *oracle) partners(a graph.ID) (out []graph.ID) {
	for _, b := range o.ids {
		if o.tied(a, b) {
			out = append(out, b)
		}
	}
	return out
}

// stance is the newest reading of a target, as of the day, 0 for none.
func (o *oracle) stance(l *graph.Link) (stance int, read bool) {
	for _, r := range l.Details.(*graph.Targeting).Readings {
		if r.Date == 0 || r.Date.First() <= o.day {
			stance, read = r.Stance, true
		}
	}
	return stance, read
}

// stances are the newest readings, as of the day, of those who target somebody.
func (o *oracle) stances(id graph.ID) (out []int, read bool) {
	for _, l := range o.links {
		if l.Kind != graph.TARGETS || l.To != id || !o.holds(l) {
			continue
		}
		stance, told := o.stance(l)
		out, read = append(out, stance), read || told
	}
	return out, read
}

func (o *oracle) opposed(id graph.ID) bool {
	negative := func(id graph.ID) bool {
		stances, _ := o.stances(id)
		return slices.ContainsFunc(stances, func(s int) bool { return s < 0 })
	}
	_, read := o.stances(id)
	return negative(id) || !read && slices.ContainsFunc(o.to(id, graph.AFFILIATED_WITH), negative)
}

// opposes reports whether a leads or supports a campaign that targets b, itself or
// by an action, and that b does not stand with.
func (o *oracle) opposes(a, b graph.ID) bool {
	for _, l := range o.links {
		if l.Kind != graph.TARGETS || l.To != b || !o.holds(l) {
			continue
		}
		stance, _ := o.stance(l)
		for _, c := range append(o.from(l.From, graph.PART_OF), l.From) {
			if stance <= 0 && (slices.Contains(o.from(a, graph.LEADS), c) || slices.Contains(o.from(a, graph.SUPPORTS), c)) {
				return true
			}
		}
	}
	return false
}

func (o *oracle) linked(a, b graph.ID) bool {
	return slices.ContainsFunc(o.links, func(l *graph.Link) bool { return o.holds(l) && sortedPair(l.From, l.To) == sortedPair(a, b) })
}

// shares reports whether two have a group or a word in common, now or before.
func (o *oracle) shares(a, b graph.ID) bool {
	if a == b {
		return false
	}
	groups := func(id graph.ID) map[string]bool {
		out := map[string]bool{}
		for _, l := range o.links {
			switch {
			case l.Kind == graph.AFFILIATED_WITH && l.To == id:
				out["people "+string(l.From)] = true
			case l.From != id:
			case l.Kind == graph.AFFILIATED_WITH:
				out["people "+string(l.To)] = true
			case l.Kind == graph.MEMBER_OF:
				out[string(l.To)] = true
			case o.actor(id) && (l.Kind == graph.WORKS_ON && notAgainst(l) || l.Kind == graph.LEADS || l.Kind == graph.SUPPORTS || l.Kind == graph.TOOK_PART_IN):
				out[string(l.To)] = true
			}
		}
		if o.actor(id) {
			for _, w := range strings.Fields(o.node[id].Core().Summary) {
				out["word "+w] = true
			}
		}
		return out
	}
	mine := groups(a)
	for g := range groups(b) {
		if mine[g] {
			return true
		}
	}
	return false
}

// speaks reports whether anything speaks for a tie, as seen from either side.
func (o *oracle) speaks(a, b graph.ID) bool { return o.speaksTo(a, b) || o.speaksTo(b, a) }

// speaksTo reports whether anything speaks for a tie to a, as seen from it: of those
// alike it is those like a whose ties count.
func (o *oracle) speaksTo(a, b graph.ID) bool {
	closed := func(a, b graph.ID) bool {
		return slices.ContainsFunc(o.partners(a), func(z graph.ID) bool { return o.tied(z, b) })
	}
	if o.shares(a, b) || closed(a, b) {
		return true
	}
	return slices.ContainsFunc(o.ids, func(k graph.ID) bool {
		if k == a || k == b {
			return false
		}
		return o.shares(a, k) && o.shares(k, b) || o.tied(k, b) && (o.shares(a, k) || closed(a, k))
	})
}

func (o *oracle) missingTies() (out []string) {
	group := func(id graph.ID) bool {
		k := o.kind(id)
		return (k == graph.KindOrganization || k == graph.KindCoalition) && !o.over(id)
	}
	for _, a := range o.ids {
		for _, b := range o.ids {
			if a < b && group(a) && group(b) && o.kind(a) == o.kind(b) && !o.linked(a, b) && !o.refused.has(a, b) && !o.opposed(a) && !o.opposed(b) &&
				!o.opposes(a, b) && !o.opposes(b, a) && o.speaks(a, b) {
				out = append(out, naming("tie", a, b))
			}
		}
	}
	return out
}

// naming names a gap by its sort and what it is about.
func naming(sort string, ids ...graph.ID) string {
	return fmt.Sprint(sort, distinct(slices.Clone(ids)))
}

// weight is m(i,a) = strength · confidence.
func (o *oracle) weight(l *graph.Link) float64 {
	strength, trust := 3.0, .8
	if l.Strength != 0 {
		strength = float64(l.Strength)
	}
	switch l.State {
	case graph.CONFIRMED:
		trust = 1
	case graph.DISPUTED:
		trust = .3
	}
	return strength / 3 * trust
}

func (o *oracle) age(l *graph.Link) float64 {
	if o.holds(l) {
		return 1
	}
	return math.Exp2(-float64(o.day.Days()-l.Until.Last().Days()) / 730)
}

// memberEvidence is the evidence of everybody for every coalition, by EASE and the
// rest of what docs/gaps.md lists.
func (o *oracle) memberEvidence() map[pairOfIDs]float64 {
	var coalitions []graph.ID
	for _, id := range o.ids {
		if o.kind(id) == graph.KindCoalition {
			coalitions = append(coalitions, id)
		}
	}
	n := len(coalitions)
	once := make([]map[graph.ID]float64, n)
	total := 0.0
	for c, id := range coalitions {
		once[c] = map[graph.ID]float64{}
		for _, l := range o.links {
			if l.Kind == graph.MEMBER_OF && l.To == id {
				once[c][l.From] = max(once[c][l.From], o.age(l))
			}
		}
		total += float64(len(once[c]))
	}
	gram := make([][]float64, n) // beside the identity, for Gauss and Jordan
	for a := range gram {
		gram[a] = make([]float64, 2*n)
		for b := range coalitions {
			for i := range once[a] {
				if once[b][i] > 0 {
					gram[a][b]++
				}
			}
		}
		gram[a][a] += fitted.Ridge * max(1, total/float64(n))
		gram[a][n+a] = 1
	}
	for k := range n {
		for i := range n {
			if i == k {
				continue
			}
			f := gram[i][k] / gram[k][k]
			for j := range 2 * n {
				gram[i][j] -= f * gram[k][j]
			}
		}
		p := gram[k][k]
		for j := range 2 * n {
			gram[k][j] /= p
		}
	}
	like := func(a, b int) float64 { return -gram[a][n+b] / gram[b][n+b] }
	// The chance to get from somebody to a coalition over another one and somebody there.
	threeSteps := func(i graph.ID, c int, members []graph.ID) (sum float64) {
		all := func(who graph.ID, beside int) (sum float64) {
			for a := range coalitions {
				if a != beside {
					sum += once[a][who]
				}
			}
			return sum
		}
		for a := range coalitions {
			size := 0.0
			for _, x := range once[a] {
				size += x
			}
			for _, z := range members {
				if a != c && z != i && once[a][i]*once[a][z] > 0 {
					sum += once[a][i] / all(i, c) * once[a][z] / size / all(z, -1)
				}
			}
		}
		return sum
	}
	// What two share in issues and words.
	used := map[string]int{}
	for _, id := range o.ids {
		if o.actor(id) {
			for _, w := range strings.Fields(o.node[id].Core().Summary) {
				used[w]++
			}
		}
	}
	inWords := func(a, b graph.ID) (sum float64) {
		weight := func(id graph.ID) (out map[string]float64) {
			out = map[string]float64{}
			norm := 0.0
			for _, w := range strings.Fields(o.node[id].Core().Summary) {
				if used[w] > 1 {
					norm += 1 / math.Sqrt(float64(used[w]))
				}
			}
			for _, w := range strings.Fields(o.node[id].Core().Summary) {
				if used[w] > 1 {
					out[w] = math.Sqrt(.1/math.Sqrt(float64(used[w]))) / math.Sqrt(norm)
				}
			}
			return out
		}
		mine := weight(a)
		for w, x := range weight(b) {
			sum += x * mine[w]
		}
		return sum
	}
	inIssues := func(a, b graph.ID) (sum float64) {
		for _, t := range o.ids {
			in, fresh := map[graph.ID]float64{}, map[graph.ID]float64{} // of the weightiest link, with half its decay and without
			for _, l := range o.links {
				if l.Kind == graph.WORKS_ON && l.To == t && notAgainst(l) && o.actor(l.From) {
					if x := o.weight(l) * math.Sqrt(o.age(l)); x > in[l.From] {
						in[l.From], fresh[l.From] = x, o.weight(l)
					}
				}
			}
			size := 0.0
			for _, x := range fresh {
				size += x
			}
			if in[a]*in[b] > 0 {
				sum += in[a] * in[b] / size
			}
		}
		return sum
	}
	out := map[pairOfIDs]float64{}
	for c, id := range coalitions {
		members := distinct(o.to(id, graph.MEMBER_OF))
		issues := distinct(o.from(id, graph.WORKS_ON, notAgainst))
		for _, i := range o.ids {
			sum := 0.0
			for other := range coalitions {
				if x := once[other][i]; other != c && x > 0 {
					sum += x * (like(other, c) + fitted.Content*(inIssues(coalitions[other], id)+inWords(coalitions[other], id)))
				}
			}
			sum += fitted.Kin * threeSteps(i, c, members)
			for _, t := range issues {
				if w := o.workers(t); slices.Contains(w, i) {
					sum += fitted.Issue / float64(len(w))
				}
			}
			if o.actor(i) {
				sum += inWords(i, id)
			}
			for _, z := range members {
				if o.tied(i, z) {
					sum += fitted.Partner / float64(len(o.partners(z)))
				}
			}
			if place := o.node[i].Core().Place; sum > 0 && place != "" && place == o.node[id].Core().Place {
				sum += .2
			}
			out[pairOfIDs{i, id}] = sum
		}
	}
	return out
}

// mayJoin reports whether somebody is outside a coalition and would be welcome.
func (o *oracle) mayJoin(i, c graph.ID) bool {
	if k := o.kind(i); k != graph.KindOrganization && k != graph.KindIndividual || o.over(i) || o.over(c) {
		return false
	}
	works := distinct(o.from(c, graph.WORKS_ON, notAgainst))
	against := o.from(i, graph.WORKS_ON, func(l *graph.Link) bool { return !notAgainst(l) })
	return !slices.Contains(o.to(c, graph.MEMBER_OF), i) && !o.refused.has(i, c) && !o.opposed(i) && !o.opposes(c, i) &&
		!slices.ContainsFunc(against, func(t graph.ID) bool { return slices.Contains(works, t) })
}

func (o *oracle) uncoveredIssues() (out []string) {
	for _, t := range o.ids {
		n, is := o.node[t].(*graph.Issue)
		if !is || o.over(t) || n.Horizon != "URGENT" && len(o.affected(t)) == 0 {
			continue
		}
		workers := o.workers(t)
		var above []graph.ID
		for _, a := range o.wholes(t) {
			above = append(above, o.to(a, graph.WORKS_ON, notAgainst)...)
		}
		above = slices.DeleteFunc(distinct(above), func(w graph.ID) bool { return slices.Contains(workers, w) })
		if float64(len(workers))+.25*float64(len(above)) < 2 {
			out = append(out, naming("issue", t))
		}
	}
	return out
}

// team lists those who carry something: members, leaders, supporters, who took
// part in it or in its actions.
func (o *oracle) team(c graph.ID) []graph.ID {
	out := o.spread(nil, nil)
	for _, k := range []graph.LinkKind{graph.MEMBER_OF, graph.LEADS, graph.SUPPORTS, graph.TOOK_PART_IN} {
		out = append(out, o.to(c, k)...)
	}
	for _, a := range o.to(c, graph.PART_OF) {
		if o.kind(a) == graph.KindAction {
			out = append(out, o.to(a, graph.TOOK_PART_IN)...)
		}
	}
	return distinct(out)
}

func (o *oracle) offers(id graph.ID) (out []graph.Capacity) {
	switch n := o.node[id].(type) {
	case *graph.Organization:
		out = slices.Clone(n.CapacitiesOffered)
	case *graph.Individual:
		out = slices.Clone(n.CapacitiesOffered)
	}
	for _, l := range o.links {
		if l.Kind == graph.WORKS_ON && l.From == id && o.holds(l) {
			out = append(out, l.Details.(*graph.Work).Capacity)
		}
	}
	return out
}

func (o *oracle) missingCapacities() (out []string) {
	needs := func(id graph.ID) []graph.Capacity {
		switch n := o.node[id].(type) {
		case *graph.Coalition:
			return n.CapacitiesNeeded
		case *graph.Campaign:
			return n.CapacitiesNeeded
		}
		return nil
	}
	for _, c := range o.ids {
		if o.over(c) {
			continue
		}
		team, needed := o.team(c), needs(c)
		switch o.kind(c) {
		case graph.KindCoalition:
			// Observers and funders are no members in what they offer.
			team = distinct(o.to(c, graph.MEMBER_OF, func(l *graph.Link) bool {
				d := l.Details.(*graph.Membership)
				return d.Role != "OBSERVER" && d.Role != "FUNDER"
			}))
		case graph.KindIssue:
			team = o.workers(c)
			for _, w := range team {
				needed = append(needed, needs(w)...)
			}
		case graph.KindCampaign:
		default:
			continue
		}
		for _, x := range needed {
			if !slices.ContainsFunc(append(slices.Clone(team), c), func(i graph.ID) bool { return slices.Contains(o.offers(i), x) }) {
				out = append(out, naming("capacity "+string(x), c))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (o *oracle) missingVoices() (out []string) {
	for _, c := range o.ids {
		if e, is := o.node[c].(*graph.Event); o.over(c) || !(is && e.Format == "PANEL") && o.kind(c) != graph.KindCampaign && o.kind(c) != graph.KindCoalition {
			continue
		}
		var affected []graph.ID
		for _, t := range append(o.from(c, graph.WORKS_ON, notAgainst), o.from(c, graph.ABOUT)...) {
			if o.kind(t) == graph.KindIssue {
				affected = append(affected, o.affected(t)...)
			}
		}
		voice := slices.ContainsFunc(o.team(c), func(i graph.ID) bool {
			return slices.Contains(affected, i) || slices.ContainsFunc(o.from(i, graph.REPRESENTS), func(w graph.ID) bool { return slices.Contains(affected, w) })
		})
		if len(affected) > 0 && !voice {
			out = append(out, naming("voice", c))
		}
	}
	return out
}

func (o *oracle) silos() (out []string) {
	for _, l := range o.links {
		if l.Kind != graph.DRIVES || !o.holds(l) || o.over(l.From) || o.over(l.To) {
			continue
		}
		a, b := o.workers(l.From), o.workers(l.To)
		known := false
		for _, i := range a {
			for _, j := range b {
				ci, cj := append(o.from(i, graph.MEMBER_OF), i), append(o.from(j, graph.MEMBER_OF), j)
				known = known || o.tied(i, j) || slices.ContainsFunc(ci, func(c graph.ID) bool { return slices.Contains(cj, c) })
			}
		}
		if len(a) > 0 && len(b) > 0 && !known {
			out = append(out, naming("silo", l.From, l.To))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// apart returns the sizes of the parts of some actors by their ties, largest first,
// without one actor or one tie.
func (o *oracle) apart(among []graph.ID, without graph.ID, tie pairOfIDs) (sizes []int) {
	done := []graph.ID{without}
	for _, s := range among {
		if slices.Contains(done, s) {
			continue
		}
		part := o.spread([]graph.ID{s}, func(i graph.ID) []graph.ID {
			return slices.DeleteFunc(o.partners(i), func(j graph.ID) bool { return j == without || sortedPair(i, j) == tie })
		})
		done = append(done, part...)
		sizes = append(sizes, len(part))
	}
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	return sizes
}

func (o *oracle) fragileBridges() (out []string) {
	large := func(sizes []int) int { return len(slices.DeleteFunc(sizes, func(n int) bool { return n < 2 })) }
	bridge := map[graph.ID]bool{}
	for _, a := range o.ids {
		for _, b := range o.partners(a) {
			all := o.spread([]graph.ID{a}, o.partners)
			if a < b && large(o.apart(all, "", sortedPair(a, b))) == 2 {
				out = append(out, naming("bridge", a, b))
				bridge[a], bridge[b] = true, true
			}
		}
	}
	for _, a := range o.ids {
		all := o.spread([]graph.ID{a}, o.partners)
		parts := large(o.apart(all, a, pairOfIDs{}))
		switch {
		case !o.actor(a):
		case parts > 2 || parts == 2 && !bridge[a]: // the end of a bridge parts no more than the bridge does
			out = append(out, naming("cut", a))
		case parts < 2 && len(all) >= 8:
			// The part of the shortest paths between others that go through it.
			var sum float64
			for _, s := range all {
				for _, t := range all {
					if s < t && s != a && t != a {
						before, ways := o.ways(s, t)
						x, first := o.ways(s, a)
						y, second := o.ways(a, t)
						if x+y == before {
							sum += first * second / ways
						}
					}
				}
			}
			if others := float64(len(all) - 1); sum/(others*(others-1)/2) > .5 {
				out = append(out, naming("hub", a))
			}
		}
	}
	return out
}

// ways is the length of the shortest paths between two, and how many there are.
func (o *oracle) ways(a, b graph.ID) (length int, count float64) {
	ring := map[graph.ID]float64{a: 1}
	for seen := map[graph.ID]bool{}; len(ring) > 0; length++ {
		if ring[b] > 0 {
			return length, ring[b]
		}
		for i := range ring {
			seen[i] = true
		}
		next := map[graph.ID]float64{}
		for i, n := range ring {
			for _, j := range o.partners(i) {
				if !seen[j] {
					next[j] += n
				}
			}
		}
		ring = next
	}
	return -1, 0
}

func (o *oracle) coldTies() (out []string) {
	warm := func(l *graph.Link) bool {
		return (l.Kind == graph.ALLIED_WITH || l.Kind == graph.IN_DIALOGUE_WITH) && o.holds(l)
	}
	for _, l := range o.links {
		if !warm(l) || l.Strength < 4 && l.State != graph.CONFIRMED || o.over(l.From) || o.over(l.To) {
			continue
		}
		var days []int
		for _, other := range o.links {
			if d, is := other.Details.(*graph.Dialogue); is && warm(other) && sortedPair(other.From, other.To) == sortedPair(l.From, l.To) {
				for _, c := range d.Contacts {
					if c.Date != 0 && c.Date.First() <= o.day {
						days = append(days, c.Date.Days())
					}
				}
			}
		}
		slices.Sort(days)
		days = slices.Compact(days)
		last, limit := 0, 2*730.0
		if !l.LastConfirmedAt.IsZero() {
			last = graph.DateOf(l.LastConfirmedAt).Days()
		}
		last = max(last, l.Since.Days())
		if n := len(days); n > 0 {
			last = days[n-1]
			var intervals []float64
			for k := range days[1:] {
				intervals = append(intervals, float64(days[k+1]-days[k]))
			}
			if slices.Sort(intervals); len(intervals) >= 4 {
				at := .9 * float64(len(intervals)-1)
				low, high := intervals[int(at)], intervals[min(int(at)+1, len(intervals)-1)]
				limit = low + (high-low)*(at-math.Floor(at))
			}
		}
		if last != 0 && float64(o.day.Days()-last) > limit {
			out = append(out, naming("cold "+string(l.ID), l.From, l.To))
		}
	}
	return out
}

func (o *oracle) unreachedTargets() (out []string) {
	for _, c := range o.ids {
		if o.kind(c) != graph.KindCampaign || o.over(c) {
			continue
		}
		// The best product of strength/5 to everybody, by going through all links until nothing is better.
		best := map[graph.ID]float64{}
		leads := append(o.to(c, graph.LEADS), o.to(c, graph.SUPPORTS)...)
		for _, i := range o.spread(leads, func(i graph.ID) []graph.ID { return o.to(i, graph.MEMBER_OF) }) {
			if o.actor(i) {
				best[i] = 1
			}
		}
		for range o.ids {
			for _, l := range o.links {
				strength := l.Strength
				if strength == 0 {
					strength = 3
				}
				if o.holds(l) && (l.Kind == graph.INFLUENCES && strength >= 2 || l.Kind == graph.AFFILIATED_WITH) {
					best[l.To] = max(best[l.To], best[l.From]*float64(strength)/5)
				}
			}
		}
		aims := o.from(c, graph.TARGETS)
		for _, a := range o.to(c, graph.PART_OF) {
			aims = append(aims, o.from(a, graph.TARGETS)...)
		}
		for _, t := range distinct(aims) {
			if best[t] < .1-1e-9 {
				out = append(out, naming("target", c, t))
			}
		}
	}
	return out
}

// staleRecords takes the gaps that were found, since what rests on a record is part of its weight.
func (o *oracle) staleRecords(gaps []Gap) (out []string) {
	for _, id := range o.ids {
		k, b := o.kind(id), o.node[id].Core()
		confirmed := b.LastConfirmedAt
		if confirmed.IsZero() {
			confirmed = b.UpdatedAt
		}
		weight := 0
		for _, l := range o.links {
			if o.holds(l) && (l.From == id || l.To == id) {
				weight++
			}
		}
		for _, g := range gaps {
			if g.Kind != MISSING_TIE && g.Kind != MISSING_MEMBER && g.Kind != STALE_RECORD &&
				slices.ContainsFunc(g.Reasons, func(r Reason) bool { return slices.Contains(r.Nodes, id) }) {
				weight++
			}
		}
		if !o.over(id) && k != graph.KindEvent && k != graph.KindStory && k != graph.KindSource && weight > 0 && o.day.Days()-graph.DateOf(confirmed).Days() > 730 {
			out = append(out, naming("stale", id))
		}
	}
	return out
}

// sortOf says which gap of its kind a gap is, as the oracle does.
func sortOf(g *Gap) string {
	switch g.Title.Key {
	case "gap.capacity":
		return "capacity " + g.Title.Args[1].Words[0]
	case "gap.cold":
		return "cold " + string(g.Links[0])
	}
	return map[string]string{"gap.tie": "tie", "gap.member": "member", "gap.issue": "issue", "gap.voice": "voice", "gap.silo": "silo", "gap.bridge.actor": "cut",
		"gap.bridge.tie": "bridge", "gap.bridge.hub": "hub", "gap.target": "target", "gap.stale": "stale"}[g.Title.Key]
}

const (
	asItIs = iota
	shuffled
	bare
)

// oracleWorld makes a small network in which every rule of the definitions has
// something to decide: dates, partial or to come, states, strengths, roles, stances,
// parts of parts, opponents, and hidden nodes and links. Shuffled its nodes and
// its links are added in another order, under the same ids; bare it is without what is hidden.
func oracleWorld(t *testing.T, seed uint64, how int) *world {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(seed, 77))
	var names []string
	kinds := map[string]graph.NodeKind{}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	hidden := map[string]bool{}
	hide := func(f []any, name string) []any {
		if r.IntN(8) == 0 {
			hidden[name] = true
			return append(f, "visibility", "COORDINATORS")
		}
		return f
	}
	// Networks of actors with a hub, of an issue system with few ties, of everything.
	likely := slices.Clone(graph.LinkKinds())
	var of []graph.NodeKind
	for _, info := range graph.NodeKinds()[:8] { // no stories and sources
		of = append(of, info.Kind)
	}
	often := func(n int, list ...graph.LinkKind) {
		for _, k := range list {
			likely = append(likely, slices.Repeat([]*graph.LinkInfo{graph.LinkInfoOf(k)}, n)...)
		}
	}
	switch seed % 3 {
	case 0:
		of = []graph.NodeKind{graph.KindOrganization, graph.KindOrganization, graph.KindOrganization, graph.KindIndividual, graph.KindCoalition}
		often(20, graph.ALLIED_WITH, graph.IN_DIALOGUE_WITH)
	case 1:
		of = append(of, graph.KindIssue, graph.KindIssue, graph.KindIssue, graph.KindOrganization, graph.KindOrganization, graph.KindCampaign)
		often(12, graph.WORKS_ON)
		often(5, graph.DRIVES)
		often(4, graph.AFFECTED_BY, graph.LEADS)
	default:
		of = append(of, graph.KindOrganization, graph.KindOrganization)
		often(2, graph.ALLIED_WITH, graph.MEMBER_OF, graph.TARGETS)
	}
	for n := range 12 + r.IntN(8) {
		kind := of[r.IntN(len(of))]
		name := fmt.Sprint("v", n)
		var f []any
		if r.IntN(2) == 0 {
			f = append(f, "place", pick("North", "South"))
		}
		if r.IntN(2) == 0 {
			f = append(f, "lastConfirmedAt", pick("2021-01-01T00:00:00Z", "2024-06-15T00:00:00Z", "2024-06-14T00:00:00Z", "2026-01-01T00:00:00Z"))
		}
		if r.IntN(3) == 0 {
			f = append(f, "summary", pick("water", "harbour", "water harbour", "olive"))
		}
		if offered := pick("", "LEGAL", "MEDIA"); offered != "" && (kind == graph.KindOrganization || kind == graph.KindIndividual) {
			f = append(f, "capacitiesOffered", []string{offered})
		}
		switch kind {
		case graph.KindOrganization:
			if r.IntN(8) == 0 {
				f = append(f, "dissolved", pick("2023", "2026", "2027-01", "2026-06-14"))
			}
			if r.IntN(12) == 0 {
				f = append(f, "founded", "2022-05")
			}
		case graph.KindIssue:
			f = append(f, "horizon", pick("URGENT", "LONG_TERM"), "status", pick("OPEN", "OPEN", "OPEN", "RESOLVED"))
		case graph.KindCoalition:
			f = append(f, "capacitiesNeeded", []string{"LEGAL", "RESEARCH"}, "status", pick("ACTIVE", "ACTIVE", "ACTIVE", "ENDED"))
		case graph.KindCampaign:
			f = append(f, "capacitiesNeeded", []string{"MEDIA"}, "status", pick("RUNNING", "RUNNING", "RUNNING", "WON"))
		case graph.KindEvent:
			f = append(f, "format", pick("PANEL", "PANEL", "MEETING"))
		}
		w.node(kind, name, hide(f, name)...)
		names, kinds[name] = append(names, name), kind
		if how == bare && hidden[name] {
			w.steps = w.steps[:len(w.steps)-1]
		}
	}
	nodes := len(w.steps)
	// Several links of a kind may join two; a circle of parts is refused, so parts go one way.
	links := len(names) + r.IntN(3*len(names))
	if seed%6 == 3 { // two rings that hang together at one, and few links beside
		links = len(names) / 2
		for _, p := range [][2]int{{0, 1}, {1, 2}, {2, 0}, {0, 3}, {3, 4}, {4, 0}} {
			if ally := graph.LinkInfoOf(graph.ALLIED_WITH); ally.Joins(kinds[names[p[0]]], kinds[names[p[1]]]) {
				w.link(graph.ALLIED_WITH, names[p[0]], names[p[1]])
				if how == bare && (hidden[names[p[0]]] || hidden[names[p[1]]]) {
					w.steps = w.steps[:len(w.steps)-1]
				}
			}
		}
	}
	for range links {
		info, a, b, joins := likely[r.IntN(len(likely))], 0, 0, false
		for try := 0; try < 40 && !joins; try++ {
			if a, b = r.IntN(len(names)), r.IntN(len(names)); seed%6 == 0 && try%2 == 0 {
				a = 0 // a hub
			}
			joins = a != b && info.Joins(kinds[names[a]], kinds[names[b]]) && !(info.Kind == graph.PART_OF && a < b) && info.Kind != graph.TOLD_BY
		}
		if !joins {
			continue
		}
		f := []any{"strength", r.IntN(6), "state", pick("CLAIMED", "CLAIMED", "CONFIRMED", "DISPUTED")}
		since, until := pick("", "", "2019", "2023-05", "2026-06-15", "2026-06-16", "2026", "2027"), pick("", "", "", "", "2022", "2026", "2026-06-14", "2026-06", "2027")
		if s, _ := graph.ParseDate(since); since != "" {
			f = append(f, "since", since)
			if u, _ := graph.ParseDate(until); u.Before(s) {
				until = ""
			}
		}
		if until != "" {
			f = append(f, "until", until)
		}
		if r.IntN(3) == 0 {
			f = append(f, "lastConfirmedAt", pick("2021-03-01T00:00:00Z", "2022-06-15T00:00:00Z", "2026-06-01T00:00:00Z"))
		}
		switch info.Kind {
		case graph.MEMBER_OF:
			f = append(f, "role", pick("MEMBER", "CHAIR", "OBSERVER", "FUNDER"))
		case graph.WORKS_ON:
			f = append(f, "stance", pick("FOR", "FOR", "AGAINST"))
			if c := pick("", "", "RESEARCH", "LEGAL"); c != "" {
				f = append(f, "capacity", c)
			}
		case graph.IN_DIALOGUE_WITH:
			var days []string
			for range r.IntN(7) {
				days = append(days, pick("2015", "2019-02", "2020-01-10", "2021-07-01", "2024-12-24", "2025", "2026-06-15", "2026-07"))
			}
			if len(days) > 0 {
				f = append(f, "contactDates", days, "contactChannels", slices.Repeat([]string{"MEETING"}, len(days)), "contactNotes", slices.Repeat([]string{""}, len(days)))
			}
		case graph.TARGETS:
			var days, power, stance, source []string
			for range r.IntN(3) {
				days, power, stance, source = append(days, pick("", "2020", "2024-02", "2026-07")), append(power, pick("0", "3")), append(stance, pick("-1", "0", "1")), append(source, "")
			}
			if len(days) > 0 {
				f = append(f, "readingDates", days, "readingPower", power, "readingStance", stance, "readingSources", source)
			}
		case graph.AFFECTED_BY:
			f = append(f, "severity", r.IntN(6))
		}
		hidden["link"] = false
		w.link(info.Kind, names[a], names[b], hide(f, "link")...)
		if how == bare && (hidden["link"] || hidden[names[a]] || hidden[names[b]]) {
			w.steps = w.steps[:len(w.steps)-1]
		}
	}
	if how == shuffled {
		s := rand.New(rand.NewPCG(seed, 78))
		for _, part := range [][]func(*graph.Tx) error{w.steps[:nodes], w.steps[nodes:]} {
			s.Shuffle(len(part), func(a, b int) { part[a], part[b] = part[b], part[a] })
		}
	}
	return w
}

// eachWorld tries so many random networks, each as a test of its own so that its
// store is closed, until some have failed.
func eachWorld(t *testing.T, count int, try func(t *testing.T, seed uint64)) {
	failed := 0
	if testing.Short() {
		count /= 8
	}
	for seed := uint64(0); seed < uint64(count) && failed < 5; seed++ {
		if !t.Run(fmt.Sprint("world ", seed), func(t *testing.T) { try(t, seed) }) {
			failed++
		}
	}
}

func allIDs(w *world) (out []graph.ID) {
	for id := range w.names {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

var members = graph.Viewer{Account: "m", Level: graph.LevelMember}

// TestGapsAgainstDefinitions compares what is found of each kind with the
// definitions, in random networks, to two viewers, on several days, with refusals.
func TestGapsAgainstDefinitions(t *testing.T) {
	found := map[string]int{}
	eachWorld(t, *oracleWorlds, func(t *testing.T, seed uint64) {
		w := oracleWorld(t, seed, asItIs)
		r := rand.New(rand.NewPCG(seed, 79))
		viewer := []graph.Viewer{steward, members}[r.IntN(2)]
		v := w.view(viewer)
		day := []string{"", "", "2026-06-14", "2024-03", "2022", "2020-02-29"}[r.IntN(6)]
		if d, err := graph.ParseDate(day); err == nil {
			v = v.AsOf(d)
		}
		ids := allIDs(w)
		refused := Refusals{}
		for range 3 {
			refused.Refuse(ids[r.IntN(len(ids))], ids[r.IntN(len(ids))])
		}
		o := newOracle(v, ids, refused)
		ix := NewIndex(v)
		all, err := ix.Gaps(t.Context(), GapQuestion{Refused: refused})
		if err != nil {
			t.Fatal(err)
		}
		got := map[GapKind][]string{}
		for k := range all {
			g := &all[k]
			found[sortOf(g)[:3]]++
			if g.Kind != MISSING_MEMBER {
				got[g.Kind] = append(got[g.Kind], naming(sortOf(g), g.Nodes...))
			}
		}
		want := map[GapKind][]string{MISSING_TIE: o.missingTies(), UNCOVERED_ISSUE: o.uncoveredIssues(), MISSING_CAPACITY: o.missingCapacities(), MISSING_VOICE: o.missingVoices(),
			SILO: o.silos(), FRAGILE_BRIDGE: o.fragileBridges(), COLD_TIE: o.coldTies(), UNREACHED_TARGET: o.unreachedTargets(), STALE_RECORD: o.staleRecords(all)}
		named := func(list []string) string {
			text := fmt.Sprint(list)
			for id, name := range w.names {
				text = strings.ReplaceAll(text, string(id), name)
			}
			return text
		}
		for _, kind := range GapKinds {
			slices.Sort(got[kind])
			slices.Sort(want[kind])
			if extra, lack := minus(got[kind], want[kind]), minus(want[kind], got[kind]); len(extra)+len(lack) > 0 {
				t.Errorf("%s, day %q, %s: found and not by definition %s, by definition and not found %s", viewer.Level, day, kind, named(extra), named(lack))
			}
		}
		o.checkMembers(t, all, named)
		o.checkAsked(t, all, named)
	})
	for _, sort := range []string{"tie", "mem", "iss", "cap", "voi", "sil", "cut", "bri", "hub", "col", "tar", "sta"} {
		if *oracleWorlds >= 200 && !testing.Short() && found[sort] < 8 {
			t.Errorf("of %q only %d were found: the networks show little", sort, found[sort])
		}
	}
}

func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// checkMembers wants those suggested to coalitions whom most speaks for, with the evidence that speaks.
func (o *oracle) checkMembers(t *testing.T, all []Gap, named func([]string) string) {
	t.Helper()
	evidence, listed := o.memberEvidence(), map[pairOfIDs]bool{}
	count := map[graph.ID]int{}
	for _, g := range all {
		if g.Kind == MISSING_MEMBER {
			p := pairOfIDs{g.Nodes[0], g.Nodes[1]}
			listed[p] = true
			count[p[1]]++
			if math.Abs(g.Evidence-evidence[p]) > 1e-7 {
				t.Errorf("%s has evidence %v, by definition %v", named([]string{naming("member", p[:]...)}), g.Evidence, evidence[p])
			}
		}
	}
	for p, x := range evidence {
		should := x > 1e-9 && o.mayJoin(p[0], p[1])
		if math.Abs(x) > 1e-8 && should != listed[p] && !(should && count[p[1]] == perCoalition) {
			t.Errorf("%s with evidence %v is listed: %v, by definition %v", named([]string{naming("member", p[:]...)}), x, listed[p], should)
		}
	}
}

// checkAsked wants nobody called on, in a next step, who stands against or is no more,
// but the parties of the gap itself.
func (o *oracle) checkAsked(t *testing.T, all []Gap, named func([]string) string) {
	t.Helper()
	for _, g := range all {
		for _, who := range g.NextStep.Who {
			if !slices.Contains(g.Nodes, who) && (o.opposed(who) || o.over(who)) {
				t.Errorf("the next step of %s calls on %s: against %v, over %v", named([]string{naming(sortOf(&g), g.Nodes...)}), named([]string{string(who)}), o.opposed(who), o.over(who))
			}
		}
	}
}

// TestScopesAreParts wants the gaps of a scope to be those of the whole that
// belong to it, the same to the byte, and a suggestion found by its id to be the one listed.
func TestScopesAreParts(t *testing.T) {
	eachWorld(t, *oracleWorlds/2, func(t *testing.T, seed uint64) {
		w := oracleWorld(t, seed, asItIs)
		v := w.view(members)
		o, ix := newOracle(v, allIDs(w), nil), NewIndex(v)
		all, err := ix.Gaps(t.Context(), GapQuestion{})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range all {
			if kind, _, _ := SuggestionOf(g.ID); kind != "" {
				one, err := ix.Suggestion(t.Context(), g.ID, nil)
				if x, y := asText(t, one), asText(t, g); err != nil || x != y {
					t.Errorf("by its id %s is another, %v: %s", g.ID, err, firstDifference(x, y))
				}
			}
		}
		every := func(g *Gap, in []graph.ID) bool {
			return !slices.ContainsFunc(g.Nodes, func(i graph.ID) bool { return !slices.Contains(in, i) })
		}
		// In the scope of one party ties are found from its side.
		fromHere := func(g *Gap, id graph.ID) bool {
			return g.Kind != MISSING_TIE || o.speaksTo(id, g.Nodes[1-slices.Index(g.Nodes, id)])
		}
		for _, id := range o.ids {
			scopes := map[string]Scope{}
			in := map[string]func(*Gap) bool{}
			switch o.kind(id) {
			case graph.KindCoalition:
				scopes["coalition"] = Scope{Coalition: id}
				around := append(o.to(id, graph.MEMBER_OF), id)
				in["coalition"] = func(g *Gap) bool {
					return slices.Contains(g.Nodes, id) && fromHere(g, id) || every(g, around)
				}
			case graph.KindIssue:
				scopes["issue"] = Scope{Issue: id}
				parts := o.parts(id)
				around := slices.Clone(parts)
				for _, p := range parts {
					around = append(append(around, o.to(p, graph.WORKS_ON)...), o.to(p, graph.AFFECTED_BY)...)
				}
				in["issue"] = func(g *Gap) bool {
					return every(g, around) || slices.ContainsFunc(g.Nodes, func(i graph.ID) bool { return slices.Contains(parts, i) })
				}
			}
			if o.actor(id) {
				scopes["organization"] = Scope{Organization: id}
				in["organization"] = func(g *Gap) bool {
					return slices.Contains(g.Nodes, id) && fromHere(g, id) || g.Kind != MISSING_TIE && g.Kind != MISSING_MEMBER && slices.Contains(g.NextStep.Who, id)
				}
			}
			if place := o.node[id].Core().Place; place != "" {
				scopes["place"] = Scope{Place: strings.ToUpper(place)}
				in["place"] = func(g *Gap) bool {
					return !slices.ContainsFunc(g.Nodes, func(i graph.ID) bool { return o.node[i].Core().Place != place })
				}
			}
			for name, scope := range scopes {
				part, err := ix.Gaps(t.Context(), GapQuestion{Scope: scope})
				if err != nil {
					t.Fatal(err)
				}
				want := slices.DeleteFunc(slices.Clone(all), func(g Gap) bool { return !in[name](&g) })
				if x, y := asText(t, append([]Gap{}, part...)), asText(t, append([]Gap{}, want...)); x != y {
					t.Fatalf("%s %s: %s", name, w.names[id], firstDifference(x, y))
				}
			}
		}
	})
}

func asText(t *testing.T, x any) string {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func firstDifference(x, y string) string {
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	return fmt.Sprintf("from byte %d\n%.400s\n%.400s", at, x[max(0, at-150):], y[max(0, at-150):])
}

// answers asks everything that analysis answers, of one viewer.
func answers(t *testing.T, v *graph.View, ids []graph.ID) string {
	t.Helper()
	ix := NewIndex(v)
	var out []any
	keep := func(x any, err error) { out = append(out, x, fmt.Sprint(err)) }
	keep(ix.Gaps(t.Context(), GapQuestion{}))
	keep(ix.MissingTies(t.Context(), TieQuestion{Kinds: []graph.NodeKind{graph.KindOrganization, graph.KindIndividual}}))
	for _, r := range []Reading{{}, {Shared: true}, {Kinds: []graph.LinkKind{graph.WORKS_ON, graph.MEMBER_OF}}} {
		keep(ix.HealthOf(t.Context(), r))
		keep(ix.Brokers(t.Context(), r, 100))
		keep(ix.Communities(t.Context(), r))
	}
	keep(ix.Project())
	keep(ix.TopShared(t.Context(), 5))
	for _, d := range Dimensions[1:] {
		keep(ix.Coverage(BY_ISSUE, d))
	}
	for k, id := range ids {
		other := ids[(k+1)%len(ids)]
		keep(ix.Connections(t.Context(), id, other, 3, BY_STRENGTH))
		keep(ix.Connections(t.Context(), id, other, 3, BY_STEPS))
		keep(ix.CommonGround([]graph.ID{id, other}))
		keep(ix.Allies(t.Context(), AllyQuestion{Of: id}))
		keep(ix.InfluencePaths(id))
		keep(ix.Holders(id))
		then, err := ix.Suppose(Supposition{Remove: []graph.ID{id}})
		if err != nil {
			keep(nil, err)
			continue
		}
		keep(compared(t.Context(), ix, then, GapQuestion{}))
	}
	return asText(t, out)
}

// TestSameViewSameBytes asks all of one view twice, on one processor and on
// two, and of the same network written in another order, or without what is hidden.
func TestSameViewSameBytes(t *testing.T) {
	was := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(was) })
	eachWorld(t, max(1, *oracleWorlds/10), func(t *testing.T, seed uint64) {
		w := oracleWorld(t, seed, asItIs)
		v, ids := w.view(members), allIDs(w)
		runtime.GOMAXPROCS(2)
		first := answers(t, v, ids)
		runtime.GOMAXPROCS(1)
		if again := answers(t, v, ids); again != first {
			t.Fatalf("on one processor it is another answer %s", firstDifference(first, again))
		}
		if other := answers(t, oracleWorld(t, seed, shuffled).view(members), ids); other != first {
			t.Fatalf("written in another order it is another answer %s", firstDifference(first, other))
		}
		if other := answers(t, oracleWorld(t, seed, bare).view(members), ids); other != first {
			t.Fatalf("without what is hidden it is another answer %s", firstDifference(first, other))
		}
	})
}

// TestGapsHold wants of every gap what holds of all: a score in [0,1] that its reasons add up to, and
// nothing named that is not there for the viewer.
func TestGapsHold(t *testing.T) {
	eachWorld(t, *oracleWorlds/3, func(t *testing.T, seed uint64) {
		w := oracleWorld(t, seed, asItIs)
		v := w.view(members)
		all, err := NewIndex(v).Gaps(t.Context(), GapQuestion{})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range all {
			sum, reasons := 0.0, append(slices.Clone(g.Reasons), g.Worth...)
			for _, r := range g.Reasons {
				sum += r.Amount
			}
			worth := 0.0
			for _, r := range g.Worth {
				worth += r.Amount
			}
			if g.Score <= 0 || g.Score > 1 || math.Abs(sum-g.Score) > 1e-6 || g.Likelihood < 0 || g.Likelihood > 1 || g.Value < 0 || g.Value > 1 || math.Abs(worth-g.Value) > 1e-6 {
				t.Errorf("%s has score %v of reasons that add up to %v, likelihood %v, value %v of parts that add up to %v", g.Kind, g.Score, sum, g.Likelihood, g.Value, worth)
			}
			said(t, g.NextStep.Message)
			if step := English(g.NextStep.Message); strings.Contains(step, "nobody") {
				t.Errorf("a next step says %q", step)
			}
			nodes, links := append(slices.Clone(g.Nodes), g.NextStep.Who...), slices.Clone(g.Links)
			args := append(slices.Clone(g.Title.Args), g.NextStep.Args...)
			for _, r := range reasons {
				nodes, links, args = append(nodes, r.Nodes...), append(links, r.Links...), append(args, r.Args...)
				if len(r.Nodes) > 3+nodesNamed || len(r.Links) > linksNamed {
					t.Errorf("a reason names %d nodes and %d links", len(r.Nodes), len(r.Links))
				}
				if r.Share < 0 || r.Share > 1 {
					t.Errorf("a reason has share %v", r.Share)
				}
			}
			for _, a := range args {
				nodes = append(nodes, a.Nodes...)
				for k, name := range a.Names {
					if v.Node(a.Nodes[k]).Core().Name != name {
						t.Errorf("%s is called %s", a.Nodes[k], name)
					}
				}
			}
			for _, id := range nodes {
				if v.Node(id) == nil {
					t.Errorf("%s names %s, which is not there", g.Kind, id)
				}
			}
			for _, id := range links {
				if v.Link(id) == nil {
					t.Errorf("%s names the link %s, which is not there", g.Kind, id)
				}
			}
		}
	})
}

// TestComparisonsAreDifferences compares two days: what opened is listed only after, what
// closed only before, and links that began or ended are those of one day alone.
func TestComparisonsAreDifferences(t *testing.T) {
	closed := 0
	eachWorld(t, *oracleWorlds/4, func(t *testing.T, seed uint64) {
		w := oracleWorld(t, seed, asItIs)
		v := w.view(members)
		then, _ := graph.ParseDate([]string{"2022", "2024-03", "2026-06-14"}[seed%3])
		before, after := NewIndex(v.AsOf(then)), NewIndex(v)
		c, err := compared(t.Context(), before, after, GapQuestion{})
		if err != nil {
			t.Fatal(err)
		}
		listed := func(ix *Index) (gaps, links []string) {
			all, err := ix.Gaps(t.Context(), GapQuestion{})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range all {
				gaps = append(gaps, string(g.ID))
			}
			for _, l := range newOracle(v, allIDs(w), nil).links {
				if l.Kind == graph.TOOK_PART_IN && (l.Since == 0 || l.Since.First() <= ix.Day()) || graph.Covers(l.Since, l.Until, ix.Day()) {
					links = append(links, string(l.ID))
				}
			}
			slices.Sort(gaps)
			return gaps, links
		}
		wasGaps, wasLinks := listed(before)
		isGaps, isLinks := listed(after)
		ids := func(gaps []Gap) (out []string) {
			for _, g := range gaps {
				out = append(out, string(g.ID))
			}
			slices.Sort(out)
			return out
		}
		if !c.Limited && (!slices.Equal(ids(c.Opened), minus(isGaps, wasGaps)) || !slices.Equal(ids(c.Closed), minus(wasGaps, isGaps))) {
			t.Errorf("opened %v and closed %v, by the lists %v and %v", ids(c.Opened), ids(c.Closed), minus(isGaps, wasGaps), minus(wasGaps, isGaps))
		}
		closed += len(c.Closed)
		text := func(list []graph.ID) (out []string) {
			for _, id := range list {
				out = append(out, string(id))
			}
			return out
		}
		if !slices.Equal(text(c.Added), minus(isLinks, wasLinks)) || !slices.Equal(text(c.Ended), minus(wasLinks, isLinks)) {
			t.Errorf("added %v and ended %v, by the links %v and %v", c.Added, c.Ended, minus(isLinks, wasLinks), minus(wasLinks, isLinks))
		}
	})
	if closed == 0 {
		t.Error("nothing was closed: the networks show little")
	}
}
