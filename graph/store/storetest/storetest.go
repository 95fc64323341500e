// Package storetest is the conformance suite of [graph.Store]. Every store
// runs all of it; there is no list of exceptions.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weft/graph"
)

// Run runs the suite. Each call of fresh prepares an empty database and
// returns a function that opens one more handle on it. The suite closes the
// handles it opens; what else is to be removed, fresh leaves to t.Cleanup.
func Run(t *testing.T, fresh func(t *testing.T) (open func() graph.Store)) {
	run := func(name string, test func(t *testing.T, s graph.Store, open func() graph.Store)) {
		t.Run(name, func(t *testing.T) {
			open := fresh(t)
			var handles []graph.Store
			tracked := func() graph.Store {
				s := open()
				handles = append(handles, s)
				return s
			}
			t.Cleanup(func() {
				for _, s := range handles {
					s.Close(context.Background())
				}
			})
			test(t, tracked(), tracked)
		})
	}

	run("an empty store has the zero head", emptyStore)
	run("every kind of node keeps every field", nodesRoundTrip)
	run("every kind of link keeps every field", linksRoundTrip)
	run("records keep every type of value", recordsRoundTrip)
	run("rows come in order: nodes, links, records, boxes, each by id", loadOrder)
	run("names that differ in case, accent, script or normal form stay apart", namesApart)
	run("several links of a kind join the same two nodes", parallelLinks)
	run("a node links to itself where its kind may", selfLinks)
	run("a link moves to other ends", movedLink)
	run("an update replaces all fields", replacedFields)
	run("a row changes class: plain, box, plain", classChanges)
	run("a box shows neither kind nor ends nor fields", opaqueBox)
	run("rows are deleted", deletes)
	run("the last of several operations on a row wins", sameRowTwice)
	run("a link without its end is refused", missingEnd)
	run("a node goes only after its links", nodeBeforeLinks)
	run("a change that does not follow the head is refused", wrongHead)
	run("an error of fn writes nothing", fnFails)
	run("a panic of fn writes nothing and frees the store", fnPanics)
	run("no change writes nothing", fnNil)
	run("fn reads the store", fnReads)
	run("a key is used once an author", duplicateKey)
	run("a change is found by author and key", byKey)
	run("the log is paged forwards", changesPaging)
	run("the log is read backwards, large changes in parts", backwards)
	run("history is paged backwards and holds only what was asked for", history)
	run("an erased entry leaves its commitment", erasedEntry)
	run("a sealed entry holds its box", sealedEntry)
	run("a rewrite of no entry is refused", rewriteNothing)
	run("an error of the sink ends the load", sinkFails)
	run("a cancelled call does nothing", cancelledBefore)
	run("a call cancelled midway leaves nothing half-written", cancelledDuring)
	run("sixteen editors on two handles make one chain", manyEditors)
	run("a load during writes sees one snapshot", loadDuringWrites)
	run("a load holds up no writer", loadHoldsUpNobody)
	run("ten thousand rows go in one change", bigBatch)
	run("what was committed is there after reopening", reopened)
	run("a closed store is unavailable", closed)
}

func emptyStore(t *testing.T, s graph.Store, _ func() graph.Store) {
	rows, head := load(t, s)
	if len(rows) != 0 || head != (graph.Head{}) {
		t.Errorf("an empty store loads %d rows at %v", len(rows), head)
	}
	if log := changes(t, s); len(log) != 0 {
		t.Errorf("an empty store has a log of %d", len(log))
	}
	got, err := s.History(t.Context(), []graph.ID{graph.NewID()}, 0, 10)
	if err != nil || len(got) != 0 {
		t.Errorf("History = %v, %v", got, err)
	}
}

func nodesRoundTrip(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []graph.Row
	for _, info := range graph.NodeKinds() {
		for _, f := range awkward(info.Fields) {
			want = append(want, node(string(info.Kind), f))
		}
	}
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
}

func linksRoundTrip(t *testing.T, s graph.Store, _ func() graph.Store) {
	ends := map[graph.NodeKind]graph.Row{}
	var want []graph.Row
	for _, info := range graph.NodeKinds() {
		ends[info.Kind] = node(string(info.Kind), graph.Fields{"name": string(info.Kind)})
		want = append(want, ends[info.Kind])
	}
	for _, info := range graph.LinkKinds() {
		for _, e := range info.Ends {
			for i, f := range awkward(info.Fields) {
				from, to := e.From[i%len(e.From)], e.To[i%len(e.To)]
				want = append(want, link(info.Kind, ends[from].ID, ends[to].ID, f))
			}
		}
	}
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
}

