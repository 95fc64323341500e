package resolvers

import (
	"context"

	"weft/graph"
	"weft/resolvers/message"
)

// list answers one page of the nodes of one kind.
func list[T graph.Node](ctx context.Context, q query, kind graph.NodeKind, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*graph.Page[T], error) {
	v, err := q.view(ctx, asOf)
	if err != nil {
		return nil, err
	}
	f := orZero(filter)
	f.Kinds = []graph.NodeKind{kind}
	p, err := v.Nodes(graph.NodeQuery{Filter: f, Sort: sort, First: int(orZero(first)), After: orZero(after)})
	if err != nil {
		return nil, err
	}
	return graph.Narrow[T](p), nil
}

// Organizations lists organizations.
func (q query) Organizations(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.OrganizationConnection, error) {
	return list[*graph.Organization](ctx, q, graph.KindOrganization, filter, sort, first, after, asOf)
}

// Individuals lists individuals.
func (q query) Individuals(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.IndividualConnection, error) {
	return list[*graph.Individual](ctx, q, graph.KindIndividual, filter, sort, first, after, asOf)
}

// Issues lists issues.
func (q query) Issues(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.IssueConnection, error) {
	return list[*graph.Issue](ctx, q, graph.KindIssue, filter, sort, first, after, asOf)
}

// Coalitions lists coalitions.
func (q query) Coalitions(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.CoalitionConnection, error) {
	return list[*graph.Coalition](ctx, q, graph.KindCoalition, filter, sort, first, after, asOf)
}

// Campaigns lists campaigns.
func (q query) Campaigns(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.CampaignConnection, error) {
	return list[*graph.Campaign](ctx, q, graph.KindCampaign, filter, sort, first, after, asOf)
}

// Actions lists actions.
func (q query) Actions(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.ActionConnection, error) {
	return list[*graph.Action](ctx, q, graph.KindAction, filter, sort, first, after, asOf)
}

// Events lists events.
func (q query) Events(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.EventConnection, error) {
	return list[*graph.Event](ctx, q, graph.KindEvent, filter, sort, first, after, asOf)
}

// Communities lists communities.
func (q query) Communities(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.CommunityConnection, error) {
	return list[*graph.Community](ctx, q, graph.KindCommunity, filter, sort, first, after, asOf)
}

// Stories lists stories.
func (q query) Stories(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.StoryConnection, error) {
	return list[*graph.Story](ctx, q, graph.KindStory, filter, sort, first, after, asOf)
}

// Sources lists sources.
func (q query) Sources(ctx context.Context, filter *graph.NodeFilter, sort graph.Sort, first *int32, after *string, asOf *graph.Date) (*message.SourceConnection, error) {
	return list[*graph.Source](ctx, q, graph.KindSource, filter, sort, first, after, asOf)
}
