package graph

import "reflect"

// NodeKind is one of the ten kinds of node. Its value is the name in Go, in
// GraphQL and the label in the database.
type NodeKind string

// The kinds of node.
const (
	KindOrganization NodeKind = "Organization"
	KindIndividual   NodeKind = "Individual"
	KindIssue        NodeKind = "Issue"
	KindCoalition    NodeKind = "Coalition"
	KindCampaign     NodeKind = "Campaign"
	KindAction       NodeKind = "Action"
	KindEvent        NodeKind = "Event"
	KindCommunity    NodeKind = "Community"
	KindStory        NodeKind = "Story"
	KindSource       NodeKind = "Source"
)

// LinkKind is one of the kinds of link. Its value is the relationship type in
// the database.
type LinkKind string

// The kinds of link.
const (
	MEMBER_OF        LinkKind = "MEMBER_OF"
	AFFILIATED_WITH  LinkKind = "AFFILIATED_WITH"
	PART_OF          LinkKind = "PART_OF"
	WORKS_ON         LinkKind = "WORKS_ON"
	DRIVES           LinkKind = "DRIVES"
	ALLIED_WITH      LinkKind = "ALLIED_WITH"
	IN_DIALOGUE_WITH LinkKind = "IN_DIALOGUE_WITH"
	AFFECTED_BY      LinkKind = "AFFECTED_BY"
	REPRESENTS       LinkKind = "REPRESENTS"
	LEADS            LinkKind = "LEADS"
	SUPPORTS         LinkKind = "SUPPORTS"
	TARGETS          LinkKind = "TARGETS"
	INFLUENCES       LinkKind = "INFLUENCES"
	TOOK_PART_IN     LinkKind = "TOOK_PART_IN"
	FUNDS            LinkKind = "FUNDS"
	ABOUT            LinkKind = "ABOUT"
	TOLD_BY          LinkKind = "TOLD_BY"
)

// Visibility says who may see a node, a link or a field.
type Visibility string

// The five levels, widest first.
const (
	PUBLIC       Visibility = "PUBLIC"
	MEMBERS      Visibility = "MEMBERS"
	COALITION    Visibility = "COALITION" // members of the coalitions named in scopes
	COORDINATORS Visibility = "COORDINATORS"
	SEALED       Visibility = "SEALED" // stewards, with a reason and a second person
)

// LinkState says how well a link is established. That it ended is derived
// from its end date.
type LinkState string

// The states of a link.
const (
	CLAIMED   LinkState = "CLAIMED"
	CONFIRMED LinkState = "CONFIRMED"
	DISPUTED  LinkState = "DISPUTED"
)

// The vocabularies of the fields. The zero value of each is "not said".
type (
	// Capacity is something a group can offer or need.
	Capacity string
	// Classification is what sort of organization it is.
	Classification string
	// Horizon is how near the term of an issue or campaign is.
	Horizon string
	// IssueStatus is where an issue stands.
	IssueStatus string
	// CoalitionStatus is where a coalition stands.
	CoalitionStatus string
	// Openness is how one joins a coalition.
	Openness string
	// CampaignStatus is where a campaign stands.
	CampaignStatus string
	// ActionForm is the form of an action.
	ActionForm string
	// EventFormat is the format of an event.
	EventFormat string
	// Reliability grades a source.
	Reliability string
	// ContactKind is the kind of a contact point.
	ContactKind string
	// ConsentScope is whom a story may be told to.
	ConsentScope string
	// ConsentChannel is where a story may be told.
	ConsentChannel string
	// MemberRole is a role in a coalition.
	MemberRole string
	// PostKind is the sort of tie between an individual and an organization.
	PostKind string
	// Polarity says whether one issue worsens or eases another.
	Polarity string
	// WorkStance is the stance of an actor on an issue.
	WorkStance string
	// Channel is how two parties had contact.
	Channel string
	// CampaignRole is a role in a campaign.
	CampaignRole string
	// TakingPart is a role in an event or action.
	TakingPart string
)

// Vocabulary is a closed list of values of a named type, in the order to show.
type Vocabulary struct {
	Name   string
	Values []string
}

