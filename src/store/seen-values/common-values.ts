import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { COMMON_DAYS, COMMON_DEVICES } from './contract.ts'
import { openSeenValues, SEEN_FILE } from './open.ts'

/** What a reader needs to know which values are common: digests and their key, of no device and no measurement. */
export interface CommonValues {
  /** In hexadecimal digits, as the digests. */
  readonly secret: string
  readonly keys: readonly string[]
}

/** Where nothing was seen. */
export const NO_COMMON_VALUES: CommonValues = { secret: '00'.repeat(32), keys: [] }

/** Keys that are looked at in one go: a few milliseconds, after which others have their turn. */
const STEP = 2000
const ROWS = Math.max(COMMON_DEVICES, COMMON_DAYS)

/** Common values of a data folder; undefined where nothing was seen yet. */
export async function listCommonValues(folder: string): Promise<CommonValues | undefined> {
  const file = join(folder, SEEN_FILE)
  if (!existsSync(file)) return undefined
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    const secret = database.prepare('SELECT lower(hex(bytes)) AS secret FROM secret').get()?.['secret']
    if (typeof secret !== 'string') return undefined
    const step = database.prepare(
      `SELECT key, count(DISTINCT device) >= ${COMMON_DEVICES} AND count(DISTINCT day) >= ${COMMON_DAYS} AS common
         FROM seen WHERE key > ? GROUP BY key ORDER BY key LIMIT ${STEP}`,
    )
    const keys: string[] = []
    for (let after = new Uint8Array(); ;) {
      const rows = step.all(after)
      for (const { key, common } of rows)
        if (key instanceof Uint8Array && common === 1) keys.push(Buffer.from(key).toString('hex'))
      const last = rows.at(-1)?.['key']
      if (rows.length < STEP || !(last instanceof Uint8Array)) return { secret, keys }
      after = Uint8Array.from(last)
      await breathe()
    }
  } finally {
    database.close()
  }
}

/** Makes a folder know these common values and no others, in one step, also while another thread reads there. */
export function writeCommonValues(folder: string, { secret, keys }: CommonValues): void {
  openSeenValues(folder)[Symbol.dispose]()
  const database = new DatabaseSync(join(folder, SEEN_FILE), { timeout: 5000 })
  try {
    database.exec('BEGIN; DELETE FROM seen; DELETE FROM secret')
    database.prepare('INSERT INTO secret (bytes) VALUES (?)').run(Buffer.from(secret, 'hex'))
    const insert = database.prepare('INSERT INTO seen (key, device, day, leaf) VALUES (?, ?, ?, 0)')
    for (const key of keys)
      for (let nth = 0; nth < ROWS; nth++)
        insert.run(Buffer.from(key, 'hex'), `${nth % COMMON_DEVICES}`, nth % COMMON_DAYS)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}