func recordsRoundTrip(t *testing.T, s graph.Store, _ func() graph.Store) {
	want := []graph.Row{
		{Class: graph.RECORD, ID: graph.NewID(), Kind: "savedView", Fields: graph.Fields{
			"text": "שָׁלוֹם", "whole": int64(5), "number": float64(5), "yes": true, "no": false, "nought": int64(0), "zero": 0.0,
			"texts": []string{"", "b", "b"}, "wholes": []int64{3, 0, -3}, "numbers": []float64{3, 0, -3}, "one": []int64{1},
			"big": int64(1) << 53, "least": -int64(1) << 53, "huge": 1e300, "tiny": 5e-324,
		}},
		{Class: graph.RECORD, ID: graph.NewID(), Kind: "introduction", Fields: graph.Fields{"with space": "a", "with`tick": "b", "with\"quote'": "c", "مفتاح": "d", "$dollar": "e"}},
	}
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
}

func loadOrder(t *testing.T, s graph.Store, _ func() graph.Store) {
	var nodes, links, records, boxes []graph.Row
	for range 50 {
		nodes = append(nodes, organization("n"))
		records = append(records, graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "r", Fields: graph.Fields{"a": "b"}})
		boxes = append(boxes, box("sealed"))
	}
	for i := range 50 {
		links = append(links, link(graph.ALLIED_WITH, nodes[i].ID, nodes[(i*7+1)%50].ID, nil))
	}
	commit(t, s, put(slices.Concat(boxes, records, nodes, links)...)...)
	rows, _ := load(t, s)
	classes := []graph.Class{graph.NODE, graph.LINK, graph.RECORD, graph.BOX}
	if len(rows) != 200 {
		t.Fatalf("loaded %d rows of 200", len(rows))
	}
	for i, r := range rows {
		if want := classes[i/50]; r.Class != want {
			t.Fatalf("row %d is a %s, want a %s", i, r.Class, want)
		}
		if i%50 > 0 && rows[i-1].ID >= r.ID {
			t.Fatalf("row %d (%s) comes after %s", i, r.ID, rows[i-1].ID)
		}
	}
}

func namesApart(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []graph.Row
	for _, name := range []string{
		"Peace Now", "PEACE NOW", "peace now", "Péace Now", "Pe\u0301ace Now", "P\u00e9ace Now", "Реасе Now", // the last begins in Cyrillic
		"محمد", "مُحَمَّد", "שלום", "שָׁלוֹם", "Straße", "STRASSE", "İstanbul", "istanbul", "ıstanbul", "ﬁle", "file", "Å", "Å", "A\u030a",
		"x", "x ", " x", "x\u200d", "x\u00a0", "\u202ex",
	} {
		want = append(want, organization(name))
	}
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
}

func parallelLinks(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b := organization("a"), node("Coalition", graph.Fields{"name": "b"})
	want := []graph.Row{a, b}
	for _, since := range []string{"2001", "2002", "2003"} {
		want = append(want, link(graph.MEMBER_OF, a.ID, b.ID, graph.Fields{"since": since, "role": "MEMBER"}))
	}
	want = append(want, link(graph.MEMBER_OF, a.ID, b.ID, graph.Fields{"since": "2003", "role": "MEMBER"})) // even alike
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
	commit(t, s, remove(want[3]))
	expectRows(t, s, slices.Delete(slices.Clone(want), 3, 4))
}

func selfLinks(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []graph.Row
	for _, info := range graph.LinkKinds() {
		for _, kind := range graph.NodeKinds() {
			if info.Joins(kind.Kind, kind.Kind) {
				n := node(string(kind.Kind), graph.Fields{"name": "self"})
				want = append(want, n, link(info.Kind, n.ID, n.ID, graph.Fields{"note": "self"}))
			}
		}
	}
	if len(want) == 0 {
		t.Fatal("no kind of link joins a kind with itself")
	}
	commit(t, s, put(want...)...)
	expectRows(t, s, want)
	commit(t, s, remove(want[1]), remove(want[0]))
	expectRows(t, s, want[2:])
}

func movedLink(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b, c := organization("a"), organization("b"), organization("c")
	l := link(graph.ALLIED_WITH, a.ID, b.ID, graph.Fields{"note": "before"})
	commit(t, s, put(a, b, c, l)...)
	l.From, l.To, l.Fields = b.ID, c.ID, graph.Fields{"note": "after"}
	commit(t, s, append(put(l), remove(a))...) // as in a merge: nothing holds a any more
	expectRows(t, s, []graph.Row{b, c, l})
	l.Kind = string(graph.IN_DIALOGUE_WITH)
	commit(t, s, put(l)...)
	expectRows(t, s, []graph.Row{b, c, l})
}

