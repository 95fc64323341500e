package exchange_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/exchange"
)

// realData returns the folder of a real network, and skips loudly without it.
func realData(tb testing.TB, name string) string {
	root := os.Getenv("WEFT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("SKIPPED: the real network %s is not here; set WEFT_DATA to the folder that holds it", name)
	}
	return dir
}

// importReal is the whole way of `weft import`, from the files to the log.
func importReal(tb testing.TB, d *graph.Directory, name string) *exchange.Report {
	tb.Helper()
	s, err := exchange.OpenSource(realData(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	m, err := exchange.MappingNamed(name)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := exchange.Read(context.Background(), s.FS, exchange.ReadOptions{Mapping: m, Default: s.Scheme})
	if err != nil {
		tb.Fatal(err)
	}
	r, err := exchange.Apply(context.Background(), d, steward, b, nil)
	if err != nil {
		for i, p := range r.Problems.List {
			if i < 10 {
				tb.Log(p)
			}
		}
		tb.Fatal(err)
	}
	return r
}

func TestParliamentGroups(t *testing.T) {
	d := open(t)
	start := time.Now()
	r := importReal(t, d, "parliament-groups")
	t.Logf("imported in %v: %+v %+v, %d warnings", time.Since(start), r.Nodes, r.Links, r.Warnings.Count())
	if r.Nodes.Create != 2896 || r.Links.Create != 7641 || r.Change == nil {
		t.Fatalf("nodes %+v, links %+v", r.Nodes, r.Links)
	}
	v := see(t, d, graph.Viewer{}, graph.SCREEN) // all of it is public
	c := v.Counts()
	if c.ByKind[graph.KindOrganization] != 1064 || c.ByKind[graph.KindIndividual] != 1017 || c.ByKind[graph.KindCoalition] != 794 || c.ByKind[graph.KindIssue] != 21 {
		t.Errorf("nodes by kind: %v", c.ByKind)
	}
	if c.Links != 7641 {
		t.Errorf("%d links", c.Links)
	}
	g := v.Graph()
	kinds := map[graph.LinkKind]int{}
	places := map[graph.ID]map[string]bool{}
	most, mostName := 0, ""
	for i, l := range g.Links {
		link := g.Link(int32(i))
		kinds[link.Kind]++
		from, to := g.Node(l.From), g.Node(l.To)
		if from.Core().Kind == graph.KindOrganization && to.Core().Kind == graph.KindCoalition {
			if places[link.From] == nil {
				places[link.From] = map[string]bool{}
			}
			places[link.From][to.Core().Place] = true
		}
		if link.Kind == graph.WORKS_ON && to.Core().Name == "Governance, Democracy & Political Reform" && from.Core().Place == "GB-NIR" {
			t.Errorf("%s works on governance", from.Core().Name)
		}
	}
	want := map[graph.LinkKind]int{graph.MEMBER_OF: 2705 + 2154 + 439, graph.WORKS_ON: 1166, graph.AFFILIATED_WITH: 755, graph.FUNDS: 422}
	for k, n := range want {
		if kinds[k] != n {
			t.Errorf("%d %s links, want %d", kinds[k], k, n)
		}
	}
	both := 0
	for _, p := range places {
		if p["GB"] && p["GB-WLS"] {
			both++
		}
	}
	if both != 22 {
		t.Errorf("%d organizations are tied to both Welsh and UK groups", both)
	}
	for i, id := range g.IDs {
		if graph.NodeKinds()[g.Kinds[i]].Kind == graph.KindCoalition && v.Degree(id) > most {
			most, mostName = v.Degree(id), g.Node(int32(i)).Core().Name
		}
	}
	if most != 85 || mostName != "Housing - Cross Party Group" {
		t.Errorf("most links: %s, %d", mostName, most)
	}
	health := v.Named(graph.KindIssue, "Health, Medicine & Public Health")
	if len(health) != 1 || v.Degree(health[0].Core().ID) != 168 {
		t.Errorf("health: %v", health)
	}
	rpp := v.Identified("parliament-groups:org:rpp-group")
	for _, l := range v.LinksOf(rpp[0].Core().ID, graph.LinkFilter{Kinds: []graph.LinkKind{graph.FUNDS}}) {
		if f := l.Details.(*graph.Funding); f.Currency != "GBP" || f.AmountFrom == 0 || f.AmountTo < f.AmountFrom || l.Since == 0 {
			t.Errorf("funding %+v since %s", f, l.Since)
		}
	}

	again := importReal(t, d, "parliament-groups")
	if again.Change != nil || again.Nodes.Unchanged != 2896 || again.Links.Unchanged != 7641 {
		t.Errorf("the same again: %+v %+v", again.Nodes, again.Links)
	}

	start = time.Now()
	if _, err := d.Edit(context.Background(), steward, graph.Request{}, func(tx *graph.Tx) error { return tx.Undo(context.Background(), r.Change.ID) }); err != nil {
		t.Fatal(err)
	}
	t.Logf("undone in %v", time.Since(start))
	if c := see(t, d, steward, graph.SCREEN).Counts(); c.Nodes != 0 || c.Links != 0 {
		t.Errorf("undone, %+v are left", c)
	}
	back := importReal(t, d, "parliament-groups")
	if back.Nodes.Create != 2896 || back.Links.Create != 7641 {
		t.Errorf("after undo: %+v %+v", back.Nodes, back.Links)
	}
	for i := range back.Rows {
		if back.Rows[i].ID != r.Rows[i].ID {
			t.Fatalf("%s became %s, was %s", back.Rows[i].Place, back.Rows[i].ID, r.Rows[i].ID)
		}
	}
}

func TestROR(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the large network is not imported in short runs")
	}
	d := open(t)
	start := time.Now()
	r := importReal(t, d, "ror")
	t.Logf("imported in %v: %+v %+v, %d warnings", time.Since(start), r.Nodes, r.Links, r.Warnings.Count())
	if r.Nodes.Create != 51370+6842 {
		t.Errorf("nodes %+v", r.Nodes)
	}
	// 51,824 rows are 30,988 facts: 20,836 tell again, from the other end, what
	// an earlier row told. 3 relate a record to itself, 3 close a circle.
	if r.Links.Rows() != 51824 || r.Links.Create+r.Links.Skip != 30988 || r.Links.Conflict != 0 {
		t.Errorf("links %+v", r.Links)
	}
	v := see(t, d, graph.Viewer{}, graph.SCREEN)
	n := v.Identified("ror:000025p04")
	if len(n) != 1 {
		t.Fatalf("found %v", n)
	}
	o := n[0].(*graph.Organization)
	if o.Name != "Thailand Science Research and Innovation" || len(o.OtherNames) != 2 || o.Founded.String() != "2019" || o.Place != "TH" || *o.Latitude != 13.75398 || o.Classification != "PUBLIC_AUTHORITY" {
		t.Errorf("got %+v", o)
	}
}

func BenchmarkImportParliamentGroups(b *testing.B) { benchmarkImport(b, "parliament-groups") }
func BenchmarkImportROR(b *testing.B)              { benchmarkImport(b, "ror") }

func benchmarkImport(b *testing.B, name string) {
	for b.Loop() {
		b.StopTimer()
		d := open(b)
		b.StartTimer()
		importReal(b, d, name)
	}
}
