package secrecy

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"weft/graph"
)

// thing is a node, link or record of a plan, as it is after the edits so far.
type thing struct {
	id       graph.ID // of a record, once the whole world has made it
	class    graph.Class
	kind     string
	from, to *thing   // of a link
	about    []*thing // of a record: the parties of an introduction, the nodes of a dismissal
	fields   graph.Fields
	removed  bool
	steady   bool // nobody ever changes who sees it or removes it, so others may name it
	shifts   bool // who sees it may change
	age      int
	seen     [2]bool // whether the viewer sees it, or saw it when it was removed: before the live edits, after any of them
}

// op is one step of an edit.
type op struct {
	verb   string // add, change, end, confirm, dispute, contact, reading, measurement, remove, withdraw, undo, introduce, propose, answer, make, close, back, dismiss
	thing  *thing
	fields graph.Fields
	undoes int      // the edit an undo is about
	with   []*thing // what an introduction or answer names beside the parties
}

// edit is one change of the log.
type edit struct {
	author graph.ID
	key    string // of idempotency
	ops    []op
	live   bool
}

// eyes are who looks, as the oracle needs it.
type eyes struct {
	rank   int // 0 visitor, 1 member, 2 coordinator, 3 steward
	circle graph.ID
}

// plan is a random world and who looks at it.
type plan struct {
	seed    uint64
	persona string
	eyes
	edits      []edit
	things     []*thing
	coalitions []*thing
	beacon     *thing // always seen; live edits that are seen change it too
	r          *rand.Rand
	live       bool
	now        *edit
	shifting   bool               // whether the thing in the making shifts
	fresh      map[*thing]bool    // added by the edit in the making, which may use it even unseen
	met        map[[2]*thing]bool // who is being introduced
	usedNames  []string
}

var spelling = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func drawID(r *rand.Rand) graph.ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	return graph.ID(spelling.EncodeToString(b[:]))
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (p *plan) chance(percent int) bool { return p.r.IntN(100) < percent }

var (
	words  = []string{"Harbour", "Olive", "Lantern", "Bridge", "Union", "Forum", "Watch", "Residency", "Permits", "Nadir", "نسيج", "שלום"}
	places = []string{"PS", "IL", "FR", "Old Town"}
)

const today = "2026-11-24"

// sees is the rule of who sees what, written a second time: visibility, scopes
// and, for a story, consent that holds today for the screen.
func (e eyes) sees(kind string, f graph.Fields) bool {
	text := func(k string) string { s, _ := f[k].(string); return s }
	has := func(k, v string) bool { l, _ := f[k].([]string); return slices.Contains(l, v) }
	if kind == string(graph.KindStory) {
		minor, _ := f["consentMinor"].(bool)
		switch {
		case text("consentWithdrawn") != "", minor && text("consentGuardian") == "", !has("consentChannels", "DIRECTORY"),
			text("consentFrom") > today, text("consentUntil") != "" && text("consentUntil") < today:
			return false
		}
		switch text("consentScope") {
		case "PUBLIC":
		case "MEMBERS":
			if e.rank < 1 {
				return false
			}
		case "NAMED":
			if e.circle == "" || !has("consentNamed", string(e.circle)) {
				return false
			}
		default:
			return false
		}
	}
	switch text("visibility") {
	case "PUBLIC":
		return true
	case "MEMBERS":
		return e.rank >= 1
	case "COALITION":
		return e.rank >= 2 || e.circle != "" && has("scopes", string(e.circle))
	case "COORDINATORS":
		return e.rank >= 2
	}
	return false
}

// seesThing applies the rule to a thing and, for a link, its ends, each as it
// is or last was. Introductions and the dismissals of coordinators are seen by
// coordinators, if they see all that these are about.
func (e eyes) seesThing(t *thing) bool {
	if t.class == graph.RECORD {
		return e.rank >= 2 && !slices.ContainsFunc(t.about, func(n *thing) bool { return n.removed || !e.seesThing(n) })
	}
	return e.sees(t.kind, t.fields) && (t.class == graph.NODE || e.seesThing(t.from) && e.seesThing(t.to))
}

// hides reports whether the world without what is hidden never has the thing.
func (t *thing) hides() bool { return !t.seen[0] && !t.seen[1] }

var steward = eyes{rank: 3}

