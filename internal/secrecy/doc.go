// Package secrecy holds the proof that Weft does not interfere: what a viewer
// is told is a function of what the viewer may see. It has tests only.
//
// A test makes a random world: the edits of a network with things of every kind
// and visibility, and one viewer. It carries them out as they are, and again
// with everything left out that the viewer may not see, or with all that
// replaced by other hidden things. The servers are asked the same: every root
// field, nested, paged, filtered, with mistakes, about hidden and invented ids;
// live events; and the viewer's own writes. Status, headers and bytes must be
// equal, less the date and the request id. Who may see what is decided by an
// oracle of a few lines that shares no code with package graph.
//
// Against the world with other hidden things not a byte is forgiven. Where
// hidden edits are left out the log is shorter, so that the ids of changes,
// which are revisions in cipher, are others; there they are compared by which
// change they name.
//
// One thing is not held to be a leak: what a node or link went through while it
// was hidden counts in its version once it is opened, and in its date.
//
// Another test breaks a copy of package graph, one leak at a time, and wants
// the comparison to find each.
package secrecy
