import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import type { Instant } from '../../../src/core/model/units.ts'
import { instant, millis } from '../../../src/core/model/units.ts'
import type { ImportStores } from '../../../src/pipeline/import/import.ts'
import { openJudgePool } from '../../../src/pipeline/judge/judge-pool.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { openWarehouse } from '../../../src/store/warehouse/open.ts'

/** Real stores and judging threads in a folder of their own, with a clock that the test moves. */
export interface OpenStores extends ImportStores, AsyncDisposable {
  setNow(at: Instant): void
}

/** Opens them; disposing closes all and removes the folder. */
export async function openStores(now: Instant): Promise<OpenStores> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-stores-'))
  const archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const warehouse = await openWarehouse(folder)
  const pool = openJudgePool({ fingerprintFiles: [] }, { threads: 1 })
  let at = now
  return {
    folder,
    archive,
    warehouse,
    pool,
    clock: { now: () => instant(at), monotonic: () => millis(0) },
    setNow: (next) => (at = next),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
      await warehouse[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}
