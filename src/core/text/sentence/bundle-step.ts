import type { KeyEnd } from '../catalogue.ts'
import { say, sayRecorded, type MessageValues } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'
import { formatDateTime } from '../time.ts'
import { instant } from '../../model/units.ts'

/** A step of a verification, as src/core/evidence/verify/bundle-report.ts has it. Texts in it are hostile. */
export interface StepToSay {
  readonly step: KeyEnd<'bundle.step'>
  readonly outcome: KeyEnd<'bundle.outcome'>
  readonly problems: readonly { readonly problem: KeyEnd<'bundle.problem'>; readonly about?: string }[]
  readonly problemCount: number
  readonly notes: readonly { readonly note: KeyEnd<'bundle.note'>; readonly about?: string }[]
  readonly facts: readonly FactToSay[]
}

/** A fact with all that its message needs. */
type FactToSay = {
  readonly [Fact in KeyEnd<'bundle.fact'>]: {
    readonly fact: Fact
    readonly values: MessageValues<`bundle.fact.${Fact}`>
  }
}[KeyEnd<'bundle.fact'>]

/** How a hostile text is made fit to be shown: for a terminal, for a page. */
export type ShowText = (text: string) => string

export const stepName = (lang: Lang, { step }: Pick<StepToSay, 'step'>): string => say(lang, `bundle.step.${step}`)

/** The question that a step answers. */
export const stepMeaning = (lang: Lang, { step }: Pick<StepToSay, 'step'>): string =>
  say(lang, `bundle.meaning.${step}`)

/** What a step found: figures and names, then what a reader has to know. A sentence each. */
export function stepFound(
  lang: Lang,
  { facts, notes }: Pick<StepToSay, 'facts' | 'notes'>,
  shown: ShowText,
): readonly string[] {
  return [
    ...facts.map(({ fact, values }) => sayRecorded(lang, `bundle.fact.${fact}`, sayable(lang, values, shown))),
    ...notes.map(({ note, about }) => withAbout(lang, say(lang, `bundle.note.${note}`), { about, shown })),
  ]
}

/** What is wrong: a line for each problem that was kept, and one that counts the others. */
export function stepProblems(lang: Lang, { problems, problemCount }: StepToSay, shown: ShowText): readonly string[] {
  const lines = problems.map(({ problem, about }) =>
    withAbout(lang, say(lang, `bundle.problem.${problem}`), { about, shown }),
  )
  const left = problemCount - problems.length
  return left > 0 ? [...lines, say(lang, 'bundle.more', { count: left })] : lines
}

function withAbout(
  lang: Lang,
  text: string,
  { about = '', shown }: { readonly about: string | undefined; readonly shown: ShowText },
): string {
  if (about === '') return text
  // Entries and revisions are named by the verifier in one way in every language.
  const [, kind, number = '', rest = ''] = /^(leaf|revision) (\d+)(.*)$/su.exec(about) ?? []
  const what =
    kind === 'leaf' || kind === 'revision' ? say(lang, `bundle.${kind}`, { number }) + shown(rest) : shown(about)
  return `${text.replace(/\.$/, '')}: ${what}`
}

const MILLION = 1_000_000

/** Instants by their names, sizes, counts and ratios as people read them. */
function sayable(
  lang: Lang,
  values: Readonly<Record<string, string | number>>,
  shown: ShowText,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? textOf(lang, name, shown(value)) : figure(lang, name, value),
    ]),
  )
}

function figure(lang: Lang, name: string, value: number): string {
  if (name === 'at' || name === 'madeAt') return `${formatDateTime(lang, instant(value), 'UTC', 'second')} UTC`
  if (name === 'ratio') return formatNumber(lang, value, 2)
  return name === 'bytes' ? size(lang, value) : formatNumber(lang, value)
}

const size = (lang: Lang, bytes: number): string =>
  bytes < MILLION
    ? say(lang, 'bundle.kilobytes', { size: formatNumber(lang, bytes / 1000, 1) })
    : say(lang, 'bundle.megabytes', { size: formatNumber(lang, bytes / MILLION, 1) })

const WORDS = ['blocking', 'fault', 'not-determined', 'insufficient'] as const

/** A word of cause in the language of the reader; a word that is none stays as it was written. */
function textOf(lang: Lang, name: string, value: string): string {
  const word = name === 'word' ? WORDS.find((one) => one === value) : undefined
  return word === undefined ? value : say(lang, `word.${word}`)
}
