import type { Context } from 'hono'
import { negotiateLang, isLang, type Lang } from '../core/text/lang.ts'
import type { Frame } from '../web/html/frame.ts'
import { savesData } from '../web/request/save-data.ts'
import { renderPage, type Page } from './parts/layout.ts'
import { problemPage, type ProblemView } from './parts/problem.ts'

/** Frames a page and answers with it. */
export async function answerPage(c: Context, page: Page, frame: Frame): Promise<Response> {
  c.header('cache-control', 'no-cache')
  return c.html(await renderPage(page, frameFor(c, frame)))
}

/** The frame of a live page for who asks: a browser that saves data gets one without fonts, and caches know it. */
function frameFor(c: Context, frame: Frame): Frame {
  if (frame.medium !== 'live') return frame
  c.header('vary', 'save-data', { append: true })
  return savesData(c.req.header('save-data')) ? { ...frame, savesData: true } : frame
}

export type ProblemStatus = 400 | 404 | 405 | 410 | 500 | 503

const wantsJson = (c: Context): boolean => /^\/(api|m)\//.test(c.req.path)

/** Language of the path, else of the header; a program gets everything in English. */
export function requestLang(c: Context): Lang {
  if (wantsJson(c)) return 'en'
  const first = c.req.path.split('/')[1] ?? ''
  return isLang(first) ? first : negotiateLang(c.req.header('accept-language'))
}

/** What could not be answered: as JSON on the interface, as a page elsewhere. */
export async function answerProblem(
  c: Context,
  { status, code, view, frame }: { status: ProblemStatus; code: string; view: ProblemView; frame: Frame },
): Promise<Response> {
  c.header('cache-control', 'no-store')
  if (wantsJson(c))
    return c.json(
      { error: { code, path: '', expected: '', message: [view.heading, ...view.lines].join('. ') } },
      status,
    )
  return c.html(await renderPage(problemPage(requestLang(c), view), frameFor(c, frame)), status)
}
