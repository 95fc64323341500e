package analysis

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/sqlite"
)

var now = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

// world is a small network made by name, on a real store. Names sort as they
// are added, so numbers are predictable.
type world struct {
	t     testing.TB
	dir   *graph.Directory
	ids   map[string]graph.ID
	names map[graph.ID]string
	steps []func(*graph.Tx) error
	count int
}

func newWorld(t testing.TB) *world { return newWorldAt(t, now) }

func newWorldAt(t testing.TB, now time.Time) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := graph.Open(t.Context(), s, graph.Options{Key: make([]byte, 32), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(context.Background()) })
	return &world{t: t, dir: d, ids: map[string]graph.ID{}, names: map[graph.ID]string{}}
}

func (w *world) id() graph.ID {
	w.count++
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	b := []byte("00000000000000000000000000")
	for n, k := w.count, len(b)-1; n > 0; n, k = n/32, k-1 {
		b[k] = digits[n%32]
	}
	return graph.ID(b)
}

// node adds a node; fields go in pairs of name and value.
func (w *world) node(kind graph.NodeKind, name string, fields ...any) {
	id := w.id()
	w.ids[name], w.names[id] = id, name
	f := pairs(fields)
	f["name"] = name
	if f["visibility"] == nil {
		f["visibility"] = "PUBLIC"
	}
	w.steps = append(w.steps, func(tx *graph.Tx) error { return tx.AddAs(id, kind, f) })
}

// link adds a link and returns its id.
func (w *world) link(kind graph.LinkKind, from, to string, fields ...any) graph.ID {
	id, a, b := w.id(), w.ids[from], w.ids[to]
	if a == "" || b == "" {
		w.t.Fatalf("no node %q or %q", from, to)
	}
	f := pairs(fields)
	if f["visibility"] == nil {
		f["visibility"] = "PUBLIC"
	}
	w.steps = append(w.steps, func(tx *graph.Tx) error {
		_, err := tx.ConnectAs(id, kind, a, b, f)
		return err
	})
	return id
}

func pairs(list []any) graph.Fields {
	f := graph.Fields{}
	for k := 0; k < len(list); k += 2 {
		v := list[k+1]
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		f[list[k].(string)] = v
	}
	return f
}

var steward = graph.Viewer{Account: "tester", Level: graph.LevelSteward}

func (w *world) save() {
	w.t.Helper()
	_, err := w.dir.Edit(w.t.Context(), steward, graph.Request{}, func(tx *graph.Tx) error {
		for n, s := range w.steps {
			if err := s(tx); err != nil {
				return fmt.Errorf("step %d: %w", n, err)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.steps = nil
}

func (w *world) view(viewer graph.Viewer) *graph.View {
	w.t.Helper()
	w.save()
	v, err := w.dir.View(viewer, graph.SCREEN)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) index() *Index { return NewIndex(w.view(steward)) }

// netFrom makes a Net of a list of edges, for measures that need no network.
func netFrom(n int, edges [][2]int) *Net {
	ix := &Index{nodes: make([]node, n)}
	nodes := make([]int32, n)
	for i := range n {
		ix.nodes[i] = node{id: graph.ID(fmt.Sprintf("n%06d", i)), kind: organization}
		nodes[i] = int32(i)
	}
	var list []netPair
	for _, e := range edges {
		if e[0] != e[1] {
			list = append(list, netPair{int32(min(e[0], e[1])), int32(max(e[0], e[1])), 1})
		}
	}
	net := ix.netOf(Reading{}, nodes, list)
	for k := range net.Weight {
		net.Weight[k] = 1
	}
	return net
}

func randomEdges(r *rand.Rand, n int, p float64) (out [][2]int) {
	for i := range n {
		for j := range i {
			if r.Float64() < p {
				out = append(out, [2]int{j, i})
			}
		}
	}
	return out
}

// revere reads Paul Revere's matrix of membership, skipping when it is not here.
func revere(t *testing.T) *world {
	t.Helper()
	f, err := os.Open(filepath.Join(realData(t, "import-samples"), "paul-revere", "PaulRevereAppD.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, c := range rows[0][1:] {
		w.node(graph.KindCoalition, c)
	}
	for _, r := range rows[1:] {
		w.node(graph.KindIndividual, r[0])
		for k, x := range r[1:] {
			if x == "1" {
				w.link(graph.MEMBER_OF, r[0], rows[0][k+1])
			}
		}
	}
	return w
}

// compared is what Compare says of two networks.
func compared(ctx context.Context, before, after *Index, q GapQuestion) (*Comparison, error) {
	was, err := before.StateOf(ctx, Reading{}, q)
	if err != nil {
		return nil, err
	}
	is, err := after.StateOf(ctx, Reading{}, q)
	if err != nil {
		return nil, err
	}
	return Compare(was, is, q)
}
