package analysis

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"weft/graph"
)

// Index is a view of the network as arrays, made once and then asked any number
// of questions, also by several goroutines. It holds nothing the view hides.
type Index struct {
	day        graph.Date
	today      int32 // day, in days since 1970
	nodes      []node
	traits     []traits // of each node
	links      []link
	live       adjacency // the links that hold on the day
	ever       adjacency // and those that had ended
	reps       groups    // who shares what with whom
	tied       tieGraph
	vocabulary []string                  // words that two or more nodes use
	text       func(graph.ID) graph.Text // of a node of the view; of one only supposed, nothing
	tune       *Coefficients
	supposed   bool // of a network that is only thought of
	memo       memo
}

// memo keeps what is costly and asked for by several questions.
type memo struct {
	ties        kept[*scale]
	kin         perNode[kin]
	closing     perNode[[]float64] // see closing
	workers     perNode[[]int32]
	issues      perNode[[]int32] // see issuesOf
	transitive  kept[float64]    // see transitivity
	members     kept[*memberModel]
	memberships kept[*scale]
	net         kept[*Net]    // of ties
	parted      kept[*parted] // the same
	between     kept[*Betweenness]
	communities kept[[]int32]           // see communities
	opposed     kept[[]bool]            // see opposed
	foes        kept[map[int32][]int32] // see opposes
	tolls       kept[*tolls]
	affinities  sync.Pool
}

// kept is something that takes long to make. It is made once, by the first who asks
// and does not give up, while others who ask wait.
type kept[T any] struct {
	making sync.Mutex
	made   atomic.Pointer[T]
}

// of returns what is kept, or makes it. Who waited for it and was given up returns
// the context's error, too.
func (k *kept[T]) of(ctx context.Context, read func() (T, error)) (x T, err error) {
	if made := k.made.Load(); made != nil {
		return *made, nil
	}
	k.making.Lock()
	defer k.making.Unlock()
	if made := k.made.Load(); made != nil {
		return *made, nil
	}
	if err = ctx.Err(); err != nil {
		return x, err
	}
	if x, err = read(); err == nil {
		k.made.Store(&x)
	}
	return x, err
}

// once is of for what does not take long.
func (k *kept[T]) once(make func() T) T {
	if made := k.made.Load(); made != nil { // asked of every pair
		return *made
	}
	x, _ := k.of(context.Background(), func() (T, error) { return make(), nil })
	return x
}

// perNode keeps something of every node, which is made when it is first asked for.
type perNode[T any] struct {
	room sync.Once
	kept []atomic.Pointer[T]
}

// of returns what is kept of node i, of so many nodes, or makes it. Of several who ask at
// once each may make it, so it must come out the same.
func (p *perNode[T]) of(i int32, nodes int, read func() T) T {
	p.room.Do(func() { p.kept = make([]atomic.Pointer[T], nodes) })
	if x := p.kept[i].Load(); x != nil {
		return *x
	}
	x := read()
	p.kept[i].Store(&x)
	return x
}

// node is what analysis needs of a node. Sets of capacities are bits in the
// order of the vocabulary.
type node struct {
	id              graph.ID
	name            string
	place           string // as written
	folded          string // place, folded, to compare by
	kind            uint8
	horizon         graph.Horizon
	format          graph.EventFormat
	closed          bool // ended coalition or campaign, resolved issue, organization dissolved by the day or founded later
	offered, needed uint32
	date            int32   // of an event
	confirmed       int32   // day of the last confirmation, else of the last change; 0 unknown
	gone            bool    // taken away by What If
	words           []int32 // its words that others use too, see Index.vocabulary
}

// traits are what two nodes are compared by beside what they share, side by side since
// that is done for very many pairs.
type traits struct {
	place           uint32 // a number for each place, 0 unknown
	offered, needed uint32
}

// link is what analysis needs of a link.
type link struct {
	id           graph.ID
	from, to     int32
	kind         uint8
	strength     uint8 // 1 to 5; links that do not say count as middling
	state        graph.LinkState
	ended        bool
	against      bool // works against the issue
	silent       bool // an observer or funder: present, but not a member in what it offers
	since, until graph.Date
	lastHeld     int32 // last day it held, or took place; today for what goes on
	confirmed    int32 // day of the last confirmation, 0 unknown
	capacity     uint32
	weight       uint8 // of DRIVES, severity of AFFECTED_BY, power of TARGETS; 0 not said
	stance       int8  // of a target, newest reading
	read         bool  // there is a reading
	contacts     []int32
}

