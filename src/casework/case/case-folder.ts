import { hash, randomBytes } from 'node:crypto'
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, InputError } from '../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { isMissing, REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { caseSchema, journalEntrySchema, type CaseFile, type JournalEntry } from './case-form.ts'
import { checkCase } from './check-case.ts'
import { jsonOrUndefined } from '../../core/model/json-text.ts'

const CASE_FILE = 'case.json'
const JOURNAL_FILE = 'journal.jsonl'
export const DOCUMENTS = 'documents'
const LOCK_FILE = 'case.lock'
const MOST_BYTES = 32 * 1024 * 1024

/** Who acts on a case, and when. */
export interface Acting {
  readonly actor: string
  readonly now: Instant
}

/** What a change does: the case after it, whose journal is still that of before, and the line that the journal gets. */
export interface CaseChange {
  readonly next: CaseFile
  readonly entry: Pick<JournalEntry, 'what' | 'about' | 'detail'>
}

const notCase = (folder: string, found: string, path = ''): InputError =>
  new InputError(`Cannot open the case "${folder}": ${found}`, {
    code: 'case.unreadable',
    path,
    expected: 'a folder made by "kuager case new"',
  })

/** Makes a case in a folder that is new or empty. Throws InputError for any other. */
export async function createCase(
  folder: string,
  name: string,
  acting: Acting,
  disk: Disk = REAL_DISK,
): Promise<CaseFile> {
  await disk.makeFolder(folder)
  if ((await disk.list(folder)).length > 0)
    throw new InputError(`Cannot make a case in "${folder}": the folder is not empty`, {
      code: 'case.exists',
      path: folder,
      expected: 'a new folder, or an empty one',
    })
  await refuseOpenFolder(folder)
  const at = formatInstantUtc(acting.now)
  const last: JournalEntry = {
    format: 'kuager-case-journal/1',
    at_utc: at,
    actor: acting.actor,
    what: 'made',
    about: [],
    detail: {},
    prev: null,
  }
  const made = parseCase(folder, {
    format: 'kuager-case/1',
    id: randomBytes(8).toString('hex'),
    name,
    made_at_utc: at,
    answers: {},
    records: [],
    journal: { lines: 1, last },
  })
  await disk.makeFolder(join(folder, DOCUMENTS))
  await save(folder, made, disk)
  await mendJournal(folder, made, disk)
  return made
}

/** A folder that others may read is no place for names. `makeFolder` makes one for the owner alone; an older one may be open. */
async function refuseOpenFolder(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  throw new InputError(`Cannot make a case in "${folder}": others on this machine may read the folder`, {
    code: 'case.open',
    path: folder,
    expected: `a folder of mode 0700; found ${(mode & 0o777).toString(8)}`,
  })
}

/**
 * Reads a case and repairs what a crash left between its two files. Throws InputError for a folder that is none, a file
 * not of the form, and a journal that is not the one the case goes on from: a line changed or cut out is found.
 */
export async function openCaseFolder(folder: string, disk: Disk = REAL_DISK): Promise<CaseFile> {
  const path = join(folder, CASE_FILE)
  const size = await stat(path).then(
    (found) => found.size,
    (error: unknown) => {
      if (isMissing(error)) throw notCase(folder, `there is no ${CASE_FILE}`)
      throw error
    },
  )
  if (size > MOST_BYTES) throw notCase(folder, `${CASE_FILE} has ${size} bytes`)
  const bytes = await readWhole(path, disk)
  if (bytes === undefined) throw notCase(folder, `there is no ${CASE_FILE}`)
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw notCase(folder, `${CASE_FILE} is no JSON`)
  }
  const found = parseCase(folder, value)
  await mendJournal(folder, found, disk)
  return found
}

function parseCase(folder: string, value: unknown): CaseFile {
  const parsed = caseSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw notCase(folder, `${CASE_FILE}: ${issue?.message ?? 'not of the form'}`, `/${issue?.path.join('/') ?? ''}`)
  }
  checkCase(parsed.data)
  return parsed.data
}

/**
 * Makes one change: reads the case again, lets `change` say what comes of it, and writes case and journal, each so that
 * a crash leaves the old or the new one whole. One change at a time; throws InputError while another is being made.
 */
