package analysis

import (
	"cmp"
	"math"
	"slices"

	"weft/graph"
)

// Dimension is what the rows or columns of a coverage matrix are.
type Dimension string

// The dimensions.
const (
	BY_ISSUE        Dimension = "ISSUE"
	BY_ORGANIZATION Dimension = "ORGANIZATION"
	BY_COALITION    Dimension = "COALITION"
	BY_CAPACITY     Dimension = "CAPACITY"
	BY_PLACE        Dimension = "PLACE"
	BY_HORIZON      Dimension = "HORIZON"
)

// Dimensions lists them in the order to show.
var Dimensions = []Dimension{BY_ISSUE, BY_ORGANIZATION, BY_COALITION, BY_CAPACITY, BY_PLACE, BY_HORIZON}

// Entry is a row or column: a node, or a value of a list, or a place.
type Entry struct {
	Node   graph.ID // "" for capacities, places and horizons
	Label  string
	Total  int     // distinct groups in it
	Need   float64 // urgency and affected communities, 1 for the ordinary
	number int32
	with   []int32
}

// Cell is one crossing. Expected and Hole are 0 when the cell is suppressed.
type Cell struct {
	Row, Column int
	Groups      []graph.ID // who is in both
	Weak        int        // who is in it only by work on the issue above, each counting a quarter
	Expected    float64
	Hole        float64 // need · max(0, E − n)/√(E+1)
	Suppressed  bool    // too few to say anything: E < 1, or fewer than three groups in row or column
	Nearest     []graph.ID
	Reason      Message
}

// Coverage is a matrix of who covers what.
type Coverage struct {
	Rows, Columns []Entry
	Cells         []Cell // those with somebody in them or with a hole, row by row
	Groups        int    // distinct groups in any cell
}

const (
	coverShrink  = 1.0 // pseudo-group at the average of all cells
	fewGroups    = 3
	maxCellCount = 250_000
)

// Coverage crosses two dimensions: a group (organization or coalition or
// individual) is in a cell when it is in both. Work on a part counts for the
// whole. What a cell should hold comes from the margins with shrinkage:
//
//	E = (row·column + s·mean) / (N + s)
//
// and a hole is need · max(0, E−n)/√(E+1), where an issue needs more when it is
// urgent, affects somebody, or drives an issue that is.
func (ix *Index) Coverage(rows, columns Dimension) (*Coverage, error) {
	if rows == columns || !slices.Contains(Dimensions, rows) || !slices.Contains(Dimensions, columns) {
		return nil, graph.Errorf(graph.INVALID, "rows and columns are to be two different dimensions").At("columns")
	}
	out := &Coverage{Rows: ix.entries(rows), Columns: ix.entries(columns)}
	if len(out.Rows)*len(out.Columns) > maxCellCount {
		return nil, graph.Errorf(graph.LIMITED, "%d by %d cells are too many to show; choose coarser rows or columns", len(out.Rows), len(out.Columns)).At("rows")
	}
	in := map[int32]bool{}
	sum := 0
	at := make([][]int32, 0, len(out.Rows)*len(out.Columns))
	for _, r := range out.Rows {
		for _, c := range out.Columns {
			both := ix.crossing(rows, columns, &r, &c)
			at = append(at, both)
			sum += len(both)
			for _, i := range both {
				in[i] = true
			}
		}
	}
	out.Groups = len(in)
	mean := float64(sum) / float64(max(1, len(at)))
	rowSum, columnSum := make([]int, len(out.Rows)), make([]int, len(out.Columns))
	for k, both := range at {
		rowSum[k/len(out.Columns)] += len(both)
		columnSum[k%len(out.Columns)] += len(both)
	}
	for k, both := range at {
		x := Cell{Row: k / len(out.Columns), Column: k % len(out.Columns), Groups: ix.ids(both)}
		r, c := &out.Rows[x.Row], &out.Columns[x.Column]
		n := float64(len(both))
		if rows == BY_ISSUE || columns == BY_ISSUE {
			x.Weak = ix.weakIn(rows, columns, r, c, both)
			n += weakWorker * float64(x.Weak)
		}
		e := (float64(rowSum[x.Row]*columnSum[x.Column]) + coverShrink*mean) / (float64(sum) + coverShrink)
		x.Suppressed = e < 1 || r.Total < fewGroups || c.Total < fewGroups
		if !x.Suppressed {
			x.Expected = round(e)
			x.Hole = round(max(r.Need, c.Need) * max(0, e-n) / math.Sqrt(e+1))
		}
		if x.Hole > 0 {
			x.Nearest = ix.nearestTo(r, c, both)
			x.Reason = Message{"coverage.hole", []Arg{argText("row", r.Label), argText("column", c.Label), argCount("count", len(both)), argNumber("expected", e)}}
		}
		if len(both) > 0 || x.Hole > 0 {
			out.Cells = append(out.Cells, x)
		}
	}
	return out, nil
}

