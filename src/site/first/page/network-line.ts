import { urls } from '../../urls.ts'
import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { FirstChoice } from '../choice.ts'
import type { FirstNetwork } from './shown.ts'

/** Whose line a page speaks of, and the ways to the others. */
export interface NetworkLine {
  readonly choice: FirstChoice
  readonly own?: FirstNetwork
  readonly choices: readonly FirstNetwork[]
  /** Address of the same for another network, and for all of them together; absent: there is no such page. */
  readonly linkTo: (network: FirstNetwork) => string
  readonly all?: string
}

/** Name and number of a network, the number kept whole. */
export const networkName = ({ asn, name }: FirstNetwork): Markup =>
  name === '' ? html`<b class="nw">AS${asn}</b>` : html`<b>${name}</b> <span class="q nw">AS${asn}</span>`

/** The network of a page with a list of the others: links, no script. */
export function networkLine(lang: Lang, { choice, own, choices, linkTo, all }: NetworkLine): Markup {
  const shown =
    own === undefined
      ? html`<b>${say(lang, 'board.all-networks')}</b>`
      : html`<a href="${urls.network(lang, own.asn)}">${networkName(own)}</a>`
  return html`<section class="net" aria-label="${say(lang, 'board.network')}">
    <p>
      ${choice.kind === 'ask' ? say(lang, `board.ask.${choice.why}`) : html`${say(lang, 'board.network')}: ${shown}`}
    </p>
    ${
      choices.length === 0 && all === undefined
        ? ''
        : html`<details>
            <summary>${say(lang, own === undefined ? 'board.choose-network' : 'board.other-network')}</summary>
            <ul>
              ${choices.map(
                (one) =>
                  html`<li>
                    <a href="${linkTo(one)}"
                      >${one.name === '' ? '' : html`${one.name} `}<span class="q nw">AS${one.asn}</span></a
                    >
                  </li>`,
              )}
              ${all === undefined ? '' : html`<li><a href="${all}">${say(lang, 'board.all-networks')}</a></li>`}
            </ul>
          </details>`
    }
  </section>`
}
