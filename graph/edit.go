package graph

import (
	"cmp"
	"context"
	"io"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Tx is an edit in progress. Its verbs check everything on what the author
// sees, with what the Tx has done so far, and change a draft; nothing is kept
// or seen by others until the whole edit is committed. An error from a verb
// leaves the draft usable only for being given up: return the error.
type Tx struct {
	by     Viewer
	now    time.Time
	random io.Reader
	draft  *draft
	view   *View // of the draft, for the author
	store  Store
	open   func(*Change) error    // makes a change of the log readable
	revise func(ID) (int64, bool) // the revision of a change
	ops    []Op
	seal   map[ID]bool // sealed by this edit: their past is to be sealed too
	erase  map[ID]bool // erased by this edit: so is their past
	added  map[ID]bool // nodes added by this edit: it may use them even where the author cannot see them afterwards
}

// Warning is something about an edit that is done all the same.
type Warning struct {
	Code string // DUPLICATE_LINK
	Text string
	Link ID // the link it is like
}

// see returns the author's view of the draft.
func (tx *Tx) see() *View {
	for i := len(tx.view.allowed); i < len(tx.draft.intern.list); i++ {
		tx.view.allowed = append(tx.view.allowed, tx.view.eyes.allow(tx.draft.intern.list[i]))
	}
	return tx.view
}

// Now returns the time of the edit, the same in every try.
func (tx *Tx) Now() time.Time { return tx.now }

// Node returns a node as the author sees it now, nil when hidden or absent.
func (tx *Tx) Node(id ID) Node { return tx.see().Node(id) }

// Link returns a link as the author sees it now, nil when hidden or absent.
func (tx *Tx) Link(id ID) *Link { return tx.see().Link(id) }

// LinksOf returns the links of a node as the author sees them now.
func (tx *Tx) LinksOf(id ID, f LinkFilter) []*Link { return tx.see().LinksOf(id, f) }

// Identified returns the nodes with an identifier as the author sees them now.
func (tx *Tx) Identified(identifier string) []Node { return tx.see().Identified(identifier) }

// NewID draws an id that is the same in every try of the edit.
func (tx *Tx) NewID() ID { return drawID(tx.random) }

// Ops returns how many operations the edit has so far, so that a caller can
// tell whether a verb changed anything.
func (tx *Tx) Ops() int { return len(tx.ops) }

// slot returns the slot of a node that the author sees or that this edit added.
func (tx *Tx) slot(id ID) (int32, bool) {
	i, ok := tx.see().slot(id)
	if !ok && tx.added[id] {
		i, ok = tx.draft.nodeAt.get(id)
	}
	return i, ok
}

// stored returns a visible node as it is kept, uncut.
func (tx *Tx) stored(id ID, field string) (Node, error) {
	i, ok := tx.slot(id)
	if !ok {
		return nil, notFound(field)
	}
	return tx.draft.nodes.at(i).node, nil
}

func (tx *Tx) storedLink(id ID, field string) (*Link, error) {
	i, ok := tx.draft.linkAt.get(id)
	if !ok || !tx.see().seesLink(i, true) {
		return nil, notFound(field)
	}
	return tx.draft.links.at(i).link, nil
}

// Add adds a node of a kind with the given fields and returns its id.
func (tx *Tx) Add(kind NodeKind, f Fields) (ID, error) {
	id := tx.NewID()
	return id, tx.AddAs(id, kind, f)
}

// AddAs is Add with an id chosen by the caller, for imports. An id that is
// taken, by whatever, is CONFLICT: only ids are unique, and they are random.
func (tx *Tx) AddAs(id ID, kind NodeKind, f Fields) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	info := NodeInfoOf(kind)
	if info == nil {
		return invalid("kind", "%.60q is no kind of node", kind)
	}
	if err := tx.fresh(id); err != nil {
		return err
	}
	n := info.new()
	b := n.Core()
	b.ID, b.Kind, b.Version, b.CreatedAt, b.UpdatedAt, b.Visibility = id, kind, 1, tx.now, tx.now, info.DefaultVisibility
	if err := decodeNode(n, f, false); err != nil {
		return err
	}
	if b.Visibility == "" {
		b.Visibility = info.DefaultVisibility
	}
	if err := tx.checkNode(nil, n); err != nil {
		return err
	}
	tx.putNode(ADD, nil, n)
	if tx.added == nil {
		tx.added = map[ID]bool{}
	}
	tx.added[id] = true
	return nil
}

func (tx *Tx) fresh(id ID) error {
	if !id.Valid() {
		return invalid("id", "%.60q is not an id", id)
	}
	_, n := tx.draft.nodeAt.get(id)
	_, l := tx.draft.linkAt.get(id)
	_, r := tx.draft.records.get(id)
	if n || l || r {
		return Errorf(CONFLICT, "the id %s is taken", id).At("id")
	}
	return nil
}

// Change sets the given fields of a node: absent ones stay, nil ones are
// cleared. expected is the version the author last saw; when the node has
// another the error is CONFLICT. nil means whatever the version. Fields equal
// to what is there change nothing and log nothing. Entries of lists that the
// author cannot see are kept.
func (tx *Tx) Change(id ID, expected *int, f Fields) error {
	if err := tx.by.May(ActChange); err != nil {
		return err
	}
	old, err := tx.stored(id, "id")
	if err != nil {
		return err
	}
	if err := checkVersion(expected, old.Core().Version); err != nil {
		return err
	}
	n := copyNode(old)
	if err := decodeNode(n, f, false); err != nil {
		return err
	}
	if _, given := f["sources"]; given {
		if err := tx.checkSources(nil, n.Core().Sources); err != nil {
			return err
		}
	}
	tx.keepHidden(old, n)
	if err := tx.checkNode(old, n); err != nil {
		return err
	}
	tx.putNode(CHANGE, old, n)
	return nil
}