// adjacency lists the links of each node: those of node i are
// link[start[i]:start[i+1]], in order of number, a link to itself once; to holds
// the node at the other end of each.
type adjacency struct{ start, link, to []int32 }

func (a *adjacency) of(i int32) []int32 { return a.link[a.start[i]:a.start[i+1]] }

// ends are the nodes at the other ends of the links of node i.
func (a *adjacency) ends(i int32) []int32 { return a.to[a.start[i]:a.start[i+1]] }

// kinds, as positions in the catalogue.
var (
	organization, individual, issue   = nodeKind(graph.KindOrganization), nodeKind(graph.KindIndividual), nodeKind(graph.KindIssue)
	coalition, campaign, action       = nodeKind(graph.KindCoalition), nodeKind(graph.KindCampaign), nodeKind(graph.KindAction)
	event, community                  = nodeKind(graph.KindEvent), nodeKind(graph.KindCommunity)
	source, story                     = nodeKind(graph.KindSource), nodeKind(graph.KindStory)
	memberOf, affiliatedWith, partOf  = linkKind(graph.MEMBER_OF), linkKind(graph.AFFILIATED_WITH), linkKind(graph.PART_OF)
	worksOn, drives, alliedWith       = linkKind(graph.WORKS_ON), linkKind(graph.DRIVES), linkKind(graph.ALLIED_WITH)
	inDialogueWith, affectedBy        = linkKind(graph.IN_DIALOGUE_WITH), linkKind(graph.AFFECTED_BY)
	represents, leads, supports       = linkKind(graph.REPRESENTS), linkKind(graph.LEADS), linkKind(graph.SUPPORTS)
	targets, influences, tookPartIn   = linkKind(graph.TARGETS), linkKind(graph.INFLUENCES), linkKind(graph.TOOK_PART_IN)
	funds, about                      = linkKind(graph.FUNDS), linkKind(graph.ABOUT)
	capacities                        = vocabulary("Capacity")
	middling, halfLife, coldAfter     = 3.0, 730.0, 2 * 730.0
	confirmedTrust, claimedTrust, odd = 1.0, 0.8, 0.3
)

func nodeKind(k graph.NodeKind) uint8 {
	return uint8(slices.IndexFunc(graph.NodeKinds(), func(i *graph.NodeInfo) bool { return i.Kind == k }))
}

func linkKind(k graph.LinkKind) uint8 {
	return uint8(slices.IndexFunc(graph.LinkKinds(), func(i *graph.LinkInfo) bool { return i.Kind == k }))
}

func vocabulary(name string) []string {
	for _, v := range graph.Vocabularies() {
		if v.Name == name {
			return v.Values
		}
	}
	panic("analysis: no vocabulary " + name)
}

// NewIndex reads what the view shows on its day, and which links had ended by
// then. It takes time in proportion to the visible network.
func NewIndex(v *graph.View) *Index { return NewIndexWith(v, fitted) }

// NewIndexWith is NewIndex with other coefficients, for fitting and measuring them.
func NewIndexWith(v *graph.View, c Coefficients) *Index {
	return readIndex(context.Background(), v, c)
}

// ReadIndex is NewIndex that gives up when the context ends.
func ReadIndex(ctx context.Context, v *graph.View) (*Index, error) {
	ix := readIndex(ctx, v, fitted)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return ix, nil
}

// readIndex leaves off where it is when the context ends.
func readIndex(ctx context.Context, v *graph.View, c Coefficients) *Index {
	g := v.Past()
	ix := &Index{day: v.Day(), today: int32(v.Day().Days()), tune: &c}
	ix.nodes = make([]node, len(g.IDs))
	ix.links = make([]link, len(g.Links))
	read := func(n int, one func(int)) { _ = during(ctx, n, 1<<8, func() func(int) { return one }) }
	read(len(ix.nodes), func(i int) { ix.nodes[i] = readNode(g.Node(int32(i)), g.Kinds[i], ix.day) })
	read(len(ix.links), func(i int) { ix.links[i] = ix.readLink(g.Link(int32(i)), g.Links[i], g.Ended[i]) })
	if ctx.Err() != nil {
		return ix
	}
	if ix.readWords(g, read); ctx.Err() != nil {
		return ix
	}
	ix.build()
	return ix
}

