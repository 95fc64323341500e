package graph

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"
)

// Verb names what an operation did.
type Verb string

// The verbs of the log.
const (
	ADD     Verb = "ADD"
	CHANGE  Verb = "CHANGE"
	REMOVE  Verb = "REMOVE"
	CONFIRM Verb = "CONFIRM"
	DISPUTE Verb = "DISPUTE"
	END     Verb = "END"
	NOTE    Verb = "RECORD" // a dated contact, reading or measurement
	MERGE   Verb = "MERGE"
	UNDO    Verb = "UNDO"
	ERASE   Verb = "ERASE"
)

// Head is the end of the log: the newest revision and its hash. The log of a
// new database has the zero Head.
type Head struct {
	Revision int64
	Hash     [32]byte
}

// Change is one entry of the log: a header, hash-chained to the one before,
// and the operations of one transaction. Revision orders the log; it is never
// shown to clients, who know a change by its random ID.
type Change struct {
	Revision  int64
	ID        ID
	At        time.Time // UTC, whole milliseconds
	Author    ID        // account
	Key       string    // idempotency key, unique per author; never ""
	InputHash [32]byte  // what the key is bound to
	Prev      [32]byte  // hash of the header before
	Hash      [32]byte  // of this header, see Sum
	Ops       []Op
	Rewrites  []Rewrite // entries of the log to erase or seal in the same transaction; not part of the entry
}

// Op is one operation on one row. For a row added, Before is nil and After holds
// all its fields; for a row removed the other way round. For a row changed both
// hold the fields that differ (nil where a field was or is absent) and, always,
// those that say who could see it. They make up the payload, which with its salt
// is erased when a person is; the commitment stays, so the chain still verifies.
type Op struct {
	Index      int // its place in the change
	Verb       Verb
	Class      Class
	ID         ID
	Kind       string
	From, To   ID
	Before     Fields
	After      Fields
	Sealed     bool     // the payload is kept as a box
	Erased     bool     // payload and salt are gone
	Salt       []byte   // 32 random bytes; nil while it is in the box or erased
	Commitment [32]byte // HMAC-SHA256 of the payload under the salt
	Payload    []byte   // what the store keeps: Encode's JSON, or a box of it
	Row        *Row     // what the store writes: the row after, or nil to delete the row with this ID
	boxed      bool     // the row is to be written as a box
}

// LastRows returns what a store is to keep of every row that the operations of
// one change name: the row as the last of them left it, nil when it is removed.
func LastRows(ops []Op) map[ID]*Row {
	last := make(map[ID]*Row, len(ops))
	for i := range ops {
		if row := ops[i].Row; row != nil {
			last[row.ID] = row
		} else {
			last[ops[i].ID] = nil
		}
	}
	return last
}

// Rewrite replaces the payload of an operation that is in the log already:
// with nothing (erased) or with a box (sealed). The salt goes either way.
type Rewrite struct {
	Revision int64
	Index    int
	Payload  []byte // nil: erase
}

// payload is the JSON that is committed to and kept in the log.
type payload struct {
	Verb   Verb   `json:"verb"`
	Class  Class  `json:"class"`
	ID     ID     `json:"id"`
	Kind   string `json:"kind"`
	From   ID     `json:"from,omitempty"`
	To     ID     `json:"to,omitempty"`
	Before Fields `json:"before,omitempty"`
	After  Fields `json:"after,omitempty"`
}

// encode returns the payload that is committed to.
func (o *Op) encode() []byte {
	b, err := json.Marshal(payload{o.Verb, o.Class, o.ID, o.Kind, o.From, o.To, o.Before, o.After})
	if err != nil {
		panic("graph: an operation cannot be written: " + err.Error())
	}
	return b
}

// decode fills o from a payload in clear.
func (o *Op) decode(clear []byte) error {
	var p struct {
		payload
		Before json.RawMessage `json:"before"`
		After  json.RawMessage `json:"after"`
	}
	if err := json.Unmarshal(clear, &p); err != nil {
		return Errorf(INTERNAL, "an entry of the log cannot be read").Because(err)
	}
	o.Verb, o.Class, o.ID, o.Kind, o.From, o.To = p.Verb, p.Class, p.ID, p.Kind, p.From, p.To
	for _, side := range []struct {
		raw json.RawMessage
		to  *Fields
	}{{p.Before, &o.Before}, {p.After, &o.After}} {
		if side.raw == nil {
			*side.to = nil
			continue
		}
		f, err := ParseFields(o.Class, o.Kind, side.raw)
		if err != nil {
			return err
		}
		*side.to = f
	}
	return nil
}

func commit(salt, clear []byte) (sum [32]byte) {
	mac := hmac.New(sha256.New, salt)
	mac.Write(clear)
	mac.Sum(sum[:0])
	return sum
}

// Sum returns the hash of the header: every field of it, the hash before and
// one commitment an operation. It does not depend on payloads, so erasing one
// leaves the chain whole.
func (c *Change) Sum() [32]byte {
	var b bytes.Buffer
	text := func(s string) {
		b.Write(binary.AppendUvarint(nil, uint64(len(s))))
		b.WriteString(s)
	}
	b.WriteString("weft change 1\n")
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(c.Revision)))
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(c.At.UnixMilli())))
	text(string(c.ID))
	text(string(c.Author))
	text(c.Key)
	b.Write(c.InputHash[:])
	b.Write(c.Prev[:])
	b.Write(binary.AppendUvarint(nil, uint64(len(c.Ops))))
	for i := range c.Ops {
		b.Write(c.Ops[i].Commitment[:])
	}
	return sha256.Sum256(b.Bytes())
}
