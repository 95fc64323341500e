package analysis

// How likely a suggestion is, the network itself says: of the pairs for which as
// much speaks, some are tied already. What speaks for a pair leaves out the tie
// itself, so that tied pairs and others are heard alike.

const (
	unrecorded  = .2  // the part of all ties that is held to be missing from a network
	likelySteps = 20  // about how many steps a likelihood takes from the least evidence to the most
	doubtful    = 5   // pairs of the common rate that each step is made with, so that few pairs prove little
	likeliest   = .95 // nothing is held to be surer
	fewTied     = 10  // of fewer tied pairs heard, a tie between two that are both heard being two, nothing is told
)

// heard is what speaks for a pair, and whether it is tied already.
type heard struct {
	evidence float64
	tied     bool
}

// scale is what scores are told by: the evidence that makes one of one half, and
// how likely scores are, on straight lines between points that never fall; no points where
// too little is tied to tell.
type scale struct {
	half   float64
	points [][2]float64
}

// newScale makes the scale of the pairs heard. A step has about as many of the
// tied pairs, or of all, as every other; what falls is pooled, which makes them
// the isotonic regression of the steps (Ayer and others 1955).
func newScale(half float64, rows [][]heard) *scale {
	var whole sums
	fine := make([]sums, 1<<12) // by score
	for _, pairs := range rows {
		for _, p := range pairs {
			score := squash(p.evidence, half)
			x := &fine[min(len(fine)-1, int(score*float64(len(fine))))]
			x.score += score
			x.pairs++
			whole.pairs++
			if p.tied {
				x.tied++
				whole.tied++
			}
		}
	}
	if whole.tied < fewTied {
		return &scale{half: half}
	}
	common := whole.missing() / (whole.pairs - whole.tied + 1)
	rate := func(s sums) float64 {
		return (s.missing() + float64(doubtful*s.steps*common)) / (s.pairs - s.tied + float64(doubtful*s.steps))
	}
	var steps []sums
	var step sums
	for k, x := range fine {
		step = step.plus(x)
		if step.pairs == 0 || k < len(fine)-1 && step.pairs*likelySteps <= whole.pairs && step.tied*likelySteps <= whole.tied {
			continue
		}
		step.steps = 1
		steps = append(steps, step)
		step = sums{}
		for n := len(steps); n > 1 && rate(steps[n-2]) > rate(steps[n-1]); n-- {
			steps = append(steps[:n-2], steps[n-2].plus(steps[n-1]))
		}
	}
	s := &scale{half, [][2]float64{{0, 0}}}
	for _, x := range steps {
		s.points = append(s.points, [2]float64{x.score / x.pairs, min(likeliest, rate(x))})
	}
	s.points = append(s.points, [2]float64{1, s.points[len(s.points)-1][1]})
	return s
}

// sums are those of pairs of about one score, in so many steps.
type sums struct{ score, pairs, tied, steps float64 }

func (s sums) plus(t sums) sums {
	return sums{s.score + t.score, s.pairs + t.pairs, s.tied + t.tied, s.steps + t.steps}
}

// missing is how many of the untied pairs are held to be tied all the same.
func (s sums) missing() float64 { return float64(s.tied * (unrecorded / (1 - unrecorded))) }

// likelihood is how likely a pair of this score is to be tied though no tie is
// recorded, 0 when that cannot be told.
func (s *scale) likelihood(score float64) float64 {
	if len(s.points) == 0 {
		return 0
	}
	for k := 1; k < len(s.points); k++ {
		a, b := s.points[k-1], s.points[k]
		if score <= b[0] && b[0] > a[0] {
			return round(a[1] + float64((b[1]-a[1])*(score-a[0]))/(b[0]-a[0]))
		}
	}
	return round(s.points[len(s.points)-1][1])
}