func replacedFields(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b := organization("before"), organization("b")
	a.Fields["summary"], a.Fields["otherNames"] = "goes away", []string{"x", "y"}
	l := link(graph.ALLIED_WITH, a.ID, b.ID, graph.Fields{"since": "2001", "formal": true})
	commit(t, s, put(a, b, l)...)
	a.Fields = graph.Fields{"name": "after", "founded": "1987"}
	l.Fields = graph.Fields{"until": "2002"}
	commit(t, s, put(a, l)...)
	expectRows(t, s, []graph.Row{a, b, l})
}

func classChanges(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b := organization("a"), organization("b")
	l := link(graph.ALLIED_WITH, a.ID, b.ID, graph.Fields{"note": "n"})
	r := graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "savedView", Fields: graph.Fields{"a": "b"}}
	plain := []graph.Row{a, b, l, r}
	commit(t, s, put(plain...)...)
	sealed := func(r graph.Row) graph.Row {
		return graph.Row{Class: graph.BOX, ID: r.ID, Box: []byte("box of " + r.ID)}
	}
	commit(t, s, put(sealed(l))...)
	expectRows(t, s, []graph.Row{a, b, sealed(l), r})
	commit(t, s, put(sealed(a), sealed(r))...)
	expectRows(t, s, []graph.Row{b, sealed(a), sealed(l), sealed(r)})
	commit(t, s, put(a, l, r)...)
	expectRows(t, s, plain)
	commit(t, s, put(sealed(l), sealed(a), sealed(b))...) // links first, as when a node with links is sealed
	expectRows(t, s, []graph.Row{sealed(a), sealed(b), sealed(l), r})
	commit(t, s, put(plain...)...)
	expectRows(t, s, plain)
}

func opaqueBox(t *testing.T, s graph.Store, _ func() graph.Store) {
	b := box(string([]byte{0, 1, 2, 255, 254, '\n', '"'}))
	long := box(strings.Repeat("\x00\xff", 50_000))
	commit(t, s, put(b, long)...)
	expectRows(t, s, []graph.Row{b, long})
	rows, _ := load(t, s)
	for _, r := range rows {
		if r.Kind != "" || r.From != "" || r.To != "" || len(r.Fields) != 0 {
			t.Errorf("a box shows %+v", r)
		}
	}
	b.Box = []byte("another")
	commit(t, s, put(b)...)
	expectRows(t, s, []graph.Row{b, long})
	commit(t, s, remove(b), remove(long))
	expectRows(t, s, nil)
}

func deletes(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b, x := organization("a"), organization("b"), box("x")
	l := link(graph.ALLIED_WITH, a.ID, b.ID, nil)
	r := graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "savedView", Fields: graph.Fields{"a": "b"}}
	commit(t, s, put(a, b, l, r, x)...)
	commit(t, s, remove(l), remove(a), remove(x), remove(r))
	expectRows(t, s, []graph.Row{b})
	commit(t, s, graph.Op{ID: graph.NewID(), Payload: []byte(`{}`), Salt: []byte("salt")}) // deleting nothing is no error
	expectRows(t, s, []graph.Row{b})
	commit(t, s, put(a, l)...) // and back, as an undo does
	expectRows(t, s, []graph.Row{a, b, l})
}

func sameRowTwice(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b := organization("a"), organization("b")
	first, second := a, a
	first.Fields = graph.Fields{"name": "first", "summary": "only in the first"}
	second.Fields = graph.Fields{"name": "second"}
	gone := organization("added and removed in one change")
	l := link(graph.ALLIED_WITH, a.ID, gone.ID, nil)
	ops := put(first, b, gone, l, second)
	commit(t, s, append(ops, remove(l), remove(gone))...)
	expectRows(t, s, []graph.Row{second, b})
	commit(t, s, append([]graph.Op{remove(b)}, put(b)...)...)
	expectRows(t, s, []graph.Row{second, b})
}

func missingEnd(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	commit(t, s, put(a)...)
	for _, l := range []graph.Row{
		link(graph.ALLIED_WITH, a.ID, graph.NewID(), nil),
		link(graph.ALLIED_WITH, graph.NewID(), a.ID, nil),
	} {
		refused(t, s, graph.INTERNAL, put(organization("goes with it"), l)...)
	}
	expectRows(t, s, []graph.Row{a})
}

func nodeBeforeLinks(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b := organization("a"), organization("b")
	l := link(graph.ALLIED_WITH, a.ID, b.ID, nil)
	commit(t, s, put(a, b, l)...)
	refused(t, s, graph.INTERNAL, remove(a))
	refused(t, s, graph.INTERNAL, put(graph.Row{Class: graph.BOX, ID: a.ID, Box: []byte("sealed")})...)
	expectRows(t, s, []graph.Row{a, b, l})
}

