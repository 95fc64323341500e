// Command weft serves a coalition network directory: a GraphQL API and its
// explorer over one embedded file or a Neo4j database. `weft --help` lists the
// commands; README.md tells how to begin.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/schollz/progressbar/v3"

	"weft/graph"
	"weft/graph/demo"
	"weft/graph/exchange"
	"weft/graph/store"
	"weft/internal/keyfile"
	"weft/internal/web"
	"weft/resolvers"
)

// site is the built front end; without index.html it was not built.
//
//go:embed all:frontend/dist
var site embed.FS

// program is the command line. Every flag has an environment variable of the
// same name.
type program struct {
	Store   string `default:"sqlite:weft.db" env:"WEFT_STORE" help:"Where the network is kept: sqlite:FILE, bolt://HOST:PORT, neo4j://HOST:PORT (with TLS bolt+s://, neo4j+s://). User, password and database of Neo4j come from WEFT_NEO4J_USER, WEFT_NEO4J_PASSWORD and WEFT_NEO4J_DATABASE."`
	KeyFile string `env:"WEFT_KEY_FILE" type:"path" help:"File of the key that seals records; made at the first start, 0600. Keep it apart from the database and its backups. Default: the database file with .key added, weft.key for a server."`
	Quiet   bool   `short:"q" env:"WEFT_QUIET" help:"No progress, warnings and errors only."`

	Serve   serveCommand   `cmd:"" default:"withargs" help:"Serve the API and the explorer (the default)."`
	Import  importCommand  `cmd:"" help:"Bring in a network from files: a dry run, or one transaction."`
	Export  exportCommand  `cmd:"" help:"Take the network out: a Weft CSV pair of what a viewer sees, or a lossless archive."`
	Demo    demoCommand    `cmd:"" help:"Bring in the fictional demo network."`
	Backup  backupCommand  `cmd:"" help:"Write a complete copy of the database to a new file, also while a server runs on it."`
	Restore restoreCommand `cmd:"" help:"Bring an archive back into an empty database. A backup is a database itself: serve it as it is."`
	Verify  verifyCommand  `cmd:"" help:"Replay the log and compare it with what is stored; exit 1 when anything is wrong."`
	Version versionCommand `cmd:"" help:"Print the version and what it was built of."`
}

// console is what commands write to; it is a value so that tests can read it.
type console struct {
	out, err io.Writer
	log      *slog.Logger
	quiet    bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program but for the process: 0 when all went well, 1 when
// it did not, 2 when it was called wrongly.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var p program
	code := -1
	parser, err := kong.New(&p, kong.Name("weft"), kong.Writers(stdout, stderr),
		kong.Exit(func(c int) { code = c }),
		kong.Description("A coalition network directory and graph explorer: see how you are linked, and where the gaps are.\n\n"+
			"Start with `weft serve --demo` and open http://127.0.0.1:8080 in a browser."))
	if err != nil {
		fmt.Fprintln(stderr, "weft:", err)
		return 2
	}
	call, err := parser.Parse(args)
	if code >= 0 { // --help was printed
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "weft: %s. `weft --help` lists what there is.\n", err)
		return 2
	}
	level := slog.LevelInfo
	if p.Quiet {
		level = slog.LevelWarn
	}
	c := &console{stdout, stderr, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})), p.Quiet}
	call.BindTo(ctx, (*context.Context)(nil))
	if err := call.Run(&p, c); err != nil {
		fmt.Fprintln(stderr, "weft:", explain(err))
		return 1
	}
	return 0
}

// explain is an error for whoever runs the program, who may know the cause.
func explain(err error) string {
	var e *graph.Error
	if errors.As(err, &e) && e.Unwrap() != nil {
		return fmt.Sprintf("%s\n(cause: %v)", err, e.Unwrap())
	}
	return err.Error()
}

