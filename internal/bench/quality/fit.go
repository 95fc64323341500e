package quality

import (
	"context"
	"fmt"
	"io"
	"math"

	"weft/graph/analysis"
)

// fittable are the coefficients that are fitted and the values tried for each. They are few,
// and coarse: what does not differ by a third does not differ.
var fittable = []struct {
	name   string
	values []float64
}{
	{"Second", []float64{.1, .3, 1}},
	{"Closure", []float64{1, 2, 3}},
	{"Layer.coalitions", []float64{.5, 1, 2}},
	{"Layer.issues", []float64{.5, 1, 2}},
	{"Alike", []float64{.1, .3, 1, 3}},
	{"Ridge", []float64{1, 2, 5, 10}},
	{"Kin", []float64{1, 3, 10}},
	{"MemberPlace", []float64{.05, .1, .2, .5}},
	{"HalfLife.issues", []float64{180, 365, 730, 1460}},
	{"HalfLife.coalitions", []float64{180, 365, 730, 1460}},
	{"Layer.words", []float64{.05, .1, .2}},
	{"Rarity.words", []float64{.5, .75, 1}},
	{"Content", []float64{.1, .3, 1}},
	{"Own", []float64{.3, 1, 3}},
	{"Issue", []float64{.1, .3, 1}},
	{"Partner", []float64{.1, .3, 1}},
	{"Place", []float64{.02, .05}},
}

const generatedSets = 3

// tuningSet is a network with what is held out of it.
type tuningSet struct {
	*network
	ties, fresh, members []split
	later, laterMembers  []split
	plants               *plantation
}

func tuningSets(ctx context.Context, o options, skipped func(string, error)) (all []tuningSet, err error) {
	nets, err := read(ctx, o.data, o.only, true, skipped)
	if err != nil {
		return nil, err
	}
	for k, mix := range [generatedSets][2]float64{{.6, .3}, {.3, .6}, {.1, .6}} {
		n, err := generated(ctx, 100+uint64(k), 300, mix[0], mix[1])
		if err != nil {
			return nil, err
		}
		nets = append(nets, n)
	}
	for _, n := range nets {
		s := tuningSet{network: n}
		if t := tieSplits(n, .2, 1); len(t[0].want) > 0 {
			s.ties = t
			if n.made {
				s.fresh = newcomerSplits(n, 1)
				s.later, s.laterMembers = []split{temporalSplit(n, tieLink)}, []split{temporalSplit(n, membership)}
			}
		}
		if m := memberSplits(n, .2, 2); len(m[0].want) > 0 {
			s.members = m
		}
		all = append(all, s)
	}
	n, p, err := planted(ctx, 100, .3)
	return append(all, tuningSet{network: n, plants: p}), err
}

// worth is what is made as large as possible: of every tuning set the logarithms of the average precision
// and of recall at ten, for ties and for members, and the area under the ROC curve; and of
// new groups the recall; and of planted ties and members the precision. Logarithms, because a tenth more is worth the same on a hard network as on an easy one.
func worth(ctx context.Context, sets []tuningSet, c analysis.Coefficients) (float64, error) {
	sum := 0.0
	for _, s := range sets {
		if s.plants != nil {
			h, err := reap(ctx, s.network, s.plants, c, analysis.MISSING_TIE, analysis.MISSING_MEMBER)
			if err != nil {
				return 0, err
			}
			sum += 4 * (h[analysis.MISSING_TIE].precision + h[analysis.MISSING_MEMBER].precision)
			continue
		}
		weight := 1.0
		if s.made { // all generated ones together count as one
			weight = 1. / generatedSets
		}
		add := func(list []outcome, err error) error {
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return nil
			}
			o := list[0]
			sum += weight * (math.Log(o.ap.value) + math.Log(o.recall.value) + 2*o.auc.value)
			return nil
		}
		if s.ties != nil {
			if err := add(judgeTies(ctx, s.network, c, s.ties, true)); err != nil {
				return 0, err
			}
		}
		if s.later != nil {
			if err := add(judgeTies(ctx, s.network, c, s.later, true)); err != nil {
				return 0, err
			}
			if err := add(judgeMembers(ctx, s.network, c, s.laterMembers, true)); err != nil {
				return 0, err
			}
		}
		if s.fresh != nil {
			if err := add(judgeTies(ctx, s.network, c, s.fresh, true)); err != nil {
				return 0, err
			}
		}
		if s.members != nil {
			if err := add(judgeMembers(ctx, s.network, c, s.members, true)); err != nil {
				return 0, err
			}
			g, err := judgeNewGroups(ctx, s.network, c, 1)
			if err != nil {
				return 0, err
			}
			sum += weight * math.Log(max(1e-3, g.weft.value))
		}
	}
	return sum, nil
}

