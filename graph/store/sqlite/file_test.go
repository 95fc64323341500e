package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// refused expects that the file is not opened, for a reason and with a remedy.
func refused(t *testing.T, path string, code graph.Code, words ...string) {
	t.Helper()
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err == nil {
		s.Close(context.Background())
		t.Fatal("opened")
	}
	if graph.CodeOf(err) != code {
		t.Errorf("%s %v, want %s", graph.CodeOf(err), err, code)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// raw runs statements on the file past the store.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	c, err := sq.OpenConn(path, sq.OpenReadWrite|sq.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, s := range statements {
		if err := sqlitex.ExecuteTransient(c, s, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func made(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	commit(t, s, opsOf(rowsLike(200)))
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefusesForeignFiles(t *testing.T) {
	t.Run("of another application", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		raw(t, path, "PRAGMA application_id = 77")
		refused(t, path, graph.INVALID, path, "another program", "another file")
	})
	t.Run("with tables of somebody else", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		raw(t, path, "CREATE TABLE node (id TEXT)", "INSERT INTO node VALUES ('mine')")
		before, _ := os.ReadFile(path)
		refused(t, path, graph.INVALID, path, "another program", "another file")
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Error("the file of another program was changed")
		}
	})
	t.Run("of a newer version", func(t *testing.T) {
		path := made(t)
		raw(t, path, "PRAGMA user_version = 99")
		refused(t, path, graph.INVALID, path, "newer Weft", "99", "install")
	})
	t.Run("that is no database", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path, []byte(strings.Repeat("Dear diary, ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, path, graph.INVALID, path, "not a database", "backup")
	})
	t.Run("that is a folder", func(t *testing.T) {
		dir := t.TempDir()
		refused(t, dir, graph.INVALID, dir, "folder", "weft.db")
	})
	t.Run("in a folder that is not there", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "none", "weft.db")
		refused(t, path, graph.UNAVAILABLE, filepath.Dir(path), "does not exist")
	})
}

func TestMigrationsAreRecorded(t *testing.T) {
	path := made(t)
	c, err := sq.OpenConn(path, sq.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var names []string
	err = sqlitex.ExecuteTransient(c, "SELECT number, name, applied_at FROM migration ORDER BY number", &sqlitex.ExecOptions{ResultFunc: func(s *sq.Stmt) error {
		at, err := time.Parse(time.RFC3339, s.ColumnText(2))
		if err != nil || time.Since(at) > time.Hour {
			t.Errorf("applied at %q", s.ColumnText(2))
		}
		names = append(names, fmt.Sprintf("%03d_%s.sql", s.ColumnInt64(0), s.ColumnText(1)))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	if len(names) != len(files) {
		t.Fatalf("applied %q of %q", names, files)
	}
	for i := range files {
		if filepath.Base(files[i]) != names[i] {
			t.Errorf("applied %s, the file is %s", names[i], files[i])
		}
	}
}

// Anybody with an SQLite tool reads names, ends and dates as columns.
func TestTablesAreReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	commit(t, s, opsOf(rowsLike(8)))
	s.Close(t.Context())
	c, err := sq.OpenConn(path, sq.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for query, want := range map[string]string{
		"SELECT group_concat(name, ', ' ORDER BY name) FROM node WHERE kind = 'Organization' AND visibility = 'PUBLIC' AND version = 1":       "Organization 0, Organization 1",
		"SELECT count(*) FROM link JOIN node a ON a.id = from_id JOIN node b ON b.id = to_id WHERE since = '2019-05' AND state = 'CONFIRMED'": "6",
		"SELECT DISTINCT fields ->> 'strength' FROM link":                               "3",
		"SELECT DISTINCT at || ' ' || (payload ->> 'verb') FROM log":                    "2023-11-14T22:13:20.000Z ADD",
		"PRAGMA integrity_check":                                                        "ok",
		"SELECT count(*) FROM pragma_foreign_key_list('link') WHERE \"table\" = 'node'": "2",
	} {
		got := ""
		err := sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *sq.Stmt) error { got += s.ColumnText(0); return nil }})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", query, got, err, want)
		}
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has other rights")
	}
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	commit(t, s, opsOf(rowsLike(1)))
	files, _ := filepath.Glob(path + "*")
	if len(files) != 4 { // the file, its log, the log's index, the lock
		t.Errorf("files: %q", files)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the rights %v, %v", f, info.Mode(), err)
		}
	}
	s.Close(t.Context())

	if err := os.Chmod(path, 0o664); err != nil {
		t.Fatal(err)
	}
	said := ""
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Progress: func(text string) { said += text }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 || !strings.Contains(said, path) {
		t.Errorf("a file others could read has the rights %v, and this was said: %q", info.Mode(), said)
	}
}

