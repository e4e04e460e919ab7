import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fillEvening } from '../../../test/kit/evening/evening.ts'
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
    }
    assert.deepEqual(everything(path), before)
  })

  it('is refused where it holds no data', async () => {
    const path = join(root, 'empty')
    mkdirSync(path)
    await assert.rejects(openReaderFolder({ path, work: join(root, 'work'), log }), /holds no data of Kuager/)
    assert.deepEqual(readdirSync(path), [])
  })
})
