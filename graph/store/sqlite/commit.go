package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

func (s *store) Commit(ctx context.Context, fn func(graph.Head) (*graph.Change, error)) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.hold.lock(ctx, s.done); err != nil {
		return err
	}
	defer s.hold.unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.broken.Load() {
		return graph.Errorf(graph.UNAVAILABLE, "the disk of %s failed earlier: check the disk, then start Weft again", s.name)
	}
	c := s.writer
	c.SetInterrupt(ctx.Done())
	defer func() {
		c.SetInterrupt(nil)
		rollback(c)
	}()
	if err := sqlitex.Execute(c, "BEGIN IMMEDIATE", nil); err != nil {
		return s.translate(ctx, err)
	}
	head, err := headOf(c)
	if err != nil {
		return s.translate(ctx, err)
	}
	change, err := fn(head)
	if err != nil || change == nil {
		return err
	}
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	if change.Revision != head.Revision+1 || change.Prev != head.Hash {
		return graph.Errorf(graph.INTERNAL, "a change does not follow the newest one")
	}
	if err := write(c, change); err != nil {
		return s.translate(ctx, err)
	}
	// From here on nothing interrupts, so the outcome is known.
	c.SetInterrupt(nil)
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	if err := sqlitex.Execute(c, "COMMIT", nil); err != nil {
		if code := sq.ErrCode(err); code == sq.ResultIOErrFsync || code == sq.ResultIOErrDirFsync {
			// A second flush may report success for pages that the system
			// has dropped, so this handle must not promise anything again.
			s.broken.Store(true)
			err = errors.Join(graph.ErrUnsettled, err) // the pages may be found after a start
		}
		return s.translate(ctx, err)
	}
	if leavesTraces(change) {
		s.scrub()
	}
	return nil
}

func write(c *sq.Conn, change *graph.Change) error {
	if err := writeRows(c, change.Ops); err != nil {
		return err
	}
	if err := rewrite(c, change.Rewrites); err != nil {
		return err
	}
	return appendLog(c, change)
}

// each binds and runs a statement that returns no rows once for every item.
func each[T any](c *sq.Conn, query string, items []T, bind func(*sq.Stmt, T) error) error {
	if len(items) == 0 {
		return nil
	}
	stmt, err := c.Prepare(query)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := bind(stmt, item); err != nil {
			stmt.Reset()
			return err
		}
		if _, err := stmt.Step(); err != nil {
			return err
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	return nil
}

// One row may change its class, so each is deleted from where it is unless it
// is written there again. Rows are written in the order of their keys, in
// which a B-tree takes them fastest; the ends of links are checked at commit.
const whereRows = `
	SELECT j.value, 'NODE' FROM json_each(?1) j CROSS JOIN node ON node.id = j.value UNION ALL
	SELECT j.value, 'LINK' FROM json_each(?1) j CROSS JOIN link ON link.id = j.value UNION ALL
	SELECT j.value, 'RECORD' FROM json_each(?1) j CROSS JOIN record ON record.id = j.value UNION ALL
	SELECT j.value, 'BOX' FROM json_each(?1) j CROSS JOIN box ON box.id = j.value`

// classes lists the statements of each class, nodes first. A plain INSERT or
// UPDATE spares SQLite the savepoint that an upsert needs.
var classes = []struct {
	class                  graph.Class
	insert, update, remove string
}{
	{graph.NODE,
		"INSERT INTO node (id, kind, fields) VALUES (?, ?, ?)",
		"UPDATE node SET kind = ?2, fields = ?3 WHERE id = ?1",
		"DELETE FROM node WHERE id = ?"},
	{graph.LINK,
		"INSERT INTO link (id, kind, fields, from_id, to_id) VALUES (?, ?, ?, ?, ?)",
		"UPDATE link SET kind = ?2, fields = ?3, from_id = ?4, to_id = ?5 WHERE id = ?1",
		"DELETE FROM link WHERE id = ?"},
	{graph.RECORD,
		"INSERT INTO record (id, kind, fields) VALUES (?, ?, ?)",
		"UPDATE record SET kind = ?2, fields = ?3 WHERE id = ?1",
		"DELETE FROM record WHERE id = ?"},
	{graph.BOX,
		"INSERT INTO box (id, box) VALUES (?, ?)",
		"UPDATE box SET box = ?2 WHERE id = ?1",
		"DELETE FROM box WHERE id = ?"},
}

func writeRows(c *sq.Conn, ops []graph.Op) error {
	if len(ops) == 0 {
		return nil
	}
	last := graph.LastRows(ops)
	ids := slices.Sorted(maps.Keys(last))
	inserts, updates, removes, err := sorted(c, ids, last)
	if err != nil {
		return err
	}
	var buf []byte
	put := func(s *sq.Stmt, row *graph.Row) (err error) {
		s.BindText(1, string(row.ID))
		if row.Class == graph.BOX {
			s.BindBytes(2, row.Box)
			return nil
		}
		if buf, err = appendFields(buf[:0], row.Fields); err != nil {
			return err
		}
		s.BindText(2, row.Kind)
		s.BindText(3, string(buf))
		if row.Class == graph.LINK {
			s.BindText(4, string(row.From))
			s.BindText(5, string(row.To))
		}
		return nil
	}
	for _, class := range classes {
		if err := each(c, class.remove, removes[class.class], func(s *sq.Stmt, id graph.ID) error { s.BindText(1, string(id)); return nil }); err != nil {
			return err
		}
		if err := each(c, class.update, updates[class.class], put); err != nil {
			return err
		}
		if err := each(c, class.insert, inserts[class.class], put); err != nil {
			return err
		}
	}
	return nil
}

// sorted finds what is to be done to each row, by class and in the order of ids.
func sorted(c *sq.Conn, ids []graph.ID, last map[graph.ID]*graph.Row) (inserts, updates map[graph.Class][]*graph.Row, removes map[graph.Class][]graph.ID, err error) {
	inserts, updates, removes = map[graph.Class][]*graph.Row{}, map[graph.Class][]*graph.Row{}, map[graph.Class][]graph.ID{}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, nil, nil, err
	}
	there := map[graph.ID]bool{} // in the class it is to have
	err = sqlitex.Execute(c, whereRows, &sqlitex.ExecOptions{Args: []any{string(list)}, ResultFunc: func(s *sq.Stmt) error {
		id, class := graph.ID(s.ColumnText(0)), graph.Class(s.ColumnText(1))
		if row := last[id]; row != nil && row.Class == class {
			there[id] = true
		} else {
			removes[class] = append(removes[class], id)
		}
		return nil
	}})
	if err != nil {
		return nil, nil, nil, err
	}
	for _, id := range ids {
		row := last[id]
		if row == nil {
			continue
		}
		switch row.Class {
		case graph.NODE, graph.LINK, graph.RECORD, graph.BOX:
		default:
			return nil, nil, nil, graph.Errorf(graph.INTERNAL, "a row is of no class that is known")
		}
		if there[id] {
			updates[row.Class] = append(updates[row.Class], row)
		} else {
			inserts[row.Class] = append(inserts[row.Class], row)
		}
	}
	return inserts, updates, removes, nil
}

