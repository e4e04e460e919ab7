import { scoreValidation } from '../../../src/core/detect/validation/score-validation.ts'
import {
  CASE_GROUPS,
  FROZEN_VALIDATION_FORMAT,
  LABELS_FORMAT,
  PROTOCOL_FORMAT,
  type FrozenValidation,
  type PredictedCase,
  type PublishedValidation,
  type ValidationLabels,
} from '../../../src/core/model/incident/validation.ts'

const HASH = '5'.repeat(64)
const at = (hour: number): string => new Date(Date.UTC(2026, 2, 1, hour)).toISOString()
const CASES = Array.from({ length: 48 }, (_, i) => ({
  id: `c${String(i).padStart(3, '0')}`,
  group: CASE_GROUPS[i % 4]!,
  i,
}))

const predicted = CASES.map(({ id, group, i }): PredictedCase => {
  const edge = (hour: number) => ({
    bracket_utc: [at(hour), at(hour)] as [string, string],
    lo95_utc: at(hour),
    hi95_utc: at(hour),
  })
  const ratio = (i % 7) / 2 - (group === 'fault' || group === 'placebo' ? 2.5 : 0.5)
  const word = ratio > 1.3 ? ('blocking' as const) : ratio < -1.3 ? ('fault' as const) : ('not-determined' as const)
  const incident = { start: edge(10), end: edge(i % 9 === 0 ? 13 : 12), state: 'restricted', word, log10_lr: ratio }
  return { id, sha256: HASH, readings: 900, set_aside: 0, incidents: i % 5 === 4 ? [] : [incident] }
})

const labels: ValidationLabels = {
  format: LABELS_FORMAT,
  by: 'a test',
  cases: CASES.map(({ id, group }) => ({
    id,
    group,
    source: 'a test',
    ...(group === 'placebo'
      ? {}
      : {
          start: { earliest_utc: at(10), latest_utc: at(10) },
          end: { earliest_utc: at(12), latest_utc: at(12) },
        }),
  })),
}

const frozen: FrozenValidation = {
  format: FROZEN_VALIDATION_FORMAT,
  frozenAtUtc: '2026-11-30T12:00:00Z',
  protocol: {
    format: PROTOCOL_FORMAT,
    title: { kk: 'Сынақ тексеруі', ru: 'Пробная проверка', en: 'A sample validation' },
    simulated: true,
    labels_sha256: HASH,
    schedule_minutes: 15,
    cases: CASES.map(({ id }) => ({ id, file: `${id}.csv` })),
  },
  program: { version: '0.1.0', source_sha256: HASH, rules: '2026.11.6+000000000000' },
  cases: predicted,
  sha256: HASH,
}

/** A validation for pages: made up, with errors of every kind. */
export const sampleValidation: PublishedValidation = {
  kind: 'whole',
  id: 'sample-validation',
  frozen,
  labels,
  score: scoreValidation(predicted, labels),
  files: { frozen: JSON.stringify(frozen), labels: JSON.stringify(labels) },
}
