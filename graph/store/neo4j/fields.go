package neo4j

import (
	"math"
	"strings"

	"weft/graph"
)

// properties returns the fields of a row as properties, its id among them.
// What is empty is no property. The names of a record's fields are free, so
// one that collides with a property of Weft's own is kept with a _ in front.
func properties(row *graph.Row) (map[string]any, error) {
	p := make(map[string]any, len(row.Fields)+2)
	for name, value := range row.Fields {
		keep, finite := true, true
		switch v := value.(type) {
		case nil:
			keep = false
		case string:
			keep = v != ""
		case bool, int64:
		case float64:
			finite = isFinite(v)
		case []string:
			keep = len(v) > 0
		case []int64:
			keep = len(v) > 0
		case []float64:
			keep = len(v) > 0
			for _, n := range v {
				finite = finite && isFinite(n)
			}
		default:
			return nil, graph.Errorf(graph.INTERNAL, "the field %s holds a %T, which is no field value", name, v)
		}
		if !finite {
			return nil, graph.Errorf(graph.INTERNAL, "the field %s holds a number that cannot be kept", name)
		}
		if !keep {
			continue
		}
		if row.Class == graph.RECORD {
			name = escaped(name)
		}
		p[name] = value
	}
	p["id"] = string(row.ID)
	if row.Class == graph.RECORD {
		p["recordKind"] = row.Kind
	}
	return p, nil
}

func isFinite(n float64) bool { return !math.IsNaN(n) && !math.IsInf(n, 0) }

func escaped(name string) string {
	if name == "id" || name == "recordKind" || strings.HasPrefix(name, "_") {
		return "_" + name
	}
	return name
}

// fieldsOf returns properties as the fields of a node or link. Properties that
// the catalogue does not know are of somebody else, such as the results of an
// algorithm run in the database, and left out.
func fieldsOf(find func(string) *graph.Field, properties map[string]any) (graph.Fields, error) {
	fields := make(graph.Fields, len(properties))
	for name, value := range properties {
		f := find(name)
		if f == nil {
			continue
		}
		v, ok := fieldValue(value, f.Type == graph.NUMBER)
		if !ok {
			return nil, graph.Errorf(graph.INTERNAL, "the property %s of %.60q was changed in the database to a value that no field has: set it right there", name, properties["id"])
		}
		fields[name] = v
	}
	return fields, nil
}

// recordFields returns properties as the fields of a record.
func recordFields(properties map[string]any) (graph.Fields, error) {
	fields := make(graph.Fields, len(properties))
	for name, value := range properties {
		if name == "id" || name == "recordKind" {
			continue
		}
		v, ok := fieldValue(value, false)
		if !ok {
			return nil, graph.Errorf(graph.INTERNAL, "the property %s of %.60q was changed in the database to a value that no field has: set it right there", name, properties["id"])
		}
		fields[strings.TrimPrefix(name, "_")] = v
	}
	return fields, nil
}

// fieldValue gives a property the type that field values have. Neo4j keeps
// whole and fractional numbers apart, so only what somebody typed into the
// database by hand can be a whole number where a number is due.
func fieldValue(value any, number bool) (any, bool) {
	switch v := value.(type) {
	case string, bool, float64:
		return v, true
	case int64:
		if number {
			return float64(v), true
		}
		return v, true
	case []any:
		if len(v) == 0 {
			return nil, false
		}
		switch v[0].(type) {
		case string:
			return listOf[string](v)
		case int64:
			list, ok := listOf[int64](v)
			if !ok || !number {
				return list, ok
			}
			numbers := make([]float64, len(list))
			for i, n := range list {
				numbers[i] = float64(n)
			}
			return numbers, true
		case float64:
			return listOf[float64](v)
		}
	}
	return nil, false
}

func listOf[T any](list []any) ([]T, bool) {
	out := make([]T, len(list))
	for i, e := range list {
		v, ok := e.(T)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}
