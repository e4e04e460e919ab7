import type { FailureCode } from '../model/measured/failure.ts'
import type { CHANNELS } from '../model/measured/measurement.ts'
import type { Layer, Mechanism } from '../model/measured/mechanism.ts'
import type { NameRole } from '../model/measured/observation.ts'
import type { NotTaken } from '../model/measured/not-taken.ts'
import type { Standing } from '../model/standing.ts'
import type { Fact, GroundRole, HALVINGS, Kind, LayerState, Missing } from '../model/measured/verdict.ts'

/** Names under which a ground carries its values (model/verdict.ts, comments of FACTS), each with a label in text/. */
export const GROUND_VALUES = [
  'name',
  'addresses',
  'address',
  'port',
  'failure',
  'fingerprint',
  'resolver',
  'seconds',
  'issuer',
  'date',
  'host',
  'status',
  'location',
  'hop',
  'tested',
  'failed',
  'part',
  'defect',
  'protocol',
  'progress',
  'why',
  'rate',
] as const
export type GroundValue = (typeof GROUND_VALUES)[number]

/** Parts of a service that have words (observe/parts.ts); another part, such as a kind of Tor target, is shown as it is. */
export const PARTS = [
  'url',
  'web',
  'datacenter',
  'registration',
  'endpoint',
  'stun',
  'uptime',
  'backend',
  'resolver',
] as const

/** Keys of the words of a verdict: derived from the closed lists of the model, so that a new member needs its words. */
export type VerdictKey =
  | `kind.${Kind}`
  | `layer.${Layer}`
  | `layer-state.${LayerState}`
  | `mechanism.${Mechanism}`
  | `missing.${Missing}`
  | `halving.${(typeof HALVINGS)[number]}`
  | `role.${GroundRole}`
  | `channel.${(typeof CHANNELS)[number]}`
  | `value.${GroundValue}`
  | `part.${(typeof PARTS)[number]}`
  | 'value.not-recorded'
  | 'value.withheld'
  | 'sentence.subject'
  | 'sentence.no-network'
  | 'sentence.layer'
  | 'sentence.missing'
  | 'sentence.simulated'
  | 'sentence.not-judged'

/** Keys of what grounds say: clauses that begin with a word of the language and end without a stop. */
export type FactKey = `fact.${Fact}`
/** Keys of why a piece of the input was not taken. */
export type NotTakenKey = `not-taken.${NotTaken}`
export type FailureKey = `failure.${FailureCode}` | 'failure.other'

/** Keys of the words of pages. */
export type PageKey =
  | 'page.title'
  | 'page.description'
  | 'page.language'
  | 'page.skip'
  | 'page.crumbs'
  | 'page.sections'
  | 'page.home'
  | 'page.notice'
  | 'page.simulated-networks'
  | 'page.simulated-tag'
  | 'page.foot'
  | 'page.data-of-page'
  | 'first.interfered'
  | 'first.none-seen'
  | 'first.no-data'
  | 'first.lead'
  | 'first.services'
  | 'first.service-networks'
  | 'first.service-latest'
  | 'first.matrix'
  | 'first.matrix-about'
  | 'first.matrix-more'
  | 'first.latest'
  | 'first.latest-about'
  | 'first.period'
  | 'first.since'
  | 'first.until'
  | 'first.show'
  | 'first.last-days'
  | 'cell.open'
  | 'cell.part'
  | 'cell.shut'
  | 'cell.fault'
  | 'cell.unkn'
  | 'cell.none'
  | 'cell.of'
  | 'cell.measurements'
  | 'series.title'
  | 'series.about'
  | 'series.availability'
  | 'series.availability-used'
  | 'series.availability-unweighed'
  | 'series.shortened'
  | 'series.measurements'
  | 'series.devices'
  | 'series.apart'
  | 'series.apart-about'
  | 'series.apart-newest'
  | `standing.${Standing}`
  | 'column.time'
  | 'column.service'
  | 'column.network'
  | 'column.verdict'
  | 'column.mechanism'
  | 'column.role'
  | `half.${Exclude<NameRole, 'target'> | 'shaped'}`
  | 'column.ground'
  | 'column.pointer'
  | 'column.layer'
  | 'column.state'
  | 'column.rule'
  | 'column.ratio'
  | 'column.hop'
  | 'column.operation'
  | 'column.target'
  | 'column.began'
  | 'column.ended'
  | 'column.outcome'
  | 'column.side'
  | 'column.name'
  | 'column.subject'
  | 'column.issuer'
  | 'column.valid'
  | 'column.check'
  | 'column.test'
  | 'measurement.when'
  | 'measurement.almaty'
  | 'measurement.where'
  | 'measurement.country'
  | 'measurement.access'
  | 'measurement.line'
  | 'measurement.what'
  | 'measurement.input'
  | 'measurement.test'
  | 'measurement.program'
  | 'measurement.how'
  | 'measurement.ratio'
  | 'measurement.endpoints'
  | 'measurement.rule'
  | 'measurement.who'
  | 'measurement.who-answer'
  | 'measurement.grounds'
  | 'measurement.grounds-about'
  | 'measurement.no-grounds'
  | 'measurement.against'
  | 'measurement.layers'
  | 'measurement.layers-about'
  | 'measurement.no-layers'
  | 'measurement.times'
  | 'measurement.missing'
  | 'measurement.nothing-missing'
  | 'measurement.claim'
  | 'measurement.claim-about'
  | 'measurement.our-verdict'
  | 'measurement.no-claim'
  | 'measurement.timeline'
  | 'measurement.timeline-about'
  | 'measurement.timeline-short'
  | 'measurement.timeline-none'
  | 'measurement.timeline-untimed'
  | 'measurement.operations-cut'
  | 'measurement.timeline-cut'
  | 'measurement.table'
  | 'measurement.certificates'
  | 'measurement.no-certificates'
  | 'measurement.name-matches'
  | 'measurement.name-differs'
  | 'measurement.source'
  | 'measurement.channel'
  | 'measurement.origin'
  | 'measurement.sender'
  | 'measurement.key-mark'
  | 'measurement.kept-apart'
  | 'measurement.received'
  | 'measurement.leaf'
  | 'measurement.rules-version'
  | 'measurement.id'
  | 'measurement.uid'
  | 'measurement.json'
  | 'measurement.json-about'
  | 'measurement.json-withheld'
  | 'measurement.json-show'
  | 'measurement.json-download'
  | 'measurement.json-absent'
  | 'measurement.json-long'
  | 'measurement.json-slow'
  | 'side.probe'
  | 'side.control'
  | 'chain.trusted'
  | 'chain.unanchored'
  | 'chain.expired'
  | 'chain.broken'
  | 'chain.unchecked'
  | 'chain.none'
  | 'outcome.completed'
  | 'problem.not-found'
  | 'problem.not-found-about'
  | 'problem.no-measurement'
  | 'problem.no-measurement-about'
  | 'problem.erased'
  | 'problem.erased-about'
  | 'problem.erased-reason'
  | 'problem.erased-at'
  | 'problem.bad-request'
  | 'problem.bad-request-about'
  | 'problem.broken'
  | 'problem.broken-about'
  | 'problem.busy'
  | 'problem.busy-about'
  | 'problem.back'
