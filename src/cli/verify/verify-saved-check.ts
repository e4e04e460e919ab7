import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { World } from '../../runtime/world.ts'
import { MOST_SAVED_CHECK_BYTES } from '../../core/evidence/saved-check/saved-check.ts'
import {
  verifySavedCheck,
  type CheckedSavedStep,
  type SavedCheckReport,
  type SavedCheckTools,
} from '../../core/evidence/saved-check/steps.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { stepFound } from '../../core/text/sentence/bundle-step.ts'
import { MARKS, writeHanging } from '../terminal/hanging.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { printable } from '../../core/text/printable.ts'

type Out = Pick<World, 'out' | 'outColumns'>

const INDENT = '     '
const OPENING_BRACE = 0x7b

/**
 * Bytes of a file that begins as a saved check does, one more than is allowed where there are more; undefined where it
 * begins otherwise, as a zip does, or is no file. No link is followed.
 */
export async function readSavedCheck(path: string): Promise<Uint8Array | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch(() => undefined) // what cannot be opened is said where a bundle is
  if (file === undefined) return undefined
  try {
    if (!(await file.stat()).isFile()) return undefined
    const bytes = new Uint8Array(MOST_SAVED_CHECK_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = (await file.read(bytes, length, bytes.length - length, length)).bytesRead
      if (length === 0 && bytes[0] !== OPENING_BRACE) return undefined
    }
    return bytes.slice(0, length)
  } finally {
    await file.close()
  }
}

/** Verifies the bytes of a saved check with the cryptography of this machine. */
export const verifySaved = (bytes: Uint8Array, whom: Pick<SavedCheckTools, 'trusted' | 'policy'>): SavedCheckReport =>
  verifySavedCheck(bytes, { ...NOTE_TOOLS, ...whom })

/** Every step in words, then what a sound check does not show, and the answer last, where the eye is on a terminal. */
export function writeSavedReport(lang: Lang, name: string, { steps, sound }: SavedCheckReport, out: Out): void {
  const paragraph = (text: string): void => {
    writeHanging(out, '', text)
    out.out.write('\n')
  }
  paragraph(say(lang, 'proof.saved.title', { name: printable(name) }))
  for (const [nth, step] of steps.entries()) {
    const outcome = say(lang, `bundle.outcome.${step.outcome}`)
    writeHanging(out, `${MARKS[step.outcome]}${String(nth + 1).padStart(3)} `, `${nameOf(lang, step)}: ${outcome}`)
    writeHanging(out, INDENT, meaningOf(lang, step))
    for (const line of foundIn(lang, step)) writeHanging(out, `${INDENT}\u00b7 `, line)
    const { problem } = step
    if (problem !== undefined)
      writeHanging(out, `${INDENT}\u2717 `, withAbout(problemOf(lang, problem.problem), problem.about))
    out.out.write('\n')
  }
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  const unchecked = steps.some(({ outcome }) => outcome === 'not-checked')
  if (sound && unchecked) paragraph(say(lang, 'proof.saved.no-trust'))
  if (sound) paragraph(say(lang, 'proof.saved.limits'))
  const word = sound ? (unchecked ? 'bundle.sound-unchecked' : 'proof.saved.sound') : 'proof.saved.wanting'
  writeHanging(out, `${MARKS[sound ? 'ok' : 'failed']} `, say(lang, word, { count: formatNumber(lang, failed.length) }))
  for (const step of failed) writeHanging(out, `${String(steps.indexOf(step) + 1).padStart(3)} `, nameOf(lang, step))
}

const nameOf = (lang: Lang, { step }: CheckedSavedStep): string =>
  step === 'checkpoint' || step === 'witnesses'
    ? say(lang, `bundle.step.${step}`)
    : say(lang, `proof.saved.step.${step}`)

const meaningOf = (lang: Lang, { step }: CheckedSavedStep): string =>
  step === 'witnesses' ? say(lang, 'bundle.meaning.witnesses') : say(lang, `proof.saved.meaning.${step}`)

function problemOf(lang: Lang, problem: NonNullable<CheckedSavedStep['problem']>['problem']): string {
  if (problem === 'not-in-log' || problem === 'quorum') return say(lang, `bundle.problem.${problem}`)
  return say(lang, `proof.saved.problem.${problem}`)
}

const foundIn = (lang: Lang, { facts, notes }: CheckedSavedStep): readonly string[] => [
  ...facts.flatMap((one): readonly string[] => {
    if (one.fact === 'digest') return [say(lang, 'proof.saved.digest', one.values)]
    if (one.fact === 'leaf') return [say(lang, 'proof.custody.number', { leaf: String(one.values.leaf) })]
    return stepFound(lang, { facts: [one], notes: [] }, printable)
  }),
  ...stepFound(lang, { facts: [], notes }, printable),
]

const withAbout = (text: string, about = ''): string =>
  about === '' ? text : `${text.replace(/\.$/, '')}: ${printable(about)}`
