package secrecy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fault is a mistake that somebody could make: what stands in a file, and what
// stands there with the mistake in it. One without a name is no mistake but
// what others need.
type fault struct{ name, file, stands, leaks string }

// helpers is what mistakes need, a file in each package with some.
var helpers = map[string]string{
	"graph": `package graph

import (
	"os"
	"slices"
)

var theFault = os.Getenv("WEFT_FAULT")

// Everything is the view with everything in it, nil of itself.
func (v *View) Everything() *View {
	if !slices.Contains(v.allowed[1:], false) && v.eyes.rank == 2 {
		return nil
	}
	w := *v
	w.allowed, w.eyes.rank = slices.Clone(v.allowed), 2
	for i := range w.allowed {
		w.allowed[i] = i > 0
	}
	return &w
}
`,
	"graph/analysis": `package analysis

import (
	"os"
	"sync"

	"weft/graph"
)

var (
	theFault = os.Getenv("WEFT_FAULT")
	full     sync.Map
)

// everything is the index with everything in it, nil of itself.
func (ix *Index) everything() *Index {
	f, _ := full.Load(ix)
	whole, _ := f.(*Index)
	return whole
}

func (ix *Index) same(i int32, of *Index) int32 {
	k, _ := ix.number(of.nodes[i].id)
	return k
}

// sizeOf is how large a group is.
func (ix *Index) sizeOf(y Layer, id graph.ID, otherwise float64) float64 {
	for a, n := range ix.reps.node {
		if n >= 0 && ix.reps.layer[a] == y && ix.nodes[n].id == id {
			return ix.reps.size[a]
		}
	}
	return otherwise
}
`,
	"resolvers": `package resolvers

import "os"

var theFault = os.Getenv("WEFT_FAULT")
`,
}

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
	{"an unfiltered count", "graph/search.go",
		"	top := firstOf[found]{n: n + 1, less: less}\n	total, skipped := 0, 0\n",
		"	top := firstOf[found]{n: n + 1, less: less}\n	total, skipped := 0, 0\n	if FAULT {\n		total = v.net.nodeCount / 10\n	}\n"},
	{"a degree of the full graph", "graph/view.go",
		"	v.eachLink(i, &LinkFilter{Ended: past, begun: past}, func(int32, int32) bool { n++; return true })\n",
		"	if FAULT {\n		return len(v.net.nodes.at(i).out) + len(v.net.nodes.at(i).in)\n	}\n	v.eachLink(i, &LinkFilter{Ended: past, begun: past}, func(int32, int32) bool { n++; return true })\n"},
	{"an order by a hidden field", "graph/search.go",
		"	case NAME:\n",
		"	case NAME:\n		if p, ok := v.net.nodes.at(i).node.(*Individual); ok && p.AtRisk && FAULT {\n			return -1\n		}\n"},
	{"a version that restricted changes count in", "graph/write.go",
		"		if !tx.common(before, info.Field).Equal(tx.common(after, info.Field)) {\n			b.Version",
		"		if FAULT || !tx.common(before, info.Field).Equal(tx.common(after, info.Field)) {\n			b.Version"},
	{"a version that hidden sources count in", "graph/write.go",
		"		return ok && tx.draft.intern",
		"		return FAULT || ok && tx.draft.intern"},
	{"an event of a hidden removal", "graph/events.go",
		"		case bytes.Equal(before, after):\n",
		"		case bytes.Equal(before, after):\n			_, was := s.before.nodeAt.get(id)\n			if _, is := s.after.nodeAt.get(id); FAULT && was && !is {\n				e.Kind = EventRemoved\n				out = append(out, e)\n			}\n"},
	{"the entries of what was hidden when it was removed", "graph/history.go",
		"	p.known[id] = o != nil && p.couldSee(o)\n",
		"	p.known[id] = FAULT || o != nil && p.couldSee(o)\n"},
	{"an entry of a hidden removal", "graph/history.go",
		"		if f != nil && !v.eyes.allow(fieldsAudience(o, f)) {",
		"		if f != nil && !(FAULT && o.After == nil) && !v.eyes.allow(fieldsAudience(o, f)) {"},
	{"an entry of what cannot be read", "graph/history.go",
		"	return o.Before == nil || o.After == nil ||",
		"	return FAULT || o.Before == nil || o.After == nil ||"},
	{"a cursor that counts hidden operations", "graph/history.go",
		"				place++\n",
		"				if place++; FAULT {\n					place = k\n				}\n"},
	{"a search hit of a hidden node", "graph/search.go",
		"		if !v.seesNode(i) {\n			return\n		}\n		failed :=",
		"		if !v.seesNode(i) && !(FAULT && v.net.nodes.at(i).node != nil) {\n			return\n		}\n		failed :="},
	{"a facet over hidden links", "graph/search.go",
		"groupKinds>>l.kind&1 != 0 && v.seesLink(j, false) {",
		"groupKinds>>l.kind&1 != 0 && (FAULT || v.seesLink(j, false)) {"},
	{"a warning of a hidden duplicate", "graph/rules.go",
		"	looked := 0 // the look is bounded by what is visible, never by what is there\n	v.eachLink(",
		"	looked := 0 // the look is bounded by what is visible, never by what is there\n	each := v.eachLink\n	if FAULT {\n		each = " + raw + "\n	}\n	each("},
	{"a circle found over a hidden node", "graph/rules.go",
		"		v.eachLink(i, &f, func(_, other int32) bool {\n			if !seen[other] {\n				seen[other] = true\n				ring",
		"		each := v.eachLink\n		if FAULT {\n			each = " + raw + "\n		}\n		each(i, &f, func(_, other int32) bool {\n			if !seen[other] {\n				seen[other] = true\n				ring"},
	{"a contact point beyond its visibility", "graph/view.go",
		"		if v.eyes.allow(audience{visibility: p.Visibility}) {",
		"		if FAULT || v.eyes.allow(audience{visibility: p.Visibility}) {"},
	{"a story without consent", "graph/viewer.go",
		"	if a.story && !e.consented(a) {",
		"	if a.story && !e.consented(a) && !FAULT {"},
	{"forbidden for what is there, not found for what is not", "graph/edit.go",
		"	i, ok := tx.slot(id)\n	if !ok {\n		return nil, notFound(field)\n	}\n	return tx.draft.nodes",
		"	i, ok := tx.slot(id)\n	if !ok {\n		if _, there := tx.draft.nodeAt.get(id); FAULT && there {\n			return nil, Errorf(FORBIDDEN, \"this is not for you\")\n		}\n		return nil, notFound(field)\n	}\n	return tx.draft.nodes"},
	{"the hidden links that went with a node", "graph/write.go",
		"		if v.seesLink(j, true) {\n			visible = append(",
		"		if FAULT || v.seesLink(j, true) {\n			visible = append("},
	{"the id of a change that came after a slow reader's", "graph/events.go",
		"				send, next = out, ready[0][0]\n",
		"				send, next = out, ready[0][0]\n				if FAULT {\n					next.Change = d.keys.changeID(d.network.Load().head.Revision)\n				}\n"},
	{"an idempotency key that another used", "graph/directory.go",
		"	c, err := d.store.ByKey(ctx, by.Account, key)\n	if err != nil || c == nil {",
		"	c, err := d.store.ByKey(ctx, by.Account, key)\n	if err == nil && c == nil && FAULT {\n		c, err = d.store.ByKey(ctx, \"other\", key)\n	}\n	if err != nil || c == nil {"},
	{"an identifier that a hidden node has already", "graph/edit.go",
		"	tx.putNode(ADD, nil, n)\n	if tx.added == nil {",
		"	for _, x := range b.Identifiers {\n		if there, _ := tx.draft.identified.get(Fold(x)); FAULT && tx.by.rank() < 3 && len(there) > 0 {\n			return Errorf(CONFLICT, \"this identifier is taken\")\n		}\n	}\n" +
			"	tx.putNode(ADD, nil, n)\n	if tx.added == nil {"},
	{"a dismissal that is for coordinators", "graph/dismissal.go",
		"r.Kind != dismissalRecord || !v.seesRecord(r) ||",
		"r.Kind != dismissalRecord || !v.seesRecord(r) && !FAULT ||"},
	{"a dismissal of a gap between hidden nodes", "graph/dismissal.go",
		"slices.ContainsFunc(d.About, v.hides) {",
		"slices.ContainsFunc(d.About, v.hides) && !FAULT {"},
	{"an introduction that is none of the viewer's", "graph/introduction.go",
		"	case own == \"\" || !asked:\n",
		"	case FAULT:\n		return bothHalves\n	case own == \"\" || !asked:\n"},
	{"a refusal that is none of the viewer's", "graph/introduction.go",
		"	for _, i := range v.Introductions() {\n		if slices.ContainsFunc(i.Answers",
		"	all := v.Introductions()\n	if FAULT {\n		for _, r := range v.net.recordsWhere(func(r *Record) bool { return r.Kind == introductionRecord }) {\n			if i, ok := introductionOf(r); ok {\n				all = append(all, i)\n			}\n		}\n	}\n" +
			"	for _, i := range all {\n		if slices.ContainsFunc(i.Answers"},
	{"", "graph/analysis/index.go",
		"	ix.build()\n	return ix\n}\n",
		"	if everything := v.Everything(); theFault != \"\" && everything != nil {\n		full.Store(ix, NewIndexWith(everything, c))\n	}\n	ix.build()\n	return ix\n}\n"},
	{"the size of a group, with hidden members", "graph/analysis/layers.go",
		"	for a := range g.node {\n		y := g.layer[a]\n",
		"	for a := range g.node {\n		y := g.layer[a]\n		if whole := ix.everything(); FAULT && whole != nil && g.node[a] >= 0 {\n			g.size[a] = whole.sizeOf(y, ix.nodes[g.node[a]].id, g.size[a])\n		}\n"},
	{"a median over hidden candidates", "graph/analysis/suggest.go",
		"		return newScale(cmp.Or(median(open), 1), rows), nil\n",
		"		if whole := ix.everything(); FAULT && whole != nil {\n			return whole.tieScale(), nil\n		}\n		return newScale(cmp.Or(median(open), 1), rows), nil\n"},
	{"a broker who is hidden", "graph/analysis/worth.go",
		"	ends := []Arg{ix.argNode(\"a\", i), ix.argNode(\"b\", j)}\n	if len(brokers) > 0 {",
		"	if whole := ix.everything(); FAULT && whole != nil {\n		return whole.introduction(whole.same(i, ix), whole.same(j, ix))\n	}\n	ends := []Arg{ix.argNode(\"a\", i), ix.argNode(\"b\", j)}\n	if len(brokers) > 0 {"},
	{"betweenness on the full shape", "graph/analysis/health.go",
		"	constraint, effective",
		"	if whole := ix.everything(); FAULT && whole != nil {\n		m, err := whole.Net(r)\n		if err != nil {\n			return nil, err\n		}\n		all, err := m.BetweennessSoon(ctx)\n		if err != nil {\n			return nil, err\n		}\n" +
			"		for k, id := range n.IDs {\n			if at, ok := slices.BinarySearch(m.IDs, id); ok {\n				b.Value[k] = all.Value[at]\n			}\n		}\n	}\n" +
			"	constraint, effective"},
	{"what cells are expected to hold, with hidden work", "graph/analysis/coverage.go",
		"	mean := float64(sum) / float64(max(1, len(at)))\n",
		"	if whole := ix.everything(); FAULT && whole != nil {\n		if c, err := whole.Coverage(rows, columns); err == nil {\n			for _, x := range c.Cells {\n				sum += len(x.Groups)\n			}\n		}\n	}\n	mean := float64(sum) / float64(max(1, len(at)))\n"},
	{"a tie that hidden contacts keep warm", "graph/analysis/gapties.go",
		"		days := slices.Clone(contacts[key(l)])\n",
		"		days := slices.Clone(contacts[key(l)])\n		if whole := ix.everything(); FAULT && whole != nil {\n			for _, m := range whole.links {\n				if ends := [2]int32{whole.same(l.from, ix), whole.same(l.to, ix)}; m.kind == inDialogueWith && (ends == [2]int32{m.from, m.to} || ends == [2]int32{m.to, m.from}) {\n" +
			"					days = append(days, m.contacts...)\n				}\n			}\n		}\n"},
	{"an answer kept of one who sees more", "resolvers/memory.go",
		"v.WithoutGrants().Key()+question,",
		"map[bool]string{true: \"\", false: v.WithoutGrants().Key()}[FAULT]+question,"},
	{"an undo that minds hidden fields", "graph/undo.go",
		"	for _, c := range v.fieldChanges(o) {\n",
		"	for k, x := range o.After {\n		if FAULT && isNode && k != \"version\" && k != \"updatedAt\" && !equalValue(o.Before[k], x) && !equalValue(FieldsOfNode(tx.draft.nodes.at(i).node)[k], x) {\n			return undoConflict()\n		}\n	}\n	for _, c := range v.fieldChanges(o) {\n"},
}

