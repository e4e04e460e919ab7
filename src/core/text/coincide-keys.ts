import type { CoincidenceFinding } from '../model/incident/coincidence.ts'
import type { EVENT_KINDS } from '../model/tables/record.ts'

type Kind = (typeof EVENT_KINDS)[number]

/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
export type CoincideKey =
  | `coincide.count.${Kind | 'several'}`
  | `coincide.finding.${CoincidenceFinding}`
  | `coincide.short.${CoincidenceFinding}`
  | `coincide.step.${'form' | 'digest' | 'rules' | 'time'}`
  | `coincide.outcome.${'ok' | 'failed' | 'not-checked'}`
  | `coincide.column.${'question' | 'events' | 'onsets' | 'weeks' | 'linear' | 'adjusted' | 'joint' | 'finding'}`
  | `coincide.${'linear-day' | 'linear-week'}`
  | CoincideSentenceKey
  | FrozenKey

type CoincideSentenceKey =
  | 'coincide.title'
  | 'coincide.period'
  | 'coincide.window'
  | 'coincide.onsets'
  | 'coincide.on-event'
  | 'coincide.on-matched'
  | 'coincide.ratio'
  | 'coincide.difference'
  | 'coincide.odds'
  | 'coincide.weeks'
  | 'coincide.at-floor'
  | 'coincide.sensitivity'
  | 'coincide.power'
  | 'coincide.peak'
  | 'coincide.without-hour'
  | 'coincide.open-starts'
  | 'coincide.no-cause'
  | 'coincide.scheduled'
  | 'coincide.unscheduled-unknown'
  | 'coincide.watched-unknown'
  | 'coincide.secondary'
  | 'coincide.negative'
  | 'coincide.negative-too'
  | 'coincide.at-least'

type FrozenKey =
  | 'coincide.frozen'
  | 'coincide.frozen-late'
  | 'coincide.frozen-during'
  | 'coincide.frozen-file'
  | 'coincide.frozen-events'
  | 'coincide.frozen-floors'
  | 'coincide.frozen-short'
  | 'coincide.logged'
  | 'coincide.frozen-unshown'
