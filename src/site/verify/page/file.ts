import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { fileTop } from '../../mirror/page/one-file.ts'

/**
 * The content between the tags of the body of `VERIFY.html`, which is in a bundle and is opened from disk: the same in
 * three languages, of which one is shown at a time. A script puts the form into each place that is marked for it.
 */
export const verifyFileBody = (): Markup =>
  html`${fileTop(LANGS)} ${LANGS.map((lang, index) => oneLang(lang, index === 0))}`

const oneLang = (lang: Lang, first: boolean): Markup =>
  html`<div class="onelang${first ? ' onefirst' : ''}" id="${lang}" lang="${lang}">
    <main class="page">
      <div class="ttl">
        <h1>${say(lang, 'proof-page.file.title')}</h1>
        <p>${say(lang, 'proof-page.file.lead')}</p>
      </div>
      <section class="sec side words">
        <div class="head"><h2>${say(lang, 'proof-page.check')}</h2></div>
        <div class="prose">
          <p>${say(lang, 'proof-page.check.about')}</p>
          <p>${say(lang, 'proof-page.file.choose')}</p>
          <div data-verify="${lang}">
            <noscript><p>${say(lang, 'proof-page.tool.no-script')}</p></noscript>
          </div>
        </div>
      </section>
      <section class="sec side words">
        <div class="head"><h2>${say(lang, 'proof-page.hand')}</h2></div>
        <div class="prose">
          <p>${say(lang, 'proof-page.file.self')}</p>
          <figure class="cmd" aria-label="${say(lang, 'guide.command')}" translate="no">
            <code>npx kuager verify BUNDLE</code>
          </figure>
          <p>${say(lang, 'proof-page.file.not')}</p>
        </div>
      </section>
    </main>
  </div>`
