package analysis

import (
	"cmp"
	"slices"
	"testing"

	"weft/graph"
)

// BenchmarkReal asks the questions of analysis of real networks, each of an index that
// has answered nothing yet; making it is timed by itself. Networks that are not there are
// skipped.
func BenchmarkReal(b *testing.B) {
	for _, name := range []string{"parliament-groups", "ror"} {
		b.Run(name, func(b *testing.B) {
			v := realNetwork(b, name).view(steward)
			ix := NewIndex(v)
			most := mostLinked(ix, organization)
			b.Run("index", func(b *testing.B) {
				for b.Loop() {
					NewIndex(v)
				}
			})
			ask := func(name string, question func(ix *Index) error) {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						b.StopTimer()
						ix.memo = memo{}
						b.StartTimer()
						if err := question(ix); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			gaps := func(q GapQuestion) func(*Index) error {
				return func(ix *Index) error {
					_, err := ix.Find(b.Context(), q)
					return err
				}
			}
			ask("all gaps", gaps(GapQuestion{}))
			for _, kind := range GapKinds {
				ask(string(kind), gaps(GapQuestion{Kinds: []GapKind{kind}}))
			}
			ask("gaps of one", gaps(GapQuestion{Scope: Scope{Organization: most}}))
			ask("allies", func(ix *Index) error {
				_, err := ix.Allies(b.Context(), AllyQuestion{Of: most, Limit: 200})
				return err
			})
			ask("brokers", func(ix *Index) error {
				_, err := ix.Brokers(b.Context(), Reading{}, 1000)
				return err
			})
			ask("brokers by coalition", func(ix *Index) error {
				_, err := ix.Brokers(b.Context(), Reading{Shared: true}, 1000)
				return err
			})
			ask("health", func(ix *Index) error {
				_, err := ix.HealthOf(b.Context(), Reading{})
				return err
			})
			ask("what if", func(ix *Index) error {
				then, err := ix.Suppose(Supposition{Remove: []graph.ID{most}})
				if err != nil {
					return err
				}
				_, err = compared(b.Context(), ix, then, GapQuestion{})
				return err
			})
			then := NewIndex(v.AsOf(graph.DateOf(now.AddDate(-5, 0, 0))))
			ask("compare", func(ix *Index) error {
				then.memo = memo{}
				_, err := compared(b.Context(), then, ix, GapQuestion{})
				return err
			})
		})
	}
}

// mostLinked is the node of a kind with the most links.
func mostLinked(ix *Index, kind uint8) graph.ID {
	best := slices.MaxFunc(identity(len(ix.nodes)), func(a, b int32) int {
		links := func(i int32) int {
			if ix.nodes[i].kind != kind {
				return -1
			}
			return len(ix.live.of(i))
		}
		return cmp.Compare(links(a), links(b))
	})
	return ix.nodes[best].id
}
