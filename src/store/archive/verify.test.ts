import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import type { Archive, ArchiveItem } from './contract.ts'
import { openArchive } from './open.ts'
import { verifyArchive, type ArchiveFinding } from './verify.ts'

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function item(nth: number): ArchiveItem {
  const bytes = Buffer.from(`{"nth":${nth},"noise":"${hex(Buffer.from(`${nth}`))}"}`)
  const id = parseSha256(hex(bytes))
  return { bytes, publicSha256: id, provenance: { id, receivedAt: instant(7), channel: 'file', origin: `o${nth}` } }
}

const open = (folder: string): Promise<Archive> => openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 900 })

async function findings(folder: string): Promise<readonly ArchiveFinding[]> {
  const all: ArchiveFinding[] = []
  for await (const finding of verifyArchive(folder, { leaves: LEAF_CODEC })) all.push(finding)
  return all
}

const corrupt = (all: readonly ArchiveFinding[]): readonly ArchiveFinding[] =>
  all.filter((finding) => finding.kind === 'corrupt')

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = bytes[at]! ^ 0x10 // at is below the length
  await writeFile(path, bytes)
}

/** Everything in a folder by name: to show that nothing was changed. */
async function contents(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      all[path] = hex(await readFile(path))
    }
  return all
}

describe('A damaged archive', () => {
  let root = ''
  let whole = ''
  let count = 0
  const copy = async (): Promise<string> => {
    const folder = join(root, `copy-${count++}`)
    await cp(whole, folder, { recursive: true })
    return folder
  }
  const withoutSidecars = async (): Promise<string> => {
    const folder = await copy()
    for (const name of await readdir(join(folder, 'segments')))
      if (name.endsWith('.index')) await rm(join(folder, 'segments', name))
    return folder
  }
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-damage-'))
    whole = join(root, 'whole')
    await using archive = await open(whole)
    for (let nth = 0; nth < 10; nth += 2) await archive.append([item(nth), item(nth + 1)])
    await archive.erase(item(3).provenance.id, 'a right', instant(9))
  })
  after(() => rm(root, { recursive: true }))

  it('has only whole and erased leaves before it is damaged', async () => {
    const all = await findings(whole)
    assert.deepEqual(
      all.map((finding) => finding.kind),
      ['ok', 'ok', 'ok', 'erased', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
    )
  })

  it('is found corrupt wherever one bit of a segment or of a leaf file is turned', async () => {
    const folder = await copy()
    for (const path of Object.keys(await contents(folder)).filter((one) => /\.(segment|leaves)$/.test(one)))
      for (let at = 0; at < (await readFile(path)).length; at += 5) {
        await flip(path, at)
        const wrong = corrupt(await findings(folder))
        assert.ok(wrong.length > 0, `byte ${at} of ${path}`)
        assert.ok(wrong.every((finding) => finding.kind === 'corrupt' && finding.file.startsWith(folder)))
        await flip(path, at)
      }
    assert.deepEqual(corrupt(await findings(folder)), [])
  })

  it('names the one leaf whose frame is damaged, still opens, and refuses to give that leaf', async () => {
    const folder = await copy()
    const segment = join(folder, 'segments', '00000001.segment')
    const bytes = await readFile(segment)
    const at = bytes.indexOf(Buffer.from('o1')) + 12
    await flip(segment, at)
    assert.deepEqual(corrupt(await findings(folder)), [
      { kind: 'corrupt', leafIndex: 1, file: segment, what: 'checksum' },
    ])
    await using archive = await open(folder)
    await assert.rejects(archive.read(item(1).provenance.id), /leaf 1 in .*00000001\.segment/)
    assert.equal((await archive.read(item(2).provenance.id))?.kind, 'blob')
  })

  it('stops with a Fault that names the file, and changes nothing, where acknowledged records are damaged', async () => {
    const folder = await withoutSidecars()
    const segment = join(folder, 'segments', '00000001.segment')
    await flip(segment, 60)
    const found = await contents(folder)
    await assert.rejects(open(folder), (error: unknown) => error instanceof Fault && error.message.includes(segment))
    assert.deepEqual(await contents(folder), found)
  })

  it('stops where leaves are missing or turned, with and without sidecars', async () => {
    for (const make of [copy, withoutSidecars])
      for (const damage of [
        (path: string) => truncate(path, 100),
        (path: string) => truncate(path, 0),
        (path: string) => flip(path, 30),
        (path: string) => rm(path),
      ]) {
        const folder = await make()
        const leaves = join(folder, 'leaves', '00000001.leaves')
        await damage(leaves)
        const found = await contents(folder)
        if (make === copy && (await readFile(leaves).catch(() => '')).length === (await leafBytes(whole))) {
          assert.equal(corrupt(await findings(folder)).length, 1)
          continue // a sidecar vouches for lengths; the content is for verify to hash
        }
        await assert.rejects(open(folder), (error: unknown) => error instanceof Fault)
        assert.deepEqual(await contents(folder), found)
        assert.ok(corrupt(await findings(folder)).length > 0)
      }
  })

  it('stops where a segment is gone', async () => {
    for (const name of ['00000001.segment', '00000002.segment']) {
      const folder = await copy()
      await rm(join(folder, 'segments', name))
      await assert.rejects(open(folder), Fault)
      assert.ok(corrupt(await findings(folder)).length > 0)
    }
  })

  it('stops where the key or an entry of the erasures is gone, so that nothing erased can come back', async () => {
    const noKey = await copy()
    await rm(join(noKey, 'erasure.key'))
    await assert.rejects(open(noKey), Fault)
    const noEntry = await copy()
    await writeFile(join(noEntry, 'erasures.log'), '')
    await assert.rejects(open(noEntry), /without an entry/)
    assert.deepEqual(
      corrupt(await findings(noEntry)).map((finding) => finding.kind === 'corrupt' && finding.what),
      ['erased-without-entry'],
    )
  })

  it('is opened from the segments alone when a sidecar is damaged', async () => {
    const folder = await copy()
    await flip(join(folder, 'segments', '00000001.index'), 70)
    await using archive = await open(folder)
    assert.equal(archive.size, 10)
    assert.equal((await archive.read(item(0).provenance.id))?.kind, 'blob')
  })

  it('refuses a format that is not its own', async () => {
    const folder = await copy()
    await writeFile(join(folder, 'format'), 'kuager archive 2\n')
    await assert.rejects(open(folder), /its format is "kuager archive 2/)
  })
})

const leafBytes = async (folder: string): Promise<number> =>
  (await readFile(join(folder, 'leaves', '00000001.leaves'))).length
