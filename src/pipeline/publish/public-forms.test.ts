import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { openWorkerPool, WorkerLost, type WorkerPool } from '../../runtime/worker-pool.ts'
import { openPublicForms, type PublicText } from './public-forms.ts'

const ID = parseSha256('a'.repeat(64))
const OTHER = parseSha256('b'.repeat(64))
const signal = new AbortController().signal
const bytes = Buffer.from(JSON.stringify(webMeasurement({ root: { probe_ip: '192.0.2.77' } })))
const held = (one: Uint8Array) => ({ bytes: one, salt: new Uint8Array(16), provenance: { channel: 'file' } }) as const
const call = { measurement: held(bytes), simulated: false, layout: 'line' } as const

const textOf = (made: PublicText): string => {
  assert.equal(made.kind, 'text')
  return made.kind === 'text' ? new TextDecoder().decode(made.text) : ''
}

/** A pool whose one thread never comes back from a question. */
const endless = (): WorkerPool => {
  const pool = openWorkerPool(new URL('../../../test/kit/crash/echo-worker.ts', import.meta.url), {
    ...{ size: 1, depth: 1, data: { greeting: '' }, heapMegabytes: 64, youngMegabytes: 16 },
    budget: { baseMs: 50, perMegabyteMs: 0 },
  })
  return { ...pool, lease: (job) => pool.lease(({ call: ask }) => job({ call: () => ask('work', [Infinity]) })) }
}

describe('openPublicForms()', () => {
  it('gives the public form as a line or indented, and says first what is simulated', async () => {
    await using forms = openPublicForms()
    const form = publicForm(JSON.parse(bytes.toString()))
    assert.equal(textOf(await forms.text(ID, call, signal)), `${form}\n`)
    const indented = textOf(await forms.text(ID, { ...call, simulated: true, layout: 'indented' }, signal))
    assert.equal(indented, `${JSON.stringify({ simulated: true, ...JSON.parse(form) }, undefined, 2)}\n`)
  })

  it('gives no more than is wanted, never a part of a character, and the length of the whole', async () => {
    await using forms = openPublicForms()
    const russian = Buffer.from(JSON.stringify({ test_name: 'ы'.repeat(100) }))
    for (const most of [60, 61]) {
      const made = await forms.text(ID, { ...call, measurement: held(russian), most }, signal)
      assert.ok(made.kind === 'text' && made.text.length <= most && made.bytes > 200)
      assert.doesNotThrow(() => new TextDecoder('utf-8', { fatal: true }).decode(made.text))
    }
  })

  it('refuses what takes longer than its budget, once for all readers', async () => {
    let asked = 0
    const open = (): WorkerPool => {
      const pool = endless()
      const lease: WorkerPool['lease'] = (job) => {
        asked++
        return pool.lease(job)
      }
      return { ...pool, lease }
    }
    await using forms = openPublicForms({ open })
    assert.deepEqual(await forms.text(ID, call, signal), { kind: 'slow' })
    const gone = AbortSignal.abort()
    assert.deepEqual(await forms.text(ID, call, gone), { kind: 'slow' })
    assert.equal(asked, 1)
  })

  it('says that it is busy where too many wait, and where the signal ends the wait', async () => {
    const held = Promise.withResolvers<unknown>()
    const pool: WorkerPool = {
      lease: (job) => job({ call: () => held.promise }),
      ready: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    }
    await using forms = openPublicForms({ open: () => pool })
    const reader = new AbortController()
    const asked = Array.from({ length: 16 }, () => forms.text(ID, call, reader.signal))
    assert.deepEqual(await forms.text(OTHER, call, signal), { kind: 'busy' })
    reader.abort()
    for (const one of await Promise.all(asked)) assert.deepEqual(one, { kind: 'busy' })
    held.reject(new WorkerLost('late', { served: true }))
    await new Promise(setImmediate)
    assert.deepEqual(await forms.text(OTHER, call, AbortSignal.abort()), { kind: 'busy' })
  })

  it('throws for bytes that cannot be read', async () => {
    await using forms = openPublicForms()
    await assert.rejects(forms.text(ID, { ...call, measurement: held(Buffer.from('no JSON')) }, signal), /JSON/)
  })
})
