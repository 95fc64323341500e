package graph

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// NodeInfo is the catalogue's entry for a kind of node.
type NodeInfo struct {
	Kind              NodeKind
	Plural            string     // for lists in English
	Actor             bool       // Organization, Individual, Coalition
	DefaultVisibility Visibility // of a new node that names none
	Fields            []Field    // all fields, the common ones first
	new               func() Node
}

// Ends lists kinds that a link may join: any of From to any of To.
type Ends struct{ From, To []NodeKind }

// LinkInfo is the catalogue's entry for a kind of link. Label reads from the
// From end ("is member of"), Inverse from the To end ("has member"); they are
// equal for symmetric kinds.
type LinkInfo struct {
	Kind              LinkKind
	Label, Inverse    string
	Symmetric         bool
	Details           string // name of the type of its own fields, "" when it has none
	Ends              []Ends
	DefaultVisibility Visibility
	Fields            []Field // all fields, the common ones first
	new               func() Details
}

// Joins reports whether a link of this kind may go from one kind to the other.
func (i *LinkInfo) Joins(from, to NodeKind) bool {
	return slices.ContainsFunc(i.Ends, func(e Ends) bool {
		return slices.Contains(e.From, from) && slices.Contains(e.To, to)
	})
}

// FieldType is the form of a field's value in a [Fields] map.
type FieldType string

// The types of field. A list field holds []string, []int64 or []float64;
// DATE, ID and TIME values are strings.
const (
	TEXT    FieldType = "TEXT"
	DATE    FieldType = "DATE"
	REF     FieldType = "REF" // the id of a node
	TIME    FieldType = "TIME"
	INTEGER FieldType = "INTEGER"
	NUMBER  FieldType = "NUMBER"
	BOOLEAN FieldType = "BOOLEAN"
)

// Field is one field of a kind, as stored, imported and shown in forms.
type Field struct {
	Name       string
	Type       FieldType
	List       bool
	Vocabulary *Vocabulary // nil when any value goes
	Group      string      // name of the list of structs it is a column of: parallel lists of equal length; "" if none
	Path       string      // its place in the API: the name, or "contactPoints.value" in a list of structs, or "consent.scope" in an inner struct
	Own        bool        // belongs to the kind, not to every kind
	Restricted bool        // read only by some of those who see the node
	System     bool        // set by Weft, never by an edit
	index      []int       // path to the struct field
	elem       int         // index within the group's struct, or -1
}

// NodeKinds returns the catalogue's entries for nodes, in the order to show.
func NodeKinds() []*NodeInfo { return nodeKinds }

// LinkKinds returns the catalogue's entries for links, in the order to show.
func LinkKinds() []*LinkInfo { return linkKinds }

// NodeInfoOf returns the entry of a kind, nil if there is no such kind.
func NodeInfoOf(kind NodeKind) *NodeInfo {
	if i := nodeIndex(kind); i >= 0 {
		return nodeKinds[i]
	}
	return nil
}

// LinkInfoOf returns the entry of a kind, nil if there is no such kind.
func LinkInfoOf(kind LinkKind) *LinkInfo {
	if i := linkIndex(kind); i >= 0 {
		return linkKinds[i]
	}
	return nil
}

func nodeIndex(kind NodeKind) int {
	return slices.IndexFunc(nodeKinds, func(i *NodeInfo) bool { return i.Kind == kind })
}

func linkIndex(kind LinkKind) int {
	return slices.IndexFunc(linkKinds, func(i *LinkInfo) bool { return i.Kind == kind })
}

// linkSet is kinds of links as bits; of an unknown kind bit 63, which none has.
func linkSet(kinds []LinkKind) (set uint64) {
	for _, k := range kinds {
		set |= 1 << (linkIndex(k) & 63)
	}
	return set
}

var (
	anyActor = []NodeKind{KindOrganization, KindIndividual, KindCoalition}
	anyKind  = []NodeKind{KindOrganization, KindIndividual, KindIssue, KindCoalition, KindCampaign, KindAction, KindEvent, KindCommunity, KindStory, KindSource}
	parties  = []NodeKind{KindOrganization, KindIndividual}
)

func kinds(k ...NodeKind) []NodeKind { return k }

