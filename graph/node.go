package graph

import (
	"slices"
	"strings"
	"time"
)

// Node is a node of the network: one of *Organization, *Individual, *Issue,
// *Coalition, *Campaign, *Action, *Event, *Community, *Story and *Source.
// Nodes handed out by a View are copies cut to what the viewer may read; they
// carry that View, so that questions asked of them stay in it.
type Node interface {
	// Core returns the fields that every kind has.
	Core() *Base
	node()
}

// Actor is a node that acts: an organization, an individual or a coalition.
type Actor interface {
	Node
	actor()
}

// Base holds what every node has. Identifiers are "scheme:value". Place is an
// ISO 3166 code or free text. Scopes are the ids of the coalitions that may see
// a node whose visibility is COALITION. Version counts the changes of what
// everybody who sees the node can read.
type Base struct {
	ID              ID
	Kind            NodeKind
	Name            string        `weft:"name"`
	OtherNames      []string      `weft:"otherNames"`
	Translations    []Translation `weft:"translations"`
	Summary         string        `weft:"summary"`
	Languages       []string      `weft:"languages"`
	Place           string        `weft:"place"`
	Latitude        *float64      `weft:"latitude"`
	Longitude       *float64      `weft:"longitude"`
	Identifiers     []string      `weft:"identifiers"`
	Web             []string      `weft:"web"`
	Visibility      Visibility    `weft:"visibility"`
	Scopes          []ID          `weft:"scopes"`
	Sources         []ID          `weft:"sources"`
	Version         int           `weft:"version,system"`
	CreatedAt       time.Time     `weft:"createdAt,system"`
	UpdatedAt       time.Time     `weft:"updatedAt,system"`
	LastConfirmedAt time.Time     `weft:"lastConfirmedAt"`

	view *View
}

// Core returns b itself.
func (b *Base) Core() *Base { return b }
func (b *Base) node()       {}

// Translation is the name of a node in another language (BCP 47 tag).
type Translation struct {
	Language string `weft:"translationLanguages"`
	Name     string `weft:"translationNames"`
}

// NameIn returns the name of the node in a language (BCP 47 tag), else in
// another form of that language, else as it is.
func (b *Base) NameIn(language string) string {
	if i := slices.IndexFunc(b.Translations, func(t Translation) bool { return strings.EqualFold(t.Language, language) }); i >= 0 {
		return b.Translations[i].Name
	}
	wanted, _, _ := strings.Cut(language, "-")
	for _, t := range b.Translations {
		if has, _, _ := strings.Cut(t.Language, "-"); wanted != "" && strings.EqualFold(has, wanted) {
			return t.Name
		}
	}
	return b.Name
}

// NameFor is NameIn, or the name as it is when no language is wanted.
func (b *Base) NameFor(language *string) string {
	if language == nil {
		return b.Name
	}
	return b.NameIn(*language)
}

// ContactPoint is one way to reach a node, with a visibility of its own. The
// list of contact points a viewer gets holds only those it may see.
type ContactPoint struct {
	Kind       ContactKind `weft:"contactPointKinds"`
	Value      string      `weft:"contactPointValues"`
	Note       string      `weft:"contactPointNotes"`
	Visibility Visibility  `weft:"contactPointVisibilities"`
}

// Organization is a group with an identity of its own: an NGO, a union, a
// party, an authority, a company.
type Organization struct {
	Base
	Classification      Classification `weft:"classification"`
	Founded             Date           `weft:"founded"`
	Dissolved           Date           `weft:"dissolved"`
	CapacitiesOffered   []Capacity     `weft:"capacitiesOffered"`
	CapacitiesNeeded    []Capacity     `weft:"capacitiesNeeded"`
	OpenToCollaboration bool           `weft:"openToCollaboration"`
	ContactPoints       []ContactPoint `weft:"contactPoints,restricted"`
}

// Individual is a person under a public name, which may be a pseudonym.
type Individual struct {
	Base
	CapacitiesOffered []Capacity     `weft:"capacitiesOffered"`
	AtRisk            bool           `weft:"atRisk,restricted"`
	ContactPoints     []ContactPoint `weft:"contactPoints,restricted"`
}

// Issue is something to be changed, linked to other issues as a system.
type Issue struct {
	Base
	Horizon Horizon     `weft:"horizon"`
	Status  IssueStatus `weft:"status"`
	Rights  []string    `weft:"rights"`
	Known   []Claim     `weft:"known"`
}

// Claim is one thing known of an issue, with the id of the Source it rests on.
type Claim struct {
	Text   string `weft:"knownTexts"`
	Source ID     `weft:"knownSources"`
}

