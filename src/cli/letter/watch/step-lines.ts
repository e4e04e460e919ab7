import type { World } from '../../../runtime/world.ts'
import type { LetterCount } from '../../../letter/core/count.ts'
import type { Recount } from '../../../letter/core/recount.ts'
import type { LetterStep } from '../../../letter/core/step.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { TIERS, VOID_REASONS } from '../../../letter/core/letter.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { MARKS, writeHanging } from '../../terminal/hanging.ts'
import { printable } from '../../../core/text/printable.ts'

type Out = Pick<World, 'out' | 'outColumns'>
const MOST_SHOWN = 20

/** What each step found, a question and its answer. */
export function writeSteps(lang: Lang, steps: readonly LetterStep[], out: Out): void {
  for (const { step, outcome, problems, problemCount } of steps) {
    writeHanging(
      out,
      `${MARKS[outcome]} `,
      `${say(lang, `handover.step.${step}`)}: ${say(lang, `bundle.outcome.${outcome}`)}`,
    )
    writeHanging(out, '  ', say(lang, `handover.meaning.${step}`))
    for (const { problem, about } of problems.slice(0, MOST_SHOWN))
      writeHanging(
        out,
        `  ${MARKS.failed} `,
        `${say(lang, `handover.problem.${problem}`)}${about === undefined ? '' : `: ${printable(about.slice(0, 200))}`}`,
      )
    if (problemCount > MOST_SHOWN)
      writeHanging(
        out,
        '    ',
        say(lang, 'handover.verify.more', { count: formatNumber(lang, problemCount - MOST_SHOWN) }),
      )
  }
}

/** The numbers of one letter as they were counted. */
export function writeCount(lang: Lang, letter: string, count: LetterCount, out: Out): void {
  const number = (value: number): string => formatNumber(lang, value)
  const removed = VOID_REASONS.filter((reason) => (count.removed[reason] ?? 0) > 0)
  const sum = removed.reduce((total, reason) => total + (count.removed[reason] ?? 0), 0)
  writeHanging(out, '', say(lang, 'handover.verify.letter', { letter }))
  writeHanging(out, '  ', say(lang, 'handover.verify.total', { count: number(count.total) }))
  for (const tier of TIERS)
    writeHanging(out, '    ', `${say(lang, `letter.tier.${tier}`)}: ${number(count.counted[tier])}`)
  writeHanging(out, '  ', say(lang, 'handover.verify.removed', { count: number(sum) }))
  for (const reason of removed)
    writeHanging(out, '    ', `${say(lang, `letter.reason.${reason}`)}: ${number(count.removed[reason] ?? 0)}`)
  if (count.closed) writeHanging(out, '  ', say(lang, 'handover.verify.closed'))
  if (count.destroyed) writeHanging(out, '  ', say(lang, 'handover.verify.destroyed'))
}

/** Who signed the log, and that the key is unconfirmed if the reader brought none. */
export function writeSigners(lang: Lang, { signedBy, vouched }: Recount, out: Out): void {
  for (const key of signedBy)
    writeHanging(out, '', say(lang, 'handover.verify.signed-by', { key: printable(formatVerifierKey(key)) }))
  if (!vouched && signedBy.length > 0)
    writeHanging(out, '', say(lang, 'handover.verify.unvouched', { option: '--key' }))
}

export const noStepFailed = (steps: readonly LetterStep[]): boolean =>
  steps.every(({ outcome }) => outcome !== 'failed')

/** The answer, last. */
export function writeAnswer(lang: Lang, steps: readonly LetterStep[], out: Out): void {
  const failed = steps.filter(({ outcome }) => outcome === 'failed').length
  writeHanging(out, '', say(lang, 'handover.readme.shows'))
  writeHanging(
    out,
    `${MARKS[failed === 0 ? 'ok' : 'failed']} `,
    failed === 0
      ? say(lang, 'handover.verify.sound')
      : say(lang, 'handover.verify.wanting', { count: formatNumber(lang, failed) }),
  )
}

/** Steps for a program. */
export const stepsJson = (steps: readonly LetterStep[]): readonly Record<string, unknown>[] =>
  steps.map(({ problemCount, ...step }) => ({ ...step, problem_count: problemCount }))
