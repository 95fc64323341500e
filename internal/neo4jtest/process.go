package neo4jtest

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Target is where a Neo4j server is and how to get in.
type Target struct {
	URL      string // bolt://host:port
	User     string
	Password string
	Database string
}

// Process is a Neo4j server started by Start. It ends when Stop or Kill is called, or when the process that started it
// ends in any way. Its methods may be called from several goroutines.
type Process struct {
	target   Target
	dir      string
	port     int
	heap     string // the most memory of its Java heap, as Java has it
	deleting bool   // whether the server deletes dir when it ends in order

	mu      sync.Mutex
	running *run // nil after Stop and Kill
}

// run is one life of a server.
type run struct {
	cmd   *exec.Cmd
	input io.Closer     // closing it tells the server to shut down
	ended chan struct{} // closed once the server has exited and err is set
	err   error
}

// Start starts a server on a loopback port with its data in dir, an existing folder that no other server uses, and
// returns once it answers. Port 0 takes a free one. The password is new at each Start, also on data kept from before.
// ctx bounds the wait, not the life of the server.
func Start(ctx context.Context, dir string, port int) (*Process, error) {
	return start(ctx, dir, port, rand.Text(), testHeap, false)
}

// StartWithPassword is Start with a password of at least 8 characters, for a server that people sign in to.
func StartWithPassword(ctx context.Context, dir string, port int, password string) (*Process, error) {
	return start(ctx, dir, port, password, ownHeap, false)
}

// Tests write little. Who has a server of their own may import a large network in one transaction, which is kept in
// the heap until it ends.
const testHeap, ownHeap = "768m", "3g"

func start(ctx context.Context, dir string, port int, password, heap string, deleting bool) (*Process, error) {
	// Another process can take a free port before the server listens on it, hence a second try.
	attempts := 1
	if port == 0 {
		attempts = 3
	}
	for {
		attempts--
		chosen := port
		if chosen == 0 {
			var err error
			if chosen, err = freePort(); err != nil {
				return nil, err
			}
		}
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(chosen))
		p := &Process{
			target:   Target{URL: "bolt://" + address, User: "neo4j", Password: password, Database: "neo4j"},
			dir:      dir,
			port:     chosen,
			heap:     heap,
			deleting: deleting,
		}
		err := p.launch(ctx)
		if err == nil {
			return p, nil
		}
		if attempts == 0 || !errors.Is(err, errPortTaken) {
			return nil, err
		}
	}
}

var errPortTaken = errors.New("the port is in use")

// Target is where the server is; it stays the same over Restart.
func (p *Process) Target() Target { return p.target }

// Stop shuts the server down in order and waits for its end. Stopping a stopped server does nothing.
func (p *Process) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stop()
}

func (p *Process) stop() error {
	if p.running == nil {
		return nil
	}
	r := p.running
	p.running = nil
	r.input.Close()
	<-r.ended
	return r.err
}

// Kill ends the server at once, as a power cut would, and waits until it is gone.
func (p *Process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return nil
	}
	r := p.running
	p.running = nil
	defer r.input.Close()
	if err := r.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-r.ended
	return nil
}

// Restart stops the server if it runs and starts it again with the same data, port and password.
func (p *Process) Restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.stop(); err != nil {
		return err
	}
	return p.launch(ctx)
}

// Wait returns when the server has ended by itself or by Stop or Kill.
func (p *Process) Wait() {
	p.mu.Lock()
	r := p.running
	p.mu.Unlock()
	if r != nil {
		<-r.ended
	}
}

// launch starts the server and waits until it is ready.
func (p *Process) launch(ctx context.Context) error {
	java, classpath, err := installation(ctx)
	if err != nil {
		return err
	}
	complaints, err := os.Create(filepath.Join(p.dir, "stderr.log"))
	if err != nil {
		return err
	}
	defer complaints.Close()

	end := "keep"
	if p.deleting {
		end = "delete"
	}
	cmd := exec.Command(java, "-Xmx"+p.heap, "-XX:+UseSerialGC", "-cp", classpath, "Neo4jServer",
		p.dir, strconv.Itoa(p.port), end)
	cmd.Env = append(os.Environ(), "WEFT_NEO4J_PASSWORD="+p.target.Password)
	// Files and pipes of our own: with the test's output inherited, `go test` would wait for the server to end.
	cmd.Stderr = complaints
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := &run{cmd: cmd, input: input, ended: make(chan struct{})}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if lines.Text() == "ready" {
				close(ready)
			}
		}
		io.Copy(io.Discard, output)
		r.err = cmd.Wait()
		close(r.ended)
	}()

	select {
	case <-ready:
		p.running = r
		return nil
	case <-r.ended:
		return p.startError(r.err)
	case <-ctx.Done():
		cmd.Process.Kill()
		<-r.ended
		return fmt.Errorf("waiting for Neo4j to start: %w", ctx.Err())
	}
}

// startError tells why a server ended instead of starting. The deepest cause Java printed says it best.
func (p *Process) startError(exit error) error {
	log, _ := os.ReadFile(filepath.Join(p.dir, "stderr.log"))
	cause := firstLine(string(log), exit)
	for line := range strings.Lines(string(log)) {
		if rest, found := strings.CutPrefix(line, "Caused by: "); found {
			cause = strings.TrimSpace(rest)
		}
	}
	if strings.Contains(cause, "already in use") {
		return fmt.Errorf("start Neo4j on port %d: %w", p.port, errPortTaken)
	}
	return fmt.Errorf("start Neo4j in %s: %s", p.dir, cause)
}

// freePort gives a port of the loopback address that nobody listened on a moment ago.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
