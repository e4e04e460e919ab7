import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../../runtime/files/disk.ts'
import { NETWORK_USERS } from '../../runtime/tables/impact-table.ts'

/**
 * Files of a data folder that pages are made from, but for the tables, the archive and tiles of the log. Only what is
 * named here is shipped to readers: a new file of a folder stays in the folder.
 */
const FILES = [
  // What of it is acknowledged before the journal, which grows.
  ...['acknowledged.json', 'revisions.jsonl', 'detected.json', 'detected.json.alarms', 'episodes.json'].map(
    (name) => `incidents/${name}`,
  ),
  // The state of the log before the checkpoint: a reader never has less than what was signed.
  ...['log.json', 'entries.json', 'state.json', 'public/checkpoint', 'policy.txt', 'authorities.json'].map(
    (name) => `log/${name}`,
  ),
  ...['log/witnesses/state.json', 'log/witnesses/cosigned', 'log/stamps/state.json'],
  ...['shown/people.json', 'about.json', 'services-check.json', 'record-in-force.json', NETWORK_USERS],
]

/** Folders, and which files of them. */
const FOLDERS: readonly { readonly folder: string; readonly files: RegExp }[] = [
  { folder: 'log', files: /^[^/]+\.pem$/ },
  { folder: 'record', files: /\.json$/ },
  { folder: 'simulated-evening/record', files: /\.json$/ },
  { folder: 'others', files: /(?<!\.unfinished)$/ },
  { folder: 'studies', files: /\.json$/ },
  { folder: 'validations', files: /\.jsonl?$/ },
  { folder: 'bundles', files: /^[^/]+\.zip$/ },
  // The files themselves stay at the centre.
  { folder: 'datasets', files: /\/month\.json$/ },
]

/** Paths of what there may be of them now, relative to the folder. */
export async function shownFiles(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (one) => (await filesBelow(folder, one.folder)).filter((path) => one.files.test(path.name))),
  )
  return [...FILES, ...found.flat().map(({ path }) => path)]
}

async function filesBelow(root: string, folder: string): Promise<readonly { path: string; name: string }[]> {
  try {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
      .map((name) => ({ path: `${folder}/${name}`, name }))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
