import { crumbs, homePage } from '../parts/crumbs.ts'
import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { paragraphs, titled } from '../../web/html/prose.ts'
import { scrolled } from '../../web/html/fold.ts'
import { section } from '../../web/html/section.ts'
import type { Page } from '../parts/layout.ts'
import { urls } from '../urls.ts'
import { API_ROUTES } from './api-routes.ts'

/** An address with the parts that are chosen in angle brackets. */
const shown = (path: string): string => path.replaceAll(/\{(\w+)\}/g, '<$1>')

/** What programs can ask for, for people: each address, and a link where it answers without any choice. */
export function apiPage(lang: Lang): Page {
  const title = say(lang, 'interface.title')
  const table = html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'interface.address')}</th>
        <th scope="col">${say(lang, 'interface.content')}</th>
        <th scope="col">${say(lang, 'interface.choices')}</th>
      </tr>
    </thead>
    <tbody>
      ${API_ROUTES.map(
        ({ path, summary, asks }) =>
          html`<tr>
            <th scope="row" class="mono any">
              ${!path.includes('{') && asks.safeParse({}).success ? html`<a href="${path}">${path}</a>` : shown(path)}
            </th>
            <td lang="en">${summary}</td>
            <td class="mono any">${Object.keys(asks.shape).join(', ')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: false,
    inLang: (other) => urls.api(other),
    data: urls.apiDescription(),
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.plain(lang, 'data'), text: say(lang, 'menu.data') }])}
      ${titled(title, say(lang, 'data.programs.about'))}
      ${section('addresses', say(lang, 'interface.addresses'), say(lang, 'interface.english'), scrolled(title, table))}
      ${section(
        'rules',
        say(lang, 'interface.rules'),
        '',
        html`${paragraphs(lang, ['data.programs.errors', 'data.programs.limits'])}
          <p class="ways after">
            <a class="tap" href="${urls.apiDescription()}">${say(lang, 'data.kind.description')}</a>
            <a class="tap" href="${urls.plain(lang, 'data')}">${say(lang, 'data.title')}</a>
          </p>`,
      )}`,
  }
}
