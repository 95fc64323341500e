package neo4j

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/graph"
)

// batch is how many rows go to the server in one statement.
const batch = 2_000

func (s *store) Commit(ctx context.Context, fn func(graph.Head) (*graph.Change, error)) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return givenUp(ctx)
	case <-s.done:
		return errClosed()
	}
	defer func() { <-s.turn }()
	session := s.session(ctx)
	defer session.Close(ctx)
	var written *graph.Change // by the try whose commit was sent last
	_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		written = nil
		head, err := s.lock(ctx, tx)
		if err != nil {
			return nil, err
		}
		change, err := s.call(fn, head)
		if err != nil {
			return nil, ownError{err}
		}
		if change == nil {
			return nil, errNothing
		}
		if ctx.Err() != nil {
			return nil, givenUp(ctx)
		}
		if change.Revision != head.Revision+1 || change.Prev != head.Hash {
			return nil, graph.Errorf(graph.INTERNAL, "a change does not follow the newest one")
		}
		if err := write(ctx, tx, change); err != nil {
			return nil, err
		}
		written = change
		return nil, nil
	}, neo4j.WithTxTimeout(holding))
	switch {
	case err == nil:
		s.applied(written.Revision)
		return nil
	case err == errNothing:
		return nil
	}
	shown := s.translate(ctx, err)
	if written != nil && graph.CodeOf(shown) == graph.UNAVAILABLE {
		s.uncertain.Store(true)
		return graph.Errorf(graph.UNAVAILABLE, "%s", shown).Because(errors.Join(graph.ErrUnsettled, errors.Unwrap(shown)))
	}
	return shown
}

// call runs fn and tells Load meanwhile that the head is held.
func (s *store) call(fn func(graph.Head) (*graph.Change, error), head graph.Head) (*graph.Change, error) {
	s.running.Store(s.calls.Add(1))
	defer s.running.Store(0)
	return fn(head)
}

func write(ctx context.Context, tx transaction, change *graph.Change) error {
	if err := writeRows(ctx, tx, change.Ops); err != nil {
		return err
	}
	if err := rewrite(ctx, tx, change.Rewrites); err != nil {
		return err
	}
	return appendLog(ctx, tx, change)
}

// place is where a row is before a change.
type place struct {
	class    graph.Class
	kind     string
	from, to graph.ID
}

// plan sorts what is to be done to the rows, by kind where statements differ
// by kind. Keys of maps are kinds.
type plan struct {
	removeLinks                               map[string][]string
	removeNodes, removeRecords, removeBoxes   []string
	unlabel                                   []string
	createNodes, updateNodes                  map[string][]map[string]any
	createLinks, updateLinks                  map[string][]map[string]any
	createRecords, updateRecords, createBoxes []map[string]any
	updateBoxes                               []map[string]any
}

func writeRows(ctx context.Context, tx transaction, ops []graph.Op) error {
	if len(ops) == 0 {
		return nil
	}
	last := graph.LastRows(ops)
	there, err := find(ctx, tx, ops, last)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(last))
	p := plan{
		removeLinks: map[string][]string{}, createNodes: map[string][]map[string]any{}, updateNodes: map[string][]map[string]any{},
		createLinks: map[string][]map[string]any{}, updateLinks: map[string][]map[string]any{},
	}
	for _, id := range ids {
		at, exists := there[id]
		if err := p.add(id, last[id], at, exists); err != nil {
			return err
		}
	}
	return p.run(ctx, tx)
}

// find returns where the rows are that operations are about, by one look-up an
// id where it can: an id that no entry of the log names was never kept, and a
// row that was kept is most likely still what it is to be again. What is
// neither is looked for everywhere, such as rows that were removed and come back.
func find(ctx context.Context, tx transaction, ops []graph.Op, last map[graph.ID]*graph.Row) (map[graph.ID]place, error) {
	missing := map[string]bool{}
	if err := seek(ctx, tx, knownText, texts(slices.Sorted(maps.Keys(last))), func(id string, _ []any) { missing[id] = true }); err != nil || len(missing) == 0 {
		return nil, err
	}
	there := map[graph.ID]place{}
	look := func(where string, ids []string) error {
		return seek(ctx, tx, seekText[where], ids, func(id string, v []any) {
			at := place{class: graph.LINK, kind: where}
			if _, link := linkText[where]; !link {
				labels, _ := v[1].([]any)
				at = place{class: graph.Class(where), kind: kindOf(labels)}
			}
			from, _ := v[2].(string)
			to, _ := v[3].(string)
			at.from, at.to = graph.ID(from), graph.ID(to)
			there[graph.ID(id)] = at
			delete(missing, id)
		})
	}
	likely := map[string][]string{}
	for i := range ops {
		id, class, kind := ops[i].ID, ops[i].Class, ops[i].Kind
		if row := last[id]; row != nil {
			class, kind = row.Class, row.Kind
		}
		if class != graph.LINK {
			kind = string(class)
		}
		if missing[string(id)] && seekText[kind] != "" {
			likely[kind] = append(likely[kind], string(id))
		}
	}
	for _, where := range slices.Sorted(maps.Keys(likely)) {
		if err := look(where, likely[where]); err != nil {
			return nil, err
		}
	}
	for _, where := range places {
		if len(missing) == 0 {
			break
		}
		if err := look(where, slices.Sorted(maps.Keys(missing))); err != nil {
			return nil, err
		}
	}
	return there, nil
}

