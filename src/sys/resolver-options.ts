/**
 * Tells the C library's resolver to ask each server once: by default it asks a silent one twice, five seconds each, and
 * holds one of the two threads that a process has for it meanwhile. What the owner has set stays. It has
 * effect on glibc alone and must be called before the first lookup. Source: resolv.conf(5), RES_OPTIONS.
 */
export function askResolversOnce(env: Record<string, string | undefined> = process.env): void {
  env['RES_OPTIONS'] ??= 'attempts:1'
}
