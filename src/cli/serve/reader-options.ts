import type { ReaderOptions } from '../../app/reader/serve-reader.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
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
  'Say that pages may be out of date where nothing came from the centre for so long.',
  '120',
  wholeNumber(5, 10_000_000),
)

/** Options of `kuager serve` for a server that only reads. */
export const READER_OPTIONS = under('A server that only reads (docs/operating/readers.md)', {
  'read-only': flag(
    `Serve the pages of a folder that another process holds, or of a copy of one: no lock, no keys, nothing written.
    What is new there is shown within seconds.`,
  ),
  centre: optional('URL', 'Where what people and probes send goes on to. Without it: nothing is taken.', {
    read: centreUrl,
  }),
  'stale-after': STALE_AFTER,
})

/** What the options say of a reader. */
export const readerSettings = (
  values: OptionValues<typeof READER_OPTIONS>,
): Pick<ReaderOptions, 'centre' | 'staleSeconds'> => ({
  staleSeconds: values['stale-after'],
  ...defined({ centre: values.centre }),
})
