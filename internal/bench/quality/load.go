package quality

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"weft/graph"
	"weft/graph/demo"
)

// source is a network that is read when it is needed. Tuning sets are for
// fitting only.
type source struct {
	network
	read func(ctx context.Context, n network, dir string) (*network, error)
}

// sources are the real networks, below the folder of data. Two of them, one
// with ties and one with memberships, are for tuning and never reported on.
var sources = []source{
	{network{name: "UK parliament", words: true, origin: "groups in the UK parliament, their members, secretariats, funders and issues (parliament-groups)"}, parliament("GB")},
	{network{name: "ROR", words: true, origin: "research organizations and their relations (ror)"}, readROR},
	{network{name: "SDG targets", words: true, origin: "targets of the UN goals as organizations, tied by shared subjects; goals as issues, words of their labels (issue-taxonomy)"}, readSDG},
	{network{name: "Paul Revere", origin: "254 men in 7 clubs of Boston, 1775 (paul-revere)"}, readRevere},
	{network{name: "UK ministers", dated: true, origin: "holders of office and their departments, 1997 to 2010, dated (popolo)", day: date("2009-05-01")}, readMinisters},
	{network{name: "Les Misérables", origin: "characters who meet (gexf)"}, readMiserables},
	{network{name: "Oligrapher", origin: "a map of firms and people (littlesis)"}, readOligrapher},
	{network{name: "US states", origin: "states by migration (kumu)"}, readKumu},
	{network{name: "openfairdb", words: true, origin: "initiatives and their tags as coalitions, with descriptions (directories)"}, readFairDB},
	{network{name: "Zaruna", words: true, dated: true, origin: "the demo network of this repository", day: date(demo.Today)}, readDemo},
	{network{name: "sigma demo", tuning: true, words: true, origin: "Wikipedia articles on networks and the links between them (graphology-json); tuning of ties"}, readSigma},
	{network{name: "movement 2016", words: true, origin: "groups of a movement and their tags as coalitions, with descriptions (directories)"}, readMovement},
	{network{name: "devolved parliaments", tuning: true, words: true, origin: "groups in the parliaments of Scotland, Wales and Northern Ireland (parliament-groups); tuning of members"}, parliament("GB-SCT", "GB-WLS", "GB-NIR")},
}

