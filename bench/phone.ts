// Bytes and seconds to the first text on a phone with a 2G line, with and without `Save-Data: on`.
import { openDirectPages } from '../src/site/submit/direct-pages.ts'
import { requestOf } from '../src/site/first/key.ts'
import { urls } from '../src/site/urls.ts'
import { PageCache } from '../src/web/answer/page-cache.ts'
import { PLAIN_FRAME } from '../src/web/html/frame.ts'
import { listen, type Listening } from '../src/web/listen.ts'
import { systemClock } from '../src/runtime/clock.ts'
import { readSiteAssets } from '../src/app/web/assets.ts'
import type { createSite } from '../src/site/app.ts'
import { firstSite, OWN } from '../test/kit/evening/first-sample.ts'
import { SAMPLE_KINDS } from '../test/kit/evening/incident-sample.ts'
import { sampleSite } from '../test/kit/site/site-sample.ts'
import { openOnSlowLine, SLOW_2G } from './site/slow-line.ts'
import type { Bench, Figure } from './run.ts'

/** Text within so many seconds, the fonts not waited for. */
const MOST_READABLE_S = 15
/** As many as a country has that are measured at all. */
const NETWORKS = 60

/** Serves a site as a server does: from memory, compressed. */
async function serve(site: ReturnType<typeof createSite>): Promise<Listening> {
  const frame = { ...PLAIN_FRAME, assets: (await readSiteAssets()).tag }
  const cache = new PageCache({
    render: async (key) => {
      const { path, headers, env } = requestOf(key)
      return site.fetch(new Request(`http://kuager${path}`, { headers }), env)
    },
    clock: systemClock,
  })
  return listen(site, { host: '127.0.0.1', port: 0, direct: await openDirectPages({ cache, frame }) })
}

export const bench: Bench = {
  summary: 'first page and page of an incident on a phone with 50 kbit/s and 1 s to every answer',
  async run({ quick }) {
    await using first = await serve(await firstSite({ networks: NETWORKS }))
    await using sample = await serve(await sampleSite())
    const langs = quick ? (['kk'] as const) : (['kk', 'ru', 'en'] as const)
    const table: Figure[] = []
    const json: Record<string, number> = {}
    for (const lang of langs)
      for (const [page, url] of [
        ['first', new URL(urls.first(lang, OWN), first.url)],
        ['incident', new URL(urls.incident(lang, SAMPLE_KINDS.finished.id), sample.url)],
      ] as const)
        for (const savesData of [false, true]) {
          const found = await openOnSlowLine(url.href, { line: SLOW_2G, savesData })
          if (found === undefined) throw new Error('Cannot open a page: there is no Chromium at /usr/bin')
          const name = `${page} ${lang}${savesData ? ', saving data' : ''}`
          const readable = Math.round(found.readableS * 10) / 10
          table.push(
            {
              figure: `${name}: s to the first text`,
              value: readable,
              target: `<= ${MOST_READABLE_S}`,
              met: readable <= MOST_READABLE_S,
            },
            { figure: `${name}: KB in all`, value: Math.round(found.bytes / 1024) },
          )
          const key = `${page}_${lang}${savesData ? '_saving' : ''}`
          json[`${key}_readable_s`] = readable
          json[`${key}_bytes`] = found.bytes
        }
    return { table, json }
  },
}
