package quality

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"weft/graph"
	"weft/graph/analysis"
)

// plantation is a generated network in which gaps of all ten kinds were planted, each
// kind among decoys that look like it to a simpler method. A gap is named by its nodes'
// keys, in alphabetic order.
type plantation struct {
	*builder
	r     *rand.Rand
	noise float64
	truth map[analysis.GapKind]map[string]bool
	decoy map[analysis.GapKind]map[string]bool
	also  map[analysis.GapKind]map[string]bool // true by the way of other plants: neither counted nor held against
	back  []string                             // background organizations
}

const plantsEach = 12 // of each kind

func (p *plantation) mark(in map[analysis.GapKind]map[string]bool, kind analysis.GapKind, keys ...string) {
	if in[kind] == nil {
		in[kind] = map[string]bool{}
	}
	slices.Sort(keys)
	in[kind][strings.Join(keys, " ")] = true
}

func (p *plantation) org(key string, fields ...any) string {
	p.node(graph.KindOrganization, key, fields...)
	return key
}

// clique adds organizations that are all allied with each other.
func (p *plantation) clique(prefix string, n int) (keys []string) {
	for k := range n {
		keys = append(keys, p.org(fmt.Sprintf("%s-%d", prefix, k)))
		for _, other := range keys[:k] {
			p.link(graph.ALLIED_WITH, keys[k], other)
		}
	}
	return keys
}

// attach ties two members to two of the background, so that nothing hangs by one tie.
func (p *plantation) attach(keys ...string) {
	at := p.r.Perm(len(p.back))
	for k, key := range keys {
		p.link(graph.ALLIED_WITH, key, p.back[at[k]])
	}
}

func (p *plantation) some(list []string) string { return list[p.r.IntN(len(list))] }

// planted makes one. Noise is the number of random links of each kind for every link that
// belongs: works on, memberships and ties among what is not a plant's own proof.
func planted(ctx context.Context, seed uint64, noise float64) (*network, *plantation, error) {
	p := &plantation{r: rand.New(rand.NewPCG(seed, 41)), noise: noise, truth: map[analysis.GapKind]map[string]bool{},
		decoy: map[analysis.GapKind]map[string]bool{}, also: map[analysis.GapKind]map[string]bool{}}
	n, err := build(ctx, network{name: fmt.Sprintf("planted, %.0f%% noise", 100*noise), made: true}, today, func(b *builder) {
		p.builder = b
		p.background()
		p.plantTies()
		p.plantMembers()
		p.plantIssues()
		p.plantCapacities()
		p.plantVoices()
		p.plantSilos()
		p.plantBridges()
		p.plantCold()
		p.plantTargets()
		p.plantStale()
	})
	return n, p, err
}

const crowd = 150

func (p *plantation) background() {
	for k := range 20 {
		p.node(graph.KindIssue, fmt.Sprintf("crowded-%d", k))
	}
	for k := range crowd {
		o := p.org(fmt.Sprintf("back-%d", k), "place", p.some([]string{"North", "South", "East"}))
		p.back = append(p.back, o)
		for range 3 {
			p.link(graph.WORKS_ON, o, fmt.Sprintf("crowded-%d", p.r.IntN(20)))
		}
	}
	for k := range crowd { // a ring with chords: two ways to everybody
		p.link(graph.ALLIED_WITH, p.back[k], p.back[(k+1)%crowd])
		if j := p.r.IntN(crowd); j != k && (j+1)%crowd != k && (k+1)%crowd != j {
			p.link(graph.ALLIED_WITH, p.back[k], p.back[j])
		}
	}
}

