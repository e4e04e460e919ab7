import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { collectGarbage } from '../../runtime/collect-garbage.ts'
import { folderDetection } from '../folder/detection.ts'
import type { OpenFolder } from '../folder/open.ts'
import { loadPart, refuseRealRows, type TellPreparation } from './load.ts'
import { saveMarker, type Lived } from './marker.ts'
import { fillPeople } from './people.ts'
import { EVENING_FOLDER, historiesOf, type DemoSpan } from './story.ts'
import { simulateStreamsStudy } from '../../../lab/history/streams-study.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { completePlan } from '../../core/detect/coincidence/plan.ts'
import { freezeEvents } from '../../core/evidence/frozen-events.ts'
import { planDraftSchema } from '../../core/model/incident/coincidence.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { textDigest } from '../proof/frozen-file.ts'
import { STUDIES_FOLDER } from '../observatory/studies.ts'

/** What was made, of a folder that was prepared now. */
export interface PreparedDemo {
  readonly measurements: number
  readonly revisions: number
}

const STUDY = 'streams-half-year'

/** Of all the work, the shares that are done when everything is loaded, and when incidents are found. */
const LOADED = 0.8
const FOUND = 0.96

/**
 * Fills the folder of a demonstration with everything that its pages show: measurements, incidents, the log, and what
 * people said. A start that was cut short continues here. Throws InputError for a folder that holds any other
 * measurement.
 */
export async function prepareDemo(
  folder: OpenFolder,
  marker: Lived,
  world: World,
  tell: TellPreparation,
): Promise<PreparedDemo> {
  const parts = historiesOf(marker)
  await saveMarker(folder.path, { ...marker, state: 'loading' })
  const release = async (): Promise<void> => {
    await collectGarbage()
    await (await folder.warehouse()).releaseMemory()
  }
  let measurements = 0
  let revisions = 0
  let before = 0
  for (const part of parts) {
    const done = before
    const within: TellPreparation = (share, doing) => tell(LOADED * (done + share * part.share), doing)
    measurements += await loadPart(folder, part, world, within)
    before += part.share
    await release()
    if (part.detected)
      revisions += await detect(folder, world, (share, doing) =>
        tell(LOADED * before + share * (FOUND - LOADED), doing),
      )
  }
  await refuseRealRows(folder)
  // Statements and acts of that evening, where the pages look for it.
  await cp(join(folder.path, EVENING_FOLDER, 'record'), join(folder.path, 'record'), { recursive: true })
  tell(FOUND, 'writing reports, checks and the log')
  await fillStudy(folder, marker, world)
  await fillPeople(folder, marker.until, world.env)
  await logAll(folder)
  await saveMarker(folder.path, { ...marker, state: 'ready' })
  await release()
  // Only now: a start that was cut short before reads them again.
  for (const { name } of parts) await rm(join(folder.path, name, 'measurements'), { recursive: true, force: true })
  return { measurements, revisions }
}

/** Publishes the incidents of what was loaded; gives the number of revisions. */
async function detect(folder: OpenFolder, world: World, tell: TellPreparation): Promise<number> {
  tell(0, 'looking for incidents')
  const detection = await folderDetection(folder, world)
  const { revisions } = await detection.run('changed', {
    signal: world.signal,
    onProgress: (done, all) => tell(done / all, `looking for incidents: ${done} of ${all} series`),
  })
  return revisions.length
}

/** An incident is weighed by what is published of others, so that its revision may change theirs; it ends after two. */
const MOST_ROUNDS = 4

/** Publishes what was added before the pages open, until nothing more changes, and logs it. */
export async function publishDemo(folder: OpenFolder, world: World, tell: TellPreparation): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) if ((await detect(folder, world, tell)) === 0) break
  await logAll(folder)
}

/**
 * Everything is in the log, whose name says that it is simulated, before the first page: receipts and bundles can be
 * tried.
 */
async function logAll(folder: OpenFolder): Promise<void> {
  const log = await folder.log()
  await folder.logRevisions()
  await log.sequence()
}

/**
 * Gives the demonstration a study of coincidence about the half year before its month, which is invented for it: frozen
 * the day before, and answered by the command that answers real ones.
 */
async function fillStudy(folder: OpenFolder, { since }: DemoSpan, world: World): Promise<void> {
  const study = simulateStreamsStudy({ seed: 5, until: since })
  const plan = planDraftSchema.parse(study.plan)
  const at = instant(parseInstant(plan.period.since) - 12 * HOUR_MS)
  const frozen = freezeEvents(study.events, completePlan(plan), { simulated: true, at, digest: textDigest })
  await rm(join(folder.path, STUDIES_FOLDER, STUDY), { recursive: true, force: true }) // of a start that was cut short
  const files = [join(folder.path, 'study-frozen.json'), join(folder.path, 'study-incidents.jsonl')] as const
  await writeFile(files[0], JSON.stringify(frozen))
  await writeFile(files[1], study.incidents.map((one) => `${JSON.stringify(one)}\n`).join(''))
  let said = ''
  const quiet = { write: (text: string): void => void (said += text) }
  const argv = ['coincide', '--events', files[0], '--incidents', files[1], '--folder', folder.path, '--publish', STUDY]
  const exit = await world.runCommand([...argv, '--json'], { ...world, out: quiet, err: quiet })
  if (exit !== 0) throw new Fault(`Cannot make the study of the demonstration: ${said.slice(0, 300)}`)
  for (const file of files) await rm(file)
}
