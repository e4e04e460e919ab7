import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrozenEvents } from '../../core/model/incident/coincidence.ts'
import { InputError } from '../../core/model/errors.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { STUDIES_FOLDER } from './studies.ts'

/** Where a study is put. */
export interface StudyPlace {
  /** Data folder of the site. */
  readonly folder: string
  readonly id: string
}

const targetOf = ({ folder, id }: StudyPlace): string => join(folder, STUDIES_FOLDER, id)

/**
 * Checks, before anything is computed, that a study may be published. Throws InputError for an exploration, for a
 * folder that is not there, and for a name that is taken: what was published is never replaced unseen.
 */
export async function checkPublishable(place: StudyPlace, exploratory: boolean): Promise<void> {
  const refuse = (found: string, expected: string): InputError =>
    new InputError(`Cannot publish study "${place.id}": ${found}`, {
      code: 'study.publish',
      path: '--publish',
      expected,
    })
  if (exploratory) throw refuse('it answers what was not frozen', 'the frozen questions and the frozen period')
  if (!(await isThere(place.folder))) throw refuse('there is no data folder', 'the folder of a site, by --folder')
  if (await isThere(targetOf(place))) throw refuse('one of this name is published', 'a name of its own')
}

/**
 * Puts a pre-registered list and the answer to it, as `--json` gives it, where the site of a data folder finds them:
 * both or neither. Fails where another has taken the name meanwhile.
 */
export async function publishStudy(place: StudyPlace, frozen: FrozenEvents, answer: string): Promise<void> {
  // Its name is none of a study, so that a copy cut short is never shown.
  const unfinished = `${targetOf(place)}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  await writeFile(join(unfinished, 'frozen.json'), `${JSON.stringify(frozen, undefined, 2)}\n`)
  await writeFile(join(unfinished, 'result.json'), answer)
  await rename(unfinished, targetOf(place))
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}
