package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of pairs whose chance to be tied is known, a fifth of the ties is taken away: the
// likelihoods of those left untied must be as often right as they say.
func TestLikelihoodsMeanWhatTheySay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	chance := func(evidence float64) float64 { return math.Pow(squash(evidence, 1), 3) }
	var pairs []heard
	missing := map[int]bool{}
	for range 200_000 {
		evidence := r.ExpFloat64()
		tied := r.Float64() < chance(evidence)
		if tied && r.Float64() < unrecorded {
			tied = false
			missing[len(pairs)] = true
		}
		pairs = append(pairs, heard{evidence, tied})
	}
	s := newScale(1, [][]heard{pairs})
	last := 0.0
	for k := range 101 {
		x := s.likelihood(float64(k) / 100)
		if x < last || x > likeliest {
			t.Fatalf("at %d%% it is %v after %v", k, x, last)
		}
		last = x
	}
	var said, came, count [10]float64
	for k, p := range pairs {
		if score := squash(p.evidence, 1); !p.tied {
			b := int(10 * score)
			said[b], count[b] = said[b]+s.likelihood(score), count[b]+1
			if missing[k] {
				came[b]++
			}
		}
	}
	for b := range said {
		if n := count[b]; n > 300 && math.Abs(said[b]-came[b])/n > .03 {
			t.Errorf("scores from .%d: %.3f said, %.3f came true", b, said[b]/n, came[b]/n)
		}
	}
}

func TestFewPairsProveLittle(t *testing.T) {
	if x := newScale(1, nil).likelihood(.9); x != 0 {
		t.Errorf("of no pairs it is %v", x)
	}
	var pairs []heard
	for range fewTied - 1 {
		pairs = append(pairs, heard{1, true}, heard{2, false}, heard{3, false}, heard{3, false})
	}
	if x := newScale(1, [][]heard{pairs}).likelihood(.9); x != 0 {
		t.Errorf("of too few ties it is %v", x)
	}
	if x := newScale(1, [][]heard{pairs, {{1, false}, {9, true}}}).likelihood(.9); x <= 0 || x > .2 {
		t.Errorf("one tie above all others makes %v", x)
	}
}
