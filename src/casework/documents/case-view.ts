import { isSimulatedOrigin } from '../../core/evidence/log/checkpoint.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { BundleFacts, CaseFile, CaseRecord, CheckFacts } from '../case/case-form.ts'
import { eventDay, occurrencesOf, shownBundles } from '../case/occurrences.ts'
import { QUESTIONS, type CaseQuestion, type QuestionId } from '../case/questions.ts'
import { dayOf, parseDay } from '../deadlines/calendar.ts'
import { byDate, computeDeadlines, type Deadline } from '../deadlines/compute.ts'
import type { Citing } from '../law/cite.ts'
import { loadLaw } from '../law/load-law.ts'
import { annex, blank, inLines, textSpan, withoutCapital, type Inline, type InlineSpan } from '../../documents/paper.ts'
import { formatDay } from './day-text.ts'

/** A document of the case with its number in the index of annexes, which all papers share. */
interface CaseAnnex {
  readonly number: number
  readonly record: CaseRecord
}

export interface CaseIncident {
  readonly record: CaseRecord
  readonly facts: BundleFacts
  readonly incident: NonNullable<BundleFacts['incident']>
}

/** A case as the papers of one language see it. */
export interface CaseView extends Citing {
  readonly file: CaseFile
  /** Time of the last change of the case: what its papers are dated with. */
  readonly madeAt: Instant
  readonly annexes: readonly CaseAnnex[]
  /** By start, unknown starts first. */
  readonly incidents: readonly CaseIncident[]
  readonly deadlines: readonly Deadline[]
  /** Something in it is simulated: every page says so. */
  readonly simulated: boolean
}

/** What papers of one language need of a case: its incidents, its annexes by number and its terms. */
export function viewCase(file: CaseFile, lang: Lang, law = loadLaw()): CaseView {
  const madeAt = parseInstant(file.journal.last.at_utc)
  const made = dayOf(madeAt)
  const incidents = shownBundles(file)
    .flatMap((record): readonly CaseIncident[] =>
      record.bundle === undefined || record.bundle.incident === null
        ? []
        : [{ record, facts: record.bundle, incident: record.bundle.incident }],
    )
    .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
  return {
    law,
    lang,
    on: { event: eventDay(file) ?? made, document: made },
    file,
    madeAt,
    annexes: annexesOf(file),
    incidents,
    deadlines: byDate(computeDeadlines(occurrencesOf(file, law), law)),
    simulated: file.records.some(({ bundle, check }) => bundle?.simulated === true || isSimulated(check)),
  }
}

/** A blank named after what is missing. */
export const missing = ({ lang }: Pick<CaseView, 'lang'>, what: KeyEnd<'document.missing'>): InlineSpan =>
  blank(say(lang, `document.missing.${what}`))

const isSimulated = (check: CheckFacts | undefined): boolean =>
  check !== undefined && check.kind !== 'wanting' && isSimulatedOrigin(check.origin)

const CHECKS = { sound: 'valid', 'not-compared': 'not-compared', wanting: 'problems' } as const

/** What a saved check was found to be, or what is wrong with a bundle, to stand behind its name; nothing of any other record. */
export function checkBehind({ lang }: CaseView, { check, bundle }: CaseRecord): string {
  if (bundle?.verified.kind === 'wanting')
    return `; ${withoutCapital(say(lang, 'document.shows.problems')).replace(/\.$/u, '')}`
  if (bundle?.incident?.withdrawn === true) return `; ${say(lang, 'document.incident.withdrawn')}`
  if (check === undefined) return ''
  return `; ${say(lang, `document.check.${CHECKS[check.kind]}`)}`
}

const startOf = ({ incident: { start_utc } }: CaseIncident): string => start_utc.find((one) => one !== null) ?? ''

/** Every record with a document, in the order of the case; the first is annex 1. */
export const annexesOf = ({ records }: Pick<CaseFile, 'records'>): readonly CaseAnnex[] =>
  records.filter(({ held }) => held !== undefined).map((record, index) => ({ number: index + 1, record }))

/** What a record is, with whom a request went to or an answer came from, or which incident a bundle shows. */
export function recordName({ lang, file }: CaseView, { kind, addressee, about, bundle }: CaseRecord): string {
  if (bundle?.incident)
    return `${say(lang, `document.record.${kind}`)}: ${bundle.incident.service}, ${bundle.incident.network}`
  const replies = kind === 'answer' || kind === 'silence'
  const asked = replies ? file.records.find(({ id }) => id === about)?.addressee : addressee
  return asked === undefined
    ? say(lang, `document.record.${kind}`)
    : `${say(lang, `document.record.${kind}`)}: ${say(lang, `document.addressee.${asked}`)}`
}

