package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Level is what a viewer is trusted with.
type Level string

// The levels. A steward keeps people safe and also sees all that coordinators
// see. An admin runs the machine and sees what a member sees.
const (
	LevelVisitor     Level = "VISITOR"
	LevelMember      Level = "MEMBER"
	LevelCoordinator Level = "COORDINATOR"
	LevelSteward     Level = "STEWARD"
	LevelAdmin       Level = "ADMIN"
)

// Viewer is who asks. The zero Viewer is a public visitor.
type Viewer struct {
	Account      ID
	Level        Level
	Organization ID      // the node of the account's own organization
	Coalitions   []ID    // for "see as a member of": taken as given, beside those of Organization
	Grants       []Grant // sealed records opened to this person
}

// Grant opens sealed nodes to one person, on screens only, until it expires.
// It is given by a second steward and for a reason.
type Grant struct {
	IDs    []ID
	Reason string
	Second ID // account of the second steward
	Until  time.Time
}

func (v Viewer) rank() int {
	switch v.Level {
	case LevelSteward:
		return 3
	case LevelCoordinator:
		return 2
	case LevelMember, LevelAdmin:
		return 1
	}
	return 0
}

// AtLeast reports whether the viewer may do what the level may.
func (v Viewer) AtLeast(l Level) bool { return v.rank() >= Viewer{Level: l}.rank() }

// key tells viewers apart for caches and cursors.
func (v Viewer) key() string {
	c := slices.Clone(v.Coalitions)
	slices.Sort(c)
	return fmt.Sprint(v.Account, "|", v.Level, "|", v.Organization, "|", c)
}

// Surface is where an answer is shown. The transport sets it, never the client.
type Surface string

// The surfaces. REGISTER is the stewards' register of consent, the only place
// where a story is listed whatever its consent says.
const (
	SCREEN   Surface = "SCREEN"
	EMBED    Surface = "EMBED"
	EXPORT   Surface = "EXPORT"
	LIVE     Surface = "LIVE"
	REGISTER Surface = "REGISTER"
)

// channelOf is the consent a surface needs.
func (s Surface) channel() ConsentChannel {
	switch s {
	case EMBED:
		return "EMBED"
	case EXPORT:
		return "EXPORT"
	}
	return "DIRECTORY"
}

// audience is who may see a node or link: the whole rule as one comparable
// value, so that each network keeps every distinct rule once.
type audience struct {
	visibility Visibility
	scopes     string // ids of coalitions, sorted, joined by spaces
	story      bool   // consent is needed
	scope      ConsentScope
	named      string // ids, as scopes
	channels   string // joined by spaces
	from       Date
	until      Date
	refused    bool // withdrawn, or a minor without guardian
}

// audienceOf is the one place that turns a node or link into its audience.
func audienceOf(visibility Visibility, scopes []ID, story *Story) audience {
	a := audience{visibility: visibility}
	if visibility == COALITION {
		a.scopes = joinIDs(scopes)
	}
	if story != nil {
		c := &story.Consent
		channels := slices.Clone(c.Channels)
		slices.Sort(channels)
		a.story, a.scope, a.named, a.from, a.until = true, c.Scope, joinIDs(c.Named), c.From, c.Until
		a.channels = fmt.Sprint(channels)
		a.refused = c.Scope == "" || c.Withdrawn != 0 || (c.Minor && c.Guardian == "")
	}
	return a
}

func joinIDs(ids []ID) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(string(id))
		b.WriteByte(' ')
	}
	return b.String()
}

// eyes are a viewer on a surface on a day: what an audience is tested against.
type eyes struct {
	rank    int
	circles map[ID]bool // coalitions and campaigns the viewer belongs to
	surface Surface
	today   Date
}

// allow decides whether these eyes may see an audience. Nobody sees SEALED
// here: a grant is looked up by id.
func (e *eyes) allow(a audience) bool {
	if a.story && !e.consented(a) {
		return false
	}
	switch a.visibility {
	case PUBLIC:
		return true
	case MEMBERS:
		return e.rank >= 1
	case COALITION:
		return e.rank >= 2 || e.inAny(a.scopes)
	case COORDINATORS:
		return e.rank >= 2
	}
	return false
}

// consented reports whether the teller's consent covers these eyes. A consent
// given to named coalitions or campaigns is not widened by anybody's level.
func (e *eyes) consented(a audience) bool {
	if e.surface == REGISTER {
		return e.rank >= 3
	}
	if a.refused || !Covers(a.from, a.until, e.today) || !strings.Contains(a.channels, string(e.surface.channel())) {
		return false
	}
	switch a.scope {
	case "PUBLIC":
		return true
	case "MEMBERS":
		return e.rank >= 1
	case "NAMED":
		return e.inAny(a.named)
	}
	return false
}

func (e *eyes) inAny(ids string) bool {
	if len(e.circles) == 0 {
		return false
	}
	for id := range strings.FieldsSeq(ids) {
		if e.circles[ID(id)] {
			return true
		}
	}
	return false
}

// readsRestricted reports whether the eyes may read fields marked restricted:
// the at-risk flag and consent records. Contact points have their own rule.
func (e *eyes) readsRestricted() bool { return e.rank >= 2 }
