import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from '../netns.ts'
import type { PlannedHost } from '../plan.ts'
import { waitUntil, type Daemon } from '../run-command.ts'

/** What a resolver says of one name in place of the truth. */
export type Lie =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'nxdomain' | 'refused' | 'empty' | 'silent' }

const LIES = {
  nxdomain: 'always_nxdomain',
  refused: 'always_refuse',
  empty: 'always_nodata',
  silent: 'always_deny',
} as const

const record = (host: string, address: string): string =>
  `  local-data: "${host}. 60 IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}"`

function linesOf({ host, v4, v6 }: PlannedHost, lie: Lie | undefined): readonly string[] {
  if (lie === undefined) return [...v4, ...v6].map((address) => record(host, address))
  if (lie.kind === 'addresses') return lie.addresses.map((address) => record(host, address))
  return [`  local-zone: "${host}." ${LIES[lie.kind]}`]
}

/** Names that are passed on to a server of their own, under the resolver's address. */
export interface Forwarded {
  readonly names: readonly string[]
  readonly to: string
}

const config = (
  address: string,
  hosts: readonly PlannedHost[],
  lies: ReadonlyMap<string, Lie>,
  { names, to }: Forwarded,
): string => `server:
  interface: ${address}
  outgoing-interface: ${address}
  port: 53
  do-daemonize: no
  username: ""
  chroot: ""
  directory: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 0
  num-threads: 1
  so-rcvbuf: 0
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  module-config: "iterator"
  local-zone: "." static
${hosts.flatMap((host) => linesOf(host, lies.get(host.host))).join('\n')}
${names.map((name) => `  local-zone: "${name}." transparent`).join('\n')}
${names.map((name) => `forward-zone:\n  name: "${name}."\n  forward-addr: ${to}`).join('\n')}
remote-control:
  control-enable: no
`

/** A resolver that knows every name of the laboratory, and may lie about some. */
export class Resolver {
  readonly #place: Place
  readonly #folder: string
  readonly #address: string
  readonly #forwarded: Forwarded
  #daemon: Daemon | undefined
  #served = ''

  constructor(place: Place, folder: string, address: string, forwarded: Forwarded) {
    this.#place = place
    this.#folder = folder
    this.#address = address
    this.#forwarded = forwarded
  }

  /** Answers by the plan, lies aside, from now on. */
  async serve(hosts: readonly PlannedHost[], lies: ReadonlyMap<string, Lie> = new Map()): Promise<void> {
    const text = config(this.#address, hosts, lies, this.#forwarded)
    if (text === this.#served && this.#daemon !== undefined) return
    await this.stop()
    await mkdir(this.#folder, { recursive: true })
    const file = join(this.#folder, `unbound-${this.#address}.conf`)
    await writeFile(file, text)
    const daemon = this.#place.start(`unbound on ${this.#address}`, ['unbound', '-d', '-p', '-c', file])
    this.#daemon = daemon
    const ask = ['dig', '+short', '+time=1', '+tries=1', `@${this.#address}`, 'nothing.invalid']
    await waitUntil(daemon.name, async () => (await this.#place.attempt(ask)).code === 0, { log: daemon.log })
    this.#served = text
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop()
    this.#daemon = undefined
  }
}
