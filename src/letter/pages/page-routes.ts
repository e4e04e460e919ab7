import type { Context, Hono } from 'hono'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { LANGS, negotiateLang } from '../../core/text/lang.ts'
import { answerLetter, answerLetterProblem } from './answer.ts'
import type { LetterSiteOptions } from './options.ts'
import { letterUrls } from './urls.ts'
import { countPage, type LetterLogView } from './page/count.ts'
import { keysPage } from './page/keys.ts'
import { lawPage } from './page/law.ts'
import { letterPage } from './page/letter.ts'
import { lettersPage } from './page/letters.ts'
import { letterProblem } from './page/problem.ts'
import { letterSafetyPage } from './page/safety.ts'
import { findView, viewOf } from './views.ts'

/** Pages that anyone reads, and the same as data. */
export function addLetterPages(site: Hono, options: LetterSiteOptions): void {
  const { desk, frame } = options
  const unknown = (c: Context): Promise<Response> => answerLetterProblem(c, 'unknown', { frame })
  site.get('/', (c) => {
    c.header('vary', 'accept-language')
    c.header('cache-control', 'no-cache')
    return c.redirect(letterUrls.first(negotiateLang(c.req.header('accept-language'))), 302)
  })
  for (const lang of LANGS) {
    site.get(`/${lang}`, (c) => c.redirect(letterUrls.first(lang), 301))
    site.get(letterUrls.first(lang), async (c) => {
      const [only, ...others] = await Promise.all(desk.letters().map((one) => viewOf(desk, one)))
      const page =
        only !== undefined && others.length === 0
          ? letterPage(lang, only, letterUrls.first)
          : lettersPage(lang, only === undefined ? [] : [only, ...others])
      return answerLetter(c, page, frame)
    })
    site.get(letterUrls.letter(lang, ':id'), async (c) => {
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return unknown(c)
      return answerLetter(
        c,
        letterPage(lang, view, (other) => letterUrls.letter(other, view.letter.id)),
        frame,
      )
    })
    site.get(letterUrls.count(lang, ':id'), async (c) => {
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return unknown(c)
      const page = countPage(lang, view, { log: await logView(options), address: addressOf(c, options) })
      return answerLetter(c, page, frame)
    })
    site.get(letterUrls.keys(lang, ':id'), async (c) => {
      const view = await findView(desk, c.req.param('id') ?? '')
      return view === undefined ? unknown(c) : answerLetter(c, keysPage(lang, view), frame)
    })
    site.get(letterUrls.safety(lang), (c) => answerLetter(c, letterSafetyPage(lang), frame))
    site.get(letterUrls.refused(lang, ':problem'), (c) => {
      const problem = letterProblem(c.req.param('problem') ?? '')
      if (problem === undefined) return unknown(c)
      const [wait] = /^[1-9]\d{0,5}$/.exec(c.req.query('wait') ?? '') ?? []
      return answerLetterProblem(c, problem, wait === undefined ? { frame } : { frame, wait: Number(wait) })
    })
    site.get(letterUrls.law(lang), async (c) =>
      answerLetter(c, lawPage(lang, await Promise.all(desk.letters().map((one) => viewOf(desk, one)))), frame),
    )
  }
  addData(site, options)
}

function addData(site: Hono, { desk, frame }: LetterSiteOptions): void {
  site.get('/letters/:id/:file', async (c) => {
    const id = c.req.param('id')
    const file = c.req.param('file')
    c.header('access-control-allow-origin', '*')
    c.header('cross-origin-resource-policy', 'cross-origin')
    if (letterUrls.numbers(id).endsWith(`/${file}`)) {
      const count = await desk.count(id)
      if (count === undefined) return answerLetterProblem(c, 'unknown', { frame })
      const { counted, total, removed, versions, closed, destroyed, contradictions, size, regions } = count
      c.header('cache-control', 'public, max-age=5')
      const from = regions.map(({ region, atLeast }) => ({ region, at_least: atLeast }))
      return c.json({
        letter: id,
        log_size: size,
        counted,
        total,
        removed,
        regions: from,
        versions,
        closed,
        destroyed,
        contradictions,
      })
    }
    const [, version] = /^([1-9]\d{0,3})\.json$/.exec(file) ?? []
    const document = version === undefined ? undefined : desk.version(id, Number(version))
    if (document === undefined) return answerLetterProblem(c, 'unknown', { frame })
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' })
  })
}

/** The address of the service as others see it; where none is given, as it was asked for. */
const addressOf = (c: Context, { frame }: LetterSiteOptions): string => frame.origin ?? new URL(c.req.url).origin

async function logView({ transparency }: LetterSiteOptions): Promise<LetterLogView | undefined> {
  const log = await transparency()
  const latest = await log?.latest()
  if (log === undefined || latest === undefined) return undefined
  return {
    size: latest.size,
    checkpoint: new TextDecoder().decode(latest.bytes),
    keys: log.keys.map(({ key }) => formatVerifierKey(key)),
  }
}
