import type { ShippingSettings } from '../../app/shipping/ship-folder.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { World } from '../../runtime/world.ts'
import { optional, under, type OptionValues } from './option.ts'

const FROM_ENVIRONMENT = 'KUAGER_ARCHIVE_STORE'

/** Options of `kuager serve` about object storage. */
export const SHIPPING_OPTIONS = under('Object storage (docs/operating/object-storage.md)', {
  'archive-store': optional(
    'ADDRESS',
    `Copy the archive, the log and the incidents to object storage while they grow: s3://BUCKET/PREFIX or the path of a
    folder. The log then signs only what is there.`,
    { byDefault: `the address in ${FROM_ENVIRONMENT}` },
  ),
})

/** Where the folder is shipped, or undefined for nowhere. Throws InputError for an address that cannot be used. */
export function shippingSettings(
  values: OptionValues<typeof SHIPPING_OPTIONS>,
  { env }: Pick<World, 'env'>,
): ShippingSettings | undefined {
  const address = values['archive-store'] ?? env[FROM_ENVIRONMENT]
  if (address === undefined || address === '') return undefined
  openObjects(address, env) // read here, so that a wrong one is said at once
  return { store: () => openObjects(address, env) }
}
