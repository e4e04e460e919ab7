import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds that each thread of a process has been on a processor; empty where /proc does not say. */
export function threadMs(pid: number): ReadonlyMap<string, number> {
  if (process.platform !== 'linux') return new Map()
  const found = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')
      found.set(thread, Number(nanoseconds) / 1e6)
    } catch {
      // the thread has ended since it was listed
    }
  }
  return found
}

/** The most that one thread has worked since `before`, and what the main thread has. */
export function spentSince(
  pid: number,
  before: ReadonlyMap<string, number>,
): { readonly most: number; readonly main: number } {
  const now = threadMs(pid)
  const spent = [...now].map(([thread, ms]) => ms - (before.get(thread) ?? 0))
  return { most: Math.max(0, ...spent), main: (now.get(`${pid}`) ?? 0) - (before.get(`${pid}`) ?? 0) }
}

/** Waits until a process hardly works, or until the time is up. */
export async function untilQuiet(pid: number, mostMs: number): Promise<void> {
  const begun = performance.now()
  const sum = (): number => [...threadMs(pid).values()].reduce((all, ms) => all + ms, 0)
  for (let quiet = 0; quiet < 2 && performance.now() - begun < mostMs;) {
    const before = sum()
    await pause(150)
    quiet = sum() - before < 15 ? quiet + 1 : 0
  }
}
