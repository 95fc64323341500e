// Package message holds what only the API has: the inputs of mutations, their
// one payload, the pages of lists, and answers that join several things. The
// domain itself is answered as it is in package graph.
package message

import "weft/graph"

// Fields are the fields to set as the API sends them: nested as in the schema,
// absent where they stay as they are, nil where they are cleared.
type Fields = map[string]any

// Keyed is a part of every input: the client's own key for the edit.
type Keyed struct{ ClientMutationID *string }

// Key returns the client's key for the edit, "" if it gave none.
func (k Keyed) Key() string {
	if k.ClientMutationID == nil {
		return ""
	}
	return *k.ClientMutationID
}

// AddNodeInput says which node to add.
type AddNodeInput struct {
	Keyed
	Kind   graph.NodeKind
	Fields Fields
}

// ChangeNodeInput says which fields of a node to change.
type ChangeNodeInput struct {
	Keyed
	ID              graph.ID
	ExpectedVersion int
	Fields          Fields
}

// RemoveNodeInput says which node to remove.
type RemoveNodeInput struct {
	Keyed
	ID              graph.ID
	ExpectedVersion int
}

// ConnectInput says which nodes to link, and how.
type ConnectInput struct {
	Keyed
	Kind     graph.LinkKind
	From, To graph.ID
	Fields   Fields
}

// ChangeLinkInput says which fields of a link to change.
type ChangeLinkInput struct {
	Keyed
	ID              graph.ID
	ExpectedVersion int
	Fields          Fields
}

// RemoveLinkInput says which link to remove.
type RemoveLinkInput struct {
	Keyed
	ID              graph.ID
	ExpectedVersion int
}

// ConfirmInput says which node or link is right.
type ConfirmInput struct {
	Keyed
	ID graph.ID
}

// DisputeInput says which link is not so, and why.
type DisputeInput struct {
	Keyed
	ID   graph.ID
	Note string // "" leaves the note of the link as it is
}

// EndInput says when a link ended.
type EndInput struct {
	Keyed
	ID              graph.ID
	ExpectedVersion *int // nil: whatever the version
	Until           graph.Date
}

// RecordContactInput says which contact a dialogue had.
type RecordContactInput struct {
	Keyed
	Link    graph.ID
	Contact graph.Contact
}

// RecordReadingInput says how a target stood.
type RecordReadingInput struct {
	Keyed
	Link    graph.ID
	Reading graph.Reading
}

// RecordMeasurementInput says what an indicator read.
type RecordMeasurementInput struct {
	Keyed
	Campaign    graph.ID
	Measurement graph.Measurement
}

// MergeInput says which two nodes are one.
type MergeInput struct {
	Keyed
	Into, From graph.ID
}

// UndoInput says which change to undo.
type UndoInput struct {
	Keyed
	Change graph.ID
}

// EraseInput says which node to erase for good.
type EraseInput struct {
	Keyed
	ID graph.ID
}

// WithdrawConsentInput says which story's consent was withdrawn.
type WithdrawConsentInput struct {
	Keyed
	Story graph.ID
}
