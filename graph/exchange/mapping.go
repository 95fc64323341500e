package exchange

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"weft/graph"
)

// Mapping says how CSV files that are not Weft's own become nodes and links.
// It is written in YAML (of which JSON is a part):
//
//	title: Members of the alliance        # for people
//	scheme: alliance                      # of the ids in the files
//	attribution: Alliance register, CC BY # who must be named
//	files:
//	  - file: members.csv                 # or members.csv.gz
//	    separator: ";"                    # default: found out
//	    ignore: [fax]                     # columns that are not used
//	    otherwise: skip                   # rows that no rule takes; default: an error
//	    rows:                             # every rule whose condition holds is used
//	      - when: {type: [group, party]}  # column: value or values, "" is empty
//	        node: Organization
//	        id: "{id}"
//	        ifAbsent: true                # make the node, never change one
//	        fields:
//	          name: "{name}"
//	          place: {from: "{country}", values: {Norway: "NO", Sweden: SE}, otherwise: ""}
//	          otherNames: {from: "{aliases}", split: ";"}
//	          web: ["{site}", "{source}"] # a list: each gives entries; for text: joined by spaces
//	      - link: MEMBER_OF
//	        when: {parent: "*"}           # "*" is anything but empty
//	        from: "{id}"
//	        to: {from: "{parents}", split: ";"} # one link each
//	        once: true                    # equal rows are one link
//	        skip: [self, circle]          # pass over links of a node to itself, circles of PART_OF
//	        fields: {role: MEMBER}
//
// A value is a constant, or a template with {column}s, which gives nothing when
// all its columns are empty. values translates; without otherwise a value that
// is not listed is an error. For a field that holds one value, split takes the
// entry that comes first in values. convert applies one of: year (digits, as
// a date), lowest and highest (of a range of numbers such as 1,501-3,000).
type Mapping struct {
	Name        string
	Title       string
	Scheme      string
	Attribution string
	files       []mappedFile
}

type mappedFile struct {
	name      string
	separator rune
	ignore    []string
	skipRest  bool
	rules     []rule
}

type rule struct {
	when     []condition
	node     *graph.NodeInfo
	link     *graph.LinkInfo
	id       *value
	from, to *value
	fields   []mappedField
	once     bool
	ifAbsent bool
	skip     skip
}

type condition struct {
	column string
	values []string
}

type mappedField struct {
	field *graph.Field
	value *value
}

// value makes texts out of a row.
type value struct {
	parts     []*value // of a list
	template  []segment
	split     string
	values    []pair
	otherwise *string
	convert   func(string) (string, error)
}

type segment struct{ text, column string }

type pair struct{ from, to string }

//go:embed mappings/*.yaml
var kept embed.FS

