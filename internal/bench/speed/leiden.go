package speed

import (
	"fmt"
	"slices"
)

func (b *bench) leiden(s *section) error {
	s.say("One partition by modularity. leidenalg runs its two default iterations, NetworKit its three; the quality beside is the median modularity over the turns, computed for all by Weft.")
	s.head()
	for _, n := range b.made() {
		n, err := b.keep(n)
		if err != nil {
			return err
		}
		net := n.net()
		ours := 0.0
		modularity := [2][]float64{}
		judged := func(k int, c contender, a **answer) contender {
			run := c.run
			c.run = func(turn int) (float64, error) {
				t, err := run(turn)
				if err != nil {
					return 0, err
				}
				in, err := readInts((*a).File)
				if err != nil || len(in) != n.nodes {
					return 0, fmt.Errorf("no partition came back: %w", err)
				}
				modularity[k] = append(modularity[k], net.Modularity(dense(in), 1))
				return t, nil
			}
			return c
		}
		var first, second *answer
		slow := judged(1, b.peers.turns("leidenalg", request{"call": "leiden_leidenalg", "path": n.file, "nodes": n.nodes, "out": n.file + ".l"}, &second), &second)
		if b.hurry && n.nodes > 200_000 {
			slow.out = "takes many minutes, left out of this run"
		}
		f, err := b.race(
			contender{name: "Weft", run: func(int) (float64, error) {
				return timed(func() (err error) { _, ours, err = net.Partition(b.ctx, 1); return err })
			}},
			judged(0, b.peers.turns("NetworKit ParallelLeiden", request{"call": "leiden_networkit", "path": n.file, "nodes": n.nodes, "out": n.file + ".n"}, &first), &first),
			slow)
		if err != nil {
			return err
		}
		for k, aim := range []float64{2, 5} {
			quality := fmt.Sprintf("Q %.4f", ours)
			if len(modularity[k]) > 0 {
				m := middle(modularity[k])
				quality += fmt.Sprintf(" against %.4f, %.4f of it", m, ours/m)
				if k == 1 && ours/m < .995 {
					quality += " (**below** .995)"
				}
			}
			s.row(n.String(), f[0], f[k+1], aim, quality)
		}
	}
	return nil
}

func middle(list []float64) float64 {
	t := slices.Sorted(slices.Values(list))
	return (t[(len(t)-1)/2] + t[len(t)/2]) / 2
}

// dense renumbers groups from 0.
func dense(in []int32) []int32 {
	name := map[int32]int32{}
	for k, c := range in {
		if _, ok := name[c]; !ok {
			name[c] = int32(len(name))
		}
		in[k] = name[c]
	}
	return in
}
