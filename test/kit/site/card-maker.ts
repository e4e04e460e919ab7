import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
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

/** Draws cards in this thread with the real renderer. */
export function openCardMaker(): CardMaker {
  opened ??= openRaster({
    wasm: read(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))),
    fonts: BYTES,
  })
  const draw = opened
  return { fonts: CARD_FONTS, raster: async (svg) => new Uint8Array((await draw)(svg)) }
}
