import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { filesBelow } from '../../../../test/kit/probe/probe-folder.ts'
import { openStandIn } from '../../../../test/kit/servers/collector-stand-in.ts'
import { parseAsn } from '../../../core/model/units.ts'
import { consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { Receipts } from '../../../probe/spool/receipts.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { systemClock } from '../../../runtime/clock.ts'

const CHILD = fileURLToPath(new URL('../../../../test/kit/crash/probe-life-child.ts', import.meta.url))
/** Lines that a life says before it is killed, and then milliseconds: so it dies at many different places. */
const LIVES = Array.from({ length: 16 }, (_, nth) => ({ lines: 1 + ((nth * 7) % 13), more: (nth * 5) % 9 }))
describe('the folder of a probe that is killed again and again', () => {
  let folder = ''
  before(async () => (folder = join(await mkdtemp(join(tmpdir(), 'kuager-killed-')), 'probe')))
  after(() => rm(join(folder, '..'), { recursive: true }))

  /** Lives until so many lines were said and a few milliseconds more; gives the ids that were said to be safe. */
  async function live(args: readonly string[], { lines, more }: (typeof LIVES)[number]): Promise<readonly string[]> {
    const child = spawn(process.execPath, [CHILD, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = once(child, 'close')
    const safe: string[] = []
    let seen = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const [word, id] = line.split(' ')
      if (word === 'added' && id !== undefined) safe.push(id)
      if (++seen === lines) setTimeout(() => child.kill('SIGKILL'), more)
    }
    await closed
    assert.equal(child.signalCode, 'SIGKILL', 'it died of nothing else')
    return safe
  }

  it('has no half a file, sends nothing again that has a receipt, loses nothing, and keeps a withdrawal', async () => {
    await using collector = await openStandIn()
    const safe = new Set<string>()
    const keys = new Set<string>()
    for (const [nth, life] of LIVES.entries()) {
      const receipted = new Set((await new Receipts(folder).list()).map(({ id }) => id))
      const asked = collector.requests.length
      const answer = nth === 0 ? ['agreed'] : nth === 8 ? ['withdrawn'] : []
      for (const id of await live([collector.url, `${nth}`, ...answer], life)) safe.add(id)
      for (const { id } of collector.requests.slice(asked)) assert.ok(!receipted.has(id), 'sent with a receipt')

      assert.deepEqual(consentedTiers(await loadConsent(folder)), nth < 8 ? ['A'] : [])
      for (const name of (await filesBelow(folder)).filter((path) => path.endsWith('.json'))) {
        const text = await readFile(join(folder, name), 'utf8')
        assert.doesNotThrow(() => JSON.parse(text), name)
      }
      const key = await new ProbeKeys(folder).keyFor(parseAsn('AS64500'), systemClock.now())
      keys.add(key.pseudonym)
      const spool = new Spool(folder)
      for (const entry of await spool.list()) assert.ok((await spool.read(entry)) !== undefined)
    }
    assert.equal(keys.size, 1, 'the key of the month stays the same')
    const waiting = new Set((await new Spool(folder).list()).map(({ id }) => id))
    const received = new Set((await new Receipts(folder).list()).map(({ id }) => id))
    for (const id of safe) assert.ok(waiting.has(id) || received.has(id), 'lost')
    for (const id of received) assert.ok(collector.documents.has(id), 'a receipt without its document')
    assert.equal(new Set(collector.held).size, collector.held.length)
    assert.ok(safe.size > 30 && received.size > 15, `${safe.size} added, ${received.size} received`)
  })
})
