import { spawn, type ChildProcess } from 'node:child_process'

/** A program in a process of its own that a test kills and starts again. */
export class ChildProgram implements AsyncDisposable {
  readonly #args: readonly string[]
  readonly #ready: RegExp
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  /** What it wrote last, for a message. */
  said = ''

  /** `ready`: what it prints once it is open. */
  constructor(args: readonly string[], ready: RegExp) {
    this.#args = args
    this.#ready = ready
  }

  /** Starts it, and gives what its line of readiness holds. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<RegExpExecArray> {
    const child = spawn(process.execPath, this.#args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()))
    let out = ''
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (bytes: Buffer) => {
        out += bytes.toString()
        const found = this.#ready.exec(out)
        if (found !== null) resolve(found)
      })
      child.stderr.on('data', (bytes: Buffer) => (this.said = `${this.said}${bytes.toString()}`.slice(-4000)))
      void this.#ended.then(() => reject(new Error(`${this.#args.join(' ')} ended: ${this.said}`)))
    })
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}
