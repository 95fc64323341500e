package exchange

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"weft/graph"
)

// Source is where the files of an import are read from: a folder or a zip.
type Source struct {
	FS     fs.FS
	Scheme string // the scheme of ids when none is given: the name of the folder or zip
	close  func() error
}

// OpenSource opens a folder, a zip file, or the folder that a given file of a
// set stands in. Close it when the batch is read.
func OpenSource(name string) (*Source, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, graph.Errorf(graph.INVALID, "there is no file or folder %q: check the name", name)
	case err != nil:
		return nil, graph.Errorf(graph.INVALID, "%q cannot be read: check who may read it", name).Because(err)
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, graph.Errorf(graph.INVALID, "%q cannot be read", name).Because(err)
	}
	switch {
	case info.IsDir():
		return &Source{os.DirFS(abs), schemeOf(filepath.Base(abs)), func() error { return nil }}, nil
	case strings.EqualFold(filepath.Ext(name), ".zip"):
		z, err := zip.OpenReader(abs)
		if err != nil {
			return nil, graph.Errorf(graph.INVALID, "%q is not a zip file, or is damaged: pack it again", name).Because(err)
		}
		base := filepath.Base(abs)
		return &Source{z, schemeOf(base[:len(base)-len(".zip")]), z.Close}, nil
	}
	dir := filepath.Dir(abs)
	return &Source{os.DirFS(dir), schemeOf(filepath.Base(dir)), func() error { return nil }}, nil
}

// Close releases the files.
func (s *Source) Close() error { return s.close() }

// schemeOf makes a scheme of a name: what cannot stand in one becomes a hyphen.
func schemeOf(name string) string {
	s := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !inScheme(r) }), "-")
	if s == "" {
		return "import"
	}
	return s
}

func inScheme(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !strings.ContainsRune(`:|"\/`, r)
}

func checkScheme(s string) error {
	if s == "" || len(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return !inScheme(r) }) {
		return graph.Errorf(graph.INVALID, "%.100q cannot be a scheme of ids: take a short word without spaces and colons, such as members-2026", s).At("scheme")
	}
	return nil
}

// find returns the path of a file in fsys, "" if it is not there: as named or
// packed with gzip, the case of letters ignored, at the top or, as zip programs
// pack folders, in a folder there. What is nearer the top comes first.
func find(fsys fs.FS, name string) string {
	top, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return ""
	}
	wanted := []string{name, name + ".gz", strings.TrimSuffix(name, ".gz")}
	look := func(dir string, list []fs.DirEntry) string {
		for _, w := range wanted {
			if i := slices.IndexFunc(list, func(e fs.DirEntry) bool { return !e.IsDir() && strings.EqualFold(e.Name(), w) }); i >= 0 {
				return path.Join(dir, list[i].Name())
			}
		}
		return ""
	}
	if p := look("", top); p != "" {
		return p
	}
	for _, e := range top {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "__") {
			continue
		}
		if list, err := fs.ReadDir(fsys, e.Name()); err == nil {
			if p := look(e.Name(), list); p != "" {
				return p
			}
		}
	}
	return ""
}
