package neo4j

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/graph"
)

// errNothing rolls a transaction back that has nothing to write.
var errNothing = errors.New("nothing to write")

// errSilent says that something took the connection and then said nothing.
var errSilent = errors.New("no answer to the greeting")

func errClosed() error { return graph.Errorf(graph.UNAVAILABLE, "the database is closed") }

func givenUp(ctx context.Context) error {
	return graph.Errorf(graph.UNAVAILABLE, "this was given up before it was done").Because(context.Cause(ctx))
}

// ownError carries an error of the caller's own function unchanged through
// the driver, which must not try that function again because of it.
type ownError struct{ error }

// starting reports whether an error may pass when the server has started.
func starting(err error) bool {
	var refusal *neo4j.Neo4jError
	if errors.As(err, &refusal) {
		return strings.HasPrefix(refusal.Code, "Neo.TransientError.") || strings.HasSuffix(refusal.Code, ".DatabaseUnavailable")
	}
	return unreachable(err) && !insecure(err)
}

func unreachable(err error) bool {
	var lost *neo4j.ConnectivityError
	var limit *neo4j.TransactionExecutionLimit
	return errors.Is(err, errSilent) || errors.As(err, &lost) || errors.As(err, &limit)
}

// insecure reports whether TLS failed, which waiting does not heal.
func insecure(err error) bool {
	var lost *neo4j.ConnectivityError
	if !errors.As(err, &lost) {
		return false
	}
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	text := lost.Inner.Error() // the driver's own type for these errors wraps none of them
	return errors.As(lost.Inner, &record) || errors.As(lost.Inner, &verification) || errors.As(lost.Inner, &authority) ||
		strings.HasPrefix(text, "tls: ") || strings.HasPrefix(text, "x509: ") || strings.Contains(text, "check that TLS is enabled")
}

// translate makes of any error one that may be shown. Errors that are so
// already, and those of the caller's functions, stay as they are.
func (s *store) translate(ctx context.Context, err error) error {
	var own ownError
	if errors.As(err, &own) {
		return own.error
	}
	var shown *graph.Error
	if errors.As(err, &shown) {
		return err
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.explain(err).Because(err)
}

// explain says what an answer of the driver or the server means for the one
// who runs Weft.
func (s *store) explain(err error) *graph.Error {
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) && len(limit.Errors) > 0 { // tried again and again: the last time tells why
		return s.explain(limit.Errors[len(limit.Errors)-1])
	}
	var refusal *neo4j.Neo4jError
	if !errors.As(err, &refusal) {
		switch {
		case insecure(err):
			return graph.Errorf(graph.UNAVAILABLE, "no secure connection to the Neo4j server at %s can be made: check its certificate, or whether it uses TLS at all; without TLS the address begins with neo4j:// or bolt://", s.server)
		case unreachable(err):
			return graph.Errorf(graph.UNAVAILABLE, "the Neo4j server at %s does not answer: check that it runs and that this address is right", s.server)
		}
		return graph.Errorf(graph.INTERNAL, "the database gave an answer that was not expected")
	}
	_, code, _ := strings.Cut(refusal.Code, ".") // "Neo."
	switch code {
	case "ClientError.Security.Unauthorized":
		return graph.Errorf(graph.INVALID, "the Neo4j server at %s refuses the user or the password: set WEFT_NEO4J_USER and WEFT_NEO4J_PASSWORD to those of the server", s.server)
	case "ClientError.Security.AuthenticationRateLimit":
		return graph.Errorf(graph.UNAVAILABLE, "the Neo4j server at %s was given a wrong password too often: correct it, wait a minute and try again", s.server)
	case "ClientError.Security.CredentialsExpired":
		return graph.Errorf(graph.INVALID, "the Neo4j server at %s wants a new password first: sign in with Neo4j Browser or cypher-shell and run ALTER CURRENT USER SET PASSWORD FROM 'old' TO 'new'", s.server)
	case "ClientError.Security.Forbidden":
		return graph.Errorf(graph.INVALID, "the Neo4j account may not do what Weft must: give it the right to read, write and change the schema of its database")
	case "ClientError.Database.DatabaseNotFound":
		return graph.Errorf(graph.INVALID, "the Neo4j server at %s has no such database: correct WEFT_NEO4J_DATABASE, or leave it out for the server's own", s.server)
	case "ClientError.Schema.ConstraintValidationFailed", "ClientError.Schema.ConstraintViolation":
		return graph.Errorf(graph.INTERNAL, "the database refuses a change that breaks its constraints")
	case "ClientError.General.ForbiddenOnReadOnlyDatabase", "ClientError.General.WriteOnReadOnlyAccessDatabase", "ClientError.Cluster.NotALeader":
		return graph.Errorf(graph.UNAVAILABLE, "the Neo4j database at %s takes no writes now: check the server, or name a cluster's address with neo4j://", s.server)
	case "ClientError.Transaction.TransactionTimedOut", "ClientError.Transaction.TransactionTimedOutClientConfiguration", "ClientError.Transaction.Terminated", "ClientError.Transaction.LockClientStopped":
		return graph.Errorf(graph.UNAVAILABLE, "the Neo4j server at %s ended the work before it was done: try again", s.server)
	case "TransientError.General.OutOfMemoryError", "TransientError.General.MemoryPoolOutOfMemoryError", "TransientError.General.TransactionOutOfMemoryError":
		return graph.Errorf(graph.UNAVAILABLE, "the memory of the Neo4j server at %s is used up: give it more (server.memory.heap.max_size, dbms.memory.transaction.total.max) and try again", s.server)
	}
	switch {
	case strings.HasPrefix(code, "TransientError."), strings.HasSuffix(code, ".DatabaseUnavailable"):
		return graph.Errorf(graph.UNAVAILABLE, "the Neo4j server at %s is not ready: try again", s.server)
	case strings.HasPrefix(code, "DatabaseError.Transaction."):
		return graph.Errorf(graph.UNAVAILABLE, "the Neo4j server at %s failed to end a transaction: check its disk and its log", s.server)
	}
	return graph.Errorf(graph.INTERNAL, "the Neo4j server gave an answer that was not expected")
}
