import { setTimeout as pause } from 'node:timers/promises'

/** Tries until the value is there, for ten seconds: a program needs a moment after it says that it has begun. */
export async function eventually<T>(get: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const value = await get()
    if (value !== undefined) return value
    await pause(50)
  }
  throw new Error('did not come about')
}

/** Asks until it is so, for a minute where nothing else is said: what takes a round of a server, judged and inserted. */
export async function until(isSo: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (let asked = 0; asked < 5 * seconds; asked++) {
    if (await isSo()) return
    await pause(200)
  }
  throw new Error('did not come about')
}
