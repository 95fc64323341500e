package resolvers

import (
	"context"
	"encoding/json"

	"weft/graph"
	"weft/resolvers/message"
)

// keyed is what every input of a mutation has.
type keyed interface{ Key() string }

// edit runs one mutation through the write door and answers it. subject is the
// id of what it is about, "" when the edit itself makes that up. do may run
// more than once; each time it says all that it has to say in the payload.
func (m mutation) edit(ctx context.Context, name string, in keyed, subject graph.ID, do func(*graph.Tx, *message.EditPayload) error) (*message.EditPayload, error) {
	by, out := personaOf(ctx).viewer, &message.EditPayload{}
	change, err := m.directory.Edit(ctx, by, request(name, in), func(tx *graph.Tx) error { return do(tx, out) })
	if err != nil {
		return nil, blame(in, err)
	}
	v, err := m.directory.View(by, graph.SCREEN)
	if err != nil {
		return nil, err
	}
	if change != nil {
		out.Change = change.ID
		for i := 0; subject == "" && i < len(change.Ops); i++ { // the first that the author sees
			if id := change.Ops[i].ID; v.Node(id) != nil || v.Link(id) != nil || v.Introduction(id) != nil {
				subject = id
			}
		}
	}
	out.Node, out.Link = v.Node(subject), v.Link(subject)
	out.Introduction = message.NewIntroduction(v, v.Introduction(subject))
	if key := in.Key(); key != "" {
		out.ClientMutationID = &key
	}
	return out, nil
}

// request binds a client's key to what it was sent with. Without a key nothing
// is bound: the log then keeps no trace of the input beside the change itself.
func request(name string, in keyed) graph.Request {
	if in.Key() == "" {
		return graph.Request{}
	}
	input, err := json.Marshal([]any{name, in})
	if err != nil {
		panic("resolvers: an input has no JSON form: " + err.Error())
	}
	return graph.Request{Key: in.Key(), Input: input}
}

// AddNode adds a node.
func (m mutation) AddNode(ctx context.Context, in message.AddNodeInput) (*message.EditPayload, error) {
	return m.edit(ctx, "addNode", in, "", func(tx *graph.Tx, _ *message.EditPayload) error {
		f, err := nodeFields(in.Kind, in.Fields)
		if err == nil {
			_, err = tx.Add(in.Kind, f)
		}
		return err
	})
}

// ChangeNode changes fields of a node.
func (m mutation) ChangeNode(ctx context.Context, in message.ChangeNodeInput) (*message.EditPayload, error) {
	return m.edit(ctx, "changeNode", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) (err error) {
		var f graph.Fields
		if n := tx.Node(in.ID); n != nil { // otherwise Change says so
			f, err = nodeFields(n.Core().Kind, in.Fields)
		}
		if err == nil {
			err = tx.Change(in.ID, &in.ExpectedVersion, f)
		}
		return err
	})
}

// RemoveNode removes a node with its links.
func (m mutation) RemoveNode(ctx context.Context, in message.RemoveNodeInput) (*message.EditPayload, error) {
	return m.edit(ctx, "removeNode", in, in.ID, func(tx *graph.Tx, p *message.EditPayload) (err error) {
		if tx.Link(in.ID) != nil {
			return graph.Errorf(graph.INVALID, "this is a link: use removeLink").At("id")
		}
		p.RemovedLinks, err = tx.Remove(in.ID, &in.ExpectedVersion)
		return err
	})
}

// Connect links two nodes.
func (m mutation) Connect(ctx context.Context, in message.ConnectInput) (*message.EditPayload, error) {
	return m.edit(ctx, "connect", in, "", func(tx *graph.Tx, p *message.EditPayload) error {
		f, err := linkFields(in.Kind, in.Fields)
		if err == nil {
			_, p.Warnings, err = tx.Connect(in.Kind, in.From, in.To, f)
		}
		return err
	})
}

// ChangeLink changes fields of a link.
func (m mutation) ChangeLink(ctx context.Context, in message.ChangeLinkInput) (*message.EditPayload, error) {
	return m.edit(ctx, "changeLink", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) (err error) {
		var f graph.Fields
		if l := tx.Link(in.ID); l != nil { // otherwise ChangeLink says so
			f, err = linkFields(l.Kind, in.Fields)
		}
		if err == nil {
			err = tx.ChangeLink(in.ID, &in.ExpectedVersion, f)
		}
		return err
	})
}

// RemoveLink removes a link.
func (m mutation) RemoveLink(ctx context.Context, in message.RemoveLinkInput) (*message.EditPayload, error) {
	return m.edit(ctx, "removeLink", in, in.ID, func(tx *graph.Tx, p *message.EditPayload) (err error) {
		if tx.Node(in.ID) != nil {
			return graph.Errorf(graph.INVALID, "this is a node: use removeNode").At("id")
		}
		p.RemovedLinks, err = tx.Remove(in.ID, &in.ExpectedVersion)
		return err
	})
}

// Confirm says that a node or link is right.
func (m mutation) Confirm(ctx context.Context, in message.ConfirmInput) (*message.EditPayload, error) {
	return m.edit(ctx, "confirm", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Confirm(in.ID) })
}

// Dispute says that a link is not so.
func (m mutation) Dispute(ctx context.Context, in message.DisputeInput) (*message.EditPayload, error) {
	return m.edit(ctx, "dispute", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Dispute(in.ID, in.Note) })
}

// End says when a link ended.
func (m mutation) End(ctx context.Context, in message.EndInput) (*message.EditPayload, error) {
	return m.edit(ctx, "end", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.End(in.ID, in.ExpectedVersion, in.Until)
	})
}

// RecordContact adds a contact to a dialogue.
func (m mutation) RecordContact(ctx context.Context, in message.RecordContactInput) (*message.EditPayload, error) {
	return m.edit(ctx, "recordContact", in, in.Link, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.RecordContact(in.Link, in.Contact)
	})
}

// RecordReading adds a reading of a target.
func (m mutation) RecordReading(ctx context.Context, in message.RecordReadingInput) (*message.EditPayload, error) {
	return m.edit(ctx, "recordReading", in, in.Link, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.RecordReading(in.Link, in.Reading)
	})
}

// RecordMeasurement adds a reading of an indicator.
func (m mutation) RecordMeasurement(ctx context.Context, in message.RecordMeasurementInput) (*message.EditPayload, error) {
	return m.edit(ctx, "recordMeasurement", in, in.Campaign, func(tx *graph.Tx, _ *message.EditPayload) error {
		return tx.RecordMeasurement(in.Campaign, in.Measurement)
	})
}

// Merge makes one node of two.
func (m mutation) Merge(ctx context.Context, in message.MergeInput) (*message.EditPayload, error) {
	return m.edit(ctx, "merge", in, in.Into, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Merge(in.Into, in.From) })
}

// Undo reverses a change.
func (m mutation) Undo(ctx context.Context, in message.UndoInput) (*message.EditPayload, error) {
	return m.edit(ctx, "undo", in, "", func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Undo(ctx, in.Change) })
}

// Erase removes a node or link for good.
func (m mutation) Erase(ctx context.Context, in message.EraseInput) (*message.EditPayload, error) {
	return m.edit(ctx, "erase", in, in.ID, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Erase(in.ID) })
}

// WithdrawConsent records that a story's teller withdrew consent.
func (m mutation) WithdrawConsent(ctx context.Context, in message.WithdrawConsentInput) (*message.EditPayload, error) {
	return m.edit(ctx, "withdrawConsent", in, in.Story, func(tx *graph.Tx, _ *message.EditPayload) error { return tx.Withdraw(in.Story) })
}
