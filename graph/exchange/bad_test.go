package exchange_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf16"

	"weft/graph"
	"weft/graph/exchange"
)

func utf16le(s string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestBadInput(t *testing.T) {
	const ok = "id,kind,name\na,Organization,A\nb,Organization,B\nc,Coalition,C\n"
	for _, c := range []struct {
		name, nodes, links string
		want               []string // "file row column: part of the text", in order
	}{
		{"no header", "x", "", []string{"nodes.csv 1 x: no kind has a field", "nodes.csv 1 : no column id", "nodes.csv 1 : no column kind", "nodes.csv 1 : no column name"}},
		{"nothing in it", "id,kind,name\n", "", nil},
		{"unknown column", "id,kind,name,colour\n1,Issue,A,red\n", "", []string{"nodes.csv 1 colour: no kind has a field"}},
		{"missing column", "id,name\n1,A\n", "", []string{"nodes.csv 1 : there is no column kind"}},
		{"system column", "id,kind,name,version\n1,Issue,A,3\n", "", []string{"nodes.csv 1 version: no kind has"}},
		{"same column twice", "id,kind,name,Name\n1,Issue,A,B\n", "", []string{"nodes.csv 1 Name: two columns"}},
		{"field of another kind", "id,kind,name,horizon\n1,Organization,A,URGENT\n2,Issue,B,\n", "", []string{"nodes.csv 2 horizon: Organization has no field"}},
		{"unknown kinds", "id,kind,name\n1,Club,A\n2,,B\n", "kind,from,to\nLIKES,1,2\n", []string{"nodes.csv 2 kind: \"Club\" is no kind", "nodes.csv 3 kind: the row has no kind", "links.csv 2 kind: \"LIKES\" is no kind"}},
		{"ids", "id,kind,name\n,Issue,A\n1,Issue,B\n1,Issue,C\n", "", []string{"nodes.csv 2 id: the row has no id", "nodes.csv 4 id: the id \"1\" is that of row 3 too"}},
		{"no name", "id,kind,name\n1,Issue,\n", "", []string{"nodes.csv 2 name: needs a name"}},
		{"all that is wrong with a row", "id,kind,name,founded,classification,latitude,web\n1,Organization,A,2019-02-30,club,95,ftp://x\n", "",
			[]string{"nodes.csv 2 classification: no value", "nodes.csv 2 founded: not a date", "nodes.csv 2 latitude: go together", "nodes.csv 2 web: not a web address"}},
		{"impossible dates", "id,kind,name,founded,dissolved\n1,Organization,A,2020,2019\n2,Organization,B,2019-13,\n", "", []string{"nodes.csv 2 dissolved: is before", "nodes.csv 3 founded: not a date"}},
		{"decimal comma", "id;kind;name;latitude;longitude\n1;Organization;A;1,5;2,5\n", "", []string{"nodes.csv 2 latitude: is a number"}},
		{"parallel lists", "id,kind,name,knownTexts,knownSources\n1,Issue,A,x|y,\n2,Issue,B,x,|\n", "", []string{"nodes.csv 3 knownTexts: differ in length"}},
		{"dangling", ok, "kind,from,to\nMEMBER_OF,a,c\nMEMBER_OF,nobody,c\nMEMBER_OF,a,\n", []string{"links.csv 4 to: has no end", "links.csv 3 from: nothing you can see is named by \"nobody\""}},
		{"dangling inside a row", "id,kind,name,sources\n1,Issue,A,2\n2,Issue,B,\n3,Issue,C,9\n", "", []string{"nodes.csv 4 sources: nothing you can see", "nodes.csv 2 sources: is not a Source"}},
		{"kinds that do not join", ok, "kind,from,to\nPART_OF,a,c\nPART_OF,a,a\n", []string{"links.csv 2 kind: does not join", "links.csv 3 to: two different nodes"}},
		{"circle", ok, "kind,from,to\nPART_OF,a,b\nPART_OF,b,a\n", []string{"links.csv 3 to: circle of PART_OF"}},
		{"a row that is wrong does not blame its links", "id,kind,name\na,Club,A\nb,Organization,B\n", "kind,from,to\nPART_OF,b,a\n", []string{"nodes.csv 2 kind: no kind"}},
		{"ragged", "id,kind,name\n1,Issue\n2,Issue,B,C\n3,Issue,D\n", "", []string{"nodes.csv 2 : has 2 cells, the header 3", "nodes.csv 3 : has 4 cells"}},
		{"rows after cells with line breaks", "id,kind,name,summary\n1,Issue,A,\"x\ny\nz\"\n2,Club,B,\n", "", []string{"nodes.csv 3 kind: no kind"}},
		{"bare quote", "id,kind,name\n1,Issue,a\"b\n2,Club,B\n", "", []string{"nodes.csv 2 : a quote", "nodes.csv 3 kind: no kind"}},
		{"open quote", "id,kind,name\n1,Issue,\"ab\n2,Issue,B\n", "", []string{"nodes.csv 2 : a quote"}},
		{"Latin-1", "id,kind,name\n1,Issue,caf\xe9\n", "", []string{"nodes.csv 2 name: not UTF-8"}},
		{"UTF-16", "\xff\xfe" + utf16le("id,kind,name\n1,Issue,A\n"), "", []string{"nodes.csv 0 : UTF-16"}},
		{"UTF-16 without a mark", utf16le("id,kind,name\n1,Issue,A\n"), "", []string{"nodes.csv 0 : UTF-16"}},
		{"spreadsheet", "PK\x03\x04.....", "", []string{"nodes.csv 0 : spreadsheet"}},
		{"NUL", "id,kind,name\n1,Issue,A\x00B\n", "", []string{"nodes.csv 2 name: NUL"}},
		{"too many columns", "id,kind,name\n1,Issue,A" + strings.Repeat(",", 2000) + "\n", "", []string{"nodes.csv 2 number 1001: more than 1000 cells"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t)
			b := read(t, pair(c.nodes, c.links))
			r, err := exchange.Apply(context.Background(), d, steward, b, nil)
			if (err != nil) != (len(c.want) > 0) || err != nil && graph.CodeOf(err) != graph.INVALID {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, p := range r.Problems.List {
				got = append(got, fmt.Sprintf("%s %d %s: %s", p.File, p.Row, p.Column, p.What))
			}
			for i, want := range c.want {
				at, what, _ := strings.Cut(want, ": ")
				if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, at+": ") && strings.Contains(g, what) }) {
					t.Errorf("problem %d: no %q in\n%s", i, want, strings.Join(got, "\n"))
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("%d problems, want %d:\n%s", len(got), len(c.want), strings.Join(got, "\n"))
			}
			n := 0
			d.Archive(func(nodes, links, records int) error { n = nodes + links + records; return nil }, func(graph.Row) error { return nil })
			if n != 0 {
				t.Errorf("%d rows were kept", n)
			}
		})
	}
}

