import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { until } from '../crash/eventually.ts'
import { freePort } from '../net/quic-servers.ts'
import { webMeasurement } from '../measured/measurement.ts'
import { wrapped } from '../measured/signed-submission.ts'
import { post } from './submit.ts'

const PROGRAM = fileURLToPath(new URL('../../../bin/kuager.js', import.meta.url))

const readySchema = z.object({
  reasons: z.array(z.string()),
  standby: z.object({ leaves: z.number() }).optional(),
})

/** A measurement that a server acknowledged. */
export interface Acknowledged {
  readonly id: string
  readonly leaf: number
}

/** A server of the program over a data folder, which another one may follow. */
export class Machine {
  readonly folder: string
  readonly url: string
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  #said = ''

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder
    this.url = `http://127.0.0.1:${port}/`
    this.#child = child
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()))
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
  }

  /** `env` says where machines agree. */
  static async start(folder: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Machine> {
    const port = await freePort()
    const command = [PROGRAM, 'serve', '--folder', folder, '--port', String(port), '--rate', '9999', ...args]
    const child = spawn(process.execPath, command, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new Machine(folder, port, child)
  }

  get said(): string {
    return this.#said
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.#child.kill(name)
  }

  /** Ends it and waits for that. */
  async end(name: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(name)
    await this.ended
  }

  /** Reasons of /readyz; undefined where it does not answer within a second. */
  async reasons(): Promise<readonly string[] | undefined> {
    return (await this.#readiness())?.reasons
  }

  /** Leaves that a machine in reserve has copied. */
  async copied(): Promise<number | undefined> {
    return (await this.#readiness())?.standby?.leaves
  }

  async #readiness(): Promise<z.infer<typeof readySchema> | undefined> {
    const answer = await fetch(`${this.url}readyz`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    return answer === undefined ? undefined : readySchema.safeParse(await answer.json().catch(() => undefined)).data
  }

  async ready(): Promise<void> {
    await until(async () => (await this.reasons())?.length === 0)
  }

  async submit(): Promise<Acknowledged> {
    const startedAt = new Date(Date.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'
    const body = wrapped(JSON.stringify(webMeasurement({ startedAt, root: { x_serial: Math.random() } })))
    const { status, json } = await post(this, 'api/v1/submit_measurement', body)
    if (status !== 200 || json.x_leaf_index === undefined) throw new Error(`refused: ${status}`)
    return { id: json.x_id ?? '', leaf: json.x_leaf_index }
  }

  /** The checkpoint in its folder. */
  checkpoint(): Promise<Buffer | undefined> {
    const path = join(this.folder, 'log/public/checkpoint')
    return existsSync(path) ? readFile(path) : Promise.resolve(undefined)
  }

  async size(): Promise<number> {
    return Number((await this.checkpoint())?.toString('utf8').split('\n')[1] ?? 0)
  }
}

/** Gives a new folder the keys that an operator puts on a machine in reserve. */
export async function giveKeys(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  await mkdir(join(to, 'archive'), { recursive: true, mode: 0o700 })
  await mkdir(join(to, 'log'), { mode: 0o700 })
  await cp(join(from, 'log/keys'), join(to, 'log/keys'), { recursive: true })
  await cp(join(from, 'archive/erasure.key'), join(to, 'archive/erasure.key'))
  if (existsSync(join(from, 'keys'))) await cp(join(from, 'keys'), join(to, 'keys'), { recursive: true })
}
