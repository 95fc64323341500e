package sqlite

import (
	"context"
	"encoding/json"
	"math"
	"time"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

func headOf(c *sq.Conn) (h graph.Head, err error) {
	err = sqlitex.Execute(c, "SELECT revision, hash FROM change ORDER BY revision DESC LIMIT 1", &sqlitex.ExecOptions{ResultFunc: func(s *sq.Stmt) error {
		h.Revision = s.ColumnInt64(0)
		s.ColumnBytes(1, h.Hash[:])
		return nil
	}})
	return h, err
}

func (s *store) Load(ctx context.Context, sink func(graph.Row) error) (head graph.Head, err error) {
	err = s.read(ctx, func(c *sq.Conn) (err error) {
		if head, err = headOf(c); err != nil {
			return err
		}
		p := parser{names: map[string]string{}}
		kinds := map[string]string{}
		give := func(query string, class graph.Class) error {
			return sqlitex.Execute(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *sq.Stmt) error {
				row := graph.Row{Class: class, ID: graph.ID(s.ColumnText(0))}
				if class == graph.BOX {
					row.Box = column(s, 1)
				} else {
					var err error
					if row.Fields, err = p.fields(s.ColumnText(2)); err != nil {
						return err
					}
					kind := s.ColumnText(1)
					if row.Kind = kinds[kind]; row.Kind == "" {
						row.Kind, kinds[kind] = kind, kind
					}
				}
				if class == graph.LINK {
					row.From, row.To = graph.ID(s.ColumnText(3)), graph.ID(s.ColumnText(4))
				}
				if err := sink(row); err != nil {
					return sinkError{err}
				}
				return nil
			}})
		}
		if err := give("SELECT id, kind, fields FROM node ORDER BY id", graph.NODE); err != nil {
			return err
		}
		if err := give("SELECT id, kind, fields, from_id, to_id FROM link ORDER BY id", graph.LINK); err != nil {
			return err
		}
		if err := give("SELECT id, kind, fields FROM record ORDER BY id", graph.RECORD); err != nil {
			return err
		}
		return give("SELECT id, box FROM box ORDER BY id", graph.BOX)
	})
	if err != nil {
		return graph.Head{}, err
	}
	return head, nil
}

// column returns a copy of the bytes of a column, nil when it is empty.
func column(s *sq.Stmt, i int) []byte {
	n := s.ColumnLen(i)
	if n == 0 {
		return nil
	}
	b := make([]byte, n)
	s.ColumnBytes(i, b)
	return b
}

// The log is read in two statements, never one a change: the headers, and
// their operations in the same order.

const headerColumns = "revision, id, at, author, key, input_hash, prev, hash"

func headers(c *sq.Conn, query string, args ...any) (list []graph.Change, err error) {
	err = sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args, ResultFunc: func(s *sq.Stmt) error {
		h := graph.Change{Revision: s.ColumnInt64(0), ID: graph.ID(s.ColumnText(1)), At: time.UnixMilli(s.ColumnInt64(2)).UTC(),
			Author: graph.ID(s.ColumnText(3)), Key: s.ColumnText(4)}
		s.ColumnBytes(5, h.InputHash[:])
		s.ColumnBytes(6, h.Prev[:])
		s.ColumnBytes(7, h.Hash[:])
		list = append(list, h)
		return nil
	}})
	return list, err
}

const opColumns = "revision, idx, row_id, sealed, erased, payload, salt, commitment"

// operations reads operations into the changes of list, which are in the same
// order of revision.
func operations(c *sq.Conn, list []graph.Change, query string, args ...any) error {
	at := 0
	return sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args, ResultFunc: func(s *sq.Stmt) error {
		for revision := s.ColumnInt64(0); list[at].Revision != revision; {
			at++
		}
		o := graph.Op{Index: s.ColumnInt(1), ID: graph.ID(s.ColumnText(2)), Sealed: s.ColumnBool(3), Erased: s.ColumnBool(4),
			Payload: column(s, 5), Salt: column(s, 6)}
		s.ColumnBytes(7, o.Commitment[:])
		list[at].Ops = append(list[at].Ops, o)
		return nil
	}})
}

