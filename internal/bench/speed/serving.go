package speed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"time"

	"weft/graph"
	"weft/graph/analysis"
)

func (b *bench) paths(s *section) error {
	s.say("Between 1,000 random pairs, as a visitor from whom a tenth of the links is hidden, Weft's answers with each step in words; peers get the network the visitor sees. Four questions: " +
		"the best path and three alternatives by strength, which is what users are answered unless they say otherwise; the best path by strength alone; and both by steps, of equals the stronger. " +
		"Bidirectional BFS finds any one path with the fewest steps, igraph's Yen answers the first question only. Times are of single pairs: the median over pairs, and the 95th percentile; each pair is asked once in each of the turns.")
	s.head()
	for _, n := range b.upTo(100_000, 1_000_000) {
		r := rand.New(rand.NewPCG(4, 4))
		var pairs []int32
		for len(pairs) < 2_000 {
			if i, j := int32(r.IntN(n)), int32(r.IntN(n)); i != j {
				pairs = append(pairs, i, j)
			}
		}
		file := filepath.Join(b.dir, fmt.Sprint("pairs", n))
		if err := write(file, pairs); err != nil {
			return err
		}
		a := newAlliance(structured(n, 5*n, 3))
		seen, err := b.keep(a.seen())
		if err != nil {
			return err
		}
		if err := write(seen.file+".cost", a.costs()); err != nil {
			return err
		}
		hops := b.each(b.peers.turns("NetworKit bidirectional BFS", request{"call": "paths_networkit", "path": seen.file, "nodes": n, "pairs": file}, &b.last[0]), &b.last[0], .5)
		breadth := b.each(b.peers.turns("igraph BFS", request{"call": "paths_igraph", "path": seen.file, "nodes": n, "pairs": file, "sample": 50}, &b.last[1]), &b.last[1], .5).atMost(3)
		weighted := b.each(b.peers.turns("NetworKit bidirectional Dijkstra", request{"call": "paths_dijkstra_networkit", "path": seen.file, "cost": seen.file + ".cost", "nodes": n, "pairs": file}, &b.last[2]), &b.last[2], .5)
		several := b.each(b.peers.turns("igraph Yen", request{"call": "paths_yen_igraph", "path": seen.file, "cost": seen.file + ".cost", "nodes": n, "pairs": file, "k": 4, "sample": 5}, &b.last[3]), &b.last[3], .5).atMost(1)
		work := fmt.Sprintf("%d nodes, %d links, ", n, len(seen.pairs))
		v, err := visible(b.ctx, a.rows)
		if err != nil {
			return err
		}
		ix := analysis.NewIndex(v)
		ask := func(k int, by analysis.PathOrder) *asked { return &asked{bench: b, ix: ix, pairs: pairs, k: k, by: by} }
		one, four := ask(1, analysis.BY_STEPS), ask(4, analysis.BY_STEPS)
		f, err := b.race(one.contender(), hops, breadth)
		if err != nil {
			return err
		}
		s.row(work+"one with the fewest steps, median", f[0], f[1], 1.5, one.sameSteps(b.last[0]))
		s.row(work+"one with the fewest steps, median", f[0], f[2], 100, one.sameSteps(b.last[1]))
		one.tail(s, work+"one with the fewest steps", f[1], b.last[0])
		if f, err = b.race(four.contender(), hops); err != nil {
			return err
		}
		s.row(work+"four with the fewest steps, median", f[0], f[1], 1.5, "the peer finds one")
		four.tail(s, work+"four with the fewest steps", f[1], b.last[0])
		one, four = ask(1, analysis.BY_STRENGTH), ask(4, analysis.BY_STRENGTH)
		if f, err = b.race(four.contender(), hops, several); err != nil {
			return err
		}
		s.row(work+"four best by strength, median", f[0], f[1], 1.5, "the peer finds one by steps")
		four.tail(s, work+"four best by strength", f[1], b.last[0])
		s.row(work+"four best by strength, median", f[0], f[2], 100, four.sameCost(b.last[3]))
		if f, err = b.race(one.contender(), weighted); err != nil {
			return err
		}
		s.row(work+"the best by strength, median", f[0], f[1], 1.5, one.sameCost(b.last[2]))
		one.tail(s, work+"the best by strength", f[1], b.last[2])
	}
	return nil
}

