package resolvers

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"weft/internal/web"
)

// frontend holds the operations that the browser sends, as .graphql files.
const frontend = "../frontend/src"

// TestOperationsOfTheFrontEnd sends every operation of the front end, as it
// sends them: with the fragments it uses and nothing else. Each passes the guard
// and answers over a real network without an error, so that client and server
// cannot drift apart.
func TestOperationsOfTheFrontEnd(t *testing.T) {
	operations, fragments := readOperations(t)
	if len(operations) < 10 {
		t.Fatalf("only %d operations were found under %s", len(operations), frontend)
	}
	inputs := operationInputs()
	for name, text := range operations {
		t.Run(name, func(t *testing.T) {
			query := whole(text, fragments)
			document, refusal := web.Limits{}.Parse(query)
			if refusal != nil {
				t.Fatalf("the guard refuses it: %v", refusal)
			}
			a := newAPI(t)
			make, known := inputs[name]
			if !known {
				t.Fatal("this test has no variables for it: add them to operationInputs")
			}
			input := func(a *api) vars {
				in := make(a)
				if in["language"] == nil && strings.Contains(text, "$language") {
					in["language"] = "he"
				}
				return in
			}
			switch document.Operations[0].Operation {
			case ast.Subscription:
				next, ctx := a.start("", query, input(a))
				asked, end := a.asking("", named)
				defer end()
				waits(asked, &flight{})
				a.ask("", `mutation ($id: ID!) { confirm(input: {id: $id}) { change } }`, vars{"id": a.id("Harbour Law")}).ok()
				a.read(next(ctx)).ok()
			case ast.Mutation:
				// What was sent twice under one key is done once and told alike.
				in := input(a)
				first := a.ask("", query, in).ok()
				if first.at("edit.change") == nil {
					t.Fatalf("it changed nothing: %s", first.raw)
				}
				a.ask("", query, in).ok().is("edit.change", fmt.Sprintf("%q", first.at("edit.change")))
			default:
				everybody := []string{"", "coordinator", "visitor"}
				if forCoordinators[name] {
					everybody = everybody[:2]
				}
				in := input(a)
				for _, seeAs := range everybody {
					answer := a.ask(seeAs, query, in).ok()
					for field, value := range answer.data.(map[string]any) {
						if value == nil {
							t.Errorf("%s answered nothing to %q", field, seeAs)
						}
					}
				}
			}
		})
	}
	for name := range inputs {
		if _, ok := operations[name]; !ok {
			t.Errorf("operationInputs has variables for %s, which the front end does not send any more", name)
		}
	}
}

// forCoordinators names the queries that the front end sends for coordinators
// alone, or about what a visitor does not see.
var forCoordinators = map[string]bool{"Introduction": true, "IntroductionYears": true, "GapTitle": true}