// seek runs a statement for ids, a part of them at a time, and gives each of
// its answers, which begin with an id.
func seek(ctx context.Context, tx transaction, text string, ids []string, found func(id string, values []any)) error {
	for part := range slices.Chunk(ids, batch) {
		records, err := query(ctx, tx, text, map[string]any{"ids": part})
		if err != nil {
			return err
		}
		for _, r := range records {
			id, _ := r.Values[0].(string)
			found(id, r.Values)
		}
	}
	return nil
}

// kindOf returns the kind among the labels of a node, "" if none or several are.
func kindOf(labels []any) (kind string) {
	for _, l := range labels {
		name, _ := l.(string)
		if _, ok := nodeText[name]; !ok {
			continue
		}
		if kind != "" {
			return ""
		}
		kind = name
	}
	return kind
}

func texts(ids []graph.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// add plans what makes of what is there the row as it is to be, nil for none.
func (p *plan) add(id graph.ID, row *graph.Row, at place, exists bool) error {
	stays := exists && row != nil && row.Class == at.class
	if stays && at.class == graph.LINK { // a relationship can change neither its type nor its ends
		stays = row.Kind == at.kind && row.From == at.from && row.To == at.to
	}
	if exists && !stays {
		switch at.class {
		case graph.NODE:
			p.removeNodes = append(p.removeNodes, string(id))
		case graph.LINK:
			p.removeLinks[at.kind] = append(p.removeLinks[at.kind], string(id))
		case graph.RECORD:
			p.removeRecords = append(p.removeRecords, string(id))
		case graph.BOX:
			p.removeBoxes = append(p.removeBoxes, string(id))
		}
	}
	if row == nil {
		return nil
	}
	fields, err := properties(row)
	if err != nil {
		return err
	}
	pick := func(create, update *[]map[string]any) *[]map[string]any {
		if stays {
			return update
		}
		return create
	}
	put := func(create, update map[string][]map[string]any, known bool, item map[string]any) error {
		if !known {
			return graph.Errorf(graph.INTERNAL, "a row is of no kind that is known")
		}
		if stays {
			create = update
		}
		create[row.Kind] = append(create[row.Kind], item)
		return nil
	}
	switch row.Class {
	case graph.NODE:
		if stays && at.kind != row.Kind {
			p.unlabel = append(p.unlabel, string(id))
		}
		_, known := nodeText[row.Kind]
		return put(p.createNodes, p.updateNodes, known, fields)
	case graph.LINK:
		item := fields
		if !stays {
			item = map[string]any{"from": string(row.From), "to": string(row.To), "fields": fields}
		}
		_, known := linkText[row.Kind]
		return put(p.createLinks, p.updateLinks, known, item)
	case graph.RECORD:
		list := pick(&p.createRecords, &p.updateRecords)
		*list = append(*list, fields)
	case graph.BOX:
		list := pick(&p.createBoxes, &p.updateBoxes)
		*list = append(*list, map[string]any{"id": string(id), "box": row.Box})
	default:
		return graph.Errorf(graph.INTERNAL, "a row is of no class that is known")
	}
	return nil
}

// run carries the plan out: links go before their nodes and come after them.
func (p *plan) run(ctx context.Context, tx transaction) error {
	for _, kind := range slices.Sorted(maps.Keys(p.removeLinks)) {
		if err := remove(ctx, tx, linkText[kind].remove, p.removeLinks[kind]); err != nil {
			return err
		}
	}
	if len(p.removeNodes) > 0 {
		tied, err := count(ctx, tx, tiedText, map[string]any{"ids": p.removeNodes})
		if err != nil {
			return err
		}
		if tied > 0 {
			return graph.Errorf(graph.INTERNAL, "a node was to be removed while links hold it")
		}
	}
	for _, step := range []struct {
		text string
		ids  []string
	}{{removeNodes, p.removeNodes}, {removeRecords, p.removeRecords}, {removeBoxes, p.removeBoxes}, {unlabelText, p.unlabel}} {
		if err := remove(ctx, tx, step.text, step.ids); err != nil {
			return err
		}
	}
	for _, info := range graph.NodeKinds() {
		kind := string(info.Kind)
		if err := put(ctx, tx, nodeText[kind].create, p.createNodes[kind], "a node was not kept"); err != nil {
			return err
		}
		if err := put(ctx, tx, nodeText[kind].update, p.updateNodes[kind], "a node was not kept"); err != nil {
			return err
		}
	}
	for _, info := range graph.LinkKinds() {
		kind := string(info.Kind)
		if err := put(ctx, tx, linkText[kind].create, p.createLinks[kind], "a link was to be kept without the node at one of its ends"); err != nil {
			return err
		}
		if err := put(ctx, tx, linkText[kind].update, p.updateLinks[kind], "a link was not kept"); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		text string
		rows []map[string]any
	}{{createRecords, p.createRecords}, {updateRecords, p.updateRecords}, {createBoxes, p.createBoxes}, {updateBoxes, p.updateBoxes}} {
		if err := put(ctx, tx, step.text, step.rows, "a row was not kept"); err != nil {
			return err
		}
	}
	return nil
}

func remove(ctx context.Context, tx transaction, text string, ids []string) error {
	for part := range slices.Chunk(ids, batch) {
		if _, err := query(ctx, tx, text, map[string]any{"ids": part}); err != nil {
			return err
		}
	}
	return nil
}

// put runs a statement for all rows and fails when it did not reach each.
func put(ctx context.Context, tx transaction, text string, rows []map[string]any, failure string) error {
	for part := range slices.Chunk(rows, batch) {
		n, err := count(ctx, tx, text, map[string]any{"rows": part})
		if err != nil {
			return err
		}
		if n != len(part) {
			return graph.Errorf(graph.INTERNAL, "%s", failure)
		}
	}
	return nil
}

// rewrite seals and then erases entries of the log.
func rewrite(ctx context.Context, tx transaction, list []graph.Rewrite) error {
	var seal, erase []map[string]any
	for _, r := range list {
		item := map[string]any{"revision": r.Revision, "index": r.Index}
		if r.Payload == nil {
			erase = append(erase, item)
			continue
		}
		item["payload"] = r.Payload
		seal = append(seal, item)
	}
	for _, step := range []struct {
		text string
		list []map[string]any
	}{{sealOps, seal}, {eraseOps, erase}} {
		for part := range slices.Chunk(step.list, batch) {
			n, err := count(ctx, tx, step.text, map[string]any{"list": part})
			if err != nil {
				return err
			}
			if n != len(part) {
				return graph.Errorf(graph.INTERNAL, "an entry of the log that is to be erased or sealed is not there")
			}
		}
	}
	return nil
}

// plainUTC makes the driver send a time with the offset Z; of other zones it
// sends the name, which reads 2026-11-24T12:00:00Z[UTC].
var plainUTC = time.FixedZone("Offset", 0)

// appendLog keeps hashes as hexadecimal text and payloads in clear as text, so
// that people can read the log; what is sealed is bytes.
func appendLog(ctx context.Context, tx transaction, change *graph.Change) error {
	header := map[string]any{
		"revision": change.Revision, "id": string(change.ID), "at": change.At.In(plainUTC), "author": string(change.Author), "key": change.Key,
		"inputHash": hex.EncodeToString(change.InputHash[:]), "prev": hex.EncodeToString(change.Prev[:]), "hash": hex.EncodeToString(change.Hash[:]),
	}
	n, err := count(ctx, tx, createChange, map[string]any{"change": header})
	if err != nil {
		return err
	}
	if n != 1 {
		return graph.Errorf(graph.CONFLICT, "this has been done already: the key names an earlier change")
	}
	rows := make([]map[string]any, len(change.Ops))
	for i := range change.Ops {
		o := &change.Ops[i]
		row := map[string]any{"revision": change.Revision, "index": i, "row": string(o.ID), "sealed": o.Sealed, "erased": o.Erased, "commitment": o.Commitment[:]}
		switch {
		case len(o.Payload) == 0:
		case !o.Sealed && utf8.Valid(o.Payload):
			row["payload"] = string(o.Payload)
		default:
			row["payload"] = o.Payload
		}
		if len(o.Salt) > 0 {
			row["salt"] = o.Salt
		}
		rows[i] = row
	}
	if err := put(ctx, tx, createOps, rows, "an entry of the log was not kept"); err != nil {
		return err
	}
	n, err = count(ctx, tx, moveHead, map[string]any{"revision": change.Revision, "hash": hex.EncodeToString(change.Hash[:])})
	if err == nil && n != 1 {
		err = graph.Errorf(graph.INTERNAL, "the head of the log is gone from the database")
	}
	return err
}
