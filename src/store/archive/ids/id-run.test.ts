import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { diskWith } from '../../../../test/kit/crash/volatile-disk.ts'
import { IdFilter, filterBytes } from './id-filter.ts'
import { FINGERPRINT_STEP, IdKey } from './id-key.ts'
import { IdRun, readRunHead, writeRun } from './id-run.ts'

const PATH = '/data/1.ids'
const key = new IdKey(Buffer.alloc(32, 7))
const idsOf = (from: number, count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, nth) => hash('sha256', `${from + nth}`, 'buffer'))

const printsOf = (ids: readonly Buffer[]): readonly (readonly [number, number])[] => {
  const prints = key.fingerprints(ids)
  return ids.map((_, nth) => [
    prints.readUInt32BE(nth * FINGERPRINT_STEP),
    prints.readUInt32BE(nth * FINGERPRINT_STEP + 4),
  ])
}

describe('IdFilter', () => {
  it('holds all that was added, and takes few others for one of them', () => {
    const [added, others] = [printsOf(idsOf(0, 50_000)), printsOf(idsOf(1_000_000, 100_000))]
    const filter = new IdFilter(new Uint8Array(filterBytes(added.length)))
    for (const [high, low] of added) filter.add(high, low)
    assert.ok(added.every(([high, low]) => filter.mayHold(high, low)))
    const wrong = others.filter(([high, low]) => filter.mayHold(high, low)).length
    assert.ok(wrong < 300, `${wrong} of 100,000 are taken for one of them`)
  })
})

describe('IdRun', () => {
  it('finds every id, none that is erased, and holds no part of an id', async () => {
    const disk = await diskWith('/data')
    for (const count of [0, 1, 63, 64, 65, 5000]) {
      const ids = idsOf(0, count)
      const erased = ids.map((id, nth) => (nth % 10 === 3 ? Buffer.alloc(32) : id))
      const head = { firstSegment: 1, lastSegment: 1, firstLeaf: 100, leaves: count }
      const chunks = [Buffer.concat(erased.slice(0, 40)), Buffer.concat(erased.slice(40))]
      await writeRun(PATH, head, { ids: chunks, key, disk })
      const found = await readRunHead(PATH, { key, disk })
      assert.deepEqual(found, {
        ...head,
        entries: count - erased.filter((id) => id.every((byte) => byte === 0)).length,
      })
      assert.ok(found !== undefined)
      const run = new IdRun(PATH, found, disk)
      await run.load()
      for (const [nth, [high, low]] of printsOf(ids).entries()) {
        const leaves = nth % 10 === 3 ? [] : [100 + nth]
        if (leaves.length > 0) assert.ok(run.mayHold(high, low))
        assert.deepEqual(await run.candidates(high, low), leaves)
      }
      const file = await disk.open(PATH, 'read')
      const bytes = Buffer.alloc(await file.size())
      await file.read(bytes, 0)
      await file.close()
      for (const id of ids) assert.equal(bytes.indexOf(id.subarray(0, 8)), -1, 'no part of an id is in the file')
    }
  })

  it('is none under another key, and none with a bit turned in its head', async () => {
    const disk = await diskWith('/data')
    const head = { firstSegment: 1, lastSegment: 1, firstLeaf: 0, leaves: 9 }
    await writeRun(PATH, head, { ids: [Buffer.concat(idsOf(0, 9))], key, disk })
    assert.ok(await readRunHead(PATH, { key, disk }))
    assert.equal(await readRunHead(PATH, { key: new IdKey(Buffer.alloc(32, 8)), disk }), undefined)
    const file = await disk.open(PATH, 'write')
    for (let at = 0; at < 64; at++) {
      const byte = Buffer.alloc(1)
      await file.read(byte, at)
      await file.write(Buffer.of(byte[0]! ^ 4), at) // one byte was read
      assert.equal(await readRunHead(PATH, { key, disk }), undefined, `byte ${at}`)
      await file.write(byte, at)
    }
    assert.ok(await readRunHead(PATH, { key, disk }))
  })
})
