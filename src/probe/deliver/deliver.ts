import { defined } from '../../core/model/defined.ts'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, millis, parseInstant, type Instant, type Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Receipts } from '../spool/receipts.ts'
import type { Spool, SpoolEntry } from '../spool/spool.ts'
import { openAgents, type Agents } from './agents.ts'
import { quickPause, QUICK_TRIES } from './back-off.ts'
import { packSubmission, postDocument, type DeliveryOutcome, type PackedSubmission } from './post.ts'
import type { Route } from './route.ts'

export interface DeliverySettings {
  /** Addresses of collectors, the preferred first. */
  readonly collectors: readonly string[]
  /** Routes that the owner allows, in order. */
  readonly routes: readonly Route[]
  /** PEM of roots besides Mozilla's, for test labs. */
  readonly extraRoots: readonly string[]
}

export interface DeliveryTools {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly random: () => number
  readonly wait: (pause: Millis, signal: AbortSignal) => Promise<void>
  /** Headers that introduce the key with this pseudonym to a collector that does not know it yet. */
  readonly introduce: (probe: string) => Promise<Readonly<Record<string, string>>>
  /** A collector took a document of this key. */
  readonly onAccepted: (probe: string) => Promise<void>
  /** A collector did not take the invitation. */
  readonly onBadInvitation: () => Promise<void>
  /** Pseudonym of the key of the network on which the line is now, where that is known. */
  readonly here?: string
}

/** What a pass over the spool came to. */
export interface DeliveryReport {
  readonly accepted: number
  readonly refused: number
  /** Documents measured on other networks, which wait until the line is there again or two days old. */
  readonly held: number
  /** Documents that still wait, those that are held among them. */
  readonly left: number
  /** Why the pass ended early. */
  readonly stopped?: Exclude<DeliveryOutcome, { readonly kind: 'accepted' | 'refused' }>
  /** Bytes of bodies handed to a connection. */
  readonly sent: number
}

const LIMIT = millis(MINUTE_MS)
/** What a collector says that has no space for a sender now (docs/formats/collector.md, "Space and clock"). */
const NO_ROOM = 'no_room'
/** A document of another network is sent from here only after this time: a collector then sees a network that differs. */
const HELD = 2 * DAY_MS

/**
 * Delivers what waits, oldest first: each document to the first collector that takes it, by the first route that works,
 * its receipt on disk before it leaves the spool. Documents of different keys never share a connection, so that nothing
 * but their arrival ties them. The pass ends where no collector can be reached after three quick tries, or all are busy.
 */
export async function deliver(
  stores: { readonly spool: Spool; readonly receipts: Receipts },
  settings: DeliverySettings,
  tools: DeliveryTools,
): Promise<DeliveryReport> {
  const received = new Set((await stores.receipts.list()).map(({ id }) => id))
  const tally = { accepted: 0, refused: 0, sent: 0 }
  const entries = await stores.spool.list()
  const now = tools.clock.now()
  const sendable = entries.filter((entry) => !isHeld(entry, tools.here, now))
  const held = entries.length - sendable.length
  let stopped: DeliveryReport['stopped']
  for (const [probe, ofOneKey] of Map.groupBy(sendable, (entry) => entry.probe)) {
    await using group = new KeyDelivery(probe, settings, tools)
    for (const entry of ofOneKey) {
      if (received.has(entry.id)) {
        await stores.spool.remove(entry) // acknowledged before a death, and only its removal was missing
        continue
      }
      const posted = await deliverOne(entry, stores, group)
      if (posted === undefined) continue
      if (posted.kind === 'accepted') tally.accepted += 1
      else if (posted.kind === 'refused') tally.refused += 1
      else {
        stopped = posted
        break
      }
    }
    tally.sent += group.sent
    // No space for one key says nothing of another: known and invited ones have space of their own.
    if (stopped !== undefined && !(stopped.kind === 'busy' && stopped.code === NO_ROOM)) break
  }
  const left = (await stores.spool.list()).length
  return { ...tally, held, left, ...defined({ stopped }) }
}

/** Minute of an entry as an instant. */
const minuteOf = ({ minute }: SpoolEntry): Instant =>
  parseInstant(`${minute.slice(0, 10)} ${minute.slice(11, 13)}:${minute.slice(13, 15)}`)

const isHeld = (entry: SpoolEntry, here: string | undefined, now: Instant): boolean =>
  here !== undefined && entry.probe !== here && now - minuteOf(entry) < HELD

