// Package demo holds the fictional network that Weft shows before it holds any
// of your own: groups, people and campaigns of Zaruna, a region that does not
// exist, on an imagined inland sea.
//
// Everything in it is fictional. No organization, person, State, place, ruling
// or event is meant to be, or to resemble, a real one; its coordinates lie in
// an empty part of an ocean, its web and mail addresses under .example, its
// telephone numbers under a country code that is given to nobody. Whoever
// shows it marks it as fictional.
//
// It is written as the Weft CSV pair and comes in through the importer like any
// other file, under the scheme [Scheme]. Its story runs from November 2022 to
// November 2026, and it holds, on purpose, every kind of gap that Weft looks
// for; README.md beside it says which nodes show which.
package demo

import "embed"

// Scheme is the scheme of identifiers under which the pair is imported, so that
// importing it again updates the network and never doubles it.
const Scheme = "demo"

// Today is the day on which the network is told, in ISO form. Questions asked
// as of that day have the answers that README.md lists.
const Today = "2026-11-24"

// Mark is the identifier of a node that is in the demo network and no other.
const Mark = Scheme + ":org-lantern-legal"

// Files holds the pair, nodes.csv and links.csv: one row a node or link, sorted
// by kind.
//
//go:embed nodes.csv links.csv
var Files embed.FS
