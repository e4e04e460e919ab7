import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { contradictions } from '../../../test/kit/measured/contradictions.ts'
import {
  openDerivedEvening,
  openDerivedFolder,
  openDerivedLines,
  openFolderWithOthers,
  rederiveBundled,
  type BundledParts,
  type DerivationJson,
  type DerivedFolder,
} from '../../../test/kit/evening/derived-folder.ts'
import { movedEdge } from '../../../test/kit/evening/withdrawn-incident.ts'
import { sliceEvening } from '../../../test/kit/evening/evening-slices.ts'
import { laterCertificates } from '../../browser/verify/later-certificates.ts'
import { sha256 } from '../../browser/verify/tools.ts'
import { defaultSettings } from '../detect/chain/default-settings.ts'
import { InputError } from '../model/errors.ts'
import type { Incident } from '../model/incident/incident.ts'
import { encodeEdge } from '../model/incident/incident-wire.ts'
import type { Digest } from '../model/tables/parse-tables.ts'
import { instant, parseSha256 } from '../model/units.ts'
import type { Gathered, NotGathered } from '../../pipeline/bundle/gather.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { rederive, type Rederived } from './rederive.ts'

const SAME = { incident: [], weight: [], inputs: [], otherSettings: [], readsAlike: true }

function gathered(found: Gathered | NotGathered): Gathered {
  assert.ok(found.kind === 'derived', found.kind === 'differs' ? found.paths.join(' ') : found.kind)
  return found
}

const derivedOf = ({ derived }: Rederived): NonNullable<Rederived['derived']> => {
  assert.ok(derived !== undefined)
  return derived
}

/** What came out, but for how many others were looked at. */
function toldOf(again: Rederived): Omit<NonNullable<Rederived['derived']>, 'others'> {
  const { others: _, ...told } = derivedOf(again)
  return told
}

