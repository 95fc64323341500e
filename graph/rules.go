package graph

import (
	"math"
	"net/url"
	"slices"
	"strings"
)

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
	switch n := n.(type) {
	case *Issue:
		n.Known = keepHiddenSources(v, old.(*Issue).Known, n.Known, func(c *Claim) *ID { return &c.Source })
	case *Campaign:
		n.Readings = keepHiddenSources(v, old.(*Campaign).Readings, n.Readings, func(m *Measurement) *ID { return &m.Source })
	}
}

// keepHiddenOfLink is keepHidden of a link.
func (tx *Tx) keepHiddenOfLink(old, l *Link) {
	v := tx.see()
	l.Sources, l.Scopes = keepHiddenIDs(v, old.Sources, l.Sources), keepHiddenIDs(v, old.Scopes, l.Scopes)
	if t, ok := l.Details.(*Targeting); ok {
		l.Details = &Targeting{keepHiddenSources(v, old.Details.(*Targeting).Readings, t.Readings, func(r *Reading) *ID { return &r.Source })}
	}
}

// keepHiddenSources gives what an author left as it read it, without a source, the source back that
// it has and the author cannot see. Each entry there was is found again once: of two that read alike
// only one may have a source that is hidden.
func keepHiddenSources[T comparable](v *View, old, now []T, source func(*T) *ID) []T {
	now = slices.Clone(now)
	found := make([]bool, len(now))
	find := func(as T) (int, bool) {
		for i, x := range now {
			if !found[i] && x == as {
				found[i] = true
				return i, true
			}
		}
		return 0, false
	}
	var lost []T
	for _, o := range old {
		if _, there := find(o); !there && *source(&o) != "" && v.hides(*source(&o)) {
			lost = append(lost, o)
		}
	}
	for _, o := range lost {
		read := o
		*source(&read) = ""
		if i, there := find(read); there {
			now[i] = o
		}
	}
	return now
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
