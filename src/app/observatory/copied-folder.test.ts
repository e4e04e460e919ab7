import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from '../../../test/kit/crash/eventually.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { post, type Answered } from '../../../test/kit/servers/submit.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../../cli/main.ts'

const RECENT = new Date(Date.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'
const PAGES = ['kk/', 'ru/', 'en/', 'en/matrix', 'en/verify', 'en/health', 'log/checkpoint', 'api/v1/board']

describe('a data folder that was copied and is served', () => {
  let root = ''
  let serial = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-copied-'))))
  after(() => rm(root, { recursive: true }))
  const submit = (served: ServedFolder): Promise<Answered> => {
    const measured = webMeasurement({ startedAt: RECENT, root: { x_serial: serial++ } })
    return post(served, 'api/v1/submit_measurement', wrapped(JSON.stringify(measured)))
  }
  const checkpoint = (folder: string): Promise<string> => readFile(join(root, folder, 'log/public/checkpoint'), 'utf8')
  const sizeOf = async (folder: string): Promise<number> =>
    Number((await checkpoint(folder).catch(() => '')).split('\n')[1] ?? 0)
  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> => {
    let said = ''
    const code = await runCommand(
      args,
      testWorld(root, (text) => (said += text)),
    )
    return { code, said }
  }

  it('shows its pages, takes nothing and signs nothing, and says why, until an operator says that the other is gone', async () => {
    {
      await using served = await serveFolderAt('data', root)
      for (let nth = 0; nth < 2; nth++) assert.equal((await submit(served)).status, 200)
      await until(async () => (await sizeOf('data')) === 2)
    }
    execFileSync('cp', ['-a', join(root, 'data'), join(root, 'copy')])
    // The first one goes on: it is not asked anything.
    {
      await using served = await serveFolderAt('data', root)
      assert.equal((await submit(served)).status, 200)
      await until(async () => (await sizeOf('data')) === 3)
    }
    const before = await checkpoint('copy')
    const served = await serveFolderAt('copy', root)
    try {
      const ready = await fetch(`${served.url}readyz`)
      assert.equal(ready.status, 503)
      assert.deepEqual(await ready.json(), { ready: false, reasons: ['copied'] })
      for (const path of PAGES) assert.equal((await fetch(`${served.url}${path}`)).status, 200, path)
      assert.equal((await submit(served)).status, 503)
      assert.equal(await checkpoint('copy'), before)

      const asked = ['log', 'take-over', '--folder', 'copy', '--reason', 'the disk of the first one failed']
      const unsure = await run(...asked)
      assert.equal(unsure.code, 3)
      assert.match(unsure.said, /copied from another folder[^]*Nothing was changed/)
      await writeFile(join(root, 'seen'), await checkpoint('data'))
      const behind = await run(...asked, '--other-is-gone', '--checkpoint', 'seen')
      assert.equal(behind.code, 2)
      assert.match(behind.said, /covers 3 entries, and this folder has only 2/)
      assert.equal((await fetch(`${served.url}readyz`)).status, 503)

      const taken = await run(...asked, '--other-is-gone')
      assert.equal(taken.code, 0, taken.said)
      assert.match(taken.said, /generation 2/)
    } finally {
      await served[Symbol.asyncDispose]()
    }
    await using again = await serveFolderAt('copy', root)
    assert.deepEqual(await (await fetch(`${again.url}readyz`)).json(), { ready: true, reasons: [] })
    assert.equal((await submit(again)).status, 200)
    await until(async () => (await sizeOf('copy')) >= 4)
    const custody = await again.kuager('custody', 'list', '--json')
    assert.match(custody, /"transferred"[^\n]*the disk of the first one failed[^\n]*"generation":2/)
    assert.equal(custody.match(/transferred/g)?.length, 1)
    assert.match((await run('log', 'take-over', '--folder', 'copy', '--reason', 'x')).said, /may sign its log already/)
  })
})
