import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../../runtime/files/disk.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'

/** Everything that a probe writes into its folder. A test holds every command to it. */
const OURS: readonly string[] = [
  'config.json',
  'consent.json',
  'copies',
  'delivery.json',
  'held',
  'introduced.json',
  'invitation',
  'keys',
  'pause.json',
  'receipts',
  'schedule.json',
  'spool',
  'updates',
  'usage-measured.json',
  'usage-reckoned.json',
  'usage-sent.json',
  'kuager-probe.xml', // of versions before 0.2
  'start-hidden.vbs',
  'daemon.log',
  'daemon.log.1',
]

/** Whether there is a folder of that name. */
export const folderExists = async (folder: string): Promise<boolean> => {
  try {
    return (await stat(folder)).isDirectory()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

const isOurs = (name: string): boolean => OURS.includes(name.replace(UNFINISHED, ''))

/** What of a folder is the probe's, and what is not. */
export async function sortFolder(folder: string): Promise<{ readonly ours: string[]; readonly others: string[] }> {
  const names = (await folderExists(folder)) ? (await readdir(folder)).sort() : []
  return { ours: names.filter(isOurs), others: names.filter((name) => !isOurs(name)) }
}

/**
 * Removes all that is the probe's, and the folder where nothing else is in it. Keys go first. Gives what was left. A file
 * that another program holds, as Windows does with a program that runs, keeps no other from going; its error is thrown last.
 */
export async function removeOurs(folder: string, remove: typeof rm = rm): Promise<readonly string[]> {
  const { ours } = await sortFolder(folder)
  const first = ['keys', 'invitation', 'introduced.json']
  const order = [...ours.filter((name) => first.includes(name)), ...ours.filter((name) => !first.includes(name))]
  let held: { readonly error: unknown } | undefined
  for (const name of order)
    try {
      await remove(join(folder, name), { recursive: true, force: true, maxRetries: 8 })
    } catch (error) {
      held ??= { error }
    }
  if (held !== undefined) throw held.error
  const { others } = await sortFolder(folder)
  if (others.length === 0 && (await folderExists(folder))) await rmdir(folder)
  return others
}
