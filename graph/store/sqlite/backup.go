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

// Backup writes a complete, compact copy of the database as of one moment to
// a new file, while reading and writing go on. The copy is checked and on the
// disk before it gets its name, so a file of that name is a whole backup.
func (s *store) Backup(ctx context.Context, file string) error {
	if err := s.usable(ctx); err != nil {
		return err
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
	if err := s.copyTo(ctx, partial); err != nil {
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

func (s *store) copyTo(ctx context.Context, file string) error {
	// Not in s.read: VACUUM makes its own transaction.
	c, err := connect(s.path)
	if err != nil {
		return s.translate(ctx, err)
	}
	defer c.Close()
	c.SetInterrupt(ctx.Done())
	if err := sqlitex.ExecuteTransient(c, "PRAGMA temp_store = MEMORY", nil); err != nil {
		return s.translate(ctx, err)
	}
	fail := func(err error) error {
		if ctx.Err() != nil {
			return givenUp(ctx)
		}
		if sq.ErrCode(err).ToPrimary() == sq.ResultFull {
			return graph.Errorf(graph.UNAVAILABLE, "the disk of %s is full: free some space, or write the backup to another", file).Because(err)
		}
		return s.translate(ctx, err)
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
		return graph.Errorf(graph.INTERNAL, "the copy of %s is damaged: keep the older backups and check the disk", s.path).Because(errors.New(verdict))
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
