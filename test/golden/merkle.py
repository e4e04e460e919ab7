#!/usr/bin/env python3
"""Makes merkle.json beside it: proofs of a Merkle tree by the recursive definitions of RFC 9162 §2.1, and wrong ones.

Run `python3 test/golden/merkle.py > test/golden/merkle.json` after a change.
"""
import base64
import hashlib
import json

SIZES = (1, 2, 3, 5, 8)


def sha(data):
    return hashlib.sha256(data).digest()


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def head(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = split(len(leaves))
    return sha(b"\1" + head(leaves[:k]) + head(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [head(leaves[k:])]
    return path(m - k, leaves[k:]) + [head(leaves[:k])]


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [head(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], whole) + [head(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [head(leaves[:k])]


def flip(value, bit=4):
    return bytes([value[0] ^ bit]) + value[1:]


def text(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else [base64.b64encode(one).decode() for one in value]


LEAVES = [f"leaf {k}".encode() for k in range(max(SIZES))]
inclusion, consistency = [], []


def included(desc, wrong, index, size, root, leaf, proof):
    inclusion.append(
        {"desc": desc, "wantErr": wrong, "leafIdx": index, "treeSize": size, "root": text(root), "leafHash": text(leaf), "proof": text(proof)}
    )


def continued(desc, wrong, size1, size2, root1, root2, proof):
    consistency.append(
        {"desc": desc, "wantErr": wrong, "size1": size1, "size2": size2, "root1": text(root1), "root2": text(root2), "proof": text(proof)}
    )


for size in SIZES:
    root = head(LEAVES[:size])
    for index in sorted({0, size // 2, size - 1}):
        leaf, proof = sha(b"\0" + LEAVES[index]), path(index, LEAVES[:size])
        where = f"leaf {index} of {size}"
        included(where, False, index, size, root, leaf, proof)
        included(f"{where}, index behind the end", True, size, size, root, leaf, proof)
        included(f"{where}, index 2^64 - 1", True, 2**64 - 1, size, root, leaf, proof)
        included(f"{where}, another root", True, index, size, flip(root), leaf, proof)
        included(f"{where}, another leaf", True, index, size, root, flip(leaf), proof)
        included(f"{where}, a hash too many", True, index, size, root, leaf, [*proof, root])
        included(f"{where}, a hash before", True, index, size, root, leaf, [root, *proof])
        included(f"{where}, garbage behind", True, index, size, root, leaf, [*proof, b"garbage"])
        if proof:
            included(f"{where}, a changed hash", True, index, size, root, leaf, [flip(proof[0]), *proof[1:]])
            included(f"{where}, a hash too few", True, index, size, root, leaf, proof[:-1])
            included(f"{where}, without hashes", True, index, size, root, leaf, [])
    for older in [one for one in SIZES if one <= size]:
        before, proof = head(LEAVES[:older]), subproof(older, LEAVES[:size], True)
        where = f"{older} before {size}"
        continued(where, False, older, size, before, root, proof)
        continued(f"{where}, another older root", True, older, size, flip(before), root, proof)
        continued(f"{where}, another newer root", True, older, size, before, flip(root), proof)
        continued(f"{where}, a hash too many", True, older, size, before, root, [*proof, root])
        continued(f"{where}, garbage before", True, older, size, before, root, [b"garbage", *proof])
        if proof:
            continued(f"{where}, sizes changed over", True, size, older, before, root, proof)
            continued(f"{where}, roots changed over", True, older, size, root, before, proof)
            continued(f"{where}, a changed hash", True, older, size, before, root, [*proof[:-1], flip(proof[-1])])
            continued(f"{where}, a hash too few", True, older, size, before, root, proof[:-1])
            continued(f"{where}, without hashes", True, older, size, before, root, [])
print(json.dumps({"inclusion": inclusion, "consistency": consistency}, indent=1))
