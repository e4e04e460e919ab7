import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../../runtime/ed25519.ts'
import { hashLeaf, rootOf } from './merkle.ts'
import { tilesBetween } from '../../../../test/kit/proof/tiles-between.ts'
import { parseTilePath, TILE_WIDTH, tilePath, type Tile } from './tile.ts'
import { TreeEdge } from './tree-edge.ts'

const leaf = (nth: number): Uint8Array => hashLeaf(Buffer.from(`leaf ${nth}`), sha256)

describe('tilePath()', () => {
  it('gives the paths of the specification', () => {
    assert.equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067')
    assert.equal(tilePath({ level: 0, index: 5, width: 256 }), 'tile/0/005')
    assert.equal(tilePath({ level: 0, index: 273, width: 112 }), 'tile/0/273.p/112')
    assert.equal(tilePath({ level: 'entries', index: 1000, width: 1 }), 'tile/entries/x001/000.p/1')
  })

  it('is read back by parseTilePath(), which knows no second path of a tile', () => {
    const tile = fc.record<Tile>(
      {
        level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
        index: fc.nat({ max: 999_999_999_999_999 }),
        width: fc.integer({ min: 1, max: 256 }),
      },
      { noNullPrototype: true },
    )
    fc.assert(fc.property(tile, (one) => assert.deepEqual(parseTilePath(tilePath(one)), one)))
    for (const path of [
      'tile/0/5',
      'tile/0/0005',
      'tile/0/x000/005',
      'tile/00/005',
      'tile/0/005.p/256',
      'tile/0/005.p/01',
    ])
      assert.equal(parseTilePath(path), undefined, path)
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'tile/0123456789xp.'), maxLength: 24 }), (path) => {
        const read = parseTilePath(path)
        if (read !== undefined) assert.equal(tilePath(read), path)
      }),
    )
  })
})

describe('tilesBetween()', () => {
  it('gives the tiles of the example of 70,000 entries', () => {
    const paths = tilesBetween(0, 70_000).map(tilePath)
    assert.equal(paths.length, 2 * 273 + 2 + 1 + 1 + 1)
    for (const path of [
      'tile/0/272',
      'tile/0/273.p/112',
      'tile/entries/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ])
      assert.ok(paths.includes(path), path)
  })

  it('gives what a tree has and an older one has not', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200_000 }), fc.nat({ max: 3000 }), (older, more) => {
        const had = new Set(tilesBetween(0, older).map(tilePath))
        const now = tilesBetween(0, older + more).map(tilePath)
        assert.deepEqual(
          tilesBetween(older, older + more)
            .map(tilePath)
            .sort(),
          now.filter((path) => !had.has(path)).sort(),
        )
      }),
      { numRuns: 40 },
    )
  })
})

describe('TreeEdge', () => {
  it('has the root of all its leaves, and fills the tiles of the specification, copied at any size', () => {
    let edge = new TreeEdge(sha256)
    const leaves: Uint8Array[] = []
    const filled: string[] = []
    for (let nth = 0; nth < 1300; nth++) {
      leaves.push(leaf(nth))
      if (nth % 97 === 0) edge = edge.copy()
      for (const { tile, digests } of edge.push(leaf(nth))) {
        assert.equal(digests.length, TILE_WIDTH)
        filled.push(tilePath(tile))
      }
      if (nth < 20 || nth % 61 === 0 || (nth + 1) % 256 < 2)
        assert.deepEqual(Buffer.from(edge.root()), Buffer.from(rootOf(leaves, sha256)), `${nth + 1} leaves`)
    }
    const full = tilesBetween(0, 1300).filter(({ level, width }) => level !== 'entries' && width === TILE_WIDTH)
    assert.deepEqual(filled.sort(), full.map(tilePath).sort())
    assert.deepEqual(Buffer.from(new TreeEdge(sha256).root()), Buffer.from(rootOf([], sha256)))
  })
})
