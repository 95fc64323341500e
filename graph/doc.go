// Package graph is the domain of Weft: organizations, individuals, issues and
// coalitions, the links between them, who may see what, and the verbs that
// change them.
//
// One idea carries it: the store keeps, the network answers.
//
//   - A [Store] durably keeps [Row]s (nodes, links, records) and the log of
//     [Change]s. It knows no rule of the domain.
//   - A [Network] is everything at one revision, immutable and in memory. A
//     change is applied to it as a small delta.
//   - A [View] is what one [Viewer] may see of a network on one [Surface], as
//     of a day. Every answer is a pure function of a View, so what was filtered
//     out before computing began cannot leak.
//   - A [Directory] joins them: it opens a store, hands out views, and is the
//     one door through which edits go, as verbs of a [Tx].
//
// The catalogue of kinds, fields and vocabularies ([Catalogue]) is one table
// read by validation, stores, importers, forms and documentation.
package graph
