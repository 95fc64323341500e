package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// storeOf are the flags of a database of the test's own.
func storeOf(t testing.TB) (flag, path string) {
	path = file(t)
	return "--store=sqlite:" + path, path
}

// An archive holds everything: brought into an empty database and written
// again it is the same, byte for byte, and so is what everybody sees.
func TestArchive(t *testing.T) {
	t.Parallel()
	from, _ := storeOf(t)
	mustWeft(t, "demo", from)
	dir := t.TempDir()
	first, second, third := filepath.Join(dir, "first.weft.jsonl.gz"), filepath.Join(dir, "second.weft.jsonl.gz"), filepath.Join(dir, "third.weft.jsonl.gz")
	mustWeft(t, "export", first, from)
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("an archive holds what is sealed and is made with %v %v", info.Mode(), err)
	}
	to, _ := storeOf(t)
	if r := mustWeft(t, "restore", first, to); !strings.Contains(r.out, "are back") {
		t.Error(r.out)
	}
	mustWeft(t, "export", second, to)
	mustWeft(t, "export", third, from)
	text := read(t, first)
	if !bytes.Equal(text, read(t, second)) {
		t.Error("an archive of what was restored from one differs from it")
	}
	if !bytes.Equal(text, read(t, third)) {
		t.Error("two archives of the same database differ")
	}
	if r := mustWeft(t, "verify", to); !strings.Contains(r.out, "All is sound.") {
		t.Error(r.out)
	}
	for _, as := range []string{"visitor", "member", "coordinator"} {
		a, b := filepath.Join(dir, as+"-a.zip"), filepath.Join(dir, as+"-b.zip")
		mustWeft(t, "export", a, from, "--as", as)
		mustWeft(t, "export", b, to, "--as", as)
		if x, y := unzip(t, a), unzip(t, b); len(x) < 2 || !slices.Equal(x, y) {
			t.Errorf("a %s sees another network after the restore", as)
		}
	}
	// What must not be is refused and harms nothing.
	for _, c := range []struct {
		args []string
		word string
	}{
		{[]string{"restore", first, from}, "not empty"},
		{[]string{"export", first, from}, "is there already"},
		{[]string{"import", first, from}, "weft restore"},
		{[]string{"restore", filepath.Join(dir, "none.weft.jsonl.gz"), to}, "cannot be read"},
		{[]string{"restore", filepath.Join(dir, "visitor-a.zip"), to}, "no archive"},
	} {
		if r := weft(t, c.args...); r.code != 1 || !strings.Contains(r.err, c.word) {
			t.Errorf("%v: %+v", c.args, r)
		}
	}
	// A damaged archive brings nothing.
	for name, damaged := range map[string][]byte{"cut": text[:len(text)/2], "flipped": flipped(text), "empty": nil} {
		bad := filepath.Join(dir, name+".weft.jsonl.gz")
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		empty, _ := storeOf(t)
		if r := weft(t, "restore", bad, empty); r.code != 1 {
			t.Errorf("%s: %+v", name, r)
		}
		if r := mustWeft(t, "verify", empty); !strings.HasPrefix(r.out, "0 nodes, 0 links, 0 records, 0 changes") {
			t.Errorf("%s: %s", name, r.out)
		}
	}
}

func flipped(text []byte) []byte {
	b := bytes.Clone(text)
	b[len(b)/2] ^= 0x10
	return b
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unzip lists the files of a zip, each name followed by the content.
func unzip(t testing.TB, name string) (list []string) {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Name, string(text))
	}
	return list
}

