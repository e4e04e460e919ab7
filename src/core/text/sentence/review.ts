import type { ReviewRole, StandingAct, TakenIncident } from '../../model/incident/review.ts'
import type { Instant } from '../../model/units.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatDateTime, HOME_ZONE } from '../time.ts'
import { headline, noteText, withdrawnText } from './incident.ts'
import { successorOf } from '../../model/incident/incident.ts'

/** Signs of the id of an act that name it in a text and on a command line. */
export const SHORT_ACT = 8

/** `hold (waits for a second person)`. */
export const reviewKind = (lang: Lang, { kind, state }: Pick<StandingAct, 'kind' | 'state'>): string =>
  say(lang, 'review.kind', { act: say(lang, `review.act.${kind}`), state: say(lang, `review.state.${state}`) })

/** `editor: ed-1`. */
export const reviewWho = (lang: Lang, { role, actor }: { readonly role: ReviewRole; readonly actor: string }): string =>
  say(lang, 'review.who', { role: say(lang, `review.role.${role}`), actor })

/** What is said instead of the conclusion of an incident that was taken back: a headline, then since when and why. */
export function takenText(
  lang: Lang,
  { kind, incident, since, by }: TakenIncident,
  serviceName: string,
): { readonly title: string; readonly lines: readonly string[] } {
  if (kind === 'withdrawn') {
    const note = successorOf(incident) === undefined ? [] : [noteText(lang, incident)]
    return { title: headline(lang, { incident, serviceName }), lines: [withdrawnText(lang, incident), ...note] }
  }
  const held = say(lang, 'review.taken.held', {
    at: formatDateTime(lang, since),
    until: formatDateTime(lang, by?.ends ?? since),
  })
  return {
    title: say(lang, 'review.taken.headline', { service: serviceName }),
    lines: [held, ...(by === undefined ? [] : [`${say(lang, 'review.reason')}: ${by.reason}`])],
  }
}

/** What else is known of an act, each as a label with its value: revision, times in the zone, confirmation, ids. */
export function reviewFacts(lang: Lang, act: StandingAct, zone = HOME_ZONE): readonly string[] {
  const time = (at: Instant): string => `${formatDateTime(lang, at, zone)}${zone === 'UTC' ? ' UTC' : ''}`
  const { revision, until, ends, confirmed, kind, of, id } = act
  const isAlone = (kind === 'hold' || kind === 'withdraw') && confirmed === undefined && ends !== undefined
  return [
    say(lang, 'review.revision', { revision }),
    ...(until === undefined ? [] : [say(lang, 'review.until', { at: time(until) })]),
    ...(isAlone ? [say(lang, 'review.ends', { at: time(ends) })] : []),
    ...(confirmed === undefined
      ? []
      : [
          say(lang, 'review.confirmed', {
            who: reviewWho(lang, { role: confirmed.role, actor: confirmed.by }),
            at: time(confirmed.at),
          }),
        ]),
    ...(of === undefined ? [] : [say(lang, 'review.of', { id: of.slice(0, SHORT_ACT) })]),
    say(lang, 'review.id', { id: id.slice(0, SHORT_ACT) }),
  ]
}
