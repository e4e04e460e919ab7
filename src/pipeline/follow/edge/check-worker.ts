import { createHash, hash } from 'node:crypto'
import { constants, zstdDecompressSync } from 'node:zlib'
import { InputError } from '../../../core/model/errors.ts'
import { parseSha256 } from '../../../core/model/units.ts'
import { unwrap } from '../../../core/ooni/decode/decode.ts'
import { isRecord } from '../../../core/ooni/decode/decoder.ts'
import { decodeHead, startedAtOf } from '../../../core/ooni/decode/head.ts'
import { parseJson } from '../../../core/ooni/json.ts'
import { withheldForm } from '../../../core/ooni/publish/withhold.ts'
import { serveCalls, type HandlerReply } from '../../../runtime/serve-calls.ts'
import type { Work } from '../../../runtime/work-progress.ts'
import { openFrameEncoder } from '../../../store/archive/frame-encoder.ts'
import { ByteWriter } from '../../../store/warehouse/byte-writer.ts'
import { canBeCommon, claimedNetwork, saltedBy, valueKey } from '../../publish/salted.ts'
import { MOST_BYTES, MOST_WINDOW_LOG } from '../../receive/expand.ts'
import { MOST_BROUGHT } from '../../receive/receive-calls.ts'
import type { CheckCall, CheckedItem, CheckItem, CheckReply } from './check-calls.ts'

const encodeFrame = openFrameEncoder()
const frames = new ByteWriter(2 ** 20)

serveCalls({ check: (value, work) => checkBatch(value as CheckCall, work) })

function checkBatch(call: CheckCall, work: Work): HandlerReply {
  frames.clear()
  const checked = call.items.map((item, nth): CheckedItem => {
    work.item(nth, item.size)
    try {
      return check(item, call)
    } catch (error) {
      // Only the name of what was expected: no part of the document is repeated.
      return { kind: 'refused', why: error instanceof InputError ? error.code : 'unreadable' }
    }
  })
  const value = { checked, frames: frames.finish() } satisfies CheckReply
  return { value, transfer: [value.frames.buffer] }
}

/** Compares the bytes with the leaf, and makes of them what the leaf of this archive needs. */
function check(item: CheckItem, { buffer, realm, secret }: CheckCall): CheckedItem {
  const { start, end, size, id, salt, original } = item
  if (size > MOST_BYTES) return { kind: 'refused', why: 'too_large' }
  let bytes: Uint8Array
  try {
    // A copy: not every function of the runtime reads shared memory.
    bytes = zstdDecompressSync(Uint8Array.from(new Uint8Array(buffer, start, end - start)), {
      maxOutputLength: Math.max(1, size),
      params: { [constants.ZSTD_d_windowLogMax]: MOST_WINDOW_LOG },
    })
  } catch {
    return { kind: 'wrong', why: 'its frame does not decompress' }
  }
  if (bytes.length !== size || hash('sha256', bytes) !== id)
    return { kind: 'wrong', why: 'its bytes do not have their digest' }
  if (createHash('sha256').update(salt).update(bytes).digest('hex') !== original)
    return { kind: 'wrong', why: 'its leaf is of other bytes' }
  const json = parseJson(bytes)
  const root = unwrap(json)
  if (!isRecord(root)) return { kind: 'refused', why: 'bad_metadata' }
  const at = startedAtOf(root)
  if (at === undefined) return { kind: 'refused', why: 'bad_time' }
  const { test_keys: testKeys } = root
  const { simulated } = decodeHead(root, isRecord(testKeys) ? testKeys : {}, at)
  if (realm !== undefined && simulated !== (realm === 'simulated'))
    return { kind: 'refused', why: simulated ? 'simulated' : 'not_simulated' }
  const { hashed, values } = withheldForm(json, saltedBy(salt).commit)
  const network = claimedNetwork(json)
  const brought = values.filter(canBeCommon).slice(0, MOST_BROUGHT)
  const frame = encodeFrame(bytes)
  frames.raw(frame)
  return {
    kind: 'taken',
    frameBytes: frame.length,
    publicSha256: parseSha256(hash('sha256', hashed)),
    brought: brought.map((value) => valueKey(secret, value, network)),
  }
}
