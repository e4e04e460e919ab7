import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
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
import { printable } from '../../../core/text/printable.ts'
import { readKeys } from '../../verify/verify.ts'
import { readIdentityFiles } from '../keys.ts'
import { writeNew } from '../new.ts'
import { findingsText, reviewTable, signaturesTable } from '../../../letter/handover/opened-files.ts'
import { noStepFailed, writeAnswer, writeSteps } from '../watch/step-lines.ts'
import { task } from '../../terminal/command.ts'
import { flag, optional, repeatable, required, type OptionPlace } from '../../terminal/option.ts'
import { LANG } from '../../terminal/shared-options.ts'
import { LOG_KEYS } from '../options.ts'

export const command = task({
  about: `
Decrypt and check the handover of signatures, offline. Everything is checked against the log. Written are
signatures.csv, findings.txt, review.csv and printed lists in three languages, one for the addressees and one for
publication.`,
  examples: ['handover --identity holder.key --out opened'],
  words: { BUNDLE: 'Folder of the handover.' },
  usage: ['BUNDLE --identity FILE [--identity FILE] --out DIR [options]'],
  options: {
    identity: repeatable(
      'FILE',
      'Secret keys of age; of two layers a key of each. A key that is itself sealed can come through a pipe.',
    ),
    out: required('DIR', 'The new folder.', 'a folder that does not exist yet'),
    key: LOG_KEYS,
    at: optional('TIME', 'Date of the printed lists: the same bundle, keys and time give the same bytes.', {
      read: readAt,
      byDefault: 'now',
    }),
    bom: flag('Begin signatures.csv with a byte order mark, so that Excel knows the encoding.'),
    'no-pdf': flag('Write no printed lists.'),
    lang: LANG,
  },
  exit: { 3: 'a check found a problem' },
  async run({ lang, ...values }, { world, words: [place = ''] }) {
    const madeAt = values.at ?? systemClock.now()
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
      world.err.write('Nothing was opened: a bundle whose numbers are wrong is given to no one\n')
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
      `Names of people are readable in "${printable(values.out)}": keep it encrypted, destroy it afterwards\n`,
    )
    return noStepFailed(steps) ? 0 : 3
  },
})

const OWN = 0o600

function progress(world: World): { readonly onProgress?: (done: number, total: number) => void } {
  if (!world.terminal) return {}
  return {
    onProgress: (done, total) => {
      if (done % 100 === 0) world.err.write(`\r\u001b[K${done} / ${total}`)
    },
  }
}

function readAt(text: string, { name }: OptionPlace): Instant {
  try {
    return parseInstant(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw wrongOption(name, `found "${printable(text.slice(0, 40))}"`, 'a time such as 2027-03-01T00:00:00Z')
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

/** Two editions in three languages; those who do not want to be named in public are only in the full one. */
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
