import { quotedOf } from '../../core/model/incident/cause.ts'
import { capitalise, say } from '../../core/text/format.ts'
import { groundsSentence, itemName, itemSentence, outcomeName } from '../../core/text/sentence/cause.ts'
import { againstSentences, timesText } from '../../core/text/sentence/incident.ts'
import {
  itemsAgainst,
  numberWords,
  pairsSentences,
  quotedInterval,
  verdictLine,
  verdictName,
} from '../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { type Block, bulletList, heading, type Inline, paragraph, strong, textSpan } from '../../documents/paper.ts'
import { controlSentences } from './controls.ts'
import { cut, type ExhibitFinding, type PageBudget } from './finding.ts'
import { methodLimitBlocks } from './measured.ts'

// What the measurements weigh: every item of both sides, what speaks against, controls, and where the method ends.

/** Below this an item moves no word: a factor of 1.05. */
const NOTHING = 0.02

/** The sides of the table, in the order of the page. */
const SIDES = [
  { name: 'incident.weight-for', holds: (log10: number) => log10 > NOTHING },
  { name: 'incident.weight-against', holds: (log10: number) => log10 < -NOTHING },
  { name: 'exhibit.neither', holds: (log10: number) => Math.abs(log10) <= NOTHING },
] as const

/** Every item with what was seen and what it adds, strongest first; then the sum and the nearest other explanation. */
export function weightBlocks(lang: Lang, { incident }: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { cause } = incident
  const sorted = cause.items.toSorted((a, b) => Math.abs(b.log10Lr) - Math.abs(a.log10Lr))
  const sides = SIDES.flatMap(({ name, holds }) => {
    const items = sorted.filter(({ log10Lr }) => holds(log10Lr))
    if (items.length === 0) return []
    const shown = items.slice(0, Math.ceil(room.items / 2))
    return [
      [[strong(say(lang, name))], '', ''],
      ...shown.map((item): readonly Inline[] => [
        itemName(lang, item),
        itemSentence(lang, item),
        timesText(lang, item.log10Lr),
      ]),
      ...more(lang, items.length - shown.length),
    ]
  })
  const { quoted, mean, meaning } = numberWords(lang, cause)
  const told = quotedOf(cause)
  const pairs = incident.withdrawn ? [] : pairsSentences(lang, cause)
  const interval = quotedInterval(lang, told)
  return [
    heading(say(lang, 'exhibit.weight')),
    ...pairs.map((sentence) => paragraph(sentence)),
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'exhibit.item'), share: 1.5 },
        { head: say(lang, 'exhibit.seen'), share: 3 },
        { head: say(lang, 'exhibit.adds'), align: 'number', share: 1.2 },
      ],
      rows: [
        ...sides,
        [
          [strong(say(lang, 'incident.weight-quoted'))],
          [strong(verdictLine(lang, incident))],
          `${timesText(lang, told.log10Lr)}${interval === '' ? '' : ` (${interval})`}`,
        ],
      ],
    },
    ...(cause.word === 'insufficient'
      ? []
      : [
          paragraph(
            [quoted, ...meaning, mean ?? '', groundsSentence(lang, cause)].filter((one) => one !== '').join(' '),
          ),
        ]),
    paragraph(say(lang, 'incident.weight-politics')),
  ]
}

const more = (lang: Lang, left: number): readonly (readonly Inline[])[] =>
  left <= 0
    ? []
    : [
        [
          say(lang, 'exhibit.more-items', { count: formatNumber(lang, left) }),
          say(lang, 'exhibit.more-items-in', { file: 'data/incident.json' }),
          '',
        ],
      ]

