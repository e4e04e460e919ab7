import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ReadOrder, ReadWord } from './read-child.ts'

/** What a phase of reading came to. */
export type Reading = ReadWord & { readonly kind: 'read' }

/** The generator of readers, in a process of its own. */
export class Readers implements Disposable {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./read-child.ts', import.meta.url)), {
    serialization: 'advanced',
  })

  /** Begins to submit; resolves when the submissions are made and the first are on their way. */
  async submit(order: Omit<ReadOrder & { kind: 'submit' }, 'kind'>): Promise<void> {
    const begun = this.#next('submitting')
    this.#child.send({ kind: 'submit', ...order } satisfies ReadOrder)
    await begun
  }

  async read(order: Omit<ReadOrder & { kind: 'read' }, 'kind'>): Promise<Reading> {
    const read = this.#next('read')
    this.#child.send({ kind: 'read', ...order } satisfies ReadOrder)
    return await read
  }

  #next<K extends ReadWord['kind']>(kind: K): Promise<ReadWord & { kind: K }> {
    return new Promise((resolve, reject) => {
      this.#child.once('exit', () => reject(new Error('the readers ended')))
      const listen = (word: ReadWord): void => {
        if (!isOf(word, kind)) return
        this.#child.off('message', listen)
        resolve(word)
      }
      this.#child.on('message', listen)
    })
  }

  [Symbol.dispose](): void {
    this.#child.kill()
  }
}

const isOf = <K extends ReadWord['kind']>(word: ReadWord, kind: K): word is ReadWord & { kind: K } => word.kind === kind

/** The value below which a share of all values lie, to a tenth; of every one of them, not of a sample. */
export function share(values: Float64Array, of: number): number {
  const sorted = values.toSorted()
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))]
  return found === undefined ? Number.NaN : Math.round(found * 10) / 10
}

export const perSecond = ({ answers, seconds }: Reading): number => Math.round(answers / seconds)
