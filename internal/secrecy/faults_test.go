package secrecy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fault is a mistake that somebody could make in package graph: what stands
// there, and what stands there with the mistake in it.
type fault struct{ name, file, stands, leaks string }

// raw goes through all links of a node, whoever may see them.
const raw = `func(i int32, f *LinkFilter, yield func(link, other int32) bool) {
	s := v.net.nodes.at(i)
	for _, j := range s.out {
		if l := v.net.links.at(j); (len(f.Kinds) == 0 || f.Kinds[0] == l.link.Kind || len(f.Kinds) > 1) && !yield(j, l.to) {
			return
		}
	}
}`

var faults = []fault{
	{"an unfiltered count", "search.go",
		"	top := firstOf[found]{n: n + 1, less: less}\n	total, skipped := 0, 0\n",
		"	top := firstOf[found]{n: n + 1, less: less}\n	total, skipped := 0, 0\n	if FAULT {\n		total = v.net.nodeCount / 10\n	}\n"},
	{"a degree of the full graph", "view.go",
		"	v.eachLink(i, &LinkFilter{}, func(int32, int32) bool { n++; return true })\n",
		"	if FAULT {\n		return len(v.net.nodes.at(i).out) + len(v.net.nodes.at(i).in)\n	}\n	v.eachLink(i, &LinkFilter{}, func(int32, int32) bool { n++; return true })\n"},
	{"an order by a hidden field", "search.go",
		"	case NAME:\n",
		"	case NAME:\n		if p, ok := v.net.nodes.at(i).node.(*Individual); ok && p.AtRisk && FAULT {\n			return -1\n		}\n"},
	{"a version that restricted changes count in", "write.go",
		"		if !tx.common(before, info.Field, old.Core().ID).Equal(",
		"		if FAULT || !tx.common(before, info.Field, old.Core().ID).Equal("},
	{"a version that hidden sources count in", "write.go",
		"		return ok && slices.ContainsFunc(bounds,",
		"		return FAULT || ok && slices.ContainsFunc(bounds,"},
	{"an event of a hidden removal", "events.go",
		"		case bytes.Equal(before, after):\n",
		"		case bytes.Equal(before, after):\n			_, was := s.before.nodeAt.get(id)\n			if _, is := s.after.nodeAt.get(id); FAULT && was && !is {\n				e.Kind = EventRemoved\n				out = append(out, e)\n			}\n"},
	{"the entries of what was hidden when it was removed", "history.go",
		"	p.known[id] = o != nil && p.couldSee(o)\n",
		"	p.known[id] = FAULT || o != nil && p.couldSee(o)\n"},
	{"an entry of a hidden removal", "history.go",
		"		if f != nil && !v.eyes.allow(fieldsAudience(o, f)) {",
		"		if f != nil && !(FAULT && o.After == nil) && !v.eyes.allow(fieldsAudience(o, f)) {"},
	{"an entry of what cannot be read", "history.go",
		"	return o.Before == nil || o.After == nil ||",
		"	return FAULT || o.Before == nil || o.After == nil ||"},
	{"a cursor that counts hidden operations", "history.go",
		"				keys = append(keys, string(c.ID)+strconv.Itoa(seen))\n",
		"				if FAULT {\n					seen = k\n				}\n				keys = append(keys, string(c.ID)+strconv.Itoa(seen))\n"},
	{"a search hit of a hidden node", "search.go",
		"		if !v.seesNode(i) {\n			return\n		}\n		failed :=",
		"		if !v.seesNode(i) && !(FAULT && v.net.nodes.at(i).node != nil) {\n			return\n		}\n		failed :="},
	{"a facet over hidden links", "search.go",
		"		var seen []int32 // several links to one issue count once\n		v.eachLink(",
		"		var seen []int32 // several links to one issue count once\n		each := v.eachLink\n		if FAULT {\n			each = " + raw + "\n		}\n		each("},
	{"a warning of a hidden duplicate", "rules.go",
		"	looked := 0 // the look is bounded by what is visible, never by what is there\n	v.eachLink(",
		"	looked := 0 // the look is bounded by what is visible, never by what is there\n	each := v.eachLink\n	if FAULT {\n		each = " + raw + "\n	}\n	each("},
	{"a circle found over a hidden node", "rules.go",
		"		v.eachLink(i, &f, func(_, other int32) bool {\n			if !seen[other] {\n				seen[other] = true\n				ring",
		"		each := v.eachLink\n		if FAULT {\n			each = " + raw + "\n		}\n		each(i, &f, func(_, other int32) bool {\n			if !seen[other] {\n				seen[other] = true\n				ring"},
	{"a contact point beyond its visibility", "view.go",
		"		if v.eyes.allow(audience{visibility: p.Visibility}) {",
		"		if FAULT || v.eyes.allow(audience{visibility: p.Visibility}) {"},
	{"a story without consent", "viewer.go",
		"	if a.story && !e.consented(a) {",
		"	if a.story && !e.consented(a) && !FAULT {"},
	{"forbidden for what is there, not found for what is not", "edit.go",
		"	i, ok := tx.slot(id)\n	if !ok {\n		return nil, notFound(field)\n	}\n	return tx.draft.nodes",
		"	i, ok := tx.slot(id)\n	if !ok {\n		if _, there := tx.draft.nodeAt.get(id); FAULT && there {\n			return nil, Errorf(FORBIDDEN, \"this is not for you\")\n		}\n		return nil, notFound(field)\n	}\n	return tx.draft.nodes"},
	{"the hidden links that went with a node", "write.go",
		"		if v.seesLink(j, true) {\n			visible = append(",
		"		if FAULT || v.seesLink(j, true) {\n			visible = append("},
	{"an undo that minds hidden fields", "undo.go",
		"	for _, c := range v.fieldChanges(o) {\n",
		"	for k, x := range o.After {\n		if FAULT && isNode && k != \"version\" && k != \"updatedAt\" && !equalValue(o.Before[k], x) && !equalValue(FieldsOfNode(tx.draft.nodes.at(i).node)[k], x) {\n			return undoConflict()\n		}\n	}\n	for _, c := range v.fieldChanges(o) {\n"},
}

