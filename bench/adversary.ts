// What an adversary with so many devices (one for each invitation) makes, removes and moves in evenings of honest ones.
import { runsOf, share } from './detect/crew.ts'
import type { EveningOutcome, EveningPart } from './detect/adversary-worker.ts'
import type { Bench, Figure } from './run.ts'

const PROGRAM = new URL('detect/adversary-worker.ts', import.meta.url)
const EVENINGS = 200
const HONEST = 8
const FORGED = [1, 2, 5, 10] as const
/** Numbers of honest devices for which it is asked how many invitations an adversary needs. */
const CROWDS = [3, 5, 8, 12] as const
const NEEDED_EVENINGS = 20
const SEED = 4_000_000

/** What an adversary did to all evenings. */
interface Tally {
  readonly quiet: number
  readonly restricted: number
  readonly shown: number
  readonly made: number
  readonly removed: number
  readonly moved: number
  readonly max_devices: number
  readonly how: Readonly<Record<'made' | 'removed' | 'moved', readonly string[]>>
}

async function tally(honest: number, forged: number, evenings: number): Promise<Tally> {
  const parts = [false, true].flatMap((restricted) =>
    runsOf(evenings / 2, 5).map(([first, end]): EveningPart => ({
      seeds: Array.from({ length: end - first }, (_, k) => SEED + first + k),
      honest,
      forged,
      restricted,
    })),
  )
  const outcomes = await share(
    { program: PROGRAM, name: 'run', parts },
    (answer) => answer as readonly EveningOutcome[],
  ) // made by adversary-worker.ts
  const half = outcomes.length / 2
  const quiet = outcomes.slice(0, half).flat()
  const restricted = outcomes.slice(half).flat()
  const all = [...quiet, ...restricted]
  const count = (list: readonly EveningOutcome[], what: 'made' | 'removed' | 'moved'): number =>
    list.filter((one) => one[what].length > 0).length
  const how = (what: 'made' | 'removed' | 'moved'): readonly string[] => [...new Set(all.flatMap((one) => one[what]))]
  return {
    quiet: quiet.length,
    restricted: restricted.length,
    shown: restricted.filter(({ shown }) => shown).length,
    made: count(all, 'made'),
    removed: count(restricted, 'removed'),
    moved: count(restricted, 'moved'),
    max_devices: Math.max(...all.map(({ devices }) => devices)),
    how: { made: how('made'), removed: how('removed'), moved: how('moved') },
  }
}

const rowsOf = (forged: number, found: Tally): readonly Figure[] => {
  const few = forged === 1
  const named = ([first, second, ...more]: readonly string[]): string => {
    const shown = [first, second].filter((name) => name !== undefined)
    return shown.length === 0 ? '' : ` (${shown.join('; ')}${more.length > 0 ? `; ${more.length} more ways` : ''})`
  }
  return [
    {
      figure: `${forged} of the adversary: made, of ${found.quiet + found.restricted} evenings${named(found.how.made)}`,
      value: found.made,
      ...(few ? { target: '0', met: found.made === 0 } : {}),
    },
    {
      figure: `  removed, of ${found.shown} shown restrictions${named(found.how.removed)}`,
      value: found.removed,
      ...(few ? { target: '0', met: found.removed === 0 } : {}),
    },
    {
      figure: `  dates moved out of the published interval${named(found.how.moved)}`,
      value: found.moved,
      ...(few ? { target: '0', met: found.moved === 0 } : {}),
    },
    {
      figure: '  largest change of a number of devices',
      value: found.max_devices,
      target: `≤ ${forged}`,
      met: found.max_devices <= forged,
    },
  ]
}

/** Least number of the adversary's devices that does something in half of the evenings or more; beyond the most tried, none. */
async function needed(honest: number, evenings: number): Promise<Readonly<Record<'make' | 'remove', number | null>>> {
  const found: Record<'make' | 'remove', number | null> = { make: null, remove: null }
  for (let forged = 1; forged <= 2 * honest && (found.make === null || found.remove === null); forged++) {
    const { quiet, restricted, shown, made, removed } = await tally(honest, forged, evenings)
    if (found.make === null && made * 2 >= quiet + restricted) found.make = forged
    if (found.remove === null && removed * 2 >= shown) found.remove = forged
  }
  return found
}

export const bench: Bench = {
  summary: 'what adversaries with 1, 2, 5 and 10 invitations make, remove and move in evenings of honest devices',
  async run({ quick }) {
    const evenings = quick ? 20 : EVENINGS
    const table: Figure[] = [{ figure: 'Honest devices', value: HONEST }]
    const json: Record<string, unknown> = {}
    for (const forged of FORGED) {
      const found = await tally(HONEST, forged, evenings)
      table.push(...rowsOf(forged, found))
      const { made, removed, max_devices } = found
      json[`k${forged}`] = { made, removed, max_devices }
      process.stderr.write(`${forged} of the adversary done\n`)
    }
    for (const honest of quick ? [3] : CROWDS) {
      const { make, remove } = await needed(honest, quick ? 6 : NEEDED_EVENINGS)
      const say = (count: number | null): string => (count === null ? `more than ${2 * honest}` : String(count))
      table.push({
        figure: `Invitations needed in half of the evenings, ${honest} honest devices: make, remove`,
        value: `${say(make)}, ${say(remove)}`,
      })
    }
    return { table, json }
  },
}
