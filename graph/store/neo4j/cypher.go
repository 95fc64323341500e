package neo4j

import (
	"fmt"
	"strings"

	"weft/graph"
)

// Labels and relationship types cannot be parameters of Cypher, so there is a
// statement for each kind, made once from the catalogue's constants. Nothing
// that comes from outside ever becomes part of a statement.

type nodeStatements struct{ create, update string }

type linkStatements struct{ create, update, remove, page, again string }

var (
	nodeText    = map[string]nodeStatements{}
	linkText    = map[string]linkStatements{}
	places      []string              // where a row can be, as seekText has them: the classes, then the kinds of link
	seekText    = map[string]string{} // which rows of given ids are at a place
	tiedText    string                // how many links of the catalogue hold the nodes of given ids
	unlabelText string
)

const (
	removeNodes   = "UNWIND $ids AS id MATCH (n:Node {id: id}) DETACH DELETE n"
	removeRecords = "UNWIND $ids AS id MATCH (n:Record {id: id}) DETACH DELETE n"
	removeBoxes   = "UNWIND $ids AS id MATCH (n:Sealed {id: id}) DETACH DELETE n"
	createRecords = "UNWIND $rows AS row CREATE (n:Record) SET n = row RETURN count(n)"
	updateRecords = "UNWIND $rows AS row MATCH (n:Record {id: row.id}) SET n = row RETURN count(n)"
	createBoxes   = "UNWIND $rows AS row CREATE (n:Sealed) SET n = row RETURN count(n)"
	updateBoxes   = "UNWIND $rows AS row MATCH (n:Sealed {id: row.id}) SET n = row RETURN count(n)"

	pageNodes   = "MATCH (n:Node) WHERE n.id > $after RETURN n.id, labels(n), properties(n) ORDER BY n.id LIMIT $limit"
	pageRecords = "MATCH (n:Record) WHERE n.id > $after RETURN n.id, n.recordKind, properties(n) ORDER BY n.id LIMIT $limit"
	pageBoxes   = "MATCH (n:Sealed) WHERE n.id > $after RETURN n.id, n.box ORDER BY n.id LIMIT $limit"

	nodesAgain   = "UNWIND $ids AS id MATCH (n:Node {id: id}) RETURN n.id, labels(n), properties(n)"
	recordsAgain = "UNWIND $ids AS id MATCH (n:Record {id: id}) RETURN n.id, n.recordKind, properties(n)"
	boxesAgain   = "UNWIND $ids AS id MATCH (n:Sealed {id: id}) RETURN n.id, n.box"

	// knownText gives those of the ids that the log names, touchedText those that it names after a revision.
	knownText   = "UNWIND $ids AS id WITH id WHERE EXISTS { MATCH (o:Op) WHERE o.row = id AND o.revision > 0 } RETURN id"
	touchedText = "MATCH (o:Op) WHERE o.revision > $after AND o.index >= 0 RETURN DISTINCT o.row"

	eraseOps  = "UNWIND $list AS r MATCH (o:Op {revision: r.revision, index: r.index}) SET o.erased = true REMOVE o.payload, o.salt RETURN count(o)"
	sealOps   = "UNWIND $list AS r MATCH (o:Op {revision: r.revision, index: r.index}) SET o.sealed = true, o.payload = r.payload REMOVE o.salt RETURN count(o)"
	createOps = "UNWIND $rows AS row CREATE (o:Op) SET o = row RETURN count(o)"

	// createChange creates nothing when the author has used the key.
	createChange = `OPTIONAL MATCH (old:Change {author: $change.author, key: $change.key})
		WITH old WHERE old IS NULL
		CREATE (c:Change) SET c = $change RETURN count(c)`
	moveHead = "MATCH (h:Head {name: 'weft'}) SET h.revision = $revision, h.hash = $hash REMOVE h.locked RETURN count(h)"
	readHead = "MATCH (h:Head {name: 'weft'}) RETURN h.revision, h.hash"
)

func init() {
	var labels, types []string
	place := func(name, text string) {
		places = append(places, name)
		seekText[name] = text
	}
	place(string(graph.NODE), "UNWIND $ids AS id MATCH (n:Node {id: id}) RETURN id, labels(n) AS labels, null AS start, null AS end")
	place(string(graph.RECORD), "UNWIND $ids AS id MATCH (n:Record {id: id}) RETURN id, null AS labels, null AS start, null AS end")
	place(string(graph.BOX), "UNWIND $ids AS id MATCH (n:Sealed {id: id}) RETURN id, null AS labels, null AS start, null AS end")
	for _, info := range graph.NodeKinds() {
		k := string(info.Kind)
		labels = append(labels, k)
		nodeText[k] = nodeStatements{
			create: fmt.Sprintf("UNWIND $rows AS row CREATE (n:Node:%s) SET n = row RETURN count(n)", k),
			update: fmt.Sprintf("UNWIND $rows AS row MATCH (n:Node {id: row.id}) SET n:%s, n = row RETURN count(n)", k),
		}
	}
	for _, info := range graph.LinkKinds() {
		k := string(info.Kind)
		types = append(types, k)
		linkText[k] = linkStatements{
			create: fmt.Sprintf("UNWIND $rows AS row MATCH (a:Node {id: row.from}) MATCH (b:Node {id: row.to}) CREATE (a)-[r:%s]->(b) SET r = row.fields RETURN count(r)", k),
			update: fmt.Sprintf("UNWIND $rows AS row MATCH ()-[r:%s {id: row.id}]->() SET r = row RETURN count(r)", k),
			remove: fmt.Sprintf("UNWIND $ids AS id MATCH ()-[r:%s {id: id}]->() DELETE r", k),
			page: fmt.Sprintf("MATCH (a)-[r:%[1]s]->(b) USING INDEX r:%[1]s(id) WHERE r.id > $after AND a:Node AND b:Node "+
				"RETURN r.id, a.id, b.id, properties(r) ORDER BY r.id LIMIT $limit", k),
			again: fmt.Sprintf("UNWIND $ids AS id MATCH (a)-[r:%s {id: id}]->(b) WHERE a:Node AND b:Node RETURN r.id, a.id, b.id, properties(r)", k),
		}
		place(k, fmt.Sprintf("UNWIND $ids AS id MATCH (a)-[r:%s {id: id}]->(b) RETURN id, null AS labels, a.id AS start, b.id AS end", k))
	}
	tiedText = fmt.Sprintf("UNWIND $ids AS id MATCH (n:Node {id: id})-[r:%s]-() WHERE r.id IS NOT NULL RETURN count(r)", strings.Join(types, "|"))
	unlabelText = "UNWIND $ids AS id MATCH (n:Node {id: id}) REMOVE n:" + strings.Join(labels, ":")
}