func rewrite(c *sq.Conn, list []graph.Rewrite) error {
	for _, r := range list {
		query, args := "UPDATE op SET erased = 1, payload = NULL, salt = NULL WHERE revision = ? AND idx = ?", []any{r.Revision, r.Index}
		if r.Payload != nil {
			query, args = "UPDATE op SET sealed = 1, payload = ?3, salt = NULL WHERE revision = ?1 AND idx = ?2", append(args, r.Payload)
		}
		if err := sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args}); err != nil {
			return err
		}
		if c.Changes() != 1 {
			return graph.Errorf(graph.INTERNAL, "an entry of the log that is to be erased or sealed is not there")
		}
	}
	return nil
}

func appendLog(c *sq.Conn, change *graph.Change) error {
	err := sqlitex.Execute(c, "INSERT INTO change (revision, id, at, author, key, input_hash, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		&sqlitex.ExecOptions{Args: []any{change.Revision, string(change.ID), change.At.UnixMilli(), string(change.Author), change.Key,
			change.InputHash[:], change.Prev[:], change.Hash[:]}})
	if sq.ErrCode(err) == sq.ResultConstraintUnique {
		if old, findErr := findKey(c, change.Author, change.Key); findErr == nil && old != 0 {
			return graph.Errorf(graph.CONFLICT, "this has been done already: the key names an earlier change").Because(err)
		}
	}
	if err != nil {
		return err
	}
	index := int64(-1)
	ops := make([]*graph.Op, len(change.Ops))
	for i := range ops {
		ops[i] = &change.Ops[i]
	}
	return each(c, "INSERT INTO op (revision, idx, row_id, sealed, erased, payload, salt, commitment) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ops,
		func(s *sq.Stmt, o *graph.Op) error {
			index++
			s.BindInt64(1, change.Revision)
			s.BindInt64(2, index)
			s.BindText(3, string(o.ID))
			s.BindBool(4, o.Sealed)
			s.BindBool(5, o.Erased)
			s.BindBytes(6, o.Payload)
			s.BindBytes(7, o.Salt)
			s.BindBytes(8, o.Commitment[:])
			return nil
		})
}

// leavesTraces reports whether what a change replaced must not stay in the
// write-ahead log: it erases or seals something.
func leavesTraces(change *graph.Change) bool {
	return len(change.Rewrites) > 0 || slices.ContainsFunc(change.Ops, func(o graph.Op) bool { return o.Row != nil && o.Row.Class == graph.BOX })
}
