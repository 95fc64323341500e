package analysis

import (
	"cmp"
	"context"
	"slices"

	"weft/graph"
)

// Reading says what counts as a connection in a measure. Every answer names
// the reading it is on. The zero Reading is ties.
type Reading struct {
	Shared bool             // two actors are joined when they share a group, weighted by how many
	Groups []graph.NodeKind // for Shared: which groups; none means coalitions
	Kinds  []graph.LinkKind // otherwise: links of these kinds between any nodes; none means ties
}

// Net is an undirected simple graph on some of the nodes: neighbours of k are
// To[Start[k]:Start[k+1]], ascending.
type Net struct {
	Reading Reading
	IDs     []graph.ID // in order; position is the number here
	Start   []int32
	To      []int32
	Weight  []float64
	nodes   []int32 // numbers in the index
}

// Size returns the number of nodes.
func (n *Net) Size() int { return len(n.Start) - 1 }

// Pairs returns the number of connected pairs.
func (n *Net) Pairs() int { return len(n.To) / 2 }

func (n *Net) of(i int32) []int32        { return n.To[n.Start[i]:n.Start[i+1]] }
func (n *Net) weights(i int32) []float64 { return n.Weight[n.Start[i]:n.Start[i+1]] }
func (n *Net) degree(i int32) int        { return int(n.Start[i+1] - n.Start[i]) }
func (n *Net) has(i, j int32) bool       { _, ok := slices.BinarySearch(n.of(i), j); return ok }
func (n *Net) at(node int32) (int32, bool) {
	k, ok := slices.BinarySearch(n.nodes, node)
	return int32(k), ok
}

// maxPairs bounds what a reading of shared groups may make, counted before merging.
const maxPairs = 60_000_000

// Net reads the index. Of ties and shared groups the nodes are the actors who
// are still there; of chosen kinds every node that has such a link.
func (ix *Index) Net(r Reading) (*Net, error) {
	if r.ofTies() {
		return ix.memo.net.of(context.Background(), func() (*Net, error) { return ix.readNet(r) })
	}
	return ix.readNet(r)
}

// ofTies reports whether a reading is the zero Reading.
func (r Reading) ofTies() bool { return !r.Shared && len(r.Groups)+len(r.Kinds) == 0 }

func (ix *Index) readNet(r Reading) (*Net, error) {
	var pairs []netPair
	in := make([]bool, len(ix.nodes))
	switch {
	case r.Shared:
		p, err := ix.sharedPairs(r.Groups)
		if err != nil {
			return nil, err
		}
		pairs = p
		for _, p := range pairs {
			in[p.i], in[p.j] = true, true
		}
	case len(r.Kinds) > 0:
		for _, l := range ix.links {
			if !l.ended && l.from != l.to && slices.Contains(r.Kinds, graph.LinkKinds()[l.kind].Kind) {
				pairs = append(pairs, netPair{min(l.from, l.to), max(l.from, l.to), float64(l.strength) / middling})
				in[l.from], in[l.to] = true, true
			}
		}
	default:
		for i := range int32(len(ix.nodes)) {
			in[i] = ix.isActor(i) && !ix.nodes[i].gone
			for k := ix.tied.start[i]; k < ix.tied.start[i+1]; k++ {
				if j := ix.tied.to[k]; i < j {
					pairs = append(pairs, netPair{i, j, ix.tied.trust[k]})
				}
			}
		}
	}
	var nodes []int32
	for i, yes := range in {
		if yes {
			nodes = append(nodes, int32(i))
		}
	}
	return ix.netOf(r, nodes, pairs), nil
}

type netPair struct {
	i, j   int32
	weight float64
}

// netOf makes a Net on the given nodes (numbers in the index, ascending) and
// pairs among them; parallel pairs become one with the sum of weights.
func (ix *Index) netOf(r Reading, nodes []int32, pairs []netPair) *Net {
	n := &Net{Reading: r, IDs: ix.ids(nodes), nodes: nodes}
	slices.SortStableFunc(pairs, func(a, b netPair) int { return cmp.Or(cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j)) })
	merged := pairs[:0]
	for _, p := range pairs {
		if k := len(merged); k > 0 && merged[k-1].i == p.i && merged[k-1].j == p.j {
			merged[k-1].weight += p.weight
		} else {
			merged = append(merged, p)
		}
	}
	number := make([]int32, len(ix.nodes))
	for k, i := range nodes {
		number[i] = int32(k)
	}
	n.Start = make([]int32, len(nodes)+1)
	for _, p := range merged {
		n.Start[number[p.i]+1]++
		n.Start[number[p.j]+1]++
	}
	for k := range nodes {
		n.Start[k+1] += n.Start[k]
	}
	n.To, n.Weight = make([]int32, 2*len(merged)), make([]float64, 2*len(merged))
	next := slices.Clone(n.Start)
	// Lower ends first: pairs are sorted by i, then j, so both passes fill in order.
	for _, p := range merged {
		i, j := number[p.i], number[p.j]
		n.To[next[j]], n.Weight[next[j]] = i, p.weight
		next[j]++
	}
	for _, p := range merged {
		i, j := number[p.i], number[p.j]
		n.To[next[i]], n.Weight[next[i]] = j, p.weight
		next[i]++
	}
	return n
}

// Projection is a two-mode network read in one mode: pairs of actors and how
// many groups they share.
type Projection struct {
	*Net
	Memberships int // of distinct actors in distinct groups
	Groups      int
}

// Project joins actors that share a visible group of the given kinds
// (coalitions when none are named) on the day. The weight of a pair is the
// number of groups it shares.
func (ix *Index) Project(groups ...graph.NodeKind) (*Projection, error) {
	n, err := ix.Net(Reading{Shared: true, Groups: groups})
	if err != nil {
		return nil, err
	}
	p := &Projection{Net: n}
	ix.eachGroup(groups, func(_ int32, members []int32) {
		p.Groups++
		p.Memberships += len(members)
	})
	return p, nil
}

func (ix *Index) sharedPairs(groups []graph.NodeKind) (pairs []netPair, err error) {
	ix.eachGroup(groups, func(_ int32, members []int32) {
		if err != nil {
			return
		}
		if len(pairs)+len(members)*(len(members)-1)/2 > maxPairs {
			err = graph.Errorf(graph.LIMITED, "so many share a group that more than %d pairs come of it; choose smaller groups", maxPairs)
			return
		}
		for k, i := range members {
			for _, j := range members[k+1:] {
				pairs = append(pairs, netPair{i, j, 1})
			}
		}
	})
	return pairs, err
}

// eachGroup yields the groups of the given kinds with the actors in them on the
// day, both in order.
func (ix *Index) eachGroup(kinds []graph.NodeKind, yield func(group int32, members []int32)) {
	if len(kinds) == 0 {
		kinds = []graph.NodeKind{graph.KindCoalition}
	}
	for g := range int32(len(ix.nodes)) {
		if ix.nodes[g].gone || !slices.Contains(kinds, graph.NodeKinds()[ix.nodes[g].kind].Kind) {
			continue
		}
		if members := ix.membersOf(g); len(members) > 0 {
			yield(g, members)
		}
	}
}

// membersOf returns the actors that are in a group on the day: members of a
// coalition, workers on an issue, leaders and supporters of a campaign, those
// who took part in an event, the people of an organization, the organizations of a person.
func (ix *Index) membersOf(g int32) (out []int32) {
	for _, k := range ix.live.of(g) {
		ix.memberships(&ix.links[k], func(_ Layer, actor, group int32) {
			if group == g && actor != g {
				out = append(out, actor)
			}
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}
