import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { judged } from '../../../test/kit/measured/judged.ts'
import { MemoryDetectWarehouse, memorySources } from '../../../test/kit/stores/memory-detection.ts'
import { packOutcome, targetOf } from '../../core/detect/chain/columns.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import { openIncidents } from '../../store/incidents/open.ts'
import type { Verdict } from '../../core/model/measured/verdict.ts'
import type { Judged } from '../../store/warehouse/contract.ts'
import { digest } from '../judge/judge-bytes.ts'
import { Detection } from './detection.ts'
import { readerSeesChange } from '../../core/derive/reader-sees.ts'

const START = Date.UTC(2025, 0, 10)
const at = (hours: number): Instant => instant(START + hours * HOUR_MS)
const PROBES = ['probe-aaaa', 'probe-bbbb', 'probe-cccc'] as const
const { signal } = new AbortController()

type Failing = (hours: number, probe: number) => boolean

/** A reading of every probe every 15 minutes, minutes apart; ids by time and probe, so that two calls agree. */
function measured(
  from: number,
  until: number,
  failing: Failing,
  only: (probe: number) => boolean = () => true,
): Judged[] {
  const rows: Judged[] = []
  for (let quarter = Math.round(from * 4); quarter < until * 4; quarter++)
    for (const [number, probe] of PROBES.entries()) {
      if (!only(number)) continue
      const hours = quarter / 4 + number / 20
      const row = judged({ leafIndex: quarter * 4 + number, at: at(hours), verdict: verdictOf(failing(hours, number)) })
      rows.push({ ...row, head: { ...row.head, probe, scheduled: true } })
    }
  return rows
}

const verdictOf = (fails: boolean): Parameters<typeof judged>[0]['verdict'] & object =>
  fails
    ? { kind: 'interfered', mechanism: 'tls.timeout.sni', layer: 'tls', log10Lr: 1.65, grounds: [passed] }
    : { kind: 'reachable', log10Lr: -1.08, grounds: [passed] }
const passed = { fact: 'tls.innocent-passed', role: 'control', values: {} } as const

/** Two hours of failure, from 30:02 to 32:02. */
const evening: Failing = (hours) => hours >= 30 + 2 / 60 && hours < 32 + 2 / 60
const never: Failing = () => false

/** A warehouse whose readings have no control. */
class WithoutControls extends MemoryDetectWarehouse {
  override async readingColumns(...asked: Parameters<MemoryDetectWarehouse['readingColumns']>) {
    const found = await super.readingColumns(...asked)
    return found.map((one) => {
      const outcome = one.columns.outcome.map((value) =>
        packOutcome({
          target: targetOf(value),
          ...{ control: 'none', canary: 'none', artefact: false, scheduled: true },
        }),
      )
      return { ...one, columns: { ...one.columns, outcome } }
    })
  }
}

