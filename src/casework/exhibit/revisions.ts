import { goesOn } from '../../core/model/incident/bounds.ts'
import { successorOf, type Incident } from '../../core/model/incident/incident.ts'
import { wordName } from '../../core/text/sentence/cause.ts'
import { say } from '../../core/text/format.ts'
import { edgeText, headline, withdrawnText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime, HOME_ZONE } from '../../core/text/time.ts'
import { type Block, factRows, heading, type Inline, paragraph, strong, textSpan } from '../../documents/paper.ts'
import { cut, type ExhibitFinding, type PageBudget } from './finding.ts'
import { collectedRows, heldRow, methodLimitBlocks, seriesBlocks, whereBlocks } from './measured.ts'
import { controlBlocks } from './weighed.ts'

// What was published of an incident before, and what a paper has of one that was withdrawn instead of its edges and weight.

/** Every revision with its time, its reason and what it said, the newest of more; nothing where there is one alone. */
export function revisionBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { revisions } = finding
  if (revisions.length < 2) return []
  const shown = revisions.slice(-room.names)
  return [
    heading(say(lang, 'exhibit.revisions')),
    {
      kind: 'table',
      columns: [
        { head: '№', share: 0.4 },
        { head: 'UTC', share: 1.5 },
        { head: say(lang, 'exhibit.revision-reason'), share: 2 },
        { head: say(lang, 'exhibit.revision-said'), share: 4.2 },
      ],
      rows: shown.map((one): readonly Inline[] => [
        formatNumber(lang, one.revision),
        formatDateTime(lang, one.revisedAt, 'UTC'),
        cut(reasonText(lang, one), { ...room, letters: room.letters * 2 }),
        saidText(lang, { ...finding, incident: one }, room),
      ]),
    },
    ...(shown.length === revisions.length
      ? []
      : [
          paragraph(
            say(lang, 'exhibit.more-against', {
              count: formatNumber(lang, revisions.length - shown.length),
              file: 'data/incident.json',
            }),
          ),
        ]),
  ]
}

/** Why a revision was made; beside it what a person noted, or which incident took the place of a withdrawn one. */
function reasonText(lang: Lang, incident: Incident): string {
  const words = say(lang, `incident.reason.${incident.reason}`)
  const successor = successorOf(incident)
  if (successor !== undefined) return `${words}. ${say(lang, 'incident.successor', { id: successor })}`
  return incident.note === undefined ? words : `${words}. ${incident.note}`
}

/** What a revision says: headline, both edges, word of cause; of a withdrawn one that it is. */
function saidText(lang: Lang, one: ExhibitFinding, room: PageBudget): string {
  const { incident } = one
  const said = cut(headline(lang, one), room)
  if (incident.withdrawn) return `${said}.`
  const edges = (['start', 'end'] as const).map(
    (side) =>
      `${say(lang, `incident.${side}`)}: ${edgeText(lang, incident[side], { side, zone: HOME_ZONE, running: goesOn(incident) })}`,
  )
  const cause = `${say(lang, 'facts.conclusion')}: ${wordName(lang, incident.cause.word)}`
  return `${[said, ...edges, cause].join('. ')}.`
}

/** What was reported about a withdrawn incident before, and what was measured: no edges, no weight. */
export const withdrawnBlocks = (lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] => [
  ...revisionBlocks(lang, finding, room),
  ...whereBlocks(lang, finding, room),
  ...seriesBlocks(lang, finding, room),
  ...whoMeasuredBlocks(lang, finding, room),
  ...controlBlocks(lang, finding, room),
  // Without what would change a conclusion.
  ...methodLimitBlocks(lang, ['sample', 'gaps', 'sender', 'rate']),
]

/**
 * That an incident was withdrawn, when and why; if another one took its place, which. Then the paper does not say that
 * there was no restriction: the other incident reports one.
 */
export function withdrawnWords(lang: Lang, incident: Incident): string {
  const successor = successorOf(incident)
  if (successor === undefined)
    return [withdrawnText(lang, incident), ...(incident.note === undefined ? [] : [incident.note])].join(' ')
  const reason = `${say(lang, 'exhibit.revision-reason')}: ${say(lang, `incident.reason.${incident.reason}`)}`
  const at = `${formatDateTime(lang, incident.revisedAt, 'UTC')} UTC`
  return `${reason} (${at}). ${say(lang, 'incident.successor', { id: successor })}`
}

/** The finding of a withdrawn incident: that it is, why, and what the holders of an earlier bundle have to know. */
export const goneBlocks = (lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] => [
  {
    kind: 'finding',
    text: [
      strong(`${cut(headline(lang, finding), room)}.`),
      textSpan(` ${cut(withdrawnWords(lang, finding.incident), { ...room, letters: room.letters * 4 })}`),
    ],
  },
  paragraph(say(lang, 'exhibit.withdrawn-earlier')),
]

/** Who measured, without figures of an incident that no longer stands. */
const whoMeasuredBlocks = (lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] => [
  heading(say(lang, 'exhibit.who')),
  factRows([heldRow(lang, finding), ...collectedRows(lang, finding, room)]),
  paragraph(say(lang, finding.incident.simulated ? 'incident.simulated' : 'exhibit.volunteers')),
]
