import { setTimeout as pause } from 'node:timers/promises'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { printable } from '../../core/text/printable.ts'
import { openCheckPool } from '../../pipeline/follow/edge/check-pool.ts'
import { DeviceLinks } from '../../pipeline/follow/edge/device-links.ts'
import { EdgeFollower, type EdgePass } from '../../pipeline/follow/edge/edge-follower.ts'
import type { EdgeState } from '../../pipeline/follow/edge/edge-state.ts'
import { openJudgePool } from '../../pipeline/judge/judge-pool.ts'
import { JudgeReceived } from '../../pipeline/receive/judge-received.ts'
import { deviceLabel } from '../../pipeline/receive/standing/lineage.ts'
import { provenanceNow } from '../../pipeline/receive/standing/revocations.ts'
import { backoff } from '../../runtime/backoff.ts'
import { systemClock } from '../../runtime/clock.ts'
import { FreeSpace, measureSpace } from '../../runtime/files/free-space.ts'
import { openLog } from '../../runtime/log.ts'
import { systemChance } from '../../runtime/random.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import type { World } from '../../runtime/world.ts'
import { fingerprintFiles } from '../folder/fingerprint-files.ts'
import type { OpenFolder } from '../folder/open.ts'
import { eraseMeasurement } from '../proof/erase-measurement.ts'

/** Edges to be followed. */
export interface EdgesSettings {
  readonly stores: () => readonly ObjectStore[]
  /** Keys of their logs as the operator knows them; none: each edge's own word is kept from the first answer on. */
  readonly keys: readonly string[]
  /** Milliseconds between two looks at an edge that answers. */
  readonly everyMs: number
}

const ERASED_THERE = 'the edge that received it erased it'
/** Pause after a failure, doubled with each one more. */
const AGAIN = { first: 2 * SECOND_MS, longest: MINUTE_MS, jitter: [0.75, 1.25] } as const
/** An edge that gives nothing for so long is missed. */
const SILENT_MS = 5 * MINUTE_MS

/** An edge as an operator sees it. */
export interface EdgeView {
  /** Name of its log, or its address before it answered. */
  readonly name: string
  readonly state: EdgeState | undefined
  /** Why the last look failed; undefined where it did not. */
  readonly why: string | undefined
  /** Since when it was last as it should be, on the monotonic clock. */
  readonly goodAt: number
}

export interface OpenEdges extends AsyncDisposable {
  readonly reasons: () => readonly HealthReason[]
  readonly views: () => readonly EdgeView[]
  /** One look at every edge; those that fail cost the others nothing. */
  readonly once: () => Promise<readonly EdgeLook[]>
  /** Takes what edges that are gone have shipped and not signed; gives how many entries. */
  readonly takeUnsigned: () => Promise<number>
  /** Looks at each edge again and again until disposed. */
  readonly begin: () => void
}

/** What one look at an edge came to, or why it failed. */
export type EdgeLook = { readonly kind: 'read'; readonly pass: EdgePass } | { readonly kind: 'failed' }

interface Followed {
  readonly store: ObjectStore
  readonly follower: EdgeFollower
  readonly view: { why: string | undefined; goodAt: number }
}