// usable reports whether an edit of a steward may be about t.
func (p *plan) usable(t *thing) bool {
	if t.removed || t == p.beacon {
		return false
	}
	if t.class == graph.LINK {
		return !t.from.removed && !t.to.removed && steward.seesThing(t)
	}
	return p.fresh[t] || steward.seesThing(t)
}

// some returns a random usable thing that fits, nil when there is none.
func (p *plan) some(fits func(*thing) bool) *thing {
	if len(p.things) == 0 {
		return nil
	}
	from := p.r.IntN(len(p.things))
	for i := range p.things {
		if t := p.things[(from+i)%len(p.things)]; p.usable(t) && fits(t) {
			return t
		}
	}
	return nil
}

func isNode(t *thing) bool { return t.class == graph.NODE }
func isLink(t *thing) bool { return t.class == graph.LINK }
func ofKind[K ~string](k ...K) func(*thing) bool {
	return func(t *thing) bool { return slices.Contains(k, K(t.kind)) }
}

// makePlan makes world number seed.
func makePlan(seed uint64) *plan {
	p := &plan{seed: seed, r: rand.New(rand.NewPCG(seed, 0x3ef7)), fresh: map[*thing]bool{}, met: map[[2]*thing]bool{}}
	p.edit(func() { // none of these shift
		for i := range 3 {
			f := p.common(graph.KindCoalition)
			f["visibility"] = pick(p.r, "MEMBERS", "COORDINATORS")
			if i < 2 {
				f["visibility"] = "PUBLIC"
			}
			delete(f, "scopes")
			c := p.add(graph.KindCoalition, f)
			c.steady = true
			p.coalitions = append(p.coalitions, c)
		}
		for range 5 {
			p.add(graph.KindSource, p.common(graph.KindSource)).steady = true
		}
		for range 4 {
			p.add(graph.KindIssue, p.common(graph.KindIssue)).steady = p.chance(50)
		}
		p.beacon = p.add(graph.KindSource, graph.Fields{"name": "Beacon", "visibility": "PUBLIC"})
	})
	switch seed % 4 {
	case 0:
		p.persona = "visitor"
	case 1:
		p.persona, p.rank = "member", 1
	case 2:
		p.persona, p.rank, p.circle = "member:"+string(p.coalitions[0].id), 1, p.coalitions[0].id
	case 3:
		p.persona, p.rank = "coordinator", 2
	}
	most := 20 + p.r.IntN(41)
	if p.chance(25) {
		p.crowd()
	}
	for nodes := len(p.things); nodes < most; {
		p.edit(func() {
			for range 1 + p.r.IntN(6) {
				switch n := p.r.IntN(100); {
				case n < 25:
					p.addNode()
					nodes++
				case n < 70:
					p.addLink()
				case n < 85:
					p.changeNode()
				default:
					p.changeLink()
				}
			}
		})
		if p.chance(8) {
			p.circle3()
		}
		if p.chance(6) {
			p.removeAndUndo()
		}
		if p.chance(8) {
			p.contactsInTurn()
		}
		if p.chance(8) {
			p.coldTie()
		}
		if p.chance(12) {
			p.introduction()
		}
		if p.chance(12) {
			p.dismissal()
		}
	}
	p.see(0)
	p.useKey()
	p.live = true
	for range 12 {
		p.edit(func() {
			for range 1 + p.r.IntN(2) {
				pick(p.r, func() { p.addNode() }, func() { p.addLink() }, p.changeNode, p.changeLink)()
			}
		})
		if p.chance(5) {
			p.introduction()
		}
		if p.chance(5) {
			p.dismissal()
		}
		p.see(1)
	}
	return p
}

// crowd makes many work on two issues, so that statistics have something to say.
func (p *plan) crowd() {
	for _, one := range []graph.Capacity{"LEGAL", "MEDIA"} {
		p.edit(func() {
			t := p.add(graph.KindIssue, graph.Fields{"name": p.name(), "visibility": "PUBLIC", "horizon": "URGENT"})
			for range 6 {
				f := graph.Fields{"name": p.name(), "classification": "NGO", "capacitiesOffered": []string{string(one), "TRAINING"}}
				p.audience(f)
				if p.chance(50) {
					f["visibility"], f["scopes"] = "PUBLIC", nil
				}
				p.connect(graph.WORKS_ON, p.add(graph.KindOrganization, f), t, graph.Fields{"visibility": "PUBLIC"})
			}
		})
	}
}

