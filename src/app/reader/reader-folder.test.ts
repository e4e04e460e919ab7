import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fillEvening } from '../../../test/kit/evening/evening.ts'
import { runCommand } from '../../cli/main.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { openReaderFolder } from './reader-folder.ts'

/** Every file below a folder, with its bytes and the time of its last change. */
const everything = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name)
        return [path, `${statSync(path).mtimeMs} ${readFileSync(path).toString('base64')}`]
      }),
  )

describe('a folder that is only read', { timeout: 240_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-reader-'))
  const log = { error: (...told: unknown[]): void => assert.fail(JSON.stringify(told)) }
  after(() => rmSync(root, { recursive: true, force: true }))

  it('stays as it is, byte by byte, and shows what is in it', async () => {
    const incident = await fillEvening(root)
    const path = join(root, 'data')
    const before = everything(path)
    mkdirSync(join(root, 'work'))
    {
      await using folder = await openReaderFolder({ path, work: join(root, 'work'), log })
      await folder.follow()
      const [published] = await (await folder.incidents()).revisions(incident)
      assert.ok(published !== undefined)
      const id = published.measurements[0]!
      assert.equal((await (await folder.archive()).read(id))?.kind, 'blob')
      assert.deepEqual((await folder.reviews()).all(), [])
      assert.ok(folder.asOf > Date.now() - 600_000)
      assert.deepEqual(everything(path), before)
      // An act of a person comes in while the journal cannot be read.
      const said: string[] = []
      const act = ['note', '--role', 'editor', '--actor', 'editor-2', '--reason', 'a cable was cut']
      const world = testWorld(root, (text) => said.push(text))
      assert.equal(
        await runCommand(['incident', 'review', incident, ...act, '--folder', 'data'], world),
        0,
        said.join(''),
      )
      const journal = join(path, 'incidents/acknowledged.json')
      renameSync(journal, `${journal}.away`)
      mkdirSync(journal)
      await assert.rejects(folder.follow())
      rmdirSync(journal)
      renameSync(`${journal}.away`, journal)
      await folder.follow()
      assert.equal((await folder.reviews()).all().length, 1)
    }
  })

  it('is refused where it holds no data', async () => {
    const path = join(root, 'empty')
    mkdirSync(path)
    await assert.rejects(openReaderFolder({ path, work: join(root, 'work'), log }), /holds no data of Kuager/)
    assert.deepEqual(readdirSync(path), [])
  })
})
