package exchange

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"weft/graph"
)

// Outcome is what becomes of a row.
type Outcome string

// The outcomes. CONFLICT rows are problems, and stop the whole import.
const (
	CREATE    Outcome = "CREATE"
	UPDATE    Outcome = "UPDATE"
	UNCHANGED Outcome = "UNCHANGED"
	SKIP      Outcome = "SKIP" // passed over, see Why
	CONFLICT  Outcome = "CONFLICT"
)

// Result is what becomes of one row.
type Result struct {
	Place   Place
	Class   graph.Class // NODE or LINK
	Kind    string
	FileID  string
	ID      graph.ID // the node or link that the row stands for; "" if none
	Outcome Outcome
	Why     string // of UNCHANGED, SKIP and CONFLICT, where it is not plain
}

// Totals counts rows by outcome.
type Totals struct{ Create, Update, Unchanged, Skip, Conflict int }

func (t *Totals) add(o Outcome) {
	switch o {
	case CREATE:
		t.Create++
	case UPDATE:
		t.Update++
	case UNCHANGED:
		t.Unchanged++
	case SKIP:
		t.Skip++
	case CONFLICT:
		t.Conflict++
	}
}

// Rows returns the sum.
func (t Totals) Rows() int { return t.Create + t.Update + t.Unchanged + t.Skip + t.Conflict }

// Report says what an import did or would do.
type Report struct {
	Scheme       string
	Nodes, Links Totals
	Rows         []Result // in the order played: nodes by kind, then links
	Problems     Problems // any of them stops the import
	Warnings     Problems // possible duplicates, rows passed over
	Change       *graph.Change
}

// errDry ends an edit that is only to be looked at.
var errDry = errors.New("exchange: a dry run keeps nothing")

// DryRun plays a batch and keeps nothing. It takes a coordinator, as Apply
// does. An error means that the batch could not be played; what is wrong with
// rows is in the report.
func DryRun(ctx context.Context, d *graph.Directory, by graph.Viewer, b *Batch, progress Progress) (*Report, error) {
	r, err := play(ctx, d, by, b, progress, true)
	if r != nil && r.Problems.Count() > 0 {
		return r, nil
	}
	return r, err
}

// Apply plays a batch and keeps it, as one change, which the report holds (nil
// when the batch changes nothing). When anything is wrong with any row nothing
// is kept, and the error is INVALID beside a report that lists the problems.
func Apply(ctx context.Context, d *graph.Directory, by graph.Viewer, b *Batch, progress Progress) (*Report, error) {
	return play(ctx, d, by, b, progress, false)
}

func play(ctx context.Context, d *graph.Directory, by graph.Viewer, b *Batch, progress Progress, dry bool) (*Report, error) {
	if !by.AtLeast(graph.LevelCoordinator) {
		return nil, graph.Errorf(graph.FORBIDDEN, "an import takes the rights of a coordinator")
	}
	known, err := knownNames(d, by)
	if err != nil {
		return nil, err
	}
	var p *player
	change, err := d.Edit(ctx, by, graph.Request{}, func(tx *graph.Tx) error {
		p = &player{ctx: ctx, tx: tx, batch: b, progress: progress, known: maps.Clone(known),
			report: &Report{Scheme: b.Scheme, Problems: Problems{slices.Clone(b.Problems.List), b.Problems.More}}}
		if err := p.run(); err != nil {
			return err
		}
		if err := p.report.Problems.err(); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		progress.tell("writing", 0, 0)
		return nil
	})
	if p == nil {
		return nil, err
	}
	p.report.Change = change
	if errors.Is(err, errDry) {
		err = nil
	}
	return p.report, err
}

