package exchange

import (
	"context"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"weft/graph"
)

// Batch is what was read from files: rows that wait to be played.
type Batch struct {
	Scheme   string   // of the ids that the rows have
	Problems Problems // found while reading
	nodes    []nodeRow
	links    []linkRow
}

// Nodes and Links return how many rows there are.
func (b *Batch) Nodes() int { return len(b.nodes) }

// Links returns how many rows of links there are.
func (b *Batch) Links() int { return len(b.links) }

type nodeRow struct {
	place    Place
	id       string
	kind     graph.NodeKind
	fields   graph.Fields
	broken   bool // a problem is reported already
	ifAbsent bool // makes a node, never changes one
}

type linkRow struct {
	place    Place
	id       string // "" when the file has none
	kind     graph.LinkKind
	from, to string
	fields   graph.Fields
	broken   bool
	once     bool // an equal row is the same link
	skip     skip
}

// skip says what a mapping passes over with a warning.
type skip struct{ self, circle bool }

// ReadOptions say how to read.
type ReadOptions struct {
	Scheme   string   // of the file's ids; "" takes the mapping's, or Default
	Default  string   // the scheme when nothing else gives one, as Source.Scheme
	Mapping  *Mapping // nil: the Weft CSV pair
	Progress Progress
}

// Read reads a batch: the Weft CSV pair (nodes.csv and links.csv, at least
// one of them), or whatever files the mapping names. What is wrong with rows is
// in the batch's Problems; an error means that nothing can be read at all.
func Read(ctx context.Context, fsys fs.FS, o ReadOptions) (*Batch, error) {
	b := &Batch{Scheme: o.Scheme}
	if b.Scheme == "" && o.Mapping != nil {
		b.Scheme = o.Mapping.Scheme
	}
	if b.Scheme == "" {
		b.Scheme = o.Default
	}
	if err := checkScheme(b.Scheme); err != nil {
		return nil, err
	}
	var err error
	if o.Mapping != nil {
		err = o.Mapping.read(ctx, fsys, b, o.Progress)
	} else {
		err = readPair(ctx, fsys, b, o.Progress)
	}
	if err == nil && ctx.Err() != nil {
		err = givenUp(ctx)
	}
	if err != nil {
		return nil, err
	}
	b.findRepeats()
	return b, nil
}

// findRepeats reports ids that name two rows.
func (b *Batch) findRepeats() {
	first := make(map[string]int, len(b.nodes))
	kept := b.nodes[:0]
	for i := range b.nodes {
		n := b.nodes[i]
		if n.id != "" {
			j, again := first[n.id]
			switch {
			case again && n.ifAbsent:
				continue
			case again && kept[j].ifAbsent:
				kept[j] = n // the real row in place of the stand-in
				continue
			case again:
				b.Problems.add(n.place.at("id"), "give each row an id of its own", "the id %.60q is that of row %d too", n.id, kept[j].place.Row)
				n.broken = true
			default:
				first[n.id] = len(kept)
			}
		}
		kept = append(kept, n)
	}
	b.nodes = kept
	rows := map[string]int{}
	for i := range b.links {
		l := &b.links[i]
		if l.id == "" {
			continue
		}
		if row, again := rows[l.id]; again {
			b.Problems.add(l.place.at("id"), "give each row an id of its own", "the id %.60q is that of row %d too", l.id, row)
			l.broken = true
			continue
		}
		rows[l.id] = l.place.Row
	}
}

const (
	nodesFile = "nodes.csv"
	linksFile = "links.csv"
)

func readPair(ctx context.Context, fsys fs.FS, b *Batch, progress Progress) error {
	nodes, links := find(fsys, nodesFile), find(fsys, linksFile)
	if nodes == "" && links == "" {
		return graph.Errorf(graph.INVALID, "there is neither nodes.csv nor links.csv here: name the folder or zip that holds them, or a mapping for other files")
	}
	if nodes != "" {
		readPairFile(ctx, fsys, nodes, b, progress, nodeColumns(), []string{"id", "kind", "name"}, b.addNode)
	}
	if links != "" {
		readPairFile(ctx, fsys, links, b, progress, linkColumns(), []string{"kind", "from", "to"}, b.addLink)
	}
	return nil
}

// columnsOf returns the names that head the columns of a file of the pair, by
// their lower-case form.
func columnsOf(own []string, lists ...[]graph.Field) map[string]string {
	m := map[string]string{}
	for _, name := range own {
		m[strings.ToLower(name)] = name
	}
	for _, list := range lists {
		for _, f := range list {
			if !f.System {
				m[strings.ToLower(f.Name)] = f.Name
			}
		}
	}
	return m
}

var nodeColumns = sync.OnceValue(func() map[string]string {
	var lists [][]graph.Field
	for _, i := range graph.NodeKinds() {
		lists = append(lists, i.Fields)
	}
	return columnsOf([]string{"id", "kind"}, lists...)
})

var linkColumns = sync.OnceValue(func() map[string]string {
	var lists [][]graph.Field
	for _, i := range graph.LinkKinds() {
		lists = append(lists, i.Fields)
	}
	return columnsOf([]string{"id", "kind", "from", "to"}, lists...)
})

