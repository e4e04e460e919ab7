import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { isMissing } from './disk.ts'

/** One command line that another process wants run by the holder of a data folder. */
export interface FolderCall {
  readonly command: string
  readonly args: readonly string[]
  /** Folder against which the caller reads relative paths. */
  readonly cwd: string
  /** Whether a person watches the caller's error stream. */
  readonly terminal: boolean
  readonly env: Readonly<Record<string, string>>
}

/** What a call may touch: texts go to the caller; the signal ends when the caller goes away. */
export interface CallStreams {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  readonly signal: AbortSignal
}

export interface FolderListener extends AsyncDisposable {
  readonly path: string
}

/** `sun_path` has 108 bytes on Linux, 104 elsewhere, with a zero at the end. */
const MAX_SOCKET_PATH = 103
const MAX_CALL_BYTES = 1024 * 1024
/** A caller that stops reading is dropped when this much waits for it. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
const MAX_TEXT = 65_536

/**
 * Listens on `kuager.sock` in a folder, for the owner of the folder alone; where that path is too long for a socket, in
 * a new folder of the temporary ones. The caller holds the folder, so a socket found there is a dead one.
 * Disposing ends the running calls, waits for them and removes the socket.
 */
export async function listenInFolder(
  folder: string,
  run: (call: FolderCall, streams: CallStreams) => Promise<number>,
): Promise<FolderListener> {
  const inside = join(folder, 'kuager.sock')
  const short = Buffer.byteLength(inside) <= MAX_SOCKET_PATH
  const path = short ? inside : join(await mkdtemp(join(tmpdir(), 'kuager-')), 'kuager.sock')
  await rm(path, { force: true })
  const running = new Set<{ readonly abort: () => void; readonly done: Promise<void> }>()
  const server = createServer((socket) => {
    const controller = new AbortController()
    const call = { abort: () => controller.abort(), done: answer(socket, controller, run) }
    running.add(call)
    void call.done.then(() => running.delete(call))
  })
  await listen(server, path)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const call of running) call.abort()
      await Promise.all([...running].map((call) => call.done))
      await closed
      await rm(short ? path : dirname(path), { force: true, recursive: true })
    },
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600) // the folder is already closed to others; this is the second door
}

/** Runs one call and closes its socket; never rejects. */
async function answer(
  socket: Socket,
  controller: AbortController,
  run: (call: FolderCall, streams: CallStreams) => Promise<number>,
): Promise<void> {
  const leave = (): void => {
    controller.abort(new Error('The caller went away'))
    socket.destroy()
  }
  socket.on('error', leave)
  socket.on('close', leave)
  const write = (stream: 'out' | 'err') => (text: string) => {
    for (const part of cut(text)) socket.write(`${JSON.stringify({ stream, text: part })}\n`)
    if (socket.writableLength > MAX_WAITING_BYTES) leave()
    return true
  }
  try {
    const call = await readCall(socket)
    if (call === undefined) return leave()
    const streams = { out: { write: write('out') }, err: { write: write('err') }, signal: controller.signal }
    const exit = await run(call, streams)
    if (!socket.destroyed) await new Promise<void>((done) => socket.end(`${JSON.stringify({ exit })}\n`, () => done()))
  } catch {
    leave() // run() says its own errors to the caller; what is left is a broken connection
  } finally {
    socket.destroySoon()
  }
}

/** Parts of a text, none of which ends within a character. */
function* cut(text: string): Generator<string, void, undefined> {
  for (let from = 0; from < text.length;) {
    const within = /[\uD800-\uDBFF]/.test(text.charAt(from + MAX_TEXT - 1))
    const to = from + MAX_TEXT - (within ? 1 : 0)
    yield text.slice(from, to)
    from = to
  }
}

/** The first line of a connection; undefined where it is no call, too long, or does not come. */
function readCall(socket: Socket): Promise<FolderCall | undefined> {
  return new Promise((resolve) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.once('close', () => resolve(undefined))
    socket.on('data', (piece: string) => {
      text += piece
      const end = text.indexOf('\n')
      if (end === -1 && text.length <= MAX_CALL_BYTES) return
      socket.removeAllListeners('data')
      socket.resume() // so that the end of the connection is seen
      resolve(end === -1 ? undefined : decodeCall(text.slice(0, end)))
    })
  })
}

function decodeCall(line: string): FolderCall | undefined {
  const value = decodeObject(line)
  const { command, args, cwd, terminal, env } = value ?? {}
  const strings = (list: readonly unknown[]): list is readonly string[] => list.every((one) => typeof one === 'string')
  if (typeof command !== 'string' || typeof cwd !== 'string' || typeof terminal !== 'boolean') return undefined
  if (!Array.isArray(args) || !strings(args) || typeof env !== 'object' || env === null) return undefined
  const entries = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { command, args, cwd, terminal, env: Object.fromEntries(entries) }
}

function decodeObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Has a command run by the holder that listens at `path` and gives its exit code; undefined without a listener.
 * An abort closes the connection, which ends the command there. Throws Fault if the holder's answer is interrupted.
 */
export async function callHolder(path: string, call: FolderCall, streams: CallStreams): Promise<number | undefined> {
  const socket = await open(path, streams.signal)
  if (socket === undefined) return undefined
  const leave = (): void => void socket.destroy()
  streams.signal.addEventListener('abort', leave)
  try {
    socket.setEncoding('utf8')
    socket.write(`${JSON.stringify(call)}\n`)
    let rest = ''
    for await (const piece of socket) {
      const lines = (rest + String(piece)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { exit, stream, text } = decodeObject(line) ?? {}
        if (typeof exit === 'number') return exit
        if (typeof text === 'string') streams[stream === 'err' ? 'err' : 'out'].write(text)
      }
    }
  } catch (error) {
    streams.signal.throwIfAborted()
    throw new Fault(`Cannot run "${call.command}" in the process that holds the folder: the connection broke`, {
      cause: error,
    })
  } finally {
    streams.signal.removeEventListener('abort', leave)
    socket.destroy()
  }
  streams.signal.throwIfAborted()
  throw new Fault(`Cannot run "${call.command}" in the process that holds the folder: found an interrupted answer`)
}

function open(path: string, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error) => {
      const refused = 'code' in error && error.code === 'ECONNREFUSED'
      if (refused || isMissing(error)) resolve(undefined)
      else reject(new Fault(`Cannot reach the process that holds the folder at "${path}"`, { cause: error }))
    })
  })
}
