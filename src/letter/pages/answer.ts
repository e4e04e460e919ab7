import type { Context } from 'hono'
import type { Log } from '../../runtime/log.ts'
import { isLang, negotiateLang, type Lang } from '../../core/text/lang.ts'
import type { LetterFrame } from './options.ts'
import { letterUrls } from './urls.ts'
import { renderLetterPage, type LetterPage } from './page/layout.ts'
import { letterProblemPage, type LetterPageProblem } from './page/problem.ts'
import type { PostedForm } from './posted-form.ts'

/** Language of the path, else of the header. */
export function letterLang(c: Context): Lang {
  const first = c.req.path.split('/')[1] ?? ''
  return isLang(first) ? first : negotiateLang(c.req.header('accept-language'))
}

/** Frames a page and answers with it. What one person sees is kept nowhere, not even by their own browser. */
export async function answerLetter(
  c: Context,
  page: LetterPage,
  frame: LetterFrame,
  status: 200 | 400 | 403 | 404 | 409 | 410 | 429 | 500 | 503 = 200,
): Promise<Response> {
  c.header('cache-control', page.kind === 'own' ? 'no-store' : 'no-cache')
  return c.html(await renderLetterPage(page, frame), status)
}

/** Says that a form could not be read, of which nothing can be given back. */
export const answerUnread = (
  c: Context,
  form: Extract<PostedForm, { kind: 'unread' }>,
  frame: LetterFrame,
): Promise<Response> =>
  answerLetterProblem(c, form.problem, form.problem === 'busy' ? { frame, wait: form.wait } : { frame })

/** Its message may quote what a person sent: the name of the error and where it came from say enough. */
export function logFault(c: Context, log: Log, error: Error): void {
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  log.error({ name: error.name, at: at.slice(0, 8), route: c.req.routePath }, 'an answer could not be made')
}

const STATUS = { unknown: 404, read: 400, foreign: 403, many: 429, busy: 503, broken: 500 } as const

/**
 * A page whose form is sent names its origin to its own server, for browsers that say in no other way which page sends.
 */
export const sayOrigin = (c: Context): void => c.header('referrer-policy', 'same-origin')

/**
 * Says why nothing is shown or nothing was taken, with the status that means it; `wait`: seconds until it is worth
 * another try. What was sent is led to the page that says it: a browser keeps on its disk what a page itself has
 * answered.
 */
export async function answerLetterProblem(
  c: Context,
  problem: LetterPageProblem,
  { frame, wait }: { readonly frame: LetterFrame; readonly wait?: number },
): Promise<Response> {
  c.header('cache-control', 'no-store')
  if (c.req.method === 'POST') return c.redirect(letterUrls.refused(letterLang(c), problem, wait), 303)
  if (wait !== undefined) c.header('retry-after', String(wait))
  return c.html(await renderLetterPage(letterProblemPage(letterLang(c), problem), frame), STATUS[problem])
}