// open opens the directory that the flags name.
func (p *program) open(ctx context.Context, c *console) (*graph.Directory, error) {
	tell := func(text string) {
		if !c.quiet {
			fmt.Fprintln(c.err, text)
		}
	}
	s, err := store.Open(ctx, p.Store, store.Options{Progress: tell})
	if err != nil {
		return nil, err
	}
	key, fresh, err := keyfile.Read(p.keyFile())
	if err == nil {
		var d *graph.Directory
		if d, err = graph.Open(ctx, s, graph.Options{Key: key, Log: c.log, Follow: !p.embedded(),
			Progress: func(rows int) { tell(fmt.Sprintf("loading: %d rows", rows)) }}); err == nil {
			return d, nil
		}
		if fresh { // a key nothing was sealed with
			os.Remove(p.keyFile())
		}
	}
	s.Close(context.WithoutCancel(ctx))
	return nil, err
}

func (p *program) embedded() bool { return strings.HasPrefix(p.Store, "sqlite:") }

func (p *program) keyFile() string {
	if p.KeyFile != "" {
		return p.KeyFile
	}
	file := strings.TrimPrefix(strings.TrimPrefix(p.Store, "sqlite:"), "//")
	if p.embedded() && file != ":memory:" {
		return file + ".key"
	}
	return "weft.key"
}

// with opens the directory, runs fn and closes it.
func (p *program) with(ctx context.Context, c *console, fn func(*graph.Directory) error) error {
	d, err := p.open(ctx, c)
	if err != nil {
		return err
	}
	err = fn(d)
	return errors.Join(err, d.Close(context.WithoutCancel(ctx)))
}

type serveCommand struct {
	Listen  string   `default:"127.0.0.1:8080" env:"WEFT_LISTEN" help:"Address to serve on. Until Weft has accounts it serves one person on this machine: loopback only."`
	Origins []string `env:"WEFT_ORIGINS" help:"Other web origins whose pages may use the API, such as http://localhost:3000."`
	Name    string   `default:"Weft" env:"WEFT_NAME" help:"Name of the network, shown in the explorer."`
	Demo    bool     `env:"WEFT_DEMO" help:"Bring in the fictional demo network first if the database is empty."`
}

// Run serves until ctx ends, then lets what is under way finish.
func (s *serveCommand) Run(ctx context.Context, p *program, c *console) error {
	if err := s.check(); err != nil { // before a database is made
		return err
	}
	d, err := p.open(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close(context.WithoutCancel(ctx))
	if s.Demo {
		if err := bringDemo(ctx, d, c); err != nil {
			return err
		}
	}
	l, err := s.listen()
	if err != nil {
		return err
	}
	handler, err := s.handler(ctx, d, c.log)
	if err != nil {
		l.Close()
		return err
	}
	server := web.Server(l.Addr().String(), handler)
	fmt.Fprintf(c.out, "Weft is at http://%s\n", l.Addr())
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serving ended: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishing)
	defer cancel()
	if err := server.Shutdown(end); err != nil {
		c.log.Warn("some requests did not end in time and were cut off")
		server.Close()
	}
	return nil
}

// finishing is how long a stop waits for requests under way.
const finishing = 4 * time.Second

// check refuses addresses that others could reach, since there are no
// accounts yet and everybody who reached it would be steward.
func (s *serveCommand) check() error {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return graph.Errorf(graph.INVALID, "%q is not an address to listen on: write 127.0.0.1:8080", s.Listen)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return graph.Errorf(graph.INVALID, "%s could be reached from other machines, and Weft has no accounts yet: listen on 127.0.0.1, and use an SSH tunnel to reach it from afar", s.Listen)
	}
	return nil
}

func (s *serveCommand) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, graph.Errorf(graph.UNAVAILABLE, "%s is taken or not allowed: choose another with --listen", s.Listen).Because(err)
	}
	return l, nil
}

