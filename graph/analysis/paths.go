package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"weft/graph"
)

// Path is a way from one node to another, each step over a link in either
// direction, in words.
type Path struct {
	Nodes    []graph.ID
	Links    []graph.ID
	Steps    []Message
	Strength float64 // product of the weights of links and of groups passed through, in (0,1]
}

// linkCost is −log of how well a link carries:
//
//	strength/5 · 2^(−age/h) · trust
func (ix *Index) linkCost(k int32) float64 {
	ix.memo.priced.Do(func() {
		ix.memo.price = make([]float64, len(ix.links))
		for k := range ix.links {
			l := &ix.links[k]
			w := float64(l.strength) / 5
			w = float64(w * ix.decay(l, halfLife))
			ix.memo.price[k] = -math.Log(max(1e-6, float64(w*l.trust())))
		}
	})
	return ix.memo.price[k]
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

// pathOf says a path that starts at a node and follows links.
func (ix *Index) pathOf(from int32, links []int32) *Path {
	p := &Path{Nodes: []graph.ID{ix.nodes[from].id}, Links: ix.linkIDs(links)}
	cost := 0.0
	at := from
	for n, k := range links {
		l := &ix.links[k]
		if n > 0 {
			cost += ix.passCost(at)
		}
		cost += ix.linkCost(k)
		to := l.far(at)
		key := "step.out"
		if l.from != at {
			key = "step.in"
		}
		p.Steps = append(p.Steps, Message{key, []Arg{ix.argNode("from", at), argKind("kind", graph.LinkKinds()[l.kind].Kind), ix.argNode("to", to)}})
		p.Nodes = append(p.Nodes, ix.nodes[to].id)
		at = to
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

// Connections returns the k best paths between two nodes without loops, best
// first, over visible links that hold on the day: strong, fresh, confirmed links
// carry best. It is Yen's method (1971), each detour found by A* with the exact
// distances to the end.
func (ix *Index) Connections(ctx context.Context, from, to graph.ID, k int) ([]*Path, error) {
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
	y := ix.newYen(a, b)
	var out []*Path
	for _, w := range y.best(ctx, k) {
		out = append(out, ix.pathOf(a, w.links))
	}
	return out, ctx.Err()
}

// way is a path being compared: nodes, the links between them, what it costs.
type way struct {
	nodes []int32
	links []int32
	cost  float64
}

func compareWays(a, b way) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.links), len(b.links)), slices.Compare(a.nodes, b.nodes), slices.Compare(a.links, b.links))
}

// yen searches for paths from a to b. left is the distance to b of nodes nearer
// than reach; for others reach itself is a bound that never overestimates.
type yen struct {
	ix        *Index
	a, b      int32
	left      map[int32]float64
	reach     float64
	connected bool
	limit     float64 // a detour that costs more is of no use
}

const slack = 1e-6 // more than sums of rounded costs can differ by

// frontier is one side of a search from both ends. Costs leave out going
// through the node itself.
type frontier struct {
	ix   *Index
	root int32
	cost map[int32]float64
	done map[int32]float64
	q    queue
	// limit is what the best way found so far costs: what costs as much alone leads nowhere better.
	limit float64
}

func (ix *Index) newFrontier(root int32) *frontier {
	return &frontier{ix, root, map[int32]float64{root: 0}, map[int32]float64{}, queue{{root, 0}}, math.Inf(1)}
}

// step settles the next node and returns it.
func (f *frontier) step() (near, bool) {
	for len(f.q) > 0 {
		n := f.q.pop()
		if _, done := f.done[n.node]; done {
			continue
		}
		f.done[n.node] = n.value
		pass := 0.0
		if n.node != f.root {
			pass = f.ix.passCost(n.node)
		}
		live := &f.ix.live
		for x := live.start[n.node]; x < live.start[n.node+1]; x++ {
			other := live.to[x]
			c := round(n.value + pass + f.ix.linkCost(live.link[x]))
			if c >= f.limit {
				continue
			}
			if old, ok := f.cost[other]; !ok || c < old {
				f.cost[other] = c
				f.q.push(near{other, c})
			}
		}
		return n, true
	}
	return near{}, false
}

