import { goesOn } from '../../core/model/incident/bounds.ts'
import type { Order, Statement } from '../../core/model/tables/record.ts'
import type { Instant } from '../../core/model/units.ts'
import { capitalise, say } from '../../core/text/format.ts'
import { groundsSentence } from '../../core/text/sentence/cause.ts'
import { conclusionSentences, verdictLine } from '../../core/text/sentence/incident-verdict.ts'
import { dateText, devicesText, edgeText, headline, networkText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { HOME_ZONE } from '../../core/text/time.ts'
import { ROOMS, type ExhibitFinding, type PageBudget } from '../exhibit/finding.ts'
import { notShownBlocks, seriesBlocks, whenBlocks, whereBlocks, whoBlocks } from '../exhibit/measured.ts'
import { custodyBlocks, methodBlocks } from '../exhibit/proved.ts'
import { revisionBlocks, withdrawnBlocks, withdrawnWords } from '../exhibit/revisions.ts'
import { againstBlocks, controlBlocks, limitBlocks, weightBlocks } from '../exhibit/weighed.ts'
import {
  blank,
  type Block,
  bulletList,
  code,
  factRows,
  heading,
  type Inline,
  type Paper,
  paragraph,
  strong,
} from '../../documents/paper.ts'
import { actBlocks, statementBlocks } from './said.ts'

/** What a statement of facts is made from. */
export interface StatedFacts {
  /** Name of the case or the bundle, for the footer. */
  readonly id: string
  readonly madeAt: Instant
  readonly findings: readonly ExhibitFinding[]
  /** What was said about that time, from the record; words, never evidence. */
  readonly statements: readonly Statement[]
  readonly orders: readonly Order[]
  /** Requests for the act with what came of each, from the case, in the language of the paper. */
  readonly requests?: readonly Block[]
}

/** A statement of facts has no bound of pages: it lists everything. */
const WHOLE: PageBudget = {
  items: 100,
  against: 200,
  compared: 100,
  names: 100,
  bars: 36,
  annexes: 100,
  letters: 300,
}

/** Sections of one incident are parts of its section. */
const deeper = (blocks: readonly Block[]): readonly Block[] =>
  blocks.map((block) => (block.kind === 'heading' && block.level === 2 ? { ...block, level: 3 } : block))

/**
 * The statement of facts: what was measured as facts, what follows as inferences with their strength, what others said
 * as allegations; what the evidence does not show, and a place to sign.
 */
export function statementPaper(lang: Lang, facts: StatedFacts): Paper {
  const { findings } = facts
  const [first, ...others] = findings
  // One section for all where they were made alike, else one in the part of each.
  const alike = others.every((one) => madeWith(one) === madeWith(first))
  return {
    lang,
    title: say(lang, 'facts.title'),
    kicker: say(lang, 'facts.kicker'),
    id: facts.id,
    madeAt: facts.madeAt,
    ...(findings.some(({ incident }) => incident.simulated) ? { banner: say(lang, 'paper.simulated') } : {}),
    blocks: [
      paragraph(say(lang, 'facts.about')),
      heading(say(lang, 'facts.summary')),
      summaryTable(lang, findings),
      ...notShownBlocks(lang),
      ...findings.flatMap((finding, at) => [
        ...incidentBlocks(lang, finding, at + 1),
        ...(alike ? [] : deeper(methodBlocks(lang, finding))),
      ]),
      ...(first === undefined || !alike ? [] : methodBlocks(lang, first)),
      ...statementBlocks(lang, facts.statements),
      ...actBlocks(lang, facts.orders),
      ...(facts.requests ?? []),
      ...glossaryBlocks(lang),
      heading(say(lang, 'facts.signature')),
      {
        kind: 'signature',
        rows: [
          { label: say(lang, 'facts.signature-who'), value: [blank(say(lang, 'facts.signature-who'))] },
          { label: say(lang, 'facts.signature-date'), value: [blank(say(lang, 'facts.signature-date'))] },
          { label: say(lang, 'facts.signature') },
        ],
      },
    ],
  }
}

/** Everything that the section on method and versions says of a finding. */
const madeWith = (finding: ExhibitFinding | undefined): string =>
  JSON.stringify(finding === undefined ? null : methodBlocks('en', finding))

const edge = (lang: Lang, { incident }: ExhibitFinding, side: 'start' | 'end'): string =>
  edgeText(lang, incident[side], { side, zone: HOME_ZONE, running: goesOn(incident) })

function summaryTable(lang: Lang, findings: readonly ExhibitFinding[]): Block {
  if (findings.length === 0) return paragraph([blank(say(lang, 'facts.summary'))])
  return {
    kind: 'table',
    columns: [
      { head: say(lang, 'facts.number'), share: 0.4 },
      { head: say(lang, 'facts.what'), share: 2 },
      { head: say(lang, 'exhibit.network'), share: 1.6 },
      { head: say(lang, 'incident.start'), share: 1.8 },
      { head: say(lang, 'incident.end'), share: 1.8 },
      { head: say(lang, 'facts.conclusion'), share: 2 },
    ],
    rows: findings.map((finding, at): readonly Inline[] => [
      String(at + 1),
      headline(lang, finding),
      networkText(lang, finding),
      ...(finding.incident.withdrawn
        ? ['\u2013', '\u2013']
        : [edge(lang, finding, 'start'), edge(lang, finding, 'end')]),
      finding.incident.withdrawn ? say(lang, 'incident.reason.withdrawn') : verdictLine(lang, finding.incident),
    ]),
  }
}

/** What was measured, in a sentence; of a withdrawn incident that it is one, since nothing of it stands. */
function measuredText(lang: Lang, finding: ExhibitFinding): string {
  const { incident } = finding
  const named = {
    headline: headline(lang, finding),
    network: networkText(lang, finding),
    date: dateText(lang, incident),
  }
  if (incident.withdrawn) return `${say(lang, 'exhibit.heading', named)}.`.replaceAll('..', '.')
  const measured = say(lang, 'facts.measured', {
    ...named,
    start: edge(lang, finding, 'start'),
    end: edge(lang, finding, 'end'),
  }).replaceAll('..', '.')
  return `${measured} ${devicesText(lang, incident)}`
}

function incidentBlocks(lang: Lang, finding: ExhibitFinding, number: number): readonly Block[] {
  const { incident } = finding
  const concluded = [
    ...conclusionSentences(lang, incident),
    groundsSentence(lang, incident.cause),
    say(lang, 'facts.who'),
  ]
  return [
    heading(
      say(lang, 'facts.incident', {
        number: String(number),
        headline: headline(lang, finding),
        network: networkText(lang, finding),
      }),
    ),
    paragraph(measuredText(lang, finding), 'fact'),
    paragraph(
      incident.withdrawn
        ? withdrawnWords(lang, incident)
        : concluded
            .filter((sentence) => sentence !== '')
            .map((sentence) => (sentence.endsWith('.') ? sentence : `${sentence}.`))
            .join(' '),
      'inference',
    ),
    factRows([
      { label: say(lang, 'facts.bundle'), value: [code(finding.id)] },
      { label: say(lang, 'incident.cite-id'), value: [code(incident.id)] },
      { label: say(lang, 'incident.code'), value: [code(finding.code)] },
    ]),
    ...deeper([
      ...(incident.withdrawn ? withdrawnBlocks(lang, finding, WHOLE) : standingBlocks(lang, finding)),
      ...custodyBlocks(lang, finding, ROOMS[0] ?? WHOLE),
    ]),
  ]
}

/** What an incident that stands rests on. */
const standingBlocks = (lang: Lang, finding: ExhibitFinding): readonly Block[] => [
  ...whenBlocks(lang, finding),
  ...whereBlocks(lang, finding, WHOLE),
  ...revisionBlocks(lang, finding, WHOLE),
  ...seriesBlocks(lang, finding, WHOLE),
  ...whoBlocks(lang, finding, WHOLE),
  ...weightBlocks(lang, finding, WHOLE),
  ...againstBlocks(lang, finding, WHOLE),
  ...controlBlocks(lang, finding, WHOLE),
  ...limitBlocks(lang, finding, WHOLE),
]

const TERMS = ['closed', 'restriction', 'interference', 'blocking'] as const

const glossaryBlocks = (lang: Lang): readonly Block[] => [
  heading(say(lang, 'facts.glossary')),
  bulletList(
    TERMS.map((term) => [
      strong(capitalise(lang, say(lang, `incident.term.${term}`))),
      { kind: 'text', text: `: ${say(lang, `incident.term.${term}-means`)}` },
    ]),
  ),
]
