import { Worker } from 'node:worker_threads'
import type { Figure } from '../run.ts'

/** Parts of the benchmark that need one thread each, in the order in which two threads take them: the longest first. */
export const PARTS = [
  'coincidence',
  'plain',
  'raised',
  'cause',
  'throttling',
  'pooling',
  'irregular',
  'pairs',
  'devices',
] as const
export type PartName = (typeof PARTS)[number]

export interface PartCall {
  readonly name: PartName
  readonly quick: boolean
}

/** What a part gives: rows of the table, its piece of the line of JSON, a drawing. */
export interface PartResult {
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
  readonly drawing?: string
}

const PROGRAM = new URL('part-worker.ts', import.meta.url)

/** Runs one part in a thread of its own. Rejects with whatever the part threw. */
export function runPart(call: PartCall): Promise<PartResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(PROGRAM, { workerData: call })
    worker.once('message', (result) => resolve(result as PartResult)) // sent by part-worker.ts
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`The part "${call.name}" ended with code ${code} and no figures`)))
  })
}

/** Runs the parts in two threads, the next as soon as one is free. */
export async function runParts(names: readonly PartName[], quick: boolean): Promise<ReadonlyMap<PartName, PartResult>> {
  const left = [...names]
  const done = new Map<PartName, PartResult>()
  const lane = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const begun = performance.now()
      done.set(name, await runPart({ name, quick }))
      process.stderr.write(`${name} took ${Math.round((performance.now() - begun) / 1000)} s\n`)
    }
  }
  await Promise.all([lane(), lane()])
  return done
}
