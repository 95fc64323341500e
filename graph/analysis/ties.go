package analysis

import (
	"slices"
)

// tieGraph is the ties of all actors: the neighbours of i, in order of number, are
// to[start[i]:start[i+1]], each once; best is the strongest link of the tie.
type tieGraph struct {
	start, to, best []int32
	trust           []float64 // mass of the best link
}

func (t *tieGraph) of(i int32) []int32    { return t.to[t.start[i]:t.start[i+1]] }
func (t *tieGraph) degree(i int32) int    { return int(t.start[i+1] - t.start[i]) }
func (t *tieGraph) has(i, j int32) bool   { _, ok := t.find(i, j); return ok }
func (t *tieGraph) link(i, j int32) int32 { k, _ := t.find(i, j); return t.best[k] }

// find returns the position in to of the tie between i and j.
func (t *tieGraph) find(i, j int32) (int32, bool) {
	k, ok := slices.BinarySearch(t.of(i), j)
	return t.start[i] + int32(k), ok
}

// isTie reports whether a live link is a tie: an alliance or dialogue, or money,
// part or post between two actors. Sharing a group is evidence, not a tie.
func (ix *Index) isTie(l *link) bool {
	if l.ended || l.from == l.to {
		return false
	}
	switch l.kind {
	case alliedWith, inDialogueWith, affiliatedWith:
		return true
	case funds, partOf:
		return ix.isActor(l.from) && ix.isActor(l.to)
	}
	return false
}

func (ix *Index) makeTies() tieGraph {
	all := ix.adjacent(ix.isTie)
	t := tieGraph{start: make([]int32, len(ix.nodes)+1)}
	type end struct {
		to, link int32
		mass     float64
	}
	var ends []end
	for i := range int32(len(ix.nodes)) {
		ends = ends[:0]
		for _, k := range all.of(i) {
			l := &ix.links[k]
			ends = append(ends, end{l.far(i), k, ix.mass(l, halfLife)})
		}
		slices.SortStableFunc(ends, func(a, b end) int { // stable: of equals the lower id
			if a.to != b.to {
				return int(a.to) - int(b.to)
			}
			return compareDown(a.mass, b.mass)
		})
		for k, e := range ends {
			if k > 0 && ends[k-1].to == e.to {
				continue
			}
			t.to, t.best, t.trust = append(t.to, e.to), append(t.best, e.link), append(t.trust, e.mass)
		}
		t.start[i+1] = int32(len(t.to))
	}
	return t
}

// compareDown orders larger numbers first.
func compareDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// ties returns every live link that makes i and j tied.
func (ix *Index) tieLinks(i, j int32) (out []int32) {
	for _, k := range ix.live.of(i) {
		if l := &ix.links[k]; l.far(i) == j && ix.isTie(l) {
			out = append(out, k)
		}
	}
	return out
}

// common returns the numbers in both of two ascending lists. In a list that is much
// longer it looks them up.
func common(a, b []int32) (out []int32) {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a)*32 < len(b) {
		for _, x := range a {
			at, has := slices.BinarySearch(b, x)
			if b = b[at:]; has {
				out = append(out, x)
			}
		}
		return out
	}
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}
