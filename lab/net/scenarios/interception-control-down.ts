import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'interception-control-down',
  about: 'Certificates are forged and the control is down: a service may have an authority of its own.',
  world: [{ kind: 'control-down', how: 'refused' }],
  censor: [{ kind: 'interception', names: ['youtube-lab.net'], certificate: 'valid' }],
  expected: { kind: 'inconclusive', service: 'youtube', mechanism: 'tls.mitm' },
}
