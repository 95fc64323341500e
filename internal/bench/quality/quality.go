// Package quality measures how right the answers of graph/analysis are: links
// are held out of real and generated networks and asked for again, beside
// well-known baselines on the same candidates, and gaps are planted where the
// truth is known. It writes docs/quality.md.
package quality

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"weft/graph"
	"weft/graph/analysis"
)

// options are the flags of the command.
type options struct {
	data   string // folder of the real networks
	only   string // names of networks, for a short look
	to     string // file that the report is written to; "" is the output
	tune   analysis.Coefficients
	passes int // of the fit over all coefficients
}

// Run is the command `bench quality`.
func Run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.data, "data", filepath.Join("..", "shared", "data"), "folder of the real networks; what is missing is skipped")
	flags.StringVar(&o.only, "only", "", "names of real networks, with commas, for a short look; the report goes to the output")
	flags.StringVar(&o.to, "to", filepath.Join("docs", "quality.md"), "file that the report is written to")
	with := flags.String("with", "", "coefficients to try instead of those in use, as Alike=.5,Rarity.words=1; the report goes to the output")
	flags.IntVar(&o.passes, "passes", 2, "how often -fit goes over all coefficients")
	fitting := flags.Bool("fit", false, "fit the coefficients on the tuning sets, and print them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if o.tune, err = changed(*with); err != nil {
		return err
	}
	if *fitting {
		return fit(ctx, o, out)
	}
	if o.only != "" || *with != "" {
		o.to = ""
	}
	r, err := measured(ctx, o, out)
	if err != nil {
		return err
	}
	if o.to == "" {
		return r.write(out)
	}
	f, err := os.Create(o.to)
	if err != nil {
		return err
	}
	if err := r.write(f); err != nil {
		return err
	}
	return f.Close()
}

// results is everything that was measured.
type results struct {
	skipped  []string
	networks []measure
	planted  []sown
	decay    []decayed
	groups   []grouping
	reasons  []*explained
}

// measure is what was found on one network.
type measure struct {
	*network
	counts                 graph.Counts
	ties, newcomers, later []outcome
	members, laterMembers  []outcome
	fresh                  *newGroups
}

// sown are the gaps found of what was planted at one level of noise, of all seeds.
type sown struct {
	noise float64
	kinds map[analysis.GapKind]harvest
}

const plantSeeds = 5

// measured measures everything, telling on out how far it has come.
func measured(ctx context.Context, o options, out io.Writer) (*results, error) {
	r := &results{}
	nets, err := read(ctx, o.data, o.only, false, func(name string, err error) {
		r.skipped = append(r.skipped, fmt.Sprintf("%s: %v", name, err))
		fmt.Fprintf(out, "SKIPPED %s: %v\n", name, err)
	})
	if err != nil {
		return nil, err
	}
	for k, mix := range [][2]float64{{.5, .4}, {.2, .6}} {
		n, err := generated(ctx, 1+uint64(k), 500, mix[0], mix[1])
		if err != nil {
			return nil, err
		}
		nets = append(nets, n)
	}
	for _, n := range nets {
		fmt.Fprintln(out, n.name)
		m, err := measuredOn(ctx, n, o.tune)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, err)
		}
		r.networks = append(r.networks, *m)
		g, err := judgeGroups(ctx, n, o.tune)
		if err != nil {
			return nil, err
		}
		if g != nil {
			r.groups = append(r.groups, *g)
		}
		if n.dated {
			d, err := judgeDecay(ctx, n, o.tune)
			if err != nil {
				return nil, err
			}
			r.decay = append(r.decay, d...)
		}
		if n.made || n.name == "Zaruna" {
			e, err := judgeReasons(ctx, n, o.tune)
			if err != nil {
				return nil, err
			}
			r.reasons = append(r.reasons, e)
		}
	}
	for _, noise := range []float64{.1, .3} {
		s := sown{noise, map[analysis.GapKind]harvest{}}
		for seed := range uint64(plantSeeds) {
			n, p, err := planted(ctx, seed, noise)
			if err != nil {
				return nil, err
			}
			got, err := reap(ctx, n, p, o.tune)
			if err != nil {
				return nil, err
			}
			for kind, h := range got {
				sum := s.kinds[kind]
				s.kinds[kind] = harvest{sum.precision + h.precision/plantSeeds, sum.above + h.above, append(sum.wrong, h.wrong...)}
			}
			if seed == 0 {
				e, err := judgeReasons(ctx, n, o.tune)
				if err != nil {
					return nil, err
				}
				r.reasons = append(r.reasons, e)
			}
		}
		r.planted = append(r.planted, s)
	}
	return r, nil
}

func measuredOn(ctx context.Context, n *network, tune analysis.Coefficients) (m *measure, err error) {
	m = &measure{network: n, counts: n.view.Counts()}
	times := seeds
	if m.counts.Nodes > large {
		times = 2
	}
	if s := tieSplits(n, .2, times); len(s[0].want) >= fewest {
		if m.ties, err = judgeTies(ctx, n, tune, s, false); err != nil {
			return nil, err
		}
		if n.words {
			if m.newcomers, err = judgeTies(ctx, n, tune, newcomerSplits(n, times), false); err != nil {
				return nil, err
			}
		}
	}
	if s := memberSplits(n, .2, seeds); len(s[0].want) >= fewest {
		if m.members, err = judgeMembers(ctx, n, tune, s, false); err != nil {
			return nil, err
		}
		if n.words {
			g, err := judgeNewGroups(ctx, n, tune, seeds)
			if err != nil {
				return nil, err
			}
			m.fresh = &g
		}
	}
	if n.dated {
		if s := temporalSplit(n, tieLink); len(s.want) >= fewest {
			if m.later, err = judgeTies(ctx, n, tune, []split{s}, false); err != nil {
				return nil, err
			}
		}
		if s := temporalSplit(n, membership); len(s.want) >= fewest {
			if m.laterMembers, err = judgeMembers(ctx, n, tune, []split{s}, false); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

const (
	fewest = 10     // held out, below which nothing is told
	large  = 20_000 // nodes, above which less is held out
)