// fit goes through the coefficients one by one and keeps the best value of each, twice round. It prints
// what is to stand in graph/analysis.
func fit(ctx context.Context, o options, out io.Writer) error {
	sets, err := tuningSets(ctx, o, func(name string, err error) { fmt.Fprintf(out, "SKIPPED %s: %v\n", name, err) })
	if err != nil {
		return err
	}
	c := o.tune
	best, err := worth(ctx, sets, c)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "as it is: %.4f\n", best)
	for range o.passes {
		for _, f := range fittable {
			get, set, err := coefficient(&c, f.name)
			if err != nil {
				return err
			}
			kept := get()
			for _, x := range f.values {
				if x == kept {
					continue
				}
				old := get()
				set(x)
				is, err := worth(ctx, sets, c)
				if err != nil {
					return err
				}
				if is > best+1e-3 {
					best = is
				} else {
					set(old)
				}
			}
			fmt.Fprintf(out, "%-20s %-6v %.4f\n", f.name, get(), best)
		}
	}
	fmt.Fprintf(out, "%+v\n", c)
	for _, s := range sets {
		if err := s.tell(ctx, c, out); err != nil {
			return err
		}
	}
	return nil
}

// tell prints where Weft stands on a tuning set, of everything that is fitted by, beside the baselines.
func (s *tuningSet) tell(ctx context.Context, c analysis.Coefficients, out io.Writer) error {
	type tallied func(context.Context, *network, analysis.Coefficients, []split, bool) ([]*tally, error)
	for _, x := range []struct {
		what   string
		splits []split
		judge  tallied
	}{{"ties", s.ties, tieTallies}, {"ties of newcomers", s.fresh, tieTallies}, {"ties that came later", s.later, tieTallies},
		{"members", s.members, memberTallies}, {"members who came later", s.laterMembers, memberTallies}} {
		if x.splits == nil {
			continue
		}
		t, err := x.judge(ctx, s.network, c, x.splits, false)
		if err != nil {
			return err
		}
		told(out, s.name+", "+x.what, t)
	}
	if s.members != nil {
		g, err := judgeNewGroups(ctx, s.network, c, 1)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, new groups\n  Weft recall@10 %.3f, popularity %.3f\n", s.name, g.weft.value, g.popularity.value)
	}
	if s.plants != nil {
		h, err := reap(ctx, s.network, s.plants, c)
		if err != nil {
			return err
		}
		for _, kind := range analysis.GapKinds {
			fmt.Fprintf(out, "%s, %s: precision %.3f, %d decoys above, wrong: %v\n", s.name, kind, h[kind].precision, h[kind].above, h[kind].wrong)
		}
	}
	return nil
}

// told prints where the methods stand on a tuning set.
func told(out io.Writer, name string, list []*tally) {
	fmt.Fprintln(out, name)
	for _, o := range outcomes(list) {
		fmt.Fprintf(out, "  %-16s AUC %.3f AP %.4f recall@10 %.3f\n", o.method, o.auc.value, o.ap.value, o.recall.value)
	}
}
