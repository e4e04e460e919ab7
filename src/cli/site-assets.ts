import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MEDIA_TYPES, type Asset } from '../site/asset.ts'

const FOLDER = fileURLToPath(new URL('../site/assets/', import.meta.url))
/** Parts of the style sheet, joined in the order of their names; the part for paper stands in a query of its own. */
const STYLE_PARTS = 'css/'
const FOR_PAPER = /-print\.css$/

export interface SiteAssets {
  readonly assets: readonly Asset[]
  /** Tag of all of them together: part of their address, so that they may be kept for ever. */
  readonly tag: string
}

/** Reads the style sheet, fonts and drawings of the site, each with a tag made from its bytes. */
export async function readSiteAssets(): Promise<SiteAssets> {
  const found = await readdir(FOLDER, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((file) => file.isFile() && MEDIA_TYPES[extname(file.name)] !== undefined)
    .map((file) => relative(FOLDER, join(file.parentPath, file.name)).replaceAll(sep, '/'))
    .toSorted()
  const files = await Promise.all(
    paths.map(async (path) => ({ path, bytes: new Uint8Array(await readFile(join(FOLDER, path))) })),
  )
  const tag = digest(...files.flatMap(({ path, bytes }) => [path, bytes])).slice(0, 10)
  const style = files
    .filter(({ path }) => path.startsWith(STYLE_PARTS))
    .map(({ path, bytes }) => stylePart(path, bytes))
  const all = [
    ...files.filter(({ path }) => !path.startsWith(STYLE_PARTS)),
    {
      path: 'site.css',
      bytes: new TextEncoder().encode(style.join('').replaceAll(/url\('(fonts\/[^']+)'\)/g, `url('$1?v=${tag}')`)),
    },
  ]
  return {
    tag,
    assets: all.map(({ path, bytes }) => ({
      path,
      mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
      etag: `"${digest(bytes)}"`,
      bytes,
    })),
  }
}

/** A part without its comments and indentation: a phone on a slow line pays for every byte. */
function stylePart(path: string, bytes: Uint8Array): string {
  const text = new TextDecoder()
    .decode(bytes)
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/^\s+/gm, '')
  return FOR_PAPER.test(path) ? `@media print{\n${text}}\n` : text
}

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url').slice(0, 22)
}
