import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { networkText, shareText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime, formatOffset } from '../../core/text/time.ts'
import { controlSentences } from '../exhibit/controls.ts'
import type { ExhibitFinding } from '../exhibit/finding.ts'
import { annexRows, leafText } from '../exhibit/proved.ts'
import { withdrawnWords } from '../exhibit/revisions.ts'
import {
  blank,
  type Block,
  code,
  factRows,
  heading,
  type Inline,
  type InlineSpan,
  type LabelledFact,
  orBlank,
  type Paper,
  paragraph,
  spansOf,
  textSpan,
} from '../../documents/paper.ts'
import type { MeansField } from './means-fields.ts'

export interface Means {
  readonly id: string
  readonly madeAt: Instant
  readonly finding: ExhibitFinding
  readonly given: Partial<Readonly<Record<MeansField, string>>>
}

/**
 * The note on the technical means used, in the thirteen points of docs/methods/documents.md. Which article asks for it, and
 * under which title, is marked for a lawyer.
 */
export function meansPaper(lang: Lang, { id, madeAt, finding, given }: Means): Paper {
  const rows: readonly LabelledFact[] = [
    { label: say(lang, 'means.who'), value: orBlank(given.who, say(lang, 'means.who-what')) },
    { label: say(lang, 'means.purpose'), value: orBlank(given.purpose, say(lang, 'means.purpose-what')) },
    { label: say(lang, 'means.device'), value: orBlank(given.device, say(lang, 'means.device-what')) },
    { label: say(lang, 'means.program'), value: programOf(lang, finding, given) },
    {
      label: say(lang, 'means.network'),
      value: [
        textSpan(`${networkText(lang, finding)}; `),
        ...spansOf(orBlank(given.contract, say(lang, 'means.contract-what'))),
      ],
    },
    { label: say(lang, 'means.place'), value: placeOf(lang, finding, given) },
    { label: say(lang, 'means.conditions'), value: orBlank(given.conditions, say(lang, 'means.conditions-what')) },
    {
      label: say(lang, 'means.actions'),
      value: orBlank(given.actions ?? knownActions(lang, finding), say(lang, 'means.actions-what')),
    },
    { label: say(lang, 'means.controls'), value: controlSentences(lang, finding).join(' ') },
    { label: say(lang, 'means.result'), value: resultText(lang, finding) },
    { label: say(lang, 'means.carriers'), value: say(lang, 'means.carriers-below') },
  ]
  return {
    lang,
    title: say(lang, 'means.title'),
    id,
    madeAt,
    ...(finding.incident.simulated ? { banner: say(lang, 'paper.simulated') } : {}),
    blocks: [
      factRows(rows),
      carriersTable(lang, finding),
      heading(say(lang, 'means.declaration')),
      paragraph(orBlank(given.declaration, say(lang, 'means.declaration-what'))),
      heading(say(lang, 'means.signature')),
      {
        kind: 'signature',
        rows: [
          { label: say(lang, 'facts.signature-who'), value: orBlank(given.who, say(lang, 'means.who-what')) },
          { label: say(lang, 'facts.signature-date'), value: [blank(say(lang, 'facts.signature-date'))] },
          { label: say(lang, 'facts.signature') },
        ],
      },
    ],
    sheet: [
      paragraph(say(lang, 'means.about')),
      paragraph([textSpan(say(lang, 'means.title-mark')), { kind: 'unconfirmed' }]),
    ],
  }
}

/** The program that measured; beside it the one that processed the results, which is another and not answered for by it. */
const programOf = (lang: Lang, { software, program }: ExhibitFinding, given: Means['given']): Inline => [
  ...(software.length === 0
    ? [blank(say(lang, 'means.program-what'))]
    : [textSpan(software.map(({ name }) => name).join('; '))]),
  textSpan('; '),
  given.source === undefined ? blank(say(lang, 'means.source-what')) : code(given.source),
  textSpan('; '),
  given.binary === undefined ? blank(say(lang, 'means.binary-what')) : code(given.binary),
  textSpan(`; ${say(lang, 'means.judged', { version: program.version })} `),
  code(program.source_sha256),
]

/** How this project's own programs measure; what another one does is not known here. */
const knownActions = (lang: Lang, { software }: ExhibitFinding): string | undefined =>
  software.length > 0 && software.every(({ name }) => /^kuager\b/.test(name))
    ? say(lang, 'means.actions-default')
    : undefined

function placeOf(lang: Lang, { readings }: ExhibitFinding, given: Means['given']): Inline {
  const times = readings.map(({ at }) => at).toSorted((a, b) => a - b)
  const [since, until] = [times[0], times.at(-1)]
  const span: readonly InlineSpan[] =
    since === undefined || until === undefined
      ? []
      : [
          textSpan(
            `; ${say(lang, 'means.span', {
              since: formatDateTime(lang, since),
              until: formatDateTime(lang, until),
              zone: formatOffset(since),
            })}`,
          ),
        ]
  return [
    ...spansOf(orBlank(given.place, say(lang, 'means.place-what'))),
    ...span,
    textSpan('; '),
    ...spansOf(orBlank(given.clock, say(lang, 'means.clock-what'))),
  ]
}

const carriersTable = (lang: Lang, { annexes }: ExhibitFinding): Block => ({
  kind: 'table',
  caption: say(lang, 'means.carriers-table'),
  columns: [
    { head: '№', share: 0.4 },
    { head: say(lang, 'exhibit.annex-file'), share: 2 },
    { head: say(lang, 'means.size-digest'), share: 3.4 },
    { head: say(lang, 'exhibit.annex-leaf'), align: 'number', share: 1.2 },
  ],
  rows: annexRows(annexes).map(({ name, count, sha512, leaves }, at): readonly Inline[] => [
    String(at + 1),
    count === 1
      ? [code(name)]
      : [code(name), textSpan(` ${say(lang, 'exhibit.annex-files', { count: formatNumber(lang, count) })}`)],
    [code(sha512)],
    leafText(leaves),
  ]),
})

/** Figures of an incident that stands; of a withdrawn one that it is, since none of them holds. */
const resultText = (lang: Lang, { incident }: ExhibitFinding): string =>
  incident.withdrawn ? withdrawnWords(lang, incident) : shareText(lang, incident).join(' ')
