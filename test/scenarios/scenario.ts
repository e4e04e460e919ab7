import type { Kind } from '../../src/core/model/measured/verdict.ts'
import type { Json } from '../kit/measured/measurement.ts'

/** One claim of the method: what a probe recorded, and what must be concluded from it. */
export interface Scenario {
  /** A true sentence about the network, not about the code. */
  readonly name: string
  readonly measurement: Json
  readonly kind: Kind
  readonly layer?: string
  readonly mechanism?: string
  readonly rule?: string
  /** The verdict stands without any control. */
  readonly artefact?: boolean
}
