import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../../core/evidence/log/checkpoint.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { InputError, wrongOption } from '../../../core/model/errors.ts'
import { letterSchema, type Letter, type LetterKeys } from '../../../letter/core/letter.ts'
import { ServedTree } from '../../../pipeline/log/served-tree.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import { LANGS } from '../../../core/text/lang.ts'
import { NOTE_TOOLS } from '../../../app/proof/mirror-key.ts'
import { printable } from '../../../core/text/printable.ts'
import { readKeys } from '../../verify/verify.ts'
import { openAsker, type PageRequest, type Asker } from '../../../app/letter/asker.ts'
import { readAddress } from '../../../app/letter/fetch-log.ts'
import { readLetterFile } from '../../../letter/letter-file.ts'
import { tagsIn } from './tags-in.ts'
import { readWatched, writeWatched, type WatchedService } from './watch-state.ts'
import { task } from '../../terminal/command.ts'
import { flag, optional, required } from '../../terminal/option.ts'
import { ROUTE, json } from '../../terminal/shared-options.ts'
import { LOG_KEYS } from '../options.ts'

const MOST_PAGE = 4_000_000
const MOST_SCRIPT = 8_000_000
const MOST_JSON = 1_000_000

export const command = task({
  about: `
Check that a letter service serves what it should. Compared are the keys of the letter, the signing page with its
script, and a log that only grows. Someone other than the operator should run it every hour.`,
  examples: ['https://letter.example --keys letter.json'],
  words: { URL: 'Address of the service.' },
  usage: ['URL --keys LETTER.json [options]'],
  options: {
    keys: required(
      'LETTER.json',
      'The letter as its publisher gave it to you.',
      'the letter as its publisher gave it to you',
    ),
    key: LOG_KEYS,
    state: optional('FILE', 'Where it stores what it saw last.', { byDefault: 'LETTER.json with the ending .seen' }),
    route: ROUTE,
    accept: flag('Accept what is served now as the new state.'),
    json: json(),
  },
  exit: { 3: 'something changed; it is named' },
  async run(values, { world, words: [url = ''] }) {
    const address = readAddress(url)
    const expected = await readExpected(values.keys, world)
    const trusted = (await Promise.all(values.key.map((given) => readKeys(given, world)))).flat()
    const path = resolve(world.cwd, values.state ?? `${values.keys}.seen`)
    const before = await readWatched(path)
    const changes: string[] = []
    using asker = await openAsker(values.route)
    const seen = await look(address, { expected, trusted, before, changes, asker, signal: world.signal })
    if (changes.length === 0 || values.accept) await writeWatched(path, seen)
    if (values.json) world.out.write(`${JSON.stringify({ changes, first: before === undefined, seen })}\n`)
    // Says nothing where nothing changed: what a job prints every hour is not read any more.
    else for (const change of changes) world.out.write(`${printable(change)}\n`)
    if (before === undefined && !values.json)
      world.err.write(`First look: compare from now on with "${printable(path)}"\n`)
    return changes.length === 0 || values.accept ? 0 : 3
  },
})

async function readExpected(path: string, world: World): Promise<Letter> {
  const parsed = letterSchema.safeParse(await readLetterFile(path, world))
  if (parsed.success) return parsed.data
  throw wrongOption('keys', `"${printable(path)}" is no letter`, 'the letter as its publisher gave it to you')
}

interface Looking {
  readonly expected: Letter
  readonly trusted: readonly VerifierKey[]
  readonly before: WatchedService | undefined
  /** Sentences are added to it. */
  readonly changes: string[]
  readonly asker: Asker
  readonly signal: AbortSignal
}