func (s *store) Changes(ctx context.Context, after int64, limit int) (list []graph.Change, err error) {
	err = s.read(ctx, func(c *sq.Conn) (err error) {
		list, err = headers(c, "SELECT "+headerColumns+" FROM change WHERE revision > ? ORDER BY revision LIMIT ?", after, max(limit, 0))
		if err != nil || len(list) == 0 {
			return err
		}
		return operations(c, list, "SELECT "+opColumns+" FROM op WHERE revision BETWEEN ? AND ? ORDER BY revision, idx",
			list[0].Revision, list[len(list)-1].Revision)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (s *store) Backwards(ctx context.Context, at int64, from, limit int) (list []graph.Change, err error) {
	err = s.read(ctx, func(c *sq.Conn) error {
		for first := from; at > 0 && limit > 0; first = 0 {
			part, err := headers(c, "SELECT "+headerColumns+" FROM change WHERE revision = ?", at)
			if err != nil {
				return err
			}
			if len(part) == 1 {
				err := operations(c, part, "SELECT "+opColumns+" FROM op WHERE revision = ? AND idx >= ? ORDER BY idx LIMIT ?", at, first, limit)
				if err != nil {
					return err
				}
				if n := len(part[0].Ops); n > 0 {
					limit -= n
					list = append(list, part[0])
				}
			}
			if at, err = before(c, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// before returns the revision of the change with operations before another, 0 if there is none.
func before(c *sq.Conn, revision int64) (found int64, err error) {
	err = sqlitex.Execute(c, "SELECT max(revision) FROM op WHERE revision < ?", &sqlitex.ExecOptions{Args: []any{revision}, ResultFunc: func(s *sq.Stmt) error {
		found = s.ColumnInt64(0)
		return nil
	}})
	return found, err
}

func (s *store) History(ctx context.Context, ids []graph.ID, before int64, limit int) (list []graph.Change, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	wanted, err := json.Marshal(append([]graph.ID{}, ids...))
	if err != nil {
		return nil, s.translate(ctx, err)
	}
	err = s.read(ctx, func(c *sq.Conn) (err error) {
		list, err = headers(c, "SELECT "+headerColumns+` FROM change WHERE revision IN (
				SELECT DISTINCT revision FROM op WHERE row_id IN (SELECT value FROM json_each(?)) AND revision < ? ORDER BY revision DESC LIMIT ?)
			ORDER BY revision DESC`, string(wanted), before, max(limit, 0))
		if err != nil || len(list) == 0 {
			return err
		}
		return operations(c, list, "SELECT "+opColumns+` FROM op WHERE row_id IN (SELECT value FROM json_each(?)) AND revision IN (
				SELECT DISTINCT revision FROM op WHERE row_id IN (SELECT value FROM json_each(?1)) AND revision < ? ORDER BY revision DESC LIMIT ?)
			ORDER BY revision DESC, idx`, string(wanted), before, max(limit, 0))
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (s *store) ByKey(ctx context.Context, author graph.ID, key string) (change *graph.Change, err error) {
	err = s.read(ctx, func(c *sq.Conn) error {
		revision, err := findKey(c, author, key)
		if err != nil || revision == 0 {
			return err
		}
		list, err := headers(c, "SELECT "+headerColumns+" FROM change WHERE revision = ?", revision)
		if err != nil || len(list) == 0 {
			return err
		}
		change = &list[0]
		return operations(c, list, "SELECT "+opColumns+" FROM op WHERE revision = ? ORDER BY idx", revision)
	})
	if err != nil {
		return nil, err
	}
	return change, nil
}

// findKey returns the revision of a change, 0 if there is none.
func findKey(c *sq.Conn, author graph.ID, key string) (revision int64, err error) {
	err = sqlitex.Execute(c, "SELECT revision FROM change WHERE author = ? AND key = ?", &sqlitex.ExecOptions{Args: []any{string(author), key},
		ResultFunc: func(s *sq.Stmt) error {
			revision = s.ColumnInt64(0)
			return nil
		}})
	return revision, err
}
