package graph

import (
	"container/heap"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// Page is one page of a list in the shape of Relay connections. TotalCount is
// the length of the whole list.
type Page[T any] struct {
	Edges      []Edge[T]
	Nodes      []T
	PageInfo   PageInfo
	TotalCount int
}

// Edge is one element of a page with the cursor that continues after it.
type Edge[T any] struct {
	Cursor string
	Node   T
}

// PageInfo says whether the list goes on. The cursors are nil on an empty page.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

const defaultPage = 25

// PageCap is the longest page a viewer may ask for.
func (v *View) PageCap() int {
	switch v.viewer.rank() {
	case 0:
		return 50
	case 1:
		return 100
	}
	return 1000
}

// pageSize checks the wanted length of a page; 0 is the default.
func (v *View) pageSize(first int) (int, error) {
	most := v.PageCap()
	switch {
	case first == 0:
		return min(defaultPage, most), nil
	case first < 0:
		return 0, invalid("first", "first is %d; ask for 1 to %d", first, most)
	case first > most:
		return 0, Errorf(LIMITED, "first is %d; you may ask for up to %d, and go on with after", first, most).At("first")
	}
	return first, nil
}

// cursor returns the cursor of a list's element: its key, bound to the viewer
// and the list by a code that only this database can make. It holds nothing
// but what the viewer was shown.
func (v *View) cursor(list, key string) string { return v.cursors(list)(key) }

// cursors is cursor for many elements of a list, one after the other.
func (v *View) cursors(list string) func(key string) string {
	code := v.cursorCodes(list)
	return func(key string) string { return base64.RawURLEncoding.EncodeToString(append(code(key), key...)) }
}

// cursorCodes returns what computes the code of a key of a list; it is for one goroutine.
func (v *View) cursorCodes(list string) func(key string) []byte {
	mac := hmac.New(sha256.New, v.secret)
	bound := []byte(strings.Join([]string{v.viewer.key(), string(v.eyes.surface), v.day.String(), list, ""}, "\x00"))
	return func(key string) []byte {
		mac.Reset()
		mac.Write(bound)
		mac.Write([]byte(key))
		mac.Write([]byte{0})
		return mac.Sum(nil)[:12]
	}
}

// openCursor returns the key a cursor was made of. One made for another list,
// viewer or day is INVALID.
func (v *View) openCursor(list, cursor string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) < 12 || !hmac.Equal(b[:12], v.cursorCodes(list)(string(b[12:]))) {
		return "", invalid("after", "this cursor is not of this list: start again without after")
	}
	return string(b[12:]), nil
}

// paged cuts one page out of a whole list that is in order of key.
func paged[T any](v *View, list string, all []T, key func(T) string, compare func(a, b string) int, first int, after string) (*Page[T], error) {
	return cutPage(v, list, all, first, after, func(k string) int {
		start, _ := slices.BinarySearchFunc(all, k, func(e T, k string) int {
			if compare(key(e), k) <= 0 {
				return -1
			}
			return 1
		})
		return start
	}, func(_ int, e T) string { return key(e) })
}

// cutPage cuts one page out of a whole list. find says where the list goes on
// after the key of a cursor, key what the cursor of an element at a place holds.
func cutPage[T any](v *View, list string, all []T, first int, after string, find func(key string) int, key func(at int, e T) string) (*Page[T], error) {
	n, err := v.pageSize(first)
	if err != nil {
		return nil, err
	}
	start := 0
	if after != "" {
		k, err := v.openCursor(list, after)
		if err != nil {
			return nil, err
		}
		start = find(k)
	}
	rest := all[start:]
	p := &Page[T]{TotalCount: len(all), Nodes: rest[:min(n, len(rest))]}
	p.PageInfo.HasNextPage, p.PageInfo.HasPreviousPage = len(rest) > n, start > 0
	at, cursor := start-1, v.cursors(list)
	p.finish(func(e T) string { at++; return cursor(key(at, e)) })
	return p, nil
}

// finish makes the edges and end cursors of a page whose nodes are set.
func (p *Page[T]) finish(cursor func(T) string) {
	p.Edges = make([]Edge[T], len(p.Nodes))
	for i, e := range p.Nodes {
		p.Edges[i] = Edge[T]{cursor(e), e}
	}
	if n := len(p.Edges); n > 0 {
		p.PageInfo.StartCursor, p.PageInfo.EndCursor = &p.Edges[0].Cursor, &p.Edges[n-1].Cursor
	}
}

// firstOf keeps the n first of a stream of elements in order of less, without
// holding or sorting the others.
type firstOf[T any] struct {
	n     int
	less  func(a, b T) bool
	items []T
}

// Len, Less, Swap, Push and Pop make the last of the kept elements the root.
func (f *firstOf[T]) Len() int           { return len(f.items) }
func (f *firstOf[T]) Less(i, j int) bool { return f.less(f.items[j], f.items[i]) }
func (f *firstOf[T]) Swap(i, j int)      { f.items[i], f.items[j] = f.items[j], f.items[i] }
func (f *firstOf[T]) Push(x any)         { f.items = append(f.items, x.(T)) }
func (f *firstOf[T]) Pop() any           { panic("graph: firstOf only replaces its root") }

func (f *firstOf[T]) offer(x T) {
	switch {
	case len(f.items) < f.n:
		heap.Push(f, x)
	case f.n > 0 && f.less(x, f.items[0]):
		f.items[0] = x
		heap.Fix(f, 0)
	}
}

func (f *firstOf[T]) sorted() []T {
	slices.SortFunc(f.items, func(a, b T) int {
		switch {
		case f.less(a, b):
			return -1
		case f.less(b, a):
			return 1
		}
		return 0
	})
	return f.items
}

// PageOfLinks cuts one page out of links that are in the order that LinksOf
// gives; list names the question, so that its cursors serve no other.
func (v *View) PageOfLinks(list string, links []*Link, first int, after string) (*Page[*Link], error) {
	key := func(l *Link) string {
		return string(rune('A'+linkIndex(l.Kind))) + l.Since.First().String() + "/" + l.Since.String() + "/" + string(l.ID)
	}
	return paged(v, list, links, key, strings.Compare, first, after)
}

// PageOf cuts one page out of a whole list in whatever order; list names the
// question, so that its cursors serve no other, and key tells its elements
// apart. A cursor holds the place and the key of its element: where the list
// has changed since, the page goes on after that element if it is still there,
// else at its place.
func PageOf[T any](v *View, list string, all []T, key func(T) string, first int, after string) (*Page[T], error) {
	return cutPage(v, list, all, first, after, func(k string) int {
		place, name, _ := strings.Cut(k, " ")
		if i := slices.IndexFunc(all, func(e T) bool { return key(e) == name }); i >= 0 {
			return i + 1
		}
		at, _ := strconv.Atoi(place) // we wrote it
		return min(at, len(all))
	}, func(at int, e T) string { return strconv.Itoa(at) + " " + key(e) })
}

// MapPage returns a page with each element as something else.
func MapPage[T, U any](p *Page[T], as func(T) U) *Page[U] {
	out := &Page[U]{PageInfo: p.PageInfo, TotalCount: p.TotalCount, Nodes: make([]U, len(p.Nodes)), Edges: make([]Edge[U], len(p.Edges))}
	for i, e := range p.Edges {
		out.Nodes[i] = as(e.Node)
		out.Edges[i] = Edge[U]{e.Cursor, out.Nodes[i]}
	}
	return out
}
