import type { Hono } from 'hono'
import { LANGS } from '../core/text/lang.ts'

/**
 * What programs that collect pages are asked to leave out: what answers a question, of which there is no end, and pages
 * of single measurements, of which there are millions, each made when it is asked for. Services, networks, incidents and
 * words are to be found. RFC 9309.
 */
const TEXT = [
  'User-agent: *',
  'Disallow: /api/',
  'Disallow: /m/',
  ...LANGS.flatMap((lang) => [`Disallow: /${lang}/m/`, `Disallow: /${lang}/k/`, `Disallow: /${lang}/embed/`]),
  'Disallow: /*?',
  '',
].join('\n')

/** Adds `/robots.txt`. */
export function addRobots(site: Hono): void {
  site.get('/robots.txt', (c) => c.text(TEXT, 200, { 'cache-control': 'public, max-age=86400' }))
}
