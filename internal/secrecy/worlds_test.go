package secrecy

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"weft/graph"
	"weft/graph/store/sqlite"
	"weft/resolvers"
)

var (
	long   = flag.Bool("long", os.Getenv("WEFT_LONG") != "", "10,000 worlds on SQLite, each in all three variants, and 500 on Neo4j however long it takes")
	worlds = flag.Int("worlds", 0, "how many worlds to compare; 0 is 500, or 10,000 with -long")
	leaks  = flag.Int("leaks", 4, "how many leaks to show before giving up")
	halves = flag.Int("halves", 200, "how many worlds with an introduction to compare")
	first  = flag.Uint64("first", 0, "the world to begin with")
)

// TestMain keeps databases in memory where there is a file system for that:
// they are made and thrown away by the thousand.
func TestMain(m *testing.M) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		os.Setenv("TMPDIR", "/dev/shm")
	}
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// made makes a variant of a world in a store, asks it all that its viewer may
// ask, and closes it. first is the whole world, nil for that itself.
func made(t testing.TB, p *plan, v variant, store graph.Store, first *server) *server {
	t.Helper()
	return askedFor(t, p, v, store, first, share{reads: true, events: true, edits: true})
}

// share says what of all is asked of a world.
type share struct {
	reads, events, edits bool
	skips                func(name string) bool // templates that are left out, none when nil
}

// askedFor is made with a share of what there is to ask.
func askedFor(t testing.TB, p *plan, v variant, store graph.Store, first *server, of share) *server {
	t.Helper()
	var changes []graph.ID
	if first != nil {
		changes = first.made
	}
	s := serve(t, p, v, store, changes)
	defer s.close()
	s.skips = of.skips
	c := newScript(s)
	if of.reads {
		c.reads()
		c.analyses()
	}
	if of.events {
		c.watch(changes)
	}
	if of.edits {
		c.introduces()
		c.writes()
	}
	return s
}

func memory(t testing.TB) graph.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// variants are those that world number seed is made in: whole, and in turn
// without what is hidden and with other hidden things, or both.
func variants(seed uint64) []variant {
	if *long {
		return []variant{whole, without, other}
	}
	return []variant{whole, without + variant(seed/4%2)}
}

// compare makes world number seed in its variants. It returns the first
// difference that its viewer can tell, and the answers compared.
func compare(t testing.TB, seed uint64) (leak string, answers []answer) {
	p := makePlan(seed)
	var first *server
	for _, v := range variants(seed) {
		s := made(t, p, v, memory(t), first)
		if first == nil {
			first = s
			continue
		}
		if d := first.differs(s); d != "" {
			return fmt.Sprintf("LEAK in world %d to %s: %s", seed, p.persona, d), nil
		}
		answers = append(answers, s.answers...)
	}
	return "", answers
}

// TestWorlds is the proof on SQLite.
func TestWorlds(t *testing.T) {
	t.Parallel()
	n := 500
	if *long {
		n = 10_000
	}
	if *worlds > 0 {
		n = *worlds
	}
	if testing.Short() {
		n = min(n, 25)
	}
	var next atomic.Int64
	pairs := 0
	var mu sync.Mutex
	templates, worked, failing := map[string]int{}, map[string]string{}, 0
	t.Run("all", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("worlds", func(t *testing.T) {
				t.Parallel()
				for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
					leak, answers := compare(t, *first+uint64(i))
					mu.Lock()
					for _, a := range answers {
						templates[a.name]++
						if !strings.Contains(a.raw, `"errors":`) {
							worked[a.name] = a.request
						}
					}
					pairs += len(answers)
					if leak == "" {
						mu.Unlock()
						continue
					}
					failing++
					stop := failing >= *leaks
					mu.Unlock()
					t.Error(leak)
					if stop {
						return
					}
				}
			})
		}
	})
	// Equal refusals would prove little: every root field must have worked for
	// somebody, but those that take a steward, whom no persona is.
	schema := resolvers.New(nil, resolvers.Options{}).Schema().Schema()
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, f := range root.Fields {
			if asked := regexp.MustCompile(`[{ ]` + f.Name + `[ ({]`); !strings.HasPrefix(f.Name, "__") && f.Name != "erase" && f.Name != "withdrawConsent" && n >= 100 && !t.Failed() {
				if !slices.ContainsFunc(slices.Collect(maps.Values(worked)), asked.MatchString) {
					t.Errorf("%s.%s never worked: ask for it in script_test.go or analysis_test.go", root.Name, f.Name)
				}
			}
		}
	}
	t.Logf("%d worlds, %d templates, %d pairs of answers compared", n, len(templates), pairs)
}
