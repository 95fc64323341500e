package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"weft/internal/web"
	"weft/internal/web/testdata/social"
)

// introspectionQuery is what GraphiQL and code generators send.
const introspectionQuery = `query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

// doubling is n fragments that each spread the next twice.
func doubling(n int, spread, leaf string) string {
	var b strings.Builder
	b.WriteString("{ person { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Person { "+spread+" }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Person { %s }", n, leaf)
	return b.String()
}

// nested is an operation with a field inside a field, n deep.
func nested(n int) string {
	return strings.Repeat("{ person ", 1) + strings.Repeat("{ knows ", n-2) + "{ name" + strings.Repeat(" }", n)
}

// attacks are documents that must be refused, with the rule that does.
var attacks = []struct{ name, query, rule string }{
	{"self-spreading fragment", `query { person { ...F } } fragment F on Person { name ...F }`, "cycle"},
	{"self-spreading fragment, unused", `{ viewer } fragment F on Person { ...F }`, "cycle"},
	{"self-spreading through a field", `{ person { ...F } } fragment F on Person { knows { ...F } }`, "cycle"},
	{"self-spreading through an inline fragment", `{ ...F } fragment F on Query { ... { ... on Query { ...F } } }`, "cycle"},
	{"three fragments in a circle", `{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }`, "cycle"},
	{"two fragments of one name, first cyclic", `{ ...A } fragment A on Query { ...A } fragment A on Query { viewer }`, "cycle"},
	{"doubling fragments, 10", doubling(10, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, 20", doubling(20, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, 24", doubling(24, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, 60", doubling(60, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, 64: the count is a multiple of 2^64", doubling(64, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, 90", doubling(90, "...F%d ...F%d", "name"), "fields"},
	{"doubling fragments, unused", "{ viewer } " + strings.TrimPrefix(doubling(30, "...F%d ...F%d", "name"), "{ person { ...F0 } }"), "fields"},
	{"aliased doubling, 20", doubling(20, "a: knows { ...F%d } b: knows { ...F%d }", "name"), "fields"},
	{"aliased doubling, 6", doubling(6, "a: knows { ...F%d } b: knows { ...F%d }", "name"), "aliases"},
	{"inline fragments without end", "{ person " + strings.Repeat("{ ... on Person ", 31) + "{ name }" + strings.Repeat(" }", 32), "nesting"},
	{"__typename × 600", "{ " + strings.Repeat("__typename ", 600) + "}", "roots"},
	{"__typename × 600, deeper", "{ person { " + strings.Repeat("__typename ", 600) + "} }", "fields"},
	{"501 fields", "{ person { " + strings.Repeat("name ", 500) + "} }", "fields"},
	{"__typename × 10,000", "{ " + strings.Repeat("__typename ", 10_000-6_000) + "}", "tokens"},
	{"@a × 5,000", "{ viewer " + strings.Repeat("@a ", 5_000) + "}", "directives"},
	{"@skip × 30", "{ viewer " + strings.Repeat("@skip(if: false) ", 30) + "}", "directives"},
	{"deferred fragment", "{ person { ... @defer { name } } }", "defer"},
	{"deferred event", "subscription { silence ...F @ # hidden\n defer(if: true) } fragment F on Subscription { viewer }", "defer"},
	{"[ × 50,000", "{ count(of: " + strings.Repeat("[", 50_000) + ") }", "nesting"},
	{"[1, [1, … × 40", "{ count(of: " + strings.Repeat("[1,", 40) + strings.Repeat("]", 40) + ") }", "nesting"},
	{"{ × 50,000", strings.Repeat("{", 50_000), "nesting"},
	{"{a × 1,000", strings.Repeat("{a", 1_000) + strings.Repeat("}", 1_000), "nesting"},
	{"input objects × 40", "{ match(filter: " + strings.Repeat("{and: [", 20) + strings.Repeat("]}", 20) + ") }", "nesting"},
	{"variable type [[[…", "query($x: " + strings.Repeat("[", 40) + "Int" + strings.Repeat("]", 40) + ") { viewer }", "nesting"},
	{"closing brackets first", strings.Repeat("}", 900) + strings.Repeat("{", 99), "nesting"},
	{"13 fields deep", nested(13), "depth"},
	{"13 deep through fragments", "{ person { ...F0 } } " + chain(12), "depth"},
	{"introspection 17 deep", "{ __schema { types " + strings.Repeat("{ ofType ", 14) + "{ name" + strings.Repeat(" }", 17), "meta depth"},
	{"31 aliases", "{ person { " + numbered("a%d: name ", 31) + "} }", "aliases"},
	{"66 logins", "mutation { " + numbered(`a%d: rename(name: "guess") `, 66) + "}", "roots"},
	{"21 roots through fragments", "{ " + strings.Repeat("...F ", 7) + "} fragment F on Query { viewer person { name } b: viewer }", "roots"},
	{"11 operations", numbered("query Q%d { viewer } ", 11), "operations"},
	{"1,000 operations", numbered("query Q%d { viewer } ", 1_000), "tokens"},
	{"1,000 variables", "query(" + numbered("$v%d: Int ", 1_000) + ") { viewer }", "tokens"},
	{"1,000 arguments", "{ person(" + numbered("a%d: 1 ", 1_000) + ") { name } }", "tokens"},
	{"comments only", strings.Repeat("#\n", 5_000), "tokens"},
	{"100 kB of blanks", strings.Repeat(" ", 100_000) + "{ viewer }", "query"},
	{"name of 60 kB", "{ " + strings.Repeat("x", 60_000) + " }", "validation"},
	{"text of 60 kB as a number", `{ people(first: "` + strings.Repeat("ж", 30_000) + `") { name } }`, "validation"},
	{"empty", "", "operations"},
	{"comment", "# nothing", "operations"},
	{"fragment only", "fragment F on Person { name }", "operations"},
	{"type definition", "type Query { a: Int }", "syntax"},
	{"unclosed", "{ person { name }", "syntax"},
	{"unclosed text", `{ person(name: "`, "syntax"},
	{"unclosed block text", `{ person(name: """x`, "syntax"},
	{"NUL", "{ viewer\x00 }", "syntax"},
	{"invalid UTF-8", "{ viewer\xff\xfe }", "syntax"},
	{"bidirectional override", "{ view\u202eer }", "syntax"},
	{"full-width name", "{ ｖｉｅｗｅｒ }", "syntax"},
	{"lone surrogate escape", `{ person(name: "\uD83D") { name } }`, ""},
	{"unknown fragment", "{ person { ...Nobody } }", "validation"},
	{"480 fields that conflict", "{ person { " + numbered("n%d ", 480) + "} }", "validation"},
}

func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Person { knows { ...F%d } } ", i, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Person { name }", n)
	return b.String()
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestGuardRefuses(t *testing.T) {
	for _, a := range attacks {
		if a.rule == "validation" || a.rule == "" { // the guard lets them through; cheap to validate
			if _, refusal := (web.Limits{}).Parse(a.query); refusal != nil {
				t.Errorf("%s: refused by %s", a.name, refusal.Limit)
			}
			continue
		}
		_, refusal := web.Limits{}.Parse(a.query)
		if refusal == nil || refusal.Limit != a.rule {
			t.Errorf("%s: %+v, want %s", a.name, refusal, a.rule)
			continue
		}
		if len(refusal.Message) > 300 || !strings.HasSuffix(refusal.Message, ".") {
			t.Errorf("%s: message %q", a.name, refusal.Message)
		}
	}
}

