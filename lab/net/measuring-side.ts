import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { ADDRESSES, OWN_HOSTS, PORTS } from './plan.ts'
import { waitUntil, type Daemon } from './run-command.ts'
import { WebServer } from './servers/nginx.ts'
import type { World } from './world.ts'

/** The program itself, as it is installed. */
export const KUAGER = [process.execPath, fileURLToPath(new URL('../../bin/kuager.js', import.meta.url))]

const COLLECTOR_PORT = 8420
/** The stores of a fresh folder are made on the first start. */
const START_MS = MINUTE_MS

/** A control abroad with responders, and a collector with a data folder of its own: the real commands. */
export class MeasuringSide implements AsyncDisposable {
  readonly controlUrl = `https://${OWN_HOSTS.control}:${PORTS.control}/`
  /** Controls in two other networks, for scenarios that have them. */
  readonly otherControls = [OWN_HOSTS.secondHosting, OWN_HOSTS.thirdHosting].map(
    (host) => `https://${host}:${PORTS.control}/`,
  )
  readonly collectorUrl = `https://${OWN_HOSTS.collector}`
  /** Description of the responders, for `--responders`. */
  readonly respondersFile: string
  readonly #world: World
  readonly #daemons: readonly Daemon[]
  readonly #front: WebServer

  private constructor(world: World, parts: { daemons: readonly Daemon[]; front: WebServer }) {
    this.respondersFile = join(world.folder, 'responders.json')
    this.#world = world
    this.#daemons = parts.daemons
    this.#front = parts.front
  }

  /** Starts both; settles when they answer. */
  static async open(world: World): Promise<MeasuringSide> {
    const { measuring } = world.places
    const { control, collector } = world.certificates
    const folder = join(world.folder, 'collector')
    await mkdir(folder, { recursive: true })
    const tables = ['--networks', world.files.networks]
    const key = ['--tls-cert', control.certificate, '--tls-key', control.key]
    const ask = ['--resolver', 'udp://20.40.3.53:53', '--extra-roots', world.files.roots]
    const controlAt = (address: string): readonly string[] => [
      ...KUAGER,
      ...['control', '--host', address, '--port', String(PORTS.control), ...key, ...ask, ...tables],
    ]
    const daemons = [
      measuring.start('kuager control', [
        ...controlAt(ADDRESSES.control),
        ...['--vpn', '--vpn-keys', join(world.folder, 'responder-keys')],
      ]),
      measuring.start('second control', controlAt(ADDRESSES.secondHosting)),
      measuring.start('third control', controlAt(ADDRESSES.thirdHosting)),
      measuring.start('kuager serve', [
        ...KUAGER,
        ...['serve', '--folder', folder, '--host', '127.0.0.1', '--port', String(COLLECTOR_PORT), ...tables],
        ...['--trusted-proxy', '127.0.0.1/32', '--control', `https://${OWN_HOSTS.control}:${PORTS.control}/`],
      ]),
    ]
    const front = new WebServer(measuring, join(world.folder, 'front'))
    const side = new MeasuringSide(world, { daemons, front })
    try {
      await front.serve({
        sites: [
          {
            host: OWN_HOSTS.collector,
            addresses: [ADDRESSES.collector],
            pair: collector,
            locations: [
              `location / { proxy_pass http://127.0.0.1:${COLLECTOR_PORT}; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header Host $host; }`,
            ],
            strict: false,
            quic: false,
          },
        ],
        edge: world.certificates.edge,
      })
      await side.#untilReady()
    } catch (error) {
      await side[Symbol.asyncDispose]()
      throw error
    }
    return side
  }

  async #untilReady(): Promise<void> {
    const answers = async (url: string): Promise<boolean> => (await this.#fetch(url)) !== undefined
    const log = (): string => this.log()
    for (const url of [this.controlUrl, ...this.otherControls])
      await waitUntil('the control', () => answers(url), { limit: START_MS, log })
    await writeFile(this.respondersFile, (await this.#fetch(`${this.controlUrl}x-responders`)) ?? '')
    await waitUntil('the collector', () => answers(`${this.collectorUrl}/api/v1/matrix`), { limit: START_MS, log })
  }

  /** What control and collector printed last. */
  log(): string {
    return this.#daemons.map((one) => `${one.name}: ${one.log()}`).join('\n')
  }

  async #fetch(url: string): Promise<string | undefined> {
    const { code, out } = await this.#world.places.measuring.attempt([
      'curl',
      '-sSf',
      '--max-time',
      '10',
      '--cacert',
      this.#world.files.roots,
      url,
    ])
    return code === 0 ? out : undefined
  }

  /** What the collector's interface says of a measurement by now; undefined where it has not judged it yet. */
  async measurement(id: string): Promise<unknown> {
    const text = await this.#fetch(`${this.collectorUrl}/api/v1/measurement/${id}`)
    return text === undefined ? undefined : JSON.parse(text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#daemons.map((one) => one.stop()), this.#front.stop()])
  }
}
