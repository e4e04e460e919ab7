import type { World } from '../../runtime/world.ts'
import {
  BUNDLE_STEPS,
  isOfMeasurements,
  isWithdrawn,
  leftOpen,
  type CheckedBundle,
  type CheckedStep,
} from '../../core/evidence/verify/bundle-report.ts'
import { stepFound, stepMeaning, stepName, stepProblems } from '../../core/text/sentence/bundle-step.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { MARKS, writeHanging } from '../terminal/hanging.ts'
import { printable } from '../../core/text/printable.ts'

type Out = Pick<World, 'out' | 'outColumns'>

const INDENT = '     '

/** Number of a step among all, as wide as the widest with a space before it. */
const numbered = ({ step }: CheckedStep): string => String(BUNDLE_STEPS.indexOf(step) + 1).padStart(3)

/** What is being verified. */
export function writeHead(lang: Lang, name: string, out: Out): void {
  writeHanging(out, '', say(lang, 'bundle.title', { name: printable(name) }))
  out.out.write('\n')
}

/** One step as it ends: its outcome, the question it answers, what was found, what is wrong. */
export function writeStep(lang: Lang, step: CheckedStep, out: Out): void {
  const outcome = say(lang, `bundle.outcome.${step.outcome}`)
  writeHanging(out, `${MARKS[step.outcome]}${numbered(step)} `, `${stepName(lang, step)}: ${outcome}`)
  writeHanging(out, INDENT, stepMeaning(lang, step))
  for (const line of stepFound(lang, step, printable)) writeHanging(out, `${INDENT}\u00b7 `, line)
  for (const line of stepProblems(lang, step, printable)) writeHanging(out, `${INDENT}\u2717 `, line)
  out.out.write('\n')
}

/**
 * The last lines, for a person who reads nothing else: what a sound bundle does not show and which key to compare, or the
 * steps that found something wrong; the answer last, where the eye is on a terminal.
 */
export function writeSummary(
  lang: Lang,
  { steps, sound }: CheckedBundle,
  { named }: { readonly named: boolean },
  out: Out,
): void {
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  const unchecked = steps.some(({ outcome }) => outcome === 'not-checked') || !named
  const open = sound ? leftOpen(steps) : 'nothing'
  const whole = unchecked ? 'bundle.sound-unchecked' : 'bundle.sound'
  const good = open === 'nothing' ? whole : open === 'verdicts' ? 'bundle.not-judged' : 'bundle.not-derived'
  const bad = failed.length === 0 ? 'bundle.note.given-up' : 'bundle.wanting'
  const word = sound ? good : bad
  const paragraph = (text: string): void => {
    writeHanging(out, '', text)
    out.out.write('\n')
  }
  const keys = steps.flatMap(({ facts }) =>
    facts.flatMap(({ fact, values }) => (fact === 'signed-by' ? [String(values['key'])] : [])),
  )
  if (sound && !named && keys.length > 0) paragraph(say(lang, 'bundle.no-trust', { key: keys.join(', ') }))
  if (sound) paragraph(say(lang, isOfMeasurements(steps) ? 'bundle.limits-measurements' : 'bundle.limits'))
  if (steps.some(({ notes }) => notes.some(({ note }) => note === 'simulated')))
    paragraph(say(lang, 'bundle.note.simulated'))
  if (isWithdrawn(steps)) paragraph(say(lang, 'bundle.withdrawn', { file: 'data/incident.json' }))
  const mark = MARKS[open !== 'nothing' ? 'not-checked' : sound ? 'ok' : 'failed']
  writeHanging(out, `${mark} `, say(lang, word, { count: formatNumber(lang, failed.length) }))
  for (const step of failed) writeHanging(out, `${numbered(step)} `, stepName(lang, step))
}
