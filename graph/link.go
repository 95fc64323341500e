package graph

import "time"

// Link joins two nodes. Several links, of different kinds or of one, may join
// the same two. A symmetric link reads the same from both ends. It is seen only
// by who sees it and both its ends.
type Link struct {
	ID              ID
	Kind            LinkKind
	From            ID
	To              ID
	Since           Date       `weft:"since"`
	Until           Date       `weft:"until"`
	Strength        int        `weft:"strength"` // 1 to 5, 0 when not said
	Note            string     `weft:"note"`
	Visibility      Visibility `weft:"visibility"`
	Scopes          []ID       `weft:"scopes"`
	State           LinkState  `weft:"state"`
	Sources         []ID       `weft:"sources"`
	AssertedBy      ID         `weft:"assertedBy,system"`  // account
	ConfirmedBy     ID         `weft:"confirmedBy,system"` // account
	Version         int        `weft:"version,system"`
	CreatedAt       time.Time  `weft:"createdAt,system"`
	UpdatedAt       time.Time  `weft:"updatedAt,system"`
	LastConfirmedAt time.Time  `weft:"lastConfirmedAt"`
	Details         Details    // the kind's own fields; nil for kinds without any

	view *View
}

// Details are the own fields of a kind of link.
type Details interface{ details() }

// Membership details a MEMBER_OF link.
type Membership struct {
	Role MemberRole `weft:"role"`
}

// Affiliation details an AFFILIATED_WITH link.
type Affiliation struct {
	Post  string   `weft:"post"`
	Basis PostKind `weft:"basis"`
}

// Work details a WORKS_ON link.
type Work struct {
	Capacity Capacity   `weft:"capacity"`
	Priority int        `weft:"priority"` // 1 (highest) to 5, 0 when not said
	Stance   WorkStance `weft:"stance"`
}

// Drive details a DRIVES link. Weight is 1 to 5, 0 when not said.
type Drive struct {
	Polarity  Polarity `weft:"polarity"`
	Weight    int      `weft:"weight"`
	Mechanism string   `weft:"mechanism"`
}

// Alliance details an ALLIED_WITH link.
type Alliance struct {
	Formal bool `weft:"formal"`
}

// Dialogue details an IN_DIALOGUE_WITH link: its contacts, in order of date.
type Dialogue struct {
	Contacts []Contact `weft:"contacts"`
}

// Contact is one dated contact of a dialogue.
type Contact struct {
	Date    Date    `weft:"contactDates"`
	Channel Channel `weft:"contactChannels"`
	Note    string  `weft:"contactNotes"`
}

// Affliction details an AFFECTED_BY link. Severity is 1 to 5, 0 when not said.
type Affliction struct {
	Severity int `weft:"severity"`
}

// Representation details a REPRESENTS link.
type Representation struct {
	Mandate string `weft:"mandate"`
}

// CampaignPart details a LEADS or SUPPORTS link.
type CampaignPart struct {
	Role CampaignRole `weft:"role"`
}

// Targeting details a TARGETS link: readings of the target's power and stance,
// in order of date.
type Targeting struct {
	Readings []Reading `weft:"readings"`
}

// Reading is one dated reading of a target: power 1 to 5 (0 when not said),
// stance -2 (against) to +2 (for), and the id of its Source.
type Reading struct {
	Date   Date `weft:"readingDates"`
	Power  int  `weft:"readingPower"`
	Stance int  `weft:"readingStance"`
	Source ID   `weft:"readingSources"`
}

// Participation details a TOOK_PART_IN link.
type Participation struct {
	Role TakingPart `weft:"role"`
}

// Funding details a FUNDS link. Amounts are in units of the ISO 4217 currency.
type Funding struct {
	AmountFrom float64 `weft:"amountFrom"`
	AmountTo   float64 `weft:"amountTo"`
	Currency   string  `weft:"currency"`
	Purpose    string  `weft:"purpose"`
}

func (*Membership) details()     {}
func (*Affiliation) details()    {}
func (*Work) details()           {}
func (*Drive) details()          {}
func (*Alliance) details()       {}
func (*Dialogue) details()       {}
func (*Affliction) details()     {}
func (*Representation) details() {}
func (*CampaignPart) details()   {}
func (*Targeting) details()      {}
func (*Participation) details()  {}
func (*Funding) details()        {}
