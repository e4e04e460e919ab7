import { openChosen } from './chosen.ts'
import type { Asked, Told } from './told.ts'

/** Checks what was chosen and tells each step as it ends. It never throws: a failure of its own is told as `broken`. */
export async function checkChosen({ chosen }: Asked, tell: (told: Told) => void): Promise<void> {
  try {
    const { problems } = await openChosen(chosen)
    tell({
      kind: 'step',
      step: {
        step: 'container',
        outcome: problems.length === 0 ? 'ok' : 'failed',
        problems,
        problemCount: problems.length,
        notes: [],
        facts: [],
      },
    })
    tell({ kind: 'done', sound: problems.length === 0 })
  } catch (error) {
    tell({ kind: 'broken', why: error instanceof Error ? error.message : String(error) })
  }
}
