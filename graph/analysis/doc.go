// Package analysis answers the two questions Weft exists for: how are we
// linked, and where are the gaps?
//
// Every answer is a pure function of a [graph.View]: [NewIndex] reads a view
// once into compact arrays, and everything else takes that [Index]. What the
// viewer may not see was left out before the first sum, so no score, rank or
// count can tell of it, and equal views give equal bytes on every machine and
// store: nodes and links are numbered in order of id, products are rounded
// before they are added (float64(x*y), because some processors would fuse
// them), scores are rounded to 1e-9 before they are ranked, ties are broken by
// id, samples come from a hash of the question and the id, and budgets count
// visible work, never time.
//
// A suggestion is additive evidence: its score is the sum of the amounts of its
// [Reason]s, each of which names the nodes and links it rests on and can be said
// as a sentence ([English]) or in any other language from its key and arguments.
package analysis
