import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PACKAGE_ROOT } from '../../src/runtime/files/package-root.ts'

/** One start of the demonstration, until its pages answered and some seconds more. */
export interface Start {
  /** Seconds until it said where it will open, and until it was open. */
  readonly says: number
  readonly opens: number
  /** Seconds of the processor until it was open. */
  readonly processor: number
  /** Most memory at once, in megabytes of 10^6 bytes, of the process and all that it started. */
  readonly peak: number
}

const LOOK_MS = 100
/** Background work that follows the opening is in the peak. */
const AFTER_MS = 10_000
const PAGES = ['/en/', '/en/incidents', '/en/matrix', '/en/s/youtube', '/en/claims', '/en/corrections']
/** Ticks of a second in which the system counts processor time; 100 on every Linux that Node.js runs on. */
const TICKS = 100

/** Starts the demonstration from this checkout on free ports, reads some pages and stops it. Linux only. */
export async function startDemo(folder: string, days: number): Promise<Start> {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const args = ['demo', '--folder', folder, '--port', '0', '--days', String(days)]
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin', 'kuager.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`The demonstration ended with ${code}: ${said}`)))
  })
  ended.catch(() => undefined) // awaited where an early end is an error
  let said = ''
  const heard = (pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = pattern.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
    })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, residentOf(child.pid ?? 0))), LOOK_MS)
  try {
    const says = heard(/will open at (http:\S+)/).then(seconds)
    const url = await Promise.race([heard(/ is open at (http:\S+)/), ended])
    const opens = seconds()
    const processor = processorOf(child.pid ?? 0)
    for (const page of PAGES) await (await fetch(new URL(page, url))).text()
    await pause(AFTER_MS)
    return { says: await says, opens, processor, peak: peak / 1e6 }
  } finally {
    clearInterval(watch)
    const gone = ended.catch(() => undefined)
    child.kill('SIGINT')
    await gone
  }
}

/** Resident bytes of a process and of all that it started. A child that is still the copy of its parent counts nothing. */
function residentOf(root: number): number {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0)
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const sum = (pid: number): number => {
    const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
    const command = read(`/proc/${pid}/cmdline`)
    const children = (parents.get(pid) ?? []).filter((one) => read(`/proc/${one}/cmdline`) !== command)
    return own + children.reduce((all, one) => all + sum(one), 0)
  }
  return sum(root)
}

/** Seconds of the processor that a process has used, with children that ended. */
function processorOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  return [11, 12, 13, 14].reduce((all, at) => all + Number(fields[at] ?? 0), 0) / TICKS
}

/** A file of the system; empty where the process has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
