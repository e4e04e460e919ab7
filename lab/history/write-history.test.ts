import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import assert from 'node:assert/strict'
import { zstdDecompressSync } from 'node:zlib'
import { simulateHistory } from './simulate.ts'
import { writeHistory } from './write-history.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-history-'))
after(() => rmSync(root, { recursive: true, force: true }))

const options = {
  seed: 3,
  since: Date.UTC(2026, 8, 1),
  days: 12,
  networks: 3,
  probesPerNetwork: 1,
  intervalMinutes: 60,
}
const { signal } = new AbortController()

it('writeHistory() writes every measurement once, its label in the same order, and the stories', async () => {
  const folder = join(root, 'whole')
  const { count, measurements } = await writeHistory(options, folder, { signal })
  const parts = readdirSync(measurements).toSorted()
  assert.ok(parts.length >= 2, 'the history fills more than one part')
  const lines = parts.flatMap((name) =>
    zstdDecompressSync(readFileSync(join(measurements, name)))
      .toString()
      .trimEnd()
      .split('\n'),
  )
  const expected = [...simulateHistory(options).measurements()]
  assert.equal(count, expected.length)
  assert.deepEqual(
    lines,
    expected.map(({ line }) => line),
  )
  const labels = readFileSync(join(folder, 'labels.jsonl'), 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    labels.map((line): unknown => JSON.parse(line)),
    expected.map(({ label }) => ({ simulated: true, ...label })),
  )
  assert.match(readFileSync(join(folder, 'truth.json'), 'utf8'), /"simulated": true/)
})

it('writeHistory() refuses a folder that holds anything and leaves it as it was', async () => {
  const folder = mkdtempSync(join(root, 'full-'))
  writeFileSync(join(folder, 'mine.txt'), 'mine')
  await assert.rejects(writeHistory(options, folder, { signal }), { code: 'folder.not-empty' })
  assert.deepEqual(readdirSync(folder), ['mine.txt'])
})

it('writeHistory() stops when it is told to, and the folder is then without a truth', async () => {
  const folder = join(root, 'stopped')
  await assert.rejects(writeHistory(options, folder, { signal: AbortSignal.abort(new Error('stop')) }), /stop/)
  assert.ok(!readdirSync(folder).includes('truth.json'))
})
