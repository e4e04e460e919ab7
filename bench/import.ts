import { execFile, execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { z } from 'zod'
import { createMaker } from './import/made-measurements.ts'
import type { Size } from './import/made-measurements.ts'

const PHASE = fileURLToPath(new URL('./import/phase.ts', import.meta.url))
const run = promisify(execFile)

/** OONI's pipeline on a like machine takes 3,500 small and 800 large per second per core; ours is to reach four times that. */
const TARGETS = { small_per_s: 14_000, large_per_s: 3_200, end_to_end_per_s: 8_000, peak_mb: 1024 } as const

/** Judging and importing of distinct measurements, each with certificates of its own; phases in their own processes. */
export const bench = {
  summary: 'decode, observe and judge per core; import into archive and warehouse on two cores',
  run: measure,
}

async function measure({ quick }: { readonly quick: boolean }): Promise<{
  table: { figure: string; value: string | number; target?: string; met?: boolean }[]
  json: Record<string, unknown>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-'))
  try {
    const runs = quick ? 1 : 3
    const small = await makeFile(folder, 'small', quick ? 3000 : 12_000)
    const large = await makeFile(folder, 'large', quick ? 1500 : 4000)
    const many = await makeFile(folder, 'small', quick ? 6000 : 40_000, true)
    const warm = quick ? 500 : 1500
    const smallPerS = await judgePhase(small.path, warm, runs)
    const largePerS = await judgePhase(large.path, warm, runs)
    const imports: z.infer<typeof importSchema>[] = []
    for (let i = 0; i < runs; i++) {
      const target = join(folder, `data-${i}`)
      imports.push(importSchema.parse(await runPhase(['import', many.path, target], true)))
      await rm(target, { recursive: true })
    }
    const json = {
      small_per_s: Math.round(smallPerS),
      large_per_s: Math.round(largePerS),
      end_to_end_per_s: Math.round(median(imports.map(({ per_s }) => per_s))),
      peak_mb: Math.round(Math.max(...imports.map(({ peak_mb }) => peak_mb))),
    }
    const table = [
      { figure: `small measurement, bytes (of ${small.count} distinct)`, value: small.meanBytes },
      { figure: `large measurement, bytes (of ${large.count} distinct)`, value: large.meanBytes },
      rate('judged per second per core, small', json.small_per_s, TARGETS.small_per_s),
      rate('judged per second per core, large', json.large_per_s, TARGETS.large_per_s),
      rate(`imported per second, two cores, of ${many.count}`, json.end_to_end_per_s, TARGETS.end_to_end_per_s),
      {
        figure: 'peak memory of the import, MB',
        value: json.peak_mb,
        target: `at most ${TARGETS.peak_mb}`,
        met: json.peak_mb <= TARGETS.peak_mb,
      },
    ]
    return { table, json }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const rate = (
  figure: string,
  value: number,
  target: number,
): { figure: string; value: number; target: string; met: boolean } => ({
  figure,
  value,
  target: `at least ${target}`,
  met: value >= target,
})

const judgeSchema = z.object({ per_s: z.number() })
const importSchema = z.object({ per_s: z.number(), added: z.number(), peak_mb: z.number() })

async function judgePhase(file: string, warm: number, runs: number): Promise<number> {
  const rates: number[] = []
  for (let i = 0; i < runs; i++)
    rates.push(judgeSchema.parse(await runPhase(['judge', file, String(warm)], false)).per_s)
  return median(rates)
}

/** Runs a phase in a process of its own, on two cores where the machine has more. */
async function runPhase(args: readonly string[], twoCores: boolean): Promise<unknown> {
  const pinned = twoCores && cpus().length > 2 && hasTaskset()
  const command = pinned ? 'taskset' : process.execPath
  const before = pinned ? ['-c', '0,1', process.execPath] : []
  const { stdout } = await run(command, [...before, PHASE, ...args], { maxBuffer: 1 << 24 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as unknown
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function makeFile(
  folder: string,
  size: Size,
  count: number,
  compressed = false,
): Promise<{ path: string; count: number; meanBytes: number }> {
  const make = createMaker(size)
  const path = join(folder, `${size}-${count}.jsonl${compressed ? '.gz' : ''}`)
  let bytes = 0
  const lines = function* (): Generator<string> {
    for (let i = 0; i < count; i++) {
      const line = `${make(i)}\n`
      bytes += line.length
      yield line
    }
  }
  const source = Readable.from(lines())
  if (compressed) await pipeline(source, createGzip({ level: 4 }), createWriteStream(path))
  else await pipeline(source, createWriteStream(path))
  if ((await stat(path)).size === 0) throw new Error('nothing was made')
  return { path, count, meanBytes: Math.round(bytes / count) }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
