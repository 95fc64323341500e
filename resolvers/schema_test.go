package resolvers

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"weft/graph"
)

func schema() *ast.Schema { return New(nil, Options{}).Schema().Schema() }

// TestSchemaHoldsTheCatalogue compares the schema, which is written by hand,
// with the catalogue, both ways.
func TestSchemaHoldsTheCatalogue(t *testing.T) {
	s := schema()
	var nodes, links []string
	for _, info := range graph.NodeKinds() {
		nodes = append(nodes, string(info.Kind))
	}
	for _, info := range graph.LinkKinds() {
		links = append(links, string(info.Kind))
	}
	sameValues(t, s, "NodeKind", nodes)
	sameValues(t, s, "LinkKind", links)
	for _, v := range graph.Vocabularies() {
		sameValues(t, s, v.Name, v.Values)
	}
	for _, info := range graph.NodeKinds() {
		kind := string(info.Kind)
		d := s.Types[kind]
		if d == nil {
			t.Errorf("there is no type %s", kind)
			continue
		}
		if want := []string{"Node"}; !slices.Contains(d.Interfaces, "Node") || slices.Contains(d.Interfaces, "Actor") != info.Actor {
			t.Errorf("%s implements %v, want %v and Actor: %v", kind, d.Interfaces, want, info.Actor)
		}
		c := comparison{t, s, info.Fields}
		c.answers(kind, []string{kind}, "id", "kind", "degree", "links")
		c.inputs("NodeFields", kind+"Fields", "consent.withdrawn", "lastConfirmedAt") // withdrawConsent and confirm set them
	}
	for _, info := range graph.LinkKinds() {
		c := comparison{t, s, info.Fields}
		types := []string{"Link"}
		if info.Details != "" {
			types = append(types, info.Details)
			if !slices.Contains(s.Types["LinkDetails"].Types, info.Details) {
				t.Errorf("LinkDetails lacks %s", info.Details)
			}
		}
		c.answers(string(info.Kind), types, "id", "kind", "from", "to", "label", "inverse", "symmetric", "ended", "details")
		c.inputs("LinkFields", info.Details+"Fields", "state", "lastConfirmedAt") // confirm and dispute set them
	}
}

