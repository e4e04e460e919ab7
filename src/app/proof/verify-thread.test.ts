import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { makeBundle, zipOf } from '../../../test/kit/proof/bundle-maker.ts'
import { BUNDLE_STEPS, type CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { verifyInThread, type VerifyAsked } from './verify-thread.ts'

const SIGNAL = new AbortController().signal

describe('verifyInThread()', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'kuager-thread-'))
  after(() => rmSync(cwd, { recursive: true }))
  const asked: VerifyAsked = { path: 'sound.zip', cwd, trusted: [], judge: false }
  writeFileSync(join(cwd, 'sound.zip'), zipOf(makeBundle().files, 'kuager-made-r1'))

  /** A program of a thread that first says one step, then does something. */
  const program = (name: string, then: string): URL => {
    const place = join(cwd, `${name}.mjs`)
    const step = `{ step: 'container', outcome: 'ok', problems: [], problemCount: 0, notes: [], facts: [] }`
    writeFileSync(
      place,
      `import { parentPort } from 'node:worker_threads'\nparentPort.postMessage({ kind: 'step', step: ${step} })\n${then}\n`,
    )
    return pathToFileURL(place)
  }

  it('tells each step as it ends, and gives them all', async () => {
    const told: CheckedStep[] = []
    let name = ''
    const heard = { onOpened: (one: string) => void (name = one), onStep: (one: CheckedStep) => void told.push(one) }
    const { steps, sound } = await verifyInThread(asked, heard, { signal: SIGNAL })
    assert.equal(sound, true)
    assert.deepEqual(told, steps)
    assert.deepEqual(
      steps.map(({ step }) => step),
      BUNDLE_STEPS,
    )
    assert.equal(name, 'kuager-made-r1')
  })

  it('ends a check of which nothing is heard any more, and says which steps were not made', async () => {
    const endless = program('endless', 'for (;;);')
    const told: CheckedStep[] = []
    const heard = { onStep: (one: CheckedStep) => void told.push(one) }
    const { steps, sound } = await verifyInThread(asked, heard, { signal: SIGNAL, patienceMs: 500, program: endless })
    assert.equal(sound, false)
    assert.deepEqual(told, steps)
    assert.equal(steps[0]?.outcome, 'ok')
    for (const { outcome, notes } of steps.slice(1))
      assert.deepEqual({ outcome, notes }, { outcome: 'not-checked', notes: [{ note: 'given-up' }] })
    assert.equal(steps.length, BUNDLE_STEPS.length)
  })

  it('ends a check that needs more memory than there is', async () => {
    const hungry = program('hungry', 'const all = []; for (;;) all.push(new Array(1e6).fill(0.5));')
    const { steps } = await verifyInThread(asked, {}, { signal: SIGNAL, program: hungry, heapMegabytes: 64 })
    assert.deepEqual(steps.at(-1)?.notes, [{ note: 'given-up' }])
  })

  it('ends at once where the reader ends it, even if the thread does not answer', async () => {
    const stop = new AbortController()
    const heard = { onStep: () => stop.abort(new Error('enough')) }
    const endless = program('endless-too', 'for (;;);')
    await assert.rejects(verifyInThread(asked, heard, { signal: stop.signal, program: endless }), /enough/)
  })

  it('refuses what is no bundle, and fails with the machine', async () => {
    await assert.rejects(
      verifyInThread({ ...asked, path: 'nowhere' }, {}, { signal: SIGNAL }),
      (error) => error instanceof InputError && error.expected === 'the folder or the zip of a bundle',
    )
    const broken = program('broken', 'throw new Error("broken")')
    await assert.rejects(verifyInThread(asked, {}, { signal: SIGNAL, program: broken }), Fault)
  })
})
