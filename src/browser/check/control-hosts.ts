import type { AskedControl } from '../../core/judge/nettest/browser-check.ts'
import type { CrowdTry } from '../../core/model/people/crowd-check.ts'
import type { Pair } from './ask.ts'

interface Host extends AskedControl {
  readonly pair: Pair
  readonly tries: CrowdTry[]
}

/** The control hosts of a run. Each is asked for itself, and all of them at once. */
export class ControlHosts {
  readonly #hosts: readonly Host[]
  readonly #askOne: (pair: Pair) => Promise<CrowdTry>

  constructor(controls: readonly Pair[], ask: (pair: Pair) => Promise<CrowdTry>) {
    this.#hosts = controls.map((pair) => ({ pair, host: new URL(pair.document).host, tries: [] }))
    this.#askOne = ask
  }

  /** As far as they were asked, for the rule. */
  get asked(): readonly AskedControl[] {
    return this.#hosts.map(({ host, tries }) => ({ host, tries }))
  }

  /** Whether one of them has answered in a round. */
  get haveAnswered(): boolean {
    return this.#hosts.some(({ tries }) => tries.some(isAnswered))
  }

  /**
   * One round: before the targets, during them and after them. Who did not answer before is not asked again in this
   * round: of before and after the worse counts.
   */
  async round(askTargets: () => Promise<void>): Promise<void> {
    const before = await this.#ask(this.#hosts)
    for (const [{ tries }, one] of before) tries.push(one)
    const up = before.filter(([, one]) => isAnswered(one)).map(([host]) => host)
    // The targets first: a control that is asked before them is answered before the connection is full.
    const targets = askTargets()
    const [beside] = await Promise.all([this.#ask(up), targets])
    // A line that went down in between would be taken for the sites.
    const after = new Map(await this.#ask(up))
    for (const [host, one] of beside) {
      const quiet = worseOf(host.tries.pop(), after.get(host))
      if (quiet !== undefined) host.tries.push(slowerOf(quiet, one))
    }
  }

  #ask(hosts: readonly Host[]): Promise<readonly (readonly [Host, CrowdTry])[]> {
    return Promise.all(hosts.map(async (host) => [host, await this.#askOne(host.pair)] as const))
  }
}

const isAnswered = ({ document, image }: CrowdTry): boolean => document === 'answered' && image === 'answered'

function worseOf(one: CrowdTry | undefined, other: CrowdTry | undefined): CrowdTry | undefined {
  if (one === undefined || other === undefined) return one ?? other
  if (isAnswered(one) !== isAnswered(other)) return isAnswered(one) ? other : one
  return one.document_ms > other.document_ms ? one : other
}

/**
 * A control host with the longer of its times. Whether it answers is asked while the connection is quiet; how long an
 * answer takes is asked during the targets too, since a narrow connection is filled by them.
 */
const slowerOf = (quiet: CrowdTry, beside: CrowdTry): CrowdTry => ({
  ...quiet,
  document_ms: Math.max(quiet.document_ms, beside.document_ms),
})
