import type { LogSource } from '../../letter/core/recount.ts'
import { TILE_WIDTH, tilePath } from '../../core/evidence/log/tile.ts'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import type { Asker } from './asker.ts'

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

/** The log of a letter service as it serves it. */
export const fetchedLog = (address: URL, asker: Asker, signal: AbortSignal): LogSource => {
  const get = (path: string, most: number): Promise<Uint8Array | undefined> =>
    asker.get(new URL(`/log/${path}`, address), { as: 'data', most }, signal)
  return {
    checkpoint: () => get('checkpoint', MOST_TEXT),
    keys: async () => new TextDecoder().decode((await get('keys', MOST_TEXT)) ?? new Uint8Array()),
    entries: async (index, width) =>
      (await get(tilePath({ level: 'entries', index, width }), MOST_TILE)) ??
      (width === TILE_WIDTH ? undefined : get(tilePath({ level: 'entries', index, width: TILE_WIDTH }), MOST_TILE)),
  }
}
