import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { post } from '../../../test/kit/servers/submit.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { openArchive } from '../../store/archive/open.ts'

const PROGRAM = fileURLToPath(new URL('../../../bin/kuager.js', import.meta.url))
const LANES = 24
/** Answers after which the server is killed while others are on their way. */
const ENOUGH = 400

it('a collector that is killed has everything it has answered for, once', { timeout: 60_000 }, async (t) => {
  if (process.platform === 'win32') return t.skip('needs SIGKILL')
  const folder = await mkdtemp(join(tmpdir(), 'kuager-killed-'))
  try {
    const args = [
      PROGRAM,
      'serve',
      '--folder',
      join(folder, 'data'),
      '--port',
      '0',
      '--rate',
      '99999',
      '--strangers-per-day',
      '999G',
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const url = await new Promise<string>((resolve) => {
      child.stdout.on('data', (said: Buffer) => {
        const found = /http:\/\/\S+/.exec(said.toString())?.[0]
        if (found !== undefined) resolve(found)
      })
    })
    const answered = new Map<string, number>()
    const startedAt = new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace('T', ' ')
    let serial = 0
    const lane = async (): Promise<void> => {
      for (;;) {
        const body = wrapped(JSON.stringify(webMeasurement({ startedAt, root: { x_serial: serial++ } })))
        const answer = await post({ url }, 'api/v1/submit_measurement', body).catch(() => undefined)
        if (answer === undefined) return // killed
        answered.set(answer.json.x_id ?? answer.text, answer.json.x_leaf_index ?? -1)
        if (answered.size === ENOUGH) child.kill('SIGKILL')
      }
    }
    await Promise.all([...Array.from({ length: LANES }, lane), ended])
    assert.ok(answered.size >= ENOUGH)
    await using archive = await openArchive(join(folder, 'data', 'archive'), { leaves: LEAF_CODEC })
    const found = new Map<string, number>()
    for await (const blob of archive.scan(0)) if (blob.kind === 'blob') found.set(blob.provenance.id, blob.leafIndex)
    assert.equal(found.size, archive.size)
    for (const [id, leafIndex] of answered) assert.equal(found.get(id), leafIndex, id)
  } finally {
    await rm(folder, { recursive: true })
  }
})
