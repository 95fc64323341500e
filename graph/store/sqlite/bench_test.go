package sqlite_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// rowsLike returns n rows as an import writes them, one node in four, the
// others links; each has about 250 bytes of fields.
func rowsLike(n int) []graph.Row {
	rows := make([]graph.Row, n)
	nodes := max(n/4, 1)
	for i := range rows {
		f := graph.Fields{"visibility": "PUBLIC", "version": int64(1), "createdAt": "2026-03-01T00:00:00.000Z", "updatedAt": "2026-03-01T00:00:00.000Z",
			"sources": []string{string(graph.NewID())}}
		if i < nodes {
			f["name"], f["summary"], f["place"], f["latitude"] = fmt.Sprint("Organization ", i), "Works for equal rights in the region since 1987.", "IL", 31.7767
			rows[i] = graph.Row{Class: graph.NODE, ID: graph.NewID(), Kind: "Organization", Fields: f}
			continue
		}
		f["since"], f["state"], f["strength"] = "2019-05", "CONFIRMED", int64(3)
		rows[i] = graph.Row{Class: graph.LINK, ID: graph.NewID(), Kind: "ALLIED_WITH", From: rows[i%nodes].ID, To: rows[i*7%nodes].ID, Fields: f}
	}
	return rows
}

func opsOf(rows []graph.Row) []graph.Op {
	ops := make([]graph.Op, len(rows))
	for i := range rows {
		payload, err := json.Marshal(map[string]any{"verb": "ADD", "id": rows[i].ID, "after": rows[i].Fields})
		if err != nil {
			panic(err)
		}
		salt := sha256.Sum256(payload)
		ops[i] = graph.Op{ID: rows[i].ID, Payload: payload, Salt: salt[:], Commitment: salt, Row: &rows[i]}
	}
	return ops
}

func follow(h graph.Head, ops []graph.Op) *graph.Change {
	c := &graph.Change{Revision: h.Revision + 1, ID: graph.NewID(), At: time.UnixMilli(1_700_000_000_000).UTC(), Author: "a", Key: string(graph.NewID()), Prev: h.Hash, Ops: ops}
	c.Hash = c.Sum()
	return c
}

func commit(tb testing.TB, s graph.Store, ops []graph.Op) {
	tb.Helper()
	if err := s.Commit(context.Background(), func(h graph.Head) (*graph.Change, error) { return follow(h, ops), nil }); err != nil {
		tb.Fatal(err)
	}
}

func fresh(b *testing.B) graph.Store {
	s, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "weft.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close(context.Background()) })
	return s
}

func BenchmarkCommitOne(b *testing.B) {
	s := fresh(b)
	commit(b, s, opsOf(rowsLike(10_000)))
	for b.Loop() {
		b.StopTimer()
		ops := opsOf(rowsLike(1))
		b.StartTimer()
		commit(b, s, ops)
	}
}

func benchmarkCommit(b *testing.B, n int) {
	s := fresh(b)
	for b.Loop() {
		b.StopTimer()
		ops := opsOf(rowsLike(n))
		b.StartTimer()
		commit(b, s, ops)
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "ops/s")
}

func BenchmarkCommit10k(b *testing.B)  { benchmarkCommit(b, 10_000) }
func BenchmarkCommit100k(b *testing.B) { benchmarkCommit(b, 100_000) }

func BenchmarkLoad100k(b *testing.B) {
	s := fresh(b)
	commit(b, s, opsOf(rowsLike(100_000)))
	for b.Loop() {
		n := 0
		if _, err := s.Load(context.Background(), func(graph.Row) error { n++; return nil }); err != nil || n != 100_000 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "rows/s")
}
