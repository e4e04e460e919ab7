import { resourceLimits, workerData } from 'node:worker_threads'
import { InputError } from '../../core/model/errors.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { openFrameDecoder } from '../../store/archive/frame-decoder.ts'
import { openFrameEncoder } from '../../store/archive/frame-encoder.ts'
import { ByteWriter } from '../../store/warehouse/byte-writer.ts'
import { RowEncoder } from '../../store/warehouse/rows.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { openYoungCollector } from '../../runtime/collect-garbage.ts'
import { giveWay, serveCalls, type HandlerReply } from '../../runtime/serve-calls.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import type { Work } from '../../runtime/work-progress.ts'
import type { Sighting } from '../../store/seen-values/contract.ts'
import { digest, judgedForm, type JudgedBytes, type JudgeTools } from './judge-bytes.ts'
import { judgeTogether, openSteps, judgingPortions, type Step } from './judge-together.ts'
import type {
  JudgeArchivedCall,
  JudgeArchivedReply,
  JudgeCall,
  JudgeReply,
  JudgeSetup,
  Outcome,
  RealmCall,
  Unjudged,
} from './judge-calls.ts'
import { realmOf } from '../log/log-realm.ts'
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
// Between two portions little is held. Some two thirds of one half of the space for new objects; the rest is for one portion.
const collectYoung = openYoungCollector(((resourceLimits.maxYoungGenerationSizeMb ?? 16) / 4) * 2 ** 20)

// Threads of Linux have a priority each: a thread that someone waits for comes first.
if (setup.background === true) giveWay(BACKGROUND_NICENESS)
serveCalls({
  judge: (value, work) => judgeBatch(value as JudgeCall, work),
  realm: (value, work) => {
    const { bytes } = value as RealmCall
    work.item(0, bytes.length)
    return { value: realmOf(bytes) }
  },
  judgeArchived: (value, work) => judgeArchivedBatch(value as JudgeArchivedCall, work),
})

/** What became of a value that is not judged. */
type Settled = Exclude<Outcome, { kind: 'judged' }>

function judgeBatch(call: JudgeCall, work: Work): HandlerReply {
  begin()
  frames.clear()
  const outcomes: Outcome[] = []
  for (const [from, until] of judgingPortions(lengthsOf(call))) {
    outcomes.push(...judgePortion(call, from, until, work))
    collectYoung()
  }
  const encoded = rows.encode()
  const value = { outcomes, frames: frames.finish(), rows: encoded } satisfies JudgeReply
  const buffers = [value.frames, encoded.verdicts.bytes, encoded.observations.bytes].map((bytes) => bytes.buffer)
  return { value, transfer: buffers }
}

/** Step by step, as `judgeTogether` does: public forms, their digests, frames, rows. */
function judgePortion(call: JudgeCall, from: number, until: number, work: Work): readonly Outcome[] {
  const { ids, provenance, realm } = call
  const step = openSteps((place) => {
    work.item(from + place, call.ends[from + place]! - call.starts[from + place]!) // a place of the portion
  })
  const received = privately(call, from, until)
  const judged = judgeTogether(received, { tools, step, ids: ids.slice(from, until) })
  const taken = step(judged, (one): JudgedBytes | Settled => {
    if (one.kind === 'aside') return { kind: 'aside', code: one.reason, detail: one.detail }
    const other = one.head.simulated ? 'simulated' : 'real'
    if (realm === undefined || realm === other) return one
    return { kind: 'reject', code: `log.${other}`, detail: `the log of the folder is of ${realm} measurements` }
  })
  const shown = step(taken, (one) => (one.kind === 'judged' ? { one, form: publicForm(one.json) } : one))
  const digested = step(shown, (it) => ('form' in it ? { one: it.one, publicSha256: digest(it.form) } : it))
  const framed = step(digested, (it, place) => {
    if (!('one' in it)) return it
    const frame = encodeFrame(it.one.bytes)
    frames.raw(frame)
    return { ...it, frameBytes: frame.length, own: it.one.bytes !== received[place]?.value }
  })
  return framed.map((tried): Outcome => {
    if ('error' in tried) return { kind: 'reject', ...explain(tried.error) }
    if (!('one' in tried.value)) return tried.value
    const { one, publicSha256, frameBytes, own } = tried.value
    addRow(one, { ...provenance, id: one.id })
    return { kind: 'judged', id: one.id, publicSha256, frameBytes, ...(own ? { bytes: one.bytes } : {}) }
  })
}

/** What is on the disk is not what was archived. */
class DamagedValue extends Error {}

