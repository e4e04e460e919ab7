import { html } from 'hono/html'
import { say, type PlainKey } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { titled } from '../../../web/html/prose.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'

/** Why nothing is shown or nothing was taken. It says nothing of the request, so nothing is echoed. */
export const PROBLEMS = {
  unknown: ['problem.not-found', 'problem.not-found-about'],
  read: ['letter.problem.read', 'letter.problem.read-about'],
  foreign: ['letter.problem.foreign', 'letter.problem.foreign-about'],
  many: ['letter.problem.many', 'letter.problem.many-about'],
  busy: ['letter.problem.busy', 'letter.problem.busy-about'],
  broken: ['problem.broken', 'problem.broken-about'],
} as const satisfies Record<string, readonly [PlainKey, PlainKey]>
export type LetterPageProblem = keyof typeof PROBLEMS

/** Undefined for what is the name of none. */
export const letterProblem = (name: string): LetterPageProblem | undefined =>
  Object.hasOwn(PROBLEMS, name) ? (name as LetterPageProblem) : undefined

/** The page of one of them, with the way back. */
export function letterProblemPage(lang: Lang, problem: LetterPageProblem): LetterPage {
  const [heading, about] = PROBLEMS[problem]
  return {
    lang,
    kind: 'own',
    simulated: false,
    inLang: letterUrls.first,
    body: html`${titled(say(lang, heading), say(lang, about))}
      <p class="back"><a class="tap" href="${letterUrls.first(lang)}">${say(lang, 'problem.back')}</a></p>`,
  }
}
