import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkSurvivor, liveArchive, type Happening } from '../../../test/kit/stores/archive-life.ts'
import { diskWith, type VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'
import type { Disk } from './disk.ts'
import { readWhole, writeDurable } from './durable-file.ts'
import { overlayDisk } from './overlay-disk.ts'

const PATH = '/data/file'
const COPY = '/data/copy'

async function diskOf(content: string): Promise<VolatileDisk> {
  const disk = await diskWith('/data')
  await writeDurable(PATH, Buffer.from(content), disk)
  return disk
}

/** A disk that fails the test where anything would change it. */
const unchanged = (disk: Disk): Disk => ({
  list: (folder) => disk.list(folder),
  open: (path, mode) => (mode === 'read' ? disk.open(path, mode) : refuse()),
  makeFolder: refuse,
  rename: refuse,
  remove: refuse,
  removeFolder: refuse,
  syncFolder: refuse,
})
const refuse = (): never => assert.fail('the disk below would be changed')

describe('overlayDisk()', () => {
  it('reads as the disk itself would after the same changes, and changes nothing below (property)', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), at: fc.nat(40), text: fc.string({ maxLength: 12 }) }),
      fc.record({ kind: fc.constant('truncate' as const), at: fc.nat(40), text: fc.constant('') }),
      fc.record({ kind: fc.constant('rename' as const), at: fc.constant(0), text: fc.constant('') }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.constant(0), text: fc.constant('') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 30 }), fc.array(act, { maxLength: 12 }), async (content, acts) => {
        const [real, below] = [await diskOf(content), await diskOf(content)]
        await using over = overlayDisk(unchanged(below))
        for (const disk of [real, over])
          for (const { kind, at, text } of acts) {
            if (kind === 'rename') await disk.rename(PATH, COPY).catch(() => undefined)
            else if (kind === 'remove') await disk.remove(PATH).catch(() => undefined)
            else {
              const file = await disk.open(PATH, 'append')
              if (kind === 'write') await file.write(Buffer.from(text), at)
              else await file.truncate(at)
              await file.close()
            }
          }
        for (const path of [PATH, COPY]) assert.deepEqual(await readWhole(path, over), await readWhole(path, real))
        assert.deepEqual(await over.list('/data'), await real.list('/data'))
        assert.equal((await readWhole(PATH, below))?.toString(), content)
      }),
      { numRuns: 200 },
    )
  })

  it('lets an archive that was not closed be opened and kept up in memory', async () => {
    const disk = await diskWith('/data')
    const happened: Happening[] = []
    await liveArchive('/data/archive', disk, (what) => happened.push(what))
    await using over = overlayDisk(unchanged(disk))
    await checkSurvivor('/data/archive', over, happened)
  })

  it('refuses every change once it is sealed, and reads on', async () => {
    await using over = overlayDisk(await diskOf('abc'))
    const file = await over.open(PATH, 'write')
    await file.write(Buffer.from('X'), 1)
    over.seal()
    const refused = { code: 'EROFS' }
    await assert.rejects(file.write(Buffer.from('Y'), 0), refused)
    await assert.rejects(file.truncate(0), refused)
    await assert.rejects(over.open(COPY, 'create'), refused)
    await assert.rejects(over.rename(PATH, COPY), refused)
    await assert.rejects(over.remove(PATH), refused)
    assert.equal((await readWhole(PATH, over))?.toString(), 'aXc')
  })
})
