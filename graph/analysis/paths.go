package analysis

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"weft/graph"
)

// Path is a way from one node to another, each step over a link in either
// direction, in words.
type Path struct {
	Nodes    []graph.ID
	Links    []graph.ID
	Steps    []Message
	Strength float64 // product of the weights of links and of groups passed through, in (0,1]; each link hands on nine tenths at best
}

// carries is the part of a message that the best of links hands on: a way over
// fewer links is better than one over more that are equally strong.
const carries = 0.9

// linkCost is −log of how well a link carries:
//
//	0.9 · strength/5 · 2^(−age/h) · trust
func (ix *Index) linkCost(k int32) float64 {
	l := &ix.links[k]
	w := float64(carries*float64(l.strength)) / 5
	w = float64(w * ix.decay(l, halfLife))
	return -math.Log(max(1e-6, float64(w*l.trust())))
}

// passCost is the cost of going through a node: nothing through an actor who
// can pass word on, ½·log of its links through all else, since a large issue or
// event joins those in it weakly.
func (ix *Index) passCost(i int32) float64 {
	if k := ix.nodes[i].kind; k == organization || k == individual {
		return 0
	}
	return math.Log(float64(len(ix.live.of(i)))) / 2
}

// tolls are the costs of links, in the order of the live links of nodes, and of going through
// nodes, in whole billionths, so that sums are exact in any order.
func (ix *Index) tolls() (links, nodes []float64) {
	t := ix.memo.tolls.once(func() *tolls {
		price, pass := make([]float64, len(ix.live.link)), make([]float64, len(ix.nodes))
		parallel(len(price), 1<<12, func() func(int) {
			return func(x int) { price[x] = billionths(ix.linkCost(ix.live.link[x])) }
		})
		for i := range pass {
			pass[i] = billionths(ix.passCost(int32(i)))
		}
		return &tolls{price, pass}
	})
	return t.links, t.nodes
}

type tolls struct{ links, nodes []float64 }

func billionths(x float64) float64 { return math.Round(x * 1e9) }

// pathOf says a path that starts at a node and follows links.
func (ix *Index) pathOf(from int32, links []int32) *Path {
	p := &Path{Links: ix.linkIDs(links), Nodes: make([]graph.ID, len(links)+1), Steps: make([]Message, len(links))}
	names, kinds, args := make([]string, len(links)+1), make([]string, len(links)), make([]Arg, 3*len(links))
	p.Nodes[0], names[0] = ix.nodes[from].id, ix.nodes[from].name
	cost, at := 0.0, from
	for n, k := range links {
		l := &ix.links[k]
		if n > 0 {
			cost += ix.passCost(at)
		}
		cost += ix.linkCost(k)
		key := "step.out"
		if l.from != at {
			key = "step.in"
		}
		at = l.far(at)
		p.Nodes[n+1], names[n+1], kinds[n] = ix.nodes[at].id, ix.nodes[at].name, string(graph.LinkKinds()[l.kind].Kind)
		end := func(name string, n int) Arg {
			return Arg{Name: name, Type: ArgNode, Nodes: p.Nodes[n : n+1], Names: names[n : n+1]}
		}
		p.Steps[n] = Message{key, append(args[3*n:3*n:3*n+3], end("from", n), argWords("kind", "LinkKind", kinds[n:n+1]...), end("to", n+1))}
	}
	p.Strength = round(math.Exp(-cost))
	return p
}

func (ix *Index) linkNumbers(p *Path) []int32 {
	out := make([]int32, len(p.Links))
	for k, id := range p.Links {
		n, _ := slices.BinarySearchFunc(ix.links, id, func(l link, id graph.ID) int { return cmp.Compare(l.id, id) })
		out[k] = int32(n)
	}
	return out
}

// MaxPaths bounds how many paths may be asked for.
const MaxPaths = 20

// PathOrder says which of two paths is the better one.
type PathOrder string

// The stronger path, or the one with fewer steps and of equals the stronger.
const (
	BY_STRENGTH PathOrder = "STRENGTH"
	BY_STEPS    PathOrder = "STEPS"
)

