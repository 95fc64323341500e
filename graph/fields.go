package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Fields holds the fields of a node, link or record by name. It is the one
// form shared by inputs, imports, archives and stores. A value is a string,
// int64, float64, bool, []string, []int64 or []float64; a list of structs is
// kept as parallel lists of equal length. What is empty is absent. In an edit
// an absent field stays as it is and a nil value clears it.
type Fields map[string]any

const (
	timeForm   = "2006-01-02T15:04:05.000Z"
	maxName    = 300
	maxText    = 20_000
	maxElement = 2_000
	maxList    = 2_000
)

var timeType = reflect.TypeFor[time.Time]()

// FieldsOfNode returns the fields of n, system fields included.
func FieldsOfNode(n Node) Fields {
	return encode(reflect.ValueOf(n).Elem(), NodeInfoOf(n.Core().Kind).Fields)
}

// FieldsOfLink returns the fields of l, system fields and own fields included.
func FieldsOfLink(l *Link) Fields {
	info := LinkInfoOf(l.Kind)
	f := encode(reflect.ValueOf(l).Elem(), commonLinkFields(info))
	if l.Details != nil {
		maps.Copy(f, encode(reflect.ValueOf(l.Details).Elem(), ownLinkFields(info)))
	}
	return f
}

func commonLinkFields(i *LinkInfo) []Field { return i.Fields[:ownStart(i)] }
func ownLinkFields(i *LinkInfo) []Field    { return i.Fields[ownStart(i):] }
func ownStart(i *LinkInfo) int {
	if n := slices.IndexFunc(i.Fields, func(f Field) bool { return f.Own }); n >= 0 {
		return n
	}
	return len(i.Fields)
}

func encode(v reflect.Value, fields []Field) Fields {
	out := make(Fields, 12)
	for i := range fields {
		f := &fields[i]
		fv := v.FieldByIndex(f.index)
		if f.elem >= 0 || f.List {
			if n := fv.Len(); n > 0 {
				out[f.Name] = encodeList(f, fv, n)
			}
			continue
		}
		if fv.Kind() == reflect.Pointer {
			if fv.IsNil() {
				continue
			}
			out[f.Name] = fv.Elem().Float()
			continue
		}
		if !fv.IsZero() {
			out[f.Name] = scalar(f, fv)
		}
	}
	return out
}

func scalar(f *Field, v reflect.Value) any {
	switch f.Type {
	case DATE:
		return v.Interface().(Date).String()
	case TIME:
		return v.Interface().(time.Time).UTC().Format(timeForm)
	case INTEGER:
		return v.Int()
	case NUMBER:
		return v.Float()
	case BOOLEAN:
		return v.Bool()
	}
	return v.String()
}

func encodeList(f *Field, v reflect.Value, n int) any {
	at := func(i int) reflect.Value {
		if f.elem >= 0 {
			return v.Index(i).Field(f.elem)
		}
		return v.Index(i)
	}
	switch f.Type {
	case INTEGER:
		out := make([]int64, n)
		for i := range out {
			out[i] = at(i).Int()
		}
		return out
	case NUMBER:
		out := make([]float64, n)
		for i := range out {
			out[i] = at(i).Float()
		}
		return out
	}
	out := make([]string, n)
	for i := range out {
		out[i], _ = scalar(f, at(i)).(string)
	}
	return out
}

// decodeNode sets the given fields of n. Edits may not set system fields;
// stores and archives (system) may.
func decodeNode(n Node, in Fields, system bool) error {
	info := NodeInfoOf(n.Core().Kind)
	return decode(in, info.Field, string(info.Kind), system, func(*Field) reflect.Value { return reflect.ValueOf(n).Elem() })
}

// decodeLink sets the given fields of l, making its details when missing.
func decodeLink(l *Link, in Fields, system bool) error {
	info := LinkInfoOf(l.Kind)
	if l.Details == nil && info.new != nil {
		l.Details = info.new()
	}
	return decode(in, info.Field, string(info.Kind), system, func(f *Field) reflect.Value {
		if f.Own {
			return reflect.ValueOf(l.Details).Elem()
		}
		return reflect.ValueOf(l).Elem()
	})
}

