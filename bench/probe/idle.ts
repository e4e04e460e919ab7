// What a daemon of the probe takes while it waits for its next run (Linux only).
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { instant } from '../../src/core/model/units.ts'
import { CONSENT_VERSION, saveConsent } from '../../src/probe/consent/consent.ts'
import { saveSchedule } from '../../src/probe/plan/schedule-file.ts'
import { systemClock } from '../../src/runtime/clock.ts'

/** Clock ticks of Linux a second, in which /proc counts processor time. */
const TICKS = 100
const BEGINS_SECONDS = 5
const HALF_DAY_MS = 43_200_000

interface Idle {
  readonly mb: number
  readonly share: number
}

/** Memory, and share of a core, of a daemon whose next run is hours away, from its first seconds on. */
export async function idleOf(program: readonly string[], folder: string, seconds: number): Promise<Idle> {
  const now = systemClock.now()
  await saveConsent(folder, { version: CONSENT_VERSION, at: now, lang: 'en', tiers: ['A'], by: 'option' })
  await saveSchedule(folder, { nextCore: instant(now + HALF_DAY_MS), half: Math.floor(now / HALF_DAY_MS) })
  const [file = '', ...words] = program
  const child = spawn(file, [...words, 'daemon', '--folder', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await once(child.stderr, 'data')
    await wait(BEGINS_SECONDS * 1000)
    const before = await ticksOf(child)
    await wait(seconds * 1000)
    const ticks = (await ticksOf(child)) - before
    const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8')
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
    return { mb: Math.round(kilobytes / 100) / 10, share: ticks / TICKS / seconds }
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

async function ticksOf({ pid = 0 }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return Number(fields[11]) + Number(fields[12])
}
