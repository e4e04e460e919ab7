import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { withoutTraces } from '../../core/model/personal-trace.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { missingMeasurement } from '../api/measurement-routes.ts'
import { answerApiProblem, answerBytes, OPEN_TO_PAGES } from '../api/respond-api.ts'
import { measurementView, publicFile, publicJson } from './view.ts'
import { measurementPage } from './page/measurement.ts'
import { answerPage, answerProblem, requestLang } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'

/** One measurement: its page in every language, its public form. */
export function addMeasurementPages(site: Hono, options: SiteOptions): void {
  const { warehouse, names } = options
  const missing = async (c: Context, id: Sha256): Promise<Response> =>
    answerApiProblem(c, await missingMeasurement(id, { options }))
  site.get('/m/:file{[0-9a-f]{64}\\.json}', async (c) => {
    const id = parseSha256(c.req.param('file').slice(0, -'.json'.length))
    const archived = await options.archive.read(id)
    if (archived?.kind !== 'blob') return missing(c, id)
    // Shown once it has a verdict: until then it is not known whether it is simulated.
    const stored = await warehouse.measurement(id)
    if (stored === undefined) return missing(c, id)
    const { simulated } = stored.head
    const made = await publicFile(archived, options.publicForm, simulated)
    if (made.kind !== 'text') return notMade(c, options, made.kind)
    return answerBytes(c, made.text, {
      ...OPEN_TO_PAGES,
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${simulated ? 'simulated-' : ''}${id}.json"`,
    })
  })
  for (const lang of LANGS)
    site.get(`/${lang}/m/:id`, async (c) => {
      const id = parseSha256(c.req.param('id'))
      const stored = await warehouse.measurement(id)
      if (stored === undefined) return gone(c, options, id)
      const [rows, archived] = await Promise.all([warehouse.observations(id), options.archive.read(id)])
      if (archived?.kind === 'erased') return gone(c, options, id)
      const json = await publicJson(archived, options.publicForm, stored.head.simulated)
      if (json.kind === 'busy') return notMade(c, options, json.kind)
      const logOrigin = (await options.proof?.())?.origin
      const parts = { stored, rows, json, names, ...defined({ logOrigin }) }
      return answerPage(c, measurementPage(lang, measurementView(parts)), options.frame)
    })
}

/** Seconds after which to ask again: for a busy thread, and for a measurement that takes longer than its budget. */
const RETRY_S = { busy: 5, slow: 86_400 } as const

/** 503 for a public form that is not made now, or not within its budget. */
function notMade(c: Context, { frame }: SiteOptions, kind: keyof typeof RETRY_S): Promise<Response> {
  const lang = requestLang(c)
  c.header('retry-after', String(RETRY_S[kind]))
  const view =
    kind === 'busy'
      ? { heading: say(lang, 'problem.busy'), lines: [say(lang, 'problem.busy-about')] }
      : { heading: say(lang, 'measurement.json-slow'), lines: [] }
  return answerProblem(c, { status: 503, code: kind === 'busy' ? 'server.busy' : 'measurement.slow', view, frame })
}

/** 410 with date and reason for an erased measurement, 404 for one that this server never had. */
async function gone(c: Context, options: SiteOptions, id: Sha256): Promise<Response> {
  const lang = requestLang(c)
  const archived = await options.archive.read(id)
  if (archived?.kind !== 'erased')
    return answerProblem(c, {
      status: 404,
      code: 'measurement.unknown',
      frame: options.frame,
      view: {
        heading: say(lang, 'problem.no-measurement'),
        lines: [say(lang, 'problem.no-measurement-about')],
      },
    })
  return answerProblem(c, {
    status: 410,
    code: 'measurement.erased',
    frame: options.frame,
    view: {
      heading: say(lang, 'problem.erased'),
      lines: [
        say(lang, 'problem.erased-about'),
        say(lang, 'problem.erased-at', { at: formatDateTime(lang, archived.erasedAt) }),
        say(lang, 'problem.erased-reason', { reason: withoutTraces(archived.reason) }),
      ],
    },
  })
}
