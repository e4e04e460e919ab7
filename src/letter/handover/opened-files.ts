import type { LetterStep } from '../core/step.ts'
import type { Letter } from '../core/letter.ts'
import { BOM, encodeRow } from './csv.ts'
import type { OpenedHandover } from './open-handover.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { printable } from '../../core/text/printable.ts'

/** Name of the file in which a holder writes down what should not count. */
export const REVIEW = 'review.csv'

const HEAD = [
  'number',
  'name',
  'region',
  'tier',
  'show_name',
  'mail',
  'comment',
  'lang',
  'letter_version',
  'consent_version',
  'same_name',
  'ct',
]

/** Every signature that was opened, a row each. What a signer wrote is not a formula in it. */
export function signaturesTable({ opened }: OpenedHandover, { bom }: { readonly bom: boolean }): string {
  const rows = opened.map(({ ct, tier, group, signature }, at) => [
    String(at + 1),
    signature.name,
    signature.region,
    tier,
    signature.show_name ? 'yes' : 'no',
    signature.mail ?? '',
    signature.comment ?? '',
    signature.lang,
    String(signature.version),
    String(signature.consent),
    group === undefined ? '' : String(group),
    ct,
  ])
  return `${bom ? BOM : ''}${[HEAD, ...rows].map(encodeRow).join('')}`
}

/**
 * What a holder is asked to look at, without a name, so that it may go to the server: `kuager letter invalidate --from`
 * takes the rows that have a reason. Nothing has one before a person wrote it.
 */
export function reviewTable({ opened, unopened }: OpenedHandover): string {
  const rows = [
    ...unopened.map(({ ct, problem }) => [ct, '', problem]),
    ...opened.flatMap(({ ct, group }) => (group === undefined ? [] : [[ct, '', `same-name-${group}`]])),
  ]
  return [['ct', 'reason', 'found'], ...rows].map(encodeRow).join('')
}

interface Findings {
  readonly letter: Letter
  readonly steps: readonly LetterStep[]
  readonly opened: OpenedHandover
}

/** What was found, for a person, in one language. */
export function findingsText(lang: Lang, { letter, steps, opened: { opened, unopened, groups } }: Findings): string {
  const number = (value: number): string => formatNumber(lang, value)
  return [
    say(lang, 'handover.findings.title', { title: letter.title[lang] }),
    ...(letter.simulated ? [say(lang, 'handover.verify.simulated')] : []),
    '',
    `${say(lang, 'handover.findings.opened')}: ${number(opened.length)}`,
    `${say(lang, 'handover.findings.unopened')}: ${number(unopened.length)}`,
    `${say(lang, 'handover.findings.duplicates')}: ${number(groups)}`,
    ...(groups === 0 ? [] : [say(lang, 'handover.findings.duplicates.note', { file: REVIEW })]),
    '',
    ...steps.flatMap(({ step, outcome, problems, problemCount }) => [
      `${say(lang, `handover.step.${step}`)}: ${say(lang, `bundle.outcome.${outcome}`)}`,
      ...problems.map(
        ({ problem, about }) =>
          `  ${say(lang, `handover.problem.${problem}`)}${about === undefined ? '' : `: ${printable(about)}`}`,
      ),
      ...(problemCount > problems.length
        ? [`  ${say(lang, 'handover.verify.more', { count: number(problemCount - problems.length) })}`]
        : []),
    ]),
    '',
    say(lang, 'handover.findings.keep'),
    '',
  ].join('\n')
}
