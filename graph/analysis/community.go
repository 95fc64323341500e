package analysis

import (
	"context"
	"math"
	"slices"

	"weft/graph"
)

// parted is a net with its Leiden groups.
type parted struct {
	*Net
	in         []int32 // the group of each node
	modularity float64
}

// parted returns the net of a reading with its groups; that of ties is kept, since most
// questions rest on it.
func (ix *Index) parted(ctx context.Context, r Reading) (*parted, error) {
	read := func() (*parted, error) {
		n, err := ix.Net(r)
		if err != nil {
			return nil, err
		}
		in, q, err := n.Partition(ctx, 1)
		if err != nil {
			return nil, err
		}
		return &parted{n, in, q}, nil
	}
	if r.ofTies() {
		return ix.memo.parted.of(ctx, read)
	}
	return read()
}

// communities returns the Leiden group of each node on its ties, −1 for those in
// a group of one.
func (ix *Index) communities() []int32 {
	out, _ := ix.readCommunities(context.Background())
	return out
}

func (ix *Index) readCommunities(ctx context.Context) ([]int32, error) {
	return ix.memo.communities.of(ctx, func() ([]int32, error) {
		n, err := ix.parted(ctx, Reading{})
		if err != nil {
			return nil, err
		}
		size := make([]int, len(n.in)+1)
		for _, c := range n.in {
			size[c]++
		}
		out := make([]int32, len(ix.nodes))
		for i := range out {
			out[i] = -1
		}
		for k, c := range n.in {
			if size[c] > 1 {
				out[n.nodes[k]] = c
			}
		}
		return out, nil
	})
}

// Community is a group of nodes that are linked more among themselves than
// chance would have it.
type Community struct {
	ID     graph.ID // of its issues and its best-linked member: stable while these are
	Nodes  []graph.ID
	Issues []graph.ID // over-represented, most telling first, at most three
	Name   Message
}

// Communities are the groups of a reading with their modularity.
type Communities struct {
	Reading    Reading
	Groups     []Community // of two or more, largest first
	Alone      int         // nodes in no group
	Modularity float64
}

// Communities finds groups (Leiden) and names each by the issues its members
// work on more than the network does: n·log2(lift), at least two workers.
func (ix *Index) Communities(ctx context.Context, r Reading) (*Communities, error) {
	n, err := ix.parted(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &Communities{Reading: r, Modularity: n.modularity}
	var members [][]int32
	for k, c := range n.in {
		for int(c) >= len(members) {
			members = append(members, nil)
		}
		members[c] = append(members[c], n.nodes[k])
	}
	whole := ix.issueCounts(n.nodes)
	for _, list := range members {
		if len(list) < 2 {
			out.Alone += len(list)
			continue
		}
		out.Groups = append(out.Groups, ix.nameCommunity(list, whole, n.Size()))
	}
	return out, nil
}

func (ix *Index) issueCounts(nodes []int32) map[int32]float64 {
	counts := map[int32]float64{}
	for _, i := range nodes {
		ix.each(i, worksOn, true, func(l, t int32) {
			if !ix.links[l].against {
				counts[t]++
			}
		})
	}
	return counts
}

func (ix *Index) nameCommunity(list []int32, whole map[int32]float64, size int) Community {
	telling := map[int32]float64{}
	for t, n := range ix.issueCounts(list) {
		lift := n * float64(size) / (whole[t] * float64(len(list)))
		if n >= 2 && lift > 1 {
			telling[t] = round(float64(n * math.Log2(lift)))
		}
	}
	issues := nodesOf(top(telling, 3))
	hub := nodesOf(ix.central(list, 1))
	c := Community{Nodes: ix.ids(list), Issues: ix.ids(issues)}
	c.ID = hashOf("community", append(slices.Clone(c.Issues), ix.nodes[hub[0]].id)...)
	if len(issues) > 0 {
		c.Name = Message{"group.issues", []Arg{ix.argNodes("issues", issues)}}
	} else {
		c.Name = Message{"group.around", []Arg{ix.argNode("hub", hub[0])}}
	}
	return c
}