// asked are questions for paths between pairs.
type asked struct {
	*bench
	ix    *analysis.Index
	pairs []int32
	k     int
	by    analysis.PathOrder
	times []float64   // of single pairs, in the last turn
	cost  [][]float64 // of the paths of each pair, best first
	steps []int       // of the best
}

// contender asks for all pairs in a turn.
func (q *asked) contender() contender {
	return contender{name: "Weft", run: func(int) (float64, error) {
		q.times, q.cost, q.steps = q.times[:0], q.cost[:0], q.steps[:0]
		for at := 0; at < len(q.pairs); at += 2 {
			var found []*analysis.Path
			t, err := timed(func() (err error) {
				found, err = q.ix.Connections(q.ctx, idOf('n', int(q.pairs[at])), idOf('n', int(q.pairs[at+1])), q.k, q.by)
				return err
			})
			if err != nil {
				return 0, err
			}
			costs, steps := []float64{}, 0
			for k, p := range found {
				if costs = append(costs, -math.Log(p.Strength)); k == 0 {
					steps = len(p.Links)
				}
			}
			q.times, q.cost, q.steps = append(q.times, t), append(q.cost, costs), append(q.steps, steps)
		}
		return quantile(q.times, .5), nil
	}}
}

// tail is a row of 95th percentiles, of the last turns.
func (q *asked) tail(s *section, work string, f *figure, a *answer) {
	if f.lost != "" || a == nil {
		return
	}
	p, t := quantile(q.times, .95), quantile(a.Times, .95)
	s.line("| %s, 95th percentile | %s | %s | %s | 1, 1 | %.2f | ≥ 0.83 | %s | |", work, seconds(p), f.name, seconds(t), t/p, met(t/p >= 1/1.2))
}

// sameSteps tells whether the peer's paths are as long.
func (q *asked) sameSteps(a *answer) string {
	if a == nil {
		return ""
	}
	for k, l := range a.Lengths {
		if max(0, l) != q.steps[k] {
			return fmt.Sprintf("**differ** on pair %d", k)
		}
	}
	return fmt.Sprintf("%d pairs as many steps apart", len(a.Lengths))
}

// sameCost tells whether the peer's paths cost as much. Strengths are said to nine places.
func (q *asked) sameCost(a *answer) string {
	if a == nil {
		return ""
	}
	for k, theirs := range a.Cost {
		if k/q.k >= len(q.cost) {
			return "**differ** in number"
		}
		ours := -1.0
		if list := q.cost[k/q.k]; k%q.k < len(list) {
			ours = list[k%q.k]
		}
		if math.Abs(ours-theirs) > 1e-6*math.Exp(max(0, theirs)) {
			return fmt.Sprintf("**differ** on pair %d: %.6g and %.6g", k/q.k, ours, theirs)
		}
	}
	return fmt.Sprintf("%d pairs cost the same", len(a.Cost)/q.k)
}

// each makes a turn count as a quantile of its single times.
func (b *bench) each(c contender, last **answer, q float64) contender {
	run := c.run
	c.run = func(turn int) (float64, error) {
		if _, err := run(turn); err != nil {
			return 0, err
		}
		return quantile((*last).Times, q), nil
	}
	return c
}

