package resolvers

import (
	"context"
	"encoding/json"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"weft/graph"
)

// A nested list in a list multiplies what an operation may cost. So before it
// runs the most it can return is counted from the query alone: every field is
// one, and a list as many times what is asked of its elements as it may have.
// Nothing hidden enters the count.

// The most that one operation may cost, by who asks.
const (
	costOfVisitor     = 50_000
	costOfMember      = 200_000
	costOfCoordinator = 1_000_000
)

// shapeCost is what a Shape costs: it is written in one go, without resolvers.
const shapeCost = 1_000

// analysisCost is what a question of analysis costs beside its answer: each may
// be new, and then reads the whole network.
const analysisCost = 2_000

var analysed = map[string]bool{"gaps": true, "gap": true, "allies": true, "commonGround": true, "connections": true, "coverage": true, "brokers": true,
	"groups": true, "projection": true, "health": true, "trend": true, "compare": true, "whatIf": true, "influencePaths": true, "holders": true, "introductionYears": true, "changesSince": true}

func costLimit(v graph.Viewer) int {
	switch {
	case v.AtLeast(graph.LevelCoordinator):
		return costOfCoordinator
	case v.AtLeast(graph.LevelMember):
		return costOfMember
	}
	return costOfVisitor
}

// counted is a schema whose fields cost as said above.
type counted struct{ graphql.ExecutableSchema }

// Complexity returns the cost of a field whose selected fields cost child.
func (c counted) Complexity(_ context.Context, object, field string, child int, args map[string]any) (int, bool) {
	definition := c.Schema().Types[object].Fields.ForName(field)
	switch {
	case definition == nil: // __typename
		return 1, true
	case definition.Type.Name() == "Shape":
		return shapeCost, true
	}
	times, once := 1, 0
	if object == "Query" && analysed[field] {
		once = analysisCost
	}
	switch {
	case definition.Arguments.ForName("first") != nil:
		times = number(args["first"], 25)
	case definition.Arguments.ForName("ids") != nil:
		ids, _ := args["ids"].([]any)
		times = max(len(ids), 1)
	case definition.Arguments.ForName("days") != nil:
		days, _ := args["days"].([]any)
		times, once = max(len(days), 1), once*max(len(days), 1)
	}
	return once + multiply(1+child, times), true
}

// number reads an Int argument, which is otherwise when it was left out.
func number(v any, otherwise int) int {
	switch v := v.(type) {
	case int64:
		return int(max(v, 1))
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(max(n, 1))
		}
	case int:
		return max(v, 1)
	case float64:
		return int(max(v, 1))
	}
	return otherwise
}

// multiply stops at a cost that no limit allows.
func multiply(a, b int) int {
	const most = 1 << 40
	if b > most/a {
		return most
	}
	return a * b
}

// budget is the extension that refuses operations that may cost too much.
type budget struct{ schema graphql.ExecutableSchema }

// ExtensionName names the extension.
func (*budget) ExtensionName() string { return "Budget" }

// Validate keeps the schema that operations are counted by.
func (b *budget) Validate(schema graphql.ExecutableSchema) error {
	b.schema = counted{schema}
	return nil
}

// MutateOperationContext counts the operation before it runs.
func (b *budget) MutateOperationContext(ctx context.Context, o *graphql.OperationContext) *gqlerror.Error {
	cost, limit := complexity.Calculate(ctx, b.schema, o.Operation, o.Variables), costLimit(personaOf(ctx).viewer)
	if cost <= limit {
		return nil
	}
	err := graph.Errorf(graph.LIMITED, "this may return more than one answer can hold: ask for fewer nested lists or a smaller first")
	return &gqlerror.Error{Err: err, Message: err.Text, Extensions: map[string]any{"code": string(err.Code)}}
}

// Extensions wrap the execution of operations; the edge runs them in this order.
func (r *Resolver) Extensions() []graphql.HandlerExtension {
	return []graphql.HandlerExtension{operations{}, &budget{}}
}

// Introspection reports whether who asks may read the schema: in personal mode.
func (r *Resolver) Introspection(context.Context) bool { return r.options.Personal }
