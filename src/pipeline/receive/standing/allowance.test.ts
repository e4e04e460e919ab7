import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { STANDINGS } from '../../../core/model/standing.ts'
import { instant } from '../../../core/model/units.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { Allowance, type Spender } from './allowance.ts'

const MIB = 2 ** 20
const PER_DAY = 256 * MIB
const at = instant(Date.UTC(2026, 10, 25, 18))
const tomorrow = instant(Date.UTC(2026, 10, 26, 0, 0, 1))

describe('Allowance', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-allowance-'))))
  const all: Allowance[] = []
  after(async () => {
    for (const one of all) await one[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const opened = async (name: string): Promise<Allowance> => {
    const one = await Allowance.open(PER_DAY, { file: join(root, name), disk: REAL_DISK })
    all.push(one)
    return one
  }

  /** Bytes that a sender can add, in pieces of 1 MiB, until it is asked to come again. */
  const addAll = (one: Allowance, spender: (nth: number) => Spender): number => {
    let nth = 0
    while (nth < 2000 && one.take(spender(nth), MIB, at) === 0) nth++
    return nth * MIB
  }

  it('bounds what one part of the network adds to an eighth, and is there again on the next day', async () => {
    const one = await opened('part')
    assert.equal(
      addAll(one, () => ({ standing: 'new', prefix: 'a' })),
      PER_DAY / 8,
    )
    assert.equal(one.take({ standing: 'new', prefix: 'a' }, MIB, at), 6 * 3600)
    assert.equal(one.take({ standing: 'new', prefix: 'b' }, MIB, at), 0)
    assert.equal(one.take({ standing: 'new', prefix: 'a' }, MIB, tomorrow), 0)
  })

  it('leaves half to new keys, however much comes without a signature', async () => {
    const one = await opened('unsigned')
    assert.equal(
      addAll(one, (nth) => ({ standing: nth % 2 ? 'unsigned' : 'mismatched', prefix: `${nth}` })),
      PER_DAY / 2,
    )
    assert.equal(
      addAll(one, (nth) => ({ standing: 'new', prefix: `n${nth}` })),
      PER_DAY / 2,
    )
  })

  it('never stops an invited key, and bounds each known key on its own', async () => {
    const one = await opened('known')
    addAll(one, (nth) => ({ standing: nth % 2 ? 'unsigned' : 'new', prefix: `${nth}` }))
    assert.equal(
      addAll(one, () => ({ standing: 'known', pseudonym: 'k' })),
      PER_DAY / 4,
    )
    assert.equal(one.take({ standing: 'known', pseudonym: 'other' }, MIB, at), 0)
    assert.equal(
      addAll(one, () => ({ standing: 'enrolled', pseudonym: 'e' })),
      2000 * MIB,
    )
  })

  it('survives a restart, a count of its last 256th apart, without an address or a key', async () => {
    const before = await opened('kept')
    const part = (nth: number): Spender => ({ standing: 'unsigned', prefix: `part-${nth}`, pseudonym: `key-${nth}` })
    for (let nth = 0; nth < 100; nth++) before.take(part(nth), MIB, at)
    await before[Symbol.asyncDispose]()
    const kept = await readFile(join(root, 'kept'), 'utf8')
    assert.ok(!/part|key/.test(kept), kept)
    const later = await opened('kept')
    assert.equal(
      addAll(later, (nth) => part(nth + 100)),
      PER_DAY / 2 - 100 * MIB,
    )
    await later[Symbol.asyncDispose]()
    await writeFile(join(root, 'kept'), '{"day":')
    assert.ok(addAll(await opened('kept'), part) > 0)
  })

  it('lets all unknown senders together add no more than a day’s bytes of any content (property)', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            standing: fc.constantFrom(...STANDINGS),
            prefix: fc.integer({ min: 0, max: 40 }).map(String),
            pseudonym: fc.integer({ min: 0, max: 5 }).map(String),
            bytes: fc.integer({ min: 1, max: 20 * MIB }),
          }),
          { maxLength: 200 },
        ),
        async (sent) => {
          const one = await opened(`property-${run++}`)
          let strangers = 0
          for (const { bytes, ...spender } of sent)
            if (one.take(spender, bytes, at) === 0 && !['enrolled', 'known'].includes(spender.standing))
              strangers += bytes
          await one[Symbol.asyncDispose]()
          return strangers <= PER_DAY
        },
      ),
      { numRuns: 50 },
    )
  })
})
