// The rules of plain English that a program can check. What they count is prose: code blocks, tables and headings are not.

/** A sentence of a page, with the line on which it begins. */
export interface Sentence {
  readonly line: number
  readonly text: string
  readonly words: number
}

/** A word that the project no longer uses, found in prose. */
export interface WordHit {
  readonly line: number
  readonly found: string
  readonly instead: string
}

/** Longest sentence, in words. */
export const MOST_WORDS = 30

/** Phrases that have a standard word in this project. A space stands for any break between words; `|` separates forms. */
export const FORBIDDEN: readonly { readonly words: string; readonly instead: string }[] = [
  { words: 'whoever|whomever|whosever', instead: 'the person who, anyone who, the role' },
  { words: 'whatever', instead: 'anything that, any; name the thing' },
  { words: 'somebody', instead: 'someone; name the role' },
  { words: 'anybody', instead: 'anyone; name the role' },
  { words: 'nobody', instead: 'no one; the passive; "unknown", "not given"' },
  { words: 'anew', instead: 'again' },
  { words: 'once more', instead: 'again' },
  { words: 'for ever', instead: 'permanently' },
  { words: 'likelier|likeliest', instead: 'more likely, most likely' },
  { words: 'innocent', instead: 'control (name, domain, payload)' },
  { words: 'clean vantage|clean network|clean line', instead: 'uncensored vantage point, unrestricted network' },
  { words: 'shaped control', instead: 'control payload without the pattern of the protocol' },
  { words: 'keep apart|keeps apart|kept apart|keeping apart', instead: 'exclude, not count, store separately' },
  {
    words:
      'shown apart|counted apart|tested apart|listed apart|stored apart|weighed apart|judged apart|measured apart|named apart',
    instead: 'separately',
  },
  { words: 'lay down|lays down|laid down|laid beside', instead: 'add, import; set out' },
  { words: 'found wanting|is wanting|are wanting|finds wanting', instead: 'has problems, fails; is missing' },
  { words: 'reckon|reckons|reckoned|reckoning', instead: 'compute, count as, estimate' },
  { words: 'stands in|stand in|stood in|standing in', instead: 'is in, appears in, is listed in' },
  { words: 'stands at|stand at|stood at', instead: 'is at' },
  { words: 'lies in|lie in|lies below|lie below', instead: 'is in, is below' },
  { words: 'break off|breaks off|broke off|broken off|breaking off', instead: 'is interrupted, is dropped' },
  { words: 'is told|are told|was told|were told|be told', instead: 'gets, receives, sees' },
  { words: 'said of', instead: 'applies to, is reported for' },
  { words: 'held against|hold against|holds against', instead: 'compared with, checked against' },
  { words: 'frozen list|frozen lists|frozen beforehand|frozen plan', instead: 'pre-registered' },
  { words: 'artefact|artefacts', instead: 'direct evidence (a block page, a forged certificate)' },
  { words: 'intake', instead: 'questionnaire' },
  { words: 'rival|rivals', instead: 'best-fitting fault, alternative explanation' },
  { words: 'yardstick|yardsticks', instead: 'baseline' },
  { words: 'cautious number|cautious numbers', instead: 'lower (conservative) figure' },
  { words: 'stranger|strangers', instead: 'third party, anyone else, unknown' },
  { words: 'crooked', instead: 'malformed, non-canonical' },
  { words: 'mend|mends|mended|mending', instead: 'fix, repair' },
  { words: 'laboratory|laboratories', instead: 'lab, test lab' },
  { words: 'quarter of an hour|quarters of an hour', instead: '15 minutes' },
  { words: 'a stick', instead: 'a USB stick' },
  { words: 'he|him|his|himself|she|hers|herself', instead: 'they; name the role' },
]

/** Where a forbidden word stays, and why: `path` is a file or a folder with its slash. */
export const ALLOWED: readonly { readonly path: string; readonly words: readonly string[]; readonly why: string }[] = [
  {
    path: 'docs/vocabulary.md',
    words: ['innocent', 'artefact', 'intake', 'kept apart', 'clean network', 'frozen list'],
    why: 'the page says which words are not used',
  },
  {
    path: 'src/core/text/sentence/incident-verdict.ts',
    words: ['rival'],
    why: 'a part of the names of messages, between placeholders',
  },
]

interface Forbidden {
  readonly pattern: RegExp
  readonly instead: string
}

/** Between two words of a phrase: spaces, a line break, and what begins a line of a comment or of a quotation. */
const GAP = String.raw`\s+(?:(?:\*|//|>)\s+)?`
const PATTERNS: readonly Forbidden[] = FORBIDDEN.map(({ words, instead }) => ({
  pattern: new RegExp(String.raw`(?<![\w'-])(?:${words.replaceAll(' ', GAP)})(?![\w-])`, 'gi'),
  instead,
}))

/**
 * Prose of a source file: its comments, and its strings of more than one word. Everything else is blank; lines stay.
 * `code` is the same text as `blank()` of sources.ts gives it.
 */
