import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'outage-abroad-dns-redirect',
  about: 'The country is cut off from abroad, and the provider answers questions for resolvers abroad in their place.',
  censor: [{ kind: 'dns-redirect' }],
  world: [{ kind: 'outage', where: 'abroad' }],
  expected: { kind: 'line', state: ['down', 'unstable'] },
}
