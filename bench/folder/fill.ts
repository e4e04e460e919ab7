import { hash, randomBytes } from 'node:crypto'
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../src/core/evidence/log/leaf-record.ts'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { instant, parseAsn, type Asn } from '../../src/core/model/units.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { writeJsonFile, logFolder } from '../../src/pipeline/log/log-folder.ts'
import { REAL_DISK, type Disk } from '../../src/runtime/files/disk.ts'
import { layoutOf, type Layout } from '../../src/store/archive/layout.ts'
import { openArchive } from '../../src/store/archive/open.ts'
import { encodeFrame } from '../../src/store/archive/prepare.ts'
import { encodeHead, placeRecord } from '../../src/store/archive/record.ts'
import { frameLeaf } from '../../src/store/archive/leaf-file.ts'
import { SEGMENT_HEAD_BYTES, decodeSegmentHead, encodeSegmentHead } from '../../src/store/archive/segment-head.ts'
import { encodeEntry, entryPosition, writeSidecar } from '../../src/store/archive/sidecar.ts'
import { openChdb } from '../../src/store/warehouse/chdb.ts'
import { migrate } from '../../src/store/warehouse/schema.ts'
import { digestOf } from '../site/made-year.ts'

/** Leaves of a segment: as many as 256 MiB of usual measurements are. */
export const SEGMENT_LEAVES = 80_000
/** Rows of one insertion. */
const INSERTED = 2_000_000
const NETWORKS = 40
const FIRST_NETWORK = 9198
const SERVICES = 20
const DAYS = 730
/** The folder is made for one run: a loss of power makes it again. */
const WITHOUT_FSYNC: Disk = {
  ...REAL_DISK,
  open: async (path, mode) => Object.assign(await REAL_DISK.open(path, mode), { sync: async () => undefined }),
  syncFolder: async () => undefined,
}
const SERVICE_IDS = loadTables()
  .services.slice(0, SERVICES)
  .map(({ id }) => id)
/** A series of the folder: for each number another one. */
export const seriesOf = (nth: number): { service: string; asn: Asn } => ({
  service: SERVICE_IDS[nth % SERVICES]!, // that many
  asn: parseAsn(FIRST_NETWORK + ((nth * 7) % NETWORKS)),
})
/** Bytes of the same length, compressed to the same length. */
const contentOf = (nth: number): Buffer => Buffer.from(`{"made":"for measurements of n ${10 + nth}"}`)
const CONTENT = contentOf(0)
/** Newest records whose bytes have their id. */
const NEWEST = 64
const DIGEST = digestOf(CONTENT)
const LEAF = LEAF_CODEC.encode({ kind: 'measurement', original: DIGEST, public: DIGEST, size: CONTENT.length })

/**
 * A data folder of that many measurements, as a program before runs of ids left it: segments, leaf files, sidecars and the
 * rows of leaves and verdicts. All records hold the same few bytes under random ids; leaf files but the last are holes,
 * and there are no observations: nothing of these is read at a start.
 */
export async function fillFolder(folder: string, leaves: number): Promise<void> {
  await fillArchive(folder, leaves)
  await fillWarehouse(folder, leaves)
}

async function fillArchive(folder: string, leaves: number): Promise<void> {
  const layout = layoutOf(join(folder, 'archive'))
  // Its format and its key.
  await (await openArchive(layout.folder, { leaves: LEAF_CODEC }))[Symbol.asyncDispose]()
  for (let number = 1, first = 0; first < leaves; number++, first += SEGMENT_LEAVES) {
    const count = Math.min(SEGMENT_LEAVES, leaves - first)
    await writeSegment(layout, { number, first, count, last: first + count === leaves })
  }
  writeNewest(layout, leaves)
  // What the log knows of leaves that are no measurements: none is one.
  const log = logFolder(join(folder, 'log'))
  mkdirSync(log.folder, { recursive: true })
  await writeJsonFile(log.entries, { until: leaves, places: {} }, REAL_DISK)
}

async function writeSegment(
  layout: Layout,
  {
    number,
    first,
    count,
    last,
  }: { readonly number: number; readonly first: number; readonly count: number; readonly last: boolean },
): Promise<void> {
  const nonce = randomBytes(8)
  const ids = randomBytes(count * 32)
  const frame = encodeFrame(CONTENT)
  const source = { kind: 'blob', channel: 'file', origin: 'made', receivedAt: instant(Date.now()) } as const
  const content = { source, id: ids.subarray(0, 32), salt: randomBytes(16), size: CONTENT.length, frame, leaf: LEAF }
  const head = encodeHead(content)
  const length = head.length + frame.length
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES + count * length)
  bytes.set(encodeSegmentHead({ number, firstLeaf: first, nonce }))
  for (let nth = 0; nth < count; nth++) {
    const at = SEGMENT_HEAD_BYTES + nth * length
    bytes.set(head, at)
    bytes.set(frame, at + head.length)
    ids.copy(bytes, at + 64, nth * 32, nth * 32 + 32)
    placeRecord(bytes.subarray(at, at + 112), nonce, { leafIndex: first + nth, batchLeaf: first + nth })
  }
  writeFile(layout.segment(number), bytes, bytes.length)
  const framed = frameLeaf(LEAF)
  const leavesEnd = framed.length * count
  writeFile(layout.leafFile(number), last ? Buffer.alloc(leavesEnd, framed) : Buffer.alloc(0), leavesEnd)
  await writeSidecar(
    layout.sidecar(number),
    { number, firstLeaf: first, count, segmentEnd: bytes.length, leavesEnd },
    {
      disk: WITHOUT_FSYNC,
      entry: (nth) => ({ id: ids.subarray(nth * 32, nth * 32 + 32), offset: SEGMENT_HEAD_BYTES + nth * length }),
    },
  )
}

