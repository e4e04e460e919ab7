import { z } from 'zod'
import { SINCE_EXPECTED, UNTIL_EXPECTED } from '../query.ts'

// Parts of a query and of a path. The description of each is what an error says was expected.

export const since = z.iso.date().describe(SINCE_EXPECTED)
export const until = z.iso.date().describe(UNTIL_EXPECTED)
export const service = z
  .string()
  .regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/)
  .describe('a service such as youtube, web:example.org or test:ndt')
export const network = z
  .string()
  .regex(/^AS\d{1,10}$/i)
  .refine((text) => Number(text.slice(2)) <= 0xffff_ffff)
  .describe('a network such as AS9198')
export const measurement = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('the id of a measurement: 64 lower-case hexadecimal digits')
export const incident = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .describe('the id of an incident, as /api/v1/incidents lists it')
export const episode = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .describe('the id of an episode, as /api/v1/episodes lists it')
export const revision = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .describe('the number of a revision')
export const cursor = z
  .string()
  .regex(/^[\w-]{1,400}$/)
  .describe('the "next" of an answer of this list, as it stands there')
export const format = z.enum(['json', 'csv']).describe('json or csv')
export const limit = (most: number): z.ZodString =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .refine((text) => Number(text) <= most)
    .describe(`how many at most, from 1 to ${most}`)
