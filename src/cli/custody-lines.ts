import type { LoggedCustody } from '../pipeline/custody/custody-book.ts'
import { say } from '../text/format.ts'
import type { Lang } from '../text/lang.ts'
import { printable } from './printable.ts'

/** One event for a terminal: when and what, then what it is about, who and why, facts, and its place in the log. */
export function custodyLines(lang: Lang, { leafIndex, event }: LoggedCustody): string {
  const { type, evidence, actor, reason, authority, place, detail, at } = event
  const facts = Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`)
  const lines = [
    `${at}  ${say(lang, `proof.custody.type.${type}`)} · ${say(lang, `proof.custody.of.${evidence.kind}`, { id: evidence.id })}`,
    `  ${reason}`,
    `  ${say(lang, 'proof.custody.actor', { actor })} · ${say(lang, 'proof.custody.number', { leaf: leafIndex })}`,
    ...(authority === undefined ? [] : [`  ${say(lang, 'proof.custody.authority', { authority })}`]),
    ...(place === undefined ? [] : [`  ${say(lang, 'proof.custody.place', { place })}`]),
    ...(facts.length === 0 ? [] : [`  ${facts.join(', ')}`]),
  ]
  return `${lines.map(printable).join('\n')}\n\n`
}
