import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inflateSync } from 'node:zlib'
import type { CardMaker } from '../../../src/site/cards/card-maker.ts'
import { readFontMetrics } from '../../../src/site/cards/font-metrics.ts'
import { openRaster } from '../../../src/site/cards/raster.ts'
import type { Fonts } from '../../../src/site/cards/card-text.ts'

const read = (path: URL | string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path))
const BYTES = [400, 650].map((weight) =>
  read(new URL(`../../../src/site/cards/fonts/kuager-${weight}.ttf`, import.meta.url)),
) as [Uint8Array, Uint8Array]

/** Widths of the fonts of cards. */
export const CARD_FONTS: Fonts = { 400: readFontMetrics(BYTES[0]), 600: readFontMetrics(BYTES[1]) }

let opened: Promise<(svg: string) => Uint8Array> | undefined

/**
 * Throws for what the renderer silently draws otherwise than a browser: an address of a part in quotes or of no part of
 * the drawing (it fills black), and a weight that is none of the hundreds (it draws the regular face).
 */
export function checkDrawing(svg: string): void {
  const plain = svg.replaceAll('&quot;', '"')
  const ids = new Set([...plain.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))
  for (const [whole, address = ''] of plain.matchAll(/url\(([^)]*)\)/g))
    if (!address.startsWith('#') || !ids.has(address.slice(1))) throw new Error(`The drawing has no part for ${whole}`)
  for (const [whole, id = ''] of plain.matchAll(/href="#([^"]*)"/g))
    if (!ids.has(id)) throw new Error(`The drawing has no part for ${whole}`)
  for (const [whole, weight = ''] of plain.matchAll(/font-weight(?:="|:\s*)([\w-]+)/g))
    if (!/^[1-9]00$/.test(weight)) throw new Error(`The renderer knows no ${whole}`)
}

/** Draws cards in this thread with the real renderer; every drawing is checked first. */
export function openCardMaker(): CardMaker {
  opened ??= openRaster({
    wasm: read(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))),
    fonts: BYTES,
  })
  const draw = opened
  return {
    fonts: CARD_FONTS,
    raster: async (svg) => {
      checkDrawing(svg)
      return new Uint8Array((await draw)(svg))
    },
  }
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly rows: readonly Uint8Array[]
}

/** Reads a PNG of eight bits a channel; throws where it is none. */
export function decodePng(bytes: Uint8Array): Picture {
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10])
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  for (let at = 8; at < bytes.length; at += 12 + data.getUint32(at))
    if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + data.getUint32(at)))
  const [width, height] = [data.getUint32(16), data.getUint32(20)]
  assert.deepEqual([bytes[24], bytes[25]], [8, 6], 'eight bits, four channels')
  const raw = inflateSync(Buffer.concat(parts))
  const rows: Uint8Array[] = []
  for (let y = 0; y < height; y++) {
    const start = y * (width * 4 + 1)
    const row = new Uint8Array(raw.subarray(start + 1, start + 1 + width * 4))
    const above = rows[y - 1]
    for (let x = 0; x < row.length; x++) {
      const [left, up, corner] = [row[x - 4] ?? 0, above?.[x] ?? 0, x < 4 ? 0 : (above?.[x - 4] ?? 0)]
      row[x] = (row[x] ?? 0) + predicted(raw[start] ?? 0, { left, up, corner })
    }
    rows.push(row)
  }
  return { width, height, rows }
}

function predicted(filter: number, { left, up, corner }: { left: number; up: number; corner: number }): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  const paeth = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
  return [0, left, up, (left + up) >> 1, paeth][filter] ?? 0
}
