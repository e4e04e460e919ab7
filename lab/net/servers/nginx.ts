import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { KeyPair } from '../certificates.ts'
import { STREAM_MODULE } from '../needs.ts'
import type { Place } from '../netns.ts'
import { waitUntil, type Daemon } from '../run-command.ts'

/** One name that a web server carries, on addresses of its own. */
export interface Site {
  readonly host: string
  readonly addresses: readonly string[]
  readonly pair: KeyPair
  /** Directives within the server block: locations. */
  readonly locations: readonly string[]
  /** Whether a handshake under another name is refused with an alert instead of answered. */
  readonly strict: boolean
  readonly quic: boolean
}

const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address)

const listens = ({ addresses, quic }: Site, extra: string): readonly string[] =>
  addresses.flatMap((address) => [
    `listen ${bracket(address)}:443 ssl${extra};`,
    ...(quic ? [`listen ${bracket(address)}:443 quic${extra};`] : []),
  ])

/** Server block of one name; on its own addresses it answers under every name, unless it is strict. */
function siteBlock(site: Site): string {
  const key = [`ssl_certificate ${site.pair.certificate};`, `ssl_certificate_key ${site.pair.key};`]
  const plain = site.addresses.flatMap((address) => [`listen ${bracket(address)}:80;`])
  const named = [
    'server {',
    `server_name ${site.host};`,
    ...listens(site, ''),
    ...plain,
    ...key,
    ...site.locations,
    '}',
  ]
  const refusing = ['server {', 'server_name _;', ...listens(site, ' default_server'), 'ssl_reject_handshake on;', '}']
  return [...named, ...(site.strict ? refusing : [])].join('\n')
}

/** Edge that answers on every other address of the block: a neighbour that knows no name. */
const edgeBlock = (pair: KeyPair): string => `server {
  listen 443 ssl default_server; listen 80 default_server; listen 5222 default_server;
  listen [::]:443 ssl ipv6only=on default_server; listen [::]:80 ipv6only=on default_server;
  listen 443 quic reuseport default_server; listen [::]:443 quic reuseport ipv6only=on default_server;
  server_name _; ssl_certificate ${pair.certificate}; ssl_certificate_key ${pair.key};
  location / { return 404 "no such site\\n"; }
}`

/** Answers an upload only when its whole body has come. */
const SINK = 'server { listen 127.0.0.1:8081; client_max_body_size 64m; location / { return 200 "taken\\n"; } }'

export interface WebContent {
  readonly sites: readonly Site[]
  readonly edge: KeyPair
  /** Blocks of `stream {}`: TCP carried without being opened. */
  readonly streams?: readonly string[]
}

const config = (folder: string, serial: number, { sites, edge, streams = [] }: WebContent): string => `
${streams.length === 0 ? '' : `load_module ${STREAM_MODULE};`}
user root; worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log stderr error; worker_shutdown_timeout 1s;
events { worker_connections 4096; }
http {
  access_log off; server_tokens off; default_type text/html; keepalive_timeout 5s;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi; client_max_body_size 64m;
  server_names_hash_bucket_size 128;
  server { listen 127.0.0.1:8080; location / { return 200 "${serial}"; } }
  ${SINK}
  ${edgeBlock(edge)}
  ${sites.map(siteBlock).join('\n')}
}
${streams.length === 0 ? '' : `stream {\n${streams.join('\n')}\n}`}
`

/** A web server whose content can be changed while it runs. */
export class WebServer {
  readonly #place: Place
  readonly #folder: string
  #serial = 0
  #daemon: Daemon | undefined

  constructor(place: Place, folder: string) {
    this.#place = place
    this.#folder = folder
  }

  /** Serves this content from now on; settles when the last of the old has gone. */
  async serve(content: WebContent): Promise<void> {
    this.#serial += 1
    await mkdir(this.#folder, { recursive: true })
    const file = join(this.#folder, 'nginx.conf')
    await writeFile(file, config(this.#folder, this.#serial, content))
    if (this.#daemon === undefined) {
      const argv = ['nginx', '-e', 'stderr', '-p', this.#folder, '-c', file]
      this.#daemon = this.#place.start(`nginx in ${this.#place.name}`, argv)
    } else this.#daemon.child.kill('SIGHUP')
    const daemon = this.#daemon
    await waitUntil(daemon.name, () => this.#answersNow(), { log: daemon.log })
    if (this.#serial > 1) await wait(60) // workers of before still hold the sockets they have accepted
  }

  async #answersNow(): Promise<boolean> {
    const { out } = await this.#place.attempt(['curl', '-s', '--max-time', '1', 'http://127.0.0.1:8080/'])
    return out === String(this.#serial)
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop()
    this.#daemon = undefined
  }
}
