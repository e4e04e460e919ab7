import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { HOUR_MS } from '../../core/model/duration.ts'
import { makeStrip } from './strip.ts'
import type { World } from '../../runtime/world.ts'
import { DAY, after as secondsAfter, idOf, judged } from '../../../test/kit/measured/judged.ts'
import { instant } from '../../core/model/units.ts'
import type { Judged } from '../../store/warehouse/contract.ts'
import { openFolder } from '../../app/folder/open.ts'
import { printable } from '../../core/text/printable.ts'
import { table } from '../terminal/table.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { command } from './series.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'

function world(cwd: string): World & { readonly texts: string[] } {
  const texts: string[] = []
  return { ...testWorld(cwd, (text) => texts.push(text)), texts }
}

const submitted = (row: Judged, origin: string): Judged => ({
  ...row,
  provenance: { ...row.provenance, channel: 'collector', origin },
})

const run = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['series'], args, world })

describe('kuager series', () => {
  let cwd: string
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-series-'))
    await using folder = await openFolder(world(cwd), 'data', 'test')
    const warehouse = await folder.warehouse()
    const interfered = { kind: 'interfered', mechanism: 'tls.timeout.sni', layer: 'tls', log10Lr: 2 } as const
    await warehouse.insert([
      judged({ leafIndex: 0, at: instant(DAY + HOUR_MS) }),
      judged({ leafIndex: 1, at: instant(DAY + 17 * HOUR_MS), verdict: interfered }),
      judged({ leafIndex: 2, service: 'telegram', simulated: true, asn: 'AS64500' }),
      submitted(judged({ leafIndex: 3, service: 'whatsapp' }), 'enrolled:0123456789abcdef'),
      submitted(judged({ leafIndex: 4, service: 'whatsapp', verdict: interfered }), 'mismatched:fedcba9876543210'),
    ])
  })
  after(() => rm(cwd, { recursive: true, force: true }))
  const ask = async (...args: string[]): Promise<string> => {
    const asking = world(cwd)
    const period = ['--since', '2025-01-15', '--until', '2025-01-17']
    const exit = await run(['--folder', 'data', ...period, ...args], asking)
    assert.equal(exit, 0)
    return asking.texts.join('')
  }

  it('prints one JSON object a measurement, with every field present', async () => {
    const lines = (await ask('--service', 'youtube', '--network', 'AS9198', '--json')).trimEnd().split('\n')
    assert.equal(lines.length, 2)
    assert.deepEqual(JSON.parse(lines[1] ?? ''), {
      started_at_utc: '2025-01-15T17:00:00Z',
      id: idOf(1),
      kind: 'interfered',
      mechanism: 'tls.timeout.sni',
      layer: 'tls',
      log10_lr: 2,
      test_name: 'web_connectivity',
      input: 'https://www.youtube.com/',
      channel: 'file',
      probe: null,
      simulated: false,
    })
  })

  it('counts and draws nothing of unknown senders, says how many, and shows them where asked to', async () => {
    const whatsapp = ['--service', 'whatsapp', '--network', 'AS9198', '--lang', 'en']
    const text = await ask(...whatsapp)
    assert.match(text, /Measurements: 1\./)
    assert.match(text, /not counted because their key is unknown: 1\./)
    assert.doesNotMatch(text, /interfere/)
    assert.doesNotMatch(await ask(...whatsapp, '--json'), /interfered/)
    assert.match(
      await ask(...whatsapp, '--kept-apart'),
      /interfered .* measured on a different network from that of the sender/,
    )
    const line: unknown = JSON.parse(await ask(...whatsapp, '--kept-apart', '--json'))
    assert.ok(typeof line === 'object' && line !== null && 'standing' in line && 'id' in line)
    assert.deepEqual([line.standing, line.id], ['mismatched', idOf(4)])
  })

  it('draws a strip in which hours without measurements are not reachable ones', async () => {
    const text = await ask('--service', 'youtube', '--network', '9198', '--lang', 'en')
    assert.match(text, /YouTube, AS9198/)
    assert.match(text, /^2025-01-15 00:00 {2}\| · {15}█ {30}\|$/m)
    assert.match(text, /█ interference in every measurement/)
    assert.match(text, /2025-01-15 17:00 {2}interfered {2}tls\.timeout\.sni/)
  })

  it('says of simulated measurements that they are, in each language', async () => {
    for (const [lang, word] of [
      ['en', 'Simulated'],
      ['ru', 'Смоделировано'],
      ['kk', 'Модельденген'],
    ] as const)
      assert.match(await ask('--service', 'telegram', '--network', 'AS64500', '--lang', lang), new RegExp(word))
  })

  it('says how much of the measured time was without restriction, and weighs hours of use only where they are held', async () => {
    const real = await ask('--service', 'youtube', '--network', 'AS9198', '--lang', 'en')
    assert.match(real, /Without restriction: [\d.]+% of the measured time\. Hours with measurements: 2\s+of\s+17\./)
    assert.match(real, /We have no figures on hours of use/)
    const simulated = await ask('--service', 'telegram', '--network', 'AS64500', '--lang', 'ru')
    assert.match(simulated, /поправкой\s+на\s+часы\s+пользования: [\d,]+\s%/)
  })

  it('says no data where there is none', async () => {
    assert.match(await ask('--service', 'signal', '--network', 'AS9198', '--lang', 'en'), /no data/)
    assert.doesNotMatch(await ask('--service', 'signal', '--network', 'AS9198', '--lang', 'en'), /Without restriction/)
  })

  it('speaks the language of KUAGER_LANG, Kazakh otherwise, as judge does', async () => {
    const asked = ['--folder', 'data', '--service', 'signal', '--network', 'AS9198']
    const period = ['--since', '2025-01-15', '--until', '2025-01-17']
    for (const [env, word] of [
      [{}, /дерек жоқ/],
      [{ KUAGER_LANG: 'ru' }, /нет данных/],
    ] as const) {
      const asking = { ...world(cwd), env }
      assert.equal(await run([...asked, ...period], asking), 0)
      assert.match(asking.texts.join(''), word)
    }
  })

  it('names the services that there are where it is asked for one that there is not', async () => {
    const asked = ['--service', 'yutube', '--network', 'AS1', '--since', '2025-01-01', '--until', '2025-02-01']
    await assert.rejects(run(asked, world(cwd)), /"yutube"; expected .*youtube.*web:HOST/)
  })

  it('refuses an end before its start and a folder that is not there', async () => {
    const asked = ['--service', 'signal', '--network', 'AS1', '--since', '2025-02-01', '--until', '2025-01-01']
    await assert.rejects(run(asked, world(cwd)), /--until/)
    const missing = ['--service', 'signal', '--network', 'AS1', '--since', '2025-01-01', '--until', '2025-02-01']
    await assert.rejects(run([...missing, '--folder', 'nowhere'], world(cwd)), /there is none/)
  })
})

describe('the strip', () => {
  const period = { since: DAY, until: secondsAfter(86_400) }
  it('takes the shortest part that fits the width', () => {
    assert.equal(makeStrip([], period, 24).part, HOUR_MS)
    assert.equal(makeStrip([], period, 23).part, 2 * HOUR_MS)
    assert.deepEqual(new Set(makeStrip([], period, 24).cells), new Set(['none']))
  })
  it('keeps control characters of an unknown sender from the terminal and pads by characters', () => {
    assert.equal(printable('a\u001b[2Jb\u202ec'), 'a\ufffd[2Jb\ufffdc')
    assert.equal(
      table([
        ['қаз', 'x'],
        ['a', 'y'],
      ]),
      'қаз  x\na    y\n',
    )
  })
})
