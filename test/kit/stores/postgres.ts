import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { memoryWhere, type RegistryPlace } from '../../../src/store/registry/database.ts'

const run = promisify(execFile)
const ROOT = '/usr/lib/postgresql'
/** `nobody` of Debian: PostgreSQL refuses to be run by root. */
const NOBODY = 65_534

/** Folder of the newest PostgreSQL of this machine, or undefined. */
const PROGRAMS = (existsSync(ROOT) ? readdirSync(ROOT) : [])
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => join(ROOT, version, 'bin'))
  .find((path) => existsSync(join(path, 'initdb')))

/** Why tests of PostgreSQL are skipped; false where they run. */
export const WITHOUT_POSTGRES: string | false = PROGRAMS === undefined ? 'PostgreSQL is not installed' : false

/** A server of its own, reached by a socket in its folder. */
export interface Postgres extends AsyncDisposable {
  /** Makes an empty database. */
  database(): Promise<RegistryPlace & { readonly kind: 'postgres' }>
  /** Runs a statement and gives what psql prints of it, fields parted by `|`. */
  ask(url: string, statement: string): Promise<string>
  /** Runs another program of PostgreSQL. */
  program(name: string, args: readonly string[]): Promise<string>
  /** Ends it at once, as a machine that loses its power; `stop` lets it end its sessions and write first. */
  kill(): Promise<void>
  stop(): Promise<void>
  /** Begins it again. */
  begin(): Promise<void>
  /** Folder of its data, with every file it keeps. */
  readonly data: string
  /** Path of the socket at which it answers. */
  readonly socket: string
}

/** Starts a real server in a temporary folder, under another user where the tests are run by root. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  const programs = PROGRAMS ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'kuager-pg-'))
  const data = join(folder, 'data')
  await mkdir(data)
  const asOther = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (asOther.uid !== undefined) for (const path of [folder, data]) await chown(path, NOBODY, NOBODY)
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'kuager', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'], {
    ...asOther,
    env,
    cwd: folder,
  })
  const given = { listen_addresses: '', unix_socket_directories: folder, shared_buffers: '16MB', ...settings }
  const program = async (name: string, args: readonly string[]): Promise<string> =>
    (await run(join(programs, name), [...args], { env, maxBuffer: 64 * 1024 * 1024 })).stdout
  const ask = (url: string, statement: string): Promise<string> =>
    program('psql', [url, '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', statement])
  const urlOf = (name: string): string => `postgres://kuager@/${name}?host=${folder}`
  let end: (signal: NodeJS.Signals) => Promise<void> = async () => undefined
  const begin = async (): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const server = spawn(
        join(programs, 'postgres'),
        ['-D', data, ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        { ...asOther, env, cwd: folder, stdio: 'ignore' },
      )
      const ended = once(server, 'exit')
      end = async (signal) => {
        server.kill(signal)
        await ended
      }
      let refused: unknown = 'it ended'
      while (server.exitCode === null && attempt++ < 300)
        try {
          await program('pg_isready', ['-h', folder, '-U', 'kuager'])
          return
        } catch (error) {
          refused = error
          await pause(100)
        }
      // After a kill it is refused until the last session of the one before has ended.
      if (attempt > 300) throw new Error('PostgreSQL does not start', { cause: refused })
      await pause(100)
    }
  }
  await begin()
  return {
    data,
    socket: join(folder, '.s.PGSQL.5432'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    begin,
    ask,
    program,
    database: async () => {
      const name = `t${randomBytes(6).toString('hex')}`
      await ask(urlOf('postgres'), `CREATE DATABASE ${name}`)
      return { kind: 'postgres', url: urlOf(name) }
    },
    [Symbol.asyncDispose]: async () => {
      await end('SIGINT') // fast: ends its sessions
      await rm(folder, { recursive: true })
    },
  }
}

/** The databases on which every promise of a registry is tested. */
export const REGISTRY_KINDS = ['sqlite', 'postgres'] as const

/** Gives empty places of one kind; for PostgreSQL a server is started by `begin` and ended by `end`. */
export function registryPlaces(kind: (typeof REGISTRY_KINDS)[number]): {
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
  readonly place: () => Promise<RegistryPlace>
} {
  let server: Postgres | undefined
  return {
    begin: async () => {
      if (kind === 'postgres' && WITHOUT_POSTGRES === false) server = await startPostgres()
    },
    end: async () => {
      await server?.[Symbol.asyncDispose]()
    },
    place: async () => (kind === 'sqlite' ? memoryWhere : ((await server?.database()) ?? memoryWhere)),
  }
}
