// An edge without pages, in a process of its own: collector, archive, log and objects as "kuager serve" has them, and no
// warehouse, whose start takes seconds. Arguments: folder, file of the token, port of the collector, port of the objects.
import { join } from 'node:path'
import { mkdirSync, readFileSync } from 'node:fs'
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
import { RateLimit } from '../../../src/runtime/sender/rate.ts'
import { openDirectSubmit } from '../../../src/site/submit/direct-submit.ts'
import { ROOM_BYTES, type Collector } from '../../../src/site/submit/submissions.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { openRegistry } from '../../../src/store/registry/sqlite.ts'
import { UploadSlots } from '../../../src/web/request/request-body.ts'
import { listen } from '../../../src/web/listen.ts'

/** Shorter than the five seconds of a server: a trial has many rounds. */
const SIGN_EVERY_MS = 250

const [folder = '', tokenFile = '', port = '0', objectsPort = '0', segmentBytes = '65536'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await using held = await holdFolder(folder, 'edge of a test')
const archive = await openArchive(join(held.path, 'archive'), {
  leaves: LEAF_CODEC,
  segmentBytes: Number(segmentBytes),
})
const log = await openTransparencyLog(join(held.path, 'log'), {
  archive,
  begin: { simulated: false, at: systemClock.now() },
})
const rate = new RateLimit(systemClock, { perSecond: 99_999, burst: 99_999 })
const receiver = new Receiver(
  {
    ...{ archive, rate, clock: systemClock },
    limits: { take: () => undefined, giveBack: () => undefined },
    pool: openReceivePool(1),
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
const pages = await listen(new Hono(), { host, port: Number(port), direct })
const token = readFileSync(tokenFile, 'utf8').trim()
const objects = await serveObjects(held.path, { host, port: Number(objectsPort), token })
process.stdout.write(`open at ${pages.url} ${objects.url}\n`)
for (;;) {
  await log.sequence()
  await pause(SIGN_EVERY_MS)
}
