package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// arrows are the imports that a package of Weft may have beside the standard
// library: other packages of Weft, and modules. They run downwards only. A
// package that is not here fails the test: say what it may know.
var arrows = map[string]struct{ weft, modules string }{
	// The domain knows no database, no HTTP and no GraphQL.
	"graph": {"", "golang.org/x/text"},
	// Questions are asked of Views, which package graph alone makes.
	"graph/analysis": {"graph", "golang.org/x/text"},
	"graph/demo":     {"", ""},
	"graph/exchange": {"graph", "github.com/goccy/go-yaml golang.org/x/text"},
	// The stores know the domain and their driver, and never each other.
	"graph/store":           {"graph graph/store/sqlite graph/store/neo4j", ""},
	"graph/store/sqlite":    {"graph", "zombiezen.com/go/sqlite modernc.org/sqlite"},
	"graph/store/neo4j":     {"graph", "github.com/neo4j/neo4j-go-driver/v5"},
	"graph/store/storetest": {"graph", ""},
	// The API asks the domain, and knows neither stores nor HTTP's edge.
	"resolvers":           {"graph graph/analysis graph/exchange resolvers/generated resolvers/message", "github.com/99designs/gqlgen github.com/vektah/gqlparser/v2"},
	"resolvers/generated": {"graph graph/analysis resolvers/message", "github.com/99designs/gqlgen github.com/vektah/gqlparser/v2"},
	"resolvers/message":   {"graph graph/analysis", "github.com/99designs/gqlgen github.com/vektah/gqlparser/v2"},
	"resolvers/reference": {"", "github.com/vektah/gqlparser/v2"},
	// The edge knows HTTP and GraphQL and nothing of what is asked about.
	"internal/web":     {"", "github.com/99designs/gqlgen github.com/vektah/gqlparser/v2 github.com/coder/websocket github.com/klauspost/compress github.com/prometheus/client_golang github.com/rs/cors"},
	"internal/keyfile": {"graph", ""},
	// For tests.
	"internal/bench":           {"internal/bench/quality internal/bench/speed", ""},
	"internal/bench/quality":   {"graph graph/analysis graph/demo graph/exchange graph/store/sqlite", "gonum.org/v1/gonum"},
	"internal/bench/speed":     {"graph graph/analysis graph/exchange graph/store/sqlite internal/web resolvers", ""},
	"internal/secrecy":         {"", ""},
	"internal/neo4jtest":       {"", "github.com/neo4j/neo4j-go-driver/v5"},
	"internal/neo4jtest/neo4j": {"internal/neo4jtest", ""},
	// The program puts it all together.
	"": {"graph graph/analysis graph/demo graph/exchange graph/store internal/keyfile internal/web resolvers",
		"github.com/alecthomas/kong github.com/prometheus/client_golang github.com/schollz/progressbar/v3"},
}

// listed is a package as `go list` tells.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports, Deps   []string
}

// packages are all packages of Weft.
func packages(t testing.TB) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.ImportPath, "/node_modules/") {
			all = append(all, p)
		}
	}
	if len(all) < 10 {
		t.Fatalf("go list names %d packages", len(all))
	}
	return all
}

// within is the path of a package of Weft in the tree, "" for the program, and
// whether it is one at all.
func within(importPath string) (string, bool) {
	if importPath == "weft" {
		return "", true
	}
	return strings.CutPrefix(importPath, "weft/")
}

// misplaced are the imports that a package may not have.
func misplaced(p listed) (wrong []string) {
	name, _ := within(p.ImportPath)
	may, known := arrows[name]
	if !known {
		return []string{"anything: say in architecture_test.go what it may import"}
	}
	for _, i := range p.Imports {
		to, ours := within(i)
		first, _, _ := strings.Cut(i, "/")
		switch {
		case ours && to != "" && slices.Contains(strings.Fields(may.weft), to):
		case !ours && !strings.Contains(first, "."): // the standard library
		case !ours && slices.ContainsFunc(strings.Fields(may.modules), func(m string) bool { return i == m || strings.HasPrefix(i, m+"/") }):
		default:
			wrong = append(wrong, i)
		}
	}
	return wrong
}

