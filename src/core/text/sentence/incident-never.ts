import { goesOn } from '../../model/incident/bounds.ts'
import { quotedOf } from '../../model/incident/cause.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { ratioValues } from './cause.ts'
import { say } from '../format.ts'
import { networkText, type NamedIncident } from './incident.ts'
import type { Lang } from '../lang.ts'
import { formatDateTime } from '../time.ts'

// What the measurements of an incident do not allow anyone to write, each with its reason: by state, by verdict, and by
// what is not known of its times.

/** Sentences that would overstate an incident, the worst first. */
export function neverSentences(lang: Lang, named: NamedIncident): readonly string[] {
  const { incident } = named
  const network = networkText(lang, named)
  const slow = incident.state === 'throttled'
  const who = say(lang, 'incident.not-who')
  if (incident.withdrawn) return [say(lang, 'incident.not-withdrawn'), who]
  return [
    who,
    ...ofCause(lang, incident),
    ...ofState(lang, incident),
    ...ofTimes(lang, incident),
    say(lang, slow ? 'incident.not-country-slow' : 'incident.not-country', { network }),
    ...(incident.impact === undefined || incident.state === 'insufficient'
      ? []
      : [say(lang, 'incident.not-people', { value: incident.impact.atMost })]),
  ]
}

function ofCause(lang: Lang, { cause, state }: Incident): readonly string[] {
  if (cause.word === 'insufficient') return [say(lang, 'incident.not-enough')]
  if (cause.word === 'not-determined') return [say(lang, 'incident.not-cause')]
  const proved = cause.word === 'blocking' && state === 'throttled' ? 'throttling' : cause.word
  const { ratio: times, count } = ratioValues(lang, quotedOf(cause).log10Lr)
  return [
    say(lang, `incident.not-proved.${proved}`),
    say(lang, `incident.not-probability.${proved === 'blocking' ? 'interference' : proved}`, { times, count }),
  ]
}

function ofState(lang: Lang, { state, share }: Incident): readonly string[] {
  if (state === 'throttled') return [say(lang, 'incident.not-shut')]
  return state === 'partly-restricted' ? [say(lang, 'incident.not-whole', { share: (1 - share.value) * 100 })] : []
}

/** What an open start, a running incident or an open end leave unknown. */
function ofTimes(lang: Lang, incident: Incident): readonly string[] {
  const { start, end, state } = incident
  const first = start.bracket[1] ?? start.bracket[0]
  const last = end.bracket[0]
  const time = (at: NonNullable<typeof first>): string => formatDateTime(lang, at).replace(/\.$/, '')
  return [
    ...(start.kind === 'open' && first !== undefined ? [say(lang, 'incident.not-began', { time: time(first) })] : []),
    ...(end.kind !== 'open' || last === undefined
      ? []
      : [
          goesOn(incident)
            ? say(lang, state === 'throttled' ? 'incident.not-now-slow' : 'incident.not-now', { time: time(last) })
            : say(lang, 'incident.not-ended', { time: time(last) }),
        ]),
  ]
}
