package main

import (
	"os"
	"strings"
	"testing"
)

func TestPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	want, err := render(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../../docs/api.md"); err != nil || string(got) != want {
		t.Errorf("docs/api.md is not what the schema says (%v): run go generate ./resolvers", err)
	}
	for _, piece := range []string{"### Query", "argument `sort: Sort!`, `NAME` when left out", "It implements Actor and Node.", "It is one of Membership,"} {
		if !strings.Contains(want, piece) {
			t.Errorf("the page lacks %q", piece)
		}
	}
}
