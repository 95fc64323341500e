// Package sqlite keeps a network in one SQLite file: plain tables (node, link,
// record, box) that any SQLite tool can read, and the log (change, op).
//
// The file is in WAL mode with synchronous=FULL: an acknowledged change
// survives a crash of the process and of the machine. It belongs to one
// process at a time and is readable by its owner only. What is deleted is
// overwritten (secure_delete), and after an erasure the write-ahead log is
// emptied too. Freed pages are reused, the file never shrinks (no
// auto_vacuum); a backup is a compact copy.
package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

// Memory as a path stands for a database that lasts until it is closed, for
// tests and trials. It is a file in a private temporary directory that is
// removed on Close, so it behaves as any other file does.
const Memory = ":memory:"

// readers is how many reads run at once; more wait their turn.
const readers = 4

// busy is how long to wait for another program that holds the file locked.
const busy = 5 * time.Second

// Options are choices of whoever opens a database.
type Options struct {
	Progress func(text string) // told what happens to the file beside opening it; may be nil
}

// Open opens the database file, and makes it when there is none. A file of
// another application, of a newer Weft, or in use by another process is
// refused; one that others may read is closed to them. Several handles on one
// file within a process work together.
func Open(ctx context.Context, path string, o Options) (graph.Store, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	s := &store{done: make(chan struct{}), readers: make(chan *sq.Conn, readers)}
	if path == Memory {
		dir, err := os.MkdirTemp("", "weft-")
		if err != nil {
			return nil, graph.Errorf(graph.UNAVAILABLE, "no temporary directory can be made: free some space there or set TMPDIR").Because(err)
		}
		s.temporary, path = dir, filepath.Join(dir, "weft.db")
	}
	if err := s.open(ctx, path, o); err != nil {
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// store is a handle: one connection that writes and a few that read.
type store struct {
	temporary string // directory to remove on Close, "" if none
	path      string
	name      string // of the file in errors: its path while it is opened, then the last part alone, since clients are shown it
	hold      *hold  // the file held against other processes; nil before it is
	writer    *sq.Conn
	readers   chan *sq.Conn // the idle ones
	opened    int           // connections that read, idle or not

	closing   sync.Mutex
	once      sync.Once
	done      chan struct{} // closed by Close
	broken    atomic.Bool   // the disk failed to flush: nothing more is acknowledged
	scrubbing atomic.Bool   // a goroutine waits to empty the write-ahead log
}

func (s *store) open(ctx context.Context, path string, o Options) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return graph.Errorf(graph.UNAVAILABLE, "the folder this program runs in is gone: start it elsewhere").Because(err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	s.path, s.name = path, path
	if err := s.reserve(o); err != nil {
		return err
	}
	if s.hold, err = acquire(path); err != nil {
		return err
	}
	if err := s.hold.lock(ctx, s.done); err != nil {
		return err
	}
	defer s.hold.unlock()
	if s.writer, err = connect(path); err != nil {
		return s.translate(ctx, err)
	}
	if err := migrate(s.writer, s.path); err != nil {
		return s.translate(ctx, err)
	}
	if err := pragmas(s.writer, writing); err != nil {
		return s.translate(ctx, err)
	}
	for range readers {
		c, err := connect(path)
		if err != nil {
			return s.translate(ctx, err)
		}
		s.readers <- c
		s.opened++
		if err := pragmas(c, reading); err != nil {
			return s.translate(ctx, err)
		}
	}
	s.name = filepath.Base(path)
	return nil
}

// reserve makes the file for its owner only, before SQLite sees it, and takes
// from others the right to read a file that is there. The write-ahead log and
// its index get the rights of the file from SQLite.
func (s *store) reserve(o Options) error {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return fileError(s.path, err)
		}
		return f.Close()
	case err != nil:
		return fileError(s.path, err)
	case info.IsDir():
		return graph.Errorf(graph.INVALID, "%s is a folder: name a file in it, such as %s", s.path, filepath.Join(s.path, "weft.db"))
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		if err := os.Chmod(s.path, info.Mode().Perm()&^0o077); err != nil {
			return graph.Errorf(graph.UNAVAILABLE, "others on this machine can read %s and this account may not change that: run chmod 600 on it as its owner", s.path).Because(err)
		}
		for _, beside := range []string{"-wal", "-shm"} {
			os.Chmod(s.path+beside, info.Mode().Perm()&^0o077) // they are there only after a crash
		}
		o.Progress(s.path + " could be read by others on this machine; now only by its owner")
	}
	return nil
}