describe('an evening derived again from public forms', { timeout: 480_000 }, () => {
  let made: DerivedFolder
  let whole: BundledParts
  before(async () => {
    made = await openDerivedEvening()
    const [only, ...more] = await made.incidents()
    assert.ok(only !== undefined && more.length === 0)
    whole = await made.bundled(gathered(await made.gather(only.id)))
  })
  after(() => made[Symbol.asyncDispose]())

  /** The same parts, to be changed without touching the others' ones. */
  const copy = (): BundledParts => ({
    ...structuredClone({ ...whole, tables: undefined, raw: undefined }),
    tables: new Map(whole.tables),
    raw: new Map(whole.raw),
  })
  /** Leaves that the result names. */
  const named = (): readonly number[] => whole.derivation.result.measurements
  /** Of those, leaves by the kind of their verdict. */
  const ofKind = (kind: string): readonly number[] =>
    named().filter((leaf) => whole.verdicts.find((one) => one.leaf === leaf)?.verdict['kind'] === kind)

  it('contradicts itself nowhere, compared with the measurements that its page draws', async () => {
    const warehouse = await made.folder.warehouse()
    const [only] = await made.incidents()
    assert.ok(only !== undefined)
    const period = { since: instant(0), until: only.revisedAt, simulated: true }
    assert.deepEqual(contradictions(only, await warehouse.readings(only.service, only.asn, period)), [])
  })

  it('is what was published, to the byte', async () => {
    const again = await rederiveBundled(whole)
    assert.deepEqual(again.verdicts, [])
    assert.equal(again.judged, whole.measurements.length)
    assert.deepEqual(toldOf(again), { begins: 'first-reading', ...SAME })
    assert.equal(again.sameRules, true)
  })

  it('says what the measurements say of themselves', async () => {
    const { heads } = await rederiveBundled(whole)
    assert.deepEqual([heads.real, heads.simulated], [0, whole.measurements.length])
    assert.deepEqual([heads.early, heads.otherRole], [[], []])
    assert.ok(heads.span !== undefined && heads.span.since < heads.span.until)
    const parts = copy()
    const comparisons = parts.measurements.filter(({ role }) => role === 'comparison').map(({ leaf }) => leaf)
    parts.measurements = parts.measurements.map((one) => ({
      ...one,
      role: one.role === 'comparison' ? 'same-service' : one.role,
      received_at_utc: one.leaf === comparisons[0] ? '2026-10-05T00:00:00Z' : one.received_at_utc,
    }))
    const lied = (await rederiveBundled(parts)).heads
    assert.ok(comparisons.length > 0)
    assert.deepEqual([lied.early, lied.otherRole], [comparisons.slice(0, 1), comparisons])
  })

  it('of a withdrawn incident is none, unless the measurements show one at its time', async () => {
    const [only] = await made.incidents()
    const [[leaf, logged] = []] = whole.revisions
    assert.ok(only !== undefined && leaf !== undefined && typeof logged === 'object')
    const gone = { withdrawn: true, running: false, revision: 2, reason: 'withdrawn' } as const
    const published = (one: Incident) => ({ incidents: { current: () => Promise.resolve([one]) } })
    const moved = { ...only, start: movedEdge(only.start), end: movedEdge(only.end) }
    const parts = await made.bundled(gathered(await made.gather(only.id, published({ ...moved, ...gone }))))
    assert.equal(parts.derivation['result'], null)
    const found = async (revision: object, ...more: readonly object[]): Promise<unknown> => {
      parts.revisions.clear()
      for (const [at, one] of [revision, ...more].entries()) parts.revisions.set(leaf + at, { ...logged, ...one })
      const { withdrawn, readsAlike, incident, weight } = derivedOf(await rederiveBundled(parts))
      assert.deepEqual([incident, weight], [[], []])
      return { ...withdrawn, readsAlike }
    }
    const edges = { start: encodeEdge(moved.start), end: encodeEdge(moved.end) }
    assert.deepEqual(await found({ ...gone, ...edges }), { shown: 0, readsAlike: true })
    assert.deepEqual(await found(edges), { shown: 0, readsAlike: false })
    assert.deepEqual(await found(gone), { shown: 1, readsAlike: true })
    const successor = { ...gone, note: 'other' }
    assert.deepEqual(await found(successor, { id: 'other' }), { shown: 1, successor: 'other', readsAlike: true })
    assert.deepEqual(await found(successor, { id: 'other', ...gone }), { shown: 1, readsAlike: true })
    assert.equal((await made.gather(only.id, published({ ...only, ...gone }))).kind, 'differs')
    const replaced = { ...only, ...gone, id: 'gone', note: only.id }
    const both = { incidents: { current: () => Promise.resolve([replaced, only]) } }
    const beside = gathered(await made.gather('gone', both))
    assert.deepEqual([beside.others, beside.derivation['result']], [[{ incident: only.id, revision: 1 }], null])
  })

  it('names settings of the detector that are not those of this program', async () => {
    const parts = copy()
    parts.derivation = { ...parts.derivation, settings: defaultSettings({ draws: 500, floorProbes: 1 }) }
    assert.deepEqual(derivedOf(await rederiveBundled(parts)).otherSettings, ['draws', 'floorProbes'])
  })

  it('is the same without node:crypto', async () => {
    const digestHere: Digest = (bytes) => parseSha256(Buffer.from(sha256(Buffer.from(bytes))).toString('hex'))
    const again = await rederiveBundled(whole, (parts) =>
      rederive(parts, { digest: digestHere, openCertificates: (roots) => laterCertificates(roots, webcrypto.subtle) }),
    )
    assert.deepEqual([again.verdicts, again.unchecked], [[], []])
    assert.deepEqual(toldOf(again), { begins: 'first-reading', ...SAME })
  })

  it('misses any measurement of its window that is left out, with any result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...named()), async (leaf) => {
        const parts = copy()
        parts.measurements = parts.measurements.filter((one) => one.leaf !== leaf)
        const { incident } = derivedOf(await rederiveBundled(parts))
        assert.ok(incident.includes('/measurements/length'), incident.join(' '))
      }),
      { numRuns: 6 },
    )
  })

  it('shows a measurement whose bytes are those of another one', async () => {
    const [failed] = ofKind('interfered')
    const [passed] = ofKind('reachable')
    assert.ok(failed !== undefined && passed !== undefined)
    const parts = copy()
    parts.raw.set(failed, whole.raw.get(passed)!) // every named leaf is held
    const again = await rederiveBundled(parts)
    assert.deepEqual(
      again.verdicts.map(({ leaf, kind }) => [leaf, kind]),
      [
        [failed, 'verdict'],
        [failed, 'observations'],
      ],
    )
    assert.ok(derivedOf(again).incident.length > 0)
  })

  it('names the leaf of a measurement that is not there, is no JSON, or was judged otherwise', async () => {
    const [first, second, third] = named()
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    const parts = copy()
    parts.raw.delete(first)
    parts.raw.set(second, Buffer.from('{"broken'))
    const altered = parts.verdicts.find(({ leaf }) => leaf === third)
    assert.ok(altered !== undefined)
    altered.verdict['kind'] = 'inconclusive'
    const { verdicts } = await rederiveBundled(parts)
    assert.deepEqual(
      new Map(verdicts.map(({ leaf, kind }) => [leaf, kind])),
      new Map([
        [first, 'unread'],
        [second, 'unread'],
        [third, 'verdict'],
      ]),
    )
    assert.deepEqual(verdicts.find(({ leaf }) => leaf === third)?.about, ['/verdict/kind'])
  })

  it('holds every field of the result to what comes out, the weight apart', async () => {
    const changes: readonly (readonly [string, (result: DerivationJson['result']) => void])[] = [
      ['/probes', (result) => (result.probes = 7)],
      ['/start/lo95_utc', (result) => (result.start.lo95_utc = '2026-10-06T12:00:00Z')],
      ['/cause/word', (result) => (result.cause.word = 'fault')],
      ['/cause/items/0/log10_lr', ({ cause }) => (cause.items[0] = { ...cause.items[0], log10_lr: 9 })],
      ['/rules_version', (result) => (result.rules_version = 'of old')],
    ]
    for (const [path, change] of changes) {
      const parts = copy()
      change(parts.derivation.result)
      const derived = derivedOf(await rederiveBundled(parts))
      const [at, other] = path.startsWith('/cause')
        ? [derived.weight, derived.incident]
        : [derived.incident, derived.weight]
      assert.deepEqual([at, other], [[path], []])
    }
  })

  it('shows another table of causes, and a kind of sender that counts nowhere', async () => {
    const parts = copy()
    const causes = Buffer.from(parts.tables.get('causes.json') ?? [])
    parts.tables.set('causes.json', Buffer.concat([causes, Buffer.from('\n')]))
    assert.deepEqual(derivedOf(await rederiveBundled(parts)).inputs, ['/cause_table'])
    const apart = copy()
    for (const one of apart.measurements) if (one.role === 'series') one.role = 'apart'
    assert.deepEqual(derivedOf(await rederiveBundled(apart)).incident, ['/'])
  })

  it('does not read as a revision that says something else', async () => {
    const parts = copy()
    for (const [leaf, value] of parts.revisions)
      parts.revisions.set(leaf, { ...(value as object), state: 'partly-restricted' })
    assert.equal(derivedOf(await rederiveBundled(parts)).readsAlike, false)
    parts.revisions.clear()
    assert.equal(derivedOf(await rederiveBundled(parts)).readsAlike, undefined)
  })

  it('says so where the rules are those of another program', async () => {
    const parts = copy()
    const [, digest = ''] = parts.program.rules.split('+')
    parts.program.rules = `2020.1.1+${digest}`
    const other = await rederiveBundled(parts)
    assert.equal(other.sameRules, false)
    assert.equal(other.sameTables, true)
    assert.ok(other.verdicts.every(({ about }) => about.every((path) => path === '/verdict/rules_version')))
    parts.program.rules = '2020.1.1+000000000000'
    const foreign = await rederiveBundled(parts)
    assert.equal(foreign.verdicts.length, 0, 'tables that were not those are not believed')
    assert.equal(foreign.sameTables, false)
  })

  it('refuses what would never finish, and what is not a derivation', async () => {
    for (const change of [
      { settings: { ...(whole.derivation.settings as object), draws: 1e9 } },
      { until_utc: '9999-01-01T00:00:00Z' },
      { begins: { kind: 'settled', state: {} } },
      { surprise: true },
    ]) {
      const parts = copy()
      parts.derivation = { ...parts.derivation, ...change }
      await assert.rejects(rederiveBundled(parts), InputError)
    }
    const parts = copy()
    parts.tables.delete('networks.json')
    await assert.rejects(rederiveBundled(parts), /networks\.json/)
  })

  it('is not gathered where the measurements show something else, and what differs is named', async () => {
    const [only] = await made.incidents()
    assert.ok(only !== undefined)
    assert.equal((await made.gather('no-such-incident')).kind, 'unknown')
    const other = await made.gather(only.id, { settings: defaultSettings({ floorProbes: 10 }) })
    assert.ok(other.kind === 'differs' && other.paths.includes('/state'), other.kind)
    // A public form that its leaf does not digest must never be shown.
    const first = named()[Math.floor(named().length / 2)]
    const { publicOf } = made
    const changed = await made.gather(only.id, {
      publicOf: (leaf) => (leaf === first ? digest('an earlier form') : publicOf(leaf)),
    })
    assert.ok(changed.kind === 'differs' && changed.paths.includes('/readings'), changed.kind)
    const ended = new AbortController()
    ended.abort(new Error('stopped'))
    await assert.rejects(made.gather(only.id, { signal: ended.signal }), /stopped/)
  })
})

