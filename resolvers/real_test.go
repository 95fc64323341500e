package resolvers

import (
	"fmt"
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

// askedFirst are questions of a whole network, and of one of its organizations and one
// of its coalitions: those that most are linked with.
func askedFirst(v *graph.View) map[string]question {
	most := map[graph.NodeKind]graph.ID{}
	at := map[graph.NodeKind]int{}
	g := v.Past()
	degree := make([]int, len(g.IDs))
	for _, l := range g.Links {
		degree[l.From]++
		degree[l.To]++
	}
	for i, id := range g.IDs {
		kind := graph.NodeKinds()[g.Kinds[i]].Kind
		if most[kind] == "" || degree[i] > at[kind] {
			most[kind], at[kind] = id, degree[i]
		}
	}
	actor, group := vars{"id": most[graph.KindOrganization]}, vars{"id": most[graph.KindCoalition]}
	ask := map[string]question{
		"all gaps":             {`{ gaps(first: 50) { nodes ` + gapFields + ` totalCount } }`, nil},
		"missing ties":         {`{ gaps(first: 50, kinds: [MISSING_TIE]) { nodes ` + gapFields + ` totalCount } }`, nil},
		"missing members":      {`{ gaps(first: 50, kinds: [MISSING_MEMBER]) { nodes ` + gapFields + ` totalCount } }`, nil},
		"gaps of one":          {`query($id: ID!) { gaps(first: 50, scope: {organization: $id}) { nodes ` + gapFields + ` totalCount } }`, actor},
		"allies":               {`query($id: ID!) { allies(of: $id) { nodes { node { name } score path ` + pathFields + ` } totalCount } }`, actor},
		"brokers":              {`{ brokers { exact error brokers { nodes { node { name } betweenness constraint effectiveSize degree core cut } totalCount } } }`, nil},
		"brokers by coalition": {`{ brokers(reading: {shared: true}) { exact error brokers { nodes { node { name } betweenness } totalCount } } }`, nil},
		"groups":               {`{ groups { alone modularity groups { nodes { id size issues { name } } totalCount } } }`, nil},
		"health":               {`{ health ` + healthFields + ` }`, nil},
		"coverage":             {`{ coverage { groups holes cells(holes: true) { nodes { row column expected hole } totalCount } } }`, nil},
		"projection":           {`{ projection { actors groups memberships pairs { totalCount } } }`, nil},
		"compare":              {`{ compare(before: "2020-01-01") ` + changeFields + ` }`, nil},
		"what if":              {`query($id: ID!) { whatIf(remove: [$id]) ` + changeFields + ` }`, actor},
	}
	if group["id"] != graph.ID("") {
		ask["missing members of one"] = question{`query($id: ID!) { gaps(first: 50, scope: {coalition: $id}, kinds: [MISSING_MEMBER]) { nodes ` + gapFields + ` totalCount } }`, group}
		ask["holders"] = question{`query($id: ID!) { holders(coalition: $id) { node { name } sizes } }`, group}
	}
	return ask
}

// TestRealNetworksFirstAsked answers the questions of analysis on the demo and real networks
// and logs how long each takes when it is asked first: when nothing is remembered, with the
// index of the view made anew, and when Ahead has made what it makes. In the long run ROR is
// asked too, and the median of five is told.
func TestRealNetworksFirstAsked(t *testing.T) {
	root := os.Getenv("WEFT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	t.Run("demo", func(t *testing.T) {
		a := demoAPI(t)
		firstAsked(t, a, questions(a))
	})
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
			firstAsked(t, a, askedFirst(v))
		})
	}
}

func firstAsked(t *testing.T, a *api, ask map[string]question) {
	v, err := a.directory.View(keeper, graph.SCREEN)
	if err != nil {
		t.Fatal(err)
	}
	const index = "of which the index"
	rounds := 1
	if os.Getenv("WEFT_LONG") != "" {
		rounds = 5
	}
	took := map[string][2][]time.Duration{}
	timed := func(name string, ahead int, do func()) {
		begun := time.Now()
		do()
		of := took[name]
		of[ahead] = append(of[ahead], time.Since(begun))
		took[name] = of
	}
	names := slices.Sorted(maps.Keys(ask))
	coordinator, err := a.resolver.persona("coordinator")
	if err != nil {
		t.Fatal(err)
	}
	for range rounds {
		timed(index, 0, func() { analysis.NewIndex(v) })
		for _, name := range names {
			a.resolver.memory = newMemory()
			timed(name, 0, func() { a.ask("coordinator", ask[name].query, ask[name].vars).ok() })
		}
		a.resolver.memory, a.resolver.lately = newMemory(), lately{}
		a.resolver.lately.asks(coordinator)
		a.resolver.makeAhead(t.Context())
		for _, name := range names {
			timed(name, 1, func() { a.ask("coordinator", ask[name].query, ask[name].vars).ok() })
		}
	}
	for _, name := range append([]string{index}, names...) {
		said := ""
		for ahead, list := range took[name] {
			if len(list) == rounds {
				slices.Sort(list)
				said += fmt.Sprintf("%s%8.1f ms (%.1f to %.1f)", []string{"", "; ahead"}[ahead], milliseconds(list[rounds/2]), milliseconds(list[0]), milliseconds(list[rounds-1]))
			}
		}
		t.Logf("%-22s %s", name, said)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