func sameValues(t *testing.T, s *ast.Schema, enum string, want []string) {
	t.Helper()
	d := s.Types[enum]
	if d == nil || d.Kind != ast.Enum {
		t.Errorf("there is no enum %s; it has the values %v", enum, want)
		return
	}
	var got []string
	for _, v := range d.EnumValues {
		got = append(got, v.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("enum %s has %v, the catalogue %v", enum, got, want)
	}
}

// comparison holds the fields of one kind against the schema.
type comparison struct {
	t      *testing.T
	schema *ast.Schema
	fields []graph.Field
}

// answers wants every field in one of the types, and no other field there but
// those that are computed.
func (c comparison) answers(kind string, types []string, computed ...string) {
	c.t.Helper()
	unknown := map[string]bool{}
	for _, name := range types {
		for _, f := range c.schema.Types[name].Fields {
			unknown[name+"."+f.Name] = !strings.HasPrefix(f.Name, "__") && !slices.Contains(computed, f.Name)
		}
	}
	for _, f := range c.fields {
		in := types[0]
		if f.Own {
			in = types[len(types)-1]
		}
		c.check(in, f)
		first, _, _ := strings.Cut(f.Path, ".")
		unknown[in+"."+first] = false
	}
	for name, is := range unknown {
		if is {
			c.t.Errorf("%s: the catalogue lacks %s", kind, name)
		}
	}
}

// inputs wants every field that edits may set in the input of common or of own
// fields, except some.
func (c comparison) inputs(common, own string, except ...string) {
	c.t.Helper()
	for _, f := range c.fields {
		switch {
		case f.System || slices.Contains(except, f.Path):
		case f.Own:
			c.check(own, f)
		default:
			c.check(common, f)
		}
	}
}

// check wants a field at its path within a type, of the right form.
func (c comparison) check(in string, f graph.Field) {
	c.t.Helper()
	t := c.schema.Types[in]
	names := strings.Split(f.Path, ".")
	list := false
	for i, name := range names {
		var d *ast.FieldDefinition
		if t != nil {
			d = t.Fields.ForName(name)
		}
		if d == nil {
			c.t.Errorf("%s lacks %s", in, f.Path)
			return
		}
		list = list || d.Type.Elem != nil
		t = c.schema.Types[d.Type.Name()]
		if i < len(names)-1 {
			continue
		}
		want := map[graph.FieldType][]string{graph.TEXT: {"String"}, graph.DATE: {"Date"}, graph.TIME: {"Time"}, graph.INTEGER: {"Int"},
			graph.NUMBER: {"Float"}, graph.BOOLEAN: {"Boolean"}, graph.REF: {"ID", "Source", "Coalition"}}[f.Type]
		if f.Vocabulary != nil {
			want = []string{f.Vocabulary.Name}
		}
		if !slices.Contains(want, d.Type.Name()) {
			c.t.Errorf("%s.%s is %s, want one of %v", in, f.Path, d.Type.Name(), want)
		}
		if list != f.List {
			c.t.Errorf("%s.%s is a list: %v, want %v", in, f.Path, list, f.List)
		}
	}
}

// coordinates calls visit with every type, field, argument and enum value.
func coordinates(visit func(name, description string)) {
	for _, d := range schema().Types {
		if d.BuiltIn {
			continue
		}
		visit(d.Name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			visit(d.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				visit(d.Name+"."+f.Name+"("+a.Name+":)", a.Description)
			}
		}
		for _, v := range d.EnumValues {
			visit(d.Name+"."+v.Name, v.Description)
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	coordinates(func(name, description string) {
		if d := strings.TrimSpace(description); d == "" || !strings.HasSuffix(d, ".") && !strings.HasSuffix(d, "`") {
			t.Errorf("%s is not described in a sentence: %q", name, d)
		}
	})
}

// TestPolicyIsComplete wants a rule for every coordinate and no rule for
// anything else.
func TestPolicyIsComplete(t *testing.T) {
	left := map[string]bool{}
	for name, r := range policy {
		left[name] = true
		if r.act != "" && r.allows(graph.Viewer{Level: graph.LevelSteward}) != nil {
			t.Errorf("%s: nobody may %s", name, r.act)
		}
	}
	for _, d := range schema().Types {
		if d.BuiltIn || d.Kind != ast.Object && d.Kind != ast.Interface && d.Kind != ast.InputObject {
			continue
		}
		for _, f := range d.Fields {
			name := d.Name + "." + f.Name
			if _, ok := policy[name]; !ok && !strings.HasPrefix(f.Name, "__") {
				t.Errorf("%s has no policy", name)
			}
			delete(left, name)
		}
	}
	for name := range left {
		t.Errorf("the policy names %s, which is not in the schema", name)
	}
	if (rule{}).allows(graph.Viewer{Level: graph.LevelSteward}) == nil {
		t.Error("a coordinate without a rule is open")
	}
}

// TestGeneratedIsCurrent generates again in a copy and wants the same.
func TestGeneratedIsCurrent(t *testing.T) {
	dir := t.TempDir()
	root := os.DirFS("..")
	for _, pattern := range []string{"go.mod", "go.sum", "gqlgen.yml", "schema.graphqls", "graph/*.go", "graph/analysis/*.go", "resolvers/message/*.go", "resolvers/generated/*.go"} {
		files, _ := fs.Glob(root, pattern)
		for _, name := range files {
			b, err := fs.ReadFile(root, name)
			if err != nil {
				t.Fatal(err)
			}
			os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
			if !strings.HasSuffix(name, "_test.go") {
				if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	generate := exec.Command("go", "tool", "gqlgen", "generate")
	generate.Dir = dir
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, _ := fs.Glob(os.DirFS(dir), "resolvers/*/*.go")
	for _, name := range files {
		want, _ := os.ReadFile(filepath.Join(dir, name))
		got, err := fs.ReadFile(root, name)
		if err != nil {
			t.Errorf("gqlgen made %s: a type of the schema is bound to nothing", name)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the schema gives: run go generate ./resolvers", name)
		}
	}
}
