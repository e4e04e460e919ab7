// Pictures of every page in three languages, on a phone and a desk, by day, by night and on paper: ./screenshots/*.png
//   node scripts/screenshots.ts --only first-kk --only incident-running --out DIR
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LANGS } from '../src/text/lang.ts'
import { openBrowser } from '../test/kit/browser.ts'
import { openEverySite } from '../test/kit/every-site.ts'

const SHAPES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
  narrow: { width: 320, height: 640 },
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'screenshots' },
    only: { type: 'string', multiple: true, default: [] },
    paper: { type: 'boolean', default: false },
  },
})
const wanted = (file: string): boolean =>
  values.only.length === 0 || values.only.some((part) => part.split(' ').every((word) => file.includes(word)))

await mkdir(values.out, { recursive: true })
await using browser = await openBrowser()
await using site = await openEverySite()
for (const lang of LANGS)
  for (const [name, path] of Object.entries(site.pages(lang)))
    for (const [shape, viewport] of Object.entries(SHAPES))
      for (const colorScheme of ['light', 'dark'] as const) {
        const file = `${name}-${lang}-${shape}-${colorScheme}.png`
        if (!wanted(file)) continue
        const page = await browser.newPage({ viewport, colorScheme })
        if (values.paper) await page.emulateMedia({ media: 'print' })
        await page.goto(path)
        await page.screenshot({ path: join(values.out, file), fullPage: true })
        await page.close()
      }
