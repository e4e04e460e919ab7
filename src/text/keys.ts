import type { FailureCode } from '../model/failure.ts'
import type { CHANNELS } from '../model/measurement.ts'
import type { Layer, Mechanism } from '../model/mechanism.ts'
import type { Fact, GroundRole, HALVINGS, Kind, LayerState, Missing } from '../model/verdict.ts'

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
] as const
export type GroundValue = (typeof GROUND_VALUES)[number]

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
  | 'value.not-recorded'
  | 'sentence.subject'
  | 'sentence.no-network'
  | 'sentence.layer'
  | 'sentence.missing'
  | 'sentence.simulated'
  | 'sentence.not-judged'

/** Keys of what grounds say: clauses that begin with a word of the language and end without a stop. */
export type FactKey = `fact.${Fact}`
export type FailureKey = `failure.${FailureCode}` | 'failure.other'
