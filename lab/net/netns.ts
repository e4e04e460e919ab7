import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand, startDaemon, tryCommand, type Daemon, type Finished, type RunOptions } from './run-command.ts'

/** Every namespace of a laboratory is called `kuager-lab-<process>-<place>`. */
const PREFIX = 'kuager-lab-'
const FOLDER = '/run/netns'

/** A network namespace: a machine, or a router, of the small internet. */
export interface Place {
  readonly name: string
  /** Command line that runs something in here; it dies with this process. */
  command(argv: readonly string[]): readonly string[]
  /** Runs a command that must succeed. */
  run(argv: readonly string[], options?: RunOptions): Promise<string>
  /** Runs a command, whatever its exit code. */
  attempt(argv: readonly string[], options?: RunOptions): Promise<Finished>
  /** Starts a process that runs until it is stopped. */
  start(name: string, argv: readonly string[], options?: RunOptions): Daemon
  /** Several `ip` commands, one a line. */
  ip(lines: readonly string[]): Promise<void>
}

/** Makes a namespace for this process. Files named in `files` take the place of the machine's own for what runs in it. */
export async function makePlace(place: string, files: Readonly<Record<string, string>> = {}): Promise<Place> {
  const name = `${PREFIX}${process.pid}-${place}`
  await runCommand(['ip', 'netns', 'add', name])
  await runCommand(['ip', '-n', name, 'link', 'set', 'lo', 'up'])
  const binds = Object.entries(files).map(([path, source]) => `mount --bind '${source}' '${path}' && `)
  const command = (argv: readonly string[]): readonly string[] => [
    ...['ip', 'netns', 'exec', name, 'setpriv', '--pdeathsig', 'KILL'],
    ...(binds.length === 0 ? [] : ['sh', '-c', `${binds.join('')}exec setpriv --pdeathsig KILL "$@"`, 'sh']),
    ...argv,
  ]
  return {
    name,
    command,
    run: (argv, options) => runCommand(command(argv), options),
    attempt: (argv, options) => tryCommand(command(argv), options),
    start: (title, argv, options) => startDaemon(title, command(argv), options),
    ip: async (lines) => {
      await runCommand(['ip', '-n', name, '-batch', '-'], { input: `${lines.join('\n')}\n` })
    },
  }
}

/** Joins two places by a cable. */
export async function connect(one: Place, oneEnd: string, other: Place, otherEnd: string): Promise<void> {
  const ends = ['type', 'veth', 'peer', 'name', otherEnd, 'netns', other.name]
  await runCommand(['ip', 'link', 'add', oneEnd, 'netns', one.name, ...ends])
  await one.ip([`link set ${oneEnd} up`])
  await other.ip([`link set ${otherEnd} up`])
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)

/** Removes one namespace with all that runs in it. */
async function removePlace(name: string): Promise<void> {
  const { out } = await tryCommand(['ip', 'netns', 'pids', name])
  for (const pid of out
    .split('\n')
    .map(Number)
    .filter((one) => one > 1)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it has ended meanwhile
    }
  }
  await tryCommand(['ip', 'netns', 'del', name])
}

/** Whether something of this name was made by a process that has ended, or by the one given. */
function isLeft(name: string, pid: number): boolean {
  const owner = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN)
  return owner === pid || (owner > 0 && !isAlive(owner))
}

/**
 * Removes the namespaces and folders of one process, and those of processes that were killed before they could do so.
 * What runs in such a namespace is ended with it.
 */
export async function removePlaces(pid: number): Promise<void> {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER) : []
  for (const name of names) if (isLeft(name, pid)) await removePlace(name)
  for (const name of readdirSync(tmpdir()))
    if (isLeft(name, pid)) await rm(join(tmpdir(), name), { recursive: true, force: true })
}

/** Makes a folder for what a laboratory of this process writes; `removePlaces` removes it. */
export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
