import { lstat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { MANIFEST, MANIFEST_KEY, MANIFEST_NOTE } from '../../core/evidence/copy/manifest.ts'
import {
  listedIn,
  verifyFolder,
  verifyOneFile,
  type CheckedCopy,
  type FoundCopy,
  type VerifyTools,
} from '../../core/evidence/copy/verification.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { digestFile, listFound, readBounded } from '../../runtime/files/copy-folder.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { printable } from '../../core/text/printable.ts'

const MOST_LIST = 100_000_000
const MOST_NOTE = 1_000_000
const MOST_FILE = 16_000_000
/** Problems of one step that are printed; the rest is counted. */
const MOST_SHOWN = 20

/** Keys that the reader names as trusted. Throws InputError for a line that is none. */
export const readTrusted = (lines: readonly string[]): readonly VerifierKey[] =>
  lines.map((line) => {
    try {
      return parseVerifierKey(line.trim(), NOTE_TOOLS.digest)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      throw wrongOption('trust', `found "${printable(line.slice(0, 120))}"`, `a line of "kuager mirror --key"`)
    }
  })

/** Verifies a folder or one file that we were given. Throws InputError where there is neither. */
export async function verifyMirror(
  path: string,
  options: { readonly trusted: readonly VerifierKey[]; readonly now: Instant },
  world: Pick<World, 'cwd' | 'signal'>,
): Promise<CheckedCopy> {
  const place = resolve(world.cwd, path)
  const tools: VerifyTools = { ...NOTE_TOOLS, ...options }
  const found = await lstat(place).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (found?.isDirectory() === true) return verifyFolder(await readFolder(place, world.signal), tools)
  const bytes = found?.isFile() === true ? await readBounded(place, MOST_FILE) : undefined
  if (bytes === undefined)
    throw new InputError(`Cannot read "${printable(path)}": there is neither a folder nor a file of that name`, {
      code: 'copy.missing',
      path: '',
      expected: 'a folder or a file of a copy',
    })
  return verifyOneFile(bytes, tools)
}

async function readFolder(folder: string, signal: AbortSignal): Promise<FoundCopy> {
  const all = await listFound(folder, signal)
  const [note, list, key] = await Promise.all([
    readBounded(join(folder, MANIFEST_NOTE), MOST_NOTE),
    readBounded(join(folder, MANIFEST), MOST_LIST),
    readBounded(join(folder, MANIFEST_KEY), MOST_NOTE),
  ])
  const listed = new Set((listedIn(list) ?? []).map(({ path }) => path))
  const files = new Map<string, Sha256 | undefined>()
  for (const { path, kind } of all)
    // A file that is not listed is named and not read.
    if (kind === 'file') files.set(path, listed.has(path) ? await digestFile(join(folder, path), signal) : undefined)
  return { note, list, key, files, others: all.filter(({ kind }) => kind === 'other').map(({ path }) => path) }
}

/** Whether every step is ok: anything less is worth a look. */
export const isCopySound = ({ steps }: CheckedCopy): boolean => steps.every(({ outcome }) => outcome === 'ok')

/** What was checked, line by line, for a person. */
export function verifiedText(lang: Lang, checked: CheckedCopy, now: Instant): string {
  const { steps, statement, signedBy } = checked
  const lines = steps.flatMap(({ step, outcome, problems }) => [
    `${say(lang, `copy.step.${step}`)}: ${say(lang, `copy.outcome.${outcome}`)}`,
    ...problems
      .slice(0, MOST_SHOWN)
      .map(
        ({ problem, about }) =>
          `  ${say(lang, `copy.problem.${problem}`)}${about === undefined ? '' : `: ${printable(about)}`}`,
      ),
    ...(problems.length > MOST_SHOWN
      ? [`  ${say(lang, 'copy.more', { count: formatNumber(lang, problems.length - MOST_SHOWN) })}`]
      : []),
  ])
  const about =
    statement === undefined
      ? []
      : [
          say(lang, 'frame.copy-made', { at: formatDateTime(lang, statement.madeAt) }),
          say(lang, 'copy.age', age(lang, now - statement.madeAt)),
          ...(statement.simulated ? [`${say(lang, 'sentence.simulated')}.`] : []),
          ...[...new Set(signedBy.map(formatVerifierKey))].map((key) =>
            say(lang, 'copy.signed-by', { key: printable(key) }),
          ),
        ]
  return [...lines, ...about, say(lang, isCopySound(checked) ? 'copy.sound' : 'copy.wanting'), ''].join('\n')
}

const age = (lang: Lang, ms: number): { readonly days: string; readonly hours: string } => ({
  days: formatNumber(lang, Math.max(0, Math.floor(ms / DAY_MS))),
  hours: formatNumber(lang, Math.max(0, Math.floor((ms % DAY_MS) / HOUR_MS))),
})
