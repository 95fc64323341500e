// Package neo4j keeps a network in a Neo4j database as an ordinary graph that
// people can read in Neo4j Browser and query with Cypher.
//
// A node is (:Node:Organization {id, name, …}), its kind a second label; a
// link is a relationship whose type is its kind, with an id; their fields are
// native properties. Records are (:Record {id, recordKind, …}), sealed rows
// (:Sealed {id, box}). The log is (:Change) for the headers and (:Op) for the
// operations; (:Head {name: 'weft'}) holds its end and the schema version.
//
// Neo4j shows a reader what others have committed meanwhile, and even parts of
// a commit that is being applied. So every commit first locks Head, and what
// must be read as of one moment is read under that lock or checked against the
// hash of the log. Labels, relationship types and other data in the same
// database that are not listed here are left alone.
package neo4j

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"weft/graph"
)

const (
	// retrying is how long a transaction is tried again when the server is
	// away. Who waits is better served by an answer than by a cluster's next
	// leader, whose election may take longer.
	retrying = 2 * time.Second

	// connecting is how long a server may take to accept a connection, and to
	// let one be had of those that are in use.
	connecting = 3 * time.Second

	// holding bounds on the server how long a transaction may hold the head,
	// so that a client that hangs cannot hold it for ever.
	holding = 10 * time.Minute
)

// Options are choices of whoever opens a database.
type Options struct {
	User     string            // "" stands for neo4j, or for no sign-in when Password is "" too
	Password string            // never part of any error
	Database string            // "" stands for the user's home database
	Progress func(text string) // told what opening waits for; may be nil
	Wait     time.Duration     // how long to wait for a server that is starting; 0 stands for 60 s
}

// Open opens the database of the Neo4j server or cluster at url, which begins
// with bolt://, neo4j:// or one of these with +s or +ssc for TLS, and prepares
// it when it is empty. It waits for a server that does not answer yet. A
// database with data of another application, or written by a newer Weft, is
// refused. Any number of processes may open one database.
func Open(ctx context.Context, url string, o Options) (graph.Store, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Wait == 0 {
		o.Wait = time.Minute
	}
	s, err := connect(url, o)
	if err != nil {
		return nil, err
	}
	if err := s.waitAndPrepare(ctx, o); err != nil {
		s.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// store is a handle: a driver with its pool of connections.
type store struct {
	driver    neo4j.DriverWithContext
	server    string // host and port, for errors
	database  string
	bookmarks neo4j.BookmarkManager // so that reads see what this handle wrote

	turn   chan struct{} // one Commit of a handle at a time: the rest wait here and not with a connection each
	once   sync.Once
	done   chan struct{} // closed by Close
	closed error         // of closing the driver

	calls     atomic.Int64 // of fn of a Commit, counted
	running   atomic.Int64 // the call of fn that runs now under the lock of the head, 0 if none
	whole     atomic.Int64 // newest revision known to be applied in full
	uncertain atomic.Bool  // a commit's answer was lost: the server may still be at it
}

func connect(address string, o Options) (*store, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, graph.Errorf(graph.INVALID, "the store's address names no server: write neo4j://localhost:7687")
	}
	if u.User != nil {
		return nil, graph.Errorf(graph.INVALID, "the store's address carries a user or password: take them out and give them apart")
	}
	s := &store{server: u.Host, database: o.Database, turn: make(chan struct{}, 1), done: make(chan struct{}),
		bookmarks: neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{})}
	user := o.User
	if user == "" {
		user = "neo4j"
	}
	token := neo4j.BasicAuth(user, o.Password, "")
	if o.User == "" && o.Password == "" {
		token = neo4j.NoAuth()
	}
	s.driver, err = neo4j.NewDriverWithContext(address, token, func(c *config.Config) {
		c.UserAgent = "weft"
		c.MaxTransactionRetryTime = retrying
		c.ConnectionAcquisitionTimeout = connecting
		c.SocketConnectTimeout = connecting
		c.NotificationsMinSeverity = notifications.DisabledLevel
		c.TelemetryDisabled = true
	})
	if err != nil {
		return nil, graph.Errorf(graph.INVALID, "the store's address is no address of a Neo4j server: write neo4j://localhost:7687")
	}
	return s, nil
}

