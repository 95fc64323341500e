package keyfile_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"weft/graph"
	"weft/graph/store/sqlite"
	"weft/internal/keyfile"
)

// fails wants Read to refuse a file with a code, to name it and the remedy, and
// to say nothing of what is in it.
func fails(t *testing.T, file string, code graph.Code, says string) {
	t.Helper()
	before, _ := os.ReadFile(file)
	key, fresh, err := keyfile.Read(file)
	if graph.CodeOf(err) != code || key != nil || fresh {
		t.Fatalf("%d bytes, fresh %v, %v; want %s", len(key), fresh, err, code)
	}
	if !strings.Contains(err.Error(), filepath.Base(file)) || !strings.Contains(err.Error(), says) {
		t.Errorf("%q does not name the file and %q", err, says)
	}
	if text := strings.TrimSpace(string(before)); text != "" && strings.Contains(err.Error(), text) {
		t.Errorf("%q tells what is in the file", err)
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestRead(t *testing.T) {
	t.Run("makes a file for its owner alone, once", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "weft.key")
		key, fresh, err := keyfile.Read(file)
		if err != nil || !fresh || len(key) != 32 {
			t.Fatalf("%d bytes, fresh %v, %v", len(key), fresh, err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		again, fresh, err := keyfile.Read(file)
		if err != nil || fresh || !bytes.Equal(again, key) {
			t.Errorf("read again: fresh %v, the same %v, %v", fresh, bytes.Equal(again, key), err)
		}
		other, _, err := keyfile.Read(filepath.Join(t.TempDir(), "weft.key"))
		if err != nil || bytes.Equal(other, key) {
			t.Errorf("another file has the same key, %v", err)
		}
	})
	t.Run("refuses a file that others may read or write", func(t *testing.T) {
		for _, mode := range []os.FileMode{0o640, 0o620, 0o604, 0o602, 0o644, 0o666, 0o610} {
			file := filepath.Join(t.TempDir(), "weft.key")
			if _, _, err := keyfile.Read(file); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			fails(t, file, graph.INVALID, "chmod 600")
		}
	})
	t.Run("refuses what is no key", func(t *testing.T) {
		good := "weft key 1 " + strings.Repeat("ab", 32)
		for name, text := range map[string]string{
			"nothing":            "",
			"a line break":       "\n",
			"another version":    "weft key 2 " + strings.Repeat("ab", 32),
			"no heading":         strings.Repeat("ab", 32),
			"a short key":        good[:len(good)-2],
			"half a digit":       good[:len(good)-1],
			"a long key":         good + "ab",
			"letters":            strings.Replace(good, "ab", "xy", 1),
			"two keys":           good + "\n" + good,
			"another heading":    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
			"bytes":              string([]byte{0, 1, 2, 0xff}),
			"a key and a remark": good + " of the old server",
		} {
			t.Run(name, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "weft.key")
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				fails(t, file, graph.INVALID, "--key-file")
			})
		}
		file := filepath.Join(t.TempDir(), "weft.key") // the positive control
		if err := os.WriteFile(file, []byte(good+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if key, _, err := keyfile.Read(file); err != nil || !bytes.Equal(key, bytes.Repeat([]byte{0xab}, 32)) {
			t.Errorf("a good key: %x, %v", key, err)
		}
	})
	t.Run("says what to do where no file can be made", func(t *testing.T) {
		fails(t, filepath.Join(t.TempDir(), "nowhere", "weft.key"), graph.UNAVAILABLE, "--key-file")
	})
	t.Run("a folder is no key", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "weft.key")
		if err := os.Mkdir(file, 0o700); err != nil {
			t.Fatal(err)
		}
		fails(t, file, graph.UNAVAILABLE, "weft.key")
	})
	t.Run("two that start at once end up with one key", func(t *testing.T) {
		for range 50 {
			file := filepath.Join(t.TempDir(), "weft.key")
			var keys [4][]byte
			var errs [4]error
			var made [4]bool
			var wg sync.WaitGroup
			for i := range keys {
				wg.Go(func() { keys[i], made[i], errs[i] = keyfile.Read(file) })
			}
			wg.Wait()
			fresh := 0
			for i := range keys {
				if made[i] {
					fresh++
				}
				if errs[i] != nil || !bytes.Equal(keys[i], keys[0]) {
					t.Fatalf("reader %d of a file in the making: %v, the same %v", i, errs[i], bytes.Equal(keys[i], keys[0]))
				}
			}
			if fresh != 1 {
				t.Fatalf("%d made the file", fresh)
			}
		}
	})
}

// open opens a database with the key in a file.
func open(t *testing.T, database, file string) (*graph.Directory, error) {
	t.Helper()
	key, _, err := keyfile.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), database, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := graph.Open(t.Context(), store, graph.Options{Key: key})
	if err != nil {
		store.Close(context.Background())
	}
	return d, err
}

// What depends on the key stays the same over a restart with its file, and the
// database refuses every other.
func TestKeyOfADatabase(t *testing.T) {
	dir := t.TempDir()
	database, file := filepath.Join(dir, "weft.db"), filepath.Join(dir, "weft.key")
	steward := graph.Viewer{Account: "steward", Level: graph.LevelSteward}
	d, err := open(t, database, file)
	if err != nil {
		t.Fatal(err)
	}
	var sealed graph.ID
	change, err := d.Edit(t.Context(), steward, graph.Request{Key: "once", Input: []byte("in")}, func(tx *graph.Tx) (err error) {
		sealed, err = tx.Add(graph.KindIndividual, graph.Fields{"name": "At risk", "visibility": "SEALED"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err = open(t, database, file); err != nil {
		t.Fatal("the same key:", err)
	}
	again, err := d.Edit(t.Context(), steward, graph.Request{Key: "once", Input: []byte("in")}, func(*graph.Tx) error { return nil })
	if err != nil || again.ID != change.ID {
		t.Errorf("the change is %v after a restart, was %s, %v", again, change.ID, err)
	}
	if r, err := d.Verify(t.Context()); err != nil || len(r.Problems) > 0 {
		t.Errorf("%v %v", r, err)
	}
	found := false
	if err := d.Archive(func(int, int, int) error { return nil }, func(r graph.Row) error {
		found = found || r.ID == sealed && r.Fields["name"] == "At risk"
		return nil
	}); err != nil || !found {
		t.Errorf("what is sealed can be read after a restart: %v, %v", found, err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := open(t, database, filepath.Join(dir, "other.key")); graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), "key") {
		t.Errorf("the key of another database: %v", err)
		if err == nil {
			d.Close(t.Context())
		}
	}
	if d, err = open(t, database, file); err != nil {
		t.Fatal("the right key after a wrong one:", err)
	}
	d.Close(t.Context())
}
