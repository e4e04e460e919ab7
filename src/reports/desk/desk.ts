import { randomBytes } from 'node:crypto'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import {
  slotOf,
  type GivenReport,
  type ReportState,
  type SentReport,
  type TakenReport,
} from '../../core/model/people/report.ts'
import { instant, type Asn } from '../../core/model/units.ts'
import type { NoteRow, ReportRow, ReportStore } from '../registry/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import { isLocalAddress } from '../../runtime/sender/local-address.ts'
import { RateLimit } from '../../runtime/sender/rate.ts'
import type { FloodGuard } from '../../web/flood/contract.ts'
import { dropOldest, PartBook } from './part-book.ts'
import { openTickets, TICKET_ID_BYTES } from '../../web/request/tickets.ts'

/** Rows of one part that are kept, with work and without: so many at once, and one a second for long. */
const ROWS = { perSecond: 1, burst: 1000 } as const
/** The same of all together who cannot be distinguished: the onion service, a proxy that is not configured. */
const ROWS_OF_NOBODY = { perSecond: 10, burst: 3000 } as const
/** Reports that are being written at once, of everyone. */
const MOST_WRITING = 5000
const BUSY_S = 5
/** Reports of slots that are not settled. */
const MOST_OPEN = 300_000
/** Tickets remembered, and services that one of them counts for. */
const MOST_TICKETS = 300_000
const MOST_SERVICES = 5
/**
 * A slot is settled so long after its end: before it is shown (SETTLE_MS of the model), after anything that was on its
 * way.
 */
const SETTLE_AFTER_MS = MINUTE_MS

/** The desk of trouble reports: the `ReportDesk` of the site, and what its keeper calls. */
export interface OpenReportDesk {
  ticket(pressed?: boolean): string
  take(sent: SentReport, from: ClientAddress): Promise<TakenReport>
  /**
   * Name of the sender's part of the network, new every day and only in memory; undefined where it cannot be
   * determined.
   */
  partOf(from: ClientAddress): string | undefined
  /**
   * Settles the slots that ended a minute ago or earlier; to be called every minute. Gives how many reports it held.
   */
  settle(): Promise<number>
}

export interface ReportDeskOptions {
  readonly store: Pick<ReportStore, 'add' | 'setState'>
  readonly clock: Clock
  /** Address of the sender, behind trusted proxies; used in memory and forgotten. */
  readonly senderOf: (from: ClientAddress) => string | undefined
  /** Network of the sender, where it is one of the country that serves people. */
  readonly networkOf: (from: ClientAddress) => Asn | undefined
  /** Whether what is taken is of a simulated folder. */
  readonly simulated: boolean
  /** Two, since neither can tell work from none: a flood without it must hold no one who brought it. */
  readonly guards?: { readonly worked: FloodGuard; readonly plain: FloodGuard }
}

