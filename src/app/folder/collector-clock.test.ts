import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { errorOf, FRESH, post, type Answered } from '../../../test/kit/servers/submit.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant } from '../../core/model/units.ts'
import { newestTime } from '../../pipeline/receive/clock-guard.ts'
import { openArchive } from '../../store/archive/open.ts'
import { tryHold } from '../../runtime/files/data-folder.ts'

const TOMORROW = instant(Date.now() + DAY_MS)
let serial = 0

describe('A collector whose clock is behind its archive', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-clock-'))
    const hold = await tryHold(join(root, 'data'), 'test')
    assert.ok(hold.kind === 'held')
    const archive = await openArchive(join(root, 'data', 'archive'), { leaves: LEAF_CODEC })
    await archive.appendEntry('saved-check', Buffer.from('{"n":1}'), TOMORROW)
    await archive.appendEntry('saved-check', Buffer.from('{"n":2}'), instant(TOMORROW - DAY_MS / 2))
    assert.equal(await newestTime(archive), TOMORROW)
    await archive[Symbol.asyncDispose]()
    await hold.folder[Symbol.asyncDispose]()
  })
  after(() => rm(root, { recursive: true }))

  async function submit(served: ServedFolder): Promise<Answered> {
    const startedAt = new Date(Date.now() - 120_000).toISOString().slice(0, 19).replace('T', ' ')
    const document = webMeasurement({ startedAt, probeAsn: 'AS64500', root: { x_serial: serial++ } })
    return post(served, 'api/v1/submit_measurement', wrapped(JSON.stringify(document)))
  }
  const health = async (served: ServedFolder): Promise<string> =>
    (await fetch(new URL('health', served.url), { headers: FRESH })).text()

  it('refuses nothing for good: 503, said on the health page, while pages are served', async () => {
    await using served = await serveFolderAt(join(root, 'data'), root)
    const answered = await submit(served)
    assert.deepEqual([answered.status, errorOf(answered)], [503, 'clock'])
    assert.ok(Number(answered.retryAfter) > 0)
    assert.match(await health(served), /"degraded".*"clock_back"/)
    assert.equal((await fetch(new URL('kk/', served.url), { headers: FRESH })).status, 200)
  })

  it('accepts measurements when the operator says that the clock is right now', async () => {
    await using served = await serveFolderAt(join(root, 'data'), root, ['--clock-is-right'])
    assert.equal((await submit(served)).status, 200)
    assert.match(await health(served), /"ok"/)
  })
})
