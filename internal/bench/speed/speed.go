// Package speed measures the kernels of Weft beside the fastest peers there
// are for each, in one run: the same networks, turns taken one after the other,
// answers compared, medians and ratios written down as they fall.
//
// The kernels are those the program answers with, asked through their exported
// methods. Networks are made by the generators of networks.go and handed to the
// peers as files; peers.py, run by a Python of its own, times them. A peer that
// is not there leaves its row empty and is named.
package speed

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// packages are the peers, in the versions that figures are given for.
var packages = []string{"numpy==2.4.6", "scipy==1.17.1", "networkx==3.6.1", "igraph==1.0.0", "leidenalg==0.12.0", "networkit==11.3", "sparse-dot-topn==1.2.0"}

// bench is one run.
type bench struct {
	ctx     context.Context
	dir     string // for networks and answers
	data    string // real networks, "" when they are not there
	times   int
	largest int      // networks of more nodes are left out
	out     []string // peers left out
	python  string
	peers   *peers
	hurry   bool
	last    [4]*answer // of peers that look for paths
	log     io.Writer
}

// part is one group of figures, a heading of the report.
type part struct {
	name, title string
	run         func(*bench, *section) error
}

var parts = []part{
	{"gaps", "All-pairs top ten", (*bench).gaps},
	{"betweenness", "Betweenness", (*bench).betweenness},
	{"leiden", "Groups", (*bench).leiden},
	{"paths", "Paths", (*bench).paths},
	{"growth", "Growth and writes", (*bench).grow},
	{"memory", "Memory", (*bench).memory},
	{"search", "Search", (*bench).search},
}

// Run measures the parts that are asked for, prints what it finds and writes
// it into the report; parts that are not asked for stay there as they are.
func Run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("bench speed", flag.ContinueOnError)
	f.SetOutput(out)
	python := f.String("python", "", "a Python that has the peers; else one is made in a temporary folder")
	report := f.String("report", "docs/speed.md", "the file to write figures into; empty for none")
	data := f.String("data", "../shared/data", "folder of the real networks")
	only := f.String("only", "", "parts to measure, separated by commas: gaps, betweenness, leiden, paths, growth, memory, search")
	times := f.Int("times", 7, "how often each is measured; less where one run takes over ten seconds")
	without := f.String("without", "", "peers to leave out, separated by commas, for want of time")
	hurry := f.Bool("hurry", false, "leave out what takes many minutes: leidenalg on networks of a million nodes")
	largest := f.Int("largest", 1_000_000, "leave out networks of more nodes than this, for want of time")
	profile := f.String("profile", "", "write a processor profile of Weft's part to this file")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "weft-speed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	stop, err := profiled(*profile)
	if err != nil {
		return err
	}
	defer stop()
	if *python == "" {
		if *python, err = install(ctx, dir, out); err != nil {
			fmt.Fprintf(out, "NO PEERS: %v\n", err)
		}
	}
	b := &bench{ctx: ctx, dir: dir, data: *data, times: *times, largest: *largest, hurry: *hurry, python: *python, out: strings.Split(*without, ","), log: out}
	b.peers, err = startPeers(ctx, *python)
	if err != nil {
		fmt.Fprintf(out, "NO PEERS: %v\n", err)
	}
	defer b.peers.stop()
	machine := b.machine()
	fmt.Fprintln(out, machine)
	old := readReport(*report)
	for _, p := range parts {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), p.name) {
			continue
		}
		s := &section{name: p.name, title: p.title, machine: machine, out: out}
		fmt.Fprintf(out, "\n## %s\n", p.title)
		failed := p.run(b, s)
		if failed != nil { // what was measured until then stands
			s.say("Cut short: %v.", failed)
		}
		old[p.name] = s.String()
		if *report != "" {
			if err := writeReport(*report, old); err != nil {
				return err
			}
		}
		if failed != nil {
			return fmt.Errorf("%s: %w", p.name, failed)
		}
	}
	return nil
}

// install makes a Python with the peers.
func install(ctx context.Context, dir string, out io.Writer) (string, error) {
	fmt.Fprintln(out, "Installing the peers in a temporary folder: "+strings.Join(packages, " "))
	home := filepath.Join(dir, "venv")
	python := filepath.Join(home, "bin", "python")
	for _, c := range [][]string{{"python3", "-m", "venv", home}, append([]string{python, "-m", "pip", "install", "-q", "--only-binary", ":all:"}, packages...)} {
		if b, err := exec.CommandContext(ctx, c[0], c[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(c[:min(3, len(c))], " "), err, lastLine(b))
		}
	}
	return python, nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}

// machine says in one line what figures were made on.
func (b *bench) machine() string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		for s := bufio.NewScanner(f); s.Scan(); {
			if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
		f.Close()
	}
	line := fmt.Sprintf("%s, %d cores (%s), %s", time.Now().Format(time.DateOnly), runtime.NumCPU(), model, runtime.Version())
	a, err := b.peers.ask(request{"call": "versions"})
	if err != nil {
		return line + "; no peers: " + err.Error()
	}
	names := []string{"python", "numpy", "scipy", "networkx", "igraph", "leidenalg", "networkit", "sparse_dot_topn"}
	for _, n := range names {
		if v, _ := a.Rest[n].(string); v != "" {
			line += ", " + n + " " + v
		} else {
			line += ", NO " + n
			fmt.Fprintf(b.log, "MISSING PEER: %s (%v)\n", n, a.Rest[n+" error"])
		}
	}
	return line
}

// figure is the times of one contender, in seconds.
type figure struct {
	name  string
	times []float64
	lost  string // why there are none
}