// plantTies: in circles where everybody is tied, two are not. Decoys share as many
// issues and a partner, but crowded ones.
func (p *plantation) plantTies() {
	for k := range plantsEach {
		keys := []string{}
		for m := range 5 {
			keys = append(keys, p.org(fmt.Sprintf("circle-%d-%d", k, m)))
			for x, other := range keys[:m] {
				if m != 1 || x != 0 {
					p.link(graph.ALLIED_WITH, keys[m], other)
				}
			}
		}
		p.attach(keys[2], keys[3])
		for x := range 2 {
			issue := fmt.Sprintf("rare-%d-%d", k, x)
			p.node(graph.KindIssue, issue)
			for _, o := range keys {
				p.link(graph.WORKS_ON, o, issue)
			}
			for range p.times(len(keys)) { // others come to it by the way
				p.link(graph.WORKS_ON, p.some(p.back), issue)
			}
		}
		p.mark(p.truth, analysis.MISSING_TIE, keys[0], keys[1])
		// The decoy: two of the crowd that share three crowded issues and a hub.
		a, b := p.org(fmt.Sprintf("crowd-%d-a", k)), p.org(fmt.Sprintf("crowd-%d-b", k))
		for x := range 3 {
			p.link(graph.WORKS_ON, a, fmt.Sprintf("crowded-%d", (k+x)%20))
			p.link(graph.WORKS_ON, b, fmt.Sprintf("crowded-%d", (k+x)%20))
		}
		p.link(graph.ALLIED_WITH, a, p.back[0])
		p.link(graph.ALLIED_WITH, b, p.back[0])
		p.attach(a, b)
		p.mark(p.decoy, analysis.MISSING_TIE, a, b)
	}
	for range p.times(2 * crowd) {
		if a, b := p.some(p.back), p.some(p.back); a != b {
			p.link(graph.ALLIED_WITH, a, b)
		}
	}
	for range p.times(3 * crowd) {
		p.link(graph.WORKS_ON, p.some(p.back), fmt.Sprintf("crowded-%d", p.r.IntN(20)))
	}
}

// times is how many noisy links go with so many true ones.
func (p *plantation) times(links int) int {
	n := p.noise * float64(links)
	if p.r.Float64() < n-float64(int(n)) {
		n++
	}
	return int(n)
}

// plantMembers: of three coalitions with the same members one lacks somebody. The decoy is in
// many coalitions, and tied to a member.
func (p *plantation) plantMembers() {
	var many []string
	for k := range 6 {
		c := fmt.Sprintf("broad-%d", k)
		p.node(graph.KindCoalition, c)
		for _, m := range p.r.Perm(crowd)[:25] {
			p.link(graph.MEMBER_OF, p.back[m], c)
		}
		many = append(many, c)
	}
	for k := range plantsEach {
		keys := p.clique(fmt.Sprintf("family-%d", k), 7)
		p.attach(keys[0], keys[1])
		for x := range 3 {
			c := fmt.Sprintf("union-%d-%d", k, x)
			p.node(graph.KindCoalition, c)
			for m, o := range keys {
				if m != 6 || x != 0 {
					p.link(graph.MEMBER_OF, o, c)
				}
			}
			for range p.times(len(keys)) {
				p.link(graph.MEMBER_OF, p.some(p.back), c)
			}
		}
		p.mark(p.truth, analysis.MISSING_MEMBER, keys[6], fmt.Sprintf("union-%d-0", k))
		d := p.org(fmt.Sprintf("joiner-%d", k))
		for _, c := range many {
			p.link(graph.MEMBER_OF, d, c)
		}
		p.link(graph.ALLIED_WITH, d, keys[2])
		p.attach(d)
		for x := range 3 {
			p.mark(p.decoy, analysis.MISSING_MEMBER, d, fmt.Sprintf("union-%d-%d", k, x))
		}
	}
}

// plantIssues: urgent issues with one worker, or a second who works against. Decoys: covered
// by way of a part; no haste; resolved.
func (p *plantation) plantIssues() {
	for k := range plantsEach {
		issue := fmt.Sprintf("lone-%d", k)
		p.node(graph.KindIssue, issue, "horizon", "URGENT")
		p.link(graph.WORKS_ON, p.back[k], issue)
		if k%2 == 1 {
			p.link(graph.WORKS_ON, p.back[k+20], issue, "stance", "AGAINST")
		}
		p.mark(p.truth, analysis.UNCOVERED_ISSUE, issue)
		d := fmt.Sprintf("settled-%d", k)
		switch k % 3 {
		case 0:
			p.node(graph.KindIssue, d, "horizon", "URGENT")
			p.node(graph.KindIssue, d+"-part")
			p.link(graph.PART_OF, d+"-part", d)
			p.link(graph.WORKS_ON, p.back[k], d+"-part")
			p.link(graph.WORKS_ON, p.back[k+1], d+"-part")
		case 1:
			p.node(graph.KindIssue, d, "horizon", "LONG_TERM")
		case 2:
			p.node(graph.KindIssue, d, "horizon", "URGENT", "status", "RESOLVED")
		}
		p.mark(p.decoy, analysis.UNCOVERED_ISSUE, d)
		for range p.times(2) {
			q := fmt.Sprintf("noise-issue-%d-%d", k, p.count)
			p.node(graph.KindIssue, q, "horizon", "URGENT")
			p.link(graph.WORKS_ON, p.back[30+k], q)
			p.link(graph.WORKS_ON, p.back[50+k], q)
		}
	}
}

