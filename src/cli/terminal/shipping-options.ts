import { ARCHIVE_STORE } from '../../app/shipping/archive-store.ts'
import type { ShippingSettings } from '../../app/shipping/ship-folder.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { flag, optional, under, wholeNumber, type OptionValues } from './option.ts'

/** Options of `kuager serve` about object storage. */
export const SHIPPING_OPTIONS = under('Object storage (docs/operating/object-storage.md)', {
  'archive-store': optional(
    'ADDRESS',
    `Copy the archive, the log and the incidents to object storage while they grow: s3://BUCKET/PREFIX or the path of a
    folder. The log then signs only what is there.`,
    { byDefault: `the address in ${ARCHIVE_STORE}` },
  ),
  'keep-local-days': optional(
    'N',
    `Remove segments of the archive from this disk so many days after they were last written to, once the store has
    them whole; records in them are then read from the store. Without it: everything stays here too.`,
    { read: wholeNumber(0, 36_500) },
  ),
  'for-readers': flag(
    `Ship also what readers without a folder show (serve --read-only --from): the tables, where they are in the folder,
    and what pages are made from.`,
  ),
})

/** Where the folder is shipped, or undefined for nowhere. Throws InputError for an address that cannot be used. */
export function shippingSettings(
  values: OptionValues<typeof SHIPPING_OPTIONS>,
  { env }: Pick<World, 'env'>,
): ShippingSettings | undefined {
  const address = values['archive-store'] ?? env[ARCHIVE_STORE]
  if (address === undefined || address === '') {
    if (values['for-readers'])
      throw wrongOption('for-readers', 'there is nowhere to ship to', '--archive-store ADDRESS')
    return undefined
  }
  openObjects(address, env) // read here, so that a wrong one is said at once
  return {
    store: (beforeWrite) => openObjects(address, env, defined({ beforeWrite })),
    forReaders: values['for-readers'],
    ...defined({ keepLocalDays: values['keep-local-days'] }),
  }
}
