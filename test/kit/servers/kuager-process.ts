import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../../bin/kuager.js', import.meta.url))

export interface KuagerProcess {
  /** Address without a slash at its end. */
  readonly origin: string
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** The program in processes of its own, in a folder of their own, with everything they print kept. */
export class KuagerProcesses {
  readonly #cwd: string
  readonly #env: NodeJS.ProcessEnv
  readonly #said: Buffer[] = []
  readonly #running = new Set<{ kill(signal: 'SIGKILL'): boolean }>()

  /** `cwd`: also where they put what is temporary. */
  constructor(cwd: string, env: Readonly<Record<string, string>> = {}) {
    this.#cwd = cwd
    this.#env = { ...process.env, TMPDIR: cwd, ...env }
  }

  /** Everything that they wrote to their two streams. */
  get said(): Buffer {
    return Buffer.concat(this.#said)
  }

  #start(args: readonly string[]) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.#cwd,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running.add(child)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    void ended.then(() => this.#running.delete(child))
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#said.push(chunk)
        out += chunk.toString()
      })
    return { child, ended, out: () => out }
  }

  /** Runs a command to its end. Throws where it does not end with 0. */
  async run(args: readonly string[]): Promise<string> {
    const { ended, out } = this.#start(args)
    const code = await ended
    if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${code}: ${out()}`)
    return out()
  }

  /** Starts a command that serves on loopback; its port is chosen by the machine. */
  async serve(args: readonly string[]): Promise<KuagerProcess> {
    const { child, ended, out } = this.#start([...args, '--port', '0', '--trusted-proxy', '127.0.0.1'])
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const found = /127\.0\.0\.1:(\d+)/.exec(out())?.[1]
        if (found !== undefined) resolve(found)
      })
      void ended.then(() => reject(new Error(`kuager ${args.join(' ')} ended: ${out()}`)))
    })
    return {
      origin: `http://127.0.0.1:${port}`,
      async end(signal) {
        child.kill(signal)
        await ended
      },
    }
  }

  /** Opens the demonstration on a port chosen by the machine, and waits until its pages are there. */
  async demonstrate(args: readonly string[]): Promise<KuagerProcess> {
    const { child, ended, out } = this.#start(['demo', '--port', '0', ...args])
    const origin = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const found = /is open at (http:\/\/127\.0\.0\.1:\d+)/.exec(out())?.[1]
        if (found !== undefined) resolve(found)
      })
      void ended.then(() => reject(new Error(`kuager demo ended: ${out()}`)))
    })
    return {
      origin,
      async end(signal) {
        child.kill(signal)
        await ended
      },
    }
  }

  /** Ends what a test that failed has left running. */
  [Symbol.dispose](): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }
}
