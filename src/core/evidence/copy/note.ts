import { InputError } from '../../model/errors.ts'
import { formatInstantUtc, parseInstant, parseSha256, type Instant, type Sha256 } from '../../model/units.ts'

/** What is signed of a copy: of a folder by the digest of its list, of one file by that of its bytes without the note. */
export interface CopyStatement {
  readonly kind: 'folder' | 'file'
  /** Address of the site it is a copy of; absent: not given. */
  readonly origin?: string
  readonly madeAt: Instant
  /** Whether any of it is simulated. */
  readonly simulated: boolean
  /** Files of a folder; 1 for one file. */
  readonly files: number
  readonly bytes: number
  readonly sha256: Sha256
}

const FIRST = { folder: 'kuager-copy@v1', file: 'kuager-one-file@v1' } as const

/** The text of the note, line by line (docs/formats/mirror.md). */
export const formatCopyStatement = (one: CopyStatement): string =>
  [
    FIRST[one.kind],
    `origin ${one.origin ?? '-'}`,
    `made_at_utc ${formatInstantUtc(one.madeAt)}`,
    `simulated ${one.simulated ? 'yes' : 'no'}`,
    `files ${one.files}`,
    `bytes ${one.bytes}`,
    `sha256 ${one.sha256}`,
    '',
  ].join('\n')

const FORM =
  /^kuager-(one-file|copy)@v1\norigin (-|https?:\/\/[a-z0-9.:-]{1,255})\nmade_at_utc (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\nsimulated (yes|no)\nfiles (0|[1-9]\d{0,8})\nbytes (0|[1-9]\d{0,13})\nsha256 ([0-9a-f]{64})\n$/

/** Reads the text of a note. Throws InputError for anything but the one form. */
export function parseCopyStatement(text: string): CopyStatement {
  const match = FORM.exec(text)
  if (match === null)
    throw new InputError(
      'Cannot read what is signed of the copy: expected seven lines that begin with "kuager-copy@v1"',
      {
        code: 'copy.statement',
        path: '',
        expected: 'seven lines that begin with "kuager-copy@v1"',
      },
    )
  const [, one, origin, made, simulated, files, bytes, sha256] = match
  return {
    kind: one === 'one-file' ? 'file' : 'folder',
    ...(origin === undefined || origin === '-' ? {} : { origin }),
    madeAt: parseInstant(made),
    simulated: simulated === 'yes',
    files: Number(files),
    bytes: Number(bytes),
    sha256: parseSha256(sha256),
  }
}
