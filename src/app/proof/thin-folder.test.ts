import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeEdge } from '../../../test/kit/edge/made-edge.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { kuagerDocument } from '../../../test/kit/measured/kuager-document.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { makeBundle, makerKeys, zipOf } from '../../../test/kit/proof/bundle-maker.ts'
import { TimeAuthority } from '../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../../cli/main.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import type { CustodyEvent } from '../../core/model/custody.ts'
import { instant, parseAsn, type Instant, type Sha256 } from '../../core/model/units.ts'
import { rebuildFolder } from '../folder/rebuild.ts'
import { completeRows } from '../folder/import-stores.ts'
import { openFolder, type OpenFolder } from '../folder/open.ts'
import { askOutside } from '../folder/outside.ts'
import { monthsBefore, thinFolder, type ThinAsked } from './thin-folder.ts'

const BEGUN = instant(Date.UTC(2024, 5, 1, 7))
const KNOWN = { standing: 'known', pseudonym: 'aaaaaaaaaaaaaaaa' } as const
/** Few enough for segments of some days. */
const SEGMENT_BYTES = 24 * 1024
const [DAYS, A_DAY] = [6, 6]
const FIRST_MANUAL = 3

const told = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
const timeOf = (day: number, nth: number): number => BEGUN + day * DAY_MS + nth * HOUR_MS
const documentOf = (day: number, nth: number): string => {
  const started = told(timeOf(day, nth))
  return JSON.stringify(
    kuagerDocument({
      annotations: {
        x_run: `${String(day).padStart(8, '0')}${String(nth).padStart(8, '0')}`,
        // One of each day is started by a person.
        ...(nth === FIRST_MANUAL ? { origin: 'user' } : {}),
      },
      root: { measurement_start_time: started, test_start_time: started },
    }),
  )
}
async function gathered<T, U>(of: AsyncIterable<T>, make: (one: T) => U): Promise<readonly U[]> {
  const all: U[] = []
  for await (const one of of) all.push(make(one))
  return all
}
const ASKED: ThinAsked = { months: 12, act: true, bundles: [], fingerprintFiles: [] }

