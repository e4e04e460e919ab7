import { hash } from 'node:crypto'
import { parseSha256 } from '../../model/units.ts'
import { publicForm } from '../../ooni/public-form.ts'
import { openFrameEncoder } from '../../store/archive/frame-encoder.ts'
import { sealBytes } from '../../store/archive/seal.ts'
import { ByteWriter } from '../../store/warehouse/byte-writer.ts'
import { serveCalls } from '../../sys/serve-calls.ts'
import type { Reply } from '../../sys/serve-calls.ts'
import { readSignature } from './read-signature.ts'
import { readSubmission, Refused } from './read-submission.ts'
import type { Found, ReceiveCall, ReceiveReply, Sent } from './receive-calls.ts'

const encodeFrame = openFrameEncoder()
const sealed = new ByteWriter(2 ** 20)

serveCalls({ receive: (value) => receiveBatch(value as ReceiveCall) })

function receiveBatch({ buffer, sent, now, realm }: ReceiveCall): Reply {
  sealed.clear()
  const found = sent.map((one): Found => {
    try {
      const body = privately(new Uint8Array(buffer, one.start, one.end - one.start))
      return receiveOne(body, { ...one, now, realm })
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message }
      // A document on which our own code breaks costs only itself; no part of it is repeated.
      return { kind: 'refused', code: 'bad_metadata', message: 'The measurement cannot be read' }
    }
  })
  const value = { found, sealed: sealed.finish() } satisfies ReceiveReply
  return { value, transfer: [value.sealed.buffer] }
}

/** A copy of ours, valid until the next body: not every function of the runtime reads shared memory. */
let copy = Buffer.alloc(0)
function privately(shared: Uint8Array): Uint8Array {
  if (copy.length < shared.length) copy = Buffer.allocUnsafeSlow(2 * shared.length)
  copy.set(shared)
  return copy.subarray(0, shared.length)
}

function receiveOne(body: Uint8Array, options: Sent & Pick<ReceiveCall, 'now' | 'realm'>): Found {
  const read = readSubmission(body, options)
  const { verification, key, pseudonym, foreign } = readSignature(read.text, read.bytes, read.json)
  if (foreign === true)
    return { kind: 'refused', code: 'probe_mismatch', message: 'x_probe is not the pseudonym of x_key' }
  const publicSha256 = parseSha256(hash('sha256', publicForm(read.json)))
  const frame = encodeFrame(read.bytes)
  const { salt, original } = sealBytes(read.bytes)
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
    ...{ at, testName, cc, asn, verification },
    ...(key === undefined || pseudonym === undefined ? {} : { key, pseudonym }),
  }
}