async function deliverOne(
  entry: SpoolEntry,
  stores: { readonly spool: Spool; readonly receipts: Receipts },
  group: KeyDelivery,
): Promise<DeliveryOutcome | undefined> {
  let document: string | undefined
  try {
    document = await stores.spool.read(entry)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await stores.spool.refuse(entry, reason) // damaged on the disk: kept aside with what was found
    return { kind: 'refused', code: 'damaged', reason }
  }
  if (document === undefined) return undefined
  const posted = await group.post(document)
  if (posted.kind === 'accepted') {
    const { leaf, standing } = posted
    const at = instant(group.now())
    await stores.receipts.add({ id: entry.id, leaf, at, probe: entry.probe, ...defined({ standing }) })
    await stores.spool.keepSent(entry, at)
    await group.accepted()
  } else if (posted.kind === 'refused') await stores.spool.refuse(entry, posted.reason)
  return posted
}

/** Connections for the documents of one key; the way that worked last is tried first. */
class KeyDelivery {
  readonly #probe: string
  readonly #settings: DeliverySettings
  readonly #tools: DeliveryTools
  readonly #agents = new Map<string, Agents | undefined>()
  #ways: readonly { readonly collector: string; readonly route: Route }[]
  #introduced = false
  sent = 0

  constructor(probe: string, settings: DeliverySettings, tools: DeliveryTools) {
    this.#probe = probe
    this.#settings = settings
    this.#tools = tools
    this.#ways = settings.collectors.flatMap((collector) => settings.routes.map((route) => ({ collector, route })))
  }

  now(): Instant {
    return this.#tools.clock.now()
  }

  /** Tries every way, three times in all; a refusal or an acceptance ends it, the first way that gave one stays first. */
  async post(document: string): Promise<DeliveryOutcome> {
    const submission = packSubmission(document)
    let last: DeliveryOutcome = { kind: 'unreachable', failure: 'network_unreachable' }
    for (let tried = 1; tried <= QUICK_TRIES; tried++) {
      const answered = await this.#tryWays(submission)
      if (answered.kind === 'accepted' || answered.kind === 'refused' || answered.kind === 'busy') return answered
      last = answered
      // What a minute did not carry the next will not either; a person waits for the end of the run meanwhile.
      if (answered.failure === 'generic_timeout_error') return answered
      if (tried < QUICK_TRIES) await this.#tools.wait(quickPause(tried, this.#tools.random), this.#tools.signal)
    }
    return last
  }

  async accepted(): Promise<void> {
    if (this.#introduced) return
    this.#introduced = true
    await this.#tools.onAccepted(this.#probe)
  }

  async #tryWays(submission: PackedSubmission): Promise<DeliveryOutcome> {
    let best: DeliveryOutcome = { kind: 'unreachable', failure: 'network_unreachable' }
    for (const way of this.#ways) {
      const agents = await this.#agentsFor(way)
      if (agents === undefined) continue
      let posted = await this.#post(submission, way.collector, agents)
      if (posted.kind === 'refused' && posted.code === 'bad_invitation') {
        await this.#tools.onBadInvitation()
        posted = await this.#post(submission, way.collector, agents)
      }
      if (posted.kind === 'accepted') {
        this.#ways = [way, ...this.#ways.filter((other) => other !== way)]
        return posted
      }
      best = worse(best, posted)
    }
    return best
  }

  async #post(submission: PackedSubmission, collector: string, agents: Agents): Promise<DeliveryOutcome> {
    const headers = this.#introduced ? {} : await this.#tools.introduce(this.#probe)
    this.sent += submission.body.length
    const { signal, clock } = this.#tools
    return postDocument(submission, collector, { agents, headers, signal, clock, limit: LIMIT })
  }

  async #agentsFor({
    collector,
    route,
  }: {
    readonly collector: string
    readonly route: Route
  }): Promise<Agents | undefined> {
    const key = JSON.stringify([collector, route])
    if (!this.#agents.has(key)) this.#agents.set(key, await openAgents(route, this.#settings.extraRoots))
    return this.#agents.get(key)
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const agents of this.#agents.values()) agents?.[Symbol.dispose]()
    return Promise.resolve()
  }
}

const RANK = { unreachable: 0, busy: 1, refused: 2, accepted: 3 } satisfies Record<DeliveryOutcome['kind'], number>

/** Of two answers the one that says more: a refusal for good before "not now", that before silence. */
const worse = (one: DeliveryOutcome, other: DeliveryOutcome): DeliveryOutcome =>
  RANK[other.kind] >= RANK[one.kind] ? other : one
