/** What a font says of its characters: enough to know how wide a line becomes before it is drawn. */
export interface FontMetrics {
  /** Advance of a character in parts of the type size; undefined where the font does not draw it. */
  advance(character: string): number | undefined
}

/**
 * Reads the widths of a TrueType font with one Unicode table of the basic plane (cmap format 4), as those of `fonts/`
 * are. Throws where a table is missing: the fonts are ours, a wrong one is a fault. Source: OpenType 1.9, cmap and hmtx.
 */
export function readFontMetrics(bytes: Uint8Array): FontMetrics {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const table = (tag: string): number => {
    for (let index = 0; index < data.getUint16(4); index++) {
      const record = 12 + index * 16
      const name = String.fromCharCode(...bytes.subarray(record, record + 4))
      if (name === tag) return data.getUint32(record + 8)
    }
    throw new Error(`Cannot read font: it has no table ${tag}`)
  }
  const units = data.getUint16(table('head') + 18)
  const measured = data.getUint16(table('hhea') + 34)
  const widths = table('hmtx')
  const glyphs = readCharacters(data, table('cmap'))
  return {
    advance: (character) => {
      const glyph = glyphs.get(character.codePointAt(0) ?? 0)
      if (glyph === undefined) return undefined
      return data.getUint16(widths + Math.min(glyph, measured - 1) * 4) / units
    },
  }
}

function readCharacters(data: DataView, cmap: number): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (let index = 0; index < data.getUint16(cmap + 2); index++) {
    const at = cmap + data.getUint32(cmap + 4 + index * 8 + 4)
    if (data.getUint16(at) !== 4) continue
    const doubled = data.getUint16(at + 6)
    const [ends, starts] = [at + 14, at + 16 + doubled]
    const [deltas, offsets] = [starts + doubled, starts + 2 * doubled]
    for (let part = 0; part < doubled; part += 2) {
      const [start, end] = [data.getUint16(starts + part), data.getUint16(ends + part)]
      const offset = data.getUint16(offsets + part)
      for (let code = start; code <= end && code < 0xffff; code++) {
        const raw = offset === 0 ? code : data.getUint16(offsets + part + offset + (code - start) * 2)
        const glyph = raw === 0 ? 0 : (raw + data.getUint16(deltas + part)) & 0xffff
        if (glyph !== 0) found.set(code, glyph)
      }
    }
    return found
  }
  throw new Error('Cannot read font: it has no character table of format 4')
}
