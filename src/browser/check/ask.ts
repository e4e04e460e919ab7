import { MINUTE_MS } from '../../core/model/duration.ts'
import type { CrowdTry, RequestEnd } from '../../core/model/people/crowd-check.ts'

/** A document and an image of one host. */
export interface Pair {
  readonly document: string
  readonly image: string
}

export interface AskOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** A host of ours lets pages read what it answers; then only a good status counts. */
  readonly readable?: boolean
}

interface Ended {
  readonly end: RequestEnd
  readonly ms: number
}

/** Nothing longer is written down: a page that slept in between has measured its sleep. */
const MOST_MS = MINUTE_MS
/**
 * A violation of the page's policy is reported after the request has failed: at once, on a slow phone a little later.
 */
const TOLD_AFTER_MS = 400
const LOOK_EVERY_MS = 20

/**
 * Asks for both at once, as docs/methods/browser-check.md has it: nothing from a cache, no cookies, no referrer.
 * Rejects where the reader stops; every other end is what was found.
 */
export async function askPair({ document, image }: Pair, options: AskOptions): Promise<CrowdTry> {
  options.signal.throwIfAborted()
  const [page, picture] = await Promise.all([askDocument(document, options), askImage(image, options)])
  return { document: page.end, document_ms: page.ms, image: picture.end, image_ms: picture.ms }
}

/** No cache on the way has seen this address. */
function fresh(url: string): string {
  const asked = new URL(url)
  asked.searchParams.set('k', Math.random().toString(36).slice(2, 10))
  return asked.href
}

const since = (began: number): number => Math.min(MOST_MS, Math.round(performance.now() - began))

async function askDocument(url: string, { timeoutMs, signal, readable = false }: AskOptions): Promise<Ended> {
  const given = new AbortController()
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    given.abort()
  }, timeoutMs)
  const stop = (): void => given.abort()
  signal.addEventListener('abort', stop)
  const began = performance.now()
  try {
    const answer = await fetch(fresh(url), {
      mode: readable ? 'cors' : 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: given.signal,
    })
    return { end: readable && !answer.ok ? 'failed' : 'answered', ms: since(began) }
  } catch {
    signal.throwIfAborted()
    const ms = since(began)
    if (isOver) return { end: 'timed-out', ms }
    return { end: (await wasSentElsewhere(url)) ? 'answered' : 'failed', ms }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // Its body is of no use, and a phone pays for it.
    given.abort()
  }
}

function askImage(url: string, { timeoutMs, signal }: AskOptions): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const image = new Image()
  image.referrerPolicy = 'no-referrer'
  const began = performance.now()
  const end = (how: RequestEnd) => (): void => resolve({ end: how, ms: since(began) })
  const timer = setTimeout(end('timed-out'), timeoutMs)
  const stop = (): void => reject(signal.reason)
  image.addEventListener('load', end('answered'))
  image.addEventListener('error', end('failed'))
  signal.addEventListener('abort', stop)
  image.src = fresh(url)
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    image.removeAttribute('src')
  })
}

/** Addresses whose answer led to a host that this page may not ask. */
const sentElsewhere: string[] = []

/**
 * A server that proved to be the host may lead elsewhere, and the page's policy forbids to follow: the request fails
 * although the host answered. The browser distinguishes that.
 */
export function watchRedirects(): void {
  document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => {
    if (effectiveDirective === 'connect-src') sentElsewhere.push(blockedURI)
  })
}

async function wasSentElsewhere(url: string): Promise<boolean> {
  const { origin } = new URL(url)
  const until = performance.now() + TOLD_AFTER_MS
  for (;;) {
    const at = sentElsewhere.findIndex((one) => one === origin || one.startsWith(`${origin}/`))
    if (at >= 0) {
      sentElsewhere.splice(at, 1)
      return true
    }
    if (performance.now() >= until) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
