import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-control-dropped',
  about: 'A name is dropped, and so is the control.',
  censor: [
    { kind: 'hello', names: ['youtube-lab.net'], action: 'drop' },
    { kind: 'rules', filter: ['FORWARD -d 20.50.1.0/24 -j DROP'] },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
