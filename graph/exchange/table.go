package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"weft/graph"
)

// Limits of what is read from one CSV file, after unpacking.
const (
	MaxCell   = 1 << 20   // bytes of one cell
	maxRecord = 8 << 20   // bytes of one row
	maxWidth  = 1000      // columns
	maxFile   = 512 << 20 // bytes of the file
)

// table reads one CSV file row by row. What is wrong with the form of a row is
// added to problems and the row is passed over; reading goes on where it can.
type table struct {
	name     string
	problems *Problems
	csv      *csv.Reader
	bytes    *limiter
	close    func() error
	header   []string // as written, trimmed
	extra    int      // line breaks inside cells so far: lines ahead of rows
}

// openTable opens a file and reads its header. It returns nil when the file
// cannot be read as a table; problems then says why.
func openTable(ctx context.Context, fsys fs.FS, path string, separator rune, problems *Problems) *table {
	t := &table{name: path[strings.LastIndexByte(path, '/')+1:], problems: problems}
	whole := Place{File: t.name}
	f, err := fsys.Open(path)
	if err != nil {
		problems.add(whole, "check the name and who may read it", "the file cannot be opened")
		return nil
	}
	t.close = f.Close
	var in io.Reader = f
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			f.Close()
			problems.add(whole, "pack it again, or unpack it and give the .csv", "this is not a gzip file")
			return nil
		}
		in = z
	}
	b := bufio.NewReaderSize(in, 1<<16)
	start, err := b.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && len(start) == 0 {
		f.Close()
		problems.add(whole, "copy the file again", "the file cannot be read")
		return nil
	}
	const asUTF8 = "save it as “CSV UTF-8”"
	switch {
	case len(start) == 0:
		f.Close()
		problems.add(whole, "the first row names the columns; with no more rows than that, nothing is imported", "the file is empty")
		return nil
	case bytes.HasPrefix(start, []byte{0xFF, 0xFE}), bytes.HasPrefix(start, []byte{0xFE, 0xFF}), looksUTF16(start):
		f.Close()
		problems.add(whole, asUTF8, "this is UTF-16 text, not UTF-8")
		return nil
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		f.Close()
		problems.add(whole, asUTF8, "this is a spreadsheet or zip file, not CSV")
		return nil
	case bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")):
		b.Discard(3)
		start = start[3:]
	}
	if separator == 0 {
		separator = separatorOf(start)
	}
	t.bytes = &limiter{ctx: ctx, r: b, line: 1, separator: byte(separator)}
	t.csv = csv.NewReader(t.bytes)
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = separator, -1, true
	cells, at, ok := t.record()
	if !ok {
		if problems.Count() == 0 {
			problems.add(whole, "the first row names the columns", "the file has no rows")
		}
		f.Close()
		return nil
	}
	seen := map[string]bool{}
	for i, name := range cells {
		name = strings.TrimSpace(name)
		t.header = append(t.header, strings.Clone(name))
		key := strings.ToLower(name)
		if key == "" {
			problems.add(at, "name it, or delete the column", "column %d has no name", i+1)
		} else if seen[key] {
			problems.add(at.at(name), "delete or rename one", "two columns have the same name")
		}
		seen[key] = true
	}
	return t
}

// looksUTF16 tells UTF-16 without a mark by its many zero bytes.
func looksUTF16(b []byte) bool {
	b = b[:min(len(b), 256)]
	return len(b) >= 4 && bytes.Count(b, []byte{0})*3 > len(b)
}

// separatorOf chooses what the header row uses most: a comma, the semicolon of
// European spreadsheets, or a tab.
func separatorOf(start []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range start {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',', c == ';', c == '\t':
			counts[rune(c)]++
		}
		if c == '\n' && !quoted {
			break
		}
	}
	best := ','
	for _, r := range ";\t" {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// next returns the cells of the next good row and its place, false at the end.
// The cells are valid until the next call.
func (t *table) next() ([]string, Place, bool) {
	for {
		cells, at, ok := t.record()
		if !ok {
			return nil, at, false
		}
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" && len(t.header) > 1 {
			continue // a line of blanks
		}
		if len(cells) != len(t.header) {
			t.problems.add(at, "check for a separator or a quote too few or too many", "the row has %d cells, the header %d", len(cells), len(t.header))
			continue
		}
		return cells, at, true
	}
}

