package speed

import (
	"context"
	"log/slog"
	"time"

	"weft/graph"
)

// keeper is a store that makes its rows when they are asked for and keeps only
// the head of the log: a directory on it is the program's own, without the
// time that a disk takes.
type keeper struct {
	graph.Store // nil: nothing else is asked of it in a run

	rows func(sink func(graph.Row) error) error
	head graph.Head

	committed time.Time // of the last change
}

// open loads a directory from rows, nodes first, each class by id.
func (k *keeper) open(ctx context.Context) (*graph.Directory, error) {
	return graph.Open(ctx, k, graph.Options{Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler)})
}

// visible is a network of rows as a visitor sees it.
func visible(ctx context.Context, rows func(sink func(graph.Row) error) error) (*graph.View, error) {
	d, err := (&keeper{rows: rows}).open(ctx)
	if err != nil {
		return nil, err
	}
	return d.View(graph.Viewer{}, graph.SCREEN)
}

func (k *keeper) Load(_ context.Context, sink func(graph.Row) error) (graph.Head, error) {
	return k.head, k.rows(sink)
}

func (k *keeper) Commit(_ context.Context, fn func(graph.Head) (*graph.Change, error)) error {
	c, err := fn(k.head)
	if err == nil && c != nil {
		k.head, k.committed = graph.Head{Revision: c.Revision, Hash: c.Hash}, time.Now()
	}
	return err
}

// Changes and Backwards find an empty log: no change is kept.
func (k *keeper) Changes(context.Context, int64, int) ([]graph.Change, error) { return nil, nil }

// Backwards is said above.
func (k *keeper) Backwards(context.Context, int64, int, int) ([]graph.Change, error) {
	return nil, nil
}

func (k *keeper) Close(context.Context) error { return nil }

func nodeRow(id graph.ID, kind graph.NodeKind, f graph.Fields) graph.Row {
	f["visibility"], f["version"] = "PUBLIC", int64(1)
	return graph.Row{Class: graph.NODE, ID: id, Kind: string(kind), Fields: f}
}

func linkRow(id graph.ID, kind graph.LinkKind, from, to graph.ID, strength int) graph.Row {
	return graph.Row{Class: graph.LINK, ID: id, Kind: string(kind), From: from, To: to,
		Fields: graph.Fields{"visibility": "PUBLIC", "state": "CONFIRMED", "strength": int64(strength), "version": int64(1)}}
}
