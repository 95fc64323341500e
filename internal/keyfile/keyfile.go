// Package keyfile keeps the one secret of a database in a file of its own,
// apart from the database, so that whoever gets hold of the database alone
// cannot read what is sealed.
package keyfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"weft/graph"
)

// Read returns the key in a file, making the file (0600) when there is none;
// fresh says that it was made now. A file that others may read, or that holds
// no key, is refused with the remedy.
func Read(file string) (key []byte, fresh bool, err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		key = make([]byte, 32)
		rand.Read(key)
		_, err = f.WriteString("weft key 1 " + hex.EncodeToString(key) + "\n")
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			os.Remove(file)
			return nil, false, graph.Errorf(graph.UNAVAILABLE, "the key file %s cannot be written: free some space there, or name another with --key-file", file).Because(err)
		}
		return key, true, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, false, graph.Errorf(graph.UNAVAILABLE, "the key file %s cannot be made: name one in a folder you may write to with --key-file", file).Because(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, false, graph.Errorf(graph.UNAVAILABLE, "the key file %s cannot be read", file).Because(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, false, graph.Errorf(graph.INVALID, "others on this machine may read the key file %s: run chmod 600 on it, and think about who has", file)
	}
	b, err := os.ReadFile(file)
	for tries := 0; err == nil && len(b) == 0 && tries < 50; tries++ { // another start may be making it just now
		time.Sleep(20 * time.Millisecond)
		b, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, false, graph.Errorf(graph.UNAVAILABLE, "the key file %s cannot be read", file).Because(err)
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "weft key 1 ")
	key, err = hex.DecodeString(text)
	if !ok || err != nil || len(key) != 32 {
		return nil, false, graph.Errorf(graph.INVALID, "%s is not a key file of Weft: name the right one with --key-file", file)
	}
	return key, false, nil
}
