import type { Hono, MiddlewareHandler } from 'hono'
import { say } from '../core/text/format.ts'
import { Semaphore } from '../runtime/semaphore.ts'
import { answerProblem, requestLang } from './respond.ts'
import type { SiteOptions } from './site-options.ts'
import { socketOf } from './visitor.ts'

/** Pages made at once and waiting, of those that are asked for past the pages in memory. */
const QUEUE = { places: 4, mostWaiting: 64 }
const RETRY_S = '5'
const PAGES = ['/kk/*', '/ru/*', '/en/*', '/card/*', '/chart/*', '/m/*', '/study/*'] as const

/**
 * A queue for requests that come past the pages in memory (direct-pages.ts): by an address that means another than it
 * says, or a host of a strange form. Those have a queue already where they come in; these would ask the stores as often
 * as they like. What is made for the memory has no connection, and passes.
 */
export function addPageQueue(site: Hono, { frame }: Pick<SiteOptions, 'frame'>): void {
  const queue = new Semaphore(QUEUE)
  const inTurn: MiddlewareHandler = async (c, next) => {
    if (socketOf(c) === undefined) return next()
    if (!queue.isFull) return queue.run(next)
    c.header('retry-after', RETRY_S)
    const lang = requestLang(c)
    const view = { heading: say(lang, 'problem.busy'), lines: [say(lang, 'problem.busy-about')] }
    return answerProblem(c, { status: 503, code: 'server.busy', view, frame })
  }
  for (const path of PAGES) site.get(path, inTurn)
}
