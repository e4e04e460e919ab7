import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { checkCode, readCheckCode } from '../../core/evidence/check-code.ts'
import { orUndefined } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { parseInstant, parseSha256, type Instant } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { digestOf } from '../incident/around.ts'
import { episodeStates, type CodedEpisode, type DatedRevision } from './episode-codes.ts'
import type { ReadableIncidents } from '../incident/route.ts'

// Check codes (docs/methods/check-codes.md): short names of digests, from a picture or a citation back to what it
// shows.

/** Code of one revision of an incident: that of the SHA-256 of its canonical JSON. */
export const codeOf = async (incident: Incident): Promise<string> => checkCode(await digestOf(incident))

/** Code of any value that can be written as canonical JSON. */
export async function codeOfValue(value: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(encodeCanonical(value)))
  return checkCode(parseSha256(Buffer.from(digest).toString('hex')))
}

/** What a person typed or followed. */
export type TypedCode =
  | { readonly kind: 'incident'; readonly code: string }
  | { readonly kind: 'service'; readonly service: string; readonly at: Instant; readonly code: string }

/** The minute of a service card in its code and address: `20260305T1610Z`, UTC. */
export const minuteText = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z`

/** Reads `20260305T1610Z`; undefined for anything else and for days that do not exist. */
export function readMinute(text: string): Instant | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/i.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute] = match
  return orUndefined(() => parseInstant(`${year}-${month}-${day} ${hour}:${minute}:00`))
}

/** The whole code of a service card, `YOUTUBE-20260305T1610Z-K7M4-2Q9X`. */
export const serviceCode = (service: string, at: Instant, code: string): string =>
  `${service.toUpperCase()}-${minuteText(at)}-${code}`

/** Longer than any code: what is typed is read no further. */
const MOST_TYPED = 120

/** Reads a code as a person typed it, in any case and with odd dashes; undefined for what is none. */
export function readTypedCode(typed: string): TypedCode | undefined {
  if (typed.length > MOST_TYPED) return undefined
  const text = typed.trim().replaceAll(/[‐-―−]/g, '-')
  const service = /^([a-z][a-z0-9-]{0,62}?)[-\s]+(\d{8}T\d{4}Z)[-\s]+([0-9a-z\s-]+)$/i.exec(text)
  if (service !== null) {
    const [, name = '', minute = '', rest = ''] = service
    const [at, code] = [readMinute(minute), readCheckCode(rest)]
    return at === undefined || code === undefined
      ? undefined
      : { kind: 'service', service: name.toLowerCase(), at, code }
  }
  const code = readCheckCode(text)
  return code === undefined ? undefined : { kind: 'incident', code }
}

type CodedJournal = Pick<ReadableIncidents, 'current' | 'revisions'>
type ShownIncidents = Pick<ReadableIncidents, 'current' | 'revisions' | 'episodes'>

/** The index over the journal of a site; undefined where it keeps no incidents. */
export const openCodes = ({
  incidents,
  reviews,
  clock,
}: {
  readonly incidents?: ShownIncidents
  readonly reviews?: { readonly journal?: CodedJournal }
  readonly clock: Clock
}): IncidentCodes | undefined =>
  incidents === undefined
    ? undefined
    : new IncidentCodes({ journal: reviews?.journal ?? incidents, shown: incidents }, clock)

/** A revision that a code names. */
export interface CodedRevision {
  readonly id: string
  readonly revision: number
}

/** How old the index may be before it is compared with the journal again, ms. */
const FRESH_MS = 15_000

/**
 * Index of the codes of every published revision, in memory. A revision whose measurements were erased has other bytes
 * and so another code; the former one is still known here until the server restarts.
 * BUG: after a new start such a former code leads nowhere; the id of the incident, which is next to it, does.
 */
export class IncidentCodes {
  readonly #journal: CodedJournal
  readonly #shown: ShownIncidents
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #byCode = new Map<string, CodedRevision[]>()
  /** What of an incident was read: its newest revision and how many measurements that one names. */
  readonly #read = new Map<string, string>()
  /** Every revision of an incident, oldest first. */
  readonly #revisions = new Map<string, readonly DatedRevision[]>()
  /** States of the episodes by what they were made from. */
  #episodes = new Map<string, ReadonlyMap<string, CodedEpisode>>()
  #until = -Infinity
  #reading: Promise<void> | undefined

  /** `journal`: every revision, of what is on hold too; `shown`: incidents and episodes as pages have them. */
  constructor(
    { journal, shown }: { readonly journal: CodedJournal; readonly shown: ShownIncidents },
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#journal = journal
    this.#shown = shown
    this.#clock = clock
  }

  /** Revisions with that code; mostly one, none where it is unknown. */
  async find(code: string): Promise<readonly CodedRevision[]> {
    await this.#refresh()
    return this.#byCode.get(code) ?? []
  }

  /** The episode whose state, now or before, has that code. */
  async findEpisode(code: string): Promise<CodedEpisode | undefined> {
    await this.#refresh()
    const states = [...this.#episodes.values()].flatMap((own) => own.get(code) ?? [])
    return states.find(({ isNewest }) => isNewest) ?? states[0]
  }

  #refresh(): Promise<void> {
    if (this.#reading !== undefined) return this.#reading
    if (this.#clock.monotonic() < this.#until) return Promise.resolve()
    this.#reading = this.#readNew().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  async #readNew(): Promise<void> {
    for (const newest of await this.#journal.current()) {
      const state = `${newest.revision} ${newest.measurements.length}`
      if (this.#read.get(newest.id) === state) continue
      const dated: DatedRevision[] = []
      for (const one of await this.#journal.revisions(newest.id)) {
        const digest = await digestOf(one)
        dated.push({ ...one, digest })
        const code = checkCode(digest)
        const list = this.#byCode.get(code) ?? []
        if (!list.some(({ id, revision }) => id === one.id && revision === one.revision))
          this.#byCode.set(code, [...list, { id: one.id, revision: one.revision }])
      }
      this.#read.set(newest.id, state)
      this.#revisions.set(
        newest.id,
        dated.map(({ id, revision, digest, revisedAt, withdrawn }) => ({ id, revision, digest, revisedAt, withdrawn })),
      )
    }
    await this.#readEpisodes()
    this.#until = this.#clock.monotonic() + FRESH_MS
  }

  /** States of the episodes with all of their incidents, and of what is shown of them where people took some away. */
  async #readEpisodes(): Promise<void> {
    const shown = new Set((await this.#shown.current()).filter(({ withdrawn }) => !withdrawn).map(({ id }) => id))
    const episodes = new Map<string, ReadonlyMap<string, CodedEpisode>>()
    for (const { id, incidents } of await this.#shown.episodes())
      for (const isShown of [true, false]) {
        const own = isShown ? incidents.filter((one) => shown.has(one)) : incidents
        const key = [id, String(isShown), ...own.map((one) => `${one} ${this.#read.get(one) ?? ''}`)].join('\n')
        if (own.length < 2 || episodes.has(key)) continue
        const states =
          this.#episodes.get(key) ??
          episodeStates({ id, incidents: own, isShown }, (one) => this.#revisions.get(one) ?? [])
        episodes.set(key, await states)
      }
    this.#episodes = episodes
  }
}
