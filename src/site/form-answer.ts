import type { Context } from 'hono'
import type { Frame } from '../web/html/frame.ts'
import { SECURITY_HEADERS } from '../web/request/headers.ts'
import type { WorkDesk, WorkFor } from '../web/work/contract.ts'
import { PRIVATE } from './first/route.ts'
import type { Page } from './parts/layout.ts'
import { answerPage } from './respond.ts'

/** Scripts of a form may ask their own site for a proof of work, and no other. */
const POLICY = `${SECURITY_HEADERS['content-security-policy']}; connect-src 'self'`

/** A page with a form: for one reader alone, with what was typed. `wait`: seconds until it may be sent again. */
export async function answerForm(
  c: Context,
  page: Page,
  { frame, status, wait }: { readonly frame: Frame; readonly status: number; readonly wait: number | undefined },
): Promise<Response> {
  const answer = await answerPage(c, page, frame)
  const headers = new Headers(answer.headers)
  headers.set('cache-control', PRIVATE)
  headers.set('content-security-policy', POLICY)
  if (wait !== undefined) headers.set('retry-after', String(wait))
  // For browsers that say in no other way which page sends.
  headers.set('referrer-policy', 'same-origin')
  return new Response(answer.body, { status, headers })
}

/** Answers a body that was not read whole, which may still be coming in, by leading to another address. */
export function leadUnread(c: Context, address: string): Response {
  c.header('cache-control', 'no-store')
  c.header('connection', 'close')
  return c.redirect(address, 303)
}

/** Whether a solution pays for an act. One that is wrong or spent is none: no work is required. */
export const hasWork = async (solution: string, work: WorkDesk | undefined, purpose: WorkFor): Promise<boolean> =>
  work !== undefined &&
  solution.length > 0 &&
  solution.length <= 3000 &&
  (await work.verify(solution, purpose)) === 'done'
