package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"weft/graph"
)

func node(kind string, f graph.Fields) graph.Row {
	return graph.Row{Class: graph.NODE, ID: graph.NewID(), Kind: kind, Fields: f}
}

func organization(name string) graph.Row {
	return node(string(graph.KindOrganization), graph.Fields{"name": name, "visibility": "PUBLIC", "version": int64(1)})
}

func link(kind graph.LinkKind, from, to graph.ID, f graph.Fields) graph.Row {
	if f == nil {
		f = graph.Fields{"state": "CLAIMED"}
	}
	return graph.Row{Class: graph.LINK, ID: graph.NewID(), Kind: string(kind), From: from, To: to, Fields: f}
}

func box(content string) graph.Row {
	return graph.Row{Class: graph.BOX, ID: graph.NewID(), Box: []byte(content)}
}

// put returns one operation a row that writes it.
func put(rows ...graph.Row) []graph.Op {
	ops := make([]graph.Op, len(rows))
	for i := range rows {
		row := rows[i]
		ops[i] = graph.Op{Verb: graph.ADD, Class: row.Class, ID: row.ID, Row: &row}
		ops[i] = withPayload(ops[i], fmt.Sprintf(`{"id":%q}`, row.ID))
	}
	return ops
}

func remove(r graph.Row) graph.Op {
	return withPayload(graph.Op{Verb: graph.REMOVE, Class: r.Class, ID: r.ID}, fmt.Sprintf(`{"removed":%q}`, r.ID))
}

// withPayload sets what the log keeps of an operation. A store does not look
// inside, so any bytes do.
func withPayload(o graph.Op, payload string) graph.Op {
	salt := sha256.Sum256([]byte("salt of " + payload))
	o.Payload, o.Salt, o.Commitment = []byte(payload), salt[:], sha256.Sum256([]byte(payload))
	return o
}

// next returns the change of the given operations that follows the head.
func next(h graph.Head, ops ...graph.Op) *graph.Change {
	c := &graph.Change{
		Revision:  h.Revision + 1,
		ID:        graph.NewID(),
		At:        time.UnixMilli(1_700_000_000_123 + h.Revision).UTC(),
		Author:    graph.NewID(),
		Key:       "key " + string(graph.NewID()) + " ключ",
		InputHash: sha256.Sum256([]byte(graph.NewID())),
		Prev:      h.Hash,
		Ops:       ops,
	}
	c.Hash = c.Sum()
	return c
}

func commit(t *testing.T, s graph.Store, ops ...graph.Op) *graph.Change {
	t.Helper()
	return commitWith(t, s, nil, ops...)
}

func commitWith(t *testing.T, s graph.Store, rewrites []graph.Rewrite, ops ...graph.Op) *graph.Change {
	t.Helper()
	var c *graph.Change
	err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
		c = next(h, ops...)
		c.Rewrites = rewrites
		return c, nil
	})
	if err != nil {
		t.Fatalf("Commit: %v (%v)", err, cause(err))
	}
	return c
}

// refused commits the operations and expects an error of the code.
func refused(t *testing.T, s graph.Store, code graph.Code, ops ...graph.Op) {
	t.Helper()
	before := head(t, s)
	err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return next(h, ops...), nil })
	if err == nil || graph.CodeOf(err) != code {
		t.Errorf("Commit = %v, want %s", err, code)
	}
	if after := head(t, s); after != before {
		t.Errorf("a refused change moved the head from %d to %d", before.Revision, after.Revision)
	}
}