func checkVersion(expected *int, version int) error {
	if expected != nil && *expected != version {
		return Errorf(CONFLICT, "it was changed since you read it: you have version %d, it is at version %d. Read it again and decide anew", *expected, version).At("expectedVersion")
	}
	return nil
}

// keepHidden puts back what the author replaced without being able to see it.
func (tx *Tx) keepHidden(old, n Node) {
	v := tx.see()
	if p := contactPointsOf(n); p != nil {
		for _, c := range *contactPointsOf(old) {
			if !v.eyes.allow(audience{visibility: c.Visibility}) && !slices.Contains(*p, c) {
				*p = append(slices.Clone(*p), c)
			}
		}
	}
	b, o := n.Core(), old.Core()
	b.Sources, b.Scopes = keepHiddenIDs(v, o.Sources, b.Sources), keepHiddenIDs(v, o.Scopes, b.Scopes)
}

func keepHiddenIDs(v *View, old, now []ID) []ID {
	for _, id := range old {
		if v.hides(id) && !slices.Contains(now, id) {
			now = append(slices.Clone(now), id)
		}
	}
	return now
}

// checkNode holds the rules that fields alone do not say.
func (tx *Tx) checkNode(old, n Node) error {
	b := n.Core()
	if b.Name == "" {
		return invalid("name", "a %s needs a name", strings.ToLower(string(b.Kind)))
	}
	if err := tx.checkAudience(b.Visibility, b.Scopes, old == nil || old.Core().Visibility != b.Visibility); err != nil {
		return err
	}
	if b.Visibility != COALITION {
		b.Scopes = nil
	}
	if err := checkValues(n); err != nil {
		return err
	}
	if err := tx.checkSources(idsOf(old, func(o *Base) []ID { return o.Sources }), b.Sources); err != nil {
		return err
	}
	switch n := n.(type) {
	case *Individual:
		if was, _ := old.(*Individual); n.AtRisk != (was != nil && was.AtRisk) {
			return tx.by.May(ActGuard)
		}
	case *Story:
		var was Consent
		if o, ok := old.(*Story); ok {
			was = o.Consent
		}
		return tx.checkConsent(&was, &n.Consent)
	}
	return nil
}

// checkValues holds those rules that need no look at other rows.
func checkValues(n Node) error {
	b := n.Core()
	if (b.Latitude == nil) != (b.Longitude == nil) {
		return invalid("latitude", "latitude and longitude go together")
	}
	if b.Latitude != nil && (math.Abs(*b.Latitude) > 90 || math.Abs(*b.Longitude) > 180) {
		return invalid("latitude", "latitude is -90 to 90, longitude -180 to 180")
	}
	for _, id := range b.Identifiers {
		if scheme, value, ok := strings.Cut(id, ":"); !ok || scheme == "" || value == "" {
			return invalid("identifiers", "%.60q is not an identifier: write scheme:value", id)
		}
	}
	for _, w := range b.Web {
		if err := checkURL("web", w); err != nil {
			return err
		}
	}
	if p := contactPointsOf(n); p != nil {
		for i := range *p {
			c := &(*p)[i]
			if c.Visibility == "" {
				c.Visibility = COORDINATORS
			}
			if c.Visibility == COALITION || c.Visibility == SEALED {
				return invalid("contactPoints", "a contact point is for PUBLIC, MEMBERS or COORDINATORS")
			}
		}
	}
	switch n := n.(type) {
	case *Organization:
		return checkSpan("dissolved", n.Founded, n.Dissolved)
	case *Campaign:
		for _, m := range n.Readings {
			if !slices.ContainsFunc(n.Indicators, func(i Indicator) bool { return i.Name == m.Indicator }) {
				return invalid("measurements", "there is no indicator %.60q to measure", m.Indicator)
			}
		}
		return checkSpan("end", n.Start, n.End)
	case *Action:
		if n.Pledged < 0 || n.Taken < 0 {
			return invalid("taken", "counts are 0 or more")
		}
		return checkSpan("windowTo", n.WindowFrom, n.WindowTo)
	case *Event:
		if n.Capacity < 0 {
			return invalid("capacity", "a capacity is 0 or more")
		}
	case *Source:
		if n.URL != "" {
			return checkURL("url", n.URL)
		}
	}
	return nil
}

func (tx *Tx) checkConsent(was, c *Consent) error {
	fields := func(c *Consent) Fields { return FieldsOfNode(&Story{Base: Base{Kind: KindStory}, Consent: *c}) }
	if fields(was).Equal(fields(c)) {
		return nil
	}
	if err := tx.by.May(ActGuard); err != nil {
		return err
	}
	switch {
	case c.Scope == "":
		return nil // no consent: the story exists nowhere
	case c.Scope == "NAMED" && len(c.Named) == 0:
		return invalid("consentNamed", "consent for named coalitions or campaigns names at least one")
	case c.Scope != "NAMED" && len(c.Named) > 0:
		return invalid("consentNamed", "only consent of scope NAMED names coalitions or campaigns")
	case len(c.Channels) == 0:
		return invalid("consentChannels", "consent says where the story may be told: name at least one channel")
	case c.Minor && c.Guardian == "":
		return invalid("consentGuardian", "the consent of a minor is given by a guardian: name them")
	case c.RecordedBy == "" || c.How == "":
		return invalid("consentRecordedBy", "consent says who recorded it and how")
	}
	for _, id := range c.Named {
		if _, ok := tx.slot(id); !ok && !slices.Contains(was.Named, id) {
			return notFound("consentNamed")
		}
	}
	return checkSpan("consentUntil", c.From, c.Until)
}

func idsOf(n Node, get func(*Base) []ID) []ID {
	if n == nil {
		return nil
	}
	return get(n.Core())
}

// checkSources wants every source added to be a Source the author can see. Of
// those an author names was is nil: naming a hidden one that is there already
// must not differ from naming one that does not exist.
func (tx *Tx) checkSources(was, now []ID) error {
	for _, id := range now {
		if slices.Contains(was, id) {
			continue
		}
		i, ok := tx.slot(id)
		if !ok {
			return notFound("sources")
		}
		if nodeKinds[tx.draft.nodes.at(i).kind].Kind != KindSource {
			return invalid("sources", "%s is not a Source", id)
		}
	}
	return nil
}

