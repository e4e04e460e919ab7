import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MEDIA_TYPES, type Asset } from '../../web/html/asset.ts'
import { readBrowserScript } from '../web/browser-script.ts'
import { assetTag, SITE_ASSETS, stylePart, type SiteAssets } from '../web/assets.ts'

const LETTER_ASSETS = fileURLToPath(new URL('../../letter/assets/', import.meta.url))
/** Parts of the style sheet of the site that a letter is set with: its values, the page, forms, words, paper. */
const SHARED = ['10-tokens.css', '20-page.css', '25-form.css', '60-guide.css', '90-print.css']
const SCRIPT = 'letter.js'

export interface LetterAssets extends SiteAssets {
  /** Whether the script that seals could be made. */
  readonly seals: boolean
}

/** Style sheet, fonts, drawing and script of a letter service, each with a tag made from its bytes. */
export async function readLetterAssets(): Promise<LetterAssets> {
  const fonts = (await readdir(join(SITE_ASSETS, 'fonts'))).filter((name) => MEDIA_TYPES[extname(name)] !== undefined)
  const files = await Promise.all([
    ...fonts.toSorted().map((name) => file(`fonts/${name}`, join(SITE_ASSETS, 'fonts', name))),
    file('letter.svg', join(LETTER_ASSETS, 'letter.svg')),
  ])
  const styles = await Promise.all([
    ...SHARED.map((name) => file(name, join(SITE_ASSETS, 'css', name))),
    file('letter.css', join(LETTER_ASSETS, 'letter.css')),
  ])
  const script = await readBrowserScript(SCRIPT)
  if (script !== undefined) files.push({ path: SCRIPT, bytes: new TextEncoder().encode(script) })
  const tag = assetTag(...[...files, ...styles].flatMap(({ path, bytes }) => [path, bytes])).slice(0, 10)
  const style = styles
    .map(({ path, bytes }) => stylePart(path, bytes))
    .join('')
    .replaceAll(/url\('(fonts\/[^']+)'\)/g, `url('$1?v=${tag}')`)
  const assets = [...files, { path: 'letter.css', bytes: new TextEncoder().encode(style) }].map(
    ({ path, bytes }): Asset => ({
      path,
      mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
      etag: `"${assetTag(bytes)}"`,
      bytes,
    }),
  )
  return { tag, assets, seals: script !== undefined }
}

const file = async (
  path: string,
  place: string,
): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }> => ({
  path,
  bytes: new Uint8Array(await readFile(place)),
})
