import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeCanonical } from '../../../src/core/evidence/canonical-json.ts'
import { encodeLetterLeaf } from '../../../src/letter/core/leaf.ts'
import { encodeSignature } from '../../../src/letter/core/signature.ts'
import {
  letterSchema,
  type Letter,
  type Signature,
  type SignatureTier,
  type VoidReason,
} from '../../../src/letter/core/letter.ts'
import { parseInstant, parseSha256, type Sha256 } from '../../../src/core/model/units.ts'
import { makeKeyPair, type AgeKeyPair } from '../../../src/letter/handover/age.ts'
import { folderLog } from '../../../src/letter/handover/read-handover.ts'
import { writeHandover } from '../../../src/letter/handover/write-handover.ts'
import { LetterLeaves, letterKindOf } from '../../../src/letter/count/letter-leaves.ts'
import { sealLayers } from '../../../src/letter/sign/seal.ts'
import type { TransparencyLog } from '../../../src/pipeline/log/contract.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import type { LetterStore, SignatureRow } from '../../../src/letter/registry/contract.ts'
import { openLetterStore } from '../../../src/letter/registry/open.ts'
import { CopyFolder } from '../../../src/runtime/files/copy-folder.ts'
import { formatVerifierKey } from '../../../src/core/evidence/log/signed-note.ts'

const words = (text: string): { readonly kk: string; readonly ru: string; readonly en: string } => ({
  kk: `${text} қазақша`,
  ru: `${text} по-русски`,
  en: `${text} in English`,
})

export interface LetterHouseOptions {
  /** Layers of the letter's keys; one holder each, in the inner two. */
  readonly layers?: 1 | 2
}

/** A letter with its keys, a registry and a log over it, in a folder of its own: everything real but the people. */
export class LetterHouse implements AsyncDisposable {
  readonly folder: string
  /** Newest version. */
  letter: Letter
  /** Keys of each layer of the first version, the inner one first. */
  readonly pairs: readonly (readonly AgeKeyPair[])[]
  readonly store: LetterStore
  readonly log: TransparencyLog
  readonly #documents: string[] = []

  private constructor(folder: string, kept: Pick<LetterHouse, 'letter' | 'pairs' | 'store' | 'log'>) {
    this.folder = folder
    this.letter = kept.letter
    this.pairs = kept.pairs
    this.store = kept.store
    this.log = kept.log
  }

