// Pictures of the pages in three languages, on a phone and a desk, by day and by night: ./screenshots/*.png
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { listen } from '../src/site/listen.ts'
import { urls } from '../src/site/urls.ts'
import { LANGS } from '../src/text/lang.ts'
import { openBrowser } from '../test/kit/browser.ts'
import { SAMPLE_KINDS } from '../test/kit/incident-sample.ts'
import { ERASED, sampleId, sampleSite } from '../test/kit/site-sample.ts'

const SHAPES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
  narrow: { width: 320, height: 640 },
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'screenshots' },
    url: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
await mkdir(values.out, { recursive: true })
await using browser = await openBrowser()
await using server = await listen(await sampleSite({ simulated: true }), { host: '127.0.0.1', port: 0 })
for (const lang of LANGS) {
  const pages = {
    first: urls.first(lang),
    measurement: urls.measurement(lang, sampleId('youtube', 0, 0)),
    series: urls.series(lang, 'youtube', 64496 as never, { since: '2026-02-27', until: '2026-03-05' }),
    erased: urls.measurement(lang, ERASED),
    incidents: urls.incidents(lang),
    corrections: urls.corrections(lang),
    ...Object.fromEntries(
      Object.entries(SAMPLE_KINDS).map(([kind, { id }]) => [`incident-${kind}`, urls.incident(lang, id)]),
    ),
  }
  for (const [name, path] of Object.entries(pages))
    for (const [shape, viewport] of Object.entries(SHAPES))
      for (const colorScheme of ['light', 'dark'] as const) {
        const file = `${name}-${lang}-${shape}-${colorScheme}.png`
        if (!file.includes(values.only)) continue
        const page = await browser.newPage({ viewport, colorScheme })
        await page.goto(new URL(path, values.url ?? server.url).href)
        await page.screenshot({ path: join(values.out, file), fullPage: true })
        await page.close()
      }
}