func wrongHead(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	commit(t, s, put(a)...)
	for name, spoil := range map[string]func(*graph.Change){
		"a gap":        func(c *graph.Change) { c.Revision++ },
		"a repetition": func(c *graph.Change) { c.Revision-- },
		"another past": func(c *graph.Change) { c.Prev[31] ^= 1 },
	} {
		err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
			c := next(h, put(organization("b"))...)
			spoil(c)
			c.Hash = c.Sum()
			return c, nil
		})
		if graph.CodeOf(err) != graph.INTERNAL || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	expectRows(t, s, []graph.Row{a})
	chain(t, s, 1)
}

func fnFails(t *testing.T, s graph.Store, _ func() graph.Store) {
	mine := errors.New("mine")
	err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
		return next(h, put(organization("a"))...), mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("Commit = %v, want the error of fn", err)
	}
	expectRows(t, s, nil)
	chain(t, s, 0)
	typed := graph.Errorf(graph.NOT_FOUND, "nothing there").At("id")
	err = s.Commit(t.Context(), func(graph.Head) (*graph.Change, error) { return nil, typed })
	var e *graph.Error
	if !errors.As(err, &e) || e.Code != graph.NOT_FOUND || e.Field != "id" {
		t.Errorf("Commit = %#v, want the error of fn", err)
	}
}

func fnPanics(t *testing.T, s graph.Store, _ func() graph.Store) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of fn was swallowed")
			}
		}()
		s.Commit(t.Context(), func(graph.Head) (*graph.Change, error) { panic("fn") })
	}()
	a := organization("a")
	commit(t, s, put(a)...)
	expectRows(t, s, []graph.Row{a})
}

func fnNil(t *testing.T, s graph.Store, _ func() graph.Store) {
	ran := 0
	if err := s.Commit(t.Context(), func(graph.Head) (*graph.Change, error) { ran++; return nil, nil }); err != nil || ran == 0 {
		t.Errorf("Commit = %v after %d runs", err, ran)
	}
	expectRows(t, s, nil)
	chain(t, s, 0)
}

