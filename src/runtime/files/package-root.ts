import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function find(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error('Cannot find the package: no package.json above this file')
  }
}

/** Folder of the installed package, the same from src/ and from dist/: it contains `data/`. */
export const PACKAGE_ROOT = find()
