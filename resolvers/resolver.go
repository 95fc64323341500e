//go:generate go tool gqlgen generate
//go:generate go run ./reference ../schema.graphqls ../docs/api.md

// Package resolvers answers the GraphQL API. Its bodies are thin: they take the
// operation's View or the write door of package graph and return what it gives;
// gqlgen binds the types of package graph themselves. Files go by theme.
package resolvers

import (
	"log/slog"

	"github.com/99designs/gqlgen/graphql"

	"weft/graph"
	"weft/resolvers/generated"
)

// Options says what the operator decides.
type Options struct {
	Name string // of the network, shown to everybody
	Demo bool   // it is the demo network, in which everything is invented
	// Personal serves one person on this machine, who is steward and may see
	// as others do. Without it, and until there are accounts, everybody is a
	// visitor.
	Personal bool
	Log      *slog.Logger // nil is the default logger
}

// Resolver answers every field that package graph does not answer itself.
type Resolver struct {
	directory *graph.Directory
	options   Options
	memory    *memory
	watches   watches
	lately    lately
	schema    graphql.ExecutableSchema
}

// New returns the resolver of a directory.
func New(directory *graph.Directory, options Options) *Resolver {
	if options.Log == nil {
		options.Log = slog.Default()
	}
	r := &Resolver{directory: directory, options: options, memory: newMemory(), watches: watches{by: map[watchName]*watch{}}}
	r.schema = generated.NewExecutableSchema(generated.Config{Resolvers: r})
	return r
}

// Schema returns what runs operations. Its users also need Context, Extensions,
// Present, Recover and Introspection.
func (r *Resolver) Schema() graphql.ExecutableSchema { return r.schema }

// Query, Mutation and Subscription are the roots of the schema.
func (r *Resolver) Query() generated.QueryResolver { return query{r} }

// Mutation returns the resolvers of edits.
func (r *Resolver) Mutation() generated.MutationResolver { return mutation{r} }

// Subscription returns the resolvers of live events.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return subscription{r} }

// MessageArg returns the resolver of names in sentences.
func (r *Resolver) MessageArg() generated.MessageArgResolver { return messageArg{r} }

type (
	query        struct{ *Resolver }
	mutation     struct{ *Resolver }
	subscription struct{ *Resolver }
	messageArg   struct{ *Resolver }
)