// knownNames lists the nodes the importer sees by what makes two nodes look
// alike, for warnings.
func knownNames(d *graph.Directory, by graph.Viewer) (map[likeness]graph.ID, error) {
	v, err := d.View(by, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	out := map[likeness]graph.ID{}
	g := v.Graph()
	for i := range g.IDs {
		b := g.Node(int32(i)).Core()
		out[likenessOf(b.Kind, b.Name, b.Place)] = b.ID
	}
	return out, nil
}

type likeness struct {
	kind        graph.NodeKind
	name, place string
}

func likenessOf(kind graph.NodeKind, name, place string) likeness {
	return likeness{kind, strings.Join(strings.Fields(graph.Fold(name)), " "), strings.Join(strings.Fields(graph.Fold(place)), " ")}
}

// player plays a batch in one try of an edit.
type player struct {
	ctx      context.Context
	tx       *graph.Tx
	batch    *Batch
	report   *Report
	progress Progress
	secret   []byte
	known    map[likeness]graph.ID

	at      map[string]int    // row of nodes by file id
	ids     []graph.ID        // of each row of nodes
	was     []bool            // it was there before
	ready   []bool            // it is in the draft now
	broken  []bool            // it could not be played
	taken   map[graph.ID]bool // links that a row stands for
	counted map[string]int    // rows of links without id, by content
	later   []later
	outcome map[int]int // row of nodes → its result, for fields set later
}

// later is what can be set only when other nodes are there.
type later struct {
	row    int
	fields graph.Fields
}

func (p *player) run() error {
	keepSecret := p.openSecret()
	p.recognise()
	n := len(p.batch.nodes)
	p.ready, p.broken, p.outcome = make([]bool, n), make([]bool, n), map[int]int{}
	done := 0
	for _, pass := range passes() {
		for i := range p.batch.nodes {
			if !slices.Contains(pass, p.batch.nodes[i].kind) {
				continue
			}
			if done++; done%256 == 0 && p.ctx.Err() != nil {
				return givenUp(p.ctx)
			}
			p.node(i)
			p.progress.tell("checking nodes", done, n)
		}
	}
	for _, l := range p.later {
		p.setLater(l)
	}
	p.taken, p.counted = map[graph.ID]bool{}, map[string]int{}
	for i := range p.batch.links {
		if i%256 == 0 && p.ctx.Err() != nil {
			return givenUp(p.ctx)
		}
		p.link(&p.batch.links[i])
		p.progress.tell("checking links", i+1, len(p.batch.links))
	}
	for _, r := range p.report.Rows {
		if r.Class == graph.NODE {
			p.report.Nodes.add(r.Outcome)
		} else {
			p.report.Links.add(r.Outcome)
		}
	}
	return keepSecret()
}

// passes is the order in which kinds are added, so that what others name is
// there before them: rows of no kind (they are only reported), sources,
// coalitions, campaigns, the rest, stories.
func passes() [][]graph.NodeKind {
	first := []graph.NodeKind{graph.KindSource, graph.KindCoalition, graph.KindCampaign}
	var rest []graph.NodeKind
	for _, i := range graph.NodeKinds() {
		if !slices.Contains(first, i.Kind) && i.Kind != graph.KindStory {
			rest = append(rest, i.Kind)
		}
	}
	return [][]graph.NodeKind{{""}, first[:1], first[1:2], first[2:], rest, {graph.KindStory}}
}

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func idOf(sum []byte) graph.ID { return graph.ID(idText.EncodeToString(sum[:16])) }

// openSecret takes the secret of the scheme from its record. When this is the
// first import of the scheme it draws one, and keep writes the record of it.
func (p *player) openSecret() (keep func() error) {
	sum := sha256.Sum256([]byte("weft import\x00" + graph.Fold(p.batch.Scheme)))
	id := idOf(sum[:])
	if r := p.tx.Record(id); r != nil {
		s, _ := r.Fields["secret"].(string)
		p.secret = []byte(s)
		return func() error { return nil }
	}
	p.secret = []byte(p.tx.NewID() + p.tx.NewID())
	return func() error {
		if p.tx.Ops() == 0 {
			return nil
		}
		return p.tx.PutRecord("Import", id, graph.Fields{"scheme": p.batch.Scheme, "secret": string(p.secret), "visibility": string(graph.COORDINATORS)})
	}
}

func (p *player) derive(parts ...string) graph.ID {
	mac := hmac.New(sha256.New, p.secret)
	for _, s := range parts {
		io.WriteString(mac, strconv.Itoa(len(s))+":"+s)
	}
	return idOf(mac.Sum(nil))
}

// recognise finds, before anything is added, the node that each row stands for.
func (p *player) recognise() {
	n := len(p.batch.nodes)
	p.at, p.ids, p.was = make(map[string]int, n), make([]graph.ID, n), make([]bool, n)
	for i := range p.batch.nodes {
		row := &p.batch.nodes[i]
		if _, again := p.at[row.id]; row.id == "" || again {
			continue
		}
		p.at[row.id] = i
		if id := graph.ID(row.id); id.Valid() {
			p.ids[i], p.was[i] = id, p.tx.Node(id) != nil
			continue
		}
		list := p.carriers(p.batch.Scheme + ":" + row.id)
		switch {
		case len(list) > 1:
			p.report.Problems.add(row.place.at("id"), "merge them, or take the identifier off all but one", "%d nodes carry the identifier %.80q", len(list), p.batch.Scheme+":"+row.id)
		case len(list) == 1:
			p.ids[i], p.was[i] = list[0], true
		default:
			p.ids[i] = p.derive("node", row.id)
			p.was[i] = p.tx.Node(p.ids[i]) != nil
		}
	}
}

// carriers returns the nodes with exactly this identifier.
func (p *player) carriers(identifier string) (out []graph.ID) {
	for _, n := range p.tx.Identified(identifier) {
		if slices.Contains(n.Core().Identifiers, identifier) {
			out = append(out, n.Core().ID)
		}
	}
	return out
}

func (p *player) result(place Place, class graph.Class, kind, fileID string, id graph.ID, o Outcome, why string) {
	p.report.Rows = append(p.report.Rows, Result{place, class, kind, fileID, id, o, why})
}

// refOf finds the node that a cell names: by an id of the files, an id of the
// scheme imported earlier, a Weft id, or scheme:value. row is its row, or -1.
func (p *player) refOf(text string) (id graph.ID, row int) {
	if i, ok := p.at[text]; ok {
		return p.ids[i], i
	}
	for _, identifier := range []string{p.batch.Scheme + ":" + text, text} {
		if list := p.carriers(identifier); len(list) == 1 {
			return list[0], -1
		}
	}
	if id := graph.ID(text); id.Valid() && p.tx.Node(id) != nil {
		return id, -1
	}
	return "", -1
}

// resolve returns fields with every cell that names a node replaced by that
// node's id. What names a row that is not there yet is put aside.
func (p *player) resolve(at Place, find func(string) *graph.Field, in graph.Fields) (out, aside graph.Fields, ok bool) {
	out, ok = maps.Clone(in), true
	for name, value := range in {
		f := find(name)
		if f == nil || f.Type != graph.REF {
			continue
		}
		list, isList := value.([]string)
		if !isList {
			list = []string{value.(string)}
		}
		ids := make([]string, len(list))
		wait := false
		for i, text := range list {
			if text == "" {
				continue
			}
			id, row := p.refOf(text)
			if row >= 0 && p.broken[row] {
				ok = false // told already
				continue
			}
			if id == "" {
				p.report.Problems.add(at.at(name), "add its row to nodes.csv or correct the cell", "nothing you can see is named by %.80q", text)
				ok = false
				continue
			}
			wait = wait || row >= 0 && !p.ready[row] && (name == "sources" || name == "scopes")
			ids[i] = string(id)
		}
		var resolved any = ids
		if !isList {
			resolved = ids[0]
		}
		if !wait {
			out[name] = resolved
			continue
		}
		if aside == nil {
			aside = graph.Fields{}
		}
		aside[name] = resolved
		delete(out, name)
		if name == "scopes" {
			aside["visibility"] = in["visibility"]
			out["visibility"] = string(graph.COORDINATORS)
		}
	}
	return out, aside, ok
}

func (p *player) node(i int) {
	row := &p.batch.nodes[i]
	id := p.ids[i]
	if row.broken || id == "" || row.kind == "" {
		p.broken[i] = true
		p.result(row.place, graph.NODE, string(row.kind), row.id, "", CONFLICT, "")
		return
	}
	if p.was[i] {
		p.changeNode(i)
		return
	}
	info := graph.NodeInfoOf(row.kind)
	name, _ := row.fields["name"].(string)
	place, _ := row.fields["place"].(string)
	like := likenessOf(row.kind, name, place)
	fields, aside, ok := p.resolve(row.place, info.Field, row.fields)
	if !graph.ID(row.id).Valid() {
		given, _ := fields["identifiers"].([]string)
		fields["identifiers"] = append(slices.Clone(given), p.batch.Scheme+":"+row.id)
	}
	good, hidden := p.insist(row.place, fields, func(f graph.Fields) error { return p.tx.AddAs(id, row.kind, f) })
	switch {
	case hidden:
		p.ready[i] = true // its links are there too, if it is
		p.result(row.place, graph.NODE, string(row.kind), row.id, id, UNCHANGED, "it is there, where you cannot see it")
		return
	case !good || !ok:
		p.broken[i] = true
		p.result(row.place, graph.NODE, string(row.kind), row.id, "", CONFLICT, "")
		return
	}
	if other, alike := p.known[like]; alike && name != "" {
		p.report.Warnings.add(row.place.at("name"), "if they are one, merge them afterwards", "there is another %s named %.80q (%s)", row.kind, name, other)
	}
	p.known[like] = id
	p.ready[i] = true
	p.outcome[i] = len(p.report.Rows)
	p.result(row.place, graph.NODE, string(row.kind), row.id, id, CREATE, "")
	if aside != nil {
		p.later = append(p.later, later{i, aside})
	}
}

func (p *player) changeNode(i int) {
	row := &p.batch.nodes[i]
	id := p.ids[i]
	p.ready[i] = true
	p.outcome[i] = len(p.report.Rows)
	have := p.tx.Node(id)
	switch first := slices.Index(p.ids, id); {
	case have.Core().Kind != row.kind:
		p.report.Problems.add(row.place.at("kind"), "a node keeps its kind: give the row another id, or its old kind", "%.60q is %s here, not %s", row.id, have.Core().Kind, row.kind)
		p.broken[i] = true
		p.result(row.place, graph.NODE, string(row.kind), row.id, id, CONFLICT, "")
		return
	case row.ifAbsent:
		p.result(row.place, graph.NODE, string(row.kind), row.id, id, UNCHANGED, "")
		return
	case first != i:
		p.result(row.place, graph.NODE, string(row.kind), row.id, id, UNCHANGED, fmt.Sprintf("it was merged with that of row %d", p.batch.nodes[first].place.Row))
		p.report.Warnings.add(row.place, "", "this and row %d were merged into one node; it takes the fields of row %d", p.batch.nodes[first].place.Row, p.batch.nodes[first].place.Row)
		return
	}
	fields, aside, ok := p.resolve(row.place, graph.NodeInfoOf(row.kind).Field, row.fields)
	if aside != nil {
		delete(fields, "visibility")
		p.later = append(p.later, later{i, aside})
	}
	if given, _ := fields["identifiers"].([]string); given != nil {
		fields["identifiers"] = append(slices.Clone(have.Core().Identifiers), given...)
	}
	old := graph.FieldsOfNode(have)
	keepContactPoints(old, fields)
	p.keepReferences(graph.NodeInfoOf(row.kind).Fields, old, fields)
	p.keepReferences(graph.NodeInfoOf(row.kind).Fields, old, aside)
	before := p.tx.Ops()
	good, _ := p.insist(row.place, fields, func(f graph.Fields) error { return p.tx.Change(id, nil, f) })
	o := UNCHANGED
	switch {
	case !good || !ok:
		o = CONFLICT
	case p.tx.Ops() > before:
		o = UPDATE
	}
	p.result(row.place, graph.NODE, string(row.kind), row.id, id, o, "")
}

// keepContactPoints adds to the contact points of a row those that whoever wrote
// the file may not have seen: what was exported for visitors must not take from a
// node, when it is brought back, how members reach it. Public ones that the row
// does not name are gone.
func keepContactPoints(have, row graph.Fields) {
	if _, given := row["contactPointValues"]; !given {
		return
	}
	columns := []string{"contactPointKinds", "contactPointValues", "contactPointNotes", "contactPointVisibilities"}
	points := func(f graph.Fields) (list [][4]string) {
		values, _ := f["contactPointValues"].([]string)
		list = make([][4]string, len(values))
		for c, name := range columns {
			column, _ := f[name].([]string)
			for i := range min(len(column), len(list)) {
				list[i][c] = column[i]
			}
		}
		return list
	}
	same := func(a [4]string) func([4]string) bool {
		return func(b [4]string) bool { return a[0] == b[0] && a[1] == b[1] }
	}
	old, given := points(have), points(row)
	if !slices.ContainsFunc(old, func(o [4]string) bool {
		return o[3] != string(graph.PUBLIC) && !slices.ContainsFunc(given, same(o))
	}) {
		return // nothing to keep: the row stands as it is
	}
	var all [][4]string // in the old order, so that the same again changes nothing
	for _, o := range old {
		if i := slices.IndexFunc(given, same(o)); i >= 0 {
			all, given = append(all, given[i]), slices.Delete(given, i, i+1)
		} else if o[3] != string(graph.PUBLIC) {
			all = append(all, o)
		}
	}
	all = append(all, given...)
	for c, name := range columns {
		column := make([]string, len(all))
		for i := range all {
			column[i] = all[i][c]
		}
		row[name] = column
	}
}

// keepReferences does for lists of nodes, such as sources and scopes, what
// keepContactPoints does for contact points: one that is not for everybody may
// have been hidden from whoever wrote the file, so that the row does not name it
// takes nothing away. What is known of something keeps its source likewise where
// the row says the same without one.
func (p *player) keepReferences(info []graph.Field, have, row graph.Fields) {
	unseen := func(id string) bool {
		n := p.tx.Node(graph.ID(id))
		return n != nil && n.Core().Visibility != graph.PUBLIC
	}
	for _, f := range info {
		given, ok := row[f.Name].([]string)
		old, _ := have[f.Name].([]string)
		if !ok || f.Type != graph.REF || !slices.ContainsFunc(old, unseen) {
			continue
		}
		if f.Group != "" {
			given = slices.Clone(given)
			for i := range given {
				for j := range old {
					if given[i] == "" && unseen(old[j]) && sameElement(info, f, have, j, row, i) {
						given[i] = old[j]
					}
				}
			}
			row[f.Name] = given
			continue
		}
		var all []string // in the old order, so that the same again changes nothing
		for _, id := range old {
			if slices.Contains(given, id) || unseen(id) {
				all = append(all, id)
			}
		}
		for _, id := range given {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
		row[f.Name] = all
	}
}

// sameElement reports whether two elements of the lists that a field is a
// column of are the same but for that field.
func sameElement(info []graph.Field, but graph.Field, a graph.Fields, i int, b graph.Fields, j int) bool {
	at := func(f graph.Fields, name string, i int) string {
		if list := reflect.ValueOf(f[name]); list.Kind() == reflect.Slice && i < list.Len() {
			return cellOf(list.Index(i).Interface())
		}
		return ""
	}
	for _, f := range info {
		if f.Group == but.Group && f.Name != but.Name && at(a, f.Name, i) != at(b, f.Name, j) {
			return false
		}
	}
	return true
}

func (p *player) setLater(l later) {
	row := &p.batch.nodes[l.row]
	before := p.tx.Ops()
	good, _ := p.insist(row.place, l.fields, func(f graph.Fields) error { return p.tx.Change(p.ids[l.row], nil, f) })
	r := &p.report.Rows[p.outcome[l.row]]
	switch {
	case !good:
		r.Outcome = CONFLICT
	case p.tx.Ops() > before && r.Outcome == UNCHANGED:
		r.Outcome = UPDATE
	}
}

// insist tries a verb, and when a field is to blame reports it and tries again
// without it, so that one row tells all that is wrong with it and the rows that
// name this one are not to blame. hidden means that the id is taken by what the
// author cannot see.
func (p *player) insist(at Place, fields graph.Fields, verb func(graph.Fields) error) (good, hidden bool) {
	good = true
	for range 30 {
		err := verb(fields)
		if err == nil {
			return good, false
		}
		var e *graph.Error
		if !errors.As(err, &e) {
			e = graph.Errorf(graph.INTERNAL, "this row cannot be played")
		}
		if e.Code == graph.CONFLICT && e.Field == "id" {
			return true, true
		}
		good = false
		remedy := ""
		if e.Field == "name" && fields["name"] == nil {
			remedy = "fill the cell"
		}
		p.report.Problems.add(at.at(e.Field), remedy, "%s", e.Text)
		if e.Field == "name" && fields["name"] != "?" {
			fields["name"] = "?"
			continue
		}
		if !without(fields, e.Field) {
			return false, false
		}
	}
	return false, false
}

// without takes a field, or all columns of a list of structs, out.
func without(fields graph.Fields, name string) bool {
	n := len(fields)
	delete(fields, name)
	stem := strings.TrimSuffix(name, "s")
	for k := range fields {
		if strings.HasPrefix(k, stem) && len(k) > len(stem) && k[len(stem)] >= 'A' && k[len(stem)] <= 'Z' {
			delete(fields, k)
		}
	}
	switch name {
	case "scopes":
		delete(fields, "visibility")
	case "latitude":
		delete(fields, "longitude")
	}
	return len(fields) < n
}

func (p *player) link(l *linkRow) {
	kind := string(l.kind)
	end := func(text, column string) (graph.ID, int, bool) {
		if text == "" {
			return "", -1, false
		}
		id, row := p.refOf(text)
		if row >= 0 && p.broken[row] {
			return "", row, false // told already
		}
		if id == "" {
			p.report.Problems.add(l.place.at(column), "add its row to nodes.csv or correct the cell", "nothing you can see is named by %.80q", text)
		}
		return id, row, id != ""
	}
	from, fromRow, ok1 := end(l.from, "from")
	to, toRow, ok2 := end(l.to, "to")
	if l.broken || !ok1 || !ok2 {
		p.result(l.place, graph.LINK, kind, l.id, "", CONFLICT, "")
		return
	}
	if from == to && l.skip.self {
		p.report.Warnings.add(l.place, "", "the row relates %.60q to itself and is passed over", l.from)
		p.result(l.place, graph.LINK, kind, l.id, "", SKIP, "it joins a node to itself")
		return
	}
	info := graph.LinkInfoOf(l.kind)
	id, again := p.linkID(l, info)
	if again {
		p.result(l.place, graph.LINK, kind, l.id, id, UNCHANGED, "an earlier row says the same")
		return
	}
	fields, _, ok := p.resolve(l.place, info.Field, l.fields)
	if !ok {
		p.result(l.place, graph.LINK, kind, l.id, "", CONFLICT, "")
		return
	}
	have := p.tx.Link(id)
	if have == nil && (fromRow < 0 || p.was[fromRow]) && (toRow < 0 || p.was[toRow]) {
		if have = p.sameContent(l.kind, from, to, fields); have != nil {
			id = have.ID
		}
	}
	p.taken[id] = true
	if have == nil {
		p.connect(l, id, from, to, fields)
		return
	}
	if have.Kind != l.kind || !(have.From == from && have.To == to) && !(info.Symmetric && have.From == to && have.To == from) {
		p.report.Problems.add(l.place, "a link keeps its kind and ends: give the row another id", "the link %.60q is there with another kind or other ends", l.id)
		p.result(l.place, graph.LINK, kind, l.id, id, CONFLICT, "")
		return
	}
	p.keepReferences(info.Fields, graph.FieldsOfLink(have), fields)
	before := p.tx.Ops()
	good, _ := p.insist(l.place, fields, func(f graph.Fields) error { return p.tx.ChangeLink(id, nil, f) })
	o := UNCHANGED
	switch {
	case !good:
		o = CONFLICT
	case p.tx.Ops() > before:
		o = UPDATE
	}
	p.result(l.place, graph.LINK, kind, l.id, id, o, "")
}

func (p *player) connect(l *linkRow, id, from, to graph.ID, fields graph.Fields) {
	var like []graph.Warning
	var circle bool
	good, hidden := p.insist(l.place, fields, func(f graph.Fields) error {
		w, err := p.tx.ConnectAs(id, l.kind, from, to, f)
		like = w
		if l.skip.circle && l.kind == graph.PART_OF && from != to && graph.CodeOf(err) == graph.INVALID {
			if e, ok := err.(*graph.Error); ok && e.Field == "to" {
				circle = true
				return nil
			}
		}
		return err
	})
	switch {
	case circle:
		p.report.Warnings.add(l.place, "", "the row would make a circle of PART_OF and is passed over")
		p.result(l.place, graph.LINK, string(l.kind), l.id, "", SKIP, "it would make a circle of PART_OF")
	case hidden:
		p.result(l.place, graph.LINK, string(l.kind), l.id, id, UNCHANGED, "it is there, where you cannot see it")
	case !good:
		p.result(l.place, graph.LINK, string(l.kind), l.id, "", CONFLICT, "")
	default:
		if len(like) > 0 {
			p.report.Warnings.add(l.place, "if they are one, remove one", "%s", like[0].Text)
		}
		p.result(l.place, graph.LINK, string(l.kind), l.id, id, CREATE, "")
	}
}

// linkID returns the id of a row's link. again means that an earlier row, with
// once, says the same.
func (p *player) linkID(l *linkRow, info *graph.LinkInfo) (id graph.ID, again bool) {
	if id := graph.ID(l.id); id.Valid() {
		return id, false
	}
	if l.id != "" {
		return p.derive("link", l.id), false
	}
	from, to := l.from, l.to
	if l.once && info.Symmetric && from > to {
		from, to = to, from
	}
	content := strings.Join([]string{string(l.kind), from, to, string(l.fields.Canonical())}, "\x00")
	ordinal := p.counted[content]
	p.counted[content]++
	if l.once && ordinal > 0 {
		return p.derive("content", content, "0"), true
	}
	return p.derive("content", content, strconv.Itoa(ordinal)), false
}

// sameContent finds a link between two nodes that says all that a row says and
// that no other row stands for: one that got a new id, as in a merge.
func (p *player) sameContent(kind graph.LinkKind, from, to graph.ID, fields graph.Fields) *graph.Link {
	for _, l := range p.tx.LinksOf(from, graph.LinkFilter{Kinds: []graph.LinkKind{kind}, Direction: graph.OUT, Other: to, Ended: true}) {
		if p.taken[l.ID] {
			continue
		}
		have, same := graph.FieldsOfLink(l), true
		for name, v := range fields {
			same = same && sameValue(have[name], v)
		}
		if same {
			return l
		}
	}
	return nil
}

func sameValue(have, given any) bool {
	switch g := given.(type) {
	case string:
		if h, ok := have.(string); ok && h != g {
			a, err1 := time.Parse(time.RFC3339Nano, h)
			b, err2 := time.Parse(time.RFC3339Nano, g)
			return err1 == nil && err2 == nil && a.Equal(b)
		}
	case []string:
		switch h := have.(type) {
		case []int64:
			return slices.EqualFunc(h, g, func(n int64, s string) bool { return strconv.FormatInt(n, 10) == s })
		case []float64:
			return slices.EqualFunc(h, g, func(n float64, s string) bool { m, err := strconv.ParseFloat(s, 64); return err == nil && m == n })
		}
	case bool:
		if have == nil {
			return !g
		}
	case int64:
		if have == nil {
			return g == 0
		}
	case float64:
		if have == nil {
			return g == 0
		}
	}
	return reflect.DeepEqual(have, given)
}
