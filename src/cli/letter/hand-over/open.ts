import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../../runtime/world.ts'
import { listPapers, type CountProof, type LetterList } from '../../../letter/documents/list-paper.ts'
import { printPaper } from '../../../documents/typst/set-paper.ts'
import { encodeHex } from '../../../core/evidence/hex.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { Fault, InputError, wrongOption } from '../../../core/model/errors.ts'
import type { Letter } from '../../../letter/core/letter.ts'
import { parseInstant, type Instant } from '../../../core/model/units.ts'
import { openHandover, type OpenedHandover } from '../../../letter/handover/open-handover.ts'
import { readHandover } from '../../../letter/handover/read-handover.ts'
import { verifyHandover, type VerifiedHandover } from '../../../letter/handover/verify-handover.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { isThere } from '../../../runtime/files/disk.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { NOTE_TOOLS } from '../../../app/proof/mirror-key.ts'
import { chooseLang } from '../../terminal/options.ts'
import { printable } from '../../../core/text/printable.ts'
import { readKeys } from '../../verify/verify.ts'
import { onePath } from '../check.ts'
import { readIdentityFiles } from '../keys.ts'
import { writeNew } from '../new.ts'
import { findingsText, reviewTable, signaturesTable } from '../../../letter/handover/opened-files.ts'
import { noStepFailed, writeAnswer, writeSteps } from '../watch/step-lines.ts'

/** Opens what was sealed, offline, on the machine of a holder; 3 where something is wanting. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      identity: { type: 'string', multiple: true, default: [] as string[] },
      out: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] as string[] },
      lang: { type: 'string' },
      at: { type: 'string' },
      bom: { type: 'boolean', default: false },
      'no-pdf': { type: 'boolean', default: false },
    },
  })
  const place = onePath(positionals)
  const lang = chooseLang(values.lang, world)
  if (values.out === undefined) throw wrongOption('out', 'it is missing', 'a folder that is not there yet')
  const madeAt = values.at === undefined ? systemClock.now() : readAt(values.at)
  const identities = await readIdentityFiles(values.identity, world)
  const trusted = (await Promise.all(values.key.map((given) => readKeys(given, world)))).flat()
  const bundle = await readHandover(resolve(world.cwd, place))
  const { signal } = world
  const verified = await verifyHandover(bundle, { trusted, tools: NOTE_TOOLS, signal })
  const opened = await openHandover(bundle, verified, { identities, signal, ...progress(world) })
  if (world.terminal) world.err.write('\r\u001b[K')
  const steps = [...verified.steps, opened.step]
  writeSteps(lang, steps, world)
  if (opened.step.outcome === 'not-checked') {
    writeAnswer(lang, steps, world)
    world.err.write('Nothing was opened: a bundle whose numbers do not hold is not handed to anybody\n')
    return 3
  }
  if (opened.opened.length === 0 && opened.unopened.length > 0) refuseWrongKeys(opened)
  const out = await makeOwnFolder(resolve(world.cwd, values.out))
  const letter = newestOf(verified)
  await writeNew(join(out, 'signatures.csv'), signaturesTable(opened, { bom: values.bom }), OWN)
  await writeNew(join(out, 'review.csv'), reviewTable(opened), OWN)
  await writeNew(join(out, 'findings.txt'), findingsText(lang, { letter, steps, opened }), OWN)
  if (!values['no-pdf']) await writeLists({ letter, opened, madeAt, proof: proofOf(verified) }, out, world)
  writeAnswer(lang, steps, world)
  world.err.write(
    `Names of people stand open in "${printable(values.out)}": keep it encrypted, destroy it afterwards\n`,
  )
  return noStepFailed(steps) ? 0 : 3
}

const OWN = 0o600

function progress(world: World): { readonly onProgress?: (done: number, total: number) => void } {
  if (!world.terminal) return {}
  return {
    onProgress: (done, total) => {
      if (done % 100 === 0) world.err.write(`\r\u001b[K${done} / ${total}`)
    },
  }
}

function readAt(text: string): Instant {
  try {
    return parseInstant(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw wrongOption('at', `found "${printable(text.slice(0, 40))}"`, 'a time such as 2027-03-01T00:00:00Z')
  }
}

/** Keys that open nothing at all are the wrong keys: that is said before a folder is made. */
function refuseWrongKeys({ unopened }: OpenedHandover): void {
  if (!unopened.every(({ problem }) => problem === 'sealed-locked')) return
  throw new InputError('Cannot open the signatures: these keys open none of them', {
    code: 'identity.wrong',
    path: '--identity',
    expected: 'a key of a holder; of two layers one key of each',
  })
}

async function makeOwnFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { mode: 0o700 })
    return path
  } catch (error) {
    if (!isThere(error)) throw error
    throw wrongOption('out', 'something stands there', 'a folder that is not there yet')
  }
}

function newestOf({ letters }: VerifiedHandover): Letter {
  const newest = [...letters.values()].at(-1)
  if (newest === undefined) throw new Fault('Cannot open the signatures: no version of the letter was verified')
  return newest
}

function proofOf({ recount: { checkpoint, signedBy }, counter }: VerifiedHandover): CountProof {
  if (checkpoint === undefined || counter === undefined) throw new Fault('Cannot prove the number: nothing was counted')
  const { counted, removed, versions } = counter.result()
  const { origin, size, root } = checkpoint
  return { origin, size, root: encodeHex(root), keys: signedBy.map(formatVerifierKey), counted, removed, versions }
}

interface Lists {
  readonly letter: Letter
  readonly opened: OpenedHandover
  readonly madeAt: Instant
  readonly proof: CountProof
}

/** Two editions in three languages; those who do not want to be named in public stand in the full one alone. */
async function writeLists(
  { letter, opened: { opened, unopened }, madeAt, proof }: Lists,
  out: string,
  world: World,
): Promise<void> {
  const willing = opened.filter(({ signature }) => signature.show_name)
  for (const edition of ['full', 'public'] as const) {
    const named = edition === 'full' ? opened : willing
    const list: LetterList = {
      letter,
      edition,
      madeAt,
      names: named.map(({ tier, signature: { name, region } }) => ({ name, region, tier })),
      unnamed: opened.length - named.length,
      unopened: unopened.length,
      proof,
    }
    for (const lang of LANGS) if (!(await writeList(lang, list, out, world))) return
  }
}

/** False where no paper can be set on this machine, which is said. */
async function writeList(lang: Lang, list: LetterList, out: string, world: World): Promise<boolean> {
  const papers = listPapers(lang, list)
  for (const [nth, paper] of papers.entries()) {
    world.signal.throwIfAborted()
    const printed = await printPaper(paper, { standard: 'a-3a' })
    if (printed.kind === 'missing') {
      world.err.write(`No printed lists: the package "${printed.missing}" is not installed\n`)
      return false
    }
    const part = papers.length === 1 ? '' : `-${nth + 1}`
    const name = `list${list.edition === 'full' ? '' : '-public'}-${lang}${part}.pdf`
    await writeNew(join(out, name), printed.pdf, OWN)
  }
  return true
}