/** Kinds whose notes are results, which are in the tables of steps. */
const TABLED: ReadonlySet<CaseRecord['kind']> = new Set([
  'answer',
  'silence',
  'complaint',
  'complaint-answer',
  'first-judgment',
  'appeal-judgment',
  'cassation-judgment',
  'constitutional-ruling',
  'prosecutor-reply',
  'other-procedure',
  'other-procedure-result',
])

/** The words of who added a record, to stand behind its name, where no table of steps has them; else nothing. */
export const noteBehind = ({ kind, note }: CaseRecord, most = Infinity): string => {
  if (note === undefined || TABLED.has(kind)) return ''
  const letters = [...note]
  return `. ${letters.length <= most ? note : `${letters.slice(0, most - 1).join('')}…`}`
}

/** A paper of the case that is handed in with another: its number follows those of the documents. */
interface PaperAnnex {
  readonly number: number
  readonly title: string
  /** Name of its PDF in the folder of papers. */
  readonly file: string
}

/**
 * Statement of facts and notes on technical means, as far as the case has a bundle that they are made of. The note is in
 * the languages of the courts: with an English document it is in Russian.
 */
export function paperAnnexes({ lang, annexes, incidents }: CaseView): readonly PaperAnnex[] {
  const sound = incidents.filter(({ facts }) => facts.verified.kind !== 'wanting')
  if (sound.length === 0) return []
  const papers = [
    { title: say(lang, 'facts.title'), file: `statement-${lang}.pdf` },
    ...sound.map(({ record, incident }) => ({
      title: `${say(lang, 'means.title')}: ${incident.service}, ${incident.network}`,
      file: `means-${record.id}-${lang === 'en' ? 'ru' : lang}.pdf`,
    })),
  ]
  return papers.map((one, at) => ({ ...one, number: annexes.length + at + 1 }))
}

/** The answer of the questionnaire to a question, or a blank named after the question. */
export function told({ file, lang }: CaseView, id: QuestionId): Inline {
  const value = file.answers[id]?.value
  if (value === undefined) return [blank(say(lang, `document.label.${id}`))]
  if (typeof value === 'boolean') return say(lang, value ? 'document.yes' : 'document.no')
  if (id === 'author-kind')
    return say(lang, `document.author-kind.${value === 'organisation' ? 'organisation' : 'person'}`)
  const question: CaseQuestion | undefined = QUESTIONS.find((one) => one.id === id)
  if (question?.kind === 'day') return formatDay(lang, parseDay(value, '', question.first))
  return inWords(lang, value, { named: NAMES.has(id) })
}

/** Answers that are names and addresses: in a Russian document they may be in Kazakh letters, in an English one not. */
const NAMES: ReadonlySet<QuestionId> = new Set([
  'author-name',
  'author-address',
  'author-contact',
  'representative',
  'service',
  'network',
  'contract',
  'place',
  'court',
  'defendant-address',
  'defendant-number',
])

/** Letters that show that words are not in the language of a paper. Kazakh papers tell no Russian words apart. */
const FOREIGN: Readonly<Record<Lang, RegExp | undefined>> = {
  kk: undefined,
  ru: /[әғқңөұүһі]/iu,
  en: /\p{Script=Cyrillic}/u,
}

/**
 * What a person wrote, line by line, with a blank for its translation where its letters show that it is in another language
 * than the paper: the Committee takes no Kazakh, and nothing is translated by the program.
 */
export function inWords(
  lang: Lang,
  value: string,
  { named = false }: { readonly named?: boolean } = {},
): readonly InlineSpan[] {
  const spans = inLines(value)
  const foreign = FOREIGN[lang]?.test(value) === true && !(named && lang === 'ru')
  return foreign ? [...spans, textSpan(' '), missing({ lang }, 'translation')] : spans
}

/** Reference to the document of a record, or a blank that says that it is missing; a silence has none. */
export function documentOf({ annexes, lang }: CaseView, record: CaseRecord | undefined): readonly InlineSpan[] {
  if (record?.kind === 'silence') return []
  const found = annexes.find((one) => one.record.id === record?.id)
  return [found === undefined ? missing({ lang }, 'document') : annex(found.number)]
}
