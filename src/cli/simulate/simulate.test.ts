import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { runCommand } from '../main.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-simulate-'))
after(() => rmSync(root, { recursive: true, force: true }))

async function run(...args: readonly string[]): Promise<{ exit: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (texts[name] += text) })
  const world = { ...testWorld(root), out: stream('out'), err: stream('err') }
  return { exit: await runCommand(['simulate', ...args], world), ...texts }
}

it('simulate writes measurements, truth and labels into a folder read against the working one', async () => {
  const { exit, out } = await run('--out', 'made', '--days', '1', '--networks', '2', '--probes', '1')
  assert.equal(exit, 0)
  assert.match(out, /^\d+ simulated measurements in .*made/)
  assert.deepEqual(readdirSync(join(root, 'made')).toSorted(), ['labels.jsonl', 'measurements', 'truth.json'])
})

it('simulate refuses a second history in the same folder', async () => {
  const { exit, err } = await run('--out', 'made', '--days', '1')
  assert.equal(exit, 2)
  assert.match(err, /holds 3 entries/)
})

it('simulate says which argument is wrong and writes nothing', async () => {
  for (const [name, value] of [
    ['--days', '0'],
    ['--days', '1e3'],
    ['--networks', '17'],
    ['--since', '2026-02-30'],
    ['--since', '2026-02-03 10:00:00'],
    ['--seed', '-1'],
    ['--nonsense', '1'],
  ] as const) {
    const { exit, err } = await run('--out', 'none', `${name}=${value}`)
    assert.equal(exit, 2, `${name}=${value}`)
    assert.match(err, /^kuager: /)
  }
  assert.equal((await run()).exit, 2)
  assert.equal(existsSync(join(root, 'none')), false)
})