export async function changeCase(
  folder: string,
  acting: Acting,
  change: (now: CaseFile) => Promise<CaseChange> | CaseChange,
  disk: Disk = REAL_DISK,
): Promise<CaseFile> {
  await using _ = await lock(folder)
  const before = await openCaseFolder(folder, disk)
  const { next, entry } = await change(before)
  const last: JournalEntry = {
    format: 'kuager-case-journal/1',
    at_utc: formatInstantUtc(acting.now),
    actor: acting.actor,
    ...entry,
    prev: hash('sha256', encodeCanonical(before.journal.last)),
  }
  const after = parseCase(folder, { ...next, journal: { lines: before.journal.lines + 1, last } })
  await save(folder, after, disk)
  await mendJournal(folder, after, disk)
  return after
}

const save = (folder: string, file: CaseFile, disk: Disk): Promise<void> =>
  writeDurable(join(folder, CASE_FILE), Buffer.from(`${JSON.stringify(file, null, 2)}\n`), disk)

/** Lines of a journal that are whole, and where they end. */
function wholeLines(bytes: Buffer): { readonly lines: readonly string[]; readonly end: number } {
  const end = bytes.lastIndexOf(0x0a) + 1
  return {
    lines:
      end === 0
        ? []
        : bytes
            .subarray(0, end - 1)
            .toString('utf8')
            .split('\n'),
    end,
  }
}

/** Appends the last line where a crash left it out, and holds the journal to the case. */
async function mendJournal(folder: string, file: CaseFile, disk: Disk): Promise<void> {
  const path = join(folder, JOURNAL_FILE)
  const bytes = (await readWhole(path, disk)) ?? Buffer.alloc(0)
  const { lines, end } = wholeLines(bytes)
  const last = encodeCanonical(file.journal.last)
  if (lines.length === file.journal.lines && end === bytes.length) {
    if (lines.at(-1) !== last) throw notCase(folder, `the last line of ${JOURNAL_FILE} is not the one of ${CASE_FILE}`)
    return
  }
  const before = lines.at(-1)
  const goesOn = file.journal.last.prev === (before === undefined ? null : hash('sha256', before))
  if (lines.length !== file.journal.lines - 1 || !goesOn)
    throw notCase(folder, `${JOURNAL_FILE} has ${lines.length} lines, ${CASE_FILE} goes on from ${file.journal.lines}`)
  const journal = await disk.open(path, 'append')
  try {
    await journal.truncate(end)
    await journal.write(Buffer.from(`${last}\n`), end)
    await journal.sync()
  } finally {
    await journal.close()
  }
  await disk.syncFolder(folder)
}

/** Reads the whole journal and holds each line to the one before. Throws InputError at the first that does not follow. */
export async function readJournal(folder: string): Promise<readonly JournalEntry[]> {
  const { lines } = wholeLines(await readFile(join(folder, JOURNAL_FILE)))
  let before: string | undefined
  return lines.map((text, index) => {
    const parsed = journalEntrySchema.safeParse(jsonOrUndefined(text))
    const follows = parsed.data?.prev === (before === undefined ? null : hash('sha256', before))
    if (!parsed.success || !follows)
      throw notCase(
        folder,
        `line ${index + 1} of ${JOURNAL_FILE} does not follow from the one before`,
        `line ${index + 1}`,
      )
    before = text
    return parsed.data
  })
}

/** Holds a case for one command. A lock whose process is gone is taken over. */
async function lock(folder: string): Promise<AsyncDisposable> {
  const path = join(folder, LOCK_FILE)
  const own = join(folder, `${LOCK_FILE}-${process.pid}-${randomBytes(4).toString('hex')}`)
  await writeFile(own, String(process.pid), { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    throw isMissing(error) ? notCase(folder, 'there is no such folder') : error
  })
  try {
    for (let tries = 0; tries < 2; tries++) {
      try {
        await link(own, path) // whole from the first moment, unlike a file that is made and then written
        return { [Symbol.asyncDispose]: () => unlink(path) }
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
        if (await isHeld(path))
          throw new InputError(`Cannot change the case "${folder}": another command is changing it`, {
            code: 'case.busy',
            path: LOCK_FILE,
            expected: `one command at a time; where none runs, remove ${LOCK_FILE}`,
          })
        await unlink(path)
      }
    }
  } finally {
    await unlink(own)
  }
  throw new Fault(`Cannot lock the case "${folder}": ${LOCK_FILE} comes back`)
}

async function isHeld(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
