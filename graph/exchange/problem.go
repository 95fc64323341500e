package exchange

import (
	"fmt"
	"strings"

	"weft/graph"
)

// Place is where something stands in a file. Row counts as a spreadsheet does:
// the header is row 1, and a cell with line breaks does not count more. Line
// counts as a text editor does. Both are 0 when the whole file is meant.
type Place struct {
	File   string
	Row    int
	Line   int
	Column string // the name in the header, "" for the whole row
}

// String returns the place in words.
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Row > 0 {
		fmt.Fprintf(&b, " row %d", p.Row)
		if p.Line != p.Row {
			fmt.Fprintf(&b, " (line %d)", p.Line)
		}
	}
	if p.Column != "" {
		b.WriteString(", column " + p.Column)
	}
	return b.String()
}

func (p Place) at(column string) Place {
	p.Column = column
	return p
}

// Problem is one thing that is wrong with, or worth knowing of, a row.
type Problem struct {
	Place
	What   string
	Remedy string // "" when What says it all
}

// String returns place, problem and remedy as one line.
func (p Problem) String() string {
	s := p.Place.String() + ": " + p.What
	if p.Remedy != "" {
		s += ": " + p.Remedy
	}
	return s
}

// MaxProblems is how many problems, and how many warnings, are listed; more
// are counted.
const MaxProblems = 1000

// Problems is a list that counts what it has no room for.
type Problems struct {
	List []Problem
	More int // found beside those listed
}

func (p *Problems) add(at Place, remedy, format string, args ...any) {
	if len(p.List) >= MaxProblems {
		p.More++
		return
	}
	p.List = append(p.List, Problem{at, fmt.Sprintf(format, args...), remedy})
}

// Count returns how many there are, listed or not.
func (p *Problems) Count() int { return len(p.List) + p.More }

// err is the error that stands for the whole list, nil when it is empty.
func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	return graph.Errorf(graph.INVALID, "nothing was imported: %d problems in the files, the first in %s", p.Count(), p.List[0])
}

// Progress is told how far a long job is: what it is doing, how many rows are
// done, and of how many (0 when that is not known). It is called from the
// goroutine that does the job, now and then.
type Progress func(stage string, done, total int)

const progressEvery = 500

func (p Progress) tell(stage string, done, total int) {
	if p != nil && (done%progressEvery == 0 || done == total) {
		p(stage, done, total)
	}
}
