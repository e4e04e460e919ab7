import { pino, type DestinationStream } from 'pino'
import { defined } from '../core/model/defined.ts'
import { MINUTE_MS } from '../core/model/duration.ts'
import { currentRequest } from './request/current-request.ts'

/** Values of a log line: no address of a person belongs here; those of known names are dropped anyway. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Where lines of JSON go; the process's error stream if left out. */
  readonly destination?: DestinationStream
  /** Milliseconds that never run backwards; those of the process if left out. */
  readonly now?: () => number
}

const HIDDEN = 'address hidden'

/** Fields that hold a person's address or what leads to it, with any value. */
const ADDRESS_FIELDS =
  /^(ip|ips|addr|address|remote_?addr(ess)?|client_?(ip|addr(ess)?)|probe_?ip|resolver_?ip|peer|host_?header|x-forwarded-for|forwarded|x-real-ip|cf-connecting-ip|true-client-ip|authorization|cookie|set-cookie|user-agent)$/i

const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g
const IPV6 = /(?<![\w:])(?=(?:[\da-f]*:){2})[\da-f:]{3,}(?:(?:\d{1,3}\.){3}\d{1,3})?(?:%\w+)?/gi
/** A time of day has colons too, and identifies no one. */
const TIME_OF_DAY = /^\d{1,2}:\d{2}:\d{2}$/

/** A text without any IP address in it. */
export const hideAddresses = (text: string): string =>
  text.replace(IPV6, (found) => (TIME_OF_DAY.test(found) ? found : HIDDEN)).replace(IPV4, HIDDEN)

/** A value as it may be logged: addresses hidden at every depth, errors with their chain of causes. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return hideAddresses(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > 8) return 'too deep'
  if (value instanceof Error)
    return {
      name: value.name,
      message: hideAddresses(value.message),
      ...(value.stack === undefined ? {} : { stack: hideAddresses(value.stack) }),
      ...(value.cause === undefined ? {} : { cause: scrub(value.cause, depth + 1) }),
    }
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1))
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      hideAddresses(key),
      ADDRESS_FIELDS.test(key) ? HIDDEN : scrub(item, depth + 1),
    ]),
  )
}

/** How long an error that was logged is not logged again. */
const QUIET_MS = MINUTE_MS
/** Errors that are remembered for it. */
const MOST_ERRORS = 1000

/** Counts errors that come again and again: a disk that is full must not be filled by the lines that say so. */
class Repeats {
  readonly #now: () => number
  readonly #known = new Map<string, { until: number; silent: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** How often an error came since its last line; undefined where it is not to be written now. */
  count(error: string): number | undefined {
    const known = this.#known.get(error)
    if (known !== undefined && this.#now() < known.until) {
      known.silent++
      return undefined
    }
    this.#known.delete(error)
    if (this.#known.size >= MOST_ERRORS) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    this.#known.set(error, { until: this.#now() + QUIET_MS, silent: 0 })
    return known?.silent ?? 0
  }
}

/**
 * The log: one line of JSON each, times in UTC, no host name and no process id.
 * A line of a request has its random name, `request`, which the answer has too if it failed (docs/operating/health.md).
 * Every line passes `scrub()`: a caller that forgets the rule about addresses still logs none. The same error is
 * written once a minute, with the number of lines left out.
 */
export function openLog(options: LogOptions): Log {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {},
  }
  const to = options.destination ?? pino.destination({ dest: 2, sync: true })
  const lines = pino(settings, to)
  const repeats = new Repeats(options.now ?? (() => performance.now()))
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: LogFields, message: string): void => {
      const repeated = fields['error'] instanceof Error ? repeats.count(`${message}: ${fields['error'].message}`) : 0
      if (repeated === undefined) return
      const more = defined({ repeated: repeated === 0 ? undefined : repeated, request: currentRequest() })
      lines[level](scrub({ ...fields, ...more }), hideAddresses(message))
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
