// Loaded before the program (node --import), in each of its threads: a document with one of these words costs without end,
// as one would for which a search of ours is slow and not known yet.
import { isMainThread, workerData } from 'node:worker_threads'
import { ENDLESS_TO_JUDGE, ENDLESS_TO_READ, ENDLESS_TO_SHOW } from './endless-words.ts'

const setup: unknown = workerData
const isGiven = (name: string): boolean => typeof setup === 'object' && setup !== null && name in setup
/** Threads of src/pipeline/publish are given a folder, those of src/pipeline/judge/judge-pool.ts only tables. */
const isShow = isGiven('folder')
const isJudge = isGiven('fingerprintFiles') && !isShow

const parse = JSON.parse

JSON.parse = (text: string, ...more: [((this: unknown, key: string, value: unknown) => unknown)?]): unknown => {
  if (text.includes(ENDLESS_TO_READ)) for (;;);
  // Rows of the warehouse name what was measured too: in the main thread only a whole measurement is meant.
  const isWhole = isMainThread && text.includes('"test_keys"')
  if ((isWhole || isShow) && text.includes(ENDLESS_TO_SHOW)) for (;;);
  if ((isWhole || isJudge) && text.includes(ENDLESS_TO_JUDGE)) for (;;);
  return parse(text, ...more)
}
