import { defined } from '../../core/model/defined.ts'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { task } from '../terminal/command.ts'
import { optional, wholeNumber } from '../terminal/option.ts'
import { filePath, LANG } from '../terminal/shared-options.ts'
import { ACTOR, CASE, caseCall } from './options.ts'
import type { World } from '../../runtime/world.ts'
import { DOCUMENTS, openCaseFolder } from '../../casework/case/case-folder.ts'
import { ADDRESSEES, type CaseRecord } from '../../casework/case/case-form.ts'
import { withoutMistakes } from '../../casework/case/occurrences.ts'
import { PaperFolder } from '../../casework/case/paper-folder.ts'
import { writeDocx } from '../../documents/docx.ts'
import { spansIn, type Paper } from '../../documents/paper.ts'
import {
  checkBehind,
  noteBehind,
  paperAnnexes,
  recordName,
  viewCase,
  type CaseView,
} from '../../casework/documents/case-view.ts'
import { CLAIM_LANGS, claimPaper } from '../../casework/documents/claim.ts'
import { COMMUNICATION_LANGS, communicationPaper } from '../../casework/documents/communication.ts'
import { formatDay } from '../../casework/documents/day-text.ts'
import { requestBlocks } from '../../casework/documents/parts.ts'
import { filedCopy, lawyerCopy } from '../../casework/documents/filed.ts'
import { REQUEST_LANGS, requestPaper } from '../../casework/documents/request.ts'
import { submissionsOf } from '../../casework/documents/submission.ts'
import { parseDay } from '../../casework/deadlines/calendar.ts'
import { lawRecord } from '../../casework/law/law-notice.ts'
import { loadLaw, type Law } from '../../casework/law/load-law.ts'
import { annexPaper, type Annex } from '../../casework/statement/annex-paper.ts'
import { meansPaper } from '../../casework/statement/means-paper.ts'
import { statementPaper } from '../../casework/statement/statement-paper.ts'
import { printPaper } from '../../documents/typst/set-paper.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { besideFindings, readFindings, type CaseFinding } from '../../app/case/facts.ts'
import { findChanges } from './status.ts'
import { printable } from '../../core/text/printable.ts'

/** A paper with the name of its files, without their ending. */
interface NamedPaper {
  readonly name: string
  readonly paper: Paper
}

/** Ending of the name of a copy for the lawyer, which is not filed. */
const FOR_LAWYER = '-lawyer'

interface BuildOptions {
  readonly world: World
  readonly lang: Lang
  /** Folder of the papers; `papers/` of the case where absent. */
  readonly out?: string
  /** Pages that a communication may have. */
  readonly mostPages?: number
}

export const command = task({
  about: `
Build every document of a case, as PDF and DOCX. Each has a copy for the lawyer. Built are requests for the act,
complaints, a claim, an appeal, a communication to the Human Rights Committee and a letter to the special procedures.
Bundles give a statement of facts and notes on technical means; an index lists the annexes. Missing facts become
fields to fill in. Documents carry the date of the last change: the same case gives the same bytes.`,
  examples: ['my-case', 'my-case --out papers'],
  words: CASE,
  options: {
    out: optional('FOLDER', 'Folder of the documents.', { read: filePath, byDefault: 'papers of the case' }),
    'most-pages': optional('N', 'Pages that the Committee accepts.', {
      read: wholeNumber(1, 99_999),
      byDefault: '50, which a lawyer must confirm',
    }),
    actor: ACTOR,
    lang: { ...LANG, about: `${LANG.about} Documents are made in their own languages.` },
  },
  exit: { 1: 'internal error, or a package for PDF is missing', 3: 'a document of the case is gone or was changed' },
  run({ out, 'most-pages': mostPages, lang, ...values }, call) {
    const { folder } = caseCall(values, call)
    return buildCase(folder, {
      ...{ world: call.world, lang },
      ...(out === undefined ? {} : { out }),
      ...(mostPages === undefined ? {} : { mostPages }),
    })
  },
})

