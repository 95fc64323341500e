package neo4j

import (
	"cmp"
	"context"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/graph"
)

// page is how many rows a load asks for at a time.
const page = 2_000

func headOf(ctx context.Context, tx transaction, cypher string) (head graph.Head, err error) {
	records, err := query(ctx, tx, cypher, nil)
	if err != nil {
		return head, err
	}
	if len(records) != 1 {
		return head, graph.Errorf(graph.INTERNAL, "the head of the log is gone from the database: stop Weft and restore the newest backup")
	}
	head.Revision, _ = records[0].Values[0].(int64)
	unhex(head.Hash[:], records[0].Values[1])
	return head, nil
}

// unhex fills b from hexadecimal text. What is no such text leaves b as it is:
// the check of the chain then tells that somebody changed it.
func unhex(b []byte, value any) {
	text, _ := value.(string)
	if d, err := hex.DecodeString(text); err == nil && len(d) == len(b) {
		copy(b, d)
	}
}

// Load gives the rows once all of them are read and belong together, so that
// a sink that is slow holds up nobody and one that has rows never gets others.
func (s *store) Load(ctx context.Context, sink func(graph.Row) error) (graph.Head, error) {
	rows, head, err := s.snapshot(ctx)
	if err != nil {
		return graph.Head{}, err
	}
	for i := range rows {
		if ctx.Err() != nil {
			return graph.Head{}, givenUp(ctx)
		}
		if err := sink(rows[i]); err != nil {
			return graph.Head{}, err
		}
		rows[i] = graph.Row{} // the sink may have made something smaller of it
	}
	return head, nil
}

// snapshot reads all rows as of one moment while others go on writing. It holds
// the head for a moment before, so that all up to it is there to be read. Then
// it reads again what the log says was written meanwhile, at first as freely,
// and in the end, when little is left, under the lock of the head.
//
// While fn of a Commit of this handle runs, the head is held already, perhaps
// by who calls Load and would wait for itself; then nothing can be written, and
// it only has to be certain that the head was held all the while.
func (s *store) snapshot(ctx context.Context) ([]graph.Row, graph.Head, error) {
	if running := s.running.Load(); running != 0 {
		rows, head, err := s.readAll(ctx)
		if err != nil || s.running.Load() == running {
			return rows, head, err
		}
	}
	head, err := s.held(ctx, nil)
	if err != nil {
		return nil, head, err
	}
	rows, _, err := s.readAll(ctx)
	if err != nil {
		return nil, head, err
	}
	var news news
	read := func(tx transaction) (err error) { news, err = readNews(ctx, tx, head.Revision); return err }
	between, err := s.held(ctx, nil)
	if err == nil && between != head {
		if err = s.read(ctx, read); err == nil {
			rows, head = news.in(rows), between
		}
	}
	if err != nil {
		return nil, head, err
	}
	last, err := s.held(ctx, read)
	return news.in(rows), last, err
}

// held returns the head at a moment when nothing is being committed, and reads
// then with fn, unless that is nil.
func (s *store) held(ctx context.Context, fn func(tx transaction) error) (at graph.Head, err error) {
	err = s.locked(ctx, func(tx transaction, head graph.Head) error {
		if at = head; fn == nil {
			return nil
		}
		return fn(tx)
	})
	return at, err
}

// news is what the log names after a revision: the ids, and the rows that there are.
type news struct {
	ids  map[graph.ID]bool
	rows []graph.Row
}

