import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Figure } from '../../runtime/metrics.ts'
import { readNotes, type BackupNote } from '../backup/notes.ts'
import { say } from '../../core/text/format.ts'
import { findingText, type CheckupFinding, type FindingText } from './checkup-finding.ts'

/** A backup each night may come two hours later than the one before. */
const BACKUP_LATE_MS = 26 * HOUR_MS
const BACKUP_MISSING_DAYS = 7
/** A drill each month. */
const DRILL_LATE_DAYS = 40

const PAGE = 'docs/operating/backups.md'

const ageOf = (at: string | undefined): number | undefined =>
  at === undefined ? undefined : systemClock.now() - Date.parse(at)

const said = (ms: number): FindingText =>
  ms < 2 * DAY_MS
    ? findingText('doctor.hours', { count: String(Math.round(ms / HOUR_MS)) })
    : findingText('doctor.days', { count: String(Math.floor(ms / DAY_MS)) })

/** What an operator must know about the backups of a folder: how old they are, and whether one was proved. */
export async function lookAtBackups(folder: string): Promise<readonly CheckupFinding[]> {
  const notes = (await readNotes(folder)).filter(({ at }) => at !== undefined)
  if (notes.length === 0)
    return [
      {
        about: 'backup',
        state: 'look',
        found: findingText('doctor.none'),
        todo: findingText('doctor.backup.todo', { page: PAGE }),
      },
    ]
  return notes.flatMap((note) => [lookAtBackup(note), lookAtDrill(note)])
}

function lookAtBackup({ target, at, generation, keys_at: keysAt }: BackupNote): CheckupFinding {
  const age = ageOf(at) ?? 0
  const found: FindingText = (lang) =>
    say(lang, 'doctor.backup.found', { generation: String(generation), age: said(age)(lang), target })
  if (age > BACKUP_LATE_MS)
    return {
      ...{ about: 'backup', state: age > BACKUP_MISSING_DAYS * DAY_MS ? 'bad' : 'look', found },
      todo: findingText('doctor.backup.late', { command: 'kuager backup' }),
    }
  if (keysAt === undefined)
    return {
      about: 'backup',
      state: 'look',
      found: (lang) => say(lang, 'doctor.backup.no-keys', { found: found(lang) }),
      todo: findingText('doctor.backup.no-keys-todo', { option: '--keys-to FILE' }),
    }
  return { about: 'backup', state: 'good', found }
}

function lookAtDrill({ target, drill }: BackupNote): CheckupFinding {
  const about = 'drill'
  const todo = findingText('doctor.drill.todo', { command: 'kuager backup drill', page: PAGE })
  if (drill === undefined) return { about, state: 'look', found: findingText('doctor.drill.never', { target }), todo }
  const age = ageOf(drill.at) ?? 0
  const found: FindingText = (lang) =>
    say(lang, 'doctor.drill.found', { generation: String(drill.generation), age: said(age)(lang) })
  if (!drill.passed) {
    const failed = drill.steps.filter(({ passed }) => !passed).map((one) => `${one.step}: ${one.found}`)
    return {
      ...{ about, state: 'bad', todo },
      found: (lang) => say(lang, 'doctor.drill.failed', { age: said(age)(lang), steps: failed.join('; ') }),
    }
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
