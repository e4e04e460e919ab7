import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readFontMetrics } from '../../site/cards/font-metrics.ts'
import type { CardMaker } from '../../site/cards/card-maker.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'

/** Heap of the drawing thread: a card takes some 20 MB outside of it. */
const LIMITS = { heapMegabytes: 128, youngMegabytes: 16, budget: { baseMs: 10_000, perMegabyteMs: 0 } }
const FONTS = ['kuager-400.ttf', 'kuager-650.ttf'] as const

/**
 * What draws share cards, in a thread that starts with the first of them; `closeWith` receives what to end with the
 * folder. Undefined where the optional package of the renderer is not installed: the site then has no cards.
 */
export async function siteCards(closeWith: (what: AsyncDisposable) => void): Promise<CardMaker | undefined> {
  const wasm = await readRenderer()
  if (wasm === undefined) return undefined
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(fileURLToPath(new URL(`../../site/cards/fonts/${name}`, import.meta.url))))
  const [regular, bold] = await Promise.all([read(FONTS[0]), read(FONTS[1])])
  let pool: WorkerPool | undefined
  return {
    fonts: { 400: readFontMetrics(regular), 600: readFontMetrics(bold) },
    raster: (svg) => {
      if (pool === undefined) {
        const program = new URL(
          import.meta.url.endsWith('.ts') ? './card-worker.ts' : './card-worker.js',
          import.meta.url,
        )
        pool = openWorkerPool(program, { size: 1, depth: 1, data: { wasm, fonts: [regular, bold] }, ...LIMITS })
        closeWith(pool)
      }
      return pool.lease(async ({ call }) => {
        const png = await call('draw', svg)
        if (!(png instanceof Uint8Array)) throw new Error('Cannot draw a card: the thread gave no bytes')
        return new Uint8Array(png)
      })
    },
  }
}

async function readRenderer(): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))))
  } catch (error) {
    const unknown = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (unknown || isMissing(error)) return undefined
    throw error
  }
}