// entries lists what there is along a dimension and who is in each.
func (ix *Index) entries(d Dimension) (out []Entry) {
	byText := map[string][]int32{}
	label := map[string]string{}
	for i := range int32(len(ix.nodes)) {
		n := &ix.nodes[i]
		if n.gone {
			continue
		}
		e := Entry{Node: n.id, Label: n.name, Need: 1, number: i}
		switch {
		case d == BY_ISSUE && n.kind == issue:
			e.with, e.Need = slices.Clone(ix.workers(i)), ix.need(i)
		case d == BY_COALITION && n.kind == coalition:
			e.with = ix.membersOf(i)
		case d == BY_ORGANIZATION && n.kind == organization:
			e.with = []int32{i}
		case d == BY_PLACE && ix.isActor(i) && n.folded != "":
			if label[n.folded] == "" {
				label[n.folded] = n.place
			}
			byText[n.folded] = append(byText[n.folded], i)
			continue
		default:
			continue
		}
		e.with = slices.DeleteFunc(e.with, func(i int32) bool { return !ix.isActor(i) })
		e.Total = len(e.with)
		out = append(out, e)
	}
	for _, p := range sortedKeys(byText) {
		out = append(out, Entry{Label: label[p], Need: 1, Total: len(byText[p]), with: byText[p], number: -1})
	}
	if d == BY_CAPACITY {
		for k, c := range capacities {
			e := Entry{Label: c, Need: 1, number: int32(k)}
			for i := range int32(len(ix.nodes)) {
				if ix.isActor(i) && !ix.nodes[i].gone && ix.offers(i)>>k&1 == 1 {
					e.with = append(e.with, i)
				}
			}
			e.Total = len(e.with)
			out = append(out, e)
		}
	}
	if d == BY_HORIZON {
		for _, h := range vocabulary("Horizon") {
			e := Entry{Label: h, Need: 1, number: -1}
			for i := range int32(len(ix.nodes)) {
				if ix.nodes[i].kind == issue && string(ix.nodes[i].horizon) == h {
					e.with = append(e.with, ix.workers(i)...)
				}
			}
			slices.Sort(e.with)
			e.with = slices.DeleteFunc(slices.Compact(e.with), func(i int32) bool { return !ix.isActor(i) })
			e.Total = len(e.with)
			out = append(out, e)
		}
	}
	return out
}

// crossing returns who is in both. For issue × capacity a link that says the
// capacity it works in counts for that one only.
func (ix *Index) crossing(rows, columns Dimension, r, c *Entry) []int32 {
	both := common(r.with, c.with)
	if rows == BY_CAPACITY && columns == BY_ISSUE {
		r, c = c, r
		rows, columns = columns, rows
	}
	if rows != BY_ISSUE || columns != BY_CAPACITY {
		return both
	}
	family := ix.below(r.number)
	return slices.DeleteFunc(both, func(i int32) bool {
		var said uint32
		general := false
		ix.each(i, worksOn, true, func(l, t int32) {
			if slices.Contains(family, t) && !ix.links[l].against {
				said |= ix.links[l].capacity
				general = general || ix.links[l].capacity == 0
			}
		})
		return said>>c.number&1 == 0 && !(general && ix.nodes[i].offered>>c.number&1 == 1)
	})
}

// weakIn counts who would be in the cell of the issue above and is not in this one.
func (ix *Index) weakIn(rows, columns Dimension, r, c *Entry, both []int32) int {
	other, at := c, r
	if columns == BY_ISSUE {
		other, at = r, c
	}
	_, _, upper := ix.cover(at.number)
	n := 0
	for _, i := range common(upper, other.with) {
		if _, has := slices.BinarySearch(both, i); !has {
			n++
		}
	}
	return n
}

// need is what weight an issue's holes have: 1, more when it or a part of it is
// urgent or affects somebody, and half of that when it drives one that is.
func (ix *Index) need(i int32) float64 {
	own := func(i int32) float64 {
		_, _, severity := ix.affected(i)
		u := 0.0
		for _, part := range ix.below(i) {
			u = max(u, urgency(ix.nodes[part].horizon))
		}
		return u + severity
	}
	most := own(i)
	ix.each(i, drives, true, func(_, driven int32) { most = max(most, own(driven)/2) })
	return 1 + most
}

// nearestTo returns up to three groups that are in one of the two and offer most
// to be drawn into the other: the best-linked of the smaller side.
func (ix *Index) nearestTo(r, c *Entry, both []int32) []graph.ID {
	counts := map[int32]float64{}
	for _, list := range [2][]int32{r.with, c.with} {
		for _, i := range list {
			if _, has := slices.BinarySearch(both, i); has {
				continue
			}
			near := 0
			for _, z := range ix.tied.of(i) {
				if _, has := slices.BinarySearch(both, z); has {
					near++
				}
			}
			counts[i] += 1 + float64(near)
		}
	}
	return ix.ids(nodesOf(top(counts, 3)))
}

// Holes returns the cells with a hole, largest first.
func (c *Coverage) Holes() []Cell {
	out := slices.DeleteFunc(slices.Clone(c.Cells), func(x Cell) bool { return x.Hole == 0 })
	slices.SortStableFunc(out, func(a, b Cell) int {
		return cmp.Or(compareDown(a.Hole, b.Hole), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	return out
}
