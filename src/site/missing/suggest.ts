import type { Names } from '../../core/text/names.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { headline, networkText } from '../../core/text/sentence/incident.ts'
import { formatAsn } from '../../core/model/units.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Board } from '../now/board.ts'
import { named } from '../incident/route.ts'
import type { Suggestion } from '../parts/problem.ts'
import { urls } from '../urls.ts'

/** What the suggestions are chosen from. */
export interface Suggestible {
  readonly names: Pick<Names, 'services' | 'networkName'>
  readonly board: Pick<Board, 'networks'>
  readonly incidents: readonly Incident[]
}

const MOST = 5
/** Share of the letters of the longer word that may differ. */
const MOST_APART = 0.4
/** Longer words of an address are not compared. */
const MOST_LETTERS = 60

interface Candidate extends Suggestion {
  /** What an address may call it, in lower case. */
  readonly words: readonly string[]
}

/**
 * Pages whose names are near to a word of an address that leads nowhere, the nearest first. Every text and address is
 * ours: nothing of the request is repeated.
 */
export function suggestFor(lang: Lang, path: string, known: Suggestible): readonly Suggestion[] {
  const asked = wordsOf(path)
  return candidates(lang, known)
    .map((one) => ({ one, apart: Math.min(...asked.flatMap((word) => one.words.map((other) => apart(word, other)))) }))
    .filter((found) => found.apart <= MOST_APART)
    .toSorted((a, b) => a.apart - b.apart)
    .slice(0, MOST)
    .map(({ one: { href, text } }) => ({ href, text }))
}

/** Parts of an address from its end, without language and ending; numbers of networks with and without their letters. */
function wordsOf(path: string): readonly string[] {
  const parts = path
    .split('/')
    .map((part) => part.toLowerCase().replace(/\.(?:html?|php|json|txt)$/, ''))
    .filter((part) => part.length > 1 && part.length <= MOST_LETTERS)
  return parts.filter((part) => !/^(?:kk|ru|en)$/.test(part))
}

function candidates(lang: Lang, { names, board, incidents }: Suggestible): readonly Candidate[] {
  return [
    ...names.services.map(({ id, name }) => ({
      href: urls.service(lang, id),
      text: name,
      words: [id, name.toLowerCase()],
    })),
    ...board.networks.map(({ asn, name }) => ({
      href: urls.network(lang, asn),
      text: name === '' ? formatAsn(asn) : `${name}, ${formatAsn(asn)}`,
      words: [`as${asn}`, String(asn)],
    })),
    ...PLAIN_PAGES.map((page) => ({ href: urls.plain(lang, page), text: say(lang, `menu.${page}`), words: [page] })),
    { href: urls.report(lang), text: say(lang, 'report.form-title'), words: ['report'] },
    { href: urls.check(lang), text: say(lang, 'check.title'), words: ['check'] },
    ...incidents.map((incident) => {
      const one = named(incident, names)
      return {
        href: urls.incident(lang, incident.id),
        text: `${headline(lang, one)}. ${networkText(lang, one)}`,
        words: [incident.id],
      }
    }),
  ]
}

/** Share of letters that must be changed, added or left out to make one word of the other. */
function apart(a: string, b: string): number {
  const longest = Math.max(a.length, b.length)
  if (longest === 0 || Math.abs(a.length - b.length) > MOST_APART * longest) return 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    row = next
  }
  return (row[b.length] ?? longest) / longest
}
