// Checks a cosignature of a witness (https://c2sp.org/tlog-cosignature) under a note with Go's own package for notes,
// which knows no such key: it is given one here. Arguments: verifier key of the witness, file of the note.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(message, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, message)
	return ed25519.Verify(w.key, []byte(signed), signature[8:])
}

func fail(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	parts := strings.SplitN(os.Args[1], "+", 3)
	var hash uint32
	_, err := fmt.Sscanf(parts[1], "%08x", &hash)
	fail(err)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	fail(err)
	text, err := os.ReadFile(os.Args[2])
	fail(err)
	opened, err := note.Open(text, note.VerifierList(witness{parts[0], hash, ed25519.PublicKey(key[1:])}))
	fail(err)
	fmt.Println("cosigned by", len(opened.Sigs))
}
