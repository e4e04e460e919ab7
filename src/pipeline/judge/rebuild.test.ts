import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { DAY, after, judged } from '../../../test/kit/measured/judged.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseSha256, type Sha256 } from '../../core/model/units.ts'
import type { Archive, ArchiveItem } from '../../store/archive/contract.ts'
import { openArchive } from '../../store/archive/open.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { encodeRows } from '../../store/warehouse/rows.ts'
import type { JudgedPortion } from './judge-archived.ts'
import { catchUp, remakeRows, type PortionJudge, type Rebuilt } from './rebuild.ts'

const PERIOD = { since: DAY, until: instant(DAY + 7 * 86_400_000) }
const sha256 = (bytes: Uint8Array): Sha256 => parseSha256(createHash('sha256').update(bytes).digest('hex'))

/** A measurement of these tests: a number; an even one is of YouTube, an odd one of Telegram, 7 says nothing. */
const item = (n: number): ArchiveItem => {
  const bytes = Buffer.from(`measurement ${n}`)
  const provenance = { id: sha256(bytes), receivedAt: after(n), channel: 'file', origin: 'made.jsonl' } as const
  return { provenance, bytes, publicSha256: sha256(Buffer.from(`public ${n}`)) }
}

/** Judges one made measurement; throws where it says nothing, or as our own code does. */
type JudgeOne = (leafIndex: number, n: number) => Pick<ReturnType<typeof judged>, 'service' | 'verdict'>

const judgeUnder =
  (rulesVersion: string, oddService = 'telegram'): JudgeOne =>
  (leafIndex, n) => {
    if (n === 7) throw new InputError('Cannot decode', { code: 'made', path: '', expected: 'another number' })
    return judged({ leafIndex, service: n % 2 === 0 ? 'youtube' : oddService, verdict: { rulesVersion } })
  }

/** A judge without threads. */
const judgeOf = (one: JudgeOne): PortionJudge => ({
  atOnce: 2,
  async judge({ buffer, places }) {
    const made: JudgedPortion & { without: JudgedPortion['without'][number][]; leaves: number[] } = {
      ...{ rows: [], leaves: [], without: [], lost: [], sightings: [] },
    }
    const rows = places.flatMap(({ leafIndex, provenance, start, end }) => {
      const text = zstdDecompressSync(Buffer.from(buffer, start, end - start)).toString()
      try {
        const row = { ...judged({ leafIndex }), ...one(leafIndex, Number(text.slice('measurement '.length))) }
        made.leaves.push(leafIndex)
        return [{ ...row, leafIndex, provenance }]
      } catch (error) {
        made.without.push(
          error instanceof InputError ? { leafIndex, kind: 'undecoded' } : { leafIndex, kind: 'broken', why: 'made' },
        )
        return []
      }
    })
    return { ...made, rows: [encodeRows(rows)] }
  },
})

