import type { Realm } from '../../core/model/log-entry.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import {
  decodeJudgeBlobReply,
  decodeRealmReply,
  type JudgeBlobCall,
  type JudgeSetup,
  type RealmCall,
} from './judge-calls.ts'
import { openJudgePool } from './judge-pool.ts'
import type { JudgeBlob } from './rebuild.ts'

/** Judges what is archived already. */
export interface BlobJudge extends AsyncDisposable {
  readonly judge: JudgeBlob
}

/**
 * Threads that judge archived measurements, started with the first of them; what each brought is noted in `seen`. One that
 * ends its thread by time or memory is judged as saying nothing: the next rules may read it.
 */
export function openBlobJudge(
  { fingerprintFiles, threads }: Pick<JudgeSetup, 'fingerprintFiles'> & { readonly threads?: number },
  seen: Pick<SeenValues, 'secret' | 'note'>,
): BlobJudge {
  let pool: WorkerPool | undefined
  return {
    async judge(blob) {
      pool ??= openJudgePool({ fingerprintFiles }, threads === undefined ? {} : { threads })
      const call = { blob, secret: seen.secret } satisfies JudgeBlobCall
      const { parts } = await pool.lease((lease) => callBatch([call], () => lease.call('judgeBlob', call)))
      const [judged] = parts
      if (judged === undefined) return undefined
      const { row, sightings } = decodeJudgeBlobReply(judged.reply)
      if (sightings.length > 0) seen.note(sightings)
      return row
    },
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]()
    },
  }
}

/** Reads of which realm measurements are. */
export interface RealmReader extends AsyncDisposable {
  /** Realm of a measurement; undefined where it says nothing that we decode, or takes longer than its budget. */
  readonly read: (bytes: Uint8Array) => Promise<Realm | undefined>
}

/** Opens a thread that reads realms, with the first of them: a log asks for that of what was not judged yet. */
export function openRealmReader(): RealmReader {
  let pool: WorkerPool | undefined
  return {
    async read(bytes) {
      pool ??= openJudgePool({ fingerprintFiles: [] }, { threads: 1 })
      const call = { bytes } satisfies RealmCall
      const { parts } = await pool.lease((lease) => callBatch([call], () => lease.call('realm', call)))
      return decodeRealmReply(parts[0]?.reply)
    },
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]()
    },
  }
}