// Vocabularies returns every closed list, by name, in the catalogue's order.
func Vocabularies() []Vocabulary { return vocabularies }

var vocabularies = []Vocabulary{
	{"Visibility", []string{"PUBLIC", "MEMBERS", "COALITION", "COORDINATORS", "SEALED"}},
	{"LinkState", []string{"CLAIMED", "CONFIRMED", "DISPUTED"}},
	{"Capacity", []string{"LEGAL", "ORGANIZING", "RESEARCH", "DOCUMENTATION", "MEDIA", "DIGITAL_SECURITY", "ADVOCACY", "FUNDING", "TRAINING",
		"TRANSLATION", "PSYCHOSOCIAL_SUPPORT", "MEDICAL", "VENUE_AND_LOGISTICS", "POLICY", "INTERNATIONAL_OUTREACH"}},
	{"Classification", []string{"NGO", "COMMUNITY_GROUP", "UNION", "FAITH_BODY", "ACADEMIC", "MEDIA", "LAW_OFFICE", "FUNDER", "COMPANY",
		"POLITICAL_PARTY", "PUBLIC_AUTHORITY", "COURT", "STATE_MISSION", "INTERGOVERNMENTAL_BODY", "OTHER"}},
	{"Horizon", []string{"URGENT", "MID_TERM", "LONG_TERM"}},
	{"IssueStatus", []string{"EMERGING", "OPEN", "IMPROVING", "RESOLVED"}},
	{"CoalitionStatus", []string{"FORMING", "ACTIVE", "DORMANT", "ENDED"}},
	{"Openness", []string{"OPEN", "BY_INVITATION", "CLOSED"}},
	{"CampaignStatus", []string{"PLANNED", "RUNNING", "PAUSED", "WON", "LOST", "ENDED"}},
	{"ActionForm", []string{"PETITION", "LETTER", "CALL", "LOBBY_MEETING", "MEDIA", "SOCIAL_MEDIA", "COMMUNITY_ACTION", "LITIGATION", "BOYCOTT", "VIGIL"}},
	{"EventFormat", []string{"COMMUNITY_FORUM", "MEDIA_TRAINING", "TRAINING", "BRIEFING", "PANEL", "MEETING", "HEARING"}},
	{"Reliability", []string{"HIGH", "MEDIUM", "LOW"}},
	{"ContactKind", []string{"EMAIL", "PHONE", "MESSENGER", "POSTAL", "WEB_FORM", "IN_PERSON"}},
	{"ConsentScope", []string{"PUBLIC", "MEMBERS", "NAMED"}},
	{"ConsentChannel", []string{"DIRECTORY", "EMBED", "EXPORT", "PRESS", "SOCIAL_MEDIA", "EVENTS"}},
	{"MemberRole", []string{"CONVENER", "CHAIR", "OFFICER", "STEERING", "SECRETARIAT", "MEMBER", "OBSERVER", "FUNDER"}},
	{"PostKind", []string{"POST", "BOARD", "STAFF", "VOLUNTEER", "PARTY_MEMBER"}},
	{"Polarity", []string{"WORSENS", "EASES"}},
	{"WorkStance", []string{"FOR", "NEUTRAL", "AGAINST"}},
	{"Channel", []string{"MEETING", "VIDEO_CALL", "PHONE_CALL", "MAIL", "MESSAGE", "JOINT_EVENT"}},
	{"CampaignRole", []string{"LEAD", "STEERING_GROUP", "SPOKESPERSON", "RESEARCHER", "ORGANIZER", "ENDORSER", "AFFECTED_COMMUNITY"}},
	{"TakingPart", []string{"ORGANIZER", "SPEAKER", "PANELLIST", "TRAINER", "TRAINEE", "ATTENDEE", "WITNESS"}},
}

// vocabularyOf finds the closed list of a Go type by the type's name.
func vocabularyOf(t reflect.Type) *Vocabulary {
	for i := range vocabularies {
		if vocabularies[i].Name == t.Name() && t.PkgPath() != "" {
			return &vocabularies[i]
		}
	}
	return nil
}