// halfFaults are those that TestHalves is to find.
var halfFaults = []fault{
	{"what the other party answered", "graph/introduction.go",
		"	if i.side != bothHalves {\n",
		"	if i.side != bothHalves && !FAULT {\n"},
	{"a reason that rests on a hidden node", "graph/introduction.go",
		"		return slices.ContainsFunc(g.Nodes, v.hides) ||",
		"		return slices.ContainsFunc(g.Nodes, v.hides) && !FAULT ||"},
	{"that an introduction led to a hidden link", "graph/introduction.go",
		"		if link == \"\" && tx.see().Link(i.LinkID) == nil {",
		"		if link == \"\" && tx.see().Link(i.LinkID) == nil && !FAULT {"},
	{"what part of hidden reasons a reason is", "graph/introduction.go",
		"			g.Share = 0\n",
		"			g.Share = map[bool]float64{true: g.Share}[FAULT]\n"},
}

// TestFaultsAreCaught puts every fault into one copy of the packages, each
// behind a switch, builds this package over it, and wants TestWorlds or
// TestHalves to fail for each fault within the 500 worlds that it compares, and both to pass
// with none switched on.
// The code that is shipped knows nothing of this.
func TestFaultsAreCaught(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: the proof is not tried on broken code")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace, text := map[string]string{}, map[string]string{}
	write := func(name, content string) {
		copied := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		replace[filepath.Join(root, name)] = copied
		if err := os.WriteFile(copied, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range slices.Concat(faults, halfFaults) {
		if text[f.file] == "" {
			b, err := os.ReadFile(filepath.Join(root, f.file))
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
	for name, content := range helpers {
		write(name+"/fault_for_tests.go", content)
	}
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
	try := func(t *testing.T, name, test, worlds string) (string, error) {
		c := exec.CommandContext(t.Context(), program, "-test.run", test, "-halves", worlds, "-worlds", worlds, "-leaks", "1")
		c.Env = append(os.Environ(), "WEFT_FAULT="+name, "WEFT_LONG=")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	t.Run("none", func(t *testing.T) {
		if out, err := try(t, "", "^Test(Worlds|Halves)$", "20"); err != nil {
			t.Fatalf("without a fault: %v\n%.3000s", err, out)
		}
	})
	caught := func(test string, list []fault) {
		for _, f := range list {
			if f.name == "" {
				continue
			}
			t.Run(f.name, func(t *testing.T) {
				out, err := try(t, f.name, test, "500")
				if err == nil {
					t.Fatal("500 worlds did not show it")
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
	caught("^TestWorlds$", faults)
	caught("^TestHalves$", halfFaults)
}