// readPairFile reads one file of the pair and gives each row to add, as cells
// by the names of their columns, empty ones left out.
func readPairFile(ctx context.Context, fsys fs.FS, path string, b *Batch, progress Progress, known map[string]string, need []string, add func(Place, map[string]string)) {
	t := openTable(ctx, fsys, path, 0, &b.Problems)
	if t == nil {
		return
	}
	defer t.close()
	names := make([]string, len(t.header))
	header := Place{File: t.name, Row: 1, Line: 1}
	for i, h := range t.header {
		name, ok := known[strings.ToLower(h)]
		if !ok && h != "" {
			b.Problems.add(header.at(h), "correct its name, delete it, or read the file through a mapping", "no kind has a field of this name")
		}
		names[i] = name
	}
	missing := slices.Contains(names, "")
	for _, name := range need {
		if !slices.Contains(names, name) {
			missing = true
			b.Problems.add(header, "add it", "there is no column %s", name)
		}
	}
	if missing {
		return
	}
	for n := 1; ; n++ {
		cells, at, ok := t.next()
		if !ok {
			return
		}
		row := make(map[string]string, len(cells))
		for i, c := range cells {
			if c = strings.TrimSpace(bare(c)); c != "" {
				row[names[i]] = strings.Clone(c)
			}
		}
		add(at, row)
		progress.tell("reading "+t.name, n, 0)
	}
}

func (b *Batch) addNode(at Place, row map[string]string) {
	n := nodeRow{place: at, id: row["id"], fields: graph.Fields{}}
	if n.id == "" {
		b.Problems.add(at.at("id"), "give the row an id of its own", "the row has no id")
		n.broken = true
	}
	info := nodeInfo(row["kind"])
	if info == nil {
		b.Problems.add(at.at("kind"), "write one of "+nodeKindNames(), "%s", noKind(row["kind"]))
		n.broken = true
		b.nodes = append(b.nodes, n)
		return
	}
	n.kind = info.Kind
	delete(row, "id")
	delete(row, "kind")
	b.fill(at, string(info.Kind), info.Field, row, n.fields)
	b.nodes = append(b.nodes, n)
}

func (b *Batch) addLink(at Place, row map[string]string) {
	l := linkRow{place: at, id: row["id"], from: row["from"], to: row["to"], fields: graph.Fields{}}
	for _, end := range []string{"from", "to"} {
		if row[end] == "" {
			b.Problems.add(at.at(end), "write the id of a node", "the link has no end here")
			l.broken = true
		}
	}
	info := linkInfo(row["kind"])
	if info == nil {
		b.Problems.add(at.at("kind"), "write one of "+linkKindNames(), "%s", noKind(row["kind"]))
		return
	}
	l.kind = info.Kind
	for _, k := range []string{"id", "kind", "from", "to"} {
		delete(row, k)
	}
	b.fill(at, string(info.Kind), info.Field, row, l.fields)
	b.links = append(b.links, l)
}

func noKind(text string) string {
	if text == "" {
		return "the row has no kind"
	}
	return strconv.Quote(text[:min(len(text), 60)]) + " is no kind"
}

// fill turns cells into fields of a kind.
func (b *Batch) fill(at Place, kind string, find func(string) *graph.Field, row map[string]string, out graph.Fields) {
	for name, cell := range row {
		f := find(name)
		if f == nil || f.System {
			b.Problems.add(at.at(name), "empty the cell", "%s has no field %s", kind, name)
			continue
		}
		if f.List {
			out[name] = typedList(f, splitList(cell))
		} else {
			out[name] = typed(f, cell)
		}
	}
}

func nodeInfo(kind string) *graph.NodeInfo {
	for _, i := range graph.NodeKinds() {
		if strings.EqualFold(string(i.Kind), kind) {
			return i
		}
	}
	return nil
}

func linkInfo(kind string) *graph.LinkInfo {
	for _, i := range graph.LinkKinds() {
		if strings.EqualFold(string(i.Kind), kind) {
			return i
		}
	}
	return nil
}

func nodeKindNames() string {
	var names []string
	for _, i := range graph.NodeKinds() {
		names = append(names, string(i.Kind))
	}
	return strings.Join(names, ", ")
}

func linkKindNames() string {
	var names []string
	for _, i := range graph.LinkKinds() {
		names = append(names, string(i.Kind))
	}
	return strings.Join(names, ", ")
}

// typed gives text the form that Weft keeps it in, so that rows can be
// compared with what is there. What cannot be read as the field's type stays
// text, and the verb that gets it says what is wrong.
func typed(f *graph.Field, s string) any {
	switch {
	case f.Vocabulary != nil:
		if i := slices.IndexFunc(f.Vocabulary.Values, func(v string) bool { return strings.EqualFold(v, s) }); i >= 0 {
			return f.Vocabulary.Values[i]
		}
	case f.Type == graph.INTEGER:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
	case f.Type == graph.NUMBER:
		if n, err := strconv.ParseFloat(s, 64); err == nil && n-n == 0 {
			return n
		}
	case f.Type == graph.BOOLEAN:
		switch strings.ToLower(s) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return s
}

func typedList(f *graph.Field, parts []string) []string {
	out := make([]string, 0, len(parts))
	seen := map[string]bool{}
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if s, ok := typed(f, p).(string); ok {
			p = s
		}
		if f.Group == "" { // a set: blanks and repeats add nothing
			if p == "" || seen[p] {
				continue
			}
			seen[p] = true
		}
		out = append(out, p)
	}
	return out
}

// splitList reads a|b, in which \| and \\ stand for the signs themselves.
func splitList(cell string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c == '\\' && i+1 < len(cell) && (cell[i+1] == '|' || cell[i+1] == '\\'):
			i++
			b.WriteByte(cell[i])
		case c == '|':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(out, b.String())
}

var listEscaper = strings.NewReplacer(`\`, `\\`, `|`, `\|`)

func joinList(parts []string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = listEscaper.Replace(p)
	}
	return strings.Join(escaped, "|")
}

// A spreadsheet runs a cell that starts with one of these signs as a formula.
// On the way out such a cell gets an apostrophe in front, and so does one that
// already has apostrophes there; on the way in one apostrophe is taken off. So
// the two are exact inverses. Plain numbers are no danger and stay as they are.

func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

func guarded(s string) string {
	if !formula(s) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

func bare(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
