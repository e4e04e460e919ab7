import { exchangeHttp3 } from '../net/http/http3.ts'
import type { NetTools } from '../net/tools.ts'
import { failedPage, type HelperPage } from '../core/ooni/helper/answer.ts'
import { helperHttpWord } from '../core/ooni/helper/failure.ts'
import { HELPER_HEADERS, type HelperHeaders } from '../core/ooni/helper/request.ts'
import { MOST_PAGE_BYTES } from './fetch-page.ts'
import { pageOf } from './page-answer.ts'

/** One GET over HTTP/3 to an address whose handshake has succeeded; no redirects. Undefined where this machine speaks no HTTP/3. */
export async function fetchPageOverQuic(
  url: URL,
  to: { readonly address: string; readonly port: number; readonly headers: HelperHeaders },
  tools: NetTools,
): Promise<HelperPage | undefined> {
  const headers = HELPER_HEADERS.flatMap((name) =>
    (to.headers[name] ?? []).map((value) => [name.toLowerCase(), value] as const),
  )
  const { address, port } = to
  const answer = await exchangeHttp3(url.href, { address, port, headers, bodyCap: MOST_PAGE_BYTES }, tools)
  if (answer === undefined) return undefined
  return answer.failure === undefined
    ? pageOf(answer, url)
    : failedPage(helperHttpWord(answer.failure) ?? 'unknown_error')
}
