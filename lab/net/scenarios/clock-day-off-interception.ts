import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'clock-day-off-interception',
  about: 'The clock is off by a day, and certificates are forged: a wrong clock explains refused ones.',
  world: [{ kind: 'clock', days: 1 }],
  censor: [{ kind: 'interception', names: ['youtube-lab.net'], certificate: 'valid' }],
  expected: { kind: 'line', state: 'clock-wrong' },
}
