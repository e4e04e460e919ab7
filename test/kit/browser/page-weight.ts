import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'

/** Bytes of one answer on the wire, without its head. */
export interface Weight {
  readonly plain: number
  readonly gzip: number
  readonly br: number
}

/** What a browser must have before it shows a word of a page: the page and its style sheets. */
export interface PageWeight {
  readonly html: Weight
  readonly css: Weight
  /** Answers that stand between the request and the first word, one after another. */
  readonly roundTrips: number
  /** Style sheets and scripts that hold the first word back. */
  readonly blocking: readonly string[]
}

const get = (url: URL, coding: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers: { 'accept-encoding': coding } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const found = response.headers['content-encoding'] ?? 'identity'
        if (response.statusCode !== 200 || found !== coding)
          reject(new Error(`${url.pathname}: status ${response.statusCode}, coding ${found}, asked for ${coding}`))
        else resolve(Buffer.concat(parts))
      })
    })
    sent.on('error', reject)
    sent.end()
  })

/** Weighs one address. Throws where it is not answered in each coding. */
export async function weigh(url: URL): Promise<Weight> {
  const [plain, gzip, br] = await Promise.all(['identity', 'gzip', 'br'].map((coding) => get(url, coding)))
  return { plain: plain?.length ?? 0, gzip: gzip?.length ?? 0, br: br?.length ?? 0 }
}

/** Weighs a page with what holds back its first word. */
export async function weighPage(url: URL): Promise<PageWeight> {
  const text = gunzipSync(await get(url, 'gzip')).toString()
  const sheets = [...text.matchAll(/<link\b[^>]*rel="stylesheet"[^>]*>/g)].map(([tag]) => attribute(tag, 'href'))
  const scripts = [...text.matchAll(/<script\b[^>]*>/g)]
    .filter(([tag]) => !/\b(?:defer|async|type="module")/.test(tag))
    .map(([tag]) => attribute(tag, 'src'))
  const weights = await Promise.all(sheets.map((path) => weigh(new URL(path, url))))
  const sum = (coding: keyof Weight): number => weights.reduce((total, one) => total + one[coding], 0)
  return {
    html: await weigh(url),
    css: { plain: sum('plain'), gzip: sum('gzip'), br: sum('br') },
    roundTrips: sheets.length + scripts.length === 0 ? 1 : 2,
    blocking: [...sheets, ...scripts],
  }
}

const attribute = (tag: string, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&')
