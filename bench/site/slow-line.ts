import { chromiumPath, openBrowser } from '../../test/kit/browser/browser.ts'

/** A line as the browser's own throttle makes it: bits a second, and milliseconds to every answer. */
export interface Line {
  readonly bitsPerS: number
  readonly latencyMs: number
}

const SLOW_3G: Line = { bitsPerS: 400_000, latencyMs: 400 }
/** GPRS, with twice the latency that Chromium's own preset of that name had (50 kbit/s, 500 ms). */
export const SLOW_2G: Line = { bitsPerS: 50_000, latencyMs: 1000 }

export interface SlowLine {
  /** Seconds to the first text in the window, nothing in any cache. */
  readonly readableS: number
  /** Bytes that came over the line, heads included. */
  readonly bytes: number
  /** Seconds to the last font. */
  readonly wholeS: number
  /** Bytes of the fonts that the page used. */
  readonly fontBytes: number
}

// In the page itself, whose world this program does not know.
const FIRST_TEXT = `document.fonts.ready.then(() => new Promise((resolve) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName('first-contentful-paint')[0]
  if (found !== undefined) resolve(found.startTime)
}).observe({ type: 'paint', buffered: true })))`
const LAST_ANSWER = "Math.max(...performance.getEntriesByType('resource').map((one) => one.responseEnd))"

/** Opens a page in Chromium on a slow line, 400 kbit/s where none is given; undefined where there is no Chromium. */
export async function openOnSlowLine(
  url: string,
  { line = SLOW_3G, savesData = false }: { readonly line?: Line; readonly savesData?: boolean } = {},
): Promise<SlowLine | undefined> {
  if (chromiumPath() === undefined) return undefined
  const browser = await openBrowser()
  try {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    const protocol = await context.newCDPSession(page)
    await protocol.send('Network.enable')
    const throughput = line.bitsPerS / 8
    await protocol.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: line.latencyMs },
      ...{ downloadThroughput: throughput, uploadThroughput: throughput },
    })
    if (savesData) await context.setExtraHTTPHeaders({ 'save-data': 'on' })
    let fontBytes = 0
    let bytes = 0
    protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.woff2'))
        fontBytes += Number(response.headers()['content-length'] ?? 0)
    })
    await page.goto(url, { waitUntil: 'load', timeout: 120_000 })
    const readable = await page.evaluate<number>(FIRST_TEXT)
    const whole = await page.evaluate<number>(LAST_ANSWER)
    return { readableS: readable / 1000, wholeS: whole / 1000, fontBytes, bytes }
  } finally {
    await browser.close()
  }
}
