import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { verifyFrozen } from '../../core/evidence/frozen-events.ts'
import { parseStudyAnswer, type PublishedStudy, type StudyProblem } from '../../core/model/incident/study.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { textDigest } from '../proof/frozen-file.ts'

/** Folder of published studies within a data folder: `studies/<id>/frozen.json` and `result.json`. */
export const STUDIES_FOLDER = 'studies'
/** Id of a study: the name of its folder, and a part of its address. */
export const STUDY_ID = /^[a-z0-9][a-z0-9-]{2,79}$/

const MOST_BYTES = 16 * 1024 * 1024
const MOST_STUDIES = 100
/** How long a look into the folder holds. */
const FRESH_MS = 30_000

/**
 * Studies of a data folder. Both files of each are read and the digest of its list is computed again whenever one of
 * them changes; what does not hold is given as refused, never left out. Real and simulated ones are distinguished by
 * `simulated`; `isPublic` leaves simulated ones out.
 */
export function folderStudies(
  folder: string,
  { isPublic }: { readonly isPublic: boolean },
): () => Promise<readonly PublishedStudy[]> {
  const root = join(folder, STUDIES_FOLDER)
  const read = new Map<string, { readonly stamp: string; readonly study: PublishedStudy }>()
  const look = async (): Promise<readonly PublishedStudy[]> => {
    const studies: PublishedStudy[] = []
    for (const id of (await namesIn(root)).filter((name) => STUDY_ID.test(name)).slice(0, MOST_STUDIES)) {
      const stamp = await stampOf(join(root, id))
      const known = read.get(id)
      const study = known?.stamp === stamp ? known.study : await readStudy(join(root, id), id)
      read.set(id, { stamp, study })
      if (!(isPublic && study.kind === 'whole' && study.frozen.simulated)) studies.push(study)
    }
    return studies
  }
  let known: { readonly studies: Promise<readonly PublishedStudy[]>; readonly until: number } | undefined
  return () => {
    if (known === undefined || systemClock.monotonic() >= known.until) {
      const studies = look()
      known = { studies, until: systemClock.monotonic() + FRESH_MS }
      studies.catch(() => (known = undefined))
    }
    return known.studies
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const FILES = ['frozen.json', 'result.json'] as const

/** Size and time of both files. */
async function stampOf(folder: string): Promise<string> {
  const parts = FILES.map(async (name) => {
    try {
      const { size, mtimeMs } = await stat(join(folder, name))
      return `${size} ${mtimeMs}`
    } catch (error) {
      if (isMissing(error)) return '-'
      throw error
    }
  })
  return (await Promise.all(parts)).join(' ')
}

async function readText(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > MOST_BYTES) return undefined
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads one study and holds it to its own digest. */
export async function readStudy(folder: string, id: string): Promise<PublishedStudy> {
  const refused = (problem: StudyProblem, more: object = {}): PublishedStudy => ({
    kind: 'refused',
    id,
    problem,
    ...more,
  })
  const [list, result] = await Promise.all(FILES.map((name) => readText(join(folder, name))))
  if (list === undefined || result === undefined) return refused('unreadable')
  const value = parsed(list)
  const digests = digestsOf(value)
  const { frozen } = verifyFrozen(value, { digest: textDigest, now: systemClock.now() })
  if (frozen === undefined) return refused(digests === undefined ? 'unreadable' : 'list', digests)
  const answer = parseStudyAnswer(parsed(result), frozen)
  if (typeof answer === 'string') return refused(answer, digests)
  return {
    kind: 'whole',
    id,
    frozen,
    recomputed: digests?.recomputed ?? '',
    answer,
    files: { frozen: list, result },
  }
}

/** The digest that a list says it has, and the one of what it holds. */
function digestsOf(value: unknown): { readonly claimed: string; readonly recomputed: string } | undefined {
  if (typeof value !== 'object' || value === null || !('sha256' in value)) return undefined
  const { sha256, ...content } = value
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined
  try {
    return { claimed: sha256, recomputed: textDigest(encodeCanonical(content)) }
  } catch {
    return undefined // nothing that could be hashed was ever frozen
  }
}
