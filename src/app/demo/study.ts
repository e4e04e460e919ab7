import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simulateStreamsStudy } from '../../../lab/history/streams-study.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { completePlan } from '../../core/detect/coincidence/plan.ts'
import { freezeEvents } from '../../core/evidence/frozen-events.ts'
import { planDraftSchema } from '../../core/model/incident/coincidence.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import type { World } from '../../runtime/world.ts'
import type { OpenFolder } from '../folder/open.ts'
import { textDigest } from '../proof/frozen-file.ts'
import { STUDIES_FOLDER } from '../observatory/studies.ts'
import type { Span } from './story.ts'

const ID = 'streams-half-year'

/**
 * Gives the demonstration a study of coincidence about the half year before its month, which is invented for it: frozen
 * the day before, and answered by the command that answers real ones.
 */
export async function fillStudy(folder: OpenFolder, { since }: Span, world: World): Promise<void> {
  const study = simulateStreamsStudy({ seed: 5, until: since })
  const plan = planDraftSchema.parse(study.plan)
  const at = instant(parseInstant(plan.period.since) - 12 * HOUR_MS)
  const frozen = freezeEvents(study.events, completePlan(plan), { simulated: true, at, digest: textDigest })
  await rm(join(folder.path, STUDIES_FOLDER, ID), { recursive: true, force: true }) // of a start that was cut short
  const files = [join(folder.path, 'study-frozen.json'), join(folder.path, 'study-incidents.jsonl')] as const
  await writeFile(files[0], JSON.stringify(frozen))
  await writeFile(files[1], study.incidents.map((one) => `${JSON.stringify(one)}\n`).join(''))
  let said = ''
  const quiet = { write: (text: string): void => void (said += text) }
  const argv = ['coincide', '--events', files[0], '--incidents', files[1], '--folder', folder.path, '--publish', ID]
  const exit = await world.runCommand([...argv, '--json'], { ...world, out: quiet, err: quiet })
  if (exit !== 0) throw new Fault(`Cannot make the study of the demonstration: ${said.slice(0, 300)}`)
  for (const file of files) await rm(file)
}