/** Opens the desk. What it knows of senders is only in memory, by names that are new every day. */
export function openReportDesk(options: ReportDeskOptions): OpenReportDesk {
  const { store, clock, senderOf, networkOf, guards, simulated } = options
  const tickets = openTickets(clock)
  const rate = new RateLimit(clock, ROWS)
  const rateOfNobody = new RateLimit(clock, ROWS_OF_NOBODY)
  const book = new PartBook()
  const seen = new Map<string, Set<string>>()
  let writing = 0

  /** The first report of a form for a service counts. */
  const isRepeat = (ticket: string, service: string): boolean => {
    const services = seen.get(ticket) ?? new Set()
    const repeated = services.has(service) || services.size >= MOST_SERVICES
    if (!repeated) services.add(service)
    seen.set(ticket, services)
    if (seen.size > MOST_TICKETS) dropOldest(seen)
    return repeated
  }
  const flush = async (): Promise<number> => {
    const ids = book.takeHeld()
    if (ids.length > 0) await store.setState(ids, 'held')
    const drawn = book.takeCounted()
    if (drawn.length > 0) await store.setState(drawn, 'counted')
    return ids.length
  }

  const partOf = (from: ClientAddress): string | undefined => {
    const address = senderOf(from)
    return address === undefined ? undefined : rate.prefixOf(address)
  }
  return {
    partOf,
    ticket: (pressed = false) => tickets.issue(pressed),
    async take({ report, ticket, worked }, from) {
      const read = tickets.read(ticket)
      // Who brought work is not asked to press again: work costs more than waiting for a form, or opening another one.
      if (read.kind !== 'good' && !worked) return { kind: 'again' }
      const form =
        read.kind === 'good' || read.kind === 'early' ? read.id : randomBytes(TICKET_ID_BYTES).toString('base64url')
      const part = partOf(from) ?? ''
      const address = senderOf(from)
      const limit = address === undefined || isLocalAddress(address) ? rateOfNobody : rate
      // A sender who brings work has a separate bucket: a flood without it keeps no one behind the same address away.
      const wait = limit.take(worked ? `${part} worked` : part)
      if (wait > 0) return { kind: 'later', wait }
      if (writing >= MOST_WRITING || book.open >= MOST_OPEN) return { kind: 'later', wait: BUSY_S }
      const found = networkOf(from)
      const now = clock.now()
      const entry = {
        id: randomBytes(16).toString('hex'),
        slot: slotOf(now),
        service: report.service,
        network: found ?? 0,
        worked,
        part,
      }
      const admitted = book.admit(entry)
      const state = isRepeat(form, report.service) ? 'repeat' : admitted
      writing++
      try {
        await store.add({
          reports: [rowOf(report, { entry, found, state, simulated })],
          notes: report.note === undefined ? [] : [noteOf(report, report.note, { now, simulated })],
        })
      } finally {
        writing--
      }
      if (state === 'counted') {
        guards?.[worked ? 'worked' : 'plain'].note(from, entry.id)
        book.landed(entry)
      } else if (state === 'held') book.held(entry)
      await flush()
      return { kind: 'taken' }
    },
    async settle() {
      const before = slotOf(instant(clock.now() - SETTLE_AFTER_MS))
      const due = book.openBefore(before)
      const flooded = new Set<string>()
      for (const kind of ['worked', 'plain'] as const) {
        const ids = due.filter(({ worked }) => worked === (kind === 'worked')).map(({ id }) => id)
        for (const id of guards?.[kind].judge(ids).keys() ?? []) flooded.add(id)
      }
      book.settle(before, (id) => flooded.has(id))
      const held = await flush()
      for (const { id, worked } of due) guards?.[worked ? 'worked' : 'plain'].settle([id])
      return held
    },
  }
}

interface RowFacts {
  readonly entry: { readonly id: string; readonly slot: number }
  readonly found: Asn | undefined
  readonly state: ReportState
  readonly simulated: boolean
}

function rowOf(report: GivenReport, { entry, found, state, simulated }: RowFacts): ReportRow {
  const { service, problem, since, region, asn: said } = report
  // 0: the reporter says that it is not known, even if the address shows it.
  const network =
    said === 0
      ? {}
      : said !== undefined && said !== found
        ? { asn: said, said: true as const }
        : found === undefined
          ? {}
          : { asn: found }
  return {
    id: entry.id,
    slot: entry.slot,
    service,
    problem,
    ...defined({ since }),
    ...network,
    ...defined({ region }),
    state,
    simulated,
  }
}

/** A note has an id and a time of its own, coarser than a slot: nothing joins it to the report that it came with. */
const noteOf = (
  { service, lang }: GivenReport,
  text: string,
  { now, simulated }: { readonly now: number; readonly simulated: boolean },
): NoteRow => ({
  id: randomBytes(16).toString('hex'),
  day: Math.floor(now / DAY_MS) * DAY_MS,
  service,
  lang,
  text,
  state: 'waiting',
  simulated,
})
