import { BUNDLE_STEPS, type BundleStep, type CheckedBundle, type CheckedStep } from './bundle-report.ts'
import { readParts } from './bundle-parts.ts'
import type { BundleSource, OpenedContainer } from './source/bundle-source.ts'
import type { DeriveAgain, OnJudged } from './derived.ts'
import { proofChecker, readLogParts } from './log-parts.ts'
import { readFiles } from './source/read-files.ts'
import { checkBag, checkFiles, checkList } from './step/bag.ts'
import { checkComplete, checkCustody, readBundledRevisions } from './step/custody.ts'
import {
  checkIncident,
  checkRoots,
  checkTables,
  checkVerdicts,
  checkWeight,
  checkDerivation,
  type DeriveOutcome,
} from './step/derived.ts'
import { checkDescription } from './step/description.ts'
import { checkEvents } from './step/events.ts'
import { StepFindings } from './step/findings.ts'
import { checkPublished } from './step/published.ts'
import { checkCheckpoint, checkInclusion, checkSeal } from './step/log.ts'
import { checkWitnesses } from './step/witnesses.ts'
import { checkWithheld } from './step/withheld.ts'
import { checkTime, type TimeTools } from './step/time.ts'

/** What is given to verify a bundle; `derive` is absent where nothing is to be judged again. */
export interface VerifyBundleTools extends TimeTools {
  readonly derive?: DeriveAgain
  /** Measurements that are judged again at most; more are not judged, and that is said. */
  readonly mostJudged?: number
  readonly onJudged?: OnJudged
  /** Whether a root in PEM is one that this machine trusts too; absent where it cannot tell. */
  readonly isKnownRoot?: (pem: string) => boolean
  /** Whether a table is, to the byte, the one of this program; absent where it has none at hand. */
  readonly isKnownTable?: (name: string, bytes: Uint8Array) => boolean
}

/**
 * Verifies a bundle by the named steps of docs/formats/bundle.md, in their order. Every step is made, also after one
 * that failed. Everything that is wrong with the bundle is a finding; only a machine that fails, or an abort, throws.
 *
 * The bundle comes from a third party: nothing in it is believed except what a digest in the log, a key that the reader
 * trusts or a new derivation carries, and every reading is bounded.
 */
export async function verifyBundle(opened: OpenedContainer, tools: VerifyBundleTools): Promise<CheckedBundle> {
  const steps: CheckedStep[] = []
  const end = (step: BundleStep, find: StepFindings): void => {
    const checked = find.checked(step)
    steps.push(checked)
    tools.onStep?.(checked)
  }
  const container = new StepFindings()
  for (const { problem, about } of opened.problems) container.fail(problem, about)
  const { source } = opened
  container.fact('container', {
    kind: opened.kind,
    name: opened.name,
    files: source?.files.size ?? 0,
    bytes: source === undefined ? 0 : [...source.files.values()].reduce((sum, size) => sum + size, 0),
  })
  end('container', container)
  if (source !== undefined) await verifySource(source, tools, end)
  for (const step of BUNDLE_STEPS.slice(steps.length)) {
    const find = new StepFindings()
    find.skip('unread')
    end(step, find)
  }
  return { steps, sound: steps.every(({ outcome }) => outcome !== 'failed') }
}

type End = (step: BundleStep, find: StepFindings) => void

async function verifySource(source: BundleSource, tools: VerifyBundleTools, end: End): Promise<void> {
  const bag = new StepFindings()
  const bagName = await checkBag(source, bag)
  end('bag', bag)
  const list = new StepFindings()
  const listed = await checkList(source, list)
  end('list', list)

  // What is wrong with the forms of index files is the description's to say; it is read first to check proofs by it.
  const description = new StepFindings()
  const log = await readLogParts(source, description, tools)
  const files = await readFiles(source, proofChecker(log, tools), tools)
  const fileStep = new StepFindings()
  checkFiles(listed, files, fileStep)
  end('files', fileStep)
  const parts = await readParts(source, description)
  await description.attempt('file-form', 'data/', () =>
    checkDescription(parts, { source, log, bagName, now: tools.now }, description),
  )
  const revisions = readBundledRevisions(files, description)
  end('description', description)

  const run = async (step: BundleStep, check: (find: StepFindings) => void | Promise<unknown>): Promise<void> => {
    tools.signal.throwIfAborted()
    const find = new StepFindings()
    // What a check does not expect of untrusted bytes is a finding of its step all the same.
    await find.attempt('file-form', step, () => check(find))
    end(step, find)
  }
  await run('checkpoint', (find) => checkCheckpoint(log, tools, find))
  await run('witnesses', (find) => checkWitnesses(source, log, tools, find))
  await run('inclusion', (find) => checkInclusion(log, files, find))
  await run('seal', (find) => checkSeal(log, { files, index: parts.index }, tools, find))
  await run('time', (find) => checkTime({ source, log, measurements: parts.measurements }, tools, find))
  await run('custody', (find) => checkCustody(parts, files, tools, find))
  await run('complete', (find) => checkComplete(parts, revisions, find))
  await run('withheld', (find) => checkWithheld(files, find))
  let again: DeriveOutcome = { kind: 'no-judge' }
  await run('verdicts', async (find) => {
    again = await checkDerivation({ source, parts, revisions }, tools)
    checkVerdicts(again, parts, find)
    if (again.kind !== 'derived') return
    await checkRoots(source, tools, find)
    await checkTables(source, tools, find)
  })
  await run('incident', (find) => checkIncident(again, parts, find))
  await run('weight', (find) => checkWeight(again, parts, find))
  await run('published', (find) => checkPublished(parts, { revisions, outcome: again }, find))
  await run('events', (find) => checkEvents({ files, measurements: parts.measurements }, tools, find))
}
