import { InputError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import { parseVerifierKey, type NoteTools, type VerifierKey } from '../log/signed-note.ts'
import { checkCosignature } from './cosignature.ts'
import { parseWitnessKey, type WitnessKey } from './witness-key.ts'

// Policies, https://c2sp.org/tlog-policy: which logs and witnesses a reader trusts, and how many of these have to sign.

export interface PolicyLog {
  readonly key: VerifierKey
  readonly url?: string
}

export interface PolicyWitness {
  /** Name within the policy. */
  readonly name: string
  readonly key: WitnessKey
  /** Prefix of the addresses of the witness. */
  readonly url?: string
}

export interface PolicyGroup {
  readonly name: string
  /** How many members have to be satisfied. */
  readonly least: number
  /** Names of witnesses and groups. */
  readonly members: readonly string[]
}

export interface WitnessPolicy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  /** Each after the groups that are its members. */
  readonly groups: readonly PolicyGroup[]
  /** Name of a witness or group; undefined where none is asked for. */
  readonly quorum: string | undefined
}

/** The specification asks for at least 32 of each; more than these are refused. */
const MOST_OF_EACH = 256
const MOST_BYTES = 1_000_000
const NONE = 'none'

class PolicyReader {
  readonly logs: PolicyLog[] = []
  readonly witnesses: PolicyWitness[] = []
  readonly groups: PolicyGroup[] = []
  quorum: string | undefined
  readonly #digest: NoteTools['digest']
  /** Names that are defined, and whether a group has each already. */
  readonly #defined = new Map<string, boolean>()
  readonly #keys = new Set<string>()

  constructor(digest: NoteTools['digest']) {
    this.#digest = digest
  }

  read(line: string): void {
    const [word, ...items] = line.split(/[ \t]+/).filter((item) => item !== '')
    if (word === undefined || word.startsWith('#')) return
    if (word === 'log') this.#log(items)
    else if (word === 'witness') this.#witness(items)
    else if (word === 'group') this.#group(items)
    else if (word === 'quorum') this.#quorum(items)
    else throw wrong('a line that begins with log, witness, group or quorum')
  }

  #log([line, url, ...rest]: readonly string[]): void {
    if (line === undefined || rest.length > 0) throw wrong('"log <key> [url]"')
    const key = parseVerifierKey(line, this.#digest)
    this.#once(`log ${key.publicKey.join()}`)
    this.logs.push({ key, ...addressed(url) })
    bounded(this.logs)
  }

  #witness([name, line, url, ...rest]: readonly string[]): void {
    if (name === undefined || line === undefined || rest.length > 0) throw wrong('"witness <name> <key> [url]"')
    this.#define(name)
    const key = parseWitnessKey(line, this.#digest)
    this.#once(`witness ${key.publicKey.join()}`)
    this.witnesses.push({ name, key, ...addressed(url) })
    bounded(this.witnesses)
  }

  #group([name, count, ...members]: readonly string[]): void {
    if (name === undefined || count === undefined || members.length === 0)
      throw wrong('"group <name> all|any|<number> <member>…"')
    for (const member of members) {
      if (this.#defined.get(member) !== false)
        throw wrong(`members that are defined above and in no other group, found "${member.slice(0, 80)}"`)
      this.#defined.set(member, true)
    }
    this.#define(name)
    const number = /^[1-9]\d{0,5}$/.test(count) ? Number(count) : Number.NaN
    const least = count === 'all' ? members.length : count === 'any' ? 1 : number
    if (!(least <= members.length)) throw wrong('all, any, or a number from 1 to that of the members')
    this.groups.push({ name, least, members })
    bounded(this.groups)
  }

  #quorum([name, ...rest]: readonly string[]): void {
    if (name === undefined || rest.length > 0) throw wrong('"quorum <name>|none"')
    if (this.quorum !== undefined) throw wrong('one line with a quorum')
    if (name !== NONE && !this.#defined.has(name)) throw wrong('a quorum that is defined above')
    this.quorum = name
  }

  #define(name: string): void {
    if (name === NONE || this.#defined.has(name)) throw wrong(`each name once, found "${name.slice(0, 80)}"`)
    this.#defined.set(name, false)
  }

  #once(key: string): void {
    if (this.#keys.has(key)) throw wrong('each public key once')
    this.#keys.add(key)
  }
}

const wrong = (expected: string): InputError =>
  new InputError(`Cannot read policy: expected ${expected}`, { code: 'policy.invalid', path: '', expected })

function bounded(list: readonly unknown[]): void {
  if (list.length > MOST_OF_EACH) throw wrong(`at most ${MOST_OF_EACH} of a kind`)
}

function addressed(url: string | undefined): { readonly url?: string } {
  if (url === undefined) return {}
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw wrong('an address of http or https')
  return { url: url.replace(/\/+$/, '') }
}