// Coalition is a group of actors that act together.
type Coalition struct {
	Base
	Purpose          string          `weft:"purpose"`
	Status           CoalitionStatus `weft:"status"`
	Openness         Openness        `weft:"openness"`
	DecisionRule     string          `weft:"decisionRule"`
	CapacitiesNeeded []Capacity      `weft:"capacitiesNeeded"`
}

// Campaign is a bounded effort towards a goal, with measured progress.
type Campaign struct {
	Base
	Goal             string         `weft:"goal"`
	Horizon          Horizon        `weft:"horizon"`
	Status           CampaignStatus `weft:"status"`
	CapacitiesNeeded []Capacity     `weft:"capacitiesNeeded"`
	Start            Date           `weft:"start"`
	End              Date           `weft:"end"`
	Milestones       []Milestone    `weft:"milestones"`
	Indicators       []Indicator    `weft:"indicators"`
	Readings         []Measurement  `weft:"measurements"`
}

// Milestone is a step towards a campaign's goal; Reached is unknown until it is.
type Milestone struct {
	Title   string `weft:"milestoneTitles"`
	Due     Date   `weft:"milestoneDue"`
	Reached Date   `weft:"milestoneReached"`
}

// Indicator is what a campaign's progress is measured by.
type Indicator struct {
	Name     string  `weft:"indicatorNames"`
	Unit     string  `weft:"indicatorUnits"`
	Baseline float64 `weft:"indicatorBaselines"`
	Target   float64 `weft:"indicatorTargets"`
}

// Measurement is one dated reading of an indicator, named as in Indicators.
type Measurement struct {
	Indicator string  `weft:"measurementIndicators"`
	Date      Date    `weft:"measurementDates"`
	Value     float64 `weft:"measurementValues"`
	Source    ID      `weft:"measurementSources"`
}

// Action is something supporters can do.
type Action struct {
	Base
	Form       ActionForm `weft:"form"`
	WhatToDo   string     `weft:"whatToDo"`
	Location   string     `weft:"location"`
	WindowFrom Date       `weft:"windowFrom"`
	WindowTo   Date       `weft:"windowTo"`
	Pledged    int        `weft:"pledged"`
	Taken      int        `weft:"taken"`
}

// Event is a dated meeting of people.
type Event struct {
	Base
	Format   EventFormat `weft:"format"`
	Date     Date        `weft:"date"`
	Venue    string      `weft:"venue"`
	Capacity int         `weft:"capacity"`
}

// Community is people affected, named as a whole; never a list of persons.
type Community struct {
	Base
	Whereabouts string `weft:"whereabouts"`
	Size        string `weft:"size"`
}

// Story is somebody's account, kept under recorded consent. Without consent
// that is valid today for the surface asked, the story does not exist there.
type Story struct {
	Base
	Text       string  `weft:"text"`
	Media      string  `weft:"media"`
	TellerName string  `weft:"tellerName"`
	Consent    Consent `weft:"consent,restricted"`
}

// Consent records what the teller of a story agreed to. Named lists the
// coalitions and campaigns of scope NAMED. The zero Consent is none at all.
// Who recorded it, how, and the guardian are for coordinators and stewards.
type Consent struct {
	Scope      ConsentScope     `weft:"consentScope"`
	Named      []ID             `weft:"consentNamed"`
	Purpose    string           `weft:"consentPurpose"`
	Channels   []ConsentChannel `weft:"consentChannels"`
	Languages  []string         `weft:"consentLanguages"`
	From       Date             `weft:"consentFrom"`
	Until      Date             `weft:"consentUntil"`
	Minor      bool             `weft:"consentMinor"`
	Guardian   string           `weft:"consentGuardian"`
	RecordedBy string           `weft:"consentRecordedBy"`
	How        string           `weft:"consentHow"`
	Withdrawn  Date             `weft:"consentWithdrawn"`
}

// Source is a publication that claims rest on.
type Source struct {
	Base
	Title       string      `weft:"title"`
	Publisher   string      `weft:"publisher"`
	Published   Date        `weft:"published"`
	URL         string      `weft:"url"`
	Medium      string      `weft:"medium"`
	Reliability Reliability `weft:"reliability"`
}

func (*Organization) actor() {}
func (*Individual) actor()   {}
func (*Coalition) actor()    {}

// contactPointsOf returns where the contact points of n are kept, nil for
// kinds that have none.
func contactPointsOf(n Node) *[]ContactPoint {
	switch n := n.(type) {
	case *Organization:
		return &n.ContactPoints
	case *Individual:
		return &n.ContactPoints
	}
	return nil
}
