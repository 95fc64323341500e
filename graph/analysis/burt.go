package analysis

import "slices"

// Constraint returns Burt's constraint of each node (Burt 1992): how far its
// contacts are each other's contacts, in [0, about 1.1]. A node without ties has 1.
//
//	c(i) = Σ_j (p(i,j) + Σ_q p(i,q)·p(q,j))²,  p(i,j) = w(i,j) / Σ_k w(i,k)
func (n *Net) Constraint() []float64 {
	size := n.Size()
	whole := make([]float64, size)
	for i := range int32(size) {
		for _, w := range n.weights(i) {
			whole[i] += w
		}
	}
	out := make([]float64, size)
	n.eachNode(func() func(int32) {
		indirect := make([]float64, size)
		return func(i int32) {
			if n.degree(i) == 0 {
				out[i] = 1
				return
			}
			wi := n.weights(i)
			for a, q := range n.of(i) {
				p := wi[a] / whole[i]
				wq := n.weights(q)
				for b, j := range n.of(q) {
					indirect[j] += float64(p * wq[b] / whole[q])
				}
			}
			sum := 0.0
			for a, j := range n.of(i) {
				c := wi[a]/whole[i] + indirect[j]
				sum += float64(c * c)
			}
			for _, q := range n.of(i) {
				for _, j := range n.of(q) {
					indirect[j] = 0
				}
			}
			out[i] = round(sum)
		}
	})
	return out
}

// eachNode does something of every node on all processors, with work space of each.
func (n *Net) eachNode(worker func() func(i int32)) {
	parallel(n.Size(), 64, func() func(int) {
		do := worker()
		return func(i int) { do(int32(i)) }
	})
}

// EffectiveSize returns how many contacts of each node are not redundant, on
// unweighted ties (Borgatti 1997): degree − 2·(ties among contacts)/degree.
func (n *Net) EffectiveSize() []float64 {
	out := make([]float64, n.Size())
	n.eachNode(func() func(int32) {
		mark := make([]int32, n.Size())
		return func(i int32) {
			d := n.degree(i)
			if d == 0 {
				return
			}
			for _, j := range n.of(i) {
				mark[j] = i + 1
			}
			ends := 0
			for _, j := range n.of(i) {
				for _, k := range n.of(j) {
					if mark[k] == i+1 {
						ends++ // every tie among contacts is met from both ends
					}
				}
			}
			out[i] = round(float64(d) - float64(ends)/float64(d))
		}
	})
	return out
}

// Roles counts the brokerage of a node by the groups of those it joins (Gould,
// Fernandez 1989): ordered pairs a, c that are tied to it and not to each other.
type Roles struct {
	Coordinator    int // all three of one group
	Itinerant      int // a and c of one group, the broker of another
	Gatekeeper     int // broker and c of one group, a of another
	Representative int // a and broker of one group, c of another
	Liaison        int // all of different groups
}

// BrokerageRoles counts roles of each node, given the group of each. A node of
// group −1 belongs to none and takes no part. All pairs of its contacts are counted by
// their groups, and those that are tied taken off again.
func (n *Net) BrokerageRoles(group []int32) []Roles {
	out := make([]Roles, n.Size())
	groups := slices.Max(append([]int32{0}, group...)) + 1
	n.eachNode(func() func(int32) {
		count := make([]int, groups)       // contacts of each group
		contact := make([]int32, n.Size()) // of the one before this number
		return func(b int32) {
			own := group[b]
			if own < 0 {
				return
			}
			r, others := &out[b], 0
			for _, a := range n.of(b) {
				if group[a] >= 0 {
					contact[a] = b + 1
					count[group[a]]++
					if group[a] != own {
						others++
					}
				}
			}
			mine := count[own]
			r.Coordinator, r.Gatekeeper, r.Representative = mine*(mine-1), others*mine, mine*others
			r.Liaison = others * others
			for _, a := range n.of(b) {
				if group[a] < 0 {
					continue
				}
				if x := count[group[a]]; group[a] != own && x > 0 {
					r.Itinerant += x * (x - 1)
					r.Liaison -= x * x
				}
				count[group[a]] = 0
				for _, c := range n.of(a) {
					if contact[c] != b+1 || c == a {
						continue
					}
					switch ab, bc, ac := group[a] == own, own == group[c], group[a] == group[c]; {
					case ab && bc:
						r.Coordinator--
					case ac:
						r.Itinerant--
					case bc:
						r.Gatekeeper--
					case ab:
						r.Representative--
					default:
						r.Liaison--
					}
				}
			}
		}
	})
	return out
}
