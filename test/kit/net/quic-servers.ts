import { randomInt } from 'node:crypto'
import dgram from 'node:dgram'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { RunningProgram, startNginx, type Issued, type LabAuthority } from './lab-authority.ts'

/** Below those that the system gives to connections: a program that starts takes seconds until it listens. */
const PORTS = { from: 10_000, count: 20_000 }

/** A port of loopback that neither TCP nor UDP uses at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + randomInt(PORTS.count)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    await new Promise<void>((resolve) => server.close(() => resolve()))
    if (isFree && (await udpIsFree(port))) return port
  }
}

async function udpIsFree(port: number): Promise<boolean> {
  const socket = dgram.createSocket('udp4')
  const free = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => resolve(true))
  })
  socket.close()
  return free
}

/** Waits until a program holds a UDP port. */
export async function holdsUdp(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (!(await udpIsFree(port))) return
    await pause(25)
  }
  throw new Error(`nothing holds UDP port ${port}`)
}

/** Waits until something accepts TCP connections; programs that daemonise print nothing. */
export async function accepts(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await pause(25)
  }
  throw new Error(`nothing listens on port ${port}`)
}

/** Waits until something listens for TCP, without connecting: some servers serve one connection alone. Linux only. */
export async function listensTcp(port: number): Promise<void> {
  const row = new RegExp(`: [0-9A-F]{8}:${port.toString(16).toUpperCase().padStart(4, '0')} 0{8}:0000 0A `)
  for (let attempt = 0; attempt < 200; attempt++) {
    if (row.test(readFileSync('/proc/net/tcp', 'latin1'))) return
    await pause(25)
  }
  throw new Error(`nothing listens on TCP port ${port}`)
}

/** nginx with HTTP/3 on loopback, one server block for each certificate: the name asked for chooses. */
export async function openNginxQuic(
  authority: LabAuthority,
  sites: readonly { readonly name: string; readonly issued: Issued; readonly extra?: string }[],
): Promise<{ readonly port: number; readonly program: RunningProgram }> {
  const port = await freePort()
  const root = join(authority.folder, `nginx-${port}`)
  mkdirSync(join(root, 'www'), { recursive: true })
  writeFileSync(join(root, 'www', 'index.html'), `<title>hello</title>${'x'.repeat(3000)}`)
  const blocks = sites.map(
    ({ name, issued, extra }, nth) => `server {
  listen 127.0.0.1:${port} quic${nth === 0 ? ' default_server' : ''};
  listen 127.0.0.1:${port} ssl${nth === 0 ? ' default_server' : ''};
  server_name ${name}; ssl_certificate ${issued.chain}; ssl_certificate_key ${issued.key};
  ssl_protocols TLSv1.3; root ${root}/www; ${extra ?? ''}
}`,
  )
  const program = startNginx(root, blocks)
  try {
    await accepts(port)
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw new Error(program.output.slice(-2000), { cause: error })
  }
  return { port, program }
}

/** gtlsserver of ngtcp2 (GnuTLS) on loopback: an implementation of QUIC that shares no code with ours. */
export async function openGtlsServer(
  authority: LabAuthority,
  issued: Issued,
  options: readonly string[] = [],
): Promise<{ readonly port: number; readonly program: RunningProgram }> {
  const port = await freePort()
  const args = [...options, '-d', authority.folder, '127.0.0.1', String(port), issued.key, issued.chain]
  const program = new RunningProgram('gtlsserver', args)
  await holdsUdp(port)
  return { port, program }
}
