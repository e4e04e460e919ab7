import { momentBounds } from '../../core/model/moment.ts'
import type { Order, Source, Statement } from '../../core/model/tables/record.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatMoment } from '../../core/text/moment.ts'
import { quote } from '../../core/text/sentence/verdict.ts'
import { type Block, heading, type Inline, type InlineSpan, note, paragraph, textSpan } from '../../documents/paper.ts'

// What others said and which acts are known, from the record. Every line has its source, in a note below it; a source
// that was never opened is marked as such.

/** The source of a line as a footnote. */
function sourceNote(lang: Lang, source: Source): InlineSpan {
  const parts = [
    say(lang, 'facts.source', { source: source.title }),
    ...(source.published === undefined
      ? []
      : [say(lang, 'facts.source-published', { date: formatMoment(lang, source.published) })]),
    ...(source.url === undefined ? [] : [source.url]),
    ...(source.archived === undefined ? [] : [say(lang, 'facts.source-archived', { place: source.archived })]),
    ...(source.checked ? [] : [say(lang, 'incident.statement-unchecked')]),
  ]
  return note(`${parts.join('; ').replace(/\.$/, '')}.`)
}

const unchecked = (lang: Lang, { checked }: Source): string =>
  checked ? '' : ` (${say(lang, 'incident.statement-unchecked')})`

/** Statements in the order of time, each as an allegation: the words of the source in its marks, or a summary without. */
export function statementBlocks(lang: Lang, statements: readonly Statement[]): readonly Block[] {
  const sorted = statements.toSorted((a, b) => momentBounds(a.at).from - momentBounds(b.at).from)
  return [
    heading(say(lang, 'facts.statements')),
    paragraph(say(lang, sorted.length === 0 ? 'facts.statements-none' : 'facts.statements-about')),
    ...sorted.map((one): Block =>
      paragraph(
        [
          textSpan(
            say(lang, 'facts.said', {
              when: formatMoment(lang, one.at).replace(/\.$/, ''),
              who: `${one.who[lang]}${unchecked(lang, one.source)}`,
              words: one.quote === undefined ? one.summary[lang] : quote(one.quote.lang, one.quote.text),
            }),
          ),
          // Words in another language are followed by what they mean.
          ...(one.quote === undefined || one.quote.lang === lang ? [] : [textSpan(` (${one.summary[lang]})`)]),
          sourceNote(lang, one.source),
        ],
        'allegation',
      ),
    ),
  ]
}

/** Acts that name the services, with what was asked and answered. */
export function actBlocks(lang: Lang, orders: readonly Order[]): readonly Block[] {
  const title = heading(say(lang, 'facts.acts'))
  if (orders.length === 0) return [title, paragraph(say(lang, 'facts.acts-none'))]
  return [
    title,
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'facts.act'), share: 2.4 },
        { head: say(lang, 'facts.act-number'), share: 1.4 },
        { head: say(lang, 'facts.act-basis'), share: 1.8 },
        { head: say(lang, 'facts.act-text'), share: 0.8 },
        { head: say(lang, 'facts.act-request'), share: 1.8 },
      ],
      rows: orders.map((order): readonly Inline[] => [
        [textSpan(`${order.title[lang]}${unchecked(lang, order.source)}`), sourceNote(lang, order.source)],
        [order.number, order.at === undefined ? undefined : formatMoment(lang, order.at)]
          .filter((part) => part !== undefined)
          .join(', '),
        order.basis?.[lang] ?? '',
        say(lang, order.textHeld ? 'paper.yes' : 'paper.none'),
        asked(lang, order),
      ]),
    },
  ]
}

function asked(lang: Lang, { requestedOn, answeredOn, answer }: Order): string {
  if (requestedOn === undefined) return say(lang, 'facts.act-unrequested')
  const reply =
    answeredOn === undefined
      ? say(lang, 'facts.act-unanswered')
      : [formatMoment(lang, answeredOn), answer?.[lang] ?? ''].filter((part) => part !== '').join(': ')
  return `${formatMoment(lang, requestedOn)}; ${reply}`
}
