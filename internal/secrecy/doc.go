// Package secrecy holds the proof that hidden and absent look alike. Its tests
// make random worlds twice, once whole and once without anything that some
// viewer may not see, and want every answer to that viewer, over the real HTTP
// handler, to be the same to the byte: reads, errors, and the viewer's own
// writes. Other tests break the code on purpose and want the proof to fail.
package secrecy