// coldTie makes an old alliance of two who also talk, often out of sight.
func (p *plan) coldTie() {
	actor := ofKind(graph.KindOrganization, graph.KindIndividual, graph.KindCoalition)
	a := p.some(actor)
	b := p.some(func(t *thing) bool { return actor(t) && t != a })
	if a == nil || b == nil {
		return
	}
	p.edit(func() {
		p.connect(graph.ALLIED_WITH, a, b, graph.Fields{"visibility": "PUBLIC", "since": "2019", "strength": int64(5)})
		f := graph.Fields{"contactDates": []string{"2026-03-01"}, "contactChannels": []string{"MEETING"}, "contactNotes": []string{""}}
		p.audience(f)
		p.connect(graph.IN_DIALOGUE_WITH, a, b, f)
	})
}

// introduction makes one between two actors, in some of its steps. Its broker,
// its reasons and the link it led to are often hidden from who sees the rest.
func (p *plan) introduction() {
	actor := ofKind(graph.KindOrganization, graph.KindIndividual, graph.KindCoalition)
	a := p.some(actor)
	b := p.some(func(t *thing) bool { return actor(t) && t != a })
	if a == nil || b == nil || p.met[[2]*thing{a, b}] || p.met[[2]*thing{b, a}] {
		return
	}
	p.met[[2]*thing{a, b}] = true
	broker := p.some(func(t *thing) bool { return actor(t) && t != a && t != b })
	i := &thing{class: graph.RECORD, kind: "introduction", about: []*thing{a, b}, fields: graph.Fields{}}
	p.things = append(p.things, i)
	step := func(o op) { p.edit(func() { o.thing = i; p.do(o) }) }
	step(op{verb: "introduce", with: []*thing{broker, p.some(isNode), p.some(isNode)}})
	if p.chance(80) {
		step(op{verb: "propose"})
		choice, wanted := "ACCEPT", 2
		if p.chance(50) {
			choice = "DECLINE"
		}
		step(op{verb: "answer", with: []*thing{a}, fields: graph.Fields{"choice": choice}})
		if wanted = p.r.IntN(3); wanted > 0 {
			step(op{verb: "answer", with: []*thing{b}, fields: graph.Fields{"choice": "ACCEPT"}})
		}
		switch {
		case wanted > 0 && choice == "ACCEPT":
			step(op{verb: "make"})
			step(op{verb: "close", with: []*thing{p.some(func(t *thing) bool {
				return isLink(t) && (t.from == a && t.to == b || t.from == b && t.to == a)
			})}})
		case p.chance(20):
			step(op{verb: "back"})
		}
	}
}

// dismissal dismisses a gap that may be there: that two are not tied, or that
// one is not in a coalition. One of them is sometimes sealed afterwards, so that
// coordinators see the dismissal's record and not what it is about.
func (p *plan) dismissal() {
	actor := ofKind(graph.KindOrganization, graph.KindIndividual, graph.KindCoalition)
	a := p.some(actor)
	b := p.some(func(t *thing) bool { return actor(t) && t != a })
	if a == nil || b == nil {
		return
	}
	d := &thing{class: graph.RECORD, kind: "dismissal", about: []*thing{a, b}}
	p.things = append(p.things, d)
	p.edit(func() { p.do(op{verb: "dismiss", thing: d}) })
	if b.shifts && p.chance(50) {
		if p.live {
			p.see(1) // it was seen until then
		}
		p.edit(func() { p.change("change", b, graph.Fields{"visibility": "SEALED", "scopes": nil}) })
	}
}

// useKey gives a hidden edit of another author the idempotency key that the
// viewer will use.
func (p *plan) useKey() {
	for i := range p.edits {
		if e := &p.edits[i]; e.author == "other" && !slices.ContainsFunc(e.ops, func(o op) bool { return !o.thing.hides() }) {
			e.key = "k"
			return
		}
	}
}

func (p *plan) see(when int) {
	for _, t := range p.things {
		t.seen[when] = t.seen[when] || p.seesThing(t)
	}
}

// edit makes an edit of what do adds to it, nothing if that is nothing.
func (p *plan) edit(do func()) {
	p.shifting = false
	p.now, p.fresh = &edit{author: pick[graph.ID](p.r, "local", "other"), live: p.live}, map[*thing]bool{}
	do()
	if len(p.now.ops) > 0 {
		p.edits = append(p.edits, *p.now)
	}
	p.fresh = map[*thing]bool{}
}

