import { z } from 'zod'
import type { SeriesResult, SettledState } from '../../core/detect/series/series-result.ts'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Alarm, Edge } from '../../core/model/incident/incident.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

/** What was detected up to which insertion, and where each series may be taken up again. */
export interface SeriesState {
  readonly insertion: number
  readonly count: number
  readonly settled?: SettledState
  /** When alarms were raised, by several devices, that became no incident; absent: none. */
  readonly alone?: readonly number[]
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
      alone: z.array(z.number()).optional(),
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
  for (const [name, { settled, outages, alone, ...state }] of Object.entries(parsed.data.series))
    series.set(name, { ...state, ...defined({ settled, outages, alone }) })
  return { version, insertion: parsed.data.insertion, series }
}

/**
 * Alarms that became no incident, of all series: when each was raised. Those before a series was settled are kept, those
 * since are as the newest detection has them.
 */
export function alarmsAlone(
  { incidents, alarms }: Pick<SeriesResult, 'incidents' | 'alarms'>,
  before: { readonly alone: readonly number[]; readonly until: number },
): readonly number[] {
  const isOf = ({ raisedAt, clearedAt }: Alarm): boolean =>
    incidents.some(
      (one) =>
        one.alarm?.raisedAt === raisedAt ||
        (raisedAt <= (one.running ? Infinity : (edgeOf(one.end) ?? Infinity)) + NEAR_MS &&
          (clearedAt ?? Infinity) >= (edgeOf(one.start) ?? -Infinity) - NEAR_MS),
    )
  return [
    ...before.alone.filter((at) => at < before.until),
    ...alarms.filter((one) => one.raisedAt >= before.until && !isOf(one)).map(({ raisedAt }) => raisedAt),
  ]
}
/** An alarm this near to an incident is of it (src/core/detect/series/date-incident.ts). */
const NEAR_MS = 2 * HOUR_MS
const edgeOf = ({ median, bracket }: Edge): number | undefined => median ?? bracket[1] ?? bracket[0]

const countedSchema = z.strictObject({ alarms_alone: z.int().min(0) })

/** Number of alarms that became no incident, kept beside a state; undefined where it was not counted yet. */
export async function loadAlarmsAlone(path: string, disk: Disk = REAL_DISK): Promise<number | undefined> {
  const bytes = await readWhole(`${path}.alarms`, disk)
  const parsed = countedSchema.safeParse(bytes === undefined ? undefined : parseText(bytes.toString()))
  return parsed.success ? parsed.data.alarms_alone : undefined
}

/**
 * Keeps a state, and the count of its alarms beside it. A crash leaves the old state or this one; between the two the
 * count is older than the state until the next run.
 */
export async function saveState(path: string, state: DetectState, disk: Disk = REAL_DISK): Promise<void> {
  await writeDurable(path, Buffer.from(JSON.stringify({ ...state, series: Object.fromEntries(state.series) })), disk)
  const alone = [...state.series.values()].reduce((sum, one) => sum + (one.alone?.length ?? 0), 0)
  if ((await loadAlarmsAlone(path, disk)) !== alone)
    await writeDurable(`${path}.alarms`, Buffer.from(JSON.stringify({ alarms_alone: alone })), disk)
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
