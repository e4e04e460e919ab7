import { renderDrawing, type Drawing } from './drawing.ts'

/** Draws a chart, here or in a thread of its own. Rejects with Fault. */
export type Draw = (drawing: Drawing) => Promise<string>

/**
 * Draws in this thread, which answers no request meanwhile: for tests, copies and other processes that serve no one.
 */
export const drawHere: Draw = async (drawing) => renderDrawing(drawing)

/** Letters of drawings kept at most: a few hundred charts. */
const MOST_LETTERS = 16 * 1024 * 1024

/**
 * Keeps drawings by what they are made from, the ones used last, so that a page made again is drawn once. Two who want
 * the same at once wait for the same drawing; one that failed is not kept.
 */
export function rememberDrawings(draw: Draw, mostLetters: number = MOST_LETTERS): Draw {
  const kept = new Map<string, { readonly svg: Promise<string>; letters: number }>()
  let letters = 0
  const drop = (key: string): void => {
    letters -= kept.get(key)?.letters ?? 0
    kept.delete(key)
  }
  return async (drawing) => {
    const key = await keyOf(drawing)
    const known = kept.get(key)
    if (known !== undefined) {
      kept.delete(key)
      kept.set(key, known) // used last
      return known.svg
    }
    const entry = { svg: draw(drawing), letters: 0 }
    kept.set(key, entry)
    try {
      const svg = await entry.svg
      if (kept.get(key) === entry) {
        entry.letters = svg.length
        letters += svg.length
        for (const oldest of kept.keys()) {
          if (letters <= mostLetters) break
          drop(oldest)
        }
      }
      return svg
    } catch (error) {
      if (kept.get(key) === entry) drop(key)
      throw error
    }
  }
}

async function keyOf(drawing: Drawing): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(drawing)))
  return Buffer.from(digest).toString('base64')
}
