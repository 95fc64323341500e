package analysis

import (
	"math/bits"
	"slices"
)

// ridge is a symmetric positive definite matrix A with many zeros as L·D·Lᵀ, from which a column
// of its inverse is found without the others. Rows are eliminated in order of how few others they
// reach at the time (minimum degree, Tinney and Walker 1967): what they do not reach stays zero.
type ridge struct {
	place []int32     // of each row of A, in the order of elimination
	rows  [][]int32   // of each column of L, places below the diagonal that may differ from zero, ascending
	below [][]float64 // and what is there
	pivot []float64   // D
}

// newRidge factors a matrix by its rows, each what differs from zero, the diagonal included. It
// returns nil when all columns of the inverse together would take more than so many multiplications.
func newRidge(a [][]near, most int) *ridge {
	n := len(a)
	r := &ridge{make([]int32, n), make([][]int32, n), make([][]float64, n), make([]float64, n)}
	if !r.order(a, most) {
		return nil
	}
	original := make([]int32, n)
	for i, p := range r.place {
		original[p] = int32(i)
	}
	// A column after the other: those before it that reach it wait in a list, each with how much of it is used up.
	column, used, waiting := make([]float64, n), make([]int, n), make([][]int32, n)
	for j, rows := range r.rows {
		for _, x := range a[original[j]] {
			column[r.place[x.node]] = x.value
		}
		for _, k := range waiting[j] {
			from := used[k]
			subtract(column, r.rows[k][from:], r.below[k][from:], float64(r.below[k][from]*r.pivot[k]))
			if used[k]++; used[k] < len(r.rows[k]) {
				next := r.rows[k][used[k]]
				waiting[next] = append(waiting[next], k)
			}
		}
		r.pivot[j], r.below[j], waiting[j] = column[j], make([]float64, len(rows)), nil
		for x, p := range rows {
			r.below[j][x] = column[p] / column[j]
			column[p] = 0
		}
		for _, x := range a[original[j]] { // what is above the diagonal is known from there
			column[r.place[x.node]] = 0
		}
		if len(rows) > 0 {
			waiting[rows[0]] = append(waiting[rows[0]], int32(j))
		}
	}
	return r
}

// order finds the order of elimination, and the places that each row reaches when it is its turn. It gives
// up when these would be too many.
func (r *ridge) order(a [][]near, most int) bool {
	n := len(a)
	reach, count := make([]bits64, n), make([]int, n)
	for i := range a {
		reach[i] = make(bits64, (n+63)/64)
		for _, x := range a[i] {
			if int(x.node) != i {
				reach[i].set(int(x.node))
			}
		}
		count[i] = reach[i].count()
	}
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	for p := range n {
		first := 0
		for x, i := range left {
			if count[i] < count[left[first]] {
				first = x
			}
		}
		k := left[first]
		left = slices.Delete(left, first, first+1)
		r.place[k], r.rows[p] = int32(p), reach[k].list()
		if most -= 2 * n * len(r.rows[p]); most < 0 {
			return false
		}
		for _, i := range r.rows[p] {
			reach[i].add(reach[k])
			reach[i].clear(int(i))
			reach[i].clear(k)
			count[i] = reach[i].count()
		}
	}
	for _, rows := range r.rows {
		for x, i := range rows {
			rows[x] = r.place[i]
		}
		slices.Sort(rows)
	}
	return true
}

// inverse returns a column of the inverse of A.
func (r *ridge) inverse(of int) []float64 {
	z := make([]float64, len(r.place))
	z[r.place[of]] = 1
	for k := int(r.place[of]); k < len(z); k++ {
		if z[k] != 0 {
			subtract(z, r.rows[k], r.below[k], z[k])
			z[k] /= r.pivot[k]
		}
	}
	for k := len(z) - 1; k >= 0; k-- {
		z[k] -= product(z, r.rows[k], r.below[k])
	}
	out := make([]float64, len(z))
	for i, p := range r.place {
		out[i] = z[p]
	}
	return out
}

// adjoin reports whether places follow one upon the other, as those of the last rows do.
func adjoin(rows []int32) bool {
	return len(rows) > 0 && int(rows[len(rows)-1]-rows[0]) == len(rows)-1
}

// subtract takes f times some values from those of z at their places.
func subtract(z []float64, rows []int32, values []float64, f float64) {
	if adjoin(rows) {
		to := z[rows[0]:][:len(values)]
		for x, v := range values {
			to[x] -= float64(f * v)
		}
		return
	}
	for x, p := range rows {
		z[p] -= float64(f * values[x])
	}
}

// product adds up some values times those of z at their places.
func product(z []float64, rows []int32, values []float64) float64 {
	if !adjoin(rows) {
		sum := 0.0
		for x, p := range rows {
			sum += float64(z[p] * values[x])
		}
		return sum
	}
	with := z[rows[0]:][:len(values)]
	var sum [4]float64 // side by side: one would wait for the other
	for ; len(values) >= 4 && len(with) >= 4; values, with = values[4:], with[4:] {
		sum[0] += float64(values[0] * with[0])
		sum[1] += float64(values[1] * with[1])
		sum[2] += float64(values[2] * with[2])
		sum[3] += float64(values[3] * with[3])
	}
	for x, v := range values {
		sum[0] += float64(v * with[x])
	}
	return sum[0] + sum[1] + (sum[2] + sum[3])
}

// bits64 is a set of small numbers.
type bits64 []uint64

func (b bits64) set(i int)   { b[i>>6] |= 1 << (i & 63) }
func (b bits64) clear(i int) { b[i>>6] &^= 1 << (i & 63) }

func (b bits64) add(other bits64) {
	for k, w := range other {
		b[k] |= w
	}
}

func (b bits64) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// list returns the numbers, ascending.
func (b bits64) list() []int32 {
	out := make([]int32, 0, b.count())
	for k, w := range b {
		for ; w != 0; w &= w - 1 {
			out = append(out, int32(k<<6+bits.TrailingZeros64(w)))
		}
	}
	return out
}
