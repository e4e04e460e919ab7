import type { DnsObservation } from '../../model/measured/observation.ts'
import { SCRUBBED } from '../../model/scrub-address.ts'

/**
 * Whether a question went to a public resolver of the measured lists by packets: it is written under its address, the
 * line's own under none. Its answer is no part of the person's path, and as it came in the clear it is no control.
 */
export const isOfListed = ({ resolver, resolverAddress }: DnsObservation): boolean =>
  resolver === 'udp' && resolverAddress !== undefined && resolverAddress !== SCRUBBED
