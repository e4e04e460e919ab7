import { createHash } from 'node:crypto'
import { notChecked, StepFinder, type LetterProblem, type LetterStep } from '../core/step.ts'
import { signatureSchema, type Letter, type Signature, type SignatureTier } from '../core/letter.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { compareWords } from '../../core/text/alphabet.ts'
import { plainLine, plainLines } from '../../core/text/plain-text.ts'
import { LayerOpener, type AgeKeyPair } from './age.ts'
import type { HandoverBundle } from './read-handover.ts'
import type { VerifiedHandover } from './verify-handover.ts'

/** A signature as its signer wrote it. */
export interface OpenedSignature {
  readonly ct: Sha256
  readonly tier: SignatureTier
  readonly leaf: number
  readonly signature: Signature
  /** Number of the group of those that share name and region; absent where it is the only one. */
  readonly group?: number
}

export interface OpenedHandover {
  /** In the alphabetical order of names. */
  readonly opened: readonly OpenedSignature[]
  /** Those that count and were not opened, or are no signature under this letter. */
  readonly unopened: readonly { readonly ct: Sha256; readonly problem: LetterProblem }[]
  readonly groups: number
  /** `contents`. */
  readonly step: LetterStep
}

export interface OpeningOptions {
  readonly identities: readonly AgeKeyPair[]
  readonly signal: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Opens the signatures that a verified bundle counts, each by the secrets given, and looks whether it is one under this
 * letter. Nothing is taken out for looking like another: namesakes exist, so those are marked.
 */
export async function openHandover(
  bundle: HandoverBundle,
  { counter, letters }: VerifiedHandover,
  { identities, signal, onProgress }: OpeningOptions,
): Promise<OpenedHandover> {
  const layers = [...letters.values()].map(({ keys }) => keys.layers.length)
  if (counter === undefined || layers.length === 0)
    return { opened: [], unopened: [], groups: 0, step: notChecked('contents') }
  const opener = new LayerOpener(identities)
  const step = new StepFinder('contents')
  const opened: Omit<OpenedSignature, 'group'>[] = []
  const unopened: OpenedHandover['unopened'][number][] = []
  const all = [...counter.standing()]
  for (const [at, { ct, tier, leaf }] of all.entries()) {
    signal.throwIfAborted()
    onProgress?.(at, all.length)
    const found = await openOne(await bundle.sealed(ct), {
      ct,
      opener,
      layers,
      letters,
      letter: bundle.manifest.letter,
    })
    if (typeof found === 'string') {
      unopened.push({ ct, problem: found })
      // That a file is missing or altered was found where files are checked.
      if (found !== 'file-missing' && found !== 'file-altered') step.add(found, ct)
    } else opened.push({ ct, tier, leaf, signature: found })
  }
  opened.sort((a, b) => compareWords(a.signature.name, b.signature.name) || (a.ct < b.ct ? -1 : 1))
  return { ...markGroups(opened), unopened, step: step.end() }
}

interface Opening {
  readonly ct: Sha256
  readonly opener: LayerOpener
  /** Layers of each version: which one was signed shows only when it is open. */
  readonly layers: readonly number[]
  readonly letters: ReadonlyMap<number, Letter>
  readonly letter: string
}

async function openOne(
  sealed: Uint8Array | undefined,
  { ct, opener, layers, letters, letter }: Opening,
): Promise<Signature | LetterProblem> {
  if (sealed === undefined) return 'file-missing'
  if (createHash('sha256').update(sealed).digest('hex') !== ct) return 'file-altered'
  const found = await opener.open(sealed, Math.min(...layers), Math.max(...layers))
  if (found.kind !== 'opened') return found.kind === 'locked' ? 'sealed-locked' : 'sealed-damaged'
  const signature = readHandedSignature(found.bytes)
  if (signature === undefined) return 'signature-unreadable'
  if (signature.letter !== letter) return 'signature-other-letter'
  const signed = letters.get(signature.version)
  if (signed === undefined) return 'signature-other-version'
  return signed.consent.version === signature.consent ? signature : 'signature-other-consent'
}

/**
 * What a signer wrote, as text that hides, turns and breaks nothing in a list; undefined for what is not a signature.
 */
export function readHandedSignature(bytes: Uint8Array): Signature | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const { name, mail, comment, ...rest } = signatureSchema.parse(JSON.parse(text))
    const plain = {
      ...rest,
      name: plainLine(name),
      ...(mail === undefined ? {} : { mail: plainLine(mail) }),
      ...(comment === undefined ? {} : { comment: plainLines(comment) }),
    }
    return signatureSchema.safeParse(plain).data
  } catch {
    return undefined
  }
}

/** What two spellings of one name share: only letters that are seen, the words in one order, ё as е. */
export const signerNameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .toSorted()
    .join(' ')

function markGroups(signatures: readonly Omit<OpenedSignature, 'group'>[]): Pick<OpenedHandover, 'opened' | 'groups'> {
  const counts = new Map<string, number>()
  const keyOf = ({ signature: { name, region } }: Omit<OpenedSignature, 'group'>): string =>
    `${region} ${signerNameKey(name)}`
  for (const one of signatures) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1)
  const numbers = new Map<string, number>()
  const opened = signatures.map((one): OpenedSignature => {
    const key = keyOf(one)
    if (counts.get(key) === 1) return one
    const group = numbers.get(key) ?? numbers.size + 1
    numbers.set(key, group)
    return { ...one, group }
  })
  return { opened, groups: numbers.size }
}
