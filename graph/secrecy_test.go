package graph_test

import (
	"testing"

	"weft/graph"
)

// A version counts what everybody reads who sees the thing, whatever coalitions
// it is scoped to.
func TestVersionsTellNothingOfHiddenScopes(t *testing.T) {
	version := func(hiddenScope bool) (node, link int) {
		w := newWorld(t)
		open := w.add(graph.KindCoalition, "Open", nil)
		secret := w.add(graph.KindCoalition, "Secret", graph.Fields{"visibility": "COORDINATORS"})
		scopes := []string{string(open)}
		within := graph.Fields{"visibility": "COALITION", "scopes": scopes}
		source := w.add(graph.KindSource, "Minutes", within)
		if hiddenScope {
			scopes = append(scopes, string(secret))
		}
		a := w.add(graph.KindOrganization, "A", graph.Fields{"visibility": "COALITION", "scopes": scopes})
		b := w.add(graph.KindOrganization, "B", nil)
		l := w.connect(graph.ALLIED_WITH, a, b, within)
		w.edit(steward, func(tx *graph.Tx) error {
			if err := tx.Change(a, nil, graph.Fields{"sources": []string{string(source)}}); err != nil {
				return err
			}
			return tx.ChangeLink(l, nil, graph.Fields{"sources": []string{string(source)}})
		})
		v := w.see(graph.Viewer{Account: "m", Level: graph.LevelMember, Coalitions: []graph.ID{open}})
		if len(v.Node(a).Core().Sources) != 1 || len(v.Link(l).Sources) != 1 || len(v.Node(a).Core().Scopes) != 1 {
			t.Fatal("the viewer does not see what this is about")
		}
		return v.Node(a).Core().Version, v.Link(l).Version
	}
	n1, l1 := version(false)
	n2, l2 := version(true)
	if n1 != n2 || l1 != l2 {
		t.Errorf("versions %d and %d, with a hidden scope %d and %d", n1, l1, n2, l2)
	}
}

// A thing may be opened to others later: its version must not tell them that it
// named, while it was closed, what they still may not know.
func TestVersionsTellNothingOfWhatClosedThingsNamed(t *testing.T) {
	version := func(hiddenSource bool) (node, link int) {
		w := newWorld(t)
		closed := graph.Fields{"visibility": "COORDINATORS"}
		source := w.add(graph.KindSource, "Minutes", closed)
		a := w.add(graph.KindOrganization, "A", closed)
		l := w.connect(graph.ALLIED_WITH, a, w.add(graph.KindOrganization, "B", nil), nil)
		if hiddenSource {
			w.edit(steward, func(tx *graph.Tx) error {
				if err := tx.Change(a, nil, graph.Fields{"sources": []string{string(source)}}); err != nil {
					return err
				}
				return tx.ChangeLink(l, nil, graph.Fields{"sources": []string{string(source)}})
			})
		}
		w.edit(steward, func(tx *graph.Tx) error { return tx.Change(a, nil, graph.Fields{"visibility": "PUBLIC"}) })
		v := w.see(graph.Viewer{})
		return v.Node(a).Core().Version, v.Link(l).Version
	}
	n1, l1 := version(false)
	n2, l2 := version(true)
	if n1 != n2 || l1 != l2 {
		t.Errorf("versions %d and %d, with a hidden source %d and %d", n1, l1, n2, l2)
	}
}