func (s *serveCommand) handler(ctx context.Context, d *graph.Directory, log *slog.Logger) (http.Handler, error) {
	demo, err := holdsDemo(d)
	if err != nil {
		return nil, err
	}
	r := resolvers.New(d, resolvers.Options{Name: s.Name, Demo: demo, Personal: true, Log: log})
	go r.Ahead(ctx)
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	config := web.Config{
		Schema: r.Schema(), Extensions: r.Extensions(), Context: r.Context, Introspection: r.Introspection,
		ErrorPresenter: r.Present, Recover: r.Recover, Origins: s.Origins, Headers: []string{resolvers.Progress}, Personal: true,
		Ready:   func(context.Context) error { return d.Ready() },
		Metrics: metrics, Stop: ctx, Log: log,
	}
	if dist, err := fs.Sub(site, "frontend/dist"); err == nil {
		if _, err := fs.Stat(dist, "index.html"); err == nil {
			config.Assets = dist
		}
		if api, err := fs.Sub(dist, "graphiql"); err == nil {
			if _, err := fs.Stat(api, "index.html"); err == nil {
				config.GraphiQL = api
			}
		}
	}
	if config.Assets == nil {
		log.Warn("this program was built without its front end, only the API is served: build it with `make`")
	}
	return web.Handler(config)
}

type backupCommand struct {
	File string `arg:"" type:"path" help:"The new file; it must not exist."`
}

// Run writes the backup. The key is not in it.
func (b *backupCommand) Run(ctx context.Context, p *program, c *console) error {
	if err := store.Backup(ctx, p.Store, b.File); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s holds everything. To use it: `weft --store sqlite:%s --key-file %s`. Keep the key elsewhere.\n", b.File, b.File, p.keyFile())
	return nil
}

type importCommand struct {
	From    string `arg:"" type:"path" help:"A folder or zip with nodes.csv and links.csv, or with the files that --mapping names."`
	Mapping string `help:"Read other CSV: the name of a mapping that Weft brings (parliament-groups, ror) or a mapping file (YAML or JSON)."`
	Scheme  string `help:"Scheme under which the file's ids are kept, so that the same import again updates. Default: the mapping's, else the folder's name."`
	DryRun  bool   `help:"Say what would become of every row, and change nothing."`
}

// Run imports and prints what became of the rows. Any problem keeps everything out.
func (i *importCommand) Run(ctx context.Context, p *program, c *console) error {
	if exchange.IsArchive(i.From) {
		return graph.Errorf(graph.INVALID, "%s is an archive: bring it back with `weft restore`", i.From)
	}
	source, err := exchange.OpenSource(i.From)
	if err != nil {
		return err
	}
	defer source.Close()
	options := exchange.ReadOptions{Scheme: i.Scheme, Default: source.Scheme, Progress: c.progress()}
	if options.Mapping, err = i.mapping(); err != nil {
		return err
	}
	return p.with(ctx, c, func(d *graph.Directory) error {
		batch, err := exchange.Read(ctx, source.FS, options)
		if err != nil {
			return err
		}
		play := exchange.Apply
		if i.DryRun {
			play = exchange.DryRun
		}
		report, err := play(ctx, d, operator, batch, c.progress())
		if report != nil && (err == nil || report.Problems.Count() > 0) { // else nothing came of it
			c.report(report, i.DryRun)
		}
		return err
	})
}

func (i *importCommand) mapping() (*exchange.Mapping, error) {
	switch {
	case i.Mapping == "":
		return nil, nil
	case slices.Contains(exchange.Mappings(), i.Mapping):
		return exchange.MappingNamed(i.Mapping)
	}
	b, err := os.ReadFile(i.Mapping)
	if err != nil {
		return nil, graph.Errorf(graph.INVALID, "%q is neither a file nor a mapping that Weft brings (%s)", i.Mapping, strings.Join(exchange.Mappings(), ", "))
	}
	return exchange.ParseMapping(i.Mapping, b)
}

