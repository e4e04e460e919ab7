import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { sha256 } from '../../../runtime/ed25519.ts'
import { PACKAGE_ROOT } from '../../../runtime/files/package-root.ts'
import {
  consistencyStretches,
  hashLeaf,
  inclusionStretches,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type SubtreeRange,
} from './merkle.ts'

const hashes = z
  .array(z.base64())
  .nullable()
  .transform((list) => (list ?? []).map((text) => new Uint8Array(Buffer.from(text, 'base64'))))
const hash = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const whole = z.string().transform(BigInt)
const inclusionSchema = z.object({
  leafIdx: whole,
  treeSize: whole,
  root: hash,
  leafHash: hash,
  proof: hashes,
  desc: z.string(),
  wantErr: z.boolean(),
})
const consistencySchema = z.object({
  size1: whole,
  size2: whole,
  root1: hash,
  root2: hash,
  proof: hashes,
  desc: z.string(),
  wantErr: z.boolean(),
})

/** Sizes and indexes go up to 2^64 − 1, which JSON.parse would round. */
const read = (path: string): unknown =>
  JSON.parse(readFileSync(path, 'utf8').replaceAll(/"(leafIdx|treeSize|size1|size2)":\s*(\d+)/g, '"$1":"$2"'))
/** Our own (test/golden/merkle.py, by the definitions of RFC 9162), and vectors of others where they are there. */
const vectors = z
  .object({ inclusion: z.array(inclusionSchema), consistency: z.array(consistencySchema) })
  .parse(read(join(PACKAGE_ROOT, 'test/golden/merkle.json')))
const OTHERS = join(PACKAGE_ROOT, '../shared/data/tlog')
const others = (kind: string): readonly unknown[] =>
  existsSync(OTHERS)
    ? readdirSync(join(OTHERS, kind), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .map((name) => read(join(OTHERS, kind, name)))
    : []

describe('vectors of Merkle proofs', () => {
  it('inclusion proofs are taken and refused as they say', () => {
    const all = [...vectors.inclusion, ...z.array(inclusionSchema).parse(others('inclusion'))]
    assert.ok(all.length > 98)
    for (const { leafIdx, treeSize, root, leafHash, proof, desc, wantErr } of all) {
      const claim = { index: leafIdx, size: treeSize, leaf: leafHash, path: proof, root }
      assert.equal(verifyInclusion(claim, sha256), !wantErr, desc)
    }
  })

  it('consistency proofs are taken and refused as they say', () => {
    const all = [...vectors.consistency, ...z.array(consistencySchema).parse(others('consistency'))]
    assert.ok(all.length > 98)
    for (const { size1, size2, root1, root2, proof, desc, wantErr } of all) {
      const claim = { olderSize: size1, newerSize: size2, olderRoot: root1, newerRoot: root2, path: proof }
      assert.equal(verifyConsistency(claim, sha256), !wantErr, desc)
    }
  })
})

const leavesOf = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, i) => hashLeaf(new TextEncoder().encode(`entry ${i}`), sha256))
const ALL = leavesOf(300)
const root = (size: number): Uint8Array => rootOf(ALL.slice(0, size), sha256)
const digests = (stretches: readonly SubtreeRange[]): readonly Uint8Array[] =>
  stretches.map(({ from, until }) => rootOf(ALL.slice(from, until), sha256))

describe('proofs of a tree of our own', () => {
  it('every leaf of every size is included, and nowhere else', () => {
    for (let size = 1; size <= 70; size++)
      for (let index = 0; index < size; index++) {
        const path = digests(inclusionStretches(index, size))
        const claim = { index: BigInt(index), size: BigInt(size), leaf: ALL[index]!, path, root: root(size) } // below 300
        assert.ok(verifyInclusion(claim, sha256))
        assert.ok(!verifyInclusion({ ...claim, index: BigInt((index + 1) % size) }, sha256) || size === 1)
      }
  })

  it('every size continues every one before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (a, b) => {
        const [older, newer] = a < b ? [a, b] : [b, a]
        const claim = {
          olderSize: BigInt(older),
          newerSize: BigInt(newer),
          olderRoot: root(older),
          newerRoot: root(newer),
          path: digests(consistencyStretches(older, newer)),
        }
        assert.ok(verifyConsistency(claim, sha256))
        const other = { ...claim, olderRoot: sha256(claim.olderRoot) }
        assert.ok(!verifyConsistency(other, sha256))
      }),
      { numRuns: 300 },
    )
  })
})
