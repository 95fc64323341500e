package analysis

import "slices"

// opposed reports of every node whether it stands against what the network
// works for: the newest reading of a campaign or action that targets it is
// below 0; or, for an organization nobody has read otherwise, somebody with a
// post there is such a target. Nobody is asked to befriend, invite, ask for
// help or be introduced through one that is opposed: the way to it is a path of
// influence, not a tie.
func (ix *Index) opposed() []bool {
	return ix.memo.opposed.once(func() []bool {
		n := len(ix.nodes)
		opposed, read := make([]bool, n), make([]bool, n)
		for k := range ix.links {
			if l := &ix.links[k]; l.kind == targets && !l.ended {
				read[l.to] = read[l.to] || l.read
				opposed[l.to] = opposed[l.to] || l.stance < 0
			}
		}
		for k := range ix.links {
			if l := &ix.links[k]; l.kind == affiliatedWith && !l.ended && !read[l.to] && opposed[l.from] && read[l.from] {
				opposed[l.to] = true
			}
		}
		return opposed
	})
}

// mayAsk reports whether a next step may call on somebody: they are there still and
// do not stand against.
func (ix *Index) mayAsk(i int32) bool {
	n := &ix.nodes[i]
	return !n.gone && !n.closed && !ix.opposed()[i]
}

// friends returns those of a list who may be called on.
func (ix *Index) friends(list []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(list), func(i int32) bool { return !ix.mayAsk(i) })
}
