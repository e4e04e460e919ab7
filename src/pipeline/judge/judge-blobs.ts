import { defined } from '../../core/model/defined.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { judgePortion } from './judge-archived.ts'
import { decodeRealmReply, type JudgeSetup, type RealmCall } from './judge-calls.ts'
import { mostThreads, openJudgePool } from './judge-pool.ts'
import type { PortionJudge } from './rebuild.ts'

export interface JudgeThreads extends JudgeSetup {
  /** One for each core (8 at most) where not given. */
  readonly threads?: number
}

/**
 * Threads that judge what is archived already, started with the first portion. What values brought is noted in `seen`,
 * where that is given.
 */
export function openPortionJudge(
  { threads = mostThreads(), ...setup }: JudgeThreads,
  { isRead, seen }: { readonly isRead: boolean; readonly seen?: Pick<SeenValues, 'secret' | 'note'> },
): PortionJudge & AsyncDisposable {
  let pool: WorkerPool | undefined
  return {
    atOnce: 2 * threads,
    async judge(portion) {
      pool ??= openJudgePool(setup, { threads })
      const judged = await judgePortion(pool, portion, { isRead, ...defined({ secret: seen?.secret }) })
      if (judged.sightings.length > 0) seen?.note(judged.sightings)
      return judged
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
