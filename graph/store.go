package graph

import "context"

// Class says what a Row is.
type Class string

// The classes of row. A BOX is a sealed row of any class, which only the
// holder of the key can read.
const (
	NODE   Class = "NODE"
	LINK   Class = "LINK"
	RECORD Class = "RECORD"
	BOX    Class = "BOX"
)

// Row is the unit a store keeps: a node, link or record as flat fields, or the
// box that hides one. Kind is the label, relationship type or record kind;
// From and To are set for links only. A row of class BOX has an ID and a Box and nothing
// else: its kind, ends and fields are inside.
type Row struct {
	Class    Class
	ID       ID
	Kind     string
	From, To ID
	Fields   Fields
	Box      []byte
}

// Store durably keeps rows and the log of changes. It holds no rule of the
// domain; [Directory] is its only user. Every implementation passes the suite
// in package storetest. Methods may be called from several goroutines. Errors
// are *Error: UNAVAILABLE when the database cannot be reached now, INTERNAL
// otherwise, the driver's error as cause.
type Store interface {
	// Load streams every row to sink and returns the head of the log that the
	// rows are at, all from one snapshot. Order: nodes, links, records, boxes;
	// within a class by id. An error from sink ends the load and is returned.
	Load(ctx context.Context, sink func(Row) error) (Head, error)

	// Commit runs fn in one transaction that holds the head of the log against
	// all other writers, on this server or another. The change fn returns must
	// follow that head; its rows, its log entry, its erasures and rewrites are
	// written all or not at all. When fn returns nil and no error, nothing is written.
	// fn may run more than once, each time with the head of its own try.
	// After an error nothing was kept, unless it is UNAVAILABLE and has
	// ErrUnsettled in its chain: then that is not known, and the caller asks
	// ByKey, whose answer holds.
	Commit(ctx context.Context, fn func(Head) (*Change, error)) error

	// Changes returns the changes after a revision, oldest first, at most
	// limit of them, with their operations.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)

	// Backwards returns the log from the change with revision at on back to the
	// first, newest change first: of that one the operations from index from on,
	// of all others all, at most limit operations in all, within a change in
	// their order. Changes of which no operation is returned are left out.
	Backwards(ctx context.Context, at int64, from, limit int) ([]Change, error)

	// History returns the changes that touch any of the ids, newest first, at
	// most limit of them, before the revision before (0: from the newest);
	// of each only the operations on those ids.
	History(ctx context.Context, ids []ID, before int64, limit int) ([]Change, error)

	// ByKey returns the change an author made under an idempotency key, nil if
	// there is none.
	ByKey(ctx context.Context, author ID, key string) (*Change, error)

	// Close releases the database. Later calls fail with UNAVAILABLE.
	Close(ctx context.Context) error
}
