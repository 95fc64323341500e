package sqlite

import (
	"context"
	"os"
	"sync"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

// hold keeps a database file for this process. What excludes other processes
// is SQLite's own exclusive lock on an empty file beside it, which the system
// releases however the process ends and which works wherever SQLite does.
// Handles on the same file share the hold and, through it, take turns to write.
type hold struct {
	path   string
	conn   *sq.Conn
	users  int
	writes chan struct{} // holds one token while somebody writes
}

var holds = struct {
	sync.Mutex
	byPath map[string]*hold
}{byPath: map[string]*hold{}}

func acquire(path string) (*hold, error) {
	holds.Lock()
	defer holds.Unlock()
	if h := holds.byPath[path]; h != nil {
		h.users++
		return h, nil
	}
	beside := path + "-lock"
	f, err := os.OpenFile(beside, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, graph.Errorf(graph.UNAVAILABLE, "this account may not write to the folder of %s: give it the folder, or name a file elsewhere", path).Because(err)
	}
	f.Close()
	c, err := sq.OpenConn(beside, sq.OpenReadWrite)
	if err != nil {
		return nil, translate(path, err)
	}
	c.SetBusyTimeout(0)
	err = sqlitex.ExecuteTransient(c, "PRAGMA journal_mode = MEMORY", nil) // no further file for nothing
	if err == nil {
		err = sqlitex.ExecuteTransient(c, "BEGIN EXCLUSIVE", nil)
	}
	if err != nil {
		c.Close()
		if sq.ErrCode(err).ToPrimary() == sq.ResultBusy {
			return nil, graph.Errorf(graph.UNAVAILABLE, "another Weft is using %s: stop it first, or use that one", path).Because(err)
		}
		return nil, translate(path, err)
	}
	h := &hold{path: path, conn: c, users: 1, writes: make(chan struct{}, 1)}
	holds.byPath[path] = h
	return h, nil
}

// release gives up one use of the hold; the last frees the file.
func (h *hold) release() error {
	holds.Lock()
	defer holds.Unlock()
	if h.users--; h.users > 0 {
		return nil
	}
	delete(holds.byPath, h.path)
	return h.conn.Close()
}

// lock waits for the turn to write, until ctx or done ends.
func (h *hold) lock(ctx context.Context, done <-chan struct{}) error {
	select {
	case h.writes <- struct{}{}:
		return nil
	case <-ctx.Done():
		return givenUp(ctx)
	case <-done:
		return errClosed()
	}
}

func (h *hold) unlock() { <-h.writes }
