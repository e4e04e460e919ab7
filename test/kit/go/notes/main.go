// Makes test/golden/notes.json: notes signed by Go's own package (golang.org/x/mod/sumdb/note) with keys of fixed seeds,
// and keys that it refuses. Run from this folder: GO111MODULE=off GOPATH=/usr/share/gocode go run main.go
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type Note struct {
	Vkey string `json:"vkey"`
	Text string `json:"text"`
	Sig  string `json:"sig"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	var all struct {
		Notes    []Note   `json:"notes"`
		BadVkeys []string `json:"badVkeys"`
	}
	texts := []string{"One line.\n", "log.example/kuager\n7\nSm9zZXBo\n", "Two\n\nparagraphs, қазақша\n"}
	for k, name := range []string{"log.example/kuager", "Witness", "құрылғы.example"} {
		skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{byte(k + 1)}, 64)), name)
		must(err)
		signer, err := note.NewSigner(skey)
		must(err)
		for _, text := range texts {
			signed, err := note.Sign(&note.Note{Text: text}, signer)
			must(err)
			all.Notes = append(all.Notes, Note{vkey, text, strings.TrimPrefix(string(signed), text+"\n")})
		}
		parts := strings.SplitN(vkey, "+", 3)
		for _, wrong := range []string{
			parts[0] + "+00000000+" + parts[2],
			parts[0] + "+" + parts[1] + "+B" + parts[2][1:],
			parts[0] + "+" + parts[1] + "+" + parts[2] + "AAAA",
			parts[0] + "x+" + parts[1] + "+" + parts[2],
		} {
			if _, err := note.NewVerifier(wrong); err == nil {
				must(fmt.Errorf("Go takes %s", wrong))
			}
			all.BadVkeys = append(all.BadVkeys, wrong)
		}
	}
	out, err := json.MarshalIndent(all, "", "  ")
	must(err)
	fmt.Println(string(out))
}
