import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'clock-day-off',
  about: "The probe's clock is a day behind: certificates bear it, and it is said.",
  world: [{ kind: 'clock', days: -1 }],
  expected: { kind: 'line', state: 'clock-wrong' },
}