// newYen searches from both ends at once until they meet (Pohl 1971), and
// keeps what the search from b has settled.
func (ix *Index) newYen(a, b int32) *yen {
	ahead, back := ix.newFrontier(a), ix.newFrontier(b)
	y := &yen{ix: ix, a: a, b: b, left: back.done}
	best, first, last := math.Inf(1), 0.0, 0.0
	for first+last < best {
		side, other := ahead, back
		if len(back.done) <= len(ahead.done) {
			side, other = back, ahead
		}
		n, ok := side.step()
		if !ok {
			break
		}
		if side == ahead {
			first = n.value
		} else {
			last = n.value
		}
		if c, met := other.cost[n.node]; met {
			pass := 0.0
			if n.node != a && n.node != b {
				pass = ix.passCost(n.node)
			}
			best = min(best, n.value+pass+c)
			ahead.limit, back.limit = best+slack, best+slack
		}
	}
	y.reach, y.connected, y.limit = last, !math.IsInf(best, 1), best+slack
	return y
}

// bound is the least it costs to go on from i to b, going through i included.
func (y *yen) bound(i int32) float64 {
	if d, ok := y.left[i]; ok {
		if i == y.a || i == y.b {
			return d
		}
		return d + y.ix.passCost(i)
	}
	return y.reach
}

// best returns the k cheapest paths; ways over parallel links are ways of their own.
func (y *yen) best(ctx context.Context, k int) (found []way) {
	if !y.connected {
		return nil
	}
	first, ok := y.detour([]int32{y.a}, nil, nil)
	if !ok {
		return nil
	}
	waiting := []way{first} // in order
	for len(found) < k && len(waiting) > 0 && ctx.Err() == nil {
		last := waiting[0]
		waiting = waiting[1:]
		found = append(found, last)
		for n := range last.links {
			y.limit = math.Inf(1)
			if rest := k - len(found); rest > 0 && len(waiting) >= rest {
				y.limit = waiting[rest-1].cost + slack
			}
			head, links := last.nodes[:n+1], last.links[:n]
			barred := map[int32]bool{}
			for _, w := range found {
				if len(w.links) > n && slices.Equal(w.links[:n], links) {
					barred[w.links[n]] = true
				}
			}
			if w, ok := y.detour(head, links, barred); ok {
				if at, known := slices.BinarySearchFunc(waiting, w, compareWays); !known {
					waiting = slices.Insert(waiting, at, w)
				}
			}
		}
	}
	return found
}

// detour returns the cheapest path that begins with head, over links, does
// not go on over a barred link and does not come back to head.
func (y *yen) detour(head, links []int32, barred map[int32]bool) (way, bool) {
	ix := y.ix
	start := head[len(head)-1]
	paid := 0.0
	for n, k := range links {
		if n > 0 {
			paid += ix.passCost(head[n])
		}
		paid += ix.linkCost(k)
	}
	cost, by, done := map[int32]float64{start: paid}, map[int32]int32{}, map[int32]bool{}
	for _, i := range head[:len(head)-1] {
		done[i] = true
	}
	q := &queue{{start, paid + y.bound(start)}}
	for len(*q) > 0 {
		i := q.pop().node
		if done[i] {
			continue
		}
		done[i] = true
		if i == y.b {
			break
		}
		pass := 0.0
		if i != y.a {
			pass = ix.passCost(i)
		}
		for x := ix.live.start[i]; x < ix.live.start[i+1]; x++ {
			k, other := ix.live.link[x], ix.live.to[x]
			if done[other] || i == start && barred[k] {
				continue
			}
			c := round(cost[i] + pass + ix.linkCost(k))
			if old, ok := cost[other]; ok && c >= old {
				continue
			}
			if guess := c + y.bound(other); guess <= y.limit {
				cost[other], by[other] = c, k
				q.push(near{other, guess})
			}
		}
	}
	if !done[y.b] {
		return way{}, false
	}
	var tail []int32
	for at := y.b; at != start; at = ix.links[tail[len(tail)-1]].far(at) {
		tail = append(tail, by[at])
	}
	slices.Reverse(tail)
	w := way{nodes: slices.Clone(head), links: append(slices.Clone(links), tail...), cost: cost[y.b]}
	for _, k := range tail {
		w.nodes = append(w.nodes, ix.links[k].far(w.nodes[len(w.nodes)-1]))
	}
	return w, true
}
