import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { MOMENTS, stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { seeded, VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'
import type { WeighedItem } from '../../core/model/incident/cause.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { openIncidents } from './open.ts'

const ROOT = '/data'
const FOLDER = '/data/incidents'
const JOURNAL = '/data/incidents/revisions.jsonl'
const OTHER = 'telegram-as64500-20250115T1502Z'
const ERASED = parseSha256('a'.repeat(64))

/** An item of evidence that was read in one measurement. */
const item = (source: string): WeighedItem => ({
  item: 'stage',
  outcome: 'tls-silence-reset',
  log10Lr: 0.3,
  alone: { log10Lr: 0.3, lo95: 0.1, hi95: 0.5 },
  count: { k: 3, n: 3, probes: 3 },
  source,
})
const made = revision()
const first = revision({ cause: { ...made.cause, items: [item(ERASED), item('series')] } })
const second = revision({ revision: 2, reason: 'late-data', revisedAt: instant(first.revisedAt + 1) })
const other = revision({ id: OTHER, service: 'telegram' })

async function prepared(): Promise<VolatileDisk> {
  const disk = new VolatileDisk()
  await disk.makeFolder(ROOT)
  await disk.syncFolder('/')
  return disk
}

/** Opens, publishes three times and forgets a measurement; `done` gets each act that was acknowledged. */
async function live(disk: Disk, done: (what: number) => void): Promise<void> {
  await using store = await openIncidents(FOLDER, { disk })
  await store.publish([first], [])
  done(1)
  await store.publish([second, other], [])
  done(2)
  await store.publish([revision({ id: OTHER, service: 'telegram', revision: 2, reason: 'withdrawn' })], [])
  done(3)
  await store.forget([ERASED])
  done(4)
}

/** What was acknowledged is there, in whole publications or parts of the next one, and the journal goes on. */
async function check(disk: Disk, acknowledged: number): Promise<void> {
  await using store = await openIncidents(FOLDER, { disk })
  const youtube = await store.revisions(first.id)
  const telegram = await store.revisions(OTHER)
  assert.ok(youtube.length >= Math.min(acknowledged, 2), `${youtube.length} of ${acknowledged}`)
  assert.ok(telegram.length >= acknowledged - 1 || acknowledged > 3)
  for (const [i, one] of youtube.entries()) assert.equal(one.revision, i + 1)
  if (acknowledged === 4)
    for (const one of [...youtube, ...telegram])
      assert.ok(!JSON.stringify(one).includes(ERASED), 'an erased id is named nowhere')
  const next = revision({ revision: youtube.length + 1, reason: 'review' })
  await store.publish([next], [])
  assert.deepEqual((await store.revisions(first.id)).at(-1), next)
}

async function stopped(
  memory: VolatileDisk,
  at: { readonly step: number; readonly moment: (typeof MOMENTS)[number] },
): Promise<number> {
  let off = false
  let acknowledged = 0
  const stop = (): Promise<never> => {
    off = true
    return Promise.reject(new Error('stopped'))
  }
  const { disk } = stoppingDisk(memory, ROOT, { ...at, stop })
  await live(disk, (what) => {
    if (!off) acknowledged = what
  }).catch((error: unknown) => {
    if (!off) throw error
  })
  return acknowledged
}

async function countSteps(): Promise<number> {
  const at = { step: -1, moment: 'before', stop: () => assert.fail('nothing stops') } as const
  const { disk, steps } = stoppingDisk(await prepared(), ROOT, at)
  await live(disk, () => {})
  return steps.length
}

/** The whole text of the journal, changed. */
async function rewrite(disk: VolatileDisk, change: (text: string) => string): Promise<void> {
  const file = await disk.open(JOURNAL, 'write')
  const bytes = Buffer.alloc(await file.size())
  await file.read(bytes, 0)
  const changed = Buffer.from(change(bytes.toString()))
  await file.truncate(changed.length)
  await file.write(changed, 0)
}

describe('The journal of incidents', () => {
  it('gives back every revision as it was published', async () => {
    const disk = await prepared()
    await live(disk, () => {})
    await using store = await openIncidents(FOLDER, { disk })
    const without = (one: Incident): Incident => ({
      ...one,
      measurements: one.measurements.filter((id) => id !== ERASED),
      cause: {
        ...one.cause,
        items: one.cause.items.map((found) => (found.source === ERASED ? item('erased') : found)),
      },
    })
    assert.deepEqual(await store.revisions(first.id), [first, second].map(without))
    assert.deepEqual(
      (await store.current()).map(({ id, revision: number, withdrawn }) => [id, number, withdrawn]),
      [
        [OTHER, 2, false],
        [first.id, 2, false],
      ],
    )
    assert.deepEqual(
      (await store.corrections()).map(({ reason }) => reason),
      ['late-data', 'withdrawn'],
    )
    assert.deepEqual(await store.revisions('none'), [])
  })

  it('refuses a revision that skips a number, and publishes nothing of that call', async () => {
    await using store = await openIncidents(FOLDER, { disk: await prepared() })
    await assert.rejects(store.publish([first, revision({ revision: 3 })], []), /revision 3 of youtube/)
    assert.deepEqual(await store.current(), [])
  })

  it('survives a death of the process at every act', async () => {
    const steps = await countSteps()
    assert.ok(steps > 15)
    for (let step = 0; step < steps; step++)
      for (const moment of MOMENTS) {
        const memory = await prepared()
        const acknowledged = await stopped(memory, { step, moment })
        await check(memory, acknowledged).catch((cause: unknown) => {
          throw new Error(`Stopped ${moment} step ${step}`, { cause })
        })
      }
  })

  it('survives a loss of power at every act, with any remainder of what was not fsynced', async () => {
    const steps = await countSteps()
    for (let step = 0; step <= steps; step++)
      for (let survival = 0; survival < 20; survival++) {
        const memory = await prepared()
        const acknowledged = await stopped(memory, { step, moment: 'before' })
        const after = memory.survive(seeded(step * 20 + survival + 1))
        await check(after, acknowledged).catch((cause: unknown) => {
          throw new Error(`Power lost before step ${step}, survival ${survival}`, { cause })
        })
      }
  })

  it('goes on after a disk that refused an act of a publication, with all of it or nothing', async () => {
    const steps = await countSteps()
    for (let step = 0; step < steps; step++)
      for (const moment of MOMENTS) {
        const memory = await prepared()
        const stop = (): Promise<never> => Promise.reject(new Error('No space'))
        const { disk } = stoppingDisk(memory, ROOT, { step, moment, stop })
        const patiently = async <T>(work: () => Promise<T>): Promise<T> => work().catch(() => work())
        const store = await patiently(() => openIncidents(FOLDER, { disk }))
        for (const one of [first, second, other]) await patiently(() => store.publish([one], []))
        const shown = await store.current()
        await using again = await openIncidents(FOLDER, { disk: memory.survive(seeded(step + 1)) })
        assert.deepEqual(await again.current(), shown, `step ${step}, ${moment}`)
        assert.equal((await again.revisions(first.id)).length, 2)
      }
  })

  it('published() rises with what touches an incident or the journal, and with nothing else', async () => {
    await using store = await openIncidents(FOLDER, { disk: await prepared() })
    const both = (): readonly number[] => [store.published(), store.published(first.id), store.published(OTHER)]
    const steps: (readonly number[])[] = [both()]
    const step = async (work: Promise<unknown>): Promise<void> => {
      await work
      steps.push(both())
    }
    await step(store.publish([first], []))
    await step(store.publish([second, other], []))
    await step(store.publish([], []))
    await step(store.forget([ERASED]))
    const rises = steps.slice(1).map((now, i) => now.map((number, k) => number > (steps[i]?.[k] ?? 0)))
    assert.deepEqual(rises, [
      [true, true, false],
      [true, true, true],
      [false, false, false],
      [true, true, true],
    ])
  })

  it('says how much of an interrupted publication it cut off', async () => {
    const disk = await prepared()
    await live(disk, () => {})
    await rewrite(disk, (text) => `${text}900 0123`)
    const words: string[] = []
    await using store = await openIncidents(FOLDER, { disk, onRecovered: (word) => words.push(word) })
    assert.match(words.join(), /ended in \d+ bytes/)
    assert.equal((await store.revisions(OTHER)).length, 2)
  })

  it('refuses to open where a byte of its last publication changed or its end is lost, and cuts nothing', async () => {
    const changes = [
      (text: string) => text.replace('"withdrawn","withdrawn":', '"withdrawn","withdrawm":'),
      (text: string) => text.slice(0, -5),
      () => '',
    ]
    for (const change of changes) {
      const disk = await prepared()
      await live(disk, () => {})
      await rewrite(disk, change)
      const before = await readWhole(JOURNAL, disk)
      await assert.rejects(openIncidents(FOLDER, { disk }), /bytes of .* were published/)
      assert.deepEqual(await readWhole(JOURNAL, disk), before)
    }
  })

  it('takes what a version without a count of published bytes left, and counts it from then on', async () => {
    const disk = await prepared()
    await live(disk, () => {})
    await disk.remove(`${FOLDER}/acknowledged.json`)
    await (await openIncidents(FOLDER, { disk }))[Symbol.asyncDispose]()
    await rewrite(disk, (text) => text.slice(0, -5))
    await assert.rejects(openIncidents(FOLDER, { disk }), /were published/)
  })

  it('refuses a count of published bytes that is none', async () => {
    const disk = await prepared()
    await live(disk, () => {})
    for (const text of ['', 'null', '{"bytes":-1}']) {
      await writeDurable(`${FOLDER}/acknowledged.json`, Buffer.from(text), disk)
      await assert.rejects(openIncidents(FOLDER, { disk }), /holds no number of bytes/)
    }
  })

  it('refuses damage in its middle and names the line', async () => {
    const disk = await prepared()
    {
      await using store = await openIncidents(FOLDER, { disk })
      for (const one of [first, second]) await store.publish([one], [])
      await store.publish([other], [])
    }
    await rewrite(disk, (text) => text.replace('"late-data"', '"late-dato"'))
    await assert.rejects(openIncidents(FOLDER, { disk }), /line 2 of .* is damaged/)
  })

  it('keeps the episodes of the latest detection alone', async () => {
    const disk = await prepared()
    const episode = {
      id: 'e',
      incidents: [first.id],
      services: ['youtube'],
      asns: [first.asn],
      start: first.start,
      end: { ...first.end, bracket: [undefined, undefined] as const },
      rule: { services: ['youtube'], asns: [first.asn], exact: true },
    }
    {
      await using store = await openIncidents(FOLDER, { disk })
      await store.publish([first], [])
      await store.publish([], [episode])
    }
    await using store = await openIncidents(FOLDER, { disk })
    assert.deepEqual(await store.episodes(), [episode])
  })
})
