// Command reference writes docs/api.md, the description of the GraphQL API for
// people who write other clients, from schema.graphqls.
//
//	go run ./resolvers/reference schema.graphqls docs/api.md
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: reference schema.graphqls docs/api.md")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		var page string
		if page, err = render(string(text)); err == nil {
			err = os.WriteFile(os.Args[2], []byte(page), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const introduction = `# The GraphQL API

This page is made from ` + "`schema.graphqls`" + `: change that file, then run ` + "`go generate ./resolvers`" + `.

Send operations as JSON by POST to ` + "`/graphql`" + `; subscriptions go over a WebSocket there, by the protocol ` + "`graphql-transport-ws`" + `.
Every answer is what *you* may see, as if nothing else existed. In personal mode the header ` + "`X-Weft-See-As`" + ` (on a WebSocket the same key in the
payload of ` + "`connection_init`" + `) looks and writes as ` + "`visitor`, `member`, `member:`" + ` with the id of a coalition, ` + "`organization:`" + ` with the id of an organization, or ` + "`coordinator`" + `.

Two kinds have fields of one name and different types (` + "`status`, `role`" + `): give them aliases when one selection asks for both.

An error has a text for people and, under ` + "`extensions`, a `code`" + ` and, where one input field is to blame, its name as ` + "`field`" + `:

| code | what it means | what to do |
|---|---|---|
| INVALID | the query or an input is wrong | correct it; the text says what and where |
| NOT_FOUND | there is nothing you can see with this id | read anew |
| CONFLICT | it was changed since you read it, or the key was used for another edit | read anew and decide |
| UNAUTHENTICATED | you are not signed in, or no longer | sign in |
| FORBIDDEN | you may not do this | ask somebody who may; ` + "`viewer.may`" + ` lists what you may |
| LIMITED | it is more than one request may ask | ask for less, go on with ` + "`after`" + ` |
| UNAVAILABLE | the database cannot be reached just now | send it again with the same ` + "`clientMutationId`" + ` |
| INTERNAL | something went wrong on our side | try again; report the request id |
`

// render writes the whole page.
func render(schemaText string) (string, error) {
	source := &ast.Source{Name: "schema.graphqls", Input: schemaText}
	schema, err := gqlparser.LoadSchema(source)
	if err != nil {
		return "", err
	}
	var types []*ast.Definition
	for _, d := range schema.Types {
		if d.Position != nil && d.Position.Src == source {
			types = append(types, d)
		}
	}
	slices.SortFunc(types, func(a, b *ast.Definition) int { return a.Position.Start - b.Position.Start })
	var b strings.Builder
	b.WriteString(introduction)
	for _, s := range []struct {
		title string
		holds func(*ast.Definition) bool
	}{
		{"Queries", func(d *ast.Definition) bool { return d == schema.Query }},
		{"Mutations", func(d *ast.Definition) bool { return d == schema.Mutation }},
		{"Subscriptions", func(d *ast.Definition) bool { return d == schema.Subscription }},
		{"Interfaces and unions", func(d *ast.Definition) bool { return d.Kind == ast.Interface || d.Kind == ast.Union }},
		{"Types", func(d *ast.Definition) bool {
			return d.Kind == ast.Object && d != schema.Query && d != schema.Mutation && d != schema.Subscription
		}},
		{"Inputs", func(d *ast.Definition) bool { return d.Kind == ast.InputObject }},
		{"Enums", func(d *ast.Definition) bool { return d.Kind == ast.Enum }},
		{"Scalars", func(d *ast.Definition) bool { return d.Kind == ast.Scalar }},
	} {
		fmt.Fprintf(&b, "\n## %s\n", s.title)
		for _, d := range types {
			if s.holds(d) {
				definition(&b, d)
			}
		}
	}
	return b.String(), nil
}

func definition(b *strings.Builder, d *ast.Definition) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n", d.Name, strings.TrimSpace(d.Description))
	if len(d.Interfaces) > 0 {
		fmt.Fprintf(b, "\nIt implements %s.\n", strings.Join(d.Interfaces, " and "))
	}
	if d.Kind == ast.Union {
		fmt.Fprintf(b, "\nIt is one of %s.\n", strings.Join(d.Types, ", "))
	}
	if len(d.Fields) > 0 {
		b.WriteString("\n")
	}
	for _, f := range d.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		fmt.Fprintf(b, "- `%s: %s`%s – %s\n", f.Name, f.Type, initially(f.DefaultValue), line(f.Description))
		for _, a := range f.Arguments {
			fmt.Fprintf(b, "  - argument `%s: %s`%s – %s\n", a.Name, a.Type, initially(a.DefaultValue), line(a.Description))
		}
	}
	if len(d.EnumValues) > 0 {
		b.WriteString("\n")
	}
	for _, v := range d.EnumValues {
		fmt.Fprintf(b, "- `%s` – %s\n", v.Name, line(v.Description))
	}
}

// initially tells the default of an argument or input field.
func initially(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(", `%s` when left out", v)
}

func line(description string) string { return strings.Join(strings.Fields(description), " ") }