// in brings news into rows that are in the order of Load.
func (n news) in(rows []graph.Row) []graph.Row {
	if len(n.ids) == 0 {
		return rows
	}
	rows = append(slices.DeleteFunc(rows, func(r graph.Row) bool { return n.ids[r.ID] }), n.rows...)
	slices.SortFunc(rows, func(a, b graph.Row) int {
		return cmp.Or(slices.Index(order, a.Class)-slices.Index(order, b.Class), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

// order is that in which Load gives the classes.
var order = []graph.Class{graph.NODE, graph.LINK, graph.RECORD, graph.BOX}

// readAll reads everything without a lock, and before it where the log ends.
func (s *store) readAll(ctx context.Context) (rows []graph.Row, head graph.Head, err error) {
	err = s.read(ctx, func(tx transaction) (err error) {
		rows = nil
		if head, err = headOf(ctx, tx, readHead); err != nil {
			return err
		}
		return load(ctx, tx, func(row graph.Row) error { rows = append(rows, row); return nil })
	})
	return rows, head, err
}

func readNews(ctx context.Context, tx transaction, after int64) (news, error) {
	records, err := query(ctx, tx, touchedText, map[string]any{"after": after})
	if err != nil || len(records) == 0 {
		return news{}, err
	}
	n := news{ids: make(map[graph.ID]bool, len(records))}
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i], _ = r.Values[0].(string)
		n.ids[graph.ID(ids[i])] = true
	}
	var broken error // of the last row that cannot be read
	for _, k := range rowKinds() {
		err := seek(ctx, tx, k.again, ids, func(_ string, v []any) {
			row, err := k.row(v)
			if err != nil {
				broken = err
			}
			n.rows = append(n.rows, row)
		})
		if err != nil {
			return news{}, err
		}
	}
	return n, broken
}

// rowKind is how rows are read that are found in the same way.
type rowKind struct {
	class       graph.Class
	page, again string // the statement for a page of all, and for given ids
	row         func(values []any) (graph.Row, error)
}

// rowKinds lists them in the order of Load.
func rowKinds() []rowKind {
	kinds := []rowKind{{graph.NODE, pageNodes, nodesAgain, nodeRow}}
	for _, info := range graph.LinkKinds() {
		text := linkText[string(info.Kind)]
		kinds = append(kinds, rowKind{graph.LINK, text.page, text.again, func(v []any) (graph.Row, error) { return linkRow(info, v) }})
	}
	return append(kinds, rowKind{graph.RECORD, pageRecords, recordsAgain, recordRow}, rowKind{graph.BOX, pageBoxes, boxesAgain, boxRow})
}

func load(ctx context.Context, tx transaction, sink func(graph.Row) error) error {
	cursors := map[graph.Class][]*cursor{}
	for _, k := range rowKinds() {
		cursors[k.class] = append(cursors[k.class], &cursor{tx: tx, text: k.page, row: k.row})
	}
	for _, class := range order {
		if err := give(ctx, sink, cursors[class]...); err != nil {
			return err
		}
	}
	return nil
}

// cursor reads the rows of one statement in the order of their ids, page by page.
type cursor struct {
	tx    transaction
	text  string
	row   func(values []any) (graph.Row, error)
	rows  []graph.Row // those read and not yet given
	after graph.ID
	last  bool // no page follows
}

// next returns the next row without taking it, nil after the last.
func (c *cursor) next(ctx context.Context) (*graph.Row, error) {
	if len(c.rows) == 0 && !c.last {
		records, err := query(ctx, c.tx, c.text, map[string]any{"after": string(c.after), "limit": page})
		if err != nil {
			return nil, err
		}
		c.last = len(records) < page
		c.rows = make([]graph.Row, len(records))
		for i, r := range records {
			if c.rows[i], err = c.row(r.Values); err != nil {
				return nil, err
			}
			c.after = c.rows[i].ID
		}
	}
	if len(c.rows) == 0 {
		return nil, nil
	}
	return &c.rows[0], nil
}

// give merges the rows of several cursors by id.
func give(ctx context.Context, sink func(graph.Row) error, cursors ...*cursor) error {
	for {
		var least *cursor
		for _, c := range cursors {
			row, err := c.next(ctx)
			if err != nil {
				return err
			}
			if row != nil && (least == nil || row.ID < least.rows[0].ID) {
				least = c
			}
		}
		if least == nil {
			return nil
		}
		row := least.rows[0]
		least.rows = least.rows[1:]
		if err := sink(row); err != nil {
			return err
		}
	}
}

func nodeRow(v []any) (graph.Row, error) {
	id, _ := v[0].(string)
	labels, _ := v[1].([]any)
	fields, _ := v[2].(map[string]any)
	row := graph.Row{Class: graph.NODE, ID: graph.ID(id), Kind: kindOf(labels)}
	info := graph.NodeInfoOf(graph.NodeKind(row.Kind))
	if info == nil {
		return row, graph.Errorf(graph.INTERNAL, "the node %.60q has lost the label of its kind, or has several: set it right in the database", id)
	}
	var err error
	row.Fields, err = fieldsOf(info.Field, fields)
	return row, err
}

func linkRow(info *graph.LinkInfo, v []any) (graph.Row, error) {
	id, _ := v[0].(string)
	from, _ := v[1].(string)
	to, _ := v[2].(string)
	fields, _ := v[3].(map[string]any)
	row := graph.Row{Class: graph.LINK, ID: graph.ID(id), Kind: string(info.Kind), From: graph.ID(from), To: graph.ID(to)}
	var err error
	row.Fields, err = fieldsOf(info.Field, fields)
	return row, err
}

func recordRow(v []any) (graph.Row, error) {
	id, _ := v[0].(string)
	kind, _ := v[1].(string)
	fields, _ := v[2].(map[string]any)
	row := graph.Row{Class: graph.RECORD, ID: graph.ID(id), Kind: kind}
	var err error
	row.Fields, err = recordFields(fields)
	return row, err
}

func boxRow(v []any) (graph.Row, error) {
	id, _ := v[0].(string)
	box, _ := v[1].([]byte)
	return graph.Row{Class: graph.BOX, ID: graph.ID(id), Box: box}, nil
}

// An index of several properties serves a statement only that says something of
// each of them, hence o.index >= 0.
const (
	headerColumns = "c.revision, c.id, c.at, c.author, c.key, c.inputHash, c.prev, c.hash"
	opColumns     = "o.revision, o.index, o.row, o.sealed, o.erased, o.payload, o.salt, o.commitment"

	changesText = "MATCH (c:Change) WHERE c.revision > $after RETURN " + headerColumns + " ORDER BY c.revision LIMIT $limit"
	opsText     = "MATCH (o:Op) WHERE o.revision >= $first AND o.revision <= $last AND o.index >= 0 RETURN " + opColumns + " ORDER BY o.revision, o.index"
	byKeyText   = "MATCH (c:Change {author: $author, key: $key}) RETURN " + headerColumns

	// The limits and the orders, which indexes have, let the server stop early.
	backwardsText = "MATCH (c:Change) WHERE c.revision <= $at WITH c ORDER BY c.revision DESC CALL (c) { " +
		"MATCH (o:Op) WHERE o.revision = c.revision AND o.index >= CASE c.revision WHEN $at THEN $from ELSE 0 END RETURN o ORDER BY o.index LIMIT $limit } " +
		"RETURN " + headerColumns + ", " + opColumns + " LIMIT $limit"

	historyText = "MATCH (o:Op) WHERE o.row IN $ids AND o.revision < $before WITH DISTINCT o.revision AS revision ORDER BY revision DESC LIMIT $limit " +
		"MATCH (c:Change {revision: revision}) RETURN " + headerColumns + " ORDER BY c.revision DESC"
	historyOpsText = "MATCH (o:Op) WHERE o.row IN $ids AND o.revision >= $first AND o.revision <= $last RETURN " + opColumns + " ORDER BY o.revision DESC, o.index"
)

func headers(ctx context.Context, tx transaction, cypher string, params map[string]any) ([]graph.Change, error) {
	records, err := query(ctx, tx, cypher, params)
	if err != nil {
		return nil, err
	}
	list := make([]graph.Change, len(records))
	for i, r := range records {
		list[i] = header(r.Values)
	}
	return list, nil
}

// header reads the columns of a header.
func header(v []any) (c graph.Change) {
	c.Revision, _ = v[0].(int64)
	id, _ := v[1].(string)
	at, _ := v[2].(time.Time)
	author, _ := v[3].(string)
	c.Key, _ = v[4].(string)
	c.ID, c.At, c.Author = graph.ID(id), at.UTC(), graph.ID(author)
	unhex(c.InputHash[:], v[5])
	unhex(c.Prev[:], v[6])
	unhex(c.Hash[:], v[7])
	return c
}

// operation reads the columns of an operation but the first.
func operation(v []any) graph.Op {
	index, _ := v[1].(int64)
	id, _ := v[2].(string)
	o := graph.Op{Index: int(index), ID: graph.ID(id)}
	o.Sealed, _ = v[3].(bool)
	o.Erased, _ = v[4].(bool)
	switch p := v[5].(type) {
	case string:
		o.Payload = []byte(p)
	case []byte:
		o.Payload = p
	}
	o.Salt, _ = v[6].([]byte)
	commitment, _ := v[7].([]byte)
	copy(o.Commitment[:], commitment)
	return o
}

// operations reads operations into the changes of list, which are in the same
// order of revision.
func operations(ctx context.Context, tx transaction, list []graph.Change, cypher string, params map[string]any) error {
	if len(list) == 0 {
		return nil
	}
	first, last := list[0].Revision, list[len(list)-1].Revision
	params["first"], params["last"] = min(first, last), max(first, last)
	result, err := tx.Run(ctx, cypher, params)
	if err != nil {
		return err
	}
	at := 0
	var r *neo4j.Record
	for result.NextRecord(ctx, &r) {
		revision, _ := r.Values[0].(int64)
		for at < len(list) && list[at].Revision != revision {
			at++
		}
		if at == len(list) {
			break
		}
		list[at].Ops = append(list[at].Ops, operation(r.Values))
	}
	return result.Err()
}

// readLog reads part of the log. A commit is not seen at once but piece by
// piece, so what is newer than all that is known to be whole must pass a
// check; else it is read again when its commit is done.
func (s *store) readLog(ctx context.Context, passes func(*graph.Change) bool, fn func(tx transaction) ([]graph.Change, error)) (list []graph.Change, err error) {
	once := func() error {
		return s.read(ctx, func(tx transaction) (err error) { list, err = fn(tx); return err })
	}
	if err := once(); err != nil {
		return nil, err
	}
	known, newest := s.whole.Load(), int64(0)
	torn := false
	for i := range list {
		newest = max(newest, list[i].Revision)
		torn = torn || list[i].Revision > known && !passes(&list[i])
	}
	if !torn {
		return list, nil
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	if err := once(); err != nil {
		return nil, err
	}
	return list, nil
}

// settle waits until no commit is under way.
func (s *store) settle(ctx context.Context) error {
	_, err := s.held(ctx, nil)
	return err
}

// intact reports whether a change is there with all its operations.
func intact(c *graph.Change) bool { return c.Sum() == c.Hash }

// never is for parts of changes, which have no hash to check.
func never(*graph.Change) bool { return false }

func (s *store) Changes(ctx context.Context, after int64, limit int) ([]graph.Change, error) {
	list, err := s.readLog(ctx, intact, func(tx transaction) ([]graph.Change, error) {
		list, err := headers(ctx, tx, changesText, map[string]any{"after": after, "limit": max(limit, 0)})
		if err != nil {
			return nil, err
		}
		return list, operations(ctx, tx, list, opsText, map[string]any{})
	})
	if len(list) > 0 {
		s.applied(list[len(list)-1].Revision)
	}
	return list, err
}

func (s *store) Backwards(ctx context.Context, at int64, from, limit int) ([]graph.Change, error) {
	return s.readLog(ctx, never, func(tx transaction) (list []graph.Change, err error) {
		records, err := query(ctx, tx, backwardsText, map[string]any{"at": at, "from": from, "limit": max(limit, 0)})
		for _, r := range records {
			c := header(r.Values)
			if n := len(list); n == 0 || list[n-1].Revision != c.Revision {
				list = append(list, c)
			}
			last := &list[len(list)-1]
			last.Ops = append(last.Ops, operation(r.Values[8:]))
		}
		return list, err
	})
}

func (s *store) History(ctx context.Context, ids []graph.ID, before int64, limit int) ([]graph.Change, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	wanted := texts(ids)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	return s.readLog(ctx, never, func(tx transaction) ([]graph.Change, error) {
		list, err := headers(ctx, tx, historyText, map[string]any{"ids": wanted, "before": before, "limit": max(limit, 0)})
		if err != nil {
			return nil, err
		}
		return list, operations(ctx, tx, list, historyOpsText, map[string]any{"ids": wanted})
	})
}

func (s *store) ByKey(ctx context.Context, author graph.ID, key string) (*graph.Change, error) {
	if s.uncertain.Load() { // the answer must not change afterwards
		if err := s.settle(ctx); err != nil {
			return nil, err
		}
	}
	list, err := s.readLog(ctx, intact, func(tx transaction) ([]graph.Change, error) {
		list, err := headers(ctx, tx, byKeyText, map[string]any{"author": string(author), "key": key})
		if err != nil {
			return nil, err
		}
		return list, operations(ctx, tx, list, opsText, map[string]any{})
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