func decode(in Fields, find func(string) *Field, kind string, system bool, target func(*Field) reflect.Value) error {
	groups := map[string][]*Field{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		f := find(name)
		if f == nil || (f.System && !system) {
			return invalid(name, "%s has no field %.60q that can be set", kind, name)
		}
		value := in[name]
		if f.Group != "" {
			groups[f.Group] = append(groups[f.Group], f)
			continue
		}
		v := target(f).FieldByIndex(f.index)
		if value == nil {
			v.SetZero()
			continue
		}
		if f.List {
			if err := setList(f, v, value); err != nil {
				return err
			}
			continue
		}
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		if err := setScalar(f, v, value); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if err := setGroup(name, groups[name], in, target); err != nil {
			return err
		}
	}
	return nil
}

// setGroup replaces a list of structs by the given columns; columns not given
// are empty in every row.
func setGroup(name string, columns []*Field, in Fields, target func(*Field) reflect.Value) error {
	v := target(columns[0]).FieldByIndex(columns[0].index)
	n := -1
	lists := make([][]any, len(columns))
	for i, f := range columns {
		if in[f.Name] == nil {
			continue
		}
		list, err := listOf(f, in[f.Name])
		if err != nil {
			return err
		}
		if n >= 0 && len(list) != n {
			return invalid(f.Name, "the lists of %s differ in length: %s has %d entries, another %d", name, f.Name, len(list), n)
		}
		n, lists[i] = len(list), list
	}
	if n <= 0 {
		v.SetZero()
		return nil
	}
	rows := reflect.MakeSlice(v.Type(), n, n)
	for i, f := range columns {
		for j, e := range lists[i] {
			if err := setScalar(f, rows.Index(j).Field(f.elem), e); err != nil {
				return err
			}
		}
	}
	v.Set(rows)
	return nil
}

func setList(f *Field, v reflect.Value, value any) error {
	list, err := listOf(f, value)
	if err != nil {
		return err
	}
	out := reflect.MakeSlice(v.Type(), 0, len(list))
	seen := map[any]bool{}
	for _, e := range list {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := setScalar(f, elem, e); err != nil {
			return err
		}
		if elem.IsZero() || seen[elem.Interface()] {
			continue // a list of values is a set: blanks and repeats add nothing
		}
		seen[elem.Interface()] = true
		out = reflect.Append(out, elem)
	}
	if out.Len() == 0 {
		v.SetZero()
		return nil
	}
	v.Set(out)
	return nil
}

func listOf(f *Field, value any) ([]any, error) {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice {
		return nil, invalid(f.Name, "%s is a list", f.Name)
	}
	if v.Len() > maxList {
		return nil, invalid(f.Name, "%s has %d entries; the most is %d", f.Name, v.Len(), maxList)
	}
	out := make([]any, v.Len())
	for i := range out {
		out[i] = v.Index(i).Interface()
	}
	return out, nil
}

func setScalar(f *Field, v reflect.Value, value any) error {
	bad := func(what string) error {
		return invalid(f.Name, "%s is %s, not %.60q", f.Name, what, fmt.Sprint(value))
	}
	switch f.Type {
	case TEXT, REF:
		s, ok := textOf(value)
		if !ok {
			return bad("text")
		}
		if f.Vocabulary != nil && s != "" {
			i := slices.IndexFunc(f.Vocabulary.Values, func(w string) bool { return strings.EqualFold(w, s) })
			if i < 0 {
				return invalid(f.Name, "%s has no value %.60q; it is one of %s", f.Name, s, strings.Join(f.Vocabulary.Values, ", "))
			}
			v.SetString(f.Vocabulary.Values[i])
			return nil
		}
		if err := checkText(f, s); err != nil {
			return err
		}
		v.SetString(strings.TrimSpace(s))
	case DATE:
		if d, ok := value.(Date); ok {
			v.SetInt(int64(d))
			return nil
		}
		s, ok := textOf(value)
		if !ok {
			return bad("a date")
		}
		d, err := ParseDate(strings.TrimSpace(s))
		if err != nil {
			return invalid(f.Name, "%s: %s", f.Name, err)
		}
		v.SetInt(int64(d))
	case TIME:
		if t, ok := value.(time.Time); ok {
			v.Set(reflect.ValueOf(t))
			return nil
		}
		s, _ := textOf(value)
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return bad("a time in RFC 3339")
		}
		v.Set(reflect.ValueOf(t.UTC()))
	case INTEGER:
		n, ok := numberOf(value)
		if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return bad("a whole number")
		}
		v.SetInt(int64(n))
	case NUMBER:
		n, ok := numberOf(value)
		if !ok {
			return bad("a number")
		}
		v.SetFloat(n)
	case BOOLEAN:
		b, ok := value.(bool)
		if !ok {
			switch s, _ := textOf(value); strings.ToLower(s) {
			case "true":
				b = true
			case "false", "":
			default:
				return bad("true or false")
			}
		}
		v.SetBool(b)
	}
	return nil
}

