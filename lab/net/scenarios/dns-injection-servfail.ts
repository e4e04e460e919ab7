import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-servfail',
  about: 'On the way it is forged that the resolver failed; the true answer arrives after it.',
  censor: [{ kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'servfail' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.injected', 'dns.servfail'] },
}
