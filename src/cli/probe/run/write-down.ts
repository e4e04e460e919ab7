import { randomBytes } from 'node:crypto'
import { defined } from '../../../core/model/defined.ts'
import type { NameRole } from '../../../core/model/measured/observation.ts'
import type { ServiceRun } from '../../../core/model/measured/service-run.ts'
import { instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { CLOCK_WRONG_FROM } from '../../../core/ooni/encode/moment.ts'
import { encodeMeasurement } from '../../../core/ooni/encode/measurement.ts'
import { coverSecretOf, makeKey, signDocument } from '../../../probe/identity/key.ts'
import { monthOf } from '../../../probe/identity/month.ts'
import type { MonthlyKey, ProbeKeys } from '../../../probe/identity/keys.ts'
import { Copies } from '../../../probe/spool/copies.ts'
import type { Spool } from '../../../probe/spool/spool.ts'
import { packageVersion } from '../../../runtime/files/package-root.ts'
import type { Asked } from '../options.ts'

/** A measurement that is signed and safe in the spool. */
export interface WrittenMeasurement {
  readonly id: string
  readonly service: string
  readonly document: string
  /** Documents that had to leave the spool for it. */
  readonly dropped: number
}

const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'macos', win32: 'windows' }

const isTarget = ({ role }: { readonly role: NameRole }): boolean => role === 'target'

/**
 * A run without what was done under control names: which names a probe uses belongs to its key, and would link what was
 * measured after the connection changed to the network before. Such a run is not judged in any case.
 */
function withoutControls(run: ServiceRun): ServiceRun {
  return {
    ...run,
    endpoints: run.endpoints.map((endpoint) => ({
      endpoint: endpoint.endpoint,
      lookups: endpoint.lookups,
      tunnels: endpoint.tunnels,
      connects: endpoint.connects.filter(isTarget),
      tls: endpoint.tls.filter(isTarget),
      quic: endpoint.quic.filter(isTarget),
      exchanges: endpoint.exchanges.filter(isTarget),
      transfers: endpoint.transfers.filter(isTarget),
    })),
  }
}

/** Encodes, signs and spools runs of services, one after the other, under the key of their network and month. */
export class Writer {
  readonly #keys: ProbeKeys
  readonly #spool: Spool
  readonly #copies: Copies | undefined
  readonly #version = packageVersion()
  readonly #changedRunId = randomBytes(8).toString('hex')
  #key: MonthlyKey | undefined
  #changedKey: MonthlyKey | undefined
  /** The key of the network on which the run began. */
  #begun: MonthlyKey | undefined

  constructor(asked: Asked, stores: { readonly keys: ProbeKeys; readonly spool: Spool }) {
    this.#keys = stores.keys
    this.#spool = stores.spool
    const { keepCopies, copiesKey } = asked.settings
    this.#copies = keepCopies === true ? new Copies(asked.folder, defined({ recipient: copiesKey })) : undefined
  }

  /** Pseudonym of the key in use; undefined before the first document. */
  get probe(): string | undefined {
    return this.#key?.pseudonym
  }

  /**
   * What decides the control names of a run on a network: derived from the key that will sign it, so that they tell no
   * more than the key's pseudonym does, and nothing links them to those of another month or network.
   */
  async coverSecret(asn: Asn, at: Instant): Promise<Uint8Array> {
    this.#begun = await this.#keys.keyFor(asn, at)
    return coverSecretOf(this.#begun)
  }

  async write(measured: ServiceRun, ownAddresses: readonly string[]): Promise<WrittenMeasurement> {
    const key = await this.#keyFor(measured)
    // Nothing ties what was measured after the line changed to the network before.
    const run = measured.line.changed ? { ...withoutControls(measured), runId: this.#changedRunId } : measured
    const identity = {
      softwareVersion: this.#version,
      platform: PLATFORMS[process.platform] ?? process.platform,
      architecture: process.arch,
      probe: key.pseudonym,
      key: key.publicKey,
    }
    const document = signDocument(encodeMeasurement(run, { ...identity, ownAddresses }), key)
    const about = { at: run.startedAt, scope: run.scope, probe: key.pseudonym }
    const { id, dropped } = await this.#spool.add(document, about)
    await this.#copies?.add(encodeMeasurement(run, { ...identity, ownAddresses: [], unscrubbed: true }), {
      id,
      at: run.startedAt,
    })
    return { id, service: run.service, document, dropped }
  }

  /**
   * One key a run if the network is not known, or where the line changed meanwhile and half of the run is of
   * another: it is stored nowhere, and the next run has another. The month is that of other clocks, where one that is
   * off by half a day or more could be compared with them.
   */
  async #keyFor(run: ServiceRun): Promise<MonthlyKey> {
    const offset = run.line.clock?.offset ?? 0
    const at = instant(run.startedAt + (Math.abs(offset) >= CLOCK_WRONG_FROM ? offset : 0))
    if (run.line.changed) {
      this.#changedKey ??= { ...makeKey(), asn: run.network.asn, month: monthOf(at) }
      return (this.#key = this.#changedKey)
    }
    const { asn } = run.network
    if (this.#key?.asn !== asn)
      this.#key =
        this.#begun?.asn === asn && this.#begun.month === monthOf(at) ? this.#begun : await this.#keys.keyFor(asn, at)
    return this.#key
  }
}
