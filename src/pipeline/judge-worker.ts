import { workerData } from 'node:worker_threads'
import { InputError } from '../model/errors.ts'
import type { Provenance } from '../model/measurement.ts'
import type { Sha256 } from '../model/units.ts'
import { publicForm } from '../ooni/public-form.ts'
import { openFrameEncoder } from '../store/archive/frame-encoder.ts'
import { ByteWriter } from '../store/warehouse/byte-writer.ts'
import { RowEncoder } from '../store/warehouse/rows.ts'
import { openCertificates } from '../sys/certificates.ts'
import { serveCalls } from '../sys/serve-calls.ts'
import type { Reply } from '../sys/serve-calls.ts'
import { loadTables } from '../sys/tables.ts'
import { digest, judgeBytes } from './judge-bytes.ts'
import type { JudgedBytes, JudgeTools } from './judge-bytes.ts'
import type { JudgeCall, JudgeReply, JudgeSetup, Outcome } from './judge-calls.ts'

const setup = workerData as JudgeSetup
const tools: JudgeTools = { tables: loadTables(setup), certificates: openCertificates() }

const encodeFrame = openFrameEncoder()
// What every batch needs is made once: large buffers outlive a batch and would be garbage of the costly kind.
const rows = new RowEncoder(256)
const frames = new ByteWriter(2 ** 20)

serveCalls({ judge: (value) => judgeBatch(value as JudgeCall) })

function judgeBatch({ buffer, starts, ends, ids, provenance }: JudgeCall): Reply {
  rows.clear()
  frames.clear()
  let leafIndex = 0
  const outcomes = ends.map((end, i): Outcome => {
    const start = starts[i]! // as many as there are ends
    const received = privately(new Uint8Array(buffer, start, end - start))
    const made = derive(received, ids[i])
    if (made.kind !== 'made') return made
    const { id, bytes, head, service, verdict, observations } = made.judged
    const from = isList(provenance) ? provenance[i]! : provenance // as many as there are values
    rows.add({ provenance: { ...from, id }, leafIndex, head, service, verdict, observations })
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

const isList = (provenance: JudgeCall['provenance']): provenance is readonly Omit<Provenance, 'id'>[] =>
  Array.isArray(provenance)

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

function derive(received: Uint8Array, id: Sha256 | undefined): Made | Exclude<Outcome, { kind: 'judged' }> {
  try {
    const judged = judgeBytes(received, tools, id)
    if (judged.kind === 'aside') return { kind: 'aside', code: judged.reason, detail: judged.detail }
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
  const place = error instanceof Error ? /([\w-]+\.[jt]s:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1] : undefined
  return { code: 'fault', detail: `${error instanceof Error ? error.name : 'error'} in ${place ?? 'unknown place'}` }
}
