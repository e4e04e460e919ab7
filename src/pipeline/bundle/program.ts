import { createHash, hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Program } from '../../core/model/incident/bundle.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'

/** Sources of a checkout, or what was compiled of them in a published package. */
const FOLDERS = ['src', 'dist']

/**
 * Which program this is: its version, and the SHA-256 of the list, in the form of `sha256sum` and by path, of every file
 * of `src/` in a checkout, of `dist/` in a published package.
 */
export async function describeProgram(
  versions: Pick<Program, 'rules' | 'detection'>,
  root: string = PACKAGE_ROOT,
): Promise<Program> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  const folder = FOLDERS.find((one) => existsSync(join(root, one))) ?? 'src'
  const digest = createHash('sha256')
  for (const path of await filesBelow(root, folder))
    digest.update(`${hash('sha256', await readFile(join(root, path)))}  ${path}\n`)
  return { version, source_sha256: digest.digest('hex'), node: process.version, ...versions }
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
