package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"os"

	"weft/graph"
)

// The lossless archive is one gzip file of JSON lines: a header with the
// version of the format and the counts, every row in the order nodes, links,
// records and by id, and a last line with the SHA-256 of all lines before it.
// It is for whoever runs the server. It holds everything in the clear, sealed
// records and contact points too, and it is not encrypted: keep it as safe as
// the database and its key, or encrypt the file with a tool made for that.

// ArchiveSuffix is how names of archives end.
const ArchiveSuffix = ".weft.jsonl.gz"

const (
	archiveFormat  = "weft archive"
	archiveVersion = 1
	maxArchiveLine = 64 << 20
)

type archiveHeader struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Nodes   int    `json:"nodes"`
	Links   int    `json:"links"`
	Records int    `json:"records"`
}

type archiveRow struct {
	Class  graph.Class     `json:"class"`
	ID     graph.ID        `json:"id"`
	Kind   string          `json:"kind"`
	From   graph.ID        `json:"from,omitempty"`
	To     graph.ID        `json:"to,omitempty"`
	Fields json.RawMessage `json:"fields"`
}

type archiveEnd struct {
	End string `json:"sha256"`
}

// WriteArchive writes everything the directory holds at one moment. Equal
// networks give equal bytes.
func WriteArchive(ctx context.Context, d *graph.Directory, w io.Writer, progress Progress) error {
	z := gzip.NewWriter(w)
	buffered := bufio.NewWriterSize(z, 1<<16)
	sum := sha256.New()
	line := func(v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return graph.Errorf(graph.INTERNAL, "a row cannot be written").Because(err)
		}
		b = append(b, '\n')
		sum.Write(b)
		if _, err := buffered.Write(b); err != nil {
			return unwritten(err)
		}
		return nil
	}
	total, done := 0, 0
	err := d.Archive(func(nodes, links, records int) error {
		total = nodes + links + records
		return line(archiveHeader{archiveFormat, archiveVersion, nodes, links, records})
	}, func(r graph.Row) error {
		if done%256 == 0 && ctx.Err() != nil {
			return givenUp(ctx)
		}
		done++
		progress.tell("writing", done, total)
		return line(archiveRow{r.Class, r.ID, r.Kind, r.From, r.To, r.Fields.Canonical()})
	})
	if err != nil {
		return err
	}
	if err := line(archiveEnd{hex.EncodeToString(sum.Sum(nil))}); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return unwritten(err)
	}
	if err := z.Close(); err != nil {
		return unwritten(err)
	}
	return nil
}

// IsArchive reports whether a file is an archive, of whatever version.
func IsArchive(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	start := make([]byte, len(`{"format":"`+archiveFormat))
	_, err = io.ReadFull(z, start)
	return err == nil && string(start) == `{"format":"`+archiveFormat
}

// Archive is an archive that was read and found whole.
type Archive struct {
	Nodes, Links, Records int
	rows                  []graph.Row
}

// ReadArchive reads an archive and checks that it is whole. One that is cut
// off, damaged or of a newer Weft is refused, with the remedy.
func ReadArchive(ctx context.Context, r io.Reader, progress Progress) (*Archive, error) {
	damaged := func(cause error) error {
		return graph.Errorf(graph.INVALID, "the archive is damaged: copy it again, or take another one").Because(cause)
	}
	cut := func(cause error) error {
		return graph.Errorf(graph.INVALID, "the archive is cut off before its end: copy it again, or take another one").Because(cause)
	}
	foreign := func(cause error) error {
		return graph.Errorf(graph.INVALID, "this is no archive of Weft: name a file that `weft export` wrote, ending in %s", ArchiveSuffix).Because(cause)
	}
	packed := bufio.NewReader(r)
	if start, err := packed.Peek(2); err == nil && string(start) != "\x1f\x8b" {
		return nil, foreign(nil)
	}
	z, err := gzip.NewReader(packed)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, cut(err)
	case err != nil:
		return nil, foreign(err)
	}
	in := archiveLines{bufio.NewReaderSize(z, 1<<16), sha256.New()}
	fail := func(err error) error {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return cut(err)
		}
		return damaged(err)
	}
	first, err := in.next()
	if err != nil {
		return nil, fail(err)
	}
	var h archiveHeader
	if err := json.Unmarshal(first, &h); err != nil || h.Format != archiveFormat {
		return nil, foreign(err)
	}
	if h.Version != archiveVersion {
		return nil, graph.Errorf(graph.INVALID, "the archive has format version %d, this Weft reads %d: use the Weft that wrote it, or a newer one", h.Version, archiveVersion)
	}
	if h.Nodes < 0 || h.Links < 0 || h.Records < 0 {
		return nil, damaged(nil)
	}
	a := &Archive{Nodes: h.Nodes, Links: h.Links, Records: h.Records}
	total := h.Nodes + h.Links + h.Records
	counts := map[graph.Class]int{}
	for i := range total {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, givenUp(ctx)
		}
		b, err := in.next()
		if err != nil {
			return nil, fail(err)
		}
		var row archiveRow
		if err := json.Unmarshal(b, &row); err != nil || row.Class == "" {
			return nil, damaged(err)
		}
		f, err := graph.ParseFields(row.Class, row.Kind, row.Fields)
		if err != nil {
			return nil, damaged(err)
		}
		counts[row.Class]++
		a.rows = append(a.rows, graph.Row{Class: row.Class, ID: row.ID, Kind: row.Kind, From: row.From, To: row.To, Fields: f})
		progress.tell("reading", i+1, total)
	}
	if counts[graph.NODE] != h.Nodes || counts[graph.LINK] != h.Links || counts[graph.RECORD] != h.Records {
		return nil, damaged(nil)
	}
	want := hex.EncodeToString(in.sum.Sum(nil))
	last, err := in.next()
	if err != nil {
		return nil, fail(err)
	}
	var end archiveEnd
	if err := json.Unmarshal(last, &end); err != nil || end.End != want {
		return nil, damaged(err)
	}
	if _, err := in.next(); err != io.EOF {
		return nil, damaged(err)
	}
	return a, nil
}

type archiveLines struct {
	r   *bufio.Reader
	sum hash.Hash
}

// next returns the next line, valid until the one after.
func (l *archiveLines) next() ([]byte, error) {
	var whole []byte
	for {
		part, err := l.r.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(whole) <= maxArchiveLine:
			continue
		case errors.Is(err, io.EOF) && len(whole) > 0:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
		l.sum.Write(whole)
		return bytes.TrimSuffix(whole, []byte("\n")), nil
	}
}

// Restore writes the rows of an archive as they are, in one change, nil when
// they are all there already. It takes a steward. A row whose id is there is
// replaced; other rows stay, so to get exactly the archive restore into an
// empty database.
func (a *Archive) Restore(ctx context.Context, d *graph.Directory, by graph.Viewer, progress Progress) (*graph.Change, error) {
	return d.Edit(ctx, by, graph.Request{}, func(tx *graph.Tx) error {
		for i, r := range a.rows {
			if i%256 == 0 && ctx.Err() != nil {
				return givenUp(ctx)
			}
			if err := tx.Restore(r); err != nil {
				return err
			}
			progress.tell("restoring", i+1, len(a.rows))
		}
		return nil
	})
}
