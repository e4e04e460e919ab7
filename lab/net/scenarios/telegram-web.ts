import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'telegram-web',
  about: 'The names of the web are reset while the datacentres answer.',
  censor: [{ kind: 'hello', names: ['telegram-lab.net', 'tme-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'telegram', mechanism: 'tls.reset.sni', partial: true },
}
