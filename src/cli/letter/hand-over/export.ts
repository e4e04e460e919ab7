import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { Fault, InputError, wrongOption } from '../../../core/model/errors.ts'
import { formatInstantUtc } from '../../../core/model/units.ts'
import type { PublishedLetter } from '../../../letter/contract.ts'
import { folderLog } from '../../../letter/handover/read-handover.ts'
import { Overtaken, writeHandover, type WrittenHandover } from '../../../letter/handover/write-handover.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { isMissing, isThere } from '../../../runtime/files/disk.ts'
import { refuseTraces } from '../../terminal/options.ts'
import { printable } from '../../../core/text/printable.ts'
import { recordExport } from '../../../letter/handover/exports.ts'
import type { LetterFolder } from '../../../app/letter/folder.ts'
import { letterOf } from '../../../app/letter/task.ts'
import { task } from '../../terminal/command.ts'
import { required, type OptionReader } from '../../terminal/option.ts'
import { LETTER_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

/** Signatures that are withdrawn meanwhile begin it again, at most so often. */
const MOST_TRIES = 5
const MOST_WORDS = 300

const WORDS_EXPECTED = 'who takes it, and why: stored with the folder'

const fewWords: OptionReader<string> = (text, { name }) => {
  if (text.trim() === '' || text.length > MOST_WORDS) throw wrongOption(name, 'it is empty or too long', WORDS_EXPECTED)
  refuseTraces(name, text)
  return text
}

export const command = task({
  about: 'Write the complete handover for the holders of the keys. Who takes it and why is stored.',
  examples: ['--out handover --by editor --why "delivery to the addressees"'],
  words: LETTER_WORD,
  usage: ['[ID] --out BUNDLE --by NAME --why TEXT [options]'],
  options: {
    ...SERVICE_OUTPUT,
    out: required('BUNDLE', 'The new folder.', 'a folder that does not exist yet'),
    by: required('NAME', 'Who takes it, as a function.', WORDS_EXPECTED, fewWords),
    why: required('TEXT', 'Why.', WORDS_EXPECTED, fewWords),
  },
  run: ({ out, by, why, ...values }, call) =>
    onService(values, call, async (service) => {
      const { world, words } = call
      const found = letterOf(await service.desk(), words[0])
      const path = resolve(world.cwd, out)
      const written = await writeAll(service, found, path, world)
      await recordExport(service.path, {
        at_utc: formatInstantUtc(systemClock.now()),
        letter: found.letter.id,
        by,
        why,
        signatures: written.total,
        log_size: written.size,
        manifest_sha256: written.manifestSha256,
      })
      await rename(unfinished(path), path)
      if (values.json)
        world.out.write(
          `${JSON.stringify({ letter: found.letter.id, out: path, signatures: written.total, log_size: written.size, manifest_sha256: written.manifestSha256 })}\n`,
        )
      else
        world.out.write(
          `${written.total} signatures, counted by the log up to ${written.size} entries, are in "${printable(out)}"\nSHA-256 of its list: ${written.manifestSha256}\n`,
        )
      return 0
    }),
})

const unfinished = (path: string): string => `${path}.unfinished`

async function writeAll(
  service: LetterFolder,
  { letter, state }: PublishedLetter,
  path: string,
  world: World,
): Promise<WrittenHandover> {
  if (state === 'destroyed')
    throw new InputError(`Cannot hand over letter "${letter.id}": what was sealed is destroyed`, {
      code: 'handover.destroyed',
      path: 'ID',
      expected: 'a letter that was not destroyed',
    })
  await refuseTaken(path)
  for (let left = MOST_TRIES; ; left--) {
    const temporary = unfinished(path)
    await rm(temporary, { recursive: true, force: true })
    await mkdir(temporary, { mode: 0o700 })
    try {
      return await writeInto(service, letter, temporary, world)
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      if (!(error instanceof Overtaken) || left <= 1) throw error
    }
  }
}

async function refuseTaken(path: string): Promise<void> {
  try {
    await mkdir(path)
    await rm(path, { recursive: true })
  } catch (error) {
    if (isThere(error)) throw wrongOption('out', 'something stands there', 'a folder that is not there yet')
    if (isMissing(error)) throw wrongOption('out', 'the folder above it is missing', 'a folder in one that is there')
    throw error
  }
}

async function writeInto(
  service: LetterFolder,
  letter: PublishedLetter['letter'],
  folder: string,
  { signal }: World,
): Promise<WrittenHandover> {
  const [desk, store, log] = [await service.desk(), await service.store(), await service.log()]
  if (log === undefined) throw new Fault(`Cannot hand over letter "${letter.id}": it has no log`)
  await log.sequence()
  const made = new Set<string>()
  return writeHandover({
    letter,
    document: (version) => desk.version(letter.id, version),
    log: {
      ...folderLog(log.folder),
      keys: async () => log.keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''),
    },
    sealed: async (ct) => (await store.signature(ct))?.sealed ?? undefined,
    put: async (path, bytes) => {
      const above = dirname(join(folder, path))
      if (!made.has(above)) await mkdir(above, { recursive: true, mode: 0o700 })
      made.add(above)
      await writeFile(join(folder, path), bytes, { flag: 'wx', mode: 0o600 })
    },
    signal,
  })
}