func textOf(value any) (string, bool) {
	if s, ok := value.(string); ok {
		return s, true
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.String {
		return v.String(), true
	}
	return "", false
}

func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	case string:
		if v == "" {
			return 0, true
		}
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return 0, false
}

// checkText refuses text that is too long, not UTF-8, or holds control
// characters, which have no use here and harm terminals and spreadsheets.
func checkText(f *Field, s string) error {
	limit := maxText
	switch {
	case f.Name == "name":
		limit = maxName
	case f.List:
		limit = maxElement
	}
	if len(s) > limit {
		return invalid(f.Name, "%s is %d bytes long; the most is %d", f.Name, len(s), limit)
	}
	if !utf8.ValidString(s) {
		return invalid(f.Name, "%s is not UTF-8 text: save the file as UTF-8", f.Name)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return invalid(f.Name, "%s holds the control character U+%04X: remove it", f.Name, r)
		}
	}
	return nil
}

// Equal reports whether two sets of fields hold the same values.
func (f Fields) Equal(g Fields) bool {
	return len(f) == len(g) && reflect.DeepEqual(f, g)
}

// Canonical returns the JSON of f with keys in order, the form that is hashed.
func (f Fields) Canonical() []byte {
	if f == nil {
		return []byte("null")
	}
	b, err := json.Marshal(map[string]any(f))
	if err != nil {
		panic("graph: fields hold a value that is no field value: " + err.Error())
	}
	return b
}

// ParseFields reads what [Fields.Canonical] wrote, for a row of the given
// class and kind. Lists and numbers get the types that the catalogue says.
func ParseFields(class Class, kind string, b []byte) (Fields, error) {
	var f Fields
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, Errorf(INTERNAL, "stored fields cannot be read").Because(err)
	}
	if f == nil {
		return nil, nil
	}
	find := func(string) *Field { return nil }
	switch class {
	case NODE:
		if info := NodeInfoOf(NodeKind(kind)); info != nil {
			find = info.Field
		}
	case LINK:
		if info := LinkInfoOf(LinkKind(kind)); info != nil {
			find = info.Field
		}
	}
	for name, v := range f {
		f[name] = retype(find(name), v)
	}
	return f, nil
}

// retype gives a value read from JSON its canonical type. Values of fields
// that the catalogue does not know (records) are typed by what they hold.
func retype(f *Field, v any) any {
	list, ok := v.([]any)
	if !ok {
		if n, isNumber := v.(float64); isNumber && f != nil && f.Type == INTEGER {
			return int64(n)
		}
		return v
	}
	if len(list) == 0 {
		return []string{}
	}
	if _, isNumber := list[0].(float64); !isNumber {
		out := make([]string, len(list))
		for i := range list {
			out[i], _ = list[i].(string)
		}
		return out
	}
	if f != nil && f.Type == INTEGER {
		out := make([]int64, len(list))
		for i := range list {
			n, _ := list[i].(float64)
			out[i] = int64(n)
		}
		return out
	}
	out := make([]float64, len(list))
	for i := range list {
		out[i], _ = list[i].(float64)
	}
	return out
}