// The table of node kinds: one line a kind.
var nodeKinds = []*NodeInfo{
	{Kind: KindOrganization, Plural: "Organizations", Actor: true, DefaultVisibility: PUBLIC, new: func() Node { return &Organization{} }},
	{Kind: KindIndividual, Plural: "Individuals", Actor: true, DefaultVisibility: MEMBERS, new: func() Node { return &Individual{} }},
	{Kind: KindIssue, Plural: "Issues", DefaultVisibility: PUBLIC, new: func() Node { return &Issue{} }},
	{Kind: KindCoalition, Plural: "Coalitions", Actor: true, DefaultVisibility: PUBLIC, new: func() Node { return &Coalition{} }},
	{Kind: KindCampaign, Plural: "Campaigns", DefaultVisibility: PUBLIC, new: func() Node { return &Campaign{} }},
	{Kind: KindAction, Plural: "Actions", DefaultVisibility: PUBLIC, new: func() Node { return &Action{} }},
	{Kind: KindEvent, Plural: "Events", DefaultVisibility: MEMBERS, new: func() Node { return &Event{} }},
	{Kind: KindCommunity, Plural: "Communities", DefaultVisibility: PUBLIC, new: func() Node { return &Community{} }},
	{Kind: KindStory, Plural: "Stories", DefaultVisibility: MEMBERS, new: func() Node { return &Story{} }},
	{Kind: KindSource, Plural: "Sources", DefaultVisibility: PUBLIC, new: func() Node { return &Source{} }},
}

