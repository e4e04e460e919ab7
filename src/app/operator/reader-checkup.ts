import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openReaderFolder, type ReaderFolderOptions } from '../reader/reader-folder.ts'
import { lookAtCertificate, lookAtOperator, runLooks, type CheckupOptions } from './checkup.ts'
import { say } from '../../core/text/format.ts'
import { findingText, type CheckupFinding, type FindingText } from './checkup-finding.ts'

interface ReaderCheckupOptions extends CheckupOptions {
  /** The data folder of a centre, or the copy that a reader shows. */
  readonly path: string
  /** Where segments of the archive are that are not in the folder. */
  readonly away?: ReaderFolderOptions['away']
  /** Where what is sent goes on to. */
  readonly centre?: URL
  /** After how many seconds without news pages say that they may be out of date. */
  readonly staleSeconds: number
}

/** How long the centre may take. */
const ANSWER_MS = 10_000
const PAGE = 'docs/operating/readers.md'

/** Looks at what a reader needs: data that can be opened and are new, and the centre. No lock is taken, nothing is changed. */
export const checkReader = (options: ReaderCheckupOptions): Promise<readonly CheckupFinding[]> =>
  runLooks(options.signal, [
    ['data', () => lookAtData(options)],
    ['operator', async () => lookAtOperator(options.about ?? join(options.path, 'about.json'))],
    ['keys', async () => lookForKeys(options.path)],
    ['centre', () => lookAtCentre(options)],
    ['certificate', () => lookAtCertificate(options)],
  ])

/** Opens the folder as a reader does, and says how old it is. */
async function lookAtData({ path, away, staleSeconds }: ReaderCheckupOptions): Promise<CheckupFinding> {
  const work = await mkdtemp(join(tmpdir(), `kuager-reader-${process.pid}-`))
  try {
    const log = { error: () => undefined }
    await using folder = await openReaderFolder({ path, work, log, ...(away === undefined ? {} : { away }) })
    const age = Math.max(0, systemClock.now() - folder.asOf)
    const old =
      age > 2 * MINUTE_MS
        ? findingText('doctor.minutes', { count: String(Math.round(age / MINUTE_MS)) })
        : findingText('doctor.seconds', { count: String(Math.round(age / 1000)) })
    const at = formatInstantUtc(folder.asOf)
    const found: FindingText = (lang) => say(lang, 'doctor.data.found', { at, age: old(lang) })
    if (age <= staleSeconds * 1000) return { about: 'data', state: 'good', found }
    return {
      ...{ about: 'data', state: 'bad', found: (lang) => say(lang, 'doctor.data.old', { found: found(lang) }) },
      todo: findingText('doctor.data.todo', { page: PAGE }),
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What a copy must not have. */
const KEYS = ['log/keys', 'archive/erasure.key', 'registry', 'keys'] as const

function lookForKeys(folder: string): CheckupFinding {
  const there = KEYS.filter((name) => existsSync(join(folder, name)))
  return there.length === 0
    ? { about: 'keys', state: 'good', found: findingText('doctor.keys.good') }
    : {
        ...{ about: 'keys', state: 'look', found: findingText('doctor.keys.found', { names: there.join(', ') }) },
        todo: findingText('doctor.keys.todo', { page: PAGE }),
      }
}

async function lookAtCentre({ centre, signal }: ReaderCheckupOptions): Promise<CheckupFinding> {
  const about = 'centre'
  if (centre === undefined)
    return {
      about,
      state: 'look',
      found: findingText('doctor.centre.none'),
      todo: findingText('doctor.centre.none-todo', { option: '--centre URL' }),
    }
  const answer = await fetch(new URL('readyz', centre), {
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  }).catch(() => undefined)
  signal.throwIfAborted()
  if (answer === undefined)
    return {
      about,
      state: 'bad',
      found: findingText('doctor.centre.silent', { host: centre.host }),
      todo: findingText('doctor.centre.silent-todo'),
    }
  await answer.body?.cancel()
  return answer.status === 200
    ? { about, state: 'good', found: findingText('doctor.centre.good', { host: centre.host }) }
    : {
        ...{
          about,
          state: 'bad',
          found: findingText('doctor.centre.bad', {
            path: '/readyz',
            host: centre.host,
            status: String(answer.status),
          }),
        },
        todo: findingText('doctor.centre.bad-todo', { command: 'kuager doctor' }),
      }
}
