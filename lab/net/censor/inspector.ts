import { fileURLToPath } from 'node:url'
import type { Place } from '../netns.ts'
import { waitUntil, type Daemon } from '../run-command.ts'
import type { CensorRule } from './rules.ts'

const PROGRAM = fileURLToPath(new URL('inspector-program.ts', import.meta.url))
const DEVICE = 'cz0'

/** Whether the kernel leaves the packets of this rule to the inspector. */
const needsInspector = (rule: CensorRule): boolean => {
  switch (rule.kind) {
    case 'dns-injection':
    case 'slow-handshake':
    case 'quic':
      return true
    case 'hello':
      return rule.action === 'close' || rule.action === 'notice'
    case 'http':
      return rule.action === 'page' || rule.action === 'redirect'
    case 'tunnel':
      return rule.protocol === 'tor'
    default:
      return false
  }
}

/** The program that reads packets at the provider; started when first needed, kept afterwards. */
export class Inspector {
  readonly #isp: Place
  #daemon: Daemon | undefined
  #serial = 0

  constructor(isp: Place) {
    this.#isp = isp
  }

  /** Gives it the rules that are its own; says whether there is any. */
  async set(rules: readonly CensorRule[]): Promise<boolean> {
    const own = rules.filter(needsInspector)
    if (own.length === 0 && this.#daemon === undefined) return false
    const daemon = (this.#daemon ??= await this.#start())
    this.#serial += 1
    const said = `rules ${this.#serial}\n`
    daemon.child.stdin?.write(`${JSON.stringify({ serial: this.#serial, rules: own })}\n`)
    await waitUntil(daemon.name, () => Promise.resolve(daemon.log().includes(said)), { log: daemon.log })
    return own.length > 0
  }

  async #start(): Promise<Daemon> {
    const daemon = this.#isp.start('inspector', [process.execPath, PROGRAM, DEVICE])
    await waitUntil('inspector', () => Promise.resolve(daemon.log().includes('open\n')), { log: daemon.log })
    await this.#isp.ip([`link set ${DEVICE} up`])
    await this.#isp.run(['sysctl', '-qw', `net.ipv4.conf.${DEVICE}.rp_filter=0`])
    return daemon
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop()
    this.#daemon = undefined
  }
}
