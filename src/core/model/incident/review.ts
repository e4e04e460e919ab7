import { z } from 'zod'
import { DAY_MS } from '../duration.ts'
import type { CustodyEvent } from '../custody.ts'
import { defined } from '../defined.ts'
import { instant, parseInstant, type Instant } from '../units.ts'
import type { Incident } from './incident.ts'
import { LANGS, type Lang } from '../tables/langs.ts'

// A person's review of a published incident: docs/formats/review.md. Each act is a custody event; what is in force is
// computed from the acts and the time, so that anyone who has the events gets the same.

/**
 * `note`: a remark. `dispute`: the person disagrees with the conclusion. `hold`: not to be relied on until a time.
 * `withdraw`: taken back. `confirm`: a second person confirms a hold or a withdrawal. `lift`: an act is in force no
 * longer.
 */
export const REVIEW_ACTS = ['note', 'dispute', 'hold', 'withdraw', 'confirm', 'lift'] as const
export type ReviewActKind = (typeof REVIEW_ACTS)[number]

export const REVIEW_ROLES = ['editor', 'moderator', 'lawyer', 'operator'] as const
export type ReviewRole = (typeof REVIEW_ROLES)[number]

/** Which role may do what: a moderator, who reads what readers write, takes nothing from the public. */
export const MAY_REVIEW: Readonly<Record<ReviewActKind, readonly ReviewRole[]>> = {
  note: REVIEW_ROLES,
  dispute: REVIEW_ROLES,
  hold: ['editor', 'lawyer', 'operator'],
  withdraw: ['editor', 'lawyer', 'operator'],
  confirm: ['editor', 'lawyer', 'operator'],
  lift: ['editor', 'lawyer', 'operator'],
}

/** A hold lasts at most this long from its beginning. */
export const MOST_HOLD_MS = 14 * DAY_MS
/** A hold that no second person confirms lapses after this time. */
export const HOLD_ALONE_MS = DAY_MS
/** A withdrawal has no effect before it is confirmed, and lapses if that does not happen within this time. */
export const WITHDRAW_WAITS_MS = 7 * DAY_MS
/** After a hold that was not confirmed, another one of the same incident has no effect alone for this time. */
const HOLD_AGAIN_MS = 7 * DAY_MS

const reviewDetailSchema = z.strictObject({
  act: z.enum(REVIEW_ACTS),
  role: z.enum(REVIEW_ROLES),
  /** Newest revision of the incident at that time. */
  revision: z.number().int().positive(),
  /** Language of the reason. */
  lang: z.enum(LANGS),
  /** Of a hold: when it ends. */
  until_utc: z.iso.datetime().optional(),
  /** Of a confirmation or a lifting: id of the event that it is about. */
  of: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Added where the clock was set back (docs/formats/custody.md). */
  clock_utc: z.string().optional(),
})

/** One act of review, as its custody event has it. */
export interface ReviewAct {
  /** Id of the event. */
  readonly id: string
  readonly incident: string
  readonly revision: number
  readonly kind: ReviewActKind
  readonly role: ReviewRole
  /** Pseudonym of the person. */
  readonly actor: string
  readonly reason: string
  readonly lang: Lang
  readonly at: Instant
  readonly until?: Instant
  readonly of?: string
}

/** What is recorded of an act besides its reason. */
export type ReviewDraft = Omit<ReviewAct, 'id' | 'at'>

/** Members of the detail of a custody event that say what the act is. */
export const encodeReview = ({ kind, role, revision, lang, until, of }: ReviewDraft): CustodyEvent['detail'] => ({
  act: kind,
  role,
  revision,
  lang,
  ...(until === undefined ? {} : { until_utc: new Date(until).toISOString().replace('.000Z', 'Z') }),
  ...defined({ of }),
})

/** The act of a custody event; undefined for an event that is none. */
export function decodeReview(event: CustodyEvent): ReviewAct | undefined {
  const { type, evidence, id, actor, reason, at, detail } = event
  if (type !== 'reviewed' || evidence.kind !== 'incident') return undefined
  const parsed = reviewDetailSchema.safeParse(detail)
  if (!parsed.success) return undefined
  const { act: kind, role, revision, lang, until_utc: until, of } = parsed.data
  return {
    ...{ id, incident: evidence.id, revision, kind, role, actor, reason, lang, at: parseInstant(at) },
    ...(until === undefined ? {} : { until: parseInstant(until) }),
    ...defined({ of }),
  }
}

/**
 * How an act stands: `waits` for a second person; `in-force`; `lapsed`, because none confirmed it; `ended` at its time;
 * `lifted` by a later act; `done`, of acts that only change another one; `void`, which the rules do not allow.
 */
export const REVIEW_STATES = ['waits', 'in-force', 'lapsed', 'ended', 'lifted', 'done', 'void'] as const
export type ReviewState = (typeof REVIEW_STATES)[number]