// Mappings returns the names of the mappings that Weft brings along.
func Mappings() []string {
	list, _ := kept.ReadDir("mappings") // embedded: always there
	var names []string
	for _, e := range list {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// MappingNamed returns a mapping that Weft brings along.
func MappingNamed(name string) (*Mapping, error) {
	b, err := kept.ReadFile("mappings/" + name + ".yaml")
	if err != nil {
		return nil, graph.Errorf(graph.INVALID, "there is no mapping %.60q: name a file, or one of %s", name, strings.Join(Mappings(), ", "))
	}
	return ParseMapping(name, b)
}

// ParseMapping reads a mapping file. Name is told in errors.
func ParseMapping(name string, b []byte) (*Mapping, error) {
	var f struct {
		Title       string `yaml:"title"`
		Scheme      string `yaml:"scheme"`
		Attribution string `yaml:"attribution"`
		Files       []struct {
			File      string   `yaml:"file"`
			Separator string   `yaml:"separator"`
			Ignore    []string `yaml:"ignore"`
			Otherwise string   `yaml:"otherwise"`
			Rows      []struct {
				When     yaml.MapSlice `yaml:"when"`
				Node     string        `yaml:"node"`
				Link     string        `yaml:"link"`
				ID       any           `yaml:"id"`
				From     any           `yaml:"from"`
				To       any           `yaml:"to"`
				Fields   yaml.MapSlice `yaml:"fields"`
				Once     bool          `yaml:"once"`
				IfAbsent bool          `yaml:"ifAbsent"`
				Skip     []string      `yaml:"skip"`
			} `yaml:"rows"`
		} `yaml:"files"`
	}
	bad := func(format string, args ...any) error {
		return graph.Errorf(graph.INVALID, "the mapping %s: %s", name, fmt.Sprintf(format, args...))
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.UseOrderedMap()).Decode(&f); err != nil {
		return nil, bad("%s", yaml.FormatError(err, false, true))
	}
	m := &Mapping{Name: name, Title: f.Title, Scheme: f.Scheme, Attribution: f.Attribution}
	if m.Scheme != "" {
		if err := checkScheme(m.Scheme); err != nil {
			return nil, bad("%s", err)
		}
	}
	if len(f.Files) == 0 {
		return nil, bad("names no files")
	}
	for _, file := range f.Files {
		out := mappedFile{name: file.File, ignore: file.Ignore, skipRest: file.Otherwise == "skip"}
		if file.File == "" || strings.ContainsAny(file.File, `/\`) {
			return nil, bad("%q is not a file name", file.File)
		}
		if file.Otherwise != "" && file.Otherwise != "skip" {
			return nil, bad("%s: otherwise can only be skip", file.File)
		}
		if file.Separator != "" {
			if len(file.Separator) != 1 {
				return nil, bad("%s: the separator is one character", file.File)
			}
			out.separator = rune(file.Separator[0])
		}
		for i, row := range file.Rows {
			where := fmt.Sprintf("%s, rule %d", file.File, i+1)
			r := rule{once: row.Once, ifAbsent: row.IfAbsent}
			for _, s := range row.Skip {
				switch s {
				case "self":
					r.skip.self = true
				case "circle":
					r.skip.circle = true
				default:
					return nil, bad("%s: skip can be self or circle, not %q", where, s)
				}
			}
			for _, c := range row.When {
				cond := condition{column: fmt.Sprint(c.Key)}
				if list, ok := c.Value.([]any); ok {
					for _, v := range list {
						cond.values = append(cond.values, text(v))
					}
				} else {
					cond.values = []string{text(c.Value)}
				}
				r.when = append(r.when, cond)
			}
			var find func(string) *graph.Field
			var err error
			part := func(raw any, what string) *value {
				if raw == nil && err == nil {
					err = bad("%s: %s is missing", where, what)
				}
				if err != nil {
					return nil
				}
				v, problem := parseValue(raw)
				if problem != nil {
					err = bad("%s, %s: %s", where, what, problem)
				}
				return v
			}
			switch r.node, r.link = nodeInfo(row.Node), linkInfo(row.Link); {
			case r.node != nil && row.Link == "":
				find = r.node.Field
				r.id = part(row.ID, "id")
			case r.link != nil && row.Node == "":
				find = r.link.Field
				r.from, r.to = part(row.From, "from"), part(row.To, "to")
				if row.ID != nil {
					r.id = part(row.ID, "id")
				}
			default:
				return nil, bad("%s: a rule makes a node of one of %s, or a link of one of %s", where, nodeKindNames(), linkKindNames())
			}
			for _, e := range row.Fields {
				key := fmt.Sprint(e.Key)
				field := find(key)
				if field == nil || field.System {
					return nil, bad("%s: %s%s has no field %q", where, row.Node, row.Link, key)
				}
				r.fields = append(r.fields, mappedField{field, part(e.Value, key)})
			}
			if err != nil {
				return nil, err
			}
			out.rules = append(out.rules, r)
		}
		m.files = append(m.files, out)
	}
	return m, nil
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func parseValue(raw any) (*value, error) {
	v := &value{}
	switch raw := raw.(type) {
	case []any:
		for _, e := range raw {
			p, err := parseValue(e)
			if err != nil {
				return nil, err
			}
			v.parts = append(v.parts, p)
		}
		return v, nil
	case yaml.MapSlice:
		for _, e := range raw {
			switch key := fmt.Sprint(e.Key); key {
			case "from":
				if err := v.parseTemplate(text(e.Value)); err != nil {
					return nil, err
				}
			case "split":
				v.split = text(e.Value)
			case "otherwise":
				s := text(e.Value)
				v.otherwise = &s
			case "values":
				m, ok := e.Value.(yaml.MapSlice)
				if !ok {
					return nil, fmt.Errorf("values is a list of value: value")
				}
				for _, p := range m {
					v.values = append(v.values, pair{text(p.Key), text(p.Value)})
				}
			case "convert":
				if v.convert = conversions[text(e.Value)]; v.convert == nil {
					return nil, fmt.Errorf("there is no conversion %q: take year, lowest or highest", text(e.Value))
				}
			default:
				return nil, fmt.Errorf("a value has no %q: it has from, values, otherwise, split, convert", key)
			}
		}
		if v.template == nil {
			return nil, fmt.Errorf("a value needs from")
		}
		return v, nil
	}
	return v, v.parseTemplate(text(raw))
}

func (v *value) parseTemplate(s string) error {
	for s != "" {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			v.template = append(v.template, segment{text: s})
			return nil
		}
		if i > 0 {
			v.template = append(v.template, segment{text: s[:i]})
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return fmt.Errorf("a { is not closed")
		}
		v.template = append(v.template, segment{column: strings.TrimSpace(s[i+1 : i+j])})
		s = s[i+j+1:]
	}
	return nil
}

var number = regexp.MustCompile(`[0-9][0-9,]*(\.[0-9]+)?`)

func rangeEnd(last bool) func(string) (string, error) {
	return func(s string) (string, error) {
		all := number.FindAllString(s, -1)
		if len(all) < 1 || len(all) > 2 {
			return "", fmt.Errorf("%.60q is no number or range of numbers", s)
		}
		n := all[0]
		if last {
			n = all[len(all)-1]
		}
		return strings.ReplaceAll(n, ",", ""), nil
	}
}

var conversions = map[string]func(string) (string, error){
	"lowest":  rangeEnd(false),
	"highest": rangeEnd(true),
	"year": func(s string) (string, error) {
		if len(s) == 0 || len(s) > 4 || strings.Trim(s, "0123456789") != "" {
			return "", fmt.Errorf("%.60q is no year", s)
		}
		return strings.Repeat("0", 4-len(s)) + s, nil
	},
}

// columns calls use with every column the value reads.
func (v *value) columns(use func(string)) {
	for _, p := range v.parts {
		p.columns(use)
	}
	for _, s := range v.template {
		if s.column != "" {
			use(s.column)
		}
	}
}

// eval makes the texts of a row. one says that a single one is wanted.
func (v *value) eval(cell func(string) string, one bool) ([]string, error) {
	if v.parts != nil {
		var out []string
		for _, p := range v.parts {
			list, err := p.eval(cell, one)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		if one && len(out) > 1 {
			out = []string{strings.Join(out, " ")}
		}
		return out, nil
	}
	var b strings.Builder
	asked, given := false, false
	for _, s := range v.template {
		if s.column == "" {
			b.WriteString(s.text)
			continue
		}
		c := cell(s.column)
		asked, given = true, given || c != ""
		b.WriteString(c)
	}
	whole := strings.TrimSpace(b.String())
	if asked && !given || whole == "" && v.values == nil {
		return nil, nil
	}
	list := []string{whole}
	if v.split != "" {
		list = strings.Split(whole, v.split)
	}
	var out []string
	best := len(v.values)
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if v.convert != nil {
			var err error
			if s, err = v.convert(s); err != nil {
				return nil, err
			}
		}
		if v.values != nil {
			i := slices.IndexFunc(v.values, func(p pair) bool { return strings.EqualFold(p.from, s) })
			switch {
			case i >= 0 && one:
				best = min(best, i)
				continue
			case i >= 0:
				s = v.values[i].to
			case v.otherwise != nil:
				s = *v.otherwise
			default:
				return nil, fmt.Errorf("the mapping does not say what %.60q is", s)
			}
		}
		if s != "" {
			out = append(out, s)
		}
	}
	if best < len(v.values) {
		out = nil
		if s := v.values[best].to; s != "" {
			out = []string{s}
		}
	}
	if one && len(out) > 1 {
		out = out[:1]
	}
	return out, nil
}

// read reads all files of the mapping into b.
func (m *Mapping) read(ctx context.Context, fsys fs.FS, b *Batch, progress Progress) error {
	for i := range m.files {
		f := &m.files[i]
		path := find(fsys, f.name)
		if path == "" {
			return graph.Errorf(graph.INVALID, "there is no %s here, which the mapping %s reads: name the folder that holds it", f.name, m.Name)
		}
		f.read(ctx, fsys, path, b, progress)
	}
	return nil
}

func (f *mappedFile) read(ctx context.Context, fsys fs.FS, path string, b *Batch, progress Progress) {
	t := openTable(ctx, fsys, path, f.separator, &b.Problems)
	if t == nil {
		return
	}
	defer t.close()
	at := map[string]int{}
	ok := true
	use := func(column string) {
		if _, known := at[column]; known {
			return
		}
		at[column] = t.index(column)
		if at[column] < 0 {
			ok = false
			b.Problems.add(Place{File: t.name, Row: 1, Line: 1}, "add it, or correct the mapping", "there is no column %s, which the mapping reads", column)
		}
	}
	for i := range f.rules {
		r := &f.rules[i]
		for _, c := range r.when {
			use(c.column)
		}
		for _, v := range []*value{r.id, r.from, r.to} {
			if v != nil {
				v.columns(use)
			}
		}
		for _, mf := range r.fields {
			mf.value.columns(use)
		}
	}
	for i, h := range t.header {
		used := slices.ContainsFunc(f.ignore, func(s string) bool { return strings.EqualFold(s, h) })
		for _, j := range at {
			used = used || i == j
		}
		if !used && h != "" {
			ok = false
			b.Problems.add(Place{File: t.name, Row: 1, Line: 1, Column: h}, "use it in the mapping, or list it under ignore", "the mapping does not know this column")
		}
	}
	if !ok {
		return
	}
	for n := 1; ; n++ {
		cells, place, more := t.next()
		if !more {
			return
		}
		cell := func(column string) string { return strings.TrimSpace(cells[at[column]]) }
		taken := false
		for i := range f.rules {
			if f.rules[i].holds(cell) {
				taken = true
				f.rules[i].make(b, place, cell)
			}
		}
		if !taken && !f.skipRest {
			b.Problems.add(place, "add a rule for it, or otherwise: skip", "no rule of the mapping takes this row")
		}
		progress.tell("reading "+t.name, n, 0)
	}
}

func (r *rule) holds(cell func(string) string) bool {
	for _, c := range r.when {
		have := cell(c.column)
		if !slices.ContainsFunc(c.values, func(want string) bool { return want == "*" && have != "" || strings.EqualFold(want, have) }) {
			return false
		}
	}
	return true
}

// make adds what a rule makes of a row.
func (r *rule) make(b *Batch, at Place, cell func(string) string) {
	broken := false
	eval := func(v *value, what string, one bool) []string {
		if v == nil {
			return nil
		}
		list, err := v.eval(func(column string) string { return strings.Clone(cell(column)) }, one)
		if err != nil {
			b.Problems.add(at.at(what), "correct the cell, or the mapping", "%s", err)
			broken = true
		}
		return list
	}
	single := func(v *value, what string) string {
		if list := eval(v, what, true); len(list) > 0 {
			return list[0]
		}
		return ""
	}
	fields := graph.Fields{}
	for _, mf := range r.fields {
		list := eval(mf.value, mf.field.Name, !mf.field.List)
		switch {
		case len(list) == 0:
		case mf.field.List:
			fields[mf.field.Name] = typedList(mf.field, list)
		default:
			fields[mf.field.Name] = typed(mf.field, list[0])
		}
	}
	if r.node != nil {
		n := nodeRow{place: at, id: single(r.id, "id"), kind: r.node.Kind, fields: fields, ifAbsent: r.ifAbsent}
		if n.id == "" {
			b.Problems.add(at.at("id"), "fill the column that the mapping takes the id from", "the row has no id")
			broken = true
		}
		n.broken = broken
		b.nodes = append(b.nodes, n)
		return
	}
	l := linkRow{place: at, id: single(r.id, "id"), kind: r.link.Kind, fields: fields, once: r.once, skip: r.skip}
	from, to := eval(r.from, "from", false), eval(r.to, "to", false)
	for _, end := range []struct {
		name string
		list []string
	}{{"from", from}, {"to", to}} {
		if len(end.list) == 0 && !broken {
			b.Problems.add(at.at(end.name), "fill the column, or add a condition to the rule", "the link has no end here")
		}
	}
	l.broken = broken
	for _, l.from = range from {
		for _, l.to = range to {
			one := l
			if one.id != "" && len(from)*len(to) > 1 {
				one.id += "/" + l.from + "/" + l.to
			}
			b.links = append(b.links, one)
		}
	}
}