/** Everything that speaks against, item by item and of the data themselves; in the size of everything else. */
export function againstBlocks(lang: Lang, { incident }: ExhibitFinding, room: PageBudget): readonly Block[] {
  const items = itemsAgainst(incident.cause).map(
    (item) => `${itemSentence(lang, item)} ${capitalise(lang, timesText(lang, item.log10Lr))}.`,
  )
  const all = [...items, ...againstSentences(lang, incident)]
  const shown = all.slice(0, room.against).map((sentence) => cut(sentence, { ...room, letters: room.letters * 3 }))
  const left = all.length - shown.length
  return [
    heading(say(lang, 'exhibit.against')),
    bulletList([
      ...(shown.length === 0 ? [say(lang, 'incident.against-none')] : shown),
      ...(left === 0
        ? []
        : [say(lang, 'exhibit.more-against', { count: formatNumber(lang, left), file: 'data/incident.json' })]),
    ]),
  ]
}

/** Controls of the series, and what else was measured at that time. */
export function controlBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const number = (value: number): string => formatNumber(lang, value)
  const order = { network: 0, comparison: 1, service: 2 }
  const sorted = finding.compared.toSorted((a, b) => order[a.kind] - order[b.kind] || b.measured - a.measured)
  const [shown, rest] = [sorted.slice(0, room.compared), sorted.slice(room.compared)]
  const sum = (pick: (one: (typeof rest)[number]) => number): string =>
    number(rest.reduce((total, one) => total + pick(one), 0))
  return [
    heading(say(lang, 'exhibit.controls')),
    bulletList(controlSentences(lang, finding)),
    shown.length === 0
      ? paragraph(say(lang, 'exhibit.controls-none'))
      : {
          kind: 'table',
          caption: say(lang, 'exhibit.controls-table'),
          columns: [
            { head: say(lang, 'exhibit.compared'), share: 3.4 },
            { head: say(lang, 'exhibit.devices'), align: 'number' },
            { head: say(lang, 'exhibit.measured'), align: 'number' },
            { head: say(lang, 'exhibit.failed'), align: 'number' },
          ],
          rows: [
            ...shown.map((one): readonly Inline[] => [
              say(lang, `exhibit.compared.${one.kind}`, { name: cut(one.name, room) }),
              number(one.devices),
              number(one.measured),
              number(one.failed),
            ]),
            ...(rest.length === 0
              ? []
              : [
                  [
                    say(lang, 'exhibit.more-compared', { count: number(rest.length) }),
                    '',
                    sum(({ measured }) => measured),
                    sum(({ failed }) => failed),
                  ],
                ]),
          ],
        },
  ]
}

/** Results listed for evidence that was not checked; further ones are only counted. */
const MOST_CHANGES = 3

/** Where the method ends, and what would change the conclusion. */
export function limitBlocks(
  lang: Lang,
  { incident: { cause, state } }: ExhibitFinding,
  room: PageBudget,
): readonly Block[] {
  const now = quotedOf(cause).log10Lr
  const turning = cause.unseen
    .flatMap((item) => item.after.map((after) => ({ item, ...after })))
    .filter(({ word }) => word !== cause.word)
    .toSorted((a, b) => Math.abs(b.log10Lr - now) - Math.abs(a.log10Lr - now))
  const changes = turning.slice(0, Math.min(MOST_CHANGES, room.items)).map(
    ({ item, outcome, log10Lr, word }) =>
      `${itemName(lang, item)}: ${outcomeName(lang, item, outcome)}. ${say(lang, 'incident.change-then', {
        word: verdictName(lang, { cause: { word }, state }),
        times: timesText(lang, log10Lr),
      })}`,
  )
  const about =
    cause.unseen.length === 0
      ? say(lang, 'incident.change-none')
      : say(lang, turning.length === 0 ? 'incident.change-would-not' : 'incident.change-would')
  return [
    ...methodLimitBlocks(lang, ['sample', 'gaps', 'sender', 'table', 'rate']),
    paragraph([textSpan(about)]),
    paragraph(say(lang, 'exhibit.questions', { file: 'docs/methods/hostile-expert.md' })),
    ...(changes.length === 0 ? [] : [bulletList(changes)]),
  ]
}
