import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { ONE_FILE, PACKAGE_ROOT, readPackaged } from '../../runtime/files/package-root.ts'

/** Name under which a program of one file has the native library inside, compressed by Brotli. */
export const QUIC_ASSET = 'quic.node.br'

/** Package with the native library of a system, `platform-arch` as Node names them; undefined where there is none. */
export const quicPackage = (system: string): string | undefined =>
  system === 'linux-x64' ? '@matrixai/quic-linux-x64' : undefined

/** Where a datagram comes from or goes to, as the binding writes it. */
interface Host {
  readonly host: string
  readonly port: number
}

/** An end of a connection: whose code it is, the number (transport codes of RFC 9000 §20, 0x100 + alert for TLS), words. */
export interface QuicClose {
  readonly isApp: boolean
  readonly errorCode: number
  readonly reason: Uint8Array
}

export interface QuicConfig {
  grease(on: boolean): void
  setApplicationProtos(protocols: readonly string[]): void
  setMaxIdleTimeout(millis: number): void
  setMaxRecvUdpPayloadSize(bytes: number): void
  setMaxSendUdpPayloadSize(bytes: number): void
  setInitialMaxData(bytes: number): void
  setInitialMaxStreamDataBidiLocal(bytes: number): void
  setInitialMaxStreamDataBidiRemote(bytes: number): void
  setInitialMaxStreamDataUni(bytes: number): void
  setInitialMaxStreamsBidi(count: number): void
  setInitialMaxStreamsUni(count: number): void
}

/** A connection without sockets and clocks: datagrams go in and come out, the caller keeps time. */
export interface QuicConnection {
  recv(datagram: Uint8Array, info: { readonly from: Host; readonly to: Host }): number
  /** Length of the datagram written into `out`; null where there is none to send. */
  send(out: Uint8Array): readonly [number, unknown] | null
  /** Milliseconds until `onTimeout` is due. */
  timeout(): number | null
  onTimeout(): void
  isEstablished(): boolean
  isClosed(): boolean
  isDraining(): boolean
  isTimedOut(): boolean
  peerError(): QuicClose | null
  localError(): QuicClose | null
  /** DER as the server sent them. */
  peerCertChain(): readonly Uint8Array[] | null
  applicationProto(): Uint8Array
  close(app: boolean, code: number, reason: Uint8Array): void
  streamSend(id: number, bytes: Uint8Array, end: boolean): number | null
  streamRecv(id: number, into: Uint8Array): readonly [number, boolean] | null
  readable(): Iterable<number>
}

export interface QuicBinding {
  readonly Config: {
    withBoringSslCtx(
      verify: boolean,
      allowFailure: boolean,
      ca: null,
      key: null,
      certificate: null,
      algorithms: null,
    ): QuicConfig
  }
  readonly Connection: {
    connect(
      serverName: string | null,
      sourceId: Uint8Array,
      local: Host,
      remote: Host,
      config: QuicConfig,
    ): QuicConnection
  }
}

let loaded: { readonly binding: QuicBinding | undefined } | undefined

/**
 * The native QUIC library (quiche of Cloudflare) where the optional package for this machine is installed, else
 * undefined: docs/decisions/0029-plumbing-once-and-its-libraries.md. Loaded when first asked for.
 */
export function loadQuicBinding(): QuicBinding | undefined {
  loaded ??= { binding: tryRequire() }
  return loaded.binding
}

function tryRequire(): QuicBinding | undefined {
  try {
    if (ONE_FILE) return unpacked()
    // A compiled module has no types of its own: those above are its declaration.
    return createRequire(import.meta.url)('@matrixai/quic-linux-x64') as QuicBinding
  } catch {
    return undefined
  }
}

/** The library out of a program of one file: a system loads it from a file only, in a folder that no one else can write. */
function unpacked(): QuicBinding {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-probe-'))
  try {
    const file = join(folder, 'quic.node')
    writeFileSync(file, brotliDecompressSync(readPackaged(join(PACKAGE_ROOT, QUIC_ASSET))), { mode: 0o700 })
    const module: { exports: unknown } = { exports: {} }
    process.dlopen(module, file)
    return module.exports as QuicBinding
  } finally {
    rmSync(folder, { recursive: true, force: true }) // what is loaded stays loaded
  }
}
