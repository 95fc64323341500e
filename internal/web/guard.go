package web

import (
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// Limits says how large a request may be. A field left zero takes the default
// named beside it; the defaults let every screen of the front end and the
// usual introspection query through with room to spare.
//
// The counts of a document are taken after every fragment has been put in
// place of its spreads, because that is what validation and execution pay for.
type Limits struct {
	Body          int // bytes of an HTTP body or a WebSocket message; 256 kB
	Query         int // bytes of the GraphQL document; 64 kB
	Variables     int // bytes of the variables; 192 kB
	OperationName int // bytes of the operation's name; 128
	JSONDepth     int // objects and lists inside each other in the request; 20
	JSONValues    int // members of all objects and lists of the request; 10,000

	Tokens     int // words and signs of the document; 1,000
	Nesting    int // brackets of any kind inside each other; 32
	Directives int // written directives; 20
	Operations int // operations in one document; 10
	Fields     int // fields, fragment spreads and inline fragments; 500
	Depth      int // fields inside each other; 12
	MetaDepth  int // the same below __schema and __type; 16
	Aliases    int // renamed fields; 30
	Roots      int // fields at the top of one operation; 20
}

// withDefaults fills in what the operator left open.
func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&l.Body, 256_000}, {&l.Query, 64_000}, {&l.Variables, 192_000}, {&l.OperationName, 128},
		{&l.JSONDepth, 20}, {&l.JSONValues, 10_000},
		{&l.Tokens, 1_000}, {&l.Nesting, 32}, {&l.Directives, 20}, {&l.Operations, 10},
		{&l.Fields, 500}, {&l.Depth, 12}, {&l.MetaDepth, 16}, {&l.Aliases, 30}, {&l.Roots, 20},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// Codes that the edge itself answers with, in extensions.code.
const (
	codeInvalid         = "INVALID"
	codeLimited         = "LIMITED"
	codeForbidden       = "FORBIDDEN"
	codeUnauthenticated = "UNAUTHENTICATED"
	codeNotFound        = "NOT_FOUND"
	codeUnavailable     = "UNAVAILABLE"
	codeInternal        = "INTERNAL"
)

// Refusal is the edge's answer to a request it will not run: which rule was
// broken and what to do about it. It never repeats more than a short piece of
// what was sent.
type Refusal struct {
	Code    string // LIMITED when a limit was passed, otherwise what kind of mistake it is
	Limit   string // the rule, in lower case: "tokens", "depth", "cycle", "syntax"; also the label of the metric
	Max     int    // the most that is allowed, 0 where the rule has no number
	Message string // what is wrong and the remedy, for people

	line, column int // where in the document, from 1; 0 if nowhere in particular
}

// Error is the message.
func (r *Refusal) Error() string { return r.Message }

// graphQL is the refusal as an entry of a response's errors.
func (r *Refusal) graphQL() *gqlerror.Error {
	err := &gqlerror.Error{Message: r.Message, Extensions: map[string]any{"code": r.Code, "rule": r.Limit}}
	if r.Max > 0 {
		err.Extensions["max"] = r.Max
	}
	if r.line > 0 {
		err.Locations = []gqlerror.Location{{Line: r.line, Column: r.column}}
	}
	return err
}

func limited(limit string, most int, message string) *Refusal {
	return &Refusal{Code: codeLimited, Limit: limit, Max: most, Message: fmt.Sprintf(message, most)}
}

func invalid(rule, message string) *Refusal {
	return &Refusal{Code: codeInvalid, Limit: rule, Message: message}
}

// Parse reads a GraphQL document that is cheap to validate and run, or refuses
// it. It runs before validation, because gqlparser's validation can be made to
// take quadratic time and, in older releases, to overflow the stack, and a
// complexity limit only counts after that. Parse itself takes time
// proportional to the text up to the limits, whatever the text is.
func (l Limits) Parse(query string) (*ast.QueryDocument, *Refusal) {
	doc, _, refusal := l.withDefaults().parse(query)
	return doc, refusal
}

