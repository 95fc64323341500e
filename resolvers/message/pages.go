package message

import "weft/graph"

// The pages of the API. Each is an alias, so that what package graph returns is
// what the API answers.
type (
	OrganizationConnection = graph.Page[*graph.Organization]
	IndividualConnection   = graph.Page[*graph.Individual]
	IssueConnection        = graph.Page[*graph.Issue]
	CoalitionConnection    = graph.Page[*graph.Coalition]
	CampaignConnection     = graph.Page[*graph.Campaign]
	ActionConnection       = graph.Page[*graph.Action]
	EventConnection        = graph.Page[*graph.Event]
	CommunityConnection    = graph.Page[*graph.Community]
	StoryConnection        = graph.Page[*graph.Story]
	SourceConnection       = graph.Page[*graph.Source]
	LinkConnection         = graph.Page[*graph.Link]
	HistoryConnection      = graph.Page[graph.HistoryEntry]
	SearchConnection       = graph.SearchPage

	OrganizationEdge = graph.Edge[*graph.Organization]
	IndividualEdge   = graph.Edge[*graph.Individual]
	IssueEdge        = graph.Edge[*graph.Issue]
	CoalitionEdge    = graph.Edge[*graph.Coalition]
	CampaignEdge     = graph.Edge[*graph.Campaign]
	ActionEdge       = graph.Edge[*graph.Action]
	EventEdge        = graph.Edge[*graph.Event]
	CommunityEdge    = graph.Edge[*graph.Community]
	StoryEdge        = graph.Edge[*graph.Story]
	SourceEdge       = graph.Edge[*graph.Source]
	LinkEdge         = graph.Edge[*graph.Link]
	HistoryEdge      = graph.Edge[graph.HistoryEntry]
	HitEdge          = graph.Edge[graph.Hit]
)