describe('weeks of throttling derived again', { timeout: 480_000 }, () => {
  it('go on from a settled state, which is stated, and say the same', async () => {
    await using made = await openDerivedFolder(
      ...['--story', 'throttled-week', '--days', '24', '--networks', '2', '--probes', '3'],
      ...['--services', 'youtube,wikipedia', '--interval', '60', '--since', '2026-09-01'],
    )
    const published = await made.incidents()
    assert.ok(published.some(({ state }) => state === 'throttled'))
    for (const { id } of published) {
      const short = gathered(await made.gather(id, { mostWhole: 50 }))
      const again = await rederiveBundled(await made.bundled(short))
      assert.deepEqual(again.verdicts, [])
      assert.deepEqual(toldOf(again), { begins: 'settled', ...SAME })
      const long = gathered(await made.gather(id))
      assert.ok(short.measurements.length < long.measurements.length)
      assert.deepEqual(short.derivation['result'], long.derivation['result'])
    }
  })
})

/** Gathers and derives every published incident again; gives what was gathered. */
async function allAgain(made: DerivedFolder): Promise<readonly Gathered[]> {
  const all: Gathered[] = []
  for (const { id } of await made.incidents()) {
    const found = gathered(await made.gather(id))
    const again = await rederiveBundled(await made.bundled(found))
    assert.deepEqual(again.verdicts, [], id)
    assert.deepEqual(toldOf(again), { begins: 'first-reading', ...SAME }, id)
    all.push(found)
  }
  return all
}

