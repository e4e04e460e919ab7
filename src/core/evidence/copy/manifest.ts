import { InputError } from '../../model/errors.ts'
import { parseSha256, type Sha256 } from '../../model/units.ts'

// The list of the files of a copy, in the form of sha256sum, and the words that are signed of it (docs/formats/mirror.md).

/** Files of a copy that the list does not name: the list itself, and what is signed of it. */
export const MANIFEST = 'MANIFEST.sha256'
export const MANIFEST_NOTE = 'MANIFEST.note'
export const MANIFEST_KEY = 'MANIFEST.vkey'

export interface ListedFile {
  /** Path below the copy with slashes. */
  readonly path: string
  readonly sha256: Sha256
}

const MOST_FILES = 500_000
const MOST_PATH = 240
const PART = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/

/** Whether a path is allowed in a copy: parts of plain letters below it, none of them `..` or hidden. */
export const isCopyPath = (path: string): boolean =>
  path.length > 0 &&
  path.length <= MOST_PATH &&
  path.split('/').every((part) => PART.test(part) && !part.endsWith('.')) &&
  ![MANIFEST, MANIFEST_NOTE, MANIFEST_KEY].includes(path)

/** Lines of `sha256sum`, sorted by path: `sha256sum -c` reads them anywhere. */
export const formatManifest = (files: readonly ListedFile[]): string =>
  files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('')

/** Reads a list. Throws InputError that names the line for a path that leads elsewhere, twice the same, or out of order. */
export function parseManifest(text: string): readonly ListedFile[] {
  const refuse = (line: number, expected: string): InputError =>
    new InputError(`Cannot read ${MANIFEST}, line ${line}: expected ${expected}`, {
      code: 'manifest.invalid',
      path: `line ${line}`,
      expected,
    })
  const lines = text.split('\n')
  if (lines.pop() !== '') throw refuse(lines.length + 1, 'a line feed at the end')
  if (lines.length > MOST_FILES) throw refuse(MOST_FILES, `at most ${MOST_FILES} lines`)
  const files: ListedFile[] = []
  for (const [index, line] of lines.entries()) {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line)
    const path = match?.[2] ?? ''
    if (match === null || !isCopyPath(path)) throw refuse(index + 1, 'a digest, two spaces, a path below the copy')
    const before = files.at(-1)
    if (before !== undefined && before.path >= path) throw refuse(index + 1, 'paths in order, each once')
    files.push({ path, sha256: parseSha256(match[1]) })
  }
  return files
}