// hiddenWords are ids, names and texts of the demo network's records that only
// those at a level or above may see, taken from its source.
func hiddenWords(t testing.TB, levels ...string) (names []string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(read(t, filepath.Join("graph", "demo", "nodes.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		if slices.Contains(levels, row[column["visibility"]]) {
			// Names are common words now and then, summaries and ids are not.
			for _, c := range []string{"id", "summary", "text", "tellerName"} {
				if text := row[column[c]]; text != "" {
					names = append(names, text)
				}
			}
			if row[column["kind"]] == "Individual" {
				names = append(names, row[column["name"]])
			}
		}
		values, who := strings.Split(row[column["contactPointValues"]], "|"), strings.Split(row[column["contactPointVisibilities"]], "|")
		for i, v := range values {
			if i < len(who) && slices.Contains(levels, who[i]) {
				names = append(names, v)
			}
		}
	}
	return names
}

// A CSV pair holds what the one it is for may see, and brings nothing new back
// to where it came from.
func TestExportedPair(t *testing.T) {
	t.Parallel()
	store, _ := storeOf(t)
	mustWeft(t, "demo", store)
	dir := t.TempDir()
	visitor, member, coordinator := filepath.Join(dir, "visitor"), filepath.Join(dir, "member"), filepath.Join(dir, "coordinator")
	all := map[string]string{}
	for as, to := range map[string]string{"visitor": visitor, "member": member, "coordinator": coordinator} {
		mustWeft(t, "export", to, store, "--as", as)
		text := string(read(t, filepath.Join(to, "nodes.csv"))) + string(read(t, filepath.Join(to, "links.csv")))
		all[as] = text
	}
	hidden := map[string][]string{"visitor": hiddenWords(t, "SEALED", "COORDINATORS", "MEMBERS"), "member": hiddenWords(t, "SEALED", "COORDINATORS"), "coordinator": hiddenWords(t, "SEALED")}
	for as, words := range hidden {
		if len(words) < 4 {
			t.Fatalf("the demo network hides %d words from a %s", len(words), as)
		}
		for _, w := range words {
			if strings.Contains(all[as], w) {
				t.Errorf("what a %s gets holds %q", as, w)
			}
		}
		if strings.Contains(all[as], "SEALED") {
			t.Errorf("what a %s gets speaks of what is sealed", as)
		}
	}
	// The control: who may see them gets them.
	if !strings.Contains(all["coordinator"], "Blue Notebook") || !strings.Contains(all["coordinator"], "home of the coordinator") || len(all["visitor"]) >= len(all["member"]) || len(all["member"]) >= len(all["coordinator"]) {
		t.Errorf("visitor %d, member %d, coordinator %d bytes", len(all["visitor"]), len(all["member"]), len(all["coordinator"]))
	}
	unchanged := regexp.MustCompile(`(?m)^(nodes|links): (would be )?0 added, 0 changed, [1-9]\d* as they were, 0 passed over$`)
	before := mustWeft(t, "verify", store).out
	for _, from := range []string{visitor, member, coordinator} {
		for _, more := range [][]string{{"--dry-run"}, nil} {
			r := mustWeft(t, append([]string{"import", from, store}, more...)...)
			if len(unchanged.FindAllString(r.out, -1)) != 2 || strings.Contains(r.out, "can be undone") {
				t.Errorf("%s brought back, %v: %s%s", filepath.Base(from), more, r.out, r.err)
			}
		}
	}
	if after := mustWeft(t, "verify", store).out; after != before {
		t.Errorf("bringing exports back made of %s%s", before, after)
	}
	// Into an empty database it brings all it holds, and comes out the same.
	fresh, _ := storeOf(t)
	mustWeft(t, "import", coordinator, fresh)
	again := filepath.Join(dir, "again")
	mustWeft(t, "export", again, fresh, "--as", "coordinator")
	count := func(dir, name string) int { return bytes.Count(read(t, filepath.Join(dir, name)), []byte("\n")) }
	for _, name := range []string{"nodes.csv", "links.csv"} {
		if a, b := count(coordinator, name), count(again, name); a != b {
			t.Errorf("%s has %d lines, after a round trip %d", name, a, b)
		}
	}
}

// A backup is a database of its own that opens with the key of the original.
func TestBackup(t *testing.T) {
	t.Parallel()
	store, db := storeOf(t)
	mustWeft(t, "demo", store)
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup.db")
	r := mustWeft(t, "backup", backup, store)
	if !strings.Contains(r.out, "--key-file "+db+".key") {
		t.Error(r.out)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("a backup is made with %v %v", info.Mode(), err)
	}
	key := []string{"--key-file", db + ".key"}
	want := mustWeft(t, "verify", store).out
	if got := mustWeft(t, append([]string{"verify", "--store=sqlite:" + backup}, key...)...).out; got != want {
		t.Errorf("the backup holds %s, the original %s", got, want)
	}
	a, b := filepath.Join(dir, "a.weft.jsonl.gz"), filepath.Join(dir, "b.weft.jsonl.gz")
	mustWeft(t, "export", a, store)
	mustWeft(t, append([]string{"export", b, "--store=sqlite:" + backup}, key...)...)
	if !bytes.Equal(read(t, a), read(t, b)) {
		t.Error("the archive of a backup differs from that of the original")
	}
	// Without the key what is sealed cannot be had, from neither.
	for _, name := range []string{db, backup} {
		text := read(t, name)
		for _, w := range hiddenWords(t, "SEALED") {
			if bytes.Contains(text, []byte(w)) && !strings.HasPrefix(w, "ind-") {
				t.Errorf("%s holds %q in the clear", filepath.Base(name), w)
			}
		}
	}
	if r := weft(t, "verify", "--store=sqlite:"+backup); r.code != 1 || !strings.Contains(r.err, "key file this database was made with") {
		t.Errorf("with a key of its own: %+v", r)
	}
	if r := weft(t, "backup", backup, store); r.code != 1 || !strings.Contains(r.err, "backup.db") {
		t.Errorf("over an older backup: %+v", r)
	}
	if r := weft(t, append([]string{"restore", backup, "--store=sqlite:" + filepath.Join(dir, "new.db")}, key...)...); r.code != 1 || !strings.Contains(r.err, "A backup is a database") {
		t.Errorf("restoring a backup: %+v", r)
	}
}

// A database that somebody wrote to behind Weft's back is told from a sound one.
func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	store, db := storeOf(t)
	mustWeft(t, "demo", store)
	tamper(t, db, "UPDATE node SET fields = json_set(fields, '$.name', 'Somebody else') WHERE name = 'Lantern Legal Clinic'")
	if r := weft(t, "verify", store); r.code != 1 || strings.Contains(r.out, "All is sound.") || !strings.Contains(r.err, "not what its log says") {
		t.Errorf("%+v", r)
	}
}

