import { createHash } from 'node:crypto'
import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs'

/** A new file that knows its hash. It takes no name that a file has, and follows no link. */
export class HashedFile implements Disposable {
  readonly #hash = createHash('sha256')
  #descriptor: number | undefined
  #bytes = 0

  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644)
  }

  write(bytes: Uint8Array): void {
    if (this.#descriptor === undefined) throw new Error('the file is closed')
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
    this.#hash.update(bytes)
    this.#bytes += bytes.length
  }

  /** What was written is on the disk when this returns. */
  finish(): { readonly bytes: number; readonly sha256: string } {
    if (this.#descriptor === undefined) throw new Error('the file is closed')
    fsyncSync(this.#descriptor)
    this[Symbol.dispose]()
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