// operationInputs gives the variables of each operation over the small network.
func operationInputs() map[string]func(*api) vars {
	none := func(*api) vars { return vars{} }
	input := func(make func(*api) vars) func(*api) vars {
		return func(a *api) vars {
			in := make(a)
			in["clientMutationId"] = "operations"
			return vars{"input": in}
		}
	}
	harbour := func(a *api) string { return string(a.id("Harbour Law")) }
	works := func(a *api) string { return string(a.id("Harbour Law WORKS_ON")) }
	// An introduction of the two, up to the last of the steps.
	introduction := func(a *api, steps ...string) vars {
		id := a.introduce("suggestIntroduction", "SuggestIntroductionInput", vars{"a": harbour(a), "b": string(a.id("Olive Union"))}).ok().at("edit.introduction.id")
		for _, step := range steps {
			if step != "answerIntroduction" {
				a.introduce(step, "IntroductionInput", vars{"id": id}).ok()
				continue
			}
			for _, party := range []string{harbour(a), string(a.id("Olive Union"))} {
				a.introduce(step, "AnswerIntroductionInput", vars{"id": id, "party": party, "choice": "ACCEPT"}).ok()
			}
		}
		return vars{"id": id}
	}
	return map[string]func(*api) vars{
		"Gaps": func(a *api) vars {
			return vars{"list": "ALL", "first": 5, "kinds": []any{"MISSING_TIE", "MISSING_CAPACITY"}, "scope": vars{"organization": harbour(a), "place": nil}}
		},
		"Dismissals": func(*api) vars { return vars{"first": 25} },
		"GapScopes":  none,
		"Glance":     none,
		"Lately":     func(*api) vars { return vars{"since": "2026-01-01T00:00:00Z"} },
		"Addresses":  func(a *api) vars { return vars{"ids": []any{harbour(a), string(a.id("Yearbook"))}} },
		"DismissGap": input(func(a *api) vars { return vars{"gap": a.gapIDs("")[0], "reason": "They know each other."} }),
		"ReopenGap": input(func(a *api) vars {
			gap := a.gapIDs("")[0]
			a.do("", "dismissGap", "DismissGapInput", vars{"gap": gap, "reason": "Not now."}).ok()
			return vars{"gap": gap}
		}),
		"Introductions": func(a *api) vars {
			introduction(a)
			return vars{"states": []any{"SUGGESTED"}, "first": 25}
		},
		"Introduction":      func(a *api) vars { return introduction(a, "proposeIntroduction") },
		"GapTitle":          func(a *api) vars { return vars{"id": a.gapIDs("")[0]} },
		"IntroductionYears": none,
		"TiesBetween":       func(a *api) vars { return vars{"id": harbour(a), "other": string(a.id("Olive Union"))} },
		"SuggestIntroduction": input(func(a *api) vars {
			return vars{"a": harbour(a), "b": string(a.id("Olive Union")), "broker": nil}
		}),
		"ProposeIntroduction": input(func(a *api) vars { return introduction(a) }),
		"AnswerIntroduction": input(func(a *api) vars {
			in := introduction(a, "proposeIntroduction")
			in["party"], in["choice"], in["note"] = harbour(a), "DECLINE", "Not this year."
			return in
		}),
		"MakeIntroduction": input(func(a *api) vars { return introduction(a, "proposeIntroduction", "answerIntroduction") }),
		"CloseIntroduction": input(func(a *api) vars {
			in := introduction(a, "proposeIntroduction", "answerIntroduction", "makeIntroduction")
			in["outcome"], in["link"], in["note"] = "TALKING", nil, ""
			return in
		}),
		"DismissIntroduction": input(func(a *api) vars {
			in := introduction(a)
			in["reason"] = "They met by themselves."
			return in
		}),
		"TakeBackIntroduction": input(func(a *api) vars { return introduction(a, "proposeIntroduction") }),
		"RecordContact": input(func(a *api) vars {
			link := a.do("", "connect", "ConnectInput", vars{"kind": "IN_DIALOGUE_WITH", "from": harbour(a), "to": string(a.id("Olive Union"))}).ok().at("connect.link.id")
			return vars{"link": link, "contact": vars{"date": "2026-05-04", "channel": "MEETING", "note": ""}}
		}),
		"Standing":  none,
		"Trend":     func(*api) vars { return vars{"days": []any{"2024-01-01", "2026-01-01"}} },
		"Catalogue": none,
		"Changes":   none,
		"Progress":  func(*api) vars { return vars{"of": named} },
		"Directory": func(a *api) vars {
			return vars{"text": "harbour", "sort": "BEST", "first": 50, "filter": vars{"kinds": []any{"Organization"}}}
		},
		"Ghost": func(a *api) vars { // one that everybody sees
			seen := a.gapIDs("coordinator")
			return vars{"id": a.gapIDs("visitor")[slices.IndexFunc(a.gapIDs("visitor"), func(id string) bool { return slices.Contains(seen, id) })]}
		},
		"Neighbourhood": func(a *api) vars {
			return vars{"ids": []any{harbour(a)}, "ended": true, "limit": 500, "language": "ar"}
		},
		"Profile":    func(a *api) vars { return vars{"id": harbour(a), "ended": true, "first": 50} },
		"History":    func(a *api) vars { return vars{"id": harbour(a), "first": 50} },
		"TieHistory": func(a *api) vars { return vars{"id": works(a)} },
		"Candidates": func(a *api) vars { return vars{"text": "olive", "filter": vars{"kinds": []any{"Organization"}}} },
		"Named":      func(a *api) vars { return vars{"ids": []any{harbour(a), string(a.id("Yearbook"))}} },
		"TieRecord":  func(a *api) vars { return vars{"id": works(a)} },
		"NodeRecord": func(a *api) vars { return vars{"id": harbour(a)} },
		"AddNode": input(func(a *api) vars {
			return vars{"kind": "Organization", "fields": vars{"name": "New House", "visibility": "PUBLIC",
				"organization": vars{"founded": "2019-05", "contactPoints": []any{vars{"kind": "EMAIL", "value": "a@new.example"}}}}}
		}),
		"ChangeNode": input(func(a *api) vars {
			return vars{"id": harbour(a), "expectedVersion": 1, "fields": vars{"summary": "Law by the harbour."}}
		}),
		"Connect": input(func(a *api) vars {
			return vars{"kind": "ALLIED_WITH", "from": harbour(a), "to": string(a.id("Olive Union")), "fields": vars{"since": "2020", "strength": 3, "alliance": vars{"formal": true}}}
		}),
		"ChangeLink": input(func(a *api) vars {
			return vars{"id": works(a), "expectedVersion": 1, "fields": vars{"work": vars{"priority": 2}}}
		}),
		"Confirm": input(func(a *api) vars { return vars{"id": works(a)} }),
		"Dispute": input(func(a *api) vars { return vars{"id": works(a), "note": "Not any more."} }),
		"End":     input(func(a *api) vars { return vars{"id": works(a), "until": "2025", "expectedVersion": 1} }),
		"Undo": input(func(a *api) vars {
			done := a.ask("", `mutation ($id: ID!) { confirm(input: {id: $id}) { change } }`, vars{"id": works(a)}).ok()
			return vars{"change": done.at("confirm.change")}
		}),
		"Touched": func(a *api) vars { return vars{"id": harbour(a)} },
		"RecordReading": input(func(a *api) vars {
			return vars{"link": string(a.id("Stay TARGETS")), "reading": vars{"date": "2026-05", "power": 4, "stance": -1, "source": string(a.id("Yearbook"))}}
		}),
		"RecordMeasurement": input(func(a *api) vars {
			return vars{"campaign": string(a.id("Stay")), "measurement": vars{"indicator": "signatures", "date": "2026-05", "value": 120.5, "source": nil}}
		}),
		"RemoveNode":      input(func(a *api) vars { return vars{"id": harbour(a), "expectedVersion": 1} }),
		"RemoveLink":      input(func(a *api) vars { return vars{"id": works(a), "expectedVersion": 1} }),
		"Merge":           input(func(a *api) vars { return vars{"into": harbour(a), "from": string(a.id("Olive Union"))} }),
		"WithdrawConsent": input(func(a *api) vars { return vars{"story": string(a.id("A morning"))} }),
		"Erase":           input(func(a *api) vars { return vars{"id": string(a.id("Amal"))} }),
	}
}

