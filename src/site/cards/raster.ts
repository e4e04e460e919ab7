import { initWasm, Resvg } from '@resvg/resvg-wasm'

/** The renderer's program and the fonts it draws with; the caller reads them from the disk. */
export interface RasterSetup {
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly fonts: readonly Uint8Array[]
}

/**
 * Starts the renderer, once a thread, and gives what turns a drawing into PNG at its own size. It sees no font of the
 * machine, so that the same drawing gives the same bytes everywhere; a picture named in a drawing is not fetched.
 */
export async function openRaster({ wasm, fonts }: RasterSetup): Promise<(svg: string) => Uint8Array> {
  await initWasm(wasm)
  const font = { fontBuffers: [...fonts], defaultFontFamily: 'Kuager Sans', sansSerifFamily: 'Kuager Sans' }
  return (svg) => {
    const drawing = new Resvg(svg, { font })
    const image = drawing.render()
    const png = image.asPng()
    image.free()
    drawing.free()
    return png
  }
}
