package resolvers

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"weft/graph"
	"weft/resolvers/message"
)

// nodeFields turns the fields of a node as the API sends them into those of
// package graph. Own fields of another kind are refused.
func nodeFields(kind graph.NodeKind, in message.Fields) (graph.Fields, error) {
	info := graph.NodeInfoOf(kind)
	if info == nil {
		return nil, graph.Errorf(graph.INVALID, "%.60q is no kind of node", kind).At("kind")
	}
	return flatten(info.Fields, in, own(string(kind)), "a node of kind "+string(kind))
}

// linkFields is nodeFields for a link; own fields go by the name of its details.
func linkFields(kind graph.LinkKind, in message.Fields) (graph.Fields, error) {
	info := graph.LinkInfoOf(kind)
	if info == nil {
		return nil, graph.Errorf(graph.INVALID, "%.60q is no kind of link", kind).At("kind")
	}
	return flatten(info.Fields, in, own(info.Details), "a link of kind "+string(kind))
}

// own is the name that inputs give to the own fields of a type.
func own(typeName string) string {
	if typeName == "" {
		return ""
	}
	return strings.ToLower(typeName[:1]) + typeName[1:]
}

// flatten is the one place where nested input becomes flat fields. The
// catalogue says by each field's path where its value is found: among the
// common fields, or in the object of own fields named ownName; there as a value, as
// a column of a list of objects, or within an inner object.
func flatten(fields []graph.Field, in message.Fields, ownName, what string) (graph.Fields, error) {
	out, rest := graph.Fields{}, maps.Clone(in)
	ownIn, err := inner(in, ownName)
	if err != nil {
		return nil, err
	}
	delete(rest, ownName)
	for _, f := range fields {
		from := in
		if f.Own {
			from = ownIn
		}
		name, part, nested := strings.Cut(f.Path, ".")
		if !f.Own {
			delete(rest, name)
		}
		value, given := from[name]
		switch {
		case !given:
			continue
		case f.Group != "":
			out[f.Name] = column(value, part)
		case nested:
			within, err := inner(from, name)
			if err != nil {
				return nil, err
			}
			if v, ok := within[part]; ok {
				out[f.Name] = plain(v)
			}
		default:
			out[f.Name] = plain(value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if !isNil(rest[name]) {
			return nil, graph.Errorf(graph.INVALID, "%s has no fields %s", what, name).At(name)
		}
	}
	return out, nil
}

// inner returns the object of fields named name, nil when there is none.
func inner(in message.Fields, name string) (message.Fields, error) {
	if value, ok := in[name]; ok && !isNil(value) {
		return value.(message.Fields), nil
	} else if ok {
		return nil, graph.Errorf(graph.INVALID, "%s cannot be cleared as a whole: give null to the fields in it", name).At(name)
	}
	return nil, nil
}

// column returns one field of every struct of a list, nil when there is no list.
func column(list any, part string) any {
	v := reflect.ValueOf(list)
	if !v.IsValid() || v.Len() == 0 {
		return nil
	}
	out := make([]any, v.Len())
	for i := range out {
		out[i] = v.Index(i).FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, part) }).Interface()
	}
	return out
}

// plain returns the value that a pointer points to; a nil pointer is nil.
func plain(value any) any {
	v := reflect.ValueOf(value)
	switch {
	case isNil(value):
		return nil
	case v.Kind() == reflect.Pointer:
		return v.Elem().Interface()
	}
	return value
}

func isNil(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}
