package quality

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// method gives every candidate of one actor a score. Scores are filled into a
// row that is zero.
type method struct {
	name string
	row  func(actor int32, row []float64)
}

// The neighbourhood scores of two actors by whom both are next to: how many, and
// with each neighbour divided by the logarithm of its degree (Adamic, Adar 2003)
// or by its degree (resource allocation; Zhou, Lü, Zhang 2009).
func neighbourhood(name string, next [][]int32, weight func(degree int) float64) method {
	return method{name, func(i int32, row []float64) {
		for _, z := range next[i] {
			w := weight(len(next[z]))
			for _, j := range next[z] {
				row[j] += w
			}
		}
	}}
}

func commonNeighbours(name string, next [][]int32) method {
	return neighbourhood(name, next, func(int) float64 { return 1 })
}

func adamicAdar(name string, next [][]int32) method {
	return neighbourhood(name, next, func(d int) float64 { return 1 / math.Log(float64(max(2, d))) })
}

func resourceAllocation(name string, next [][]int32) method {
	return neighbourhood(name, next, func(d int) float64 { return 1 / float64(d) })
}

// degreeOf favours those who have most already.
func degreeOf(name string, next [][]int32) method {
	return method{name, func(_ int32, row []float64) {
		for j := range row {
			row[j] = float64(len(next[j]))
		}
	}}
}

// matrix is who (rows) has what (columns): actors and coalitions, or actors and
// their partners. Columns list rows.
type matrix struct {
	rows, columns [][]int32
}

// popularity favours columns that many have.
func (m matrix) popularity() method {
	return method{"popularity", func(_ int32, row []float64) {
		for j, list := range m.columns {
			row[j] = float64(len(list))
		}
	}}
}

// threeSteps is the chance to get from an actor to a column in three random
// steps: over what it has, to who else has it, to what they have (Cooper et al. 2014).
func (m matrix) threeSteps() method {
	return method{"three steps", func(i int32, row []float64) {
		for _, a := range m.rows[i] {
			x := 1 / float64(len(m.rows[i])*len(m.columns[a]))
			for _, u := range m.columns[a] {
				if u == i {
					continue
				}
				y := x / float64(len(m.rows[u]))
				for _, b := range m.rows[u] {
					row[b] += y
				}
			}
		}
	}}
}

// itemJaccard adds up how much the columns an actor has overlap with another.
func (m matrix) itemJaccard() method {
	both := make(map[int32]float64)
	return method{"item-Jaccard", func(i int32, row []float64) {
		for _, a := range m.rows[i] {
			clear(both)
			for _, u := range m.columns[a] {
				for _, b := range m.rows[u] {
					both[b]++
				}
			}
			for b, n := range both {
				row[b] += n / float64(len(m.columns[a])+len(m.columns[b])-int(n))
			}
		}
	}}
}

// userKNN adds up what the 50 actors most alike (cosine) have.
func (m matrix) userKNN() method {
	return method{"user-kNN", func(i int32, row []float64) {
		both := map[int32]float64{}
		for _, a := range m.rows[i] {
			for _, u := range m.columns[a] {
				if u != i {
					both[u]++
				}
			}
		}
		type near struct {
			u int32
			x float64
		}
		var list []near
		for u, n := range both {
			list = append(list, near{u, n / math.Sqrt(float64(len(m.rows[i])*len(m.rows[u])))})
		}
		slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(b.x, a.x), cmp.Compare(a.u, b.u)) })
		for _, n := range list[:min(50, len(list))] {
			for _, b := range m.rows[n.u] {
				row[b] += n.x
			}
		}
	}}
}

// easeBound is the largest number of columns whose inverse is worth its time.
const easeBound = 3000

// ease is the closed-form ridge of Steck 2019: scores X·B, B = I − P·diag(1/P),
// P = (XᵀX + λI)⁻¹. It has no rows above its bound.
func (m matrix) ease(name string, lambda float64) method {
	n := len(m.columns)
	if n > easeBound {
		return method{name: name}
	}
	gram := mat.NewSymDense(n, nil)
	for a := range n {
		gram.SetSym(a, a, lambda)
	}
	for _, list := range m.rows {
		for k, a := range list {
			for _, b := range list[k:] {
				gram.SetSym(int(a), int(b), gram.At(int(a), int(b))+1)
			}
		}
	}
	var factors mat.Cholesky
	var p mat.SymDense
	if !factors.Factorize(gram) {
		return method{name: name}
	}
	if err := factors.InverseTo(&p); err != nil {
		return method{name: name}
	}
	return method{name, func(i int32, row []float64) {
		for _, a := range m.rows[i] {
			for b := range n {
				if b != int(a) {
					row[b] -= p.At(int(a), b) / p.At(b, b)
				}
			}
		}
	}}
}
