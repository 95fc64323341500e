package neo4j

import (
	"fmt"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// The driver tries again what may pass. When it has given up, the last refusal
// tells the operator why, and not that nobody answered.
func TestWhatWasTriedInVainSaysWhy(t *testing.T) {
	s := &store{server: "db:7687"}
	full := &neo4j.Neo4jError{Code: "Neo.TransientError.General.MemoryPoolOutOfMemoryError", Msg: "limit"}
	for _, err := range []error{full, fmt.Errorf("commit: %w", &neo4j.TransactionExecutionLimit{Errors: []error{&neo4j.ConnectivityError{Inner: fmt.Errorf("reset")}, full}})} {
		if got := s.explain(err).Error(); !strings.Contains(got, "memory") {
			t.Errorf("%T is explained as %q", err, got)
		}
	}
}
