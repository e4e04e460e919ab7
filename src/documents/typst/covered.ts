import { InputError } from '../../core/model/errors.ts'

/**
 * Every code point that a TrueType font has a glyph for, from its table `cmap` (formats 4 and 12). Throws InputError for
 * a file without one. Source: OpenType specification 1.9, `cmap`.
 */
export function coveredBy(font: Uint8Array): ReadonlySet<number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength)
  try {
    const table = tableAt(view, 'cmap')
    const covered = new Set<number>()
    for (let index = 0; index < view.getUint16(table + 2); index++)
      addSubtable(view, table + view.getUint32(table + 4 + index * 8 + 4), covered)
    if (covered.size > 0) return covered
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new InputError('Cannot read font: no table of characters in it', {
    code: 'font.cmap',
    path: '',
    expected: 'a TrueType font with a cmap of format 4 or 12',
  })
}

function tableAt(view: DataView, name: string): number {
  for (let index = 0; index < view.getUint16(4); index++) {
    const record = 12 + index * 16
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(record + at)))
    if (tag === name) return view.getUint32(record + 8)
  }
  throw new RangeError(name)
}

function addSubtable(view: DataView, at: number, covered: Set<number>): void {
  switch (view.getUint16(at)) {
    case 4:
      return addSegments(view, at, covered)
    case 12:
      for (let group = 0; group < view.getUint32(at + 12); group++) {
        const record = at + 16 + group * 12
        const [from, until] = [view.getUint32(record), Math.min(view.getUint32(record + 4), 0x10ffff)]
        for (let code = from; code <= until; code++) covered.add(code)
      }
      return
    default:
  }
}

/** Format 4: segments of the basic plane; a glyph of 0 is none. */
function addSegments(view: DataView, at: number, covered: Set<number>): void {
  const twice = view.getUint16(at + 6)
  const [ends, starts] = [at + 14, at + 16 + twice]
  const [deltas, offsets] = [starts + twice, starts + twice * 2]
  for (let segment = 0; segment < twice; segment += 2) {
    const [from, until] = [view.getUint16(starts + segment), view.getUint16(ends + segment)]
    const [delta, offset] = [view.getUint16(deltas + segment), view.getUint16(offsets + segment)]
    for (let code = from; code <= until && code < 0xffff; code++) {
      const named = offset === 0 ? code : view.getUint16(offsets + segment + offset + (code - from) * 2)
      if (named !== 0 && ((named + delta) & 0xffff) !== 0) covered.add(code)
    }
  }
}
