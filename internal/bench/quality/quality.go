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
	"path/filepath"
	"time"

	"weft/graph/analysis"
)

// options are the flags of the command.
type options struct {
	data string // folder of the real networks
	only string // names of networks, for a short look
	tune analysis.Coefficients
}

// Run is the command `bench quality`.
func Run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.data, "data", filepath.Join("..", "shared", "data"), "folder of the real networks; what is missing is skipped")
	flags.StringVar(&o.only, "only", "", "names of networks, with commas, for a short look")
	tuning := flags.Bool("tuning", false, "")
	with := flags.String("with", "", "coefficients to try instead of those in use, as Alike=.5,Rarity.words=1")
	fitting := flags.Bool("fit", false, "fit the coefficients and the calibration on the tuning sets, and print them")
	plants := flags.Bool("plants", false, "")
	few := flags.Bool("few", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	tune, err := changed(*with)
	if err != nil {
		return err
	}
	o.tune = tune
	if *fitting {
		return fit(ctx, o, out)
	}
	if *plants {
		for _, noise := range []float64{.1, .3} {
			for seed := range uint64(5) {
				n, p, err := planted(ctx, seed, noise)
				if err != nil {
					return err
				}
				h, err := reap(ctx, n, p, tune)
				if err != nil {
					return err
				}
				for _, k := range analysis.GapKinds {
					fmt.Fprintf(out, "%.1f %d %-18s %.3f %d %v\n", noise, seed, k, h[k].precision, h[k].above, h[k].wrong[:min(4, len(h[k].wrong))])
				}
			}
		}
		return nil
	}
	nets, err := read(ctx, o.data, o.only, *tuning, func(name string, err error) { fmt.Fprintf(out, "SKIPPED %s: %v\n", name, err) })
	if err != nil {
		return err
	}
	for _, n := range nets {
		c := n.view.Counts()
		fmt.Fprintln(out, n.name, c)
		start := time.Now()
		if s := tieSplits(n, .2, seeds); len(s[0].want) > 0 {
			list, err := judgeTies(ctx, n, tune, s, *few)
			if err != nil {
				return err
			}
			show(out, list)
		}
		fmt.Fprintln(out, time.Since(start))
		start = time.Now()
		if s := memberSplits(n, .2, seeds); len(s[0].want) > 0 {
			list, err := judgeMembers(ctx, n, tune, s, *few)
			if err != nil {
				return err
			}
			show(out, list)
			g, err := judgeNewGroups(ctx, n, tune, seeds)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "  new groups %.3f popularity %.3f n %d\n", g.weft.value, g.popularity.value, g.coalitions)
		}
		fmt.Fprintln(out, time.Since(start))
	}
	return nil
}

func show(out io.Writer, list []outcome) {
	for _, o := range list {
		fmt.Fprintf(out, "  %-16s AUC %.3f [%.3f %.3f] AP %.4f [%.4f %.4f] R@10 %.3f P@10 %.3f hard %.3f new %.3f q %.2f %.2f %.2f %.2f ECE %.3f %.3f n %d %d\n", o.method, o.auc.value, o.auc.low, o.auc.high, o.ap.value, o.ap.low, o.ap.high, o.recall.value, o.precision.value, o.hard, o.newcomers.value,
			o.quartiles[0], o.quartiles[1], o.quartiles[2], o.quartiles[3], o.calibration, o.shown, o.actors, o.positives)
	}
}
