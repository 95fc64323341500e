package resolvers

import (
	"context"
	"time"

	"weft/graph"
	"weft/resolvers/message"
)

// History answers what was done to a node or link.
func (q query) History(ctx context.Context, id graph.ID, ties bool, first *int32, after *string) (*message.HistoryConnection, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return q.directory.History(ctx, v, id, ties, int(orZero(first)), orZero(after))
}

// Changes answers what was done in the whole network.
func (q query) Changes(ctx context.Context, first *int32, after *string) (*message.HistoryConnection, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return q.directory.Recent(ctx, v, int(orZero(first)), orZero(after))
}

// ChangesSince answers what was done since an instant, in numbers.
func (q query) ChangesSince(ctx context.Context, since time.Time) (*graph.Tally, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return q.directory.Since(ctx, v, since)
}

// Changes sends what changes in what the viewer sees.
func (s subscription) Changes(ctx context.Context, after *graph.ID) (<-chan *graph.ChangeEvent, error) {
	events, err := s.directory.Subscribe(ctx, personaOf(ctx).viewer, graph.LIVE, orZero(after))
	if err != nil {
		return nil, err
	}
	out := make(chan *graph.ChangeEvent)
	go func() {
		defer close(out)
		for e := range events { // ends with ctx
			select {
			case out <- &e:
			case <-ctx.Done():
			}
		}
	}()
	return out, nil
}
