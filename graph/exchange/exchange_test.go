package exchange_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"weft/graph"
	"weft/graph/exchange"
	"weft/graph/store/sqlite"
)

var (
	steward     = graph.Viewer{Account: "00000000000000000000000001", Level: graph.LevelSteward}
	coordinator = graph.Viewer{Account: "00000000000000000000000002", Level: graph.LevelCoordinator}
	member      = graph.Viewer{Account: "00000000000000000000000003", Level: graph.LevelMember}
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func open(tb testing.TB) *graph.Directory {
	tb.Helper()
	store, err := sqlite.Open(context.Background(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	d, err := graph.Open(context.Background(), store, graph.Options{Key: bytes.Repeat([]byte{7}, 32), Now: func() time.Time { return noon }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close(context.Background()) })
	return d
}

func see(tb testing.TB, d *graph.Directory, viewer graph.Viewer, s graph.Surface) *graph.View {
	tb.Helper()
	v, err := d.View(viewer, s)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// pair is the two files as text; "" is no file.
func pair(nodes, links string) fstest.MapFS {
	fs := fstest.MapFS{}
	if nodes != "" {
		fs["nodes.csv"] = &fstest.MapFile{Data: []byte(nodes)}
	}
	if links != "" {
		fs["links.csv"] = &fstest.MapFile{Data: []byte(links)}
	}
	return fs
}

func read(tb testing.TB, fs fstest.MapFS) *exchange.Batch {
	tb.Helper()
	b, err := exchange.Read(context.Background(), fs, exchange.ReadOptions{Scheme: "club"})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// bring imports a pair and wants it to go well.
func bring(tb testing.TB, d *graph.Directory, nodes, links string) *exchange.Report {
	tb.Helper()
	r, err := exchange.Apply(context.Background(), d, steward, read(tb, pair(nodes, links)), nil)
	if err != nil {
		tb.Fatalf("%v\n%v", err, r)
	}
	return r
}

func named(tb testing.TB, v *graph.View, identifier string) graph.Node {
	tb.Helper()
	n := v.Identified(identifier)
	if len(n) != 1 {
		tb.Fatalf("%d nodes are named %s", len(n), identifier)
	}
	return n[0]
}

const someNodes = "\xEF\xBB\xBFKIND;Id;NAME;otherNames;founded;sources;scopes;visibility;knownTexts;knownSources;latitude;longitude\r\n" +
	"organization;a;Ärzte;\"x|y\\|z|w\\\\\";2019-05;s;;;;;;\r\n" +
	"Issue;i;Water;;;;;;one|two|three;s||s;;\r\n" +
	"source;s;Report;;;t;;;;;;\r\n" +
	"source;t;Archive;;;s;;;;;;\r\n" +
	"\r\n" +
	"Coalition;c;\"Circle\r\nof friends\";;;;c;COALITION;;;;\r\n" +
	"Organization;b;Beta;;;;c;coalition;;;-33.5;18.25"

const someLinks = "id,kind,from,to,role,priority,contactDates,contactNotes,state\n" +
	"l1,member_of,a,c,chair,,,,CONFIRMED\n" +
	",MEMBER_OF,b,c,,,,,\n" +
	",MEMBER_OF,b,c,,,,,\n" +
	",WORKS_ON,club:a,i,,2,,,\n" +
	",IN_DIALOGUE_WITH,a,b,,,2020|2021-03,first|,\n"

func TestPair(t *testing.T) {
	d := open(t)
	r := bring(t, d, someNodes, someLinks)
	if r.Nodes.Create != 6 || r.Links.Create != 5 {
		t.Fatalf("%+v %+v", r.Nodes, r.Links)
	}
	v := see(t, d, steward, graph.SCREEN)
	a := named(t, v, "club:a").(*graph.Organization)
	if a.Name != "Ärzte" || strings.Join(a.OtherNames, ",") != `x,y|z,w\` || a.Founded.String() != "2019-05" {
		t.Errorf("got %+v", a)
	}
	s := named(t, v, "club:s").Core()
	if len(a.Sources) != 1 || a.Sources[0] != s.ID || len(s.Sources) != 1 || s.Sources[0] != named(t, v, "club:t").Core().ID {
		t.Errorf("sources of a %v, of s %v", a.Sources, s.Sources)
	}
	i := named(t, v, "club:i").(*graph.Issue)
	if len(i.Known) != 3 || i.Known[1] != (graph.Claim{Text: "two"}) || i.Known[2].Source != s.ID {
		t.Errorf("known: %v", i.Known)
	}
	c := named(t, v, "club:c").(*graph.Coalition)
	if c.Name != "Circle\nof friends" || c.Visibility != graph.COALITION || len(c.Scopes) != 1 || c.Scopes[0] != c.ID {
		t.Errorf("got %+v", c)
	}
	if b := named(t, v, "club:b").Core(); *b.Latitude != -33.5 || b.Scopes[0] != c.ID {
		t.Errorf("got %+v", b)
	}
	talks := v.LinksOf(a.ID, graph.LinkFilter{Kinds: []graph.LinkKind{graph.IN_DIALOGUE_WITH}})
	if len(talks) != 1 || len(talks[0].Details.(*graph.Dialogue).Contacts) != 2 {
		t.Errorf("dialogue %v", talks)
	}

	again := bring(t, d, someNodes, someLinks)
	if again.Change != nil || again.Nodes.Unchanged != 6 || again.Links.Unchanged != 5 {
		t.Fatalf("the same again: %+v %+v", again.Nodes, again.Links)
	}
	changed := bring(t, d, strings.Replace(someNodes, "Beta", "Gamma", 1), strings.Replace(someLinks, "chair", "officer", 1))
	if changed.Nodes.Update != 1 || changed.Links.Update != 1 || changed.Nodes.Create+changed.Links.Create != 0 {
		t.Errorf("one node and one link changed: %+v %+v", changed.Nodes, changed.Links)
	}
	if c := see(t, d, steward, graph.SCREEN).Counts(); c.Nodes != 6 || c.Links != 5 {
		t.Errorf("doubled: %+v", c)
	}
	more := bring(t, d, "", "kind,from,to\nALLIED_WITH,a,"+string(named(t, v, "club:c").Core().ID)+"\n")
	if more.Links.Create != 1 {
		t.Errorf("links to nodes imported before: %+v", more.Links)
	}
}

// After a merge the links have new ids; the file's rows still find them.
func TestImportAfterMerge(t *testing.T) {
	d := open(t)
	nodes := "id,kind,name\na,Organization,A\nb,Organization,A.\nc,Coalition,C\n"
	links := "kind,from,to,role\nMEMBER_OF,b,c,CHAIR\nMEMBER_OF,a,c,MEMBER\n"
	bring(t, d, nodes, links)
	v := see(t, d, steward, graph.SCREEN)
	_, err := d.Edit(context.Background(), steward, graph.Request{}, func(tx *graph.Tx) error {
		return tx.Merge(named(t, v, "club:a").Core().ID, named(t, v, "club:b").Core().ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	r := bring(t, d, nodes, links)
	if r.Change != nil || r.Nodes.Create+r.Links.Create != 0 || r.Warnings.Count() == 0 {
		t.Errorf("%+v %+v, %d warnings", r.Nodes, r.Links, r.Warnings.Count())
	}
}

// What the importer cannot see afterwards is linked, and not added twice.
func TestImportOfHidden(t *testing.T) {
	d := open(t)
	nodes := "id,kind,name,visibility\nx,Story,Untold,\ny,Organization,Shelter,SEALED\nz,Individual,N.,\no,Organization,O,\n"
	links := "id,kind,from,to\n1,TOLD_BY,x,z\n2,ABOUT,x,o\n3,PART_OF,y,o\n"
	r := bring(t, d, nodes, links)
	if r.Nodes.Create != 4 || r.Links.Create != 3 {
		t.Fatalf("%+v %+v", r.Nodes, r.Links)
	}
	if v := see(t, d, steward, graph.SCREEN); v.Counts().Nodes != 2 || v.Counts().Links != 0 {
		t.Errorf("%+v are seen", v.Counts())
	}
	again := bring(t, d, nodes, links)
	if again.Change != nil || again.Nodes.Unchanged != 4 || again.Links.Unchanged != 3 {
		t.Errorf("the same again: %+v %+v", again.Nodes, again.Links)
	}
}

func TestWarnsOfDuplicates(t *testing.T) {
	d := open(t)
	bring(t, d, "id,kind,name,place\na,Organization,L'Étoile,FR\n", "")
	r := bring(t, d, "id,kind,name,place\nb,Organization,LETOILE,fr\nc,Organization,Letoile,BE\nd,Individual,Letoile,FR\n", "")
	if r.Warnings.Count() != 1 || r.Warnings.List[0].Row != 2 || r.Nodes.Create != 3 {
		t.Errorf("warnings %v, %+v", r.Warnings.List, r.Nodes)
	}
}

func TestDryRunKeepsNothing(t *testing.T) {
	d := open(t)
	r, err := exchange.DryRun(context.Background(), d, coordinator, read(t, pair(someNodes, someLinks)), nil)
	if err != nil || r.Nodes.Create != 6 || r.Links.Create != 5 || r.Change != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	if c := see(t, d, steward, graph.SCREEN).Counts(); c.Nodes != 0 {
		t.Errorf("kept %+v", c)
	}
	if _, err := exchange.DryRun(context.Background(), d, member, read(t, pair(someNodes, someLinks)), nil); graph.CodeOf(err) != graph.FORBIDDEN {
		t.Errorf("a member: %v", err)
	}
}

func TestCancel(t *testing.T) {
	d := open(t)
	b := read(t, pair(someNodes, someLinks))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := exchange.Apply(ctx, d, steward, b, func(stage string, done, total int) { cancel() })
	if graph.CodeOf(err) != graph.UNAVAILABLE {
		t.Errorf("got %v", err)
	}
	if _, err := exchange.Read(ctx, pair(someNodes, someLinks), exchange.ReadOptions{Scheme: "x"}); graph.CodeOf(err) != graph.UNAVAILABLE {
		t.Errorf("reading: %v", err)
	}
	if c := see(t, d, steward, graph.SCREEN).Counts(); c.Nodes != 0 {
		t.Errorf("kept %+v", c)
	}
}

// What was exported for visitors, brought back by a steward, takes away what it
// no longer names of all that a visitor sees, and nothing that a visitor does not see.
func TestVisitorsExportBroughtBack(t *testing.T) {
	d := open(t)
	const nodes = "id,kind,name,visibility,sources,knownTexts,knownSources,measurementIndicators,measurementDates,measurementValues,measurementSources,indicatorNames\n" +
		"inside,Source,Inside report,MEMBERS,,,,,,,,\n" +
		"open,Source,Open report,,,,,,,,,\n" +
		"o,Organization,Olive,,inside|open,,,,,,,\n" +
		"p,Organization,Palm,,,,,,,,,\n" +
		"i,Issue,Water,,open|inside,one|two|three,inside|open|,,,,,\n" +
		"c,Campaign,Open the wells,,,,,Wells|Wells,2024|2025,3|4.5,inside|open,Wells\n"
	const links = "id,kind,from,to,visibility,sources,readingDates,readingPower,readingStance,readingSources\n" +
		"l,ALLIED_WITH,o,p,PUBLIC,open|inside,,,,\n" +
		"t,TARGETS,c,p,PUBLIC,,2024|2025,3|4,-2|-1,inside|open\n"
	bring(t, d, nodes, links)
	var n, l strings.Builder
	if err := exchange.WriteCSV(t.Context(), see(t, d, graph.Viewer{}, graph.EXPORT), &n, &l, nil); err != nil {
		t.Fatal(err)
	}
	back := func(nodes, links string) *exchange.Report {
		t.Helper()
		b, err := exchange.Read(t.Context(), pair(nodes, links), exchange.ReadOptions{Scheme: "back"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := exchange.Apply(t.Context(), d, steward, b, nil)
		if err != nil {
			t.Fatalf("%v\n%v", err, r)
		}
		return r
	}
	v := see(t, d, steward, graph.SCREEN)
	inside, open := named(t, v, "club:inside").Core().ID, named(t, v, "club:open").Core().ID
	if strings.Contains(n.String()+l.String(), string(inside)) {
		t.Fatal("a visitor's export names what only members see")
	}
	if r := back(n.String(), l.String()); r.Change != nil {
		t.Errorf("unchanged, it changes %d nodes and %d links: %+v", r.Nodes.Update, r.Links.Update, r.Change.Ops)
	}
	// A source that the file says no more is gone, and a claim that says another thing rests on nothing.
	lines := strings.Split(n.String(), "\n")
	for i, line := range lines {
		if strings.Contains(line, "Water") {
			lines[i] = strings.ReplaceAll(strings.ReplaceAll(line, "one|two|three", "uno|two|three"), "|"+string(open)+"|", "||")
		}
	}
	back(strings.Join(lines, "\n"), l.String())
	v = see(t, d, steward, graph.SCREEN)
	i := named(t, v, "club:i").(*graph.Issue)
	if want := []graph.Claim{{Text: "uno"}, {Text: "two"}, {Text: "three"}}; !slices.Equal(i.Known, want) {
		t.Errorf("known: %v, want %v", i.Known, want)
	}
	if !slices.Equal(i.Sources, []graph.ID{open, inside}) {
		t.Errorf("sources: %v", i.Sources)
	}
	// Another source in the place of one that a visitor sees.
	archive := "id,kind,name\narchive,Source,Archive\n"
	bring(t, d, archive, "id,kind,from,to\n")
	other := named(t, see(t, d, steward, graph.SCREEN), "club:archive").Core().ID
	back(strings.ReplaceAll(strings.Join(lines, "\n"), string(open), string(other)), strings.ReplaceAll(l.String(), string(open), string(other)))
	v = see(t, d, steward, graph.SCREEN)
	o := named(t, v, "club:o").Core()
	if !slices.Equal(o.Sources, []graph.ID{inside, other}) {
		t.Errorf("sources of the organization: %v", o.Sources)
	}
	ally := v.LinksOf(o.ID, graph.LinkFilter{Kinds: []graph.LinkKind{graph.ALLIED_WITH}})[0]
	if !slices.Equal(ally.Sources, []graph.ID{inside, other}) {
		t.Errorf("sources of the link: %v", ally.Sources)
	}
	c := named(t, v, "club:c").(*graph.Campaign)
	if c.Readings[0].Source != inside || c.Readings[1].Source != other {
		t.Errorf("measurements: %v", c.Readings)
	}
	target := v.LinksOf(c.ID, graph.LinkFilter{Kinds: []graph.LinkKind{graph.TARGETS}})[0].Details.(*graph.Targeting)
	if target.Readings[0].Source != inside || target.Readings[1].Source != other {
		t.Errorf("readings: %v", target.Readings)
	}
}
