import { z } from 'zod'
import type { SettledState } from '../../core/detect/series/series-result.ts'
import { defined } from '../../core/model/defined.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

/** What was detected up to which insertion, and where each series may be taken up again. */
export interface SeriesState {
  readonly insertion: number
  readonly count: number
  readonly settled?: SettledState
  /** Outages in which failures counted as not measured; absent: none. */
  readonly outages?: string
}

export interface DetectState {
  /** Of the detection that made it; under another everything is detected again. */
  readonly version: string
  readonly insertion: number
  readonly series: ReadonlyMap<string, SeriesState>
}

/** The settled state is the detector's own, and worth nothing under another version: its shape is not looked into. */
const stateSchema = z.object({
  version: z.string(),
  insertion: z.int().min(0),
  series: z.record(
    z.string(),
    z.object({
      insertion: z.int().min(0),
      count: z.int().min(0),
      outages: z.string().optional(),
      settled: z.custom<SettledState>((value) => typeof value === 'object' && value !== null).optional(),
    }),
  ),
})

/** Nothing was detected yet. */
export const emptyState = (version: string): DetectState => ({ version, insertion: 0, series: new Map() })

/** The state in a file; an empty one where it is missing, of another version or cannot be read. */
export async function loadState(path: string, version: string, disk: Disk = REAL_DISK): Promise<DetectState> {
  const bytes = await readWhole(path, disk)
  const parsed = stateSchema.safeParse(bytes === undefined ? undefined : parseText(bytes.toString()))
  if (!parsed.success || parsed.data.version !== version) return emptyState(version)
  const series = new Map<string, SeriesState>()
  for (const [name, { settled, outages, ...state }] of Object.entries(parsed.data.series))
    series.set(name, { ...state, ...defined({ settled, outages }) })
  return { version, insertion: parsed.data.insertion, series }
}

/** Keeps a state; a crash leaves the old one or this one. */
export const saveState = (path: string, state: DetectState, disk: Disk = REAL_DISK): Promise<void> =>
  writeDurable(path, Buffer.from(JSON.stringify({ ...state, series: Object.fromEntries(state.series) })), disk)

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
