import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { serviceName } from '../../core/text/names.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { dayAfter, homeDay } from '../../core/text/home-day.ts'
import { BY_HAND_ASSET } from '../../web/html/asset.ts'
import { embedSnippet } from '../embed/route.ts'
import { digestOf } from '../incident/around.ts'
import { aboutPage } from './page/about.ts'
import { dataPage, type DataView } from './page/data.ts'
import type { Page } from '../parts/layout.ts'
import { joinView } from '../join/view.ts'
import { methodInFullPage } from './page/method-full.ts'
import { methodPage } from './page/method.ts'
import { mirrorsPage } from './page/mirrors.ts'
import { runAProbePage } from './page/run-a-probe.ts'
import { probeGaps } from '../probes/gaps.ts'
import { safetyPage } from './page/safety.ts'
import { verifyPage } from '../verify/page/verify.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls, type Days } from '../urls.ts'

/** The pages in words: method, data, verify, run a probe, safety, mirrors, about. */
export function addGuidePages(site: Hono, options: SiteOptions): void {
  const { frame, method } = options
  for (const lang of LANGS) {
    const add = (path: string, page: () => Page | Promise<Page>): void => {
      site.get(path, async (c) => answerPage(c, await page(), frame))
    }
    add(urls.plain(lang, 'method'), () => methodPage(lang, method))
    add(urls.methodInFull(lang), () => methodInFullPage(lang, method))
    add(urls.plain(lang, 'data'), async () =>
      dataPage(lang, {
        ...(await examples(options)),
        ...(await snippetOf(lang, options)),
        months: (await options.datasets?.months()) ?? [],
      }),
    )
    add(urls.plain(lang, 'probe'), async () =>
      runAProbePage(lang, {
        figures: method,
        join: await joinView(options),
        gaps: await probeGaps(options),
        ...(frame.medium === 'live' ? { hasPoster: options.poster !== undefined && frame.origin !== undefined } : {}),
      }),
    )
    add(urls.plain(lang, 'safety'), () => safetyPage(lang, method))
    add(urls.plain(lang, 'mirrors'), () => mirrorsPage(lang))
    add(urls.plain(lang, 'about'), () => aboutPage(lang))
    addVerify(site, lang, options)
  }
}

/** The page itself, and where its form leads: a code that was typed is looked up by the page of codes. */
function addVerify(site: Hono, lang: Lang, options: SiteOptions): void {
  site.get(urls.plain(lang, 'verify'), async (c) => {
    const typed = c.req.query('code')?.trim().slice(0, MOST_TYPED).toWellFormed()
    if (typed !== undefined && typed !== '') return c.redirect(urls.code(lang, typed), 303)
    const { incident, ...rest } = await examples(options)
    const published = incident === undefined ? undefined : await lastRevision(incident, options)
    const log = await options.proof?.()
    const leaf = rest.measurement === undefined ? undefined : await options.archive.read(rest.measurement)
    const byHand = await byHandDigest(options)
    const base = {
      ...rest,
      ...defined({ byHand }),
      hasScript: options.assets.some(({ path }) => path === 'verify.js'),
      ...defined({ log, leaf: leaf?.leafIndex }),
    }
    const view =
      published === undefined
        ? base
        : { ...base, incident: { id: published.id, revision: published.revision, digest: await digestOf(published) } }
    return answerPage(c, verifyPage(lang, view), options.frame)
  })
}

/** SHA-512 of the text on checking by hand, in hexadecimal digits; undefined where the site has none. */
async function byHandDigest({ assets }: SiteOptions): Promise<string | undefined> {
  const text = assets.find(({ path }) => path === BY_HAND_ASSET)
  if (text === undefined) return undefined
  return Buffer.from(await crypto.subtle.digest('SHA-512', text.bytes)).toString('hex')
}

/** A code has some thirty characters at most; what is longer is none. */
const MOST_TYPED = 80

/** The latest incident: what it shows was seen by readers, so that they find it again. */
async function newest({ incidents }: SiteOptions): Promise<Incident | undefined> {
  const current = (await incidents?.current()) ?? []
  return current.reduce<Incident | undefined>(
    (latest, one) => (latest === undefined || one.revisedAt > latest.revisedAt ? one : latest),
    undefined,
  )
}

/**
 * As it was published: the list of current incidents adds to each the episode of the latest detection, which no digest
 * covers.
 */
const lastRevision = async (id: string, { incidents }: SiteOptions): Promise<Incident | undefined> =>
  (await incidents?.revisions(id))?.at(-1)

/** Something published that addresses can be shown with: none is made up. */
async function examples(options: SiteOptions): Promise<Omit<DataView, 'months'>> {
  const incident = await newest(options)
  if (incident === undefined) return { simulated: false }
  const { id, service, asn, simulated } = incident
  const measurement = await firstHeld(incident, options)
  const at = anchor(incident) ?? incident.revisedAt
  return {
    simulated,
    incident: id,
    series: { service, asn, days: around(at) },
    ...defined({ measurement }),
  }
}

/** What embeds a card of the service of the latest incident. */
async function snippetOf(lang: Lang, options: SiteOptions): Promise<Pick<DataView, 'snippet'>> {
  const { frame, names } = options
  const incident = await newest(options)
  if (incident === undefined || frame.origin === undefined) return {}
  const title = `Kuager: ${serviceName(names, incident.service)}`
  return { snippet: embedSnippet({ origin: frame.origin, title }, lang, { service: incident.service }) }
}

const around = (at: Instant): Days => ({ since: dayAfter(homeDay(at), -1), until: dayAfter(homeDay(at)) })

/** How many measurements of an incident are tried: one that was erased is not an example. */
const MOST_TRIED = 5

async function firstHeld({ measurements }: Incident, { archive }: SiteOptions): Promise<Sha256 | undefined> {
  for (const id of measurements.slice(0, MOST_TRIED)) if ((await archive.read(id))?.kind === 'blob') return id
  return undefined
}
