package quality

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"weft/graph"
	"weft/graph/analysis"
	"weft/graph/exchange"
	"weft/graph/store/sqlite"
)

// network is one network to measure on.
type network struct {
	name   string
	origin string
	tuning bool // for fitting only, left out of every figure reported
	dated  bool // its links say since when they hold
	made   bool // generated here
	words  bool // its nodes have texts of more than a label, or issues
	day    graph.Date
	view   *graph.View
}

// today is the day of every network that has none of its own, so that a run
// gives the same figures on any day.
var today = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

var steward = graph.Viewer{Account: "bench", Level: graph.LevelSteward}

// builder gathers nodes and links by name and writes them through the door
// that every network comes in by: a store, a directory, one edit.
type builder struct {
	ids   map[string]graph.ID
	steps []func(*graph.Tx) error
	count int
}

// id is the next id: ids ascend in the order of making.
func (b *builder) id() graph.ID {
	b.count++
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	text := []byte("00000000000000000000000000")
	for n, k := b.count, len(text)-1; n > 0; n, k = n/32, k-1 {
		text[k] = digits[n%32]
	}
	return graph.ID(text)
}

// node adds a node under a key, once; fields go in pairs of name and value.
func (b *builder) node(kind graph.NodeKind, key string, fields ...any) {
	if _, has := b.ids[key]; has {
		return
	}
	id := b.id()
	b.ids[key] = id
	f := pairs(fields)
	if f["name"] == nil {
		f["name"] = key
	}
	b.steps = append(b.steps, func(tx *graph.Tx) error { return tx.AddAs(id, kind, f) })
}

// link adds a link between two keys and returns its id.
func (b *builder) link(kind graph.LinkKind, from, to string, fields ...any) graph.ID {
	id, x, y := b.id(), b.ids[from], b.ids[to]
	f := pairs(fields)
	b.steps = append(b.steps, func(tx *graph.Tx) error {
		if _, err := tx.ConnectAs(id, kind, x, y, f); err != nil {
			return fmt.Errorf("%s from %q to %q: %w", kind, from, to, err)
		}
		return nil
	})
	return id
}

func pairs(list []any) graph.Fields {
	f := graph.Fields{"visibility": "PUBLIC"}
	for k := 0; k < len(list); k += 2 {
		v := list[k+1]
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		f[list[k].(string)] = v
	}
	return f
}

