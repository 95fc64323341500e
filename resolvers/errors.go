package resolvers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"weft/graph"
	"weft/graph/analysis"
)

const internalText = "something went wrong on our side: try again, and if it stays so tell the operator"

// Present makes an error fit to be shown: graph's errors with their code and
// field, mistakes in the query as INVALID, anything else as INTERNAL without a
// word of what it was, which goes to the log.
func (r *Resolver) Present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{Path: graphql.GetPath(ctx)}
	var located *gqlerror.Error
	if errors.As(err, &located) && len(located.Path) >= len(shown.Path) {
		shown.Path, shown.Locations = located.Path, located.Locations
	}
	var ours *graph.Error
	switch {
	case errors.As(err, &ours):
		shown.Message, shown.Extensions = ours.Text, map[string]any{"code": string(ours.Code)}
		if ours.Field != "" {
			shown.Extensions["field"] = ours.Field
		}
	case located != nil && isMistake(located):
		shown.Message, shown.Extensions = located.Message, map[string]any{"code": string(graph.INVALID)}
	case errors.Is(err, context.DeadlineExceeded):
		shown.Message, shown.Extensions = "this took too long: ask for less, or try again", map[string]any{"code": string(graph.UNAVAILABLE)}
	default:
		shown.Message, shown.Extensions = internalText, map[string]any{"code": string(graph.INTERNAL)}
	}
	if code := shown.Extensions["code"]; code == string(graph.INTERNAL) || code == string(graph.UNAVAILABLE) {
		r.options.Log.ErrorContext(ctx, "operation failed", "path", shown.Path.String(), "error", causes(err))
	}
	return shown
}

// isMistake reports whether the executor itself found fault with the query or
// its variables.
func isMistake(err *gqlerror.Error) bool {
	code := err.Extensions["code"]
	return code == errcode.ParseFailed || code == errcode.ValidationFailed
}

// causes spells out an error with what it wraps, for the log.
func causes(err error) string {
	var ours *graph.Error
	if errors.As(err, &ours) && ours.Unwrap() != nil {
		return ours.Text + ": " + ours.Unwrap().Error()
	}
	return err.Error()
}

// Recover turns a panic into an INTERNAL error and logs where it was. Its value
// is not logged, since it may hold what a person wrote.
func (r *Resolver) Recover(ctx context.Context, value any) error {
	stack := string(debug.Stack())
	if p, ok := value.(analysis.Panic); ok {
		value, stack = p.Value, p.Stack
	}
	r.options.Log.ErrorContext(ctx, "a resolver panicked", "type", fmt.Sprintf("%T", value), "stack", stack)
	return graph.Errorf(graph.INTERNAL, internalText)
}