/** Opens what takes measurements from edges into a held folder. Nothing is contacted yet. */
export async function openEdges(folder: OpenFolder, settings: EdgesSettings, world: World): Promise<OpenEdges> {
  const log = openLog({ level: 'warn' })
  const stop = new AbortController()
  const signal = AbortSignal.any([world.signal, stop.signal])
  const archive = await folder.archive()
  const judges = openJudgePool({ fingerprintFiles: fingerprintFiles([], world), background: true }, { threads: 1 })
  const pool = openCheckPool(1)
  const judging = new JudgeReceived({
    ...{ archive, pool: judges, log, signal },
    warehouse: await folder.warehouse(),
    provenanceNow: (provenance) => provenanceNow(provenance, folder.revocations()),
  })
  const devices = await DeviceLinks.open(folder.path)
  const space = new FreeSpace(() => measureSpace(folder.path), systemClock)
  const registry = await folder.registry()
  const parts = {
    ...{ folder: folder.path, archive, pool, devices, signal, clock: systemClock },
    seen: await folder.seenValues(),
    realm: () => folder.realm(),
    ownOrigin: async () => (await folder.begunLog())?.origin,
    ownLabel: (pseudonym: string) => {
      const row = registry.key(pseudonym)
      return row?.lineage === undefined ? undefined : deviceLabel(row.lineage, row.asn)
    },
    onAdded: judging.add.bind(judging),
    hasRoom: () => space.level() !== 'none',
    onLine: (line: string) => void world.err.write(`${printable(line)}\n`),
    async erase(leaf: number, reason: string) {
      const found = await archive.readLeaf(leaf)
      // An earlier look may have been interrupted between archive and warehouse.
      if (found?.kind === 'erased') await (await folder.warehouse()).setAside([{ leafIndex: leaf, state: 'erased' }])
      if (found?.kind !== 'blob') return
      const { id } = found.provenance
      // The reason is published here too: one that names the measurement is not repeated.
      const isUsable = reason.trim() !== '' && !reason.toLowerCase().includes(id)
      const said = await eraseMeasurement(folder, world, {
        id,
        reason: isUsable ? reason : ERASED_THERE,
        sinceEdge: true,
      })
      world.err.write(said.map((line) => `Since an edge erased it: ${printable(line)}\n`).join(''))
    },
  }
  const edges = settings.stores().map((store): Followed => {
    const follower = new EdgeFollower(parts, { store, keys: settings.keys })
    return { store, follower, view: { why: undefined, goodAt: systemClock.monotonic() } }
  })
  const following: Promise<void>[] = []
  const tell = (line: string): void => {
    if (!signal.aborted) parts.onLine(line)
  }
  return {
    reasons: () => (edges.some(isMissed) ? ['edge_silent'] : []),
    views: () =>
      edges.map(({ store, follower: { state }, view }) => ({ name: state?.origin ?? store.name, state, ...view })),
    once: () => Promise.all(edges.map((edge) => look(edge, parts.onLine))),
    async takeUnsigned() {
      let taken = 0
      for (const { follower } of edges) taken += await follower.takeUnsigned()
      return taken
    },
    begin: () => void following.push(...edges.map((edge) => followOn(edge, { ...settings, signal, tell }))),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('edges are no longer followed'))
      // Ends what is being asked: an edge that does not answer delays no one.
      await Promise.all(edges.map(({ store }) => store[Symbol.asyncDispose]()))
      await Promise.allSettled(following)
      await pool[Symbol.asyncDispose]()
      await judging[Symbol.asyncDispose]()
      await judges[Symbol.asyncDispose]()
      for (const { follower } of edges) await follower[Symbol.asyncDispose]()
      await devices[Symbol.asyncDispose]()
    },
  }
}

/** Whether an edge gave nothing for a while, or leaves of it cannot be read. */
const isMissed = ({ view, follower: { state } }: Followed): boolean =>
  systemClock.monotonic() - view.goodAt > SILENT_MS || (state !== undefined && state.missed.length > 0)

/** One look; never throws for what the edge does. */
async function look({ store, follower, view }: Followed, tell: (line: string) => void): Promise<EdgeLook> {
  const name = (): string => follower.state?.origin ?? store.name
  try {
    const pass = await follower.pass()
    if (pass.behind === 0) view.goodAt = systemClock.monotonic()
    if (view.why !== undefined) tell(`${name()}: it answers again`)
    view.why = undefined
    return { kind: 'read', pass }
  } catch (error) {
    if (!(error instanceof InputError || error instanceof Fault)) throw error
    const why = error instanceof InputError ? `${error.message}; expected ${error.expected}` : error.message
    if (why !== view.why) tell(`${name()}: ${why}`)
    view.why = why
    return { kind: 'failed' }
  }
}

interface FollowOn {
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
}

async function followOn(edge: Followed, { everyMs, signal, tell }: FollowOn): Promise<void> {
  let missedAt = systemClock.monotonic()
  for (let failures = 0; !signal.aborted;) {
    const found = await look(edge, tell).catch((error: unknown): EdgeLook => {
      if (!signal.aborted) openLog({ level: 'error' }).error({ error }, 'an edge could not be followed')
      return { kind: 'failed' }
    })
    failures = found.kind === 'read' && found.pass.behind === 0 ? 0 : failures + 1
    if (systemClock.monotonic() - missedAt > HOUR_MS && !signal.aborted) {
      missedAt = systemClock.monotonic()
      await edge.follower.readMissed().catch(() => undefined) // it stays missed, and is said where edges are listed
    }
    const wait = failures === 0 ? everyMs : Math.max(everyMs, backoff(failures, { ...AGAIN, random: systemChance }))
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
}
