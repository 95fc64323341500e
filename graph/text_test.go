package graph_test

import (
	"testing"

	"weft/graph"
)

// What is made of a text is made once for all viewers, and anew when the text changes.
func TestOfTextIsKeptWithTheNode(t *testing.T) {
	w := newWorld(t)
	river := w.add(graph.KindCoalition, "River Coalition", graph.Fields{"purpose": "clean water"})
	w.add(graph.KindOrganization, "Well Diggers", nil)
	made := 0
	read := func(by graph.Viewer) string {
		g := w.see(by).Graph()
		i, ok := g.Number(river)
		if !ok {
			t.Fatal("the coalition is not seen")
		}
		return g.OfText(i, func(t graph.Text) any { made++; return t.Name + ": " + t.Purpose }).(string)
	}
	for _, by := range []graph.Viewer{coordinator, visitor, coordinator} {
		if got := read(by); got != "River Coalition: clean water" {
			t.Fatalf("made of the text: %q", got)
		}
	}
	w.add(graph.KindOrganization, "Net Menders", nil)
	if read(visitor); made != 1 {
		t.Fatalf("made %d times of a text that stayed as it was", made)
	}
	w.edit(coordinator, func(tx *graph.Tx) error { return tx.Change(river, nil, graph.Fields{"purpose": "clean rivers"}) })
	if got := read(visitor); got != "River Coalition: clean rivers" || made != 2 {
		t.Fatalf("made %d times, last of the text: %q", made, got)
	}
}
