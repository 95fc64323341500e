package neo4j_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"weft/graph"
	"weft/internal/neo4jtest"
)

// Every query of docs/neo4j.md is run on a small network that has an answer to
// it, with the names that the page uses.
func TestDocumentedQueries(t *testing.T) {
	page, err := os.ReadFile("../../../docs/neo4j.md")
	if err != nil {
		t.Fatal(err)
	}
	queries := regexp.MustCompile("(?s)```cypher\n(.*?)```").FindAllSubmatch(page, -1)
	if len(queries) != 10 {
		t.Errorf("the page has %d queries and says ten", len(queries))
	}
	at := empty(t)
	d := directory(t, open(t, at))
	_, err = d.Edit(t.Context(), steward, graph.Request{}, func(tx *graph.Tx) (err error) {
		add := func(kind graph.NodeKind, name string, f graph.Fields) (id graph.ID) {
			if err == nil {
				all := graph.Fields{"name": name, "visibility": "PUBLIC"}
				for k, v := range f {
					all[k] = v
				}
				id, err = tx.Add(kind, all)
			}
			return id
		}
		join := func(kind graph.LinkKind, from, to graph.ID, f graph.Fields) (id graph.ID) {
			if err == nil {
				id, _, err = tx.Connect(kind, from, to, f)
			}
			return id
		}
		union := add(graph.KindOrganization, "Harbour Union", graph.Fields{"otherNames": []string{"اتحاد ميناء"}})
		clinic := add(graph.KindOrganization, "Legal Clinic", graph.Fields{"capacitiesOffered": []string{"LEGAL"}})
		dana := add(graph.KindIndividual, "Dana Arbel", nil)
		remain := add(graph.KindCoalition, "Right to Remain", nil)
		coast := add(graph.KindCoalition, "Open Coast", nil)
		revocation := add(graph.KindIssue, "Residency revocation", nil)
		campaign := add(graph.KindCampaign, "Stop the bill", graph.Fields{"capacitiesNeeded": []string{"LEGAL", "MEDIA"}})
		join(graph.MEMBER_OF, union, remain, graph.Fields{"role": "CHAIR", "since": "2019-05"})
		join(graph.MEMBER_OF, union, coast, nil)
		join(graph.WORKS_ON, union, revocation, nil)
		join(graph.WORKS_ON, clinic, revocation, nil)
		join(graph.WORKS_ON, remain, revocation, nil)
		join(graph.MEMBER_OF, dana, coast, nil)
		target := join(graph.TARGETS, campaign, dana, nil)
		dialogue := join(graph.IN_DIALOGUE_WITH, clinic, dana, nil)
		if err != nil {
			return err
		}
		day, err := graph.ParseDate("2026-03-01")
		if err != nil {
			return err
		}
		quiet, err := graph.ParseDate("2019-05")
		if err != nil {
			return err
		}
		if err := tx.RecordContact(dialogue, graph.Contact{Date: quiet, Channel: "MEETING", Note: "the last time they met"}); err != nil {
			return err
		}
		return tx.RecordReading(target, graph.Reading{Date: day, Power: 4, Stance: -1})
	})
	if err != nil {
		t.Fatal(err)
	}
	cypher(t, at, "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()", nil)
	for _, q := range queries {
		records := cypher(t, at, string(q[1]), nil)
		if len(records) == 0 {
			t.Errorf("no answer to:\n%s", q[1])
		}
		for _, r := range records {
			for i, v := range r.Values {
				if list, ok := v.([]any); v == nil && r.Keys[i] != "place" && r.Keys[i] != "role" && r.Keys[i] != "since" || ok && len(list) == 0 {
					t.Errorf("%s is empty in an answer to:\n%s", r.Keys[i], q[1])
				}
			}
		}
	}
}

// What the page says of erased text: Neo4j's files keep it, and new files do not.
func TestErasedTextInFiles(t *testing.T) {
	const canary = "CANARY-41b7 a summary that is long enough to be kept in a file of its own, and not within a record"
	dir := t.TempDir()
	p, err := neo4jtest.Start(t.Context(), dir, 0)
	if errors.Is(err, neo4jtest.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	s := open(t, p.Target())
	row := organization("gone")
	row.Fields["summary"] = canary
	commit(t, s, put(row))
	err = s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
		c := follow(h, []graph.Op{{ID: row.ID}})
		c.Rewrites = []graph.Rewrite{{Revision: 1, Index: 0}}
		return c, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := load(t, s); len(rows) != 0 {
		t.Errorf("%d rows after erasing", len(rows))
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if !holds(t, data, canary) {
		t.Error("Neo4j no longer keeps erased text: the page may promise more")
	}
	for _, folder := range []string{"databases", "transactions"} {
		if err := os.RemoveAll(filepath.Join(data, folder, "neo4j")); err != nil {
			t.Fatal(err)
		}
	}
	if holds(t, data, canary) {
		t.Error("erased text is in other folders than the page says")
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	commit(t, open(t, p.Target()), put(organization("first in the new files")))
}

// holds reports whether a file under dir contains the text.
func holds(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || found {
			return err
		}
		b, err := os.ReadFile(path)
		found = bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