// parse is Parse on complete limits; it also returns the number of tokens, a
// measure for the memory that the document takes.
func (l Limits) parse(query string) (*ast.QueryDocument, int, *Refusal) {
	if len(query) > l.Query {
		return nil, 0, limited("query", l.Query, "The query is longer than %d bytes. Pass long values as variables.")
	}
	source := &ast.Source{Input: query}
	tokens, refusal := l.scan(source)
	if refusal != nil {
		return nil, 0, refusal
	}
	doc, err := parser.ParseQueryWithTokenLimit(source, l.Tokens)
	if err != nil {
		return nil, 0, syntax(err)
	}
	if len(doc.Operations) == 0 {
		return nil, 0, invalid("operations", "The query holds no operation. Send one query, mutation or subscription.")
	}
	if refusal := l.measure(doc); refusal != nil {
		return nil, 0, refusal
	}
	return doc, tokens, nil
}

// scan counts what can be counted without parsing. The parser recurses once
// for each bracket, so nesting has to be known to be small before it starts.
func (l Limits) scan(source *ast.Source) (tokens int, refusal *Refusal) {
	lex := lexer.New(source)
	var nesting, directives int
	var before lexer.Type
	for {
		token, err := lex.ReadToken()
		if err != nil {
			return 0, syntax(err)
		}
		switch token.Kind {
		case lexer.EOF:
			return tokens, nil
		case lexer.BraceL, lexer.BracketL, lexer.ParenL:
			if nesting++; nesting > l.Nesting {
				return 0, limited("nesting", l.Nesting, "Brackets are nested deeper than %d. Ask for fewer levels at once or pass the value as a variable.").at(token)
			}
		case lexer.BraceR, lexer.BracketR, lexer.ParenR:
			// A stray closing bracket is the parser's to refuse; until there
			// the count is the parser's own depth.
			nesting = max(0, nesting-1)
		case lexer.Name:
			// gqlgen declares @defer in every schema. The rest of a deferred
			// answer would be resolved with nobody waiting for it.
			if before == lexer.At && token.Value == "defer" {
				return 0, invalid("defer", "@defer is not supported. Answers come whole; ask for the slow part in a second request.").at(token)
			}
		case lexer.At:
			if directives++; directives > l.Directives {
				return 0, limited("directives", l.Directives, "The query has more than %d directives. Leave fields out instead of switching them off.").at(token)
			}
		}
		if token.Kind != lexer.Comment { // the parser steps over them, too
			before = token.Kind
		}
		if tokens++; tokens > l.Tokens {
			return 0, limited("tokens", l.Tokens, "The query has more than %d words and signs. Split it into several requests.").at(token)
		}
	}
}

func (r *Refusal) at(token lexer.Token) *Refusal {
	r.line, r.column = token.Pos.Line, token.Pos.Column
	return r
}

// syntax turns a parser's error into a refusal.
func syntax(err error) *Refusal {
	r := invalid("syntax", "The query is not valid GraphQL.")
	if g, ok := errors.AsType[*gqlerror.Error](err); ok {
		r.Message = "The query is not valid GraphQL: " + shorten(g.Message, maxQuoted) + "."
		if len(g.Locations) > 0 {
			r.line, r.column = g.Locations[0].Line, g.Locations[0].Column
		}
	}
	return r
}

// measure compares the document, with fragments expanded, to the limits.
func (l Limits) measure(doc *ast.QueryDocument) *Refusal {
	if len(doc.Operations) > l.Operations {
		return limited("operations", l.Operations, "The document has more than %d operations. Send the one to run.")
	}
	m := meter{}
	if len(doc.Fragments) > 0 {
		m.fragments = make(map[string]*fragment, len(doc.Fragments))
		for _, f := range doc.Fragments {
			if m.fragments[f.Name] == nil { // of two with one name the validator takes the first, too
				m.fragments[f.Name] = &fragment{set: f.SelectionSet}
			}
		}
	}
	var all extent
	for _, op := range doc.Operations {
		e := m.selections(op.SelectionSet)
		if e.top > l.Roots {
			return limited("roots", l.Roots, "An operation has more than %d fields at its top. Split it into several requests.")
		}
		all.include(e)
	}
	// Fragments that no operation uses are validated all the same.
	for _, d := range doc.Fragments {
		if f := m.fragments[d.Name]; f.state == unseen {
			all.include(m.fragment(f))
		}
	}
	switch {
	case m.cyclic:
		return invalid("cycle", "A fragment contains itself. Remove the circle of spreads.")
	case all.fields > l.Fields:
		return limited("fields", l.Fields, "The query asks for more than %d fields, fragments expanded. Ask for fewer fields or split it into several requests.")
	case all.aliases > l.Aliases:
		return limited("aliases", l.Aliases, "The query renames more than %d fields, fragments expanded. Use a list field or several requests.")
	case all.depth > l.Depth:
		return limited("depth", l.Depth, "Fields are nested deeper than %d. Ask for the deeper part by id in a second request.")
	case all.meta > l.MetaDepth:
		return limited("meta depth", l.MetaDepth, "Introspection is nested deeper than %d. Use the standard introspection query.")
	}
	return nil
}

