import { parseHTML } from 'linkedom'
import { LANGS, type Lang } from '../../../src/core/text/lang.ts'
import { figuresOf, type Figure } from './page-figures.ts'

/** Addresses of the kinds of pages whose figures are compared; a feed, a file and a form that came back are not. */
const COMPARED: readonly RegExp[] = [
  /^\/\w\w\/\?network=(?:all|AS\d+)$/,
  /^\/\w\w\/(?:incidents|chronicle|claims|orders)$/,
  /^\/\w\w\/incidents\?page=\d+$/,
  /^\/\w\w\/matrix(?:\?since=[\d-]+&until=[\d-]+)?$/,
  /^\/\w\w\/[sn]\/[^/?]+$/,
  /^\/\w\w\/s\/[^/?]+\/AS\d+$/,
  /^\/\w\w\/[ei]\/[^/?]+$/,
]
/** Series of chosen days are many: those of one language. */
const OF_DAYS = /^\/en\/s\/[^/?]+\/AS\d+\?since=[\d-]+&until=[\d-]+$/
const MOST_OF_DAYS = 60

/** Follows the links of a site from its first page in each language and gives every figure of the pages it finds. */
export async function walk(origin: string, langs: readonly Lang[] = LANGS): Promise<readonly Figure[]> {
  const waiting = langs.flatMap((lang) => [`/${lang}/?network=all`, `/${lang}/matrix`, `/${lang}/incidents`])
  const seen = new Set(waiting)
  const figures: Figure[] = []
  let ofDays = 0
  for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
    const answer = await fetch(new URL(page, origin))
    if (answer.status !== 200) throw new Error(`Cannot walk the site: ${page} answers ${answer.status}`)
    const text = await answer.text()
    figures.push(...figuresOf(text, page))
    for (const link of parseHTML(text).document.querySelectorAll('a')) {
      const href = link.getAttribute('href')?.replace(/#.*$/, '') ?? ''
      if (seen.has(href) || !langs.some((lang) => href.startsWith(`/${lang}/`))) continue
      if (!COMPARED.some((pattern) => pattern.test(href)) && !(OF_DAYS.test(href) && ofDays++ < MOST_OF_DAYS)) continue
      seen.add(href)
      waiting.push(href)
    }
  }
  return figures
}