func fnReads(t *testing.T, s graph.Store, _ func() graph.Store) {
	first := commit(t, s, put(organization("a"))...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.Commit(ctx, func(h graph.Head) (*graph.Change, error) {
		if h.Revision != first.Revision || h.Hash != first.Hash {
			return nil, fmt.Errorf("fn is given %v", h)
		}
		log, err := s.Changes(ctx, 0, 10)
		if err != nil || len(log) != 1 {
			return nil, fmt.Errorf("Changes within fn = %d, %w", len(log), err)
		}
		if c, err := s.ByKey(ctx, first.Author, first.Key); err != nil || c == nil {
			return nil, fmt.Errorf("ByKey within fn = %v, %w", c, err)
		}
		if head, err := s.Load(ctx, func(graph.Row) error { return nil }); err != nil || head != h {
			return nil, fmt.Errorf("Load within fn = %v, %w", head, err)
		}
		return next(h, put(organization("b"))...), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	chain(t, s, 2)
}

func duplicateKey(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	first := commit(t, s, put(a)...)
	again := func(author graph.ID, key string) error {
		return s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
			c := next(h, put(organization("b"))...)
			c.Author, c.Key = author, key
			c.Hash = c.Sum()
			return c, nil
		})
	}
	if err := again(first.Author, first.Key); graph.CodeOf(err) != graph.CONFLICT {
		t.Errorf("the same key again: %v, want CONFLICT", err)
	}
	expectRows(t, s, []graph.Row{a})
	chain(t, s, 1)
	if err := again(graph.NewID(), first.Key); err != nil {
		t.Errorf("the same key by another author: %v", err)
	}
	if err := again(first.Author, strings.ToUpper(first.Key)); err != nil {
		t.Errorf("the key in other case: %v", err)
	}
	chain(t, s, 3)
}

func byKey(t *testing.T, s graph.Store, _ func() graph.Store) {
	c := commit(t, s, put(organization("a"), organization("b"))...)
	commit(t, s, put(organization("c"))...)
	got, err := s.ByKey(t.Context(), c.Author, c.Key)
	if err != nil || got == nil {
		t.Fatalf("ByKey = %v, %v", got, err)
	}
	expectChange(t, *got, *c)
	for _, miss := range []struct {
		author graph.ID
		key    string
	}{{c.Author, "no such key"}, {graph.NewID(), c.Key}, {c.Author, ""}, {"", ""}} {
		if got, err := s.ByKey(t.Context(), miss.author, miss.key); got != nil || err != nil {
			t.Errorf("ByKey(%q, %q) = %v, %v", miss.author, miss.key, got, err)
		}
	}
}

func changesPaging(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []*graph.Change
	for i := range 25 {
		var ops []graph.Op
		for range i % 4 { // also changes without operations
			ops = append(ops, put(organization("n"))...)
		}
		want = append(want, commit(t, s, ops...))
	}
	for _, size := range []int{1, 7, 25, 1000} {
		var got []graph.Change
		after := int64(0)
		for {
			page, err := s.Changes(t.Context(), after, size)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > size {
				t.Fatalf("asked for %d, got %d", size, len(page))
			}
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
			after = page[len(page)-1].Revision
		}
		if len(got) != len(want) {
			t.Fatalf("pages of %d: %d changes of %d", size, len(got), len(want))
		}
		for i := range got {
			expectChange(t, got[i], *want[i])
		}
	}
	if page, err := s.Changes(t.Context(), 25, 10); err != nil || len(page) != 0 {
		t.Errorf("after the head: %v, %v", page, err)
	}
}

func backwards(t *testing.T, s graph.Store, _ func() graph.Store) {
	if list, err := s.Backwards(t.Context(), 0, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("of an empty log: %v, %v", list, err)
	}
	var log []*graph.Change
	for _, size := range []int{30, 1, 0, 3, 1} { // one without operations
		var rows []graph.Row
		for range size {
			rows = append(rows, organization("n"))
		}
		log = append(log, commit(t, s, put(rows...)...))
	}
	for _, limit := range []int{1, 2, 7, 100} {
		whole := map[int64]*graph.Change{}
		var order []int64
		at, from := int64(len(log)), 0
		for {
			list, err := s.Backwards(t.Context(), at, from, limit)
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			for i := range list {
				c := &list[i]
				count += len(c.Ops)
				if len(c.Ops) == 0 {
					t.Fatalf("revision %d comes without an operation", c.Revision)
				}
				at, from = c.Revision, c.Ops[len(c.Ops)-1].Index+1
				if known := whole[c.Revision]; known != nil {
					known.Ops = append(known.Ops, c.Ops...)
					continue
				}
				whole[c.Revision] = c
				order = append(order, c.Revision)
			}
			if count > limit {
				t.Fatalf("asked for %d operations, got %d", limit, count)
			}
			if count < limit {
				break
			}
		}
		if !slices.Equal(order, []int64{5, 4, 2, 1}) {
			t.Fatalf("in parts of %d the log comes as %v", limit, order)
		}
		for revision, c := range whole {
			expectChange(t, *c, *log[revision-1])
		}
	}
	list, err := s.Backwards(t.Context(), 1, 28, 10)
	if err != nil || len(list) != 1 || len(list[0].Ops) != 2 || list[0].Ops[0].Index != 28 {
		t.Errorf("the end of the first change: %v, %v", list, err)
	}
	if list, err := s.Backwards(t.Context(), 99, 0, 1); err != nil || len(list) != 1 || list[0].Revision != 5 {
		t.Errorf("from after the end: %v, %v", list, err)
	}
	if list, err := s.Backwards(t.Context(), 5, 0, 0); err != nil || len(list) != 0 {
		t.Errorf("nothing asked: %v, %v", list, err)
	}
}

func history(t *testing.T, s graph.Store, _ func() graph.Store) {
	a, b, c := organization("a"), organization("b"), organization("c")
	commit(t, s, put(a, b, c)...) // 1
	commit(t, s, put(b)...)       // 2
	commit(t, s, put(c, a)...)    // 3
	commit(t, s, put(c)...)       // 4
	commit(t, s, remove(a))       // 5
	commit(t, s, put(a, b, a)...) // 6
	log := changes(t, s)
	type entry struct {
		revision int64
		ids      []graph.ID
	}
	for _, test := range []struct {
		name   string
		ids    []graph.ID
		before int64
		limit  int
		want   []entry
	}{
		{"one row", []graph.ID{a.ID}, 0, 10, []entry{{6, []graph.ID{a.ID, a.ID}}, {5, []graph.ID{a.ID}}, {3, []graph.ID{a.ID}}, {1, []graph.ID{a.ID}}}},
		{"the newest two", []graph.ID{a.ID}, 0, 2, []entry{{6, []graph.ID{a.ID, a.ID}}, {5, []graph.ID{a.ID}}}},
		{"the next two", []graph.ID{a.ID}, 5, 2, []entry{{3, []graph.ID{a.ID}}, {1, []graph.ID{a.ID}}}},
		{"before the first", []graph.ID{a.ID}, 1, 2, nil},
		{"two rows", []graph.ID{c.ID, b.ID}, 4, 10, []entry{{3, []graph.ID{c.ID}}, {2, []graph.ID{b.ID}}, {1, []graph.ID{b.ID, c.ID}}}},
		{"an id twice", []graph.ID{c.ID, c.ID}, 0, 1, []entry{{4, []graph.ID{c.ID}}}},
		{"nothing asked", nil, 0, 10, nil},
		{"nothing known", []graph.ID{graph.NewID()}, 0, 10, nil},
	} {
		got, err := s.History(t.Context(), test.ids, test.before, test.limit)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var found []entry
		for _, c := range got {
			e := entry{revision: c.Revision}
			for _, o := range c.Ops {
				e.ids = append(e.ids, o.ID)
				if whole := log[c.Revision-1].Ops; o.Index >= len(whole) || whole[o.Index].ID != o.ID {
					t.Errorf("%s: an operation of revision %d is not at its place %d", test.name, c.Revision, o.Index)
				}
			}
			found = append(found, e)
		}
		if fmt.Sprint(found) != fmt.Sprint(test.want) {
			t.Errorf("%s: got %v, want %v", test.name, found, test.want)
		}
	}
}

func erasedEntry(t *testing.T, s graph.Store, _ func() graph.Store) {
	const canary = "CANARY-9f2c"
	kept, gone := organization("kept"), organization(canary)
	first := commit(t, s, put(kept)[0], withPayload(put(gone)[0], `{"after":{"name":"`+canary+`"}}`))
	second := commit(t, s, withPayload(put(gone)[0], canary), withPayload(put(kept)[0], "stays"))
	third := commitWith(t, s, []graph.Rewrite{{Revision: 1, Index: 1}, {Revision: 2, Index: 0}}, withPayload(remove(gone), "{}"))
	expectRows(t, s, []graph.Row{kept})
	erased := func(o *graph.Op) { o.Payload, o.Salt, o.Erased = nil, nil, true }
	erased(&first.Ops[1])
	erased(&second.Ops[0])
	log := changes(t, s)
	for i, want := range []*graph.Change{first, second, third} {
		expectChange(t, log[i], *want)
	}
	chain(t, s, 3)
	history, err := s.History(t.Context(), []graph.ID{gone.ID}, 0, 10)
	if err != nil || len(history) != 3 {
		t.Fatalf("History = %d, %v", len(history), err)
	}
	for _, c := range slices.Concat(log, history) {
		for _, o := range c.Ops {
			if strings.Contains(string(o.Payload), canary) {
				t.Errorf("revision %d still holds what was erased", c.Revision)
			}
		}
	}
	commitWith(t, s, []graph.Rewrite{{Revision: 1, Index: 1}}) // erasing twice is no error
	expectChange(t, changes(t, s)[0], *first)
}

func sealedEntry(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	first := commit(t, s, put(a, organization("b"))...)
	sealed := put(graph.Row{Class: graph.BOX, ID: a.ID, Box: []byte("box")})[0]
	sealed.Sealed, sealed.Payload = true, []byte{0, 255, 1}
	second := commitWith(t, s, []graph.Rewrite{{Revision: 1, Index: 0, Payload: []byte{0, 254, 2}}}, sealed)
	first.Ops[0].Payload, first.Ops[0].Salt, first.Ops[0].Sealed = []byte{0, 254, 2}, nil, true
	log := changes(t, s)
	expectChange(t, log[0], *first)
	expectChange(t, log[1], *second)
	commitWith(t, s, []graph.Rewrite{{Revision: 2, Index: 0}}) // a sealed entry is erased as any other
	erased := changes(t, s)[1].Ops[0]
	if !erased.Erased || len(erased.Payload) != 0 || len(erased.Salt) != 0 {
		t.Errorf("the erased entry is %+v", erased)
	}
}

func rewriteNothing(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	commit(t, s, put(a)...)
	for _, r := range []graph.Rewrite{{Revision: 7, Index: 0}, {Revision: 1, Index: 1}, {Revision: 1, Index: 1, Payload: []byte("x")}} {
		err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
			c := next(h, put(organization("b"))...)
			c.Rewrites = []graph.Rewrite{r}
			return c, nil
		})
		if err == nil || graph.CodeOf(err) != graph.INTERNAL {
			t.Errorf("rewriting %+v: %v, want INTERNAL", r, err)
		}
	}
	expectRows(t, s, []graph.Row{a})
	chain(t, s, 1)
}