func TestEmptyFile(t *testing.T) {
	b := read(t, fstest.MapFS{"nodes.csv": {}})
	if len(b.Problems.List) != 1 || !strings.Contains(b.Problems.List[0].What, "empty") {
		t.Errorf("got %v", b.Problems.List)
	}
	if _, err := exchange.Read(context.Background(), fstest.MapFS{}, exchange.ReadOptions{Scheme: "x"}); graph.CodeOf(err) != graph.INVALID {
		t.Errorf("no files: %v", err)
	}
}

func TestProblemsAreCounted(t *testing.T) {
	b := read(t, pair("id,kind,name\n"+strings.Repeat("1,Club,A\n", 1500), ""))
	if len(b.Problems.List) != exchange.MaxProblems || b.Problems.Count() < 1500 {
		t.Errorf("%d listed, %d in all", len(b.Problems.List), b.Problems.Count())
	}
}

// endless is a file with one cell of a GiB, which is never made.
type endless struct{ read int64 }

func (e *endless) Open(name string) (fs.File, error) {
	if name == "nodes.csv" {
		return e, nil
	}
	return nil, fs.ErrNotExist
}
func (e *endless) ReadDir(string) ([]fs.DirEntry, error) {
	return fs.ReadDir(fstest.MapFS{"nodes.csv": {}}, ".")
}
func (e *endless) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
func (e *endless) Close() error               { return nil }
func (e *endless) Read(p []byte) (int, error) {
	const head = "id,kind,name\n1,Issue,\""
	if e.read == 0 {
		e.read = int64(len(head))
		return copy(p, head), nil
	}
	if e.read >= 1<<30 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestHugeCell(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e := &endless{}
	b, err := exchange.Read(context.Background(), e, exchange.ReadOptions{Scheme: "x"})
	runtime.ReadMemStats(&after)
	if err != nil || len(b.Problems.List) != 1 || !strings.Contains(b.Problems.List[0].String(), "nodes.csv row 2, column name: a cell is larger than 1024 KiB") {
		t.Fatalf("%v: %v", err, b.Problems.List)
	}
	if e.read > 4<<20 || after.TotalAlloc-before.TotalAlloc > 32<<20 {
		t.Errorf("read %d bytes, allocated %d", e.read, after.TotalAlloc-before.TotalAlloc)
	}
}

func TestSources(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "My Club: 2026")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const text = "id,kind,name\n1,Issue,A"
	os.WriteFile(filepath.Join(dir, "Nodes.CSV"), []byte(text), 0o644)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"__MACOSX/nodes.csv", "folder/nodes.csv.gz"} {
		w, _ := z.Create(name)
		if strings.HasSuffix(name, ".gz") {
			g := gzip.NewWriter(w)
			g.Write([]byte(text))
			g.Close()
		}
	}
	z.Close()
	packed := filepath.Join(t.TempDir(), "club.zip")
	os.WriteFile(packed, b.Bytes(), 0o644)
	for name, scheme := range map[string]string{dir: "My-Club-2026", filepath.Join(dir, "Nodes.CSV"): "My-Club-2026", packed: "club"} {
		s, err := exchange.OpenSource(name)
		if err != nil {
			t.Fatal(err)
		}
		batch, err := exchange.Read(context.Background(), s.FS, exchange.ReadOptions{Default: s.Scheme})
		if err != nil || batch.Scheme != scheme || batch.Nodes() != 1 || batch.Problems.Count() != 0 {
			t.Errorf("%s: %v, %+v", name, err, batch)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := exchange.OpenSource(filepath.Join(dir, "none")); graph.CodeOf(err) != graph.INVALID {
		t.Errorf("got %v", err)
	}
}

func TestMapping(t *testing.T) {
	const mapping = `
title: Club
scheme: club
files:
  - file: people.csv
    separator: ";"
    ignore: [fax]
    rows:
      - when: {sort: [group, party]}
        node: Organization
        id: "g{nr}"
        fields:
          name: "{Name}"
          summary: ["{town}", {from: "{sort}", values: {party: "Party.", group: ""}}]
          place: {from: "{country}", values: {Norway: "NO"}, otherwise: ""}
          identifiers: "register:{nr}"
          founded: {from: "{year}", convert: year}
      - when: {boss: "*"}
        link: PART_OF
        from: "g{nr}"
        to: {from: "{boss}", split: ","}
`
	m, err := exchange.ParseMapping("club", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	const head = "nr;name;sort;town;country;year;boss;fax\n"
	get := func(rows string) *exchange.Batch {
		b, err := exchange.Read(context.Background(), fstest.MapFS{"people.csv": {Data: []byte(head + rows)}}, exchange.ReadOptions{Mapping: m})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	d := open(t)
	r, err := exchange.Apply(context.Background(), d, steward, get("1;A;party;Oslo;Norway;976;g2,g3;\n2;B;group;;Sweden;;;\n3;C;group;;;;;\n"), nil)
	if err != nil || r.Nodes.Create != 3 || r.Links.Create != 2 {
		t.Fatalf("%v: %+v", err, r)
	}
	a := named(t, see(t, d, steward, graph.SCREEN), "club:g1").(*graph.Organization)
	if a.Summary != "Oslo Party." || a.Place != "NO" || a.Founded.String() != "0976" || !slices.Contains(a.Identifiers, "register:1") {
		t.Errorf("got %+v", a)
	}
	bad := get("4;D;club;;;;;\n5;E;party;;;x;;\n")
	if len(bad.Problems.List) != 2 || bad.Problems.List[0].Row != 2 || bad.Problems.List[1].Column != "founded" {
		t.Errorf("got %v", bad.Problems.List)
	}
	for _, c := range []string{"files: []", "files: [{file: a.csv, rows: [{node: Club, id: x}]}]", "files: [{file: a.csv, rows: [{node: Issue}]}]", "nonsense: 1", ": :",
		"files: [{file: ../a.csv}]", "files: [{file: a.csv, rows: [{node: Issue, id: '{x'}]}]", "files: [{file: a.csv, rows: [{node: Issue, id: x, fields: {colour: red}}]}]"} {
		if _, err := exchange.ParseMapping("x", []byte(c)); graph.CodeOf(err) != graph.INVALID {
			t.Errorf("%q: %v", c, err)
		}
	}
	if _, err := exchange.MappingNamed("../x"); graph.CodeOf(err) != graph.INVALID {
		t.Errorf("got %v", err)
	}
	for _, name := range exchange.Mappings() {
		if _, err := exchange.MappingNamed(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(someNodes, someLinks)
	f.Add("id,kind,name\n1,Issue,\"a\n", "kind,from,to\n")
	f.Fuzz(func(t *testing.T, nodes, links string) {
		start := time.Now()
		b, err := exchange.Read(context.Background(), pair(nodes, links), exchange.ReadOptions{Scheme: "f"})
		if err != nil && graph.CodeOf(err) != graph.INVALID {
			t.Fatal(err)
		}
		if err == nil {
			for _, p := range b.Problems.List {
				if p.Row < 0 || p.Row > p.Line || p.What == "" {
					t.Fatalf("problem at %+v", p)
				}
			}
		}
		if time.Since(start) > 5*time.Second {
			t.Fatal("slow")
		}
	})
}
