package graph

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
)

// keys are what one secret gives: the key of boxes, the codes of cursors and of
// inputs, and the cipher that turns revisions into ids that tell nothing.
type keys struct {
	box     cipher.AEAD
	cursors []byte
	inputs  []byte
	changes cipher.Block
}

func newKeys(secret []byte) (*keys, error) {
	if len(secret) != 32 {
		return nil, Errorf(INVALID, "the key has %d bytes; it needs 32", len(secret))
	}
	derive := func(purpose string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("weft " + purpose))
		return mac.Sum(nil)
	}
	block, err := aes.NewCipher(derive("boxes"))
	if err != nil {
		return nil, err
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	changes, err := aes.NewCipher(derive("changes"))
	if err != nil {
		return nil, err
	}
	return &keys{box, derive("cursors"), derive("inputs"), changes}, nil
}

// bind returns what an idempotency key is bound to. It is kept in the log for
// good, so it must not let anybody try guesses of an erased input.
func (k *keys) bind(input []byte) (sum [32]byte) {
	mac := hmac.New(sha256.New, k.inputs)
	mac.Write(input)
	mac.Sum(sum[:0])
	return sum
}

// sealBox hides b under AES-256-GCM; what names what it is for, and must be
// given again to open it.
func (k *keys) sealBox(random io.Reader, b []byte, what string) []byte {
	nonce := make([]byte, k.box.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		panic("graph: the random source failed: " + err.Error())
	}
	return k.box.Seal(nonce, nonce, b, []byte(what))
}

func (k *keys) openBox(b []byte, what string) ([]byte, error) {
	n := k.box.NonceSize()
	if len(b) < n {
		return nil, Errorf(INTERNAL, "a sealed record is damaged")
	}
	clear, err := k.box.Open(nil, b[:n], b[n:], []byte(what))
	if err != nil {
		return nil, Errorf(INVALID, "a sealed record does not open with this key: start with the key file this database was made with").Because(err)
	}
	return clear, nil
}

// boxedRow is a row inside its box.
type boxedRow struct {
	Class    Class           `json:"class"`
	Kind     string          `json:"kind"`
	From, To ID              `json:",omitempty"`
	Fields   json.RawMessage `json:"fields"`
}

func (k *keys) boxRow(random io.Reader, r Row) Row {
	b, err := json.Marshal(boxedRow{r.Class, r.Kind, r.From, r.To, r.Fields.Canonical()})
	if err != nil {
		panic("graph: a row cannot be boxed: " + err.Error())
	}
	return Row{Class: BOX, ID: r.ID, Box: k.sealBox(random, b, "row "+string(r.ID))}
}

func (k *keys) unboxRow(r Row) (Row, error) {
	b, err := k.openBox(r.Box, "row "+string(r.ID))
	if err != nil {
		return Row{}, err
	}
	var in boxedRow
	if err := json.Unmarshal(b, &in); err != nil {
		return Row{}, Errorf(INTERNAL, "a sealed record is damaged").Because(err)
	}
	f, err := ParseFields(in.Class, in.Kind, in.Fields)
	return Row{Class: in.Class, ID: r.ID, Kind: in.Kind, From: in.From, To: in.To, Fields: f}, err
}

const saltSize = 32

// sealOp hides an operation's payload together with its salt, without which
// the commitment beside the box cannot be tried against guesses.
func (k *keys) sealOp(random io.Reader, id ID, salt, clear []byte) []byte {
	return k.sealBox(random, append(bytes.Clone(salt), clear...), "op "+string(id))
}

// openChange makes the operations of a change read from a store readable and
// checks each against its commitment.
func (k *keys) openChange(c *Change) error {
	for i := range c.Ops {
		o := &c.Ops[i]
		if o.Erased {
			continue
		}
		clear := o.Payload
		if o.Sealed {
			both, err := k.openBox(o.Payload, "op "+string(o.ID))
			if err != nil {
				return err
			}
			if len(both) < saltSize {
				return Errorf(INTERNAL, "a sealed record is damaged")
			}
			o.Salt, clear = both[:saltSize], both[saltSize:]
		}
		if commit(o.Salt, clear) != o.Commitment {
			return Errorf(INTERNAL, "an entry of the log does not match its commitment: run `weft verify`")
		}
		if err := o.decode(clear); err != nil {
			return err
		}
	}
	return nil
}

// changeID names a revision by an id that tells nothing of its order.
func (k *keys) changeID(revision int64) ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[8:], uint64(revision))
	k.changes.Encrypt(b[:], b[:])
	return ID(idText.EncodeToString(b[:]))
}

// revisionOf returns the revision of a change's id, false for an id that names none.
func (k *keys) revisionOf(id ID) (int64, bool) {
	b, err := idText.DecodeString(string(id))
	if err != nil || len(b) != 16 || !id.Valid() {
		return 0, false
	}
	k.changes.Decrypt(b, b)
	revision := int64(binary.BigEndian.Uint64(b[8:]))
	return revision, binary.BigEndian.Uint64(b[:8]) == 0 && revision > 0
}
