// Command bench measures Weft: how right its suggestions are and how fast its
// answers. It is run from the repository, `go run ./internal/bench quality`,
// and is no part of the program.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"weft/internal/bench/quality"
	"weft/internal/bench/speed"
)

// commands are the things that can be measured. Each is given the arguments
// after its name and writes what it finds out.
var commands = []struct {
	name, about string
	run         func(ctx context.Context, args []string, out io.Writer) error
}{
	{"quality", "how right suggestions, gaps and groups are, beside baselines (docs/quality.md)", quality.Run},
	{"speed", "how fast the kernels are, beside peers in the same run (docs/speed.md)", speed.Run},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, c := range commands {
		if len(os.Args) > 1 && os.Args[1] == c.name {
			if err := c.run(ctx, os.Args[2:], os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, "bench "+c.name+":", err)
				stop()
				os.Exit(1)
			}
			return
		}
	}
	fmt.Fprintln(os.Stderr, "Say what to measure, with -h for its flags:")
	for _, c := range commands {
		fmt.Fprintf(os.Stderr, "  go run ./internal/bench %-8s %s\n", c.name, c.about)
	}
	os.Exit(2)
}
