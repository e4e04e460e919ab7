import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { instant, parseSha256, type Sha256 } from '../../../core/model/units.ts'
import type { Appended, Archive, ArchiveItem } from '../contract.ts'
import { openArchive } from '../open.ts'
import { verifyArchive } from '../verify.ts'

const SEGMENT_BYTES = 1500
const RUN_LEAVES = 8

const open = (folder: string, runLeaves = RUN_LEAVES): Promise<Archive> =>
  openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: SEGMENT_BYTES, runLeaves })

function itemOf(nth: number): ArchiveItem {
  const bytes = Buffer.from(`measurement ${nth}`)
  const id = parseSha256(createHash('sha256').update(bytes).digest('hex'))
  return {
    bytes,
    publicSha256: id,
    provenance: { id, receivedAt: instant(1000 + nth), channel: 'file', origin: 'a' },
  }
}
const idOf = (nth: number): Sha256 => itemOf(nth).provenance.id

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-index-'))
  try {
    await test(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const filesOf = async (folder: string, ending: string): Promise<readonly string[]> =>
  (await readdir(join(folder, 'segments')))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, 'segments', name))

/** Turns one bit of a file, at a share of its length. */
async function turnBit(path: string, share: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[Math.floor(share * (bytes.length - 1))]! ^= 1 // within the file
  await writeFile(path, bytes)
}

type Act =
  | { readonly kind: 'append'; readonly nths: readonly number[] }
  | { readonly kind: 'erase'; readonly nth: number }
  | { readonly kind: 'read'; readonly nth: number }
  | { readonly kind: 'log'; readonly nth: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'harm'; readonly how: 'lose' | 'damage'; readonly what: '.ids' | '.index'; readonly share: number }

const nth = fc.nat(70)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append'), nths: fc.array(nth, { maxLength: 7 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase'), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read'), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('log'), nth: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('harm'),
      how: fc.constantFrom('lose', 'damage'),
      what: fc.constantFrom('.ids', '.index'),
      share,
    }),
  },
)

