import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FLOW } from '../core/model/measured/hosting-flow.ts'

/** The same for all, and nothing that a machine on the way could shorten. */
export const FLOW_BODY = createHash('shake256', { outputLength: FLOW.bytes }).update('kuager-flow/1').digest()

/** Flows of one network prefix: several homes behind one address. A full run asks for two of each control at most. */
export const FLOW_LIMITS = { burst: 24, perSecond: 1 / 30, most: 20_000 } as const
/** Flows that are sent at one time, to all. */
const MOST_FLOWS = 32
/** A flow that is not taken by then ends. */
const LONGEST_MS = 30_000

/**
 * Flows of fixed bytes, by which a probe sees whether connections to the control's network stop after some kilobytes
 * (docs/formats/control.md, "Flows"). Nothing of a request is kept or logged, and its query is not looked at.
 */
export class Flows {
  #open = 0

  /** Answers a flow; false where another path was asked. `take`: seconds to wait where the prefix asked too much, else 0. */
  answer(request: IncomingMessage, response: ServerResponse, take: () => number): boolean {
    const path = /^[^?]*/.exec(request.url ?? '')?.[0]
    if (path !== FLOW.path || request.method !== 'GET') return false
    const wait = this.#open >= MOST_FLOWS ? 2 : take()
    if (wait > 0) {
      response.writeHead(this.#open >= MOST_FLOWS ? 503 : 429, { 'content-length': 0, 'retry-after': String(wait) })
      response.end()
      return true
    }
    this.#open++
    const over = setTimeout(() => response.destroy(), LONGEST_MS)
    response.once('close', () => {
      clearTimeout(over)
      this.#open--
    })
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': FLOW_BODY.length,
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
    })
    response.end(FLOW_BODY)
    return true
  }
}
