import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { instant, parseSha256 } from '../../../src/core/model/units.ts'
import type { Archive, ArchiveItem } from '../../../src/store/archive/contract.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { verifyArchive } from '../../../src/store/archive/verify.ts'
import type { Disk } from '../../../src/runtime/files/disk.ts'

/** What a caller of the archive knows at the moment of a crash: `acked`, `erased` and `logged` are promises, `erasing` is a wish. */
export interface Happening {
  readonly kind: 'acked' | 'erasing' | 'erased' | 'logged'
  readonly nth: number
}

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const SEGMENT_BYTES = 1100
/** The ids of the first segment go to the disk when it is full; those of later ones stay in memory. */
const RUN_LEAVES = 4
const ITEMS = 8
const ENTRIES = 3
/** Erased only after the crash: nothing that the crash left lying about may hold it. */
const LATER = 2

const content = (nth: number): Buffer => Buffer.from(`${hex(Buffer.from(`a ${nth}`))}${hex(Buffer.from(`b ${nth}`))}`)

/** The nth measurement of the life; its content does not compress, so that lengths are the same in every run. */
export function lifeItem(nth: number): ArchiveItem {
  const bytes = content(nth)
  return {
    bytes,
    publicSha256: parseSha256(hex(Buffer.from(`public ${nth}`))),
    provenance: {
      id: parseSha256(hex(bytes)),
      receivedAt: instant(1000 + nth),
      channel: 'file',
      origin: `origin-${nth}`,
    },
  }
}

/** The nth entry of the life that is no measurement. */
const lifeEntry = (nth: number): Buffer => content(100 + nth)
const ENTRY = 'custody-event'

const open = (folder: string, disk: Disk): Promise<Archive> =>
  openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: SEGMENT_BYTES, runLeaves: RUN_LEAVES, disk })

/**
 * A short life with everything in it that changes the disk: groups, rotation, erasure in a closed and in the open
 * segment, closing, opening again, erasure where an older sidecar stands. `attempt` runs each act, and may repeat it.
 */
export async function liveArchive(
  folder: string,
  disk: Disk,
  happen: (what: Happening) => void,
  attempt: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): Promise<void> {
  const append = async (archive: Archive, nths: readonly number[]): Promise<void> => {
    await attempt(() => archive.append(nths.map(lifeItem)))
    for (const nth of nths) happen({ kind: 'acked', nth })
  }
  const erase = async (archive: Archive, nth: number): Promise<void> => {
    happen({ kind: 'erasing', nth })
    await attempt(() => archive.erase(lifeItem(nth).provenance.id, 'a right', instant(5)))
    happen({ kind: 'erased', nth })
  }
  const log = async (archive: Archive, nth: number): Promise<void> => {
    await attempt(() => archive.appendEntry(ENTRY, lifeEntry(nth), instant(2000 + nth)))
    happen({ kind: 'logged', nth })
  }
  const first = await attempt(() => open(folder, disk))
  await append(first, [0, 1, 2])
  await log(first, 0)
  await append(first, [3])
  await append(first, [4])
  await erase(first, 1)
  await attempt(async () => first[Symbol.asyncDispose]())
  const second = await attempt(() => open(folder, disk))
  await erase(second, 4)
  await append(second, [5, 6])
  await log(second, 1)
  await attempt(async () => second[Symbol.asyncDispose]())
}

/** Opens what a crash has left and holds it against what was promised before it; then goes on living there. */
export async function checkSurvivor(folder: string, disk: Disk, happened: readonly Happening[]): Promise<void> {
  const nths = (kind: Happening['kind']): ReadonlySet<number> =>
    new Set(happened.filter((what) => what.kind === kind).map((what) => what.nth))
  const promised = {
    ...{ acked: nths('acked'), erasing: nths('erasing'), erased: nths('erased'), logged: nths('logged') },
  }
  const gone = new Set<number>()
  {
    await using archive = await open(folder, disk)
    const salts: Uint8Array[] = []
    for (let nth = 0; nth < ITEMS; nth++) {
      const item = lifeItem(nth)
      const found = await archive.read(item.provenance.id)
      if (found?.kind === 'erased') gone.add(nth)
      if (found?.kind === 'blob') {
        salts.push(found.salt)
        assert.deepEqual(Buffer.from(found.bytes), item.bytes)
        assert.deepEqual(found.provenance, item.provenance)
      }
      if (promised.acked.has(nth)) assert.notEqual(found, undefined, `measurement ${nth} was acknowledged`)
      if (promised.erased.has(nth)) assert.equal(found?.kind, 'erased', `measurement ${nth} was erased`)
      if (found?.kind === 'erased' && nth !== LATER)
        assert.ok(promised.erasing.has(nth), `measurement ${nth} was erased without being chosen`)
    }
    assert.equal(new Set(salts.map((salt) => Buffer.from(salt).toString('hex'))).size, salts.length)
    let next = 0
    const entries: string[] = []
    for await (const one of archive.scan(0)) {
      assert.equal(one.leafIndex, next++)
      if (one.kind === 'entry') entries.push(Buffer.from(one.bytes).toString())
    }
    for (const nth of promised.logged) assert.ok(entries.includes(lifeEntry(nth).toString()), `entry ${nth} was logged`)
    assert.equal(new Set(entries).size, entries.length, 'no entry is here twice')
    for (let nth = 0; nth < ENTRIES; nth++) await archive.appendEntry(ENTRY, lifeEntry(nth), instant(3000 + nth))
    assert.equal(archive.size, next + ENTRIES - entries.length)
    next = archive.size
    assert.equal(archive.size, next)
    const again = await archive.append(Array.from({ length: ITEMS }, (_, nth) => lifeItem(nth)))
    for (const [nth, appended] of again.entries()) {
      const wanted = gone.has(nth) ? ['barred'] : promised.acked.has(nth) ? ['known'] : ['known', 'added']
      assert.ok(wanted.includes(appended.kind), `measurement ${nth} is ${appended.kind}`)
    }
    await archive.erase(lifeItem(LATER).provenance.id, 'another right', instant(6))
    gone.add(LATER)
    await searchErased(folder, disk, gone)
  }
  const counts = { ok: 0, erased: 0, corrupt: 0, unfinished: 0 }
  for await (const finding of verifyArchive(folder, { leaves: LEAF_CODEC, disk })) counts[finding.kind]++
  assert.deepEqual(counts, {
    ...{ ok: ITEMS + ENTRIES - gone.size, erased: gone.size, corrupt: 0, unfinished: 0 },
  })
  await searchErased(folder, disk, gone)
}

async function searchErased(folder: string, disk: Disk, gone: ReadonlySet<number>): Promise<void> {
  const everything = await allBytes(folder, disk)
  for (const nth of gone)
    for (const needle of [content(nth), Buffer.from(hex(content(nth)), 'hex'), Buffer.from(`origin-${nth}`)])
      assert.equal(everything.indexOf(needle), -1, `something of erased measurement ${nth} is left`)
}

async function allBytes(folder: string, disk: Disk): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const inner of ['', 'segments', 'leaves'])
    for (const name of await disk.list(join(folder, inner))) {
      if (inner === '' && !name.includes('.')) continue
      const file = await disk.open(join(folder, inner, name), 'read')
      const bytes = Buffer.alloc(await file.size())
      await file.read(bytes, 0)
      await file.close()
      parts.push(bytes)
    }
  return Buffer.concat(parts)
}
