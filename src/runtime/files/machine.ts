import { existsSync, readFileSync } from 'node:fs'
import { chmod, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** What tells this machine and this run of it from others. Secret of the machine: only its hash is written anywhere. */
export interface Machine {
  /** Undefined where nothing names the machine, and in a container, whose name changes when it is made again. */
  readonly id: string | undefined
  /** Changes with each start of the kernel. */
  readonly boot: string | undefined
}

const CONTAINER_MARKS = ['/run/.containerenv', '/.dockerenv', '/run/host/container-manager']

/** This machine. `KUAGER_MACHINE_ID` names it where the system does not, as for the member of a set of containers. */
export function thisMachine(env: Readonly<Record<string, string | undefined>> = process.env): Machine {
  const given = env['KUAGER_MACHINE_ID']
  const boot = firstLine('/proc/sys/kernel/random/boot_id')
  if (given !== undefined && given !== '') return { id: given, boot }
  const isContainer = env['container'] !== undefined || CONTAINER_MARKS.some((path) => existsSync(path))
  return { id: isContainer ? undefined : firstLine('/etc/machine-id'), boot }
}

function firstLine(path: string): string | undefined {
  try {
    const line = readFileSync(path, 'utf8').split('\n')[0]?.trim()
    return line === '' || line === 'uninitialized' ? undefined : line
  } catch {
    return undefined
  }
}

/**
 * What a copy of a file or folder never has: when it was made, in nanoseconds, which no program can set; where the file
 * system does not keep that, its number. A move within the file system keeps both.
 */
export interface Birth {
  readonly born: string | null
  readonly number: string
}

/** The birth of a file or folder, as it is read to be compared with one that was written. */
export async function readBirth(path: string): Promise<Birth & { readonly device: string }> {
  const { birthtimeNs, ino, dev } = await stat(path, { bigint: true })
  return { born: birthtimeNs > 0n ? String(birthtimeNs) : null, number: String(ino), device: String(dev) }
}

/** Longer than the clock of a file system takes to tick. */
const TICK_MS = 25

/**
 * The birth of a file or folder of ours, to be written. Where the system gives the time of the last change for it, that
 * time is no birth: it is found by making a change.
 */
export async function findBirth(path: string): Promise<Birth> {
  const before = await stat(path, { bigint: true })
  const found = await readBirth(path)
  if (before.birthtimeNs !== before.ctimeNs) return found
  await pause(TICK_MS)
  await chmod(path, Number(before.mode & 0o7777n))
  return (await readBirth(path)).born === found.born ? found : { ...found, born: null }
}

/** Whether something that is there now is what was there when its birth was written. */
export const sameBirth = (written: Birth, now: Birth): boolean =>
  written.born === null ? written.number === now.number : written.born === now.born
