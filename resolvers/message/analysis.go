package message

import (
	"slices"
	"strconv"

	"weft/graph"
	"weft/graph/analysis"
)

// The answers of package analysis name nodes and links by their ids. Here they
// are answered as the view that was asked shows them.

func nodesOf(v *graph.View, ids []graph.ID) []graph.Node {
	out := make([]graph.Node, 0, len(ids))
	for _, id := range ids {
		if n := v.Node(id); n != nil {
			out = append(out, n)
		}
	}
	return out
}

func linksOf(v *graph.View, ids []graph.ID) []*graph.Link {
	out := make([]*graph.Link, 0, len(ids))
	for _, id := range ids {
		if l := v.Link(id); l != nil {
			out = append(out, l)
		}
	}
	return out
}

func each[T, U any](list []T, as func(T) U) []U {
	out := make([]U, len(list))
	for k, x := range list {
		out[k] = as(x)
	}
	return out
}

func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Gap is something missing, with what speaks for it and what to do.
type Gap struct {
	ID           graph.ID
	Kind         analysis.GapKind
	Title        analysis.Message
	Score        float64
	Likelihood   *float64 // nil where the gap is no suggestion, and where it cannot be told
	Value        *float64
	Introduction *Introduction // of the two it is about, as far as the viewer sees it
	NextStep     NextStep

	view *graph.View
	gap  analysis.Gap
}

// NewGap answers a gap from a view.
func NewGap(v *graph.View, g analysis.Gap, i *Introduction) *Gap {
	out := &Gap{ID: g.ID, Kind: g.Kind, Title: g.Title, Score: g.Score, Introduction: i, NextStep: NextStep{g.NextStep.Message, g.NextStep.Who, v}, view: v, gap: g}
	if g.Kind.IsSuggestion() {
		out.Likelihood, out.Value = told(g.Likelihood), &g.Value
	}
	return out
}

// told is a likelihood as it is answered: nil for none.
func told(likelihood float64) *float64 {
	if likelihood == 0 {
		return nil
	}
	return &likelihood
}

// Nodes are what it is about.
func (g *Gap) Nodes() []graph.Node { return nodesOf(g.view, g.gap.Nodes) }

// Links are the ties it is about.
func (g *Gap) Links() []*graph.Link { return linksOf(g.view, g.gap.Links) }

// Reasons are what speaks for it, the weightiest first.
func (g *Gap) Reasons() []Reason { return reasonsOf(g.view, g.gap.Reasons) }

// Worth is what the tie or membership would give.
func (g *Gap) Worth() []Reason { return reasonsOf(g.view, g.gap.Worth) }

// Reason is one piece of evidence.
type Reason struct {
	Message analysis.Message
	Amount  float64
	Share   float64

	view   *graph.View
	reason analysis.Reason
}

func reasonsOf(v *graph.View, list []analysis.Reason) []Reason {
	return each(list, func(r analysis.Reason) Reason { return Reason{r.Message, r.Amount, r.Share, v, r} })
}

// Nodes are what it rests on.
func (r Reason) Nodes() []graph.Node { return nodesOf(r.view, r.reason.Nodes) }

// Links are what it rests on.
func (r Reason) Links() []*graph.Link { return linksOf(r.view, r.reason.Links) }

// NextStep is what to do about a gap.
type NextStep struct {
	Message analysis.Message

	who  []graph.ID
	view *graph.View
}

// Who could do it, the best first.
func (s NextStep) Who() []graph.Node { return nodesOf(s.view, s.who) }

// Path is a way from one node to another in words.
type Path struct {
	Steps    []analysis.Message
	Strength float64

	view *graph.View
	path *analysis.Path
}

// NewPath answers a path from a view, nil for none.
func NewPath(v *graph.View, p *analysis.Path) *Path {
	if p == nil {
		return nil
	}
	return &Path{present(p.Steps), p.Strength, v, p}
}

// Nodes are those it goes through, both ends included.
func (p *Path) Nodes() []graph.Node { return nodesOf(p.view, p.path.Nodes) }

