import type { CheckedStep, BundleStep } from '../../evidence/verify/bundle-report.ts'
import type { Lang } from '../../text/lang.ts'
export const stepName = (_lang: Lang, step: BundleStep): string => step
export const stepAbout = (_lang: Lang, step: BundleStep): string => step
export const stepFound = (_lang: Lang, { facts, notes }: CheckedStep): readonly string[] => [
  ...facts.map(({ fact }) => fact),
  ...notes.map(({ note }) => note),
]
export const stepProblems = (_lang: Lang, { problems }: CheckedStep): readonly string[] =>
  problems.map(({ problem, about }) => `${problem}: ${about ?? ''}`)
