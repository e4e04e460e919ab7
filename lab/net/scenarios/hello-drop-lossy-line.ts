import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-lossy-line',
  about: 'The name is dropped on a line that loses some packets of everything.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  world: [{ kind: 'loss', percent: 3 }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout', others: 'not interfered' },
}
