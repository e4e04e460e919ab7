import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { z } from 'zod'
import type { World } from '../../runtime/world.ts'
import { verifyFrozen, type EventsStep } from '../../core/evidence/frozen-events.ts'
import type { FrozenEvents } from '../../core/model/incident/coincidence.ts'
import { InputError } from '../../core/model/errors.ts'
import { systemClock } from '../../runtime/clock.ts'
import { printable } from '../../core/text/printable.ts'

/** SHA-256 of a text in UTF-8, in hexadecimal digits. */
export const textDigest = (text: string): string => hash('sha256', text)

const MOST_BYTES = 16 * 1024 * 1024

/** JSON of a file that the user named. Throws InputError where it cannot be read or is no JSON. */
export async function readJson(file: string, world: World): Promise<unknown> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot read "${printable(file)}": ${found}`, {
      code: 'file.unreadable',
      path: file,
      expected: 'a JSON file of at most 16 MiB',
    })
  let bytes: Buffer
  try {
    bytes = await readFile(resolve(world.cwd, file))
  } catch (error) {
    throw refuse(error instanceof Error && 'code' in error ? String(error.code) : 'it does not open')
  }
  if (bytes.length > MOST_BYTES) throw refuse(`it has ${bytes.length} bytes`)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw refuse('it is no JSON')
  }
}

/** A value in the form a schema asks for. Throws InputError with the place of the first thing wrong. */
export function parseForm<S extends z.ZodType>(schema: S, value: unknown, file: string): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = `/${issue?.path.join('/') ?? ''}`
  throw new InputError(`Cannot read "${printable(file)}", ${printable(path)}: ${issue?.message ?? 'wrong shape'}`, {
    code: 'file.form',
    path,
    expected: 'the form of docs/formats/events.md',
  })
}

/** What the verification of a file of events found. */
export async function verifyFile(
  file: string,
  world: World,
): Promise<{ readonly steps: readonly EventsStep[]; readonly frozen?: FrozenEvents }> {
  return verifyFrozen(await readJson(file, world), { digest: textDigest, now: systemClock.now() })
}

/** A pre-registered list that verifies. Throws InputError for one that was never frozen or was altered since. */
export async function loadFrozen(file: string, world: World): Promise<FrozenEvents> {
  const { steps, frozen } = await verifyFile(file, world)
  if (frozen !== undefined) return frozen
  const failed = steps.find(({ outcome }) => outcome === 'failed')
  const what = failed?.step === 'form' ? 'it is not a pre-registered list' : 'it was altered after it was frozen'
  throw new InputError(
    `Cannot test events of "${printable(file)}": ${what} (${failed?.step ?? 'form'}: ${printable(failed?.found ?? '')})`,
    { code: 'events.not-frozen', path: file, expected: 'a list made by "kuager events freeze"' },
  )
}

/** Writes a new file. Throws InputError where one of this name is there: nothing is overwritten. */
export async function writeNewFile(file: string, text: string, world: World): Promise<void> {
  try {
    await writeFile(resolve(world.cwd, file), text, { flag: 'wx' })
  } catch (error) {
    throw new InputError(
      `Cannot write "${printable(file)}": ${error instanceof Error && 'code' in error ? String(error.code) : 'it does not open'}`,
      { code: 'file.unwritable', path: file, expected: 'the name of a file that does not exist yet' },
    )
  }
}