func (tx *Tx) checkAudience(visibility Visibility, scopes []ID, changed bool) error {
	if visibility == SEALED && changed {
		if err := tx.by.May(ActSeal); err != nil {
			return err
		}
	}
	if visibility != COALITION {
		return nil
	}
	if len(scopes) == 0 {
		return invalid("scopes", "visibility COALITION names the coalitions in scopes")
	}
	for _, id := range scopes {
		i, ok := tx.draft.nodeAt.get(id)
		if ok && tx.see().seesNode(i) && nodeKinds[tx.draft.nodes.at(i).kind].Kind != KindCoalition {
			return invalid("scopes", "%s is not a coalition", id)
		}
		if changed && (!ok || !tx.see().seesNode(i)) {
			return notFound("scopes")
		}
	}
	return nil
}

func checkSpan(field string, from, to Date) error {
	if to.Before(from) {
		return invalid(field, "%s (%s) is before the start (%s)", field, to, from)
	}
	return nil
}

// checkURL wants a web address that a browser opens without running it.
func checkURL(field, s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return invalid(field, "%.80q is not a web address: write https://…", s)
	}
	return nil
}

// Connect adds a link and returns its id, with a warning when the author can
// see one that looks the same.
func (tx *Tx) Connect(kind LinkKind, from, to ID, f Fields) (ID, []Warning, error) {
	id := tx.NewID()
	w, err := tx.ConnectAs(id, kind, from, to, f)
	return id, w, err
}

// ConnectAs is Connect with an id chosen by the caller, for imports.
func (tx *Tx) ConnectAs(id ID, kind LinkKind, from, to ID, f Fields) ([]Warning, error) {
	if err := tx.by.May(ActAdd); err != nil {
		return nil, err
	}
	info := LinkInfoOf(kind)
	if info == nil {
		return nil, invalid("kind", "%.60q is no kind of link", kind)
	}
	if err := tx.fresh(id); err != nil {
		return nil, err
	}
	a, err := tx.stored(from, "from")
	if err != nil {
		return nil, err
	}
	b, err := tx.stored(to, "to")
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, invalid("to", "a link joins two different nodes")
	}
	if ka, kb := a.Core().Kind, b.Core().Kind; !info.Joins(ka, kb) {
		return nil, invalid("kind", "%s does not join %s to %s", kind, ka, kb)
	}
	l := &Link{ID: id, Kind: kind, From: from, To: to, Visibility: info.DefaultVisibility, State: CLAIMED,
		AssertedBy: tx.by.Account, Version: 1, CreatedAt: tx.now, UpdatedAt: tx.now}
	if err := decodeLink(l, f, false); err != nil {
		return nil, err
	}
	if l.Visibility == "" {
		l.Visibility = info.DefaultVisibility
	}
	if l.State == "" {
		l.State = CLAIMED
	}
	if err := tx.checkLink(nil, l); err != nil {
		return nil, err
	}
	if kind == PART_OF && tx.reaches(to, from) {
		return nil, invalid("to", "this would make a circle of PART_OF: %q is already part of %q", b.Core().Name, a.Core().Name)
	}
	warnings := tx.duplicates(l)
	tx.putLink(ADD, nil, l)
	return warnings, nil
}

// reaches reports whether the author sees a way from one node up to another
// along PART_OF.
func (tx *Tx) reaches(from, to ID) bool {
	v := tx.see()
	start, _ := v.slot(from)
	goal, _ := v.slot(to)
	f := LinkFilter{Kinds: []LinkKind{PART_OF}, Direction: OUT, Ended: true}
	seen, ring := map[int32]bool{start: true}, []int32{start}
	for len(ring) > 0 && !seen[goal] {
		i := ring[len(ring)-1]
		ring = ring[:len(ring)-1]
		v.eachLink(i, &f, func(_, other int32) bool {
			if !seen[other] {
				seen[other] = true
				ring = append(ring, other)
			}
			return true
		})
	}
	return seen[goal]
}

func (tx *Tx) duplicates(l *Link) (out []Warning) {
	v := tx.see()
	from, _ := v.slot(l.From)
	f := LinkFilter{Kinds: []LinkKind{l.Kind}, Direction: OUT, Ended: true}
	looked := 0 // the look is bounded by what is visible, never by what is there
	v.eachLink(from, &f, func(j, other int32) bool {
		have := v.net.links.at(j).link
		same := have.To == l.To || linkKinds[linkIndex(l.Kind)].Symmetric && have.From == l.To
		if same && roleOf(have) == roleOf(l) && Overlap(have.Since, have.Until, l.Since, l.Until) {
			out = append(out, Warning{"DUPLICATE_LINK", "there is a link of this kind between the two for an overlapping time", have.ID})
		}
		looked++
		return looked < 2000
	})
	return out
}

func roleOf(l *Link) string {
	switch d := l.Details.(type) {
	case *Membership:
		return string(d.Role)
	case *CampaignPart:
		return string(d.Role)
	case *Participation:
		return string(d.Role)
	case *Affiliation:
		return d.Post
	}
	return ""
}

// ChangeLink sets the given fields of a link, as [Tx.Change] does of a node.
// Its kind and ends never change.
func (tx *Tx) ChangeLink(id ID, expected *int, f Fields) error {
	return tx.alterLink(CHANGE, ActChange, id, expected, func(l *Link) error {
		if err := decodeLink(l, f, false); err != nil {
			return err
		}
		if _, given := f["sources"]; given {
			return tx.checkSources(nil, l.Sources)
		}
		return nil
	})
}