async function look(
  address: URL,
  { expected, trusted, before, changes, asker, signal }: Looking,
): Promise<WatchedService> {
  const visited = new Map<string, Promise<Uint8Array | undefined>>()
  const ask = (path: string, asked: PageRequest): Promise<Uint8Array | undefined> => {
    const got = visited.get(path) ?? asker.get(new URL(path, address), asked, signal)
    visited.set(path, got)
    return got
  }
  // First what a reader's browser asks for, and only then what none does: by that a server knows a watcher.
  for (const lang of LANGS) await visit(address, expected.id, { lang, ask })
  const get: Get = (path, most) => ask(path, { as: 'data', most })
  const { version, document, digest } = await newestDocument(expected.id, get)
  if (!sameKeys(document.keys, expected.keys))
    changes.push(`The keys of version ${version} of letter "${expected.id}" are not those you were given: do not sign`)
  if (before !== undefined && (before.version !== version || before.document_sha256 !== digest))
    changes.push(
      before.version === version
        ? `Version ${version} of letter "${expected.id}" is served with other words than before`
        : `Letter "${expected.id}" has version ${version} now, it had ${before.version}`,
    )
  await lookAtKeyPages(expected, { changes, get })
  const signing = await lookAtSigning(expected, { version, digest, address, changes, get })
  const ways = await lookAtWays(expected, get)
  if (before !== undefined) changes.push(...signingChanges(before, signing), ...wayChanges(before, ways))
  const log = await lookAtLog({ before, trusted, changes, get })
  return {
    format: 'kuager-letter-watch/1',
    letter: expected.id,
    version,
    document_sha256: digest,
    ...signing,
    ways_sha256: ways,
    ...log,
  }
}

type Ask = (path: string, asked: PageRequest) => Promise<Uint8Array | undefined>

/** Goes to the first page, that of the letter, of its keys, and for signing, each with what a browser loads for it. */
async function visit(
  address: URL,
  id: string,
  { lang, ask }: { readonly lang: string; readonly ask: Ask },
): Promise<void> {
  const letter = `/${lang}/l/${id}`
  for (const path of [`/${lang}/`, letter, `${letter}/keys`, `${letter}/sign`]) {
    const also = path.endsWith('/sign') ? ENDED : []
    const page = await ask(path, { as: 'page', most: MOST_PAGE, lang, also })
    const tags = page === undefined ? [] : tagsIn(textOf(page), LOADING)
    const parts = new Set(tags.flatMap((tag) => (/\srel="alternate"/.test(tag) ? [] : (partOf(tag, address) ?? []))))
    for (const part of [...parts].slice(0, MOST_PARTS))
      // Whether it has to be there is asked later.
      await ask(part, { as: 'part', most: MOST_SCRIPT, lang }).catch(() => undefined)
  }
}
const MOST_PARTS = 20
const LOADING: ReadonlySet<string> = new Set(['link', 'script'])
const SCRIPT: ReadonlySet<string> = new Set(['script'])
/** Statuses of the page for signing before its first day and after its last. */
const ENDED: readonly number[] = [404, 409, 410]
/** In a page without any of these nothing can be signed, with any status. */
const SIGNS = /<(?:form|input|textarea|script)\b/i

/** Path of what an element loads from the service itself. */
function partOf(tag: string, address: URL): string | undefined {
  const source = /\s(?:src|href)\s*=\s*"([^"]*)"/i.exec(tag)?.[1]?.replaceAll('&amp;', '&')
  const url = source === undefined ? null : URL.parse(source, address.href)
  return url?.origin === address.origin ? `${url.pathname}${url.search}` : undefined
}

type Get = (path: string, most: number) => Promise<Uint8Array | undefined>

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const unanswered = (what: string): InputError =>
  new InputError(`Cannot watch: the service has no ${what}`, {
    code: 'watch.missing',
    path: 'URL',
    expected: 'the address of a letter service that has this letter',
  })

/** The last version that is served, asked for one after another: no number of the service is believed for it. */
async function newestDocument(
  id: string,
  get: Get,
): Promise<{ readonly version: number; readonly document: Letter; readonly digest: string }> {
  let found: { readonly version: number; readonly document: Letter; readonly digest: string } | undefined
  for (let version = 1; version <= 1000; version++) {
    const bytes = await get(`/letters/${id}/${version}.json`, MOST_JSON)
    if (bytes === undefined) break
    found = { version, document: readDocument(bytes), digest: digestOf(bytes) }
  }
  if (found === undefined) throw unanswered(`letter "${id}"`)
  return found
}

function readDocument(bytes: Uint8Array): Letter {
  try {
    return letterSchema.parse(JSON.parse(textOf(bytes)))
  } catch {
    throw unanswered('letter that reads')
  }
}

/** Recipients of each layer, in any order. */
const sameKeys = (a: LetterKeys, b: LetterKeys): boolean => {
  const shape = ({ layers }: LetterKeys): string =>
    JSON.stringify(layers.map((layer) => layer.map(({ recipient }) => recipient).toSorted()))
  return shape(a) === shape(b)
}

