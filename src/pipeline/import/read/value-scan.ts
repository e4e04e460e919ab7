/** What a scan over the bytes of one value met. */
export type Met =
  /** All bytes seen, the value is not complete. */
  | { readonly kind: 'more' }
  /** The value is complete before byte `at`. */
  | { readonly kind: 'end'; readonly at: number }
  /** Byte `at` ends a line inside the value. */
  | { readonly kind: 'line'; readonly at: number; readonly inText: boolean }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a

/** Follows the brackets and texts of one JSON object or list over any number of chunks. */
export class ValueScan {
  #depth = 0
  #inText = false
  #escaped = false

  /** Looks at `bytes` from `from` on until the value ends or a line ends in it. */
  feed(bytes: Uint8Array, from: number): Met {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === NEWLINE) return { kind: 'line', at: i, inText: this.#inText }
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inText = false
      } else if (byte === QUOTE) this.#inText = true
      else if (byte === 0x7b || byte === 0x5b) this.#depth++
      else if ((byte === 0x7d || byte === 0x5d) && --this.#depth <= 0) return { kind: 'end', at: i + 1 }
    }
    return { kind: 'more' }
  }
}

/** Whether bytes are an object or list whose brackets and texts are closed. */
export function isClosed(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return false
  const scan = new ValueScan()
  for (let from = 0; ;) {
    const met = scan.feed(bytes, from)
    if (met.kind === 'line') from = met.at + 1
    else return met.kind === 'end' && met.at === bytes.length
  }
}
