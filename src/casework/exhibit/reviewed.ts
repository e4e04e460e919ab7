import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { reviewFacts, reviewKind, reviewWho } from '../../core/text/sentence/review.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { type Block, heading, type Inline, paragraph, strong, textSpan } from '../../documents/paper.ts'
import { cut, type ExhibitFinding, type PageBudget } from './finding.ts'

// What people did with the incident. It changes nothing that the program found, and a court must not miss it.

/** The act in force, before everything else; nothing where there is none. */
export function reviewNotice(lang: Lang, { review }: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { standing, by } = review
  if (standing === 'none' || by === undefined) return []
  const at = `${formatDateTime(lang, by.confirmed?.at ?? by.at, 'UTC')} UTC`
  const reason = `${say(lang, 'review.reason')}: ${cut(by.reason, { ...room, letters: room.letters * 2 })}`
  return [
    {
      kind: 'finding',
      text: [strong(`${say(lang, `review.standing.${standing}`)}.`), textSpan(` ${at}. ${reason}`)],
    },
  ]
}

/** Every act with its reason and how it stood when the bundle was made, the newest of more; nothing where there is none. */
export function reviewBlocks(lang: Lang, { review }: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { acts } = review
  if (acts.length === 0) return []
  const shown = acts.slice(-room.names)
  return [
    heading(say(lang, 'review.title')),
    paragraph(say(lang, 'review.about')),
    {
      kind: 'table',
      columns: [
        { head: 'UTC', share: 1.5 },
        { head: say(lang, 'review.title'), share: 2.6 },
        { head: say(lang, 'review.reason'), share: 4 },
      ],
      rows: shown.map((act): readonly Inline[] => [
        formatDateTime(lang, act.at, 'UTC'),
        `${reviewKind(lang, act)}. ${[reviewWho(lang, act), ...reviewFacts(lang, act, 'UTC')].join('. ')}.`,
        cut(act.reason, { ...room, letters: room.letters * 2 }),
      ]),
    },
    ...(shown.length === acts.length
      ? []
      : [
          paragraph(
            say(lang, 'exhibit.more-against', { count: String(acts.length - shown.length), file: 'data/custody/' }),
          ),
        ]),
  ]
}
