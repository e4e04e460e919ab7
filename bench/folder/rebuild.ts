import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMaker } from '../import/made-measurements.ts'
import { runAlone } from '../served.ts'

/** How fast `kuager rebuild` makes the rows of usual small measurements again, beginning and detection included. */
export interface RebuildSpeed {
  readonly perSecond: number
  /** Processor time of the whole command for each measurement, µs. */
  readonly cpuMicros: number
}

/** Measures the whole command, from the start of its process to its end. */
export async function measureRebuild(measurements: number): Promise<RebuildSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-rebuild-'))
  try {
    const make = createMaker('small')
    const file = join(folder, 'made.jsonl')
    await writeFile(file, Array.from({ length: measurements }, (_, nth) => `${make(nth)}\n`).join(''))
    const data = ['--folder', join(folder, 'data')]
    await runAlone(['import', file, ...data])
    const { out, seconds, cpuSeconds } = await runAlone(['rebuild', '--json', ...data])
    if (!out.includes(`"stored":${measurements}`)) throw new Error(`kuager rebuild says ${out}`)
    return {
      perSecond: Math.round(measurements / seconds),
      cpuMicros: Math.round((cpuSeconds * 1e6) / measurements),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