// Connections returns the k best paths between two nodes without loops, best
// first, over visible links that hold on the day: strong, fresh, confirmed links
// carry best. It is Yen's method (1971). By strength each detour is found by A* with the
// exact distances to the end, by steps in breadth.
func (ix *Index) Connections(ctx context.Context, from, to graph.ID, k int, by PathOrder) ([]*Path, error) {
	a, err := ix.find(from, "from")
	if err != nil {
		return nil, err
	}
	b, err := ix.find(to, "to")
	if err != nil {
		return nil, err
	}
	if k < 1 || k > MaxPaths {
		return nil, graph.Errorf(graph.INVALID, "%d paths are asked for; ask for 1 to %d", k, MaxPaths).At("limit")
	}
	if a == b {
		return nil, graph.Errorf(graph.INVALID, "both ends are the same; name two").At("to")
	}
	var found []way
	switch by {
	case BY_STRENGTH:
		room := pathRooms.Get().(*pathRoom)
		defer pathRooms.Put(room)
		found = ix.newYen(ctx, a, b, room).best(ctx, k)
	case BY_STEPS:
		s := steppers.Get().(*stepper)
		found = s.ready(ix, a, b).best(ctx, k)
		steppers.Put(s) // not what a panic left half done
	default:
		return nil, graph.Errorf(graph.INVALID, "no order of paths is called %q", by).At("by")
	}
	out := make([]*Path, len(found))
	for n, w := range found {
		out[n] = ix.pathOf(a, w.links)
	}
	return out, ctx.Err()
}

// Paths returns the strongest path from one node to each of others, nil where none leads there.
func (ix *Index) Paths(ctx context.Context, from graph.ID, to []graph.ID) ([]*Path, error) {
	out, failed := make([]*Path, len(to)), make([]error, len(to))
	err := during(ctx, len(to), 1, func() func(int) {
		return func(n int) {
			var found []*Path
			if found, failed[n] = ix.Connections(ctx, from, to[n], 1, BY_STRENGTH); len(found) > 0 {
				out[n] = found[0]
			}
		}
	})
	return out, cmp.Or(err, errors.Join(failed...))
}

// way is a path being compared: nodes, the links between them, what it costs.
type way struct {
	nodes []int32
	links []int32
	steps int // where fewer are better whatever they cost, else 0
	cost  float64
	from  int // where it leaves the path it is a detour of
}

func compareWays(a, b way) int {
	return cmp.Or(cmp.Compare(a.steps, b.steps), cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.links), len(b.links)), slices.Compare(a.nodes, b.nodes), slices.Compare(a.links, b.links))
}

// ledger is what a search knows of the nodes it has met, found by their number.
// It is small beside the network, and empty again at no cost.
type ledger struct {
	slots []entry // a power of two of them, at most half in use
	turn  uint32
	used  int
}

// entry is what a search knows of one node.
type entry struct {
	cost float64 // in billionths
	node int32
	by   int32 // the link over which it was met
	turn uint32
	done bool
}

func (l *ledger) empty() {
	if l.turn++; l.turn == 0 || len(l.slots) == 0 {
		l.slots, l.turn = make([]entry, 1<<10), 1
	}
	l.used = 0
}

// find returns the place of a node, in use or free.
func (l *ledger) find(node int32) *entry {
	mask := uint32(len(l.slots) - 1)
	for at := uint32(node) * 0x9E3779B1 >> 7 & mask; ; at = (at + 1) & mask {
		if e := &l.slots[at]; e.turn != l.turn || e.node == node {
			return e
		}
	}
}

// of returns what is known of a node, nil when it was not met.
func (l *ledger) of(node int32) *entry {
	if e := l.find(node); e.turn == l.turn {
		return e
	}
	return nil
}

// improve writes down a cost when it is the first for a node or less than the
// one before, and reports whether it was.
func (l *ledger) improve(node, by int32, cost float64) bool {
	e := l.find(node)
	if e.turn == l.turn {
		if e.done || cost >= e.cost {
			return false
		}
		e.cost, e.by = cost, by
		return true
	}
	*e = entry{cost: cost, node: node, by: by, turn: l.turn}
	if l.used++; 2*l.used > len(l.slots) {
		old := l.slots
		l.slots = make([]entry, 4*len(old))
		for _, e := range old {
			if e.turn == l.turn {
				*l.find(e.node) = e
			}
		}
	}
	return true
}

// pathRoom is the work space of one question.
type pathRoom struct {
	ahead, back frontier
	known       ledger // of a detour
	queue       queue
}

var pathRooms = sync.Pool{New: func() any { return new(pathRoom) }}

// frontier is one side of a search from both ends. Costs leave out going
// through the node itself.
type frontier struct {
	ix    *Index
	root  int32
	known ledger
	count int // nodes settled
	queue queue
	limit float64 // what the best way found so far costs: what costs as much alone leads nowhere better
}

