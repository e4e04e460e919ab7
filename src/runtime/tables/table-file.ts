import { basename } from 'node:path'
import type { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { readPackaged } from '../files/package-root.ts'

/** A table larger than this is refused before it is read. */
export const MAX_TABLE_BYTES = 8 * 1024 * 1024

/** How a table is called in a message, the code of its errors, and where its form is described. */
export interface TableWords {
  readonly what: string
  readonly code: string
  readonly form: string
}

/** A JSON table from a file, bundled or the owner's. Throws InputError that names the file and the place in it. */
export function readTable<S extends z.ZodType>(file: string, schema: S, words: TableWords): z.infer<S> {
  const refuse = (path: string, found: string): InputError =>
    new InputError(`Cannot read ${words.what} "${basename(file)}"${path === '' ? '' : `, ${path}`}: ${found}`, {
      code: words.code,
      path: `${file}${path}`,
      expected: words.form,
    })
  let value: unknown
  try {
    value = JSON.parse(readPackaged(file, MAX_TABLE_BYTES).toString('utf8'))
  } catch (error) {
    throw refuse('', error instanceof Error ? error.message : String(error))
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'wrong shape')
}
