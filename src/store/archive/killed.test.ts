import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkSurvivor, type Happening } from '../../../test/kit/stores/archive-life.ts'
import { MOMENTS, type Moment } from '../../../test/kit/crash/stopping-disk.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'

const CHILD = fileURLToPath(new URL('../../../test/kit/crash/archive-child.ts', import.meta.url))

interface Ended {
  readonly signal: string | null
  readonly happened: readonly Happening[]
  readonly steps: readonly string[]
}

/** Runs the life in a process of its own; `step` beyond the last lets it end by itself. */
async function live(folder: string, step: number, moment: Moment): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, folder, String(step), moment], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const signal = await new Promise<string | null>((resolve) => child.once('close', (_, by) => resolve(by)))
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Happening | { readonly kind: 'steps'; readonly steps: readonly string[] })
  return {
    signal,
    happened: lines.filter((line): line is Happening => line.kind !== 'steps'),
    steps: lines.flatMap((line) => (line.kind === 'steps' ? line.steps : [])),
  }
}

describe('An archive whose process is killed', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-killed-'))))
  after(() => rm(root, { recursive: true }))

  it('keeps every promise, at whichever act on the disk it happens', async () => {
    const whole = await live(join(root, 'whole'), Number.MAX_SAFE_INTEGER, 'before')
    assert.equal(whole.signal, null)
    await checkSurvivor(join(root, 'whole'), REAL_DISK, whole.happened)
    for (const kind of ['write segments/', 'write leaves/', 'write erasures.log', 'rename segments/', 'sync segments/'])
      assert.ok(
        whole.steps.some((step) => step.startsWith(kind)),
        `the life has a step "${kind}"`,
      )
    // A kill after one act finds the same files as a kill before the next one, and fewer promises: only the last counts.
    const cases = whole.steps.flatMap((name, step) =>
      MOMENTS.filter(
        (moment) =>
          moment === 'before' ||
          (moment === 'torn' && name.startsWith('write ')) ||
          (moment === 'after' && step === whole.steps.length - 1),
      ).map((moment) => ({ name, step, moment })),
    )
    const work = cases.values()
    const worker = async (): Promise<void> => {
      for (const { name, step, moment } of work) {
        const folder = join(root, `${step}-${moment}`)
        const { signal, happened } = await live(folder, step, moment)
        assert.equal(signal, 'SIGKILL', `killed ${moment} step ${step} (${name})`)
        await checkSurvivor(folder, REAL_DISK, happened).catch((error: unknown) => {
          throw new Error(`Killed ${moment} step ${step} (${name})`, { cause: error })
        })
        await rm(folder, { recursive: true })
      }
    }
    await Promise.all([worker(), worker()])
  })
})
