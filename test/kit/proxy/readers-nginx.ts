import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../../house/sources.ts'
import { until } from '../crash/eventually.ts'
import { freePort } from '../net/quic-servers.ts'

/** nginx with `deploy/nginx/readers.conf`, without TLS. */
export interface ReadersNginx extends AsyncDisposable {
  readonly url: string
  /** Its configuration, kept pages and logs. */
  readonly folder: string
}

/** Starts the nginx of Debian before readers and a centre at ports of this machine. */
export async function startReadersNginx(ports: {
  readonly readers: readonly number[]
  readonly centre: number
}): Promise<ReadersNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-readers-nginx-'))
  const [free, plain] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${free}`
  cpSync(join(ROOT, 'deploy/nginx/snippets'), join(folder, 'snippets'), { recursive: true })
  const isolated = (text: string): string =>
    text
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replaceAll('listen 443 ssl http2', `listen 127.0.0.1:${free}`)
      .replaceAll('listen 80;', `listen 127.0.0.1:${plain};`)
      .replaceAll(/^ *include snippets\/kuager-tls\.conf;\n/gm, '')
      .replace(
        / *server 10\.0\.1\.1:8420.*\n.*\n/,
        ports.readers.map((port) => `server 127.0.0.1:${port} max_fails=2 fail_timeout=10s;\n`).join(''),
      )
      .replaceAll('10.0.0.2:8420', `127.0.0.1:${ports.centre}`)
      .replaceAll('/var/cache/kuager-nginx', `${folder}/cache`)
      .replaceAll('/var/log/nginx/', `${folder}/logs/`)
  const shared = readFileSync(join(ROOT, 'deploy/nginx/kuager-http.conf'), 'utf8').split('# Names that are not ours')[0]
  writeFileSync(join(folder, 'shared.conf'), isolated(shared ?? ''))
  writeFileSync(join(folder, 'readers.conf'), isolated(readFileSync(join(ROOT, 'deploy/nginx/readers.conf'), 'utf8')))
  const privacy = join(folder, 'snippets/kuager-private.conf')
  writeFileSync(privacy, isolated(readFileSync(privacy, 'utf8')))
  mkdirSync(join(folder, 'logs'))
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/nginx.pid; daemon off; error_log ${folder}/logs/error.log warn;
events {}
http {
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  include shared.conf; include readers.conf;
}
`,
  )
  const { getuid } = process
  const user = getuid?.() === 0 ? ['-g', 'user root;'] : []
  const nginx = spawn('/usr/sbin/nginx', ['-e', `${folder}/logs/error.log`, '-c', `${folder}/nginx.conf`, ...user])
  const ended = new Promise((resolve) => nginx.once('close', resolve))
  await until(async () => (await fetch(url).catch(() => undefined)) !== undefined)
  return {
    url,
    folder,
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
