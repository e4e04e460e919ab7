import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { takenIncident } from '../../core/model/incident/review.ts'
import { takenText } from '../../core/text/sentence/review.ts'
import { NO_REVIEWS } from '../incident/reviewed.ts'
import { serviceName } from '../../core/text/names.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatDateTime, formatOffset } from '../../core/text/time.ts'
import { readTypedCode, serviceCode, type CodedRevision, type IncidentCodes, type TypedCode } from './codes.ts'
import { named } from '../incident/route.ts'
import { codePage, type CodeView } from './page.ts'
import { renderPage } from '../parts/layout.ts'
import { placeCode, placesAt } from '../place/state.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'

/** Longer than any code: shown no further. */
const MOST_SHOWN = 120

/**
 * Adds the addresses that check codes lead to: the revision of an incident, or a service at a minute computed again.
 */
export function addCodePages(site: Hono, options: SiteOptions, codes: IncidentCodes | undefined): void {
  for (const lang of LANGS)
    site.get(`/${lang}/k/:code`, async (c) => {
      const typed = c.req.param('code')
      const read = readTypedCode(typed)
      if (read === undefined)
        return answerNone(c, lang, { kind: 'unreadable', typed: typed.slice(0, MOST_SHOWN) }, options)
      if (read.kind === 'service') return answerService(c, lang, read, options)
      const found = (await codes?.find(read.code)) ?? []
      const [only] = found
      if (only === undefined) return answerEpisode(c, lang, { codes, code: read.code, options })
      if (found.length > 1)
        return answerPage(c, codePage(lang, { kind: 'several', typed: read.code, revisions: found }), options.frame)
      return answerRevision(c, lang, { only, typed: read.code, options })
    })
}

/** A code of one revision: known, whether it is the newest, and what to compare with its page. */
async function answerRevision(
  c: Context,
  lang: Lang,
  { only, typed, options }: { readonly only: CodedRevision; readonly typed: string; readonly options: SiteOptions },
): Promise<Response> {
  const revisions = (await options.incidents?.revisions(only.id)) ?? []
  const { revision: newest = only.revision } = revisions.at(-1) ?? {}
  const simulated = revisions.some((one) => one.simulated)
  const state = takenIncident(revisions.at(-1), (options.reviews ?? NO_REVIEWS).of(only.id))
  const taken = state && takenText(lang, state, serviceName(options.names, state.incident.service))
  const view = { kind: 'revision', ...only, newest, simulated, typed, ...defined({ taken }) } as const
  return answerPage(c, codePage(lang, view), options.frame)
}

/** The code of an episode leads to its page; one of a former state says first what the episode had then. */
async function answerEpisode(
  c: Context,
  lang: Lang,
  {
    codes,
    code,
    options,
  }: { readonly codes: IncidentCodes | undefined; readonly code: string; readonly options: SiteOptions },
): Promise<Response> {
  const found = await codes?.findEpisode(code)
  if (found === undefined) return answerNone(c, lang, { kind: 'unknown', typed: code }, options)
  if (!found.isNewest)
    return answerPage(
      c,
      codePage(lang, { kind: 'episode', typed: code, episode: found.id, revisions: found.revisions }),
      options.frame,
    )
  c.header('cache-control', 'no-cache')
  return c.redirect(urls.episode(lang, found.id), 302)
}

/** A code that leads nowhere gets a page of its own, with what may be wrong and a field to type it again. */
async function answerNone(c: Context, lang: Lang, view: CodeView, { frame }: SiteOptions): Promise<Response> {
  c.header('cache-control', 'no-store')
  return c.html(await renderPage(codePage(lang, view), frame), 404)
}

async function answerService(
  c: Context,
  lang: Lang,
  { service, at, code }: Extract<TypedCode, { readonly kind: 'service' }>,
  options: SiteOptions,
): Promise<Response> {
  const typed = serviceCode(service, at, code)
  const { names, clock } = options
  if (!names.services.some(({ id }) => id === service) || at > clock.now())
    return answerNone(c, lang, { kind: 'unknown', typed }, options)
  const places = await placesAt({ service }, at, options)
  const view: CodeView = {
    kind: 'service',
    typed,
    asOf: at,
    service,
    serviceName: serviceName(names, service),
    at: say(lang, 'card.at', { at: formatDateTime(lang, at), offset: formatOffset(at) }),
    today: serviceCode(service, at, await placeCode(places)),
    simulated: places.simulated,
    rows: places.rows.map(({ asn, incident, ...cell }) => {
      const name = names.networkName(asn)
      return {
        ...cell,
        ...(name === undefined ? { name: `AS${asn}` } : { name, number: `AS${asn}` }),
        href: urls.series(lang, service, asn),
        ...(incident === undefined ? {} : { incident: named(incident, names) }),
      }
    }),
  }
  return answerPage(c, codePage(lang, view), options.frame)
}
