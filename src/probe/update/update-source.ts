import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { openAgents } from '../deliver/agents.ts'
import type { Route } from '../deliver/route.ts'

/** A file of a folder of updates, as some carrier gives it: nothing of it is believed before its signature or hash. */
export type CarriedFile =
  | { readonly kind: 'missing' }
  /** `from`: the position of the first byte, which may be before the one asked for. */
  | { readonly kind: 'bytes'; readonly from: number; readonly bytes: AsyncIterable<Uint8Array> }

/** A carrier of a folder of updates: a server by one route, or a folder. */
export interface UpdateSource {
  /** For its owner: address or path. */
  readonly name: string
  /** Opens a file from a position on. Throws where the carrier cannot be read, and the signal's reason. */
  open(path: string, at: { readonly from: number; readonly signal: AbortSignal }): Promise<CarriedFile>
}

/** A folder of this machine, such as one on a USB stick. */
export const folderSource = (folder: string): UpdateSource => ({
  name: folder,
  async open(path, { from, signal }) {
    const file = join(folder, ...path.split('/'))
    try {
      if (!(await stat(file)).isFile()) return { kind: 'missing' }
    } catch (error) {
      if (isMissing(error) && (await isFolder(folder))) return { kind: 'missing' }
      throw error
    }
    return { kind: 'bytes', from, bytes: createReadStream(file, { start: from, signal }) }
  },
})

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/** A connection on which nothing comes for so long is given up. */
const QUIET_MS = MINUTE_MS

/** A server at an address, asked by one route. Redirects are not followed. */
export const serverSource = (url: string, route: Route, extraRoots: readonly string[]): UpdateSource => ({
  name: url,
  async open(path, { from, signal }) {
    const agents = await openAgents(route, extraRoots)
    if (agents === undefined) throw new Error('this route cannot be had now')
    try {
      const at = new URL(path, url.endsWith('/') ? url : `${url}/`)
      const secure = at.protocol === 'https:'
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = (secure ? requestHttps : requestHttp)(at, {
          agent: secure ? agents.https : agents.http,
          signal,
          headers: { 'user-agent': 'kuager', ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
        })
        request.setTimeout(QUIET_MS, () => request.destroy(new Error('no answer in time')))
        request.once('error', reject)
        request.once('response', resolve)
        request.end()
      })
      const carried = understand(response, from)
      if (carried.kind === 'missing') agents[Symbol.dispose]()
      else response.once('close', () => agents[Symbol.dispose]())
      return carried
    } catch (error) {
      agents[Symbol.dispose]()
      throw error
    }
  },
})

function understand(response: IncomingMessage, from: number): CarriedFile {
  const { statusCode: status } = response
  if (status === 200) return { kind: 'bytes', from: 0, bytes: response }
  const begins = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1]
  if (status === 206 && begins !== undefined && Number(begins) === from) return { kind: 'bytes', from, bytes: response }
  response.destroy()
  if (status === 404 || status === 403 || status === 410) return { kind: 'missing' }
  throw new Error(`the server answered ${status ?? 'nothing'}`)
}
