import type { Context, Hono } from 'hono'
import { InputError } from '../../core/model/errors.ts'
import { isWarehouseAway } from '../../store/warehouse/away.ts'
import { Semaphore } from '../../runtime/semaphore.ts'
import { LANGS, negotiateLang } from '../../core/text/lang.ts'
import { answerPage } from '../respond.ts'
import { urls } from '../urls.ts'
import { apiPage } from './page.ts'
import type { SiteOptions } from '../site-options.ts'
import type { ApiContext, ApiRoute } from './api-route.ts'
import { API_ROUTES } from './api-routes.ts'
import { describeApi } from './openapi.ts'
import { answerApi, answerApiProblem, answerBytes, OPEN_TO_PAGES, queryOf, refuseHurry } from './respond-api.ts'

const DESCRIPTION = '/api/v1/openapi.json'
const METHODS = 'GET, HEAD, OPTIONS'

/**
 * Answers that read tables of measurements, made at once and waiting, of all senders together: allowances are counted by
 * sender, and behind the onion service there are none.
 */
const HEAVY = { places: 4, mostWaiting: 32 }
const BUSY_S = '5'
/** When to come back where the warehouse is away. */
export const AWAY_RETRY_S = '60'

/** Adds the interface for programs: read-only, open to every page, described by itself. */
export function addApi(site: Hono, context: ApiContext): void {
  const { options } = context
  const heavy = new Semaphore(HEAVY)
  for (const one of API_ROUTES) {
    const path = one.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const run = async (c: Context, values: Readonly<Record<string, string>>): Promise<Response> => {
      if (one.cost === 1) return answerApi(c, await one.run(values, context))
      if (heavy.isFull) return answerBusy(c)
      return answerApi(c, await heavy.run(() => one.run(values, context)))
    }
    site.get(path, (c) => guarded(c, options, one, (values) => run(c, values)))
    site.options(path, preflight)
    site.all(path, wrongMethod)
  }
  let description: string | undefined
  site.get(DESCRIPTION, (c) => {
    description ??= JSON.stringify(describeApi(options.frame))
    return answerBytes(c, description, { ...OPEN_TO_PAGES, 'content-type': 'application/json; charset=utf-8' })
  })
  site.options(DESCRIPTION, preflight)
  site.all(DESCRIPTION, wrongMethod)
}

/** Adds the page about the interface for people, to which its own address leads. */
export function addApiPage(site: Hono, { frame }: SiteOptions): void {
  for (const path of ['/api', '/api/', '/api/v1', '/api/v1/'])
    site.get(path, (c) => {
      c.header('vary', 'accept-language')
      return c.redirect(urls.api(negotiateLang(c.req.header('accept-language'))), 302)
    })
  for (const lang of LANGS) site.get(urls.api(lang), (c) => answerPage(c, apiPage(lang), frame))
}

/** Says of every other address below /api/ that there is none; to be added after everything else. */
export function addNoApi(site: Hono): void {
  site.all('/api/*', (c) =>
    answerApiProblem(c, {
      status: 404,
      code: 'api.unknown',
      path: '',
      expected: `an address that ${DESCRIPTION} names`,
      message: 'There is nothing at this address',
    }),
  )
}

/** Every way an answer may fail, as JSON that pages of other sites may read. */
async function guarded(
  c: Context,
  { apiRate, log }: SiteOptions,
  { cost, path }: ApiRoute,
  answer: (values: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  const hurry = refuseHurry(c, apiRate, cost)
  if (hurry !== undefined) return hurry
  try {
    return await answer({ ...queryOf(c), ...c.req.param() })
  } catch (error) {
    if (error instanceof InputError) {
      const { code, path: where, expected, message } = error
      return answerApiProblem(c, { status: 400, code, path: where, expected, message })
    }
    if (isWarehouseAway(error)) return answerAway(c)
    log.error({ error, route: path }, 'an answer could not be made')
    const message = 'Something broke here; it is in our log'
    return answerApiProblem(c, { status: 500, code: 'server.fault', path: '', expected: '', message })
  }
}

function answerAway(c: Context): Response {
  c.header('retry-after', AWAY_RETRY_S)
  const message = 'The database of verdicts is unavailable'
  const expected = `a pause of ${AWAY_RETRY_S} s`
  return answerApiProblem(c, { status: 503, code: 'warehouse.away', path: '', expected, message })
}

function answerBusy(c: Context): Response {
  c.header('retry-after', BUSY_S)
  const message = 'Too many ask for measurements at this moment'
  return answerApiProblem(c, {
    status: 503,
    code: 'server.busy',
    path: '',
    expected: `a pause of ${BUSY_S} s`,
    message,
  })
}

const preflight = (c: Context): Response => {
  for (const [name, value] of Object.entries(OPEN_TO_PAGES)) c.header(name, value)
  c.header('access-control-allow-methods', 'GET, HEAD')
  c.header('access-control-allow-headers', 'if-none-match')
  c.header('access-control-max-age', '86400')
  c.header('allow', METHODS)
  return c.body(null, 204)
}

const wrongMethod = (c: Context): Response => {
  c.header('allow', METHODS)
  return answerApiProblem(c, {
    status: 405,
    code: 'method.refused',
    path: '',
    expected: METHODS,
    message: 'This address is read, nothing is sent to it',
  })
}