// record returns the next row of whatever width that has the form of a row.
func (t *table) record() ([]string, Place, bool) {
	for {
		before := t.bytes.line
		cells, err := t.csv.Read()
		if err == nil {
			line, _ := t.csv.FieldPos(0)
			at := Place{File: t.name, Row: line - t.extra, Line: line}
			bad := false
			for i, c := range cells {
				t.extra += strings.Count(c, "\n")
				if !utf8.ValidString(c) {
					t.problems.add(at.at(t.column(i)), "save the file as “CSV UTF-8”", "the text is not UTF-8, perhaps Windows-1252 or Latin-1")
					bad = true
				}
			}
			if bad {
				continue
			}
			return cells, at, true
		}
		if err == io.EOF {
			return nil, Place{}, false
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			at := Place{File: t.name, Row: parse.StartLine - t.extra, Line: parse.StartLine}
			t.extra += parse.Line - parse.StartLine
			remedy := `put the whole cell in quotes and write a quote inside it as ""`
			if errors.Is(err, csv.ErrQuote) && parse.Line > parse.StartLine {
				remedy += "; a quote that is opened must be closed"
			}
			t.problems.add(at, remedy, "a quote is not where it can be (line %d, character %d)", parse.Line, parse.Column)
			continue
		}
		at := Place{File: t.name, Row: max(before-t.extra, 1), Line: before}
		var limit *limitError
		switch {
		case errors.As(err, &limit):
			at.Row, at.Line = max(limit.line-t.extra, 1), limit.line
			t.problems.add(at.at(t.column(limit.cell)), limit.remedy, "%s", limit.what)
		case t.bytes.ctx.Err() != nil:
		default:
			t.problems.add(at, "copy or pack the file again: it is damaged or cut off", "the file cannot be read further")
		}
		return nil, Place{}, false
	}
}

func (t *table) column(i int) string {
	if i < len(t.header) {
		return t.header[i]
	}
	return fmt.Sprint("number ", i+1)
}

// index returns the position of a column, its case ignored, -1 if there is none.
func (t *table) index(name string) int {
	for i, h := range t.header {
		if strings.EqualFold(h, strings.TrimSpace(name)) {
			return i
		}
	}
	return -1
}

// limiter passes a CSV file on and stops it before a cell, a row or the file
// grows beyond its limit, so that none is ever held in memory whole. It follows
// quotes to know where cells end; a quote in a wrong place is for the reader
// behind it to find.
type limiter struct {
	ctx       context.Context
	r         io.Reader
	separator byte
	quoted    bool
	line      int // of the byte being passed on
	start     int // line on which the cell began
	cell      int // its position in the row
	inCell    int
	inRow     int
	total     int64
	failed    error
}

type limitError struct {
	line, cell   int
	what, remedy string
}

func (e *limitError) Error() string { return e.what }

func (l *limiter) Read(p []byte) (int, error) {
	if l.failed != nil {
		return 0, l.failed
	}
	if l.failed = l.ctx.Err(); l.failed != nil {
		return 0, l.failed
	}
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if l.inCell == 0 {
			l.start = l.line
		}
		l.inCell++
		l.inRow++
		switch {
		case c == 0:
			l.fail("the file holds a NUL character", "this is no text file, or it is damaged: save it as “CSV UTF-8”")
		case c == '"':
			l.quoted = !l.quoted
		case c == '\n':
			l.line++
			if !l.quoted {
				l.inCell, l.inRow, l.cell = 0, 0, 0
			}
		case c == l.separator && !l.quoted:
			l.inCell = 0
			l.cell++
		}
		switch {
		case l.inCell > MaxCell:
			l.fail(fmt.Sprintf("a cell is larger than %d KiB", MaxCell>>10), "shorten it, or look for a quote that is opened and not closed")
		case l.inRow > maxRecord:
			l.fail(fmt.Sprintf("a row is larger than %d MiB", maxRecord>>20), "shorten it, or look for line ends that are missing")
		case l.cell >= maxWidth:
			l.fail(fmt.Sprintf("a row has more than %d cells", maxWidth), "delete what is not needed")
		}
		if l.failed != nil {
			return i, nil // what came before can still be read
		}
	}
	if l.total += int64(n); l.total > maxFile {
		l.fail(fmt.Sprintf("the file is larger than %d MiB", maxFile>>20), "split it; rows already imported are recognised again")
		return 0, l.failed
	}
	if err != nil && err != io.EOF {
		l.failed = err
	}
	return n, err
}

func (l *limiter) fail(what, remedy string) {
	if l.failed == nil {
		l.failed = &limitError{l.start, l.cell, what, remedy}
	}
}

// givenUp is the error for a job whose context ended.
func givenUp(ctx context.Context) error {
	return graph.Errorf(graph.UNAVAILABLE, "this was given up before it was done; nothing was kept").Because(context.Cause(ctx))
}
