import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { BY_HAND_ASSET, MEDIA_TYPES, type Asset } from '../../web/html/asset.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { BROWSER_SCRIPT_NAMES, readBrowserScript } from './browser-script.ts'

/** Style sheets, fonts and drawings of the site. */
export const SITE_ASSETS = fileURLToPath(new URL('../../site/assets/', import.meta.url))
/** Scripts of the browser: TypeScript in a checkout, compiled in the published package. */
const SCRIPTS = fileURLToPath(new URL('../../browser/', import.meta.url))
/** Parts of the style sheet, joined in the order of their names; the part for paper is in a query of its own. */
const STYLE_PARTS = 'css/'
const FOR_PAPER = /-print\.css$/
/** Left out for readers who save data. */
const FONT_FACE = /@font-face\s*\{[^}]*\}\s*/g

export interface SiteAssets {
  readonly assets: readonly Asset[]
  /** Tag of all of them together: part of their address, so that they may be kept permanently. */
  readonly tag: string
}

/** Reads the style sheet, fonts and drawings of the site, each with a tag made from its bytes. */
export async function readSiteAssets(): Promise<SiteAssets> {
  const found = await readdir(SITE_ASSETS, { recursive: true, withFileTypes: true })
  const paths = found
    .filter((file) => file.isFile() && MEDIA_TYPES[extname(file.name)] !== undefined)
    .map((file) => relative(SITE_ASSETS, join(file.parentPath, file.name)).replaceAll(sep, '/'))
    .toSorted()
  const files = await Promise.all(
    paths.map(async (path) => ({ path, bytes: new Uint8Array(await readFile(join(SITE_ASSETS, path))) })),
  )
  files.push(...(await readScripts()), ...(await bundledScripts()), await byHand())
  const tag = assetTag(...files.flatMap(({ path, bytes }) => [path, bytes])).slice(0, 10)
  const style = files
    .filter(({ path }) => path.startsWith(STYLE_PARTS))
    .map(({ path, bytes }) => stylePart(path, bytes))
  const sheet = style.join('').replaceAll(/url\('(fonts\/[^']+)'\)/g, `url('$1?v=${tag}')`)
  const all = [
    ...files.filter(({ path }) => !path.startsWith(STYLE_PARTS)),
    { path: 'site.css', bytes: new TextEncoder().encode(sheet) },
    { path: 'site-without-fonts.css', bytes: new TextEncoder().encode(sheet.replaceAll(FONT_FACE, '')) },
  ]
  return {
    tag,
    assets: all.map(({ path, bytes }) => ({
      path,
      mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
      etag: `"${assetTag(bytes)}"`,
      bytes,
    })),
  }
}

/** Every script of the browser as JavaScript without its comments and indentation, each a file of its own. */
async function readScripts(): Promise<readonly { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }[]> {
  const names = (await readdir(SCRIPTS))
    .filter(
      (name) => /(?<!\.test|\.d)\.[jt]s$/.test(name) && !(BROWSER_SCRIPT_NAMES as readonly string[]).includes(name),
    )
    .toSorted()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(SCRIPTS, name), 'utf8')
      const plain = name.endsWith('.ts') ? withoutTypes(text) : text
      return { path: name.replace(/\.ts$/, '.js'), bytes: new TextEncoder().encode(withoutComments(plain)) }
    }),
  )
}

/** The letter is a service of its own: the observatory serves nothing of it. */
const OF_THE_LETTER = 'letter.js'

/** Scripts that are made from many files; one is absent where it cannot be made, and pages are whole without it. */
async function bundledScripts(): Promise<
  readonly { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }[]
> {
  const made = await Promise.all(
    BROWSER_SCRIPT_NAMES.filter((name) => name !== OF_THE_LETTER).map(async (path) => ({
      path,
      text: await readBrowserScript(path),
    })),
  )
  return made.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, bytes: new TextEncoder().encode(text) }]))
}

/** The text that `kuager bundle` puts into bundles: a person who doubts the one in a bundle takes it from here. */
const byHand = async (): Promise<{ readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> }> => ({
  path: BY_HAND_ASSET,
  bytes: new Uint8Array(await readFile(join(PACKAGE_ROOT, 'docs/bundle/VERIFY.md'))),
})

/** Node calls this part of itself experimental on every use; the operator who starts a server need not read that. */
function withoutTypes(text: string): string {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Only comments that have lines of their own: a comment after code is left as it is. */
const withoutComments = (text: string): string =>
  text
    .replaceAll(/^\s*\/\*\*[^]*?\*\/$/gm, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/^\s+|[ \t]+$/gm, '')

/** A part without its comments and indentation: a phone on a slow line pays for every byte. */
export function stylePart(path: string, bytes: Uint8Array): string {
  const text = new TextDecoder()
    .decode(bytes)
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/^\s+/gm, '')
  return FOR_PAPER.test(path) ? `@media print{\n${text}}\n` : text
}

/** Digest of files, short enough for an address. */
export function assetTag(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url').slice(0, 22)
}
