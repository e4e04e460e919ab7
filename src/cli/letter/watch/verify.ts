import { defined } from '../../../core/model/defined.ts'
import { lstat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'
import { parseReceipt } from '../../../letter/core/signature.ts'
import { recountLog, type LogSource, type Recount } from '../../../letter/core/recount.ts'
import type { LetterStep } from '../../../letter/core/step.ts'
import { formatVerifierKey, type VerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { parseTlogProof, type TlogProof } from '../../../core/evidence/log/tlog-proof.ts'
import { InputError, wrongOption } from '../../../core/model/errors.ts'
import { MANIFEST } from '../../../letter/handover/manifest.ts'
import { folderLog, readHandover } from '../../../letter/handover/read-handover.ts'
import { verifyHandover } from '../../../letter/handover/verify-handover.ts'
import { readLogIdentity } from '../../../pipeline/log/open-log.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { isMissing } from '../../../runtime/files/disk.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { writeHanging } from '../../terminal/hanging.ts'
import { NOTE_TOOLS } from '../../../app/proof/mirror-key.ts'
import { printable } from '../../../core/text/printable.ts'
import { readKeys } from '../../verify/verify.ts'
import { openAsker, type Asker } from '../../../app/letter/asker.ts'
import { readAddress } from '../../../app/letter/fetch-log.ts'
import { fetchProof, verifyShown } from '../../../app/letter/served-letter.ts'
import { noStepFailed, stepsJson, writeAnswer, writeCount, writeSigners, writeSteps } from './step-lines.ts'
import { task } from '../../terminal/command.ts'
import { optional } from '../../terminal/option.ts'
import { LANG, ROUTE, json } from '../../terminal/shared-options.ts'
import { LOG_KEYS } from '../options.ts'

const MOST_PROOF = 200_000

/** What was verified: a bundle, the files of a log, or a service as it answers. */
interface Verified {
  readonly recount: Recount
  readonly steps: readonly LetterStep[]
  readonly simulated?: boolean
}

export const command = task({
  about: 'Recount the signatures from the log and compare.',
  examples: ['https://letter.example'],
  words: {
    PLACE: 'Address of a letter service, folder of a handover, or folder with the files of a log.',
  },
  options: {
    key: LOG_KEYS,
    receipt: optional(
      'FILE|CODE',
      'The proof that a signer saved; or the code, for which the service at PLACE is then asked.',
    ),
    route: ROUTE,
    lang: LANG,
    json: json(),
  },
  exit: { 3: 'a check found a problem' },
  async run({ lang, ...values }, { world, words: [place = ''] }) {
    const trusted = (await Promise.all(values.key.map((given) => readKeys(given, world)))).flat()
    const asked = { trusted, receipt: values.receipt, route: values.route }
    const { recount, steps, simulated } = await verifyPlace(place, asked, world)
    if (values.json) world.out.write(`${JSON.stringify(asJson(place, recount, steps))}\n`)
    else writeReport(lang, { place, recount, steps, simulated: simulated === true }, world)
    return noStepFailed(steps) ? 0 : 3
  },
})

interface Asked {
  readonly trusted: readonly VerifierKey[]
  readonly receipt: string | undefined
  readonly route: string
}

async function verifyPlace(place: string, { trusted, receipt, route }: Asked, world: World): Promise<Verified> {
  const { signal } = world
  const options = { trusted, tools: NOTE_TOOLS }
  if (/^https?:/i.test(place)) {
    const address = readAddress(place)
    using asker = await openAsker(route)
    const proof = receipt === undefined ? undefined : await proofOf(receipt, { address, asker }, world)
    const given = { ...options, ...defined({ receipt: proof }) }
    return await verifyShown(address, given, { asker, signal })
  }
  const proof = receipt === undefined ? undefined : await proofOf(receipt, undefined, world)
  const given = { ...options, ...defined({ receipt: proof }) }
  const folder = resolve(world.cwd, place)
  if (await isFile(join(folder, MANIFEST))) {
    const bundle = await readHandover(folder)
    const verified = await verifyHandover(bundle, { ...given, signal })
    return { ...verified, simulated: bundle.manifest.simulated }
  }
  const recount = await recountLog(await logIn(folder, place), given)
  return { recount, steps: recount.steps }
}

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isFile()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** The log whose files are in a folder: as served, or in the folder of a letter service. */
async function logIn(folder: string, given: string): Promise<LogSource> {
  for (const below of ['.', 'log'])
    if (await isFile(join(folder, below, 'checkpoint'))) return folderLog(join(folder, below))
  const own = join(folder, 'log')
  if (await isFile(join(own, 'public', 'checkpoint'))) {
    const keys = (await readLogIdentity(own))?.keys ?? []
    return {
      ...folderLog(join(own, 'public')),
      keys: async () => keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''),
    }
  }
  throw new InputError(`Cannot verify "${printable(given)}": there is neither a bundle nor a log`, {
    code: 'letter.nothing',
    path: 'PLACE',
    expected: 'the address of a letter service, the folder of a handover, or a folder with "checkpoint" and "tile/"',
  })
}

/** A receipt: the file of its proof, or its code, for which the service gives that file. */
async function proofOf(
  given: string,
  service: { readonly address: URL; readonly asker: Asker } | undefined,
  world: World,
): Promise<TlogProof> {
  const bytes = await readBounded(resolve(world.cwd, given), MOST_PROOF)
  if (bytes !== undefined) return parseTlogProof(bytes)
  if (service === undefined)
    throw wrongOption('receipt', 'it is no file', 'the file of a proof; a code is of use with the address of a service')
  // Throws for what is no code before anything is sent.
  const code = parseReceipt(given)
  const proof = await fetchProof(service.address, code, { asker: service.asker, signal: world.signal })
  if (proof !== undefined) return parseTlogProof(proof)
  throw wrongOption('receipt', 'the service gives no proof for it', 'a receipt whose signature is counted')
}

function writeReport(
  lang: Lang,
  { place, recount, steps, simulated }: Required<Verified> & { readonly place: string },
  world: World,
): void {
  writeHanging(world, '', say(lang, 'handover.verify.title', { name: printable(place) }))
  writeSteps(lang, steps, world)
  writeSigners(lang, recount, world)
  for (const [letter, counter] of recount.letters) writeCount(lang, letter, counter.result(), world)
  if (recount.receipt !== undefined && steps.some(({ step, outcome }) => step === 'receipt' && outcome === 'ok'))
    writeHanging(world, '', say(lang, 'handover.verify.receipt', { letter: recount.receipt.letter }))
  if (simulated) writeHanging(world, '', say(lang, 'handover.verify.simulated'))
  writeAnswer(lang, steps, world)
}

const asJson = (name: string, recount: Recount, steps: readonly LetterStep[]): Record<string, unknown> => ({
  name,
  sound: noStepFailed(steps),
  vouched: recount.vouched,
  signed_by: recount.signedBy.map(formatVerifierKey),
  log: recount.checkpoint === undefined ? null : { origin: recount.checkpoint.origin, size: recount.checkpoint.size },
  letters: [...recount.letters].map(([letter, counter]) => ({ letter, ...counter.result() })),
  receipt: recount.receipt ?? null,
  steps: stepsJson(steps),
})