// build makes all that is derived from nodes and links.
func (ix *Index) build() {
	ix.traits = make([]traits, len(ix.nodes))
	places := map[string]uint32{"": 0}
	for i := range ix.nodes {
		n := &ix.nodes[i]
		place, known := places[n.folded]
		if !known {
			place = uint32(len(places))
			places[n.folded] = place
		}
		ix.traits[i] = traits{place, n.offered, n.needed}
	}
	together(
		func() { ix.reps = ix.makeGroups() }, // what takes longest
		func() { ix.tied = ix.makeTies() },
		func() { ix.ever = ix.adjacent(func(*link) bool { return true }) },
		func() { ix.live = ix.adjacent(func(l *link) bool { return !l.ended }) },
	)
}

func (ix *Index) adjacent(keep func(*link) bool) adjacency {
	a := adjacency{start: make([]int32, len(ix.nodes)+1)}
	each := func(visit func(node, link int32)) {
		for i := range ix.links {
			l := &ix.links[i]
			if keep(l) {
				visit(l.from, int32(i))
				if l.to != l.from {
					visit(l.to, int32(i))
				}
			}
		}
	}
	each(func(n, _ int32) { a.start[n+1]++ })
	for i := range ix.nodes {
		a.start[i+1] += a.start[i]
	}
	a.link, a.to = make([]int32, a.start[len(ix.nodes)]), make([]int32, a.start[len(ix.nodes)])
	next := slices.Clone(a.start)
	each(func(n, l int32) {
		a.link[next[n]], a.to[next[n]] = l, ix.links[l].far(n)
		next[n]++
	})
	return a
}

func readNode(n graph.Node, kind uint8, day graph.Date) node {
	b := n.Core()
	out := node{id: b.ID, name: b.Name, place: b.Place, folded: graph.Fold(b.Place), kind: kind, confirmed: dayOf(b.LastConfirmedAt)}
	if out.confirmed == 0 {
		out.confirmed = dayOf(b.UpdatedAt)
	}
	switch n := n.(type) {
	case *graph.Organization:
		out.offered, out.needed = setOf(n.CapacitiesOffered), setOf(n.CapacitiesNeeded)
		out.closed = n.Dissolved != 0 && n.Dissolved.First() <= day || n.Founded.First() > day
	case *graph.Individual:
		out.offered = setOf(n.CapacitiesOffered)
	case *graph.Issue:
		out.horizon, out.closed = n.Horizon, n.Status == "RESOLVED"
	case *graph.Coalition:
		out.needed, out.closed = setOf(n.CapacitiesNeeded), n.Status == "ENDED"
	case *graph.Campaign:
		out.needed, out.horizon = setOf(n.CapacitiesNeeded), n.Horizon
		out.closed = n.Status == "WON" || n.Status == "LOST" || n.Status == "ENDED"
	case *graph.Event:
		out.date, out.format = int32(n.Date.Days()), n.Format
	}
	return out
}

func (ix *Index) readLink(l *graph.Link, at graph.GraphLink, ended bool) link {
	out := link{id: l.ID, from: at.From, to: at.To, kind: at.Kind, strength: at.Strength, state: l.State, ended: ended,
		since: l.Since, until: l.Until, lastHeld: ix.today, confirmed: dayOf(l.LastConfirmedAt)}
	if out.strength == 0 {
		out.strength = uint8(middling)
	}
	if ended {
		out.lastHeld = int32(l.Until.Last().Days())
		out.ended = at.Kind != tookPartIn // who took part in what is over has still taken part
	}
	switch d := l.Details.(type) {
	case *graph.Membership:
		out.silent = d.Role == "OBSERVER" || d.Role == "FUNDER"
	case *graph.Work:
		out.against = d.Stance == "AGAINST"
		if d.Capacity != "" {
			out.capacity = setOf([]graph.Capacity{d.Capacity})
		}
	case *graph.Drive:
		out.weight = uint8(d.Weight)
	case *graph.Affliction:
		out.weight = uint8(d.Severity)
	case *graph.Dialogue:
		for _, c := range d.Contacts {
			if day := int32(c.Date.Days()); c.Date != 0 && day <= ix.today {
				out.contacts = append(out.contacts, day)
			}
		}
		slices.Sort(out.contacts)
		if n := len(out.contacts); n > 0 {
			out.lastHeld = min(out.lastHeld, out.contacts[n-1])
		}
	case *graph.Targeting:
		for _, r := range d.Readings {
			if r.Date == 0 || int32(r.Date.Days()) <= ix.today {
				out.weight, out.stance, out.read = uint8(r.Power), int8(r.Stance), true
			}
		}
	}
	if e := &ix.nodes[at.To]; at.Kind == tookPartIn && e.date != 0 {
		out.lastHeld = min(out.lastHeld, e.date)
	}
	return out
}

