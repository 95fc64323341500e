package message

import "weft/graph"

// GapConnection is a page of gaps.
type GapConnection struct {
	*graph.Page[*Gap]
	Limited bool // more could be suggested than the list holds
}

// The other pages of the API. Each is an alias, so that what package graph returns is
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
	NodeConnection         = graph.Page[graph.Node]
	AllyConnection         = graph.Page[*Ally]
	SharedConnection       = graph.Page[*Shared]
	CoverageCellConnection = graph.Page[*CoverageCell]
	BrokerConnection       = graph.Page[*Broker]
	GroupConnection        = graph.Page[*Group]
	SharedPairConnection   = graph.Page[*SharedPair]
	PairConnection         = graph.Page[*Pair]
	InfluenceConnection    = graph.Page[*Influence]
	IntroductionConnection = graph.Page[*Introduction]
	DismissalConnection    = graph.Page[*Dismissal]
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
	NodeEdge         = graph.Edge[graph.Node]
	GapEdge          = graph.Edge[*Gap]
	AllyEdge         = graph.Edge[*Ally]
	SharedEdge       = graph.Edge[*Shared]
	CoverageCellEdge = graph.Edge[*CoverageCell]
	BrokerEdge       = graph.Edge[*Broker]
	GroupEdge        = graph.Edge[*Group]
	SharedPairEdge   = graph.Edge[*SharedPair]
	PairEdge         = graph.Edge[*Pair]
	InfluenceEdge    = graph.Edge[*Influence]
	IntroductionEdge = graph.Edge[*Introduction]
	DismissalEdge    = graph.Edge[*Dismissal]
	HistoryEdge      = graph.Edge[graph.HistoryEntry]
	HitEdge          = graph.Edge[graph.Hit]
)
