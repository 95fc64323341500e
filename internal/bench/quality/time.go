package quality

import (
	"context"
	"math"

	"weft/graph"
	"weft/graph/analysis"
)

// temporalSplit asks a network with dates on its day, and wants what began later:
// ties between two who had none, and memberships that were new. It holds out
// nothing: the view as of the day knows no later links.
func temporalSplit(n *network, kind func(graph.LinkKind, graph.NodeKind, graph.NodeKind) bool) split {
	before := n.view.AsOf(n.day)
	s := split{before, nil, map[[2]graph.ID]bool{}}
	had := map[[2]graph.ID]bool{}
	g := before.Graph()
	of := func(g *graph.Graph, k int) ([2]graph.ID, bool) {
		l := g.Links[k]
		from, to := graph.NodeKinds()[g.Kinds[l.From]].Kind, graph.NodeKinds()[g.Kinds[l.To]].Kind
		link := graph.LinkKinds()[l.Kind].Kind
		p := [2]graph.ID{g.IDs[l.From], g.IDs[l.To]}
		if link != graph.MEMBER_OF {
			p = pairOf(p[0], p[1])
		}
		return p, kind(link, from, to)
	}
	for k := range g.Links {
		if p, wanted := of(g, k); wanted {
			had[p] = true
		}
	}
	after := n.view.Past()
	for k := range after.Links {
		if p, wanted := of(after, k); wanted && !had[p] && after.Link(int32(k)).Since.First() > n.day.Last() {
			s.want[p] = true
		}
	}
	return s
}

func membership(k graph.LinkKind, _, _ graph.NodeKind) bool { return k == graph.MEMBER_OF }

// decayed compares the half-lives in use with none, and with counting only what holds on the day.
type decayed struct {
	network, what          string
	halved, whole, current outcome
	asked                  int
}

func judgeDecay(ctx context.Context, n *network, tune analysis.Coefficients) (out []decayed, err error) {
	with := func(days float64) analysis.Coefficients {
		c := tune
		for y := range c.HalfLife {
			c.HalfLife[y] = days
		}
		return c
	}
	for _, task := range []struct {
		what  string
		kind  func(graph.LinkKind, graph.NodeKind, graph.NodeKind) bool
		judge func(context.Context, *network, analysis.Coefficients, []split, bool) ([]outcome, error)
	}{{"ties", tieLink, judgeTies}, {"members", membership, judgeMembers}} {
		s := temporalSplit(n, task.kind)
		if len(s.want) < 20 {
			continue // too few to tell anything
		}
		d := decayed{network: n.name, what: task.what, asked: len(s.want)}
		for _, way := range []struct {
			to   *outcome
			tune analysis.Coefficients
		}{{&d.halved, tune}, {&d.whole, with(math.Inf(1))}, {&d.current, with(20)}} {
			list, err := task.judge(ctx, n, way.tune, []split{s}, true)
			if err != nil {
				return nil, err
			}
			if len(list) > 0 {
				*way.to = list[0]
			}
		}
		out = append(out, d)
	}
	return out, nil
}