func date(s string) graph.Date {
	d, err := graph.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// parliament reads the groups at some places, with everybody linked to them and
// all issues.
func parliament(places ...string) func(context.Context, network, string) (*network, error) {
	return func(ctx context.Context, n network, dir string) (*network, error) {
		const scheme = "parliament-groups"
		if _, err := os.Stat(filepath.Join(dir, scheme, "nodes.csv")); err != nil {
			return nil, err
		}
		all, err := imported(ctx, n, os.DirFS(filepath.Join(dir, scheme)), scheme, scheme, today)
		if err != nil {
			return nil, err
		}
		in := map[int32]bool{}
		g := all.view.Graph()
		for i := range int32(len(g.IDs)) {
			c, coalition := g.Node(i).(*graph.Coalition)
			in[i] = coalition && slices.Contains(places, c.Place)
		}
		near := map[int32]bool{}
		for _, l := range g.Links {
			near[l.From], near[l.To] = near[l.From] || in[l.To], near[l.To] || in[l.From]
		}
		return copied(ctx, n, all.view, scheme, today, func(i int32, g *graph.Graph) bool {
			_, coalition := g.Node(i).(*graph.Coalition)
			return in[i] || near[i] && !coalition
		})
	}
}

func readROR(ctx context.Context, n network, dir string) (*network, error) {
	files := fstest.MapFS{}
	for _, name := range []string{"organizations.csv", "relationships.csv"} {
		f, err := os.Open(filepath.Join(dir, "ror", name+".gz"))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(z)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return imported(ctx, n, files, "ror", "ror", today)
}

func readDemo(ctx context.Context, n network, _ string) (*network, error) {
	day, err := time.Parse(time.DateOnly, demo.Today)
	if err != nil {
		return nil, err
	}
	return imported(ctx, n, demo.Files, "", demo.Scheme, day.Add(9*time.Hour))
}

// table reads a CSV file: its rows by the names in its first.
func table(path string) (rows []map[string]string, header []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	list, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, r := range list[1:] {
		row := map[string]string{}
		for k, x := range r {
			row[list[0][k]] = x
		}
		rows = append(rows, row)
	}
	return rows, list[0], nil
}

// object reads a JSON file.
func object(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func readSDG(ctx context.Context, n network, dir string) (*network, error) {
	nodes, _, err := table(filepath.Join(dir, "issue-taxonomy", "sdg_nodes.csv"))
	if err != nil {
		return nil, err
	}
	edges, _, err := table(filepath.Join(dir, "issue-taxonomy", "sdg_edges.csv"))
	if err != nil {
		return nil, err
	}
	return build(ctx, n, today, func(b *builder) {
		kind := map[string]string{}
		for _, r := range nodes {
			switch kind[r["id"]] = r["kind"]; r["kind"] {
			case "goal":
				b.node(graph.KindIssue, r["id"], "name", r["label_en"])
			case "target":
				b.node(graph.KindOrganization, r["id"], "name", r["id"], "summary", r["label_en"])
			}
		}
		seen := map[[2]string]bool{}
		for _, r := range edges {
			x, y := r["source"], r["target"]
			switch {
			case kind[x] == "target" && kind[y] == "goal":
				b.link(graph.WORKS_ON, x, y)
			case kind[x] == "target" && kind[y] == "target" && x != y && !seen[[2]string{min(x, y), max(x, y)}]:
				seen[[2]string{min(x, y), max(x, y)}] = true
				b.link(graph.ALLIED_WITH, x, y)
			}
		}
	})
}

func readRevere(ctx context.Context, n network, dir string) (*network, error) {
	rows, header, err := table(filepath.Join(dir, "import-samples", "paul-revere", "PaulRevereAppD.csv"))
	if err != nil {
		return nil, err
	}
	return build(ctx, n, today, func(b *builder) {
		for _, c := range header[1:] {
			b.node(graph.KindCoalition, c)
		}
		for _, r := range rows {
			b.node(graph.KindIndividual, r[header[0]])
			for _, c := range header[1:] {
				if r[c] == "1" {
					b.link(graph.MEMBER_OF, r[header[0]], c)
				}
			}
		}
	})
}

func readMinisters(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Memberships []struct {
			Person       string `json:"person_id"`
			Organization string `json:"organization_id"`
			Start        string `json:"start_date"`
			End          string `json:"end_date"`
		}
	}
	if err := object(filepath.Join(dir, "import-samples", "popolo", "uk-ministers-1997-2010.json"), &file); err != nil {
		return nil, err
	}
	return build(ctx, n, time.Date(2010, 4, 1, 9, 0, 0, 0, time.UTC), func(b *builder) {
		for _, m := range file.Memberships {
			if m.Person == "" || m.Organization == "" || m.Start == "" || m.End != "" && m.End < m.Start {
				continue
			}
			// Keys apart, so that a person is never taken for a department.
			b.node(graph.KindIndividual, "p "+m.Person, "name", "Person "+m.Person[strings.LastIndex(m.Person, "/")+1:])
			b.node(graph.KindCoalition, "o "+m.Organization, "name", strings.ReplaceAll(m.Organization, "-", " "))
			f := []any{"since", date(m.Start)}
			if m.End != "" && m.End < "9999" {
				f = append(f, "until", date(m.End))
			}
			b.link(graph.MEMBER_OF, "p "+m.Person, "o "+m.Organization, f...)
		}
	})
}

func readMiserables(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Nodes []struct {
			ID    string `xml:"id,attr"`
			Label string `xml:"label,attr"`
		} `xml:"graph>nodes>node"`
		Edges []struct {
			Source string `xml:"source,attr"`
			Target string `xml:"target,attr"`
		} `xml:"graph>edges>edge"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "import-samples", "gexf", "lesmiserables.gexf"))
	if err != nil {
		return nil, err
	}
	if err := xml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	return build(ctx, n, today, func(b *builder) {
		for _, x := range file.Nodes {
			b.node(graph.KindIndividual, x.ID, "name", x.Label)
		}
		for _, e := range file.Edges {
			if e.Source != e.Target {
				b.link(graph.ALLIED_WITH, e.Source, e.Target)
			}
		}
	})
}

// tied builds a network of organizations and alliances, each pair once.
func tied(ctx context.Context, n network, nodes map[string][2]string, edges [][2]string) (*network, error) {
	return build(ctx, n, today, func(b *builder) {
		keys := make([]string, 0, len(nodes))
		for k := range nodes {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			b.node(graph.KindOrganization, k, "name", nodes[k][0], "summary", nodes[k][1])
		}
		seen := map[[2]string]bool{}
		for _, e := range edges {
			pair := [2]string{min(e[0], e[1]), max(e[0], e[1])}
			if pair[0] == pair[1] || seen[pair] || b.ids[pair[0]] == "" || b.ids[pair[1]] == "" {
				continue
			}
			seen[pair] = true
			b.link(graph.ALLIED_WITH, pair[0], pair[1])
		}
	})
}

func readOligrapher(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Nodes map[string]struct{ Display struct{ Name string } }
		Edges map[string]struct {
			From any `json:"node1_id"` // a number or a text
			To   any `json:"node2_id"`
		}
	}
	if err := object(filepath.Join(dir, "import-samples", "littlesis", "oligrapher-dev.json"), &file); err != nil {
		return nil, err
	}
	nodes, edges := map[string][2]string{}, [][2]string{}
	for k, x := range file.Nodes {
		nodes[k] = [2]string{x.Display.Name, ""}
	}
	for _, e := range file.Edges {
		edges = append(edges, [2]string{fmt.Sprint(e.From), fmt.Sprint(e.To)})
	}
	return tied(ctx, n, nodes, inOrder(edges))
}

// inOrder sorts what came out of a map.
func inOrder(edges [][2]string) [][2]string {
	slices.SortFunc(edges, func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) })
	return edges
}

func readKumu(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Elements []struct {
			ID         string `json:"_id"`
			Attributes struct{ Label string }
		}
		Connections []struct{ From, To string }
	}
	if err := object(filepath.Join(dir, "import-samples", "kumu", "snap-to-tutorial-project.json"), &file); err != nil {
		return nil, err
	}
	nodes, edges := map[string][2]string{}, [][2]string{}
	for _, x := range file.Elements {
		nodes[x.ID] = [2]string{x.Attributes.Label, ""}
	}
	for _, e := range file.Connections {
		edges = append(edges, [2]string{e.From, e.To})
	}
	return tied(ctx, n, nodes, edges)
}

func readSigma(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Nodes []struct{ Key, Label, Tag string }
		Edges [][2]string
	}
	if err := object(filepath.Join(dir, "import-samples", "graphology-json", "sigma-demo-dataset.json"), &file); err != nil {
		return nil, err
	}
	nodes := map[string][2]string{}
	for _, x := range file.Nodes {
		nodes[x.Key] = [2]string{x.Label, ""}
	}
	return tied(ctx, n, nodes, file.Edges)
}

// tagged builds a network of organizations with texts in coalitions that stand
// for their tags.
func tagged(ctx context.Context, n network, nodes [][3]string, tags [][]string) (*network, error) {
	return build(ctx, n, today, func(b *builder) {
		for k, x := range nodes {
			b.node(graph.KindOrganization, x[0], "name", x[1], "summary", x[2])
			for _, t := range tags[k] {
				if t = strings.TrimSpace(t); t == "" {
					continue
				}
				b.node(graph.KindCoalition, "tag "+t, "name", strings.NewReplacer("-", " ", "_", " ").Replace(t))
				b.link(graph.MEMBER_OF, x[0], "tag "+t)
			}
		}
	})
}

func readMovement(ctx context.Context, n network, dir string) (*network, error) {
	var file []struct{ ID, Name, Description, Tags string }
	if err := object(filepath.Join(dir, "import-samples", "directories", "movement-2016-groups.json"), &file); err != nil {
		return nil, err
	}
	var nodes [][3]string
	var tags [][]string
	for _, x := range file {
		nodes, tags = append(nodes, [3]string{x.ID, x.Name, x.Description}), append(tags, distinctText(strings.Split(x.Tags, ",")))
	}
	return tagged(ctx, n, nodes, tags)
}

func readFairDB(ctx context.Context, n network, dir string) (*network, error) {
	var file struct {
		Visible []struct {
			ID, Title, Description string
			Tags                   []string
		}
	}
	if err := object(filepath.Join(dir, "import-samples", "directories", "openfairdb.json"), &file); err != nil {
		return nil, err
	}
	var nodes [][3]string
	var tags [][]string
	for _, x := range file.Visible {
		nodes, tags = append(nodes, [3]string{x.ID, x.Title, x.Description}), append(tags, distinctText(x.Tags))
	}
	return tagged(ctx, n, nodes, tags)
}

func distinctText(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// read returns the real networks that are there, those for tuning or the
// others, and says of each that is not why.
func read(ctx context.Context, dir, only string, tuning bool, skipped func(name string, err error)) (all []*network, err error) {
	for _, s := range sources {
		if s.tuning != tuning || only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
			continue
		}
		n, err := s.read(ctx, s.network, dir)
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			skipped(s.name, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