// Links are those it goes over.
func (p *Path) Links() []*graph.Link { return linksOf(p.view, p.path.Links) }

// Ally is somebody who would be an ally and is not yet.
type Ally struct {
	Score      float64
	Likelihood *float64 // nil where it cannot be told
	Value      float64
	NextStep   NextStep
	Path       *Path

	view *graph.View
	s    analysis.Suggestion
}

// NewAlly answers a suggestion from a view, its path left to be filled in.
func NewAlly(v *graph.View, s analysis.Suggestion) *Ally {
	return &Ally{s.Score, told(s.Likelihood), s.Value, NextStep{s.NextStep.Message, s.NextStep.Who, v}, nil, v, s}
}

// Node is the ally.
func (a *Ally) Node() graph.Node { return a.view.Node(a.s.To) }

// Reasons are what speaks for the tie.
func (a *Ally) Reasons() []Reason { return reasonsOf(a.view, a.s.Reasons) }

// Worth is what the tie would give.
func (a *Ally) Worth() []Reason { return reasonsOf(a.view, a.s.Worth) }

// CommonGround is what several nodes share.
type CommonGround struct {
	Places     []string
	Capacities []graph.Capacity

	list  string
	view  *graph.View
	nodes []analysis.Shared
}

// NewCommonGround answers what nodes share from a view. Here and below, question
// tells the lists within the answer from those of other questions.
func NewCommonGround(v *graph.View, question string, c *analysis.Common) *CommonGround {
	return &CommonGround{present(c.Places), each(c.Capacities, func(s string) graph.Capacity { return graph.Capacity(s) }), question, v, c.Nodes}
}

