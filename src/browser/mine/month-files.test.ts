import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { linkOf, monthFile, OTHER, OWN, probeOf } from '../../../test/kit/site/own-results-site.ts'
import { parseOwnLink } from '../../core/evidence/own-results/own-link.ts'
import { nothingFound, readMonthFile, type MonthFound } from './month-files.ts'

const streamOf = (bytes: Uint8Array, cut: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(to) {
      for (let at = 0; at < bytes.length; at += cut) to.enqueue(new Uint8Array(bytes.subarray(at, at + cut)))
      to.close()
    },
  })

async function read(bytes: Uint8Array, pseudonym = OWN, cut = 65_536): Promise<MonthFound> {
  const found = nothingFound()
  await readMonthFile(streamOf(bytes, cut), parseOwnLink(linkOf(pseudonym)), found)
  return found
}

describe('the file of a month', () => {
  const file = monthFile()

  it('gives the rows of one key and says of the receipts where they are', async () => {
    const { rows, named, lastLeaf } = await read(file)
    const expected = Array.from({ length: 1500 }, (_, leaf) => leaf).filter((leaf) => leaf % 7 === 0 && leaf !== 77)
    assert.deepEqual(
      rows.map(({ leaf }) => leaf),
      expected,
    )
    assert.ok(rows.every(({ leaf, asn }) => probeOf(leaf) === OWN && asn === 64_496))
    assert.deepEqual([[...named.own], [...named.other], lastLeaf], [[7], [], 1499])
  })

  it('gives for every day the log entries of all keys, the same for each reader', async () => {
    const [own, other] = [await read(file, OWN), await read(file, OTHER)]
    assert.deepEqual(own.bundles, other.bundles)
    assert.deepEqual(
      [...own.bundles].map(([day, bundles]) => [day, [...bundles]]),
      [
        ['2026-03-05', [0, 1]],
        ['2026-03-06', [1, 2, 3]],
        ['2026-03-07', [3, 4, 5]],
      ],
    )
  })

  it('names a place that the file gives to another key', async () => {
    const link = { month: '2026-03', pseudonym: OTHER, received: 1, places: [7] }
    const found = nothingFound()
    await readMonthFile(streamOf(file, 9999), link, found)
    assert.deepEqual([...found.named.other], [7])
  })

  it('is read in pieces of any length', async () => {
    const whole = await read(file)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 50, max: 40_000 }), async (cut) => {
        assert.deepEqual(await read(file, OWN, cut), whole)
      }),
      { numRuns: 10, examples: [[13]] },
    )
  })

  it('is read to its end where a row of the key is damaged: a server that damages it must not see who stops', async () => {
    const row = { measurement_id: '0'.repeat(64), leaf_index: 0, started_at_utc: '2026-03-05T00:00:00Z', probe: OWN }
    const next = { ...row, leaf_index: 9, probe: OTHER, kind: 'reachable' }
    for (const damaged of [JSON.stringify({ ...row, kind: 'x' }), `${JSON.stringify(row).slice(0, -1)},`]) {
      const lines = gzipSync(`${damaged}\n${JSON.stringify(next)}\n`)
      const found = await read(lines)
      assert.deepEqual([found.rows.length, found.lastLeaf], [0, 9])
      assert.ok(found.unreadable !== undefined)
      assert.equal((await read(lines, OTHER)).unreadable, undefined)
    }
  })

  it('is refused if it is cut short, changed, or another file', async () => {
    const changed = Buffer.from(file)
    changed[5000] = (changed[5000] ?? 0) ^ 1
    for (const wrong of [file.subarray(0, -9), changed, gzipSync('{"leaf_index":1}\n'), Buffer.from('no gzip')])
      await assert.rejects(read(wrong))
  })
})
