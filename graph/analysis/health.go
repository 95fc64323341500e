package analysis

import (
	"cmp"
	"context"
	"slices"

	"weft/graph"
)

// Health is the state of a network in numbers, on a reading and a day.
type Health struct {
	Reading     Reading
	Day         graph.Date
	Nodes       int
	Ties        int
	Density     float64 // ties / possible ties
	Components  int
	Giant       float64 // part of nodes in the largest component
	Alone       int     // nodes without ties
	Reach       float64 // mean part of the others within two steps
	Hub         graph.ID
	HubShare    float64 // part of ties that the best-tied node has
	Core        int     // nodes in the innermost core
	CoreNumber  int     // and its number
	Periphery   int     // nodes with one tie or none
	Closure     float64 // part of pairs with a partner in common that are tied
	Resilience  float64 // mean giant part while the best-tied tenth leaves, one by one
	CutPoints   int
	Sentence    Message
	Communities int
}

// HealthOf measures the network.
func (ix *Index) HealthOf(ctx context.Context, r Reading) (*Health, error) {
	n, err := ix.parted(part(ctx, 0, .3), r)
	if err != nil {
		return nil, err
	}
	size := n.Size()
	h := &Health{Reading: r, Day: ix.day, Nodes: size, Ties: n.Pairs()}
	if size == 0 {
		h.Sentence = Message{"health.empty", nil}
		return h, nil
	}
	if size > 1 {
		h.Density = round(float64(h.Ties) / (float64(size) * float64(size-1) / 2))
	}
	_, sizes := n.Components()
	h.Components, h.Giant = len(sizes), round(float64(sizes[0])/float64(size))
	cores := n.Cores()
	h.CoreNumber = slices.Max(cores)
	best, around := int32(0), make([]int32, size)
	reached, triples, closed := 0, 0, 0
	for i := range int32(size) {
		d := n.degree(i)
		if d > n.degree(best) {
			best = i
		}
		switch d {
		case 0:
			h.Alone++
			h.Periphery++
		case 1:
			h.Periphery++
		}
		if cores[i] == h.CoreNumber && h.CoreNumber > 0 {
			h.Core++
		}
		if i%256 == 0 {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			tell(ctx, .3+.7*float64(i)/float64(size))
		}
		reached += n.within(i, around)
		triples += d * (d - 1)
		for _, j := range n.of(i) {
			closed += len(common(n.of(i), n.of(j)))
		}
	}
	if triples > 0 {
		h.Closure = round(float64(closed) / float64(triples))
	}
	if size > 1 {
		h.Reach = round(float64(reached) / float64(size) / float64(size-1))
	}
	h.Hub = n.IDs[best]
	if h.Ties > 0 {
		h.HubShare = round(float64(n.degree(best)) / float64(h.Ties))
	}
	points, _ := n.Cuts()
	h.CutPoints = len(points)
	h.Resilience = n.resilience()
	count := make([]int, size)
	for _, c := range n.in {
		count[c]++
	}
	for _, c := range count {
		if c > 1 {
			h.Communities++
		}
	}
	hub, _ := ix.number(h.Hub)
	h.Sentence = Message{"health", []Arg{argCount("nodes", size), argCount("ties", h.Ties), argPercent("giant", h.Giant),
		argCount("alone", h.Alone), argPercent("hubShare", h.HubShare), ix.argNode("hub", hub)}}
	return h, nil
}

// within counts the nodes one or two steps from i; met is scratch, one number a node.
func (n *Net) within(i int32, met []int32) (count int) {
	stamp := i + 1
	met[i] = stamp
	for _, j := range n.of(i) {
		met[j] = stamp
	}
	count = n.degree(i)
	for _, j := range n.of(i) {
		for _, k := range n.of(j) {
			if met[k] != stamp {
				met[k] = stamp
				count++
			}
		}
	}
	return count
}

// resilience is the mean part of nodes in the largest component while the
// best-tied tenth leaves, by union-find over the leaving read backwards.
func (n *Net) resilience() float64 {
	size := n.Size()
	order := identity(size)
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(n.degree(b), n.degree(a)) })
	leave := (size + 9) / 10
	root, count, here := identity(size), make([]int, size), make([]bool, size)
	find := func(i int32) int32 {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	largest, sum := 0, 0
	for k := size - 1; k >= 0; k-- {
		if k < leave {
			sum += largest // after k+1 have left
		}
		i := order[k]
		here[i], count[i] = true, 1
		largest = max(largest, 1)
		for _, j := range n.of(i) {
			if a, b := find(i), find(j); here[j] && a != b {
				root[b] = a
				count[a] += count[b]
				largest = max(largest, count[a])
			}
		}
	}
	return round(float64(sum) / float64(leave) / float64(size))
}

// Broker is a node by how it stands between others.
type Broker struct {
	Node          graph.ID
	Betweenness   float64
	Constraint    float64
	EffectiveSize float64
	Degree        int
	Core          int
	Cut           bool // its leaving would part its component
	Roles         Roles
}

// Brokers are nodes by betweenness, with what it was measured on.
type Brokers struct {
	Reading Reading
	Error   float64 // half width of the betweenness, 0 when exact
	Exact   bool
	Nodes   []Broker
}

// betweenness is that of a net, as soon as it is to be had; of ties it is kept, for brokers
// and for hubs.
func (ix *Index) betweenness(ctx context.Context, n *Net) (*Betweenness, error) {
	read := func() (*Betweenness, error) { return n.BetweennessSoon(ctx) }
	if n.Reading.ofTies() {
		return ix.memo.between.of(ctx, read)
	}
	return read()
}

// Brokers returns the nodes that stand between others, largest betweenness
// first, at most limit of them; it is exact when that is soon done. Roles are by Leiden
// groups of the same reading.
func (ix *Index) Brokers(ctx context.Context, r Reading, limit int) (*Brokers, error) {
	n, err := ix.parted(part(ctx, 0, .3), r)
	if err != nil {
		return nil, err
	}
	b, err := ix.betweenness(part(ctx, .3, 1), n.Net)
	if err != nil {
		return nil, err
	}
	constraint, effective, roles, cores := n.Constraint(), n.EffectiveSize(), n.BrokerageRoles(n.in), n.Cores()
	cut := map[int32]bool{}
	points, _ := n.Cuts()
	for _, p := range points {
		cut[p.Node] = true
	}
	out := &Brokers{Reading: r, Error: b.Error, Exact: b.Exact}
	order := identity(n.Size())
	slices.SortStableFunc(order, func(i, j int32) int { return compareDown(b.Value[i], b.Value[j]) })
	for _, i := range order[:min(len(order), limit)] {
		out.Nodes = append(out.Nodes, Broker{n.IDs[i], b.Value[i], constraint[i], effective[i], n.degree(i), cores[i], cut[i], roles[i]})
	}
	return out, nil
}
