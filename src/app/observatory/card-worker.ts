import { workerData } from 'node:worker_threads'
import { openRaster, type RasterSetup } from '../../site/cards/raster.ts'
import { serveCalls } from '../../runtime/serve-calls.ts'

// The thread that turns drawings of share cards into PNG. Its data are written only by cards.ts.
const draw = await openRaster(workerData as RasterSetup)

serveCalls({
  draw: (svg) => {
    const png = new Uint8Array(draw(String(svg)))
    return { value: png, transfer: [png.buffer] }
  },
})