func TestImportsRunDownwards(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, i := range misplaced(p) {
			t.Errorf("%s may not import %s", p.ImportPath, i)
		}
		name, _ := within(p.ImportPath)
		for _, part := range strings.Split(name, "/") {
			switch part {
			case "utils", "util", "helpers", "models", "services", "common", "mocks", "types":
				t.Errorf("%s: a package is named after what it is about", p.ImportPath)
			}
		}
		if name == "graph" {
			for _, d := range p.Deps {
				if first, _, _ := strings.Cut(d, "/"); strings.Contains(first, ".") && !strings.HasPrefix(d, "golang.org/x/text/") || strings.HasPrefix(d, "net/http") || strings.HasPrefix(d, "database/") {
					t.Errorf("graph reaches %s", d)
				}
			}
		}
	}
	// What is wrong is found.
	for from, to := range map[string]string{"graph": "weft/graph/store", "graph/store/sqlite": "weft/graph/store/neo4j", "graph/analysis": "weft/graph/store", "internal/web": "weft/graph",
		"resolvers": "weft", "graph/exchange": "net/http/../github.com/x", "nowhere": "fmt", "internal/keyfile": "golang.org/x/text/cases", "resolvers/message": "weft/resolvers"} {
		if to == "net/http/../github.com/x" {
			to = "github.com/x/y"
		}
		if len(misplaced(listed{ImportPath: "weft/" + from, Imports: []string{to}})) == 0 {
			t.Errorf("%s may import %s", from, to)
		}
	}
}

// undocumented are the exported names of a file without a comment.
func undocumented(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
						names = append(names, s.Name.Name)
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if n.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
							names = append(names, n.Name)
						}
					}
				}
			}
		}
	}
	return names
}

// receiver is the name of the type a method belongs to.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func TestEverythingIsDocumented(t *testing.T) {
	t.Parallel()
	files := token.NewFileSet()
	for _, p := range packages(t) {
		comments, generated := 0, 0
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if ast.IsGenerated(f) {
				generated++
				continue
			}
			if f.Doc != nil {
				comments++
				if text := f.Doc.Text(); !strings.HasPrefix(text, "Package "+f.Name.Name) && !strings.HasPrefix(text, "Command "+path.Base(p.ImportPath)) {
					t.Errorf("%s: its comment begins with %.40q", p.ImportPath, text)
				}
			}
			for _, n := range undocumented(f) {
				t.Errorf("%s/%s: %s has no comment", p.ImportPath, name, n)
			}
		}
		if comments != 1 && generated < len(p.GoFiles) {
			t.Errorf("%s has %d package comments", p.ImportPath, comments)
		}
	}
	f, err := parser.ParseFile(files, "x.go", "package x\ntype A int\nfunc (a *A) B() {}\nfunc C() {}\nvar D, e int\n// F is.\ntype F int\nfunc (f f) G() {}", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(undocumented(f)); got != "[A B C D]" {
		t.Errorf("what has no comment is found as %s", got)
	}
}

// unwanted is what no file may hold. The words are put together here so that
// this file does not hold them itself.
var unwanted = []struct {
	what    string
	pattern *regexp.Regexp
	only    string // endings of names, all if empty
}{
	{"work left undone", regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`), ".go .ts .tsx .mjs .sql .graphqls"},
	{"a package registry", regexp.MustCompile(`registry\.(npm` + `js|yarn` + `pkg)\.|(proxy|sum)\.golang` + `\.org|repo1?\.maven` + `\.|pypi` + `\.org|goproxy` + `\.`), ""},
	{"a path of one machine", regexp.MustCompile(`(^|[\s"'=(\x60])/(wo` + `rk|tmp/we` + `ft)/`), ""},
	{"an address that packages were resolved to", regexp.MustCompile(`"resol` + `ved":`), "package-lock.json"},
	{"a replaced module", regexp.MustCompile(`(?m)^\s*repl` + `ace\b`), "go.mod"},
}

// found are the kinds of unwanted things in a file.
func found(name string, text []byte) (kinds []string) {
	for _, u := range unwanted {
		if (u.only == "" || slices.ContainsFunc(strings.Fields(u.only), func(end string) bool { return strings.HasSuffix(name, end) })) && u.pattern.Match(text) {
			kinds = append(kinds, fmt.Sprintf("%s (%.60q)", u.what, u.pattern.Find(text)))
		}
	}
	return kinds
}

func TestFilesAreFreeOfWhatIsUnwanted(t *testing.T) {
	t.Parallel()
	list, err := exec.Command("git", "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		t.Skipf("SKIPPED: without git it is not known which files are the project's: %v", err)
	}
	read := 0
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue // removed and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, kind := range found(name, text) {
			t.Errorf("%s holds %s", name, kind)
		}
		if len(text) > 2<<20 {
			t.Errorf("%s has %d bytes: built and large files are not kept", name, len(text))
		}
	}
	if read < 100 {
		t.Errorf("%d files were read", read)
	}
	for name, text := range map[string]string{"a.go": "// TO" + "DO later", "b.md": "from https://registry.npm" + "js.org/x", "c.sh": "cd /wo" + "rk/main", "go.mod": "repl" + "ace x => ../x", "package-lock.json": `"resol` + `ved": "x"`} {
		if len(found(name, []byte(text))) != 1 {
			t.Errorf("%q in %s is not found", text, name)
		}
	}
}
