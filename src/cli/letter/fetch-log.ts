import type { LogSource } from '../../evidence/letter-recount.ts'
import { TILE_WIDTH, tilePath } from '../../evidence/tile.ts'
import { InputError } from '../../model/errors.ts'
import { millis } from '../../model/units.ts'
import { openDeadline } from '../../sys/deadline.ts'
import { printable } from '../printable.ts'

const LIMIT = millis(30_000)
const MOST_TEXT = 1_000_000
const MOST_TILE = TILE_WIDTH * (65_535 + 2)

/** Reads the address of a letter service. Throws InputError for anything but http or https without a password. */
export function readAddress(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new InputError(`Cannot use address "${printable(text.slice(0, 200))}": it is none of http or https`, {
    code: 'letter.address',
    path: 'URL',
    expected: 'the address of a letter service, such as https://letter.example/',
  })
}

/**
 * Gets what stands at an address, bounded in size and time; undefined where the answer is 404. No redirect is followed and
 * nothing is sent along. Throws InputError that says what came instead.
 */
export async function getBounded(url: URL, most: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot get "${printable(url.href.slice(0, 200))}": ${found}`, {
      code: 'letter.answer',
      path: 'URL',
      expected: `an answer 200 of at most ${most} bytes`,
    })
  using deadline = openDeadline(signal, LIMIT, 'letter')
  let response: Response
  try {
    response = await fetch(url, { redirect: 'error', credentials: 'omit', signal: deadline.signal })
  } catch (error) {
    signal.throwIfAborted()
    throw refuse(error instanceof Error ? printable(causeOf(error)) : 'no answer')
  }
  if (response.status === 404) {
    await response.body?.cancel()
    return undefined
  }
  if (response.status !== 200) {
    await response.body?.cancel()
    throw refuse(`the answer is ${response.status}`)
  }
  try {
    const bytes = await readBody(response, most)
    if (bytes !== undefined) return bytes
  } catch {
    signal.throwIfAborted()
    throw refuse('the answer broke off')
  }
  throw refuse('the answer is longer')
}

/** The body of an answer; undefined where it is longer than expected, of which no more is read then. */
export async function readBody(response: Response, most: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > most) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const causeOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message)

/** The log of a letter service as it serves it. */
export const servedLog = (address: URL, signal: AbortSignal): LogSource => {
  const get = (path: string, most: number): Promise<Uint8Array | undefined> =>
    getBounded(new URL(`/log/${path}`, address), most, signal)
  return {
    checkpoint: () => get('checkpoint', MOST_TEXT),
    keys: async () => new TextDecoder().decode((await get('keys', MOST_TEXT)) ?? new Uint8Array()),
    entries: async (index, width) =>
      (await get(tilePath({ level: 'entries', index, width }), MOST_TILE)) ??
      (width === TILE_WIDTH ? undefined : get(tilePath({ level: 'entries', index, width: TILE_WIDTH }), MOST_TILE)),
  }
}