func (p *plan) do(o op) { p.now.ops = append(p.now.ops, o) }

func (p *plan) add(kind graph.NodeKind, f graph.Fields) *thing {
	t := &thing{id: drawID(p.r), class: graph.NODE, kind: string(kind), fields: maps.Clone(f), age: len(p.things), shifts: p.shifting}
	p.things, p.fresh[t] = append(p.things, t), true
	p.do(op{verb: "add", thing: t, fields: f})
	return t
}

func (p *plan) connect(kind graph.LinkKind, from, to *thing, f graph.Fields) *thing {
	t := &thing{id: drawID(p.r), class: graph.LINK, kind: string(kind), from: from, to: to, fields: maps.Clone(f), age: len(p.things), shifts: p.shifting}
	p.things = append(p.things, t)
	p.do(op{verb: "add", thing: t, fields: f})
	return t
}

// change sets fields of the model and asks for the same of the network.
func (p *plan) change(verb string, t *thing, f graph.Fields) {
	for k, v := range f {
		if v == nil {
			delete(t.fields, k)
		} else {
			t.fields[k] = v
		}
	}
	if t.fields["visibility"] != "COALITION" {
		delete(t.fields, "scopes")
	}
	p.do(op{verb: verb, thing: t, fields: f})
}

// audience draws who sees a thing.
func (p *plan) audience(f graph.Fields) {
	f["visibility"] = pick(p.r, "PUBLIC", "PUBLIC", "PUBLIC", "PUBLIC", "MEMBERS", "MEMBERS", "COALITION", "COALITION", "COORDINATORS", "COORDINATORS", "SEALED")
	f["scopes"] = nil
	if f["visibility"] == "COALITION" && len(p.coalitions) < 3 { // there is none to name yet
		f["visibility"] = "PUBLIC"
	}
	if f["visibility"] == "COALITION" {
		scopes := []string{string(pick(p.r, p.coalitions[:2]...).id)}
		if p.chance(30) {
			scopes = append(scopes, string(p.coalitions[2].id))
		}
		f["scopes"] = scopes
	}
}

func (p *plan) name() string {
	if len(p.usedNames) > 0 && p.chance(15) {
		return pick(p.r, p.usedNames...)
	}
	s := pick(p.r, words...) + " " + pick(p.r, words...)
	p.usedNames = append(p.usedNames, s)
	return s
}

// sources names a few publications that never change who sees them, for the
// thing in the making.
func (p *plan) sources() (out []string) {
	for range p.r.IntN(3) {
		if s := p.some(func(t *thing) bool {
			return t.kind == string(graph.KindSource) && t.steady
		}); s != nil && !slices.Contains(out, string(s.id)) {
			out = append(out, string(s.id))
		}
	}
	return out
}

func (p *plan) source() string {
	if l := p.sources(); len(l) > 0 {
		return l[0]
	}
	return ""
}

func (p *plan) contacts(f graph.Fields) {
	var kinds, values, notes, visible []string
	for range 1 + p.r.IntN(3) {
		kinds = append(kinds, pick(p.r, "EMAIL", "PHONE"))
		values = append(values, fmt.Sprint("contact ", p.r.IntN(1_000_000)))
		notes = append(notes, pick(p.r, "", "mornings"))
		visible = append(visible, pick(p.r, "PUBLIC", "MEMBERS", "COORDINATORS"))
	}
	f["contactPointKinds"], f["contactPointValues"], f["contactPointNotes"], f["contactPointVisibilities"] = kinds, values, notes, visible
}

// contact changes one of the contact points of a node, or draws new ones.
func (p *plan) contact(t *thing, f graph.Fields) {
	values, _ := t.fields["contactPointValues"].([]string)
	if len(values) == 0 || p.chance(25) {
		p.contacts(f)
		return
	}
	for _, k := range []string{"contactPointKinds", "contactPointNotes", "contactPointVisibilities"} {
		f[k] = t.fields[k]
	}
	values = slices.Clone(values)
	values[p.r.IntN(len(values))] = fmt.Sprint("contact ", p.r.IntN(1_000_000))
	f["contactPointValues"] = values
}