// directory opens an empty one in memory.
func directory(ctx context.Context, now time.Time) (*graph.Directory, error) {
	s, err := sqlite.Open(ctx, sqlite.Memory, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	return graph.Open(ctx, s, graph.Options{Key: make([]byte, 32), Now: func() time.Time { return now }})
}

// build makes a network of what fill adds.
func build(ctx context.Context, n network, now time.Time, fill func(*builder)) (*network, error) {
	d, err := directory(ctx, now)
	if err != nil {
		return nil, err
	}
	defer d.Close(context.WithoutCancel(ctx)) // the view goes on without its store
	b := &builder{ids: map[string]graph.ID{}}
	fill(b)
	_, err = d.Edit(ctx, steward, graph.Request{}, func(tx *graph.Tx) error {
		for _, s := range b.steps {
			if err := s(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", n.name, err)
	}
	n.view, err = d.View(steward, graph.SCREEN)
	return &n, err
}

// imported makes a network of files, through the importer.
func imported(ctx context.Context, n network, files fs.FS, mapping, scheme string, now time.Time) (*network, error) {
	d, err := directory(ctx, now)
	if err != nil {
		return nil, err
	}
	defer d.Close(context.WithoutCancel(ctx))
	o := exchange.ReadOptions{Default: scheme}
	if mapping != "" {
		if o.Mapping, err = exchange.MappingNamed(mapping); err != nil {
			return nil, err
		}
	}
	batch, err := exchange.Read(ctx, files, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", n.name, err)
	}
	if _, err := exchange.Apply(ctx, d, steward, batch, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", n.name, err)
	}
	v, err := d.View(steward, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	return copied(ctx, n, v, scheme, now, nil)
}

// copied makes a network of the nodes of a view that are kept (nil: all) and the links
// among them, in order of their identifiers: ids that an importer draws
// differ from run to run, and what is held out must not.
func copied(ctx context.Context, n network, v *graph.View, scheme string, now time.Time, keep func(i int32, g *graph.Graph) bool) (*network, error) {
	g := v.Graph()
	key := make([]string, len(g.IDs))
	order := []int32{}
	for i := range int32(len(g.IDs)) {
		if keep != nil && !keep(i, g) {
			continue
		}
		for _, x := range g.Node(i).Core().Identifiers {
			if strings.HasPrefix(x, scheme+":") {
				key[i] = x
			}
		}
		order = append(order, i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(key[a], key[b]) })
	kept := map[string]bool{}
	return build(ctx, n, now, func(b *builder) {
		ids := map[graph.ID]graph.ID{}
		for _, i := range order {
			fields := graph.FieldsOfNode(g.Node(i))
			id := b.id()
			b.ids[key[i]], kept[key[i]], ids[g.IDs[i]] = id, true, id
			kind := graph.NodeKinds()[g.Kinds[i]].Kind
			b.steps = append(b.steps, func(tx *graph.Tx) error { return tx.AddAs(id, kind, public(fields)) })
		}
		type between struct {
			from, to string
			k        int
		}
		var links []between
		for k, l := range g.Links {
			if kept[key[l.From]] && kept[key[l.To]] {
				links = append(links, between{key[l.From], key[l.To], k})
			}
		}
		slices.SortFunc(links, func(x, y between) int {
			return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to), cmp.Compare(g.Links[x.k].Kind, g.Links[y.k].Kind), g.Link(int32(x.k)).Since.Compare(g.Link(int32(y.k)).Since))
		})
		for _, l := range links {
			link := g.Link(int32(l.k))
			fields := graph.FieldsOfLink(link)
			id := b.id()
			b.steps = append(b.steps, func(tx *graph.Tx) error {
				_, err := tx.ConnectAs(id, link.Kind, b.ids[l.from], b.ids[l.to], public(fields))
				return err
			})
		}
	})
}

// public opens everything to everybody: who may see what is tested elsewhere.
func public(f graph.Fields) graph.Fields {
	f["visibility"] = "PUBLIC"
	for _, name := range []string{"scopes", "sources", "knownSources", "readingSources", "measurementSources", "consentNamed", "version", "createdAt", "updatedAt", "assertedBy", "confirmedBy"} {
		delete(f, name) // set by the store, or ids of another network
	}
	return f
}

// arrays are a network as the baselines read it: the same nodes and links in
// the same numbers as the analysis has them, without what is held out.
type arrays struct {
	net     *network
	ix      *analysis.Index
	ids     []graph.ID
	kinds   []graph.NodeKind
	place   []string
	closed  []bool
	tied    [][]int32 // partners, ascending, each once
	groups  [][]int32 // coalitions each actor is in
	members [][]int32 // actors in each coalition
	around  [][]int32 // everything each node is linked with, ascending, each once
}

// tieLink reports whether a link makes its ends tied (gaps: definitions).
func tieLink(k graph.LinkKind, from, to graph.NodeKind) bool {
	switch k {
	case graph.ALLIED_WITH, graph.IN_DIALOGUE_WITH, graph.AFFILIATED_WITH:
		return true
	case graph.FUNDS, graph.PART_OF:
		return actor(from) && actor(to)
	}
	return false
}

func actor(k graph.NodeKind) bool {
	return k == graph.KindOrganization || k == graph.KindIndividual || k == graph.KindCoalition
}

// heldOut is a set of links, by id.
type heldOut map[graph.ID]bool

// without reads a network as of a day with the given links left out.
func (n *network) without(view *graph.View, tune analysis.Coefficients, held heldOut) (*arrays, error) {
	whole := analysis.NewIndexWith(view, tune)
	ix := whole
	if len(held) > 0 {
		var s analysis.Supposition
		for id := range held {
			s.Remove = append(s.Remove, id)
		}
		var err error
		if ix, err = whole.Suppose(s); err != nil {
			return nil, err
		}
	}
	g := view.Graph()
	a := &arrays{net: n, ix: ix, ids: g.IDs}
	size := len(g.IDs)
	a.tied, a.groups, a.members, a.around = make([][]int32, size), make([][]int32, size), make([][]int32, size), make([][]int32, size)
	for i := range g.IDs {
		a.kinds = append(a.kinds, graph.NodeKinds()[g.Kinds[i]].Kind)
		a.place = append(a.place, graph.Fold(g.Node(int32(i)).Core().Place))
	}
	for k, l := range g.Links {
		if held[g.Link(int32(k)).ID] || l.From == l.To {
			continue
		}
		kind := graph.LinkKinds()[l.Kind].Kind
		a.around[l.From], a.around[l.To] = append(a.around[l.From], l.To), append(a.around[l.To], l.From)
		if tieLink(kind, a.kinds[l.From], a.kinds[l.To]) {
			a.tied[l.From], a.tied[l.To] = append(a.tied[l.From], l.To), append(a.tied[l.To], l.From)
		}
		if kind == graph.MEMBER_OF {
			a.groups[l.From], a.members[l.To] = append(a.groups[l.From], l.To), append(a.members[l.To], l.From)
		}
	}
	for i := range size {
		for _, list := range []*[]int32{&a.tied[i], &a.groups[i], &a.members[i], &a.around[i]} {
			*list = distinct(*list)
		}
	}
	return a, nil
}
