package quality

import (
	"context"

	"weft/graph/analysis"
)

// leidenMedians are the median modularities of leidenalg 0.12.0 (igraph 1.0.0,
// ModularityVertexPartition, seeds 0 to 19) on the ties of these networks,
// computed once and recorded, since neither is needed to run Weft.
var leidenMedians = map[string]float64{
	"Les Misérables": 0.560008,
	"sigma demo":     0.768898,
	"Oligrapher":     0.173531,
	"US states":      0.583200,
	"SDG targets":    0.451196,
	"ROR":            0.915710,
}

// grouping is the modularity that Weft reaches on a network beside the recorded one.
type grouping struct {
	network         string
	weft, leidenalg float64
	groups          int
}

func judgeGroups(ctx context.Context, n *network, tune analysis.Coefficients) (*grouping, error) {
	median, known := leidenMedians[n.name]
	if !known {
		return nil, nil
	}
	c, err := analysis.NewIndexWith(n.view, tune).Communities(ctx, analysis.Reading{})
	if err != nil {
		return nil, err
	}
	return &grouping{n.name, c.Modularity, median, len(c.Groups)}, nil
}