var definition = regexp.MustCompile(`(?m)^(query|mutation|subscription|fragment)\s+(\w+)`)

// readOperations reads the .graphql files: operations and fragments by name.
func readOperations(t *testing.T) (operations, fragments map[string]string) {
	t.Helper()
	operations, fragments = map[string]string{}, map[string]string{}
	err := filepath.WalkDir(frontend, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".graphql" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := definition.FindAllStringSubmatchIndex(string(text), -1)
		for i, at := range found {
			end := len(text)
			if i+1 < len(found) {
				end = found[i+1][0]
			}
			into := operations
			if string(text[at[2]:at[3]]) == "fragment" {
				into = fragments
			}
			name := string(text[at[4]:at[5]])
			if into[name] != "" {
				t.Errorf("%s: there is another %s", path, name)
			}
			into[name] = string(text[at[0]:end])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return operations, fragments
}

var spread = regexp.MustCompile(`\.\.\.\s*([A-Z]\w*)`)

// whole is an operation with the fragments that it needs, each once.
func whole(operation string, fragments map[string]string) string {
	text, used := operation, []string{}
	for rest := []string{operation}; len(rest) > 0; rest = rest[1:] {
		for _, match := range spread.FindAllStringSubmatch(rest[0], -1) {
			if f, ok := fragments[match[1]]; ok && !slices.Contains(used, match[1]) {
				used, rest = append(used, match[1]), append(rest, f)
				text += "\n" + strings.TrimSpace(f)
			}
		}
	}
	return text
}
