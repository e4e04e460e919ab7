import { withholdMeasurement, type WithheldMeasurement } from '../../core/derive/withhold-measurement.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Tables } from '../../core/model/tables/tables.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { parseJson } from '../../core/ooni/json.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import type { Archived } from '../../store/archive/contract.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { digest } from '../judge/judge-bytes.ts'
import { canBeCommon, claimedNetwork, saltedBy, valueKey } from './salted.ts'

/** A measurement as the archive holds it. */
export type ArchivedBlob = Extract<Archived, { readonly kind: 'blob' }>
/** What of it a form is made from. */
export interface HeldMeasurement extends Pick<ArchivedBlob, 'bytes' | 'salt'> {
  readonly provenance: Pick<Provenance, 'channel'>
}

/** What forms are published with. */
export interface PublishTools {
  readonly tables: Tables
  readonly seen: Pick<SeenValues, 'secret' | 'isCommon'>
}

/** Makes the forms of measurements that are shown. */
export interface Publisher {
  /** The form that is shown, of the version that the leaf digests. Throws InputError for bytes that cannot be read. */
  shown(blob: HeldMeasurement): string
  /** The form that belongs to what the leaf digests; undefined where today's rules make none such. */
  logged(blob: HeldMeasurement, logged: Sha256): string | undefined
}

/** What was sent to us is public nowhere else: what servers wrote in it is withheld until it is common. */
export function openPublisher({ tables, seen }: PublishTools): Publisher {
  const withhold = ({ bytes, salt }: HeldMeasurement): WithheldMeasurement => {
    const salted = saltedBy(salt)
    const json = parseJson(bytes)
    const network = claimedNetwork(json)
    return withholdMeasurement(json, {
      tables,
      commit: salted.commit,
      open: (value) =>
        canBeCommon(value) && seen.isCommon(valueKey(seen.secret, value, network)) ? salted.open(value) : undefined,
    })
  }
  const isSent = ({ provenance }: HeldMeasurement): boolean => provenance.channel === 'collector'
  return {
    shown: (blob) => (isSent(blob) ? withhold(blob).published : publicForm(parseJson(blob.bytes))),
    logged(blob, logged) {
      if (isSent(blob)) {
        const { hashed, published } = withhold(blob)
        if (digest(hashed) === logged) return published
      }
      // Everything that came another way, and what was sent before values were withheld.
      const whole = publicForm(parseJson(blob.bytes))
      return digest(whole) === logged ? whole : undefined
    },
  }
}
