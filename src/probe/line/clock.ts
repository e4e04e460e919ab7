import type { Controls } from '../../core/model/tables/controls.ts'
import type { ClockOutcome, ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { instant, millis } from '../../core/model/units.ts'
import { clockOffsetFromDate, measureClockOffset } from '../../net/clock-offset.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import type { NetTools } from '../../net/tools.ts'

/** Clocks that are no further apart tell the same time. */
const SAME = 60_000
/** Clocks that are asked in one look. */
const MOST_ASKED = 5

/** Asks one clock, of any kind. */
export type AskClock = () => Promise<ClockOutcome>

/**
 * The offset of the owner's clock by as few others as agree. One that confirms the owner's to a minute is enough: both
 * would have to be wrong alike. One that does not is believed where a second says the same to a minute. If no other
 * answers the only one is believed; if all differ none is. Undefined if none was listed.
 */
export async function agreedOffset(clocks: readonly AskClock[]): Promise<ClockOutcome | undefined> {
  const heard: { readonly outcome: ClockOutcome; readonly offset: number }[] = []
  let failed: ClockOutcome | undefined
  for (const ask of clocks.slice(0, MOST_ASKED)) {
    const outcome = await ask()
    const { offset } = outcome
    if (offset === undefined) {
      failed ??= outcome
      continue
    }
    if (Math.abs(offset) <= SAME) return outcome
    const alike = heard.find((one) => Math.abs(one.offset - offset) <= SAME)
    if (alike !== undefined) return alike.outcome
    heard.push({ outcome, offset })
  }
  const [only] = heard
  if (heard.length === 1) return only?.outcome
  if (only === undefined) return failed
  const { offset: _, roundTrip: __, ...rest } = only.outcome
  return { ...rest, failure: { code: 'unknown_failure', stage: 'answer', detail: 'clocks disagree' } }
}

/** Time servers and, by turns, the `Date` of canaries under TLS, which no one on the path can forge. */
export function clocksOf({ clocks, canaries }: Controls, tools: NetTools): readonly AskClock[] {
  const servers = clocks.map(
    (clock): AskClock =>
      () =>
        askTimeServer(clock, tools),
  )
  const dates = canaries
    .filter(({ place }) => place === 'abroad')
    .map(
      (canary): AskClock =>
        () =>
          askDate(canary, tools),
    )
  if (servers.length === 0) return []
  return Array.from({ length: Math.max(servers.length, dates.length) }, (_, nth) => [servers[nth], dates[nth]])
    .flat()
    .filter((one) => one !== undefined)
}

interface Place {
  readonly host: string
  readonly port: number
}

async function addressOf({ host }: Place, tools: NetTools): Promise<string | undefined> {
  const { answer } = await resolveSystem(host, tools)
  const found = answer?.answers ?? []
  return (found.find(({ family }) => family === 4) ?? found[0])?.address
}

const unheard = ({ host }: Place, startedAt: ClockOutcome['startedAt'], tools: NetTools): ClockOutcome => ({
  operation: 'clock',
  server: host,
  startedAt,
  endedAt: tools.clock.monotonic(),
  failure: { code: 'dns_no_answer', stage: 'resolve', detail: '' },
})

async function askTimeServer(place: Place, tools: NetTools): Promise<ClockOutcome> {
  const startedAt = tools.clock.monotonic()
  const address = await addressOf(place, tools)
  if (address === undefined) return unheard(place, startedAt, tools)
  return measureClockOffset({ address, port: place.port, server: place.host }, tools)
}

/** The `Date` of an answer whose certificate was verified; one that failed is an answer of an unknown server. */
async function askDate(place: Place, tools: NetTools): Promise<ClockOutcome> {
  const [startedAt, wall] = [tools.clock.monotonic(), tools.clock.now()]
  const address = await addressOf(place, tools)
  if (address === undefined) return unheard(place, startedAt, tools)
  const exchange = await exchangeHttp(
    `https://${place.host}:${place.port}/`,
    { address, port: place.port, method: 'HEAD', bodyCap: 0, over: 'tls', serverName: place.host },
    tools,
  )
  const offset = offsetOf(exchange, wall - startedAt)
  const base = { operation: 'clock', server: place.host, startedAt, endedAt: exchange.endedAt } as const
  if (offset !== undefined) return { ...base, offset }
  const failure = exchange.failure ?? { code: 'unknown_failure', stage: 'answer', detail: 'no date' }
  return { ...base, failure }
}

/** `wallAtZero`: what the owner's clock showed at the zero of the monotonic one. */
function offsetOf(exchange: ExchangeOutcome, wallAtZero: number): ClockOutcome['offset'] {
  const date = exchange.headers.find(([name]) => name.toLowerCase() === 'date')?.[1]
  if (date === undefined || exchange.failure !== undefined) return undefined
  const duration = millis(exchange.endedAt - exchange.startedAt)
  return clockOffsetFromDate(date, { sentAt: instant(wallAtZero + exchange.startedAt), duration })?.offset
}