func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return graph.Errorf(graph.UNAVAILABLE, "this account may not read and write %s: give it the file, or name another", path).Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return graph.Errorf(graph.UNAVAILABLE, "the folder %s does not exist: make it, or name a file elsewhere", filepath.Dir(path)).Because(err)
	}
	return graph.Errorf(graph.UNAVAILABLE, "%s cannot be made or opened: check that its folder exists and can be written to", path).Because(err)
}

func connect(path string) (*sq.Conn, error) {
	c, err := sq.OpenConn(path, sq.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(busy)
	return c, c.SetDefensive(true)
}

var (
	writing = []string{
		"PRAGMA foreign_keys = ON",
		"PRAGMA synchronous = FULL",
		"PRAGMA secure_delete = ON",
		"PRAGMA temp_store = MEMORY", // nothing readable beside the file
		"PRAGMA trusted_schema = OFF",
		"PRAGMA cell_size_check = ON", // damage is met as an error, not as nonsense
		"PRAGMA cache_size = -131072", // KiB; a large import stays in memory until it commits
		"PRAGMA journal_size_limit = 67108864",
	}
	reading = []string{
		"PRAGMA query_only = ON",
		"PRAGMA temp_store = MEMORY",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA cell_size_check = ON",
		"PRAGMA cache_size = -8192",
	}
)

func pragmas(c *sq.Conn, list []string) error {
	for _, p := range list {
		if err := sqlitex.ExecuteTransient(c, p, nil); err != nil {
			return err
		}
	}
	return nil
}

// read runs fn in a transaction that sees one snapshot.
func (s *store) read(ctx context.Context, fn func(c *sq.Conn) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	var c *sq.Conn
	select {
	case c = <-s.readers:
	case <-ctx.Done():
		return givenUp(ctx)
	case <-s.done:
		return errClosed()
	}
	defer func() { s.readers <- c }()
	c.SetInterrupt(ctx.Done())
	defer func() {
		c.SetInterrupt(nil)
		rollback(c)
	}()
	if err := sqlitex.Execute(c, "BEGIN", nil); err != nil {
		return s.translate(ctx, err)
	}
	if err := fn(c); err != nil {
		return s.translate(ctx, err)
	}
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	return nil
}

func (s *store) usable(ctx context.Context) error {
	select {
	case <-s.done:
		return errClosed()
	default:
	}
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	return nil
}

// rollback ends the transaction of c, if it is in one.
func rollback(c *sq.Conn) {
	if !c.AutocommitEnabled() {
		sqlitex.Execute(c, "ROLLBACK", nil) // fails only when SQLite has rolled back itself
	}
}

// Close waits for running calls, empties the write-ahead log into the file
// and releases it.
func (s *store) Close(ctx context.Context) error {
	s.once.Do(func() { close(s.done) })
	s.closing.Lock()
	defer s.closing.Unlock()
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	for s.opened > 0 {
		select {
		case c := <-s.readers:
			s.opened--
			keep(c.Close())
		case <-ctx.Done():
			return givenUp(ctx)
		}
	}
	if s.writer != nil {
		if err := s.hold.lock(ctx, nil); err != nil {
			return err
		}
		keep(s.writer.Close())
		s.writer = nil
		s.hold.unlock()
	}
	if s.hold != nil {
		keep(s.hold.release())
		s.hold = nil
	}
	if s.temporary != "" {
		keep(os.RemoveAll(s.temporary))
		s.temporary = ""
	}
	if first != nil {
		return s.translate(ctx, first)
	}
	return nil
}