export function proseOfCode(text: string, code: string): string {
  const prose = [...code].map((char, at) => (char === ' ' || char === '\n' ? (text[at] ?? '') : ' ')).join('')
  // A string of one word is a value (a key, a path, a name on the wire), and a regular expression is code.
  const values = [...code.matchAll(/(['"`/])( *)\1/g)].filter(
    ({ 0: all, 1: quote, index }) => quote === '/' || !/\s/.test(text.slice(index, index + all.length)),
  )
  let out = prose
  for (const { 0: all, index } of values)
    out = out.slice(0, index) + ' '.repeat(all.length) + out.slice(index + all.length)
  // Names between backticks and of placeholders are code too.
  return out.replaceAll(/`[^`\n]+`|\{[\w-]+/g, (found) => ' '.repeat(found.length))
}

/** A page without what is not prose: code, links' addresses, comments. Lines and their numbers stay. */
export function proseOfPage(markdown: string): string {
  const blank = (found: string): string => found.replaceAll(/[^\n]/g, ' ')
  return markdown
    .replaceAll(/^[ \t]*(```|~~~)[^\n]*\n(?:.*?\n)??[ \t]*\1[^\n]*$/gms, blank)
    .replaceAll(/<!--.*?-->/gs, blank)
    .replaceAll(/`[^`\n]+`/g, blank)
    .replaceAll(/\]\([^)\s]*\)/g, blank)
}

/** Values of a catalogue of messages, without keys and placeholders. */
export const proseOfMessages = (json: string): string =>
  json
    .replaceAll(/^\s*"(?:[^"\\]|\\.)*":/gm, (key) => key.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/\{[\w-]+/g, (found) => ' '.repeat(found.length))

/** Words that the project no longer uses, in prose that the functions above give. */
export function forbiddenWords(path: string, prose: string): readonly WordHit[] {
  const allowed = ALLOWED.filter(
    (entry) => path === entry.path || (entry.path.endsWith('/') && path.startsWith(entry.path)),
  )
  const stays = new Set(allowed.flatMap(({ words }) => words))
  return PATTERNS.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map((match) => ({
      line: lineOf(prose, match.index),
      found: match[0].toLowerCase().replaceAll(new RegExp(GAP, 'g'), ' '),
      instead,
    })),
  )
    .filter(({ found }) => !stays.has(found))
    .toSorted((a, b) => a.line - b.line)
}

/** Abbreviations after which a sentence goes on. */
const ABBREVIATION =
  /(?:^|[\s("“«])(?:e\.g|i\.e|cf|vs|approx|ca|no|nos|art|arts|fig|sec|ch|pp?|vol|ed|al|dr|st|mr|ms|[A-Z])\.$/i
/** A list item, a quotation or an admonition begins a block of its own. */
const ITEM = /^\s*(?:[*+-]|\d+[.)])\s+/
const NOT_PROSE = /^\s*(?:#{1,6}\s|\||!\[|\[[^\]]+\]:\s|[-*_]{3,}\s*$)/

/** Sentences of a page: of its paragraphs, list items and quotations; tables, headings and code are none. */
export function sentencesOf(markdown: string): readonly Sentence[] {
  // What is in code counts as one word, however many it has.
  const prose = proseOfPage(markdown.replaceAll(/`[^`\n]+`/g, 'Code'))
  const blocks: { line: number; text: string }[][] = [[]]
  prose.split('\n').forEach((raw, at) => {
    const text = raw.replace(/^\s*>+\s?/, '')
    if (text.trim() === '' || NOT_PROSE.test(text)) blocks.push([])
    else if (ITEM.test(text)) blocks.push([{ line: at + 1, text: text.replace(ITEM, '') }])
    else blocks.at(-1)?.push({ line: at + 1, text })
  })
  return blocks.flatMap((lines) => splitBlock(lines))
}

function splitBlock(lines: readonly { readonly line: number; readonly text: string }[]): readonly Sentence[] {
  const found: Sentence[] = []
  let open: string[] = []
  let begun = 0
  const close = (): void => {
    const words = open.filter((word) => /[\p{L}\p{N}]/u.test(word)).length
    if (words > 0) found.push({ line: begun, text: open.join(' '), words })
    open = []
  }
  const words = lines.flatMap(({ line, text }) =>
    text
      .replaceAll(/<[^>]+>|[*_]{2,}|[[\]]/g, ' ')
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => ({ line, word })),
  )
  words.forEach(({ line, word }, at) => {
    if (open.length === 0) begun = line
    open.push(word)
    const next = words[at + 1]?.word
    const ends = /[.!?…]["'”»)*_]*$/.test(word) && !ABBREVIATION.test(word.replace(/["'”»)*_]*$/, ''))
    if (ends && (next === undefined || /^["'“«(*_]*[\p{Lu}\p{N}]/u.test(next))) close()
  })
  close()
  return found
}

/** Sentences with more words than a reader keeps in mind. */
export const longSentences = (markdown: string): readonly Sentence[] =>
  sentencesOf(markdown).filter(({ words }) => words > MOST_WORDS)

/** Lines after a block of code that go on with a sentence which the block began: they start in lower case. */
export function openedInCode(markdown: string): readonly number[] {
  const lines = markdown.split('\n')
  let fence = ''
  let after = false
  return lines.flatMap((line, at) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      if (mark.startsWith(fence)) {
        fence = ''
        after = true
      }
      return []
    }
    if (mark !== '') {
      fence = mark
      after = false
      return []
    }
    if (line.trim() === '') return []
    const continues = after && /^\s*(?:\p{Ll}|[,;:)])/u.test(line)
    after = false
    return continues ? [at + 1] : []
  })
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