const recipientsIn = (page: string): ReadonlySet<string> => new Set(page.match(/age1[a-z0-9]{20,4000}/g) ?? [])
const without = (all: ReadonlySet<string>, some: ReadonlySet<string>): readonly string[] =>
  [...all].filter((one) => !some.has(one))
const recipientsOf = ({ keys }: Letter): ReadonlySet<string> =>
  new Set(keys.layers.flatMap((layer) => layer.map(({ recipient }) => recipient)))

/** What people compare by eye: the page of keys has each of them and no other, in every language. */
async function lookAtKeyPages(
  expected: Letter,
  { changes, get }: { readonly changes: string[]; readonly get: Get },
): Promise<void> {
  const known = recipientsOf(expected)
  for (const lang of LANGS) {
    const page = await get(`/${lang}/l/${expected.id}/keys`, MOST_PAGE)
    if (page === undefined) {
      changes.push(`There is no page of keys in "${lang}"`)
      continue
    }
    const shown = recipientsIn(textOf(page))
    for (const one of without(shown, known))
      changes.push(`The page of keys in "${lang}" shows a key of no holder: ${one}`)
    for (const one of without(known, shown)) changes.push(`The page of keys in "${lang}" lacks the key ${one}`)
  }
}

type SeenSigning = Pick<WatchedService, 'script_sha256' | 'pages_sha256'>

interface SigningLooking {
  /** Newest version, and the digest of its document. */
  readonly version: number
  readonly digest: string
  readonly address: URL
  readonly changes: string[]
  readonly get: Get
}

/**
 * Digests of the page for signing in each language, without the time at which it was shown, and of its script, which
 * must be its own, the only one, and the same in every language.
 */
async function lookAtSigning(expected: Letter, looking: SigningLooking): Promise<SeenSigning> {
  const { address, changes, get } = looking
  const scripts = new Set<string>()
  const pages: Partial<Record<(typeof LANGS)[number], string>> = {}
  for (const lang of LANGS) {
    const bytes = await get(`/${lang}/l/${expected.id}/sign`, MOST_PAGE)
    const page = bytes === undefined ? '' : textOf(bytes)
    if (!SIGNS.test(page)) continue // over, or not begun
    pages[lang] = digestOf(Buffer.from(page.replace(TICKET, '')))
    for (const what of wrongSigning(page, expected, looking)) changes.push(`The page for signing in "${lang}" ${what}`)
    for (const tag of tagsIn(page, SCRIPT)) {
      const source = /\ssrc\s*=\s*"([^"]*)"/i.exec(tag)?.[1]?.replaceAll('&amp;', '&')
      const url = source === undefined ? undefined : (URL.parse(source, address.href) ?? undefined)
      if (url?.origin !== address.origin) {
        changes.push(
          `The page for signing in "${lang}" runs a script that is not its own: ${source ?? 'within the page'}`,
        )
        continue
      }
      const script = await get(`${url.pathname}${url.search}`, MOST_SCRIPT)
      if (script !== undefined) scripts.add(digestOf(script))
    }
  }
  if (scripts.size > 1) changes.push('The pages for signing run more than one script')
  return { script_sha256: [...scripts].toSorted()[0] ?? null, pages_sha256: pages }
}
/** The only part of the page that is another each time it is asked for. */
const TICKET = /(?<=<input type="hidden" name="ticket" value=")[\w.-]{1,80}(?=" \/>)/

/** The script seals to the keys that the page shows and the document has: both have to be those that everybody knows. */
function wrongSigning(page: string, expected: Letter, { version, digest }: SigningLooking): readonly string[] {
  const [known, shown] = [recipientsOf(expected), recipientsIn(page)]
  const seals = page.includes(`data-document="/letters/${expected.id}/${version}.json"`)
  return [
    ...without(shown, known).map((one) => `has a key of no holder: ${one}`),
    ...without(known, shown).map((one) => `lacks the key ${one}`),
    ...(seals && page.includes(`data-digest="${digest}"`) ? [] : [`is about another text than version ${version}`]),
  ]
}

