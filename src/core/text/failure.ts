import { FAILURES, type FailureCode } from '../model/measured/failure.ts'
import { say } from './format.ts'
import type { Lang } from './lang.ts'

const isFailureCode = (word: string): word is FailureCode => FAILURES.some((code) => code === word)

/** A failure word in plain words; a word outside the closed list is said to be unknown and shown as it is. */
export function failureWords(lang: Lang, word: string): string {
  return isFailureCode(word) ? say(lang, `failure.${word}`) : `${say(lang, 'failure.other')} (${word})`
}
