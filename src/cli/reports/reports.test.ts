import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { slotOf } from '../../core/model/people/report.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { NoteRow, ReportRow } from '../../reports/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'

/** The hour before the last whole one. */
const HELD_HOUR = Math.floor(systemClock.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS
const TYPED = new Date(HELD_HOUR).toISOString().replace(':00.000Z', 'Z')

let made = 0
const idOf = (): string => (0xabc000 + made++).toString(16).padEnd(32, '0')
const rows = (count: number, change: Partial<ReportRow>): readonly ReportRow[] =>
  Array.from({ length: count }, () => ({
    id: idOf(),
    slot: HELD_HOUR,
    service: 'youtube',
    problem: 'slow',
    asn: parseAsn(9198),
    state: 'held',
    simulated: false,
    ...change,
  }))
const note = (id: string, text: string): NoteRow => ({
  id: id.padEnd(32, '0'),
  day: slotOf(instant(HELD_HOUR)) - (HELD_HOUR % DAY_MS),
  service: 'telegram',
  lang: 'ru',
  text,
  state: 'waiting',
  simulated: false,
})

describe('kuager reports', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-cli-reports-'))))
  after(() => rm(root, { recursive: true }))

  async function folder(
    name: string,
    kept: { readonly reports?: readonly ReportRow[]; readonly notes?: readonly NoteRow[] },
  ) {
    const texts: string[] = []
    const world: World = { ...testWorld(root, (text) => texts.push(text)), env: { KUAGER_LANG: 'en' } }
    await withFolder(world, { folder: name, name: 'test', args: [] }, async (open) => {
      await open.archive()
      await (await open.reports(world.env)).add(kept)
      return 0
    })
    return async (...args: readonly string[]): Promise<readonly [number, string]> => {
      texts.length = 0
      return [await runCommand([...args, '--folder', name], world), texts.join('')]
    }
  }

  it('lists what waits with traces of people marked, shows it, and publishes the words of the moderator alone', async () => {
    const run = await folder('notes', {
      notes: [note('aaaaaa1', 'Пишите мне: +7 701 234 56 78'), note('bbbbbb2', 'Видео \u001b[31mстоит')],
    })
    const [exit, listed] = await run('reports', 'list')
    assert.equal(exit, 0)
    assert.ok(listed.includes('traces') && !listed.includes('234 56 78') && !listed.includes('\u001b'), listed)
    assert.match((await run('reports', 'show', 'aaaaaa'))[1], /leads to a person[\s\S]*701 234 56 78/)
    const refused = await run('reports', 'publish', 'aaaaaa', '--text', 'звоните +7 701 234 56 78')
    assert.equal(refused[0], 2)
    assert.deepEqual(await run('reports', 'publish', 'bbbbbb', '--text', 'Видео стоит.'), [
      0,
      'bbbbbb20 is shown as: Видео стоит.\n',
    ])
    assert.match((await run('custody', 'list', '--lang', 'en'))[1], /report note bbbbbb20/)
    assert.match((await run('reports', 'list', '--state', 'published', '--json'))[1], /"shown":"Видео стоит."/)
    assert.equal((await run('reports', 'set-aside', 'aaaaaa'))[0], 0)
    assert.equal((await run('reports', 'remove', 'aaaaaa'))[0], 0)
    assert.equal((await run('reports', 'show', 'aaaaaa'))[0], 2)
    assert.equal((await run('reports', 'list'))[1], '0 waiting\n')
  })

  it('lists texts that say the same once, says how many there are, and erases them together', async () => {
    const many = Array.from({ length: 120 }, (_, nth) => note(`ee${String(nth).padStart(4, '0')}`, 'купите у нас'))
    const others = Array.from({ length: 50 }, (_, nth) => note(`ff${String(nth).padStart(4, '0')}`, `текст ${nth}`))
    const run = await folder('many', { notes: [...many, ...others] })
    const [, listed] = await run('reports', 'list')
    assert.match(listed, /ee000000 .* ×120 .*купите у нас/)
    assert.match(listed, /\n170 waiting, 159 of them are shown here; --most N shows more\n$/)
    assert.match((await run('reports', 'list', '--most', '100'))[1], /\n170 waiting\n$/)
    assert.match(
      (await run('reports', 'list', '--most', '100', '--lang', 'ru'))[1],
      /сервис +язык[\s\S]*\nОжидают: 170\n$/,
    )
    assert.match((await run('reports', 'status', '--lang', 'kk'))[1], /қаралмаған мәтін +170\n/)
    assert.equal((await run('reports', 'list', '--most', '0'))[0], 2)
    assert.match((await run('reports', 'status', '--json'))[1], /"texts_waiting":170/)
    assert.equal((await run('reports', 'remove', 'ff0000', 'aaaaaa'))[0], 2)
    assert.deepEqual(await run('reports', 'set-aside', 'ff0000', 'ff0001'), [0, '2 texts are not shown\n'])
    assert.deepEqual(await run('reports', 'remove', 'ee0007', '--alike'), [0, '120 texts are erased\n'])
    assert.match((await run('reports', 'list', '--most', '1'))[1], /\n48 waiting, 1 of them are shown here/)
  })

  it('shows what is held, and releases a service and hour with an event, and with a reason', async () => {
    const run = await folder('held', {
      reports: [...rows(7, {}), ...rows(3, { state: 'counted' }), ...rows(4, { service: 'telegram' })],
    })
    assert.match((await run('reports', 'held'))[1], /youtube .* 7 .*AS9198[\s\S]*11 held/)
    assert.equal((await run('reports', 'release', 'youtube', TYPED))[0], 2)
    assert.equal((await run('reports', 'release', 'telegram', TYPED, '--reason', 'a school'))[0], 2, 'four are too few')
    assert.equal((await run('reports', 'release', 'signal', TYPED, '--reason', 'a school'))[0], 2)
    assert.deepEqual(await run('reports', 'release', 'youtube', TYPED, '--reason', 'the network of a school'), [
      0,
      '7 reports of youtube count after all\n',
    ])
    assert.match((await run('custody', 'list', '--lang', 'en'))[1], /the network of a school/)
    assert.match((await run('reports', 'status', '--json'))[1], /"counted":3,"repeats":0,"held":4,"released":7/)
  })

  it('refuses an hour that is not over, and what it does not know', async () => {
    const run = await folder('wrong', { reports: rows(7, {}) })
    const now = new Date(Math.floor(systemClock.now() / HOUR_MS) * HOUR_MS).toISOString().replace(':00.000Z', 'Z')
    for (const args of [
      ['release', 'youtube', now, '--reason', 'x'],
      ['release', 'youtube', 'yesterday', '--reason', 'x'],
      ['show', 'zz'],
      ['explode'],
      ['list', '--state', 'gone'],
      ['held', '--days', '0'],
      [],
    ])
      assert.equal((await run('reports', ...args))[0], 2, args.join(' '))
  })
})
