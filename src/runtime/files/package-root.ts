import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { getRawAsset, isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

/** True where the program is one file with its runtime and its tables inside, as a volunteer downloads it. */
export const ONE_FILE = isSea()

/** Name of the probe as one script with its tables next to it, for an installed Node. */
export const ONE_SCRIPT_NAME = 'kuager-probe.cjs'

const OWN_FILE = fileURLToPath(import.meta.url)

/** True where the program is that script. */
const ONE_SCRIPT = basename(OWN_FILE) === ONE_SCRIPT_NAME

/** True where the program is the probe and nothing else, with what it needs in it or next to it. */
export const PROBE_ONLY = ONE_FILE || ONE_SCRIPT

function find(): string {
  // No folder has this name: what is below it is read from the program itself.
  if (ONE_FILE) return join(dirname(process.execPath), ' inside the program ')
  for (let folder = dirname(OWN_FILE); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error('Cannot find the package: no package.json above this file')
  }
}

/** Folder of the installed package, the same from src/ and from dist/: it contains `data/`. */
export const PACKAGE_ROOT = find()

/**
 * Bytes of a file: of one below the package's folder also where the program is one file. Throws where there is none, and
 * for one of more than `most` bytes before it is read.
 */
export function readPackaged(file: string, most = Infinity): Buffer {
  if (!ONE_FILE || !file.startsWith(PACKAGE_ROOT + sep)) {
    if (statSync(file).size > most) throw new Error(`more than ${most} bytes`)
    return readFileSync(file)
  }
  return Buffer.from(getRawAsset(relative(PACKAGE_ROOT, file).replaceAll(sep, '/')))
}

/** Version of the installed package. */
export function packageVersion(): string {
  const json: unknown = JSON.parse(readPackaged(join(PACKAGE_ROOT, 'package.json')).toString('utf8'))
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '0.0.0'
}
