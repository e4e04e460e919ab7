import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'clock-year-off',
  about: "The probe's clock is most of a year ahead: every certificate seems expired, and no service is judged by it.",
  world: [{ kind: 'clock', days: 300 }],
  expected: { kind: 'line', state: 'clock-wrong' },
}
