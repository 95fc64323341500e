// Command neo4j runs a Neo4j community server on this machine, for developers without Docker and for test runs.
//
//	neo4j [--port 7687] [--data DIR]   runs it until interrupted and prints how to connect
//	neo4j exec COMMAND ...             runs it for the time of a command, named to it by NEO4J_TEST_URL and the like
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"weft/internal/neo4jtest"
)

func main() {
	// Signals end the server or the command in order rather than this program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	if len(os.Args) > 1 && os.Args[1] == "exec" {
		err = run(ctx, os.Args[2:])
	} else {
		err = serve(ctx, os.Args[1:])
	}
	stop()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(max(exit.ExitCode(), 1))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "neo4j:", err)
		os.Exit(1)
	}
}

// serve runs a server until ctx ends.
func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("neo4j", flag.ExitOnError)
	port := flags.Int("port", 7687, "loopback `port` to listen on; 0 takes a free one")
	data := flags.String("data", "", "`folder` to keep the data in (default: a temporary one, deleted at the end)")
	flags.Parse(args)
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not understood; see --help", flags.Arg(0))
	}
	password := os.Getenv("NEO4J_PASSWORD")
	if password == "" {
		password = rand.Text()
	}
	if len(password) < 8 {
		return errors.New("NEO4J_PASSWORD is too short: Neo4j asks for 8 characters or more")
	}
	if *data == "" {
		temporary, err := os.MkdirTemp("", "weft-neo4j-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		*data = temporary
		fmt.Fprintln(os.Stderr, "Nothing is kept after the end; --data FOLDER keeps it.")
	} else {
		kept, err := filepath.Abs(*data)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(kept, 0o700); err != nil {
			return err
		}
		*data = kept
	}

	fmt.Fprintf(os.Stderr, "Starting Neo4j %s ...\n", neo4jtest.Version)
	server, err := neo4jtest.StartWithPassword(ctx, *data, *port, password)
	if err != nil {
		return explain(err)
	}
	target := server.Target()
	fmt.Printf("NEO4J_URL=%s\nNEO4J_USER=%s\nNEO4J_PASSWORD=%s\n", target.URL, target.User, target.Password)
	fmt.Fprintln(os.Stderr, "Ctrl-C stops it.")

	ended := make(chan struct{})
	go func() {
		server.Wait()
		close(ended)
	}()
	select {
	case <-ctx.Done():
		server.Stop() // The interrupt may have ended the server before, which is no failure.
		return nil
	case <-ended:
		return fmt.Errorf("the server ended; its log is in %s", filepath.Join(*data, "logs"))
	}
}

// run runs a command with a server for the time of it, or without one where none can be had: tests then skip and say why.
func run(ctx context.Context, command []string) error {
	if len(command) == 0 {
		return errors.New("exec needs a command to run")
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()

	if os.Getenv("NEO4J_TEST_URL") == "" {
		dir, err := os.MkdirTemp("", "weft-neo4j-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		startCtx, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		server, err := neo4jtest.Start(startCtx, dir, 0)
		switch {
		case errors.Is(err, neo4jtest.ErrUnavailable):
			fmt.Fprintln(os.Stderr, "neo4j:", err)
		case err != nil:
			return err
		default:
			defer server.Stop()
			target := server.Target()
			cmd.Env = append(cmd.Env, "NEO4J_TEST_URL="+target.URL, "NEO4J_TEST_USER="+target.User,
				"NEO4J_TEST_PASSWORD="+target.Password, "NEO4J_TEST_DATABASE="+target.Database)
		}
	}
	return cmd.Run()
}

// explain adds the remedy to an error about a server that cannot be had.
func explain(err error) error {
	if errors.Is(err, neo4jtest.ErrUnavailable) {
		return fmt.Errorf("%w; install a Java 17 JDK and Maven, or use Docker: docker compose up neo4j", err)
	}
	return err
}
