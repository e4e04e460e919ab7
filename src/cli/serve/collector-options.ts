import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { DEFAULT_RATE } from '../../runtime/sender/rate.ts'
import { flag, under, optional, withDefault, repeatable, wholeNumber, type OptionReader } from '../terminal/option.ts'
import { filePath, TRUSTED_PROXY } from '../terminal/shared-options.ts'

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** Reads bytes such as `256M`: a whole number of KiB, MiB or GiB. */
export const size: OptionReader<number> = (text, { name }) => {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,6})([KMG])$/.exec(text) ?? []
  const bytes = Number(digits) * (UNITS[unit] ?? 0)
  if (bytes > 0) return bytes
  throw wrongOption(name, `found "${printable(text)}"`, 'a size such as 256M: a whole number of K, M or G')
}

const helperUrl: OptionReader<string> = (text, { name }) => {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'the URL of a test helper')
}

/** Options of `kuager serve` about submissions. */
export const COLLECTOR_OPTIONS = under('Probes submit to the same address (docs/formats/collector.md)', {
  'no-collector': flag('Accept no submissions.'),
  control: repeatable(
    'URL',
    `Test helper that probes are referred to. It also tests twice an hour what the check of
    a reader's browser contacts, and answers its page (docs/formats/crowd-check.md). Without it: nothing of that check
    is judged.`,
    { read: helperUrl },
  ),
  'no-canaries': flag('Controls test nothing, and this server contacts none of them.'),
  list: repeatable('FILE', "URLs offered to OONI's probes, in the CSV form of the Citizen Lab.", { read: filePath }),
  'trusted-proxy': TRUSTED_PROXY,
  rate: withDefault(
    'N',
    'Submissions per second that one address may send continuously.',
    String(DEFAULT_RATE.perSecond),
    wholeNumber(1, 999_999),
  ),
  'strangers-per-day': optional(
    'SIZE',
    `What all senders that are neither known nor invited may add in one day, such as 256M. The last gigabyte of the
    disk, at most a fifth of it, is reserved for known and invited keys.`,
    { read: size, byDefault: '256M, at most a sixteenth of the disk' },
  ),
  'clock-is-right': flag(
    `Accept measurements although the clock is behind times that are in the archive. Without it: the collector answers
    503 until the clock has passed them.`,
  ),
})