// plantCapacities: a need nobody in the coalition meets, though an ally of a member could.
// Decoys: a member offers it, or shows it in its work; the coalition has ended.
func (p *plantation) plantCapacities() {
	words := []string{"LEGAL", "MEDIA", "RESEARCH", "TRANSLATION"}
	for k := range plantsEach {
		word := words[k%len(words)]
		keys := p.clique(fmt.Sprintf("needy-%d-member", k), 4)
		p.attach(keys[0], keys[1])
		helper := p.org(fmt.Sprintf("helper-%d", k), "capacitiesOffered", []string{word})
		p.link(graph.ALLIED_WITH, keys[0], helper)
		p.attach(helper)
		needy := fmt.Sprintf("needy-%d", k)
		p.node(graph.KindCoalition, needy, "capacitiesNeeded", []string{word})
		for _, o := range keys {
			p.link(graph.MEMBER_OF, o, needy)
		}
		p.mark(p.truth, analysis.MISSING_CAPACITY, needy)
		p.mark(p.also, analysis.MISSING_MEMBER, helper, needy)
		d := fmt.Sprintf("provided-%d", k)
		f := []any{"capacitiesNeeded", []string{word}}
		if k%3 == 2 {
			f = append(f, "status", "ENDED")
		}
		p.node(graph.KindCoalition, d, f...)
		switch k % 3 {
		case 0:
			p.link(graph.MEMBER_OF, helper, d)
		case 1:
			p.link(graph.WORKS_ON, p.back[k], fmt.Sprintf("crowded-%d", k), "capacity", word)
			p.link(graph.MEMBER_OF, p.back[k], d)
		}
		p.mark(p.decoy, analysis.MISSING_CAPACITY, d)
	}
}

// plantVoices: campaigns on an issue that affects people who have no voice in them. Decoys: a
// leader represents them; they take part themselves; they are affected by another issue.
func (p *plantation) plantVoices() {
	for k := range plantsEach {
		community, issue := fmt.Sprintf("people-%d", k), fmt.Sprintf("harm-%d", k)
		p.node(graph.KindCommunity, community)
		p.node(graph.KindIssue, issue)
		p.link(graph.AFFECTED_BY, community, issue, "severity", 3+k%3)
		p.link(graph.WORKS_ON, p.back[k], issue)
		p.link(graph.WORKS_ON, p.back[k+1], issue)
		speaker := fmt.Sprintf("speaker-%d", k)
		p.node(graph.KindIndividual, speaker)
		p.link(graph.REPRESENTS, speaker, community)
		c, d := fmt.Sprintf("unheard-%d", k), fmt.Sprintf("heard-%d", k)
		for _, x := range []string{c, d} {
			p.node(graph.KindCampaign, x)
			p.link(graph.WORKS_ON, x, issue)
			p.link(graph.LEADS, p.back[k], x)
			for range p.times(3) {
				p.link(graph.SUPPORTS, p.some(p.back), x)
			}
		}
		if k%2 == 0 {
			p.link(graph.SUPPORTS, speaker, d)
		} else {
			p.link(graph.SUPPORTS, community, d)
		}
		p.mark(p.truth, analysis.MISSING_VOICE, c)
		p.mark(p.decoy, analysis.MISSING_VOICE, d)
	}
}

