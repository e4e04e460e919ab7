import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { publishSampleStudy } from '../../../test/kit/evening/sample-study.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { Fault } from '../../core/model/errors.ts'
import type { PublishedStudy } from '../../core/model/incident/study.ts'
import { instant } from '../../core/model/units.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { withFolder, type OpenFolder } from './open.ts'
import { openLiveLog } from './live-log.ts'
import { readStudy } from '../observatory/studies.ts'

async function wholeStudy(folder: string): Promise<Extract<PublishedStudy, { kind: 'whole' }>> {
  const study = await readStudy(folder, 'streams-2025')
  assert.ok(study.kind === 'whole')
  return study
}

describe('openLiveLog()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-live-log-'))))
  after(() => rm(root, { recursive: true }))

  /** Runs a task on a folder whose archive has one entry and whose log is begun. */
  const onFolder = (name: string, task: (open: OpenFolder) => Promise<void>, simulated = false): Promise<number> =>
    withFolder(testWorld(root), { folder: name, name: 'test', args: [] }, async (open) => {
      const archive = await open.archive()
      await archive.appendEntry('saved-check', Buffer.from('{"n":0}'), instant(0))
      const log = await openTransparencyLog(open.logFolder, { archive, begin: { simulated, at: instant(0) } })
      await log[Symbol.asyncDispose]()
      await task(open)
      return 0
    })

  it('goes on after the disk refused a write, as soon as it no longer does', async () => {
    await onFolder('a', async (open) => {
      const checkpoint = join(open.logFolder, 'public', 'checkpoint')
      await mkdir(`${checkpoint}.unfinished`) // in the way of the next one
      await using _live = openLiveLog(open, { signal: new AbortController().signal, lookMs: 1 })
      const state = join(open.logFolder, 'state.json')
      await eventually(() => (existsSync(state) && existsSync(join(open.logFolder, 'public/tile')) ? true : undefined))
      assert.ok(!existsSync(checkpoint))
      await rmdir(`${checkpoint}.unfinished`)
      await eventually(() => existsSync(checkpoint) || undefined)
      assert.equal(parseCheckpoint(await readFile(checkpoint)).size, 1)
      const archive = await open.archive()
      await archive.appendEntry('saved-check', Buffer.from('{"n":1}'), instant(0))
      assert.equal((await (await open.log()).sequence())?.size, 2)
    })
  })

  it('logs the lists of studies that were published before the log was begun, once', async () => {
    await publishSampleStudy(root, 'streams-2025')
    const { frozen } = await wholeStudy(join(root, 'site', 'studies', 'streams-2025'))
    await onFolder(
      'site',
      async (open) => {
        const logged = async (): Promise<readonly string[]> => {
          const found: string[] = []
          for await (const { bytes } of (await open.log()).entries('frozen-events'))
            found.push(Buffer.from(bytes).toString())
          return found
        }
        const archive = await open.archive()
        assert.deepEqual(await logged(), [])
        for (const size of [2, 3]) {
          await using _live = openLiveLog(open, { signal: new AbortController().signal, lookMs: 1 })
          const checkpoint = join(open.logFolder, 'public', 'checkpoint')
          await eventually(() =>
            existsSync(checkpoint) && parseCheckpoint(readFileSync(checkpoint)).size === size ? true : undefined,
          )
          assert.deepEqual(await logged(), [encodeCanonical(frozen)])
          await archive.appendEntry('saved-check', Buffer.from('{"n":1}'), instant(0))
        }
      },
      frozen.simulated,
    )
  })

  it('opens again for the next caller after a write that failed, once for all who ask at one time', async () => {
    await onFolder('b', async (open) => {
      const log = await open.log()
      const checkpoint = join(open.logFolder, 'public', 'checkpoint')
      await mkdir(`${checkpoint}.unfinished`)
      await assert.rejects(log.sequence(), /EISDIR/)
      assert.ok(log.broken)
      await rmdir(`${checkpoint}.unfinished`)
      await assert.rejects(log.sequence(), /EISDIR/, 'nothing more is written by this one')
      const [first, second] = await Promise.all([open.log(), open.log()])
      assert.ok(first === second && first !== log && !first.broken)
      assert.equal((await first.sequence())?.size, 1)
      assert.throws(() => log.sequence(), Fault)
    })
  })
})
