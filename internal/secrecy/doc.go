// Package secrecy holds the proof that Weft does not interfere: what a viewer
// is told is a function of what the viewer may see. It has tests only.
//
// TestWorlds makes random worlds: the edits of a network with things of every
// kind and visibility, introductions and dismissals of others among them, and
// one viewer. It carries them out as they are, and again with everything left
// out that the viewer may not see, or with all that replaced by other hidden
// things. The servers are asked the same: every root field, nested, paged,
// filtered, with mistakes, about hidden and invented ids; live events, read at
// once and late; and the viewer's own writes. What analyses keep is first made
// by one who sees more. Status, headers and bytes must be equal, less the date
// and the request id. Who may see what is decided by an oracle of a few lines
// that shares no code with package graph.
//
// Against the world with other hidden things not a byte is forgiven. Where
// hidden edits are left out the log is shorter, so that the ids of changes,
// which are revisions in cipher, are others; there they are compared by which
// change they name.
//
// One thing is not held to be a leak: what a node or link went through while it
// was hidden counts in its version once it is opened, and in its date.
//
// TestStores does the same on Neo4j, where a world costs ten times as much. All
// answers are computed by the same code from rows in memory, so what can differ
// between stores is which rows there are after an edit, what the log tells, and
// what an edit is answered. Of each world one variant is kept in Neo4j and the
// other in SQLite, in turn which; their edits are carried out some at a time, as
// an import does, and both must answer with the same bytes. Two thirds of the
// worlds ask all that reads the log, the others make the edits, a quarter watch
// live events; of what only looks at the network in memory each world asks a
// random sixth, so that every template is asked of many worlds.
//
// TestHalves compares what those are told who are part of an introduction.
//
// TestFaultsAreCaught breaks a copy of the packages, one leak at a time, and
// wants the comparison to find each.
package secrecy
