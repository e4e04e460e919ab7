import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import type { World } from '../../runtime/world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { collectGarbage } from '../../runtime/collect-garbage.ts'
import { openLog } from '../../runtime/log.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { importMeasurements } from '../../pipeline/import/import.ts'
import { openJudgePool } from '../../pipeline/judge/judge-pool.ts'
import type { SimulatedTime } from '../../web/html/frame.ts'
import { simulateHistory, type HistoryOptions } from '../../../lab/history/simulate.ts'
import { completeRows } from '../folder/import-stores.ts'
import type { OpenFolder } from '../folder/open.ts'
import { saveMarker, type Lived } from './marker.ts'
import { addPeople } from './people.ts'
import { hasEnded, livedUntil, livingParts } from './story.ts'

/** How often what was measured meanwhile comes in. */
const TICK_MS = MINUTE_MS
/** So much of a time in which the demonstration was not open is made at once: about 400 measurements, or 1,400. */
const STEP_MS = { close: HOUR_MS, sparse: DAY_MS }
/** A reader's page waits no longer than this many measurements take to simulate: about 1 ms each. */
const BREATH = 10
/** More than so long behind, pages say that the time since the last start is being simulated. */
const BEHIND_MS = 20 * MINUTE_MS
const BATCH = 'living.jsonl'

export interface LivingParts {
  readonly folder: OpenFolder
  readonly marker: Lived
  readonly world: World
  readonly clock: Clock
}

/** The time of a demonstration. */
export interface Living extends AsyncDisposable {
  /** Up to when it has come. */
  readonly until: number
  /** What its pages say of it; undefined while it runs. */
  readonly said: SimulatedTime | undefined
  /** Simulates what is missing up to now; whether there was anything. */
  advance(): Promise<boolean>
  /** Lets time run until disposed: a batch of measurements each minute, reports when their slots end. */
  run(): void
}

/**
 * Opens the time of a demonstration. What was measured since the last batch goes the way of every measurement: archive,
 * verdict, warehouse; detection and log follow it as in any folder. The log only grows, so nothing that is there is
 * moved to another day: the time that is missing is simulated. Everything depends on the seed and the time alone. Crash
 * between a batch and its marker: the same batch is made again, and its measurements are known by their digest.
 */
export function openLiving({ folder, marker, world, clock }: LivingParts): Living {
  const stop = new AbortController()
  const ended = AbortSignal.any([stop.signal, world.signal])
  const log = openLog({ level: 'warn' })
  let lived = marker
  let running: Promise<void> | undefined
  let pool: WorkerPool | undefined
  const target = (): number => livedUntil(lived, clock.now())
  const importBatch = async (options: HistoryOptions): Promise<void> => {
    pool ??= openJudgePool({ fingerprintFiles: [] }, { ...folder.limits.judges, threads: 1 })
    const lines = await linesOf(options, ended)
    if (lines.length === 0) return
    const file = join(folder.path, BATCH)
    await writeFile(file, `${lines.join('\n')}\n`)
    const { tally, rowsLost } = await importMeasurements(
      file,
      {
        folder: folder.path,
        archive: await folder.archive(),
        warehouse: await folder.warehouse(),
        ...{ pool, clock },
        realm: () => folder.realm(),
      },
      { signal: ended, channel: 'simulator', origin: BATCH },
    )
    await rm(file)
    if (rowsLost) await completeRows(folder, world, { fingerprintFiles: [] })
    const here = tally.added + tally.known
    if (here !== lines.length)
      throw new Fault(`Cannot add to the demonstration: ${lines.length} measurements simulated, ${here} stored`)
  }
  const advance = async (): Promise<boolean> => {
    const [before, to] = [lived.until, target()]
    for (const part of livingParts(lived.until, to)) {
      const step = part.pairs === true ? STEP_MS.close : STEP_MS.sparse
      for (let { from } = part; from < part.until; from = lived.until) {
        ended.throwIfAborted()
        const until = Math.min(from + step, part.until)
        await importBatch({ ...part, from, until })
        await addPeople(folder, { from, until }, world.env)
        lived = { ...lived, until }
        await saveMarker(folder.path, lived)
        if (until < to) await collectGarbage()
      }
    }
    return lived.until > before
  }
  const run = async (): Promise<void> => {
    while (!ended.aborted && !hasEnded(lived)) {
      await advance().catch((error: unknown) => {
        if (!ended.aborted) log.error({ error }, 'the demonstration could not go on; it is tried again')
      })
      await pause(TICK_MS, undefined, { signal: ended }).catch(() => undefined)
    }
  }
  return {
    get until() {
      return lived.until
    },
    get said(): SimulatedTime | undefined {
      const until = instant(lived.until)
      if (hasEnded(lived)) return { kind: 'ended', until }
      return target() - lived.until > BEHIND_MS ? { kind: 'behind', until } : undefined
    },
    advance,
    run: () => void (running ??= run()),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await pool?.[Symbol.asyncDispose]()
    },
  }
}

async function linesOf(options: HistoryOptions, signal: AbortSignal): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { line } of simulateHistory(options).measurements()) {
    lines.push(line)
    if (lines.length % BREATH > 0) continue
    await breathe()
    signal.throwIfAborted()
  }
  return lines
}
