package quality

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// scored is a candidate of one actor: what a method gives it and whether it was
// held out, which is what the method should have found.
type scored struct {
	score float64
	actor int32
	hit   bool
}

// ranking are the candidates of many actors as one method orders them. Of those
// it gives nothing only the numbers are kept, by actor.
type ranking struct {
	list     []scored
	zeroHit  map[int32]int
	zeroMiss map[int32]int
}

func newRanking() *ranking {
	return &ranking{zeroHit: map[int32]int{}, zeroMiss: map[int32]int{}}
}

func (r *ranking) add(actor int32, score float64, hit bool) {
	switch {
	case score != 0:
		r.list = append(r.list, scored{score, actor, hit})
	case hit:
		r.zeroHit[actor]++
	default:
		r.zeroMiss[actor]++
	}
}

// sort orders by score down; equal scores are judged together, so their order
// does not matter.
func (r *ranking) sort() {
	slices.SortFunc(r.list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
}

// curve returns the area under the ROC curve and the average precision, with
// each actor counted as often as weight says (nil: once). Candidates of equal
// score are taken at one threshold, as scikit-learn does.
func (r *ranking) curve(weight []float64) (auc, ap float64) {
	of := func(actor int32) float64 {
		if weight == nil {
			return 1
		}
		return weight[actor]
	}
	var zeroHit, zeroMiss float64
	for a, n := range r.zeroHit {
		zeroHit += of(a) * float64(n)
	}
	for a, n := range r.zeroMiss {
		zeroMiss += of(a) * float64(n)
	}
	var hits, misses, area float64
	step := func(h, m float64) {
		area += m*hits + m*h/2 // a miss is below every hit before it, and level with those beside it
		hits, misses = hits+h, misses+m
		if h > 0 {
			ap += h * hits / (hits + misses)
		}
	}
	zerosDone := false
	for k := 0; k < len(r.list); {
		if r.list[k].score < 0 && !zerosDone {
			step(zeroHit, zeroMiss)
			zerosDone = true
		}
		var h, m float64
		score := r.list[k].score
		for ; k < len(r.list) && r.list[k].score == score; k++ {
			if r.list[k].hit {
				h += of(r.list[k].actor)
			} else {
				m += of(r.list[k].actor)
			}
		}
		step(h, m)
	}
	if !zerosDone {
		step(zeroHit, zeroMiss)
	}
	if hits == 0 || misses == 0 {
		return math.NaN(), math.NaN()
	}
	return area / (hits * misses), ap / hits
}

// figure is a measured number with the interval that 95 of 100 resamples of the
// actors fall into.
type figure struct{ value, low, high float64 }

func interval(value float64, resampled []float64) figure {
	list := slices.DeleteFunc(slices.Clone(resampled), math.IsNaN)
	if len(list) == 0 {
		return figure{value, value, value}
	}
	slices.Sort(list)
	at := func(q float64) float64 { return list[int(q*float64(len(list)-1)+.5)] }
	return figure{value, at(.025), at(.975)}
}

const resamples = 200

// meanOf is the mean of one number an actor, with its interval.
func meanOf(list []float64, seed uint64) figure {
	list = slices.DeleteFunc(slices.Clone(list), math.IsNaN)
	if len(list) == 0 {
		return figure{math.NaN(), math.NaN(), math.NaN()}
	}
	r := rand.New(rand.NewPCG(seed, 31))
	again := make([]float64, resamples)
	for k := range again {
		sum := 0.0
		for range list {
			sum += list[r.IntN(len(list))]
		}
		again[k] = sum / float64(len(list))
	}
	return interval(mean(list), again)
}

func mean(list []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range list {
		if !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

// curveResamples are the area and average precision when the actors are drawn
// again with replacement, times times.
func (r *ranking) curveResamples(times int, seed uint64) (auc, ap []float64) {
	actors := map[int32]bool{}
	for _, s := range r.list {
		actors[s.actor] = true
	}
	for _, m := range []map[int32]int{r.zeroHit, r.zeroMiss} {
		for a := range m {
			actors[a] = true
		}
	}
	all := make([]int32, 0, len(actors))
	for a := range actors {
		all = append(all, a)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return nil, nil
	}
	draw := rand.New(rand.NewPCG(seed, 32))
	for range times {
		weight := make([]float64, all[len(all)-1]+1)
		for range all {
			weight[all[draw.IntN(len(all))]]++
		}
		x, y := r.curve(weight)
		auc, ap = append(auc, x), append(ap, y)
	}
	return auc, ap
}

// atTen is the part of what was held out that is among the ten best of one actor,
// and the part of those ten that was held out. Of equal scores each is as
// likely to be shown as the others.
func atTen(scores []float64, hit []bool) (recall, precision float64) {
	const k = 10
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	held := 0
	for _, h := range hit {
		if h {
			held++
		}
	}
	found, shown := 0.0, 0
	for at := 0; at < len(order) && shown < k; {
		end, hits := at, 0
		for ; end < len(order) && scores[order[end]] == scores[order[at]]; end++ {
			if hit[order[end]] {
				hits++
			}
		}
		take := min(end-at, k-shown)
		found += float64(hits) * float64(take) / float64(end-at)
		shown += take
		at = end
	}
	if held == 0 {
		return math.NaN(), math.NaN()
	}
	return found / float64(held), found / k
}

// mostAtTen is the recall at ten of whoever knows all: of more than ten no more than
// ten can be shown.
func mostAtTen(hits []bool) float64 {
	held := 0
	for _, h := range hits {
		if h {
			held++
		}
	}
	return min(1, 10/float64(held))
}

// placesOf returns for every candidate the chance that it is among the ten best.
func placesOf(scores []float64) []float64 {
	const k = 10
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	out, shown := make([]float64, len(scores)), 0
	for at := 0; at < len(order) && shown < k; {
		end := at
		for ; end < len(order) && scores[order[end]] == scores[order[at]]; end++ {
		}
		take := min(end-at, k-shown)
		for _, c := range order[at:end] {
			out[c] = float64(take) / float64(end-at)
		}
		at = end
		shown += take
	}
	return out
}

// calibrationError is the expected calibration error: in ten bins of as many
// candidates, how far the mean likelihood lies from the part that came true.
func calibrationError(list []scored) float64 {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	const bins = 10
	sum := 0.0
	for b := range bins {
		from, to := b*len(list)/bins, (b+1)*len(list)/bins
		said, came := 0.0, 0.0
		for _, s := range list[from:to] {
			said += s.score
			if s.hit {
				came++
			}
		}
		sum += math.Abs(said - came)
	}
	return sum / float64(len(list))
}

func distinct(list []int32) []int32 {
	slices.Sort(list)
	return slices.Compact(list)
}
