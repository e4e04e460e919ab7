// Appending, reading, opening and erasing: measurements of about 7 KiB, every one distinct, fsync as in service.
import { hash, randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import { LEAF_CODEC } from '../src/core/evidence/log/leaf-record.ts'
import { instant, parseSha256 } from '../src/core/model/units.ts'
import type { Archive, ArchiveItem } from '../src/store/archive/contract.ts'
import { IdIndex } from '../src/store/archive/ids/id-index.ts'
import { openArchive } from '../src/store/archive/open.ts'
import { encodeFrame } from '../src/store/archive/prepare.ts'
import { createMaker } from './import/made-measurements.ts'

const LEVELS = [-3, 1, 2, 3, 5] as const
const BATCH = 1000
/** Batches on their way at once, as an import keeps them. */
const AT_ONCE = 3

function makeItems(count: number): readonly ArchiveItem[] {
  const make = createMaker('small')
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(make(index))
    const id = parseSha256(hash('sha256', bytes))
    const provenance = { id, receivedAt: instant(index), channel: 'file', origin: 'bench.jsonl' } as const
    return { bytes, publicSha256: id, provenance }
  })
}

/** Seconds that some work takes. */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

async function appendAll(archive: Archive, items: readonly ArchiveItem[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, nth) =>
    items.slice(nth * BATCH, (nth + 1) * BATCH),
  ).values()
  const lane = async (): Promise<void> => {
    for (const batch of batches) await archive.append(batch)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

async function scanAll(archive: Archive): Promise<void> {
  for await (const one of archive.scan(0))
    if (one.kind !== 'blob') throw new Error(`Leaf ${one.leafIndex} is not whole`)
}

function measureLevels(items: readonly ArchiveItem[]): readonly { level: number; micros: number; bytes: number }[] {
  return LEVELS.map((level) => {
    const start = performance.now()
    let bytes = 0
    for (const item of items)
      bytes += zstdCompressSync(item.bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }).length
    return { level, micros: ((performance.now() - start) * 1000) / items.length, bytes: bytes / items.length }
  })
}

function indexBytesPerMillion(): number {
  const index = new IdIndex()
  for (let leaf = 0; leaf < 1_000_000; leaf++) index.push(randomBytes(32), leaf)
  return index.heldBytes
}

export const bench = {
  summary: 'append, read, open and erase measurements of about 7 KiB in the archive',
  async run({ quick }: { readonly quick: boolean }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-archive-'))
    try {
      const items = makeItems(quick ? 2000 : 24_000)
      const frames = items.map((item) => ({ ...item, frame: encodeFrame(item.bytes) }))
      const options = { leaves: LEAF_CODEC }
      const path = join(folder, 'a')
      const open = await openArchive(path, options)
      const before = process.cpuUsage()
      const own = await seconds(() => appendAll(open, items))
      const { user, system } = process.cpuUsage(before)
      const scan = await seconds(() => scanAll(open))
      const some = items.filter((_, index) => index % 12 === 0)
      const read = await seconds(async () => {
        for (const item of some) await open.read(item.provenance.id)
      })
      const erased = items.slice(0, 50)
      await cp(path, join(folder, 'killed'), { recursive: true }) // no sidecar yet: as after a crash
      const erase = await seconds(async () => {
        for (const item of erased) await open.erase(item.provenance.id, 'bench', instant(1))
      })
      await open[Symbol.asyncDispose]()
      const reopen = async (from: string): Promise<number> => {
        const start = performance.now()
        await using archive = await openArchive(from, options)
        if (archive.size !== items.length) throw new Error(`${archive.size} leaves`)
        return performance.now() - start
      }
      const sidecarMs = await reopen(path)
      const scanMs = await reopen(join(folder, 'killed'))
      const worked = await openArchive(join(folder, 'b'), options)
      const given = await seconds(() => appendAll(worked, frames))
      await worked[Symbol.asyncDispose]()
      const levels = measureLevels(items.slice(0, 3000))
      const perSecond = items.length / own
      const indexMb = indexBytesPerMillion() / 1e6
      const meanBytes = items.reduce((sum, item) => sum + item.bytes.length, 0) / items.length
      return {
        table: [
          { figure: 'bytes of a measurement', value: meanBytes },
          { figure: 'appended per second', value: perSecond, target: '12 000', met: perSecond >= 12_000 },
          { figure: 'processor time of one append, µs', value: (user + system) / items.length },
          { figure: 'appended per second, frames given', value: items.length / given },
          { figure: 'scanned per second', value: items.length / scan },
          { figure: 'read one, µs', value: (read * 1e6) / some.length },
          { figure: 'erase one, ms', value: (erase * 1000) / erased.length },
          { figure: `open ${items.length} leaves by sidecar, ms`, value: sidecarMs },
          { figure: `open ${items.length} leaves after a crash, ms`, value: scanMs },
          { figure: 'index, MB per million', value: indexMb },
          ...levels.map(({ level, micros, bytes }) => ({
            figure: `zstd level ${level}`,
            value: `${micros.toFixed(1)} µs, ${bytes.toFixed(0)} bytes`,
          })),
        ],
        json: {
          append_per_s: Math.round(perSecond),
          append_cpu_us: Math.round((user + system) / items.length),
          append_frames_per_s: Math.round(items.length / given),
          scan_per_s: Math.round(items.length / scan),
          read_us: Math.round((read * 1e6) / some.length),
          erase_ms: (erase * 1000) / erased.length,
          open_sidecar_ms: Math.round(sidecarMs),
          open_crashed_ms: Math.round(scanMs),
          index_mb_per_million: Math.round(indexMb),
        },
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}
