package sqlite

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"weft/graph"
)

// Fields are kept as a flat JSON object with its keys in order. A float64 is
// always written with a point or an exponent and an int64 never, so that every
// value comes back with its type whether or not the catalogue knows the field.

func appendFields(b []byte, f graph.Fields) ([]byte, error) {
	b = append(b, '{')
	for _, name := range slices.Sorted(maps.Keys(f)) {
		start := len(b)
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(appendText(b, name), ':')
		empty := false
		switch v := f[name].(type) {
		case nil:
			empty = true
		case string:
			empty = v == ""
			b = appendText(b, v)
		case bool:
			b = strconv.AppendBool(b, v)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, graph.Errorf(graph.INTERNAL, "the field %s holds a number that cannot be kept", name)
			}
			b = appendNumber(b, v)
		case []string:
			empty = len(v) == 0
			b = appendList(b, v, appendText)
		case []int64:
			empty = len(v) == 0
			b = appendList(b, v, func(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) })
		case []float64:
			empty = len(v) == 0
			if slices.ContainsFunc(v, func(n float64) bool { return math.IsNaN(n) || math.IsInf(n, 0) }) {
				return nil, graph.Errorf(graph.INTERNAL, "the field %s holds a number that cannot be kept", name)
			}
			b = appendList(b, v, appendNumber)
		default:
			return nil, graph.Errorf(graph.INTERNAL, "the field %s holds a %T, which is no field value", name, v)
		}
		if empty { // absent, "" and [] are one value
			b = b[:start]
		}
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func appendNumber(b []byte, n float64) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, n, 'g', -1, 64)
	if !isFloat(string(b[start:])) {
		b = append(b, '.', '0')
	}
	return b
}

func isFloat(s string) bool { return strings.ContainsAny(s, ".eE") }

func appendText(b []byte, s string) []byte {
	if !plain(s) {
		quoted, _ := json.Marshal(s) // text always can be written
		return append(b, quoted...)
	}
	return append(append(append(b, '"'), s...), '"')
}

// plain reports whether s is JSON once it has quotes around it.
func plain(s string) bool {
	ascii := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return false
		} else if c >= utf8.RuneSelf {
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s)
}

// parser reads what appendFields wrote. It keeps one copy of each field name.
type parser struct {
	names map[string]string
	rest  string
}

func (p *parser) fields(text string) (graph.Fields, error) {
	p.rest = text
	f := make(graph.Fields, 12)
	if !p.take('{') {
		return nil, unreadable()
	}
	for !p.take('}') {
		if len(f) > 0 && !p.take(',') {
			return nil, unreadable()
		}
		raw, ok := p.text()
		if !ok || !p.take(':') {
			return nil, unreadable()
		}
		name, known := p.names[raw]
		if !known {
			name = strings.Clone(raw)
			p.names[name] = name
		}
		if f[name], ok = p.value(); !ok {
			return nil, unreadable()
		}
	}
	return f, nil
}

func unreadable() error {
	return graph.Errorf(graph.INTERNAL, "the fields of a row cannot be read: restore the newest backup")
}

func (p *parser) skip() { p.rest = strings.TrimLeft(p.rest, " \n\t\r") }

// take skips blanks and, if the next character is c, that too.
func (p *parser) take(c byte) bool {
	p.skip()
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *parser) value() (any, bool) {
	if !p.take('[') {
		return p.scalar()
	}
	first, ok := p.scalar()
	switch v := first.(type) {
	case string:
		list := []string{v}
		for ok && p.take(',') {
			var s string
			s, ok = p.text()
			list = append(list, strings.Clone(s))
		}
		return list, ok && p.take(']')
	case int64:
		list := []int64{v}
		for ok && p.take(',') {
			var e any
			e, _ = p.scalar()
			v, ok = e.(int64)
			list = append(list, v)
		}
		return list, ok && p.take(']')
	case float64:
		list := []float64{v}
		for ok && p.take(',') {
			var e any
			e, _ = p.scalar()
			v, ok = e.(float64)
			list = append(list, v)
		}
		return list, ok && p.take(']')
	}
	return nil, false
}

func (p *parser) scalar() (any, bool) {
	p.skip()
	switch {
	case p.rest == "":
		return nil, false
	case p.rest[0] == '"':
		s, ok := p.text()
		return strings.Clone(s), ok // a copy, lest one name keep a whole row in memory
	case strings.HasPrefix(p.rest, "true"):
		p.rest = p.rest[4:]
		return true, true
	case strings.HasPrefix(p.rest, "false"):
		p.rest = p.rest[5:]
		return false, true
	}
	end := 0
	for end < len(p.rest) && (p.rest[end] >= '0' && p.rest[end] <= '9' || strings.IndexByte("+-.eE", p.rest[end]) >= 0) {
		end++
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if isFloat(word) {
		n, err := strconv.ParseFloat(word, 64)
		return n, err == nil
	}
	n, err := strconv.ParseInt(word, 10, 64)
	return n, err == nil
}

// text reads a quoted text; without escapes it is a part of the input.
func (p *parser) text() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	escaped := false
	for i := 0; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			s := p.rest[:i]
			p.rest = p.rest[i+1:]
			if escaped {
				err := json.Unmarshal([]byte(`"`+s+`"`), &s)
				return s, err == nil
			}
			return s, true
		}
	}
	return "", false
}
