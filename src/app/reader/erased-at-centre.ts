import { LANGS } from '../../core/text/lang.ts'
import { Semaphore } from '../../runtime/semaphore.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'

/** Pages, files and answers about one measurement. */
const MEASUREMENT = new RegExp(`^/(?:(?:${LANGS.join('|')})/m/|m/|api/v1/measurement/)[0-9a-f]{64}(?:\\.json)?$`)
/** How long the centre may take. */
const ANSWER_MS = 3000
/** Questions at once: who asks a reader for made-up measurements must not keep the centre busy. */
const AT_ONCE = 4
const HEADERS = ['content-type', 'access-control-allow-origin'] as const

/**
 * Asks the centre about a measurement that a reader does not have: no copy says which were erased, because nothing there
 * leads from a name to its place. Gives the centre's answer where it was erased, with day and reason as the centre's page
 * shows them; undefined where it is unknown there too, where the centre does not answer, and for every other request.
 */
export function askErased(centre: URL): (request: Request) => Promise<Response | undefined> {
  const places = new Semaphore({ places: AT_ONCE })
  return async (request) => {
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET' || !MEASUREMENT.test(pathname) || !places.isIdle) return undefined
    const free = await places.take()
    try {
      const answer = await fetch(new URL(`.${pathname}`, centre), {
        headers: { 'accept-language': request.headers.get('accept-language') ?? '' },
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      if (answer.status !== 410) {
        await answer.body?.cancel()
        return undefined
      }
      const passed = HEADERS.flatMap((name) => {
        const value = answer.headers.get(name)
        return value === null ? [] : [[name, value] as const]
      })
      const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store', ...Object.fromEntries(passed) }
      return new Response(await answer.arrayBuffer(), { status: 410, headers })
    } catch {
      return undefined
    } finally {
      free()
    }
  }
}
