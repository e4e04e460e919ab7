import { resolve } from 'node:path'
import { DAY_MS } from '../core/model/duration.ts'
import type { World } from '../runtime/world.ts'
import { recipientKind } from './handover/age.ts'
import { InputError } from '../core/model/errors.ts'
import { letterSchema, type Letter } from './core/letter.ts'
import { readBounded } from '../runtime/files/copy-folder.ts'
import { LANGS, type Lang } from '../core/text/lang.ts'
import { printable } from '../core/text/printable.ts'

const MOST_FILE = 1_000_000

/**
 * Something in the file of a letter: `wrong` must be fixed before it can be published, `look` asks for a second look.
 */
export interface LetterRemark {
  readonly weight: 'wrong' | 'look'
  /** JSON pointer. */
  readonly path: string
  readonly says: string
}

/** What a person has not filled in yet, as "kuager letter new" writes it. */
export const TO_FILL = /‹[^‹›]*›/u

/** Reads the file of a letter as JSON; lines that begin with `//` are remarks and passed over. Throws InputError. */
export async function readLetterFile(path: string, world: Pick<World, 'cwd'>): Promise<unknown> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot read letter "${printable(path)}": ${found}`, {
      code: 'letter.file',
      path: 'LETTER.json',
      expected: 'a file as "kuager letter new" writes it',
    })
  const bytes = await readBounded(resolve(world.cwd, path), MOST_FILE)
  if (bytes === undefined) throw refuse('there is no such file of bearable size')
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text.replaceAll(/^[ \t]*\/\/.*$/gm, ''))
  } catch (error) {
    throw refuse(
      error instanceof SyntaxError ? `it is no JSON (${printable(error.message.slice(0, 200))})` : 'it is not in UTF-8',
    )
  }
}

/** Looks a letter over; it can be published where no remark is `wrong`. */
export function checkLetter(value: unknown): {
  readonly letter: Letter | undefined
  readonly remarks: readonly LetterRemark[]
} {
  const remarks: LetterRemark[] = unfilled(value, '')
  const parsed = letterSchema.safeParse(value)
  if (!parsed.success) {
    for (const { path, code, message } of parsed.error.issues.slice(0, 50)) {
      const place = `/${path.join('/')}`
      const isBare = code === 'too_small' && place === '/keys/layers'
      remarks.push({ weight: 'wrong', path: place, says: isBare ? NO_HOLDER : message })
    }
    return { letter: undefined, remarks }
  }
  const letter = parsed.data
  remarks.push(...dateRemarks(letter), ...wordRemarks(letter), ...keyRemarks(letter), ...contactRemarks(letter))
  return { letter: remarks.some(({ weight }) => weight === 'wrong') ? undefined : letter, remarks }
}

/** Of a letter just begun. */
const NO_HOLDER = 'names no one who can open the signatures yet: kuager letter keys add'

/** Every place that still has the words of the example. */
function unfilled(value: unknown, path: string): LetterRemark[] {
  if (typeof value === 'string')
    return TO_FILL.test(value) ? [{ weight: 'wrong', path, says: 'is not filled in yet' }] : []
  if (typeof value !== 'object' || value === null || path.length > 200) return []
  return Object.entries(value).flatMap(([name, member]) => unfilled(member, `${path}/${name}`))
}

const dayAt = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const LONGEST_DAYS = 366
const LONGEST_KEPT_DAYS = 92

function* dateRemarks({ opens, closes, destroys }: Letter): Generator<LetterRemark> {
  const days = (from: string, until: string): number => (dayAt(until) - dayAt(from)) / DAY_MS
  if (days(opens, closes) < 1) yield { weight: 'wrong', path: '/closes', says: 'is not after the day it opens' }
  if (days(closes, destroys) < 1) yield { weight: 'wrong', path: '/destroys', says: 'is not after the day it closes' }
  if (days(opens, closes) > LONGEST_DAYS)
    yield { weight: 'look', path: '/closes', says: 'is more than a year after the day it opens' }
  if (days(closes, destroys) > LONGEST_KEPT_DAYS)
    yield { weight: 'look', path: '/destroys', says: 'is more than three months after the day it closes' }
}

/** A word that has a meaning in law, in the three languages. */
const PETITION = /петици|petition/iu

function* wordRemarks(letter: Letter): Generator<LetterRemark> {
  const texts = [
    ['/title', letter.title],
    ['/text', letter.text],
    ['/consent/text', letter.consent.text],
  ] as const
  for (const [path, words] of texts) {
    for (const lang of LANGS)
      if (PETITION.test(words[lang].replaceAll(/epetition\.kz/giu, '')))
        yield {
          weight: 'wrong',
          path: `${path}/${lang}`,
          says: 'calls it a petition: that word has a meaning in law, and this is an open letter',
        }
    yield* languageRemarks(path, words)
  }
}

function* languageRemarks(path: string, words: Readonly<Record<Lang, string>>): Generator<LetterRemark> {
  if (words.kk === words.ru || words.ru === words.en || words.kk === words.en)
    yield { weight: 'wrong', path, says: 'is the same in two languages' }
  if (words.kk.length > 80 && !/[әғқңөұүһі]/iu.test(words.kk))
    yield { weight: 'look', path: `${path}/kk`, says: 'has no letter that Kazakh alone has' }
  if (/[әғқңөұүһі]/iu.test(words.ru)) yield { weight: 'look', path: `${path}/ru`, says: 'has Kazakh letters' }
  if (/\p{Script=Cyrillic}/u.test(words.en)) yield { weight: 'look', path: `${path}/en`, says: 'has Cyrillic letters' }
}

function* keyRemarks({ keys: { layers } }: Letter): Generator<LetterRemark> {
  const seen = new Map<string, string>()
  for (const [at, layer] of layers.entries()) {
    const kinds = new Set<string>()
    for (const [nth, { recipient }] of layer.entries()) {
      const path = `/keys/layers/${at}/${nth}/recipient`
      const kind = recipientKind(recipient)
      if (kind === undefined) yield { weight: 'wrong', path, says: 'is no public key of age' }
      else kinds.add(kind)
      const other = seen.get(recipient)
      if (other !== undefined) yield { weight: 'wrong', path, says: `is the same as ${other}` }
      seen.set(recipient, path)
    }
    if (kinds.size > 1)
      yield {
        weight: 'wrong',
        path: `/keys/layers/${at}`,
        says: 'mixes hybrid keys with others: the weaker ones would open what the stronger protect',
      }
  }
  if (layers.length === 1)
    yield { weight: 'look', path: '/keys/layers', says: 'has one layer: any holder opens everything alone' }
  for (const [at, layer] of layers.entries())
    if (layer.length === 1)
      yield { weight: 'look', path: `/keys/layers/${at}`, says: 'has one holder: if that key is lost, nothing opens' }
}

function* contactRemarks({ publisher, cites }: Letter): Generator<LetterRemark> {
  for (const [at, { kind, value }] of publisher.contacts.entries())
    if (kind === 'mail' && /\.(?:kz|ru|қаз|рф)\s*$/iu.test(value))
      yield { weight: 'look', path: `/publisher/contacts/${at}`, says: 'is a mailbox under .kz or .ru' }
  for (const [at, { url }] of cites.entries())
    if (url.startsWith('http:')) yield { weight: 'look', path: `/cites/${at}/url`, says: 'is not https' }
}
