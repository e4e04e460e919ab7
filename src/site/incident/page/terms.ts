import { html } from 'hono/html'
import type { Incident } from '../../../core/model/incident/incident.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { scaleSentences } from '../../../core/text/sentence/incident-verdict.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { urls } from '../../urls.ts'

const TERMS = ['closed', 'restriction', 'interference', 'weight', 'blocking'] as const

/** Names of what was seen, of what it fits and how well, with the scale of strength. Blocking only if it is said. */
export const renderTerms = (lang: Lang, { cause, mechanism, state }: Incident): Markup =>
  html`<ul class="plain">
      ${TERMS.filter((term) => term !== 'blocking' || (cause.word === 'blocking' && state !== 'throttled')).map(
        (term) =>
          html`<li><b>${say(lang, `incident.term.${term}`)}</b>: ${say(lang, `incident.term.${term}-means`)}</li>`,
      )}
      ${mechanism === undefined ? '' : html`<li>${say(lang, 'incident.mechanism', { mechanism: say(lang, `mechanism.${mechanism}`) })}</li>`}
      <li>
        ${say(lang, 'incident.terms-intent')}
        <a href="${urls.plain(lang, 'method')}">${say(lang, 'incident.terms-method')}</a>
      </li>
    </ul>
    ${
      cause.word === 'insufficient'
        ? ''
        : html`<p>${say(lang, 'incident.scale')}:</p>
            <ol class="plain">
              ${scaleSentences(lang).map(({ support, text }) =>
                support === cause.support ? html`<li><b>${text}</b></li>` : html`<li>${text}</li>`,
              )}
            </ol>
            <p>
              ${cause.quoted === undefined ? '' : say(lang, 'incident.strength-rests')} ${say(lang, 'weigh.judgement')}
            </p>`
    }`
