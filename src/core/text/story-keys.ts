import type { CauseWord } from '../model/incident/cause.ts'
import type { StudyProblem } from '../model/incident/study.ts'

type EntryKind = 'reported' | 'statement' | 'order' | 'measured'

/** Keys of the words of this area: the chronicle, studies of coincidence, what is counted since a demand. */
export type StoryKey =
  | `chronicle.lane.${EntryKind}`
  | `chronicle.kind.${Exclude<EntryKind, 'reported'>}`
  | `chronicle.word.${CauseWord}`
  | ChronicleKey
  | StudyKey
  | DemandKey
  | 'corrections.count'

type ChronicleKey =
  | 'chronicle.title'
  | 'chronicle.about'
  | 'chronicle.apart'
  | 'chronicle.figure'
  | 'chronicle.figure-about'
  | 'chronicle.table'
  | 'chronicle.year'
  | 'chronicle.years'
  | 'chronicle.filter'
  | 'chronicle.all'
  | 'chronicle.chosen-about'
  | 'chronicle.none'
  | 'chronicle.none-chosen'
  | 'chronicle.measured'
  | 'chronicle.entries'
  | 'chronicle.to-statement'
  | 'chronicle.to-order'
  | 'chronicle.undated'
  | 'chronicle.undated-about'

type StudyKey =
  | `study.problem.${StudyProblem}`
  | `study.need.${'list' | 'frozen' | 'weeks' | 'schedule' | 'once'}`
  | `study.not-said.${'who' | 'third' | 'absence'}`
  | `study.key.${'line' | 'chance' | 'window'}`
  | `study.column.${'hours' | 'difference' | 'chance' | 'start' | 'event'}`
  | `study.statistic.${'excess-of-onsets' | 'onsets-with-event'}`
  | `study.file.${'frozen' | 'result'}`
  | `study.plan.${PlanRow}`
  | 'study.plan'
  | 'study.plan-about'
  | 'study.plan.every-network'
  | 'study.plan.level-about'
  | 'study.plan.no-further'
  | 'study.stopping.once-at-the-end'
  | 'study.about'
  | 'study.list'
  | 'study.none'
  | 'study.none-about'
  | 'study.needs'
  | 'study.all'
  | 'study.name'
  | 'study.refused'
  | 'study.period'
  | 'study.frozen-on'
  | 'study.says'
  | 'study.not-said'
  | 'study.epochs'
  | 'study.epochs-about'
  | 'study.epochs-axes'
  | 'study.epochs-table'
  | 'study.epochs-none'
  | 'study.controls'
  | 'study.controls-about'
  | 'study.controls-none'
  | 'study.frozen'
  | 'study.frozen-about'
  | 'study.frozen-at'
  | 'study.digest-said'
  | 'study.digest-recomputed'
  | 'study.digest-same'
  | 'study.digest-differs'
  | 'study.events'
  | 'study.events-by-kind'
  | 'study.hours'
  | 'study.tests'
  | 'study.files'
  | 'study.check'

type PlanRow =
  | 'period'
  | 'weeks'
  | 'question'
  | 'services'
  | 'networks'
  | 'window'
  | 'wider'
  | 'statistic'
  | 'level'
  | 'further'
  | 'stopping'

type DemandKey =
  | `demand.word.${Exclude<CauseWord, 'insufficient'>}`
  | `demand.rule.${'once' | 'bounds' | 'from' | 'fault' | 'silence' | 'partly'}`
  | 'demand.title'
  | 'demand.about'
  | 'demand.neutral'
  | 'demand.none'
  | 'demand.none-about'
  | 'demand.none-way'
  | 'demand.period'
  | 'demand.days'
  | 'demand.incidents'
  | 'demand.hours'
  | 'demand.zero'
  | 'demand.weeks'
  | 'demand.weeks-about'
  | 'demand.week'
  | 'demand.at-most'
  | 'demand.table'
  | 'demand.by-word'
  | 'demand.word'
  | 'demand.by-service'
  | 'demand.by-network'
  | 'demand.not-counted'
  | 'demand.open-edges'
  | 'demand.rules'
  | 'demand.measured-until'