// operator is who commands act as: whoever holds the database and its key.
var operator = graph.Viewer{Account: "operator", Level: graph.LevelSteward}

// report prints the outcome of an import.
func (c *console) report(r *exchange.Report, dry bool) {
	for _, list := range []struct {
		word string
		*exchange.Problems
	}{{"warning", &r.Warnings}, {"problem", &r.Problems}} {
		for k, p := range list.List {
			if k == 20 {
				fmt.Fprintf(c.out, "… and %d more\n", list.Count()-k)
				break
			}
			fmt.Fprintf(c.out, "%s: %s\n", list.word, p)
		}
	}
	if r.Problems.Count() > 0 {
		return
	}
	would := ""
	if dry {
		would = "would be "
	}
	for _, t := range []struct {
		what string
		exchange.Totals
	}{{"nodes", r.Nodes}, {"links", r.Links}} {
		fmt.Fprintf(c.out, "%s: %s%d added, %d changed, %d as they were, %d passed over\n", t.what, would, t.Create, t.Update, t.Unchanged, t.Skip)
	}
	if r.Change != nil {
		fmt.Fprintf(c.out, "The whole import can be undone: it is the change %s.\n", r.Change.ID)
	}
}

// progress shows a bar on a terminal for what takes long, and nothing elsewhere.
func (c *console) progress() exchange.Progress {
	f, ok := c.err.(*os.File)
	if info, err := statOf(f, ok); c.quiet || err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	var bar *progressbar.ProgressBar
	var shown string
	return func(stage string, done, total int) {
		if stage != shown {
			if bar != nil {
				bar.Finish()
			}
			shown = stage
			if total == 0 {
				total = -1
			}
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription(stage),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		bar.Set(done)
	}
}

func statOf(f *os.File, ok bool) (os.FileInfo, error) {
	if !ok {
		return nil, fs.ErrInvalid
	}
	return f.Stat()
}

type exportCommand struct {
	To string `arg:"" type:"path" help:"A new folder or NAME.zip for a Weft CSV pair, or NAME.weft.jsonl.gz for an archive. It must not exist."`
	As string `default:"coordinator" enum:"visitor,member,coordinator" help:"Whose view a CSV pair holds: ${enum}. An archive always holds everything, sealed records included, in the clear."`
}

// Run writes the export.
func (e *exportCommand) Run(ctx context.Context, p *program, c *console) error {
	if _, err := os.Lstat(e.To); err == nil {
		return graph.Errorf(graph.INVALID, "%s is there already: name a new one", e.To)
	}
	return p.with(ctx, c, func(d *graph.Directory) error {
		level := map[string]graph.Level{"visitor": graph.LevelVisitor, "member": graph.LevelMember, "coordinator": graph.LevelCoordinator}[e.As]
		view, err := d.View(graph.Viewer{Level: level}, graph.EXPORT)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error { return exchange.WriteArchive(ctx, d, w, c.progress()) }
		switch {
		case strings.HasSuffix(e.To, ".zip"):
			write = func(w io.Writer) error { return exchange.WriteZip(ctx, view, w, c.progress()) }
		case !strings.HasSuffix(e.To, exchange.ArchiveSuffix):
			err := exchange.WriteFolder(ctx, view, e.To, c.progress())
			if err == nil {
				fmt.Fprintf(c.out, "%s holds what a %s sees.\n", e.To, e.As)
			}
			return err
		}
		f, err := os.OpenFile(e.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return graph.Errorf(graph.UNAVAILABLE, "%s cannot be written: name a file in a folder you may write to", e.To).Because(err)
		}
		if err = errors.Join(write(f), f.Sync(), f.Close()); err != nil {
			os.Remove(e.To)
			return err
		}
		fmt.Fprintf(c.out, "%s is written.\n", e.To)
		return nil
	})
}

type restoreCommand struct {
	From string `arg:"" type:"path" help:"An archive (*.weft.jsonl.gz)."`
}

// Run brings an archive into an empty database. (A backup is a database: it is used as it is.)
func (r *restoreCommand) Run(ctx context.Context, p *program, c *console) error {
	f, err := os.Open(r.From)
	if err != nil {
		return graph.Errorf(graph.INVALID, "%s cannot be read: check the name", r.From).Because(err)
	}
	defer f.Close()
	if !exchange.IsArchive(r.From) {
		return graph.Errorf(graph.INVALID, "%s is no archive. A backup is a database: serve it with --store sqlite:%s and the key file of the original", r.From, r.From)
	}
	archive, err := exchange.ReadArchive(ctx, f, c.progress())
	if err != nil {
		return err
	}
	return p.with(ctx, c, func(d *graph.Directory) error {
		if !d.Empty() {
			return graph.Errorf(graph.CONFLICT, "the database %s is not empty: restore into a new one, such as --store sqlite:restored.db", p.Store)
		}
		if _, err := archive.Restore(ctx, d, operator, c.progress()); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s, %s and %s are back.\n", count(archive.Nodes, "node"), count(archive.Links, "link"), count(archive.Records, "record"))
		return nil
	})
}

type demoCommand struct{}

// Run brings the demo network into an empty database, or brings it up to date.
func (demoCommand) Run(ctx context.Context, p *program, c *console) error {
	return p.with(ctx, c, func(d *graph.Directory) error {
		held, err := holdsDemo(d)
		if err != nil {
			return err
		}
		if !held && !d.Empty() {
			return graph.Errorf(graph.CONFLICT, "the database %s holds a network already: bring the demo into a new one, such as --store sqlite:demo.db", p.Store)
		}
		return importDemo(ctx, d, c)
	})
}

// bringDemo brings the demo network in if the database is empty.
func bringDemo(ctx context.Context, d *graph.Directory, c *console) error {
	if !d.Empty() {
		return nil
	}
	return importDemo(ctx, d, c)
}

func importDemo(ctx context.Context, d *graph.Directory, c *console) error {
	batch, err := exchange.Read(ctx, demo.Files, exchange.ReadOptions{Scheme: demo.Scheme})
	if err != nil {
		return err
	}
	report, err := exchange.Apply(ctx, d, operator, batch, nil)
	if err != nil {
		return err
	}
	c.report(report, false)
	return nil
}

// holdsDemo reports whether the network holds nodes of the demo, so that every
// page can say that it is fictional.
func holdsDemo(d *graph.Directory) (bool, error) {
	v, err := d.View(operator, graph.SCREEN)
	if err != nil {
		return false, err
	}
	return len(v.Identified(demo.Mark)) > 0, nil
}

// count says how many of a thing there are.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprint(n, " ", thing, "s")
}

type verifyCommand struct{}

// Run prints what was found; anything wrong is an error.
func (verifyCommand) Run(ctx context.Context, p *program, c *console) error {
	return p.with(ctx, c, func(d *graph.Directory) error {
		r, err := d.Verify(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s, %s, %s, %s in the log.\n", count(r.Nodes, "node"), count(r.Links, "link"), count(r.Records, "record"), count(r.Changes, "change"))
		for _, p := range r.Problems {
			fmt.Fprintln(c.out, p)
		}
		if len(r.Problems) > 0 {
			return graph.Errorf(graph.INVALID, "the database is not what its log says: restore a backup, or write to those who carry on Weft before changing anything")
		}
		fmt.Fprintln(c.out, "All is sound.")
		return nil
	})
}

type versionCommand struct{}

// Run prints the version that the build recorded.
func (versionCommand) Run(c *console) error {
	version := "development"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version = s.Value
			}
		}
		fmt.Fprintf(c.out, "weft %s (%s)\n", version, info.GoVersion)
		for _, m := range info.Deps {
			fmt.Fprintf(c.out, "  %s %s\n", m.Path, m.Version)
		}
	}
	return nil
}
