import { HOUR_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'

/**
 * Signatures of one kind in an hour from which a line is logged, and from which it is a warning: those of UK petitions.
 */
const TOLD = 100
const WARNED = 200

/**
 * Watches how many signatures of a letter come in an hour, by tier and by large provider of mail, and tells the
 * operator of the service: counts only. An address, a domain that may name a person or a part of the network is never
 * among them.
 */
export class Trends {
  readonly #clock: Pick<Clock, 'now'>
  readonly #lines: Log
  #hour = -1
  readonly #counts = new Map<string, number>()

  constructor(clock: Pick<Clock, 'now'>, lines: Log) {
    this.#clock = clock
    this.#lines = lines
  }

  /** `kind`: a tier, or the domain of a provider with many mailboxes. */
  note(letter: string, kind: string): void {
    const hour = Math.floor(this.#clock.now() / HOUR_MS)
    if (hour !== this.#hour) {
      this.#hour = hour
      this.#counts.clear()
    }
    const name = `${letter} ${kind}`
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    const said = { letter, of: kind, count }
    if (count === TOLD) this.#lines.info(said, 'many signatures in this hour')
    else if (count === WARNED || (count > WARNED && Number.isInteger(Math.log2(count / WARNED))))
      this.#lines.warn(said, 'very many signatures in this hour')
  }
}