func dayOf(t time.Time) int32 {
	if t.IsZero() {
		return 0
	}
	return int32(graph.DateOf(t).Days())
}

func setOf(list []graph.Capacity) (set uint32) {
	for _, c := range list {
		if i := slices.Index(capacities, string(c)); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// trust is how far a link's state lets it count.
func (l *link) trust() float64 {
	switch l.state {
	case graph.CONFIRMED:
		return confirmedTrust
	case graph.DISPUTED:
		return odd
	}
	return claimedTrust
}

// decay halves what is half a life old: 2^(−age/h), age in days since the link last held.
func (ix *Index) decay(l *link, h float64) float64 {
	return math.Exp2(-float64(max(0, ix.today-l.lastHeld)) / h)
}

// mass is the weight of a link as evidence: strength/3 · 2^(−age/h) · trust.
func (ix *Index) mass(l *link, h float64) float64 {
	m := float64(l.strength) / middling
	m = float64(m * ix.decay(l, h))
	return float64(m * l.trust())
}

// Day returns the day the index answers for.
func (ix *Index) Day() graph.Date { return ix.day }

// number returns the number of a node, false when it is hidden or absent.
func (ix *Index) number(id graph.ID) (int32, bool) {
	// By place: a node is large to hand over.
	i, ok := sort.Find(len(ix.nodes), func(i int) int { return strings.Compare(string(id), string(ix.nodes[i].id)) })
	return int32(i), ok && !ix.nodes[i].gone
}

// find is number with the error to show for a field.
func (ix *Index) find(id graph.ID, field string) (int32, error) {
	i, ok := ix.number(id)
	if !ok {
		return 0, graph.Errorf(graph.NOT_FOUND, "nothing you can see has this id").At(field)
	}
	return i, nil
}

func (ix *Index) isActor(i int32) bool {
	k := ix.nodes[i].kind
	return k == organization || k == individual || k == coalition
}

func (ix *Index) ids(nodes []int32) []graph.ID {
	out := make([]graph.ID, len(nodes))
	for k, i := range nodes {
		out[k] = ix.nodes[i].id
	}
	return out
}

func (ix *Index) linkIDs(links []int32) []graph.ID {
	out := make([]graph.ID, len(links))
	for k, i := range links {
		out[k] = ix.links[i].id
	}
	return out
}

// far returns the end of link l that is not i.
func (l *link) far(i int32) int32 {
	if l.from == i {
		return l.to
	}
	return l.from
}

// each calls yield for the live links of kind that start at i (out) or end
// there, with the node at the other end.
func (ix *Index) each(i int32, kind uint8, out bool, yield func(link, other int32)) {
	for _, k := range ix.live.of(i) {
		l := &ix.links[k]
		if l.kind == kind && (out && l.from == i || !out && l.to == i) {
			yield(k, l.far(i))
		}
	}
}

// round brings a score to the precision that ranks are made at, 1e-9.
func round(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// median of positive numbers: the mean of the middle two of an even count, 0 of none.
// It moves the numbers about.
func median(list []float64) float64 {
	list = slices.DeleteFunc(list, func(x float64) bool { return x <= 0 })
	n := len(list)
	if n == 0 {
		return 0
	}
	upper := nth(list, n/2)
	if n%2 == 1 {
		return upper
	}
	return (slices.Max(list[:n/2]) + upper) / 2
}

// nth puts the numbers below and above place k of their order on either side of it, and
// returns the one that belongs there (Hoare 1961).
func nth(list []float64, k int) float64 {
	for from, to := 0, len(list)-1; ; {
		if to-from < 16 {
			slices.Sort(list[from : to+1])
			return list[k]
		}
		a, b, c := list[from], list[(from+to)/2], list[to]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := from, to
		for i <= j {
			for list[i] < pivot {
				i++
			}
			for list[j] > pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			to = j
		case k >= i:
			from = i
		default:
			return list[k]
		}
	}
}

// squash maps an amount of evidence into [0,1): x / (x + half).
func squash(x, half float64) float64 {
	if x <= 0 {
		return 0
	}
	return x / (x + half)
}

// Size returns how many nodes and links the index holds.
func (ix *Index) Size() (nodes, links int) { return len(ix.nodes), len(ix.links) }