func (f *frontier) begin(ix *Index, root int32) {
	f.ix, f.root, f.count, f.limit, f.queue = ix, root, 0, math.Inf(1), append(f.queue[:0], near{root, 0})
	f.known.empty()
	f.known.improve(root, -1, 0)
}

// step settles the next node and returns it.
func (f *frontier) step(tolls, pass []float64) (near, bool) {
	for len(f.queue) > 0 {
		n := f.queue.pop()
		e := f.known.find(n.node)
		if e.done {
			continue
		}
		e.done = true
		f.count++
		paid := n.value
		if n.node != f.root {
			paid += pass[n.node]
		}
		live := &f.ix.live
		for x := live.start[n.node]; x < live.start[n.node+1]; x++ {
			if c := paid + tolls[x]; c < f.limit && f.known.improve(live.to[x], live.link[x], c) {
				f.queue.push(near{live.to[x], c})
			}
		}
		return n, true
	}
	return near{}, false
}

// yen searches for paths from a to b. back holds the distance to b of nodes
// nearer than reach; for others reach itself is a bound that never overestimates.
type yen struct {
	ix        *Index
	a, b      int32
	room      *pathRoom
	tolls     []float64
	pass      []float64
	reach     float64
	connected bool
	limit     float64 // what the best path costs
}

// newYen searches from both ends at once until they meet (Pohl 1971), and
// keeps what the search from b has settled.
func (ix *Index) newYen(ctx context.Context, a, b int32, room *pathRoom) *yen {
	y := &yen{ix: ix, a: a, b: b, room: room}
	y.tolls, y.pass = ix.tolls()
	ahead, back := &room.ahead, &room.back
	ahead.begin(ix, a)
	back.begin(ix, b)
	best, first, last := math.Inf(1), 0.0, 0.0
	for turn := 0; first+last < best; turn++ {
		if turn%1024 == 0 && ctx.Err() != nil {
			return y
		}
		side, other := ahead, back
		if back.count <= ahead.count {
			side, other = back, ahead
		}
		n, ok := side.step(y.tolls, y.pass)
		if !ok {
			break
		}
		if side == ahead {
			first = n.value
		} else {
			last = n.value
		}
		if e := other.known.of(n.node); e != nil {
			c := n.value + e.cost
			if n.node != a && n.node != b {
				c += y.pass[n.node]
			}
			best = min(best, c)
			ahead.limit, back.limit = best+1, best+1
		}
	}
	y.reach, y.connected, y.limit = last, !math.IsInf(best, 1), best
	return y
}

// extend lets the search from b go on, once for all the detours to come: each is the
// narrower the more of the way to b is known, and there are dozens of them. Beyond the
// limit it has not met all.
func (y *yen) extend() {
	back := &y.room.back
	for more := extension * back.count; more > 0; more-- {
		if len(back.queue) == 0 || back.queue[0].value >= back.limit {
			y.reach = back.limit
			return
		}
		if n, ok := back.step(y.tolls, y.pass); ok {
			y.reach = min(n.value, back.limit)
		}
	}
}

const extension = 4 // times as much as it had seen

// enough is a cost that k paths do not exceed, as far as the two searches have
// seen: every node that both have met joins a way from a to a way to b.
func (y *yen) enough(k int) float64 {
	ahead, back := &y.room.ahead.known, &y.room.back.known
	if ahead.used > back.used {
		ahead, back = back, ahead
	}
	joins := y.room.queue[:0]
	for _, e := range ahead.slots {
		if e.turn != ahead.turn {
			continue
		}
		if o := back.of(e.node); o != nil {
			c := e.cost + o.cost
			if e.node != y.a && e.node != y.b {
				c += y.pass[e.node]
			}
			joins.push(near{e.node, c})
		}
	}
	var known [][]int32
	for tries := 8 * k; tries > 0 && len(joins) > 0; tries-- {
		n := joins.pop()
		links, simple := y.through(n.node)
		if !simple || slices.ContainsFunc(known, func(l []int32) bool { return slices.Equal(l, links) }) {
			continue
		}
		if known = append(known, links); len(known) == k {
			return n.value
		}
	}
	y.room.queue = joins
	return math.Inf(1)
}