export interface StandingAct extends ReviewAct {
  readonly state: ReviewState
  /** When it ends or lapses if nothing else happens; absent where it does neither. */
  readonly ends?: Instant
  readonly confirmed?: { readonly by: string; readonly role: ReviewRole; readonly at: Instant }
}

/** What is in force on an incident: the strongest of its acts, and none of them in the weight of evidence. */
export type ReviewStanding = 'none' | 'disputed' | 'held' | 'withdrawn'

export interface IncidentReview {
  readonly standing: ReviewStanding
  /** The act that gives the standing; absent where there is none. */
  readonly by?: StandingAct
  /** Every act on the incident, oldest first. */
  readonly acts: readonly StandingAct[]
}

/** Two spellings of one pseudonym are one person. */
const personOf = (actor: string): string =>
  actor
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[ ._-]+/gu, '')

/** An act while the later ones are read. */
interface Open {
  readonly act: ReviewAct
  allowed: boolean
  /** Of a hold: whether it has an effect before it is confirmed. */
  atOnce: boolean
  confirmed: StandingAct['confirmed']
  lifted: Instant | undefined
}

/** When an act ends or lapses by itself. */
function endOf({ act, confirmed }: Open): Instant | undefined {
  if (act.kind === 'hold') {
    const until = Math.min(act.until ?? act.at, act.at + MOST_HOLD_MS)
    return instant(confirmed === undefined ? Math.min(until, act.at + HOLD_ALONE_MS) : until)
  }
  return act.kind === 'withdraw' && confirmed === undefined ? instant(act.at + WITHDRAW_WAITS_MS) : undefined
}

/** Whether an act is still open to a confirmation or a lifting at that time. */
const isOpen = (one: Open, at: Instant): boolean =>
  one.allowed && one.lifted === undefined && at < (endOf(one) ?? Infinity)

/** Why an act is not possible: of a closed list, so that every surface says it in its own words. */
export const REVIEW_REFUSALS = ['role', 'until', 'of', 'closed', 'same-person', 'twice'] as const
export type ReviewRefusal = (typeof REVIEW_REFUSALS)[number]

function refusalOf(act: Omit<ReviewAct, 'id'>, before: readonly Open[]): ReviewRefusal | undefined {
  const { kind, role, at, until, of, actor } = act
  if (!MAY_REVIEW[kind].includes(role)) return 'role'
  if ((kind === 'hold') !== (until !== undefined)) return 'until'
  if (until !== undefined && (until <= at || until > at + MOST_HOLD_MS)) return 'until'
  const about = of === undefined ? undefined : before.find((one) => one.act.id === of)
  if ((kind === 'confirm' || kind === 'lift') !== (of !== undefined)) return 'of'
  if (of === undefined) return undefined
  const wanted: readonly ReviewActKind[] = kind === 'confirm' ? ['hold', 'withdraw'] : ['dispute', 'hold', 'withdraw']
  if (about === undefined || !wanted.includes(about.act.kind)) return 'of'
  if (!isOpen(about, at)) return 'closed'
  if (kind === 'lift') return undefined
  if (about.confirmed !== undefined) return 'twice'
  return personOf(about.act.actor) === personOf(actor) ? 'same-person' : undefined
}

/** Reads the acts on one incident in their order: each later one may confirm or lift an earlier one. */
function readActs(acts: readonly ReviewAct[]): readonly Open[] {
  const read: Open[] = []
  for (const act of acts) {
    const allowed = refusalOf(act, read) === undefined
    const alone = read.some(
      ({ act: before, allowed: was, confirmed }) =>
        was && before.kind === 'hold' && confirmed === undefined && act.at < before.at + HOLD_AGAIN_MS,
    )
    const about = allowed ? read.find((one) => one.act.id === act.of) : undefined
    if (about !== undefined && act.kind === 'confirm') about.confirmed = { by: act.actor, role: act.role, at: act.at }
    if (about !== undefined && act.kind === 'lift') about.lifted = act.at
    read.push({ act, allowed, atOnce: act.kind === 'hold' && !alone, confirmed: undefined, lifted: undefined })
  }
  return read
}

function stateOf(one: Open, now: Instant): ReviewState {
  const { act, allowed, confirmed, lifted, atOnce } = one
  if (!allowed) return 'void'
  if (act.kind === 'confirm' || act.kind === 'lift') return 'done'
  if (lifted !== undefined) return 'lifted'
  const end = endOf(one)
  const isOver = end !== undefined && now >= end
  if (isOver) return confirmed === undefined && end !== act.until ? 'lapsed' : 'ended'
  const waits = confirmed === undefined && (act.kind === 'withdraw' || (act.kind === 'hold' && !atOnce))
  return waits ? 'waits' : 'in-force'
}