func sinkFails(t *testing.T, s graph.Store, _ func() graph.Store) {
	commit(t, s, put(organization("a"), organization("b"), organization("c"))...)
	mine := errors.New("mine")
	seen := 0
	_, err := s.Load(t.Context(), func(graph.Row) error {
		if seen++; seen == 2 {
			return mine
		}
		return nil
	})
	if !errors.Is(err, mine) || seen != 2 {
		t.Errorf("Load = %v after %d rows", err, seen)
	}
	commit(t, s, put(organization("d"))...)
}

func cancelledBefore(t *testing.T, s graph.Store, _ func() graph.Store) {
	a := organization("a")
	c := commit(t, s, put(a)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, s, c) {
		if err := call(); graph.CodeOf(err) != graph.UNAVAILABLE || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want UNAVAILABLE because of the cancellation", name, err)
		}
	}
	expectRows(t, s, []graph.Row{a})
	chain(t, s, 1)
}

func cancelledDuring(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []graph.Row
	for range 2000 {
		want = append(want, organization("n"))
	}
	commit(t, s, put(want...)...)

	ctx, cancel := context.WithCancel(t.Context())
	err := s.Commit(ctx, func(h graph.Head) (*graph.Change, error) {
		cancel()
		return next(h, put(organization("late"))...), nil
	})
	if graph.CodeOf(err) != graph.UNAVAILABLE || !errors.Is(err, context.Canceled) {
		t.Errorf("Commit = %v, want UNAVAILABLE because of the cancellation", err)
	}

	ctx, cancel = context.WithCancel(t.Context())
	_, err = s.Load(ctx, func(graph.Row) error { cancel(); return nil })
	if graph.CodeOf(err) != graph.UNAVAILABLE || !errors.Is(err, context.Canceled) {
		t.Errorf("Load = %v, want UNAVAILABLE because of the cancellation", err)
	}
	expectRows(t, s, want)
	chain(t, s, 1)

	// Cancelled at an unknown moment: all of the change is there, or none.
	for i := range 20 {
		before := head(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
		pair := []graph.Row{organization("pair"), organization("pair")}
		var made *graph.Change
		err := s.Commit(ctx, func(h graph.Head) (*graph.Change, error) {
			made = next(h, put(pair...)...)
			return made, nil
		})
		cancel()
		after := head(t, s)
		switch {
		case err == nil && after.Hash != made.Hash:
			t.Fatal("an acknowledged change is not there")
		case err != nil && graph.CodeOf(err) != graph.UNAVAILABLE:
			t.Fatalf("Commit = %v, want UNAVAILABLE", err)
		case after == before:
		case made == nil || after.Hash != made.Hash:
			t.Fatal("the head is neither the one before nor the one after")
		default:
			want = append(want, pair...)
		}
	}
	expectRows(t, s, want)
	chain(t, s, int(head(t, s).Revision))
}

func manyEditors(t *testing.T, s graph.Store, open func() graph.Store) {
	const each = 10
	handles := []graph.Store{s, open()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var want []graph.Row
	for _, h := range handles {
		for range 8 {
			wg.Go(func() {
				for range each {
					row := organization("n")
					err := h.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return next(h, put(row)...), nil })
					if err != nil {
						t.Errorf("Commit: %v", err)
						return
					}
					mu.Lock()
					want = append(want, row)
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	for _, h := range handles {
		chain(t, h, len(handles)*8*each)
		expectRows(t, h, want)
	}
}

func loadDuringWrites(t *testing.T, s graph.Store, open func() graph.Store) {
	other := open()
	var rows []graph.Row
	for range 500 {
		rows = append(rows, organization("0"))
	}
	commit(t, s, put(rows...)...)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		// Change n writes the first and the last row alike and adds a record; an odd one adds a node with a link, which
		// the next removes; every third seals the second row, which the next opens.
		defer close(done)
		ordered := slices.SortedFunc(slices.Values(rows), func(a, b graph.Row) int { return strings.Compare(string(a.ID), string(b.ID)) })
		first, second, last := ordered[0], ordered[1], ordered[len(ordered)-1]
		sealed := graph.Row{Class: graph.BOX, ID: second.ID, Box: []byte("sealed")}
		var ally, tie graph.Row
		for n := 1; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			first.Fields = graph.Fields{"name": fmt.Sprint(n)}
			last.Fields = first.Fields
			ops := put(first, last, graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "r", Fields: graph.Fields{"a": "b"}})
			if n%2 == 1 {
				ally = organization("ally")
				tie = link(graph.ALLIED_WITH, first.ID, ally.ID, nil)
				ops = append(ops, put(ally, tie)...)
			} else {
				ops = append(ops, remove(tie), remove(ally))
			}
			switch n % 3 {
			case 0:
				ops = append(ops, put(sealed)...)
			case 1:
				ops = append(ops, put(second)...)
			}
			if err := other.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return next(h, ops...), nil }); err != nil {
				t.Errorf("Commit: %v", err)
				return
			}
			time.Sleep(10 * time.Millisecond) // who writes without a pause can starve any other of the lock
		}
	}()
	defer func() { // also when a load fails, or the writer would tell of its own end after the test's
		close(stop)
		<-done
	}()
	for range 10 {
		got, head := load(t, s)
		n := head.Revision - 1
		count := map[graph.Class]int64{}
		names, named := map[graph.ID]any{}, map[string]int{}
		for _, r := range got {
			if count[r.Class]++; r.Class == graph.NODE {
				names[r.ID] = r.Fields["name"]
				named[fmt.Sprint(r.Fields["name"])]++
			}
			if r.Class == graph.LINK && (names[r.From] == nil || names[r.To] != "ally") {
				t.Errorf("at revision %d a link joins %v and %v", head.Revision, names[r.From], names[r.To])
			}
		}
		odd, sealed := n%2, int64(0)
		if n > 0 && n%3 == 0 {
			sealed = 1
		}
		if want := (map[graph.Class]int64{graph.NODE: 500 + odd - sealed, graph.LINK: odd, graph.RECORD: n, graph.BOX: sealed}); !maps.Equal(sparse(count), sparse(want)) {
			t.Errorf("at revision %d there are %v, want %v", head.Revision, count, want)
			break
		}
		if n > 0 && named[fmt.Sprint(n)] != 2 {
			t.Errorf("at revision %d %d rows are of its change, want the first and the last", head.Revision, named[fmt.Sprint(n)])
			break
		}
	}
}

