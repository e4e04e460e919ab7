import type { Fonts } from './card-text.ts'
import type { Raster } from './render-queue.ts'

/** What draws share cards (src/app/observatory/cards.ts). */
export interface CardMaker {
  readonly fonts: Fonts
  readonly raster: Raster
}
