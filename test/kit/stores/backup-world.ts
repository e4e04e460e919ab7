import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openFolder, type OpenFolder } from '../../../src/app/folder/open.ts'
import { runCommand } from '../../../src/cli/main.ts'
import { instant, type Sha256 } from '../../../src/core/model/units.ts'
import { makeKeyPair, type AgeKeyPair } from '../../../src/letter/handover/age.ts'
import { digest } from '../../../src/pipeline/judge/judge-bytes.ts'
import type { ArchiveItem } from '../../../src/store/archive/contract.ts'
import { webMeasurement } from '../measured/measurement.ts'
import { testWorld } from '../servers/world.ts'

const PROGRAM = fileURLToPath(new URL('../../../bin/kuager.js', import.meta.url))

/** Lets others of this process go on for so many milliseconds, at least one turn. */
export const breathe = (ms: number): Promise<void> => pause(ms)

/** What a command of the program said and how it ended. */
export interface Said {
  readonly exit: number
  readonly text: string
}

/** A folder for tests of backups, with a key to seal to; commands of the program run in it. */
export class BackupWorld implements AsyncDisposable {
  readonly cwd: string
  readonly key: AgeKeyPair
  /** Of the commands that run here. */
  env: Readonly<Record<string, string>> = {}

  private constructor(cwd: string, key: AgeKeyPair) {
    this.cwd = cwd
    this.key = key
  }

  static async make(): Promise<BackupWorld> {
    const world = new BackupWorld(await mkdtemp(join(tmpdir(), 'kuager-backup-')), await makeKeyPair({ hybrid: false }))
    await writeFile(world.path('id.txt'), `${world.key.identity}\n`)
    return world
  }

  path(...parts: readonly string[]): string {
    return join(this.cwd, ...parts)
  }

  async run(...args: readonly string[]): Promise<Said> {
    let text = ''
    const world = { ...testWorld(this.cwd, (more) => (text += more)), env: this.env }
    const exit = await runCommand(args, world)
    return { exit, text }
  }

  /** Runs a command that must end well. */
  async good(...args: readonly string[]): Promise<string> {
    const { exit, text } = await this.run(...args)
    if (exit !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${exit}: ${text}`)
    return text
  }

  backup(...more: readonly string[]): Promise<string> {
    return this.good('backup', '--folder', 'data', '--to', 'target', '--recipient', this.key.recipient, ...more)
  }

  restore(folder: string, ...more: readonly string[]): Promise<Said> {
    return this.run('restore', '--from', 'target', '--folder', folder, '--identity', 'id.txt', ...more)
  }

  open(folder = 'data'): Promise<OpenFolder> {
    return openFolder(testWorld(this.cwd), folder, 'test')
  }

  /** Objects of the target, or files of another folder, by key. */
  async objects(within = 'target'): Promise<readonly string[]> {
    const entries = await readdir(this.path(within), { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path(within).length + 1))
      .toSorted()
  }

  /** Starts a command in a process of its own and kills it when a folder has so many files more; gives whether it did. */
  async killed(
    args: readonly string[],
    { within = 'target', more }: { readonly within?: string; readonly more: number },
  ): Promise<boolean> {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: this.cwd, stdio: 'ignore' })
    const closed = once(child, 'close')
    let ended = false
    void closed.then(() => (ended = true))
    const count = async (): Promise<number> => (await this.objects(within).catch(() => [])).length
    const before = await count()
    while (!ended && (await count()) < before + more) await pause(2)
    child.kill('SIGKILL')
    await closed
    return child.signalCode === 'SIGKILL'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.cwd, { recursive: true, force: true })
  }
}

/** A measurement of about so many bytes that do not compress. */
export function bulkyMeasurement(bytes: number): ArchiveItem & { readonly id: Sha256 } {
  const made = { ...webMeasurement(), padding: randomBytes(Math.ceil((bytes * 3) / 4)).toString('base64') }
  const raw = Buffer.from(JSON.stringify(made))
  const id = digest(raw)
  return {
    id,
    bytes: raw,
    publicSha256: digest('public'),
    provenance: { id, receivedAt: instant(Date.UTC(2025, 0, 15, 16)), channel: 'file', origin: 'made by a test' },
  }
}

/** Every file of a folder by its relative path, except some. */
export async function filesOf(folder: string, except: RegExp): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    if (entry.isFile() && !except.test(name)) found.set(name, await readFile(path))
  }
  return found
}
