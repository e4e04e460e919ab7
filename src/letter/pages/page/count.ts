import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { commands, pairs, points, titled } from '../../../web/html/prose.ts'
import { section } from '../../../web/html/section.ts'
import { logUrls } from '../../../web/log-urls.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'
import type { LetterView } from './letter-view.ts'
import { removed, sum, tiers } from './numbers.ts'

/** The log as it is: what a third party starts from. */
export interface LetterLogView {
  readonly size: number
  /** Signed note, as it is served. */
  readonly checkpoint: string
  /** Public key as a line of a verifier. */
  readonly keys: readonly string[]
}

/** How anyone recounts the number. `address`: where the service is found. */
export const countPage = (
  lang: Lang,
  view: LetterView,
  { log, address }: { readonly log: LetterLogView | undefined; readonly address: string },
): LetterPage => ({
  lang,
  kind: 'plain',
  simulated: view.letter.simulated,
  inLang: (other) => letterUrls.count(other, view.letter.id),
  letter: view.letter.id,
  body: html`${titled(say(lang, 'letter.count.title'), say(lang, 'letter.count.lead'))}
    ${section(
      'number',
      say(lang, 'letter.counted'),
      '',
      html`<div class="counted">${sum(lang, view)}</div>
        ${tiers(lang, view)}`,
    )}
    ${section('removed', say(lang, 'letter.removed'), '', removed(lang, view))}
    ${section(
      'shows',
      say(lang, 'letter.count.shows'),
      '',
      points(lang, ['letter.count.shows.number', 'letter.count.shows.removed', 'letter.count.shows.kept']),
    )}
    ${section(
      'not',
      say(lang, 'letter.count.not'),
      '',
      points(lang, ['letter.count.not.person', 'letter.count.not.name']),
    )}
    ${section(
      'program',
      say(lang, 'letter.count.program'),
      '',
      html`<p>${say(lang, 'letter.count.program-about')}</p>
        ${commands(lang, [`npx kuager letter verify ${address}`])}`,
    )}
    ${section(
      'hand',
      say(lang, 'letter.count.hand'),
      '',
      html`<ol class="points">
          ${(['fetch', 'read', 'add', 'subtract', 'root'] as const).map(
            (step) => html`<li>${say(lang, `letter.count.hand.${step}`)}</li>`,
          )}
        </ol>
        ${commands(lang, [
          `curl ${address}${logUrls.logCheckpoint()}`,
          `curl ${address}${logUrls.logKeys()}`,
          `curl ${address}/log/tile/entries/000${tail(log?.size ?? 0)}`,
        ])}`,
    )}
    ${section('log', say(lang, 'letter.count.log'), '', logPart(lang, log))}
    <p class="back">
      <a class="tap" href="${letterUrls.letter(lang, view.letter.id)}">${say(lang, 'letter.back')}</a>
    </p>`,
})

/** A tree of fewer than 256 leaves has one tile, named by its width. */
const tail = (size: number): string => (size > 0 && size < 256 ? `.p/${size}` : '')

const logPart = (lang: Lang, log: LetterLogView | undefined) => {
  if (log === undefined) return html`<p>${say(lang, 'letter.count.none')}</p>`
  const [origin = '', , root = ''] = log.checkpoint.split('\n')
  return html`${pairs([
      [say(lang, 'letter.count.origin'), html`<span class="any" translate="no">${origin}</span>`],
      [say(lang, 'letter.count.size'), formatNumber(lang, log.size)],
      [say(lang, 'letter.count.root'), html`<span class="mono" translate="no">${root}</span>`],
      ...log.keys.map(
        (key) => [say(lang, 'letter.count.key'), html`<span class="mono" translate="no">${key}</span>`] as const,
      ),
    ])}
    <p class="after">${say(lang, 'letter.count.checkpoint')}</p>
    <figure class="cmd checkpoint" translate="no">
      ${log.checkpoint.split('\n').map((line) => html`<code>${line}</code>`)}
    </figure>`
}