// extent is what a selection set amounts to with its fragments expanded.
type extent struct {
	top     int // fields directly in the set
	fields  int // all selections
	aliases int
	depth   int // of ordinary fields
	meta    int // depth below __schema and __type, which are deeper by nature
}

// enough is where sums stop growing: a chain of n doubling fragments stands
// for 2^n fields, which no integer holds. It is above every sensible limit.
const enough = 1 << 24

func (e *extent) include(o extent) {
	e.top = min(e.top+o.top, enough)
	e.fields = min(e.fields+o.fields, enough)
	e.aliases = min(e.aliases+o.aliases, enough)
	e.depth = max(e.depth, o.depth)
	e.meta = max(e.meta, o.meta)
}

type fragment struct {
	set    ast.SelectionSet
	state  int
	extent extent
}

const (
	unseen = iota
	open   // being measured: meeting it again is a cycle
	measured
)

// meter measures each fragment once, however often it is spread. It recurses
// at most once a token, and tokens are limited.
type meter struct {
	fragments map[string]*fragment
	cyclic    bool
}

func (m *meter) fragment(f *fragment) extent {
	switch f.state {
	case open:
		m.cyclic = true
	case unseen:
		f.state = open
		f.extent = m.selections(f.set)
		f.state = measured
	}
	return f.extent
}

func (m *meter) selections(set ast.SelectionSet) extent {
	var e extent
	for _, s := range set {
		var below extent
		switch s := s.(type) {
		case *ast.Field:
			below = m.selections(s.SelectionSet)
			below.top = 1
			below.depth++
			if isMeta(s.Name) {
				below.depth, below.meta = 1, max(below.meta, below.depth)
			}
			if s.Alias != s.Name {
				below.aliases++
			}
		case *ast.InlineFragment:
			below = m.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			if f := m.fragments[s.Name]; f != nil { // an unknown name is the validator's to refuse
				below = m.fragment(f)
			}
		}
		below.fields++
		e.include(below)
	}
	return e
}

func isMeta(field string) bool { return field == "__schema" || field == "__type" }

// introspects tells whether the operation asks for the schema itself. The
// document has passed the guard, so expanding its fragments is cheap.
func introspects(set ast.SelectionSet, fragments ast.FragmentDefinitionList) bool {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if isMeta(s.Name) {
				return true
			}
		case *ast.InlineFragment:
			if introspects(s.SelectionSet, fragments) {
				return true
			}
		case *ast.FragmentSpread:
			if f := fragments.ForName(s.Name); f != nil && introspects(f.SelectionSet, fragments) {
				return true
			}
		}
	}
	return false
}

// scanJSON bounds the depth and the number of members of a JSON text in one
// pass without recursion or allocation, before a decoder builds anything from
// it. It does not check the grammar; the decoder does.
func (l Limits) scanJSON(text []byte) *Refusal {
	depth, members := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > l.JSONDepth {
				return limited("json depth", l.JSONDepth, "Objects and lists of the request are nested deeper than %d. Flatten the variables.")
			}
			members++
		case '}', ']':
			depth--
		case ',':
			members++
		}
		if members > l.JSONValues {
			return limited("json values", l.JSONValues, "The request holds more than %d values. Split it into several requests.")
		}
	}
	return nil
}

// maxQuoted is how many bytes of somebody's input an error may repeat.
const maxQuoted = 160

// shorten cuts s to at most n bytes at a rune's edge and says so.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
