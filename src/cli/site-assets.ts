import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MEDIA_TYPES, type Asset } from '../site/asset.ts'

const FOLDER = fileURLToPath(new URL('../site/assets/', import.meta.url))

/** Reads the style sheets, fonts and drawings of the site, each with a tag made from its bytes. */
export async function readSiteAssets(): Promise<readonly Asset[]> {
  const files = await readdir(FOLDER, { recursive: true, withFileTypes: true })
  const assets = files.flatMap(async (file): Promise<Asset[]> => {
    const mediaType = MEDIA_TYPES[extname(file.name)]
    if (!file.isFile() || mediaType === undefined) return []
    const path = join(file.parentPath, file.name)
    const bytes = new Uint8Array(await readFile(path))
    const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
    return [{ path: relative(FOLDER, path).replaceAll(sep, '/'), mediaType, etag: `"${digest}"`, bytes }]
  })
  return (await Promise.all(assets)).flat()
}