/** The newest records are read at a start: each gets bytes that have its id. */
function writeNewest(layout: Layout, leaves: number): void {
  const number = Math.ceil(leaves / SEGMENT_LEAVES)
  const firstLeaf = (number - 1) * SEGMENT_LEAVES
  const segment = openSync(layout.segment(number), 'r+')
  const sidecar = openSync(layout.sidecar(number), 'r+')
  const start = Buffer.alloc(SEGMENT_HEAD_BYTES)
  readSync(segment, start, 0, start.length, 0)
  const nonce = decodeSegmentHead(start)?.nonce ?? start
  const source = { kind: 'blob', channel: 'file', origin: 'made', receivedAt: instant(Date.now()) } as const
  for (let leafIndex = leaves - NEWEST; leafIndex < leaves; leafIndex++) {
    const bytes = contentOf(leafIndex % NEWEST)
    const id = hash('sha256', bytes, 'buffer')
    const frame = encodeFrame(bytes)
    if (frame.length !== encodeFrame(CONTENT).length) throw new Error('frames of two lengths')
    const head = encodeHead({ source, id, salt: randomBytes(16), size: bytes.length, frame, leaf: LEAF })
    placeRecord(head, nonce, { leafIndex, batchLeaf: leafIndex })
    const offset = SEGMENT_HEAD_BYTES + (leafIndex - firstLeaf) * (head.length + frame.length)
    writeSync(segment, Buffer.concat([head, frame]), 0, head.length + frame.length, offset)
    const entry = encodeEntry(id, offset)
    writeSync(sidecar, entry, 0, entry.length, entryPosition(leafIndex - firstLeaf))
  }
  closeSync(segment)
  closeSync(sidecar)
}

function writeFile(path: string, bytes: Buffer, length: number): void {
  const file = openSync(path, 'w', 0o600)
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
    ftruncateSync(file, length)
  } finally {
    closeSync(file)
  }
}

/** Series of services of the table over two years, one measurement in ten interfered with. */
async function fillWarehouse(folder: string, leaves: number): Promise<void> {
  await using engine = await openChdb(folder, { memoryBytes: 2 * 2 ** 30, threads: 2 })
  await migrate(engine)
  const start = Date.now() - DAYS * DAY_MS
  for (let from = 0, judged = 1; from < leaves; from += INSERTED, judged++) {
    const params = {
      ...{ from, judged, services: SERVICE_IDS, start, leaves },
      count: Math.min(INSERTED, leaves - from),
      step: (DAYS * DAY_MS) / leaves,
    }
    for (const sql of [VERDICTS, LEAVES]) await engine.command(sql, params)
  }
}

const PLACE = `{services:Array(String)}[number % ${SERVICES} + 1] AS service,
  ${FIRST_NETWORK} + intDiv(number, ${SERVICES}) % ${NETWORKS} AS probe_asn,
  fromUnixTimestamp64Milli(toInt64({start:UInt64} + number * {step:Float64}), 'UTC') AS started_at`

const VERDICTS = `INSERT INTO verdicts (leaf_index, judged, moved, simulated, service, probe_asn, started_at, probe_cc,
  received_at, id, channel, origin, test_name, test_version, software_name, software_version, kind, rule, rules_version,
  log10_lr, endpoints_tested, endpoints_failed, head, verdict, probe, device)
SELECT number, {judged:UInt64}, 0, 0, ${PLACE}, 'KZ', started_at, randomFixedString(32), 'file', 'made',
  'web_connectivity', '0.4', 'made', '1', if(number % 10 = 0, 'interfered', 'reachable') AS kind, 'made', '1', 0, 1, 0, '{}', '{}', concat('p', toString(number % 50)) AS probe, probe
FROM numbers({from:UInt64}, {count:UInt64})`

const LEAVES = `INSERT INTO leaves (leaf_index, judged, state, service, probe_asn, started_at)
SELECT number, {judged:UInt64}, 'verdict', ${PLACE} FROM numbers({from:UInt64}, {count:UInt64})`