// contactsInTurn changes one contact point of a node and then another, of
// which the viewer often sees only the first: it may then undo that.
func (p *plan) contactsInTurn() {
	t := p.some(func(t *thing) bool {
		values, _ := t.fields["contactPointValues"].([]string)
		return isNode(t) && len(values) > 1
	})
	if t == nil {
		return
	}
	for i := range 2 {
		p.edit(func() {
			f := graph.Fields{}
			for _, k := range []string{"contactPointKinds", "contactPointNotes", "contactPointVisibilities"} {
				f[k] = t.fields[k]
			}
			values := slices.Clone(t.fields["contactPointValues"].([]string))
			values[i] = fmt.Sprint("contact ", p.r.IntN(1_000_000))
			f["contactPointValues"] = values
			p.change("change", t, f)
		})
	}
}

// common draws the fields of a new node.
func (p *plan) common(kind graph.NodeKind) graph.Fields {
	f := graph.Fields{"name": p.name()}
	p.audience(f)
	if p.chance(40) {
		f["summary"] = "About " + pick(p.r, words...) + " and " + pick(p.r, words...)
	}
	if p.chance(40) {
		f["place"] = pick(p.r, places...)
	}
	if p.chance(25) {
		f["identifiers"] = []string{fmt.Sprint("wd:Q", p.r.IntN(8))}
	}
	if p.chance(20) {
		f["otherNames"] = []string{p.name()}
	}
	if p.chance(15) {
		f["translationLanguages"], f["translationNames"] = []string{"ar"}, []string{pick(p.r, words...)}
	}
	if p.chance(10) {
		f["latitude"], f["longitude"] = 31.5, 35.25
	}
	if l := p.sources(); l != nil {
		f["sources"] = l
	}
	capacities := func(name string) {
		if p.chance(60) {
			f[name] = []string{pick(p.r, "LEGAL", "MEDIA", "RESEARCH"), pick(p.r, "FUNDING", "TRAINING")}
		}
	}
	switch kind {
	case graph.KindOrganization:
		f["classification"] = pick(p.r, "NGO", "UNION", "FUNDER")
		capacities("capacitiesOffered")
		capacities("capacitiesNeeded")
		if p.chance(50) {
			p.contacts(f)
		}
	case graph.KindIndividual:
		f["atRisk"] = p.chance(50)
		if p.chance(50) {
			p.contacts(f)
		}
	case graph.KindIssue:
		f["status"], f["horizon"] = pick(p.r, "OPEN", "EMERGING"), pick(p.r, "URGENT", "LONG_TERM")
		if p.chance(50) {
			f["knownTexts"], f["knownSources"] = []string{"known " + pick(p.r, words...), "also"}, []string{p.source(), p.source()}
		}
	case graph.KindCoalition:
		capacities("capacitiesNeeded")
	case graph.KindCampaign:
		f["indicatorNames"], f["indicatorTargets"], f["indicatorUnits"], f["indicatorBaselines"] = []string{"signatures"}, []float64{100}, []string{""}, []float64{0}
		f["measurementIndicators"], f["measurementDates"], f["measurementValues"], f["measurementSources"] = []string{"signatures"}, []string{"2026-01"}, []float64{3}, []string{p.source()}
	case graph.KindStory:
		f["text"] = "It was " + pick(p.r, words...)
		p.consent(f)
	case graph.KindSource:
		f["title"] = pick(p.r, words...)
	}
	return f
}

// consent draws a consent in one of its states: none, each scope, other
// channels, not yet, no more, a minor with and without guardian, withdrawn.
func (p *plan) consent(f graph.Fields) {
	if p.chance(15) {
		return
	}
	f["consentScope"] = pick(p.r, "PUBLIC", "PUBLIC", "MEMBERS", "NAMED")
	f["consentChannels"], f["consentRecordedBy"], f["consentHow"], f["consentPurpose"] = []string{"DIRECTORY", "EXPORT"}, "Sam", "in writing", "to be "+pick(p.r, words...)
	if f["consentScope"] == "NAMED" {
		f["consentNamed"] = []string{string(pick(p.r, p.coalitions[:2]...).id)}
	}
	switch p.r.IntN(10) {
	case 0:
		f["consentChannels"] = []string{"PRESS"}
	case 1:
		f["consentFrom"] = "2027-01-01"
	case 2:
		f["consentUntil"] = "2026-11-23"
	case 3:
		f["consentFrom"], f["consentUntil"] = "2026-01-01", today
	case 4:
		f["consentMinor"], f["consentGuardian"] = true, "Dana"
	case 5:
		f["consentWithdrawn"] = "2026-05-05"
	}
}

