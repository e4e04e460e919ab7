import { closeSync, openSync, readSync } from 'node:fs'

/** Ends of a TCP connection of this machine. */
export interface TcpEnds {
  readonly localPort?: number | undefined
  readonly remotePort?: number | undefined
  readonly remoteFamily?: string | undefined
}

/** Part of the kernel's list that is looked at: some six thousand connections. */
const MOST_LIST = 1024 * 1024
const list = { buffer: undefined as Buffer | undefined }

/**
 * Bytes of a connection that the kernel has taken and the peer has not acknowledged: Linux tells them as `tx_queue` in
 * its list of connections. Undefined on other systems, where the list is not to be had, or the connection is not in it.
 * Source: proc(5), /proc/net/tcp.
 */
export function unacknowledgedBytes({ localPort, remotePort, remoteFamily }: TcpEnds): number | undefined {
  if (process.platform !== 'linux' || localPort === undefined || remotePort === undefined) return undefined
  const text = readStart(remoteFamily === 'IPv6' ? '/proc/self/net/tcp6' : '/proc/self/net/tcp')
  return text === undefined ? undefined : queueIn(text, localPort, remotePort)
}

const inHex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')

/** `tx_queue` of the connection between two ports in the kernel's list: `local:port remote:port state tx:rx …`. */
export function queueIn(text: string, localPort: number, remotePort: number): number | undefined {
  const ends = `[0-9A-F]{8,32}:${inHex(localPort)} [0-9A-F]{8,32}:${inHex(remotePort)}`
  const found = new RegExp(`: ${ends} [0-9A-F]{2} ([0-9A-F]{8}):`).exec(text)?.[1]
  return found === undefined ? undefined : Number.parseInt(found, 16)
}

function readStart(path: string): string | undefined {
  const buffer = (list.buffer ??= Buffer.alloc(MOST_LIST))
  try {
    const file = openSync(path, 'r')
    try {
      let length = 0
      for (let read = -1; read !== 0 && length < MOST_LIST; length += read)
        read = readSync(file, buffer, length, MOST_LIST - length, null)
      return buffer.toString('latin1', 0, length)
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