describe('rebuild', () => {
  let folder: string
  let archive: Archive
  let warehouse: Warehouse
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-rebuild-'))
    archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
    warehouse = await openWarehouse(folder)
    await archive.append(Array.from({ length: 12 }, (_, n) => item(n)))
  })
  afterEach(async () => {
    await warehouse[Symbol.asyncDispose]()
    await archive[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const sources = (one: JudgeOne, signal = new AbortController().signal) => ({
    archive,
    warehouse,
    judge: judgeOf(one),
    onProgress: () => undefined,
    signal,
  })
  /** Makes all rows again and has them take the place of those that are read. */
  const rebuild = async (of: ReturnType<typeof sources>): Promise<Rebuilt> => {
    using remaking = await warehouse.remake('1')
    const { rebuilt, size } = await remakeRows({ ...of, warehouse: remaking })
    await remaking.swap({ size: archive.size, erasedLeaves: archive.erasedLeaves, looked: size })
    return rebuilt
  }
  const everything = async () => ({
    matrix: await warehouse.matrix(PERIOD),
    verdicts: await Promise.all(Array.from({ length: 12 }, (_, n) => warehouse.measurement(item(n).provenance.id))),
    observations: await Promise.all(
      Array.from({ length: 12 }, (_, n) => warehouse.observations(item(n).provenance.id)),
    ),
  })

  it('gives the same rows as before', async () => {
    const first = await catchUp(sources(judgeUnder('1')))
    assert.deepEqual(first, { stored: 11, erased: 0, undecoded: 1, broken: [] })
    const before = await everything()
    assert.equal(before.verdicts.filter((stored) => stored !== undefined).length, 11)
    await rebuild(sources(judgeUnder('1')))
    assert.deepEqual(await everything(), before)
  })

  it('gives the same rows after other rules had judged some of them and moved them to another service', async () => {
    await catchUp(sources(judgeUnder('1')))
    const before = await everything()
    const again = judgeUnder('2', 'signal')
    for await (const archived of archive.scan(3)) {
      if (archived.kind !== 'blob' || archived.leafIndex === 7) continue
      const { leafIndex, provenance } = archived
      await warehouse.insert([{ ...judged({ leafIndex }), ...again(leafIndex, leafIndex), leafIndex, provenance }])
    }
    assert.notDeepEqual(await everything(), before)
    await rebuild(sources(judgeUnder('1')))
    assert.deepEqual(await everything(), before)
  })

  it('says erased of an erased leaf, and never asks for it again', async () => {
    await catchUp(sources(judgeUnder('1')))
    const { id } = item(4).provenance
    await archive.erase(id, 'asked for by the person', after(99))
    await warehouse.remove(id)
    const removed = await everything()
    const result = await rebuild(sources(judgeUnder('1')))
    assert.deepEqual(result, { stored: 10, erased: 1, undecoded: 1, broken: [] })
    assert.deepEqual(await everything(), removed)
    assert.deepEqual(await warehouse.missingLeaves(archive.size), [])
  })

  it('takes away the rows of a leaf whose erasure a crash had cut short', async () => {
    await catchUp(sources(judgeUnder('1')))
    const { id } = item(4).provenance
    await archive.erase(id, 'asked for by the person', after(99))
    assert.notEqual(await warehouse.measurement(id), undefined)
    await catchUp(sources(judgeUnder('1')))
    assert.equal(await warehouse.measurement(id), undefined)
    assert.deepEqual(await warehouse.observations(id), [])
  })

  it('adds only the leaves that are missing', async () => {
    await catchUp(sources(judgeUnder('1')))
    await archive.append([item(12), item(13)])
    assert.deepEqual(await catchUp(sources(judgeUnder('2'))), { stored: 2, erased: 0, undecoded: 0, broken: [] })
    assert.equal((await warehouse.measurement(item(0).provenance.id))?.verdict.rulesVersion, '1')
    assert.equal((await warehouse.measurement(item(13).provenance.id))?.verdict.rulesVersion, '2')
  })

  it('goes on after a leaf on which our own code breaks, and tries it again', async () => {
    const judge = judgeUnder('1')
    const result = await catchUp(
      sources((leafIndex, n) => {
        if (leafIndex === 2) throw new TypeError('made')
        return judge(leafIndex, n)
      }),
    )
    assert.deepEqual(
      result.broken.map(({ leafIndex }) => leafIndex),
      [2],
    )
    assert.deepEqual(await warehouse.missingLeaves(archive.size), [{ from: 2, until: 3 }])
    assert.equal((await catchUp(sources(judge))).stored, 1)
  })

  it('stops when asked to and is completed by the next run', async () => {
    const controller = new AbortController()
    const judge = judgeUnder('1')
    // Of more than one portion: the signal is looked at between two leaves.
    await archive.append(Array.from({ length: 1000 }, (_, n) => item(100 + n)))
    const stopping: JudgeOne = (leafIndex, n) => {
      if (leafIndex === 5) controller.abort(new Error('stop'))
      return judge(leafIndex, n)
    }
    await assert.rejects(catchUp(sources(stopping, controller.signal)), /stop/)
    assert.ok((await warehouse.leafBound()) > 5)
    assert.ok((await catchUp(sources(judge))).stored < 1000)
    assert.deepEqual(await warehouse.missingLeaves(archive.size), [])
  })

  it('refuses to go on with a warehouse that knows more leaves than the log', async () => {
    await warehouse.insert([judged({ leafIndex: 40 })])
    await assert.rejects(catchUp(sources(judgeUnder('1'))), /knows 41 leaves, the log has 12/)
    await rebuild(sources(judgeUnder('1')))
    assert.equal(await warehouse.storedLeaves(), 12)
  })
})
