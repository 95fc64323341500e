package sqlite

import (
	"context"
	"errors"

	sq "zombiezen.com/go/sqlite"

	"weft/graph"
)

func errClosed() error { return graph.Errorf(graph.UNAVAILABLE, "the database is closed") }

func givenUp(ctx context.Context) error {
	return graph.Errorf(graph.UNAVAILABLE, "this was given up before it was done").Because(context.Cause(ctx))
}

// sinkError carries an error of the caller's own function unchanged through
// the translation.
type sinkError struct{ error }

// translate makes of any error one that may be shown. Errors that are so
// already, and those of the caller's functions, stay as they are.
func (s *store) translate(ctx context.Context, err error) error {
	var own sinkError
	if errors.As(err, &own) {
		return own.error
	}
	if ctx.Err() != nil && sq.ErrCode(err).ToPrimary() == sq.ResultInterrupt {
		return givenUp(ctx)
	}
	return translate(s.name, err)
}

// translate maps the codes of SQLite.
func translate(path string, err error) error {
	var shown *graph.Error
	if errors.As(err, &shown) {
		return err
	}
	var e *graph.Error
	switch code := sq.ErrCode(err); {
	case code == sq.ResultConstraintForeignKey:
		e = graph.Errorf(graph.INTERNAL, "a link was to be kept without the node at one of its ends")
	case code == sq.ResultIOErrSHMSize || code.ToPrimary() == sq.ResultFull:
		e = graph.Errorf(graph.UNAVAILABLE, "the disk of %s is full, so nothing was changed: free some space and try again", path)
	case code == sq.ResultIOErrNoMem || code.ToPrimary() == sq.ResultNoMem:
		e = graph.Errorf(graph.UNAVAILABLE, "the memory of this machine is used up: stop other programs and try again")
	case code.ToPrimary() == sq.ResultCorrupt || code.ToPrimary() == sq.ResultFormat:
		e = graph.Errorf(graph.INTERNAL, "%s is damaged: stop Weft, keep the file, and restore the newest backup", path)
	case code.ToPrimary() == sq.ResultNotADB:
		e = graph.Errorf(graph.INVALID, "%s is not a database, or is damaged: name another file, or restore the newest backup", path)
	case code.ToPrimary() == sq.ResultBusy || code.ToPrimary() == sq.ResultLocked:
		e = graph.Errorf(graph.UNAVAILABLE, "another program holds %s locked: close it and try again", path)
	case code.ToPrimary() == sq.ResultReadOnly || code.ToPrimary() == sq.ResultPerm || code.ToPrimary() == sq.ResultAuth:
		e = graph.Errorf(graph.UNAVAILABLE, "%s or its folder cannot be written to: give them to the account that runs Weft", path)
	case code.ToPrimary() == sq.ResultCantOpen:
		e = graph.Errorf(graph.UNAVAILABLE, "%s or the files beside it cannot be opened: check that the folder exists and belongs to the account that runs Weft", path)
	case code.ToPrimary() == sq.ResultIOErr:
		e = graph.Errorf(graph.UNAVAILABLE, "the disk of %s failed: check the disk, then start Weft again", path)
	case code.ToPrimary() == sq.ResultTooBig:
		e = graph.Errorf(graph.INTERNAL, "something is larger than a database file can hold")
	default:
		e = graph.Errorf(graph.INTERNAL, "the database gave an answer that was not expected")
	}
	return e.Because(err)
}
