package graph

import (
	"errors"
	"fmt"
)

// Code classifies an error for those who must act on it.
type Code string

// The codes. NOT_FOUND is said of hidden and absent things alike; FORBIDDEN
// only of what the viewer may know exists.
const (
	INVALID         Code = "INVALID"
	NOT_FOUND       Code = "NOT_FOUND"
	CONFLICT        Code = "CONFLICT"
	UNAUTHENTICATED Code = "UNAUTHENTICATED"
	FORBIDDEN       Code = "FORBIDDEN"
	LIMITED         Code = "LIMITED"
	UNAVAILABLE     Code = "UNAVAILABLE"
	INTERNAL        Code = "INTERNAL"
)

// ErrUnsettled is in the chain of a Store's error after which it is not known
// whether the change was kept.
var ErrUnsettled = errors.New("it is not known whether this was kept")

// Error is an error whose text may be shown to the person who caused it. It
// says what is wrong, where (Field, when one input field is to blame) and what
// to do. The wrapped cause is for logs only.
type Error struct {
	Code  Code
	Field string // the input field to blame, "" if none
	Text  string
	cause error
}

// Error returns the text that may be shown.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the cause, which may hold internals and is for logs only.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an Error. The text may be shown to anyone; it must not carry
// the text of an underlying error, which goes to [Error.Because] instead.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// At names the input field that is to blame and returns e.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// Because records the cause for the log and returns e.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// CodeOf returns the code of the first Error in err's chain, INTERNAL for any
// other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return INTERNAL
}

func invalid(field, format string, args ...any) *Error {
	return Errorf(INVALID, format, args...).At(field)
}

// notFound is the one answer for absent and hidden things.
func notFound(field string) *Error {
	return Errorf(NOT_FOUND, "nothing you can see has this id").At(field)
}
