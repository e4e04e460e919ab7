import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import { SAMPLES } from '../../../test/kit/measured/samples.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { defined } from '../../core/model/defined.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import type { Archive, ArchiveItem, Archived } from './contract.ts'
import { openArchive } from './open.ts'
import { encodeFrame } from './prepare.ts'

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const measurement = (nth: number, bytes = 400): Buffer =>
  Buffer.from(JSON.stringify({ nth, test_keys: hex(Buffer.from(`${nth}`)).repeat(Math.ceil(bytes / 64)) }))

const item = (bytes: Buffer, origin = 'sample.jsonl'): ArchiveItem => ({
  bytes,
  publicSha256: parseSha256(hex(Buffer.concat([bytes, Buffer.from('public')]))),
  provenance: { id: parseSha256(hex(bytes)), receivedAt: instant(1_772_700_000_123), channel: 'file', origin },
})

const open = (folder: string, segmentBytes?: number): Promise<Archive> =>
  openArchive(folder, { leaves: LEAF_CODEC, ...defined({ segmentBytes }) })

async function collect(archive: Archive, from = 0): Promise<Archived[]> {
  const all: Archived[] = []
  for await (const one of archive.scan(from)) all.push(one)
  return all
}

/** Every byte of every file below a folder. */
async function wholeFolder(folder: string): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) parts.push(await readFile(join(entry.parentPath, entry.name)))
  return Buffer.concat(parts)
}

