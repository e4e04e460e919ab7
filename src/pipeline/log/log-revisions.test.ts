import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import type { TransparencyLog } from './contract.ts'
import { RevisionLog } from './log-revisions.ts'
import { openTransparencyLog } from './open-log.ts'

const AT = instant(1_772_700_000_000)

interface Logged {
  readonly revision: number
  readonly bytes: Uint8Array
}

describe('RevisionLog', () => {
  let root = ''
  let archive = new LeafArchive()
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-revisions-'))
    archive = new LeafArchive()
    archive.growTo(50)
  })
  afterEach(() => rm(root, { recursive: true }))
  const open = (): Promise<TransparencyLog> =>
    openTransparencyLog(join(root, 'log'), { archive, begin: { simulated: true, at: AT } })
  const revision = (id: string, number: number, minutes: number): Incident => {
    const one = sampleIncident()
    return { ...one, id, revision: number, revisedAt: instant(one.revisedAt + minutes * 60_000) }
  }
  const leaves = new Map(sampleIncident().measurements.map((id, nth) => [id, 49 - nth]))
  const leafOf = (id: Sha256): number | undefined => leaves.get(id)
  const parts = (
    log: TransparencyLog,
    incidents: ReturnType<typeof memoryIncidents>,
  ): ConstructorParameters<typeof RevisionLog>[0] => ({
    log,
    incidents,
    archive: { leafOf: async (id) => leafOf(id) },
    now: () => AT,
  })
  /** Revisions of an incident that were logged, oldest first. */
  const loggedRevisions = async (log: TransparencyLog, id: string): Promise<readonly Logged[]> => {
    const found: Logged[] = []
    for await (const { bytes } of log.entries('incident-revision')) {
      const one = JSON.parse(Buffer.from(bytes).toString()) as { readonly id: string; readonly revision: number }
      if (one.id === id) found.push({ revision: one.revision, bytes })
    }
    return found.toSorted((a, b) => a.revision - b.revision)
  }
  const names = async (log: TransparencyLog, id: string): Promise<readonly number[]> =>
    (await loggedRevisions(log, id)).map((one) => one.revision)

  it('logs every published revision once, those of before the log too, in the order of publication', async () => {
    const incidents = memoryIncidents([revision('a', 1, 0), revision('b', 1, 2), revision('a', 2, 1)])
    {
      await using log = await open()
      const revisions = new RevisionLog(parts(log, incidents))
      assert.equal(await revisions.logNew(), 3)
      assert.equal(await revisions.logNew(), 0)
      await incidents.publish([revision('b', 2, 3)], [])
      assert.deepEqual(await Promise.all([revisions.logNew(), revisions.logNew()]), [1, 0])
      const order: string[] = []
      for await (const { bytes } of log.entries('incident-revision')) {
        const { id, revision: number } = JSON.parse(Buffer.from(bytes).toString()) as Incident
        order.push(`${id} ${number}`)
      }
      assert.deepEqual(order, ['a 1', 'a 2', 'b 1', 'b 2'])
    }
    await using log = await open()
    await incidents.publish([revision('a', 3, 9)], [])
    const again = new RevisionLog(parts(log, incidents))
    assert.equal(await again.logNew(), 1)
    assert.deepEqual(await names(log, 'a'), [1, 2, 3])
    assert.deepEqual(await names(log, 'b'), [1, 2])
    assert.deepEqual(await names(log, 'c'), [])
  })

  it('finds what a crash between journal and log left out, in the midst too, and logs nothing twice', async () => {
    const all = [revision('a', 1, 0), revision('a', 2, 1), revision('a', 3, 2), revision('b', 1, 3)]
    for (let upTo = 0; upTo <= all.length; upTo++) {
      archive = new LeafArchive()
      archive.growTo(50)
      await using log = await openTransparencyLog(join(root, `log-${upTo}`), {
        archive,
        begin: { simulated: true, at: AT },
      })
      let left = upTo
      const append: TransparencyLog['append'] = (kind, bytes, at) =>
        left-- > 0 ? log.append(kind, bytes, at) : Promise.reject(new Error('The power is off'))
      const crashing = {
        append,
        simulated: true,
        entries: (kind: 'incident-revision') => log.entries(kind),
      }
      const incidents = memoryIncidents(all)
      const first = new RevisionLog({ ...parts(log, incidents), log: crashing })
      if (upTo < all.length) await assert.rejects(first.logNew())
      else await first.logNew()
      // The measurement behind it may have been erased meanwhile: the bytes would be others, the revision is the same.
      const later = new RevisionLog({ ...parts(log, incidents), archive: { leafOf: async () => undefined } })
      assert.equal(await later.logNew(), all.length - upTo)
      assert.deepEqual(await names(log, 'a'), [1, 2, 3])
      assert.deepEqual(await names(log, 'b'), [1])
    }
  })

  it('names measurements by their leaves, and those that are gone nowhere', async () => {
    const one = revision('a', 1, 0)
    const [first, second] = one.measurements
    assert.ok(first !== undefined && second !== undefined)
    const [item, ...items] = one.cause.items
    assert.ok(item !== undefined)
    const sourced = (source: string): Incident => ({
      ...one,
      cause: { ...one.cause, items: [{ ...item, source }, ...items] },
    })
    await using log = await open()
    const journal = [sourced(first), { ...sourced(second), id: 'b' }]
    const without = (id: Sha256): number | undefined => (id === second ? undefined : leafOf(id))
    await new RevisionLog({
      ...parts(log, memoryIncidents(journal)),
      archive: { leafOf: async (id) => without(id) },
    }).logNew()
    const texts = await Promise.all(['a', 'b'].map(async (id) => (await loggedRevisions(log, id))[0]?.bytes))
    const [a = '', b = ''] = texts.map((bytes) => Buffer.from(bytes ?? []).toString())
    const read = (text: string): { measurements: number[]; cause: { items: { source: string }[] } } =>
      JSON.parse(text) as { measurements: number[]; cause: { items: { source: string }[] } }
    const wanted = one.measurements.flatMap((id) => without(id) ?? []).sort((x, y) => x - y)
    assert.deepEqual(read(a).measurements, wanted)
    assert.equal(read(a).cause.items[0]?.source, `leaf:${leafOf(first)}`)
    assert.equal(read(b).cause.items[0]?.source, 'erased')
    for (const id of one.measurements) assert.ok(!a.includes(id) && !b.includes(id))
  })

  it('leaves out incidents of the other realm', async () => {
    await using log = await open()
    const incidents = memoryIncidents([{ ...revision('a', 1, 0), simulated: false }])
    assert.equal(await new RevisionLog(parts(log, incidents)).logNew(), 0)
  })
})
