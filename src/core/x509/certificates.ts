import type { CertificateFacts, ChainState } from '../model/measured/observation.ts'
import type { Instant } from '../model/units.ts'

/** The certificate decoder that observe() is given: node:crypto on the server, another library in a browser. */
export interface Certificates {
  /** Facts of one certificate (base64 of DER), or undefined where it is none. */
  describe(derBase64: string): CertificateFacts | undefined
  /** Verifies a chain as sent, leaf first, against the pinned roots at an instant. */
  chainState(chain: readonly string[], at: Instant): ChainState
}
