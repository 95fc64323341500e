package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"weft/graph"
	"weft/resolvers/message"
)

const maxIDs = 500

// Catalogue answers what there is to know of kinds, fields and vocabularies.
func (q query) Catalogue(context.Context) (*message.Catalogue, error) {
	return &message.Catalogue{}, nil
}

// Node answers one node.
func (q query) Node(ctx context.Context, id graph.ID, asOf *graph.Date) (graph.Node, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return v.Node(id), nil
}

// Nodes answers nodes in the order of their ids.
func (q query) Nodes(ctx context.Context, ids []graph.ID, asOf *graph.Date) ([]graph.Node, error) {
	if len(ids) > maxIDs {
		return nil, graph.Errorf(graph.LIMITED, "%d ids are given; the most is %d", len(ids), maxIDs).At("ids")
	}
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	out := make([]graph.Node, len(ids))
	for i, id := range ids {
		out[i] = v.Node(id)
	}
	return out, nil
}

// Link answers one link.
func (q query) Link(ctx context.Context, id graph.ID, asOf *graph.Date) (*graph.Link, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return v.Link(id), nil
}

// Links answers the links of a node.
func (q query) Links(ctx context.Context, of graph.ID, filter *graph.LinkFilter, first *int32, after *string, asOf *graph.Date) (*message.LinkConnection, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return v.PageOfLinksOf(of, orZero(filter), int(orZero(first)), orZero(after))
}

// Search answers what matches a text, with facets.
func (q query) Search(ctx context.Context, text string, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.SearchConnection, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return v.Search(graph.NodeQuery{Text: text, Filter: orZero(filter), Sort: sort, First: int(orZero(first)), After: orZero(after), NoFacets: !asked(ctx, "facets")})
}

// asked reports whether a field is asked for of what the resolver answers, under whatever name.
func asked(ctx context.Context, field string) bool {
	answered := graphql.GetFieldContext(ctx).Field.Definition.Type.Name()
	return slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, []string{answered}), func(f graphql.CollectedField) bool { return f.Name == field })
}

// Neighbourhood answers what lies around some nodes.
func (q query) Neighbourhood(ctx context.Context, ids []graph.ID, depth int32, kinds []graph.LinkKind, ended bool, limit int32, asOf *graph.Date, language *string) (*graph.Shape, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	shape, err := v.Neighbourhood(ids, int(depth), kinds, ended, int(limit))
	if err == nil && language != nil {
		v.Speak(shape, *language)
	}
	return shape, err
}

// Shape answers the whole visible network.
func (q query) Shape(ctx context.Context, kinds []graph.LinkKind, asOf *graph.Date) (*graph.Shape, error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	return v.Shape(kinds...), nil
}

func orZero[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}
