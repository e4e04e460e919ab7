import { httpDate } from './run.ts'
import type { Site } from './world.ts'

/** A page as a server sends it. */
export interface Page {
  readonly code: number
  readonly title: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly location?: string
}

const FILLER = 'Simulated text of a simulated page, written so that a page has a length. '
const html = (title: string, bytes: number): string => {
  const head = `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title></head><body><p>`
  const room = Math.max(0, bytes - head.length - 18)
  return `${head}${FILLER.repeat(Math.ceil(room / FILLER.length)).slice(0, room)}</p></body></html>`
}
const answer = (code: number, server: string, at: number, title: string, body: string): Page => ({
  code,
  title,
  body,
  headers: [
    ['Content-Length', String(new TextEncoder().encode(body).length)],
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Date', httpDate(at)],
    ['Server', server],
  ],
})

/** The page of a site as everybody gets it; a redirect names the next host. */
export function genuinePage(site: Site, at: number): Page {
  if (site.redirect === undefined) return answer(200, site.server, at, site.title, html(site.title, site.bytes))
  const location = `https://${site.redirect}/`
  const page = answer(301, site.server, at, '', '')
  return { ...page, location, headers: [...page.headers, ['Location', location]] }
}

/** 403 of the server itself. */
export const forbiddenPage = (site: Site, at: number): Page =>
  answer(403, site.server, at, 'Not available in your country', html('Not available in your country', 420))

/** What a censor shows instead of a cleartext page. */
export const blockPage = (at: number): Page =>
  answer(200, 'gateway', at, 'Доступ к ресурсу ограничен', html('Доступ к ресурсу ограничен', 900))

/** What a hotel's gateway answers to any cleartext request for another host. */
export function portalRedirect(at: number): Page {
  const location = 'http://portal.example/login'
  const page = answer(302, 'gateway', at, '', '')
  return { ...page, location, headers: [...page.headers, ['Location', location]] }
}
