import { DAY_MS } from '../../core/model/duration.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { COUNTED_STANDINGS, parseSubmittedBy } from '../../core/model/standing.ts'
import { withheldForm } from '../../core/ooni/publish/withhold.ts'
import { parseJson } from '../../core/ooni/json.ts'
import type { SeenValues, Sighting } from '../../store/seen-values/contract.ts'
import type { ArchivedBlob } from './publish.ts'
import { canBeCommon, claimedNetwork, valueKey } from './salted.ts'

/**
 * What a measurement says of the values in it: nothing where its sender does not count, because anyone can make keys that do
 * not, and could so have a value shown.
 */
export function sightingOf(
  { provenance, leafIndex }: { readonly provenance: Provenance; readonly leafIndex: number },
  keys: readonly Uint8Array[],
): readonly Sighting[] {
  const by = provenance.channel === 'collector' ? parseSubmittedBy(provenance.origin) : undefined
  if (by?.pseudonym === undefined || !COUNTED_STANDINGS.some((one) => one === by.standing)) return []
  if (keys.length === 0) return []
  return [{ keys, device: by.device ?? by.pseudonym, day: Math.floor(provenance.receivedAt / DAY_MS), leafIndex }]
}

/** Notes again what an archived measurement brought. */
export function noteArchived(
  blob: Pick<ArchivedBlob, 'provenance' | 'leafIndex' | 'bytes'>,
  seen: Pick<SeenValues, 'secret' | 'note'>,
): void {
  // Senders that do not count are passed over before anything is read.
  if (sightingOf(blob, [new Uint8Array()]).length === 0) return
  const json = parseJson(blob.bytes)
  const { values } = withheldForm(json, () => '')
  const network = claimedNetwork(json)
  seen.note(
    sightingOf(
      blob,
      values.filter(canBeCommon).map((value) => valueKey(seen.secret, value, network)),
    ),
  )
}