// sparse is m without what is zero.
func sparse(m map[graph.Class]int64) map[graph.Class]int64 {
	maps.DeleteFunc(m, func(_ graph.Class, n int64) bool { return n == 0 })
	return m
}

func loadHoldsUpNobody(t *testing.T, s graph.Store, open func() graph.Store) {
	other := open()
	var rows []graph.Row
	for range 100 {
		rows = append(rows, organization("n"))
	}
	commit(t, s, put(rows...)...)
	given := 0
	head, err := s.Load(t.Context(), func(graph.Row) error {
		if given++; given != 50 {
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		return other.Commit(ctx, func(h graph.Head) (*graph.Change, error) { return next(h, put(organization("later"))...), nil })
	})
	if err != nil || given != len(rows) || head.Revision != 1 {
		t.Errorf("Load = %v, %v with %d rows of %d", head, err, given, len(rows))
	}
	chain(t, s, 2)
}

func bigBatch(t *testing.T, s graph.Store, _ func() graph.Store) {
	var want []graph.Row
	for i := range 4000 {
		want = append(want, organization(fmt.Sprint("organization ", i)))
	}
	for i := range 6000 {
		want = append(want, link(graph.ALLIED_WITH, want[i%4000].ID, want[i*7%4000].ID, graph.Fields{"since": "2001", "strength": int64(i%5 + 1)}))
	}
	start := time.Now()
	c := commit(t, s, put(want...)...)
	t.Logf("10,000 rows in %v", time.Since(start))
	expectRows(t, s, want)
	log := changes(t, s)
	if len(log) != 1 {
		t.Fatalf("%d changes", len(log))
	}
	expectChange(t, log[0], *c)
	var ops []graph.Op
	for _, r := range slices.Backward(want) {
		ops = append(ops, remove(r))
	}
	commit(t, s, ops...)
	expectRows(t, s, nil)
}

func reopened(t *testing.T, s graph.Store, open func() graph.Store) {
	a, b := organization("a"), organization("b")
	want := []graph.Row{a, b, link(graph.ALLIED_WITH, a.ID, b.ID, graph.Fields{"note": "n"}), box("x"),
		{Class: graph.RECORD, ID: graph.NewID(), Kind: "savedView", Fields: graph.Fields{"a": []int64{1}}}}
	c := commit(t, s, put(want...)...)
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := open()
	expectRows(t, again, want)
	expectChange(t, changes(t, again)[0], *c)
	commit(t, again, put(organization("c"))...)
	chain(t, again, 2)
}

func closed(t *testing.T, s graph.Store, open func() graph.Store) {
	c := commit(t, s, put(organization("a"))...)
	other := open()
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, call := range calls(t.Context(), s, c) {
		if err := call(); graph.CodeOf(err) != graph.UNAVAILABLE {
			t.Errorf("%s on a closed store: %v, want UNAVAILABLE", name, err)
		}
	}
	commit(t, other, put(organization("b"))...) // another handle goes on
}
