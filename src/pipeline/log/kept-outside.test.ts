import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { signNote } from '../../core/evidence/log/signed-note.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { makeSeed, signEd25519 } from '../../runtime/ed25519.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { openTransparencyLog } from './open-log.ts'

const BEGIN = { simulated: false, at: instant(1_772_700_000_000), address: 'https://kuager.example/' }

describe('openLog() beside checkpoints that were seen outside', () => {
  let root = ''
  let folder = ''
  let backup = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-kept-'))
    folder = join(root, 'log')
    backup = join(root, 'backup')
  })
  afterEach(() => rm(root, { recursive: true }))

  const archiveOf = (size: number): LeafArchive => {
    const archive = new LeafArchive()
    archive.growTo(size)
    return archive
  }
  const sequence = async (archive: LeafArchive): Promise<PublishedCheckpoint> => {
    await using log = await openTransparencyLog(folder, { archive, begin: BEGIN })
    const head = await log.sequence()
    assert.ok(head !== undefined)
    return head
  }
  /** Lays a checkpoint down as stamps and witnesses do; the folder of stamps may as well be on another disk. */
  const keep = async (bytes: Uint8Array, place: 'stamps/300.checkpoint' | 'witnesses/cosigned'): Promise<void> => {
    await mkdir(join(folder, place.split('/')[0] ?? ''), { recursive: true })
    await writeFile(join(folder, place), bytes)
  }
  const tree = async (): Promise<readonly string[]> => (await readdir(folder, { recursive: true })).sort()

  /**
   * A log of 260 leaves that is kept as a copy, continues to 300 that are seen outside, and is put back over itself.
   */
  const putBack = async (place: 'stamps/300.checkpoint' | 'witnesses/cosigned'): Promise<void> => {
    await sequence(archiveOf(260))
    await cp(folder, backup, { recursive: true })
    const { bytes } = await sequence(archiveOf(300))
    await rm(folder, { recursive: true })
    await cp(backup, folder, { recursive: true })
    await keep(bytes, place)
  }

  for (const place of ['stamps/300.checkpoint', 'witnesses/cosigned'] as const) {
    it(`refuses an older copy of the folder beside a newer ${place}, names the file and changes nothing`, async () => {
      await putBack(place)
      const before = await tree()
      const told = (error: unknown): boolean =>
        error instanceof Fault &&
        error.message.includes(join(folder, place)) &&
        /300 leaves, the archive has 260/.test(error.message)
      await assert.rejects(sequence(archiveOf(260)), told)
      assert.deepEqual(await tree(), before)
    })

    it(`goes on where only the tree is older than ${place} and the archive has every leaf`, async () => {
      await putBack(place)
      assert.equal((await sequence(archiveOf(300))).size, 300)
      assert.equal((await sequence(archiveOf(301))).size, 301)
    })

    it(`refuses leaves that are others than those which ${place} is over`, async () => {
      await putBack(place)
      const other = archiveOf(260)
      other.push(Uint8Array.of(1))
      for await (const leaf of archiveOf(300).leaves(261, 300)) other.push(leaf)
      await assert.rejects(sequence(other), /over another tree than the one that stands here/)
    })
  }

  it('begins no second log of a name beside checkpoints of the first', async () => {
    const { bytes } = await sequence(archiveOf(300))
    await rm(folder, { recursive: true })
    await keep(bytes, 'stamps/300.checkpoint')
    const before = await tree()
    await assert.rejects(sequence(archiveOf(300)), /log\.json" is gone; nothing was changed/)
    assert.deepEqual(await tree(), before)
  })

  it('refuses a checkpoint kept of a key that it does not know', async () => {
    const head = await sequence(archiveOf(300))
    const seed = makeSeed()
    const signer = { name: 'kuager.example/log', id: 'abcdef01', sign: (text: Uint8Array) => signEd25519(seed, text) }
    const text = Buffer.from(head.bytes).toString().split('\n\n')[0] ?? ''
    await keep(Buffer.from(signNote(`${text}\n`, signer)), 'stamps/300.checkpoint')
    await assert.rejects(sequence(archiveOf(300)), /300\.checkpoint" is not signed by a key of/)
  })

  it('is not held up by one that does not read, which the check tells of', async () => {
    await sequence(archiveOf(300))
    await keep(Buffer.from('torn'), 'stamps/300.checkpoint')
    assert.equal((await sequence(archiveOf(301))).size, 301)
  })
})
