// An edge without pages, in a process of its own: collector, archive, log and objects as "kuager serve" has them, and no
// warehouse, whose start takes seconds. Arguments: folder, file of the token. With KUAGER_TRIAL_STORE it ships to a folder,
// and signs only what is there.
import { mkdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Hono } from 'hono'
import { serveObjects } from '../../../src/app/edge/serve-objects.ts'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import { openReceivePool } from '../../../src/pipeline/receive/receive-pool.ts'
import { Receiver } from '../../../src/pipeline/receive/receiver.ts'
import { Standings } from '../../../src/pipeline/receive/standing/standings.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { holdFolder } from '../../../src/runtime/files/data-folder.ts'
import { openLog } from '../../../src/runtime/log.ts'
import type { ObjectStore } from '../../../src/runtime/objects/contract.ts'
import { openObjects } from '../../../src/runtime/objects/open-objects.ts'
import { RateLimit } from '../../../src/runtime/sender/rate.ts'
import { openDirectSubmit } from '../../../src/site/submit/direct-submit.ts'
import { ROOM_BYTES, type Collector } from '../../../src/site/submit/submissions.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { ArchiveShipper } from '../../../src/store/archive/ship/archive-shipper.ts'
import { openRegistry } from '../../../src/store/registry/sqlite.ts'
import { UploadSlots } from '../../../src/web/request/request-body.ts'
import { listen } from '../../../src/web/listen.ts'

/** Shorter than the five seconds of a server: a trial has many rounds. */
const SIGN_EVERY_MS = 250

const [folder = '', tokenFile = ''] = process.argv.slice(2)
const address = process.env['KUAGER_TRIAL_STORE']
mkdirSync(folder, { recursive: true })
await using held = await holdFolder(folder, 'edge of a test')
const archive = await openArchive(join(held.path, 'archive'), {
  leaves: LEAF_CODEC,
  segmentBytes: 65_536,
})
const store = address === undefined ? undefined : openObjects(address, {})
const shipper =
  store === undefined
    ? undefined
    : new ArchiveShipper({ store, folder: join(held.path, 'archive'), size: () => archive.size })
await shipper?.resume()
const log = await openTransparencyLog(join(held.path, 'log'), {
  archive: {
    get size() {
      return shipper === undefined ? archive.size : shipper.shipped
    },
    leaves: (from, until) => archive.leaves(from, until),
    readLeaf: (leaf) => archive.readLeaf(leaf),
    appendEntry: (kind, bytes, at) => archive.appendEntry(kind, bytes, at),
  },
  begin: { simulated: false, at: systemClock.now() },
})
const rate = new RateLimit(systemClock, { perSecond: 99_999, burst: 99_999 })
const receiver = new Receiver(
  {
    ...{ archive, rate, clock: systemClock },
    limits: { take: () => undefined, giveBack: () => undefined },
    pool: openReceivePool(1),
    knownPool: openReceivePool(1),
    standings: new Standings({ registry: openRegistry(held.path), sameOwner: () => false }),
    networkOf: () => undefined,
    realm: () => Promise.resolve('real'),
    onAdded: () => undefined,
    seen: { secret: new Uint8Array(32), note: () => undefined },
  },
  1,
)
const collector: Collector = {
  sender: (address) => address,
  admit: (sender) => receiver.admit(sender),
  closed: () => undefined,
  submit: (posted) => receiver.submit(posted),
  checkIn: () => ({}),
  testHelpers: () => ({}),
  geolookup: () => undefined,
  openReport: () => undefined,
  mostBytes: 2 ** 20,
}
const direct = openDirectSubmit({ collector, log: openLog({ level: 'error' }), room: new UploadSlots(ROOM_BYTES) })
const host = '127.0.0.1'
const pages = await listen(new Hono(), { host, port: 0, direct })
const token = readFileSync(tokenFile, 'utf8').trim()
const objects = await serveObjects(held.path, { host, port: 0, token })
process.stdout.write(`open at ${pages.url} ${objects.url}\n`)
/** The log on the store: tiles before the checkpoint that needs them. */
const shipLog = async (objects: ObjectStore): Promise<void> => {
  const files = (await readdir(join(held.path, 'log/public'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'checkpoint' && !entry.name.endsWith('.unfinished'))
    .map((entry) => relative(held.path, join(entry.parentPath, entry.name)))
  for (const key of ['log/log.json', ...files, 'log/public/checkpoint'])
    await objects.put(key, await readFile(join(held.path, key)))
}

for (let round = 0; ; round++) {
  if (round % 8 === 7) await shipper?.shipAll()
  else await shipper?.shipUpTo(archive.size)
  await log.sequence()
  if (store !== undefined && (await log.latest()) !== undefined) await shipLog(store)
  await pause(SIGN_EVERY_MS)
}
