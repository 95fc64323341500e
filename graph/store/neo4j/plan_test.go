package neo4j

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/internal/neo4jtest"
)

// No statement walks over all nodes of a label or all relationships of a type:
// the planner finds an index for each, even in an empty database, where a scan
// would look cheap and the plan be kept while the data grows.
func TestEveryStatementHitsAnIndex(t *testing.T) {
	at := neo4jtest.Server(t)
	neo4jtest.Empty(t, at)
	opened, err := Open(t.Context(), at.URL, Options{User: at.User, Password: at.Password, Database: at.Database})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close(context.Background())
	s := opened.(*store)

	statements := map[string]string{
		"removeNodes": removeNodes, "removeRecords": removeRecords, "removeBoxes": removeBoxes, "updateRecords": updateRecords, "updateBoxes": updateBoxes,
		"pageNodes": pageNodes, "pageRecords": pageRecords, "pageBoxes": pageBoxes, "eraseOps": eraseOps, "sealOps": sealOps, "createChange": createChange,
		"moveHead": moveHead, "readHead": readHead, "known": knownText, "touched": touchedText, "nodesAgain": nodesAgain, "recordsAgain": recordsAgain, "boxesAgain": boxesAgain, "tied": tiedText, "unlabel": unlabelText,
		"changes": changesText, "ops": opsText, "byKey": byKeyText, "backwards": backwardsText, "history": historyText, "historyOps": historyOpsText,
	}
	for kind, text := range nodeText {
		statements["update "+kind] = text.update
	}
	for kind, text := range linkText {
		statements["create "+kind], statements["update "+kind] = text.create, text.update
		statements["remove "+kind], statements["page "+kind], statements["again "+kind] = text.remove, text.page, text.again
	}
	for where, text := range seekText {
		statements["seek "+where] = text
	}
	params := map[string]any{"ids": []string{}, "rows": []any{}, "list": []any{}, "after": "", "limit": 1, "first": 1, "last": 1, "before": 1, "at": 1, "from": 0,
		"author": "", "key": "", "revision": 1, "hash": "", "change": map[string]any{"author": "", "key": ""}}
	for name, text := range statements {
		result, err := neo4j.ExecuteQuery(t.Context(), s.driver, "EXPLAIN "+text, params, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(at.Database))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seeks := 0
		var walk func(p neo4j.Plan)
		walk = func(p neo4j.Plan) {
			if strings.Contains(p.Operator(), "Scan") {
				t.Errorf("%s scans: %s %s", name, p.Operator(), fmt.Sprint(p.Arguments()["Details"]))
			}
			if strings.Contains(p.Operator(), "IndexSeek") {
				seeks++
			}
			for _, child := range p.Children() {
				walk(child)
			}
		}
		walk(result.Summary.Plan())
		if seeks == 0 {
			t.Errorf("%s finds nothing by an index", name)
		}
	}
}
