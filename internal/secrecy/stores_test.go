package secrecy

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/internal/neo4jtest"
)

const (
	oneIn     = 6 // one of so many worlds asks a template that only looks at the network in memory
	oneEditIn = 3 // or makes an edit of a kind that others make too

	patience = 8 * time.Minute // on a slow or busy machine fewer worlds are compared, and the test says how many
)

// everywhere are the templates that read the log from the store, or whose
// answers others need.
func everywhere(name string) bool {
	return begins(name, "history", "changes", "what changed", "undo", "version", "add", "remove", "with ", "introduce", "propose", "a gap")
}

// edits reports whether a template is an edit of which there are many alike.
func edits(name string) bool {
	return begins(name, "change", "connect", "end", "confirm", "dispute", "contact", "reading", "measurement", "merge")
}

func begins(name string, with ...string) bool {
	return slices.ContainsFunc(with, func(s string) bool { return strings.HasPrefix(name, s) })
}

// TestStores is the proof on Neo4j, and that Neo4j and SQLite answer the same
// world with the same bytes: of each world one variant is on SQLite and the
// other on Neo4j. See the package's comment for what a world asks.
func TestStores(t *testing.T) {
	t.Parallel() // it mostly waits for Neo4j
	n := uint64(500)
	if *worlds > 0 {
		n = min(n, uint64(*worlds))
	}
	if testing.Short() {
		n = 3
	}
	target := neo4jtest.Server(t)
	neo4jtest.Clear(t, target)
	empty := func() graph.Store {
		neo4jtest.Empty(t, target)
		s, err := neo4j.Open(t.Context(), target.URL, neo4j.Options{User: target.User, Password: target.Password, Database: target.Database})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	began, pairs, asked := time.Now(), 0, map[string]int{}
	for seed := *first; seed < *first+n; seed++ {
		if time.Since(began) > patience && !*long {
			n = seed - *first
			t.Logf("out of patience: run it alone, or with -long, for all worlds")
			break
		}
		p := makePlan(seed)
		p.group(400)
		skips := func(name string) bool {
			h := fnv.New32a()
			fmt.Fprint(h, name, " in world ", seed)
			of := uint32(oneIn)
			if edits(name) {
				of = oneEditIn
			}
			skip := !everywhere(name) && h.Sum32()>>8%of != 0
			if _, known := asked[name]; !known || !skip {
				asked[name] += map[bool]int{false: 1}[skip]
			}
			return skip
		}
		of := seed / 8 // of every persona and variant
		some := share{reads: of%3 != 0, events: seed%4 == of%4, edits: of%3 == 0, skips: skips}
		var first *server
		for k, v := range variants(seed)[:2] {
			store := memory
			if seed/16%2 == uint64(k) {
				store = func(testing.TB) graph.Store { return empty() }
			}
			s := askedFor(t, p, v, store(t), first, some)
			if first == nil {
				first = s
			} else if d := first.differs(s); d != "" {
				t.Fatalf("Neo4j and SQLite differ, or LEAK, in world %d to %s: %s", seed, p.persona, d)
			}
			pairs += len(s.answers) / 2
		}
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if asked[name] == 0 && n >= 500 {
			t.Errorf("no world asked %q", name)
		}
	}
	t.Logf("%d worlds, %d templates, %d pairs of answers compared in %s", n, len(asked), pairs, time.Since(began).Round(time.Second))
}