  static async open({ layers = 1 }: LetterHouseOptions = {}): Promise<LetterHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-letter-'))
    const pair = (): Promise<AgeKeyPair> => makeKeyPair({ hybrid: false })
    const pairs = [[await pair(), await pair()], ...(layers === 2 ? [[await pair()]] : [])]
    const letter = sampleLetter(pairs)
    const store = await openLetterStore({ kind: 'sqlite', file: join(folder, 'registry', 'letters.sqlite') })
    const log = await openTransparencyLog(join(folder, 'log'), {
      archive: new LetterLeaves(store),
      kindOf: letterKindOf,
      begin: { simulated: true, at: parseInstant('2026-03-01T00:00:00Z'), address: 'https://letter.example' },
    })
    const house = new LetterHouse(folder, { letter, pairs, store, log })
    await house.publish(letter)
    return house
  }

  /** Publishes a version. */
  async publish(letter: Letter): Promise<void> {
    const document = encodeCanonical(letter)
    const { id, version } = letter
    const leaf = encodeLetterLeaf({
      kind: 'letter-version',
      letter: id,
      version,
      sha256: digestOf(Buffer.from(document)),
    })
    await this.store.append([
      { leaf, change: { kind: 'letter', row: { letter: id, version, document, state: 'open' } } },
    ])
    this.#documents[version] = document
    this.letter = letter
  }

  /** Seals a signature to the keys of the letter. */
  seal(signature: Partial<Signature> = {}): Promise<Uint8Array> {
    return sealLayers(encodeSignature({ ...sampleSignature(this.letter), ...signature }), this.letter.keys)
  }

  /** Takes what was sealed and counts it; gives their digests. */
  count(sealed: readonly SealedOne[]): Promise<readonly Sha256[]> {
    return countSealed(this.store, this.letter, sealed)
  }
  async take(ct: Sha256, reason: VoidReason): Promise<void> {
    await this.store.append([
      {
        leaf: encodeLetterLeaf({ kind: 'signature-void', letter: this.letter.id, ct, reason }),
        change: { kind: 'void', ct, reason, erase: reason === 'withdrawn' },
      },
    ])
  }

  /** Writes what is handed over into a new folder beside the house's own; gives its path. */
  async handOver(name: string): Promise<string> {
    await this.log.sequence()
    const out = await CopyFolder.open(join(this.folder, name), async () => undefined)
    const served = folderLog(this.log.folder)
    await writeHandover({
      letter: this.letter,
      document: (version) => this.#documents[version],
      log: {
        ...served,
        keys: async () => this.log.keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''),
      },
      sealed: async (ct) => (await this.store.signature(ct))?.sealed ?? undefined,
      put: (path, bytes) => out.put(path, bytes),
      signal: new AbortController().signal,
    })
    await out.finish({})
    return out.path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]()
    await this.store[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface SealedOne {
  readonly bytes: Uint8Array
  readonly tier?: SignatureTier
  /** What its receipt is known by; one that nobody has where left out. */
  readonly receipt?: Sha256
}

/** Takes what was sealed into a registry and counts it there; gives their digests. */
export async function countSealed(
  store: LetterStore,
  letter: Letter,
  sealed: readonly SealedOne[],
): Promise<readonly Sha256[]> {
  const rows = sealed.map(({ bytes, tier = 'claimed', receipt }): SignatureRow => ({
    ct: digestOf(bytes),
    letter: letter.id,
    version: letter.version,
    tier,
    state: 'pending',
    region: 'KZ-75',
    hour: 0,
    sealed: bytes,
    receipt: receipt ?? digestOf(randomBytes(16)),
    mailbox: null,
    leaf: null,
    reason: null,
    held: null,
  }))
  await store.accept(rows, [])
  await store.append(
    rows.map(({ ct, tier }) => ({
      leaf: encodeLetterLeaf({ kind: 'signature', letter: letter.id, ct, tier }),
      change: { kind: 'count', ct },
    })),
  )
  return rows.map(({ ct }) => ct)
}

export const digestOf = (bytes: Uint8Array): Sha256 => parseSha256(createHash('sha256').update(bytes).digest('hex'))

/** A simulated letter in three languages, sealed to the keys given. */
export const sampleLetter = (pairs: readonly (readonly AgeKeyPair[])[]): Letter =>
  letterSchema.parse({
    format: 'kuager-letter/1',
    id: 'open-net',
    version: 1,
    simulated: true,
    title: { kk: 'Ашық интернет үшін', ru: 'За открытый интернет', en: 'For an open internet' },
    text: {
      kk: 'Біз ашық интернетті қалаймыз: әңгіме, ғылым, қоғам, өнер, ұғым, үн, һәм іс.\n\nҚол қоямыз.',
      ru: 'Мы хотим открытый интернет.\n\nПодписываем.',
      en: 'We want an open internet.\n\nWe sign.',
    },
    addressees: [words('Addressee')],
    publisher: { name: words('Publisher'), contacts: [{ kind: 'mail', value: 'office@letter.example' }] },
    opens: '2026-03-01',
    closes: '2026-06-01',
    destroys: '2026-07-01',
    cites: [],
    consent: { version: 1, text: words('Consent') },
    keys: {
      layers: pairs.map((layer, at) =>
        layer.map(({ recipient }, nth) => ({ holder: words(`Holder ${at + 1}.${nth + 1}`), recipient })),
      ),
    },
  })

export const sampleSignature = ({ id, version, consent }: Letter): Signature => ({
  format: 'kuager-signature/1',
  letter: id,
  version,
  consent: consent.version,
  name: 'Әсел Ұлықбек',
  region: 'KZ-75',
  show_name: true,
  lang: 'kk',
})
