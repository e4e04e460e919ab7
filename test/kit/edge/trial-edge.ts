import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openCuttableWay, type CuttableWay } from '../net/cuttable.ts'
import { mountSmallDisk, type SmallDisk } from '../stores/small-disk.ts'
import { ChildProgram } from './child-process.ts'

const EDGE = fileURLToPath(new URL('edge-child.ts', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../../../bin/kuager.js', import.meta.url))
const REFUSING = new URL('../crash/refusing-disk.ts', import.meta.url).href
/** Enough for a database, an archive and its log: a sixteenth of it is the least that has to be free. */
const DISK_MEGABYTES = 512

/** How an edge of a trial is run. */
export interface TrialEdgeOptions {
  readonly tokenFile: string
  /** Whether it ships to a store. */
  readonly ships: boolean
  /** Whether it is a whole server, on a small disk of its own. */
  readonly served: boolean
}

interface EdgeParts {
  readonly ways: readonly [CuttableWay, CuttableWay]
  readonly disk: SmallDisk | undefined
}

/** An edge of a trial: its process, and the ways to it. */
export class TrialEdge implements AsyncDisposable {
  readonly folder: string
  /** Ways by which probes submit, and by which the centre reads. */
  readonly submit: CuttableWay
  readonly objects: CuttableWay
  /** The small disk of its folder; undefined where it has none. */
  readonly disk: SmallDisk | undefined
  readonly #program: ChildProgram
  readonly #ships: boolean
  #generation = 0

  private constructor(folder: string, { tokenFile, ships, served }: TrialEdgeOptions, { ways, disk }: EdgeParts) {
    this.#ships = ships
    this.folder = folder
    this.disk = disk
    ;[this.submit, this.objects] = ways
    this.#program = served
      ? new ChildProgram(
          [
            ...['--import', REFUSING, PROGRAM, 'serve', '--folder', folder, '--port', '0', '--rate', '9999'],
            ...['--edge-address', '127.0.0.1:0', '--edge-token', tokenFile],
          ],
          /open at http:\S+?:(\d+)\/[^]*reads it at http:\S+?:(\d+)/,
        )
      : new ChildProgram([EDGE, folder, tokenFile], /open at http:\S+?:(\d+)\/ http:\S+?:(\d+)\//)
  }

  static async open(folder: string, options: TrialEdgeOptions): Promise<TrialEdge> {
    const disk = options.served ? await mountSmallDisk(`${folder}-disk`, DISK_MEGABYTES) : undefined
    const ways = [await openCuttableWay(), await openCuttableWay()] as const
    return new TrialEdge(disk === undefined ? folder : join(disk.path, 'data'), options, { ways, disk })
  }

  /** Its files cannot be written, with an error, until `accept`. */
  refuse(code: 'EIO' | 'EROFS'): Promise<void> {
    return writeFile(this.#refusal, code)
  }

  accept(): Promise<void> {
    return rm(this.#refusal, { force: true })
  }

  get #refusal(): string {
    return `${this.disk?.path ?? this.folder}.refuses`
  }

  /** Folder to which it ships; undefined where it is read over HTTP. A new disk ships to a new one. */
  get store(): string | undefined {
    return this.#ships ? `${this.folder}-store-${this.#generation}` : undefined
  }

  /** Addresses at which it can be read: that of each disk that it had, or its own. */
  get addresses(): readonly string[] {
    if (!this.#ships) return [`http://127.0.0.1:${this.objects.port}`]
    return Array.from({ length: this.#generation + 1 }, (_, nth) => `${this.folder}-store-${nth}`)
  }

  /** Its disk is gone: the next start has another one. */
  async replaceDisk(): Promise<void> {
    await rm(this.folder, { recursive: true })
    this.#generation++
  }

  async start(): Promise<void> {
    const { store } = this
    const [, submit, objects] = await this.#program.start({
      KUAGER_REFUSING_DISK: this.#refusal,
      ...(store === undefined ? {} : { KUAGER_TRIAL_STORE: store }),
    })
    this.submit.lead(Number(submit))
    this.objects.lead(Number(objects))
  }

  kill(): Promise<void> {
    return this.#program.kill()
  }

  /** Key of its log, once it has one. */
  async key(): Promise<string> {
    const identity: unknown = JSON.parse(await readFile(join(this.folder, 'log/log.json'), 'utf8'))
    return /"key":"([^"]+)"/.exec(JSON.stringify(identity))?.[1] ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.submit[Symbol.asyncDispose]()
    await this.objects[Symbol.asyncDispose]()
    await this.disk?.[Symbol.asyncDispose]()
  }
}
