import { z } from 'zod'
import { recountLog, type Recount, type RecountOptions } from '../../letter/core/recount.ts'
import { notChecked, StepFinder, type LetterStep } from '../../letter/core/step.ts'
import { InputError } from '../../core/model/errors.ts'
import { LETTER_ID, TIERS, VOID_REASONS } from '../../letter/core/letter.ts'
import type { Asker } from './asker.ts'
import { fetchedLog } from './fetch-log.ts'

const MOST_JSON = 1_000_000
const MOST_PROOF = 200_000
/** A batch may be counted while the leaves are read: the numbers are asked for again as often. */
const MOST_TRIES = 3

const count = z.number().int().nonnegative()
/** The numbers of a letter as the service states them (docs/formats/letter.md); what else it says is passed over. */
const numbersSchema = z.object({
  letter: z.string().regex(LETTER_ID),
  log_size: count,
  counted: z.object({ claimed: count, mail: count, form: count }),
  total: count,
  removed: z.partialRecord(z.enum(VOID_REASONS), count),
})
export type ShownNumbers = z.infer<typeof numbersSchema>

/** Who asks, and until when. */
export interface Asking {
  readonly asker: Asker
  readonly signal: AbortSignal
}

/**
 * Numbers that a service shows of a letter; undefined where it shows none. Throws InputError where they do not read.
 */
export async function fetchNumbers(
  address: URL,
  letter: string,
  { asker, signal }: Asking,
): Promise<ShownNumbers | undefined> {
  const url = new URL(`/letters/${letter}/count.json`, address)
  const bytes = await asker.get(url, { as: 'data', most: MOST_JSON }, signal)
  if (bytes === undefined) return undefined
  try {
    return numbersSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    throw new InputError(`Cannot read the numbers of letter "${letter}": they are none`, {
      code: 'letter.numbers',
      path: 'count.json',
      expected: 'the numbers of a letter as JSON',
    })
  }
}

/** Counts the log of a service again, and holds what it shows of each letter against it. */
export async function verifyShown(
  address: URL,
  options: RecountOptions,
  asking: Asking,
): Promise<{ readonly recount: Recount; readonly steps: readonly LetterStep[] }> {
  for (let left = MOST_TRIES; ; left--) {
    const recount = await recountLog(fetchedLog(address, asking.asker, asking.signal), options)
    const whole = recount.steps.every(({ step, outcome }) => !WALKED.has(step) || outcome === 'ok')
    if (!whole) return { recount, steps: [...recount.steps, notChecked('shown')] }
    const shown = await Promise.all([...recount.letters.keys()].map((id) => fetchNumbers(address, id, asking)))
    const size = recount.checkpoint?.size ?? 0
    if (left > 1 && shown.some((one) => one !== undefined && one.log_size > size)) continue
    return { recount, steps: [...recount.steps, compare(recount, shown)] }
  }
}
const WALKED: ReadonlySet<string> = new Set(['leaves', 'count'])

function compare({ letters, checkpoint }: Recount, shown: readonly (ShownNumbers | undefined)[]): LetterStep {
  const step = new StepFinder('shown')
  for (const [at, [id, counter]] of [...letters].entries()) {
    const [said, own] = [shown[at], counter.result()]
    if (said === undefined) {
      step.add('number-differs', `${id}: –`)
      continue
    }
    if (said.letter !== id || said.log_size !== checkpoint?.size)
      step.add('number-differs', `${id}: ${said.log_size} / ${checkpoint?.size ?? 0}`)
    if (said.total !== own.total) step.add('number-differs', `${id}: ${said.total} / ${own.total}`)
    for (const tier of TIERS)
      if (said.counted[tier] !== own.counted[tier])
        step.add('number-differs', `${id}, ${tier}: ${said.counted[tier]} / ${own.counted[tier]}`)
    for (const reason of VOID_REASONS)
      if ((said.removed[reason] ?? 0) !== (own.removed[reason] ?? 0))
        step.add('number-differs', `${id}, ${reason}: ${said.removed[reason] ?? 0} / ${own.removed[reason] ?? 0}`)
  }
  return step.end()
}

/**
 * The proof of a receipt from the service that gave it, which learns thereby that its holder looks; undefined where it
 * has none. The code goes in the body of a post, in no address.
 */
export async function fetchProof(
  address: URL,
  code: string,
  { asker, signal }: Asking,
): Promise<Uint8Array | undefined> {
  // Where there is none it leads to a page that says so, to which no one needs to go.
  const url = new URL('/en/receipt/proof', address)
  const answer = await asker.post(url, new URLSearchParams({ code }), { most: MOST_PROOF }, signal)
  return answer.status === 200 && answer.mediaType.startsWith('application/octet-stream') ? answer.bytes : undefined
}