// What is exactly as large as allowed passes: the limits are where they say.
func TestGuardAccepts(t *testing.T) {
	for name, query := range map[string]string{
		"introspection":       introspectionQuery,
		"12 fields deep":      nested(12),
		"30 aliases":          "{ person { " + numbered("a%d: name ", 30) + "} }",
		"20 roots":            "{ " + strings.Repeat("viewer ", 20) + "}",
		"10 operations":       numbered("query Q%d { viewer } ", 10),
		"500 fields":          "{ person { " + strings.Repeat("name ", 499) + "} }",
		"20 directives":       "{ person { " + strings.Repeat("name @skip(if: false) ", 20) + "} }",
		"a fragment 20 times": "{ person { knows { " + strings.Repeat("...F ", 20) + "} } } fragment F on Person { name bio }",
		"deep after shallow":  "{ a: person { ...F } b: person { knows { ...F } } } fragment F on Person { name }",
	} {
		if _, refusal := (web.Limits{}).Parse(query); refusal != nil {
			t.Errorf("%s: %v", name, refusal)
		}
	}
	if _, refusal := (web.Limits{Depth: 3}).Parse(nested(4)); refusal == nil || refusal.Max != 3 {
		t.Errorf("a limit of the operator: %+v", refusal)
	}
}

// plainSchema is the schema for validation without the edge.
func plainSchema() *ast.Schema { return social.NewExecutableSchema(social.Config{}).Schema() }

