package speed

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"weft/graph"
	"weft/graph/analysis"
)

// network is an undirected simple network of numbered nodes: pairs ascend and
// the lower number comes first.
type network struct {
	name  string
	nodes int
	pairs [][2]int32
	file  string // pairs as int32, for peers
}

// structured makes n nodes in groups and about m pairs. Groups have sizes
// from 20 to 2,000 by a power law of exponent 2, nodes have an appetite for links by a power
// law of exponent 2.5 (at most √n times the least), and four pairs in five lie within a group:
// both ends are drawn by appetite, from the group or from everybody.
func structured(n, m int, seed uint64) *network {
	r := rand.New(rand.NewPCG(seed, 1))
	power := func(low, high, exponent float64) float64 { // by inversion
		e := 1 - exponent
		return math.Pow(math.Pow(low, e)+r.Float64()*(math.Pow(high, e)-math.Pow(low, e)), 1/e)
	}
	appetite := make([]float64, n) // running sum
	var begin []int                // of each group
	sum := 0.0
	for at := 0; at < n; {
		begin = append(begin, at)
		for size := int(power(20, 2000, 2)); size > 0 && at < n; size, at = size-1, at+1 {
			sum += power(1, math.Sqrt(float64(n)), 2.5)
			appetite[at] = sum
		}
	}
	begin = append(begin, n)
	draw := func(from, to int) int32 {
		low := 0.0
		if from > 0 {
			low = appetite[from-1]
		}
		k, _ := slices.BinarySearch(appetite[from:to], low+r.Float64()*(appetite[to-1]-low))
		return int32(min(from+k, to-1))
	}
	return simple("structured", n, m, r, func() (int32, int32) {
		i := draw(0, n)
		if r.IntN(5) == 0 {
			return i, draw(0, n)
		}
		g, found := slices.BinarySearch(begin, int(i))
		if !found {
			g--
		}
		return i, draw(begin[g], begin[g+1])
	})
}

// rmat makes a recursive-matrix network (Chakrabarti, Zhan, Faloutsos 2004) of
// the least power of two of nodes above n, a = .57, b = c = .19, d = .05.
func rmat(n, m int, seed uint64) *network {
	r := rand.New(rand.NewPCG(seed, 2))
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return simple("RMAT", 1<<bits, m, r, func() (i, j int32) {
		for range bits {
			i, j = i<<1, j<<1
			switch x := r.Float64(); {
			case x < .57:
			case x < .76:
				j |= 1
			case x < .95:
				i |= 1
			default:
				i, j = i|1, j|1
			}
		}
		return i, j
	})
}

// simple draws m distinct pairs and gives the nodes numbers at random, so that
// numbers tell nothing.
func simple(name string, n, m int, r *rand.Rand, draw func() (int32, int32)) *network {
	number := r.Perm(n)
	keys := make([]uint64, 0, m+m/8)
	for len(keys) < m {
		for missing := m - len(keys); missing > 0; missing-- {
			i, j := draw()
			if i != j {
				a, b := uint64(number[i]), uint64(number[j])
				keys = append(keys, min(a, b)<<32|max(a, b))
			}
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
	}
	out := &network{name: name, nodes: n, pairs: make([][2]int32, len(keys))}
	for k, key := range keys {
		out.pairs[k] = [2]int32{int32(key >> 32), int32(uint32(key))}
	}
	return out
}

// made returns the networks that whole measures are timed on.
func (b *bench) made() (out []*network) {
	for _, n := range b.upTo(100_000, 1_000_000) {
		if n == 100_000 {
			out = append(out, structured(n, 3*n, 1))
		} else {
			out = append(out, rmat(n, 5*n, 1))
		}
	}
	return out
}

// ids are those of nodes 0, 1, 2, … in order.
func ids(n int) []graph.ID {
	out := make([]graph.ID, n)
	for i := range out {
		out[i] = idOf('n', i)
	}
	return out
}

// idOf is an id that ascends with i.
func idOf(class byte, i int) graph.ID {
	const letters = "0123456789abcdefghjkmnpqrstvwxyz"
	b := []byte("00000000000000000000000000")
	b[0] = class
	for at := len(b) - 1; i > 0; at, i = at-1, i>>5 {
		b[at] = letters[i&31]
	}
	return graph.ID(b)
}

// net is the network as analysis reads one, every pair of weight 1.
func (n *network) net() *analysis.Net {
	start := make([]int32, n.nodes+1)
	for _, p := range n.pairs {
		start[p[0]+1]++
		start[p[1]+1]++
	}
	for i := range n.nodes {
		start[i+1] += start[i]
	}
	to, next := make([]int32, 2*len(n.pairs)), slices.Clone(start)
	for _, p := range n.pairs { // lower ends first, so that neighbours ascend
		to[next[p[1]]] = p[0]
		next[p[1]]++
	}
	for _, p := range n.pairs {
		to[next[p[0]]] = p[1]
		next[p[0]]++
	}
	weight := make([]float64, len(to))
	for k := range weight {
		weight[k] = 1
	}
	return &analysis.Net{IDs: ids(n.nodes), Start: start, To: to, Weight: weight}
}

// write puts numbers into a file as peers read them.
func write[T int32 | float64](file string, list []T) error {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, list); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

func readFloats(file string) ([]float64, error) {
	b, err := os.ReadFile(file)
	out := make([]float64, len(b)/8)
	for k := range out {
		out[k] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*k:]))
	}
	return out, err
}

func readInts(file string) ([]int32, error) {
	b, err := os.ReadFile(file)
	out := make([]int32, len(b)/4)
	for k := range out {
		out[k] = int32(binary.LittleEndian.Uint32(b[4*k:]))
	}
	return out, err
}