// plantSilos: issues that drive one another, worked on by strangers. Decoys: one shared tie,
// coalition or worker.
func (p *plantation) plantSilos() {
	for k := range plantsEach {
		for _, kind := range []string{"silo", "open"} {
			a, b := fmt.Sprintf("%s-%d-a", kind, k), fmt.Sprintf("%s-%d-b", kind, k)
			p.node(graph.KindIssue, a)
			p.node(graph.KindIssue, b)
			p.link(graph.DRIVES, a, b, "weight", 3+k%3)
			left, right := p.clique(a+"-worker", 3), p.clique(b+"-worker", 3)
			for m := range 3 {
				p.link(graph.WORKS_ON, left[m], a)
				p.link(graph.WORKS_ON, right[m], b)
			}
			p.attach(left[1], left[2])
			p.attach(right[1], right[2])
			if kind == "silo" {
				p.mark(p.truth, analysis.SILO, a, b)
				continue
			}
			p.mark(p.decoy, analysis.SILO, a, b)
			switch k % 3 {
			case 0:
				p.link(graph.ALLIED_WITH, left[0], right[0])
			case 1:
				c := a + "-table"
				p.node(graph.KindCoalition, c)
				p.link(graph.MEMBER_OF, left[0], c)
				p.link(graph.MEMBER_OF, right[0], c)
			case 2:
				p.link(graph.WORKS_ON, left[0], b)
			}
		}
	}
}

// plantBridges: circles that hang on one actor. Decoys: larger ones with a second tie; a hub
// with single nodes around it.
func (p *plantation) plantBridges() {
	for k := range plantsEach {
		neck := p.org(fmt.Sprintf("neck-%d", k))
		p.attach(neck)
		at := p.r.Perm(len(p.back))
		p.link(graph.ALLIED_WITH, neck, p.back[at[5]])
		keys := p.clique(fmt.Sprintf("hanging-%d", k), 5)
		for _, o := range keys {
			p.link(graph.ALLIED_WITH, neck, o) // all of them: no other holds anything
		}
		p.mark(p.truth, analysis.FRAGILE_BRIDGE, neck)
		more := p.clique(fmt.Sprintf("anchored-%d", k), 7)
		p.attach(more[0], more[1])
		p.mark(p.decoy, analysis.FRAGILE_BRIDGE, more[0])
		p.mark(p.decoy, analysis.FRAGILE_BRIDGE, more[1])
		hub := p.org(fmt.Sprintf("hub-%d", k))
		p.attach(hub)
		p.link(graph.ALLIED_WITH, hub, p.back[at[6]])
		for m := range 2 {
			p.link(graph.ALLIED_WITH, hub, p.org(fmt.Sprintf("leaf-%d-%d", k, m)))
		}
		p.mark(p.decoy, analysis.FRAGILE_BRIDGE, hub)
	}
}

// plantCold: strong dialogues that fell silent against their own habit. Decoys: weak; a slow
// habit; fresh.
func (p *plantation) plantCold() {
	contacts := func(days ...time.Time) []any {
		var dates, how, notes []string
		for _, d := range days {
			d = d.AddDate(0, 0, int(p.noise*float64(p.r.IntN(40)-20)))
			dates, how, notes = append(dates, d.Format(time.DateOnly)), append(how, "MEETING"), append(notes, "")
		}
		return []any{"contactDates", dates, "contactChannels", how, "contactNotes", notes}
	}
	every := func(from time.Time, months, n int) (out []time.Time) {
		for k := range n {
			out = append(out, from.AddDate(0, k*months, 0))
		}
		return out
	}
	for k := range plantsEach {
		a, b, c := p.org(fmt.Sprintf("cold-%d-a", k)), p.org(fmt.Sprintf("cold-%d-b", k)), p.org(fmt.Sprintf("cold-%d-c", k))
		p.attach(a, b, c)
		if k%2 == 0 { // silent for long
			p.link(graph.IN_DIALOGUE_WITH, a, b, append(contacts(today.AddDate(-5-k%3, 0, 0)), "strength", 5)...)
		} else { // monthly until a year ago
			p.link(graph.IN_DIALOGUE_WITH, a, b, append(contacts(every(today.AddDate(-2, 0, 0), 1, 9)...), "strength", 4)...)
		}
		p.mark(p.truth, analysis.COLD_TIE, a, b)
		switch k % 3 {
		case 0:
			p.link(graph.IN_DIALOGUE_WITH, a, c, append(contacts(today.AddDate(-7, 0, 0)), "strength", 2)...)
		case 1: // every three years, last two years ago
			p.link(graph.IN_DIALOGUE_WITH, a, c, append(contacts(every(today.AddDate(-20, 0, 0), 36, 7)...), "strength", 5)...)
		case 2:
			p.link(graph.IN_DIALOGUE_WITH, a, c, append(contacts(today.AddDate(0, -3, 0)), "strength", 5)...)
		}
		p.link(graph.ALLIED_WITH, b, c)
		p.mark(p.decoy, analysis.COLD_TIE, a, c)
	}
}

