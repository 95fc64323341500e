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
)

// options are the flags of the command.
type options struct {
	data string // folder of the real networks
}

// Run is the command `bench quality`.
func Run(_ context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.data, "data", filepath.Join("..", "shared", "data"), "folder of the real networks; what is missing is skipped")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, set := range []string{"parliament-groups", "ror", "issue-taxonomy", "import-samples"} {
		if _, err := os.Stat(filepath.Join(o.data, set)); err != nil {
			fmt.Fprintf(out, "SKIPPED %s: %v\n", set, err)
		}
	}
	return nil
}
