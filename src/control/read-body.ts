import type { IncomingMessage } from 'node:http'
import { InputError } from '../core/model/errors.ts'

/** Longest body of one request. Source: OONI's helper. */
const MOST_BYTES = 2 ** 24
/** Bytes of all bodies that are held at one time. */
const MOST_HELD = 2 ** 26

/** Bytes of bodies held now, of all requests of one control. */
export interface BodyBudget {
  held: number
}

/** A body, which counts until it is disposed; `busy` where others hold too much. */
export type ControlBody = Disposable &
  ({ readonly kind: 'whole'; readonly bytes: Uint8Array } | { readonly kind: 'busy' })

/** Reads the body of a request. Throws InputError for a longer one, the reason of `signal` where the asker goes away. */
export async function readControlBody(
  request: IncomingMessage,
  budget: BodyBudget,
  signal: AbortSignal,
): Promise<ControlBody> {
  const parts: Buffer[] = []
  let length = 0
  const release = (): void => {
    budget.held -= length
    length = 0
  }
  try {
    // the connection must live on, so that a refusal reaches the asker
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(part)) continue
      signal.throwIfAborted()
      length += part.length
      budget.held += part.length
      if (length > MOST_BYTES)
        throw new InputError('Cannot read request: too long', {
          code: 'helper.too-large',
          path: '',
          expected: `at most ${MOST_BYTES} bytes`,
        })
      if (budget.held > MOST_HELD) {
        release()
        return { kind: 'busy', [Symbol.dispose]: () => undefined }
      }
      parts.push(part)
    }
    return { kind: 'whole', bytes: Buffer.concat(parts), [Symbol.dispose]: release }
  } catch (error) {
    release()
    signal.throwIfAborted()
    throw error
  }
}