async function buildCase(
  folder: string,
  { world, lang, out, mostPages = loadLaw().length.most_pages }: BuildOptions,
): Promise<number> {
  const whole = await openCaseFolder(folder)
  const changes = await findChanges(folder, whole, world.signal)
  const file = withoutMistakes(whole)
  if (changes.size > 0) {
    // A paper names documents by their digests and is made of bundles: it is not made of others than were taken in.
    for (const [id, change] of changes) world.err.write(`${id}: ${say(lang, `casework.record-${change}`)}\n`)
    return 3
  }
  const views = Object.fromEntries(LANGS.map((one) => [one, viewCase(file, one)])) as Record<Lang, CaseView>
  const to = out ?? join(folder, 'papers')
  const papers = await PaperFolder.open(to)
  const made: Made[] = []
  const findings = await readFindings(folder, file, world)
  const { law } = views.kk
  const all = [...papersOf(views), ...findingPapers(views, findings)].map((one) => pinned(one, law))
  for (const { name, paper } of all) {
    made.push(await makePaper({ name, paper: filedCopy(paper, law) }, papers, { world, lang }))
    const copy = lawyerCopy(paper, `${name}.pdf`)
    if (copy !== undefined) await writeForLawyer(`${name}${FOR_LAWYER}.docx`, copy, papers)
  }
  const annexes = LANGS.map((one) => ({ name: `annexes-${one}`, paper: annexIndex(views[one], made) }))
  for (const one of annexes) made.push(await makePaper(pinned(one, law), papers, { world, lang }))
  const used = all.map(({ paper }) => paper)
  await papers.finish(file, lawRecord(law, used, views.kk.deadlines))
  for (const { name, moved } of papers.aside)
    world.err.write(`${say(lang, 'casework.paper-aside', { file: name, moved })}\n`)
  const missing = made.find((one) => one.missing !== undefined)?.missing
  if (missing !== undefined) world.err.write(`${say(lang, 'casework.paper-no-pdf', { missing })}\n`)
  for (const { file: name, pages } of made)
    if (name.startsWith('communication-')) tellLength(name, pages, { world, lang, mostPages })
  return missing === undefined ? 0 : 1
}

/** A document with the law data that it was made with: those that cite none have deadlines in them. */
const pinned = ({ name, paper }: NamedPaper, { version, sha256 }: Law): NamedPaper => ({
  name,
  paper: { ...paper, law: { version, sha256 } },
})

/** Documents that rest on the case alone, in the languages of those who read them. */
export function papersOf(views: Readonly<Record<Lang, CaseView>>): readonly NamedPaper[] {
  return [
    ...ADDRESSEES.flatMap((to) =>
      REQUEST_LANGS.map((lang) => ({ name: `request-${to}-${lang}`, paper: requestPaper(views[lang], lang, to) })),
    ),
    ...CLAIM_LANGS.map((lang) => ({ name: `claim-${lang}`, paper: claimPaper(views[lang], lang) })),
    ...submissionsOf(views.kk).flatMap(({ name, langs, make }) =>
      langs.map((lang) => ({ name: `${name}-${lang}`, paper: make(views[lang]) })),
    ),
    ...COMMUNICATION_LANGS.map((lang) => ({
      name: `communication-${lang}`,
      paper: communicationPaper(views[lang], lang),
    })),
  ]
}

/** Languages of the note on technical means: those of the courts. */
const MEANS_LANGS = ['kk', 'ru'] as const

/** Papers about what was measured: they are made where a bundle says something, and say nothing without one. */
function findingPapers(
  views: Readonly<Record<Lang, CaseView>>,
  findings: readonly CaseFinding[],
): readonly NamedPaper[] {
  if (findings.length === 0) return []
  const { file, madeAt } = views.kk
  const { id } = file
  const beside = besideFindings(findings)
  const all = findings.map(({ finding }) => finding)
  return [
    ...LANGS.map((lang) => ({
      name: `statement-${lang}`,
      paper: statementPaper(lang, { id, madeAt, findings: all, ...beside, requests: requestBlocks(views[lang]) }),
    })),
    // Who measured, with what and where is known to the person who did: what they did not say is a blank, and nothing is guessed.
    ...findings.flatMap(({ record, finding }) =>
      MEANS_LANGS.map((lang) => ({
        name: `means-${record.id}-${lang}`,
        paper: meansPaper(lang, { id, madeAt, finding, given: file.means?.[record.id] ?? {} }),
      })),
    ),
  ]
}

interface Made {
  readonly file: string
  readonly pages?: number
  /** Of its PDF. */
  readonly sha256?: string
  /** Package without which no PDF was made. */
  readonly missing?: string
}

