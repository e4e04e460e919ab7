import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readAsked } from '../../../../test/kit/probe/read-asked.ts'
import { spokenWorld } from '../../../../test/kit/probe/probe-folder.ts'
import { openStandIn } from '../../../../test/kit/servers/collector-stand-in.ts'
import { CONSENT_VERSION, saveConsent } from '../../../probe/consent/consent.ts'
import { ConsentWithdrawn } from '../../../probe/consent/withdrawal-watch.ts'
import { takeTurn } from '../../../probe/measure/turn.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { Asked } from '../options.ts'
import { measure } from './measure.ts'
import { send } from './send.ts'
import { runSettings } from './setup.ts'

describe('after consent was withdrawn', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-withdrawn-'))))
  after(() => rm(root, { recursive: true }))

  const agree = (folder: string, tiers: readonly 'A'[]): Promise<void> =>
    saveConsent(folder, { version: CONSENT_VERSION, at: systemClock.now(), lang: 'en', tiers, by: 'answer' })
  const askedFor = (folder: string, ...more: readonly string[]): Promise<Asked> =>
    readAsked(['--folder', folder, ...more], spokenWorld(root).world, { options: ['collector'] })

  it('a run ends, also one that waits for another', async () => {
    const folder = join(root, 'run')
    await agree(folder, ['A'])
    const taken = await takeTurn(folder, 'measure')
    assert.ok(taken.kind === 'held')
    await using _turn = taken.turn
    const { world } = spokenWorld(root)
    const asked = await askedFor(folder)
    const choice = { tiers: ['A'], scope: 'core', kind: 'manual', services: [] } as const
    const waits = measure(asked, await runSettings(asked, choice, world), {
      signal: AbortSignal.timeout(20_000),
      onEvent: () => undefined,
      onWritten: () => undefined,
      onWait: () => void agree(folder, []),
    })
    await assert.rejects(waits, ConsentWithdrawn)
  })

  it('nothing is sent: what waits stays until its owner agrees again', async () => {
    await using collector = await openStandIn()
    const folder = join(root, 'sent')
    const document = JSON.stringify({ any: 'document' })
    await new Spool(folder).add(document, { at: systemClock.now(), scope: 'core', probe: '0123456789abcdef' })
    const asked = await askedFor(folder, '--collector', collector.url)
    const signal = AbortSignal.timeout(20_000)
    const sent = async (): Promise<number | undefined> =>
      (await send(asked, { signal, scheduled: true, here: undefined }))?.accepted
    await agree(folder, [])
    assert.equal(await sent(), undefined)
    assert.equal(collector.requests.length, 0)
    assert.equal((await new Spool(folder).list()).length, 1)
    await agree(folder, ['A'])
    assert.equal(await sent(), 1)
  })
})