describe('ArchiveIndex', () => {
  it('finds what a map finds, after any acts, restarts and losses of what is derived', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60, size: 'max' }), (acts) =>
        inFolder(async (folder) => {
          let archive = await open(folder)
          const model = new Map<number, number>()
          const erased = new Set<number>()
          const entries = new Map<number, number>()
          const agree = async (one: number): Promise<void> => {
            assert.equal(await archive.leafOf(idOf(one)), model.get(one))
            assert.equal(await archive.has(idOf(one)), model.has(one) || erased.has(one))
          }
          try {
            for (const one of acts) {
              if (one.kind === 'append') {
                const before = archive.size
                const appended = await archive.append(one.nths.map(itemOf))
                let next = before
                for (const [place, what] of appended.entries()) {
                  const which: number = one.nths[place]! // one outcome for each
                  const known = model.get(which)
                  const wanted: Appended = erased.has(which)
                    ? { kind: 'barred' }
                    : { kind: known === undefined ? 'added' : 'known', leafIndex: known ?? next++ }
                  if (wanted.kind === 'added') model.set(which, wanted.leafIndex)
                  assert.deepEqual(what, wanted)
                }
                assert.equal(archive.size, next)
              } else if (one.kind === 'log') {
                const { size } = archive
                const { leafIndex } = await archive.appendEntry('custody-event', Buffer.from(`${one.nth}`), instant(5))
                assert.equal(leafIndex, entries.get(one.nth) ?? size)
                entries.set(one.nth, leafIndex)
              } else if (one.kind === 'erase') {
                if (!model.has(one.nth)) continue
                await archive.erase(idOf(one.nth), 'a right', instant(9))
                model.delete(one.nth)
                erased.add(one.nth)
                await agree(one.nth)
              } else if (one.kind === 'read') {
                await agree(one.nth)
                const found = await archive.read(idOf(one.nth))
                const kind = erased.has(one.nth) ? 'erased' : model.has(one.nth) ? 'blob' : undefined
                assert.equal(found?.kind, kind)
                const leaf = model.get(one.nth)
                if (found?.kind === 'blob') assert.deepEqual(Buffer.from(found.bytes), itemOf(one.nth).bytes)
                if (leaf !== undefined) assert.equal((await archive.readLeaf(leaf))?.leafIndex, leaf)
              } else if (one.kind === 'reopen') {
                await archive[Symbol.asyncDispose]()
                archive = await open(folder)
              } else {
                const files = await filesOf(folder, one.what)
                const file = files[Math.floor(one.share * (files.length - 1))]
                if (file === undefined) continue
                if (one.how === 'lose') await rm(file)
                else await turnBit(file, (one.share * 7919) % 1)
              }
            }
            for (let one = 0; one <= 70; one++) await agree(one)
            runs += (await filesOf(folder, '.ids')).length
            let leaf = 0
            for await (const found of archive.scan(0)) assert.equal(found.leafIndex, leaf++)
            assert.equal(leaf, archive.size)
          } finally {
            await archive[Symbol.asyncDispose]()
          }
          for await (const finding of verifyArchive(folder, { leaves: LEAF_CODEC }))
            assert.ok(finding.kind === 'ok' || finding.kind === 'erased')
        }),
      ),
      { numRuns: 60 },
    )
    assert.ok(runs > 60, `${runs} runs of ids were there at the end of a life`)
  })

  it('takes over a folder without runs, and gives it back to a program that knows none', () =>
    inFolder(async (folder) => {
      const all = Array.from({ length: 100 }, (_, one) => itemOf(one))
      {
        await using archive = await open(folder, Infinity)
        for (const item of all) await archive.append([item])
      }
      assert.deepEqual(await filesOf(folder, '.ids'), [])
      const told: number[] = []
      const opened = await openArchive(folder, {
        leaves: LEAF_CODEC,
        segmentBytes: SEGMENT_BYTES,
        runLeaves: RUN_LEAVES,
        onProgress: ({ segment, segments }) => told.push(segment / segments),
      })
      assert.ok(told.length > 5 && told.every((one) => one > 0 && one <= 1))
      assert.deepEqual(
        (await opened.append(all)).map(({ kind }) => kind),
        all.map(() => 'known'),
      )
      await opened.erase(idOf(3), 'a right', instant(9))
      await opened[Symbol.asyncDispose]()
      for (const run of await filesOf(folder, '.ids')) await rm(run)
      await using again = await open(folder, Infinity)
      assert.equal((await again.append(all)).filter(({ kind }) => kind === 'known').length, all.length - 1)
    }))

  it('goes on where it stopped when a first sorting was interrupted', () =>
    inFolder(async (folder) => {
      {
        await using archive = await open(folder)
        for (let one = 0; one < 100; one++) await archive.append([itemOf(one)])
      }
      const runs = await filesOf(folder, '.ids')
      assert.ok(runs.length > 5)
      const first = await readFile(runs[0]!) // more than five
      for (const run of runs.slice(2)) await rm(run)
      let made = 0
      await using archive = await openArchive(folder, {
        leaves: LEAF_CODEC,
        segmentBytes: SEGMENT_BYTES,
        runLeaves: RUN_LEAVES,
        onProgress: () => made++,
      })
      assert.equal(made, runs.length - 2)
      assert.deepEqual(await filesOf(folder, '.ids'), runs)
      assert.deepEqual(await readFile(runs[0]!), first) // as above
      assert.ok(await archive.has(idOf(0)))
    }))

  it('keeps the order of appends that are under way at once, while ids go to the disk', () =>
    inFolder(async (folder) => {
      await using archive = await open(folder)
      for (let one = 0; one < 20; one++) await archive.append([itemOf(one)])
      const places = await Promise.all(
        Array.from({ length: 60 }, (_, one) => archive.append([itemOf(20 + one), itemOf(one)])),
      )
      for (const [one, [own, old]] of places.entries()) {
        assert.deepEqual(own, { kind: 'added', leafIndex: 20 + one })
        assert.deepEqual(old, { kind: 'known', leafIndex: one })
      }
    }))

  it('does not open on a segment of a run that is shorter than it was, or holds again what was erased', () =>
    inFolder(async (folder) => {
      {
        await using archive = await open(folder)
        for (let one = 0; one < 40; one++) await archive.append([itemOf(one)])
      }
      const [segment] = await filesOf(folder, '.segment')
      const [sidecar] = await filesOf(folder, '.index')
      const before = { segment: await readFile(segment!), sidecar: await readFile(sidecar!) } // of forty leaves
      {
        await using archive = await open(folder)
        await archive.erase(idOf(1), 'a right', instant(9))
      }
      const after = { segment: await readFile(segment!), sidecar: await readFile(sidecar!) } // as above
      await writeFile(segment!, before.segment) // as above
      await writeFile(sidecar!, before.sidecar) // as above
      await assert.rejects(open(folder), /was erased by the log of erasures/)
      await writeFile(segment!, after.segment.subarray(0, -10)) // as above
      await writeFile(sidecar!, after.sidecar) // as above
      await assert.rejects(open(folder), /shorter than when it was last closed/)
    }))
})