// plantTargets: targets that no path of influence leads to, or only against its direction. Decoys:
// reached through a person with a post, or directly.
func (p *plantation) plantTargets() {
	for k := range plantsEach {
		c := fmt.Sprintf("appeal-%d", k)
		lead := p.back[60+k]
		p.node(graph.KindCampaign, c)
		p.link(graph.LEADS, lead, c)
		far, near, aide := fmt.Sprintf("far-%d", k), fmt.Sprintf("near-%d", k), fmt.Sprintf("aide-%d", k)
		for _, x := range []string{far, near, aide} {
			p.node(graph.KindIndividual, x)
		}
		p.link(graph.TARGETS, c, far)
		p.link(graph.TARGETS, c, near)
		p.link(graph.INFLUENCES, far, lead, "strength", 5)
		p.link(graph.INFLUENCES, lead, aide, "strength", 4)
		p.link(graph.INFLUENCES, aide, near, "strength", 4)
		for range p.times(4) {
			o := fmt.Sprintf("bystander-%d-%d", k, p.count)
			p.node(graph.KindIndividual, o)
			p.link(graph.INFLUENCES, o, far, "strength", 5) // who has no part in the campaign
			p.link(graph.INFLUENCES, lead, aide, "strength", 1+p.r.IntN(5))
		}
		p.mark(p.truth, analysis.UNREACHED_TARGET, c, far)
		p.mark(p.decoy, analysis.UNREACHED_TARGET, c, near)
	}
}

// plantStale: records old and much leant on. Decoys: as old with nothing on them; much leant on
// and fresh; as old with one link.
func (p *plantation) plantStale() {
	old := today.AddDate(-6, 0, 0).Format("2006-01-02T15:04:05Z")
	for k := range plantsEach {
		o := p.org(fmt.Sprintf("old-%d", k), "lastConfirmedAt", old)
		for _, m := range p.r.Perm(crowd)[:5] {
			p.link(graph.ALLIED_WITH, o, p.back[m])
		}
		p.mark(p.truth, analysis.STALE_RECORD, o)
		d := fmt.Sprintf("idle-%d", k)
		switch k % 3 {
		case 0:
			p.org(d, "lastConfirmedAt", old)
		case 1:
			p.org(d)
			for _, m := range p.r.Perm(crowd)[:9] {
				p.link(graph.ALLIED_WITH, d, p.back[m])
			}
		case 2:
			p.org(d, "lastConfirmedAt", old)
			p.link(graph.ALLIED_WITH, d, p.some(p.back))
		}
		p.mark(p.decoy, analysis.STALE_RECORD, d)
	}
}

// harvest is what was found of one kind: the part of the first k that is true, k as
// many as were planted, and how many decoys stand above a true one.
type harvest struct {
	precision float64
	above     int
	wrong     []string // the first that are not true, for a look
}

// reap asks a plantation for its gaps.
func reap(ctx context.Context, n *network, p *plantation, tune analysis.Coefficients, kinds ...analysis.GapKind) (map[analysis.GapKind]harvest, error) {
	ix := analysis.NewIndexWith(n.view, tune)
	gaps, err := ix.Gaps(ctx, analysis.GapQuestion{Kinds: kinds, Limit: 500})
	if err != nil {
		return nil, err
	}
	names := map[graph.ID]string{}
	for key, id := range p.ids {
		names[id] = key
	}
	out := map[analysis.GapKind]harvest{}
	for _, kind := range analysis.GapKinds {
		h := harvest{}
		place, hits, decoys := 0, 0, 0
		for _, g := range gaps {
			if g.Kind != kind {
				continue
			}
			keys := make([]string, len(g.Nodes))
			for k, id := range g.Nodes {
				keys[k] = names[id]
			}
			slices.Sort(keys)
			name := strings.Join(keys, " ")
			switch {
			case p.also[kind][name]:
				continue
			case p.truth[kind][name]:
				if place < len(p.truth[kind]) {
					hits++
				}
				h.above += decoys
				decoys = 0
			case place < len(p.truth[kind]):
				h.wrong = append(h.wrong, name)
			}
			if p.decoy[kind][name] {
				decoys++
			}
			place++
		}
		h.precision = float64(hits) / float64(len(p.truth[kind]))
		out[kind] = h
	}
	return out, nil
}
