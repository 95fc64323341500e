package graph

import (
	"cmp"
	"slices"
	"time"
)

// Dismissal says that a gap is none, or none to be closed now. It is kept as a
// record. A member's dismissal is that member's own; a coordinator's holds for
// all coordinators. Those below never notice it, since what they may not see
// must not change what they are told.
type Dismissal struct {
	ID       ID
	Gap      ID
	Kind     string // of the gap
	About    []ID   // the nodes it is about
	Title    string // what the gap said, as a message in text
	Reason   string
	Evidence float64 // the amount that spoke for the gap; it returns when there is more
	By       ID      // account; only to coordinators
	At       time.Time

	view *View
}

const dismissalRecord = "dismissal"

// Nodes returns the nodes the gap is about.
func (d *Dismissal) Nodes() []Node { return nodesOf[Node](d.view, d.About) }

// Holds reports whether the dismissal still holds against an amount of evidence:
// until it has grown by more than a tenth, so that mere time, which makes some
// evidence grow from day to day, does not bring the gap back at once.
func (d *Dismissal) Holds(evidence float64) bool { return evidence <= float64(1.1*d.Evidence) }

func (d *Dismissal) fields(level Visibility) Fields {
	f := Fields{"visibility": string(level), "gap": string(d.Gap), "evidence": d.Evidence, "at": d.At.UTC().Format(time.RFC3339Nano)}
	for name, text := range map[string]string{"gapKind": d.Kind, "title": d.Title, "reason": d.Reason, "by": string(d.By)} {
		if text != "" {
			f[name] = text
		}
	}
	if len(d.About) > 0 {
		about := make([]string, len(d.About))
		for k, id := range d.About {
			about[k] = string(id)
		}
		f["about"] = about
	}
	return f
}

// cutDismissal returns a dismissal that holds for the viewer, nil when it is
// none or does not.
func (v *View) cutDismissal(r *Record) *Dismissal {
	if r.Kind != dismissalRecord || !v.seesRecord(r) || v.eyes.surface != SCREEN {
		return nil
	}
	f := r.Fields
	d := &Dismissal{ID: r.ID, Gap: ID(f.text("gap")), Kind: f.text("gapKind"), Title: f.text("title"), Reason: f.text("reason"), By: ID(f.text("by")), At: f.when("at"), view: v}
	d.Evidence, _ = f["evidence"].(float64)
	for _, id := range f.list("about") {
		d.About = append(d.About, ID(id))
	}
	own := f.text("visibility") == string(MEMBERS)
	if own && d.By != v.viewer.Account || slices.ContainsFunc(d.About, v.hides) {
		return nil
	}
	if v.viewer.rank() < 2 {
		d.By = ""
	}
	return d
}

// Dismissals returns the dismissals that hold for the viewer, the newest first.
func (v *View) Dismissals() []*Dismissal {
	var out []*Dismissal
	for _, r := range v.net.recordsWhere(func(r *Record) bool { return r.Kind == dismissalRecord }) {
		if d := v.cutDismissal(r); d != nil {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *Dismissal) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// DismissGap records that a gap, as the author sees it, is to be shown no more
// until more speaks for it. d says which and why; who and when are set here. A
// gap dismissed again is dismissed with the new reason and evidence.
func (tx *Tx) DismissGap(d Dismissal) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	if err := checkNote("reason", d.Reason); err != nil {
		return err
	}
	if d.Reason == "" {
		return invalid("reason", "say why, for those who wonder later")
	}
	for _, id := range d.About {
		if _, err := tx.stored(id, "gap"); err != nil {
			return err
		}
	}
	d.By, d.At = tx.by.Account, tx.now
	level := MEMBERS
	if tx.by.rank() >= 2 {
		level = COORDINATORS
	}
	for _, old := range tx.see().Dismissals() {
		r, _ := tx.draft.records.get(old.ID)
		if old.Gap != d.Gap || r.Fields.text("visibility") != string(level) {
			continue
		}
		if old.Reason != d.Reason || old.Evidence != d.Evidence {
			tx.keep(dismissalRecord, old.ID, r.Fields, d.fields(level))
		}
		return nil
	}
	tx.keep(dismissalRecord, tx.NewID(), nil, d.fields(level))
	return nil
}

// ReopenGap takes every dismissal of a gap back that holds for the author.
func (tx *Tx) ReopenGap(gap ID) error {
	if err := tx.by.May(ActAdd); err != nil {
		return err
	}
	found := false
	for _, d := range tx.see().Dismissals() {
		if d.Gap == gap {
			r, _ := tx.draft.records.get(d.ID)
			tx.forget(dismissalRecord, d.ID, r.Fields)
			found = true
		}
	}
	if !found {
		return notFound("gap")
	}
	return nil
}
