package main

import (
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"weft/internal/neo4jtest"
)

const introductionsQuery = `{ introductions { nodes { id state parties { id name } broker { id } gap reasons { message { english } share nodes { id } links { id } }
	answers { party { id } choice note at } suggestedAt suggestedBy proposedAt madeAt outcome outcomeNote outcomeAt link { id kind } } }
	introductionYears { year suggested proposed accepted declined dismissed made followed holding lasted gapsClosed }
	gaps(list: ALL, first: 30) { totalCount nodes { id score introduction { id } } } dismissals { nodes { id gap reason } } }`

// introductionsOnNeo4j takes an introduction through all its steps on Neo4j, in
// the running program, and wants the numbers to tell, another server on the same
// database to know, and an archive to bring all of it into SQLite.
func introductionsOnNeo4j(t *testing.T, target neo4jtest.Target) {
	env := environment(target)
	store := []string{"--store", target.URL, "--key-file", filepath.Join(t.TempDir(), "weft.key")}
	s := serve(t, env, append(store, "--demo", "--quiet")...)
	// A machine that is busy with other tests may not hear from Neo4j for a second.
	try := func(s *server, query string, v vars, into any) []fault {
		t.Helper()
		for until := time.Now().Add(time.Minute); ; {
			faults, err := s.try("", query, v, into)
			if err != nil {
				t.Fatal(err)
			}
			if len(faults) == 0 || faults[0].Extensions.Code != "UNAVAILABLE" || time.Now().After(until) {
				return faults
			}
		}
	}
	ask := func(s *server, query string, v vars, into any) {
		t.Helper()
		if faults := try(s, query, v, into); len(faults) > 0 {
			t.Fatalf("%s\n%+v", query, faults)
		}
	}
	var found struct {
		A, B struct {
			Nodes []struct{ Node struct{ ID string } }
		}
	}
	ask(s, `query($a: String!, $b: String!) { a: search(text: $a, first: 1) { nodes { node { id } } } b: search(text: $b, first: 1) { nodes { node { id } } } }`,
		vars{"a": "Lantern Legal", "b": "Olive Threshold"}, &found)
	a, b := found.A.Nodes[0].Node.ID, found.B.Nodes[0].Node.ID
	var made struct {
		Edit struct {
			Introduction struct {
				ID, State, Gap string
				Broker         struct{ ID string }
				Reasons        []struct{ Share float64 }
			}
			Link struct{ ID string }
		}
	}
	edit := func(field, input string, in vars, state string) {
		t.Helper()
		in["clientMutationId"] = rand.Text()
		ask(s, `mutation($in: `+input+`!) { edit: `+field+`(input: $in) { introduction { id state gap broker { id } reasons { share } } link { id } } }`, vars{"in": in}, &made)
		if state != "" && made.Edit.Introduction.State != state {
			t.Fatalf("%s left it %s, want %s", field, made.Edit.Introduction.State, state)
		}
	}
	edit("suggestIntroduction", "SuggestIntroductionInput", vars{"a": a, "b": b}, "SUGGESTED")
	i := made.Edit.Introduction
	if i.Gap == "" || i.Broker.ID == "" || len(i.Reasons) < 2 {
		t.Fatalf("it names no gap, broker or reasons: %+v", i)
	}
	if f := try(s, `mutation($in: SuggestIntroductionInput!) { suggestIntroduction(input: $in) { change } }`, vars{"in": vars{"a": b, "b": a}}, nil); len(f) == 0 || f[0].Extensions.Code != "CONFLICT" {
		t.Errorf("suggested again: %+v", f)
	}
	edit("proposeIntroduction", "IntroductionInput", vars{"id": i.ID}, "PROPOSED")
	edit("answerIntroduction", "AnswerIntroductionInput", vars{"id": i.ID, "party": a, "choice": "ACCEPT", "note": "Gladly.\nשלום"}, "PROPOSED")
	edit("answerIntroduction", "AnswerIntroductionInput", vars{"id": i.ID, "party": b, "choice": "ACCEPT"}, "ACCEPTED")
	edit("makeIntroduction", "IntroductionInput", vars{"id": i.ID}, "MADE")
	edit("connect", "ConnectInput", vars{"kind": "ALLIED_WITH", "from": a, "to": b, "fields": vars{"visibility": "PUBLIC"}}, "")
	link := made.Edit.Link.ID
	edit("closeIntroduction", "CloseIntroductionInput", vars{"id": i.ID, "outcome": "TIE", "link": link, "note": "They met."}, "MADE")
	// A second one is declined, and a gap dismissed.
	var gaps struct {
		Gaps struct {
			Nodes []struct {
				ID    string
				Nodes []struct{ ID string }
			}
		}
	}
	ask(s, `{ gaps(list: READY, kinds: [MISSING_TIE], first: 2) { nodes { id nodes { id } } } }`, nil, &gaps)
	edit("suggestIntroduction", "SuggestIntroductionInput", vars{"gap": gaps.Gaps.Nodes[0].ID}, "SUGGESTED")
	second := made.Edit.Introduction.ID
	edit("proposeIntroduction", "IntroductionInput", vars{"id": second}, "PROPOSED")
	edit("answerIntroduction", "AnswerIntroductionInput", vars{"id": second, "party": gaps.Gaps.Nodes[0].Nodes[0].ID, "choice": "DECLINE"}, "DECLINED")
	edit("dismissGap", "DismissGapInput", vars{"gap": gaps.Gaps.Nodes[1].ID, "reason": "known"}, "")

	var answer struct {
		IntroductionYears []struct{ Suggested, Proposed, Accepted, Declined, Made, Followed, Holding, GapsClosed int }
	}
	all := func(s *server) (text json.RawMessage) {
		t.Helper()
		ask(s, introductionsQuery, nil, &text)
		return text
	}
	before := all(s)
	if err := json.Unmarshal(before, &answer); err != nil || len(answer.IntroductionYears) != 1 {
		t.Fatalf("%v %s", err, before)
	}
	if y := answer.IntroductionYears[0]; y.Suggested != 2 || y.Proposed != 2 || y.Accepted != 1 || y.Declined != 1 || y.Made != 1 || y.Followed != 1 || y.Holding != 1 || y.GapsClosed != 1 {
		t.Errorf("the numbers are %+v", y)
	}
	other := serve(t, env, append(store, "--quiet")...)
	if again := all(other); string(again) != string(before) {
		t.Errorf("another server says\n%s\nnot\n%s", again, before)
	}
	other.stop()
	archive, copied := filepath.Join(t.TempDir(), "all.weft.jsonl.gz"), []string{"--store", "sqlite:" + file(t)}
	if r := process(t, env, append([]string{"export", archive}, store...)...); r.code != 0 {
		t.Fatal(r)
	}
	s.stop()
	if r := process(t, env, append([]string{"restore", archive}, copied...)...); r.code != 0 {
		t.Fatal(r)
	}
	restored := serve(t, nil, append(copied, "--quiet")...)
	if again := all(restored); string(again) != string(before) {
		t.Errorf("brought into SQLite it says\n%s\nnot\n%s", again, before)
	}
	restored.stop()
	if r := process(t, env, append([]string{"verify"}, store...)...); r.code != 0 {
		t.Error(r)
	}
}
