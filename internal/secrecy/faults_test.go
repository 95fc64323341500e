package secrecy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// faults are leaks put into the code on purpose: what stands in a file of
// package graph, and what would stand there if somebody made the mistake.
var faults = []struct{ name, file, stands, leaks string }{
	{"an unfiltered count", "search.go",
		"		if !v.seesNode(i) {\n			return\n		}\n		failed :=",
		"		if !v.seesNode(i) {\n			if v.net.nodes.at(i).node != nil {\n				total++\n			}\n			return\n		}\n		failed :="},
	{"a degree of the full graph", "view.go",
		"	v.eachLink(i, &LinkFilter{}, func(int32, int32) bool { n++; return true })\n	return n",
		"	return len(v.net.nodes.at(i).out) + len(v.net.nodes.at(i).in)"},
	{"an order by a hidden field", "search.go",
		"	case NAME:\n		return 0",
		"	case NAME:\n		if p, ok := v.net.nodes.at(i).node.(*Individual); ok && p.AtRisk {\n			return -1\n		}\n		return 0"},
	{"a leaked version", "edit.go",
		"!open(before).Equal(open(after))",
		"open != nil"},
	{"a tombstone", "history.go",
		"		if f != nil && !v.eyes.allow(fieldsAudience(o, f)) {",
		"		if f != nil && o.After != nil && !v.eyes.allow(fieldsAudience(o, f)) {"},
	{"a link whose end is hidden", "view.go",
		" && v.seesNode(l.from) && v.seesNode(l.to)",
		" && v.net.nodes.at(l.from).node != nil"},
	{"an entry of what cannot be read", "history.go",
		"len(e.Fields) == 0",
		"false"},
}

// TestFaultsAreCaught builds the proof over each fault and wants it to fail.
func TestFaultsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("short: the proof is not tried on broken code")
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("..", "..", "graph", f.file))
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(b), f.stands) != 1 {
				t.Fatalf("%s no longer holds, once, what this fault replaces: write the fault anew", f.file)
			}
			dir := t.TempDir()
			broken, overlay := filepath.Join(dir, f.file), filepath.Join(dir, "overlay.json")
			if err := os.WriteFile(broken, []byte(strings.Replace(string(b), f.stands, f.leaks, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			list, _ := json.Marshal(map[string]map[string]string{"Replace": {path: broken}})
			if err := os.WriteFile(overlay, list, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-run", "^TestWorlds$", ".", "-args", "-worlds", "100").CombinedOutput()
			if err == nil {
				t.Fatalf("100 worlds did not show it:\n%s", out)
			}
			if !strings.Contains(string(out), "whole: ") {
				t.Fatalf("the broken code did not run:\n%.2000s", out)
			}
		})
	}
}
