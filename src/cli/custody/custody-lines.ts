import type { World } from '../../runtime/world.ts'
import { parseInstant } from '../../core/model/units.ts'
import type { LoggedCustody } from '../../pipeline/custody/custody-book.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock, formatDate } from '../../core/text/time.ts'
import { writeHanging } from '../terminal/hanging.ts'

const INDENT = '  '

/**
 * One event for a terminal: what was done with what, then when, who, why and on what basis, and every fact on a line of
 * its own, since a digest fills one.
 */
export function writeCustody(
  lang: Lang,
  { leafIndex, event }: LoggedCustody,
  world: Pick<World, 'out' | 'outColumns'>,
): void {
  const { type, evidence, actor, reason, authority, place, detail, at } = event
  const time = parseInstant(at)
  const about = say(lang, `proof.custody.of.${evidence.kind}`, { id: evidence.id })
  writeHanging(world, '', `${say(lang, `proof.custody.type.${type}`)} \u00b7 ${about}`)
  const lines = [
    `${formatDate(lang, time, 'UTC')}, ${formatClock(time, 'UTC', 'second')} UTC`,
    say(lang, 'proof.custody.number', { leaf: String(leafIndex) }),
    say(lang, 'proof.custody.actor', { actor }),
    say(lang, 'proof.custody.reason', { reason }),
    ...(authority === undefined ? [] : [say(lang, 'proof.custody.authority', { authority })]),
    ...(place === undefined ? [] : [say(lang, 'proof.custody.place', { place })]),
    ...Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`),
  ]
  for (const line of lines) writeHanging(world, INDENT, line)
  world.out.write('\n')
}
