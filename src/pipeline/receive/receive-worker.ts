import { hash } from 'node:crypto'
import { parseSha256 } from '../../core/model/units.ts'
import { withheldForm } from '../../core/ooni/publish/withhold.ts'
import { openFrameEncoder } from '../../store/archive/frame-encoder.ts'
import { sealBytes } from '../../store/archive/seal.ts'
import { ByteWriter } from '../../store/warehouse/byte-writer.ts'
import { canBeCommon, claimedNetwork, saltedBy, valueKey } from '../publish/salted.ts'
import { serveCalls, type HandlerReply } from '../../runtime/serve-calls.ts'
import type { Work } from '../../runtime/work-progress.ts'
import { readSignature } from './read-signature.ts'
import { readSubmission, Refused, type ReadSubmissionOptions } from './read-submission.ts'
import { MOST_BROUGHT, type FoundBody, type ReceiveCall, type ReceiveReply } from './receive-calls.ts'

const encodeFrame = openFrameEncoder()
const sealed = new ByteWriter(2 ** 20)

/** Time after which no further body of a batch is begun: those that are read get their answers. */
const SLICE_MS = 100

serveCalls({ receive: (value, work) => receiveBatch(value as ReceiveCall, work) })

function receiveBatch({ buffer, sent, now, realm, secret }: ReceiveCall, work: Work): HandlerReply {
  sealed.clear()
  const found: FoundBody[] = []
  const spentMs: number[] = []
  let before = work.processorMs()
  for (const [nth, one] of sent.entries()) {
    if (nth > 0 && work.spentMs() > SLICE_MS) break
    work.item(nth, one.end - one.start)
    const onExpanded = (bytes: number): void => work.item(nth, bytes)
    const body = privately(new Uint8Array(buffer, one.start, one.end - one.start))
    found.push(receiveSafely(body, { ...one, now, realm, onExpanded, secret }))
    const after = work.processorMs()
    spentMs.push(after - before)
    before = after
  }
  const value = { found, spentMs, sealed: sealed.finish() } satisfies ReceiveReply
  return { value, transfer: [value.sealed.buffer] }
}

type ReceiveOptions = ReadSubmissionOptions & Pick<ReceiveCall, 'secret'>

function receiveSafely(body: Uint8Array, options: ReceiveOptions): FoundBody {
  try {
    return receiveOne(body, options)
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message }
    // A document on which our own code breaks costs only itself; no part of it is repeated.
    return { kind: 'refused', code: 'bad_metadata', message: 'The measurement cannot be read' }
  }
}

/** A copy of ours, valid until the next body: not every function of the runtime reads shared memory. */
let copy = Buffer.alloc(0)
function privately(shared: Uint8Array): Uint8Array {
  if (copy.length < shared.length) copy = Buffer.allocUnsafeSlow(2 * shared.length)
  copy.set(shared)
  return copy.subarray(0, shared.length)
}

function receiveOne(body: Uint8Array, options: ReceiveOptions): FoundBody {
  const read = readSubmission(body, options)
  const { verification, key, pseudonym, foreign } = readSignature(read.text, read.bytes, read.json)
  if (foreign === true)
    return { kind: 'refused', code: 'probe_mismatch', message: 'x_probe is not the pseudonym of x_key' }
  const frame = encodeFrame(read.bytes)
  const { salt, original } = sealBytes(read.bytes)
  const { hashed, values } = withheldForm(read.json, saltedBy(salt).commit)
  const publicSha256 = parseSha256(hash('sha256', hashed))
  const network = claimedNetwork(read.json)
  const brought = values.filter(canBeCommon).slice(0, MOST_BROUGHT)
  sealed.raw(salt)
  sealed.raw(frame)
  const { id, at, testName, cc, asn } = read
  return {
    kind: 'taken',
    id,
    publicSha256,
    size: read.bytes.length,
    frameBytes: frame.length,
    original,
    brought: brought.map((value) => valueKey(options.secret, value, network)),
    ...{ at, testName, cc, asn, verification },
    ...(key === undefined || pseudonym === undefined ? {} : { key, pseudonym }),
  }
}
