import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeEdge } from '../../../test/kit/edge/made-edge.ts'
import { kuagerDocument } from '../../../test/kit/measured/kuager-document.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../../cli/main.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import { rebuildFolder } from '../folder/rebuild.ts'
import { completeRows } from '../folder/import-stores.ts'
import { openFolder, type OpenFolder } from '../folder/open.ts'
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

describe('thinning of a folder', () => {
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
  const vouch = async (): Promise<void> => {
    const log = join(cwd, 'data', 'log')
    const checkpoint = join(log, 'public', 'checkpoint')
    await mkdir(join(log, 'witnesses'), { recursive: true })
    await mkdir(join(log, 'stamps'), { recursive: true })
    await copyFile(checkpoint, join(log, 'witnesses', 'cosigned'))
    const size = (await readFile(checkpoint, 'utf8')).split('\n')[1] ?? ''
    await writeFile(join(log, 'stamps', `${size}-made.tsr`), '')
  }

  it('refuses a log that no other party has vouched for', async () => {
    const world = testWorld(cwd)
    await using folder = await openFolder(world, 'data', 'test')
    await assert.rejects(
      thinFolder(folder, world, ASKED),
      (error) => error instanceof InputError && error.code === 'thin.unproven',
    )
    assert.deepEqual((await folder.archive()).thinned, [])
  })

  it('thins routine runs, keeps one of each day, and everything is as before but for their bytes', async () => {
    await vouch()
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
    const events = await gathered((await folder.custody()).events(), ({ event }) => event)
    const acts = events.filter(({ type, evidence }) => type === 'erased' && evidence.kind === 'measurements')
    assert.equal(acts.length, archive.thinned.length)
    assert.equal(
      acts.reduce((sum, { detail }) => sum + Number(detail['measurements']), 0),
      runs,
    )
  })

  it('is verified, also after a rebuild without the warehouse, and says what is lost with what was kept', async () => {
    const texts: string[] = []
    const world = testWorld(cwd, (text) => texts.push(text))
    const run = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      const exit = await runCommand([...args, '--folder', 'data'], world)
      return [exit, texts.splice(0).join('')]
    }
    const [exit, verified] = await run('archive', 'verify')
    assert.equal(exit, 0, verified)
    assert.match(verified, /, thinned [1-9]\d*, corrupt 0\n$/)
    let rows: unknown
    {
      await using folder = await openFolder(world, 'data', 'test')
      rows = await rowsOf(folder)
    }
    await rm(join(cwd, 'data', 'warehouse'), { recursive: true })
    assert.equal((await run('rebuild'))[0], 0)
    {
      await using folder = await openFolder(world, 'data', 'test')
      assert.deepEqual(await rowsOf(folder), rows)
    }
    await rm(join(cwd, 'data', 'archive', 'segments', '00000001.rows'))
    const [lost, why] = await run('archive', 'verify')
    assert.equal(lost, 3)
    assert.match(why, /thinned, and what was kept of it is gone/)
    const [broken, told3] = await run('rebuild')
    assert.equal(broken, 3)
    assert.match(told3, /thinned, and what was kept of it .* is gone/)
  })

  it('goes back by months of the calendar, never less', () => {
    const at = (text: string): number => monthsBefore(instant(Date.parse(text)), 12)
    assert.equal(at('2026-12-01T05:00:00Z'), Date.UTC(2025, 11, 1))
    assert.equal(at('2026-03-31T05:00:00Z'), Date.UTC(2025, 2, 28))
  })
})
