// Package exchange brings networks in from files and takes them out again.
//
// Bringing in has three steps. [Read] turns files (the Weft CSV pair, or any
// CSV through a [Mapping]) into a [Batch] and finds what is wrong with each
// row. [DryRun] plays the batch through the verbs of an edit and gives a
// [Report] of what would become of every row, without keeping anything.
// [Apply] does the same and keeps it, as one transaction, unless a single row
// is wrong. Undoing the one change that Apply made undoes the import.
//
// # How rows are recognised again
//
// A file names its rows by ids of its own, which mean something only beside
// the scheme that the import is given ("scheme:id").
//
//   - A node keeps its file id as an identifier, and is found again by it,
//     also after it was renamed in Weft or merged into another.
//   - A link has no identifiers. Its Weft id is derived from its file id, or,
//     when the file gives none, from its content and its ordinal among equal
//     rows. Nodes get derived ids too, so that a row its importer may not see
//     afterwards (a story without consent, a sealed record) is not added twice.
//   - Derived ids are made with HMAC under a random secret of the scheme, kept
//     as a record that coordinators see. Without the secret, who knows the file
//     cannot tell from an id what it stands for, or that it is there.
//   - An id that has the form of a Weft id is one: exports carry them, so an
//     export brought into another database keeps its ids.
//   - A link that got a new id in Weft, as in a merge, is found by its content
//     between the same two nodes.
//
// So the same files imported twice change nothing the second time, and a
// changed row changes its node or link. An empty cell says "not known" and
// leaves what Weft has; a row that is gone from the file removes nothing.
//
// Taking out is [WriteCSV], what a viewer may see on the EXPORT surface, and
// [WriteArchive], everything, for whoever runs the server.
package exchange
