package analysis

import (
	"context"
	"slices"

	"weft/graph"
)

// Closeness is how much an actor shares with another.
type Closeness struct {
	Node  graph.ID
	Score float64 // S2, not scaled
}

// TopShared returns, for each node in order of id, the k actors it shares most
// with by S2 alone: the kernel of all suggestions, for all at once.
func (ix *Index) TopShared(ctx context.Context, k int) ([][]Closeness, error) {
	out := make([][]Closeness, len(ix.nodes))
	most := ix.reps.mostOf()
	ids := make([]graph.ID, len(ix.nodes)) // close together: nodes are large
	for i := range ids {
		ids[i] = ix.nodes[i].id
	}
	parallel(len(out), topChunk, func() func(int) {
		s := ix.newSharer(most, k)
		var room []Closeness
		return func(i int) {
			if i%topChunk == 0 && ctx.Err() != nil || k < 1 {
				return
			}
			best := s.of(int32(i))
			if len(room) < len(best) {
				room = make([]Closeness, topChunk*k)
			}
			out[i], room = room[:len(best):len(best)], room[len(best):]
			for n, x := range best {
				out[i][n] = Closeness{ids[x.node], x.value}
			}
		}
	})
	return out, ctx.Err()
}

const topChunk = 64

// mostOf returns the largest share in each group: no actor gets more out of it.
func (g *groups) mostOf() []float64 {
	out := make([]float64, len(g.begin)-1)
	for a := range out {
		_, shares := g.in(int32(a))
		out[a] = slices.Max(shares)
	}
	return out
}

// sharer finds the k actors that one shares most with, without looking through
// large groups where small ones decide: once k actors are ahead by more than all
// the groups left could give, nobody new can catch up, and what those within reach
// get out of the groups left is looked up one by one.
type sharer struct {
	ix     *Index
	k      int
	most   []float64
	sum    []float64 // of each actor met
	met    []int32
	place  []int32 // of each group in list, from 1
	list   []mine  // the groups of the one asked for, the smallest first
	gained []float64
	best   []near
}

// mine is a group of the one asked for.
type mine struct {
	group, size int32
	weight      float64
	bound       float64 // what it can give at most
}

func (ix *Index) newSharer(most []float64, k int) *sharer {
	return &sharer{ix: ix, k: k, most: most, sum: make([]float64, len(ix.nodes)), place: make([]int32, len(most))}
}

// of returns the k nearest of i, the largest S2 first and of equals the lower
// number. Sums go through groups from the smallest to the largest. The list is only lent.
func (s *sharer) of(i int32) []near {
	reps := &s.ix.reps
	groups, weights := reps.of(i)
	s.list, s.met = s.list[:0], s.met[:0]
	left, entries := 0.0, 0 // what the groups to come can give, and how many are in them
	for n, a := range groups {
		g := mine{a, reps.begin[a+1] - reps.begin[a], weights[n], weights[n] * s.most[a]}
		if g.bound == 0 {
			continue
		}
		at := len(s.list)
		s.list = append(s.list, g)
		for at > 0 && s.list[at-1].size > g.size {
			s.list[at] = s.list[at-1]
			at--
		}
		s.list[at] = g
		left += g.bound
		entries += int(g.size)
	}
	done := false
	for n, g := range s.list {
		if len(s.met) > s.k && entries > len(s.met)+worthPruning {
			s.choose(i)
			if floor := s.best[len(s.best)-1].value - left*(1+topSlack); len(s.best) == s.k && floor > 0 && s.near(floor)*8 < entries {
				s.finish(i, n, floor)
				done = true
				break
			}
		}
		actors, shares := reps.in(g.group)
		shares = shares[:len(actors)]
		sum, met := s.sum, s.met
		for n, j := range actors {
			x := sum[j]
			if x == 0 {
				met = append(met, j)
			}
			sum[j] = x + float64(g.weight*shares[n])
		}
		s.met = met
		left -= g.bound
		entries -= len(actors)
	}
	if !done {
		s.choose(i)
	}
	for _, j := range s.met {
		s.sum[j] = 0
	}
	return s.best
}

const worthPruning = 64 // memberships to go through that are more than looking who is ahead

// topSlack is more than sums of the same numbers in another order differ by.
const topSlack = 1e-12

// choose puts the k best of those met into best.
func (s *sharer) choose(i int32) {
	list, floor := s.best[:0], 0.0
	for _, j := range s.met {
		if x := s.sum[j]; x >= floor && x > 0 && j != i {
			list = keepBest(list, near{j, x}, s.k)
			if len(list) == s.k {
				floor = list[s.k-1].value
			}
		}
	}
	s.best = list
}

// near counts those met whose sum is at least a floor.
func (s *sharer) near(floor float64) (count int) {
	for _, j := range s.met {
		if s.sum[j] >= floor {
			count++
		}
	}
	return count
}

// finish adds what the groups from a place on give to those met with a sum of
// at least a floor, and makes best of these.
func (s *sharer) finish(i int32, from int, floor float64) {
	for n, g := range s.list {
		s.place[g.group] = int32(n + 1)
	}
	s.gained = append(s.gained[:0], make([]float64, len(s.list))...)
	s.best = s.best[:0]
	for _, j := range s.met {
		if s.sum[j] < floor || j == i {
			continue
		}
		groups, weights := s.ix.reps.of(j)
		for n, a := range groups {
			if at := int(s.place[a]) - 1; at >= from {
				s.gained[at] = float64(s.list[at].weight * weights[n])
			}
		}
		x := s.sum[j]
		for at := from; at < len(s.list); at++ {
			x += s.gained[at]
			s.gained[at] = 0
		}
		s.best = keepBest(s.best, near{j, x}, s.k)
	}
	for _, g := range s.list {
		s.place[g.group] = 0
	}
}
