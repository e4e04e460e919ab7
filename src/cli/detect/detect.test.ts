import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { parseInstant } from '../../core/model/units.ts'
import { runCommand } from '../main.ts'

/** What the issue asks of a line: names of fields, those of an edge, those of a cause. */
const FIELDS = ['id', 'service', 'network', 'mechanism', 'state', 'start', 'end', 'episodes', 'p_one_episode', 'probes']
const EDGE = ['median_utc', 'lo95_utc', 'hi95_utc', 'bracket_utc']

interface Line {
  readonly id: string
  readonly service: string
  readonly network: string
  readonly simulated: boolean
  readonly revision: number
  readonly reason: string
  readonly start: { readonly lo95_utc: string; readonly hi95_utc: string }
  readonly end: { readonly lo95_utc: string; readonly hi95_utc: string }
  readonly measurements: readonly string[]
}

describe('kuager detect, incidents, incident', () => {
  let cwd: string
  const run = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> => {
    let out = ''
    const world = testWorld(cwd, (text) => (out += text))
    return { exit: await runCommand(args, { ...world, env: { KUAGER_FOLDER: join(cwd, 'data') } }), out }
  }
  const lines = async (...args: readonly string[]): Promise<readonly Line[]> =>
    (await run(...args, '--json')).out
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-detect-'))
    const story = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia', '--interval', '15']
    const size = ['--since', '2026-10-06', '--days', '1', '--networks', '2', '--probes', '4']
    assert.equal((await run('simulate', '--out', 'made', ...size, ...story)).exit, 0)
    assert.equal((await run('import', 'made/measurements')).exit, 0)
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('find the evening of the simulator on the network that it touched, and nothing else', async () => {
    assert.match((await run('incidents', '--lang', 'en')).out, /has not been searched for incidents yet/)
    assert.equal((await run('detect')).exit, 0)
    assert.match((await run('incidents', '--service', 'wikipedia', '--lang', 'en')).out, /No incidents match/)
    const found = await lines('incidents')
    assert.deepEqual(
      found.map(({ service, network, simulated, revision }) => [service, network, simulated, revision]),
      [['youtube', 'AS64496', true, 1]],
    )
    const [{ start, end }] = found as [Line]
    // The truth of the story: 20:02 to 22:04 in Almaty.
    assert.ok(parseInstant(start.lo95_utc) <= parseInstant('2026-10-06T15:02:00Z'))
    assert.ok(parseInstant(start.hi95_utc) >= parseInstant('2026-10-06T15:02:00Z'))
    assert.ok(parseInstant(end.lo95_utc) <= parseInstant('2026-10-06T17:04:00Z'))
    assert.ok(parseInstant(end.hi95_utc) >= parseInstant('2026-10-06T17:04:00Z'))
    for (const field of FIELDS) assert.ok(field in found[0]!, field)
    for (const field of EDGE) assert.ok(field in start && field in end, field)
  })

  it('publish nothing again when nothing has changed', async () => {
    const last = (await run('detect', '--all', '--json')).out
    assert.deepEqual(JSON.parse(last), { series: 4, incidents: 1, revisions: 0, reasons: {} })
  })

  it('choose by service, network and time', async () => {
    const count = async (...args: readonly string[]): Promise<number> => (await lines('incidents', ...args)).length
    assert.equal(await count('--service', 'youtube', '--network', '64496'), 1)
    assert.equal(await count('--service', 'telegram'), 0)
    assert.equal(await count('--network', 'AS64497'), 0)
    assert.equal(await count('--until', '2026-10-06T14:00:00Z'), 0)
    assert.equal(await count('--since', '2026-10-06T16:00:00Z', '--until', '2026-10-06T16:30:00Z'), 1)
  })

  it('tell a person in three languages what, when, and that it is simulated', async () => {
    const [incident] = await lines('incidents')
    for (const [lang, words] of [
      ['kk', /YouTube ашылмады[^]*20:0\d/],
      ['ru', /YouTube[^]*20:0\d/],
      ['en', /Simulated[^]*YouTube did not open[^]*20:0\d/],
    ] as const) {
      assert.match((await run('incidents', '--lang', lang)).out, words)
      const page = (await run('incident', incident!.id, '--history', '--lang', lang)).out
      assert.match(page, words)
      assert.ok(page.includes(incident!.id))
      for (const line of page.split('\n')) assert.ok(line.length <= 130, line)
    }
  })

  it('keep the journal when the warehouse is made again', async () => {
    const before = await lines('incidents')
    assert.equal((await run('rebuild')).exit, 0)
    assert.deepEqual(await lines('incidents'), before)
  })

  it('revise an incident whose measurements were erased, and name them no longer', async () => {
    const [incident] = await lines('incidents')
    const gone = incident!.measurements.slice(20, 23)
    for (const id of gone) assert.equal((await run('archive', 'erase', id, '--reason', 'asked for')).exit, 0)
    const history = await lines('incident', incident!.id, '--history')
    assert.deepEqual([...new Set(history.slice(1).map(({ reason }) => reason))], ['erased-data'])
    for (const { measurements } of history) for (const id of gone) assert.ok(!measurements.includes(id))
  })

  it('refuse an id that there is not, a language that there is not, and a folder that there is not', async () => {
    assert.equal((await run('incident', 'youtube-as1-20200101T0000Z')).exit, 2)
    assert.equal((await run('incidents', '--lang', 'de')).exit, 2)
    assert.equal((await run('detect', '--folder', 'nowhere')).exit, 2)
  })
})
