import { solveWork } from '../../../src/browser/work/solve.ts'
import type { WorkFor } from '../../../src/web/work/contract.ts'

/** What a page does before it sends: fetches a challenge of a served site and solves it. */
export async function solvedWork(site: string, purpose: WorkFor): Promise<string> {
  const challenge: unknown = await (await fetch(new URL(`/work/${purpose}`, site))).json()
  return solveWork(challenge, { signal: AbortSignal.timeout(60_000) })
}