func (tx *Tx) alterLink(verb Verb, act Act, id ID, expected *int, alter func(*Link) error) error {
	if err := tx.by.May(act); err != nil {
		return err
	}
	old, err := tx.storedLink(id, "id")
	if err != nil {
		return err
	}
	if err := checkVersion(expected, old.Version); err != nil {
		return err
	}
	l := copyLink(old)
	if err := alter(l); err != nil {
		return err
	}
	v := tx.see()
	l.Sources, l.Scopes = keepHiddenIDs(v, old.Sources, l.Sources), keepHiddenIDs(v, old.Scopes, l.Scopes)
	if err := tx.checkLink(old, l); err != nil {
		return err
	}
	tx.putLink(verb, old, l)
	return nil
}

func (tx *Tx) checkLink(old, l *Link) error {
	var wasVisible Visibility
	var wasSources []ID
	wasState := CLAIMED
	if old != nil {
		wasVisible, wasSources, wasState = old.Visibility, old.Sources, old.State
	}
	if l.State != wasState {
		if err := tx.by.May(ActVouch); err != nil {
			return err
		}
		if l.State == CONFIRMED && (old == nil || old.ConfirmedBy == "" || wasState != CONFIRMED) {
			l.ConfirmedBy = tx.by.Account
			if l.LastConfirmedAt.IsZero() {
				l.LastConfirmedAt = tx.now
			}
		}
	}
	if l.Strength < 0 || l.Strength > 5 {
		return invalid("strength", "strength is 1 to 5, not %d", l.Strength)
	}
	sealedByDefault := old == nil && LinkInfoOf(l.Kind).DefaultVisibility == SEALED
	if err := tx.checkAudience(l.Visibility, l.Scopes, l.Visibility != wasVisible && !(sealedByDefault && l.Visibility == SEALED)); err != nil {
		return err
	}
	if l.Visibility != COALITION {
		l.Scopes = nil
	}
	if err := tx.checkSources(wasSources, l.Sources); err != nil {
		return err
	}
	for _, c := range []struct {
		field string
		value int
	}{{"priority", detail(l, func(d *Work) int { return d.Priority })}, {"weight", detail(l, func(d *Drive) int { return d.Weight })}, {"severity", detail(l, func(d *Affliction) int { return d.Severity })}} {
		if c.value < 0 || c.value > 5 {
			return invalid(c.field, "%s is 1 to 5, not %d", c.field, c.value)
		}
	}
	switch d := l.Details.(type) {
	case *Dialogue:
		slices.SortStableFunc(d.Contacts, func(a, b Contact) int { return a.Date.Compare(b.Date) })
	case *Targeting:
		for _, r := range d.Readings {
			if err := checkReading(r); err != nil {
				return err
			}
		}
		slices.SortStableFunc(d.Readings, func(a, b Reading) int { return a.Date.Compare(b.Date) })
	case *Funding:
		if d.AmountFrom < 0 || d.AmountTo < 0 || d.AmountTo != 0 && d.AmountTo < d.AmountFrom {
			return invalid("amountTo", "amounts are 0 or more, the lower first")
		}
		if d.Currency != "" && (len(d.Currency) != 3 || strings.ToUpper(d.Currency) != d.Currency) {
			return invalid("currency", "%.10q is not a currency: write its ISO 4217 code, such as EUR", d.Currency)
		}
	}
	return checkSpan("until", l.Since, l.Until)
}

func detail[D Details](l *Link, get func(D) int) int {
	if d, ok := l.Details.(D); ok {
		return get(d)
	}
	return 0
}

func checkReading(r Reading) error {
	if r.Power < 0 || r.Power > 5 {
		return invalid("readingPower", "power is 1 to 5, not %d", r.Power)
	}
	if r.Stance < -2 || r.Stance > 2 {
		return invalid("readingStance", "stance is -2 (against) to 2 (for), not %d", r.Stance)
	}
	return nil
}

// Confirm says that a link or node is still right: a link becomes CONFIRMED.
func (tx *Tx) Confirm(id ID) error {
	if err := tx.by.May(ActVouch); err != nil {
		return err
	}
	if old, err := tx.stored(id, "id"); err == nil {
		n := copyNode(old)
		n.Core().LastConfirmedAt = tx.now
		tx.putNode(CONFIRM, old, n)
		return nil
	}
	return tx.alterLink(CONFIRM, ActVouch, id, nil, func(l *Link) error {
		l.State, l.ConfirmedBy, l.LastConfirmedAt = CONFIRMED, tx.by.Account, tx.now
		return nil
	})
}

// Dispute says that a link is in doubt; the note, when given, replaces the link's.
func (tx *Tx) Dispute(id ID, note string) error {
	return tx.alterLink(DISPUTE, ActVouch, id, nil, func(l *Link) error {
		l.State = DISPUTED
		if note != "" {
			return decodeLink(l, Fields{"note": note}, false)
		}
		return nil
	})
}

// End says when a link ended. A link that has ended stays in the past of both ends.
func (tx *Tx) End(id ID, expected *int, until Date) error {
	if until == 0 {
		return invalid("until", "say when it ended: 2026, 2026-11 or 2026-11-24")
	}
	return tx.alterLink(END, ActChange, id, expected, func(l *Link) error { l.Until = until; return nil })
}

// RecordContact adds a dated contact to a dialogue.
func (tx *Tx) RecordContact(link ID, c Contact) error {
	if c.Date == 0 {
		return invalid("date", "say when the contact was")
	}
	return tx.alterLink(NOTE, ActAdd, link, nil, func(l *Link) error {
		d, ok := l.Details.(*Dialogue)
		if !ok {
			return invalid("id", "contacts are recorded on IN_DIALOGUE_WITH links")
		}
		f := FieldsOfLink(l)
		return decodeLink(l, Fields{
			"contactDates":    append(listIn(f, "contactDates", len(d.Contacts)), c.Date.String()),
			"contactChannels": append(listIn(f, "contactChannels", len(d.Contacts)), string(c.Channel)),
			"contactNotes":    append(listIn(f, "contactNotes", len(d.Contacts)), c.Note),
		}, false)
	})
}

