import { millis } from '../core/model/units.ts'
import type { NetTools } from '../net/tools.ts'
import { DeadlineReached, openDeadline, openLinked } from '../runtime/deadline.ts'
import { failedPage, type HelperFirstAnswer, type HelperPage } from '../core/ooni/helper/answer.ts'
import type { HelperHeaders } from '../core/ooni/helper/request.ts'
import { fetchPage, type FetchTools } from './fetch-page.ts'

/** Longest time of a page with its redirects. */
const PAGE_LIMIT = millis(12_000)

export interface PageSettings {
  readonly headers: HelperHeaders
  /** Whether the first answer is included: an extension of ours, for clients that know it. */
  readonly tellsFirst: boolean
  readonly net: NetTools
  readonly tools: Omit<FetchTools, 'net' | 'onFirst'>
  /** Resolves to true once nothing can come any more: everything the page could be had from is known to be silent. */
  readonly hopeless: Promise<boolean>
}

/**
 * A page within its limit. Where all its addresses are known to be silent before it has answered, it is not waited for
 * any longer. Throws the reason of the request's signal where the asker went away, and what `tools.claim` throws.
 */
export async function boundedPage(url: URL, settings: PageSettings): Promise<HelperPage> {
  const { headers, tellsFirst, net, tools } = settings
  let first: HelperFirstAnswer | undefined
  const given = new AbortController()
  using deadline = openDeadline(net.signal, PAGE_LIMIT, 'page')
  using linked = openLinked([deadline.signal], given)
  settings.hopeless.then(
    (isHopeless) => {
      if (isHopeless && first === undefined) given.abort(new DeadlineReached('page: all its addresses are silent'))
    },
    () => undefined, // it fails the request elsewhere
  )
  const told = (page: HelperPage): HelperPage => (tellsFirst && first !== undefined ? { ...page, first } : page)
  try {
    const page = await fetchPage(url.href, headers, {
      ...tools,
      net: { ...net, signal: linked.signal },
      onFirst: (answer) => (first = answer),
    })
    return told(page)
  } catch (error) {
    net.signal.throwIfAborted()
    if (error instanceof DeadlineReached) return told(failedPage('generic_timeout_error'))
    throw error
  }
}
