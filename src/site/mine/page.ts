import { html, raw } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { ListedService } from '../../core/text/names.ts'
import type { Markup } from '../../web/html/markup.ts'
import { partSection, points, titled } from '../../web/html/prose.ts'
import type { Page } from '../parts/layout.ts'
import { urls } from '../urls.ts'

/** Script of the page: it reads what no server is sent. */
export const MINE_SCRIPT = 'mine.js'

export interface MineView {
  /** Services by their names, so that the script needs to ask for none. */
  readonly services: readonly Pick<ListedService, 'id' | 'name'>[]
  readonly hasScript: boolean
}

const WHO = ['mine.who.anyone', 'mine.who.month', 'mine.who.public', 'mine.who.history'] as const
const STATUS = 'kuager probe status'

/** What a key of one month measured, found in the browser of the person who has its link. */
export const minePage = (lang: Lang, { services, hasScript }: MineView): Page => ({
  lang,
  title: `${say(lang, 'mine.title')} · Kuager`,
  description: say(lang, 'mine.lead'),
  simulated: false,
  inLang: (other) => urls.plain(other, 'mine'),
  ...(hasScript ? { scripts: [MINE_SCRIPT] } : {}),
  body: ({ medium }) =>
    html`${titled(say(lang, 'mine.title'), say(lang, 'mine.lead'))}
    ${partSection(lang, {
      id: 'tool',
      heading: 'mine.tool',
      body: hasScript && medium !== 'one-file' ? tool(lang, services, medium === 'live') : html`${without(lang)}`,
    })}
    ${partSection(lang, { id: 'who', heading: 'mine.who', body: points(lang, WHO) })}
    ${partSection(lang, {
      id: 'server',
      heading: 'mine.server',
      body: points(lang, ['mine.server.file', 'mine.server.log', 'mine.server.page'], { data: say(lang, 'menu.data') }),
    })}
    ${partSection(lang, {
      id: 'missing',
      heading: 'mine.missing',
      body: points(lang, ['mine.missing.late', 'mine.missing.apart', 'mine.missing.withheld', 'mine.missing.whole'], {
        command: STATUS,
      }),
    })}`,
})

const without = (lang: Lang): Markup =>
  html`<p>${say(lang, 'mine.no-script', { command: STATUS, column: 'probe', sign: '#' })}</p>
    <p><a class="tap" href="${urls.plain(lang, 'data')}">${say(lang, 'menu.data')}</a></p>`

/** Where the script works. In a copy no server has files: it reads those of the disk. */
const tool = (lang: Lang, services: MineView['services'], isLive: boolean): Markup =>
  html`${isLive ? raw('') : html`<p>${say(lang, 'mine.no-server')}</p>`}
    <div
      class="mine"
      data-mine="${lang}"
      data-services="${JSON.stringify(Object.fromEntries(services.map(({ id, name }) => [id, name])))}"
      data-verify="${urls.plain(lang, 'verify')}"
      ${isLive ? html`data-index="${urls.dataset('index.json')}" data-files="/data/files/" data-log="/log/"` : ''}
    >
      <noscript>${without(lang)}</noscript>
    </div>`