// RecordReading adds a dated reading of a target's power and stance.
func (tx *Tx) RecordReading(link ID, r Reading) error {
	if r.Date == 0 {
		return invalid("date", "say when the reading was made")
	}
	if err := checkReading(r); err != nil {
		return err
	}
	if r.Source != "" {
		if err := tx.checkSources(nil, []ID{r.Source}); err != nil {
			return err
		}
	}
	return tx.alterLink(NOTE, ActAdd, link, nil, func(l *Link) error {
		d, ok := l.Details.(*Targeting)
		if !ok {
			return invalid("id", "readings are recorded on TARGETS links")
		}
		if len(d.Readings) >= maxList {
			return Errorf(LIMITED, "this target has %d readings already, the most there is room for", maxList)
		}
		l.Details = &Targeting{append(slices.Clone(d.Readings), r)}
		return nil
	})
}

// RecordMeasurement adds a dated reading of one of a campaign's indicators.
func (tx *Tx) RecordMeasurement(campaign ID, m Measurement) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	if m.Date == 0 {
		return invalid("date", "say when it was measured")
	}
	old, err := tx.stored(campaign, "id")
	if err != nil {
		return err
	}
	was, ok := old.(*Campaign)
	if !ok {
		return invalid("id", "measurements are recorded on campaigns")
	}
	if m.Source != "" {
		if err := tx.checkSources(nil, []ID{m.Source}); err != nil {
			return err
		}
	}
	if len(was.Readings) >= maxList {
		return Errorf(LIMITED, "this campaign has %d measurements already, the most there is room for", maxList)
	}
	n := copyNode(old).(*Campaign)
	n.Readings = append(slices.Clone(was.Readings), m)
	slices.SortStableFunc(n.Readings, func(a, b Measurement) int {
		return cmp.Or(strings.Compare(a.Indicator, b.Indicator), a.Date.Compare(b.Date))
	})
	if err := tx.checkNode(old, n); err != nil {
		return err
	}
	tx.putNode(NOTE, old, n)
	return nil
}

func listIn(f Fields, name string, n int) []string {
	if l, ok := f[name].([]string); ok {
		return slices.Clone(l)
	}
	return make([]string, n)
}

// Remove removes a node with all its links, or a link. Undo brings it back. It
// returns the ids of the links removed that the author could see.
func (tx *Tx) Remove(id ID, expected *int) ([]ID, error) {
	if err := tx.by.May(ActRemove); err != nil {
		return nil, err
	}
	if n, err := tx.stored(id, "id"); err == nil {
		if err := checkVersion(expected, n.Core().Version); err != nil {
			return nil, err
		}
		return tx.removeNode(REMOVE, n), nil
	}
	l, err := tx.storedLink(id, "id")
	if err != nil {
		return nil, err
	}
	if err := checkVersion(expected, l.Version); err != nil {
		return nil, err
	}
	tx.removeLink(REMOVE, l)
	return []ID{id}, nil
}

