import type { ReaderOptions } from '../../app/reader/serve-reader.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import type { World } from '../../runtime/world.ts'
import { printable } from '../../core/text/printable.ts'
import {
  flag,
  optional,
  under,
  wholeNumber,
  withDefault,
  type OptionReader,
  type OptionValues,
} from '../terminal/option.ts'

/** Names the object storage from which a reader takes everything. */
const FROM = 'KUAGER_FROM'

/** The address of a centre. */
export const centreUrl: OptionReader<URL> = (text, { name }) => {
  const url = URL.parse(text)
  const isBare = url !== null && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol)
  if (isBare) return url
  throw wrongOption(name, `found "${printable(text)}"`, 'http://… or https://…, without a path')
}

/** After how many seconds without news a reader is out of date. */
export const STALE_AFTER = withDefault(
  'SECONDS',
  'Warn readers if nothing new came from the centre for this many seconds.',
  '120',
  wholeNumber(5, 10_000_000),
)

/** Options of `kuager serve` for a server that only reads. */
export const READER_OPTIONS = under('A server that only reads (docs/operating/readers.md)', {
  'read-only': flag(
    `Serve the pages of a folder that another process holds, or of a copy of one: no lock, no keys, nothing written.
    What is new there is shown within seconds.`,
  ),
  from: optional(
    'ADDRESS',
    `With --read-only: take everything from the object storage to which a centre ships with --for-readers, and no folder
    is needed: s3://BUCKET/PREFIX or the path of a folder.`,
    { byDefault: `the address in ${FROM}` },
  ),
  centre: optional(
    'URL',
    'URL to which submissions of people and probes are forwarded. Without it: none are accepted.',
    {
      read: centreUrl,
    },
  ),
  'stale-after': STALE_AFTER,
})

/** What the options say of a reader. Throws InputError for an address that cannot be used. */
export function readerSettings(
  values: OptionValues<typeof READER_OPTIONS>,
  { env }: Pick<World, 'env'>,
): Pick<ReaderOptions, 'centre' | 'staleSeconds' | 'from'> {
  const given = values.from ?? env[FROM]
  const address = given === '' ? undefined : given
  if (address !== undefined) openObjects(address, env) // read here, so that a wrong one is said at once
  return {
    staleSeconds: values['stale-after'],
    ...defined({ centre: values.centre, from: address === undefined ? undefined : () => openObjects(address, env) }),
  }
}
