import { join } from 'node:path'

/** Marker of the format; another one is refused. */
export const FORMAT_TEXT = 'kuager archive 1\n'

/** Rotation: a segment that has reached this many bytes takes no further batch. */
export const SEGMENT_BYTES = 256 * 1024 * 1024
/** Longest measurement kept, as received. */
export const MAX_BLOB_BYTES = 64 * 1024 * 1024
/** Longest name of an origin, in bytes of UTF-8. */
export const MAX_ORIGIN_BYTES = 4096

const numbered = (number: number, ending: string): string => `${String(number).padStart(8, '0')}.${ending}`

/** Paths inside the folder of an archive (docs/formats/archive.md, "Folder"). */
export interface Layout {
  readonly folder: string
  readonly format: string
  readonly key: string
  readonly erasures: string
  readonly segments: string
  readonly leaves: string
  segment(number: number): string
  sidecar(number: number): string
  /** Run of ids whose last segment has that number. */
  run(number: number): string
  leafFile(number: number): string
}

export const layoutOf = (folder: string): Layout => ({
  folder,
  format: join(folder, 'format'),
  key: join(folder, 'erasure.key'),
  erasures: join(folder, 'erasures.log'),
  segments: join(folder, 'segments'),
  leaves: join(folder, 'leaves'),
  segment: (number) => join(folder, 'segments', numbered(number, 'segment')),
  sidecar: (number) => join(folder, 'segments', numbered(number, 'index')),
  run: (number) => join(folder, 'segments', numbered(number, 'ids')),
  leafFile: (number) => join(folder, 'leaves', numbered(number, 'leaves')),
})

/** Numbers of the files with an ending, in ascending order; other names are left alone. */
export function numbersOf(names: readonly string[], ending: string): readonly number[] {
  const numbers: number[] = []
  for (const name of names) {
    const match = /^(\d{8})\.([a-z]+)$/.exec(name)
    if (match !== null && match[2] === ending) numbers.push(Number(match[1]))
  }
  return numbers.sort((a, b) => a - b)
}
