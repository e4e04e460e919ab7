/**
 * Tells the C library's resolver to ask each server once: by default it asks a silent one twice, five seconds each, and
 * holds one of the two threads that a process has for it meanwhile. What the owner has set stays. It has
 * effect on glibc alone and must be called before the first lookup. Source: resolv.conf(5), RES_OPTIONS.
 */
export function askResolversOnce(env: Record<string, string | undefined> = process.env): void {
  env['RES_OPTIONS'] ??= 'attempts:1'
}

/**
 * Asks the runtime for sixteen threads instead of four: half of them may look names up at once, so that on a line that
 * loses packets a few names without an answer do not hold up all others. What the owner has set stays. Must be called
 * before the first thread is needed. Source: libuv, UV_THREADPOOL_SIZE, and its bound on slow work.
 */
export function takeLookupThreads(env: Record<string, string | undefined> = process.env): void {
  env['UV_THREADPOOL_SIZE'] ??= '16'
}

const USUAL_THREADS = 4
const MOST_THREADS = 1_024

/** Names that the runtime looks up at once: half of its threads, rounded up. Source: libuv, threadpool.c. */
export function lookupsAtOnce(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const set = Number.parseInt(env['UV_THREADPOOL_SIZE'] ?? '', 10)
  const threads = Number.isNaN(set) ? USUAL_THREADS : Math.min(MOST_THREADS, Math.max(1, set))
  return Math.floor((threads + 1) / 2)
}
