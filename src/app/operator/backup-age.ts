import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Figure } from '../../runtime/metrics.ts'
import { readNotes, type BackupNote } from '../backup/notes.ts'
import type { CheckupFinding } from './checkup-finding.ts'

/** A backup each night may come two hours later than the one before. */
const BACKUP_LATE_MS = 26 * HOUR_MS
const BACKUP_MISSING_DAYS = 7
/** A drill each month. */
const DRILL_LATE_DAYS = 40

const PAGE = 'docs/operating/backups.md'

const ageOf = (at: string | undefined): number | undefined =>
  at === undefined ? undefined : systemClock.now() - Date.parse(at)

const said = (ms: number): string =>
  ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} hours` : `${Math.floor(ms / DAY_MS)} days`

/** What an operator must know about the backups of a folder: how old they are, and whether one was proved. */
export async function lookAtBackups(folder: string): Promise<readonly CheckupFinding[]> {
  const notes = (await readNotes(folder)).filter(({ at }) => at !== undefined)
  if (notes.length === 0)
    return [{ about: 'backup', state: 'look', found: 'there is none', todo: `make one each night (${PAGE})` }]
  return notes.flatMap((note) => [lookAtBackup(note), lookAtDrill(note)])
}

function lookAtBackup({ target, at, generation, keys_at: keysAt }: BackupNote): CheckupFinding {
  const age = ageOf(at) ?? 0
  const found = `generation ${generation} is ${said(age)} old: ${target}`
  if (age > BACKUP_LATE_MS)
    return {
      ...{ about: 'backup', state: age > BACKUP_MISSING_DAYS * DAY_MS ? 'bad' : 'look', found },
      todo: 'run "kuager backup", and see why its timer did not',
    }
  if (keysAt === undefined)
    return { about: 'backup', state: 'look', found: `${found}; keys were never saved`, todo: 'add --keys-to FILE once' }
  return { about: 'backup', state: 'good', found }
}

function lookAtDrill({ target, drill }: BackupNote): CheckupFinding {
  const about = 'drill'
  const todo = `run "kuager backup drill" on another machine, then a backup here (${PAGE})`
  if (drill === undefined)
    return { about, state: 'look', found: `it was never proved that ${target} can be restored`, todo }
  const age = ageOf(drill.at) ?? 0
  const found = `generation ${drill.generation} was restored ${said(age)} ago`
  if (!drill.passed) {
    const failed = drill.steps.filter(({ passed }) => !passed).map((one) => `${one.step}: ${one.found}`)
    return { about, state: 'bad', found: `a step failed ${said(age)} ago: ${failed.join('; ')}`, todo }
  }
  return age > DRILL_LATE_DAYS * DAY_MS ? { about, state: 'look', found, todo } : { about, state: 'good', found }
}

/** The same as figures, by target. */
export function backupFigures(folder: string): readonly Figure[] {
  const each = (read: (note: BackupNote) => number | undefined) => async (): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>()
    for (const note of await readNotes(folder)) {
      const value = read(note)
      if (value !== undefined) found.set(note.target, value)
    }
    return found
  }
  const seconds = (at: string | undefined): number | undefined => {
    const age = ageOf(at)
    return age === undefined ? undefined : age / 1000
  }
  return [
    {
      name: 'kuager_backup_age_seconds',
      help: 'Time since the newest backup at each target.',
      label: 'target',
      read: each(({ at }) => seconds(at)),
    },
    {
      name: 'kuager_backup_bytes',
      help: 'Bytes of all files in that backup.',
      label: 'target',
      read: each(({ bytes }) => bytes),
    },
    {
      name: 'kuager_backup_drill_age_seconds',
      help: 'Time since the newest drill of each target, as the last backup saw it.',
      label: 'target',
      read: each(({ drill }) => seconds(drill?.at)),
    },
    {
      name: 'kuager_backup_drill_passed',
      help: 'Whether that drill passed.',
      label: 'target',
      read: each(({ drill }) => (drill === undefined ? undefined : Number(drill.passed))),
    },
  ]
}
