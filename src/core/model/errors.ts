/** A place in what was given to us: a JSON pointer, a line, a byte offset. */
export interface InputErrorDetail {
  /** Closed, stable word for programs, such as `json.truncated`. */
  readonly code: string
  /** Where in the input, as a JSON pointer or `line 12`. */
  readonly path: string
  /** What would have been right, in a few words. */
  readonly expected: string
}

/** The input is wrong: 400, exit 2, a sentence in their language. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: string
  readonly path: string
  readonly expected: string

  constructor(message: string, detail: InputErrorDetail) {
    super(message)
    this.code = detail.code
    this.path = detail.path
    this.expected = detail.expected
  }
}

/** We or the machine broke: logged with its cause chain, 500, exit 1. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/** What is read; undefined where that throws InputError. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** What a promise gives; undefined where it rejects with InputError. */
export async function settledOrUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** What an error says. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The error for an option that cannot be read: what was found (made safe by the caller), what would have been right. */
export const wrongOption = (option: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read --${option}: ${found}; expected ${expected}`, {
    code: 'argument.invalid',
    path: `--${option}`,
    expected,
  })