// The tests that need another process run this binary again, with the name of
// what it is to do and the database in the environment.
func TestMain(m *testing.M) {
	path := os.Getenv("WEFT_TEST_DATABASE")
	switch os.Getenv("WEFT_TEST_CHILD") {
	case "":
		os.Exit(m.Run())
	case "open":
		s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
		if err != nil {
			fmt.Println(graph.CodeOf(err), err)
			os.Exit(0)
		}
		s.Close(context.Background())
		fmt.Println("opened")
	case "write":
		endlessly(path)
	}
}

func child(task, path string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "WEFT_TEST_CHILD="+task, "WEFT_TEST_DATABASE="+path)
	c.Stderr = os.Stderr
	return c
}

func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	second := open(t, path) // a second handle in this process is fine
	try := func() string {
		out, err := child("open", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	if got := try(); !strings.HasPrefix(got, "UNAVAILABLE another Weft is using "+path) {
		t.Errorf("a second process: %s", got)
	}
	s.Close(t.Context())
	if got := try(); !strings.HasPrefix(got, "UNAVAILABLE another Weft") {
		t.Errorf("a second process beside the second handle: %s", got)
	}
	second.Close(t.Context())
	if got := try(); got != "opened" {
		t.Errorf("after closing: %s", got)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	open(t, link)
	if got := try(); !strings.HasPrefix(got, "UNAVAILABLE another Weft") {
		t.Errorf("a second process beside one that came by a symbolic link: %s", got)
	}
}

func TestDamageIsMetAsAnError(t *testing.T) {
	path := made(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 3 * 8192; i < len(content); i++ { // all after the first pages
		content[i] ^= 0xa5
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err == nil {
		defer s.Close(t.Context())
		_, err = s.Load(t.Context(), func(graph.Row) error { return nil })
	}
	if graph.CodeOf(err) != graph.INTERNAL || !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("%s %v", graph.CodeOf(err), err)
	}
}

func TestBackup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	commit(t, s, opsOf(rowsLike(2000)))

	// While somebody writes, each backup is the database at one revision.
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				commit(t, s, opsOf([]graph.Row{{Class: graph.RECORD, ID: graph.NewID(), Kind: "r", Fields: graph.Fields{"a": "b"}}}))
			}
		}
	}()
	dir := t.TempDir()
	for i := range 5 {
		file := filepath.Join(dir, fmt.Sprintf("backup %d'.db", i))
		if err := sqlite.Backup(t.Context(), path, file); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		copied := open(t, file)
		n := 0
		head, err := copied.Load(t.Context(), func(graph.Row) error { n++; return nil })
		if err != nil || int64(n) != 2000+head.Revision-1 {
			t.Errorf("the backup of revision %d has %d rows, %v", head.Revision, n, err)
		}
		log, err := copied.Changes(t.Context(), 0, 1<<30)
		if err != nil || int64(len(log)) != head.Revision {
			t.Errorf("the backup of revision %d has %d changes, %v", head.Revision, len(log), err)
		}
		commit(t, copied, opsOf(rowsLike(1))) // it is a database as any other
		copied.Close(t.Context())
	}
	close(stop)
	<-done

	existing := filepath.Join(dir, "existing")
	if err := os.WriteFile(existing, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{existing, path} {
		if err := sqlite.Backup(t.Context(), path, file); graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), "exists") {
			t.Errorf("onto %s: %v", file, err)
		}
	}
	if content, _ := os.ReadFile(existing); string(content) != "precious" {
		t.Error("the existing file was changed")
	}
	if err := sqlite.Backup(t.Context(), path, filepath.Join(dir, "none", "x")); graph.CodeOf(err) != graph.UNAVAILABLE || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("into no folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sqlite.Backup(ctx, path, filepath.Join(dir, "cancelled")); graph.CodeOf(err) != graph.UNAVAILABLE {
		t.Errorf("cancelled: %v", err)
	}
	left, _ := filepath.Glob(dir + "/*partial")
	if _, err := os.Stat(filepath.Join(dir, "cancelled")); len(left) != 0 || err == nil {
		t.Errorf("left behind: %q", left)
	}
	s.Close(t.Context())
	late := filepath.Join(dir, "late")
	if err := sqlite.Backup(t.Context(), path, late); err != nil {
		t.Errorf("of a database that nobody uses: %v", err)
	}
	foreign := filepath.Join(dir, "foreign")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for from, word := range map[string]string{filepath.Join(dir, "absent"): "no database", dir: "folder", foreign: "not a database"} {
		if err := sqlite.Backup(t.Context(), from, filepath.Join(dir, "nothing")); graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), word) {
			t.Errorf("of %s: %v", from, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "nothing")); err == nil {
			t.Errorf("there is a backup of %s", from)
		}
	}
}

