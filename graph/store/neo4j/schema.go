package neo4j

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"weft/graph"
)

// schema is the version of the form in which this package keeps a network.
// Head names the version that the database has.
const schema = 1

// schemaStatements returns what makes each constraint and index, by its name.
// A constraint makes an id or place unique and is the index by which it is
// found. All of them exist in the community edition.
func schemaStatements() map[string]string {
	all := map[string]string{}
	add := func(name, kind, what string) {
		all[name] = fmt.Sprintf("CREATE %s %s IF NOT EXISTS FOR %s", kind, name, what)
	}
	unique := func(name, label, properties string) {
		add("weft_"+name, "CONSTRAINT", fmt.Sprintf("(n:%s) REQUIRE (%s) IS UNIQUE", label, properties))
	}
	unique("head_name", "Head", "n.name")
	unique("node_id", "Node", "n.id")
	unique("record_id", "Record", "n.id")
	unique("sealed_id", "Sealed", "n.id")
	unique("change_revision", "Change", "n.revision")
	unique("change_id", "Change", "n.id")
	unique("change_key", "Change", "n.author, n.key")
	unique("op_place", "Op", "n.revision, n.index")
	add("weft_op_row", "INDEX", "(n:Op) ON (n.row, n.revision)")
	// For people who search in Browser; Weft itself uses neither. That of
	// words may lag behind and costs a commit nothing. That of whole names
	// is of type TEXT, which takes values of any length that a field has.
	add("weft_name", "TEXT INDEX", "(n:Node) ON (n.name)")
	add("weft_names", "FULLTEXT INDEX", "(n:Node) ON EACH [n.name, n.otherNames, n.translationNames] "+
		"OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words', `fulltext.eventually_consistent`: true}}")
	for _, info := range graph.LinkKinds() {
		add("weft_"+strings.ToLower(string(info.Kind))+"_id", "CONSTRAINT", fmt.Sprintf("()-[r:%s]-() REQUIRE (r.id) IS UNIQUE", info.Kind))
	}
	return all
}

// prepare checks that the server and the database are fit, and makes the
// constraints, indexes and the head where they are missing. Patience is how
// long the server may take to say who it is.
func (s *store) prepare(ctx context.Context, patience time.Duration) error {
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	info, err := s.driver.GetServerInfo(asking)
	if asking.Err() != nil && ctx.Err() == nil {
		return errSilent
	}
	var disagreement *neo4j.UsageError // a web server answers, or a Neo4j that is too old to agree on a protocol
	if errors.As(err, &disagreement) {
		return graph.Errorf(graph.INVALID, "what answers at %s is no Neo4j server of version 5.26 or newer: name its Bolt port, 7687 unless somebody changed it", s.server).Because(err)
	}
	if err != nil {
		return err
	}
	if err := checkVersion(info.Agent()); err != nil {
		return err
	}
	session := s.session(ctx)
	defer session.Close(ctx)
	write := func(work func(tx transaction) error) error {
		_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) { return nil, work(tx) })
		return err
	}
	if err := write(func(tx transaction) error { return s.checkContent(ctx, tx) }); err != nil {
		return err
	}
	// Making what is there already would cost the server all its plans.
	missing := schemaStatements()
	err = write(func(tx transaction) error {
		records, err := query(ctx, tx, "SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name", nil)
		for _, r := range records {
			name, _ := r.Values[0].(string)
			delete(missing, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		err := write(func(tx transaction) error {
			for _, name := range slices.Sorted(maps.Keys(missing)) {
				if _, err := query(ctx, tx, missing[name], nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := write(func(tx transaction) error { _, err := query(ctx, tx, "CALL db.awaitIndexes(600)", nil); return err }); err != nil {
			return err
		}
	}
	return write(func(tx transaction) error {
		_, err := query(ctx, tx, "MERGE (h:Head {name: 'weft'}) ON CREATE SET h.revision = 0, h.hash = '', h.schema = $schema", map[string]any{"schema": schema})
		return err
	})
}

// checkVersion refuses servers that lack what Weft needs: unique ids of
// relationships came with 5.7. Agents are "Neo4j/5.26.12", "Neo4j/2025.06.0".
func checkVersion(agent string) error {
	_, version, _ := strings.Cut(agent, "/")
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return nil // another server that speaks the protocol: what it lacks shows in what follows
	}
	minor, _ := strconv.Atoi(second)
	if major < 5 || major == 5 && minor < 7 {
		return graph.Errorf(graph.INVALID, "the Neo4j server is version %.20s, which is too old: install Neo4j 5.26 or newer", version)
	}
	return nil
}

// checkContent refuses a database of a newer Weft and one that holds something
// else. Nodes are counted before the head is sought, so that one that another
// process makes meanwhile is no surprise.
func (s *store) checkContent(ctx context.Context, tx transaction) error {
	records, err := query(ctx, tx, "MATCH (n) WITH count(n) AS nodes OPTIONAL MATCH (h:Head {name: 'weft'}) RETURN nodes, h.schema", nil)
	if err != nil {
		return err
	}
	nodes, _ := records[0].Values[0].(int64)
	switch version := records[0].Values[1].(type) {
	case int64:
		if version > schema {
			return graph.Errorf(graph.INVALID, "the database was written by a newer Weft (schema %d, this one knows %d): install that version, or name another database", version, schema)
		}
	default:
		if nodes > 0 {
			return graph.Errorf(graph.INVALID, "the database at %s holds %d nodes of another application: name an empty database, or a server of its own for Weft", s.server, nodes)
		}
	}
	return nil
}
