package exchange

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"weft/graph"
)

// WriteCSV writes what a viewer may see as the Weft CSV pair: nodes to nodes,
// links, ended ones too, to links, both in order of id and with Weft ids. Give
// it a View on the EXPORT surface, so that stories go out only under a consent
// that covers it. Equal views give equal bytes, and what is written, brought
// into an empty database and written again, is the same to the byte. Line ends
// within text are written as \n.
func WriteCSV(ctx context.Context, v *graph.View, nodes, links io.Writer, progress Progress) error {
	end, err := graph.NewDate(9999, 12, 31)
	if err != nil {
		return err
	}
	g := v.AsOf(end).Past() // links of every time
	total := len(g.IDs) + len(g.Links)
	write := func(w io.Writer, first []string, columns []string, n, done int, row func(int) ([]string, graph.Fields)) error {
		used := map[string]bool{"name": true}
		for i := range n {
			_, f := row(i)
			for k := range f {
				used[k] = true
			}
		}
		header := slices.Clone(first)
		for _, c := range columns {
			if used[c] && !slices.Contains(header, c) {
				header = append(header, c)
			}
		}
		out := csv.NewWriter(w)
		if err := out.Write(header); err != nil {
			return unwritten(err)
		}
		cells := make([]string, len(header))
		for i := range n {
			if i%256 == 0 && ctx.Err() != nil {
				return givenUp(ctx)
			}
			fixed, f := row(i)
			copy(cells, fixed)
			for c := len(first); c < len(header); c++ {
				cells[c] = guarded(cellOf(f[header[c]]))
			}
			if err := out.Write(cells); err != nil {
				return unwritten(err)
			}
			progress.tell("writing", done+i+1, total)
		}
		if out.Flush(); out.Error() != nil {
			return unwritten(out.Error())
		}
		return nil
	}
	var nodeFields, linkFields [][]graph.Field
	for _, i := range graph.NodeKinds() {
		nodeFields = append(nodeFields, i.Fields)
	}
	for _, i := range graph.LinkKinds() {
		linkFields = append(linkFields, i.Fields)
	}
	err = write(nodes, []string{"id", "kind"}, columnOrder(append([]string{"name"}, names(nodeFields)...)), len(g.IDs), 0, func(i int) ([]string, graph.Fields) {
		n := g.Node(int32(i))
		return []string{string(n.Core().ID), string(n.Core().Kind)}, graph.FieldsOfNode(n)
	})
	if err != nil {
		return err
	}
	return write(links, []string{"id", "kind", "from", "to"}, columnOrder(names(linkFields)), len(g.Links), len(g.IDs), func(i int) ([]string, graph.Fields) {
		l := g.Link(int32(i))
		return []string{string(l.ID), string(l.Kind), string(l.From), string(l.To)}, graph.FieldsOfLink(l)
	})
}

func names(lists [][]graph.Field) (out []string) {
	for _, list := range lists {
		for _, f := range list {
			if !f.System {
				out = append(out, f.Name)
			}
		}
	}
	return out
}

// columnOrder is the order of the catalogue, each name once.
func columnOrder(all []string) (out []string) {
	seen := map[string]bool{}
	for _, name := range all {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

func unwritten(err error) error {
	return graph.Errorf(graph.UNAVAILABLE, "the export cannot be written: check the space there and who may write").Because(err)
}

var lineEnd = regexp.MustCompile("\r+\n")

// cellOf writes a field's value.
func cellOf(v any) string {
	one := func(v any) string {
		switch v := v.(type) {
		case string:
			return lineEnd.ReplaceAllString(v, "\n")
		case int64:
			return strconv.FormatInt(v, 10)
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			return strconv.FormatBool(v)
		}
		return ""
	}
	var parts []string
	switch v := v.(type) {
	case []string:
		for _, e := range v {
			parts = append(parts, one(e))
		}
	case []int64:
		for _, e := range v {
			parts = append(parts, one(e))
		}
	case []float64:
		for _, e := range v {
			parts = append(parts, one(e))
		}
	default:
		return one(v)
	}
	return joinList(parts)
}

// WriteFolder writes the pair into a folder, which it makes when there is
// none. Each file appears whole or not at all; older ones are replaced.
func WriteFolder(ctx context.Context, v *graph.View, dir string, progress Progress) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritten(err)
	}
	var files [2]*os.File
	names := [2]string{nodesFile, linksFile}
	for i := range files {
		if files[i], err = os.CreateTemp(dir, ".weft-*"); err != nil {
			return unwritten(err)
		}
		defer os.Remove(files[i].Name())
		defer files[i].Close()
	}
	if err := WriteCSV(ctx, v, files[0], files[1], progress); err != nil {
		return err
	}
	for i, f := range files {
		if err := f.Sync(); err != nil {
			return unwritten(err)
		}
		if err := f.Close(); err != nil {
			return unwritten(err)
		}
		if err := os.Rename(f.Name(), filepath.Join(dir, names[i])); err != nil {
			return unwritten(err)
		}
	}
	return nil
}

// WriteZip writes the pair as one zip file. Equal views give equal bytes.
func WriteZip(ctx context.Context, v *graph.View, w io.Writer, progress Progress) error {
	z := zip.NewWriter(w)
	links, err := os.CreateTemp("", "weft-links-*") // a zip is written one file after the other
	if err != nil {
		return unwritten(err)
	}
	defer os.Remove(links.Name())
	defer links.Close()
	out, err := z.Create(nodesFile)
	if err != nil {
		return unwritten(err)
	}
	if err := WriteCSV(ctx, v, out, links, progress); err != nil {
		return err
	}
	if out, err = z.Create(linksFile); err != nil {
		return unwritten(err)
	}
	if _, err := links.Seek(0, io.SeekStart); err != nil {
		return unwritten(err)
	}
	if _, err := io.Copy(out, links); err != nil {
		return unwritten(err)
	}
	if err := z.Close(); err != nil {
		return unwritten(err)
	}
	return nil
}
