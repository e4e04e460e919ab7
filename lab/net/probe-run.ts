import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { defined } from '../../src/core/model/defined.ts'
import type { WorldChange } from './change.ts'
import { KUAGER, type MeasuringSide } from './measuring-side.ts'
import type { Place } from './netns.ts'
import type { Finished } from './run-command.ts'
import { tiersOf, type ReadScenario } from './scenario.ts'
import type { World } from './world.ts'

const SHIFTED_CLOCK = new URL('shifted-clock.ts', import.meta.url).href
/** A run that has no end by then hangs. */
const LIMIT_MS = 180_000

const serviceLineSchema = z.looseObject({
  service: z.string(),
  verdict: z.string(),
  mechanism: z.string().optional(),
  id: z.string(),
})
const lastLineSchema = z.looseObject({ line: z.string(), submitted: z.number(), queued: z.number() })

/** What `kuager probe run --json` printed. */
export interface ProbeSaid {
  readonly services: readonly z.infer<typeof serviceLineSchema>[]
  readonly line?: string
  readonly submitted: number
  readonly queued: number
  readonly finished: Finished
}

interface RunOf {
  readonly world: World
  readonly side: MeasuringSide
  readonly scenario: ReadScenario
  readonly place: Place
}

const find = <Kind extends WorldChange['kind']>(
  changes: readonly WorldChange[],
  kind: Kind,
): Extract<WorldChange, { kind: Kind }> | undefined =>
  changes.find((one): one is Extract<WorldChange, { kind: Kind }> => one.kind === kind)

/** Runs the real probe from a place, as its owner would with `--yes`, in a folder of its own. */
export async function runProbe({ world, side, scenario, place }: RunOf): Promise<ProbeSaid> {
  const folder = await mkdtemp(join(world.folder, 'probe-'))
  const { roots, services, controls } = world.files
  const argv = [
    ...KUAGER,
    ...['probe', 'run', '--yes', '--json', '--lang', 'en', '--folder', folder],
    ...['--tiers', tiersOf(scenario, world.plan).join(','), '--scope', scenario.scope],
    ...['--services', scenario.services.join(','), '--service-list', services, '--controls', controls],
    ...['--control', side.controlUrl, '--collector', side.collectorUrl, '--extra-roots', roots],
    ...['--responders', side.respondersFile],
    ...(find(scenario.world, 'more-controls') === undefined
      ? []
      : side.otherControls.flatMap((url) => ['--control', url])),
  ]
  const files = find(scenario.world, 'few-files')
  const interrupt = find(scenario.world, 'interrupt')
  const clock = find(scenario.world, 'clock')
  const limited = [
    ...(files === undefined ? [] : ['prlimit', `--nofile=${files.files}:${files.files}`]),
    ...(interrupt === undefined ? [] : ['timeout', '--signal=INT', `${interrupt.afterMs / 1000}`]),
    ...argv,
  ]
  const shifted = { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, KUAGER_LAB_CLOCK_DAYS: String(clock?.days ?? 0) }
  const finished = await place.attempt(limited, {
    limit: LIMIT_MS,
    env: { HOME: folder, ...(clock === undefined ? {} : shifted) },
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  return { ...readOutput(finished.out), finished }
}

/** Reads the lines that a run printed; a line that is none of ours is left to `finished`. */
export function readOutput(out: string): Omit<ProbeSaid, 'finished'> {
  const values = out.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line)
      return [value]
    } catch {
      return []
    }
  })
  const last = values.map((one) => lastLineSchema.safeParse(one)).findLast(({ success }) => success)?.data
  return {
    services: values.flatMap((one) => serviceLineSchema.safeParse(one).data ?? []),
    ...defined({ line: last?.line }),
    submitted: last?.submitted ?? 0,
    queued: last?.queued ?? 0,
  }
}
