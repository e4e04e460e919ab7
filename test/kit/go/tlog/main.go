// Reads the served folder of a log with Go's own packages for notes and trees (golang.org/x/mod/sumdb) and says what
// does not hold. Arguments: folder, file of verifier keys, then sizes whose checkpoints stand in the folder beside it
// as SIZE.checkpoint. Every checkpoint is opened, its tiles are read by Go's own rules and lead to its root, some leaves
// of each are proven by Go from the tiles, and the proof files INDEX-SIZE.tlog-proof and consistency files
// OLD-NEW.consistency that were made by the log are checked.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Println(what+":", err)
		os.Exit(1)
	}
}

// A tile has the path tile/8/L/N in Go, whose height is free; in a log of C2SP it is tile/L/N.
func pathOf(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), "tile/8/")
	return "tile/" + path
}

type reader struct{ folder string }

func (r reader) Height() int { return 8 }
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		bytes, err := os.ReadFile(filepath.Join(r.folder, pathOf(t)))
		if os.IsNotExist(err) && t.W < 256 {
			full := t
			full.W = 256
			bytes, err = os.ReadFile(filepath.Join(r.folder, pathOf(full)))
			if err == nil {
				bytes = bytes[:32*t.W]
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}
func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func open(bytes []byte, verifiers note.Verifiers) (tlog.Tree, error) {
	n, err := note.Open(bytes, verifiers)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// The entry of a leaf from its bundle.
func entry(folder string, index, size int64) ([]byte, error) {
	t := tlog.Tile{H: 8, L: 0, N: index / 256, W: 256}
	name := strings.Replace(pathOf(t), "tile/0/", "tile/entries/", 1)
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	if os.IsNotExist(err) {
		t.W = int(size - t.N*256)
		name = strings.Replace(pathOf(t), "tile/0/", "tile/entries/", 1)
		bytes, err = os.ReadFile(filepath.Join(folder, name))
	}
	for i := t.N * 256; err == nil; i++ {
		length := int(binary.BigEndian.Uint16(bytes))
		if i == index {
			return bytes[2 : 2+length], nil
		}
		bytes = bytes[2+length:]
	}
	return nil, err
}

func hashes(text string) []tlog.Hash {
	var all []tlog.Hash
	for _, line := range strings.Fields(text) {
		bytes, err := base64.StdEncoding.DecodeString(line)
		must(err, "hash")
		var h tlog.Hash
		copy(h[:], bytes)
		all = append(all, h)
	}
	return all
}

func main() {
	folder := os.Args[1]
	lines, err := os.ReadFile(os.Args[2])
	must(err, "keys")
	var keys []note.Verifier
	for _, line := range strings.Fields(string(lines)) {
		v, err := note.NewVerifier(line)
		must(err, line)
		keys = append(keys, v)
	}
	verifiers := note.VerifierList(keys...)
	beside := filepath.Dir(os.Args[2])
	trees := map[int64]tlog.Tree{}
	newest := int64(0)
	for _, text := range os.Args[3:] {
		bytes, err := os.ReadFile(filepath.Join(beside, text+".checkpoint"))
		must(err, text)
		tree, err := open(bytes, verifiers)
		must(err, text)
		if strconv.FormatInt(tree.N, 10) != text {
			must(fmt.Errorf("is of %d leaves", tree.N), text)
		}
		trees[tree.N] = tree
		newest = max(newest, tree.N)
	}
	checked := map[string]int{}
	for size, tree := range trees {
		hr := tlog.TileHashReader(tree, reader{folder})
		root, err := tlog.TreeHash(size, hr)
		must(err, "root")
		if root != tree.Hash {
			must(fmt.Errorf("tiles lead to another root"), strconv.FormatInt(size, 10))
		}
		for _, index := range []int64{0, size / 3, size / 2, size - 1} {
			record, err := entry(folder, index, newest)
			must(err, "entry")
			proof, err := tlog.ProveRecord(size, index, hr)
			must(err, "prove")
			must(tlog.CheckRecord(proof, size, tree.Hash, index, tlog.RecordHash(record)), "record")
			checked["tiles"]++
		}
	}
	files, err := filepath.Glob(filepath.Join(beside, "*.tlog-proof"))
	must(err, "proofs")
	for _, file := range files {
		bytes, err := os.ReadFile(file)
		must(err, file)
		head, checkpoint, found := strings.Cut(string(bytes), "\n\n")
		first := strings.SplitN(head, "\n", 3)
		if !found || first[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(first[1], "index ") {
			must(fmt.Errorf("is no proof"), file)
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(first[1], "index "), 10, 64)
		must(err, file)
		tree, err := open([]byte(checkpoint), verifiers)
		must(err, file)
		path := ""
		if len(first) > 2 {
			path = first[2]
		}
		record, err := entry(folder, index, newest)
		must(err, file)
		must(tlog.CheckRecord(hashes(path), tree.N, tree.Hash, index, tlog.RecordHash(record)), file)
		checked["proofs"]++
	}
	files, err = filepath.Glob(filepath.Join(beside, "*.consistency"))
	must(err, "consistency")
	for _, file := range files {
		bytes, err := os.ReadFile(file)
		must(err, file)
		var older, newer int64
		_, err = fmt.Sscanf(filepath.Base(file), "%d-%d.consistency", &older, &newer)
		must(err, file)
		must(tlog.CheckTree(hashes(string(bytes)), newer, trees[newer].Hash, older, trees[older].Hash), file)
		checked["consistency"]++
	}
	fmt.Println(len(trees), checked["tiles"], checked["proofs"], checked["consistency"])
}