func (tx *Tx) removeNode(verb Verb, n Node) (visible []ID) {
	id := n.Core().ID
	i, _ := tx.draft.nodeAt.get(id)
	s := tx.draft.nodes.at(i)
	slots := slices.Concat(s.out, s.in)
	v := tx.see()
	var links []*Link
	for _, j := range slots {
		l := tx.draft.links.at(j).link
		if v.seesLink(j, true) {
			visible = append(visible, l.ID)
		}
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b *Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range links {
		if _, still := tx.draft.linkAt.get(l.ID); still {
			tx.removeLink(verb, l)
		}
	}
	tx.log(Op{Verb: verb, Class: NODE, ID: id, Kind: string(n.Core().Kind), Before: FieldsOfNode(n), Sealed: n.Core().Visibility == SEALED})
	tx.draft.dropNode(id)
	slices.Sort(visible)
	return visible
}

func (tx *Tx) removeLink(verb Verb, l *Link) {
	tx.log(Op{Verb: verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To, Before: FieldsOfLink(l), Sealed: tx.linkSealed(l)})
	tx.draft.dropLink(l.ID)
}

// linkSealed reports whether a link is kept in a box: when it or one of its
// ends is sealed, since the link alone would tell of the sealed end.
func (tx *Tx) linkSealed(l *Link) bool {
	if l.Visibility == SEALED {
		return true
	}
	for _, id := range [2]ID{l.From, l.To} {
		if i, ok := tx.draft.nodeAt.get(id); ok && tx.draft.nodes.at(i).node.Core().Visibility == SEALED {
			return true
		}
	}
	return false
}

// putNode puts a node in the draft and logs it. A change of nothing is no
// change; one of what not everybody reads who sees the node leaves version and
// date as they are, since everybody who sees it can read those.
func (tx *Tx) putNode(verb Verb, old, n Node) {
	op := Op{Verb: verb, Class: NODE, ID: n.Core().ID, Kind: string(n.Core().Kind)}
	b := n.Core()
	if old == nil {
		op.After = FieldsOfNode(n)
	} else {
		before, after := FieldsOfNode(old), FieldsOfNode(n)
		if before.Equal(after) {
			return
		}
		info := NodeInfoOf(b.Kind)
		if !tx.common(before, info.Field, old.Core().ID).Equal(tx.common(after, info.Field, b.ID)) {
			b.Version, b.UpdatedAt = old.Core().Version+1, tx.now
			after = FieldsOfNode(n)
		}
		op.Before, op.After = differing(before, after, info.Field)
	}
	wasSealed := old != nil && old.Core().Visibility == SEALED
	isSealed := b.Visibility == SEALED
	op.Sealed = wasSealed || isSealed
	row := rowOfNode(n)
	op.Row = &row
	op.boxed = isSealed
	if old != nil && wasSealed != isSealed {
		tx.moveAcross(n, &op, isSealed)
		return
	}
	tx.draft.putNode(n)
	tx.log(op)
}

// moveAcross logs a node that became sealed or ceased to be. Its links are
// boxed or unboxed with it, in the order a store can write them: into the box
// links first, out of it the node first.
func (tx *Tx) moveAcross(n Node, op *Op, isSealed bool) {
	id := n.Core().ID
	i, _ := tx.draft.nodeAt.get(id)
	tx.draft.putNode(n)
	if !isSealed {
		tx.log(*op)
	} else {
		tx.seal[id] = true
	}
	s := tx.draft.nodes.at(i)
	for _, j := range slices.Concat(s.out, s.in) {
		l := tx.draft.links.at(j).link
		f := FieldsOfLink(l)
		link := Op{Verb: op.Verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To, Sealed: true}
		link.Before, link.After = differing(f, f, LinkInfoOf(l.Kind).Field)
		row := rowOfLink(l)
		link.Row = &row
		link.boxed = tx.linkSealed(l)
		tx.log(link)
		if isSealed {
			tx.seal[l.ID] = true
		}
	}
	if isSealed {
		tx.log(*op)
	}
}

func (tx *Tx) putLink(verb Verb, old, l *Link) {
	op := Op{Verb: verb, Class: LINK, ID: l.ID, Kind: string(l.Kind), From: l.From, To: l.To}
	wasSealed := false
	if old == nil {
		op.After = FieldsOfLink(l)
	} else {
		before, after, info := FieldsOfLink(old), FieldsOfLink(l), LinkInfoOf(l.Kind)
		if before.Equal(after) {
			return
		}
		if !tx.common(before, info.Field, l.From, l.To).Equal(tx.common(after, info.Field, l.From, l.To)) {
			l.Version, l.UpdatedAt = old.Version+1, tx.now
			after = FieldsOfLink(l)
		}
		op.Before, op.After = differing(before, after, info.Field)
		wasSealed = tx.linkSealed(old)
	}
	isSealed := tx.linkSealed(l)
	op.Sealed = wasSealed || isSealed
	if old != nil && isSealed && !wasSealed {
		tx.seal[l.ID] = true
	}
	row := rowOfLink(l)
	op.Row = &row
	op.boxed = isSealed
	tx.draft.putLink(l)
	tx.log(op)
}

func (tx *Tx) log(op Op) { tx.ops = append(tx.ops, op) }

// audienceFields are kept in both sides of every logged change, so that who
// could see a row then can be read off its entry.
var audienceFields = []string{"visibility", "scopes", "consentScope", "consentNamed", "consentChannels", "consentFrom", "consentUntil", "consentMinor", "consentGuardian", "consentWithdrawn"}

// differing returns the fields in which two states differ, and always those
// that say who sees the row. Of a list of structs it is all columns or none,
// since the row's own cut may need one column to judge another.
func differing(before, after Fields, find func(string) *Field) (b, a Fields) {
	b, a = Fields{}, Fields{}
	put := func(to, from Fields, k string) {
		if v, ok := from[k]; ok {
			to[k] = v
		} else {
			to[k] = nil
		}
	}
	both := maps.Clone(before)
	maps.Copy(both, after)
	groups := map[string]bool{}
	for k := range both {
		if !equalValue(before[k], after[k]) {
			put(b, before, k)
			put(a, after, k)
			if f := find(k); f != nil && f.Group != "" {
				groups[f.Group] = true
			}
		}
	}
	for k := range both {
		if f := find(k); slices.Contains(audienceFields, k) || f != nil && groups[f.Group] {
			put(b, before, k)
			put(a, after, k)
		}
	}
	return b, a
}

// noField is how the catalogue knows the fields of records: not at all.
func noField(string) *Field { return nil }

func equalValue(a, b any) bool { return (Fields{"": a}).Equal(Fields{"": b}) }

// common returns those fields of a row that everybody reads who sees it: no
// restricted ones, and no id of a node that some of them may not see. rows are
// the nodes whose audiences bound who sees the row.
func (tx *Tx) common(f Fields, find func(string) *Field, rows ...ID) Fields {
	bounds := []audience{recordAudience(f)}
	for _, id := range rows {
		if i, ok := tx.draft.nodeAt.get(id); ok {
			bounds = append(bounds, tx.draft.intern.list[tx.draft.nodes.at(i).audience])
		}
	}
	seen := func(id string) bool {
		i, ok := tx.draft.nodeAt.get(ID(id))
		return ok && slices.ContainsFunc(bounds, tx.draft.intern.list[tx.draft.nodes.at(i).audience].includes)
	}
	out := Fields{}
	for k, v := range f {
		field := find(k)
		if field == nil || field.Restricted || k == "version" || k == "updatedAt" {
			continue
		}
		if list, ok := v.([]string); ok && field.Type == REF {
			list = slices.Clone(list)
			if field.Group != "" { // a column keeps its length
				for i := range list {
					if !seen(list[i]) {
						list[i] = ""
					}
				}
			} else if list = slices.DeleteFunc(list, func(id string) bool { return !seen(id) }); len(list) == 0 {
				continue
			}
			v = list
		}
		out[k] = v
	}
	return out
}

// Merge makes one node of two of the same kind: into takes the links, other
// names, identifiers, addresses and sources of from and whatever of its fields
// it lacks; from is removed. Links get new ids; one that would join into to
// itself goes.
func (tx *Tx) Merge(into, from ID) error {
	if err := tx.by.May(ActRemove); err != nil {
		return err
	}
	a, err := tx.stored(into, "into")
	if err != nil {
		return err
	}
	b, err := tx.stored(from, "from")
	if err != nil {
		return err
	}
	if into == from {
		return invalid("from", "a node cannot be merged into itself")
	}
	if a.Core().Kind != b.Core().Kind {
		return invalid("from", "only nodes of one kind can be merged: these are %s and %s", a.Core().Kind, b.Core().Kind)
	}
	if a.Core().Kind == KindStory {
		return invalid("from", "stories cannot be merged: each has a consent of its own")
	}
	n := copyNode(a)
	have, other := FieldsOfNode(a), FieldsOfNode(b)
	take := Fields{}
	for k, v := range other {
		field := NodeInfoOf(a.Core().Kind).Field(k)
		switch list, isList := v.([]string); {
		case field.System || k == "name" || k == "visibility" || k == "scopes" || k == "lastConfirmedAt":
		case isList && field.Group == "":
			old, _ := have[k].([]string)
			take[k] = slices.Concat(old, list)
		default:
			if _, has := have[k]; !has {
				take[k] = v
			}
		}
	}
	if name := b.Core().Name; name != a.Core().Name {
		old, _ := have["otherNames"].([]string)
		more, _ := other["otherNames"].([]string)
		take["otherNames"] = slices.Concat(old, more, []string{name})
	}
	if err := decodeNode(n, take, false); err != nil {
		return err
	}
	i, _ := tx.draft.nodeAt.get(from)
	s := tx.draft.nodes.at(i)
	var moved []*Link
	seen := map[*Link]bool{}
	for _, j := range slices.Concat(s.out, s.in) {
		l := copyLink(tx.draft.links.at(j).link)
		if l.From == from {
			l.From = into
		}
		if l.To == from {
			l.To = into
		}
		if l.From != l.To {
			moved = append(moved, l)
			seen[l] = tx.see().seesLink(j, true)
		}
	}
	// Those the author sees come first, so that their new ids are drawn the same
	// whatever else is moved.
	slices.SortFunc(moved, func(a, b *Link) int {
		if seen[a] != seen[b] {
			if seen[a] {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	tx.removeNode(MERGE, b)
	tx.putNode(MERGE, a, n)
	tx.moveRecords(into, from)
	for _, l := range moved {
		l.ID = tx.NewID()
		tx.putLink(MERGE, nil, l)
	}
	return nil
}

// Withdraw records that the teller of a story withdrew consent: from this
// moment the story exists on no surface.
func (tx *Tx) Withdraw(story ID) error {
	if err := tx.by.May(ActSeal); err != nil {
		return err
	}
	i, ok := tx.draft.nodeAt.get(story)
	if !ok {
		return notFound("id")
	}
	old, isStory := tx.draft.nodes.at(i).node.(*Story)
	if !isStory {
		return notFound("id")
	}
	n := copyNode(old).(*Story)
	n.Consent.Withdrawn = DateOf(tx.now)
	tx.putNode(CHANGE, old, n)
	return nil
}

// Erase removes a node or link for good: with its links, and with everything
// the log kept of them. It cannot be undone.
func (tx *Tx) Erase(id ID) error {
	if err := tx.by.May(ActSeal); err != nil {
		return err
	}
	if i, ok := tx.draft.nodeAt.get(id); ok {
		s := tx.draft.nodes.at(i)
		tx.erase[id] = true
		for _, j := range slices.Concat(s.out, s.in) {
			tx.erase[tx.draft.links.at(j).link.ID] = true
		}
		tx.eraseRecords(id)
		tx.removeNode(ERASE, s.node)
		return nil
	}
	l, err := tx.storedLink(id, "id")
	if err != nil {
		return err
	}
	tx.erase[id] = true
	tx.eraseRecords(id)
	tx.removeLink(ERASE, l)
	return nil
}

// Restore writes a row as it is, for archives: system fields and all. A row
// with the same id is replaced; one that is equal changes nothing. Ids that a
// node names are not looked up: rows come in any order, and a network may name
// what has gone since.
func (tx *Tx) Restore(r Row) error {
	if err := tx.by.May(ActRestore); err != nil {
		return err
	}
	if !r.ID.Valid() {
		return invalid("id", "%.60q is not an id", r.ID)
	}
	switch r.Class {
	case NODE:
		n, err := nodeOf(r)
		if err != nil {
			return err
		}
		if n.Core().Name == "" {
			return invalid("name", "the node %s has no name", r.ID)
		}
		if err := checkValues(n); err != nil {
			return err
		}
		if i, ok := tx.draft.nodeAt.get(r.ID); ok {
			old := tx.draft.nodes.at(i).node
			if old.Core().Kind != n.Core().Kind {
				return Errorf(CONFLICT, "the id %s is taken by a node of another kind", r.ID).At("id")
			}
			tx.putNode(CHANGE, old, n)
			return nil
		}
		tx.putNode(ADD, nil, n)
	case LINK:
		l, err := linkOf(r)
		if err != nil {
			return err
		}
		a, okA := tx.draft.nodeAt.get(l.From)
		b, okB := tx.draft.nodeAt.get(l.To)
		if !okA || !okB {
			return invalid("from", "the link %s has an end that is not there", l.ID)
		}
		if !LinkInfoOf(l.Kind).Joins(tx.draft.nodes.at(a).node.Core().Kind, tx.draft.nodes.at(b).node.Core().Kind) {
			return invalid("kind", "%s does not join these two", l.Kind)
		}
		if i, ok := tx.draft.linkAt.get(r.ID); ok {
			old := tx.draft.links.at(i).link
			if old.Kind != l.Kind || old.From != l.From || old.To != l.To {
				return Errorf(CONFLICT, "the id %s is taken by another link", r.ID).At("id")
			}
			tx.putLink(CHANGE, old, l)
			return nil
		}
		tx.putLink(ADD, nil, l)
	case RECORD:
		return tx.PutRecord(r.Kind, r.ID, r.Fields)
	default:
		return invalid("class", "an archive holds nodes, links and records")
	}
	return nil
}

// PutRecord adds or replaces a record. Its fields visibility and scopes say
// who may see it.
func (tx *Tx) PutRecord(kind string, id ID, f Fields) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	r := &Record{id, kind, f}
	op := Op{Verb: ADD, Class: RECORD, ID: id, Kind: kind, After: f}
	if old, ok := tx.draft.records.get(id); ok {
		if old.Kind != kind || !tx.see().seesRecord(old) {
			return notFound("id")
		}
		if old.Fields.Equal(f) {
			return nil
		}
		op.Verb = CHANGE
		op.Before, op.After = differing(old.Fields, f, noField)
	}
	row := r.row()
	op.Row = &row
	op.boxed, op.Sealed = f["visibility"] == string(SEALED), f["visibility"] == string(SEALED)
	tx.draft.putRecord(r)
	tx.log(op)
	return nil
}

// Record returns a record as the author sees it now, nil when hidden or absent.
func (tx *Tx) Record(id ID) *Record { return tx.see().Record(id) }

// Undo reverses what the author can see of a change: the state it left must
// still be there, field by field, else the error is CONFLICT. With a node that
// was removed come back all links that were removed along with it, hidden ones
// too, as far as their other ends are still there. Others' changes take a
// coordinator. A change of which the author can see nothing, or nothing any
// more since it was erased, is NOT_FOUND.
func (tx *Tx) Undo(ctx context.Context, change ID) error {
	if err := tx.by.May(ActUndo); err != nil {
		return err
	}
	revision, ok := tx.revise(change)
	if !ok {
		return notFound("id")
	}
	list, err := tx.store.Changes(ctx, revision-1, 1)
	if err != nil {
		return err
	}
	if len(list) != 1 || list[0].ID != change {
		return notFound("id")
	}
	c := &list[0]
	if err := tx.open(c); err != nil {
		return err
	}
	judge := newPast(ctx, tx.see(), tx.store, tx.open)
	seen := map[int]bool{}
	removed := map[ID]bool{}
	for i := range c.Ops {
		o := &c.Ops[i]
		ok, err := judge.seesOp(o)
		if err != nil {
			return err
		}
		if ok && tx.see().tells(o) {
			seen[i] = true
			removed[o.ID] = o.Class == NODE && o.After == nil
		}
	}
	if len(seen) == 0 {
		return notFound("id")
	}
	if c.Author != tx.by.Account {
		if err := tx.by.May(ActRemove); err != nil {
			return err
		}
	}
	for i := len(c.Ops) - 1; i >= 0; i-- {
		o := &c.Ops[i]
		along := o.Class == LINK && o.After == nil && !o.Erased && (removed[o.From] || removed[o.To])
		switch {
		case along && !tx.bothEnds(o):
			if seen[i] {
				return undoConflict()
			}
		case seen[i] || along:
			if err := tx.undo(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) bothEnds(o *Op) bool {
	_, from := tx.draft.nodeAt.get(o.From)
	_, to := tx.draft.nodeAt.get(o.To)
	return from && to
}

func undoConflict() error {
	return Errorf(CONFLICT, "what this change did was changed again since: undo the later change first").At("id")
}

// undo reverses one operation on the draft.
func (tx *Tx) undo(o *Op) error {
	if o.Class == RECORD {
		return invalid("id", "changes of records are taken back where they were made")
	}
	i, isNode := tx.draft.nodeAt.get(o.ID)
	j, isLink := tx.draft.linkAt.get(o.ID)
	if o.After == nil { // it was removed: bring it back
		if isNode || isLink {
			return undoConflict()
		}
		row := Row{Class: o.Class, ID: o.ID, Kind: o.Kind, From: o.From, To: o.To, Fields: o.Before}
		if o.Class == NODE {
			n, err := nodeOf(row)
			if err != nil {
				return err
			}
			n.Core().Version++
			n.Core().UpdatedAt = tx.now
			tx.putNode(UNDO, nil, n)
			return nil
		}
		l, err := linkOf(row)
		if err != nil {
			return err
		}
		if !tx.bothEnds(o) {
			return undoConflict()
		}
		l.Version++
		l.UpdatedAt = tx.now
		tx.putLink(UNDO, nil, l)
		return nil
	}
	if !isNode && !isLink {
		return undoConflict()
	}
	// Only what the author can read is looked at and put back: a change of what
	// is hidden from it is neither a conflict nor undone.
	v := tx.see()
	var now Fields
	var info func(string) *Field
	if isNode {
		n := tx.draft.nodes.at(i).node
		now, info = FieldsOfNode(v.redact(n)), NodeInfoOf(n.Core().Kind).Field
	} else {
		l := tx.draft.links.at(j).link
		now, info = FieldsOfLink(v.redactLink(l)), LinkInfoOf(l.Kind).Field
	}
	before := v.readable(o, o.Before)
	back, groups := Fields{}, map[string]bool{}
	for _, c := range v.fieldChanges(o) {
		if !equalValue(now[c.Name], c.After) {
			return undoConflict()
		}
		back[c.Name] = c.Before
		if g := info(c.Name).Group; g != "" {
			groups[g] = true
		}
	}
	for k := range o.Before {
		f := info(k)
		switch {
		case f == nil:
		case f.Group != "" && groups[f.Group]: // a list of structs comes back whole
			back[k] = before[k]
		case f.System && k != "version" && k != "createdAt" && k != "updatedAt" && len(back) > 0:
			back[k] = o.Before[k] // who said so goes with what was said
		}
	}
	if o.Before == nil { // it was added: take it away
		if isLink {
			tx.removeLink(UNDO, tx.draft.links.at(j).link)
			return nil
		}
		linked := false
		v.eachLink(i, &LinkFilter{Ended: true}, func(int32, int32) bool { linked = true; return false })
		if linked {
			return undoConflict()
		}
		tx.removeNode(UNDO, tx.draft.nodes.at(i).node)
		return nil
	}
	if isNode {
		old := tx.draft.nodes.at(i).node
		n := copyNode(old)
		if err := decodeNode(n, back, true); err != nil {
			return err
		}
		tx.keepHidden(old, n)
		tx.putNode(UNDO, old, n)
		return nil
	}
	old := tx.draft.links.at(j).link
	l := copyLink(old)
	if err := decodeLink(l, back, true); err != nil {
		return err
	}
	l.Sources, l.Scopes = keepHiddenIDs(v, old.Sources, l.Sources), keepHiddenIDs(v, old.Scopes, l.Scopes)
	tx.putLink(UNDO, old, l)
	return nil
}
