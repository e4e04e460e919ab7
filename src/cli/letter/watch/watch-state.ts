import { z } from 'zod'
import { InputError } from '../../../core/model/errors.ts'
import { LETTER_ID } from '../../../letter/core/letter.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { writeDurable } from '../../../runtime/files/durable-file.ts'
import { LANGS } from '../../../core/text/lang.ts'
import { printable } from '../../../core/text/printable.ts'

const MOST_STATE = 4_000_000

const stateSchema = z.strictObject({
  format: z.literal('kuager-letter-watch/1'),
  letter: z.string().regex(LETTER_ID),
  /** Newest version of the letter, and the digest of its document. */
  version: z.number().int().positive(),
  document_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Script of the page for signing: its digest; null where the page has none. */
  script_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Page for signing in each language, without the time at which it was shown; absent where it is over. */
  pages_sha256: z.partialRecord(z.enum(LANGS), z.string().regex(/^[0-9a-f]{64}$/)),
  /** What leads on from the page of the letter, or runs there, in each language. */
  ways_sha256: z.partialRecord(z.enum(LANGS), z.string().regex(/^[0-9a-f]{64}$/)),
  /** Verifier keys of the log, a line each. */
  log_keys: z.array(z.string().max(500)).max(100),
  /** Newest checkpoint that was seen, as it was served. */
  checkpoint: z.string().max(1_000_000),
})

/** What a service was seen to serve. */
export type WatchedService = z.infer<typeof stateSchema>

/** What was seen last; undefined before the first look. Throws InputError for a file that is none of this. */
export async function readWatched(path: string): Promise<WatchedService | undefined> {
  const bytes = await readBounded(path, MOST_STATE)
  if (bytes === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    throw new InputError(`Cannot read "${printable(path)}": it is not what watch keeps`, {
      code: 'watch.state',
      path: '--state',
      expected: 'the file that an earlier "kuager letter watch" wrote, or none',
    })
  }
}

export const writeWatched = (path: string, seen: WatchedService): Promise<void> =>
  writeDurable(path, Buffer.from(`${JSON.stringify(seen, undefined, 2)}\n`))