// through returns the path that the two searches make through a node, and
// whether it comes to no node twice.
func (y *yen) through(i int32) (links []int32, simple bool) {
	nodes := []int32{i}
	for at := i; at != y.a; {
		k := y.room.ahead.known.find(at).by
		at = y.ix.links[k].far(at)
		links, nodes = append(links, k), append(nodes, at)
	}
	slices.Reverse(links)
	for at := i; at != y.b; {
		k := y.room.back.known.find(at).by
		at = y.ix.links[k].far(at)
		if slices.Contains(nodes, at) {
			return nil, false
		}
		links, nodes = append(links, k), append(nodes, at)
	}
	return links, true
}

// bound is the least it costs to go on from i to b, going through i included.
func (y *yen) bound(i int32) float64 {
	if e := y.room.back.known.of(i); e != nil && e.done && e.cost <= y.reach {
		if i == y.a || i == y.b {
			return e.cost
		}
		return e.cost + y.pass[i]
	}
	return y.reach
}

// best returns the k cheapest paths.
func (y *yen) best(ctx context.Context, k int) []way {
	if !y.connected {
		return nil
	}
	first, ok := y.detour([]int32{y.a}, nil, nil, y.limit)
	if !ok {
		return nil
	}
	limit := math.Inf(1)
	if k > 1 {
		limit = y.enough(k)
		y.extend()
	}
	return bestWays(ctx, first, k, limit, y.detour)
}

// bestWays returns the k best ways, of which the first is known and none costs more than the
// limit. A detour begins with a head, over links, and does not go on over a barred link; one
// that costs more than its limit need not be found. Ways over parallel links are ways of their own.
func bestWays(ctx context.Context, first way, k int, limit float64, detour func(head, links, barred []int32, limit float64) (way, bool)) (found []way) {
	waiting := []way{first} // in order
	for len(found) < k && len(waiting) > 0 && ctx.Err() == nil {
		last := waiting[0]
		waiting = waiting[1:]
		found = append(found, last)
		if len(found) == k {
			break
		}
		// Before the place where it left another path, its detours are those of that one (Lawler 1972).
		for n := last.from; n < len(last.links); n++ {
			most := limit
			if rest := k - len(found); len(waiting) >= rest {
				most = min(most, waiting[rest-1].cost)
			}
			head, links := last.nodes[:n+1], last.links[:n]
			var barred []int32
			for _, w := range found {
				if len(w.links) > n && slices.Equal(w.links[:n], links) {
					barred = append(barred, w.links[n])
				}
			}
			if w, ok := detour(head, links, barred, most); ok {
				if at, known := slices.BinarySearchFunc(waiting, w, compareWays); !known {
					waiting = slices.Insert(waiting, at, w)
				}
			}
		}
	}
	return found
}

// detour returns the cheapest path that begins with head, over links, does
// not go on over a barred link, does not come back to head and costs no more than a limit.
func (y *yen) detour(head, links, barred []int32, limit float64) (way, bool) {
	ix, live := y.ix, &y.ix.live
	start := head[len(head)-1]
	paid := 0.0
	known := &y.room.known
	known.empty()
	for n, k := range links {
		if n > 0 {
			paid += y.pass[head[n]]
		}
		paid += billionths(ix.linkCost(k))
		known.improve(head[n], -1, 0)
		known.find(head[n]).done = true
	}
	known.improve(start, -1, paid)
	q := append(y.room.queue[:0], near{start, paid + y.bound(start)})
	arrived := false
	for len(q) > 0 && !arrived {
		i := q.pop().node
		e := known.find(i)
		if e.done {
			continue
		}
		e.done = true
		if arrived = i == y.b; arrived {
			break
		}
		cost := e.cost
		if i != y.a {
			cost += y.pass[i]
		}
		for x := live.start[i]; x < live.start[i+1]; x++ {
			other := live.to[x]
			if i == start && slices.Contains(barred, live.link[x]) {
				continue
			}
			c := cost + y.tolls[x]
			if c > limit {
				continue
			}
			if guess := c + y.bound(other); guess <= limit && known.improve(other, live.link[x], c) {
				q.push(near{other, guess})
			}
		}
	}
	y.room.queue = q
	if !arrived {
		return way{}, false
	}
	var tail []int32
	for at := y.b; at != start; at = ix.links[tail[len(tail)-1]].far(at) {
		tail = append(tail, known.find(at).by)
	}
	slices.Reverse(tail)
	w := way{nodes: slices.Clone(head), links: append(slices.Clone(links), tail...), cost: known.find(y.b).cost, from: len(links)}
	for _, k := range tail {
		w.nodes = append(w.nodes, ix.links[k].far(w.nodes[len(w.nodes)-1]))
	}
	return w, true
}
