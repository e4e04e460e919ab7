import { appendFileSync, renameSync, statSync } from 'node:fs'

const MOST_BYTES = 1_000_000

/**
 * A log that is a file of at most a megabyte, with the megabyte before it as `….1`. A line that cannot be written, as on
 * a full disk, is lost: no program ends because of its log.
 */
export function openLogFile(path: string): { write(line: string): void } {
  return {
    write(line) {
      try {
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
        if (size + Buffer.byteLength(line) > MOST_BYTES) renameSync(path, `${path}.1`)
        appendFileSync(path, line, { mode: 0o600 })
      } catch {
        // lost, see above
      }
    },
  }
}