func cause(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

func load(t *testing.T, s graph.Store) ([]graph.Row, graph.Head) {
	t.Helper()
	var rows []graph.Row
	head, err := s.Load(t.Context(), func(r graph.Row) error { rows = append(rows, r); return nil })
	if err != nil {
		t.Fatalf("Load: %v (%v)", err, cause(err))
	}
	return rows, head
}

func head(t *testing.T, s graph.Store) graph.Head {
	t.Helper()
	_, head := load(t, s)
	return head
}

func changes(t *testing.T, s graph.Store) []graph.Change {
	t.Helper()
	log, err := s.Changes(t.Context(), 0, math.MaxInt32)
	if err != nil {
		t.Fatalf("Changes: %v (%v)", err, cause(err))
	}
	return log
}

// chain expects the log to be one unbroken chain of n changes that ends in the
// head.
func chain(t *testing.T, s graph.Store, n int) {
	t.Helper()
	log := changes(t, s)
	if len(log) != n {
		t.Fatalf("the log has %d changes, want %d", len(log), n)
	}
	var at graph.Head
	for i := range log {
		c := &log[i]
		if c.Revision != at.Revision+1 || c.Prev != at.Hash || c.Hash != c.Sum() {
			t.Fatalf("the chain breaks at revision %d", c.Revision)
		}
		at = graph.Head{Revision: c.Revision, Hash: c.Hash}
	}
	if got := head(t, s); got != at {
		t.Fatalf("the head is at %d, the log ends at %d", got.Revision, at.Revision)
	}
}

// expectRows expects the store to hold exactly the given rows, whatever their
// order in want.
func expectRows(t *testing.T, s graph.Store, want []graph.Row) {
	t.Helper()
	got, _ := load(t, s)
	rank := map[graph.Class]int{graph.NODE: 0, graph.LINK: 1, graph.RECORD: 2, graph.BOX: 3}
	want = slices.SortedFunc(slices.Values(want), func(a, b graph.Row) int {
		if a.Class != b.Class {
			return rank[a.Class] - rank[b.Class]
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	if len(got) != len(want) {
		t.Fatalf("the store holds %d rows, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Class != w.Class || g.ID != w.ID || g.Kind != w.Kind || g.From != w.From || g.To != w.To || !bytes.Equal(g.Box, w.Box) {
			t.Fatalf("row %d is %.300v, want %.300v", i, g, w)
		}
		for name, v := range w.Fields {
			if !reflect.DeepEqual(g.Fields[name], v) {
				t.Errorf("%s %s.%s is %T %.120q, want %T %.120q", g.Class, g.Kind, name, g.Fields[name], fmt.Sprint(g.Fields[name]), v, fmt.Sprint(v))
			}
		}
		for name, v := range g.Fields {
			if _, ok := w.Fields[name]; !ok {
				t.Errorf("%s %s has gained the field %s = %v", g.Class, g.Kind, name, v)
			}
		}
	}
}

// expectChange compares what a store keeps of a change: the header, and of
// each operation its place, the id, the flags, the salt, the commitment and the payload.
func expectChange(t *testing.T, got, want graph.Change) {
	t.Helper()
	if got.Revision != want.Revision || got.ID != want.ID || !got.At.Equal(want.At) || got.At.Location() != time.UTC || got.Author != want.Author ||
		got.Key != want.Key || got.InputHash != want.InputHash || got.Prev != want.Prev || got.Hash != want.Hash {
		t.Errorf("the change is %.400v, want %.400v", got, want)
	}
	if len(got.Ops) != len(want.Ops) {
		t.Fatalf("change %d has %d operations, want %d", got.Revision, len(got.Ops), len(want.Ops))
	}
	for i, g := range got.Ops {
		w := want.Ops[i]
		if g.Index != i || g.ID != w.ID || g.Sealed != w.Sealed || g.Erased != w.Erased || g.Commitment != w.Commitment ||
			!bytes.Equal(g.Salt, w.Salt) || !bytes.Equal(g.Payload, w.Payload) {
			t.Fatalf("operation %d of change %d is %.400v, want %.400v", i, got.Revision, g, w)
		}
	}
}

// calls lists every method of a store that can fail.
func calls(ctx context.Context, s graph.Store, c *graph.Change) map[string]func() error {
	return map[string]func() error{
		"Load": func() error { _, err := s.Load(ctx, func(graph.Row) error { return nil }); return err },
		"Commit": func() error {
			return s.Commit(ctx, func(h graph.Head) (*graph.Change, error) { return next(h, put(organization("late"))...), nil })
		},
		"Changes":   func() error { _, err := s.Changes(ctx, 0, 10); return err },
		"Backwards": func() error { _, err := s.Backwards(ctx, c.Revision, 0, 10); return err },
		"History":   func() error { _, err := s.History(ctx, []graph.ID{c.Ops[0].ID}, 0, 10); return err },
		"ByKey":     func() error { _, err := s.ByKey(ctx, c.Author, c.Key); return err },
	}
}

// texts are values that break stores: quoting, scripts, marks, normal forms,
// invisible characters, numbers and keywords as text, and length.
var texts = []string{
	"a", " ", "\n", "line\r\n\tline", "0", "-0", "1e5", "true", "null", "NULL", "NaN", "[]", "{}", `"`, `\`, `\u0000`, "'", "''", "`", "%_*?",
	"Robert'); DROP TABLE node;--", "`}) DETACH DELETE n //", "$name {name} :name ?1", "<b>&amp;</b>", "=1+1", "A\u0301 Á", "مُحَمَّد", "الاتحاد", "שָׁלוֹם",
	"Đà Nẵng", "Dayanışma", "日本語", "👩‍👩‍👧‍👦🏳️‍🌈", "\u202eright to left\u202c", "\u200b", "\ufeffmark", "\u2028\u2029", "\uffff", "\U0010ffff", "\u00a0",
	strings.Repeat("long ", 4000), strings.Repeat("ﷺ", 6000),
}

var (
	wholes  = []int64{1, -1, 5, 1 << 31, -1 << 31, 1 << 53, -1 << 53}
	numbers = []float64{0, 1, -1, 0.1, 1e21, 1e-7, 3, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 60, 31.7767, -179.999999}
	dates   = []string{"2019", "2019-05", "2019-05-04", "0001", "9999-12-31", "2024-02-29"}
	times   = []string{"2026-03-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z", "9999-12-31T23:59:59.999Z"}
)

// awkward returns sets of fields in which each given field takes, one set
// after another, every awkward value of its type, a set with every field, and
// one with no field at all.
func awkward(fields []graph.Field) []graph.Fields {
	out := []graph.Fields{{}}
	for i := range texts {
		set := graph.Fields{}
		for j := range fields {
			set[fields[j].Name] = awkwardValue(&fields[j], i+j)
			if fields[j].Group != "" { // columns of one list: the same length
				set[fields[j].Name] = awkwardList(&fields[j], i, 3)
			}
		}
		out = append(out, set)
	}
	return out
}

func awkwardValue(f *graph.Field, i int) any {
	if f.List {
		return awkwardList(f, i, i%3+1)
	}
	switch f.Type {
	case graph.INTEGER:
		return wholes[i%len(wholes)]
	case graph.NUMBER:
		return numbers[i%len(numbers)]
	case graph.BOOLEAN:
		return true
	}
	return awkwardText(f, i)
}

func awkwardList(f *graph.Field, i, n int) any {
	switch f.Type {
	case graph.INTEGER:
		out := make([]int64, n)
		for j := range out {
			out[j] = append(wholes, 0)[(i+j)%(len(wholes)+1)]
		}
		return out
	case graph.NUMBER:
		out := make([]float64, n)
		for j := range out {
			out[j] = numbers[(i+j)%len(numbers)]
		}
		return out
	}
	out := make([]string, n)
	for j := range out {
		if f.Group != "" && (i+j)%4 == 0 {
			continue // an empty cell
		}
		out[j] = awkwardText(f, i+j)
	}
	return out
}

func awkwardText(f *graph.Field, i int) string {
	switch {
	case f.Vocabulary != nil:
		return f.Vocabulary.Values[i%len(f.Vocabulary.Values)]
	case f.Type == graph.DATE:
		return dates[i%len(dates)]
	case f.Type == graph.TIME:
		return times[i%len(times)]
	case f.Type == graph.REF:
		return string(graph.NewID())
	}
	return texts[i%len(texts)]
}
