package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// site serves the files of a built page. Only names found when the server
// started are served: no listing, no walk out of the folder.
type site struct {
	files  fs.FS
	prefix string
	app    bool              // a single-page application: unknown paths are its own
	etags  map[string]string // by file name
}

func newSite(files fs.FS, prefix string, app bool) (*site, error) {
	s := &site{files: files, prefix: prefix, app: app, etags: map[string]string{}}
	if files == nil {
		return s, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		// Weak, since the same file is also sent compressed.
		s.etags[name] = `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		return nil
	})
	return s, err
}

// contentTypes says what the files are. The system's table differs from one
// machine to the next, and with nosniff a wrong type breaks the page.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".gif":         "image/gif",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".ttf":         "font/ttf",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff":        "font/woff",
	".woff2":       "font/woff2",
}

// ServeHTTP sends the file a path names, or the application's page.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		plain(w, http.StatusMethodNotAllowed, "Only GET and HEAD work here.")
		return
	}
	if len(s.etags) == 0 {
		plain(w, http.StatusNotFound, "This server was built without its pages. Run make build and start it again.")
		return
	}
	name := strings.TrimPrefix(r.URL.Path, s.prefix)
	if name == "" {
		name = "index.html"
	}
	if _, ok := s.etags[name]; !ok {
		// A path with an extension, or in the folder of hashed files, was
		// meant to be a file: the page in its place would hide the mistake.
		if !s.app || path.Ext(name) != "" || strings.HasPrefix(name, "assets/") {
			plain(w, http.StatusNotFound, "Not found.")
			return
		}
		name = "index.html"
	}
	content, err := s.open(name)
	if err != nil { // gone since the start, or a page without index.html
		plain(w, http.StatusInternalServerError, "A file of the page could not be read. Report the request id.")
		return
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	if t, ok := contentTypes[path.Ext(name)]; ok {
		h.Set("Content-Type", t)
	}
	if strings.HasPrefix(name, "assets/") { // the build puts a hash in these names
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", s.etags[name])
	}
	http.ServeContent(w, r, name, time.Time{}, content)
}

type content interface {
	io.ReadSeeker
	io.Closer
}

// open is fs.FS.Open with seeking, which ServeContent needs; embedded and real
// files have it.
func (s *site) open(name string) (content, error) {
	f, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	if c, ok := f.(content); ok {
		return c, nil
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return readNopCloser{bytes.NewReader(data)}, nil
}

type readNopCloser struct{ *bytes.Reader }

func (readNopCloser) Close() error { return nil }
