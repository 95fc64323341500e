package neo4j

import (
	"strings"
	"testing"

	"weft/graph"
)

func TestServerVersion(t *testing.T) {
	for agent, fit := range map[string]bool{
		"Neo4j/3.5.35": false, "Neo4j/4.4.40": false, "Neo4j/5.0.0": false, "Neo4j/5.6.0": false,
		"Neo4j/5.7.0": true, "Neo4j/5.26.12": true, "Neo4j/2025.06.1": true, "Neo4j/5.27.0-aura": true, "Neo4j/dev": true, "": true,
	} {
		err := checkVersion(agent)
		if (err == nil) != fit {
			t.Errorf("%s: %v", agent, err)
		}
		if err != nil && (graph.CodeOf(err) != graph.INVALID || !strings.Contains(err.Error(), "install Neo4j 5.26")) {
			t.Errorf("%s: %v", agent, err)
		}
	}
}