function judgeArchivedBatch(call: JudgeArchivedCall, work: Work): HandlerReply {
  begin()
  const outcomes: ArchivedOutcome[] = []
  const sightings: Sighting[] = []
  const lengths = lengthsOf(call).map((length, i) => call.expandsTo[i] ?? length)
  for (const [from, until] of judgingPortions(lengths)) {
    const step = openSteps((place) => {
      work.item(from + place, lengths[from + place]!) // a place of the portion
    })
    outcomes.push(...judgeArchivedPortion(call, from, until, { step, sightings }))
    collectYoung()
  }
  const encoded = rows.encode()
  const value = { outcomes, sightings, rows: encoded } satisfies JudgeArchivedReply
  return { value, transfer: [encoded.verdicts.bytes.buffer, encoded.observations.bytes.buffer] }
}

type ArchivedOutcome = JudgeArchivedReply['outcomes'][number]

function judgeArchivedPortion(
  call: JudgeArchivedCall,
  from: number,
  until: number,
  { step, sightings }: { readonly step: Step; readonly sightings: Sighting[] },
): readonly ArchivedOutcome[] {
  const held = step(privately(call, from, until), (bytes, place) => openValue(call, bytes, from + place))
  const forms = step(held, (bytes, place) => {
    noteValue(call, bytes, { nth: from + place, sightings })
    return judgedForm(bytes, call.provenances[from + place]!, tools) // as many as there are values
  })
  const ids = call.provenances.slice(from, until).map(({ id }) => id)
  return judgeTogether(forms, { tools, step, ids }).map((tried, place): ArchivedOutcome => {
    if ('error' in tried) return unjudged(tried.error)
    if (tried.value.kind === 'aside') return { kind: 'undecoded' }
    addRow(tried.value, call.provenances[from + place]!) // as many as there are values
    return { kind: 'judged' }
  })
}

/** The measurement in an archived value. */
function openValue({ expandsTo, isRead, provenances }: JudgeArchivedCall, held: Uint8Array, nth: number): Uint8Array {
  const length = expandsTo[nth]
  if (length === undefined) return held
  let bytes: Uint8Array
  try {
    // What the decoder gives is valid until the next frame.
    bytes = Uint8Array.from(decodeFrame(held, length))
  } catch {
    throw new DamagedValue()
  }
  if (isRead === true && digest(bytes) !== provenances[nth]?.id) throw new DamagedValue()
  return bytes
}

/** Notes what a value brought; of one that cannot be read nothing: what is wrong with it is said when it is judged. */
function noteValue(
  { noted, provenances }: JudgeArchivedCall,
  bytes: Uint8Array,
  { nth, sightings }: { readonly nth: number; readonly sightings: Sighting[] },
): void {
  const [provenance, leafIndex] = [provenances[nth], noted?.leaves[nth]]
  if (noted === undefined || provenance === undefined || leafIndex === undefined) return
  try {
    noteArchived({ provenance, leafIndex, bytes }, { secret: noted.secret, note: (found) => sightings.push(...found) })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
}

function unjudged(error: unknown): Unjudged {
  if (error instanceof InputError) return { kind: 'undecoded' }
  if (error instanceof DamagedValue) return { kind: 'damaged' }
  return { kind: 'broken', why: explain(error).detail }
}

/** Rows of the batch so far. */
let added = 0
function begin(): void {
  rows.clear()
  added = 0
}

function addRow({ head, service, verdict, observations }: JudgedBytes, provenance: Provenance): void {
  rows.add({ provenance, leafIndex: added++, head, service, verdict, observations })
}

type Values = Pick<JudgeCall, 'buffer' | 'starts' | 'ends'>

const lengthsOf = ({ starts, ends }: Values): readonly number[] => ends.map((end, i) => end - starts[i]!) // as many as there are ends

/** Copies of ours, valid until the next portion: not every function of the runtime reads shared memory. */
let copy = Buffer.alloc(0)
function privately({ buffer, starts, ends }: Values, from: number, until: number): readonly { value: Uint8Array }[] {
  const shared = ends.slice(from, until).map((end, i) => {
    const start = starts[from + i]! // as many as there are ends
    return new Uint8Array(buffer, start, end - start)
  })
  const total = shared.reduce((sum, { length }) => sum + length, 0)
  if (copy.length < total) copy = Buffer.allocUnsafeSlow(2 * total)
  let at = 0
  return shared.map((bytes) => {
    copy.set(bytes, at)
    at += bytes.length
    return { value: copy.subarray(at - bytes.length, at) }
  })
}

/** A measurement on which our own code breaks costs only itself; no part of it is repeated. */
function explain(error: unknown): { code: string; detail: string } {
  if (error instanceof InputError)
    return { code: error.code, detail: `${error.path === '' ? '' : `${error.path}: `}expected ${error.expected}` }
  const place =
    error instanceof Error ? /([\w-]{1,60}\.[jt]s:\d{1,6}):\d{1,6}\)?$/m.exec(error.stack ?? '')?.[1] : undefined
  return { code: 'fault', detail: `${error instanceof Error ? error.name : 'error'} in ${place ?? 'unknown place'}` }
}
