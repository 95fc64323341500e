package web

import (
	"container/list"
	"context"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// document is a query text that passed the guard and validation. It is shared
// by all requests that send the same text, and never changed again.
type document struct {
	text   string
	parsed *ast.QueryDocument
	meta   map[*ast.OperationDefinition]bool // operations that introspect
	cost   int                               // bytes it roughly keeps alive
}

// documents turns query texts into documents and remembers the accepted ones,
// the least recently used going first. Refused texts are never kept, so that
// nobody can push honest ones out for free.
type documents struct {
	limits     Limits
	schema     *ast.Schema
	rules      *rules.Rules
	maxEntries int
	maxCost    int

	mu     sync.Mutex
	byText map[string]*list.Element
	recent *list.List // of *document, most recently used first
	cost   int
}

// A token of a parsed document takes no more memory than this; a test measures
// it on documents of fields without arguments, the densest there are.
const bytesPerToken = 300

func newDocuments(schema *ast.Schema, limits Limits) *documents {
	r := rules.NewDefaultRules()
	// A suggestion would tell names the viewer did not ask about.
	for _, silent := range []validator.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		r.RemoveRule(strings.TrimSuffix(silent.Name, "WithoutSuggestions"))
		r.AddRule(silent.Name, silent.RuleFunc)
	}
	return &documents{
		limits: limits, schema: schema, rules: r,
		maxEntries: 1_000, maxCost: 32 << 20,
		byText: map[string]*list.Element{}, recent: list.New(),
	}
}

// accept returns the document of a text, or why it is refused. The rule names
// the refusal in metrics.
func (d *documents) accept(text string) (doc *document, errs gqlerror.List, rule string) {
	if doc := d.get(text); doc != nil {
		return doc, nil, ""
	}
	parsed, tokens, refusal := d.limits.parse(text)
	if refusal != nil {
		return nil, gqlerror.List{refusal.graphQL()}, refusal.Limit
	}
	if errs := validator.ValidateWithRules(d.schema, parsed, d.rules); len(errs) > 0 {
		for _, err := range errs {
			err.Extensions = map[string]any{"code": codeInvalid, "rule": "validation"}
		}
		return nil, errs, "validation"
	}
	doc = &document{text: text, parsed: parsed, cost: len(text) + tokens*bytesPerToken}
	for _, op := range parsed.Operations {
		if introspects(op.SelectionSet, parsed.Fragments) {
			if doc.meta == nil {
				doc.meta = map[*ast.OperationDefinition]bool{}
			}
			doc.meta[op] = true
		}
	}
	d.add(doc)
	return doc, nil, ""
}

func (d *documents) get(text string) *document {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.byText[text]
	if e == nil {
		return nil
	}
	d.recent.MoveToFront(e)
	return e.Value.(*document)
}

func (d *documents) add(doc *document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byText[doc.text] != nil {
		return // another request was faster
	}
	d.byText[doc.text] = d.recent.PushFront(doc)
	d.cost += doc.cost
	for d.recent.Len() > d.maxEntries || d.cost > d.maxCost {
		last := d.recent.Back()
		old := d.recent.Remove(last).(*document)
		delete(d.byText, old.text)
		d.cost -= old.cost
	}
}

// accepted hands the executor the document that accept returned. gqlgen parses
// and validates inside CreateOperationContext; its cache is the one way to give
// it a document that was checked in the right order.
type accepted struct{}

type acceptedKey struct{}

// Get returns the document put in the context, whatever the key.
func (accepted) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(acceptedKey{}).(*ast.QueryDocument)
	return doc, ok
}

// Add is never reached with a document in the context.
func (accepted) Add(context.Context, string, *ast.QueryDocument) {}