// waitAndPrepare asks the server who it is, again and again while it is
// starting, and then makes what the database lacks.
func (s *store) waitAndPrepare(ctx context.Context, o Options) error {
	until := time.Now().Add(o.Wait)
	var told time.Time
	for {
		// The driver itself would wait for ever for one who takes the call and
		// then says nothing, as a web server does.
		err := s.prepare(ctx, min(max(time.Until(until), 3*time.Second), 15*time.Second))
		if err == nil {
			return nil
		}
		if !starting(err) || ctx.Err() != nil || time.Now().After(until) {
			return s.translate(ctx, err)
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			o.Progress(fmt.Sprintf("waiting for the Neo4j server at %s, which does not answer yet", s.server))
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (s *store) session(ctx context.Context) neo4j.SessionWithContext {
	return s.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.database, BookmarkManager: s.bookmarks})
}

// transaction is what statements run in.
type transaction interface {
	Run(ctx context.Context, cypher string, params map[string]any) (neo4j.ResultWithContext, error)
}

// query runs a statement and returns all it answers.
func query(ctx context.Context, tx transaction, cypher string, params map[string]any) ([]*neo4j.Record, error) {
	result, err := tx.Run(ctx, cypher, params)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}

// count runs a statement that answers with one number.
func count(ctx context.Context, tx transaction, cypher string, params map[string]any) (int, error) {
	records, err := query(ctx, tx, cypher, params)
	if err != nil {
		return 0, err
	}
	if len(records) == 1 && len(records[0].Values) == 1 {
		if n, ok := records[0].Values[0].(int64); ok {
			return int(n), nil
		}
	}
	return 0, errors.New("a statement that counts answers with no number")
}

// read runs fn in a transaction that reads; fn may run again. In a cluster it
// goes to the member that writes, as everything does: the others lag behind,
// and no bookmark of this handle tells them of what another process wrote.
func (s *store) read(ctx context.Context, fn func(tx transaction) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	session := s.session(ctx)
	defer session.Close(ctx)
	_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) { return nil, fn(tx) })
	if err != nil {
		return s.translate(ctx, err)
	}
	return nil
}

// locked runs fn in a transaction that holds the head and is rolled back in
// the end. No other commit is then being applied.
func (s *store) locked(ctx context.Context, fn func(tx transaction, head graph.Head) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	session := s.session(ctx)
	defer session.Close(ctx)
	_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		head, err := s.lock(ctx, tx)
		if err != nil {
			return nil, err
		}
		if err := fn(tx, head); err != nil {
			return nil, err
		}
		return nil, errNothing
	}, neo4j.WithTxTimeout(holding))
	if errors.Is(err, errNothing) {
		return nil
	}
	return s.translate(ctx, err)
}

// lock holds the head against all other writers until the transaction ends,
// and returns it.
func (s *store) lock(ctx context.Context, tx transaction) (graph.Head, error) {
	head, err := headOf(ctx, tx, "MATCH (h:Head {name: 'weft'}) SET h.locked = true RETURN h.revision, h.hash")
	if err != nil {
		return head, err
	}
	s.uncertain.Store(false)
	s.applied(head.Revision)
	return head, nil
}

// applied notes that everything up to a revision can be read.
func (s *store) applied(revision int64) {
	for {
		old := s.whole.Load()
		if revision <= old || s.whole.CompareAndSwap(old, revision) {
			return
		}
	}
}

func (s *store) usable(ctx context.Context) error {
	select {
	case <-s.done:
		return errClosed()
	default:
	}
	if ctx.Err() != nil {
		return givenUp(ctx)
	}
	return nil
}

// Close closes the connections. Calls that run end with UNAVAILABLE.
func (s *store) Close(ctx context.Context) error {
	s.once.Do(func() {
		close(s.done)
		if err := s.driver.Close(ctx); err != nil {
			s.closed = s.translate(ctx, err)
		}
	})
	return s.closed
}
