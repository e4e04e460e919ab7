import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../house/sources.ts'
import { until } from '../crash/eventually.ts'
import { freePort } from '../net/quic-servers.ts'
import type { Issued } from '../net/lab-authority.ts'

/** A proxy with the files of `deploy/`, of which only ports, certificates and folders are others. */
export interface DeployedProxy extends AsyncDisposable {
  readonly httpsPort: number
  readonly httpPort: number
  /** Everything that it wrote: its logs and its two streams. */
  logs(): string
}

export interface ProxyOptions {
  /** Port of the observatory on 127.0.0.1. */
  readonly port: string
  readonly certificate: Issued
}

/** nginx as Debian starts it: its own logs are on, and only the files of `deploy/nginx` turn them off. */
export async function startNginx({ port, certificate }: ProxyOptions): Promise<DeployedProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-nginx-'))
  const [httpsPort, httpPort] = [await freePort(), await freePort()]
  cpSync(join(ROOT, 'deploy/nginx'), folder, { recursive: true })
  for (const name of globSync('**/*.conf', { cwd: folder })) {
    const text = readFileSync(join(folder, name), 'utf8')
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replaceAll('listen 443', `listen 127.0.0.1:${httpsPort}`)
      .replaceAll('listen 80', `listen 127.0.0.1:${httpPort}`)
      .replaceAll('127.0.0.1:8420', `127.0.0.1:${port}`)
      .replaceAll('/etc/kuager/tls/fullchain.pem', certificate.chain)
      .replaceAll('/etc/kuager/tls/privkey.pem', certificate.key)
      .replaceAll('/var/log/nginx/', `${folder}/logs/`)
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'logs'))
  writeFileSync(
    join(folder, 'nginx.conf'),
    `user root; pid ${folder}/nginx.pid; daemon off; master_process on; error_log ${folder}/logs/error.log info;
events {}
http {
  access_log ${folder}/logs/access.log; error_log ${folder}/logs/error.log info;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  include kuager-http.conf; include observatory.conf; include letter.conf; include control.conf;
}
`,
  )
  return start(folder, ['/usr/sbin/nginx', '-e', `${folder}/logs/error.log`, '-c', `${folder}/nginx.conf`], {
    ...{ httpsPort, httpPort },
  })
}

/** Caddy with certificates of files instead of those that it would fetch. */
export async function startCaddy({ port, certificate }: ProxyOptions): Promise<DeployedProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-caddy-'))
  const [httpsPort, httpPort] = [await freePort(), await freePort()]
  const text = readFileSync(join(ROOT, 'deploy/caddy/Caddyfile'), 'utf8')
    .replace(/^\{\n/m, `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttps_port ${httpsPort}\n\thttp_port ${httpPort}\n`)
    .replaceAll(/^(\w+\.example) \{\n/gm, `$1 {\n\ttls ${certificate.chain} ${certificate.key}\n`)
    .replaceAll('127.0.0.1:8420', `127.0.0.1:${port}`)
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(folder, 'Caddyfile'), text)
  return start(folder, ['/usr/bin/caddy', 'run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], {
    ...{ httpsPort, httpPort },
  })
}

async function start(
  folder: string,
  [program = '', ...args]: readonly string[],
  ports: Pick<DeployedProxy, 'httpsPort' | 'httpPort'>,
): Promise<DeployedProxy> {
  let said = ''
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Cannot start ${program}: ${said}`)
    return (await isOpen(ports.httpsPort)) && (await isOpen(ports.httpPort))
  })
  return {
    ...ports,
    logs: () =>
      said +
      globSync('logs/*', { cwd: folder })
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join(''),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
