package speed

import (
	"bufio"
	"context"
	_ "embed" // peers.py
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
)

//go:embed peers.py
var script string

// peers is the Python that times them: one request, one answer.
type peers struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	lost    error
}

// request is a call of a function of peers.py with its arguments.
type request map[string]any

// answer is what it returned.
type answer struct {
	Seconds float64
	File    string
	Rows    int
	Samples int
	Bytes   int64
	Times   []float64
	Lengths []int
	Cost    []float64
	Error   string
	Rest    map[string]any `json:"-"`
}

func startPeers(ctx context.Context, python string) (*peers, error) {
	p := &peers{lost: errors.New("there is no Python with the peers")}
	if python == "" {
		return p, p.lost
	}
	c := exec.CommandContext(ctx, python, "-c", script)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return p, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return p, err
	}
	if err := c.Start(); err != nil {
		p.lost = err
		return p, err
	}
	return &peers{command: c, in: in, out: bufio.NewReaderSize(out, 1<<20)}, nil
}

// ask sends a request and waits for its answer.
func (p *peers) ask(r request) (*answer, error) {
	if p.lost != nil {
		return nil, p.lost
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		p.lost = err
		return nil, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		p.lost = errors.New("the peers ended: " + err.Error())
		return nil, p.lost
	}
	a := &answer{}
	if err := json.Unmarshal(line, a); err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, errors.New(strings.ReplaceAll(a.Error, "\n", " "))
	}
	return a, json.Unmarshal(line, &a.Rest)
}

func (p *peers) stop() {
	if p.command != nil {
		p.in.Close()
		p.command.Wait()
	}
}

// turns makes a contender of a request; its last answer is kept in last.
func (p *peers) turns(name string, r request, last **answer) contender {
	return contender{name: name, run: func(turn int) (float64, error) {
		r["seed"] = turn + 1
		a, err := p.ask(r)
		if err != nil {
			return 0, err
		}
		*last = a
		return a.Seconds, nil
	}}
}

// profiled writes a processor profile to a file until it is stopped.
func profiled(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); f.Close() }, nil
}
