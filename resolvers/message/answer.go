package message

import "weft/graph"

// Viewer is who asks, and what they may do.
type Viewer struct {
	Persona      string   // as the header that chose it says
	May          []string // names of mutations
	Level        graph.Level
	Organization *graph.Organization // its own, nil when it has none
	Coalitions   []*graph.Coalition
	PageCap      int
	Network      *Network
}

// Network is the network as its operator names it and as a view shows it.
type Network struct {
	Name string
	Demo bool
	View *graph.View
}

// Today is the day that answers are about.
func (n *Network) Today() graph.Date { return n.View.Today() }

// Counts are the numbers of what is visible.
func (n *Network) Counts() *Counts {
	c := n.View.Counts()
	out := &Counts{Nodes: c.Nodes, Links: c.Links}
	for _, info := range graph.NodeKinds() {
		out.Kinds = append(out.Kinds, KindCount{info.Kind, c.ByKind[info.Kind]})
	}
	return out
}

// Counts are the numbers of nodes, of each kind and in all, and of links.
type Counts struct {
	Nodes, Links int
	Kinds        []KindCount
}

// KindCount is the number of nodes of a kind.
type KindCount struct {
	Kind  graph.NodeKind
	Count int
}

// Catalogue is the catalogue of package graph as one answer.
type Catalogue struct{}

// NodeKinds are the kinds of node, in the order to show them.
func (Catalogue) NodeKinds() []*graph.NodeInfo { return graph.NodeKinds() }

// LinkKinds are the kinds of link, in the order to show them.
func (Catalogue) LinkKinds() []*graph.LinkInfo { return graph.LinkKinds() }

// Vocabularies are the closed lists of values.
func (Catalogue) Vocabularies() []graph.Vocabulary { return graph.Vocabularies() }

// EditPayload is what an edit did.
type EditPayload struct {
	Change           graph.ID // "" when there was nothing to change
	Node             graph.Node
	Link             *graph.Link
	Introduction     *Introduction
	RemovedLinks     []graph.ID
	Warnings         []graph.Warning
	ClientMutationID *string
}
