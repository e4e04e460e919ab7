import { hash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { instant, parseSha256, type Sha256 } from '../../src/core/model/units.ts'
import { REAL_DISK } from '../../src/runtime/files/disk.ts'
import { layoutOf } from '../../src/store/archive/layout.ts'
import { openArchive } from '../../src/store/archive/open.ts'
import { readEntries } from '../../src/store/archive/sidecar.ts'
import { openWarehouse } from '../../src/store/warehouse/open.ts'
import { askQuestions, type Answered } from '../series/questions.ts'
import { startServer } from '../served.ts'
import { SEGMENT_LEAVES, seriesOf } from './fill.ts'

/** Starts of which the median counts. */
const STARTS = 3
const AFTER_MS = 30_000
const LOOK_UPS = 2000

/** What a large folder takes. */
export interface LargeFolder {
  readonly firstStartSeconds: number
  readonly startSeconds: number
  readonly startCpuSeconds: number
  readonly pageMb: number
  readonly peakMb: number
  readonly lookUpMb: number
  readonly newMicros: number
  readonly knownMicros: number
  readonly diskMb: number
  readonly asked: Answered
}

/** Serves the folder some times, each from the start of the process to the first page, then looks up ids in its archive. */
export async function measureStart(folder: string, leaves: number): Promise<LargeFolder> {
  const first = await startOnce(folder, 0)
  const later = []
  while (later.length < STARTS) later.push(await startOnce(folder, later.length === STARTS - 1 ? AFTER_MS : 0))
  const median = later.toSorted((a, b) => a.seconds - b.seconds)[STARTS >> 1]! // STARTS of them
  return {
    firstStartSeconds: first.seconds,
    startSeconds: median.seconds,
    startCpuSeconds: median.cpuSeconds,
    pageMb: Math.max(...later.map(({ pageMb }) => pageMb)),
    peakMb: Math.max(...later.map(({ peakMb }) => peakMb)),
    ...(await lookUp(folder, leaves)),
    diskMb: Math.round(await megabytesOf(folder)),
    asked: await ask(folder),
  }
}

async function startOnce(
  folder: string,
  afterMs: number,
): Promise<{ seconds: number; cpuSeconds: number; pageMb: number; peakMb: number }> {
  const begun = performance.now()
  await using server = await startServer(folder)
  const answer = await fetch(server.url)
  const bytes = await answer.arrayBuffer()
  const seconds = (performance.now() - begun) / 1000
  if (answer.status !== 200 || bytes.byteLength < 1000) throw new Error(`The first page is ${answer.status}`)
  const [cpuSeconds, pageMb] = [server.cpuSeconds(), memoryOf(server.pid, 'VmRSS')]
  await pause(afterMs)
  return { seconds, cpuSeconds, pageMb, peakMb: memoryOf(server.pid, 'VmHWM') }
}

function memoryOf(pid: number | 'self', what: 'VmRSS' | 'VmHWM'): number {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+)`).exec(text)?.[1]) / 1000)
}

/** Look-ups of ids that are not in the archive, and of ids of its first half, one after another. */
async function lookUp(
  folder: string,
  leaves: number,
): Promise<Pick<LargeFolder, 'lookUpMb' | 'newMicros' | 'knownMicros'>> {
  const layout = layoutOf(join(folder, 'archive'))
  await using archive = await openArchive(layout.folder, { leaves: LEAF_CODEC })
  const fresh = Array.from({ length: LOOK_UPS }, () => parseSha256(hash('sha256', randomBytes(16))))
  const known: Sha256[] = []
  for (let nth = 0; nth < LOOK_UPS; nth++) {
    const leaf = Math.floor((nth / LOOK_UPS) * (leaves / 2))
    const [segment, place] = [Math.floor(leaf / SEGMENT_LEAVES) + 1, leaf % SEGMENT_LEAVES]
    const [entry] = (await readEntries(layout.sidecar(segment), [place], REAL_DISK)) ?? []
    if (entry !== undefined) known.push(parseSha256(Buffer.from(entry.id).toString('hex')))
  }
  const before = memoryOf('self', 'VmRSS')
  await archive.has(fresh[0]!) // LOOK_UPS of them
  const lookUpMb = Math.max(0, memoryOf('self', 'VmRSS') - before)
  const microsOf = async (ids: readonly Sha256[], is: boolean): Promise<number> => {
    const begun = performance.now()
    for (const id of ids) if ((await archive.has(id)) !== is) throw new Error(`Id ${id} is found: ${!is}`)
    return ((performance.now() - begun) * 1000) / ids.length
  }
  return { lookUpMb, newMicros: await microsOf(fresh, false), knownMicros: await microsOf(known, true) }
}

async function ask(folder: string): Promise<Answered> {
  await using warehouse = await openWarehouse(folder)
  return await askQuestions(warehouse, instant(Date.now()), seriesOf)
}

/** Megabytes on the disk of all files below a folder; holes count as nothing. */
async function megabytesOf(folder: string): Promise<number> {
  let blocks = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) blocks += (await lstat(join(entry.parentPath, entry.name))).blocks
  return (blocks * 512) / 1e6
}
