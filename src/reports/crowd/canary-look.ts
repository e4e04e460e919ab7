import { z } from 'zod'

/** What a control abroad found of a canary, the best first. */
export const ABROAD = ['usable', 'closed-to-pages', 'broken'] as const
export type Abroad = (typeof ABROAD)[number]

/** Of two findings the one that lets a page conclude less. */
export const worseOf = (a: Abroad, b: Abroad): Abroad => (ABROAD.indexOf(a) >= ABROAD.indexOf(b) ? a : b)

/** The part of a helper's answer that is read (docs/formats/control.md). */
const answerSchema = z.object({
  http_request: z.object({
    failure: z.string().nullable(),
    status_code: z.number(),
    headers: z.record(z.string(), z.string()),
    x_first: z.object({ status_code: z.number(), location: z.string().optional() }).optional(),
  }),
})

/** The question for one URL: only its page, with the answer before any redirect. */
export const canaryQuestion = (url: string): object => ({
  http_request: url,
  http_request_headers: { Accept: ['*/*'], 'Accept-Language': ['en'], 'User-Agent': [BROWSER] },
  tcp_connect: [],
  x_pairs: [],
})

/** Some sites refuse what is not a browser; the pages that this is asked for run in one. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * Judges a helper's answer about one half of a canary; undefined where it is not an answer. `broken`: it fails abroad
 * too, or says that its server is in trouble (5xx; for an image everything but 2xx). `closed-to-pages`: it answers, and
 * a page of another site sees a failure all the same: kept to its own site (Fetch, "cross-origin resource policy
 * check"), sent on to cleartext, which no page may load, or an image that is none or is at another host: the page that
 * checks may ask only the hosts of its plan. That a document was sent elsewhere, the page learns from its own policy.
 * BUG: of several redirects only the first and the last answer are seen; one between them that is closed is not.
 */
export function judgeCanary(answer: unknown, half: 'document' | 'image', url: string): Abroad | undefined {
  const parsed = answerSchema.safeParse(answer)
  if (!parsed.success) return undefined
  const { failure, status_code: status, headers, x_first: first } = parsed.data.http_request
  if (failure !== null || status >= 500 || status < 100) return 'broken'
  if (first?.location !== undefined && /^http:/i.test(first.location)) return 'closed-to-pages'
  if (half === 'image' && first?.location !== undefined && !isAt(first.location, url)) return 'closed-to-pages'
  const header = (name: string): string => headerOf(headers, name).trim().toLowerCase()
  if (/^same-(?:origin|site)$/.test(header('cross-origin-resource-policy'))) return 'closed-to-pages'
  if (half === 'document') return 'usable'
  if (status < 200 || status > 299) return 'broken'
  return header('content-type').startsWith('image/') ? 'usable' : 'closed-to-pages'
}

/** Whether a redirect stays at the origin of the address that was asked. */
const isAt = (location: string, url: string): boolean =>
  URL.canParse(location, url) && new URL(location, url).origin === new URL(url).origin

const headerOf = (headers: Readonly<Record<string, string>>, name: string): string =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