function signingChanges(before: SeenSigning, now: SeenSigning): readonly string[] {
  const [then, pages] = [before.pages_sha256, now.pages_sha256]
  if (Object.keys(pages).length === 0)
    return Object.keys(then).length === 0 ? [] : ['No one can sign any more: there is no page for signing']
  return [
    ...(before.script_sha256 === now.script_sha256
      ? []
      : [
          `The script of the page for signing is another: ${before.script_sha256 ?? 'none'}, now ${now.script_sha256 ?? 'none'}`,
        ]),
    ...LANGS.filter((lang) => then[lang] !== pages[lang]).map(
      (lang) => `The page for signing in "${lang}" is another: ${then[lang] ?? 'none'}, now ${pages[lang] ?? 'none'}`,
    ),
  ]
}

type Ways = WatchedService['ways_sha256']

/**
 * Digests of all that leads on from the first page and from that of the letter, or runs there, in each language: a page
 * for signing that is as it was does not help a person who is led to another. Numbers and words of the pages change by themselves.
 */
async function lookAtWays({ id }: Letter, get: Get): Promise<Ways> {
  const ways: Ways = {}
  for (const lang of LANGS) {
    const leading: string[] = []
    for (const path of [`/${lang}/`, `/${lang}/l/${id}`]) {
      const page = await get(path, MOST_PAGE)
      const tags = page === undefined ? [] : tagsIn(textOf(page))
      const leads = new Set(tags.filter((tag) => LEADS.test(tag)).map((tag) => tag.replaceAll(/\s+/g, ' ')))
      leading.push(page === undefined ? 'none' : [...leads].toSorted().join('\n'))
    }
    ways[lang] = digestOf(Buffer.from(leading.join('\n\n')))
  }
  return ways
}
/** Elements that lead, load or run, and attributes that do. */
const LEADS =
  /^<(?:script|form|iframe|frame|meta|base|link|object|embed|style|input|button|svg)\b|[\s/"'](?:href|src|action|style|on[a-z]+)\s*=/i

const wayChanges = ({ ways_sha256: then }: Pick<WatchedService, 'ways_sha256'>, now: Ways): readonly string[] =>
  LANGS.filter((lang) => then[lang] !== now[lang]).map(
    (lang) => `The first page or that of the letter in "${lang}" leads elsewhere than before, or runs something else`,
  )

interface LogLooking {
  readonly before: WatchedService | undefined
  readonly trusted: readonly VerifierKey[]
  readonly changes: string[]
  readonly get: Get
}

/** Whether a trusted key signed the newest checkpoint, and the log goes on from the one that was seen last. */
async function lookAtLog({
  before,
  trusted,
  changes,
  get,
}: LogLooking): Promise<Pick<WatchedService, 'log_keys' | 'checkpoint'>> {
  const bytes = await get('/log/checkpoint', MOST_JSON)
  if (bytes === undefined) throw unanswered('checkpoint')
  const now = parseCheckpoint(bytes)
  const served = textOf((await get('/log/keys', MOST_JSON)) ?? new Uint8Array())
    .split('\n')
    .filter((line) => line !== '')
  // Before a key was named, those of the first look are trusted from then on.
  const keys = trusted.length > 0 ? trusted : (before?.log_keys ?? served).map((line) => parseVerifierKey(line, sha256))
  if (checkpointSigners(now, keys, NOTE_TOOLS.verify).length === 0)
    changes.push('The newest checkpoint of the log is signed by no key that you trust')
  const unknown = served.filter((line) => !keys.some((key) => formatVerifierKey(key) === line))
  for (const line of unknown) changes.push(`The log names a key that you did not know: ${line}`)
  if (before !== undefined)
    changes.push(...(await historyChanges(parseCheckpoint(Buffer.from(before.checkpoint)), now, get)))
  return { log_keys: keys.map(formatVerifierKey), checkpoint: textOf(bytes) }
}

/** Where no proof leads from the checkpoint that was seen to the one that is served, the log has two histories. */
async function historyChanges(then: Checkpoint, now: Checkpoint, get: Get): Promise<readonly string[]> {
  if (then.origin !== now.origin) return [`The log is another: it was "${then.origin}", now "${now.origin}"`]
  if (now.size < then.size) return [`The log is shorter than it was: ${then.size} entries, now ${now.size}`]
  const tree = new ServedTree(now, (path, most) => get(`/log/${path}`, most))
  if (!(await tree.givesRoot())) return ['The tiles of the log do not give its root']
  if (await tree.goesOnFrom(then)) return []
  return [
    `The log was rewritten: its first ${then.size} entries are not those that it had. Keep "--state": it proves that`,
  ]
}
