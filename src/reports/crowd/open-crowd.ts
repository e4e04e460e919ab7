import { randomBytes } from 'node:crypto'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { CrowdCanary } from '../../core/model/tables/canaries.ts'
import type { CheckPlan, CrowdCheck, CrowdSignal } from '../../core/model/people/crowd-check.ts'
import { InputError } from '../../core/model/errors.ts'
import { slotOf } from '../../core/model/people/report.ts'
import { formatAsn, formatInstantUtc, instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { CrowdRow, ReportStore } from '../registry/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import { isLocalAddress } from '../../runtime/sender/local-address.ts'
import { RateLimit } from '../../runtime/sender/rate.ts'
import type { FloodGuard } from '../../web/flood/contract.ts'
import type { CanaryFreshness } from './canary-watch.ts'
import { OnceAnHour } from './once-an-hour.ts'
import { SHOWN_MS, shownChecks, kindOf } from './shown-checks.ts'

const TIMEOUT_MS = 6_000
const BETWEEN_TRIES_MS = 10_000
/** A check that ended longer ago says nothing of now. */
const LATEST_MS = HOUR_MS
/** From one part of the network: three hundred checks at once, one every two seconds after them. */
const OF_PART = { perSecond: 0.5, burst: 300 }
/** From everyone: some eleven rows each. */
const OF_ALL = { perSecond: 100, burst: 2_000 }
const EVERYBODY = 'everybody'
/**
 * People who come from this machine, through the onion service or through a proxy that is not configured cannot be
 * distinguished: all of them are one part, which is not a household and may send a quarter of what everyone may.
 */
const NOBODY = 'nobody'
const OF_NOBODY = { perSecond: 25, burst: 500 }
/** How long it is remembered what may be shown: newly settled slots of 15 minutes change it. */
const SHOWN_FOR_MS = 30_000
/** A slot is settled so long after its end: before it is shown (SETTLE_MS), after anything that was on its way. */
const SETTLE_AFTER_MS = MINUTE_MS
/** Checks of slots that are not settled; beyond them those that come are held. */
const MOST_OPEN = 200_000

/** What devices of volunteers see of a service on a network now. */
export interface SeenByDevices {
  readonly service: string
  readonly failing: number
  readonly of: number
  readonly since?: string
}

export interface CrowdParts {
  readonly store: Pick<ReportStore, 'add' | 'setState' | 'crowdCounts'>
  /** What pages contact, in the order in which it is shown, with names that people know. */
  readonly targets: readonly (CrowdCanary & { readonly name: string })[]
  /** Where a demonstration serves a service for those on a network; absent: at the addresses of the targets. */
  readonly addressOf?: (service: string, asn: Asn | undefined) => Pick<CrowdCanary, 'document' | 'image'>
  readonly freshness: (service: string) => CanaryFreshness
  /** The control hosts of pages; empty: none answers. */
  readonly reach: () => CheckPlan['controls']
  /** Told where a check that counts found that something does not open: the site itself may have gone down. */
  readonly onFailing?: () => void
  /** What devices see; asked for each plan. */
  readonly devices: (asn: Asn) => Promise<readonly SeenByDevices[]>
  /** People's reports of a service on a network, where at least five may be shown. */
  readonly reported?: (asn: Asn) => Promise<ReadonlyMap<string, number>>
  /** Network of the sender, where the address shows one of people; the address is used and forgotten. */
  readonly networkOf: (from: ClientAddress) => Asn | undefined
  /** Address of the sender, behind trusted proxies; undefined where it cannot be determined. */
  readonly senderOf: (from: ClientAddress) => string | undefined
  readonly flood: FloodGuard
  /** Whether what is kept is simulated: the realm of the folder. */
  readonly simulated: boolean
  /** The present that counts are shown of; absent: now. */
  readonly present?: () => Promise<Instant>
  readonly clock: Clock
  readonly log: Log
}

/** A check whose rows may still be held. */
interface OpenCheck {
  readonly id: string
  readonly slot: number
  readonly rows: readonly string[]
}

/**
 * The server's half of a check in a reader's browser: plans what the page contacts, keeps what it sends as rows of
 * class crowd, and says what may be shown of them. Nothing here is a verdict or enters one.
 */
export class Crowd {
  readonly #parts: CrowdParts
  readonly #once: OnceAnHour
  readonly #rate: RateLimit
  readonly #nobody: RateLimit
  readonly #all: RateLimit
  readonly #services: ReadonlySet<string>
  #open: OpenCheck[] = []
  #shown: { readonly at: number; readonly list: Promise<readonly CrowdSignal[]> } | undefined

  constructor(parts: CrowdParts) {
    this.#parts = parts
    this.#once = new OnceAnHour(parts.clock)
    this.#rate = new RateLimit(parts.clock, OF_PART)
    this.#nobody = new RateLimit(parts.clock, OF_NOBODY)
    this.#all = new RateLimit(parts.clock, OF_ALL)
    this.#services = new Set(parts.targets.map(({ service }) => service))
  }

  /** What the page of a reader on a network contacts, and what others on it see. */
  async plan(asn: Asn | undefined): Promise<CheckPlan> {
    const { clock, targets, addressOf, freshness, reach } = this.#parts
    return {
      format: 'kuager-check-plan/1',
      made_at_utc: formatInstantUtc(instant(Math.floor(clock.now() / 1000) * 1000)),
      network: asn === undefined ? null : formatAsn(asn),
      controls: [...reach()],
      timeout_ms: TIMEOUT_MS,
      between_tries_ms: BETWEEN_TRIES_MS,
      targets: targets.map((target) => {
        const { service, name } = target
        const { document, image } = addressOf?.(service, asn) ?? target
        const known = freshness(service)
        return {
          service,
          name,
          document,
          image,
          fresh_at_utc: known === undefined ? null : formatInstantUtc(known.freshAt),
          abroad: known?.abroad ?? null,
        }
      }),
      others: asn === undefined ? [] : await this.#othersOrNone(asn),
    }
  }

  /** A check says what a reader's own line does, also where nothing can be read of others. */
  async #othersOrNone(asn: Asn): Promise<CheckPlan['others']> {
    try {
      return await this.#others(asn)
    } catch (error) {
      this.#parts.log.error({ error }, 'what others see could not be read')
      return []
    }
  }

  /** Of people the larger of two numbers: who checks and reports is one person. */
  async #others(asn: Asn): Promise<CheckPlan['others']> {
    const { devices, reported } = this.#parts
    const [seen, shown, reports] = await Promise.all([devices(asn), this.shown(), reported?.(asn)])
    const checks = new Map(shown.filter((one) => one.asn === asn).map((one) => [one.service, one]))
    return [...this.#services].flatMap((service): CheckPlan['others'] => {
      const device = seen.find((one) => one.service === service)
      const check = checks.get(service)
      const people = Math.max(check?.fails ?? 0, reports?.get(service) ?? 0)
      if (device === undefined && check === undefined && people === 0) return []
      return [
        {
          service,
          failing: device?.failing ?? 0,
          of: device?.of ?? 0,
          since_utc: device?.since ?? null,
          people: people === 0 ? null : people,
          people_open: check?.opens ?? null,
        },
      ]
    })
  }

  /** What may be shown of checks now, of all networks. */
  shown(): Promise<readonly CrowdSignal[]> {
    const at = this.#parts.clock.monotonic()
    if (this.#shown !== undefined && at - this.#shown.at < SHOWN_FOR_MS) return this.#shown.list
    const list = this.#read()
    this.#shown = { at, list }
    list.catch(() => (this.#shown = undefined))
    return list
  }

  async #read(): Promise<readonly CrowdSignal[]> {
    const { clock, store, simulated, present } = this.#parts
    const now = (await present?.()) ?? clock.now()
    return shownChecks(await store.crowdCounts({ since: instant(now - SHOWN_MS), until: now }, simulated), now)
  }

  /**
   * Keeps what a page sends, durable when resolved. The network is the one that the connection shows; of a check made
   * on another network, and sent later from this one, it is not known. Throws InputError.
   */
  async take(
    sent: { readonly check: CrowdCheck; readonly token: string },
    from: ClientAddress,
  ): Promise<{ readonly wait: number }> {
    const { networkOf, senderOf, store, clock, simulated, flood } = this.#parts
    const { check, token } = sent
    this.#examine(check)
    const sender = senderOf(from)
    const part = (sender === undefined || isLocalAddress(sender) ? undefined : this.#rate.prefixOf(sender)) ?? NOBODY
    const wait = (part === NOBODY ? this.#nobody : this.#rate).take(part) || this.#all.take(EVERYBODY)
    if (wait > 0) return { wait }
    const asn = networkOf(from)
    const isThere = asn !== undefined && (check.network === null || check.network === formatAsn(asn))
    const slot = slotOf(clock.now())
    const isFull = this.#open.length >= MOST_OPEN
    const rows = check.results.map(({ service, outcome }): CrowdRow => ({
      id: randomBytes(16).toString('hex'),
      slot,
      service,
      outcome,
      ...(isThere ? { asn } : {}),
      ...(check.region === null ? {} : { region: check.region }),
      state: isFull ? 'held' : this.#once.take(part, token, `${service} ${kindOf(outcome) ?? 'neither'}`),
      simulated,
    }))
    await store.add({ checks: rows })
    if (rows.some(({ state, outcome }) => state === 'counted' && kindOf(outcome) === 'fails')) this.#parts.onFailing?.()
    const counted = rows.filter(({ state }) => state === 'counted').map(({ id }) => id)
    const [id] = counted
    if (id === undefined) return { wait: 0 }
    flood.note(from, id)
    this.#open.push({ id, slot, rows: counted })
    return { wait: 0 }
  }

  #examine(check: CrowdCheck): void {
    const refuse = (code: string, path: string, found: string, expected: string): InputError =>
      new InputError(`Cannot take check: ${found}`, { code, path, expected })
    const { clock } = this.#parts
    if (!check.online)
      throw refuse('check.offline', 'online', 'the line itself was down', 'a check during which the control answered')
    if (clock.now() - Date.parse(check.at_utc) > LATEST_MS)
      throw refuse('check.old', 'at_utc', 'it was made more than an hour ago', 'a check of the last hour')
    const seen = new Set<string>()
    for (const { service } of check.results) {
      if (!this.#services.has(service) || seen.has(service))
        throw refuse('check.service', 'results', 'a service is not in the plan, or there twice', 'services of the plan')
      seen.add(service)
    }
  }

  /**
   * Settles the slots that ended a minute ago or earlier, holding what came in a flood; to be called every minute.
   * Gives how many checks it held.
   */
  async settle(): Promise<number> {
    const { flood, store, clock, log } = this.#parts
    const before = slotOf(instant(clock.now() - SETTLE_AFTER_MS))
    const done = this.#open.filter(({ slot }) => slot < before)
    if (done.length === 0) return 0
    const ids = done.map(({ id }) => id)
    const found = flood.judge(ids)
    const held = done.filter(({ id }) => found.has(id))
    if (held.length > 0) {
      await store.setState(
        held.flatMap(({ rows }) => rows),
        'held',
      )
      log.warn({ checks: held.length }, 'checks of a flood are held')
    }
    const settled = new Set(ids)
    this.#open = this.#open.filter(({ id }) => !settled.has(id))
    flood.settle(ids)
    return held.length
  }
}
