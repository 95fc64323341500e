package sqlite

import (
	"context"
	"time"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// scrub empties the write-ahead log, which still holds pages as they were
// before an erasure. A reader of an older snapshot stands in the way until it
// ends; then a goroutine goes on trying. The caller holds the turn to write.
func (s *store) scrub() {
	if s.truncate() || !s.scrubbing.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer s.scrubbing.Store(false)
		for {
			select {
			case <-s.done: // closing empties the log as well
				return
			case <-time.After(200 * time.Millisecond):
			}
			if s.hold.lock(context.Background(), s.done) != nil {
				return
			}
			emptied := s.usable(context.Background()) == nil && s.truncate()
			s.hold.unlock()
			if emptied {
				return
			}
		}
	}()
}

// truncate tries once to empty the write-ahead log, without waiting.
func (s *store) truncate() bool {
	blocked := true
	s.writer.SetBusyTimeout(0)
	defer s.writer.SetBusyTimeout(busy)
	err := sqlitex.Execute(s.writer, "PRAGMA wal_checkpoint(TRUNCATE)", &sqlitex.ExecOptions{ResultFunc: func(row *sq.Stmt) error {
		blocked = row.ColumnBool(0)
		return nil
	}})
	return err == nil && !blocked
}
