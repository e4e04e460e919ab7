import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { vouch } from './key.ts'
import type { MonthlyKey, ProbeKeys } from './keys.ts'

const CODE = /^[A-Za-z0-9-]{8,80}$/
const knownSchema = z.array(z.string().regex(/^[0-9a-f]{16}$/))
/** Pseudonyms remembered as introduced; older ones are of keys long forgotten. */
const MOST_KNOWN = 64
/** File of the pseudonyms of keys that a collector knows. */
const INTRODUCED = 'introduced.json'

/**
 * How a new key becomes known to a collector: last month's key of the same network vouches for it; where there is none, or
 * it was not introduced since the invitation of the collector's operator came, that is shown. Both only until the
 * collector took one document of the key. An invitation begins all of it again.
 *
 * A network that never had a key uses the invitation again, so that the collector knows that both keys are one person's:
 * it counts them as one (docs/formats/collector.md).
 */
export class Introduction {
  readonly #folder: string
  readonly #keys: ProbeKeys

  constructor(probeFolder: string, keys: ProbeKeys) {
    this.#folder = probeFolder
    this.#keys = keys
  }

  /**
   * Keeps a collector's invitation for the keys to come, and for those that a collector took without one. Throws
   * InputError where the code has not that form.
   */
  async invite(code: string): Promise<void> {
    if (!CODE.test(code))
      throw new InputError('Cannot keep the invitation: it has not the form of one', {
        code: 'invitation.invalid',
        path: 'CODE',
        expected: 'the code as the operator of the collector gave it: letters, digits and hyphens',
      })
    await REAL_DISK.makeFolder(this.#folder)
    await writeDurable(join(this.#folder, 'invitation'), Buffer.from(`${code}\n`))
    await this.#remove(INTRODUCED)
  }

  /** Drops an invitation that a collector did not take. */
  dropInvitation(): Promise<void> {
    return this.#remove('invitation')
  }

  async #remove(name: string): Promise<void> {
    try {
      await REAL_DISK.remove(join(this.#folder, name))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  /** Headers that introduce the key with this pseudonym; none if it is known, or no one can vouch for it. */
  async headersFor(probe: string): Promise<Readonly<Record<string, string>>> {
    const known = await this.#known()
    const key = known.includes(probe) ? undefined : await this.#keyOf(probe)
    if (key === undefined) return {}
    const elder = await this.#keys.elderOf(key)
    const vouched = elder === undefined ? {} : { 'x-kuager-vouch': vouch(elder, key) }
    if (elder !== undefined && known.includes(elder.pseudonym)) return vouched
    const code = (await readWhole(join(this.#folder, 'invitation')))?.toString().trim()
    return code === undefined ? vouched : { ...vouched, 'x-kuager-invitation': code }
  }

  /** Notes that a collector took a document of this key. */
  async introduced(probe: string): Promise<void> {
    const known = await this.#known()
    if (known.includes(probe)) return
    const next = [...known, probe].slice(-MOST_KNOWN)
    await writeDurable(join(this.#folder, INTRODUCED), Buffer.from(JSON.stringify(next)))
  }

  async #keyOf(probe: string): Promise<MonthlyKey | undefined> {
    for (const { asn, month } of await this.#keys.list()) {
      const key = await this.#keys.stored(asn, month)
      if (key?.pseudonym === probe) return key
    }
    return undefined
  }

  async #known(): Promise<readonly string[]> {
    try {
      const bytes = await readWhole(join(this.#folder, INTRODUCED))
      return bytes === undefined ? [] : knownSchema.parse(JSON.parse(bytes.toString()))
    } catch {
      return [] // introduced again: the collector knows it already
    }
  }
}
