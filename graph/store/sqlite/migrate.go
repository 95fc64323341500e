package sqlite

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"
	"time"

	sq "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"weft/graph"
)

// The migrations, in order of their numbers, which run from 1 without a gap.
// Each ends by setting user_version to its number. One that was released is
// never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// application marks the file as Weft's ("WEFT").
const application = 0x57454654

// schemaOf checks whose file it is, and returns its schema's number, 0 when it
// is new, and the migrations.
func schemaOf(c *sq.Conn, path string) (version int64, files []string, err error) {
	id, err := number(c, "PRAGMA application_id")
	if err != nil {
		return 0, nil, err
	}
	if version, err = number(c, "PRAGMA user_version"); err != nil {
		return 0, nil, err
	}
	tables, err := number(c, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return 0, nil, err
	}
	if files, err = fs.Glob(migrations, "migrations/*.sql"); err != nil { // sorted by name
		return 0, nil, err
	}
	isNew := id == 0 && version == 0 && tables == 0
	switch {
	case !isNew && id != application:
		return 0, nil, graph.Errorf(graph.INVALID, "%s is the database of another program: name another file", path)
	case version > int64(len(files)):
		return 0, nil, graph.Errorf(graph.INVALID, "%s was written by a newer Weft (schema %d, this one knows %d): install that version, or name another file", path, version, len(files))
	}
	return version, files, nil
}

// migrate brings a file that is Weft's, or new, to the newest schema. A file
// that is refused is not touched.
func migrate(c *sq.Conn, path string) error {
	version, files, err := schemaOf(c, path)
	if err != nil {
		return err
	}
	isNew := version == 0
	if isNew {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA page_size = 8192", nil); err != nil {
			return err
		}
	}
	if err := sqlitex.ExecuteTransient(c, "PRAGMA journal_mode = WAL", nil); err != nil {
		return err
	}
	if err := pragmas(c, []string{"PRAGMA synchronous = FULL", "PRAGMA secure_delete = ON", "PRAGMA temp_store = MEMORY"}); err != nil {
		return err
	}
	for i := version; i < int64(len(files)); i++ {
		if err := apply(c, i+1, files[i]); err != nil {
			return err
		}
	}
	return nil
}

func apply(c *sq.Conn, n int64, file string) error {
	script, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	if err := sqlitex.Execute(c, "BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	defer rollback(c)
	if err := sqlitex.ExecuteScript(c, string(script), nil); err != nil {
		return err
	}
	_, name, _ := strings.Cut(strings.TrimSuffix(file, ".sql"), "_")
	err = sqlitex.Execute(c, "INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?)",
		&sqlitex.ExecOptions{Args: []any{n, name, time.Now().UTC().Format(time.RFC3339)}})
	if err != nil {
		return err
	}
	version, err := number(c, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if version != n {
		return graph.Errorf(graph.INTERNAL, "migration %d of the database leaves it at %s", n, strconv.FormatInt(version, 10))
	}
	return sqlitex.Execute(c, "COMMIT", nil)
}

// number returns the one number that a query answers.
func number(c *sq.Conn, query string) (n int64, err error) {
	err = sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *sq.Stmt) error {
		n = s.ColumnInt64(0)
		return nil
	}})
	return n, err
}
