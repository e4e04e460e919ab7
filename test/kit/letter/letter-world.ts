import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { defined } from '../../../src/core/model/defined.ts'
import { encodeReceipt, encodeSignature } from '../../../src/letter/core/signature.ts'
import type { Letter, Signature } from '../../../src/letter/core/letter.ts'
import { instant, millis, parseInstant, parseSha256, type Sha256 } from '../../../src/core/model/units.ts'
import type { FloodGuard } from '../../../src/web/flood/contract.ts'
import type { LetterDesk, MailboxKeys, SealedSigning } from '../../../src/letter/contract.ts'
import { LetterLeaves, letterKindOf } from '../../../src/letter/count/letter-leaves.ts'
import { openLetterDesk } from '../../../src/letter/open-letter-desk.ts'
import type { LetterDeskParts } from '../../../src/letter/parts.ts'
import type { MailQueue } from '../../../src/letter/mail/contract.ts'
import type { Message } from '../../../src/runtime/mail/mail-sender.ts'
import type { WorkDesk } from '../../../src/web/work/contract.ts'
import type { TransparencyLog } from '../../../src/pipeline/log/contract.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import type { RegistryPlace } from '../../../src/store/registry/database.ts'
import type { LetterStore, SignatureRow } from '../../../src/letter/registry/contract.ts'
import { openLetterStore } from '../../../src/letter/registry/open.ts'
import type { Disk } from '../../../src/runtime/files/disk.ts'
import { openLog as openLines } from '../../../src/runtime/log.ts'
import type { ClientAddress } from '../../../src/runtime/sender/from.ts'

// A letter service without its pages: the real desk over a real registry and a real log. Time, mail, floods and the
// price of a request are made by the test.

const START = parseInstant('2026-03-05 08:00:00')
export const NOWHERE: ClientAddress = { socket: '192.0.2.1', forwardedFor: undefined }