describe('incidents near an outage that others measured', { timeout: 480_000 }, () => {
  it('name it with the hash of the answer, and are derived again with it', async () => {
    const since = '2026-09-01'
    const data = [
      { location: 'country/KZ', start: Date.parse(since) / 1000 + 3600, duration: 7200, datasource: 'bgp' },
      { location: 'country/UZ', start: Date.parse(since) / 1000, duration: 7200 },
    ]
    const answer = JSON.stringify({ data })
    const sha256 = digest(answer)
    const about = { form: 'ioda-events', title: 'IODA, KZ', retrieved: '2026-09-04', since, until: '2026-09-30' }
    const file = { file: 'kz.json', ...about, retrieved_at_utc: '2026-09-04T10:00:00Z', sha256 }
    await using made = await openFolderWithOthers(
      { 'followed.json': JSON.stringify({ simulated: true, files: [file] }), 'kz.json': answer },
      ...['--story', 'month', '--days', '2', '--networks', '2', '--probes', '3', '--interval', '60'],
      ...['--services', 'youtube,wikipedia', '--since', since],
    )
    const [found, ...more] = await allAgain(made)
    assert.ok(found !== undefined)
    for (const { incident } of [found, ...more])
      assert.deepEqual(
        incident.outages?.map((one) => [one.by, one.scope, one.until - one.from, one.sha256]),
        [['ioda', 'country', 7_200_000, sha256]],
      )
    // Another outage than the one of the log is found, and so is one that is left out.
    const parts = await made.bundled(found)
    parts.derivation = { ...parts.derivation, outages: [] }
    assert.deepEqual(derivedOf(await rederiveBundled(parts)).incident, ['/outages'])
    assert.equal((await made.gather(found.incident.id, { others: { simulated: true, parts: [] } })).kind, 'differs')
  })
})

describe('incidents beside one another, and one that runs', { timeout: 480_000 }, () => {
  it('are derived again with what the log has of the others', async () => {
    await using made = await openDerivedFolder(
      ...['--story', 'month', '--days', '2', '--networks', '3', '--probes', '3', '--interval', '60'],
      ...['--services', 'youtube,wikipedia,telegram', '--since', '2026-09-01'],
    )
    const all = await allAgain(made)
    const [beside] = all.filter(({ others }) => others.length > 0)
    assert.ok(beside !== undefined, 'no incident has another one beside it')
    const parts = await made.bundled(beside)
    assert.equal(derivedOf(await rederiveBundled(parts)).others, beside.others.length)
    for (const [leaf, value] of parts.revisions)
      if ((value as { readonly id: string }).id !== beside.incident.id) parts.revisions.delete(leaf)
    assert.deepEqual(derivedOf(await rederiveBundled(parts)).inputs[0], '/others/0')
  })

  it('are derived from everything up to now while they run', async () => {
    const evening = sliceEvening(Date.now(), { networks: 2, probesPerNetwork: 3, services: ['youtube', 'wikipedia'] })
    await using made = await openDerivedLines(evening.between(evening.since, evening.start + 90 * 60_000))
    const all = await allAgain(made)
    assert.ok(all.some(({ incident }) => incident.running))
  })
})
