import { setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { openFrameDecoder } from '../../store/archive/frame-decoder.ts'
import { openFrameEncoder } from '../../store/archive/frame-encoder.ts'
import { ByteWriter } from '../../store/warehouse/byte-writer.ts'
import { RowEncoder } from '../../store/warehouse/rows.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { serveCalls, type HandlerReply } from '../../runtime/serve-calls.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import type { Work } from '../../runtime/work-progress.ts'
import type { Sighting } from '../../store/seen-values/contract.ts'
import type { Judged } from '../../store/warehouse/contract.ts'
import { digest, judgeArchived, judgeBytes, judgeHeld, type JudgedBytes, type JudgeTools } from './judge-bytes.ts'
import type {
  JudgeArchivedCall,
  JudgeArchivedReply,
  JudgeBlobCall,
  JudgeBlobReply,
  JudgeCall,
  JudgeReply,
  JudgeSetup,
  Outcome,
  RealmCall,
} from './judge-calls.ts'
import { realmOf } from '../log/log-realm.ts'
import type { ArchivedBlob } from '../publish/publish.ts'
import { noteArchived } from '../publish/sighting.ts'

/** A third of the weight of the others where they are busy. */
const BACKGROUND_NICENESS = 5

const setup = workerData as JudgeSetup
const tools: JudgeTools = { tables: loadTables(setup), certificates: openCertificates() }

const encodeFrame = openFrameEncoder()
const decodeFrame = openFrameDecoder()
// What every batch needs is made once: large buffers outlive a batch and would be garbage of the costly kind.
const rows = new RowEncoder(256)
const frames = new ByteWriter(2 ** 20)

// Threads of Linux have a priority each: a thread that someone waits for comes first.
if (setup.background === true && process.platform === 'linux') setPriority(BACKGROUND_NICENESS)
serveCalls({
  judge: (value, work) => judgeBatch(value as JudgeCall, work),
  realm: (value, work) => {
    const { bytes } = value as RealmCall
    work.item(0, bytes.length)
    return { value: realmOf(bytes) }
  },
  judgeBlob: (value, work) => judgeBlob(value as JudgeBlobCall, work),
  judgeArchived: (value, work) => judgeArchivedBatch(value as JudgeArchivedCall, work),
})

function judgeBatch({ buffer, starts, ends, ids, provenance, realm }: JudgeCall, work: Work): HandlerReply {
  rows.clear()
  frames.clear()
  let leafIndex = 0
  const outcomes = ends.map((end, i): Outcome => {
    const start = starts[i]! // as many as there are ends
    work.item(i, end - start)
    const received = privately(new Uint8Array(buffer, start, end - start))
    const made = derive(received, ids[i], realm)
    if (made.kind !== 'made') return made
    const { id, bytes, head, service, verdict, observations } = made.judged
    rows.add({ provenance: { ...provenance, id }, leafIndex, head, service, verdict, observations })
    leafIndex++
    frames.raw(made.frame)
    const own = bytes === received ? {} : { bytes }
    return { kind: 'judged', id, publicSha256: made.publicSha256, frameBytes: made.frame.length, ...own }
  })
  const encoded = rows.encode()
  const value = { outcomes, frames: frames.finish(), rows: encoded } satisfies JudgeReply
  const buffers = [value.frames, encoded.verdicts.bytes, encoded.observations.bytes].map((bytes) => bytes.buffer)
  return { value, transfer: buffers }
}

function judgeBlob({ blob, secret }: JudgeBlobCall, work: Work): HandlerReply {
  work.item(0, blob.bytes.length)
  const sightings: Sighting[] = []
  noteArchived(blob, { secret, note: (found) => sightings.push(...found) })
  return { value: { row: rowOf(blob), sightings } satisfies JudgeBlobReply }
}

function rowOf(blob: ArchivedBlob): Judged | undefined {
  try {
    return judgeArchived(blob, tools)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

function judgeArchivedBatch(call: JudgeArchivedCall, work: Work): HandlerReply {
  const { buffer, starts, ends, provenances, expandsTo } = call
  rows.clear()
  let leafIndex = 0
  const judged = ends.map((end, i): boolean => {
    const [start, provenance] = [starts[i]!, provenances[i]!] // as many as there are ends
    work.item(i, expandsTo[i] ?? end - start)
    const made = judgeSafely(privately(new Uint8Array(buffer, start, end - start)), provenance, expandsTo[i])
    if (made === undefined) return false
    const { head, service, verdict, observations } = made
    rows.add({ provenance, leafIndex, head, service, verdict, observations })
    leafIndex++
    return true
  })
  const encoded = rows.encode()
  const value = { judged, rows: encoded } satisfies JudgeArchivedReply
  return { value, transfer: [encoded.verdicts.bytes.buffer, encoded.observations.bytes.buffer] }
}

/** Undefined where nothing was decoded, or our own code broke: the bytes are kept, and the next rules may read them. */
function judgeSafely(held: Uint8Array, provenance: Provenance, expandsTo: number | undefined): JudgedBytes | undefined {
  try {
    const received = expandsTo === undefined ? held : decodeFrame(held, expandsTo)
    const judged = judgeHeld(received, provenance, tools)
    return judged.kind === 'aside' ? undefined : judged
  } catch {
    return undefined
  }
}

/** A copy of ours, valid until the next value: not every function of the runtime reads shared memory. */
let copy = Buffer.alloc(0)
function privately(shared: Uint8Array): Uint8Array {
  if (copy.length < shared.length) copy = Buffer.allocUnsafeSlow(2 * shared.length)
  copy.set(shared)
  return copy.subarray(0, shared.length)
}

interface Made {
  readonly kind: 'made'
  readonly judged: JudgedBytes
  readonly publicSha256: Sha256
  /** Valid until the next measurement. */
  readonly frame: Uint8Array
}

function derive(
  received: Uint8Array,
  id: Sha256 | undefined,
  realm: Realm | undefined,
): Made | Exclude<Outcome, { kind: 'judged' }> {
  try {
    const judged = judgeBytes(received, tools, id)
    if (judged.kind === 'aside') return { kind: 'aside', code: judged.reason, detail: judged.detail }
    const other = judged.head.simulated ? 'simulated' : 'real'
    if (realm !== undefined && realm !== other)
      return { kind: 'reject', code: `log.${other}`, detail: `the log of the folder is of ${realm} measurements` }
    const publicSha256 = digest(publicForm(judged.json))
    return { kind: 'made', judged, publicSha256, frame: encodeFrame(judged.bytes) }
  } catch (error) {
    return { kind: 'reject', ...explain(error) }
  }
}

/** A measurement on which our own code breaks costs only itself; no part of it is repeated. */
function explain(error: unknown): { code: string; detail: string } {
  if (error instanceof InputError)
    return { code: error.code, detail: `${error.path === '' ? '' : `${error.path}: `}expected ${error.expected}` }
  const place =
    error instanceof Error ? /([\w-]{1,60}\.[jt]s:\d{1,6}):\d{1,6}\)?$/m.exec(error.stack ?? '')?.[1] : undefined
  return { code: 'fault', detail: `${error instanceof Error ? error.name : 'error'} in ${place ?? 'unknown place'}` }
}
