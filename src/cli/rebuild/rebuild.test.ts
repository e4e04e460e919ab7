import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { after as secondsAfter } from '../../../test/kit/measured/judged.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { openFolder } from '../../app/folder/open.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { command } from './rebuild.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'

const BYTES = Buffer.from(JSON.stringify(webMeasurement()))
const ID = digest(BYTES)

const run = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['rebuild'], args, world })

describe('kuager rebuild', () => {
  let cwd: string
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-rebuild-command-'))
    await using folder = await openFolder(worldOf(cwd).world, 'data', 'test')
    const archive = await folder.archive()
    const provenance = { receivedAt: secondsAfter(9), channel: 'file', origin: 'made.json' } as const
    for (const bytes of [BYTES, Buffer.from('{"test_name":"none of ours"}')])
      await archive.append([
        { provenance: { ...provenance, id: digest(bytes) }, bytes, publicSha256: digest('public') },
      ])
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('judges what the archive holds and counts what says nothing', async () => {
    const { world, texts } = worldOf(cwd)
    assert.equal(await run(['--folder', 'data', '--json'], world), 0)
    assert.deepEqual(JSON.parse(texts.join('')), { stored: 1, erased: 0, undecoded: 1, broken: 0 })
    await using folder = await openFolder(world, 'data', 'test')
    const stored = await (await folder.warehouse()).measurement(ID)
    assert.equal(stored?.head.testName, 'web_connectivity')
    assert.equal(stored?.provenance.origin, 'made.json')
    assert.ok((await (await folder.warehouse()).observations(ID)).length > 0)
  })

  it('adds nothing with --missing where nothing is missing', async () => {
    const { world, texts } = worldOf(cwd)
    assert.equal(await run(['--folder', 'data', '--missing', '--json'], world), 0)
    assert.deepEqual(JSON.parse(texts.join('')), { stored: 0, erased: 0, undecoded: 0, broken: 0 })
  })

  it('removes what an interrupted one made with --drop, and keeps the rows that are read', async () => {
    {
      await using folder = await openFolder(worldOf(cwd).world, 'data', 'test')
      using _remaking = await (await folder.warehouse()).remake('interrupted')
    }
    const { world } = worldOf(cwd)
    assert.equal(await run(['--folder', 'data', '--drop'], world), 0)
    await using folder = await openFolder(world, 'data', 'test')
    using remaking = await (await folder.warehouse()).remake('interrupted')
    assert.equal(remaking.resumed, false)
    assert.notEqual(await (await folder.warehouse()).measurement(ID), undefined)
  })

  it('makes no folder where there is none', async () => {
    await assert.rejects(run(['--folder', 'nowhere'], worldOf(cwd).world), /there is none/)
  })
})

function worldOf(cwd: string): { world: World; texts: string[] } {
  const texts: string[] = []
  const out = { write: (text: string): unknown => texts.push(text) }
  return { world: { ...testWorld(cwd), out }, texts }
}