const STRENGTH = { withdraw: 'withdrawn', hold: 'held', dispute: 'disputed' } as const

/** The acts on one incident, given in the order of the log, with the state of each at a time. */
export function reviewAt(acts: readonly ReviewAct[], now: Instant): IncidentReview {
  // A clock that was set back must not undo the newest act.
  const at = instant(Math.max(now, acts.at(-1)?.at ?? 0))
  const standing = readActs(acts).map((one): StandingAct => {
    const state = stateOf(one, at)
    const ends = state === 'waits' || state === 'in-force' ? endOf(one) : undefined
    return { ...one.act, state, ...defined({ ends, confirmed: one.confirmed }) }
  })
  for (const kind of ['withdraw', 'hold', 'dispute'] as const) {
    const by = standing.findLast((one) => one.kind === kind && one.state === 'in-force')
    if (by !== undefined) return { standing: STRENGTH[kind], by, acts: standing }
  }
  return { standing: 'none', acts: standing }
}

/** Why an act is not possible on an incident with these acts; undefined where it is. */
export const refuseReview = (
  draft: ReviewDraft,
  { acts, now }: { readonly acts: readonly ReviewAct[]; readonly now: Instant },
): ReviewRefusal | undefined => refusalOf({ ...draft, at: now }, readActs(acts))

/** How often what is in force has changed with time alone: pages that were made before are made again. */
export function changesByTime(acts: readonly ReviewAct[], now: Instant): number {
  const ends = readActs(acts).flatMap((one) => endOf(one) ?? [])
  return ends.filter((end) => end <= now).length
}

/**
 * An incident as lists show it: withdrawn by people, with their reason; undefined where it is held. Its revision, and the
 * bytes that are hashed, are those of the journal.
 */
export function asReviewed(incident: Incident, { standing, by }: IncidentReview): Incident | undefined {
  if (standing === 'held') return undefined
  if (standing !== 'withdrawn' || by === undefined || incident.withdrawn) return incident
  return {
    ...incident,
    withdrawn: true,
    running: false,
    reason: 'review',
    revisedAt: by.confirmed?.at ?? by.at,
    // One word alone would be read as the id of another incident.
    ...(/\s/.test(by.reason) ? { note: by.reason } : {}),
  }
}

/** An incident that people or the program took back, whichever of its revisions a reader was given. */
export interface TakenIncident {
  readonly kind: 'held' | 'withdrawn'
  /** Its newest revision, as lists show it where it is withdrawn. */
  readonly incident: Incident
  readonly since: Instant
  /** The act of a person; absent: the program withdrew it. */
  readonly by?: StandingAct
}

/**
 * The state of an incident number, by its newest revision and the acts on it: undefined while its conclusion may be passed
 * on. Every form in which an incident leaves the site asks this.
 */
export function takenIncident(newest: Incident | undefined, review: IncidentReview): TakenIncident | undefined {
  if (newest === undefined) return undefined
  const { standing, by } = review
  if (standing === 'held' && by !== undefined) return { kind: 'held', incident: newest, since: by.at, by }
  const incident = asReviewed(newest, review)
  if (incident?.withdrawn !== true) return undefined
  const taken = { kind: 'withdrawn', incident, since: incident.revisedAt } as const
  return standing === 'withdrawn' && by !== undefined ? { ...taken, by } : taken
}

/**
 * The acts that took an incident from the public, also those that are over. A withdrawal that none confirmed and an act
 * that waits or is void took nothing.
 */
export const takingActs = ({ acts }: IncidentReview): readonly StandingAct[] =>
  acts.filter(
    ({ kind, state, confirmed }) =>
      (kind === 'hold' || (kind === 'withdraw' && confirmed !== undefined)) && state !== 'waits' && state !== 'void',
  )

/** Since when an act has its effect: a withdrawal has none before it is confirmed. */
export const effectiveSince = ({ kind, at, confirmed }: StandingAct): Instant =>
  kind === 'withdraw' ? (confirmed?.at ?? at) : at

const utcOf = (at: Instant | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z')

/** An act as JSON: times in UTC, null for what it does not have. */
export const encodeStandingAct = (act: StandingAct) => ({
  id: act.id,
  incident: act.incident,
  revision: act.revision,
  act: act.kind,
  state: act.state,
  role: act.role,
  actor: act.actor,
  reason: act.reason,
  lang: act.lang,
  at_utc: utcOf(act.at) ?? '',
  until_utc: utcOf(act.until),
  ends_utc: utcOf(act.ends),
  of: act.of ?? null,
  confirmed:
    act.confirmed === undefined
      ? null
      : { actor: act.confirmed.by, role: act.confirmed.role, at_utc: utcOf(act.confirmed.at) ?? '' },
})
