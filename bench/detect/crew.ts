import { availableParallelism } from 'node:os'
import { openWorkerPool } from '../../src/runtime/worker-pool.ts'

/** Threads of a measurement: the figures of the project are those of two cores. */
export const CORES = Math.min(2, availableParallelism())

/**
 * Gives every part to one of two threads, as soon as one is free, and the answers in the order of the parts.
 * `decode` says what an answer is: it comes from our own worker program.
 */
export async function share<Part, Result>(
  work: { readonly program: URL; readonly name: string; readonly parts: readonly Part[] },
  decode: (answer: unknown) => Result,
): Promise<readonly Result[]> {
  await using pool = openWorkerPool(work.program, {
    size: CORES,
    depth: 1,
    data: null,
    heapMegabytes: 2048,
    youngMegabytes: 128,
    budget: { baseMs: 600_000, perMegabyteMs: 0 },
  })
  await pool.ready()
  return await Promise.all(
    work.parts.map((part) => pool.lease(async ({ call }) => decode(await call(work.name, part)))),
  )
}

/** Cuts `count` into runs of at most `size`, as [first, last) pairs. */
export const runsOf = (count: number, size: number): readonly (readonly [number, number])[] =>
  Array.from({ length: Math.ceil(count / size) }, (_, run) => [run * size, Math.min(count, (run + 1) * size)] as const)
