import { createHash } from 'node:crypto'
import type { LetterCounter } from '../core/count.ts'
import { recountLog, type Recount, type RecountOptions } from '../core/recount.ts'
import { notChecked, StepFinder, type LetterStep } from '../core/step.ts'
import { letterSchema, TIERS, VOID_REASONS, type Letter } from '../core/letter.ts'
import type { HandoverManifest } from './manifest.ts'
import type { HandoverBundle } from './read-handover.ts'

export interface VerifiedHandover {
  readonly recount: Recount
  /** Counter of the letter of this bundle; undefined where the log does not hold together or does not know it. */
  readonly counter: LetterCounter | undefined
  /** Versions that are the ones logged. */
  readonly letters: ReadonlyMap<number, Letter>
  readonly steps: readonly LetterStep[]
}

/** Verifies a bundle without opening a signature: a third party can, offline. Gives every step, with every problem. */
export async function verifyHandover(
  bundle: HandoverBundle,
  options: RecountOptions & { readonly signal: AbortSignal },
): Promise<VerifiedHandover> {
  const { manifest } = bundle
  const recount = await recountLog(bundle.log, options)
  const whole = recount.steps.every(
    ({ step, outcome }) => step === 'receipt' || step === 'checkpoint' || outcome === 'ok',
  )
  const counter = whole ? recount.letters.get(manifest.letter) : undefined
  const receipts = recount.steps.filter(({ step }) => step === 'receipt')
  const before = recount.steps.filter(({ step }) => step !== 'receipt')
  if (counter === undefined) {
    const shown = new StepFinder('shown')
    if (whole) shown.add('letter-unknown', manifest.letter)
    return {
      recount,
      counter,
      letters: new Map(),
      steps: [
        ...before,
        notChecked('versions'),
        whole ? shown.end() : notChecked('shown'),
        ...receipts,
        notChecked('files'),
      ],
    }
  }
  const { letters, step: versions } = await verifyVersions(bundle, counter)
  const shown = verifyManifest(manifest, counter, recount)
  const files = await verifyFiles(bundle, counter, options.signal)
  return { recount, counter, letters, steps: [...before, versions, shown, ...receipts, files] }
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function verifyVersions(
  bundle: HandoverBundle,
  counter: LetterCounter,
): Promise<{ readonly letters: ReadonlyMap<number, Letter>; readonly step: LetterStep }> {
  const step = new StepFinder('versions')
  const letters = new Map<number, Letter>()
  for (const { version, sha256 } of counter.result().versions) {
    const bytes = await bundle.version(version)
    if (bytes === undefined) step.add('version-missing', version)
    else if (digestOf(bytes) !== sha256) step.add('version-altered', version)
    else {
      const letter = readLetter(bytes)
      if (letter?.id !== bundle.manifest.letter || letter.version !== version) step.add('version-foreign', version)
      else letters.set(version, letter)
    }
  }
  return { letters, step: step.end() }
}

function readLetter(bytes: Uint8Array): Letter | undefined {
  try {
    return letterSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data
  } catch {
    return undefined
  }
}

/** Whether the list of the bundle is the one that the leaves give. */
function verifyManifest(manifest: HandoverManifest, counter: LetterCounter, { checkpoint }: Recount): LetterStep {
  const step = new StepFinder('shown')
  const count = counter.result()
  for (const tier of TIERS)
    if (manifest.counted[tier] !== count.counted[tier])
      step.add('number-differs', `${tier}: ${manifest.counted[tier]} / ${count.counted[tier]}`)
  for (const reason of VOID_REASONS)
    if ((manifest.removed[reason] ?? 0) !== (count.removed[reason] ?? 0))
      step.add('number-differs', `${reason}: ${manifest.removed[reason] ?? 0} / ${count.removed[reason] ?? 0}`)
  if (manifest.log.size !== checkpoint?.size || manifest.log.origin !== checkpoint.origin)
    step.add('number-differs', `${manifest.log.origin} ${manifest.log.size}`)
  const listed = new Map(manifest.signatures.map((one) => [one.ct, one]))
  if (listed.size !== manifest.signatures.length) step.add('list-differs')
  for (const { ct, tier, leaf } of counter.standing()) {
    const found = listed.get(ct)
    if (found?.tier !== tier || found.leaf !== leaf) step.add('list-differs', ct)
    listed.delete(ct)
  }
  for (const ct of listed.keys()) step.add('list-differs', ct)
  return step.end()
}

async function verifyFiles(bundle: HandoverBundle, counter: LetterCounter, signal: AbortSignal): Promise<LetterStep> {
  const step = new StepFinder('files')
  const awaited = new Set<string>()
  for (const { ct } of counter.standing()) {
    signal.throwIfAborted()
    awaited.add(ct)
    const bytes = await bundle.sealed(ct)
    if (bytes === undefined) step.add('file-missing', ct)
    else if (digestOf(bytes) !== ct) step.add('file-altered', ct)
  }
  for await (const { name, ct } of bundle.names())
    if (ct === undefined) step.add('file-no-file', name)
    else if (!awaited.has(ct)) step.add('file-foreign', name)
  return step.end()
}
