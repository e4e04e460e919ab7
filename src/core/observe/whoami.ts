import type { DnsObservation } from '../model/measured/observation.ts'
import type { Whoami } from '../ooni/decode/whoami.ts'

/** A name that no censor has a reason to touch: what fails here is the resolver itself. */
const NAME = 'whoami.v4.powerdns.org'

/** Rows of part `resolver` that say whether the line's resolvers work at all; their answers are withheld. */
export function observeWhoami(whoami: Whoami): readonly DnsObservation[] {
  const row = (resolver: 'system' | 'udp', answered: boolean): DnsObservation => ({
    kind: 'dns',
    source: `${whoami.source}/${resolver}_v4`,
    side: 'probe',
    hop: 0,
    part: 'resolver',
    ...(answered ? {} : { failure: { code: 'dns_no_answer', raw: 'dns_no_answer' } }),
    name: NAME,
    queryType: 'A',
    resolver,
    answers: [],
    canonicalNames: [],
    duplicate: false,
  })
  return [
    ...(whoami.system === undefined ? [] : [row('system', whoami.system)]),
    ...(whoami.udp === undefined ? [] : [row('udp', whoami.udp)]),
  ]
}
