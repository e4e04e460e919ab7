import { randomBytes } from 'node:crypto'
import { defined } from '../../../core/model/defined.ts'
import type { ServiceRun } from '../../../core/model/measured/service-run.ts'
import { encodeMeasurement } from '../../../core/ooni/encode/measurement.ts'
import { makeKey, signDocument } from '../../../probe/identity/key.ts'
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

/** Encodes, signs and spools runs of services, one after the other, under the key of their network and month. */
export class Writer {
  readonly #keys: ProbeKeys
  readonly #spool: Spool
  readonly #copies: Copies | undefined
  readonly #version = packageVersion()
  readonly #changedRunId = randomBytes(8).toString('hex')
  #key: MonthlyKey | undefined
  #changedKey: MonthlyKey | undefined

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

  async write(measured: ServiceRun, ownAddresses: readonly string[]): Promise<WrittenMeasurement> {
    const key = await this.#keyFor(measured)
    // Nothing ties what was measured after the line changed to the network before.
    const run = measured.line.changed ? { ...measured, runId: this.#changedRunId } : measured
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
   * another: it is stored nowhere, and the next run has another.
   */
  async #keyFor(run: ServiceRun): Promise<MonthlyKey> {
    if (run.line.changed) {
      this.#changedKey ??= { ...makeKey(), asn: run.network.asn, month: monthOf(run.startedAt) }
      return (this.#key = this.#changedKey)
    }
    if (this.#key?.asn !== run.network.asn) this.#key = await this.#keys.keyFor(run.network.asn, run.startedAt)
    return this.#key
  }
}