/** A clock that a test moves by hand. */
export class HandClock {
  #at = START
  readonly now = (): ReturnType<typeof instant> => this.#at
  readonly monotonic = (): ReturnType<typeof millis> => millis(this.#at - START)
  pass(ms: number): void {
    this.#at = instant(this.#at + ms)
  }
}

/** Mails as they were given to the queue. */
export class Mailbag implements MailQueue {
  readonly sent: Message[] = []
  full = false
  send(message: Message): boolean {
    if (!this.full) this.sent.push(message)
    return !this.full
  }
  async idle(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}
  /** Token of the link in the last mail. */
  get token(): string {
    return /confirm\/([\w-]{22})/.exec(this.sent.at(-1)?.text ?? '')?.[1] ?? ''
  }
}

/** Takes every solution once; `wrong` none. */
export class FreeWork implements WorkDesk {
  readonly #spent = new Set<string>()
  async challenge(): Promise<object> {
    return {}
  }
  async verify(solution: string): Promise<'done' | 'spent' | 'wrong'> {
    if (solution === 'wrong') return 'wrong'
    if (this.#spent.has(solution)) return 'spent'
    this.#spent.add(solution)
    return 'done'
  }
}

/** Holds what the test says, and calls early what it says. */
export class ToldGuard implements FloodGuard {
  readonly #known = new Set<string>()
  readonly labels = new Map<string, string>()
  readonly young = new Set<string>()
  note(_from: ClientAddress, id: string): void {
    this.#known.add(id)
  }
  early(ids: readonly string[]): ReadonlySet<string> {
    return new Set(ids.filter((id) => this.young.has(id)))
  }
  judge(ids: readonly string[]): ReadonlyMap<string, string> {
    return new Map([...this.labels].filter(([id]) => ids.includes(id)))
  }
  knows(id: string): boolean {
    return this.#known.has(id)
  }
  settle(ids: readonly string[]): void {
    for (const id of ids) this.#known.delete(id)
  }
}

class MemoryKeys implements MailboxKeys {
  readonly keys = new Map<string, Uint8Array>()
  async key(letter: string): Promise<Uint8Array | undefined> {
    return this.keys.get(letter)
  }
  async make(letter: string): Promise<Uint8Array> {
    const key = this.keys.get(letter) ?? randomBytes(32)
    this.keys.set(letter, key)
    return key
  }
  async destroy(letter: string): Promise<void> {
    this.keys.delete(letter)
  }
}

/** A secret of age and who can seal to it, one for all tests of a process. */
export const HOLDER = await (async () => {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
})()

const inThree = (text: string): { kk: string; ru: string; en: string } => ({ kk: text, ru: text, en: text })

/** A simulated letter that is open from the day on which the clock of a test begins. */
export const sampleLetter = (changes: Partial<Letter> = {}): Letter => ({
  format: 'kuager-letter/1',
  id: 'ashyq',
  version: 1,
  simulated: true,
  title: inThree('Ашық хат'),
  text: inThree('Мәтін'),
  addressees: [inThree('Министрлік')],
  publisher: { name: inThree('Қоғамдық қор'), contacts: [{ kind: 'web', value: 'letter.example' }] },
  opens: '2026-03-01',
  closes: '2026-05-01',
  destroys: '2026-08-01',
  cites: [],
  consent: { version: 1, text: inThree('Келісемін') },
  keys: { layers: [[{ holder: inThree('Заңгер'), recipient: HOLDER.recipient }]] },
  ...changes,
})

export interface LetterWorld extends AsyncDisposable {
  readonly folder: string
  readonly clock: HandClock
  readonly mail: Mailbag
  readonly guard: ToldGuard
  readonly keys: MemoryKeys
  /** Opened anew by `reopen`. */
  readonly desk: LetterDesk
  readonly store: LetterStore
  readonly log: TransparencyLog
  /** Lines of the service's own log. */
  readonly lines: string[]
  /** Ends the process of the service in the midst and starts it again: what was only in memory is gone. */
  reopen(): Promise<void>
}

export interface LetterWorldOptions {
  readonly folder?: string
  readonly where?: (folder: string) => RegistryPlace
  readonly parts?: (parts: LetterDeskParts) => LetterDeskParts
  readonly sendsMail?: boolean
  /** The registry as desk and log see it. */
  readonly store?: (store: LetterStore) => LetterStore
  /** The disk of the log and of the desk's own files. */
  readonly disk?: Disk
  readonly makeSeed?: () => Uint8Array
}

/** Opens a letter service over a folder of its own. */
export async function openLetterWorld(options: LetterWorldOptions = {}): Promise<LetterWorld> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'kuager-letter-')))
  const [clock, mail, keys] = [new HandClock(), new Mailbag(), new MemoryKeys()]
  const lines: string[] = []
  const where = options.where ?? ((at) => ({ kind: 'sqlite', file: join(at, 'registry', 'letters.sqlite') }))
  const open = async () => {
    const kept = await openLetterStore(where(folder))
    const store = options.store?.(kept) ?? kept
    const log = await openTransparencyLog(join(folder, 'log'), {
      ...defined({ disk: options.disk, makeSeed: options.makeSeed }),
      archive: new LetterLeaves(store),
      begin: { simulated: true, at: START },
      kindOf: letterKindOf,
    })
    const guard = new ToldGuard()
    const parts: LetterDeskParts = {
      ...defined({ disk: options.disk }),
      store,
      log,
      clock,
      work: new FreeWork(),
      guard,
      ...(options.sendsMail === false ? {} : { mail }),
      keys,
      folder,
      simulated: true,
      random: (length) => randomBytes(length),
      confirmUrl: (token, lang) => `https://letter.example/${lang}/confirm/${token}`,
      lines: openLines({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    }
    return { kept, store, log, guard, desk: await openLetterDesk(options.parts?.(parts) ?? parts) }
  }
  let opened = await open()
  const close = async (): Promise<void> => {
    await opened.log[Symbol.asyncDispose]()
    await opened.kept[Symbol.asyncDispose]()
  }
  return {
    folder,
    clock,
    mail,
    keys,
    lines,
    get desk() {
      return opened.desk
    },
    get store() {
      return opened.store
    },
    get log() {
      return opened.log
    },
    get guard() {
      return opened.guard
    },
    async reopen() {
      await close()
      opened = await open()
    },
    async [Symbol.asyncDispose]() {
      await opened.desk[Symbol.asyncDispose]()
      await close()
      if (options.folder === undefined) await rm(folder, { recursive: true })
    },
  }
}

/** Puts signatures into the registry: rows as the desk keeps them, of bytes that nobody opens. For tests of many. */
export async function acceptMany(
  world: Pick<LetterWorld, 'store' | 'guard' | 'desk'>,
  many: number,
  changes: Partial<SignatureRow> = {},
): Promise<readonly Sha256[]> {
  const rows = Array.from({ length: many }, (): SignatureRow => {
    const sealed = randomBytes(300)
    const ct = parseSha256(createHash('sha256').update(sealed).digest('hex'))
    const receipt = parseSha256(randomBytes(32).toString('hex'))
    return {
      ct,
      letter: 'ashyq',
      version: 1,
      tier: 'claimed',
      state: 'pending',
      region: 'KZ-75',
      hour: START,
      sealed,
      receipt,
      mailbox: null,
      leaf: null,
      reason: null,
      held: null,
      ...changes,
    }
  })
  await world.store.accept(rows, [])
  for (const { ct } of rows) world.guard.note(NOWHERE, ct)
  return rows.map(({ ct }) => ct)
}

let solved = 0

/** What a browser sends for a signature: sealed, with a receipt that it alone knows. */
export async function sealedSigning(
  changes: Partial<SealedSigning> = {},
  words: Partial<Signature> = {},
  letter: Letter = sampleLetter(),
): Promise<{ readonly signing: SealedSigning; readonly code: string; readonly ct: string }> {
  const signature: Signature = {
    format: 'kuager-signature/1',
    letter: letter.id,
    version: letter.version,
    consent: letter.consent.version,
    name: 'Әсел Ұлықбек',
    region: changes.region ?? 'KZ-75',
    show_name: false,
    lang: 'kk',
    ...words,
  }
  let sealed = encodeSignature(signature)
  for (const layer of letter.keys.layers) {
    const encrypter = new Encrypter()
    for (const { recipient } of layer) encrypter.addRecipient(recipient)
    sealed = await encrypter.encrypt(sealed)
  }
  const code = encodeReceipt(randomBytes(16))
  const signing: SealedSigning = {
    letter: letter.id,
    version: letter.version,
    region: signature.region,
    lang: 'kk',
    trapped: false,
    sealed,
    receipt: createHash('sha256').update(code).digest('hex'),
    work: `solution ${solved++}`,
    ...changes,
  }
  return { signing, code, ct: createHash('sha256').update(sealed).digest('hex') }
}