/** Reads a policy. Throws InputError, which names the line. */
export function parsePolicy(bytes: Uint8Array, digest: NoteTools['digest']): WitnessPolicy {
  if (bytes.length > MOST_BYTES) throw wrong(`at most ${MOST_BYTES} bytes`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw wrong('UTF-8')
  }
  const reader = new PolicyReader(digest)
  for (const [at, line] of text.split('\n').entries()) {
    try {
      reader.read(line)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const { code, expected } = error
      throw new InputError(`Cannot read policy, line ${at + 1}: expected ${expected}`, {
        code,
        path: `line ${at + 1}`,
        expected,
      })
    }
  }
  const { logs, witnesses, groups, quorum } = reader
  if (quorum === undefined) throw wrong('one line "quorum <name>" or "quorum none"')
  return { logs, witnesses, groups, quorum: quorum === NONE ? undefined : quorum }
}

const wordsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .map((line) => line.split(/[ \t]+/).filter((item) => item !== ''))
    .filter(([word]) => word !== undefined && !word.startsWith('#'))

/**
 * The text of a policy with a quorum. If its writer names none, more than half of the witnesses and groups that are in no
 * other group are demanded: one witness that is bribed, forced or gone neither makes nor breaks the quorum of three.
 */
export function withQuorum(text: string): string {
  const lines = wordsOf(text)
  if (lines.some(([word]) => word === 'quorum')) return text
  const defined = lines.flatMap(([word, name]) => ((word === 'witness' || word === 'group') && name ? [name] : []))
  const members = new Set(lines.flatMap(([word, , , ...rest]) => (word === 'group' ? rest : [])))
  const top = defined.filter((name) => !members.has(name))
  const end = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const [only] = top
  if (only === undefined) return `${end}quorum ${NONE}\n`
  if (top.length === 1) return `${end}quorum ${only}\n`
  let name = 'majority'
  while (defined.includes(name)) name += '-'
  return `${end}group ${name} ${Math.floor(top.length / 2) + 1} ${top.join(' ')}\nquorum ${name}\n`
}

/** Items of a line that are no address, by its first word. */
const BARE: ReadonlyMap<string, number> = new Map([
  ['log', 2],
  ['witness', 3],
])

/** The lines of a policy without comments and addresses: who has to sign, and nothing else that its writer put there. */
export const barePolicy = (text: string): string =>
  wordsOf(text)
    .map((items) => `${items.slice(0, BARE.get(items[0] ?? '')).join(' ')}\n`)
    .join('')

/** A policy of one log that asks for no witness. */
export const policyText = (keys: readonly string[]): string =>
  `${keys.map((key) => `log ${key}\n`).join('')}quorum none\n`

export interface PolicyOutcome {
  /** As many witnesses as the policy asks for have cosigned, and no line of a known witness is false. */
  readonly satisfied: boolean
  /** Name of the quorum; undefined where the policy asks for none. */
  readonly quorum: string | undefined
  /** Witnesses that have cosigned, and when last. */
  readonly cosigned: readonly { readonly name: string; readonly at: Instant }[]
  /** Witnesses of the policy without a good cosignature here. */
  readonly missing: readonly string[]
  /** Of them, those under whose name a false one stands. */
  readonly bad: readonly string[]
  /** Lines that are neither the log's nor of a witness that is checked here. */
  readonly unknown: number
}

/** What a policy says of the cosignatures under a checkpoint. The log's own signature is not looked at. */
export function evaluatePolicy(
  { origin, note }: Checkpoint,
  { witnesses, groups, quorum }: WitnessPolicy,
  verify: NoteTools['verify'],
): PolicyOutcome {
  const times = new Map<string, Instant>()
  const bad = new Set<string>()
  let unknown = 0
  for (const line of note.signatures) {
    if (line.name === origin) continue
    let known = false
    for (const { name, key } of witnesses) {
      const found = checkCosignature(note.text, line, { key, verify })
      if (found.kind === 'other') continue
      known = true
      const before = times.get(name)
      if (found.kind === 'false') bad.add(name)
      else if (before === undefined || before < found.at) times.set(name, found.at)
    }
    if (!known) unknown++
  }
  for (const name of bad) times.delete(name)
  const satisfied = new Set(times.keys())
  for (const { name, least, members } of groups)
    if (members.filter((member) => satisfied.has(member)).length >= least) satisfied.add(name)
  return {
    satisfied: bad.size === 0 && (quorum === undefined || satisfied.has(quorum)),
    quorum,
    cosigned: [...times].map(([name, at]) => ({ name, at })),
    missing: witnesses.map(({ name }) => name).filter((name) => !times.has(name)),
    bad: [...bad],
    unknown,
  }
}
