// Loaded before the program (node --import), in each of its threads: a document with one of these words costs without end,
// as one would for which a search of ours is slow and nobody knows it yet.
import { ENDLESS_TO_READ, ENDLESS_TO_SHOW } from './endless-words.ts'

const parse = JSON.parse

JSON.parse = (text: string, ...more: [((this: unknown, key: string, value: unknown) => unknown)?]): unknown => {
  const isForm = text.includes('x_public_form')
  if (text.includes(ENDLESS_TO_READ) || (isForm && text.includes(ENDLESS_TO_SHOW))) for (;;);
  return parse(text, ...more)
}