async function makePaper(
  { name, paper }: NamedPaper,
  to: PaperFolder,
  { world, lang }: { readonly world: World; readonly lang: Lang },
): Promise<Made> {
  world.signal.throwIfAborted()
  const written = await writeDocx(paper)
  if (written.kind === 'written') await to.put(`${name}.docx`, written.docx)
  const printed = await printPaper(paper, { standard: 'ua-1' })
  const blanks = formatNumber(lang, spansIn(paper).filter(({ kind }) => kind === 'blank').length)
  if (printed.kind === 'missing' || written.kind === 'missing') {
    if (printed.kind === 'printed') await to.put(`${name}.pdf`, printed.pdf)
    world.out.write(`${say(lang, 'casework.paper-blanks', { file: name, blanks })}\n`)
    const missing = printed.kind === 'missing' ? printed.missing : 'docx'
    return { file: name, missing }
  }
  await to.put(`${name}.pdf`, printed.pdf)
  const pages = formatNumber(lang, printed.pages)
  world.out.write(`${say(lang, 'casework.paper-made', { file: `${name}.pdf`, pages, blanks })}\n`)
  return { file: `${name}.pdf`, pages: printed.pages, sha256: hash('sha256', printed.pdf) }
}

/** A copy for the lawyer is made to write in: DOCX alone. */
async function writeForLawyer(file: string, paper: Paper, to: PaperFolder): Promise<void> {
  const written = await writeDocx(paper)
  if (written.kind === 'written') await to.put(file, written.docx)
}

/** Letters of a note in the index of annexes; the other papers have all of it. */
const MOST_NOTE = 200

/** Documents of the case, and papers made of its bundles, under the numbers that its papers name them by. */
function annexIndex(view: CaseView, made: readonly Made[]): Paper {
  const { lang, file, madeAt } = view
  const annexes = view.annexes.flatMap(({ record }): readonly Annex[] => {
    const { held } = record
    if (held === undefined) return []
    return [
      {
        title: `${recordName(view, record)}, ${formatDay(lang, parseDay(record.day))}${checkBehind(view, record)}${noteBehind(record, MOST_NOTE)}`,
        file: held.path.slice(DOCUMENTS.length + 1),
        digest: { name: 'SHA-256', hex: held.sha256 },
        provenance: record.from,
        ...loggedOf(view, record),
        ...pagesOf(record),
      },
    ]
  })
  const papers = paperAnnexes(view).flatMap((one): readonly Annex[] => {
    const { sha256, pages } = made.find((paper) => paper.file === one.file) ?? {}
    if (sha256 === undefined) return []
    return [
      {
        title: one.title,
        file: one.file,
        digest: { name: 'SHA-256', hex: sha256 },
        provenance: 'Kuager',
        ...defined({ pages }),
      },
    ]
  })
  return annexPaper(lang, {
    id: file.id,
    madeAt,
    annexes: [...annexes, ...papers],
    ...(view.simulated ? { banner: say(lang, 'paper.simulated') } : {}),
  })
}

/** Number and SHA-256 of a saved check in its log; nothing of one that failed its check. */
function loggedOf({ lang }: CaseView, { check }: CaseRecord): Pick<Annex, 'logged'> {
  if (check === undefined || check.kind === 'wanting') return {}
  const said = `${say(lang, 'document.check.leaf')}: ${check.leaf_index} (${check.origin}), ${say(lang, 'document.check.checksum')}`
  return { logged: { said, hex: check.sha256 } }
}

/** A bundle or a saved check is read on a screen: it has pages only if it was printed and they were counted. */
const pagesOf = ({ kind, pages }: CaseRecord): Pick<Annex, 'pages'> => {
  if (pages !== undefined) return { pages }
  return kind === 'bundle' || kind === 'saved-check' ? { pages: 'none' } : {}
}

function tellLength(
  name: string,
  pages: number | undefined,
  { world, lang, mostPages }: Required<Omit<BuildOptions, 'out'>>,
): void {
  if (pages === undefined) return
  const { summary_above_pages: above, summary_most_pages: most } = loadLaw().length
  const file = printable(name)
  const number = (value: number): string => formatNumber(lang, value)
  if (pages > mostPages)
    world.err.write(`${say(lang, 'casework.paper-long', { file, pages: number(pages), most: number(mostPages) })}\n`)
  else if (pages > above)
    world.err.write(`${say(lang, 'casework.paper-summary', { file, above: number(above), most: number(most) })}\n`)
}
