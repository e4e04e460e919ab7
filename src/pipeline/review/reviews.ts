import { InputError } from '../../core/model/errors.ts'
import {
  changesByTime,
  decodeReview,
  encodeReview,
  refuseReview,
  reviewAt,
  type IncidentReview,
  type ReviewAct,
  type ReviewDraft,
  type ReviewRefusal,
  type StandingAct,
} from '../../core/model/incident/review.ts'
import { withoutTraces } from '../../core/model/personal-trace.ts'
import type { Clock } from '../../runtime/clock.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { CustodyBook } from '../custody/custody-book.ts'
import { readCustody } from '../custody/read-custody.ts'

/** What a person asks for; which revision it is about is found here. */
export type AskedReview = Omit<ReviewDraft, 'revision'>

/** Acts of people on published incidents: every surface that takes or shows them calls these functions. */
export interface Reviews {
  /** Events of custody that could not be read when these were opened: an act of a person may be missing. */
  readonly unreadable: number
  /** How an incident stands now, with every act on it. */
  of(incident: string): IncidentReview
  /** Every incident on which there is an act, in the order of the first one. */
  all(): readonly { readonly incident: string; readonly review: IncidentReview }[]
  /** A number that rises with every act and with every end of one, of all incidents or of one. */
  changed(incident?: string): number
  /**
   * Records an act as a custody event, durable when resolved; gives it as it stands. Throws InputError for an incident
   * that is not published, for what the rules do not allow, and for words that lead to a person.
   */
  act(asked: AskedReview): Promise<StandingAct>
}

export interface ReviewParts {
  /** The data folder, whose log remembers where events of custody are. */
  readonly folder: string
  readonly archive: Pick<Archive, 'readLeaf' | 'leaves' | 'size'>
  /** Opened with the first act. */
  readonly custody: () => Promise<Pick<CustodyBook, 'record'>>
  readonly incidents: Pick<IncidentStore, 'revisions'>
  readonly clock: Pick<Clock, 'now'>
  /** Hears of each event of custody that cannot be read. */
  readonly onUnreadable?: (leafIndex: number, error: unknown) => void
}

/**
 * Opens the acts of a folder. The log is the truth: what is known is read from it. An event that cannot be read is left
 * out and counted, so that one damaged leaf takes no page away.
 */
export async function openReviews(parts: ReviewParts): Promise<Reviews> {
  const acts = new Map<string, ReviewAct[]>()
  const remember = (act: ReviewAct): void => {
    const known = acts.get(act.incident)
    if (known === undefined) acts.set(act.incident, [act])
    else known.push(act)
  }
  let unreadable = 0
  const onUnreadable = (leafIndex: number, error: unknown): void => {
    unreadable++
    parts.onUnreadable?.(leafIndex, error)
  }
  for await (const { event } of readCustody(parts.archive, parts.folder, onUnreadable)) {
    const act = decodeReview(event)
    if (act !== undefined) remember(act)
  }
  const { now } = parts.clock
  const actsOn = (incident: string): readonly ReviewAct[] => acts.get(incident) ?? []
  const changedOf = (own: readonly ReviewAct[]): number => own.length + changesByTime(own, now())
  // One after another: each is allowed or not by those before it.
  const mutex = new Mutex()
  return {
    unreadable,
    of: (incident) => reviewAt(actsOn(incident), now()),
    all: () => [...acts].map(([incident, own]) => ({ incident, review: reviewAt(own, now()) })),
    changed: (incident) =>
      incident === undefined
        ? [...acts.values()].reduce((sum, own) => sum + changedOf(own), 0)
        : changedOf(actsOn(incident)),
    act: (asked) =>
      mutex.run(async () => {
        const revision = (await parts.incidents.revisions(asked.incident)).at(-1)?.revision
        if (revision === undefined) throw refused('incident.unknown', 'incident', 'the id of a published incident')
        checkWords(asked)
        const draft = { ...asked, revision }
        const why = refuseReview(draft, { acts: actsOn(asked.incident), now: now() })
        if (why !== undefined) throw refused(`review.${why}`, PATHS[why], EXPECTED[why])
        const { event } = await (
          await parts.custody()
        ).record({
          type: 'reviewed',
          evidence: { kind: 'incident', id: asked.incident },
          actor: asked.actor,
          reason: asked.reason,
          detail: encodeReview(draft),
        })
        const act = decodeReview(event)
        if (act === undefined) throw refused('review.form', 'detail', 'an act of docs/formats/review.md')
        remember(act)
        const { acts: standing } = reviewAt(actsOn(asked.incident), now())
        return standing.find(({ id }) => id === act.id) ?? { ...act, state: 'void' }
      }),
  }
}

/** The reason and the pseudonym are published: neither may lead to a person, and the reason is a sentence. */
function checkWords({ reason, actor }: AskedReview): void {
  for (const [path, text] of Object.entries({ reason, actor }))
    if (withoutTraces(text) !== text)
      throw refused('review.trace', path, 'words that do not lead to a person: they are published permanently')
  if (!/\S\s+\S/.test(reason)) throw refused('review.reason', 'reason', 'a sentence that says why')
}

const PATHS = {
  role: 'role',
  until: 'until',
  of: 'of',
  closed: 'of',
  'same-person': 'actor',
  twice: 'of',
} satisfies Record<ReviewRefusal, string>

const EXPECTED = {
  role: 'a role that may do this: a moderator notes and disputes; editor, lawyer and operator do everything',
  until: 'for a hold, and only for one, a time within the next 14 days',
  of: 'for a confirmation the id of a hold or a withdrawal of this incident, for a lifting also of a dispute; else none',
  closed: 'an act that is in force or waits: this one has lapsed, ended or was lifted',
  'same-person': 'another person than the one who asked for it',
  twice: 'an act that is not confirmed yet',
} satisfies Record<ReviewRefusal, string>

const refused = (code: string, path: string, expected: string): InputError =>
  new InputError(`Cannot review incident, ${path}: expected ${expected}`, { code, path, expected })
