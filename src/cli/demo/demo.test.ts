import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { openDoor } from '../../app/demo/door.ts'
import { openFolder } from '../../app/folder/open.ts'
import { systemClock } from '../../runtime/clock.ts'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { listenWaiting } from '../../web/listen.ts'
import { runCommand } from '../main.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-demo-'))
after(() => rmSync(root, { recursive: true, force: true }))

interface Visit {
  readonly exit: number
  readonly err: string
  readonly page: string
  /** What the interface says of incidents. */
  readonly incidents: string
  /** The page of the statements about that evening. */
  readonly claims: string
  /** Newest checkpoint of the log. */
  readonly checkpoint: string
  /** First page of the letter service. */
  readonly letter: string
}

/** A world that ends as soon as `until` is written to one of its streams. */
function openWorld(until: RegExp): { readonly world: World; readonly texts: { out: string; err: string } } {
  const controller = new AbortController()
  const texts = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({
    write: (text: string): boolean => {
      texts[name] += text
      if (until.test(text)) controller.abort(new Error('enough'))
      return true
    },
  })
  const world = {
    out: stream('out'),
    err: stream('err'),
    terminal: false,
    env: {},
    cwd: root,
    signal: controller.signal,
    runCommand,
  }
  return { world, texts }
}

/** Starts the demonstration on a free port, reads one page, has another command try the folder, and ends it. */
async function visit(
  folder: string,
  options: readonly string[] = STAYS,
): Promise<Visit & Record<'importExit' | 'seriesExit', number | null>> {
  const { world, texts } = openWorld(/never/)
  const controller = new AbortController()
  let page = ''
  let incidents = ''
  let claims = ''
  let checkpoint = ''
  let letter = ''
  let importExit: number | null = 0
  let seriesExit: number | null = 1
  const opened = async (text: string): Promise<void> => {
    const url = /http:\/\/\S+/.exec(text)?.[0]
    assert.ok(url !== undefined)
    page = await (await fetch(new URL('/en/', url))).text()
    incidents = await (await fetch(new URL('/api/v1/incidents', url))).text()
    claims = await (await fetch(new URL('/en/claims', url))).text()
    checkpoint = await (await fetch(new URL('/log/checkpoint', url))).text()
    letter = await (await fetch(new URL('/en/', /letter\b.* (http:\/\/\S+)/.exec(text)?.[1]))).text()
    importExit = await kuager(['import', '--folder', folder, REAL])
    seriesExit = await kuager(['series', '--folder', folder, ...SERIES])
    controller.abort(new Error('enough'))
  }
  let visiting: Promise<void> | undefined
  const out = {
    write: (text: string): boolean => {
      visiting ??= opened(text)
      return true
    },
  }
  const exit = await runCommand(['demo', '--folder', folder, ...options], {
    ...world,
    out,
    signal: controller.signal,
  })
  await visiting
  return { exit, err: texts.err, page, incidents, claims, checkpoint, letter, importExit, seriesExit }
}

/** Runs a command in a process of its own and gives its exit code. */
const kuager = (args: readonly string[]): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin', 'kuager.js'), ...args], { stdio: 'ignore' })
    child.once('error', reject).once('exit', resolve)
  })

/** A small demonstration whose time stays at the end of its evening: runs of four minutes have ended. */
const END = Math.floor(systemClock.now() / DAY_MS) * DAY_MS - DAY_MS + 4 * MINUTE_MS
const STAYS = ['--port', '0', '--days', '2', '--at', new Date(END).toISOString()]
const SERIES = ['--service', 'youtube', '--network', 'AS64496', '--since', '2026-01-01', '--until', '2026-01-02']
const REAL = join(root, 'real.json')
writeFileSync(REAL, '{}')

/** Number of archived measurements, and of leaves. */
async function count(folder: string): Promise<{ readonly measurements: number; readonly leaves: number }> {
  await using open = await openFolder(openWorld(/never/).world, folder, 'test')
  const archive = await open.archive()
  let measurements = 0
  for await (const leaf of archive.leaves(0, archive.size))
    if (LEAF_CODEC.parse(leaf).kind === 'measurement') measurements++
  return { measurements, leaves: archive.size }
}

