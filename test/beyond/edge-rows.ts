import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../kit/crash/eventually.ts'
import type { TrialEdge } from '../kit/edge/trial-edge.ts'
import { TrialWorld, type TrialWorldOptions } from '../kit/edge/trial-world.ts'
import { noSmallDisk } from '../kit/stores/small-disk.ts'
import type { FailureRow } from './row.ts'

const pick = <T>(list: readonly T[], chance: () => number): T => list[Math.floor(chance() * list.length)]! // no empty lists

/** A row in which probes submit to edges that a centre follows; `round` loses it once and brings it back. */
interface EdgeRow {
  readonly lost: string
  readonly skip?: string | false
  readonly world: TrialWorldOptions
  readonly round: (world: TrialWorld, chance: () => number) => Promise<void>
}

/** Whether a whole server accepts measurements again, with no reason to look after it. */
async function isReady({ submit }: TrialEdge): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${submit.port}/readyz`).catch(() => undefined)
  return answer?.status === 200 && /"reasons":\[\]/.test(await answer.text())
}

const rowOf = ({ lost, skip = false, world: options, round }: EdgeRow): FailureRow => ({
  ...{ lost, skip },
  async run({ root, rounds, chance }) {
    await using world = await TrialWorld.open(root, options)
    for (let nth = 0; nth < rounds; nth++) {
      await world.more(3)
      await pause(300 * chance())
      await round(world, chance)
    }
    if (options.served === true) for (const edge of world.edges) await until(() => isReady(edge), 180)
    return await world.settle(120_000)
  },
})

const THREE = { edges: 3, probes: 4 } as const

const ROWS: readonly EdgeRow[] = [
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
  ...[{}, { ships: true } as const].map((how): EdgeRow => ({
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
  {
    lost: 'edge disk (full, read-only, I/O errors)',
    skip: noSmallDisk,
    world: { edges: 2, probes: 3, served: true },
    async round(world, chance) {
      const edge = pick(world.edges, chance)
      const what = pick(['full', 'EROFS', 'EIO'] as const, chance)
      if (what === 'full') await edge.disk?.fill()
      else await edge.refuse(what)
      await pause(4000 * chance())
      if (what === 'full') await edge.disk?.empty()
      else await edge.accept()
    },
  },
]

/** Rows of the failure table that need no other engine. */
export const EDGE_ROWS: readonly FailureRow[] = ROWS.map(rowOf)