func (f *figure) median() float64 {
	if len(f.times) == 0 {
		return 0
	}
	t := slices.Sorted(slices.Values(f.times))
	n := len(t)
	return (t[(n-1)/2] + t[n/2]) / 2
}

func (f *figure) String() string {
	if f.lost != "" {
		return ""
	}
	return fmt.Sprintf("%s (%s–%s)", seconds(f.median()), seconds(slices.Min(f.times)), seconds(slices.Max(f.times)))
}

func seconds(s float64) string {
	switch {
	case s == 0:
		return "0"
	case s < 1e-3:
		return fmt.Sprintf("%.3g µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.3g s", s)
}

// contender is somebody who does a work; run returns how long one turn took.
type contender struct {
	name string
	most int    // turns at most, 0 for as many as the others
	out  string // why it is left out, "" if it is not
	run  func(turn int) (float64, error)
}

// atMost returns c with fewer turns.
func (c contender) atMost(turns int) contender { c.most = turns; return c }

// upTo returns the sizes that are not left out.
func (b *bench) upTo(sizes ...int) []int {
	return slices.DeleteFunc(sizes, func(n int) bool { return n > b.largest })
}

// race lets contenders take turns. Whoever fails is out, with the reason; who
// takes over ten seconds a turn takes three, over forty one.
func (b *bench) race(list ...contender) ([]*figure, error) {
	out := make([]*figure, len(list))
	for k, c := range list {
		out[k] = &figure{name: c.name, lost: c.out}
		if slices.Contains(b.out, c.name) {
			out[k].lost = "left out of this run"
		}
	}
	for turn := range b.times {
		for k, c := range list {
			f := out[k]
			if m := f.median(); f.lost != "" || c.most > 0 && turn >= c.most || m > 10 && turn >= 3 || m > 40 {
				continue
			}
			if err := b.ctx.Err(); err != nil {
				return nil, err
			}
			runtime.GC()
			t, err := c.run(turn)
			if err != nil {
				if k == 0 {
					return nil, err
				}
				f.lost, f.times = err.Error(), nil
				fmt.Fprintf(b.log, "PEER LOST: %s: %v\n", c.name, err)
				continue
			}
			f.times = append(f.times, t)
		}
	}
	return out, nil
}

// timed measures one turn of Weft's.
func timed(do func() error) (float64, error) {
	begun := time.Now()
	err := do()
	return time.Since(begun).Seconds(), err
}

// section is one part of the report being made.
type section struct {
	name, title, machine string
	out                  io.Writer
	body                 bytes.Buffer
}

// say adds a paragraph.
func (s *section) say(format string, args ...any) {
	fmt.Fprintf(io.MultiWriter(s.out, &s.body), "\n"+format+"\n", args...)
}

// head begins a table of ratios.
func (s *section) head() {
	fmt.Fprint(io.MultiWriter(s.out, &s.body), "\n| work | Weft | peer | its time | turns | ratio | aim | met | answers |\n|---|---|---|---|---|---|---|---|---|\n")
}

// row is one line of it: how many times as long the peer took.
func (s *section) row(work string, ours, peer *figure, aim float64, answers string) {
	s.scaled(work, ours, peer, 1, aim, answers)
}

// scaled is row for a peer that did a part of the work only: its time is
// multiplied, and that is said.
func (s *section) scaled(work string, ours, peer *figure, scale, aim float64, answers string) {
	if peer.lost != "" {
		s.line("| %s | %s | %s | not measured: %s | | | ≥ %g | | |", work, ours, peer.name, strings.ReplaceAll(peer.lost, "|", "/"), aim)
		return
	}
	ratio := peer.median() * scale / ours.median()
	time := peer.String()
	if scale != 1 {
		time += fmt.Sprintf(" × %.4g", scale)
	}
	s.line("| %s | %s | %s | %s | %d, %d | %.2f | ≥ %g | %s | %s |", work, ours, peer.name, time, len(ours.times), len(peer.times), ratio, aim, met(ratio >= aim), answers)
}

func met(yes bool) string {
	if yes {
		return "yes"
	}
	return "**no**"
}

func (s *section) line(format string, args ...any) {
	fmt.Fprintf(io.MultiWriter(s.out, &s.body), format+"\n", args...)
}

func (s *section) String() string {
	return fmt.Sprintf("## %s\n\nMeasured: %s.\n%s", s.title, s.machine, s.body.String())
}

const heading = `# Speed beside peers

Made by ` + "`go run ./internal/bench speed`" + `; each part is from one run, in which Weft and its peers took turns on the same networks. A time is the
median of the turns, with the least and the largest; a ratio is the peer's median by Weft's, so more is better. Machines are shared and
noisy: ratios count, times only show proportions. How networks are made is said in ` + "`internal/bench/speed/networks.go`" + `.
`

// readReport returns the parts of an older report by name; under written, those that were written by hand.
func readReport(file string) map[string]string {
	out := map[string]string{}
	b, err := os.ReadFile(file)
	if err != nil {
		return out
	}
	for _, text := range strings.Split("\n"+string(b), "\n## ")[1:] {
		name := written
		for _, p := range parts {
			if strings.HasPrefix(text, p.title+"\n") {
				name = p.name
			}
		}
		out[name] += "\n## " + text
	}
	return out
}

const written = "written"

func writeReport(file string, sections map[string]string) error {
	var b strings.Builder
	b.WriteString(heading)
	for _, p := range parts {
		if s := cmp.Or(sections[p.name], ""); s != "" {
			b.WriteString("\n" + strings.TrimSpace(s) + "\n")
		}
	}
	if s := sections[written]; s != "" {
		b.WriteString("\n" + strings.TrimSpace(s) + "\n")
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}
