import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** Bytes of an option such as `256M`: a whole number of KiB, MiB or GiB. Throws InputError. */
export function readSize(option: string, given: string): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,6})([KMG])$/.exec(given) ?? []
  const bytes = Number(digits) * (UNITS[unit] ?? 0)
  if (bytes > 0) return bytes
  throw wrongOption(option, `found "${printable(given)}"`, 'a size such as 256M: a whole number of K, M or G')
}
