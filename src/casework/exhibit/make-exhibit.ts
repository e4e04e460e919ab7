import { Fault } from '../../core/model/errors.ts'
import { say } from '../../core/text/format.ts'
import { dateText, headline, networkText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Block, Paper } from '../../documents/paper.ts'
import { printPaper, type Attachment, type Print, type Printed } from '../../documents/typst/set-paper.ts'
import type { AloneFinding } from './alone-finding.ts'
import { alonePaper } from './alone-paper.ts'
import { cut, ROOMS, type ExhibitFinding, type PageBudget } from './finding.ts'
import { findingBlocks, seriesBlocks, whenBlocks, whereBlocks, whoBlocks } from './measured.ts'
import { reviewBlocks, reviewNotice } from './reviewed.ts'
import { goneBlocks, revisionBlocks, withdrawnBlocks } from './revisions.ts'
import { exhibitAnnexBlocks, codeLine, custodyBlocks, methodBlocks, verifyBlocks } from './proved.ts'
import { againstBlocks, controlBlocks, limitBlocks, weightBlocks } from './weighed.ts'

/** An exhibit is read in court: this many pages and no more. */
export const MOST_PAGES = 5

interface ExhibitOptions {
  readonly lang: Lang
  /** The proof, as files of the bundle: checkpoint, and incident with derivation or measurements with verdicts. */
  readonly attachments: readonly Attachment[]
  /** Sets the paper; absent: in this thread. */
  readonly print?: Print
}

/** The exhibit of an incident as data, with as much of each list as the room says. */
export function exhibitPaper(lang: Lang, finding: ExhibitFinding, room: PageBudget): Paper {
  const { incident } = finding
  return {
    lang,
    title: say(lang, 'exhibit.heading', {
      headline: cut(headline(lang, finding), room),
      network: cut(networkText(lang, finding), room),
      date: dateText(lang, incident),
    }),
    kicker: say(lang, 'exhibit.kicker'),
    id: finding.id,
    madeAt: finding.madeAt,
    ...(incident.simulated ? { banner: say(lang, 'paper.simulated') } : {}),
    blocks: [
      ...reviewNotice(lang, finding, room),
      ...(incident.withdrawn ? withdrawnPaper : standingBlocks)(lang, finding, room),
      ...reviewBlocks(lang, finding, room),
      ...methodBlocks(lang, finding),
      ...custodyBlocks(lang, finding, room),
      ...exhibitAnnexBlocks(lang, finding, room),
      ...verifyBlocks(lang, finding, [codeLine(lang, finding)]),
    ],
  }
}

/** What an incident that stands rests on. */
const standingBlocks = (lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] => [
  ...findingBlocks(lang, finding, room),
  ...whenBlocks(lang, finding),
  ...whereBlocks(lang, finding, room),
  ...revisionBlocks(lang, finding, room),
  ...seriesBlocks(lang, finding, room),
  ...whoBlocks(lang, finding, room),
  ...weightBlocks(lang, finding, room),
  ...againstBlocks(lang, finding, room),
  ...controlBlocks(lang, finding, room),
  ...limitBlocks(lang, finding, room),
]

/** That a withdrawn one is no longer valid comes first; then what was reported before and what was measured. */
function withdrawnPaper(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const [, ...notShown] = findingBlocks(lang, finding, room)
  return [...goneBlocks(lang, finding, room), ...notShown, ...withdrawnBlocks(lang, finding, room)]
}

/** The paper of either kind of bundle. */
const paperOf = (lang: Lang, finding: ExhibitFinding | AloneFinding, room: PageBudget): Paper =>
  'incident' in finding ? exhibitPaper(lang, finding, room) : alonePaper(lang, finding, room)

/**
 * The exhibit of a bundle as PDF/A-3a with the proof attached, on at most five pages: lists are shortened, and say so,
 * until it fits. What is missing where papers cannot be set here.
 */
export async function makeExhibit(
  finding: ExhibitFinding | AloneFinding,
  { lang, attachments, print = printPaper }: ExhibitOptions,
): Promise<Printed> {
  for (const room of ROOMS) {
    const printed = await print(paperOf(lang, finding, room), { standard: 'a-3a', attachments })
    if (printed.kind === 'missing' || printed.pages <= MOST_PAGES) return printed
  }
  throw new Fault(
    `Cannot make exhibit of ${finding.id}: it has more than ${MOST_PAGES} pages with every list shortened`,
  )
}