it('the demonstration goes on after it was cut off, shows simulated rows alone, and adds nothing on a later start', async () => {
  const folder = join(root, 'demo')
  const cut = openWorld(/judging and storing/)
  assert.equal(await runCommand(['demo', '--folder', folder, ...STAYS], cut.world), 1, cut.texts.err)
  const first = await visit(folder)
  assert.equal(first.exit, 0, first.err)
  assert.match(first.page, /\(simulated\)/)
  assert.match(first.page, /[Ss]imulated/)
  assert.match(first.incidents, /"id":"youtube-as64496-\d{8}T15\d\dZ"/, 'the evening is found before the first page')
  assert.match(first.claims, /Minister \(simulated\)/, 'beside it stands what was said that evening, also invented')
  assert.doesNotMatch(
    first.claims,
    /Abayev|Human rights bureau/,
    'nothing of the real record stands among simulated incidents',
  )
  assert.match(first.letter, /Let the internet be open in the evenings too/)
  assert.match(first.letter, /[Ss]imulated/)
  assert.equal(first.importExit, 2, 'nothing real is taken in')
  assert.equal(first.seriesExit, 0, 'another process may read')
  const stored = await count(folder)
  assert.match(first.err, new RegExp(`Stored ${stored.measurements} simulated measurements`))
  const [origin, size] = first.checkpoint.split('\n')
  assert.match(origin ?? '', /^simulated\.invalid\/[0-9a-f]{8}\/log$/)
  assert.equal(Number(size), stored.leaves, 'everything is logged before the first page')
  assert.ok(stored.leaves > stored.measurements, 'incidents too')
  const second = await visit(folder)
  assert.equal(second.exit, 0)
  assert.doesNotMatch(second.err, /simulating|judging|Stored/, 'nothing is made again')
  assert.equal(second.incidents, first.incidents)
  assert.equal(second.checkpoint, first.checkpoint)
  assert.deepEqual(await count(folder), stored)
  const running = await visit(folder, ['--port', '0'])
  assert.equal(running.exit, 0, running.err)
  assert.match(running.page, /While this demonstration was closed, its clock stood still/)
  const third = await visit(folder)
  assert.equal(third.exit, 0, 'it opens after it was closed while it was behind')
  assert.doesNotMatch(third.page, /its time did not run/)
})

it('the demonstration does not stay at a time that has not come', async () => {
  const { world, texts } = openWorld(/never/)
  const at = new Date(systemClock.now() + DAY_MS).toISOString()
  assert.equal(await runCommand(['demo', '--folder', join(root, 'future'), '--at', at], world), 2)
  assert.match(texts.err, /that time has not come/)
})

it('the demonstration refuses a folder that holds anything else and leaves it as it was', async () => {
  const folder = mkdtempSync(join(root, 'other-'))
  writeFileSync(join(folder, 'mine.txt'), 'mine')
  const { world, texts } = openWorld(/never/)
  assert.equal(await runCommand(['demo', '--folder', folder], world), 2)
  assert.match(texts.err, /it holds other things \(mine\.txt\)/)
  assert.deepEqual(readdirSync(folder), ['mine.txt'])
})

it('the demonstration refuses a marker that it did not write', async () => {
  const folder = mkdtempSync(join(root, 'marker-'))
  for (const text of ['', '{"simulated":false}', '{"simulated":true,"state":"ready","since":0,"days":1e9}']) {
    writeFileSync(join(folder, 'demo.json'), text)
    const { world, texts } = openWorld(/never/)
    assert.equal(await runCommand(['demo', '--folder', folder], world), 2)
    assert.match(texts.err, /its demo\.json cannot be read/)
  }
})

it('a port that is taken is an error before any work', async () => {
  const folder = join(root, 'taken')
  await using taken = await listenWaiting({ host: '127.0.0.1', port: 0 }, { title: 'other', progress: () => '' })
  const { port } = new URL(taken.url)
  for (const options of [
    ['--port', port, '--letter-port', '0'],
    ['--port', '0', '--letter-port', port],
  ]) {
    const { world, texts } = openWorld(/never/)
    assert.equal(await runCommand(['demo', '--folder', folder, ...options], world), 1)
    assert.match(texts.err, new RegExp(`port ${port}: another program uses this port`))
  }
  assert.deepEqual(readdirSync(folder).toSorted(), ['holder.json', 'lock.sqlite'])
})

it('a second start next to the first gives the address of the first, which says meanwhile how far it is', async () => {
  const folder = join(root, 'twice')
  const first = await openDoor({ folder, port: 0, letterPort: 0, progress: () => '42 %: judging' })
  assert.ok('observatory' in first)
  await using _first = first
  const { world, texts } = openWorld(/never/)
  assert.equal(await runCommand(['demo', '--folder', folder], world), 0)
  assert.equal(texts.out, `Kuager's demonstration is already open at ${first.observatory.url}\n`)
  for (const { url } of [first.observatory, first.letter]) {
    const answer = await fetch(new URL('/en/incidents', url))
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /42 %: judging/)
  }
})
