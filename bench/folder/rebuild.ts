import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMaker } from '../import/made-measurements.ts'
import { runAlone } from '../served.ts'

/** Measurements a second that `kuager rebuild` stores, from the start of its process to its end, of usual small ones. */
export async function measureRebuild(measurements: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-rebuild-'))
  try {
    const make = createMaker('small')
    const file = join(folder, 'made.jsonl')
    await writeFile(file, Array.from({ length: measurements }, (_, nth) => `${make(nth)}\n`).join(''))
    const data = ['--folder', join(folder, 'data')]
    await runAlone(['import', file, ...data])
    const { out, seconds } = await runAlone(['rebuild', '--json', ...data])
    if (!out.includes(`"stored":${measurements}`)) throw new Error(`kuager rebuild says ${out}`)
    return Math.round(measurements / seconds)
  } finally {
    await rm(folder, { recursive: true })
  }
}