describe('Detection', () => {
  let folder: string
  let warehouse: MemoryDetectWarehouse
  let incidents: IncidentStore
  let now: Instant
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-detection-'))
    warehouse = new MemoryDetectWarehouse()
    incidents = await openIncidents(join(folder, 'incidents'))
    now = at(72)
  })
  afterEach(async () => {
    await incidents[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const open = (name = 'state.json'): Detection =>
    new Detection(memorySources({ warehouse, incidents, statePath: join(folder, name), now: () => now }))
  const reasons = async (): Promise<readonly string[]> => {
    const [only] = await incidents.current()
    return (await incidents.revisions(only?.id ?? '')).map(({ reason }) => reason)
  }

  it('publishes one incident for one evening, dated, with its measurements', async () => {
    warehouse.insert(measured(0, 48, evening))
    const { revisions, series } = await open().run('changed', { signal })
    assert.equal(series, 1)
    assert.equal(revisions.length, 1)
    const [found] = revisions
    assert.match(found!.id, /^youtube-as9198-20250111T06\d\dZ$/)
    assert.equal(found!.running, false)
    assert.equal(found!.state, 'restricted')
    assert.ok(Math.abs(found!.start.median! - at(30 + 2 / 60)) < 10 * MINUTE_MS)
    assert.ok(Math.abs(found!.end.median! - at(32 + 2 / 60)) < 10 * MINUTE_MS)
    assert.ok(found!.measurements.length >= 24)
    assert.match(found!.rulesVersion, /^1 2026\./)
  })

  it('publishes nothing twice, by the same process or another one, nor when everything is looked at again', async () => {
    warehouse.insert(measured(0, 48, evening))
    const detection = open()
    await detection.run('changed', { signal })
    for (const again of [
      await detection.run('new', { signal }),
      await detection.run('changed', { signal }),
      await detection.run('all', { signal }),
      await open().run('changed', { signal }),
      await open('none.json').run('changed', { signal }),
    ])
      assert.deepEqual(again.revisions, [])
    assert.equal((await open().run('changed', { signal })).series, 0, 'nothing differs from the state')
  })

  it('says of one that goes on for long how long it has been known to, each time it is twice as long', async () => {
    const long: Failing = (hours) => hours >= 30 + 2 / 60
    warehouse.insert(measured(0, 30, long))
    now = at(30)
    const live = open()
    await live.run('changed', { signal })
    const known: number[] = []
    for (let hours = 30; hours < 46; hours += 0.5) {
      now = at(hours + 0.5)
      warehouse.insert(measured(hours, hours + 0.5, long))
      for (const { running, start, end } of (await live.run('new', { signal })).revisions) {
        assert.equal(running, true)
        known.push((end.bracket[0]! - start.median!) / HOUR_MS) // it runs, and its start is dated
      }
    }
    assert.ok(known.length >= 4 && known.length <= 6, known.join(', '))
    for (const [index, hours] of known.slice(1).entries()) assert.ok(hours >= 2 * known[index]!) // as many before
    assert.ok(known.at(-1)! > 7, 'the last revision stands for less than half of it')
  })

  it('publishes the same from measurements that came 15 minutes after one another', async () => {
    now = at(20)
    warehouse.insert(measured(0, 20, evening))
    const live = open()
    await live.run('changed', { signal })
    const published: { readonly at: number; readonly running: boolean; readonly reason: string }[] = []
    for (let hours = 20; hours < 48; hours += 0.25) {
      now = at(hours + 0.25)
      warehouse.insert(measured(hours, hours + 0.25, evening))
      const { revisions } = await live.run('new', { signal })
      for (const { running, reason } of revisions) published.push({ at: hours + 0.25, running, reason })
    }
    const [first] = published
    assert.ok(first!.running && first!.at <= 30.75, `the alarm is public at ${first?.at}`)
    assert.ok(published.every(({ reason }) => reason !== 'withdrawn'))
    assert.ok(published.length <= 6, `${published.length} revisions: ${JSON.stringify(published)}`)
    const [byParts] = await incidents.current()
    await using other = await openIncidents(join(folder, 'other'))
    now = at(48)
    await new Detection(
      memorySources({ warehouse, incidents: other, statePath: join(folder, 'o.json'), now: () => now }),
    ).run('all', { signal })
    const [atOnce] = await other.current()
    assert.equal(byParts?.id, atOnce?.id)
    assert.equal(readerSeesChange(byParts!, atOnce!, 'finished'), false)
  })

  it('does not say of an incident that it goes on when nothing was measured for two days', async () => {
    now = at(31)
    warehouse.insert(measured(0, 31, evening))
    const detection = open()
    await detection.run('changed', { signal })
    const running = async (): Promise<readonly boolean[]> => (await incidents.current()).map((one) => one.running)
    assert.deepEqual(await running(), [true])
    now = at(31 + 47)
    await detection.run('new', { signal })
    assert.deepEqual(await running(), [true])
    now = at(31 + 49)
    await detection.run('new', { signal })
    assert.deepEqual(await running(), [false])
    const [silent] = await incidents.current()
    assert.equal(silent?.end.kind, 'open')
    now = at(31 + 60)
    assert.deepEqual((await detection.run('all', { signal })).revisions, [])
  })

  it('revises a finished incident for late data, and only where a reader would see it', async () => {
    warehouse.insert(measured(0, 48, evening, (probe) => probe > 0))
    const detection = open()
    await detection.run('changed', { signal })
    warehouse.insert(measured(0, 20, evening, (probe) => probe === 0))
    assert.deepEqual((await detection.run('new', { signal })).revisions, [])
    warehouse.insert(measured(20, 48, evening, (probe) => probe === 0))
    const { revisions } = await detection.run('new', { signal })
    assert.deepEqual(
      revisions.map(({ reason, revision, probes }) => [reason, revision, probes]),
      [['late-data', 2, 3]],
    )
  })

  it('withdraws what late data no longer show, and takes it up again under the same id', async () => {
    warehouse.insert(measured(0, 48, evening, (probe) => probe < 2))
    const detection = open()
    await detection.run('changed', { signal })
    const [published] = await incidents.current()
    warehouse.insert(measured(0, 48, never, (probe) => probe < 2))
    await detection.run('new', { signal })
    assert.deepEqual(await reasons(), ['first', 'withdrawn'])
    warehouse.insert(measured(0, 48, evening))
    await detection.run('new', { signal })
    assert.deepEqual(await reasons(), ['first', 'withdrawn', 'late-data'])
    const [again] = await incidents.current()
    assert.deepEqual([again?.id, again?.withdrawn], [published?.id, false])
  })

  it('says that measurements were erased, and names them nowhere afterwards', async () => {
    warehouse.insert(measured(0, 48, evening))
    const detection = open()
    await detection.run('changed', { signal })
    const [published] = await incidents.current()
    const gone = published!.measurements.slice(0, 6)
    for (const id of gone) warehouse.erase(id)
    await detection.run('changed', { signal })
    assert.deepEqual(await reasons(), ['first', 'erased-data'])
    for (const { measurements } of await incidents.revisions(published!.id))
      for (const id of gone) assert.ok(!measurements.includes(id))
  })

  /** The same measurements, those of some probes from a sender of a standing. */
  const submittedBy = (standing: string, rows: readonly Judged[]): Judged[] =>
    rows.map((row) => ({
      ...row,
      provenance: { ...row.provenance, channel: 'collector', origin: `${standing}:0123456789abcdef` },
    }))

  it('withdraws what rested on a revoked sender for that reason, and goes on from there', async () => {
    const own = measured(0, 48, never, (probe) => probe === 2)
    const forged = measured(0, 48, evening, (probe) => probe < 2)
    warehouse.insert([...own, ...submittedBy('enrolled', forged)])
    const detection = open()
    await detection.run('changed', { signal })
    assert.deepEqual(await reasons(), ['first'])
    warehouse.insert(submittedBy('revoked', forged))
    await detection.run('new', { signal })
    assert.deepEqual(await reasons(), ['first', 'revoked-data'])
    assert.equal((await incidents.current())[0]?.withdrawn, true)
    warehouse.insert(measured(0, 48, evening, (probe) => probe < 2))
    await open().run('changed', { signal })
    assert.deepEqual(await reasons(), ['first', 'revoked-data', 'late-data'])
  })

  it('takes an incident up again, with that reason, that a revoked sender had removed', async () => {
    warehouse.insert(measured(0, 48, evening))
    const detection = open()
    await detection.run('changed', { signal })
    const liars = measured(0, 48, never).flatMap((row) =>
      [0, 1, 2, 3].map((liar) => ({
        ...row,
        leafIndex: row.leafIndex + 10_000 * (liar + 1),
        provenance: { ...row.provenance, id: digest(`${row.leafIndex} ${liar}`) },
        head: { ...row.head, probe: `liar-${row.head.probe} ${liar}` },
      })),
    )
    warehouse.insert(submittedBy('enrolled', liars))
    await detection.run('new', { signal })
    const before = (await incidents.current())[0]
    warehouse.insert(submittedBy('revoked', liars))
    await open().run('changed', { signal })
    const [after] = await incidents.current()
    assert.notDeepEqual([before?.withdrawn, before?.state], [false, 'restricted'])
    assert.deepEqual([after?.withdrawn, after?.state, after?.reason], [false, 'restricted', 'revoked-data'])
  })

  it('keeps simulated measurements apart from real ones of the same service and network', async () => {
    const simulated = measured(0, 48, evening).map((row, i) => ({
      ...row,
      provenance: { ...row.provenance, id: judged({ leafIndex: 100_000 + i }).provenance.id },
      head: { ...row.head, simulated: true },
    }))
    warehouse.insert([...measured(0, 48, never), ...simulated])
    const { revisions } = await open().run('changed', { signal })
    assert.deepEqual(
      revisions.map((one) => one.simulated),
      [true],
    )
  })

  /** The same measurements of the comparison service, or of another one. */
  const also = (rows: readonly Judged[], service: string, from: number): readonly Judged[] =>
    rows.map((row, i) => ({
      ...row,
      service,
      provenance: { ...row.provenance, id: judged({ leafIndex: from + i }).provenance.id },
    }))
  const down: Partial<Verdict> = { kind: 'unreachable', mechanism: 'tls.timeout', log10Lr: 0, grounds: [] }

  it('takes a comparison service that fails with its control for a line that is down', async () => {
    // Without controls of its own, a service that fails is restricted or down alike.
    const bare = measured(0, 48, evening).map((row) => ({ ...row, verdict: { ...row.verdict, grounds: [] } }))
    const broken = measured(0, 48, evening).map((row) =>
      row.verdict.kind === 'interfered' ? { ...row, verdict: { ...row.verdict, ...down } } : row,
    )
    warehouse.insert([...bare, ...also(broken, 'wikipedia', 200_000)])
    const { revisions } = await open().run('changed', { signal })
    assert.deepEqual(
      revisions.filter(({ state }) => state === 'restricted').map(({ service }) => service),
      [],
    )
  })

  it('masks what an outage explains, names it, and takes it back when it was learnt later', async () => {
    // Nothing has a control: an outage from 20:00 to 21:00, a restriction from 30:02 on.
    const outage: Failing = (hours, probe) => (hours >= 20 && hours < 21) || evening(hours, probe)
    const bare = measured(0, 48, outage)
    warehouse = new WithoutControls()
    warehouse.insert(bare)
    let others: OthersRecord | undefined
    const asn = bare[0]!.head.probeAsn // never empty
    const simulated = bare[0]!.head.simulated
    const learn = (...spans: readonly (readonly [number, number])[]): void => {
      const outages = spans.map(([from, until]) => ({ entity: { kind: 'network', asn }, from: at(from), until: at(until) }) as const) // prettier-ignore
      const span = { from: at(0), until: at(72), retrieved: '2025-01-12', at: at(60), sha256: 'a'.repeat(64) }
      others = { simulated, parts: [{ kind: 'outages', by: 'ioda', title: 'IODA, AS9198', ...span, outages }] }
    }
    const sources = memorySources({ warehouse, incidents, statePath: join(folder, 'state.json'), now: () => now })
    const detection = new Detection({ ...sources, others: async () => others })
    const standing = async () => (await incidents.current()).filter(({ withdrawn }) => !withdrawn)
    await detection.run('changed', { signal })
    assert.equal((await standing()).length, 2)
    learn([19.9, 21.1])
    now = at(73)
    await detection.run('new', { signal })
    const [only, ...more] = await standing()
    assert.equal(more.length, 0)
    assert.ok(only!.start.median! > at(29)) // one stands, and it is dated
    assert.deepEqual(only!.outages, [
      {
        ...{ by: 'ioda', scope: 'network', from: at(19.9), until: at(21.1), source: 'IODA, AS9198' },
        ...{ retrieved: '2025-01-12', at: at(60), sha256: 'a'.repeat(64) },
      },
    ])
    const [before] = await incidents.revisions(only!.id)
    assert.deepEqual(only!.cause.items, before!.cause.items, 'an outage has no weight')
    // Another answer with the same outage is no news; one of another network or kind masks nothing.
    const known = others!.parts[0]!
    others = { simulated, parts: [{ ...known, retrieved: '2025-01-13', sha256: 'b'.repeat(64) }] }
    assert.deepEqual((await detection.run('all', { signal })).revisions, [])
    others = { ...others, simulated: !simulated }
    assert.ok((await detection.run('all', { signal })).revisions.length > 0)
    assert.equal((await standing()).length, 2)
  })

  const masking = async (): Promise<OthersRecord> => ({
    simulated: measured(0, 1, never)[0]!.head.simulated, // never empty
    parts: [
      {
        ...{ kind: 'outages', by: 'radar', title: 'Radar', from: at(0), until: at(72), retrieved: '2025-01-12' },
        outages: [{ entity: { kind: 'country' }, from: at(29), until: at(34) }],
      },
    ],
  })

  for (const fact of ['tls.innocent-passed', 'tls.control-completed'] as const)
    it(`masks nothing that a passing control contradicts: ${fact}`, async () => {
      const grounds = [{ fact, role: 'control', values: {} }] as const
      warehouse.insert(measured(0, 48, evening).map((row) => ({ ...row, verdict: { ...row.verdict, grounds } })))
      const sources = memorySources({ warehouse, incidents, statePath: join(folder, 'state.json'), now: () => now })
      const { revisions } = await new Detection({ ...sources, others: masking }).run('changed', { signal })
      assert.deepEqual(revisions.map(({ state }) => state), ['restricted']) // prettier-ignore
      assert.equal(revisions[0]?.outages?.length, 1)
    })

  it('has no incident of a whole outage, in which no control answers and nothing is judged to be interfered', async () => {
    const nothing: Partial<Verdict> = { kind: 'inconclusive', mechanism: 'tcp.timeout', log10Lr: 0, grounds: [] }
    const judgedSo = (row: Judged): Judged => ({ ...row, verdict: { ...row.verdict, ...nothing } })
    warehouse.insert(measured(0, 48, evening).map((row) => (row.verdict.kind === 'interfered' ? judgedSo(row) : row)))
    const sources = memorySources({ warehouse, incidents, statePath: join(folder, 'state.json'), now: () => now })
    const { revisions } = await new Detection({ ...sources, others: masking }).run('changed', { signal })
    assert.deepEqual(revisions, [])
  })

  it('goes on seeing a restriction when the comparison service is restricted with it', async () => {
    warehouse.insert([...measured(0, 48, evening), ...also(measured(0, 48, evening), 'wikipedia', 200_000)])
    const { revisions } = await open().run('changed', { signal })
    assert.deepEqual(revisions.map(({ service }) => service).toSorted(), ['wikipedia', 'youtube'])
  })
})
