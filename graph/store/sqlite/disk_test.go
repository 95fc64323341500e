//go:build linux

package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"weft/graph"
	"weft/graph/store/sqlite"
)

// small mounts a file system of a few megabytes, or skips where that needs rights.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting a small disk needs root; TestFullFile runs everywhere")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill commits until that fails, and returns the number of acknowledged rows
// and the error.
func fill(t *testing.T, s graph.Store, batch int) (rows int, err error) {
	for range 100_000 {
		ops := opsOf(rowsLike(batch))
		if err := s.Commit(t.Context(), func(h graph.Head) (*graph.Change, error) { return follow(h, ops), nil }); err != nil {
			return rows, err
		}
		rows += batch
	}
	t.Fatal("the disk never filled")
	return 0, nil
}

func count(t *testing.T, s graph.Store) (rows int, head graph.Head) {
	t.Helper()
	head, err := s.Load(t.Context(), func(graph.Row) error { rows++; return nil })
	if err != nil {
		t.Fatalf("reading from a full disk: %v", err)
	}
	return rows, head
}

func TestFullDisk(t *testing.T) {
	dir := small(t, "8m")
	path := filepath.Join(dir, "weft.db")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	acked := 0
	for round := range 2 {
		rows, err := fill(t, s, 20)
		acked += rows
		if graph.CodeOf(err) != graph.UNAVAILABLE || !strings.Contains(err.Error(), "disk") || !strings.Contains(err.Error(), "free some space") {
			t.Errorf("%s %v (%v)", graph.CodeOf(err), err, errors.Unwrap(err))
		}
		if n, head := count(t, s); n != acked || head.Revision != int64(acked/20) {
			t.Fatalf("%d rows at revision %d, acknowledged were %d", n, head.Revision, acked)
		}
		if b := sqlite.Backup(t.Context(), path, filepath.Join(dir, "backup.db")); graph.CodeOf(b) != graph.UNAVAILABLE {
			t.Errorf("a backup to a full disk: %v", b)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "backup*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		if round == 1 {
			break
		}
		if err := os.Remove(ballast); err != nil { // space is back: writing goes on with no restart
			t.Fatal(err)
		}
		commit(t, s, opsOf(rowsLike(20)))
		acked += 20
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("closing on a full disk: %v", err)
	}
	if err := os.Remove(path + "-lock"); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatalf("opening on a full disk: %v (%v)", err, errors.Unwrap(err))
	}
	defer again.Close(t.Context())
	if n, _ := count(t, again); n != acked {
		t.Errorf("%d rows after reopening, acknowledged were %d", n, acked)
	}
}

// A program without the rights says so. It runs as nobody when this is root,
// whom no rights stop.
func TestNoRights(t *testing.T) {
	try := func(t *testing.T, path string) string {
		c := child("open", path)
		if os.Getuid() == 0 {
			copied := filepath.Join("/tmp", filepath.Base(os.Args[0])+"-nobody")
			binary, err := os.ReadFile(os.Args[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(copied, binary, 0o755); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Remove(copied) })
			c.Path = copied
			c.Dir = "/"
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	public := func(t *testing.T, mode os.FileMode) string {
		dir, err := os.MkdirTemp("/tmp", "weft-rights-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(dir, 0o700); os.RemoveAll(dir) })
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	t.Run("a folder that cannot be written to", func(t *testing.T) {
		path := filepath.Join(public(t, 0o555), "weft.db")
		if got := try(t, path); !strings.HasPrefix(got, "UNAVAILABLE this account may not read and write "+path) {
			t.Error(got)
		}
	})
	t.Run("a file of somebody else", func(t *testing.T) {
		dir := public(t, 0o777)
		path := filepath.Join(dir, "weft.db")
		s := open(t, path)
		s.Close(t.Context())
		if os.Getuid() != 0 {
			os.Chmod(path, 0)
		} else {
			os.Remove(path + "-lock")
		}
		if got := try(t, path); !strings.HasPrefix(got, "UNAVAILABLE ") || !strings.Contains(got, path) || !strings.Contains(got, "account") {
			t.Error(got)
		}
	})
	t.Run("a file others can read", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("needs a second account")
		}
		path := filepath.Join(public(t, 0o777), "weft.db")
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		os.Chmod(path, 0o666)
		if got := try(t, path); !strings.HasPrefix(got, "UNAVAILABLE ") || !strings.Contains(got, "chmod 600") {
			t.Error(got)
		}
	})
	t.Run("a folder closed to writing beside a file that is there", func(t *testing.T) {
		dir := public(t, 0o777)
		path := filepath.Join(dir, "weft.db")
		if got := try(t, path); got != "opened" {
			t.Fatal(got)
		}
		os.Remove(path + "-lock")
		os.Chmod(dir, 0o555)
		if got := try(t, path); !strings.HasPrefix(got, "UNAVAILABLE ") || !strings.Contains(got, "folder") {
			t.Error(got)
		}
	})
}
