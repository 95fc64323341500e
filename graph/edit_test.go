package graph_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

func TestTx(t *testing.T) {
	t.Run("add keeps every field and gives defaults", func(t *testing.T) {
		w := newWorld(t)
		var id graph.ID
		w.edit(member, func(tx *graph.Tx) (err error) {
			id, err = tx.Add(graph.KindIndividual, graph.Fields{"name": " Amal  ", "otherNames": []string{"أمل", "", "أمل"}, "capacitiesOffered": []string{"legal", "MEDIA"}})
			return err
		})
		n := w.see(member).Node(id).(*graph.Individual)
		if n.Name != "Amal" || !slices.Equal(n.OtherNames, []string{"أمل"}) || !slices.Equal(n.CapacitiesOffered, []graph.Capacity{"LEGAL", "MEDIA"}) {
			t.Errorf("got %+v", n)
		}
		if n.Visibility != graph.MEMBERS || n.Version != 1 || n.CreatedAt != w.now || !id.Valid() {
			t.Errorf("defaults: %s, version %d, created %s", n.Visibility, n.Version, n.CreatedAt)
		}
		if w.see(visitor).Node(id) != nil {
			t.Error("a visitor sees an individual that was not made public")
		}
		w.sound()
	})
	t.Run("bad input names the field and the remedy", func(t *testing.T) {
		w := newWorld(t)
		for _, c := range []struct {
			kind   graph.NodeKind
			fields graph.Fields
			field  string
		}{
			{graph.KindOrganization, graph.Fields{}, "name"},
			{graph.KindOrganization, graph.Fields{"name": strings.Repeat("x", 301)}, "name"},
			{graph.KindOrganization, graph.Fields{"name": "a\x00b"}, "name"},
			{graph.KindOrganization, graph.Fields{"name": "a\xffb"}, "name"},
			{graph.KindOrganization, graph.Fields{"name": "A", "classification": "CLUB"}, "classification"},
			{graph.KindOrganization, graph.Fields{"name": "A", "horizon": "URGENT"}, "horizon"},
			{graph.KindOrganization, graph.Fields{"name": "A", "version": 7}, "version"},
			{graph.KindOrganization, graph.Fields{"name": "A", "founded": "2019-02-30"}, "founded"},
			{graph.KindOrganization, graph.Fields{"name": "A", "founded": "2020", "dissolved": "2019"}, "dissolved"},
			{graph.KindOrganization, graph.Fields{"name": "A", "latitude": 91.0, "longitude": 0.0}, "latitude"},
			{graph.KindOrganization, graph.Fields{"name": "A", "latitude": 1.0}, "latitude"},
			{graph.KindOrganization, graph.Fields{"name": "A", "web": []string{"javascript:alert(1)"}}, "web"},
			{graph.KindOrganization, graph.Fields{"name": "A", "identifiers": []string{"nocolon"}}, "identifiers"},
			{graph.KindOrganization, graph.Fields{"name": "A", "visibility": "COALITION"}, "scopes"},
			{graph.KindCampaign, graph.Fields{"name": "A", "measurementIndicators": []string{"x"}, "measurementDates": []string{"2020"}}, "measurements"},
			{graph.KindCampaign, graph.Fields{"name": "A", "milestoneTitles": []string{"x"}, "milestoneDue": []string{"2020", "2021"}}, "milestoneTitles"},
			{"Club", graph.Fields{"name": "A"}, "kind"},
		} {
			err := w.refuse(steward, graph.INVALID, func(tx *graph.Tx) error { _, err := tx.Add(c.kind, c.fields); return err })
			if e, ok := err.(*graph.Error); !ok || e.Field != c.field {
				t.Errorf("%v: got %q at %q, want it at %q", c.fields, err, e.Field, c.field)
			}
		}
	})
	t.Run("change wants the version last seen", func(t *testing.T) {
		w := newWorld(t)
		id := w.add(graph.KindIssue, "Water", graph.Fields{"summary": "Clean water"})
		one, two := 1, 2
		w.edit(member, func(tx *graph.Tx) error {
			return tx.Change(id, &one, graph.Fields{"summary": nil, "horizon": "URGENT"})
		})
		n := w.see(visitor).Node(id).(*graph.Issue)
		if n.Summary != "" || n.Horizon != "URGENT" || n.Version != 2 {
			t.Errorf("got %+v", n)
		}
		w.refuse(member, graph.CONFLICT, func(tx *graph.Tx) error { return tx.Change(id, &one, graph.Fields{"name": "W"}) })
		if c := w.edit(member, func(tx *graph.Tx) error { return tx.Change(id, &two, graph.Fields{"horizon": "URGENT"}) }); c != nil {
			t.Error("a change of nothing was logged")
		}
		w.sound()
	})
	t.Run("visitors may not write, members may not vouch", func(t *testing.T) {
		w := newWorld(t)
		id := w.add(graph.KindIssue, "Water", nil)
		w.refuse(visitor, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Change(id, nil, graph.Fields{"name": "x"}) })
		w.refuse(member, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Confirm(id) })
		w.refuse(member, graph.FORBIDDEN, func(tx *graph.Tx) error { _, err := tx.Remove(id, nil); return err })
		w.refuse(coordinator, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Change(id, nil, graph.Fields{"visibility": "SEALED"}) })
	})
	t.Run("links join what the catalogue says", func(t *testing.T) {
		w := newWorld(t)
		a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
		issue := w.add(graph.KindIssue, "Water", nil)
		w.refuse(steward, graph.INVALID, func(tx *graph.Tx) error { _, _, err := tx.Connect(graph.WORKS_ON, issue, a, nil); return err })
		w.refuse(steward, graph.INVALID, func(tx *graph.Tx) error { _, _, err := tx.Connect(graph.ALLIED_WITH, a, a, nil); return err })
		w.refuse(steward, graph.INVALID, func(tx *graph.Tx) error {
			_, _, err := tx.Connect(graph.WORKS_ON, a, issue, graph.Fields{"strength": 6})
			return err
		})
		w.refuse(steward, graph.NOT_FOUND, func(tx *graph.Tx) error { _, _, err := tx.Connect(graph.WORKS_ON, a, graph.NewID(), nil); return err })
		first := w.connect(graph.PART_OF, a, b, nil)
		w.refuse(steward, graph.INVALID, func(tx *graph.Tx) error { _, _, err := tx.Connect(graph.PART_OF, b, a, nil); return err })
		w.edit(member, func(tx *graph.Tx) error {
			_, warnings, err := tx.Connect(graph.PART_OF, a, b, nil)
			if len(warnings) != 1 || warnings[0].Link != first {
				t.Errorf("a likely duplicate gave %v", warnings)
			}
			return err
		})
		w.sound()
	})
	t.Run("a hidden likely duplicate and a hidden circle are no error and no warning", func(t *testing.T) {
		w := newWorld(t)
		a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
		w.connect(graph.PART_OF, a, b, graph.Fields{"visibility": "COORDINATORS"})
		w.edit(member, func(tx *graph.Tx) error {
			_, warnings, err := tx.Connect(graph.PART_OF, b, a, nil)
			if len(warnings) != 0 {
				t.Errorf("warnings tell of a hidden link: %v", warnings)
			}
			return err
		})
	})
	t.Run("end, confirm, dispute", func(t *testing.T) {
		w := newWorld(t)
		a, c := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindCoalition, "C", nil)
		l := w.connect(graph.MEMBER_OF, a, c, graph.Fields{"since": "2020", "role": "MEMBER"})
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Confirm(l) })
		if got := w.see(coordinator).Link(l); got.State != graph.CONFIRMED || got.ConfirmedBy != "coordinator" || got.LastConfirmedAt != w.now {
			t.Errorf("confirmed: %+v", got)
		}
		if got := w.see(member).Link(l); got.ConfirmedBy != "" {
			t.Error("a member reads who confirmed")
		}
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Dispute(l, "they left") })
		w.refuse(member, graph.INVALID, func(tx *graph.Tx) error { return tx.End(l, nil, date(t, "2019")) })
		w.edit(member, func(tx *graph.Tx) error { return tx.End(l, nil, date(t, "2026-10")) })
		v := w.see(visitor)
		if v.Degree(a) != 0 || len(v.LinksOf(a, graph.LinkFilter{Ended: true})) != 1 || v.AsOf(date(t, "2026-10")).Degree(a) != 1 {
			t.Error("an ended link is not where it should be in time")
		}
		w.sound()
	})
	t.Run("contacts, readings and measurements are added in order of date", func(t *testing.T) {
		w := newWorld(t)
		a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
		camp := w.add(graph.KindCampaign, "Camp", graph.Fields{"indicatorNames": []string{"signatures"}, "indicatorTargets": []float64{100}})
		talk, target := w.connect(graph.IN_DIALOGUE_WITH, a, b, nil), w.connect(graph.TARGETS, camp, b, nil)
		for _, d := range []string{"2026-03", "2025-12-01", "2026-01"} {
			w.edit(member, func(tx *graph.Tx) error {
				if err := tx.RecordContact(talk, graph.Contact{Date: date(t, d), Channel: "MEETING"}); err != nil {
					return err
				}
				if err := tx.RecordReading(target, graph.Reading{Date: date(t, d), Power: 3, Stance: -1}); err != nil {
					return err
				}
				return tx.RecordMeasurement(camp, graph.Measurement{Indicator: "signatures", Date: date(t, d), Value: 10})
			})
		}
		v := w.see(member)
		contacts := v.Link(talk).Details.(*graph.Dialogue).Contacts
		readings := v.Link(target).Details.(*graph.Targeting).Readings
		measured := v.Node(camp).(*graph.Campaign).Readings
		for i, want := range []string{"2025-12-01", "2026-01", "2026-03"} {
			if contacts[i].Date.String() != want || readings[i].Date.String() != want || measured[i].Date.String() != want {
				t.Errorf("entry %d: %s, %s, %s, want %s", i, contacts[i].Date, readings[i].Date, measured[i].Date, want)
			}
		}
		w.refuse(member, graph.INVALID, func(tx *graph.Tx) error {
			return tx.RecordMeasurement(camp, graph.Measurement{Indicator: "likes", Date: date(t, "2026"), Value: 1})
		})
		w.sound()
	})
	t.Run("remove takes all links along and undo brings them back", func(t *testing.T) {
		w := newWorld(t)
		a, b, c := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil), w.add(graph.KindCoalition, "C", nil)
		shown := w.connect(graph.ALLIED_WITH, a, b, graph.Fields{"formal": true, "note": "since the flood"})
		hidden := w.connect(graph.MEMBER_OF, a, c, graph.Fields{"visibility": "SEALED"})
		var reported []graph.ID
		removed := w.edit(coordinator, func(tx *graph.Tx) (err error) { reported, err = tx.Remove(a, nil); return err })
		if !slices.Equal(reported, []graph.ID{shown}) {
			t.Errorf("reported %v, want only the visible link %s", reported, shown)
		}
		if v := w.see(coordinator); v.Node(a) != nil || v.Degree(b) != 0 {
			t.Error("something is left of the removed node")
		}
		w.sound()
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Undo(t.Context(), removed.ID) })
		granted := steward
		granted.Grants = []graph.Grant{{IDs: []graph.ID{hidden}, Reason: "test", Second: "other", Until: w.now}}
		if v := w.see(granted); v.Link(shown) == nil || v.Link(hidden) == nil {
			t.Error("undo of a removal lost a link")
		}
		w.sound()
	})
	t.Run("undo reverses each verb, and refuses what changed since", func(t *testing.T) {
		w := newWorld(t)
		a, b := w.add(graph.KindOrganization, "A", nil), w.add(graph.KindOrganization, "B", nil)
		l := w.connect(graph.ALLIED_WITH, a, b, graph.Fields{"strength": 2})
		changed := w.edit(member, func(tx *graph.Tx) error { return tx.ChangeLink(l, nil, graph.Fields{"strength": 4, "note": "close"}) })
		w.refuse(visitor, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Undo(t.Context(), changed.ID) })
		other := graph.Viewer{Account: "other", Level: graph.LevelMember}
		w.refuse(other, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Undo(t.Context(), changed.ID) })
		w.edit(member, func(tx *graph.Tx) error { return tx.Undo(t.Context(), changed.ID) })
		if got := w.see(member).Link(l); got.Strength != 2 || got.Note != "" || got.Version != 3 {
			t.Errorf("undone: %+v", got)
		}
		w.refuse(member, graph.CONFLICT, func(tx *graph.Tx) error { return tx.Undo(t.Context(), changed.ID) })
		removed := w.edit(coordinator, func(tx *graph.Tx) error { _, err := tx.Remove(a, nil); return err })
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Undo(t.Context(), removed.ID) })
		if v := w.see(member); v.Link(l) == nil || v.Degree(a) != 1 {
			t.Error("undo of a removal did not bring the link back")
		}
		added := w.edit(member, func(tx *graph.Tx) error {
			_, err := tx.Add(graph.KindIssue, graph.Fields{"name": "Mistake"})
			return err
		})
		w.edit(member, func(tx *graph.Tx) error { return tx.Undo(t.Context(), added.ID) })
		if w.see(member).Node(added.Ops[0].ID) != nil {
			t.Error("undo of an addition left the node")
		}
		w.sound()
	})
	t.Run("merge moves links and keeps what is said", func(t *testing.T) {
		w := newWorld(t)
		a := w.add(graph.KindOrganization, "River Dawn", graph.Fields{"identifiers": []string{"x:1"}})
		b := w.add(graph.KindOrganization, "River-Dawn Assoc.", graph.Fields{"identifiers": []string{"y:2"}, "founded": "1999"})
		issue := w.add(graph.KindIssue, "Water", nil)
		w.connect(graph.WORKS_ON, b, issue, graph.Fields{"capacity": "LEGAL"})
		w.connect(graph.ALLIED_WITH, a, b, nil)
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Merge(a, b) })
		v := w.see(member)
		n := v.Node(a).(*graph.Organization)
		if v.Node(b) != nil || n.Founded.String() != "1999" || !slices.Contains(n.OtherNames, "River-Dawn Assoc.") || len(n.Identifiers) != 2 || v.Degree(a) != 1 {
			t.Errorf("merged: %+v with %d links", n, v.Degree(a))
		}
		if found := v.Identified("y:2"); len(found) != 1 || found[0].Core().ID != a {
			t.Error("the merged node is not found by the other's identifier")
		}
		w.sound()
	})
	t.Run("idempotency keys", func(t *testing.T) {
		w := newWorld(t)
		in := graph.Request{Key: "k1", Input: []byte("add water")}
		add := func(tx *graph.Tx) error { _, err := tx.Add(graph.KindIssue, graph.Fields{"name": "Water"}); return err }
		first, err := w.Edit(t.Context(), member, in, add)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Edit(t.Context(), member, in, add)
		if err != nil || again.ID != first.ID || again.Ops[0].ID != first.Ops[0].ID {
			t.Errorf("the same key gave %v, %v", again, err)
		}
		in.Input = []byte("other")
		if _, err := w.Edit(t.Context(), member, in, add); graph.CodeOf(err) != graph.CONFLICT {
			t.Errorf("the same key with another input gave %v", err)
		}
		if _, err := w.Edit(t.Context(), coordinator, in, add); err != nil {
			t.Errorf("another author's key: %v", err)
		}
		if n := w.see(member).Counts().Nodes; n != 2 {
			t.Errorf("%d nodes, want 2", n)
		}
		w.sound()
	})
	t.Run("sealing hides from all, in rows and log, and reopening finds it", func(t *testing.T) {
		w := newWorld(t)
		p, o := w.add(graph.KindIndividual, "Zenobia Secretperson", nil), w.add(graph.KindOrganization, "O", nil)
		l := w.connect(graph.AFFILIATED_WITH, p, o, graph.Fields{"post": "hidden post"})
		w.edit(steward, func(tx *graph.Tx) error { return tx.Change(p, nil, graph.Fields{"visibility": "SEALED"}) })
		for _, by := range []graph.Viewer{visitor, member, coordinator, steward} {
			if v := w.see(by); v.Node(p) != nil || v.Link(l) != nil || v.Degree(o) != 0 {
				t.Errorf("%s sees a sealed person or link", by.Level)
			}
		}
		granted := steward
		granted.Grants = []graph.Grant{{IDs: []graph.ID{p, l}, Reason: "court", Second: "other", Until: w.now}}
		if v := w.see(granted); v.Node(p) == nil {
			t.Error("a grant opens nothing")
		}
		if _, err := w.store.Load(t.Context(), func(r graph.Row) error {
			if strings.Contains(string(r.Fields.Canonical()), "Secretperson") || strings.Contains(string(r.Fields.Canonical()), "hidden post") || r.ID == l && r.Class != graph.BOX {
				t.Errorf("the store keeps a sealed row in clear: %v", r)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		changes, err := w.store.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			for _, op := range c.Ops {
				if strings.Contains(string(op.Payload), "Secretperson") || strings.Contains(string(op.Payload), "hidden post") {
					t.Errorf("entry %d keeps a sealed payload in clear", c.Revision)
				}
			}
		}
		w.sound()
		again := openWorld(t, w.store)
		if v := again.see(granted); v.Node(p) == nil || v.Node(p).Core().Name != "Zenobia Secretperson" {
			t.Error("a sealed node is lost by reopening")
		}
	})
	t.Run("erase leaves a chain that verifies and no trace", func(t *testing.T) {
		w := newWorld(t)
		p, o := w.add(graph.KindIndividual, "Erasable Person", nil), w.add(graph.KindOrganization, "O", nil)
		w.connect(graph.AFFILIATED_WITH, p, o, nil)
		w.edit(steward, func(tx *graph.Tx) error { return tx.Erase(p) })
		changes, _ := w.store.Changes(t.Context(), 0, 100)
		for _, c := range changes {
			for _, op := range c.Ops {
				if strings.Contains(string(op.Payload), "Erasable") || op.ID == p && (!op.Erased || len(op.Salt) > 0) {
					t.Errorf("entry %d still tells of the person: %s", c.Revision, op.Payload)
				}
			}
		}
		if page, err := w.see(steward).Search(graph.NodeQuery{Text: "erasable"}); err != nil || page.TotalCount != 0 {
			t.Errorf("search finds %v, %v", page, err)
		}
		w.refuse(steward, graph.NOT_FOUND, func(tx *graph.Tx) error { return tx.Undo(t.Context(), changes[len(changes)-1].ID) })
		w.sound()
	})
	t.Run("hidden entries of lists survive a change by who cannot see them", func(t *testing.T) {
		w := newWorld(t)
		hidden := w.add(graph.KindSource, "Leak", graph.Fields{"visibility": "COORDINATORS"})
		open := w.add(graph.KindSource, "Report", nil)
		id := w.add(graph.KindOrganization, "O", graph.Fields{"sources": []graph.ID{hidden, open},
			"contactPointKinds": []string{"PHONE", "EMAIL"}, "contactPointValues": []string{"123", "o@example.org"}, "contactPointVisibilities": []string{"COORDINATORS", "PUBLIC"}})
		v := w.see(member).Node(id).(*graph.Organization)
		if len(v.ContactPoints) != 1 || !slices.Equal(v.Sources, []graph.ID{open}) {
			t.Errorf("a member reads %v, %v", v.ContactPoints, v.Sources)
		}
		w.edit(member, func(tx *graph.Tx) error {
			return tx.Change(id, nil, graph.Fields{"sources": []string{}, "contactPointKinds": []string{"EMAIL"}, "contactPointValues": []string{"new@example.org"}, "contactPointVisibilities": []string{"PUBLIC"}})
		})
		c := w.see(coordinator).Node(id).(*graph.Organization)
		if len(c.ContactPoints) != 2 || !slices.Equal(c.Sources, []graph.ID{hidden}) {
			t.Errorf("a coordinator reads %v, %v", c.ContactPoints, c.Sources)
		}
		issue := w.add(graph.KindIssue, "I", graph.Fields{"knownTexts": []string{"one", "two", "three"}, "knownSources": []graph.ID{hidden, open, hidden}})
		w.edit(member, func(tx *graph.Tx) error { // sends back what it read, but for the last and the source it saw
			return tx.Change(issue, nil, graph.Fields{"knownTexts": []string{"one", "two", "other"}, "knownSources": []string{"", "", ""}})
		})
		if known := w.see(coordinator).Node(issue).(*graph.Issue).Known; !slices.Equal(known, []graph.Claim{{Text: "one", Source: hidden}, {Text: "two"}, {Text: "other"}}) {
			t.Errorf("a coordinator reads %v", known)
		}
	})
	t.Run("of two entries that read alike only one gets the hidden source back, and a change of nothing is none", func(t *testing.T) {
		w := newWorld(t)
		hidden := w.add(graph.KindSource, "Leak", graph.Fields{"visibility": "COORDINATORS"})
		claims := []graph.Claim{{Text: "one"}, {Text: "one", Source: hidden}, {Text: "one"}}
		issue := w.add(graph.KindIssue, "I", graph.Fields{"knownTexts": []string{"one", "one", "one"}, "knownSources": []graph.ID{"", hidden, ""}})
		if c := w.edit(member, func(tx *graph.Tx) error { return tx.Change(issue, nil, graph.Fields{}) }); c != nil {
			t.Errorf("a change of nothing is the change %s", c.ID)
		}
		w.edit(member, func(tx *graph.Tx) error { // what it read, and another name
			return tx.Change(issue, nil, graph.Fields{"name": "J", "knownTexts": []string{"one", "one", "one"}, "knownSources": []string{"", "", ""}})
		})
		known := w.see(coordinator).Node(issue).(*graph.Issue).Known
		slices.SortFunc(known, func(a, b graph.Claim) int { return cmp.Compare(a.Source, b.Source) })
		slices.SortFunc(claims, func(a, b graph.Claim) int { return cmp.Compare(a.Source, b.Source) })
		if !slices.Equal(known, claims) {
			t.Errorf("a coordinator reads %v", known)
		}
		w.sound()
	})
	t.Run("a change of what is restricted moves neither version nor date", func(t *testing.T) {
		w := newWorld(t)
		id := w.add(graph.KindIndividual, "P", nil)
		w.now = w.now.AddDate(0, 0, 1)
		w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(id, nil, graph.Fields{"atRisk": true}) })
		n := w.see(visitor).Node(id).(*graph.Individual)
		if n.Version != 1 || n.UpdatedAt == w.now || n.AtRisk {
			t.Errorf("a visitor can tell: version %d, at risk %v", n.Version, n.AtRisk)
		}
		if !w.see(coordinator).Node(id).(*graph.Individual).AtRisk {
			t.Error("the flag was not kept")
		}
		w.refuse(member, graph.FORBIDDEN, func(tx *graph.Tx) error { return tx.Change(id, nil, graph.Fields{"atRisk": false}) })
	})
}
