import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../main.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-label-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const measurements = Array.from({ length: 4 }, (_, i) => ({
  ...webMeasurement(),
  measurement_start_time: `2026-03-05 15:0${i}:00`,
}))
writeFileSync(join(folder, 'all.jsonl'), measurements.map((one) => JSON.stringify(one)).join('\n'))

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(args: readonly string[], answers?: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' }
  const left = [...(answers ?? [])]
  const world = {
    ...testWorld(folder),
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
    ...(answers === undefined ? {} : { ask: async () => left.shift() }),
  }
  return { code: await runCommand(args, world), ...said }
}

describe('kuager label and kuager evaluate', () => {
  it('shows what was measured and no verdict, continues where it stopped, and compares two reviewers', async () => {
    const label = (name: string) => ['label', 'all.jsonl', '--reviewer', name, '--out', `${name}.jsonl`]
    const first = await run(label('a'), ['r', 'x', 'r', 'q'])
    assert.equal(first.code, 3)
    assert.match(first.out, /2 of 4 labelled/)
    assert.match(first.err, /web_connectivity.*AS/)
    assert.doesNotMatch(first.err, /verdict|likelihood|rules? version|log10|grounds/i)
    assert.equal((await run(label('a'), ['r', 'r'])).code, 0)
    assert.equal((await run(label('b'), ['r', 'r', 'r', 'i'])).code, 0)
    const found = await run(['evaluate', 'all.jsonl', '--labels', 'a.jsonl', '--labels', 'b.jsonl', '--json'])
    const { agreement, differ, total } = JSON.parse(found.out) as {
      agreement: { n: number; observed: number }
      differ: string[]
      total: { n: number; upper95: number }
    }
    assert.deepEqual([agreement.n, agreement.observed, differ.length, total.n], [4, 0.75, 1, 3])
    assert.ok(total.upper95 > 0.3)
    const text = await run(['evaluate', 'all.jsonl', '--labels', 'a.jsonl', '--labels', 'b.jsonl'])
    assert.match(text.out, /Cohen’s kappa/)
    assert.match(text.out, /rule /)
    assert.match(text.out, /network AS/)
  })

  it('writes a table to fill in, in another order for each reviewer, and reads it', async () => {
    const sheet = async (name: string): Promise<readonly string[]> => {
      await run(['label', 'all.jsonl', '--reviewer', name, '--out', `${name}.csv`, '--sheet'])
      return readFileSync(join(folder, `${name}.csv`), 'utf8').split('\n')
    }
    const names = ['c', 'd', 'e', 'f']
    const orders = new Set<string>()
    for (const name of names) orders.add((await sheet(name)).map((line) => line.slice(0, 64)).join())
    assert.ok(orders.size > 1)
    for (const name of ['c', 'd']) {
      const path = join(folder, `${name}.csv`)
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^([0-9a-f]{64}),,/gm, '$1,reachable,'))
    }
    const { out } = await run(['evaluate', 'all.jsonl', '--labels', 'c.csv', '--labels', 'd.csv'])
    assert.match(out, /Labelled by both: 4\. They agree on 100\.0 %/)
  })

  it('refuses wrong use in one sentence', async () => {
    for (const args of [
      ['label', 'all.jsonl', '--reviewer', 'a b', '--out', 'x'],
      ['label', 'all.jsonl', '--reviewer', 'a', '--out', 'x.jsonl'],
      ['evaluate', 'all.jsonl', '--labels', 'c.csv'],
      ['evaluate', 'all.jsonl', '--labels', 'c.csv', '--labels', 'all.jsonl'],
    ])
      assert.equal((await run(args)).code, 2, args.join(' '))
  })
})

describe('kuager fit', () => {
  it('proposes a table with a version of its own and changes nothing', async () => {
    const incident = { id: 'x-1', cause: { items: [{ item: 'pair', outcome: 'fail-pass' }] } }
    writeFileSync(
      join(folder, 'incidents.jsonl'),
      `${JSON.stringify(incident)}\n${JSON.stringify({ ...incident, id: 'x-2' })}\nno\n`,
    )
    writeFileSync(join(folder, 'causes.json'), JSON.stringify({ 'x-1': 'name-block' }))
    const { code, out } = await run(['fit', 'incidents.jsonl', '--labels', 'causes.json', '--out', 'proposed.json'])
    assert.equal(code, 3)
    assert.match(out, /1 incidents, .*Proposed, not applied: version [0-9a-f]{64}/)
    const proposed = JSON.parse(readFileSync(join(folder, 'proposed.json'), 'utf8')) as { table: { note: string } }
    assert.match(proposed.table.note, /not in use/)
    assert.equal((await run(['fit', 'incidents.jsonl', '--labels', 'causes.json', '--out', 'proposed.json'])).code, 2)
  })
})
