import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inventedLeaf } from '../../../test/kit/stores/leaf-archive.ts'
import type { TreeHead } from '../../core/evidence/log/checkpoint.ts'
import { hashLeaf, rootOf } from '../../core/evidence/log/merkle.ts'
import { parseTilePath, tilePath, TILE_WIDTH } from '../../core/evidence/log/tile.ts'
import { InputError } from '../../core/model/errors.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { ServedTree, type GetLogFile } from './served-tree.ts'
import { TreeReader } from '../../core/evidence/log/tree-reader.ts'

const HONEST = Array.from({ length: 1000 }, (_, nth) => inventedLeaf(nth))
/** The same history with another entry at 290. */
const FORGED = HONEST.map((leaf, nth) => (nth === 290 ? inventedLeaf(9999) : leaf))

const headOf = (leaves: readonly Uint8Array[], size: number): TreeHead => ({
  origin: 'kuager.example/log',
  size,
  root: rootOf(
    leaves.slice(0, size).map((leaf) => hashLeaf(leaf, sha256)),
    sha256,
  ),
})

/** Serves the tiles of a tree of so many leaves. */
const served =
  (leaves: readonly Uint8Array[]): GetLogFile =>
  async (path) => {
    const tile = parseTilePath(path)
    if (tile === undefined || tile.level === 'entries') return undefined
    const hashes = leaves.map((leaf) => hashLeaf(leaf, sha256))
    const unit = TILE_WIDTH ** tile.level
    const first = tile.index * TILE_WIDTH
    return Buffer.concat(
      Array.from({ length: tile.width }, (_, nth) =>
        rootOf(hashes.slice((first + nth) * unit, (first + nth + 1) * unit), sha256),
      ),
    )
  }

const digestsOf = (bytes: Uint8Array = new Uint8Array()): readonly Buffer[] =>
  Array.from({ length: bytes.length / 32 }, (_, nth) => Buffer.from(bytes.subarray(nth * 32, nth * 32 + 32)))

describe('ServedTree', () => {
  it('goes on from every older tree of the same history and from none of another', async () => {
    const tree = new ServedTree(headOf(HONEST, 1000), served(HONEST))
    assert.ok(await tree.givesRoot())
    for (const size of [0, 1, 255, 256, 257, 300, 512, 999, 1000]) {
      assert.ok(await tree.goesOnFrom(headOf(HONEST, size)), String(size))
      if (size > 290) assert.ok(!(await tree.goesOnFrom(headOf(FORGED, size))), String(size))
    }
    assert.ok(!(await new ServedTree(headOf(HONEST, 300), served(HONEST)).goesOnFrom(headOf(HONEST, 1000))))
  })

  it('holds a leaf at its place alone', async () => {
    const tree = new ServedTree(headOf(HONEST, 1000), served(HONEST))
    assert.ok(await tree.holds(290, HONEST[290]!)) // a thousand are made
    assert.ok(!(await tree.holds(291, HONEST[290]!)))
    assert.ok(!(await tree.holds(1000, HONEST[290]!)))
    assert.ok(!(await tree.holds(290, FORGED[290]!)))
  })

  it('is not deceived by a server whose lower tile is of one history and whose higher tile is of another', async () => {
    const [honest, forged] = [served(HONEST), served(FORGED)]
    // Level 0, tile 1 as the reader saw it; level 1 of the second history. Both roots come out of these tiles.
    const lying: GetLogFile = (path, most) => (path === 'tile/0/001' ? honest(path, most) : forged(path, most))
    const tree = new ServedTree(headOf(FORGED, 1000), lying)
    assert.ok(await tree.givesRoot())
    const reader = new TreeReader({ digests: async (tile) => digestsOf(await lying(tilePath(tile), 8192)) }, sha256)
    assert.deepEqual(Buffer.from(await reader.root(300, 1000)), Buffer.from(headOf(HONEST, 300).root))
    assert.ok(!(await tree.goesOnFrom(headOf(HONEST, 300))))
    assert.ok(!(await tree.holds(290, HONEST[290]!)))
  })

  it('says which tile is withheld or cut', async () => {
    const { size, root } = headOf(HONEST, 1000)
    const cut: GetLogFile = async (path, most) => (await served(HONEST)(path, most))?.subarray(0, 31)
    for (const get of [cut, async () => undefined])
      await assert.rejects(
        new ServedTree({ origin: '', size, root }, get).goesOnFrom(headOf(HONEST, 300)),
        (error) => error instanceof InputError && error.code === 'log.withheld' && error.path.startsWith('tile/'),
      )
  })
})
