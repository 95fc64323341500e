package speed

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// affiliation is organizations in groups: five memberships each on the mean
// (1 to 9), groups drawn so that the largest hold a hundred times the median.
type affiliation struct {
	organizations, groups int
	in                    [][]int32 // of each organization, ascending
	size                  []int
}

func affiliations(organizations, groups int, seed uint64) *affiliation {
	r := rand.New(rand.NewPCG(seed, 3))
	a := &affiliation{organizations: organizations, groups: groups, in: make([][]int32, organizations), size: make([]int, groups)}
	popular := make([]float64, groups) // running sum of rank^−0.7
	sum := 0.0
	for g := range popular {
		sum += math.Pow(float64(g+1), -.7)
		popular[g] = sum
	}
	for i := range a.in {
		for range 1 + r.IntN(9) {
			g, _ := slices.BinarySearch(popular, r.Float64()*sum)
			a.in[i] = append(a.in[i], int32(min(g, groups-1)))
		}
		slices.Sort(a.in[i])
		a.in[i] = slices.Compact(a.in[i])
		for _, g := range a.in[i] {
			a.size[g]++
		}
	}
	return a
}

// rows are organizations that work on issues.
func (a *affiliation) rows(sink func(graph.Row) error) error {
	for i := range a.organizations {
		if err := sink(nodeRow(idOf('a', i), graph.KindOrganization, graph.Fields{"name": fmt.Sprint("organization ", i)})); err != nil {
			return err
		}
	}
	for g := range a.groups {
		if err := sink(nodeRow(idOf('g', g), graph.KindIssue, graph.Fields{"name": fmt.Sprint("issue ", g)})); err != nil {
			return err
		}
	}
	count := 0
	for i, list := range a.in {
		for _, g := range list {
			if err := sink(linkRow(idOf('w', count), graph.WORKS_ON, idOf('a', i), idOf('g', int(g)), 3)); err != nil {
				return err
			}
			count++
		}
	}
	return nil
}

// write puts W, w(i,g) = 1/√size(g), into files, and its pairs as a two-mode network.
func (a *affiliation) write(path string) error {
	start, column, value, pairs := []int32{0}, []int32{}, []float64{}, []int32{}
	for i, list := range a.in {
		for _, g := range list {
			column, value = append(column, g), append(value, math.Sqrt(1/float64(a.size[g])))
			pairs = append(pairs, int32(i), int32(a.organizations)+g)
		}
		start = append(start, int32(len(column)))
	}
	return cmp.Or(write(path+".start", start), write(path+".column", column), write(path+".value", value), write(path+".pairs", pairs))
}

// gaps is the kernel of all suggestions: for each organization the ten that
// share most with it, groups counting by one over their size.
func (b *bench) gaps(s *section) error {
	s.say("The ten largest of each row of W·Wᵀ without its diagonal, W organizations × 7,000 groups, w(i,g) = 1/√size(g). Weft and sparse-dot-topn use all cores; " +
		"scipy multiplies a thousand rows at a time and picks ten; igraph has no such product, its nearest kernel (Adamic-Adar by `similarity_inverse_log_weighted`) " +
		"is measured. Where a peer does the first rows only, its time is multiplied, which is said.")
	s.head()
	for _, n := range b.upTo(10_000, 100_000) {
		a := affiliations(n, 7_000, 1)
		path := filepath.Join(b.dir, fmt.Sprint("affiliation", n))
		if err := a.write(path); err != nil {
			return err
		}
		v, err := visible(b.ctx, a.rows)
		if err != nil {
			return err
		}
		c := analysis.Fitted()
		c.Layer = [analysis.LayerCount]float64{analysis.LayerIssues: 1}
		c.Rarity[analysis.LayerIssues] = 1
		ix := analysis.NewIndexWith(v, c)
		const k = 10
		var top [][]analysis.Closeness
		ask := func(call string, sample int) request {
			return request{"call": call, "path": path, "edges": path + ".pairs", "rows": n, "columns": a.groups, "k": k, "threads": 2, "sample": sample, "out": path + "." + call}
		}
		rows, few := min(n, 10_000), 200
		var dot, product, similar *answer
		f, err := b.race(
			contender{name: "Weft", run: func(int) (float64, error) {
				return timed(func() (err error) { top, err = ix.TopShared(b.ctx, k); return err })
			}},
			b.peers.turns("sparse-dot-topn", ask("top_sparse_dot", 0), &dot),
			b.peers.turns("scipy", ask("top_scipy", rows), &product),
			b.peers.turns("igraph", ask("top_igraph", few), &similar))
		if err != nil {
			return err
		}
		work := fmt.Sprintf("%d organizations, %d memberships", n, lengths(a.in))
		s.row(work, f[0], f[1], 1.3, sameTop(top, dot, n, k))
		s.scaled(work, f[0], f[2], float64(n)/float64(rows), 8, sameTop(top, product, rows, k))
		s.scaled(work, f[0], f[3], float64(n)/float64(few), 200, "another measure")
	}
	return nil
}

func lengths(lists [][]int32) (n int) {
	for _, l := range lists {
		n += len(l)
	}
	return n
}

// sameTop compares the values of the first rows.
func sameTop(top [][]analysis.Closeness, a *answer, rows, k int) string {
	if a == nil {
		return ""
	}
	theirs, err := readFloats(a.File)
	if err != nil || len(theirs) < rows*k {
		return "not compared"
	}
	worst := 0.0
	for i := range rows {
		for n := range k {
			x := 0.0
			if n < len(top[i]) {
				x = top[i][n].Score
			}
			worst = max(worst, math.Abs(x-theirs[i*k+n]))
		}
	}
	return agreement(worst, 1e-9)
}

// agreement says how far two answers are apart at most.
func agreement(worst, allowed float64) string {
	if worst > allowed {
		return fmt.Sprintf("**differ** by %.2g", worst)
	}
	return fmt.Sprintf("equal within %.0e", allowed)
}
