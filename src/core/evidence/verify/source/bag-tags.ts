import { InputError } from '../../../model/errors.ts'
import type { BundleSource } from './bundle-source.ts'

/** What `bagit.txt` says. */
export interface BagDeclared {
  readonly version: number
  /** Label of the encoding of the other tag files. */
  readonly encoding: string
}

const VERSIONS = new Set(['0.93', '0.94', '0.95', '0.96', '0.97', '1.0'])
const ENCODINGS = new Set(['utf-8', 'utf-16', 'iso-8859-1', 'us-ascii'])
const MOST_LINE = 10_000
const MOST_LINES = 1_000_000

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read ${path}`, { code: 'bag.form', path, expected })

/**
 * Reads `bagit.txt`, RFC 8493 §2.1.1. Version 1.0 allows one form alone; earlier ones had white space around the colon and
 * behind the value. Throws InputError.
 */
export async function readDeclaration(source: BundleSource): Promise<BagDeclared> {
  const path = 'bagit.txt'
  if (!source.files.has(path)) throw refuse(path, 'the declaration of a bag')
  const bytes = await source.read(path, MOST_LINE)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refuse(path, 'UTF-8')
  }
  if (text.startsWith('\ufeff')) throw refuse(path, 'no byte order mark')
  const [first = '', second = '', ...rest] = text.split(/\r\n|\r|\n/)
  const version = /^BagIt-Version *: *(\d+\.\d+)\s*$/.exec(first)?.[1]
  const encoding = /^Tag-File-Character-Encoding *: *(\S+)\s*$/.exec(second)?.[1]?.toLowerCase()
  if (version === undefined || !VERSIONS.has(version)) throw refuse(path, 'a version from 0.93 to 1.0')
  if (encoding === undefined || !ENCODINGS.has(encoding)) throw refuse(path, 'a known encoding of the tag files')
  if (rest.some((line) => line.trim() !== '')) throw refuse(path, 'two lines')
  const exact = /^BagIt-Version: \S+$/.test(first) && /^Tag-File-Character-Encoding: \S+$/.test(second)
  if (version === '1.0' && !exact) throw refuse(path, 'one space after each colon, and no other white space')
  return { version: Number(version), encoding }
}

export interface BagLine {
  /** Lower-case hexadecimal digits. */
  readonly digest: string
  readonly path: string
  readonly warning?: string
}

/** Lines of a manifest: digest, white space, an asterisk or none, path. Throws InputError for a line that is none. */
export function parseBagLines(
  text: string,
  name: string,
  { strict }: { readonly strict: boolean },
): readonly BagLine[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.length > MOST_LINES) throw refuse(name, `at most ${MOST_LINES} lines`)
  return lines.flatMap((line, at) => {
    if (line === '') return []
    const [, digest, star, written] = /^([0-9A-Fa-f]{8,256})[ \t]+(\*?)(.+)$/s.exec(line) ?? []
    if (digest === undefined || written === undefined || line.length > MOST_LINE)
      throw refuse(`${name} line ${at + 1}`, 'a digest and a path')
    const dotted = written.startsWith('./')
    const path = decodeListedPath(dotted ? written.slice(2) : written, strict)
    const warning = dotted ? 'begins with "./"' : star === '*' ? 'is marked as binary, as by md5sum' : undefined
    return [{ digest: digest.toLowerCase(), path, ...(warning === undefined ? {} : { warning }) }]
  })
}

/** A path as it is on the disk: line ends are written with a percent sign, from version 1.0 on that sign too. */
export const decodeListedPath = (path: string, strict = true): string =>
  path.replace(strict ? /%(0A|0D|25)/gi : /%(0A|0D)/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )

/** Whether a path leads, or might on some system, to another place than below the bag. */
export const leadsOut = (path: string): boolean =>
  /^(\/|\\|~|[A-Za-z]:|%[A-Za-z_]+%)/.test(path) ||
  path.split(/[/\\]/).some((segment) => segment === '..') ||
  path.includes('\0')
