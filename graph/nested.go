package graph

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
)

// This file holds what the API asks of a single node or link. Nodes and links
// handed out by a View carry it, so an answer nested in another one agrees with
// it: same viewer, same revision, same day.

// Degree returns how many links of the node the viewer sees.
func (b *Base) Degree() int { return b.view.Degree(b.ID) }

// Links returns one page of the node's links.
func (b *Base) Links(filter *LinkFilter, first *int, after *string) (*Page[*Link], error) {
	return b.view.PageOfLinksOf(b.ID, orZero(filter), orZero(first), orZero(after))
}

// SourceNodes returns the sources of the node that the viewer sees.
func (b *Base) SourceNodes() []*Source { return nodesOf[*Source](b.view, b.Sources) }

// ScopeCoalitions returns the coalitions named in the node's scopes that the viewer sees.
func (b *Base) ScopeCoalitions() []*Coalition { return nodesOf[*Coalition](b.view, b.Scopes) }

// FromNode returns the node that the link starts at.
func (l *Link) FromNode() Node { return l.view.Node(l.From) }

// ToNode returns the node that the link ends at.
func (l *Link) ToNode() Node { return l.view.Node(l.To) }

// Label returns what the link says, read from its start.
func (l *Link) Label() string { return LinkInfoOf(l.Kind).Label }

// Inverse returns what the link says, read from its end.
func (l *Link) Inverse() string { return LinkInfoOf(l.Kind).Inverse }

// Symmetric reports whether the link reads the same from both ends.
func (l *Link) Symmetric() bool { return LinkInfoOf(l.Kind).Symmetric }

// Ended reports whether the link has certainly ended by the day of the view.
func (l *Link) Ended() bool { return l.Until.Before(l.view.Day()) }

// SourceNodes returns the sources of the link that the viewer sees.
func (l *Link) SourceNodes() []*Source { return nodesOf[*Source](l.view, l.Sources) }

// ScopeCoalitions returns the coalitions named in the link's scopes that the viewer sees.
func (l *Link) ScopeCoalitions() []*Coalition { return nodesOf[*Coalition](l.view, l.Scopes) }

// PageOfLinksOf returns one page of the links of a node; none for a node that
// is hidden or absent.
func (v *View) PageOfLinksOf(id ID, f LinkFilter, first int, after string) (*Page[*Link], error) {
	// On a day that is past, what had not begun was not known; today it is told as planned.
	f.begun = v.day < v.eyes.today
	return v.PageOfLinks("links "+string(id), v.LinksOf(id, f), first, after)
}

// Circles returns the visible coalitions whose records the viewer sees as one
// of their members.
func (v *View) Circles() []*Coalition {
	return nodesOf[*Coalition](v, slices.Sorted(maps.Keys(v.eyes.circles)))
}

// nodesOf returns the visible nodes of type T among ids, in their order.
func nodesOf[T Node](v *View, ids []ID) []T {
	out := make([]T, 0, len(ids))
	for _, id := range ids {
		if n, ok := v.Node(id).(T); ok {
			out = append(out, n)
		}
	}
	return out
}

// Narrow returns the page with its nodes as the one kind they are known to be.
func Narrow[T Node](p *Page[Node]) *Page[T] {
	out := &Page[T]{PageInfo: p.PageInfo, TotalCount: p.TotalCount, Nodes: make([]T, len(p.Nodes)), Edges: make([]Edge[T], len(p.Edges))}
	for i, n := range p.Nodes {
		out.Nodes[i] = n.(T)
		out.Edges[i] = Edge[T]{p.Edges[i].Cursor, out.Nodes[i]}
	}
	return out
}

func orZero[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}

// In the API what is not said is null: the empty text is no value of an enum
// and names nothing. So ids and the words of vocabularies write themselves.

func writeWord(w io.Writer, word string) {
	if word == "" {
		io.WriteString(w, "null")
		return
	}
	quoted, _ := json.Marshal(word) // text has a JSON form always
	w.Write(quoted)
}

// readWord reads a word; which words an enum has was checked against the schema.
func readWord[T ~string](to *T, v any) error {
	switch v := v.(type) {
	case nil:
		*to = ""
		return nil
	case string:
		*to = T(v)
		return nil
	}
	return Errorf(INVALID, "this is text")
}

// MarshalGQL writes the id, null for none.
func (v ID) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the id; null is none.
func (v *ID) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Visibility) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Visibility) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v LinkState) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *LinkState) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Capacity) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Capacity) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Classification) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Classification) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Horizon) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Horizon) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v IssueStatus) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *IssueStatus) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v CoalitionStatus) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *CoalitionStatus) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Openness) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Openness) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v CampaignStatus) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *CampaignStatus) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v ActionForm) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *ActionForm) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v EventFormat) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *EventFormat) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Reliability) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Reliability) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v ContactKind) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *ContactKind) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v ConsentScope) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *ConsentScope) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v ConsentChannel) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *ConsentChannel) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v MemberRole) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *MemberRole) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v PostKind) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *PostKind) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Polarity) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Polarity) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v WorkStance) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *WorkStance) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Channel) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Channel) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v CampaignRole) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *CampaignRole) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v TakingPart) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *TakingPart) UnmarshalGQL(from any) error { return readWord(v, from) }

// MarshalGQL writes the word, null for none.
func (v Class) MarshalGQL(w io.Writer) { writeWord(w, string(v)) }

// UnmarshalGQL reads the word; null is none.
func (v *Class) UnmarshalGQL(from any) error { return readWord(v, from) }