// What was erased is nowhere in the files, as rows, log or free pages, not
// even while the store is open and somebody reads.
func TestErasedMeansErased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weft.db")
	s := open(t, path)
	const canaries = 300
	name := func(i int) string { return fmt.Sprintf("CANARY%04dZ", i) }
	rows := rowsLike(4 * canaries)
	ops := opsOf(rows)
	for i := range canaries {
		rows[i].Fields["name"] = name(i)
		rows[i].Fields["summary"] = strings.Repeat(name(i)+" ", i*7%1500+1) // some reach into overflow pages
		ops[i].Payload = []byte(strings.Repeat(name(i)+" ", i*11%1500+1))
	}
	commit(t, s, ops)
	for i := range canaries { // each changed once, at another length
		rows[i].Fields["summary"] = strings.Repeat(name(i)+" ", i*5%900+1)
	}
	commit(t, s, opsOf(rows[:canaries]))

	reading, released, read := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once bool
	go func() { // a slow reader of an old snapshot, which holds the write-ahead log
		defer close(read)
		s.Load(t.Context(), func(graph.Row) error {
			if !once {
				once = true
				close(reading)
				<-released
			}
			return nil
		})
	}()
	<-reading
	var erasing []graph.Op
	var rewrites []graph.Rewrite
	for i := range 4 * canaries { // the links first
		if i >= canaries {
			erasing = append(erasing, opsOf(rows[i : i+1])[0])
			erasing[len(erasing)-1].Row = nil
		}
	}
	for i := range canaries {
		rewrites = append(rewrites, graph.Rewrite{Revision: 1, Index: i}, graph.Rewrite{Revision: 2, Index: i})
		o := graph.Op{ID: rows[i].ID, Payload: []byte("{}")}
		if i%2 == 0 { // half are deleted, half sealed
			o.Row = &graph.Row{Class: graph.BOX, ID: rows[i].ID, Box: []byte("sealed")}
		}
		erasing = append(erasing, o)
	}
	err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) {
		c := follow(h, erasing)
		c.Rewrites = rewrites
		return c, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := func() (where []string) {
		files, _ := filepath.Glob(path + "*")
		for _, f := range files {
			content, err := os.ReadFile(f)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			for i := range canaries {
				if n := strings.Count(string(content), name(i)); n > 0 {
					where = append(where, fmt.Sprint(filepath.Base(f), " ", name(i), " ", n))
				}
			}
		}
		return where
	}
	if len(found()) == 0 {
		t.Error("the reader of the old snapshot did not stand in the way: this test proves nothing")
	}
	close(released)
	<-read
	var left []string
	for range 50 { // the log is emptied soon after the reader is gone
		if left = found(); len(left) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("%d canaries are left: %.300q", len(left), left)
	}
	s.Close(t.Context())
	if left := found(); len(left) > 0 {
		t.Errorf("after closing %d canaries are left: %.300q", len(left), left)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("after closing the write-ahead log is there: %v", err)
	}
}
