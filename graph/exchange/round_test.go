package exchange_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"weft/graph"
	"weft/graph/exchange"
)

var texts = rapid.OneOf(
	rapid.SampledFrom([]string{"=1+1", "'=x", "''@x", "-2|3", "+44 20", "a\r\nb", "x\ry", `q"q`, `\|`, `a|b\`, "שלום", "ä,b;c", "'", "-1", "1e5", "' =", "true", "ends with '"}),
	rapid.StringMatching(`[a-z|\\'"=@+\-,;\n ]{0,12}[a-z]`),
	rapid.StringN(1, 20, 60).Filter(func(s string) bool {
		return strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd })
	}),
)

// some draws a value for a field that no rule ties to others.
func some(t *rapid.T, f *graph.Field, refs []string) any {
	one := func() any {
		switch {
		case f.Vocabulary != nil:
			return rapid.SampledFrom(f.Vocabulary.Values).Draw(t, f.Name)
		case f.Type == graph.DATE:
			return rapid.SampledFrom([]string{"1999", "2019-05", "2020-02-29"}).Draw(t, f.Name)
		case f.Type == graph.REF:
			return rapid.SampledFrom(refs).Draw(t, f.Name)
		case f.Type == graph.INTEGER:
			return int64(rapid.IntRange(0, 2).Draw(t, f.Name))
		case f.Type == graph.NUMBER:
			return rapid.Float64Range(0, 1e9).Draw(t, f.Name)
		case f.Type == graph.BOOLEAN:
			return rapid.Bool().Draw(t, f.Name)
		case f.Type == graph.TIME:
			return "2026-01-02T03:04:05.678Z"
		}
		return texts.Draw(t, f.Name)
	}
	if !f.List {
		return one()
	}
	n := 2
	if f.Group == "" {
		n = rapid.IntRange(0, 3).Draw(t, "n")
	}
	switch f.Type {
	case graph.INTEGER:
		return []int64{one().(int64), one().(int64)}
	case graph.NUMBER:
		return []float64{one().(float64), one().(float64)}
	}
	out := []string{}
	for range n {
		out = append(out, one().(string))
	}
	return out
}

// passed are fields that rules tie to others; fill sets some of them.
var passed = []string{"visibility", "scopes", "web", "identifiers", "latitude", "longitude", "sources", "dissolved", "end", "windowTo", "until", "url", "currency",
	"amountTo", "state", "contactPointVisibilities", "measurementIndicators", "measurementDates", "measurementValues", "measurementSources", "strength"}

func fill(t *rapid.T, fields []graph.Field, refs []string) graph.Fields {
	out := graph.Fields{}
	for i := range fields {
		f := &fields[i]
		if f.System || slices.Contains(passed, f.Name) || strings.HasPrefix(f.Name, "consent") || f.Group == "" && f.Name != "name" && !rapid.Bool().Draw(t, "given") {
			continue
		}
		out[f.Name] = some(t, f, refs)
	}
	return out
}

// network makes a random one that the export surface shows, with sealed nodes beside.
func network(t *rapid.T, tb testing.TB, sealed bool) *graph.Directory {
	d := open(tb)
	_, err := d.Edit(context.Background(), steward, graph.Request{}, func(tx *graph.Tx) error {
		var ids []graph.ID
		source, err := tx.Add(graph.KindSource, graph.Fields{"name": "S"})
		if err != nil {
			return err
		}
		circle, err := tx.Add(graph.KindCoalition, graph.Fields{"name": "C"})
		if err != nil {
			return err
		}
		ids = append(ids, source, circle)
		refs := []string{"", string(source)}
		for i := range rapid.IntRange(0, 8).Draw(t, "nodes") {
			info := rapid.SampledFrom(graph.NodeKinds()).Draw(t, "kind")
			f := fill(t, info.Fields, refs)
			f["visibility"] = rapid.SampledFrom([]string{"PUBLIC", "MEMBERS", "COORDINATORS", "COALITION"}).Draw(t, "visibility")
			if f["visibility"] == "COALITION" {
				f["scopes"] = []string{string(circle)}
			}
			if sealed && i%3 == 0 {
				f["visibility"] = "SEALED"
			}
			if rapid.Bool().Draw(t, "sourced") {
				f["sources"] = []string{string(source)}
				f["web"] = []string{"https://example.org/?a=1|2"}
				f["latitude"], f["longitude"] = -1.25, 1e-7
			}
			if info.Kind == graph.KindStory {
				for k, v := range map[string]any{"consentScope": "NAMED", "consentNamed": []string{string(circle)}, "consentChannels": []string{"EXPORT", "DIRECTORY"}, "consentRecordedBy": "=R", "consentHow": "in\nwriting"} {
					f[k] = v
				}
				if rapid.Bool().Draw(t, "scope") {
					f["consentScope"], f["consentNamed"] = "PUBLIC", nil
				}
			}
			id, err := tx.Add(info.Kind, f)
			if err != nil {
				return fmt.Errorf("%s %v: %w", info.Kind, f, err)
			}
			ids = append(ids, id)
		}
		for range rapid.IntRange(0, 10).Draw(t, "links") {
			info := rapid.SampledFrom(graph.LinkKinds()).Draw(t, "link")
			f := fill(t, info.Fields, refs)
			f["visibility"], f["until"] = "MEMBERS", rapid.SampledFrom([]string{"", "2021"}).Draw(t, "until")
			f["state"] = rapid.SampledFrom([]string{"CLAIMED", "CONFIRMED", "DISPUTED"}).Draw(t, "state")
			a, b := rapid.SampledFrom(ids).Draw(t, "from"), rapid.SampledFrom(ids).Draw(t, "to")
			// Most draws join what this kind does not join; they leave nothing.
			tx.Connect(info.Kind, a, b, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func exported(t interface{ Fatal(...any) }, tb testing.TB, d *graph.Directory) (nodes, links string) {
	var a, b bytes.Buffer
	if err := exchange.WriteCSV(context.Background(), see(tb, d, steward, graph.EXPORT), &a, &b, nil); err != nil {
		t.Fatal(err)
	}
	return a.String(), b.String()
}

func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := network(r, t, false)
		nodes, links := exported(r, t, d)
		other := open(t)
		batch, err := exchange.Read(context.Background(), pair(nodes, links), exchange.ReadOptions{Scheme: "x"})
		if err != nil {
			r.Fatal(err)
		}
		report, err := exchange.Apply(context.Background(), other, steward, batch, nil)
		if err != nil {
			r.Fatalf("%v\n%v\n%s\n%s", err, report.Problems.List, nodes, links)
		}
		nodes2, links2 := exported(r, t, other)
		if nodes != nodes2 || links != links2 {
			r.Fatalf("differs:\n%s\n%s\n%s\n%s", nodes, nodes2, links, links2)
		}
		again, err := exchange.Apply(context.Background(), other, steward, batch, nil)
		if err != nil || again.Change != nil {
			r.Fatalf("the same again: %v, %+v", err, again)
		}
		d.Close(context.Background())
		other.Close(context.Background())
	})
}

func archived(t interface{ Fatal(...any) }, d *graph.Directory) []byte {
	var b bytes.Buffer
	if err := exchange.WriteArchive(context.Background(), d, &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchiveRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := network(r, t, true)
		_, err := d.Edit(context.Background(), steward, graph.Request{}, func(tx *graph.Tx) error {
			return tx.PutRecord("Dismissal", tx.NewID(), graph.Fields{"visibility": "COORDINATORS", "count": int64(3), "list": []string{"a"}})
		})
		if err != nil {
			r.Fatal(err)
		}
		first := archived(r, d)
		a, err := exchange.ReadArchive(context.Background(), bytes.NewReader(first), nil)
		if err != nil {
			r.Fatal(err)
		}
		other := open(t)
		if _, err := a.Restore(context.Background(), other, steward, nil); err != nil {
			r.Fatal(err)
		}
		if !bytes.Equal(first, archived(r, other)) {
			r.Fatal("the archive of the restored network differs")
		}
		if c, err := a.Restore(context.Background(), other, steward, nil); c != nil || err != nil {
			r.Fatalf("restored twice: %v %v", c, err)
		}
		d.Close(context.Background())
		other.Close(context.Background())
	})
}

func TestBadArchives(t *testing.T) {
	d := open(t)
	bring(t, d, someNodes, someLinks)
	good := archived(t, d)
	z, _ := gzip.NewReader(bytes.NewReader(good))
	var plain bytes.Buffer
	plain.ReadFrom(z)
	pack := func(s string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.Bytes()
	}
	lines := strings.SplitAfter(plain.String(), "\n")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":       {nil, "cut off"},
		"other":       {[]byte("id,kind\n"), "no archive"},
		"other gzip":  {pack("hello\n"), "no archive"},
		"newer":       {pack(strings.Replace(plain.String(), `"version":1`, `"version":2`, 1)), "version 2"},
		"cut in gzip": {good[:len(good)/2], "cut off"},
		"cut by line": {pack(strings.Join(lines[:3], "")), "cut off"},
		"no last":     {pack(strings.Join(lines[:len(lines)-2], "")), "cut off"},
		"changed":     {pack(strings.Replace(plain.String(), "Beta", "Bota", 1)), "damaged"},
		"more":        {pack(plain.String() + "{}\n"), "damaged"},
		"line lost":   {pack(strings.Join(slices.Delete(slices.Clone(lines), 2, 3), "")), "damaged"},
	} {
		_, err := exchange.ReadArchive(context.Background(), bytes.NewReader(c.data), nil)
		if graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := exchange.ReadArchive(context.Background(), bytes.NewReader(good), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Restore(context.Background(), open(t), coordinator, nil); graph.CodeOf(err) != graph.FORBIDDEN {
		t.Errorf("a coordinator: %v", err)
	}
	file := filepath.Join(t.TempDir(), "a"+exchange.ArchiveSuffix)
	os.WriteFile(file, good, 0o600)
	if !exchange.IsArchive(file) || exchange.IsArchive(file+"x") {
		t.Error("archives are not told from others")
	}
}

func TestExportShowsWhatTheViewerSees(t *testing.T) {
	d := open(t)
	bring(t, d, someNodes, "kind,from,to,until\nPART_OF,a,b,2020\n")
	dir := filepath.Join(t.TempDir(), "out")
	if err := exchange.WriteFolder(context.Background(), see(t, d, graph.Viewer{}, graph.EXPORT), dir, nil); err != nil {
		t.Fatal(err)
	}
	nodes, _ := os.ReadFile(filepath.Join(dir, "nodes.csv"))
	links, _ := os.ReadFile(filepath.Join(dir, "links.csv"))
	if bytes.Contains(nodes, []byte("Circle")) || bytes.Contains(nodes, []byte("Beta")) || !bytes.Contains(nodes, []byte("Ärzte")) || bytes.Count(links, []byte("\n")) != 1 {
		t.Errorf("a visitor's export:\n%s\n%s", nodes, links)
	}
	nodesOfAll, linksOfAll := exported(t, t, d)
	if !strings.Contains(linksOfAll, "2020") || strings.Contains(nodesOfAll, "createdAt") {
		t.Errorf("a steward's export:\n%s\n%s", nodesOfAll, linksOfAll)
	}
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := exchange.WriteZip(context.Background(), see(t, d, steward, graph.EXPORT), b, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two zips of one view differ")
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("%v are left", list)
	}
}

// The demo network is an ordinary pair.
func TestDemo(t *testing.T) {
	dir := filepath.Join("..", "demo")
	if _, err := os.Stat(filepath.Join(dir, "nodes.csv")); err != nil {
		t.Skip("SKIPPED: the demo network is not here")
	}
	d := open(t)
	for i := range 2 {
		b, err := exchange.Read(context.Background(), os.DirFS(dir), exchange.ReadOptions{Scheme: "demo"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := exchange.Apply(context.Background(), d, steward, b, nil)
		if err != nil {
			for _, p := range r.Problems.List {
				t.Log(p)
			}
			t.Fatal(err)
		}
		if i == 1 && r.Change != nil {
			t.Errorf("the same again: %+v %+v", r.Nodes, r.Links)
		}
	}
}