// The dearest documents the guard accepts, among the shapes known to be dear,
// are validated within the promised 100 ms.
func TestDearestAcceptedQuery(t *testing.T) {
	schema := plainSchema()
	for name, query := range map[string]string{
		"one name 499 times":   "{ person { " + strings.Repeat("name ", 499) + "} }",
		"nested same 240":      "{ person { " + strings.Repeat("knows { name } ", 240) + "} }",
		"nested same 3 levels": "{ person { " + strings.Repeat("knows { knows { knows { name } } } ", 95) + "} }",
		"many fragments":       "{ person { " + numbered("...F%d ", 80) + "} } " + numbered("fragment F%d on Person { knows { name } } ", 80),
		"fragment chain": "{ person { ...F0 } } " + func() string {
			var b strings.Builder
			for i := range 20 {
				fmt.Fprintf(&b, "fragment F%d on Person { name knows { name } ...F%d } ", i, i+1)
			}
			return b.String() + "fragment F20 on Person { name }"
		}(),
		"inline fragments": "{ person { " + strings.Repeat("... on Person { knows { name } } ", 110) + "} }",
		"conflicts":        "{ person { " + strings.Repeat("a: knows { a: name } a: friends { a: bio } ", 7) + "} }",
		"unknown fields":   "{ person { " + numbered("n%d ", 480) + "} }",
	} {
		if _, refusal := (web.Limits{}).Parse(query); refusal != nil {
			t.Errorf("%s: %v", name, refusal)
			continue
		}
		best := time.Hour
		for range 3 {
			again, err := parser.ParseQuery(&ast.Source{Input: query})
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			validator.ValidateWithRules(schema, again, rules.NewDefaultRules())
			best = min(best, time.Since(begun))
		}
		t.Logf("%s: %v", name, best)
		if limit := 100 * time.Millisecond * slowdown; best > limit {
			t.Errorf("%s: validated in %v, promised %v", name, best, limit)
		}
	}
}

// FuzzGuard looks for texts that are dear, panic, or pass the guard and then
// take gqlparser long to validate.
func FuzzGuard(f *testing.F) {
	for _, a := range attacks {
		if len(a.query) < 4_000 {
			f.Add(a.query)
		}
	}
	f.Add(introspectionQuery)
	schema := plainSchema()
	f.Fuzz(func(t *testing.T, query string) {
		begun := time.Now()
		doc, refusal := web.Limits{}.Parse(query)
		switch {
		case refusal != nil && doc != nil, refusal == nil && doc == nil:
			t.Fatalf("document %v and refusal %v", doc, refusal)
		case refusal != nil:
			if len(refusal.Message) > 400 || refusal.Code == "" || refusal.Limit == "" {
				t.Fatalf("refusal %+v", refusal)
			}
		default:
			validator.ValidateWithRules(schema, doc, rules.NewDefaultRules())
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Fatalf("%v for %d bytes", took, len(query))
		}
	})
}

func BenchmarkGuard(b *testing.B) {
	for _, c := range []struct{ name, query string }{
		{"accept/small", `query Person($id: String) { person(name: $id) { name bio friends(first: 5) { name } } }`},
		{"accept/introspection", introspectionQuery},
		{"accept/500 fields", "{ person { " + strings.Repeat("name ", 499) + "} }"},
		{"refuse/cycle", attacks[0].query},
		{"refuse/doubling 24", doubling(24, "...F%d ...F%d", "name")},
		{"refuse/doubling 60", doubling(60, "...F%d ...F%d", "name")},
		{"refuse/aliased doubling 24", doubling(24, "a: knows { ...F%d } b: knows { ...F%d }", "name")},
		{"refuse/brackets", "{ count(of: " + strings.Repeat("[", 60_000)},
		{"refuse/directives", "{ viewer " + strings.Repeat("@a ", 20_000)},
		{"refuse/typename", "{ " + strings.Repeat("__typename ", 5_000) + "}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, refusal := web.Limits{}.Parse(c.query)
				if (refusal == nil) != strings.HasPrefix(c.name, "accept") {
					b.Fatal(refusal)
				}
			}
		})
	}
}
