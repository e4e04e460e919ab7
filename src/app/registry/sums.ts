import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { InputError } from '../../core/model/errors.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { REGISTRY_FILES, type RegistryFilePart } from './file.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { isMissing } from '../../runtime/files/disk.ts'

/** File of a backup that has the digest of every other one, as the program sha256sum writes and reads it. */
export const SUMS = 'SHA256SUMS'

const MOST_SUMS_BYTES = 4096

export interface Sum {
  readonly name: string
  readonly sha256: Sha256
}

/** SHA-256 of a file of any size. */
export async function registryFileSha256(path: string): Promise<Sha256> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return parseSha256(hash.digest('hex'))
}

export const formatSums = (sums: readonly Sum[]): string =>
  sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')

/** Reads the sums of a backup, only of known files. Throws InputError where the folder is no backup. */
export async function readSums(folder: string): Promise<readonly (Sum & { readonly part: RegistryFilePart })[]> {
  const text = (await read(join(folder, SUMS)))?.toString('utf8')
  if (text === undefined) throw noBackup(folder, `it has no ${SUMS}`)
  const sums = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, digits, name] = /^([0-9a-f]{64}) {2}([a-z]{1,20}\.sqlite)$/.exec(line) ?? []
      const part = PARTS.find((known) => REGISTRY_FILES[known].name === name)
      if (digits === undefined || part === undefined) throw noBackup(folder, `${SUMS} has a line of something else`)
      return { part, name: REGISTRY_FILES[part].name, sha256: parseSha256(digits) }
    })
  if (sums.length === 0 || new Set(sums.map(({ part }) => part)).size !== sums.length)
    throw noBackup(folder, `${SUMS} names no file, or one twice`)
  return sums
}

const PARTS = Object.keys(REGISTRY_FILES) as readonly RegistryFilePart[]

async function read(path: string): Promise<Buffer | undefined> {
  try {
    if ((await stat(path)).size > MOST_SUMS_BYTES) throw noBackup(dirname(path), `${SUMS} is too long`)
    return await readWhole(path)
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ENOTDIR')) return undefined
    throw error
  }
}

const noBackup = (folder: string, why: string): InputError =>
  new InputError(`Cannot restore from "${folder}": ${why}`, {
    code: 'registry.backup',
    path: SUMS,
    expected: 'a folder that "kuager registry backup" made',
  })
