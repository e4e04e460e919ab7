import { raw, type html } from 'hono/html'
import { withMarks } from '../../core/text/plain-text.ts'

/** Piece of a page: text that is already escaped. */
export type Markup = ReturnType<typeof html> | ReturnType<typeof raw>

/** A finished page in which characters that are not seen are shown as marks: none reaches a reader. */
export async function finished(page: Markup): Promise<Markup> {
  return raw(withMarks(String(await page)))
}
