package resolvers

import (
	"errors"
	"strings"

	"weft/graph"
	"weft/resolvers/message"
)

// blame returns err with the field to blame named as the input of the mutation
// has it: package graph speaks of its own fields, and of what an edit is about
// as id.
func blame(in keyed, err error) error {
	var e *graph.Error
	if !errors.As(err, &e) || e.Field == "" {
		return err
	}
	named := *e
	named.Field = inInput(in, e.Field)
	return &named
}

// inInput returns the place in an input of a field of package graph.
func inInput(in keyed, field string) string {
	subject, entry := "id", "" // the argument for what it is about, and that for an entry to be recorded
	switch in.(type) {
	case message.RecordContactInput:
		subject, entry = "link", "contact"
	case message.RecordReadingInput:
		subject, entry = "link", "reading"
	case message.RecordMeasurementInput:
		subject, entry = "campaign", "measurement"
	case message.UndoInput:
		subject = "change"
	case message.WithdrawConsentInput:
		subject = "story"
	}
	switch {
	case field == "id":
		return subject
	case entry == "":
		return pathOf(field)
	case field == "expectedVersion" || field == "clientMutationId":
		return field
	case field == "sources":
		return entry + ".source"
	case field == "measurements": // one of an indicator that there is not
		return entry + ".indicator"
	}
	_, part, nested := strings.Cut(pathOf(field), ".")
	if !nested {
		part = field
	}
	return entry + "." + part
}

// pathOf returns the place in the API of a field of the catalogue: the name, or
// that of the list or object it is in, and its own there.
func pathOf(field string) string {
	for _, info := range graph.NodeKinds() {
		if f := info.Field(field); f != nil {
			return f.Path
		}
	}
	for _, info := range graph.LinkKinds() {
		if f := info.Field(field); f != nil {
			return f.Path
		}
	}
	return field
}