// Shared is a page of what they are linked with.
func (c *CommonGround) Shared(first *int, after *string) (*SharedConnection, error) {
	p, err := graph.PageOf(c.view, c.list, c.nodes, func(s analysis.Shared) string { return string(s.Node) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, func(s analysis.Shared) *Shared { return &Shared{s.Score, c.view, s} }), nil
}

// Shared is one thing that several nodes are linked with.
type Shared struct {
	Score float64

	view   *graph.View
	shared analysis.Shared
}

// Node is what they are linked with.
func (s *Shared) Node() graph.Node { return s.view.Node(s.shared.Node) }

// By lists which of those asked for are linked with it.
func (s *Shared) By() []graph.Node { return nodesOf(s.view, s.shared.By) }

// Links are those that link them.
func (s *Shared) Links() []*graph.Link { return linksOf(s.view, s.shared.Links) }

// Coverage is a matrix of who covers what. Counts, Expected and Holes are row by
// row; Expected and Holes are 0 where a cell has too few to say anything.
type Coverage struct {
	Rows, Columns []CoverageEntry
	Groups        int
	Counts        []int
	Expected      []float64
	Holes         []float64

	list  string
	view  *graph.View
	cells []analysis.Cell
}

// NewCoverage answers a matrix from a view.
func NewCoverage(v *graph.View, question string, c *analysis.Coverage) *Coverage {
	entry := func(e analysis.Entry) CoverageEntry { return CoverageEntry{e.Label, e.Total, e.Need, e.Node, v} }
	out := &Coverage{Rows: each(c.Rows, entry), Columns: each(c.Columns, entry), Groups: c.Groups, list: question, view: v, cells: slices.Clone(c.Cells)}
	size := len(c.Rows) * len(c.Columns)
	out.Counts, out.Expected, out.Holes = make([]int, size), make([]float64, size), make([]float64, size)
	for _, x := range c.Cells {
		k := x.Row*len(c.Columns) + x.Column
		out.Counts[k], out.Expected[k], out.Holes[k] = len(x.Groups), x.Expected, x.Hole
	}
	slices.SortStableFunc(out.cells, func(a, b analysis.Cell) int {
		switch {
		case a.Hole > b.Hole:
			return -1
		case a.Hole < b.Hole:
			return 1
		}
		return 0
	})
	return out
}

// Cells is a page of cells, the largest hole first.
func (c *Coverage) Cells(holes *bool, first *int, after *string) (*CoverageCellConnection, error) {
	cells, list := c.cells, c.list
	if orZero(holes) {
		list += "holes"
		cells = cells[:slices.IndexFunc(append(slices.Clone(cells), analysis.Cell{}), func(x analysis.Cell) bool { return x.Hole == 0 })]
	}
	p, err := graph.PageOf(c.view, list, cells, func(x analysis.Cell) string { return strconv.Itoa(x.Row) + "x" + strconv.Itoa(x.Column) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, c.cell), nil
}

// Cell is one cell, nil where nobody is and nothing is missing.
func (c *Coverage) Cell(row, column int) *CoverageCell {
	k := slices.IndexFunc(c.cells, func(x analysis.Cell) bool { return x.Row == row && x.Column == column })
	if k < 0 {
		return nil
	}
	return c.cell(c.cells[k])
}

func (c *Coverage) cell(x analysis.Cell) *CoverageCell {
	out := &CoverageCell{Row: x.Row, Column: x.Column, Weak: x.Weak, Expected: x.Expected, Hole: x.Hole, Suppressed: x.Suppressed, view: c.view, cell: x}
	if x.Reason.Key != "" {
		out.Reason = &x.Reason
	}
	return out
}

// CoverageEntry is a row or column.
type CoverageEntry struct {
	Label string
	Total int
	Need  float64

	node graph.ID
	view *graph.View
}

// Node is the node it stands for, nil for capacities, places and horizons.
func (e CoverageEntry) Node() graph.Node { return e.view.Node(e.node) }

// CoverageCell is one crossing.
type CoverageCell struct {
	Row, Column, Weak int
	Expected, Hole    float64
	Suppressed        bool
	Reason            *analysis.Message

	view *graph.View
	cell analysis.Cell
}

// Groups are in both row and column.
func (c *CoverageCell) Groups() []graph.Node { return nodesOf(c.view, c.cell.Groups) }

// Nearest are those who could most easily fill the hole.
func (c *CoverageCell) Nearest() []graph.Node { return nodesOf(c.view, c.cell.Nearest) }

// Brokers are nodes by how much they stand between others.
type Brokers struct {
	Basis analysis.Reading
	Exact bool
	Error float64

	list    string
	view    *graph.View
	brokers []analysis.Broker
}

// NewBrokers answers brokers from a view.
func NewBrokers(v *graph.View, question string, b *analysis.Brokers) *Brokers {
	return &Brokers{b.Reading, b.Exact, b.Error, question, v, b.Nodes}
}

// Brokers is a page of them.
func (b *Brokers) Brokers(first *int, after *string) (*BrokerConnection, error) {
	p, err := graph.PageOf(b.view, b.list, b.brokers, func(x analysis.Broker) string { return string(x.Node) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, func(x analysis.Broker) *Broker {
		return &Broker{x.Betweenness, x.Constraint, x.EffectiveSize, x.Degree, x.Core, x.Cut, x.Roles, x.Node, b.view}
	}), nil
}

// Broker is a node by how it stands between others.
type Broker struct {
	Betweenness, Constraint, EffectiveSize float64
	Degree, Core                           int
	Cut                                    bool
	Roles                                  analysis.Roles

	node graph.ID
	view *graph.View
}

// Node is the broker.
func (b *Broker) Node() graph.Node { return b.view.Node(b.node) }

// Groups are the groups of a network.
type Groups struct {
	Basis      analysis.Reading
	Alone      int
	Modularity float64

	list   string
	view   *graph.View
	groups []analysis.Community
}

// NewGroups answers groups from a view.
func NewGroups(v *graph.View, question string, c *analysis.Communities) *Groups {
	return &Groups{c.Reading, c.Alone, c.Modularity, question, v, c.Groups}
}

// Groups is a page of them, the largest first.
func (g *Groups) Groups(first *int, after *string) (*GroupConnection, error) {
	p, err := graph.PageOf(g.view, g.list, g.groups, func(c analysis.Community) string { return string(c.ID) + string(c.Nodes[0]) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, func(c analysis.Community) *Group { return &Group{c.ID, c.Name, len(c.Nodes), g.view, c} }), nil
}

// Group is nodes that are linked more among themselves than chance would have it.
type Group struct {
	ID   graph.ID
	Name analysis.Message
	Size int

	view  *graph.View
	group analysis.Community
}

// Members is a page of its nodes.
func (g *Group) Members(first *int, after *string) (*NodeConnection, error) {
	p, err := graph.PageOf(g.view, "members "+string(g.ID), g.group.Nodes, func(id graph.ID) string { return string(id) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, g.view.Node), nil
}

// Issues are what it works on more than the network does.
func (g *Group) Issues() []graph.Node { return nodesOf(g.view, g.group.Issues) }

// Health is the state of a network in numbers.
type Health struct {
	*analysis.Health
	view *graph.View
}

// NewHealth answers the state of a network from a view.
func NewHealth(v *graph.View, h *analysis.Health) *Health { return &Health{h, v} }

// HubNode is the best-tied node, nil when there are no ties.
func (h *Health) HubNode() graph.Node { return h.view.Node(h.Hub) }

// Comparison is what differs between two states of the network. Added and ended
// links and all gaps are answered from the views they are seen in.
type Comparison struct {
	Before, After *Health
	Sentence      analysis.Message

	list          string
	before, after *graph.View
	c             *analysis.Comparison
}

// NewComparison answers a comparison from the two views.
func NewComparison(before, after *graph.View, question string, c *analysis.Comparison) *Comparison {
	return &Comparison{NewHealth(before, c.Before), NewHealth(after, c.After), c.Sentence, question, before, after, c}
}

// Added is a page of the links that hold only after.
func (c *Comparison) Added(first *int, after *string) (*LinkConnection, error) {
	return pageOfLinks(c.after, c.list+"added", c.c.Added, first, after)
}

// Ended is a page of the links that hold only before.
func (c *Comparison) Ended(first *int, after *string) (*LinkConnection, error) {
	return pageOfLinks(c.before, c.list+"ended", c.c.Ended, first, after)
}

// pageOfLinks leaves out what was only supposed.
func pageOfLinks(v *graph.View, list string, ids []graph.ID, first *int, after *string) (*LinkConnection, error) {
	seen := slices.DeleteFunc(slices.Clone(ids), func(id graph.ID) bool { return v.Link(id) == nil })
	p, err := graph.PageOf(v, list, seen, func(id graph.ID) string { return string(id) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, v.Link), nil
}

// Strengthened is a page of the pairs whose ties grew stronger.
func (c *Comparison) Strengthened(first *int, after *string) (*PairConnection, error) {
	return c.pairs(c.list+"stronger", c.c.Strengthened, first, after)
}

// Weakened is a page of the pairs whose ties grew weaker.
func (c *Comparison) Weakened(first *int, after *string) (*PairConnection, error) {
	return c.pairs(c.list+"weaker", c.c.Weakened, first, after)
}

func (c *Comparison) pairs(list string, pairs [][2]graph.ID, first *int, after *string) (*PairConnection, error) {
	p, err := graph.PageOf(c.after, list, pairs, func(p [2]graph.ID) string { return string(p[0] + p[1]) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(p, func(p [2]graph.ID) *Pair { return &Pair{c.after.Node(p[0]), c.after.Node(p[1])} }), nil
}

// Opened is a page of the gaps that are there only after.
func (c *Comparison) Opened(first *int, after *string) (*GapConnection, error) {
	return c.gaps(c.after, c.list+"opened", c.c.Opened, first, after)
}

// Closed is a page of the gaps that are there only before.
func (c *Comparison) Closed(first *int, after *string) (*GapConnection, error) {
	return c.gaps(c.before, c.list+"closed", c.c.Closed, first, after)
}

func (c *Comparison) gaps(v *graph.View, list string, gaps []analysis.Gap, first *int, after *string) (*GapConnection, error) {
	p, err := graph.PageOf(v, list, gaps, func(g analysis.Gap) string { return string(g.ID) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return &GapConnection{graph.MapPage(p, func(g analysis.Gap) *Gap { return NewGap(v, g, nil) }), c.c.Limited}, nil
}

// Pair is two nodes that are tied.
type Pair struct{ A, B graph.Node }

// Influence is how a campaign can reach one of its targets.
type Influence struct {
	Power, Stance int
	Strength      float64
	Weak          bool
	Path          *Path

	target graph.ID
	view   *graph.View
}

// NewInfluence answers an influence from a view.
func NewInfluence(v *graph.View, f analysis.Influence) *Influence {
	return &Influence{f.Power, f.Stance, f.Strength, f.Weak, NewPath(v, f.Path), f.Target, v}
}

// Target is who is to be moved.
func (f *Influence) Target() graph.Node { return f.view.Node(f.target) }

// Holder is a member whose leaving would part a coalition.
type Holder struct {
	Sizes []int

	node graph.ID
	view *graph.View
}

// NewHolder answers a holder from a view.
func NewHolder(v *graph.View, h analysis.Holder) Holder {
	return Holder{each(h.Parts, func(p []graph.ID) int { return len(p) }), h.Node, v}
}

// Node is the member.
func (h Holder) Node() graph.Node { return h.view.Node(h.node) }

func orZero[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}

// GapList is which list of gaps is wanted.
type GapList string

// The lists of gaps: all with the best of every kind first, or the suggestions
// that are likely, or those that would give most.
const (
	GapsAll      GapList = "ALL"
	GapsReady    GapList = "READY"
	GapsBridging GapList = "BRIDGING"
)

// Progress is how far a question has come: what it waits for, and how much of that
// is done, from 0 to 1.
type Progress struct {
	Part  ProgressPart
	Share float64
}

// ProgressPart is what a question waits for.
type ProgressPart string

// What a question waits for: others' questions, the index of the network, or its own answer.
const (
	ProgressWaiting   ProgressPart = "WAITING"
	ProgressReading   ProgressPart = "READING"
	ProgressAnswering ProgressPart = "ANSWERING"
)

// Projection is a two-mode network read in one mode: pairs of actors and how
// many groups they share.
type Projection struct {
	Memberships, Groups, Actors int

	list  string
	view  *graph.View
	pairs []SharedPair
}

// SharedPair is two actors and how many groups they share.
type SharedPair struct {
	Groups int

	a, b graph.ID
	view *graph.View
}

// A is one of the two.
func (p *SharedPair) A() graph.Node { return p.view.Node(p.a) }

// B is the other.
func (p *SharedPair) B() graph.Node { return p.view.Node(p.b) }

// NewProjection answers a projection from a view, those pairs first that share most.
func NewProjection(v *graph.View, question string, p *analysis.Projection) *Projection {
	out := &Projection{Memberships: p.Memberships, Groups: p.Groups, Actors: p.Size(), list: question, view: v}
	for i := range p.IDs {
		for k := p.Start[i]; k < p.Start[i+1]; k++ {
			if j := p.To[k]; int(j) > i {
				out.pairs = append(out.pairs, SharedPair{int(p.Weight[k]), p.IDs[i], p.IDs[j], v})
			}
		}
	}
	slices.SortStableFunc(out.pairs, func(a, b SharedPair) int { return b.Groups - a.Groups })
	return out
}

// Pairs is a page of the pairs that share a group.
func (p *Projection) Pairs(first *int, after *string) (*SharedPairConnection, error) {
	page, err := graph.PageOf(p.view, p.list, p.pairs, func(x SharedPair) string { return string(x.a + x.b) }, orZero(first), orZero(after))
	if err != nil {
		return nil, err
	}
	return graph.MapPage(page, func(x SharedPair) *SharedPair { return &x }), nil
}
