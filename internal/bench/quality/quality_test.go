package quality

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weft/graph"
	"weft/graph/analysis"
)

// The floors that no change may fall through, on small generated networks and one
// plantation; docs/quality.md has the whole. For ties they are means over four networks: of one so small, RA is
// above or below by a tenth as its seed will have it.
func TestFloors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := analysis.Fitted()
	ap, auc := map[string]float64{}, map[string]float64{}
	methods := []string{"Weft", "RA", "three steps", "degree"}
	var n *network
	var weft *outcome
	for seed := range uint64(4) {
		made, err := generated(ctx, 10-seed, 160, .5, .4)
		if err != nil {
			t.Fatal(err)
		}
		ties, err := judgeTies(ctx, made, c, tieSplits(made, .2, 3), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range methods {
			o := find(ties, m)
			ap[m], auc[m] = ap[m]+o.ap.value/4, auc[m]+o.auc.value/4
		}
		n, weft = made, find(ties, "Weft")
	}
	for _, m := range methods {
		if ap["Weft"] < ap[m] || auc["Weft"] < auc[m] {
			t.Errorf("ties: AP %.3f, AUC %.3f; %s has %.3f, %.3f", ap["Weft"], auc["Weft"], m, ap[m], auc[m])
		}
	}
	members, err := judgeMembers(ctx, n, c, memberSplits(n, .2, 3), false)
	if err != nil {
		t.Fatal(err)
	}
	if w, e := find(members, "Weft").recall.value, find(members, "EASE").recall.value; w < .97*e {
		t.Errorf("members: recall@10 is %.3f, of EASE %.3f", w, e)
	}
	fresh, err := judgeNewGroups(ctx, n, c, 3)
	if err != nil {
		t.Fatal(err)
	}
	if fresh.weft.value < 2*fresh.popularity.value {
		t.Errorf("of new groups %.3f of the members are found, by popularity %.3f", fresh.weft.value, fresh.popularity.value)
	}
	if weft.calibration > .05 || find(members, "Weft").calibration > .05 {
		t.Errorf("the calibration is off by %.3f for ties, %.3f for members", weft.calibration, find(members, "Weft").calibration)
	}
	// What was found depends on what was held out: with nothing to go by there is nothing.
	blind := c
	blind.Layer, blind.Closure = [analysis.LayerCount]float64{}, 0
	if none, err := judgeTies(ctx, n, blind, tieSplits(n, .2, 1), true); err != nil || math.Abs(none[0].auc.value-.5) > .01 {
		t.Errorf("without evidence the AUC is %v, %v", none[0].auc.value, err)
	}
}

func TestPlantation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	n, p, err := planted(ctx, 9, .1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reap(ctx, n, p, analysis.Fitted())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range analysis.GapKinds {
		if h := got[kind]; h.precision < .99 || h.above > 0 {
			t.Errorf("%s: %.2f of the first are true, %d decoys above a true one; first wrong: %v", kind, h.precision, h.above, h.wrong)
		}
	}
	e, err := judgeReasons(ctx, n, analysis.Fitted())
	if err != nil {
		t.Fatal(err)
	}
	if e.furthest > 1e-6 || e.tried < 100 || float64(e.lowered) < .95*float64(e.tried) {
		t.Errorf("of %d gaps sums are off by up to %v; %d of %d fell without their evidence: %v", e.gaps, e.furthest, e.lowered, e.tried, e.kinds)
	}
	// A plantation whose truth is wrong is found out.
	for key := range p.truth[analysis.SILO] {
		p.truth[analysis.SILO]["not "+key] = true
		delete(p.truth[analysis.SILO], key)
	}
	if got, err = reap(ctx, n, p, analysis.Fitted(), analysis.SILO); err != nil || got[analysis.SILO].precision != 0 {
		t.Errorf("wrong silos are found: %v, %v", got[analysis.SILO], err)
	}
}

// The measures against their definitions, written out.
func TestMeasures(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		rank := newRanking()
		var all []scored
		for range 3 + r.IntN(30) {
			s := scored{float64(r.IntN(6) - 1), int32(r.IntN(4)), r.IntN(3) == 0}
			all = append(all, s)
			rank.add(s.actor, s.score, s.hit)
		}
		rank.sort()
		auc, ap := rank.curve(nil)
		var pairs, won, hits, sum float64
		for _, x := range all {
			if !x.hit {
				continue
			}
			hits++
			above, found := 0.0, 0.0
			for _, y := range all {
				if !y.hit {
					pairs++
					won += float64(1+cmp.Compare(x.score, y.score)) / 2
				}
				if y.score >= x.score {
					above++
					if y.hit {
						found++
					}
				}
			}
			sum += found / above
		}
		if pairs == 0 {
			if !math.IsNaN(auc) {
				t.Fatalf("seed %d: an AUC of nothing is %v", seed, auc)
			}
			continue
		}
		if math.Abs(auc-won/pairs) > 1e-9 || math.Abs(ap-sum/hits) > 1e-9 {
			t.Fatalf("seed %d: AUC %v, want %v; AP %v, want %v", seed, auc, won/pairs, ap, sum/hits)
		}
	}
	if recall, precision := atTen([]float64{3, 2, 2, 0}, []bool{true, false, false, true}); recall != 1 || precision != .2 {
		t.Errorf("of four candidates all are shown: %v, %v", recall, precision)
	}
	scores, hit := make([]float64, 20), make([]bool, 20)
	hit[3] = true
	if recall, _ := atTen(scores, hit); recall != .5 {
		t.Errorf("one of twenty alike is among ten with chance %v", recall)
	}
	if x := calibrationError([]scored{{.5, 0, true}, {.5, 0, false}}); x != .5 {
		t.Errorf("ten bins of two candidates are off by %v", x)
	}
}

