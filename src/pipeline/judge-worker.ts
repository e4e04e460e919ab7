import { constants, zstdCompressSync } from 'node:zlib'
import { workerData } from 'node:worker_threads'
import { InputError } from '../model/errors.ts'
import { publicForm } from '../ooni/public-form.ts'
import type { Judged } from '../store/warehouse/contract.ts'
import { encodeRows } from '../store/warehouse/rows.ts'
import { openCertificates } from '../sys/certificates.ts'
import { serveCalls } from '../sys/serve-calls.ts'
import type { Reply } from '../sys/serve-calls.ts'
import { loadTables } from '../sys/tables.ts'
import { digest, judgeBytes } from './judge-bytes.ts'
import type { JudgeTools } from './judge-bytes.ts'
import type { JudgeCall, JudgeReply, JudgeSetup, Outcome } from './judge-calls.ts'

const setup = workerData as JudgeSetup
const tools: JudgeTools = { tables: loadTables(setup), certificates: openCertificates() }

/** Level 1: level 3 wins a twentieth of the size for twice the time on measurements. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

serveCalls({ judge: (value) => judgeBatch(value as JudgeCall) })

function judgeBatch({ buffer, ends, ids, provenance }: JudgeCall): Reply {
  const judged: Judged[] = []
  const frames: Uint8Array[] = []
  const outcomes = ends.map((end, i): Outcome => {
    const start = i === 0 ? 0 : ends[i - 1]! // i is in the list
    const received = Buffer.from(buffer, start, end - start)
    try {
      const result = judgeBytes(received, tools, ids[i])
      if (result.kind === 'aside') return { kind: 'aside', code: result.reason, detail: result.detail }
      const { id, bytes, head, service, verdict, observations } = result
      const frame = zstdCompressSync(bytes, { ...ZSTD, pledgedSrcSize: bytes.length })
      const publicSha256 = digest(publicForm(result.json))
      const leafIndex = judged.length
      judged.push({ provenance: { ...provenance, id }, leafIndex, head, service, verdict, observations })
      frames.push(frame)
      const own = bytes === received ? {} : { bytes }
      return { kind: 'judged', id, publicSha256, frameBytes: frame.length, ...own }
    } catch (error) {
      return { kind: 'reject', ...explain(error) }
    }
  })
  const rows = encodeRows(judged)
  const value = { outcomes, frames: join(frames), rows } satisfies JudgeReply
  const buffers = [value.frames, rows.verdicts.bytes, rows.observations.bytes].map((bytes) => bytes.buffer)
  return { value, transfer: buffers }
}

/** A measurement on which our own code breaks costs only itself; no part of it is repeated. */
function explain(error: unknown): { code: string; detail: string } {
  if (error instanceof InputError)
    return { code: error.code, detail: `${error.path === '' ? '' : `${error.path}: `}expected ${error.expected}` }
  const place = error instanceof Error ? /([\w-]+\.[jt]s:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1] : undefined
  return { code: 'fault', detail: `${error instanceof Error ? error.name : 'error'} in ${place ?? 'unknown place'}` }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