describe('thinning of a folder', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  let cwd = ''
  const ids: Sha256[] = []
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-thin-'))
    await using edge = await makeEdge(join(cwd, 'data'), { begunAt: BEGUN, segmentBytes: SEGMENT_BYTES })
    for (let day = 0; day < DAYS; day++)
      for (let nth = 0; nth < A_DAY; nth++)
        ids.push(...(await edge.take([documentOf(day, nth)], { at: instant(timeOf(day, nth) + 60_000), by: KNOWN })))
    await edge.sign()
    const world = testWorld(cwd)
    await edge[Symbol.asyncDispose]()
    await using folder = await openFolder(world, 'data', 'test')
    await completeRows(folder, world, { fingerprintFiles: [] })
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  const rowsOf = async (folder: OpenFolder): Promise<unknown> => {
    const warehouse = await folder.warehouse()
    return Promise.all(ids.map(async (id) => [await warehouse.measurement(id), await warehouse.observations(id)]))
  }
  /** Has the log cosigned and stamped by others. */
  const vouch = async (): Promise<void> => {
    const world = testWorld(cwd)
    await using folder = await openFolder(world, 'data', 'test')
    const { key } = (await folder.begunLog())!.keys[0]! // it was signed
    using authority = new TimeAuthority()
    using witness = new TestWitness('w.example', [key])
    const url = await witness.serve()
    const policy = [`log ${formatVerifierKey(key)}`, `witness w ${witness.line} ${url}`, 'quorum w', '']
    await writeFile(join(folder.logFolder, 'policy.txt'), policy.join('\n'))
    await writeFile(join(folder.logFolder, 'a.pem'), authority.chainPem)
    const authorities = [{ name: 'a', url: await authority.serve(), chain: 'a.pem' }]
    await writeFile(join(folder.logFolder, 'authorities.json'), JSON.stringify({ authorities }))
    await askOutside(folder, { now: 'all', signal: world.signal })
  }
  /** A command over a folder: how it ended, and what it said. */
  const run = async (...args: readonly string[]): Promise<readonly [number, string]> => {
    const texts: string[] = []
    const exit = await runCommand(
      args,
      testWorld(cwd, (text) => texts.push(text)),
    )
    return [exit, texts.join('')]
  }
  /** Works on a copy of the folder. */
  const onCopy = async (name: string, act: (folder: OpenFolder) => Promise<void>): Promise<void> => {
    await cp(join(cwd, 'data'), join(cwd, name), { recursive: true })
    await using folder = await openFolder(testWorld(cwd), name, 'test')
    await act(folder)
  }
  const isInput =
    (code: string) =>
    (error: unknown): boolean =>
      error instanceof InputError && error.code === code
  const actsOf = async (folder: OpenFolder): Promise<readonly CustodyEvent[]> => {
    const events = await gathered((await folder.custody()).events(), ({ event }) => event)
    return events.filter(({ type, evidence }) => type === 'erased' && evidence.kind === 'measurements')
  }

  it('refuses a log that no other party has vouched for, also where files only look so', async () => {
    const world = testWorld(cwd)
    const refused = async (folder: OpenFolder): Promise<void> => {
      await assert.rejects(thinFolder(folder, world, ASKED), isInput('thin.unproven'))
      assert.deepEqual((await folder.archive()).thinned, [])
    }
    {
      await using folder = await openFolder(world, 'data', 'test')
      await refused(folder)
    }
    await onCopy('looks-so', async (folder) => {
      const checkpoint = join(folder.logFolder, 'public', 'checkpoint')
      const size = (await readFile(checkpoint, 'utf8')).split('\n')[1] ?? ''
      for (const name of ['witnesses', 'stamps']) await mkdir(join(folder.logFolder, name), { recursive: true })
      await copyFile(checkpoint, join(folder.logFolder, 'witnesses', 'cosigned'))
      await writeFile(join(folder.logFolder, 'stamps', `${size}-made.tsr`), '')
      await refused(folder)
    })
    const [exit, said] = await run('archive', 'thin', '--older-than', '12m', '--folder', 'data')
    assert.equal(exit, 2)
    assert.match(said, /no valid cosignature, or no valid time stamp/)
  })

  it('counts as a command, and does with --do what it counted', async () => {
    await vouch()
    await cp(join(cwd, 'data'), join(cwd, 'command'), { recursive: true })
    const thin = (...more: readonly string[]) =>
      run('archive', 'thin', '--older-than', '12m', '--folder', 'command', ...more)
    assert.equal((await run('archive', 'thin', '--older-than', '11m', '--folder', 'command'))[0], 2)
    const [exit, counted] = await thin()
    assert.equal(exit, 0, counted)
    assert.match(counted, /Would be thinned, by month of receipt:\n2024-06 +[1-9]\d* measurements/)
    assert.match(counted, /Nothing was changed; --do does it\n$/)
    const [done, said] = await thin('--do')
    assert.equal(done, 0, said)
    const line = (text: string): string | undefined => /^2024-06 .*$/m.exec(text)?.[0]
    assert.equal(line(said), line(counted))
    assert.match(said, /^Thinned, by month of receipt:/m)
    const [, again] = await thin('--json')
    assert.match(again, /"done":false,"months":\{\}/)
  })

  it('records what was done where it is interrupted', async () => {
    await onCopy('interrupted', async (folder) => {
      const stop = new AbortController()
      const world = { ...testWorld(cwd), signal: stop.signal }
      const onProgress = (): void => stop.abort()
      await assert.rejects(thinFolder(folder, world, { ...ASKED, onProgress }), { name: 'AbortError' })
      assert.equal((await folder.archive()).thinned.length, 1)
      assert.equal((await actsOf(folder)).length, 1)
    })
    // What a crash left without its event gets it when the chain is opened.
    await onCopy('crashed', async (folder) => {
      const archive = await folder.archive()
      await archive.thin({ segment: 1, at: instant(Date.UTC(2026, 0)), rows: [[0, '{}']] })
      assert.equal((await actsOf(folder)).length, 1)
    })
  })

  it('keeps what an event of custody names, and the network of an incident', async () => {
    const counted = async (folder: OpenFolder) => thinFolder(folder, testWorld(cwd), { ...ASKED, act: false })
    await onCopy('named', async (folder) => {
      const evidence = { kind: 'measurements', id: '0-5' } as const
      const custody = await folder.custody()
      await custody.record({ type: 'copied', evidence, actor: 'operator', reason: 'for a court', detail: {} })
      assert.equal((await counted(folder)).kept.named, 6)
    })
    await onCopy('incident', async (folder) => {
      const [from, until] = [instant(timeOf(1, 0)), instant(timeOf(1, 1))]
      const edge = (at: Instant) => ({ kind: 'dated', median: at, bracket: [at, at] }) as const
      const incident = sampleIncident({ asn: parseAsn(9198), start: edge(from), end: edge(until), running: false })
      const { kept: before } = await counted(folder)
      await (await folder.incidents()).publish([incident], [])
      const { months, kept } = await counted(folder)
      assert.equal(before['near-incident'], undefined)
      assert.deepEqual(months, {})
      assert.ok((kept['near-incident'] ?? 0) > DAYS)
    })
  })

  it('asks for each bundle that was handed out, and knows it by its content', async () => {
    const { files } = makeBundle()
    const manifest = files.get('manifest-sha512.txt') ?? Buffer.alloc(0)
    await writeFile(join(cwd, 'given.zip'), zipOf(files, 'given'))
    await writeFile(join(cwd, 'other.zip'), zipOf(makeBundle(makerKeys('another')).files, 'given'))
    const changed = new Map(files).set('data/measurements.jsonl', Buffer.alloc(0))
    await writeFile(join(cwd, 'changed.zip'), zipOf(changed, 'given'))
    await onCopy('bundles', async (folder) => {
      const custody = await folder.custody()
      const exported = { type: 'exported', actor: 'operator', reason: 'asked for' } as const
      const hand = (id: string, manifest_sha512: string) =>
        custody.record({ ...exported, evidence: { kind: 'bundle', id }, detail: { manifest_sha512 } })
      await hand('one-r1', hash('sha512', manifest))
      const counts = (...bundles: readonly string[]) =>
        thinFolder(folder, testWorld(cwd), { ...ASKED, act: false, bundles })
      await assert.rejects(counts(), isInput('thin.bundles'))
      await assert.rejects(counts('other.zip'), isInput('thin.other-bundle'))
      await assert.rejects(counts('changed.zip'), isInput('thin.bundle'))
      assert.ok(Object.keys((await counts('given.zip')).months).length > 0)
      await hand('two-r1', 'f'.repeat(128))
      await assert.rejects(counts('given.zip', 'given.zip'), /handed out: two-r1$/)
      // A file of the name of a bundle is not that bundle.
      await mkdir(join(folder.path, 'bundles'), { recursive: true })
      await copyFile(join(cwd, 'given.zip'), join(folder.path, 'bundles', 'two-r1.zip'))
      await assert.rejects(counts('given.zip'), /handed out: two-r1$/)
    })
  })

  it('thins routine runs, keeps one of each day, and everything is as before but for their bytes', async () => {
    const world = testWorld(cwd)
    await using folder = await openFolder(world, 'data', 'test')
    const archive = await folder.archive()
    const before = await rowsOf(folder)
    const leaves = await gathered(archive.leaves(0, archive.size), (leaf) => Buffer.from(leaf))

    const counted = await thinFolder(folder, world, { ...ASKED, act: false })
    assert.deepEqual(archive.thinned, [], 'without being told to, nothing is changed')
    const done = await thinFolder(folder, world, ASKED)
    assert.deepEqual(done, counted, 'what was counted is what is done')
    assert.ok(Object.keys(done.months).length > 0)
    assert.ok((done.kept['not-scheduled'] ?? 0) > 0)

    const thinned: Sha256[] = []
    const wholeDays = new Set<string>()
    for (const id of ids) {
      const found = await archive.read(id)
      if (found?.kind === 'thinned') thinned.push(id)
      else if (found?.kind === 'blob') wholeDays.add(told(found.provenance.receivedAt).slice(0, 10))
    }
    const runs = Object.values(done.months).reduce((sum, one) => sum + one.runs, 0)
    assert.equal(thinned.length, runs)
    assert.ok(runs >= DAYS, `${runs} of ${ids.length} were thinned`)
    for (const [nth, id] of ids.entries())
      if (nth % A_DAY === FIRST_MANUAL) assert.equal((await archive.read(id))?.kind, 'blob', 'started by a person')
    assert.equal(wholeDays.size, DAYS, 'every day has a whole one')

    // The log, the rows, and the rows that a rebuild makes.
    const after = await gathered(archive.leaves(0, leaves.length), (leaf) => Buffer.from(leaf))
    assert.deepEqual(after, leaves)
    assert.deepEqual(await rowsOf(folder), before)
    await rebuildFolder(folder, world, { fingerprintFiles: [], onProgress: () => undefined })
    assert.deepEqual(await rowsOf(folder), before)
    const again = await thinFolder(folder, world, ASKED)
    assert.deepEqual(again.months, {}, 'a second time there is nothing to do')

    // The same bytes are known.
    const [first] = thinned
    assert.ok(first !== undefined)
    assert.ok(await archive.has(first))
    const text = documentOf(Math.floor(ids.indexOf(first) / A_DAY), ids.indexOf(first) % A_DAY)
    const [place] = await archive.append([
      {
        bytes: Buffer.from(text),
        publicSha256: first,
        provenance: { id: first, receivedAt: instant(9), channel: 'file', origin: 'again' },
      },
    ])
    assert.equal(place?.kind, 'known')
    const acts = await actsOf(folder)
    assert.equal(acts.length, archive.thinned.length)
    assert.equal(
      acts.reduce((sum, { detail }) => sum + Number(detail['measurements']), 0),
      runs,
    )
  })

  it('is verified, also after a rebuild without the warehouse, and says what is lost with what was kept', async () => {
    const world = testWorld(cwd)
    const [exit, verified] = await run('archive', 'verify', '--folder', 'data')
    assert.equal(exit, 0, verified)
    assert.match(verified, /, thinned [1-9]\d*, corrupt 0\n$/)
    let rows: unknown
    {
      await using folder = await openFolder(world, 'data', 'test')
      rows = await rowsOf(folder)
    }
    await rm(join(cwd, 'data', 'warehouse'), { recursive: true })
    assert.equal((await run('rebuild', '--folder', 'data'))[0], 0)
    {
      await using folder = await openFolder(world, 'data', 'test')
      assert.deepEqual(await rowsOf(folder), rows)
    }
    await rm(join(cwd, 'data', 'archive', 'segments', '00000001.rows'))
    const [lost, why] = await run('archive', 'verify', '--folder', 'data')
    assert.equal(lost, 3)
    assert.match(why, /thinned, and what was kept of it is gone/)
    const [broken, told3] = await run('rebuild', '--folder', 'data')
    assert.equal(broken, 3)
    assert.match(told3, /thinned, and what was kept of it .* is gone/)
  })

  it('goes back by months of the calendar, never less', () => {
    const at = (text: string): number => monthsBefore(instant(Date.parse(text)), 12)
    assert.equal(at('2026-12-01T05:00:00Z'), Date.UTC(2025, 11, 1))
    assert.equal(at('2026-03-31T05:00:00Z'), Date.UTC(2025, 2, 28))
  })
})