// A demo goes into an empty database only, and twice is once.
func TestDemo(t *testing.T) {
	t.Parallel()
	store, _ := storeOf(t)
	mustWeft(t, "demo", store)
	if r := mustWeft(t, "demo", store); strings.Count(r.out, ": 0 added, 0 changed, ") != 2 {
		t.Error(r.out)
	}
	other, _ := storeOf(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nodes.csv"), []byte("id,kind,name\na,Issue,Housing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "links.csv"), []byte("id,kind,from,to\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := mustWeft(t, "import", dir, other, "--dry-run"); !strings.Contains(r.out, "nodes: would be 1 added") || strings.Contains(r.out, "undone") {
		t.Error(r.out)
	}
	if r := mustWeft(t, "verify", other); !strings.HasPrefix(r.out, "0 nodes") {
		t.Errorf("a dry run left %s", r.out)
	}
	mustWeft(t, "import", dir, other)
	if r := weft(t, "demo", other); r.code != 1 || !strings.Contains(r.err, "holds a network already") {
		t.Errorf("%+v", r)
	}
	// A file with a fault brings nothing, and says in which row it is.
	if err := os.WriteFile(filepath.Join(dir, "nodes.csv"), []byte("id,kind,name\nb,Issue,Water\nc,Nothing,Land\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := weft(t, "import", dir, other); r.code != 1 || !strings.Contains(r.out, "nodes.csv") || !strings.Contains(r.out, "3") || !strings.Contains(r.out, "Nothing") {
		t.Errorf("%+v", r)
	}
	if r := mustWeft(t, "verify", other); !strings.HasPrefix(r.out, "1 node,") {
		t.Errorf("a refused import left %s", r.out)
	}
}
