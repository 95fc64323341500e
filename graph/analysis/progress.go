package analysis

import "context"

// course is the part of a long answer that a context is for.
type course struct {
	report   func(float64)
	from, to float64
}

type courseKey struct{}

// Reporting returns a context whose question tells report, again and again, what
// part of its work is done, from 0 to 1. Several goroutines may tell at once.
func Reporting(ctx context.Context, report func(float64)) context.Context {
	return context.WithValue(ctx, courseKey{}, course{report, 0, 1})
}

// part returns the context of a part of what ctx is for, as shares of that.
func part(ctx context.Context, from, to float64) context.Context {
	c, ok := ctx.Value(courseKey{}).(course)
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, courseKey{}, course{c.report, c.at(from), c.at(to)})
}

// silent returns a context that tells nothing, for what is done beside something longer.
func silent(ctx context.Context) context.Context { return context.WithValue(ctx, courseKey{}, nil) }

// tell reports that a share of what ctx is for is done.
func tell(ctx context.Context, share float64) {
	if c, ok := ctx.Value(courseKey{}).(course); ok {
		c.report(c.at(share))
	}
}

func (c course) at(share float64) float64 { return c.from + share*(c.to-c.from) }
