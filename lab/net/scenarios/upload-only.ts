import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'upload-only',
  about: 'Only the name of the host that takes uploads is dropped: receiving works, imparting does not.',
  censor: [{ kind: 'hello', names: ['upload.facebook-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'facebook', mechanism: 'tls.timeout.sni', partial: true },
}
