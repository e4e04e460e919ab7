import { z } from 'zod'

/**
 * Regions of Kazakhstan by the numbers of ISO 3166-2 (`KZ-10`), then `abroad`. People are counted by one of these and
 * by nothing finer.
 */
export const REGIONS = [
  'KZ-10',
  'KZ-11',
  'KZ-15',
  'KZ-19',
  'KZ-23',
  'KZ-27',
  'KZ-31',
  'KZ-33',
  'KZ-35',
  'KZ-39',
  'KZ-43',
  'KZ-47',
  'KZ-55',
  'KZ-59',
  'KZ-61',
  'KZ-62',
  'KZ-63',
  'KZ-71',
  'KZ-75',
  'KZ-79',
  'abroad',
] as const
export type Region = (typeof REGIONS)[number]

export const regionSchema = z.enum(REGIONS)
