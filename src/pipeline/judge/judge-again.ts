import { InputError } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { encodeRows } from '../../store/warehouse/rows.ts'
import type { JudgeBlob } from './rebuild.ts'
import { RowInserter } from './row-inserter.ts'

export interface AgainSources {
  readonly archive: Pick<Archive, 'readLeaf'>
  readonly warehouse: Warehouse
  readonly judge: JudgeBlob
  readonly signal: AbortSignal
}

/** Judges stored measurements again and replaces their rows: what is known of their senders has changed. */
export async function judgeAgain(leaves: readonly number[], sources: AgainSources): Promise<void> {
  const { archive, warehouse, judge, signal } = sources
  const inserter = new RowInserter(warehouse)
  for (const leaf of leaves) {
    signal.throwIfAborted()
    const archived = await archive.readLeaf(leaf)
    if (archived?.kind !== 'blob') continue
    try {
      const judged = await judge(archived)
      if (judged !== undefined) await inserter.add(encodeRows([judged]))
    } catch (error) {
      // By the rules of today its bytes say nothing: a rebuild sets it aside.
      if (!(error instanceof InputError)) throw error
    }
  }
  await inserter.flush()
}
