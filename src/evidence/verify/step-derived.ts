import type { BundleProblem, BundleStep } from './bundle-report.ts'
import type { DerivedStep } from './derived.ts'
import type { StepFindings } from './step-findings.ts'

const PROBLEMS = {
  verdict: 'verdict-differs',
  observations: 'observations-differ',
  judged: 'not-judged',
} as const satisfies Record<string, BundleProblem>

const FIELD = {
  verdicts: 'verdict-differs',
  incident: 'incident-differs',
  weight: 'weight-differs',
  published: 'published-differs',
} as const satisfies Partial<Record<BundleStep, BundleProblem>>
export type ComparedStep = keyof typeof FIELD

/** Turns what deriving again found into the findings of a step. */
export function sayDerived(step: ComparedStep, derived: DerivedStep, find: StepFindings): void {
  if (derived.kind === 'not-compared') {
    find.skip(derived.reason, derived.about)
    return
  }
  for (const { what, about } of derived.differences) find.fail(what === 'field' ? FIELD[step] : PROBLEMS[what], about)
  find.fact(step, { count: derived.count, ...derived.values })
}
