import { parseAsn } from '../../src/model/units.ts'
import { urls } from '../../src/site/urls.ts'
import type { Lang } from '../../src/text/lang.ts'
import { PLAIN_PAGES } from '../../src/text/plain-pages.ts'
import { SAMPLE_KINDS } from './incident-sample.ts'
import { ERASED, sampleId } from './site-sample.ts'

const OWN = parseAsn(64496)
const DAYS = { since: '2026-02-27', until: '2026-03-05' }

/** Every kind of page of the sample site, by a short name: what the browser tests open and the pictures show. */
export const sitePages = (lang: Lang): Readonly<Record<string, string>> => ({
  first: urls.first(lang, OWN),
  'first-all': urls.first(lang, 'all'),
  'first-asked': urls.first(lang),
  matrix: urls.matrix(lang),
  check: urls.check(lang, OWN),
  report: urls.report(lang),
  service: urls.service(lang, 'youtube'),
  network: urls.network(lang, OWN),
  series: urls.series(lang, 'youtube', OWN, DAYS),
  measurement: urls.measurement(lang, sampleId('youtube', 0, 0)),
  erased: urls.measurement(lang, ERASED),
  missing: `/${lang}/nothing-of-this-name`,
  ...Object.fromEntries(
    Object.entries(SAMPLE_KINDS).map(([kind, { id }]) => [`incident-${kind}`, urls.incident(lang, id)]),
  ),
  ...Object.fromEntries(PLAIN_PAGES.map((page) => [page, urls.plain(lang, page)])),
  'method-full': urls.methodInFull(lang),
})

/** Pages that answer with another status than 200. */
export const STATUS: Readonly<Record<string, number>> = { erased: 410, missing: 404 }
