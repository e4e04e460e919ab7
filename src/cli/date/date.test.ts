import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createRandom } from '../../core/detect/chain/random.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../main.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-date-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const DAY = Date.UTC(2025, 0, 15)
const START = Date.UTC(2025, 0, 17, 15, 2)
const END = Date.UTC(2025, 0, 17, 17, 4)

/** Four devices every 15 minutes for five days; two hours of an evening do not pass. */
function series(name: string, columns: readonly string[], extra = ''): string {
  const random = createRandom(7)
  const rows: string[] = []
  for (let slot = 0; slot < 5 * 96; slot++)
    for (let probe = 0; probe < 4; probe++) {
      const at = DAY + slot * 900_000 + probe * 200_000 + Math.floor(random.next() * 60_000)
      const fails = at >= START && at < END ? random.next() < 0.92 : random.next() < 0.01
      const all: Record<string, string> = {
        at_utc: new Date(at).toISOString(),
        probe: `p${probe}`,
        outcome: fails ? 'fail' : 'ok',
        control: 'ok',
      }
      rows.push(columns.map((column) => all[column] ?? '').join(','))
    }
  writeFileSync(join(folder, name), `${columns.join(',')}\n${rows.join('\n')}\n${extra}`)
  return join(folder, name)
}

async function runKuager(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const world = {
    ...testWorld(folder),
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
  }
  return { code: await runCommand(args, world), ...said }
}

interface Line {
  readonly id: string
  readonly state: string
  readonly episodes: number
  readonly probes: number
  readonly start: { readonly lo95_utc: string; readonly hi95_utc: string; readonly bracket_utc: readonly string[] }
  readonly end: { readonly lo95_utc: string; readonly hi95_utc: string }
  readonly alarm: { readonly raised_at_utc: string } | null
  readonly cause: { readonly word: string; readonly items: readonly { readonly item: string }[] }
}

describe('kuager date', () => {
  it('dates one evening of four devices, with the interval around the truth, and weighs its pairs', async () => {
    const path = series('evening.csv', ['at_utc', 'probe', 'outcome', 'control'])
    const { code, out } = await runKuager('date', path, '--json')
    assert.equal(code, 0)
    const lines = out.trimEnd().split('\n')
    assert.equal(lines.length, 1, out)
    const found = JSON.parse(lines[0] ?? '') as Line
    assert.match(found.id, /^evening-20250117T15\d\dZ$/)
    assert.equal(found.state, 'restricted')
    assert.equal(found.episodes, 1)
    assert.equal(found.probes, 4)
    assert.ok(Date.parse(found.start.lo95_utc) <= START && START <= Date.parse(found.start.hi95_utc), out)
    assert.ok(Date.parse(found.end.lo95_utc) <= END && END <= Date.parse(found.end.hi95_utc), out)
    const raised = Date.parse(found.alarm?.raised_at_utc ?? '')
    assert.ok(raised > START && raised < START + 45 * 60_000, out)
    assert.ok(
      found.cause.items.some(({ item }) => item === 'pair'),
      out,
    )
  })

  it('gives the same bytes for the same table', async () => {
    const path = series('again.csv', ['at_utc', 'probe', 'outcome'])
    const first = await runKuager('date', path, '--json')
    assert.equal(first.out, (await runKuager('date', path, '--json')).out)
    assert.notEqual(first.out, '')
  })

  it('names lines it cannot read on standard error, counts the others and ends with 3', async () => {
    const path = series('torn.csv', ['at_utc', 'probe', 'outcome'], 'yesterday,p1,ok\n2025-01-16,p1,perhaps\n')
    const { code, out, err } = await runKuager('date', path, '--lang', 'en')
    assert.equal(code, 3)
    assert.match(err, /torn\.csv, line 1922: at_utc is "yesterday"/)
    assert.match(err, /line 1923: outcome is "perhaps"/)
    assert.match(out, /did not open/)
  })

  it('speaks Kazakh if no language was chosen', async () => {
    const { out } = await runKuager('date', series('kk.csv', ['at_utc', 'probe', 'outcome', 'control']))
    assert.match(out, /Басталғаны: 2025\sж\.\s17\sқаңтар,\s15:0\d/)
  })

  it('tells in every language what a sign of the strip is, which measurements stand next to the edges and what was not counted', async () => {
    const name = series(
      'told.csv',
      ['at_utc', 'probe', 'outcome', 'control'],
      '2025-01-16,p1,fail,fail\n2025-01-16,p1,fail,\n',
    )
    const told = {
      kk: [
        /Бір таңба: 2\sсағ/,
        /Сервис соңғы рет ашылған және алғаш рет ашылмаған уақыт/,
        /Бақылау өлшемі де өтпеген.*: 1\./,
        /Бақылау өлшемі болмағандықтан есепке алынбаған.*: 1\./,
      ],
      ru: [
        /Один знак: 2\sч/,
        /Последнее удачное и первое неудачное/,
        /не прошло и контрольное.*: 1\./,
        /из-за отсутствия.*: 1\./,
      ],
      en: [
        /Each sign is 2\sh/,
        /Last passed and first failed/,
        /the control or the connection failed too: 1\./,
        /they have no control: 1\./,
      ],
    }
    for (const [lang, patterns] of Object.entries(told)) {
      const { out } = await runKuager('date', name, '--lang', lang)
      for (const pattern of patterns) assert.match(out, pattern)
    }
  })

  it('draws five years in few lines, and says of a table without a row that nothing was read', async () => {
    writeFileSync(join(folder, 'long.csv'), 'at_utc,outcome\n2019-01-01,ok\n2025-01-01,ok\n')
    writeFileSync(join(folder, 'none.csv'), 'at_utc,outcome\n')
    const { out } = await runKuager('date', join(folder, 'long.csv'), '--lang', 'en')
    assert.ok(out.split('\n').filter((text) => text.startsWith('  |')).length <= 2, out)
    const { code, err } = await runKuager('date', join(folder, 'none.csv'), '--lang', 'en')
    assert.equal(code, 0)
    assert.match(err, /No measurement could be read/)
  })

  it('refuses a missing file, a table without times and a zone that is none, in one sentence each', async () => {
    writeFileSync(join(folder, 'bare.csv'), 'probe,outcome\np1,ok\n')
    for (const args of [
      [join(folder, 'absent.csv')],
      [join(folder, 'bare.csv')],
      [join(folder, 'bare.csv'), '--zone', 'Mars/Olympus'],
      [],
    ]) {
      const { code, err } = await runKuager('date', ...args)
      assert.equal(code, 2, args.join(' '))
      assert.equal(err.trimEnd().split('\n').length, 1, err)
    }
  })
})