// addNode adds a node; one that its author will not see again gets its links
// at once.
func (p *plan) addNode() *thing {
	kind := pick(p.r, graph.KindOrganization, graph.KindOrganization, graph.KindOrganization, graph.KindIndividual, graph.KindIndividual, graph.KindIssue, graph.KindCoalition,
		graph.KindCampaign, graph.KindAction, graph.KindEvent, graph.KindCommunity, graph.KindStory, graph.KindSource)
	p.shifting = p.chance(40)
	t := p.add(kind, p.common(kind))
	for range 2 {
		if !steward.seesThing(t) || p.chance(30) {
			p.linkOf(t)
		}
	}
	return t
}

func (p *plan) addLink() { p.linkOf(p.some(isNode)) }

// linkOf adds a link from or to t.
func (p *plan) linkOf(t *thing) {
	infos := graph.LinkKinds()
	if t == nil {
		return
	}
	for range 12 {
		info := infos[p.r.IntN(len(infos))]
		ends := info.Ends[p.r.IntN(len(info.Ends))]
		from, to := t, p.some(ofKind(ends.To...))
		if p.chance(50) {
			from, to = p.some(ofKind(ends.From...)), t
		}
		if from == nil || to == nil || from == to || !info.Joins(graph.NodeKind(from.kind), graph.NodeKind(to.kind)) {
			continue
		}
		if info.Kind == graph.PART_OF && from.age < to.age { // upwards to the older: never a circle
			continue
		}
		p.shifting = p.chance(40)
		p.connect(info.Kind, from, to, p.linkFields(info))
		return
	}
}

func (p *plan) linkFields(info *graph.LinkInfo) graph.Fields {
	f := graph.Fields{}
	p.audience(f)
	if p.chance(50) {
		f["visibility"] = "PUBLIC"
		f["scopes"] = nil
	}
	if p.chance(40) {
		f["since"] = pick(p.r, "2019", "2021-05", "2024-02-03")
	}
	if p.chance(15) {
		f["until"] = pick(p.r, "2025", "2026-03")
	}
	if p.chance(50) {
		f["strength"] = int64(1 + p.r.IntN(5))
	}
	if l := p.sources(); l != nil {
		f["sources"] = l
	}
	switch info.Kind {
	case graph.MEMBER_OF:
		f["role"] = pick(p.r, "MEMBER", "CONVENER", "OBSERVER")
	case graph.TARGETS:
		f["readingDates"], f["readingPower"], f["readingStance"], f["readingSources"] = []string{"2026-01"}, []int64{3}, []int64{-1}, []string{p.source()}
	}
	return f
}

// changeNode changes a node in one of many ways.
func (p *plan) changeNode() {
	t := p.some(isNode)
	if t == nil || p.fresh[t] {
		return
	}
	f := graph.Fields{}
	switch n := p.r.IntN(100); {
	case n < 20:
		f["summary"] = fmt.Sprint("Now ", pick(p.r, words...), " ", p.r.IntN(1000))
	case n < 27:
		f["name"] = p.name()
	case n < 40:
		f["sources"] = p.sources()
	case n < 65:
		switch t.kind {
		case string(graph.KindOrganization):
			p.contact(t, f)
		case string(graph.KindIndividual):
			if p.chance(50) {
				p.contact(t, f)
			} else {
				f["atRisk"] = t.fields["atRisk"] != true
			}
		case string(graph.KindStory):
			if t.fields["consentScope"] == nil {
				return
			}
			f["consentPurpose"] = fmt.Sprint("to be ", p.r.IntN(1000))
		case string(graph.KindIssue):
			f["knownTexts"], f["knownSources"] = []string{"known " + pick(p.r, words...)}, []string{p.source()}
		case string(graph.KindCampaign):
			p.do(op{verb: "measurement", thing: t, fields: graph.Fields{"date": "2026-02", "source": p.source()}})
			return
		default:
			return
		}
	case n < 80:
		if !t.shifts {
			return
		}
		p.audience(f)
	case n < 88:
		if t.steady {
			return
		}
		p.remove(t)
		return
	case n < 93:
		if s := p.some(ofKind(graph.KindStory)); s != nil && !p.fresh[s] {
			s.fields["consentWithdrawn"] = today
			p.do(op{verb: "withdraw", thing: s})
		}
		return
	default:
		p.do(op{verb: "confirm", thing: t})
		return
	}
	p.change("change", t, f)
}

