import { systemClock } from '../../../runtime/clock.ts'
import type { Engine, Params, Row } from '../engine.ts'
import { BEAT_MS, type Ownership } from './owner.ts'

/** A server that was away is not tried again for every question. */
const AGAIN_MS = 2000

/** An engine that is made ready by the first statement that reaches its server, and again after it was overtaken. */
export class ServerEngine implements Engine {
  readonly #inner: Engine
  readonly #prepare: () => Promise<void>
  readonly #ownership: Ownership | undefined
  #ready: Promise<void> | undefined
  /** The last failure, which is the answer until then. */
  #failed: { readonly error: Error; readonly until: number } | undefined
  #beat: NodeJS.Timeout | undefined

  constructor(inner: Engine, prepare: () => Promise<void>, ownership: Ownership | undefined) {
    this.#inner = inner
    this.#prepare = prepare
    this.#ownership = ownership
  }

  ready(): Promise<void> {
    const failed = this.#failed
    if (failed !== undefined && systemClock.monotonic() < failed.until) return Promise.reject(failed.error)
    this.#ready ??= this.#make()
    return this.#ready
  }

  async #make(): Promise<void> {
    try {
      await this.#prepare()
      this.#failed = undefined
      if (this.#ownership !== undefined) this.#beat ??= setInterval(() => void this.#live(), BEAT_MS).unref()
    } catch (error) {
      this.#ready = undefined
      if (error instanceof Error) this.#failed = { error, until: systemClock.monotonic() + AGAIN_MS }
      throw error
    }
  }

  /** One that fails changes nothing: each write asks whether another holder has taken over. */
  async #live(): Promise<void> {
    await this.#ownership?.beat().catch(() => undefined)
  }

  async query(sql: string, params: Params): Promise<readonly Row[]> {
    await this.ready()
    return this.#inner.query(sql, params)
  }

  async queryText(sql: string, params: Params): Promise<string> {
    await this.ready()
    return this.#inner.queryText(sql, params)
  }

  async command(sql: string, params: Params): Promise<void> {
    await this.#mayWrite()
    await this.#inner.command(sql, params)
  }

  async insertNative(table: string, columns: readonly string[], pieces: readonly Uint8Array[]): Promise<void> {
    await this.#mayWrite()
    await this.#inner.insertNative(table, columns, pieces)
  }

  async #mayWrite(): Promise<void> {
    await this.ready()
    await this.#ownership?.check()
  }

  async reach(): Promise<void> {
    await this.ready()
    await this.#inner.reach()
  }

  releaseMemory(): Promise<void> {
    return this.#inner.releaseMemory()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat)
    // A server that does not hear it learns it by the silence.
    if (this.#beat !== undefined) await this.#ownership?.release().catch(() => undefined)
    await this.#inner[Symbol.asyncDispose]()
  }
}
