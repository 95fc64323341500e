package neo4j_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"weft/graph"
)

// What people find in the database: labels, types, ends and native values.
func TestNativeForm(t *testing.T) {
	at := empty(t)
	s := open(t, at)
	a, b := organization("Olive Bridge"), organization("Harbour Union")
	a.Fields["latitude"], a.Fields["otherNames"], a.Fields["openToCollaboration"] = 31.0, []string{"غصن", "ענף"}, true
	l := graph.Row{Class: graph.LINK, ID: graph.NewID(), Kind: string(graph.ALLIED_WITH), From: a.ID, To: b.ID, Fields: graph.Fields{"strength": int64(3), "since": "2019-05"}}
	r := graph.Row{Class: graph.RECORD, ID: graph.NewID(), Kind: "savedView", Fields: graph.Fields{"id": "its own", "_a": int64(1), "recordKind": "x"}}
	x := graph.Row{Class: graph.BOX, ID: graph.NewID(), Box: []byte{0, 1, 255}}
	c := commit(t, s, put(a, b, l, r, x))

	got := cypher(t, at, "MATCH (n:Organization {id: $id}) RETURN labels(n), properties(n)", map[string]any{"id": string(a.ID)})[0].Values
	if labels, _ := got[0].([]any); len(labels) != 2 || !slices.Contains(labels, any("Node")) {
		t.Errorf("labels %v", got[0])
	}
	if want := map[string]any{"id": string(a.ID), "name": "Olive Bridge", "visibility": "PUBLIC", "latitude": 31.0, "otherNames": []any{"غصن", "ענף"}, "openToCollaboration": true}; !reflect.DeepEqual(got[1], want) {
		t.Errorf("properties %v, want %v", got[1], want)
	}
	got = cypher(t, at, "MATCH (a {id: $a})-[r:ALLIED_WITH]->(b {id: $b}) RETURN properties(r)", map[string]any{"a": string(a.ID), "b": string(b.ID)})[0].Values
	if want := map[string]any{"id": string(l.ID), "strength": int64(3), "since": "2019-05"}; !reflect.DeepEqual(got[0], want) {
		t.Errorf("link %v, want %v", got[0], want)
	}
	got = cypher(t, at, "MATCH (c:Change {revision: 1}), (h:Head {name: 'weft'}) MATCH (o:Op {revision: 1, index: 0}) RETURN c.id, toString(c.at), c.hash = h.hash, h.schema, o.payload, h.locked", nil)[0].Values
	if want := []any{string(c.ID), "2027-01-15T08:00:00Z", true, int64(1), string(c.Ops[0].Payload), nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("log %v, want %v", got, want)
	}
	got = cypher(t, at, "MATCH (s:Sealed) RETURN s.id, s.box, labels(s), size(keys(s))", nil)[0].Values
	if want := []any{string(x.ID), x.Box, []any{"Sealed"}, int64(2)}; !reflect.DeepEqual(got, want) {
		t.Errorf("box %v, want %v", got, want)
	}
	rows, _ := load(t, s)
	if !reflect.DeepEqual(rows[3].Fields, r.Fields) || rows[3].ID != r.ID || rows[3].Kind != "savedView" {
		t.Errorf("a record with fields named as Weft's own comes back as %+v", rows[3])
	}
}

// What other people and tools add to the database neither harms Weft nor is
// taken for data of its own.
func TestOthersAtWork(t *testing.T) {
	at := empty(t)
	s := open(t, at)
	a, b := organization("a"), organization("b")
	l := graph.Row{Class: graph.LINK, ID: graph.NewID(), Kind: string(graph.ALLIED_WITH), From: a.ID, To: b.ID, Fields: graph.Fields{"note": "n"}}
	commit(t, s, put(a, b, l))
	ids := map[string]any{"a": string(a.ID), "b": string(b.ID)}
	cypher(t, at, `MATCH (a {id: $a}), (b {id: $b})
		SET a:Favourite, a.pagerank = 0.25, a.latitude = 31
		CREATE (a)-[:ALLIED_WITH]->(b), (:Sticky {text: 'call them'})-[:ON]->(a), (:Sticky)-[:ALLIED_WITH {id: 'zzz'}]->(:Sticky), (:Node)`, ids)
	rows, _ := load(t, s)
	a.Fields["latitude"] = 31.0 // a whole number typed by hand where a number is due
	want := []graph.Row{a, b}
	if b.ID < a.ID {
		want = []graph.Row{b, a}
	}
	if want = append(want, l); !reflect.DeepEqual(rows, want) {
		t.Errorf("loaded %v, want %v", rows, want)
	}
	// Somebody's note must not keep a person from being removed.
	commit(t, s, []graph.Op{{ID: l.ID}, {ID: a.ID}})
	if rows, _ := load(t, s); len(rows) != 1 || rows[0].ID != b.ID {
		t.Errorf("after removing: %v", rows)
	}
	cypher(t, at, "MATCH (n {id: $b}) SET n.founded = date('2019-01-01')", ids)
	_, err := s.Load(t.Context(), func(graph.Row) error { return nil })
	if graph.CodeOf(err) != graph.INTERNAL || !strings.Contains(err.Error(), "founded") || !strings.Contains(err.Error(), string(b.ID)) {
		t.Errorf("a value of no field's type: %v", err)
	}
	cypher(t, at, "MATCH (n {id: $b}) REMOVE n.founded, n:Organization", ids)
	_, err = s.Load(t.Context(), func(graph.Row) error { return nil })
	if graph.CodeOf(err) != graph.INTERNAL || !strings.Contains(err.Error(), "label") {
		t.Errorf("a node without its label: %v", err)
	}
}

// A row of a kind or class that nobody knows never becomes part of a statement.
func TestUnknownKinds(t *testing.T) {
	s := open(t, empty(t))
	for _, row := range []graph.Row{
		{Class: graph.NODE, ID: graph.NewID(), Kind: "Organization) DETACH DELETE (n"},
		{Class: graph.LINK, ID: graph.NewID(), Kind: "alliedWith"},
		{Class: "OTHER", ID: graph.NewID()},
		{Class: graph.NODE, ID: graph.NewID(), Kind: "Organization", Fields: graph.Fields{"name": []any{"a"}}},
	} {
		err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return follow(h, put(row)), nil })
		if err == nil || graph.CodeOf(err) != graph.INTERNAL {
			t.Errorf("%+v: %v", row, err)
		}
	}
	if rows, head := load(t, s); len(rows) != 0 || head.Revision != 0 {
		t.Errorf("%d rows at %d", len(rows), head.Revision)
	}
}

// A node keeps its place when its kind changes, with one kind's label only.
func TestKindChanges(t *testing.T) {
	at := empty(t)
	s := open(t, at)
	a := organization("a")
	commit(t, s, put(a))
	a.Kind = string(graph.KindCoalition)
	commit(t, s, put(a))
	rows, _ := load(t, s)
	if len(rows) != 1 || rows[0].Kind != a.Kind {
		t.Errorf("loaded %v", rows)
	}
}
