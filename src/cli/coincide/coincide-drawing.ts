import type { StudyData } from '../../core/detect/coincidence/examine.ts'
import { frozenWhen } from '../../core/evidence/frozen-events.ts'
import type {
  CoincidencePlan,
  CoincidenceReport,
  CoincidenceResult,
  FrozenEvents,
} from '../../core/model/incident/coincidence.ts'
import { parseInstant } from '../../core/model/units.ts'
import {
  countSentences,
  findingSentences,
  periodSentence,
  questionTable,
  testSentences,
} from '../../core/text/sentence/coincide.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'
import { table, utcMinute } from '../terminal/table.ts'

/** The plan that is computed, and which of its questions are shown. */
export interface ShownPlan {
  readonly plan: CoincidencePlan
  /** Id of the one frozen question that was asked for; absent: all are shown. */
  readonly only?: string
  /** Something was asked that was not frozen. */
  readonly exploratory: boolean
}

/** What was tested, and how much is known about how it was measured. */
export interface Tested {
  readonly data: StudyData
  readonly source: 'scheduled-readings' | 'file'
}

interface DrawnStudy {
  readonly frozen: FrozenEvents
  readonly asked: ShownPlan
  readonly tested: Tested
  readonly report: CoincidenceReport
}

const all = ({ primary, secondary, negativeControls }: CoincidenceReport): readonly CoincidenceResult[] => [
  primary,
  ...secondary,
  ...negativeControls,
]

/** The answer for a terminal: what was asked and found in plain sentences, then the tests, then all questions. */
export function renderCoincidence(lang: Lang, { frozen, asked, tested, report }: DrawnStudy): string {
  const shown = all(report).find(({ hypothesis }) => hypothesis.id === asked.only) ?? report.primary
  const { plan } = asked
  const blocks: (readonly string[])[] = [
    [
      `${say(lang, 'coincide.title')}: ${shown.hypothesis.label[lang]}`,
      ...(frozen.simulated ? [say(lang, 'sentence.simulated')] : []),
      periodSentence(lang, plan, report),
    ],
    [...findingSentences(lang, shown), ...countSentences(lang, plan, shown)],
    [...testSentences(lang, plan, shown), ...epochLines(shown)],
    conditions(lang, frozen, tested),
  ]
  const head = blocks.map((lines) => lines.map((line) => `${printable(line)}\n`).join('')).join('\n')
  return `${head}${tables(lang, report)}`
}

function conditions(lang: Lang, frozen: FrozenEvents, { source, data }: Tested): readonly string[] {
  const at = utcMinute(parseInstant(frozen.frozenAtUtc))
  return [
    say(lang, source === 'file' ? 'coincide.unscheduled-unknown' : 'coincide.scheduled'),
    ...(data.watched === undefined ? [say(lang, 'coincide.watched-unknown')] : []),
    say(lang, 'coincide.frozen', { at, digest: frozen.sha256 }),
    ...lateSentences(lang, frozen),
  ]
}

/** What a list frozen while its period ran, or after it, cannot show. */
export function lateSentences(lang: Lang, frozen: FrozenEvents): readonly string[] {
  switch (frozenWhen(frozen)) {
    case 'before':
      return []
    case 'during':
      return [say(lang, 'coincide.frozen-during')]
    case 'after':
      return [say(lang, 'coincide.frozen-late')]
  }
}

/** All questions, the main one first; negative controls beside them, so that one figure is not read without the others. */
function tables(lang: Lang, { primary, secondary, negativeControls }: CoincidenceReport): string {
  const draw = (results: readonly CoincidenceResult[]): string => {
    const { head, rows } = questionTable(lang, results)
    return table([head, ...rows.map((row) => row.map(printable))])
  }
  return [
    `\n${draw([primary])}`,
    secondary.length === 0 ? '' : `\n${say(lang, 'coincide.secondary')}\n${draw(secondary)}`,
    negativeControls.length === 0 ? '' : `\n${say(lang, 'coincide.negative')}\n${draw(negativeControls)}`,
    negativeControls.some(({ finding }) => finding === 'link') ? `${say(lang, 'coincide.negative-too')}\n` : '',
  ].join('')
}

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Difference from matched evenings, from −6 to +6 h in steps of a quarter; a line below marks the hours beyond the band. */
function epochLines({ epoch }: CoincidenceResult): readonly string[] {
  const most = Math.max(...epoch.map(({ difference }) => difference), 0)
  if (epoch.length === 0 || most <= 0) return []
  const bars = epoch.map(({ difference }) => BARS[Math.max(0, Math.round((8 * difference) / most))] ?? ' ')
  const beyond = epoch.map(({ difference, lo95, hi95 }) => (difference > hi95 || difference < lo95 ? '*' : ' '))
  return [`  −6 |${bars.join('')}| +6`, `     |${beyond.join('')}|`]
}