func (p *plan) remove(t *thing) {
	t.removed = true
	for _, l := range p.things {
		if l.class == graph.LINK && (l.from == t || l.to == t) {
			l.removed = true
		}
	}
	p.do(op{verb: "remove", thing: t})
}

func (p *plan) changeLink() {
	t := p.some(isLink)
	if t == nil || p.fresh[t] {
		return
	}
	f := graph.Fields{}
	switch n := p.r.IntN(100); {
	case n < 20:
		f["note"] = fmt.Sprint("note ", p.r.IntN(1000))
	case n < 32:
		f["sources"] = p.sources()
	case n < 45:
		if !t.shifts {
			return
		}
		p.audience(f)
	case n < 55:
		f["until"] = "2026-06"
		p.change("end", t, f)
		return
	case n < 65:
		p.do(op{verb: "confirm", thing: t})
		return
	case n < 72:
		p.do(op{verb: "dispute", thing: t})
		return
	case n < 85:
		d := p.some(ofKind(graph.IN_DIALOGUE_WITH, graph.TARGETS))
		if d == nil {
			return
		}
		verb := "contact"
		if d.kind == string(graph.TARGETS) {
			verb = "reading"
		}
		p.do(op{verb: verb, thing: d, fields: graph.Fields{"date": "2026-03-01", "source": p.source()}})
		return
	default:
		p.remove(t)
		return
	}
	p.change("change", t, f)
}

// circle3 makes a way along PART_OF between two nodes that leads over a third,
// which is often hidden: the viewer may then try to close the circle.
func (p *plan) circle3() {
	p.edit(func() {
		top, kind := p.some(ofKind(graph.KindIssue, graph.KindCoalition)), graph.KindIssue
		if top == nil {
			return
		}
		kind = graph.NodeKind(top.kind)
		middle := p.add(kind, p.common(kind))
		low := p.common(kind)
		low["visibility"], low["scopes"] = "PUBLIC", nil
		public := graph.Fields{"visibility": "PUBLIC", "scopes": nil}
		p.connect(graph.PART_OF, middle, top, public)
		p.connect(graph.PART_OF, p.add(kind, low), middle, public)
	})
}

// removeAndUndo removes a node with its links and brings all back.
func (p *plan) removeAndUndo() {
	t := p.some(func(t *thing) bool { return isNode(t) && !t.steady })
	if t == nil {
		return
	}
	var before []*thing
	for _, l := range p.things {
		if !l.removed && (l == t || l.class == graph.LINK && (l.from == t || l.to == t)) {
			before = append(before, l)
		}
	}
	p.edit(func() { p.remove(t) })
	undoes := len(p.edits) - 1
	p.edit(func() { p.do(op{verb: "undo", thing: t, undoes: undoes}) })
	for _, l := range before {
		l.removed = false
	}
}

// group makes one edit of several in a row, as an import does, so that a world
// takes fewer commits. What an undo or a key is about, and one that is all
// hidden, stays an edit of its own. At most one record is made in an edit, since
// records draw ids and hidden ones are not made in every variant.
func (p *plan) group(most int) {
	undone, moved := map[int]bool{}, map[int]int{} // moved: where an edit is now
	for i := range p.edits {
		for _, o := range p.edits[i].ops {
			if o.verb == "undo" {
				undone[i], undone[o.undoes] = true, true
			}
		}
	}
	makes := func(o op) bool { return o.verb == "introduce" || o.verb == "dismiss" }
	var list []edit
	open, hidden := false, false // whether the last of the list takes more; whether one is all hidden
	for i, e := range p.edits {
		dark := !slices.ContainsFunc(e.ops, func(o op) bool { return !o.thing.hides() })
		alone := undone[i] || e.key != "" || dark && !hidden && !e.live
		hidden = hidden || dark
		if l := len(list) - 1; !alone && open && list[l].live == e.live && len(list[l].ops)+len(e.ops) <= most && (!e.live || i%4 != 0) &&
			!(slices.ContainsFunc(e.ops, makes) && slices.ContainsFunc(list[l].ops, makes)) {
			list[l].ops = append(list[l].ops, e.ops...)
		} else {
			e.ops = slices.Clone(e.ops)
			list = append(list, e)
		}
		open, moved[i] = !alone, len(list)-1
	}
	for i := range list {
		for k := range list[i].ops {
			if o := &list[i].ops[k]; o.verb == "undo" {
				o.undoes = moved[o.undoes]
			}
		}
	}
	p.edits = list
}
