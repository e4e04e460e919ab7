import type { World } from '../../runtime/world.ts'
import type { Key } from '../../core/text/catalogue.ts'
import { say, type Given } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'
import { wrap } from '../terminal/wrap.ts'

/** Says something of the catalogue to the owner of a line. */
export type Tell = <K extends Key>(key: K, ...values: Given<K>) => void

/**
 * One sentence on `out`, without control characters; on a terminal broken between words, elsewhere one line, so that
 * what reads it can rely on lines.
 */
export function writeSentence(sentence: string, world: Pick<World, 'out' | 'outColumns'>): void {
  const columns = world.outColumns?.()
  const lines = columns === undefined ? [printable(sentence)] : wrap(printable(sentence), Math.max(20, columns - 1))
  world.out.write(`${lines.join('\n')}\n`)
}

/** What says sentences of the catalogue in one language on `out`. */
export const teller =
  (lang: Lang, world: Pick<World, 'out' | 'outColumns'>): Tell =>
  (key, ...values) =>
    writeSentence(say(lang, key, ...values), world)
