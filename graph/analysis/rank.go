package analysis

import (
	"weft/graph"
)

// TieEvidence returns the raw evidence of ties between an actor and every other
// for which there is any, in order of id, before anything is left out: also
// of those it is tied with already. It is what suggestions are ranked by, for
// measuring how well they are.
func (ix *Index) TieEvidence(of graph.ID) ([]Closeness, error) {
	i, err := ix.find(of, "of")
	if err != nil {
		return nil, err
	}
	f := ix.newAffinity()
	f.of(i)
	return ix.closeness(f.total), nil
}

// told is the likelihood that stands beside a suggestion of this raw evidence.
func (s *scale) told(evidence float64) float64 { return s.likelihood(round(squash(evidence, s.half))) }

// TieLikelihood returns the likelihood that stands beside a suggestion of this
// raw evidence.
func (ix *Index) TieLikelihood(evidence float64) float64 {
	return ix.tieScale().told(evidence)
}

// MemberEvidence returns the raw evidence of membership of every actor in a
// coalition for which there is any, in order of id, members included.
func (ix *Index) MemberEvidence(of graph.ID) ([]Closeness, error) {
	c, err := ix.find(of, "coalition")
	if err != nil {
		return nil, err
	}
	if ix.memberFit().at[c] < 0 {
		return nil, graph.Errorf(graph.INVALID, "this is not a coalition").At("coalition")
	}
	r := ix.newRow()
	ix.memberScores(c, r)
	return ix.closeness(r), nil
}

// closeness lists a row whose touched are in order.
func (ix *Index) closeness(r *row) (out []Closeness) {
	for _, j := range r.touched {
		if x := r.value[j]; x != 0 {
			out = append(out, Closeness{ix.nodes[j].id, x})
		}
	}
	return out
}

// MemberLikelihood returns the likelihood that stands beside a suggested member
// of this raw evidence.
func (ix *Index) MemberLikelihood(evidence float64) float64 {
	return ix.memberScale().told(evidence)
}
