package graph

import (
	"crypto/rand"
	"encoding/base32"
	"io"
)

// ID names a node, link, record, change or account. It is random: it carries
// neither order nor time, so that ids cannot be counted or compared.
type ID string

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID draws a fresh ID of 26 characters (130 bits, 128 of them random) from
// the system's random source.
func NewID() ID { return drawID(rand.Reader) }

func drawID(random io.Reader) ID {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("graph: the random source failed: " + err.Error())
	}
	return ID(idText.EncodeToString(b[:]))
}

// Valid reports whether id has the form that NewID gives.
func (id ID) Valid() bool {
	if len(id) != 26 {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z' || c == 'i' || c == 'l' || c == 'o' || c == 'u') {
			return false
		}
	}
	return true
}
