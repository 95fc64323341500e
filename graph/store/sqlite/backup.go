package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

// Backup writes a complete, compact copy of the database at path as of one
// moment to a new file. It only reads, and beside others: a Weft that uses the
// database, in this process or another, goes on reading and writing meanwhile.
// The copy is checked and on the disk before it gets its name, so a file of
// that name is a whole backup.
func Backup(ctx context.Context, path, file string) error {
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return graph.Errorf(graph.INVALID, "there is no database %s: name the file that Weft keeps the network in", path)
	case err != nil:
		return fileError(path, err)
	case info.IsDir():
		return graph.Errorf(graph.INVALID, "%s is a folder: name a file in it, such as %s", path, filepath.Join(path, "weft.db"))
	}
	if _, err := os.Lstat(file); err == nil {
		return graph.Errorf(graph.INVALID, "%s exists already: name a new file", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fileError(file, err)
	}
	partial := file + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return graph.Errorf(graph.INVALID, "%s is left of a backup that did not end: delete it and try again", partial)
	}
	if err != nil {
		return fileError(partial, err)
	}
	defer f.Close()
	if err := copyTo(ctx, path, partial); err != nil {
		os.Remove(partial)
		return err
	}
	if err := f.Sync(); err != nil {
		os.Remove(partial)
		return graph.Errorf(graph.UNAVAILABLE, "the disk of %s failed: write the backup to another", file).Because(err)
	}
	if err := os.Rename(partial, file); err != nil {
		os.Remove(partial)
		return fileError(file, err)
	}
	return syncFolder(file)
}

func copyTo(ctx context.Context, path, file string) error {
	c, err := connect(path)
	if err != nil {
		return translate(path, err)
	}
	defer c.Close()
	c.SetInterrupt(ctx.Done())
	version, _, err := schemaOf(c, path)
	if err != nil {
		return translate(path, err)
	}
	if version == 0 {
		return graph.Errorf(graph.INVALID, "%s holds no network yet: there is nothing to copy", path)
	}
	if err := sqlitex.ExecuteTransient(c, "PRAGMA temp_store = MEMORY", nil); err != nil {
		return translate(path, err)
	}
	fail := func(err error) error {
		if ctx.Err() != nil {
			return givenUp(ctx)
		}
		if sq.ErrCode(err).ToPrimary() == sq.ResultFull {
			return graph.Errorf(graph.UNAVAILABLE, "the disk of %s is full: free some space, or write the backup to another", file).Because(err)
		}
		return translate(path, err)
	}
	if err := sqlitex.ExecuteTransient(c, "VACUUM INTO ?", &sqlitex.ExecOptions{Args: []any{file}}); err != nil {
		return fail(err)
	}
	copied, err := connect(file)
	if err != nil {
		return translate(file, err)
	}
	defer copied.Close()
	copied.SetInterrupt(ctx.Done())
	verdict := ""
	err = sqlitex.ExecuteTransient(copied, "PRAGMA quick_check(1)", &sqlitex.ExecOptions{ResultFunc: func(row *sq.Stmt) error {
		verdict = row.ColumnText(0)
		return nil
	}})
	if err != nil {
		return fail(err)
	}
	if verdict != "ok" {
		return graph.Errorf(graph.INTERNAL, "the copy of %s is damaged: keep the older backups and check the disk", path).Because(errors.New(verdict))
	}
	return nil
}

// syncFolder makes the name of a new file last. Windows has no such call.
func syncFolder(file string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(filepath.Dir(file))
	if err != nil {
		return fileError(file, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return graph.Errorf(graph.UNAVAILABLE, "the disk of %s failed: write the backup to another", file).Because(err)
	}
	return nil
}
