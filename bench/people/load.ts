import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadMake, LoadSend, LoadWord } from './load-child.ts'

export type Sent = LoadWord & { readonly kind: 'sent' }

const CONNECTIONS = 64

/** The generator, in a process of its own. */
export class Load implements Disposable {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL('./load-child.ts', import.meta.url)), {
    serialization: 'advanced',
  })

  /** Makes requests, before anything is measured; gives the names of what they hold. */
  async make(order: LoadMake): Promise<readonly string[]> {
    const made = this.#next('made')
    this.#child.send(order)
    return (await made).ids
  }

  /** Sends what was made; `half` is called in the middle. */
  async send(port: number, seconds: number, half?: () => Promise<void>): Promise<Sent> {
    const sent = this.#next('sent')
    const middle = half === undefined ? undefined : this.#next('half').then(half)
    this.#child.send({ kind: 'send', port, seconds, connections: CONNECTIONS } satisfies LoadSend)
    await middle
    return sent
  }

  #next<K extends LoadWord['kind']>(kind: K): Promise<LoadWord & { kind: K }> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the generator ended'))
      const listen = (word: LoadWord): void => {
        if (!isOf(word, kind)) return
        this.#child.off('message', listen).off('exit', ended)
        resolve(word)
      }
      this.#child.on('message', listen).once('exit', ended)
    })
  }

  [Symbol.dispose](): void {
    this.#child.removeAllListeners('exit').kill()
  }
}

const isOf = <K extends LoadWord['kind']>(word: LoadWord, kind: K): word is LoadWord & { kind: K } => word.kind === kind