// grow measures growth and writes.
func (b *bench) grow(s *section) error {
	sizes := b.upTo(10_000, 100_000, 1_000_000)
	s.say("A network as it is served: organizations with names and places, five links each to 7,000 issues, n/20 coalitions and each other. Means over random organizations or names, 200 to 20,000 of them as they are slow or fast. " +
		"The exponent is that of growth from the first size to the last.")
	names := []string{"one organization with its links", "a hundred organizations, five links each", "depth 3, at most 500 nodes", "search by name with facets, page of 25", "ties suggested to one organization", "memory"}
	aims := []float64{.10, .10, .10, .7, .55, 1.05}
	values := make([][]float64, len(names))
	for _, n := range sizes {
		net := newServed(n)
		runtime.GC()
		before := heap()
		d, k, err := net.open(b.ctx)
		if err != nil {
			return err
		}
		values[5] = append(values[5], float64(heap()-before))
		v, err := d.View(graph.Viewer{Level: graph.LevelMember}, graph.SCREEN)
		if err != nil {
			return err
		}
		r := rand.New(rand.NewPCG(10, 10))
		one := func() graph.ID { return idOf('n', r.IntN(n)) }
		mean := func(ask func() error) (float64, error) {
			run := func(times int) (float64, error) {
				t, err := timed(func() error {
					for range times {
						if err := ask(); err != nil {
							return err
						}
					}
					return nil
				})
				return t / float64(times), err
			}
			t, err := run(20) // what is read for the first time is slower
			if err != nil {
				return 0, err
			}
			return run(max(200, min(20_000, int(.2/t))))
		}
		ix := analysis.NewIndex(v)
		runtime.GC() // what making it left would be cleared away meanwhile
		for row, ask := range []func() error{
			func() error {
				id := one()
				if v.Node(id) == nil || len(v.LinksOf(id, graph.LinkFilter{})) == 0 {
					return fmt.Errorf("%s is not there", id)
				}
				return nil
			},
			func() error {
				for range 100 {
					links := v.LinksOf(one(), graph.LinkFilter{})
					for _, l := range links[:min(5, len(links))] {
						_ = l.ToNode().Core().Name
					}
				}
				return nil
			},
			func() error { _, err := v.Neighbourhood([]graph.ID{one()}, 3, nil, false, 500); return err },
			func() error {
				_, err := v.Search(graph.NodeQuery{Text: v.Node(one()).Core().Name[:3], First: 25})
				return err
			},
			func() error { _, err := ix.MissingTies(b.ctx, analysis.TieQuestion{Of: one(), Limit: 10}); return err },
		} {
			t, err := mean(ask)
			if err != nil {
				return err
			}
			values[row] = append(values[row], t)
		}
		if n == sizes[len(sizes)-1] {
			if err := b.growTable(s, sizes, names, aims, values); err != nil {
				return err
			}
			ix, v = nil, nil
			if err := b.writes(s, net, d, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) growTable(s *section, sizes []int, names []string, aims []float64, values [][]float64) error {
	head, rule := "| work |", "|---|"
	for _, n := range sizes {
		head += fmt.Sprintf(" %d |", n)
		rule += "---|"
	}
	s.line("\n%s exponent | aim | met |\n%s---|---|---|", head, rule)
	for k, name := range names {
		line := "| " + name + " |"
		for _, x := range values[k] {
			if k == len(names)-1 {
				line += fmt.Sprintf(" %.0f MB |", x/1e6)
			} else {
				line += " " + seconds(x) + " |"
			}
		}
		e := math.Log(values[k][len(sizes)-1]/values[k][0]) / math.Log(float64(sizes[len(sizes)-1])/float64(sizes[0]))
		s.line("%s %.2f | ≤ %.2f | %s |", line, e, aims[k], met(e <= aims[k]))
	}
	return nil
}

// writes measures how long after its commit a write is seen, and how long the
// network takes to be made anew.
func (b *bench) writes(s *section, net *served, d *graph.Directory, k *keeper) error {
	r := rand.New(rand.NewPCG(11, 11))
	steward := graph.Viewer{Account: idOf('s', 1), Level: graph.LevelSteward}
	var after, whole []float64
	for range 500 {
		from, to := idOf('n', r.IntN(net.organizations)), idOf('n', r.IntN(net.organizations))
		if from == to {
			continue
		}
		var id graph.ID
		begun := time.Now()
		_, err := d.Edit(b.ctx, steward, graph.Request{}, func(tx *graph.Tx) (err error) {
			id, _, err = tx.Connect(graph.FUNDS, from, to, graph.Fields{"visibility": "PUBLIC"})
			return err
		})
		if err != nil {
			return err
		}
		v, err := d.View(graph.Viewer{Level: graph.LevelMember}, graph.SCREEN)
		if err != nil {
			return err
		}
		if v.Link(id) == nil {
			return fmt.Errorf("a link that was committed is not seen")
		}
		after, whole = append(after, time.Since(k.committed).Seconds()), append(whole, time.Since(begun).Seconds())
	}
	runtime.GC()
	var rebuilt *graph.Directory
	rebuild, err := timed(func() (err error) { rebuilt, err = (&keeper{rows: net.rows}).open(b.ctx); return err })
	if err != nil {
		return err
	}
	v, err := rebuilt.View(graph.Viewer{Level: graph.LevelMember}, graph.SCREEN)
	if err != nil {
		return err
	}
	index, err := timed(func() error { analysis.NewIndex(v); return nil })
	if err != nil {
		return err
	}
	p99 := quantile(after, .99)
	s.say("Writes, %d nodes and %d links, 500 links added one by one: seen by everything that is read from a View (nodes, links, lists, search, neighbourhoods, live events) %s after its commit in the median, "+
		"%s at the 99th percentile; the whole edit takes %s and %s. Loading the network anew, without reading it from a disk, takes %s: %.0f times the 99th percentile (aim ≥ 1,000: %s; ≤ 5 ms after commit: %s). "+
		"Questions of analysis are answered from arrays made anew for each revision that is asked about: the first of them after a write waits %s longer at this size.",
		net.organizations+net.issues+net.coalitions, net.links, seconds(quantile(after, .5)), seconds(p99), seconds(quantile(whole, .5)), seconds(quantile(whole, .99)),
		seconds(rebuild), rebuild/p99, met(rebuild/p99 >= 1000), met(p99 <= .005), seconds(index))
	return nil
}

// memory compares the shape that measures run on with what peers hold.
func (b *bench) memory(s *section) error {
	made := b.made()
	n, err := b.keep(made[len(made)-1])
	if err != nil {
		return err
	}
	net := n.net()
	ours := float64(4 * (len(net.Start) + len(net.To)))
	s.say("Memory of the shape alone, %s: the arrays that every measure runs on, without ids, kinds, weights and words, against the resident memory a peer takes to load the same pairs, each in a process of its own. "+
		"What the served network holds beside its shape is in performance.md.", n)
	s.line("\n| peer | Weft | its memory | ratio | aim | met |\n|---|---|---|---|---|---|")
	for _, p := range []struct {
		library string
		aim     float64
	}{{"networkit", .3}, {"igraph", .35}, {"networkx", .06}} {
		alone, err := startPeers(b.ctx, b.python)
		var a *answer
		if err == nil {
			a, err = alone.ask(request{"call": "memory", "library": p.library, "path": n.file, "nodes": n.nodes})
			alone.stop()
		}
		if err != nil {
			fmt.Fprintf(b.log, "PEER LOST: %s: %v\n", p.library, err)
			s.line("| %s | %.0f MB | not measured: %v | | ≤ %g | |", p.library, ours/1e6, err, p.aim)
			continue
		}
		ratio := ours / float64(a.Bytes)
		s.line("| %s | %.0f MB | %.0f MB | %.3f | ≤ %g | %s |", p.library, ours/1e6, float64(a.Bytes)/1e6, ratio, p.aim, met(ratio <= p.aim))
	}
	return nil
}

// heap is how much of it is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
