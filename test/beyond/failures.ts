import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { TrialWorld, type TrialOutcome, type TrialWorldOptions } from '../kit/edge/trial-world.ts'
import { systemClock } from '../../src/runtime/clock.ts'

/** A row of the failure table: what is lost, over and over, while probes submit. */
export interface FailureRow {
  readonly lost: string
  readonly world: TrialWorldOptions
  /** Loses it once at a random moment, and brings it back. */
  readonly round: (world: TrialWorld, chance: () => number) => Promise<void>
}

export interface RowResult extends TrialOutcome {
  readonly row: FailureRow
  readonly rounds: number
  readonly seconds: number
}

/** Runs one row in a folder of its own. */
export async function runRow(row: FailureRow, rounds: number, chance: () => number): Promise<RowResult> {
  const root = await mkdtemp(join(tmpdir(), 'kuager-beyond-'))
  const began = systemClock.monotonic()
  try {
    await using world = await TrialWorld.open(root, row.world)
    for (let round = 0; round < rounds; round++) {
      await world.more(3)
      await pause(300 * chance())
      await row.round(world, chance)
    }
    const outcome = await world.settle(120_000)
    return { ...outcome, row, rounds, seconds: (systemClock.monotonic() - began) / 1000 }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const pick = <T>(list: readonly T[], chance: () => number): T => list[Math.floor(chance() * list.length)]! // no empty lists

const THREE = { edges: 3, probes: 4 } as const

/** Rows of the failure table that need no other engine. */
export const FAILURE_ROWS: readonly FailureRow[] = [
  {
    lost: 'edge process (kill -9)',
    world: THREE,
    async round(world, chance) {
      const edge = pick(world.edges, chance)
      await edge.kill()
      await pause(300 * chance())
      await edge.start()
    },
  },
  {
    lost: 'two of three edges at once',
    world: THREE,
    async round(world, chance) {
      const left = pick(world.edges, chance)
      const gone = world.edges.filter((edge) => edge !== left)
      await Promise.all(gone.map((edge) => edge.kill()))
      await pause(300 * chance())
      await Promise.all(gone.map((edge) => edge.start()))
    },
  },
  {
    lost: 'centre (kill -9)',
    world: { edges: 2, probes: 3 },
    async round(world, chance) {
      await world.centre.kill()
      await pause(200 * chance())
      await world.centre.start()
    },
  },
  {
    lost: 'network between probes and edges',
    world: THREE,
    async round(world, chance) {
      const cut = world.edges.filter(() => chance() < 0.6)
      for (const { submit } of cut) submit.cut(chance() < 0.2 ? 'silent' : 'refused')
      await pause(300 * chance())
      for (const { submit } of cut) submit.restore()
    },
  },
  {
    lost: 'network between edges and centre',
    world: { edges: 2, probes: 3 },
    async round(world, chance) {
      const cut = world.edges.filter(() => chance() < 0.7)
      for (const { objects } of cut) objects.cut(chance() < 0.2 ? 'silent' : 'refused')
      await pause(500 * chance())
      for (const { objects } of cut) objects.restore()
    },
  },
  ...[{}, { ships: true } as const].map((how): FailureRow => ({
    lost: 'ships' in how ? 'edge disk (ships to a store)' : 'edge disk (read over HTTP)',
    world: { edges: 3, probes: 3, ...how },
    async round(world, chance) {
      const edge = pick(world.edges, chance)
      await world.loseDisk(edge)
      await edge.start()
      // Its log is another one: the operator gives the centre the new key, which is read at a start.
      world.keys.push(await edge.key())
      await world.centre.kill()
      await world.centre.start()
    },
  })),
]

/** The table at the end of a run. */
export function failureTable(results: readonly RowResult[]): string {
  const head = [
    'lost thing',
    'rounds',
    'acknowledged',
    'found',
    'only on it',
    'lost',
    'doubled',
    'logs',
    'oldest, s',
    'took, s',
  ]
  const rows = results.map((one) => [
    ...[one.row.lost, String(one.rounds), String(one.acknowledged), String(one.found), String(one.lost - one.wrong)],
    ...[String(one.wrong), String(one.doubled), String(one.logs), (one.oldestMs / 1000).toFixed(1)],
    one.seconds.toFixed(0),
  ])
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length))) // rows are as long
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')
  return [head, ...rows].map(line).join('\n')
}
