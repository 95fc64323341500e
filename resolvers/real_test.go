package resolvers

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/analysis"
	"weft/graph/exchange"
)

// TestRealNetworksFirstAsked answers the questions of analysis on real networks and
// logs how long each takes when nothing is remembered, with the index of the view made
// anew each time. ROR is asked in the long run.
func TestRealNetworksFirstAsked(t *testing.T) {
	root := os.Getenv("WEFT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	names := []string{"parliament-groups"}
	if os.Getenv("WEFT_LONG") != "" {
		names = append(names, "ror")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Skipf("SKIPPED: the real network %s is not here; set WEFT_DATA to the folder that holds it", name)
			}
			a := emptyAPI(t, theDay())
			m, err := exchange.MappingNamed(name)
			if err != nil {
				t.Fatal(err)
			}
			batch, err := exchange.Read(t.Context(), os.DirFS(filepath.Join(root, name)), exchange.ReadOptions{Mapping: m, Default: name})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exchange.Apply(t.Context(), a.directory, keeper, batch, nil); err != nil {
				t.Fatal(err)
			}
			v, err := a.directory.View(keeper, graph.SCREEN)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			analysis.NewIndex(v)
			t.Logf("%-22s %7.1f ms", "of which the index", float64(time.Since(begun).Microseconds())/1000)
			ask := map[string]string{
				"all gaps":             `{ gaps(first: 50) { nodes ` + gapFields + ` totalCount } }`,
				"missing ties":         `{ gaps(first: 50, kinds: [MISSING_TIE]) { nodes ` + gapFields + ` totalCount } }`,
				"missing members":      `{ gaps(first: 50, kinds: [MISSING_MEMBER]) { nodes ` + gapFields + ` totalCount } }`,
				"brokers":              `{ brokers { exact error brokers { nodes { node { name } betweenness constraint effectiveSize degree core cut } totalCount } } }`,
				"brokers by coalition": `{ brokers(reading: {shared: true}) { exact error brokers { nodes { node { name } betweenness } totalCount } } }`,
				"groups":               `{ groups { alone modularity groups { nodes { id size issues { name } } totalCount } } }`,
				"health":               `{ health ` + healthFields + ` }`,
				"coverage":             `{ coverage { groups holes cells(holes: true) { nodes { row column expected hole } totalCount } } }`,
				"projection":           `{ projection { actors groups memberships pairs { totalCount } } }`,
			}
			for _, q := range slices.Sorted(maps.Keys(ask)) {
				a.resolver.memory = newMemory()
				next, ctx := a.start("coordinator", ask[q], nil)
				begun := time.Now()
				response := next(ctx)
				took := time.Since(begun)
				a.read(response).ok()
				t.Logf("%-22s %7.1f ms", q, float64(took.Microseconds())/1000)
			}
		})
	}
}
