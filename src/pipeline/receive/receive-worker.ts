import { hash } from 'node:crypto'
import { parseSha256 } from '../../model/units.ts'
import { publicForm } from '../../ooni/public-form.ts'
import { openFrameEncoder } from '../../store/archive/frame-encoder.ts'
import { ByteWriter } from '../../store/warehouse/byte-writer.ts'
import { serveCalls } from '../../sys/serve-calls.ts'
import type { Reply } from '../../sys/serve-calls.ts'
import { readSignature } from './read-signature.ts'
import { readSubmission, Refused } from './read-submission.ts'
import type { Found, ReceiveCall, ReceiveReply, Sent } from './receive-calls.ts'

const encodeFrame = openFrameEncoder()
const bytes = new ByteWriter(2 ** 20)
const frames = new ByteWriter(2 ** 20)

serveCalls({ receive: (value) => receiveBatch(value as ReceiveCall) })

function receiveBatch({ buffer, sent, now, realOnly }: ReceiveCall): Reply {
  bytes.clear()
  frames.clear()
  const found = sent.map((one): Found => {
    try {
      return receiveOne(new Uint8Array(buffer, one.start, one.end - one.start), { ...one, now, realOnly })
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message }
      // A document on which our own code breaks costs only itself; no part of it is repeated.
      return { kind: 'refused', code: 'bad_metadata', message: 'The measurement cannot be read' }
    }
  })
  const value = { found, bytes: bytes.finish(), frames: frames.finish() } satisfies ReceiveReply
  return { value, transfer: [value.bytes.buffer, value.frames.buffer] }
}

function receiveOne(body: Uint8Array, options: Sent & Pick<ReceiveCall, 'now' | 'realOnly'>): Found {
  const read = readSubmission(body, options)
  const { verification, key, pseudonym, foreign } = readSignature(read.text, read.bytes, read.json)
  if (foreign === true)
    return { kind: 'refused', code: 'probe_mismatch', message: 'x_probe is not the pseudonym of x_key' }
  const publicSha256 = parseSha256(hash('sha256', publicForm(read.json)))
  const frame = encodeFrame(read.bytes)
  bytes.raw(read.bytes)
  frames.raw(frame)
  const { id, at, testName, cc, asn } = read
  return {
    kind: 'taken',
    id,
    publicSha256,
    length: read.bytes.length,
    frameBytes: frame.length,
    ...{ at, testName, cc, asn, verification },
    ...(key === undefined || pseudonym === undefined ? {} : { key, pseudonym }),
  }
}