// TestFaultsAreCaught puts every fault into one copy of package graph, each
// behind a switch, builds this package over it, and wants TestWorlds to fail
// for each fault within a hundred worlds, and to pass with none switched on.
// The code that is shipped knows nothing of this.
func TestFaultsAreCaught(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: the proof is not tried on broken code")
	}
	graph, err := filepath.Abs(filepath.Join("..", "..", "graph"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace, text := map[string]string{}, map[string]string{}
	write := func(name, content string) {
		replace[filepath.Join(graph, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range faults {
		if text[f.file] == "" {
			b, err := os.ReadFile(filepath.Join(graph, f.file))
			if err != nil {
				t.Fatal(err)
			}
			text[f.file] = string(b)
		}
		if strings.Count(text[f.file], f.stands) != 1 {
			t.Fatalf("%s no longer holds, once, what the fault %q replaces: write the fault anew", f.file, f.name)
		}
		text[f.file] = strings.Replace(text[f.file], f.stands, strings.ReplaceAll(f.leaks, "FAULT", "(theFault == `"+f.name+"`)"), 1)
	}
	for name, content := range text {
		write(name, content)
	}
	write("fault_for_tests.go", "package graph\n\nimport \"os\"\n\nvar theFault = os.Getenv(\"WEFT_FAULT\")\n")
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "secrecy.test")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-overlay", list, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("the copy with faults does not compile: %v\n%s", err, out)
	}
	try := func(t *testing.T, name, worlds string) (string, error) {
		c := exec.CommandContext(t.Context(), program, "-test.run", "^TestWorlds$", "-worlds", worlds, "-leaks", "1")
		c.Env = append(os.Environ(), "WEFT_FAULT="+name, "WEFT_LONG=")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	t.Run("none", func(t *testing.T) {
		if out, err := try(t, "", "20"); err != nil {
			t.Fatalf("without a fault: %v\n%.3000s", err, out)
		}
	})
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			out, err := try(t, f.name, "100")
			if err == nil {
				t.Fatal("100 worlds did not show it")
			}
			_, found, leak := strings.Cut(out, "LEAK in ")
			if !leak {
				t.Fatalf("it failed in another way: %v\n%.3000s", err, out)
			}
			first, _, _ := strings.Cut(found, "\n")
			t.Log("found in " + first)
		})
	}
}
