// Package store opens the store that a URL names.
package store

import (
	"context"
	"net/url"
	"os"
	"strings"

	"weft/graph"
	"weft/graph/store/neo4j"
	"weft/graph/store/sqlite"
)

// Options are choices of whoever opens a store.
type Options struct {
	Progress func(text string) // told what happens while opening; may be nil
}

// Backup writes a complete copy of the database that a URL names to a new
// file, while a server that runs on it goes on. Only a database file can be
// copied so.
func Backup(ctx context.Context, address, file string) error {
	scheme, path, _ := strings.Cut(address, ":")
	path = filePath(path)
	switch {
	case !strings.EqualFold(scheme, "sqlite"):
		return graph.Errorf(graph.INVALID, "this database has backup tools of its own: use neo4j-admin database dump or backup")
	case path == "" || path == sqlite.Memory:
		return graph.Errorf(graph.INVALID, "the store's address names no file to copy: write sqlite:weft.db")
	}
	return sqlite.Backup(ctx, path, file)
}

// filePath is the path in sqlite:PATH, also as other programs write it, sqlite:///srv/weft.db.
func filePath(rest string) string { return strings.TrimPrefix(rest, "//") }

// Open opens the store that a URL names:
//
//   - sqlite:PATH, a database file, made when it is not there;
//   - sqlite::memory:, a database that is gone when it is closed;
//   - bolt://HOST:PORT or neo4j://HOST:PORT, a Neo4j server or cluster, and
//     bolt+s, neo4j+s (TLS), bolt+ssc, neo4j+ssc (TLS with any certificate).
//
// User, password and database name of Neo4j come from WEFT_NEO4J_USER,
// WEFT_NEO4J_PASSWORD and WEFT_NEO4J_DATABASE. A URL that carries them is
// refused, since command lines are seen by others and kept in histories.
func Open(ctx context.Context, address string, o Options) (graph.Store, error) {
	scheme, rest, found := strings.Cut(address, ":")
	if !found {
		return nil, graph.Errorf(graph.INVALID, "the store's address has no scheme: write sqlite:weft.db for a file, or neo4j://localhost:7687 for a Neo4j server")
	}
	switch strings.ToLower(scheme) {
	case "sqlite":
		if rest = filePath(rest); rest == "" {
			return nil, graph.Errorf(graph.INVALID, "the store's address names no file: write sqlite:weft.db")
		}
		return sqlite.Open(ctx, rest, sqlite.Options{Progress: o.Progress})
	case "bolt", "neo4j", "bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc":
		if err := checkServer(address); err != nil {
			return nil, err
		}
		return neo4j.Open(ctx, address, neo4j.Options{
			User:     os.Getenv("WEFT_NEO4J_USER"),
			Password: os.Getenv("WEFT_NEO4J_PASSWORD"),
			Database: os.Getenv("WEFT_NEO4J_DATABASE"),
			Progress: o.Progress,
		})
	}
	return nil, graph.Errorf(graph.INVALID, "no store is known by this address: it begins with sqlite:, bolt:// or neo4j:// (with TLS bolt+s://, neo4j+s://, bolt+ssc://, neo4j+ssc://)")
}

// checkServer refuses what does not belong into the address of a server. Its
// errors never repeat the address, which may hold a password.
func checkServer(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return graph.Errorf(graph.INVALID, "the store's address names no server: write neo4j://localhost:7687")
	}
	if u.User != nil {
		return graph.Errorf(graph.INVALID, "the store's address carries a user or password, which others on this machine can read: take them out and set WEFT_NEO4J_USER and WEFT_NEO4J_PASSWORD")
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return graph.Errorf(graph.INVALID, "the store's address names more than a server: write neo4j://localhost:7687 and set WEFT_NEO4J_DATABASE to the name of the database")
	}
	return nil
}