describe('openArchive()', () => {
  let root = ''
  let count = 0
  const fresh = (): string => join(root, `archive-${count++}`)
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-archive-'))))
  after(() => rm(root, { recursive: true }))

  it('gives back what was appended, in order, also after it was opened again', async () => {
    const folder = fresh()
    const items = Array.from({ length: 50 }, (_, nth) => item(measurement(nth), `file-${nth}.json`))
    {
      await using archive = await open(folder)
      assert.deepEqual(
        await archive.append(items),
        items.map((_, leafIndex) => ({ kind: 'added', leafIndex })),
      )
    }
    await using archive = await open(folder)
    assert.equal(archive.size, 50)
    const found = await collect(archive)
    for (const [nth, one] of found.entries()) {
      assert.equal(one.kind, 'blob')
      assert.equal(one.leafIndex, nth)
      if (one.kind !== 'blob') continue
      assert.deepEqual(one.provenance, items[nth]!.provenance)
      assert.deepEqual(Buffer.from(one.bytes), Buffer.from(items[nth]!.bytes))
      assert.equal(one.salt.length, 16)
    }
    assert.equal((await collect(archive, 48)).length, 2)
    const one = await archive.read(items[31]!.provenance.id)
    assert.equal(one?.leafIndex, 31)
    assert.equal(await archive.read(item(measurement(99)).provenance.id), undefined)
  })

  it('gives back long measurements among short ones, while others are erased', async () => {
    const items = [400, 3_000_000, 300_000, 200].map((bytes, nth) => item(measurement(nth, bytes)))
    await using archive = await open(fresh())
    await archive.append(items)
    for (const [nth, found] of (await collect(archive)).entries())
      assert.ok(found.kind === 'blob' && Buffer.from(found.bytes).equals(items[nth]?.bytes ?? Buffer.alloc(0)))
    const long = items[1]?.provenance.id
    assert.ok(long !== undefined)
    const [read] = await Promise.all([archive.read(long), archive.erase(long, 'asked for', instant(0))])
    assert.ok(read?.kind === 'blob' || read?.kind === 'erased')
    assert.equal((await archive.read(long))?.kind, 'erased')
  })

  it('archives the same bytes once, from any number of senders at once', async () => {
    await using archive = await open(fresh())
    const one = item(measurement(1))
    const first = archive.append([one, one])
    const second = archive.append([item(measurement(2)), one])
    assert.deepEqual(await first, [
      { kind: 'added', leafIndex: 0 },
      { kind: 'known', leafIndex: 0 },
    ])
    assert.deepEqual(await second, [
      { kind: 'added', leafIndex: 1 },
      { kind: 'known', leafIndex: 0 },
    ])
    assert.deepEqual(await archive.append([one]), [{ kind: 'known', leafIndex: 0 }])
    assert.equal(archive.size, 2)
  })

  it('goes on in a new segment when one is full, and reads across them', async () => {
    const folder = fresh()
    const items = Array.from({ length: 40 }, (_, nth) => item(measurement(nth)))
    {
      await using archive = await open(folder, 1500)
      for (const one of items) await archive.append([one])
      assert.equal((await collect(archive)).length, 40)
    }
    assert.ok((await readdir(join(folder, 'segments'))).filter((name) => name.endsWith('.segment')).length > 5)
    await using archive = await open(folder, 1500)
    const found = await collect(archive, 3)
    assert.deepEqual(
      found.map((one) => one.leafIndex),
      items.slice(3).map((_, nth) => nth + 3),
    )
    for (const one of items) assert.equal((await archive.read(one.provenance.id))?.kind, 'blob')
  })

  it('leaves nothing of an erased measurement in the folder, and does not take it again', async () => {
    const folder = fresh()
    const items = Array.from({ length: 20 }, (_, nth) => item(measurement(nth), `from-${nth}-here.json`))
    let salt: Uint8Array = new Uint8Array()
    const { id } = items[7]!.provenance
    {
      await using archive = await open(folder, 2500)
      for (const one of items) await archive.append([one])
    }
    {
      await using archive = await open(folder, 2500)
      const found = await archive.read(id)
      assert.equal(found?.kind, 'blob')
      if (found?.kind === 'blob') salt = found.salt
      await archive.erase(id, 'request of the person', instant(5))
      assert.deepEqual(await archive.append([items[7]!]), [{ kind: 'barred' }])
    }
    await using archive = await open(folder, 2500)
    const erased = { kind: 'erased', leafIndex: 7, erasedAt: 5, reason: 'request of the person' }
    assert.deepEqual((await collect(archive, 7))[0], erased)
    assert.deepEqual(await archive.read(id), erased)
    assert.equal(await archive.has(id), true)
    assert.deepEqual(await archive.append([items[7]!]), [{ kind: 'barred' }])
    await archive.erase(id, 'again', instant(6))
    assert.equal((await collect(archive)).filter((one) => one.kind === 'blob').length, 19)

    const everything = await wholeFolder(folder)
    const needles = { id: Buffer.from(id, 'hex'), idText: Buffer.from(id), salt, origin: Buffer.from('from-7-here') }
    for (const [name, needle] of Object.entries(needles)) assert.equal(everything.indexOf(needle), -1, name)
    assert.notEqual(everything.indexOf(Buffer.from('from-8-here')), -1, 'the search does find what is not erased')
  })

  it('refuses to erase what is unknown, and a reason that is empty or names the measurement', async () => {
    await using archive = await open(fresh())
    const one = item(measurement(1))
    await archive.append([one])
    await assert.rejects(archive.erase(item(measurement(2)).provenance.id, 'x', instant(1)), InputError)
    await assert.rejects(archive.erase(one.provenance.id, ' ', instant(1)), InputError)
    await assert.rejects(archive.erase(one.provenance.id, `id ${one.provenance.id}`, instant(1)), InputError)
    assert.equal((await archive.read(one.provenance.id))?.kind, 'blob')
  })

  it('refuses bytes that are not those of the id', async () => {
    await using archive = await open(fresh())
    const wrong = { ...item(measurement(1)), bytes: measurement(2) }
    await assert.rejects(archive.append([wrong]), Fault)
    assert.equal(archive.size, 0)
  })

  it('refuses an archive that was thinned, and changes nothing in it', async () => {
    const folder = fresh()
    await (await open(folder))[Symbol.asyncDispose]()
    const line = JSON.stringify({ kind: 'thinned', segment: 1 })
    await writeFile(join(folder, 'erasures.log'), `${crc32(line).toString(16).padStart(8, '0')} ${line}\n`)
    const whole = await wholeFolder(folder)
    await assert.rejects(open(folder), /byte 0: raw bytes were removed by "archive thin"/)
    assert.deepEqual(await wholeFolder(folder), whole)
  })

  it('scans through what is added and erased meanwhile', async () => {
    await using archive = await open(fresh(), 3000)
    for (let nth = 0; nth < 30; nth++) await archive.append([item(measurement(nth))])
    const kinds: string[] = []
    for await (const one of archive.scan(0)) {
      assert.equal(one.leafIndex, kinds.length)
      kinds.push(one.kind)
      if (one.leafIndex === 10) {
        await archive.erase(item(measurement(11)).provenance.id, 'just before it is read', instant(1))
        await archive.append([item(measurement(30)), item(measurement(31))])
      }
    }
    assert.equal(kinds.length, 32)
    assert.deepEqual([kinds[10], kinds[11], kinds[12]], ['blob', 'erased', 'blob'])
  })

  it('takes a frame that was made elsewhere, and a measurement of no bytes', async () => {
    await using archive = await open(fresh())
    const [made, empty] = [item(measurement(1)), item(Buffer.alloc(0))]
    await archive.append([{ ...made, frame: encodeFrame(made.bytes) }, empty])
    for (const one of [made, empty]) {
      const found = await archive.read(one.provenance.id)
      assert.deepEqual(found?.kind === 'blob' && Buffer.from(found.bytes), Buffer.from(one.bytes))
    }
  })

  it('gives back measurements of every kind byte for byte', async () => {
    const items = [...new Map(SAMPLES.map(({ bytes }) => [hex(bytes), item(bytes)])).values()]
    assert.ok(items.length > 50)
    const folder = fresh()
    {
      await using archive = await open(folder)
      await archive.append(items)
    }
    await using archive = await open(folder)
    for (const [nth, one] of (await collect(archive)).entries())
      assert.ok(one.kind === 'blob' && Buffer.from(one.bytes).equals(items[nth]!.bytes))
    assert.equal(archive.size, items.length)
  })
})