// The table of link kinds: one entry a kind.
var linkKinds = []*LinkInfo{
	{Kind: MEMBER_OF, Label: "is member of", Inverse: "has member", DefaultVisibility: PUBLIC,
		Ends: []Ends{{anyActor, kinds(KindCoalition)}}, new: func() Details { return &Membership{} }},
	{Kind: AFFILIATED_WITH, Label: "is affiliated with", Inverse: "has affiliate", DefaultVisibility: PUBLIC,
		Ends: []Ends{{kinds(KindIndividual), kinds(KindOrganization)}}, new: func() Details { return &Affiliation{} }},
	{Kind: PART_OF, Label: "is part of", Inverse: "includes", DefaultVisibility: PUBLIC,
		Ends: []Ends{{kinds(KindOrganization), kinds(KindOrganization)}, {kinds(KindCoalition), kinds(KindCoalition)}, {kinds(KindIssue), kinds(KindIssue)},
			{kinds(KindAction), kinds(KindCampaign)}, {kinds(KindCommunity), kinds(KindCommunity)}}},
	{Kind: WORKS_ON, Label: "works on", Inverse: "is worked on by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{append(slices.Clone(anyActor), KindCampaign), kinds(KindIssue)}}, new: func() Details { return &Work{} }},
	{Kind: DRIVES, Label: "drives", Inverse: "is driven by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{kinds(KindIssue), kinds(KindIssue)}}, new: func() Details { return &Drive{} }},
	{Kind: ALLIED_WITH, Label: "is allied with", Inverse: "is allied with", Symmetric: true, DefaultVisibility: PUBLIC,
		Ends: []Ends{{anyActor, anyActor}}, new: func() Details { return &Alliance{} }},
	{Kind: IN_DIALOGUE_WITH, Label: "is in dialogue with", Inverse: "is in dialogue with", Symmetric: true, DefaultVisibility: MEMBERS,
		Ends: []Ends{{anyActor, anyActor}}, new: func() Details { return &Dialogue{} }},
	{Kind: AFFECTED_BY, Label: "is affected by", Inverse: "affects", DefaultVisibility: PUBLIC,
		Ends: []Ends{{kinds(KindCommunity, KindIndividual), kinds(KindIssue)}}, new: func() Details { return &Affliction{} }},
	{Kind: REPRESENTS, Label: "represents", Inverse: "is represented by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{parties, kinds(KindCommunity)}}, new: func() Details { return &Representation{} }},
	{Kind: LEADS, Label: "leads", Inverse: "is led by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{append(slices.Clone(anyActor), KindCommunity), kinds(KindCampaign)}}, new: func() Details { return &CampaignPart{} }},
	{Kind: SUPPORTS, Label: "supports", Inverse: "is supported by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{append(slices.Clone(anyActor), KindCommunity), kinds(KindCampaign)}}, new: func() Details { return &CampaignPart{} }},
	{Kind: TARGETS, Label: "targets", Inverse: "is targeted by", DefaultVisibility: MEMBERS,
		Ends: []Ends{{kinds(KindCampaign, KindAction), parties}}, new: func() Details { return &Targeting{} }},
	{Kind: INFLUENCES, Label: "influences", Inverse: "is influenced by", DefaultVisibility: MEMBERS,
		Ends: []Ends{{parties, parties}}},
	{Kind: TOOK_PART_IN, Label: "took part in", Inverse: "was attended by", DefaultVisibility: MEMBERS,
		Ends: []Ends{{append(slices.Clone(anyActor), KindCommunity), kinds(KindEvent, KindAction)}}, new: func() Details { return &Participation{} }},
	{Kind: FUNDS, Label: "funds", Inverse: "is funded by", DefaultVisibility: PUBLIC,
		Ends: []Ends{{kinds(KindOrganization), kinds(KindOrganization, KindCoalition, KindCampaign)}}, new: func() Details { return &Funding{} }},
	{Kind: ABOUT, Label: "is about", Inverse: "is the subject of", DefaultVisibility: MEMBERS,
		Ends: []Ends{{kinds(KindStory, KindEvent), anyKind}}},
	{Kind: TOLD_BY, Label: "is told by", Inverse: "told", DefaultVisibility: SEALED,
		Ends: []Ends{{kinds(KindStory), kinds(KindIndividual, KindCommunity)}}},
}

// init reads the fields of every kind from its struct, once.
func init() {
	for _, info := range nodeKinds {
		info.Fields = fieldsOf(reflect.TypeOf(info.new()).Elem(), nil, nil)
	}
	for _, info := range linkKinds {
		info.Fields = fieldsOf(reflect.TypeFor[Link](), nil, nil)
		if info.new != nil {
			details := reflect.TypeOf(info.new()).Elem()
			info.Details = details.Name()
			own := fieldsOf(details, nil, nil)
			for i := range own {
				own[i].Own = true
			}
			info.Fields = append(info.Fields, own...)
		}
	}
}

// fieldsOf lists the tagged fields of struct type t. A list of structs becomes
// one field a column, all under the group's name; an inner struct is flattened.
func fieldsOf(t reflect.Type, index []int, within *Field) []Field {
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(slices.Clone(index), i)
		if f.Anonymous {
			out = append(out, fieldsOf(f.Type, path, nil)...)
			continue
		}
		tag, ok := f.Tag.Lookup("weft")
		if !ok {
			continue
		}
		name, flags, _ := strings.Cut(tag, ",")
		field := Field{Name: name, Path: name, index: path, elem: -1, Own: len(index) == 0 && t != reflect.TypeFor[Base]() && t != reflect.TypeFor[Link](),
			Restricted: strings.Contains(flags, "restricted"), System: strings.Contains(flags, "system")}
		if within != nil {
			field.Own, field.Restricted, field.Path = within.Own, within.Restricted, within.Path+"."+inAPI(f.Name)
		}
		ft := f.Type
		switch {
		case ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Struct:
			for j := range ft.Elem().NumField() {
				e := ft.Elem().Field(j)
				column := field
				column.Name, column.Group, column.List, column.elem = e.Tag.Get("weft"), name, true, j
				column.Path = name + "." + inAPI(e.Name)
				column.Type, column.Vocabulary = typeOf(e.Type)
				out = append(out, column)
			}
			continue
		case ft.Kind() == reflect.Struct && ft != timeType:
			out = append(out, fieldsOf(ft, path, &field)...)
			continue
		case ft.Kind() == reflect.Slice:
			field.List = true
			ft = ft.Elem()
		case ft.Kind() == reflect.Pointer:
			ft = ft.Elem()
		}
		field.Type, field.Vocabulary = typeOf(ft)
		out = append(out, field)
	}
	return out
}

// inAPI is the name that the API gives to a field of an inner struct.
func inAPI(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func typeOf(t reflect.Type) (FieldType, *Vocabulary) {
	switch {
	case t == reflect.TypeFor[Date]():
		return DATE, nil
	case t == reflect.TypeFor[ID]():
		return REF, nil
	case t == timeType:
		return TIME, nil
	case t.Kind() == reflect.Int:
		return INTEGER, nil
	case t.Kind() == reflect.Float64:
		return NUMBER, nil
	case t.Kind() == reflect.Bool:
		return BOOLEAN, nil
	case t.Kind() == reflect.String:
		return TEXT, vocabularyOf(t)
	}
	panic("graph: no field type for " + t.String())
}

// fieldIndex finds fields by name, once a kind.
var fieldIndex sync.Map // *NodeInfo or *LinkInfo → map[string]*Field

func indexed(key any, fields []Field) map[string]*Field {
	if m, ok := fieldIndex.Load(key); ok {
		return m.(map[string]*Field)
	}
	m := make(map[string]*Field, len(fields))
	for i := range fields {
		m[fields[i].Name] = &fields[i]
	}
	fieldIndex.Store(key, m)
	return m
}

// Field returns the field of that name, nil if the kind has none.
func (i *NodeInfo) Field(name string) *Field { return indexed(i, i.Fields)[name] }

// Field returns the field of that name, nil if the kind has none.
func (i *LinkInfo) Field(name string) *Field { return indexed(i, i.Fields)[name] }
