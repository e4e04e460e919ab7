import { BUNDLE_STEPS, type CheckedBundle, type CheckedStep } from '../evidence/verify/bundle-report.ts'
import { stepFound, stepMeaning, stepName, stepProblems } from '../text/bundle-step.ts'
import { say } from '../text/format.ts'
import type { Lang } from '../text/lang.ts'
import { formatNumber } from '../text/number.ts'
import type { World } from './command.ts'
import { printable } from './printable.ts'
import { wrap } from './probe/wrap.ts'

type Out = Pick<World, 'out' | 'outColumns'>

const MARKS = { ok: '\u2713', failed: '\u2717', 'not-checked': '\u2013' } as const
/** Nobody reads longer lines than these well. */
const MOST_COLUMNS = 100
const INDENT = '     '

/** Lines of a text, broken between words where a terminal is that narrow, each after what stands before the first. */
function write(out: Out, before: string, text: string): void {
  const columns = out.outColumns?.()
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.min(columns - 1, MOST_COLUMNS) - before.length
  const [first = '', ...rest] = wrap(printable(text), Math.max(20, room))
  const margin = ' '.repeat(before.length)
  out.out.write([`${before}${first}`, ...rest.map((line) => `${margin}${line}`)].join('\n') + '\n')
}

/** What is being verified. */
export function writeHead(lang: Lang, name: string, out: Out): void {
  write(out, '', say(lang, 'bundle.title', { name: printable(name) }))
  out.out.write('\n')
}

/** One step as it ends: its outcome, the question it answers, what was found, what is wrong. */
export function writeStep(lang: Lang, step: CheckedStep, out: Out): void {
  const number = String(BUNDLE_STEPS.indexOf(step.step) + 1).padStart(2)
  const outcome = say(lang, `bundle.outcome.${step.outcome}`)
  write(out, `${MARKS[step.outcome]} ${number} `, `${stepName(lang, step)}: ${outcome}`)
  write(out, INDENT, stepMeaning(lang, step))
  for (const line of stepFound(lang, step, printable)) write(out, `${INDENT}\u00b7 `, line)
  for (const line of stepProblems(lang, step, printable)) write(out, `${INDENT}\u2717 `, line)
  out.out.write('\n')
}

/** The last lines: sound or wanting, which key to compare, and what a sound bundle does not show. */
export function writeSummary(
  lang: Lang,
  { steps, sound }: CheckedBundle,
  { named }: { readonly named: boolean },
  out: Out,
): void {
  const failed = steps.filter(({ outcome }) => outcome === 'failed').length
  const unchecked = steps.some(({ outcome }) => outcome === 'not-checked') || !named
  const word = sound ? (unchecked ? 'bundle.sound-unchecked' : 'bundle.sound') : 'bundle.wanting'
  if (!named) {
    const keys = steps.flatMap(({ facts }) =>
      facts.flatMap(({ fact, values }) => (fact === 'signed-by' ? [String(values['key'])] : [])),
    )
    if (keys.length > 0) write(out, '', say(lang, 'bundle.no-trust', { key: printable(keys.join(', ')) }))
  }
  if (sound) write(out, '', say(lang, 'bundle.limits'))
  write(out, '', say(lang, word, { count: formatNumber(lang, failed) }))
}
