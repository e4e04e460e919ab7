import { chromiumPath, openBrowser } from '../../test/kit/browser/browser.ts'

/** A line of 400 kbit/s with 400 ms to every answer, as the browser's own throttle makes it. */
const LINE = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 }

export interface SlowLine {
  /** Seconds to the first text in the window, nothing in any cache. */
  readonly readableS: number
  /** Seconds to the last font. */
  readonly wholeS: number
  /** Bytes of the fonts that the page used. */
  readonly fontBytes: number
}

// In the page itself, whose world this program does not know.
const FIRST_TEXT =
  "document.fonts.ready.then(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN)"
const LAST_ANSWER = "Math.max(...performance.getEntriesByType('resource').map((one) => one.responseEnd))"

/** Opens a page in Chromium on a slow line; undefined where there is no Chromium. */
export async function openOnSlowLine(url: string): Promise<SlowLine | undefined> {
  if (chromiumPath() === undefined) return undefined
  const browser = await openBrowser()
  try {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    const protocol = await context.newCDPSession(page)
    await protocol.send('Network.enable')
    await protocol.send('Network.emulateNetworkConditions', LINE)
    let fontBytes = 0
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.woff2'))
        fontBytes += Number(response.headers()['content-length'] ?? 0)
    })
    await page.goto(url, { waitUntil: 'load' })
    const readable = await page.evaluate<number>(FIRST_TEXT)
    const whole = await page.evaluate<number>(LAST_ANSWER)
    return { readableS: readable / 1000, wholeS: whole / 1000, fontBytes }
  } finally {
    await browser.close()
  }
}