// Networks as others may bring them are answered, with finite numbers in order.
func TestOddNetworks(t *testing.T) {
	t.Parallel()
	fill := map[string]func(b *builder){
		"empty": func(*builder) {},
		"one":   func(b *builder) { b.node(graph.KindOrganization, "a") },
		"only ties": func(b *builder) {
			for k := range 30 {
				b.node(graph.KindOrganization, fmt.Sprint(k))
				if k > 0 {
					b.link(graph.ALLIED_WITH, fmt.Sprint(k), fmt.Sprint(k/2))
				}
			}
		},
		"only affiliations": func(b *builder) {
			for k := range 30 {
				b.node(graph.KindIndividual, fmt.Sprint(k))
				b.node(graph.KindCoalition, fmt.Sprint("c", k%5))
				b.link(graph.MEMBER_OF, fmt.Sprint(k), fmt.Sprint("c", k%5))
				b.link(graph.MEMBER_OF, fmt.Sprint(k), fmt.Sprint("c", (k*k+1)%(k%5+1)))
			}
		},
		"one giant group": func(b *builder) {
			b.node(graph.KindCoalition, "all")
			for k := range 1500 {
				b.node(graph.KindOrganization, fmt.Sprint(k), "name", "The same words", "place", "Here")
				b.link(graph.MEMBER_OF, fmt.Sprint(k), "all")
			}
		},
		"all ended long ago": func(b *builder) {
			for k := range 10 {
				b.node(graph.KindOrganization, fmt.Sprint(k))
				b.node(graph.KindCoalition, fmt.Sprint("c", k%3))
				b.link(graph.MEMBER_OF, fmt.Sprint(k), fmt.Sprint("c", k%3), "since", "1800", "until", "1801")
				if k > 0 {
					b.link(graph.ALLIED_WITH, fmt.Sprint(k), fmt.Sprint(k/3), "since", "1800", "until", "1801")
				}
			}
		},
		"other scripts": func(b *builder) {
			for k, name := range []string{"環境保護協会", "環境保護連盟", "جمعية حماية المياه", "منظمة حماية المياه", "Общество защиты рек"} {
				b.node(graph.KindOrganization, fmt.Sprint(k), "name", name)
			}
		},
	}
	for name, add := range fill {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := build(t.Context(), network{name: name}, today, add)
			if err != nil {
				t.Fatal(err)
			}
			ix := analysis.NewIndex(n.view)
			gaps, err := ix.Gaps(t.Context(), analysis.GapQuestion{})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range gaps {
				for _, x := range []float64{g.Score, g.Likelihood, g.Value, g.Evidence} {
					if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
						t.Fatalf("%s has the numbers %v %v %v %v", g.Kind, g.Score, g.Likelihood, g.Value, g.Evidence)
					}
				}
			}
			if name == "other scripts" && !slices.ContainsFunc(gaps, func(g analysis.Gap) bool { return g.Kind == analysis.MISSING_TIE }) {
				t.Error("no two names have a word in common")
			}
			if _, err := ix.Communities(t.Context(), analysis.Reading{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// The command reads the smallest real networks and writes its report.
func TestCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the command takes its time")
	}
	data := os.Getenv("WEFT_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(data, "import-samples")); err != nil {
		t.Skipf("SKIPPED: the test data is not here; set WEFT_DATA to their folder (%v)", err)
	}
	nets, err := read(t.Context(), data, "Les Misérables,US states,Oligrapher,Paul Revere", false, func(name string, err error) { t.Errorf("%s: %v", name, err) })
	if err != nil {
		t.Fatal(err)
	}
	r := &results{planted: []sown{{noise: .1, kinds: map[analysis.GapKind]harvest{}}, {noise: .3, kinds: map[analysis.GapKind]harvest{}}}}
	for _, n := range nets {
		m, err := measuredOn(t.Context(), n, analysis.Fitted())
		if err != nil {
			t.Fatal(err)
		}
		r.networks = append(r.networks, *m)
		g, err := judgeGroups(t.Context(), n, analysis.Fitted())
		if err != nil {
			t.Fatal(err)
		}
		if g != nil {
			r.groups = append(r.groups, *g)
			if g.weft < .995*g.leidenalg {
				t.Errorf("%s: modularity %v, leidenalg %v", n.name, g.weft, g.leidenalg)
			}
		}
		if m.ties != nil {
			if w, ra := find(m.ties, "Weft"), find(m.ties, "RA"); w.ap.value < .97*ra.ap.value {
				t.Errorf("%s: AP %v, RA %v", n.name, w.ap.value, ra.ap.value)
			}
		}
	}
	if len(r.groups) != 3 {
		t.Errorf("%d networks have recorded groups", len(r.groups))
	}
	var out bytes.Buffer
	if err := r.write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## Targets", "**Les Misérables**", "| EASE |", "| Oligrapher |", "**missed**"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if err := Run(t.Context(), []string{"-data", t.TempDir(), "-with", "Nothing=1"}, &out); err == nil || !strings.Contains(err.Error(), "Nothing") {
		t.Errorf("an unknown coefficient is %v", err)
	}
}
